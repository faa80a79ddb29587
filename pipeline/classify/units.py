"""Corrections units named in an article: a grammar of unit names, settled by the gazetteer ``config/units.csv``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from pipeline.classify.unit_gazetteer import GROUP, KANWIL, Unit, load_units
from pipeline.classify.unit_grammar import NAME_WORDS, PLACE_WORDS, Candidate, PlaceWords, candidates, class_at, place_words
from pipeline.classify.unit_index import Placed, UnitIndex, folded, names_town
from pipeline.classify.unit_lookalikes import is_branch, is_no_unit, speaks_of_prisons
from pipeline.classify.unit_primary import Occurrence, acting
from pipeline.classify.vocabulary import load_vocabulary
from pipeline.configfile import Problems
from pipeline.records import Evidence, UnitMention

__all__ = ["KANWIL", "Unit", "UnitFinder", "load_finder", "load_units"]

_LABELS = {
    "lapas": "Lapas",
    "rutan": "Rutan",
    "lpka": "LPKA",
    "bapas": "Bapas",
    "rupbasan": "Rupbasan",
    "kanwil": "Kanwil Ditjenpas",
}
_COMMON = re.compile(r"(?<!\w)[a-z]{3,}")
NO_WORDS = PlaceWords()
# "Lapas dan Rutan Kendari", "Lapas/LPKA Karangasem": the first kind has the place of the second.
_SHARED = re.compile(r"(?:,?[ \u00a0](?:dan|serta|maupun|&)[ \u00a0]|[ ]?/[ ]?|, )$")
# "Lapas Besi, Batu, dan Pasir Putih": one kind, several places; the last of them stands behind "dan".
_NEXT = re.compile(r"(?P<and>,?[ \u00a0](?:dan|serta|&))(?=[ \u00a0][A-Z])|,(?=[ \u00a0][A-Z])")
_ON_ISLAND = re.compile(r"(?i)(?:[ \u00a0]+[a-z-]+){0,4}?[ \u00a0]+di(?:[ \u00a0]+pulau)?(?=[ \u00a0]+[NP])")
# An office before the unit: what follows the place may be its holder's name.
_OFFICE = re.compile(
    r"(?i)(?<!\w)(?:kasi|kasubsi|kasubag|kasubbag|kepala|kplp|kpr|komandan|karupam|plt|plh|dokter|perawat|pembimbing|pk|ketua|"
    r"mantan)(?!\w)[^.!?\n]{0,30}$"
)
OFFICE_LEFT = 56
_HEAD_BEFORE = ("kepala ", "plt ", "plt. ", "plh ", "plh. ")
_INITIALS = re.compile(r"[A-Z]{2,4}")


@dataclass(frozen=True, slots=True)
class _Named:
    """A unit as one place of the article names it: one of ``units`` is meant; none: the gazetteer has no such unit.

    ``default``: nothing but the place told which of several units of it is meant.
    """

    kind: str
    subtype: str
    place: str
    unit_class: str
    units: tuple[Unit, ...]
    evidence: Evidence
    head: bool = False
    default: bool = False

    @property
    def unit(self) -> Unit | None:
        return self.units[0] if len(self.units) == 1 else None

    def mention(self) -> UnitMention:
        if self.unit is not None:
            return UnitMention(self.unit.name, self.unit.kind, self.unit.kanwil, True, self.evidence)
        parts = [_LABELS[self.kind], self.subtype.capitalize(), f"Kelas {self.unit_class}" if self.unit_class else "", self.place]
        offices = {unit.kanwil for unit in self.units}
        kanwil = offices.pop() if len(offices) == 1 else ""
        return UnitMention(
            " ".join(filter(None, parts)), self.kind, kanwil, False, self.evidence, tuple(unit.name for unit in self.units)
        )


@dataclass(slots=True)
class _Article:
    """Title and text with what is found out of them once, when first asked."""

    title: str
    text: str
    settled: frozenset[str]
    day: date | None
    _common: frozenset[str] | None = None

    def source(self, field: str) -> str:
        return self.title if field == "title" else self.text

    @property
    def common(self) -> frozenset[str]:
        """Words that the text writes small."""
        if self._common is None:
            self._common = frozenset(_COMMON.findall(self.text))
        return self._common

    def count(self, name: str) -> int:
        """How often title and text have a name, letter for letter."""
        return self.title.count(name) + self.text.count(name)

    def supports(self, found: Candidate) -> bool:
        """Whether the text writes the first word of an unknown place with a capital too: a title writes every word so."""
        return found.field == "text" or not self.text or found.words[0] in self.text

    def confirms(self, unit: Unit) -> bool:
        """Whether title or text names the town of a unit."""
        return names_town(unit, f"{self.title}\n{self.text}")


class UnitFinder:
    """Finds units by grammar and settles them by the gazetteer; one that it does not know is returned as unknown."""

    def __init__(self, units: Iterable[Unit], barred: PlaceWords = NO_WORDS) -> None:
        """Index the units by kind, subtype and the places of their names and aliases. ``barred``: words that are no place."""
        self._barred = barred
        self._index = UnitIndex(units)

    def find(
        self, title: str, text: str, noise: Sequence[tuple[int, int]] = (), day: date | None = None
    ) -> tuple[UnitMention, ...]:
        """Each unit once, at its first mention, the acting one first. A name that fits several units stays open.

        ``noise``: spans of the text that are not the article ("Baca juga: ..."); no unit is taken from there.
        ``day``: the article's; a unit that had left Ditjenpas by then is none. None: unknown, all units count.
        """
        found_text = candidates("text", text, PLACE_WORDS, self._barred)
        inside = [found for found in found_text if not any(start <= found.start < end for start, end in noise)]
        written = [*candidates("title", title, PLACE_WORDS, self._barred), *inside]
        if not written:
            return ()
        article = _Article(title, text, _settled_places(inside, text), day)
        named = self._settled(self._all(written, article), article)
        mentions, occurrences = _merged(named)
        if len(mentions) > 1 and (first := acting(occurrences, title, text)):
            mentions = (mentions[first], *mentions[:first], *mentions[first + 1 :])
        return mentions

    def _all(self, written: Sequence[Candidate], article: _Article) -> list[_Named]:
        """Every naming in order, with the units that share a kind word or a place."""
        found: list[list[_Named]] = []
        follower: tuple[Candidate, Placed | None] | None = None
        for one in reversed(written):
            source = article.source(one.field)
            if is_no_unit(source, one):
                follower = None
                continue
            placed = self._index.place_at(source, one.after, sure=bool(one.unit_class))
            if placed is None and not one.words and follower and follower[1] and _shares(one, follower[0], source):
                shared = replace(follower[1], start=one.after, end=one.after)
                units = self._index.units_at(one.kind, one.subtype, one.unit_class, shared.name)
                if units:
                    found.append([self._named(one, units, follower[1].name.title(), source, one.after)])
                follower = (one, follower[1])
                continue
            follower = (one, placed)
            named = self._mention(one, placed, article)
            if named is not None:
                found.append([named, *self._others(named, source)])
        return [one for group in reversed(found) for one in group if self._is_ours(one, article.day)]

    def _is_ours(self, one: _Named, day: date | None) -> bool:
        """False for a unit that had left Ditjenpas by the day of the article."""
        return all(unit.in_force(day) for unit in one.units) if one.units else self._index.lives(one.kind, day)

    def _mention(self, found: Candidate, placed: Placed | None, article: _Article) -> _Named | None:
        source = article.source(found.field)
        if placed is not None:
            if is_branch(source, placed.end):
                return None
            if not self._goes_on(found, placed, article):
                units = self._units(found, placed, article)
                name = source[placed.start : placed.end]
                name = name.title() if name.isupper() or name.islower() else name
                if units or source[placed.start].islower():
                    return self._named(found, units, name, source, placed.end)
                if placed.name in _PROVINCES and not found.unit_class:
                    return None  # "Lapas Jawa Tengah": the prisons of a province, not one of them
        elif found.kind == "lapas" and (group := self._on_island(found, source)) is not None:
            return self._named(found, (group,), group.place, source, found.after)
        # A class says that "LP" is a prison: no other body has one.
        if not found.words or (found.short and not found.unit_class and not speaks_of_prisons(article.title, article.text)):
            return None
        believed = self._believed(found, article)
        if not believed or not (found.unit_class or placed or article.supports(found)):
            return None
        place = " ".join(found.words[:believed])
        return self._named(found, (), place.title() if place.isupper() else place, source, found.ends[believed - 1])

    def _named(self, found: Candidate, units: tuple[Unit, ...], place: str, source: str, end: int) -> _Named:
        default = not found.subtype and not found.unit_class
        evidence = Evidence(found.field, found.start, end, source[found.start : end])
        return _Named(found.kind, found.subtype, place, found.unit_class, units, evidence, found.head, default)

    def _units(self, found: Candidate, placed: Placed, article: _Article) -> tuple[Unit, ...]:
        """The units that a name at a place of the gazetteer may mean; an unconfirmed alias counts where its town is named."""
        source = article.source(found.field)
        step = found.unit_class or class_at(source, placed.end)
        known = self._index.units_at(found.kind, found.subtype, step, placed.name)
        told = [one for one in self._index.unverified_at(found.kind, found.subtype, placed.name) if article.confirms(one)]
        if len(told) == 1 and not any(article.confirms(one) for one in known if placed.name != folded(one.place)):
            return tuple(told)
        if placed.name == "negara" and not (step or found.head):  # of the state, unless the town in Bali is spoken of
            return (
                known if any(re.search(r"(?i)jembrana|(?<!\w)bali(?!\w)", part) for part in (article.title, article.text)) else ()
            )
        return known

    def _goes_on(self, found: Candidate, placed: Placed, article: _Article) -> bool:
        """Whether a name is longer than the gazetteer's place: "Lapas Klaten Baru" is another than Lapas Klaten.

        False where a town, a title's verb or the name of a person comes behind the place.
        """
        source = article.source(found.field)
        name = source[placed.start : placed.end]
        words, ends, _ = place_words(source, found.after, PLACE_WORDS + 2, self._barred)
        rest = [word for word, end in zip(words, ends, strict=True) if end > placed.end]
        if not rest or name.isupper() or name.islower():
            return False
        towns = (" ".join(rest[:count]).casefold() for count in range(1, len(rest) + 1))
        if any(town in self._index.towns for town in towns) or rest[0].casefold() in ("kota", "kabupaten", "provinsi", "daerah"):
            return False
        longer = f"{name} {rest[0]}"
        if any(place.startswith(longer.casefold()) for place in article.settled) and article.count(longer) > 1:
            return True
        if found.field == "title":
            return longer in article.text and not found.head
        office = _OFFICE.search(source[max(0, found.start - OFFICE_LEFT) : found.start])
        return not (found.head or office or name.casefold() in article.settled)

    def _believed(self, found: Candidate, article: _Article) -> int:
        """How many words of an unknown place to believe: as many as the article settles elsewhere, else all that may be names.

        A title writes every word with a capital; one that the text writes small ("Panen") is no part of a name. 0: no place.
        """
        for count in range(len(found.words), 0, -1):
            if " ".join(found.words[:count]).casefold() in article.settled:
                return count
        if found.field == "title":
            for count, word in enumerate(map(str.casefold, found.words)):
                if word in article.common or (count and word in NAME_WORDS):
                    return count
        return len(found.words)

    def _on_island(self, found: Candidate, source: str) -> Unit | None:
        """The group of an island whose prisons are spoken of without their names: "lapas di Pulau Nusakambangan"."""
        behind = _ON_ISLAND.match(source, found.after)
        placed = self._index.place_at(source, behind.end()) if behind else None
        return self._index.group_at(found.kind, placed.name) if placed else None

    def _others(self, named: _Named, source: str) -> list[_Named]:
        """Further places under the same kind word; none unless the list ends with "dan" and each of them is settled."""
        if named.unit is None or named.kind == "kanwil":
            return []
        listed: list[_Named] = []
        sure = 0
        position = named.evidence.end
        while step := _NEXT.match(source, position):
            placed = self._index.place_at(source, step.end())
            units = self._index.units_at(named.kind, "", "", placed.name) if placed else ()
            if placed is None or len(units) != 1:
                break
            evidence = Evidence(named.evidence.field, placed.start, placed.end, source[placed.start : placed.end])
            listed.append(_Named(named.kind, "", units[0].place, "", units, evidence))
            position = placed.end
            sure = len(listed) if step["and"] else sure
        return listed[:sure]

    def _settled(self, named: Sequence[_Named], article: _Article) -> list[_Named]:
        """What one naming leaves open, another of the same article may tell; a group gives way to its units."""
        certain = {one.unit.name: one.unit for one in named if one.unit is not None}
        groups = {self._index.group_of(unit) for unit in certain.values()}
        settled = []
        for one in named:
            if one.unit is not None and one.unit.subtype == GROUP and one.unit.name in groups:
                continue
            settled.append(self._told(one, named, certain, article))
        return settled

    def _told(self, one: _Named, named: Sequence[_Named], certain: dict[str, Unit], article: _Article) -> _Named:
        if len(one.units) > 1:
            fitting = [unit for unit in one.units if unit.name in certain]
            return replace(one, units=tuple(fitting)) if len(fitting) == 1 else one
        unit = one.unit
        if unit is not None and one.default and (one.evidence.field == "title" or one.head):
            # A title is short: "Lapas Martapura" may be the women's prison that the text names in full.
            others = [other for other in self._index.others_of(unit) if any(_tells(told, other, "text") for told in named)]
            if len(others) == 1 and not any(_tells(told, unit, "text") and not told.head for told in named):
                return replace(one, units=(others[0],))
        if not one.units and one.evidence.field == "title":
            longer = [
                told for told in named if not told.units and told.kind == one.kind and told.place.startswith(f"{one.place} ")
            ]
            if longer and one.place.casefold() not in article.settled:
                return replace(one, place=longer[0].place)
        if not one.units and _INITIALS.fullmatch(one.evidence.quote.split()[-1]):
            initials = one.evidence.quote.split()[-1]
            for told in named:
                words = told.place.split()
                if (
                    told is not one
                    and told.kind == one.kind
                    and "".join(word[0] for word in words).upper() == initials
                    and len(words) > 1
                ):
                    return replace(one, units=told.units, place=told.place, subtype=told.subtype)
        return one


def load_finder(config: Path, units: Path | None = None) -> UnitFinder:
    """The finder of a config folder; ``units`` defaults to its ``units.csv``. Raises ``ConfigError`` that lists every mistake."""
    problems = Problems()
    gazetteer = load_units(units or config / "units.csv", problems)
    vocabulary = load_vocabulary(config / "vocabulary.yaml", None, problems)
    problems.raise_if_any()
    words = vocabulary.unit_words if vocabulary else None
    return UnitFinder(gazetteer, PlaceWords(frozenset(words.first), frozenset(words.later)) if words else NO_WORDS)


_PROVINCES = frozenset(folded(name) for name in KANWIL)


def _tells(told: _Named, unit: Unit, field: str) -> bool:
    return told.unit is unit and told.evidence.field == field


def _shares(one: Candidate, other: Candidate, source: str) -> bool:
    """Whether a kind word without a place is joined to the next one: "Lapas dan Rutan Kendari"; both with a capital."""
    return (
        one.field == other.field
        and one.after <= other.start <= one.after + 8
        and _SHARED.fullmatch(source[one.after : other.start]) is not None
        and source[one.start].isupper()
    )


def _merged(named: Iterable[_Named]) -> tuple[tuple[UnitMention, ...], list[Occurrence]]:
    """Each unit once, at its first mention, under its fullest name, and where all of them are named."""
    merged: dict[tuple[str, str, str], _Named] = {}
    occurrences: list[Occurrence] = []
    for one in named:
        unit = one.unit
        key = (unit.kind, unit.subtype, unit.name) if unit else (one.kind, one.subtype, one.place.casefold())
        if unit is None:
            same = [other for other in merged if _same_place(other, merged[other], one)]
            if same:
                key, first = same[0], merged[same[0]]
                if first.unit is None:
                    merged[key] = replace(
                        first, subtype=first.subtype or one.subtype, unit_class=first.unit_class or one.unit_class
                    )
        merged.setdefault(key, one)
        number = list(merged).index(key)
        occurrences.append(Occurrence(number, one.evidence.field, one.evidence.start, one.evidence.end))
    return tuple(one.mention() for one in merged.values()), occurrences


def _same_place(key: tuple[str, str, str], first: _Named, one: _Named) -> bool:
    """Whether an unknown or open name means what was named before: class and subtype may be given later than the place."""
    place = first.unit.place if first.unit else first.place
    return key[0] == one.kind and folded(place) == folded(one.place) and ("" in (key[1], one.subtype) or key[1] == one.subtype)


def _settled_places(written: Iterable[Candidate], text: str) -> frozenset[str]:
    """Places that the text writes after a unit's name, not after a head's title: no person's name hangs on those."""
    return frozenset(
        " ".join(found.words).casefold()
        for found in written
        if found.words and not found.head and not text[max(0, found.start - 8) : found.start].lower().endswith(_HEAD_BEFORE)
    )
