"""05_kanwil_upt: every regional office with its total, then its units, those without coverage included."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from pipeline.report import labels, measure
from pipeline.report.rows import Row
from pipeline.report.table import Columns, frame_of, joined

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.report.context import ReportContext, UnitLike

COLUMNS: Columns = {
    "minggu": "text",
    "kanwil": "text",
    "upt": "text",
    "jenis_baris": "text",
    "artikel_n": "count",
    "unik_n": "count",
    "isu_n": "count",
    "media_n": "count",
    "mandiri_n": "count",
    "pos": "count",
    "net": "count",
    "neg": "count",
    "belum_yakin": "count",
    "mandiri_pos": "count",
    "mandiri_net": "count",
    "mandiri_neg": "count",
    "disebut_n": "count",
    "program_terbanyak": "text",
    "insiden_n": "count",
}
TIED = 3  # programmes shown where several are equally frequent
NO_KANWIL = "(kanwil belum diketahui)"
NO_UNIT = "(tanpa UPT)"
TOTAL, KNOWN, STRANGE, UNNAMED = "total kanwil", "UPT di katalog", "UPT di luar katalog", "tanpa UPT"


def unit_table(rows: Sequence[Row], context: ReportContext) -> pd.DataFrame:
    """The table of counted rows. An article counts for the unit that acts in it; units merely named stand in ``disebut_n``.

    The rows "total kanwil" add up to all counted articles; so do the rows of single units.
    """
    home = _homes(context.units)
    acting: dict[tuple[str, str], list[Row]] = defaultdict(list)
    named: dict[tuple[str, str], int] = defaultdict(int)
    totals: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        kanwil = row.kanwil or NO_KANWIL
        totals[kanwil].append(row)
        acting[kanwil, row.unit or NO_UNIT].append(row)
        for unit in set(row.units) - {row.unit}:
            named[home.get(unit, NO_KANWIL), unit] += 1
        for kanwil in {home.get(unit, NO_KANWIL) for unit in set(row.units) - {row.unit}}:
            named[kanwil, ""] += 1
    known = {(unit.kanwil or NO_KANWIL, unit.name) for unit in context.units}
    every = _offices(context.kanwil, {kanwil for kanwil, _ in known | acting.keys() | named.keys()})
    lines: list[dict[str, object]] = []
    for kanwil in [context.only] if context.only else every:
        lines.append(_cells(kanwil, "", TOTAL, totals.get(kanwil, []), named.get((kanwil, ""), 0), context))
        found = {name for place, name in known | acting.keys() | named.keys() if place == kanwil and name}
        for name in sorted(found, key=_unnamed_last):
            key = (kanwil, name)
            kind = UNNAMED if name == NO_UNIT else KNOWN if key in known else STRANGE
            lines.append(_cells(kanwil, name, kind, acting.get(key, []), named.get(key, 0), context))
    return frame_of(COLUMNS, lines)


def _homes(units: Iterable[UnitLike]) -> dict[str, str]:
    """Unit name → kanwil, without names that several regions share."""
    places: dict[str, set[str]] = defaultdict(set)
    for unit in units:
        places[unit.name].add(unit.kanwil)
    return {name: next(iter(found)) for name, found in places.items() if len(found) == 1 and "" not in found}


def _offices(listed: Sequence[str], found: set[str]) -> list[str]:
    """The listed offices in their own order, then any other that was found, the unknown one last."""
    return [*listed, *sorted(found - {*listed, NO_KANWIL}), NO_KANWIL]


def _unnamed_last(name: str) -> tuple[bool, str]:
    return name == NO_UNIT, name


def _cells(kanwil: str, unit: str, kind: str, rows: Sequence[Row], named: int, context: ReportContext) -> dict[str, object]:
    found, own = measure.tones(rows), measure.tones(measure.independent(rows))
    top = measure.most_common_all([labels.programme(row.primary, context.taxonomy) for row in rows], TIED)
    return {
        "minggu": str(context.span),
        "kanwil": kanwil,
        "upt": unit,
        "jenis_baris": kind,
        "artikel_n": len(rows),
        "unik_n": measure.story_count(rows),
        "isu_n": measure.event_count(rows),
        "media_n": measure.outlet_count(rows),
        "mandiri_n": len(measure.independent(rows)),
        "pos": found.positive,
        "net": found.neutral,
        "neg": found.negative,
        "belum_yakin": found.unsure,
        "mandiri_pos": own.positive,
        "mandiri_net": own.neutral,
        "mandiri_neg": own.negative,
        "disebut_n": named,
        "program_terbanyak": joined(top),
        "insiden_n": measure.incident_count(rows),
    }
