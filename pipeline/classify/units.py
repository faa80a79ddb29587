"""Corrections units named in an article: a grammar of unit names, checked against the gazetteer ``config/units.csv``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.classify.unit_grammar import PLACE_WORDS, Candidate, PlaceWords, candidates
from pipeline.configfile import Problems, read_csv
from pipeline.records import Evidence, UnitMention

COLUMNS = ("kind", "subtype", "class", "place", "name", "province", "kanwil", "lat", "lon", "aliases")
KINDS = ("lapas", "rutan", "lpka", "bapas", "kanwil")
CLASSES = ("", "I", "IIA", "IIB", "III", "II")
# 33 since the time of Kemenkumham; the new provinces belong to the kanwil they came from.
KANWIL: tuple[str, ...] = (
    "Aceh", "Sumatera Utara", "Sumatera Barat", "Riau", "Kepulauan Riau", "Jambi", "Sumatera Selatan",
    "Kepulauan Bangka Belitung", "Bengkulu", "Lampung", "Daerah Khusus Jakarta", "Jawa Barat", "Banten", "Jawa Tengah",
    "DI Yogyakarta", "Jawa Timur", "Bali", "Nusa Tenggara Barat", "Nusa Tenggara Timur", "Kalimantan Barat", "Kalimantan Tengah",
    "Kalimantan Selatan", "Kalimantan Timur", "Sulawesi Utara", "Gorontalo", "Sulawesi Tengah", "Sulawesi Barat",
    "Sulawesi Selatan", "Sulawesi Tenggara", "Maluku", "Maluku Utara", "Papua", "Papua Barat",
)  # fmt: skip
_LABELS = {"lapas": "Lapas", "rutan": "Rutan", "lpka": "LPKA", "bapas": "Bapas", "kanwil": "Kanwil Ditjenpas"}
_COMMON = re.compile(r"(?<!\w)[a-z]{3,}")
NO_WORDS = PlaceWords()
ALIAS_WORDS = 6  # an alias is written out in the gazetteer; nothing follows it that must be kept off


@dataclass(frozen=True, slots=True)
class _Named:
    """A unit as one place of the article names it; ``unit`` is the gazetteer's row, None if it has none."""

    kind: str
    subtype: str
    place: str
    unit_class: str
    unit: Unit | None
    evidence: Evidence

    def mention(self) -> UnitMention:
        if self.unit is not None:
            return UnitMention(self.unit.name, self.unit.kind, self.unit.kanwil, True, self.evidence)
        parts = [_LABELS[self.kind], self.subtype.capitalize(), f"Kelas {self.unit_class}" if self.unit_class else "", self.place]
        return UnitMention(" ".join(filter(None, parts)), self.kind, "", False, self.evidence)


@dataclass(frozen=True, slots=True)
class Unit:
    """One row of the gazetteer. ``unit_class`` is an attribute: units change class, and outlets misprint it."""

    kind: str
    subtype: str
    unit_class: str
    place: str
    name: str
    province: str
    kanwil: str
    aliases: tuple[str, ...] = ()
    lat: float | None = None
    lon: float | None = None


def load_units(path: Path, problems: Problems) -> tuple[Unit, ...]:
    """The gazetteer; every bad row is a problem with its line."""
    units: list[Unit] = []
    seen: dict[str, int] = {}
    for line, row in read_csv(path, COLUMNS, problems):
        if row["kind"] not in KINDS:
            problems.add(path, line, "kind", f"{row['kind']!r} is no kind of unit; write one of {', '.join(KINDS)}")
        if row["class"] not in CLASSES:
            problems.add(
                path,
                line,
                "class",
                f"{row['class']!r} is no class; write one of {', '.join(filter(None, CLASSES))} or leave it empty",
            )
        if row["kanwil"] not in KANWIL:
            problems.add(
                path, line, "kanwil", f"{row['kanwil']!r} is none of the {len(KANWIL)} kanwil; see pipeline/classify/units.py"
            )
        if not row["place"] or not row["name"]:
            problems.add(path, line, "place", "place and name must be given")
        key = row["name"].casefold()
        if key in seen:
            problems.add(path, line, "name", f"the same unit stands in line {seen[key]}; keep one row")
        seen.setdefault(key, line)
        aliases = tuple(alias.strip() for alias in row["aliases"].split(";") if alias.strip())
        units.append(
            Unit(row["kind"], row["subtype"], row["class"], row["place"], row["name"], row["province"], row["kanwil"], aliases,
                 _degree(row["lat"], 90, path, line, "lat", problems), _degree(row["lon"], 180, path, line, "lon", problems))
        )  # fmt: skip
    return tuple(units)


def _degree(value: str, limit: int, path: Path, line: int, key: str, problems: Problems) -> float | None:
    if not value:
        return None
    try:
        degree = float(value)
    except ValueError:
        degree = 999.0
    if not -limit <= degree <= limit:
        problems.add(path, line, key, f"{value!r} is no degree between -{limit} and {limit}; write a decimal or leave it empty")
        return None
    return degree


class UnitFinder:
    """Finds units by grammar and resolves them by the gazetteer; one that it does not know is returned as unknown."""

    def __init__(self, units: Iterable[Unit], barred: PlaceWords = NO_WORDS) -> None:
        """Index the units by kind, subtype and the places of their names and aliases. ``barred``: words that are no place."""
        self._barred = barred
        self._exact: dict[tuple[str, str, str], list[Unit]] = {}
        self._loose: dict[tuple[str, str], list[Unit]] = {}
        self._places = {name.casefold() for name in KANWIL}
        for unit in units:
            self._places |= {unit.place.casefold(), unit.province.casefold()}
            keys = [(unit.kind, unit.subtype, unit.place.casefold())]
            for alias in unit.aliases:
                keys += [
                    (found.kind, found.subtype or unit.subtype, " ".join(found.words).casefold())
                    for found in candidates("text", alias, limit=ALIAS_WORDS, barred=NO_WORDS)
                    if found.words
                ]
            for key in keys:
                for held in (self._exact.setdefault(key, []), self._loose.setdefault((key[0], key[2]), [])):
                    if unit not in held:
                        held.append(unit)

    def find(self, title: str, text: str, noise: Sequence[tuple[int, int]] = ()) -> tuple[UnitMention, ...]:
        """Each unit once, at its first mention; title first, then text. A bare place that fits several units resolves to none.

        ``noise``: spans of the text that are not the article ("Baca juga: ..."); no unit is taken from there.
        """
        found_text = candidates("text", text, PLACE_WORDS, self._barred)
        inside = [found for found in found_text if not any(start <= found.start < end for start, end in noise)]
        named = [*candidates("title", title, PLACE_WORDS, self._barred), *inside]
        if not named:
            return ()
        settled = _settled_places(named)
        common = frozenset(_COMMON.findall(text)) if any(found.field == "title" for found in named) else frozenset()
        mentions = [
            mention
            for found in named
            if (mention := self._mention(found, title if found.field == "title" else text, settled, common)) is not None
        ]
        return _merged(mentions)

    def _mention(self, found: Candidate, source: str, settled: frozenset[str], common: frozenset[str]) -> _Named | None:
        if not found.words:
            return None
        believed = _place_length(found, settled, common)
        sure = " ".join(found.words[:believed]).casefold() in settled
        for count in range(len(found.words), 0, -1):
            unit = self._resolve(found, " ".join(found.words[:count]))
            rest = " ".join(found.words[count:believed]).casefold()
            # A person's name follows a head's title; elsewhere only a town or province may follow the place.
            if unit is not None and (not rest or rest in self._places or found.kind == "kanwil" or (found.head and not sure)):
                end = found.ends[count - 1]
                return _Named(unit.kind, unit.subtype, unit.place, "", unit, _evidence(found, source, end))
        if not believed:
            return None
        place = " ".join(found.words[:believed])
        place = place.title() if place.isupper() else place
        return _Named(
            found.kind, found.subtype, place, found.unit_class, None, _evidence(found, source, found.ends[believed - 1])
        )

    def _resolve(self, found: Candidate, place: str) -> Unit | None:
        key = place.casefold()
        exact = self._exact.get((found.kind, found.subtype or "umum", key), [])
        several = exact or [one for one in self._loose.get((found.kind, key), []) if found.subtype in ("", one.subtype)]
        if len(several) > 1:  # two of one kind in one place: only the class can tell
            several = [one for one in several if one.unit_class == found.unit_class]
        return several[0] if len(several) == 1 else None


def _merged(mentions: Iterable[_Named]) -> tuple[UnitMention, ...]:
    """Each unit once, at its first mention, under its fullest name: class and subtype may be given later than the place."""
    merged: dict[tuple[str, str, str], _Named] = {}
    for one in mentions:
        place = one.place.casefold()
        same = [
            key
            for key in merged
            if key[0] == one.kind and key[2] == place and ("" in (key[1], one.subtype) or key[1] == one.subtype)
        ]
        if one.unit is None and same:
            first = merged[same[0]]
            if first.unit is None:
                merged[same[0]] = replace(
                    first, subtype=first.subtype or one.subtype, unit_class=first.unit_class or one.unit_class
                )
            continue
        merged.setdefault((one.kind, one.subtype, place), one)
    return tuple(one.mention() for one in merged.values())


def _evidence(found: Candidate, source: str, end: int) -> Evidence:
    return Evidence(found.field, found.start, end, source[found.start : end])


def _settled_places(candidates: Iterable[Candidate]) -> frozenset[str]:
    """Places that the article writes after a unit's name, not after a head's title: no person's name hangs on those."""
    return frozenset(
        " ".join(found.words).casefold() for found in candidates if found.words and not found.head and found.field == "text"
    )


def _place_length(found: Candidate, settled: frozenset[str], common: frozenset[str]) -> int:
    """How many words of an unknown place to believe: as many as the article settles elsewhere, else all that may be names.

    A title writes every word with a capital; one that the text writes small ("Panen") is no part of a name. 0: no place at all.
    """
    for count in range(len(found.words), 0, -1):
        if " ".join(found.words[:count]).casefold() in settled:
            return count
    if found.field == "title":
        for count in range(len(found.words)):
            if found.words[count].casefold() in common:
                return count
    return len(found.words)
