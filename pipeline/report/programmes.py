"""02_program: one row per slot of the programme list, zeros included, then umum, luar_program and keimigrasian."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.independence import EXCLUDED_TIER
from pipeline.report import intervals, labels, measure
from pipeline.report.rows import IMMIGRATION, Row, by_story, lead
from pipeline.report.table import Columns, frame_of

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.report.context import ProgrammeLike, ReportContext, TaxonomyLike
    from pipeline.report.period import Period

COLUMNS: Columns = {
    "minggu": "text",
    "versi_program": "text",
    "kode": "text",
    "program": "text",
    "program_singkat": "text",
    "nomor_resmi": "count?",
    "status_nomor": "text",
    "lingkup": "text",
    "utama_n": "count",
    "unik_n": "count",
    "isu_n": "count",
    "media_n": "count",
    "terkait_n": "count",
    "disebut_n": "count",
    "positif": "count",
    "netral": "count",
    "negatif": "count",
    "belum_yakin": "count",
    "indeks_tone": "rate",
    "indeks_tone_n": "count",
    "utama_minggu_lalu_n": "count?",
    "perubahan_abs": "rate",
    "perubahan_bawah": "rate",
    "perubahan_atas": "rate",
    "perubahan_persen": "rate",
    "siaran_pers_n": "count",
    "siaran_pers_persen": "rate",
    "mandiri_n": "count",
    "mandiri_unik_n": "count",
    "mandiri_isu_n": "count",
    "mandiri_media_n": "count",
    "mandiri_positif": "count",
    "mandiri_netral": "count",
    "mandiri_negatif": "count",
    "mandiri_belum_yakin": "count",
    "upt_teraktif": "text",
    "upt_teraktif_n": "count",
    "contoh_judul": "text",
    "contoh_url": "text",
}
UMUM, OUTSIDE, IMMIGRATION_LINE = "umum", "luar_program", "keimigrasian"


@dataclass(frozen=True, slots=True)
class Line:
    """What names a row of the table."""

    slug: str
    code: str
    name: str
    ordinal: int | None
    status: str
    scope: str


def programmes(now: Sequence[Row], before: Sequence[Row] | None, context: ReportContext, period: Period) -> pd.DataFrame:
    """The table. ``now`` and ``before`` hold every row of their week; ``before`` None means no data for last week."""
    listed = frozenset(item.slug for item in context.taxonomy.programmes)
    own, previous = _by_line(now, listed), None if before is None else _by_line(before, listed)
    named = {field: _named(now, listed, field) for field in ("related", "mentioned")}
    return frame_of(COLUMNS, (_cells(line, own, previous, named, context, period) for line in lines(context.taxonomy)))


def lines(taxonomy: TaxonomyLike) -> list[Line]:
    """The rows' names: the list in its own order, then the three lines outside it."""
    return [
        *(_line(item) for item in taxonomy.programmes),
        Line(UMUM, "", "Umum: tentang program secara keseluruhan, tanpa kegiatan tertentu", None, "", labels.SCOPE["pas"]),
        Line(OUTSIDE, "", "Luar program: pemasyarakatan di luar daftar program", None, "", labels.SCOPE["pas"]),
        Line(IMMIGRATION_LINE, "", "Keimigrasian saja (tidak masuk total Ditjenpas)", None, "", labels.SCOPE["imi"]),
    ]


def line_of(slug: str, listed: frozenset[str]) -> str:
    """The row that a corrections article's slug belongs to; slugs that the list has not fall to ``luar_program``."""
    return slug if slug == UMUM or slug in listed else OUTSIDE


def _line(item: ProgrammeLike) -> Line:
    # An official number is printed only where a source shows it; every other slot carries our code alone.
    ordinal = item.ordinal if item.status == "verified" else None
    return Line(
        item.slug, item.code, item.name, ordinal, labels.word(labels.STATUS, item.status), labels.word(labels.SCOPE, item.scope)
    )


def _by_line(rows: Sequence[Row], listed: frozenset[str]) -> dict[str, list[Row]]:
    """Line → the articles that have it as primary programme."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.counted:
            found[line_of(row.primary, listed)].append(row)
        elif row.relevance == IMMIGRATION and row.tier != EXCLUDED_TIER:
            found[IMMIGRATION_LINE].append(row)
    return found


def _named(rows: Sequence[Row], listed: frozenset[str], field: str) -> Counter[str]:
    """Line → how many counted articles name it as related or mentioned and have another as primary."""
    return Counter(
        line
        for row in rows
        if row.counted
        for line in {line_of(slug, listed) for slug in getattr(row, field)} - {line_of(row.primary, listed)}
    )


def _cells(
    line: Line,
    now: Mapping[str, Sequence[Row]],
    before: Mapping[str, Sequence[Row]] | None,
    named: Mapping[str, Mapping[str, int]],
    context: ReportContext,
    period: Period,
) -> dict[str, object]:
    taxonomy = context.taxonomy
    rows = now.get(line.slug, [])
    previous = None if before is None else before.get(line.slug, [])
    own = measure.independent(rows)
    releases = measure.releases(rows)
    unit, unit_n = measure.most_common([row.unit for row in rows])
    return {
        "minggu": str(context.span),
        "versi_program": taxonomy.version,
        "kode": line.code or line.slug,
        "program": line.name,
        "program_singkat": labels.programme(line.slug, taxonomy),
        "nomor_resmi": line.ordinal,
        "status_nomor": line.status,
        "lingkup": line.scope,
        "utama_n": len(rows),
        "unik_n": measure.story_count(rows),
        "isu_n": measure.event_count(rows),
        "media_n": measure.outlet_count(rows),
        "terkait_n": named["related"].get(line.slug, 0),
        "disebut_n": named["mentioned"].get(line.slug, 0),
        **_tone_cells(line, rows),
        **_change_cells(rows, previous, comparable=period.comparable),
        "siaran_pers_n": releases,
        "siaran_pers_persen": measure.percent(releases, len(rows)),
        "mandiri_n": len(own),
        "mandiri_unik_n": measure.story_count(own),
        "mandiri_isu_n": measure.event_count(own),
        "mandiri_media_n": measure.outlet_count(own),
        **{f"mandiri_{name}": value for name, value in _tone_counts(line, own).items()},
        "upt_teraktif": unit,
        "upt_teraktif_n": unit_n,
        **_example(rows),
    }


def _change_cells(rows: Sequence[Row], previous: Sequence[Row] | None, *, comparable: bool) -> dict[str, object]:
    """The count of the span before, and the change with its 95 % limits where the two may be compared."""
    cells: dict[str, object] = dict.fromkeys(
        ("utama_minggu_lalu_n", "perubahan_abs", "perubahan_bawah", "perubahan_atas", "perubahan_persen")
    )
    if previous is None:
        return cells
    cells["utama_minggu_lalu_n"] = len(previous)
    if comparable:
        limits, limits_before = (intervals.of_count(len(some), measure.worth(some)) for some in (rows, previous))
        low, high = intervals.of_difference(len(rows), limits, len(previous), limits_before)
        cells["perubahan_abs"] = len(rows) - len(previous)
        cells["perubahan_bawah"], cells["perubahan_atas"] = round(low, 1), round(high, 1)
        cells["perubahan_persen"] = measure.change_percent(len(rows), len(previous))
    return cells


def _tone_counts(line: Line, rows: Sequence[Row]) -> dict[str, int]:
    """Tone is toward Pemasyarakatan, so immigration articles have none."""
    found = measure.tones([] if line.slug == IMMIGRATION_LINE else rows)
    return {"positif": found.positive, "netral": found.neutral, "negatif": found.negative, "belum_yakin": found.unsure}


def _tone_cells(line: Line, rows: Sequence[Row]) -> dict[str, object]:
    found = measure.tones([] if line.slug == IMMIGRATION_LINE else rows)
    return {**_tone_counts(line, rows), "indeks_tone": found.index, "indeks_tone_n": found.sure}


def _example(rows: Sequence[Row]) -> dict[str, object]:
    """The article to look at first: independent before releases, then the most carried story, then the earliest."""
    sizes = {story: len(items) for story, items in by_story(rows).items()}
    leads = [lead(items) for items in by_story(rows).values()]
    best = min(leads, key=lambda row: (not row.independent, -sizes[row.story_id], row.order), default=None)
    return {"contoh_judul": best.title if best else "", "contoh_url": best.url if best else ""}
