"""Read a run of capital words, "Kepala Lapas Tirtagiri Sutarno": which may be a name, and what the others say of it. Pure.

Nothing but its own words matters to most runs, so that what was read is remembered for the texts that follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from pipeline.extract import privacy_words as words
from pipeline.extract.privacy_facts import Fact, fact_of
from pipeline.extract.privacy_names import Names
from pipeline.extract.privacy_roles import (
    ALIASES,
    KINDS,
    PLACE_OPENERS,
    PRIVATE,
    SAYS,
    SERVICES,
    SIDES,
    SUBTYPES,
    UNITS,
    WEAK,
    Kind,
    Says,
)  # fmt: skip

# Runs remembered, some 700 bytes each; of those longer than so many characters hardly one is met twice.
REMEMBERED, LONGEST = 32_768, 40
TITLES = frozenset({Kind.HONORIFIC, Kind.JOINT})


class Word(NamedTuple):
    """A word of a run: its span within the run, what is known of it, and its kind here; None for what no list knows."""

    start: int
    end: int
    fact: Fact
    kind: Kind | None


class Held(NamedTuple):
    """Words that may be a name, and what the run says before them; or an office that tells who a child is (BESIDE_CHILD)."""

    words: tuple[Word, ...]
    says: Says | None


class Run:
    """A run of words.

    ``plain``: its one word if that is a mere one of the dictionary; ``office``: an office stands first; ``short``: one of its
    words may be initials by what stands around it.
    """

    __slots__ = ("_facts", "_names", "_read", "office", "plain", "short")

    def __init__(self, facts: tuple[Fact, ...], names: Names) -> None:
        self._facts, self._names = facts, names
        self._read: dict[tuple[bool, bool], tuple[Held, ...]] = {}
        self.short = any(fact.short for fact in facts)
        self.plain = (facts[0].low,) if len(facts) == 1 and facts[0].plain else ()
        self.office = facts[0].kind is Kind.OFFICE

    def read(self, *, thing: bool, headline: bool, initialled: Callable[[int, int], bool]) -> Iterator[Held]:
        """What may be a name, in order. ``thing``: the word before the run names a thing, whose name the run may be.

        ``initialled``: whether what stands at a span of the run is initials, though it is also a word; asked in the order of
        the words, each time after what was held before has been taken.
        """
        return _Reading(self._facts, self._names, thing=thing, headline=headline).read(initialled)

    def remembered(self, *, thing: bool, headline: bool) -> tuple[Held, ...]:
        """The same for a run that is not ``short``, which reads alike everywhere."""
        read = self._read.get((thing, headline))
        if read is None:
            read = tuple(self.read(thing=thing, headline=headline, initialled=_never))
            self._read[thing, headline] = read
        return read


def _never(_start: int, _end: int) -> bool:
    return False


class Lexicon:
    """Runs of capital words by one list of names.

    ``runs``: None for a run of which no word can be a name or tell of one; ``upper_runs`` the same for a line that is all in
    capitals, where capitals tell no abbreviation. ``heads``: first words of the names of people who are known for an office.
    """

    def __init__(self, names: Names) -> None:
        self.names = names
        self.heads = frozenset(person[0] for person in names.public)
        self.runs = _Runs(names, _Facts(names, self.heads, upper=False))
        self.upper_runs = _Runs(names, _Facts(names, self.heads, upper=True))


class _Facts(dict[str, Fact]):
    """Words met so far; begun anew when full."""

    def __init__(self, names: Names, heads: frozenset[str], *, upper: bool) -> None:
        super().__init__()
        self._names, self._heads, self._upper = names, heads, upper

    def __missing__(self, piece: str) -> Fact:
        fact = fact_of(piece, self._names, self._heads, upper=self._upper)
        if len(piece) <= LONGEST:
            if len(self) >= REMEMBERED:
                self.clear()
            self[piece] = fact
        return fact


class _Runs(dict[str, Run | None]):
    """Runs met so far; begun anew when full."""

    def __init__(self, names: Names, facts: _Facts) -> None:
        super().__init__()
        self._names, self._facts = names, facts

    def __missing__(self, text: str) -> Run | None:
        facts = tuple(map(self._facts.__getitem__, text.replace("\u00a0", " ").split(" ")))
        telling = any(fact.telling for fact in facts) and any(fact.opens for fact in facts)
        run = Run(facts, self._names) if telling else None
        if len(text) <= LONGEST:
            if len(self) >= REMEMBERED:
                self.clear()
            self[text] = run
        return run


class _Reading:
    """One walk through a run: what it has said so far, and the words held back as a possible name."""

    def __init__(self, facts: tuple[Fact, ...], names: Names, *, thing: bool, headline: bool) -> None:
        self._facts, self._names, self._headline = facts, names, headline
        self._says: Says | None = None
        self._thing, self._unit, self._former = thing, False, False
        self._held: list[Word] = []

    def read(self, initialled: Callable[[int, int], bool]) -> Iterator[Held]:
        """What may be a name, in order."""
        start = 0
        for index, fact in enumerate(self._facts):
            kind, at = fact.kind, start
            start += len(fact.piece) + 1
            if fact.bends and (self._nameless(index, fact) or (fact.short and initialled(at, start - 1))):
                kind = None
            if fact.low in ALIASES:
                if held := self._close():
                    yield held
            elif kind is Kind.JOINT and self._held:
                self._held.append(Word(at, start - 1, fact, kind))
            elif (self._thing and fact.low in SUBTYPES) or (
                not self._held and (fact.low in SIDES or (kind is None and fact.place and not fact.shared))
            ):
                continue
            elif kind is None or kind is Kind.HONORIFIC or (self._held and fact.certain and kind in WEAK):
                if not self._thing or self._ended(index, fact):
                    self._thing = self._unit = False
                    self._held.append(Word(at, start - 1, fact, kind))
            else:
                if self._held and (held := self._close()):
                    yield held
                before = self._facts[index - 1].raw if index else ""
                if kind is Kind.OFFICE and self._says is Says.FAMILY and before in words.PARENT:
                    yield Held((Word(at, start - 1, fact, kind),), Says.BESIDE_CHILD)
                    return
                if not (self._says is Says.OFFICE and before in SERVICES):
                    self._turn(fact, kind)
        if held := self._close():
            yield held

    def _close(self) -> Held | None:
        held, self._held = self._held, []
        return None if all(word.kind in TITLES for word in held) else Held(tuple(held), self._says)

    def _nameless(self, index: int, fact: Fact) -> bool:
        """True for a word of a list that is part of a name here: "Putri Ayu", not "Putri Bupati"."""
        if fact.low == "raya":
            return bool(self._held)
        return (
            fact.kind is Kind.FAMILY and fact.shared and index + 1 < len(self._facts) and self._facts[index + 1].raw not in KINDS
        )

    def _turn(self, fact: Fact, kind: Kind) -> None:
        """Take in what a word that is no name says of those that follow."""
        if kind is Kind.FORMER:
            self._former = True
        elif kind in SAYS:
            self._says = None if self._former and kind is Kind.OFFICE else SAYS[kind]
            self._thing = self._unit = False
        elif kind in (Kind.THING, Kind.UNIT):
            self._thing, self._unit = self._says is not Says.OFFICE, kind is Kind.UNIT
        elif fact.low not in words.BETWEEN:
            self._says = self._says if self._says is Says.OFFICE and not self._headline else None
            self._thing = self._unit = False

    def _ended(self, index: int, fact: Fact) -> bool:
        """True where a unit's name has ended before a word: behind "Lapas Kelas IIB Sragen" a person may follow."""
        if not self._unit or fact.place:
            return False
        before = self._facts[index - 1].raw if index else ""
        if not fact.certain and not (index + 1 < len(self._facts) and before in self._names.places):
            return False
        if before in UNITS:
            return self._says in PRIVATE
        return before not in KINDS and before not in PLACE_OPENERS and before not in self._names.certain
