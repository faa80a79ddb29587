"""Finds a gazetteer's places in a text by longest match, and the units of a place by kind and subtype."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pipeline.classify.matcher import Matcher
from pipeline.classify.unit_gazetteer import GROUP, KANWIL, Unit
from pipeline.classify.unit_grammar import PlaceWords, candidates

ALIAS_WORDS = 6  # an alias is written out in the gazetteer; nothing follows it that must be kept off
OPENING = 3  # letters of a place by which most other words are passed over
REACH = 48  # characters behind a unit's kind in which its place stands
_WINDOW = re.compile(rf"[ \u00a0]+([^,;:!?\n\"()/]{{2,{REACH}}})")
_PREFIX = re.compile(r"(?i)[ \u00a0]+(?:kota|kabupaten|kab\.|provinsi|prov\.)(?=[ \u00a0])")
# Towns that are everyday words too: written small they are no town.
_EVERYDAY = frozenset(
    "baa banjar barus batang batu bener besi bula bulu depok ende geser idi karang kendal kudus kumbang landak manna metro muara "
    "natal negara padang palu parigi pasir pati permisan raha rantau rengat soe talu tanjung tegal tual tuban weda".split()
)
_PLAIN = str.maketrans({"-": " ", "\u00a0": " ", "’": "'", "‘": "'"})


def folded(text: str) -> str:
    """Small letters, hyphens as blanks: as long as the text itself, so that places keep their offsets."""
    small = text.lower()
    if len(small) != len(text):
        small = "".join(one if len(one.lower()) != 1 else one.lower() for one in text)
    return small.translate(_PLAIN)


@dataclass(frozen=True, slots=True)
class Placed:
    """A place of the gazetteer at ``source[start:end]``, by its folded name."""

    name: str
    start: int
    end: int


class UnitIndex:
    """The gazetteer by place: each name and alias read by the grammar, found by Aho-Corasick, whole words, the longest first."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._units = tuple(units)
        self._exact: dict[tuple[str, str, str], list[Unit]] = {}
        self._loose: dict[tuple[str, str], list[Unit]] = {}
        self._unverified: dict[tuple[str, str], list[Unit]] = {}
        self.towns = {name.casefold() for name in KANWIL}
        for unit in self._units:
            self.towns |= {name.casefold() for name in (unit.place, unit.province, _town(unit)) if name}
            self._enter(unit, unit.subtype, unit.place)
            for alias in unit.aliases:
                for found in candidates("text", alias, ALIAS_WORDS, PlaceWords()):
                    if found.words and found.kind == unit.kind:
                        # An alias without a subtype is the name itself: "Lapas Gunung Sindur" is the special prison there.
                        self._enter(unit, found.subtype, " ".join(found.words))
            for alias in unit.unverified:
                for found in candidates("text", alias, ALIAS_WORDS, PlaceWords()):
                    held = self._unverified.setdefault((found.kind, folded(" ".join(found.words))), [])
                    if unit not in held:
                        held.append(unit)
        places = {place for _, place in self._loose} | {place for _, place in self._unverified}
        self._matcher = Matcher({"place": sorted(places)})
        self._openings = frozenset(place[:OPENING] for place in places)
        self._groups = {unit.name: unit for unit in self._units if unit.subtype == GROUP}
        self._last = self._last_days()

    def _enter(self, unit: Unit, subtype: str, place: str) -> None:
        subtype = "umum" if subtype in ("", GROUP) else subtype
        name = folded(place)
        for held in (
            self._exact.setdefault((unit.kind, subtype, name), []),
            self._loose.setdefault((unit.kind, name), []),
        ):
            if unit not in held:
                held.append(unit)

    def place_at(self, source: str, position: int, *, sure: bool = False) -> Placed | None:
        """The longest place that stands right behind ``position``; also "Kota Tegal". None where no place of the gazetteer does.

        ``sure``: a place must stand there, as behind a class; so it may be an everyday word in small letters.
        """
        placed = self._place_behind(source, position, sure)
        if placed is None and (prefix := _PREFIX.match(source, position)):
            return self._place_behind(source, prefix.end(), sure)
        return placed

    def _place_behind(self, source: str, position: int, sure: bool) -> Placed | None:
        window = _WINDOW.match(source, position)
        if window is None:
            return None
        start = window.start(1)
        if source[start : start + OPENING].lower() not in self._openings:
            return None
        first = next(iter(self._matcher.find(folded(window[1]))), None)
        if first is None:
            return None
        left, right, _, place = first
        if left > 0 or (source[start].islower() and not sure and place in _EVERYDAY):
            return None
        return Placed(place, start, start + right)

    def units_at(self, kind: str, subtype: str, unit_class: str, place: str) -> tuple[Unit, ...]:
        """The units that such a name may mean: one where it is settled, several where it stays open, none where it is unknown."""
        exact = self._exact.get((kind, subtype or "umum", place), [])
        several = exact or [one for one in self._loose.get((kind, place), []) if subtype in ("", one.subtype)]
        if len(several) > 1:  # two of one kind in one place: only the class can tell
            several = [one for one in several if one.unit_class == unit_class] or several
        return tuple(several)

    def unverified_at(self, kind: str, subtype: str, place: str) -> tuple[Unit, ...]:
        """The units that an unconfirmed alias may mean."""
        return tuple(one for one in self._unverified.get((kind, place), ()) if subtype in ("", one.subtype))

    def others_of(self, unit: Unit) -> tuple[Unit, ...]:
        """Units of the same kind in the same place with another subtype."""
        return tuple(one for one in self._loose.get((unit.kind, folded(unit.place)), ()) if one.subtype != unit.subtype)

    def group_of(self, unit: Unit) -> str:
        """The name of the group that a unit belongs to; "" for none, and for the group itself."""
        whole = " ".join((unit.name, *unit.aliases)).casefold()
        for name, group in self._groups.items():
            if unit.kind == group.kind and unit.name != name and group.place.casefold() in whole:
                return name
        return ""

    def group_at(self, kind: str, place: str) -> Unit | None:
        """The group of a place, such as the island Nusakambangan."""
        return next((one for one in self._exact.get((kind, "umum", place), ()) if one.subtype == GROUP), None)

    def lives(self, kind: str, day: date | None) -> bool:
        """False for a kind all of whose units had left Ditjenpas before ``day``: no unknown one can be left."""
        return day is None or kind not in self._last or day <= self._last[kind]

    def _last_days(self) -> dict[str, date]:
        days: dict[str, date] = {}
        for unit in self._units:
            days[unit.kind] = max(days.get(unit.kind, date.min), unit.valid_until or date.max)
        return {kind: last for kind, last in days.items() if last != date.max}


def _town(unit: Unit) -> str:
    return unit.regency.removeprefix("Kabupaten ").removeprefix("Kota ").strip()


def names_town(unit: Unit, source: str) -> bool:
    """Whether a text names the place or regency of a unit as words of their own."""
    return any(
        re.search(rf"(?<!\w){re.escape(name.casefold())}(?!\w)", source.casefold()) for name in {unit.place, _town(unit)} if name
    )
