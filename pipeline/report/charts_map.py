"""The regional offices as a map of equal tiles, roughly where they lie: how much was written, and how much of it is bad news."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import pairwise

from pipeline.report.charts import WIDTH, Chart, box, drawing, key, tag, words
from pipeline.report.page_figures import Place, unplaced
from pipeline.report.page_words import number
from pipeline.report.units import NO_KANWIL

# (column, row, short name): west to east, north to south, as far as equal tiles allow.
TILES = {
    "Aceh": (0, 0, "Aceh"),
    "Sumatera Utara": (0, 1, "Sumut"),
    "Riau": (1, 1, "Riau"),
    "Kepulauan Riau": (2, 1, "Kepri"),
    "Sumatera Barat": (0, 2, "Sumbar"),
    "Jambi": (1, 2, "Jambi"),
    "Kepulauan Bangka Belitung": (2, 2, "Babel"),
    "Bengkulu": (0, 3, "Bengkulu"),
    "Sumatera Selatan": (1, 3, "Sumsel"),
    "Lampung": (1, 4, "Lampung"),
    "Banten": (1, 5, "Banten"),
    "Daerah Khusus Jakarta": (2, 5, "Jakarta"),
    "Jawa Barat": (2, 6, "Jabar"),
    "Jawa Tengah": (3, 5, "Jateng"),
    "DI Yogyakarta": (3, 6, "DIY"),
    "Jawa Timur": (4, 5, "Jatim"),
    "Bali": (5, 5, "Bali"),
    "Nusa Tenggara Barat": (6, 5, "NTB"),
    "Nusa Tenggara Timur": (7, 5, "NTT"),
    "Kalimantan Barat": (3, 2, "Kalbar"),
    "Kalimantan Timur": (4, 2, "Kaltim"),
    "Kalimantan Tengah": (3, 3, "Kalteng"),
    "Kalimantan Selatan": (4, 3, "Kalsel"),
    "Gorontalo": (5, 1, "Gorontalo"),
    "Sulawesi Utara": (6, 1, "Sulut"),
    "Sulawesi Tengah": (5, 2, "Sulteng"),
    "Sulawesi Barat": (5, 3, "Sulbar"),
    "Sulawesi Tenggara": (6, 3, "Sultra"),
    "Sulawesi Selatan": (5, 4, "Sulsel"),
    "Maluku Utara": (7, 1, "Malut"),
    "Maluku": (6, 2, "Maluku"),
    "Papua Barat": (7, 2, "Pabar"),
    "Papua": (7, 3, "Papua"),
}
COLUMNS = 8
_STEP, _DROP = WIDTH / COLUMNS, 39.0  # from one tile to the next, across and down
_WIDE, _TALL = _STEP - 3, _DROP - 3
_SHORT = 6  # letters that fit at the usual size
# Where the shade changes: articles a period. Fixed, so that two weeks may be laid side by side.
SHADES = ((0, "none"), (1, "one"), (3, "some"), (10, "many"))


def map_chart(places: Sequence[Place]) -> Chart:
    """The tiles. Offices that the map does not know stand in a row of their own below it."""
    name, title = "grafik-kanwil", "Pemberitaan menurut kanwil"
    offices = [place for place in places if place.name != NO_KANWIL]
    strange = [place for place in offices if place.name not in TILES]
    known = max((row for _, row, _ in TILES.values()), default=0) + 1
    marks: list[str] = []
    for place in offices:
        column, row, short = TILES.get(place.name, (0, 0, ""))
        if not short:
            at = strange.index(place)
            column, row, short = at % COLUMNS, known + at // COLUMNS, place.name[:9]
        marks.append(_tile(place, column * _STEP, row * _DROP, short))
    rows = known + -(-len(strange) // COLUMNS)
    bottom = rows * _DROP + 10
    marks += key([(f"tile {class_}", told) for (_, class_), told in zip(SHADES, _ranges(), strict=True)], bottom)
    marks += [
        tag("circle", cx=5, cy=bottom + 13, r=4, class_="neg"),
        words(15, bottom + 17, "ada artikel bertone negatif (angka kecil)"),
    ]
    covered = [place for place in offices if place.articles]
    description = f"{len(covered)} dari {len(offices)} kanwil diberitakan. Terbanyak: " + (
        "; ".join(f"{place.name} {number(place.articles)} artikel" for place in _ranked(covered)[:5]) or "tidak ada"
    )
    lost = unplaced(places)
    hint = f"Jumlah artikel, semua liputan. {number(lost)} artikel tanpa kanwil tidak tergambar."
    told = tuple(
        (place.name, *map(number, (place.articles, place.own, place.negative)))
        for place in (*_ranked(covered), *_unknown(places))
    )
    svg = drawing(name, title, f"{description}.", bottom + 24, marks)
    return Chart(name, title, f"{description}.", svg, hint, ("Kanwil", "Artikel", "Mandiri", "Negatif"), told)


def shade(articles: int) -> str:
    """The class of a tile with so many articles."""
    return next(class_ for least, class_ in reversed(SHADES) if articles >= least)


def _tile(place: Place, x: float, y: float, short: str) -> str:
    told = f"{place.name}: {number(place.articles)} artikel, {number(place.own)} mandiri, {number(place.negative)} negatif"
    class_ = shade(place.articles)
    marks = tag("title", escape(told)) + box(x, y, _WIDE, _TALL, f"tile {class_}")
    marks += words(x + _WIDE / 2, y + 13, short, f"{'mini' if len(short) > _SHORT else 'tiny'} on-{class_}", "middle")
    marks += words(
        x + (_WIDE / 2 - 5 if place.negative else _WIDE / 2), y + 29, number(place.articles), f"strong on-{class_}", "middle"
    )
    if place.negative:
        marks += tag("circle", cx=x + _WIDE - 7, cy=y + _TALL - 7, r=7.5, class_="neg rim")
        marks += words(x + _WIDE - 7, y + _TALL - 3.7, number(place.negative), "tiny on-neg", "middle")
    return tag("g", marks)


def _ranges() -> list[str]:
    limits = [least for least, _ in SHADES]
    return ["0", *(f"{low}–{high - 1}" for low, high in pairwise(limits[1:])), f"{limits[-1]}+ artikel"]


def _ranked(places: Sequence[Place]) -> list[Place]:
    return sorted(places, key=lambda place: (-place.articles, place.name))


def _unknown(places: Sequence[Place]) -> list[Place]:
    return [place for place in places if place.name == NO_KANWIL and place.articles]
