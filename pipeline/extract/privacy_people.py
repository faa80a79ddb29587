"""Find the people whom a text names, and decide by what is said around and elsewhere whose name is private. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pipeline.extract import privacy_words as words
from pipeline.extract.privacy_around import NEAR, Around
from pipeline.extract.privacy_names import Names
from pipeline.extract.privacy_roles import (
    ALIASES,
    AREAS,
    EMPTY,
    KINDS,
    PLACE_OPENERS,
    PRIVATE,
    SAYS,
    SERVICES,
    SIDES,
    SUBTYPES,
    UNITS,
    WEAK,
    Group,
    Kind,
    Says,
)  # fmt: skip
from pipeline.text.stem import is_derived, is_word

_CAPITAL = (
    r"(?:(?:[A-Z]\.){1,4}(?:[A-Z]\b)?|(?:Dr|Drs|Dra|Hj|Ir|Prof|St|Muh|Moh|Moch|Mhd|Abd|Tgk|KH)\.|[A-Z][^\W_]*(?:['’`-][^\W_]+)*)"
)
_JOINT = r"(?:(?:bin|binti|alias|als|a\.k\.a|aka|ibn|van|de|da|dos|al|el|der|drs?|dra|hj?)\.?[ \u00a0])?"
_RUN = re.compile(
    rf"(?<![^\W_]){_CAPITAL}(?:[ \u00a0]{_JOINT}{_CAPITAL}){{0,11}}"
)  # bounded: pages made to harm have runs without end
_DIGIT = re.compile(r"\d")
_INITIALS = re.compile(r"[A-Z]{1,3}|(?:[A-Z]\.){1,4}[A-Z]?")
_SCHOOL_HEAD = re.compile(r"\bkep(?:ala sekolah|sek)\b[^.]{0,70}$", re.IGNORECASE)


def groups(text: str, names: Names, met: frozenset[str] = frozenset()) -> list[Group]:
    """Every group of capital words in ``text`` that may be a person, in order. Things, places and units are none.

    ``met``: words of names that were met elsewhere, which a headline's ordinary words are told from.
    """
    return list(_Finder(text, names, met).find())


def met_in(found: Iterable[Group]) -> frozenset[str]:
    """The words of the groups that are surely names without an office."""
    return frozenset(part for group in found if group.says in PRIVATE or group.says is Says.NAME for part in group.parts)


class _Word(NamedTuple):
    """A capital word: its span, itself, its small letters without a stop, and its kind; None for what no list knows."""

    start: int
    end: int
    piece: str
    low: str
    kind: Kind | None


class _Run:
    """One run of capital words being read: what it has said so far, and the words held back as a possible name."""

    def __init__(self, *, thing: bool) -> None:
        self.says: Says | None = None
        self.thing, self.unit, self.former = thing, False, False
        self.held: list[_Word] = []


class _Finder(Around):
    """One line's or text's walk through its runs of capital words."""

    def find(self) -> Iterator[Group]:
        """The groups in order; each is known to those that follow, which may go on in its list."""
        for match in _RUN.finditer(self.text):
            for group in self._read(match):
                self.last = group
                yield group

    def _read(self, match: re.Match[str]) -> Iterator[Group]:
        pieces, start = match.group().replace("\u00a0", " ").split(" "), match.start()
        if not any(map(self._telling, pieces)):
            return
        run = _Run(thing=self._thing_before(start))
        for index, piece in enumerate(pieces):
            after = pieces[index + 1].lower() if index + 1 < len(pieces) else ""
            word = self._word(start, piece, after, held=bool(run.held))
            start = word.end + 1
            if word.low in ALIASES:
                yield from self._close(run)
            elif word.kind is Kind.JOINT and run.held:
                run.held.append(word)
            elif (
                (run.thing and word.low in SUBTYPES)
                or (word.low in SIDES and not run.held)
                or (word.kind is None and word.low in self.names.places and not run.held and word.low not in self.names.ambiguous)
            ):
                continue
            elif word.kind in (None, Kind.HONORIFIC) or (word.kind in WEAK and run.held and word.low in self.names.certain):
                before = pieces[index - 1].lower() if index else ""
                if not run.thing or self._ended(run, word, before, after):
                    run.thing = run.unit = False
                    run.held.append(word)
            else:
                yield from self._close(run)
                if word.kind is Kind.OFFICE and self._in_family(run, index, pieces, word.start):
                    yield Group(word.start, match.end(), (), Says.BESIDE_CHILD)
                    return
                if not (run.says is Says.OFFICE and index and pieces[index - 1].lower() in SERVICES):
                    self._turn(run, word)
        yield from self._close(run)

    def _telling(self, piece: str) -> bool:
        """True for a word that may be a name, an office or initials: a run without any is passed over."""
        low = piece.lower()
        if low in KINDS:
            return KINDS[low] not in EMPTY or (len(piece) < 4 and piece.isupper())
        return low not in self.names.places or low in self.names.ambiguous

    def _word(self, start: int, piece: str, after: str, *, held: bool) -> _Word:
        """The word with its kind as it stands here."""
        end, low = start + len(piece), piece.lower().rstrip(".")
        kind = KINDS.get(low)
        if kind is None:
            kind = None if self._nameable(piece, low) else Kind.OTHER
        elif (kind in WEAK and len(piece) < 4 and piece.isupper() and self.initialled(start, end)) or (low == "raya" and held):
            kind = None
        elif kind is Kind.FAMILY and low in self.names.ambiguous and after and after not in KINDS:
            kind = None  # "Putri Ayu", not "Putri Bupati"
        return _Word(start, end, piece, low, kind)

    def _turn(self, run: _Run, word: _Word) -> None:
        """Take in what a word that is no name says of those that follow."""
        kind = word.kind
        if kind is Kind.FORMER:
            run.former = True
        elif kind in SAYS:
            run.says = None if run.former and kind is Kind.OFFICE else SAYS[kind]
            run.thing = run.unit = False
        elif kind in (Kind.THING, Kind.UNIT):
            run.thing, run.unit = run.says is not Says.OFFICE, kind is Kind.UNIT
        elif word.low not in words.BETWEEN:
            run.says = run.says if run.says is Says.OFFICE and not self.headline else None
            run.thing = run.unit = False

    def _in_family(self, run: _Run, index: int, pieces: list[str], start: int) -> bool:
        """True for an office that is named as somebody's family: "Putra Bupati X", "ayah ABH itu, Kompol X"."""
        if index == 0:
            return self.before(start) is Says.FAMILY
        return run.says is Says.FAMILY and pieces[index - 1].lower() in words.PARENT

    def _ended(self, run: _Run, word: _Word, before: str, after: str) -> bool:
        """True where a unit's name has ended before ``word``: behind "Lapas Kelas IIB Sragen" a person may follow."""
        if not run.unit or word.low in self.names.places:
            return False
        if word.low not in self.names.certain and not (after and before in self.names.places):
            return False
        if before in UNITS:
            return run.says in PRIVATE
        return before not in KINDS and before not in PLACE_OPENERS and before not in self.names.certain

    def _thing_before(self, start: int) -> bool:
        """True for a small-letter "blok" or "kota" directly before the run."""
        last = self.word_before(start)
        return last in AREAS or KINDS.get(last) is Kind.THING

    def _nameable(self, piece: str, low: str) -> bool:
        """False for "Rp5" and for what is written as an abbreviation, unless it is a name or may be initials."""
        if not piece.isalpha():
            return not _DIGIT.search(piece) and not ("-" in piece and any(part.isupper() for part in piece.split("-")))
        return self.upper or len(piece) < 4 or not piece.isupper() or low in self.names.certain

    def _close(self, run: _Run) -> Iterator[Group]:
        """The group of the words that are held, if they can be one."""
        held, run.held = self._trimmed(run.held, run.says), []
        if not held:
            return
        if not self.upper and all(_INITIALS.fullmatch(word.piece) for word in held):
            if len(held) == 1:
                yield self._initials(held[0], run.says)
            return
        start, end = held[0].start, held[-1].end
        tokens = tuple(word.low for word in held if word.kind not in (Kind.HONORIFIC, Kind.JOINT))
        says = self.told(start, end, tokens, run.says)
        if says is Says.OFFICE and _SCHOOL_HEAD.search(self.text, max(0, start - NEAR), start):
            says = Says.BESIDE_CHILD
        yield Group(start, end, tokens, says)

    def _trimmed(self, held: list[_Word], says: Says | None) -> list[_Word]:
        """Without ordinary words before the name, which begin a sentence, and in headlines without those that follow it.

        In a sentence a bare root stays unless a sure name follows: "Raka" is a root too, and half a name must not be left.
        """
        if held and (self.headline or (says not in PRIVATE and self.opens(held[0].start))):
            while len(held) > 1 and self._ordinary(held[0]) and (self.headline or is_derived(held[0].low)):
                held = held[1:]
        while len(held) > 1 and says not in PRIVATE and held[1].low in self.names.certain and self._ordinary(held[0]):
            held = held[1:]
        if self.headline:
            cut = next((index for index, word in enumerate(held) if index and self._ordinary(word)), len(held))
            held = held[:cut]
        while held and held[-1].kind in (Kind.HONORIFIC, Kind.JOINT):
            held = held[:-1]
        return held

    def _ordinary(self, word: _Word) -> bool:
        if word.kind is not None or word.low in self.names.certain or word.low in self.names.ambiguous or word.low in self.met:
            return False
        return is_word(word.low)

    def _initials(self, word: _Word, says: Says | None) -> Group:
        own = word.piece in words.ACRONYMS
        after = self.age(word.end)[0]
        before = self.before(word.start, near=3)
        listed = self.listed(word.start) if self.last and self.last.initials else None
        found: Says | None = Says.MAYBE
        if self.named_initials(word.start):
            found = after or (before if before in PRIVATE else Says.PRIVATE)
        elif after and (not own or before in PRIVATE):
            found = after
        elif self.text.startswith(" alias ", word.end):
            found = Says.PRIVATE
        elif listed in PRIVATE:
            found = listed
        elif not own and (says or before) in PRIVATE - {Says.COMMON}:
            found = says or before
        return Group(word.start, word.end, (word.piece.replace(".", ""),), found or Says.MAYBE, initials=True)


def decided(found: list[list[Group]], names: Names, *, child: bool) -> tuple[list[list[tuple[Group, bool]]], frozenset[str]]:
    """For each field's groups those to mask, with whether a child is meant; and the words of all masked names.

    ``child``: it is known already that a child's case is told. A name that was masked once is masked wherever it recurs, by
    any of its words; a name that was met beside an office stays.
    """
    private: dict[str, bool] = {}
    offices: set[str] = set()
    everything = [group for field in found for group in field]
    for group in everything:
        if group.says is Says.OFFICE:
            offices.update(part for part in group.parts if len(part) > 2)
        elif group.says in PRIVATE:
            _remember(private, group, child=group.says is Says.CHILD)
    for group in everything:
        if group.says is Says.NAME and (private.keys() & set(group.parts) or not offices & set(group.parts)):
            _remember(private, group, child=False)
    children = child or any(private.values())
    out = []
    for field in found:
        masked = []
        for group in field:
            hit = [part for part in group.parts if part in private]
            kept = (
                group.says is Says.OFFICE
                or (group.says is Says.NAME and not hit)
                or (group.says is Says.MAYBE and not _recurs(group, hit, names))
            )
            if group.says is Says.BESIDE_CHILD:
                kept = not children
            if not kept:
                masked.append((group, group.says is Says.CHILD or any(private[part] for part in hit)))
        out.append(masked)
    return out, frozenset(private)


def _recurs(group: Group, hit: list[str], names: Names) -> bool:
    if group.initials:
        return bool(hit)
    return bool(hit) and not all(part in names.places for part in hit)


def _remember(private: dict[str, bool], group: Group, *, child: bool) -> None:
    for part in group.parts:
        if len(part) > 2 or group.initials:
            private[part] = private.get(part, False) or child
