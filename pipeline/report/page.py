"""The report that is read: one page for screen, telephone and two sheets of A4. No script, nothing loaded."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.report import page_figures as read
from pipeline.report.charts import depth_chart, programme_chart, tier_chart
from pipeline.report.charts_map import map_chart
from pipeline.report.charts_trend import trend_chart
from pipeline.report.completeness import INCOMPLETE
from pipeline.report.measure import MIN_N
from pipeline.report.page_figures import Figure, PageFacts, Place, Tables
from pipeline.report.page_sentences import sentences
from pipeline.report.page_words import dated, number, percent, span
from pipeline.report.period import UNWATCHED
from pipeline.report.quotation import QUOTE_WORDS
from pipeline.report.units import NO_KANWIL
from pipeline.templating import renderer

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PageFacts", "page_html"]

TEMPLATES = Path(__file__).parent / "templates"
SHOWN = 6  # negative stories in full view; more would push the charts off the second sheet
LISTED = 5  # causes for which sources failed
NAMED = 8  # sources by name, for each cause
KINDS = {"minggu": "Laporan mingguan", "bulan": "Laporan bulanan", "rentang": "Laporan"}
UNIT_ROWS = 12  # units of the one regional office


@dataclass(frozen=True, slots=True)
class Tile:
    """One large figure with what it is and what stands behind it."""

    label: str
    value: str
    more: str
    bad: bool = False


def page_html(tables: Tables, trend: pd.DataFrame, facts: PageFacts) -> bytes:
    """``laporan.html``: UTF-8, self-contained, the same bytes for the same input.

    ``tables``: those of ``weekly_tables``; ``trend``: that of ``trend_table``. Its policy forbids every request and all code
    but the page's own style, so that a stranger's title can do nothing, whatever is in it.
    """
    style = (TEMPLATES / "laporan.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    render = renderer(TEMPLATES, number=number)
    page = render("laporan.html.j2", style=style, policy=policy, **_content(tables, trend, facts))
    return page.encode("utf-8", "replace")


def _content(tables: Tables, trend: pd.DataFrame, facts: PageFacts) -> dict[str, object]:
    found, places = read.figures(tables), read.places(tables)
    state, advice = read.note(tables, "periode", "status")
    offices = [place for place in places if place.name != NO_KANWIL]
    units = read.units(tables, facts.kanwil) if facts.kanwil else []
    covered = _covered("UPT diberitakan", units) if facts.kanwil else _covered("Kanwil diberitakan", offices)
    return {
        "facts": facts,
        "kind": KINDS[facts.span.kind],
        "when": span(facts.span.start, facts.span.end),
        "taxonomy": read.note(tables, "versi", "daftar program")[1],
        "state": state,
        "watched": state != UNWATCHED,
        "advice": dated(advice),
        "gaps": _gaps(tables),
        "restated": _restated(tables),
        "sources": read.sources(tables),
        "sentences": sentences(tables, facts),
        "tiles": [*_tiles(found), covered],
        "stories": read.negatives(tables),
        "articles": found["total_artikel"].count,
        "charts": {
            "trend": trend_chart(trend),
            "map": None if facts.kanwil else map_chart(places),
            "programme": programme_chart(read.programmes(tables)),
            "tier": tier_chart(read.tiers(tables)),
            "depth": depth_chart(read.depths(tables)),
        },
        "spread": read.most_spread(tables),
        "units": [unit for unit in units if unit.articles],
        "silent_units": sum(not unit.articles for unit in units),
        "review": found["artikel_perlu_tinjau"].count,
        "correction": _correction(tables),
        "comparison": dated(read.note(tables, "periode", "pembanding")[1]),
        "format": read.note(tables, "versi", "format laporan")[0],
        "recipe": read.note(tables, "versi", "resep model")[0],
        "shown": SHOWN,
        "listed": LISTED,
        "named": NAMED,
        "unit_rows": UNIT_ROWS,
        "quote_words": QUOTE_WORDS,
        "least": MIN_N,
    }


def _tiles(found: dict[str, Figure]) -> list[Tile]:
    own, negative = found["total_artikel_mandiri"], found["negatif_mandiri_n"]
    share = found["negatif_mandiri_persen"]
    told = (
        f"n = {number(share.base or 0)}" if share.value is None else f"{percent(share.value)} dari n = {number(share.base or 0)}"
    )
    return [
        _tile("Artikel", found["total_artikel"]),
        _tile("Isu", found["klaster_isu"]),
        Tile("Liputan mandiri", number(own.count), _part(found["liputan_mandiri_persen"])),
        Tile("Mandiri bertone negatif", number(negative.count), told, bad=True),
        _tile("Isu dengan insiden", found["insiden"]),
    ]


def _covered(label: str, places: Sequence[Place]) -> Tile:
    return Tile(label, number(sum(place.articles > 0 for place in places)), f"dari {number(len(places))}")


def _tile(label: str, figure: Figure) -> Tile:
    if figure.change is None:
        more = "tanpa pembanding" if figure.before is None else f"sebelumnya {number(figure.before)}, tidak sebanding"
    else:
        more = f"{'+' if figure.change > 0 else ''}{number(figure.change)} dari sebelumnya"
    return Tile(label, number(figure.count), more)


def _part(figure: Figure) -> str:
    return f"n = {number(figure.base or 0)}" if figure.value is None else f"{percent(figure.value)} dari semua artikel"


def _correction(tables: Tables) -> str:
    state, text = read.note(tables, "koreksi tone", "bagian tone terkoreksi")
    return f"Koreksi kekeliruan penilai {state}. {text.partition('Operator:')[0]}".strip() if state else ""


def _gaps(tables: Tables) -> str:
    """How much was out of sight, where that is worth a warning."""
    state, text = read.note(tables, "periode", "kelengkapan liputan")
    return f"{text}." if state == INCOMPLETE and text else ""


def _restated(tables: Tables) -> str:
    """That figures are others than when the report was first published; "" when none is."""
    value, text = read.note(tables, "disajikan ulang", "angka yang berubah")
    return f"Disajikan ulang: {value} angka. {text}. Rinciannya di 00_catatan.csv." if value else ""
