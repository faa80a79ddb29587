"""01_ringkasan: one row per metric, this week beside the last, all coverage and independent coverage apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.report import measure
from pipeline.report.rows import Row
from pipeline.report.table import Columns, frame_of

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.report.context import Correction, ReportContext
    from pipeline.report.period import Period

COLUMNS: Columns = {
    "minggu": "text",
    "status_minggu": "text",
    "metrik": "text",
    "keterangan": "text",
    "cakupan": "text",
    "satuan": "text",
    "nilai": "rate",
    "n": "count?",
    "nilai_terkoreksi": "rate",
    "terkoreksi_bawah": "rate",
    "terkoreksi_atas": "rate",
    "nilai_minggu_lalu": "rate",
    "n_minggu_lalu": "count?",
    "perubahan_abs": "rate",
    "perubahan_persen": "rate",
    "rekomendasi": "text",
}
ALL, INDEPENDENT = "semua liputan", "liputan mandiri"
COUNT, PERCENT, INDEX = "jumlah", "persen", "indeks"


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure. ``base`` is the n of a rate; None for counts, which are their own n.

    ``corrected``: the figure, its low and its high end, corrected for the judge's measured errors; None where it is not.
    """

    name: str
    caption: str
    scope: str
    unit: str
    value: float | None
    base: int | None = None
    corrected: tuple[float, float, float] | None = None


def summary(now: Sequence[Row], before: Sequence[Row] | None, context: ReportContext, period: Period) -> pd.DataFrame:
    """The table. ``now`` and ``before`` hold counted rows; ``before`` None means that last week has no data at all.

    Changes stay empty unless both weeks are whole: part of a week against a whole one says nothing.
    """
    earlier = {metric.name: metric for metric in metrics(before, context)} if before is not None else {}
    found = metrics(now, context)
    return frame_of(COLUMNS, (_cells(metric, earlier.get(metric.name), context, period) for metric in found))


def metrics(rows: Sequence[Row], context: ReportContext) -> list[Metric]:
    """Every metric of a week's counted rows, in the order of the table."""
    own = measure.independent(rows)
    n = len(rows)
    return [
        *_sizes(rows, ALL, ""),
        *_sizes(own, INDEPENDENT, "_mandiri"),
        Metric(
            "klaster_isu",
            "Isu: peristiwa yang diberitakan, setelah salinan dan laporan tentang peristiwa yang sama digabung",
            ALL,
            COUNT,
            measure.event_count(rows),
        ),
        Metric("salinan_n", "Artikel yang merupakan salinan teks lain", ALL, COUNT, sum(row.is_copy for row in rows)),
        Metric("siaran_pers_n", "Siaran pers dan kanal milik instansi", ALL, COUNT, measure.releases(rows)),
        Metric(
            "siaran_pers_persen",
            "Bagian siaran pers dan kanal milik instansi",
            ALL,
            PERCENT,
            measure.percent(measure.releases(rows), n),
            n,
        ),
        Metric("liputan_mandiri_persen", "Bagian liputan mandiri", ALL, PERCENT, measure.percent(len(own), n), n),
        *_tones(rows, ALL, "", context.correction),
        *_tones(own, INDEPENDENT, "_mandiri", context.correction),
        Metric("insiden", "Isu dengan insiden", ALL, COUNT, measure.incident_count(rows)),
        Metric("insiden_mandiri", "Isu dengan insiden", INDEPENDENT, COUNT, measure.incident_count(own)),
        Metric(
            "kanwil_terliput",
            "Kanwil dengan sedikitnya satu artikel",
            ALL,
            COUNT,
            len({row.kanwil for row in rows} & set(context.kanwil)),
        ),
        Metric("artikel_perlu_tinjau", "Artikel yang perlu ditinjau analis", ALL, COUNT, sum(row.needs_review for row in rows)),
    ]


def _sizes(rows: Sequence[Row], scope: str, suffix: str) -> list[Metric]:
    return [
        Metric(f"total_artikel{suffix}", "Artikel", scope, COUNT, len(rows)),
        Metric(f"artikel_unik{suffix}", "Artikel setelah salinan digabung", scope, COUNT, measure.story_count(rows)),
        Metric(f"jumlah_media{suffix}", "Media yang memuat", scope, COUNT, measure.outlet_count(rows)),
    ]


def _tones(rows: Sequence[Row], scope: str, suffix: str, correction: Correction) -> list[Metric]:
    found = measure.tones(rows)
    corrected = measure.corrected_percents(rows, correction)
    counts = {"positif": found.positive, "netral": found.neutral, "negatif": found.negative}
    return [
        *(
            Metric(f"{name}{suffix}_n", f"Artikel dengan tone {name.replace('_', ' ')}", scope, COUNT, value)
            for name, value in (*counts.items(), ("belum_yakin", found.unsure))
        ),
        *(
            Metric(
                f"{name}{suffix}_persen",
                f"Bagian tone {name}",
                scope,
                PERCENT,
                measure.percent(value, found.sure),
                found.sure,
                corrected.get(name),
            )
            for name, value in counts.items()
        ),
        Metric(
            f"indeks_tone{suffix}",
            "(positif - negatif) / (positif + netral + negatif)",
            scope,
            INDEX,
            found.index,
            found.sure,
        ),
    ]


def _cells(metric: Metric, before: Metric | None, context: ReportContext, period: Period) -> dict[str, object]:
    change = share = None
    value, low, high = metric.corrected or (None, None, None)
    if period.comparable and before is not None and metric.value is not None and before.value is not None:
        change = round(metric.value - before.value, 2)
        if metric.unit == COUNT:
            share = measure.change_percent(int(metric.value), int(before.value))
    return {
        "minggu": str(context.week),
        "status_minggu": period.state,
        "metrik": metric.name,
        "keterangan": metric.caption,
        "cakupan": metric.scope,
        "satuan": metric.unit,
        "nilai": metric.value,
        "n": metric.base,
        "nilai_terkoreksi": value,
        "terkoreksi_bawah": low,
        "terkoreksi_atas": high,
        "nilai_minggu_lalu": before.value if before else None,
        "n_minggu_lalu": before.base if before else None,
        "perubahan_abs": change,
        "perubahan_persen": share,
        "rekomendasi": "",
    }
