"""The weekly tables → what the page shows: figures, negative stories, spread of texts, sources. Plain typed values. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, cast

from pipeline.report.page_words import clean, clock, web_address
from pipeline.report.units import NO_KANWIL, TOTAL

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.report.span import Span

Cells: TypeAlias = Mapping[str, object]
Tables: TypeAlias = "Mapping[str, pd.DataFrame]"

# Depths that a leader tells apart: printed once, twice, by a handful, by a campaign.
DEPTHS = ((1, 1), (2, 2), (3, 5), (6, 10), (11, None))
TIERS = {"T0": "kanal milik instansi", "T1": "nasional", "T2": "regional atau jaringan", "T3": "lokal"}
MOST_SPREAD = 3


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What the tables do not tell. ``kanwil``: the only one that the report speaks of, "" for all of them."""

    span: Span
    kanwil: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric of 01_ringkasan: shares in percent. None: not known, or n too small; ``base`` is a share's n."""

    value: float | None
    base: int | None = None
    before: float | None = None
    change: float | None = None
    change_limits: tuple[float, float] | None = None
    corrected: tuple[float, float, float] | None = None

    @property
    def count(self) -> int:
        """A count's value."""
        return int(self.value or 0)


@dataclass(frozen=True, slots=True)
class Negative:
    """A negative story: its lead article, its evidence and how widely it is told."""

    title: str
    link: str
    outlet: str
    tier: str
    when: str
    place: str
    incidents: tuple[str, ...]
    programme: str
    quote: str
    kind: str
    copies: int
    outlets: int
    score: float | None
    review: bool


@dataclass(frozen=True, slots=True)
class Programme:
    """Articles of a programme by tone (positive, neutral, negative, unsure): all coverage, and independent coverage alone."""

    code: str
    name: str
    total: int
    own_total: int
    tones: tuple[int, int, int, int]
    own: tuple[int, int, int, int]
    listed: bool  # one of the programmes of the list, not a line beside it
    outside: bool  # not part of the total


@dataclass(frozen=True, slots=True)
class Place:
    """A regional office: articles, independent ones, negative ones."""

    name: str
    articles: int
    own: int
    negative: int


@dataclass(frozen=True, slots=True)
class Spread:
    """A text that many printed."""

    title: str
    link: str
    articles: int
    outlets: int
    kind: str


@dataclass(frozen=True, slots=True)
class Sources:
    """How many were watched, and who was not as it should be, by outlet's name.

    ``failed``: how many; ``causes``: what was wrong with them, how many, whose; ``broken``: outlet and days read of those due;
    ``thin``: brought less than its own past lets expect, and why; ``silent``: read, without an article; ``idle``: switched off.
    """

    active: int
    failed: int
    causes: tuple[tuple[str, int, tuple[str, ...]], ...]
    broken: tuple[tuple[str, str], ...]
    thin: tuple[tuple[str, str], ...]
    silent: int
    silent_names: tuple[str, ...]
    idle: int

    @property
    def speaking(self) -> int:
        """Watched, and heard of in this period."""
        return max(0, self.active - self.failed - self.silent)


def cells(table: pd.DataFrame) -> list[dict[str, object]]:
    """A table's rows with None for whatever is missing."""
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    return cast("list[dict[str, object]]", rows)


def figures(tables: Tables) -> dict[str, Figure]:
    """01_ringkasan by metric."""
    return {_text(row, "metrik"): _figure(row) for row in cells(tables["01_ringkasan"])}


def notes(tables: Tables, part: str) -> list[tuple[str, str, str]]:
    """The rows of one part of 00_catatan: item, value, explanation."""
    rows = cells(tables["00_catatan"])
    return [(_text(row, "butir"), _text(row, "nilai"), _text(row, "keterangan")) for row in rows if row["bagian"] == part]


def note(tables: Tables, part: str, item: str) -> tuple[str, str]:
    """Value and explanation of the line of 00_catatan whose item has the word ``item``; empty where there is none."""
    return next(((value, text) for name, value, text in notes(tables, part) if f" {item} " in f" {name} "), ("", ""))


def programmes(tables: Tables) -> list[Programme]:
    """02_program, in its order."""
    return [_programme(row) for row in cells(tables["02_program"])]


def negatives(tables: Tables) -> list[Negative]:
    """04_negatif, worst first."""
    return [_negative(row) for row in cells(tables["04_negatif"])]


def places(tables: Tables) -> list[Place]:
    """The regional offices of 05_kanwil_upt, the unknown one last."""
    rows = [row for row in cells(tables["05_kanwil_upt"]) if row["jenis_baris"] == TOTAL]
    return [_place(row, "kanwil") for row in rows]


def units(tables: Tables, kanwil: str) -> list[Place]:
    """The units of one regional office, those with most articles first."""
    rows = [row for row in cells(tables["05_kanwil_upt"]) if row["jenis_baris"] != TOTAL and row["kanwil"] == kanwil]
    return sorted((_place(row, "upt") for row in rows), key=lambda unit: (-unit.articles, unit.name))


def unplaced(found: Iterable[Place]) -> int:
    """Articles whose regional office is not known."""
    return sum(place.articles for place in found if place.name == NO_KANWIL)


def tiers(tables: Tables) -> list[tuple[str, str, int, int]]:
    """(tier, what it is, articles, independent ones) of the counted articles; the four tiers always, others where they occur."""
    kept = [row for row in cells(tables["07_kliping"]) if row["dihitung"] == "ya"]
    every = Counter(_text(row, "tier") for row in kept)
    own = Counter(_text(row, "tier") for row in kept if row["jenis_liputan"] == "liputan mandiri")
    others = sorted(every.keys() - TIERS.keys())
    return [
        *((tier, told, every[tier], own[tier]) for tier, told in TIERS.items()),
        *((tier or "–", "tanpa tier", every[tier], own[tier]) for tier in others),
    ]


def depths(tables: Tables) -> list[tuple[str, int, int]]:
    """(how many articles print a text, texts, articles): the counted articles' stories by size."""
    sizes = [len(rows) for rows in _texts(tables).values()]
    found = []
    for low, high in DEPTHS:
        name = f"{low}+" if high is None else str(low) if low == high else f"{low}–{high}"
        inside = [size for size in sizes if low <= size and (high is None or size <= high)]
        found.append((name, len(inside), sum(inside)))
    return found


def most_spread(tables: Tables) -> list[Spread]:
    """The texts that most articles print, at least two."""
    ranked = sorted(_texts(tables).items(), key=lambda item: (-len(item[1]), item[0]))[:MOST_SPREAD]
    return [_spread(rows) for _, rows in ranked if len(rows) > 1]


def sources(tables: Tables) -> Sources:
    """The coverage ledger as 00_catatan has it."""
    active = note(tables, "sumber", "sumber aktif")[0]
    failed = notes(tables, "sumber gagal")
    causes: dict[str, list[str]] = {}
    for name, cause, _ in failed:
        causes.setdefault(clean(cause, 120), []).append(_outlet(name))
    ranked = sorted(causes.items(), key=lambda item: (-len(item[1]), item[0]))
    silent = [_outlet(name) for name, _, _ in notes(tables, "sumber tanpa artikel")]
    return Sources(
        active=int(active) if active.isdecimal() else 0,
        failed=len(failed),
        causes=tuple((cause, len(names), tuple(dict.fromkeys(names))) for cause, names in ranked),
        broken=tuple((clean(name), clean(days)) for name, days, _ in notes(tables, "sumber terputus")),
        thin=tuple((_outlet(name), clean(why)) for name, _, why in notes(tables, "sumber di bawah kebiasaan")),
        silent=len(silent),
        silent_names=tuple(dict.fromkeys(silent)),
        idle=len(notes(tables, "sumber nonaktif")),
    )


def _outlet(name: str) -> str:
    """The outlet of "Kabar Nusantara (kabarnusantara)"."""
    return clean(name.rpartition(" (")[0] or name, 60)


def _texts(tables: Tables) -> dict[str, list[Cells]]:
    found: dict[str, list[Cells]] = {}
    for row in cells(tables["07_kliping"]):
        if row["dihitung"] == "ya":
            found.setdefault(_text(row, "klaster_id"), []).append(row)
    return found


def _figure(row: Cells) -> Figure:
    value, low, high = (_rate(row, name) for name in ("nilai_terkoreksi", "terkoreksi_bawah", "terkoreksi_atas"))
    base = _rate(row, "n")
    least, most = _rate(row, "perubahan_bawah"), _rate(row, "perubahan_atas")
    return Figure(
        value=_rate(row, "nilai"),
        base=None if base is None else int(base),
        before=_rate(row, "nilai_minggu_lalu"),
        change=_rate(row, "perubahan_abs"),
        change_limits=None if least is None or most is None else (least, most),
        corrected=None if value is None or low is None or high is None else (value, low, high),
    )


def _programme(row: Cells) -> Programme:
    code, short = _text(row, "kode"), _text(row, "program_singkat")
    coded = short.startswith(f"{code} ")
    tones = ("positif", "netral", "negatif", "belum_yakin")
    first, second, third, fourth = (_count(row, name) for name in tones)
    own = (_count(row, f"mandiri_{name}") for name in tones)
    return Programme(
        code=code if coded else "",
        name=short.removeprefix(f"{code} "),
        total=_count(row, "utama_n"),
        own_total=_count(row, "mandiri_n"),
        tones=(first, second, third, fourth),
        own=cast("tuple[int, int, int, int]", tuple(own)),
        listed=coded,
        outside=code == "keimigrasian",
    )


def _negative(row: Cells) -> Negative:
    return Negative(
        title=clean(_text(row, "judul")) or "(tanpa judul)",
        link=web_address(_text(row, "url")),
        outlet=clean(_text(row, "media"), 60),
        tier=_text(row, "tier"),
        when=clock(_text(row, "waktu")),
        place=", ".join(filter(None, (clean(_text(row, "upt"), 80), _text(row, "kanwil")))),
        incidents=tuple(filter(None, _text(row, "insiden").split("; "))),
        programme=_text(row, "program"),
        quote=clean(_text(row, "kutipan_alasan"), 300),
        kind=_text(row, "jenis_liputan"),
        copies=_count(row, "jumlah_salinan"),
        outlets=_count(row, "jumlah_media"),
        score=_rate(row, "skor"),
        review=row["perlu_tinjau"] == "ya",
    )


def _place(row: Cells, name: str) -> Place:
    return Place(clean(_text(row, name), 80), _count(row, "artikel_n"), _count(row, "mandiri_n"), _count(row, "neg"))


def _spread(rows: list[Cells]) -> Spread:
    first = next((row for row in rows if not row["duplikat_dari"]), rows[0])
    return Spread(
        title=clean(_text(first, "judul"), 110) or "(tanpa judul)",
        link=web_address(_text(first, "url")),
        articles=len(rows),
        outlets=len({_text(row, "media") for row in rows}),
        kind=_text(first, "jenis_liputan"),
    )


def _text(row: Cells, name: str) -> str:
    value = row[name]
    return value if isinstance(value, str) else ""


def _rate(row: Cells, name: str) -> float | None:
    value = row[name]
    return float(value) if isinstance(value, int | float) else None


def _count(row: Cells, name: str) -> int:
    return int(_rate(row, name) or 0)
