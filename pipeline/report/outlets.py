"""06_media: one row per outlet that carried counted coverage, the most active first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.report import labels, measure
from pipeline.report.completeness import INCOMPLETE, gaps_by_outlet
from pipeline.report.rows import Row
from pipeline.report.table import Columns, frame_of, joined

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.report.context import ReportContext

COLUMNS: Columns = {
    "minggu": "text",
    "media": "text",
    "domain": "text",
    "tier": "text",
    "jenis": "text",
    "artikel_n": "count",
    "unik_n": "count",
    "isu_n": "count",
    "mandiri_n": "count",
    "share_of_voice": "rate",
    "share_of_voice_n": "count",
    "pos": "count",
    "net": "count",
    "neg": "count",
    "belum_yakin": "count",
    "mandiri_pos": "count",
    "mandiri_net": "count",
    "mandiri_neg": "count",
    "siaran_pers_n": "count",
    "siaran_pers_persen": "rate",
    "kelengkapan": "text",
}


def outlet_table(rows: Sequence[Row], context: ReportContext) -> pd.DataFrame:
    """The table of counted rows; share of voice is the outlet's part of all of them, in percent."""
    outlets: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        outlets[row.outlet].append(row)
    ranked = sorted(outlets.items(), key=lambda item: (-len(item[1]), item[0]))
    gaps = gaps_by_outlet(context.sources)
    return frame_of(COLUMNS, (_cells(name, found, len(rows), gaps.get(name), context) for name, found in ranked))


def _cells(
    outlet: str, rows: Sequence[Row], total: int, gap: tuple[int, int] | None, context: ReportContext
) -> dict[str, object]:
    found, own = measure.tones(rows), measure.tones(measure.independent(rows))
    releases = measure.releases(rows)
    return {
        "minggu": str(context.span),
        "media": outlet,
        "domain": joined(sorted(row.domain for row in rows)),
        "tier": joined(sorted(row.tier for row in rows)),
        "jenis": joined(sorted(labels.word(labels.PUBLISHER_TYPE, row.publisher_type) for row in rows)),
        "artikel_n": len(rows),
        "unik_n": measure.story_count(rows),
        "isu_n": measure.event_count(rows),
        "mandiri_n": len(measure.independent(rows)),
        "share_of_voice": measure.percent(len(rows), total),
        "share_of_voice_n": total,
        "pos": found.positive,
        "net": found.neutral,
        "neg": found.negative,
        "belum_yakin": found.unsure,
        "mandiri_pos": own.positive,
        "mandiri_net": own.neutral,
        "mandiri_neg": own.negative,
        "siaran_pers_n": releases,
        "siaran_pers_persen": measure.percent(releases, len(rows)),
        "kelengkapan": f"{INCOMPLETE}: terbaca {gap[0]} dari {gap[1]} hari" if gap else "",
    }
