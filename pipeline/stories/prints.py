"""What is kept of an article so that most comparisons need its text no more: some 900 bytes in arrays. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.dates import JAKARTA
from pipeline.stories.candidates import signatures
from pipeline.stories.runs import hash_of
from pipeline.stories.wording import days_of, numbers_of, quotes_of, shingles_of, words
from pipeline.text.stem import stem_text

Places = NDArray[np.int64]
Array = NDArray[Any]

BATCH = 500  # texts at once
KNOWN_WORDS = 65_536  # as many as the stems that are kept in memory (text/stem.py)
LONG = np.uint64(1)  # the lowest bit of a number: has the figure three digits, the stem three letters, or more?
_WHOLE = (1 << 64) - 1
# Keep a title's word, a figure and a run of a quotation apart: the last has 32 bits, the others their highest bit set.
_HIGH, _OTHER = 1 << 63, 0x2545F4914F6CDD1D


class Told(NamedTuple):
    """An article's words. ``text`` is "" where none is kept: then equal digests alone tell a copy."""

    title: str
    text: str
    digest: str

    @property
    def wording(self) -> str:
        """What is compared with other articles' texts."""
        return self.text or self.digest


@dataclass(frozen=True, slots=True, eq=False)
class Ragged:
    """A list of numbers for each article: all of them one behind the other, and where each article's end (0 before the first)."""

    flat: Array
    ends: NDArray[np.int64]

    @classmethod
    def of(cls, lists: Sequence[Sequence[int] | Array], kind: Any) -> Ragged:
        """From the lists; ``kind``: numpy's type of their numbers."""
        ends = np.zeros(len(lists) + 1, dtype=np.int64)
        np.cumsum([len(one) for one in lists], out=ends[1:])
        flat = np.concatenate([np.asarray(one, dtype=kind) for one in lists]) if lists else np.zeros(0, dtype=kind)
        return cls(flat, ends)

    def __len__(self) -> int:
        return len(self.ends) - 1

    def __getitem__(self, place: int) -> Array:
        return self.flat[self.ends[place] : self.ends[place + 1]]

    def lengths(self) -> NDArray[np.int64]:
        """How many numbers each list has."""
        return np.diff(self.ends)

    def owners(self) -> NDArray[np.int64]:
        """Of every number the place of its list."""
        return np.repeat(np.arange(len(self)), self.lengths())

    def take(self, places: Places) -> Ragged:
        """The lists at ``places``, in that order."""
        lengths = self.lengths()[places]
        ends = np.zeros(len(places) + 1, dtype=np.int64)
        np.cumsum(lengths, out=ends[1:])
        return Ragged(self.flat[np.repeat(self.ends[places] - ends[:-1], lengths) + np.arange(ends[-1])], ends)

    @classmethod
    def joined(cls, some: Sequence[Ragged]) -> Ragged:
        """Several one behind the other; at least one."""
        starts = np.cumsum([0, *(int(one.ends[-1]) for one in some)])
        ends = [one.ends[1:] + start for one, start in zip(some, starts[:-1], strict=True)]
        return cls(np.concatenate([one.flat for one in some]), np.concatenate([np.zeros(1, dtype=np.int64), *ends]))


@dataclass(frozen=True, slots=True, eq=False)
class Prints:
    """Of many articles, in their order."""

    signatures: Array  # articles × MINIMA, uint16 (candidates.py)
    quotes: Ragged  # runs of three words of every quotation, one quotation behind the other; uint32
    spans: Ragged  # how many runs each quotation has; uint32
    figures: Ragged  # figures of two digits and more, hashed, rising; uint64
    titles: Ragged  # the title's stems that are not of every title, hashed, rising; uint64
    rare: Ragged  # stems of title and text that few articles use, hashed, rising; uint32
    days: Ragged  # days that its opening names, counted from 0001-01-01, rising; int32

    def __len__(self) -> int:
        return len(self.signatures)

    def take(self, places: Places) -> Prints:
        """Those at ``places``, in that order."""
        return Prints(self.signatures[places], *(one.take(places) for one in self.lists().values()))

    @classmethod
    def joined(cls, some: Iterable[Prints]) -> Prints:
        """Several one behind the other, of which at most one column is held twice."""
        first, *others = map(list, zip(*((one.signatures, *one.lists().values()) for one in some), strict=True))
        columns: list[Any] = [np.concatenate(first)]
        first.clear()
        for held in others:
            columns.append(Ragged.joined(held))
            held.clear()
        return cls(*columns)

    def lists(self) -> dict[str, Ragged]:
        """All but the signatures, by name."""
        return {one.name: getattr(self, one.name) for one in fields(self)[1:]}

    def quotations(self, place: int) -> list[Array]:
        """What one article quotes, each quotation as its runs."""
        runs, ends = self.quotes[place], np.cumsum(self.spans[place]).tolist()
        return [runs[start:end] for start, end in zip([0, *ends], ends, strict=False)]

    def marks(self, turn: Places) -> tuple[Array, Array]:
        """(place in ``turn``, mark) for each mark of the articles at ``turn``, as often as it comes.

        By marks an event may be found: runs of quotations, figures of three digits and more, words of the title.
        """
        places = np.full(len(self), -1, dtype=np.int32)
        places[turn] = np.arange(len(turn), dtype=np.int32)
        found = []
        for one, long in ((self.quotes, False), (self.figures, True), (self.titles, False)):
            owners = np.repeat(places, one.lengths())
            held = (owners >= 0) & ((one.flat & LONG) > 0) if long else owners >= 0
            found.append((owners[held], one.flat[held].astype(np.uint64)))
        owners, marks = (np.concatenate(some) for some in zip(*found, strict=True))
        return owners, marks


def prints_of(told: Sequence[Told], at: Sequence[datetime], common: frozenset[str] = frozenset()) -> Prints:
    """Of articles published at aware instants. ``common``: stems that tell no event from another (config/common_stems.txt)."""
    return Prints.joined(_together(told[place : place + BATCH], at[place : place + BATCH], common) for place in _steps(told))


def _steps(told: Sequence[Told]) -> range:
    return range(0, max(1, len(told)), BATCH)


def _together(told: Sequence[Told], at: Sequence[datetime], common: frozenset[str]) -> Prints:
    known = _known(common)
    quotes = [quotes_of(one.text) for one in told]
    runs = [np.concatenate(some) if some else () for some in quotes]
    figures = [sorted(map(_figure, numbers_of(f"{one.title} {one.text}"))) for one in told]
    titles = [_stems(known, words(one.title)) for one in told]
    rare = [_stems(known, words(f"{one.title} {one.text}")) for one in told]
    named = [sorted(map(date.toordinal, days_of(one.text, when.astimezone(JAKARTA).date()))) for one, when in _pairs(told, at)]
    return Prints(
        signatures(shingles_of([one.wording for one in told])),
        Ragged.of(runs, np.uint32),
        Ragged.of([list(map(len, some)) for some in quotes], np.uint32),
        Ragged.of(figures, np.uint64),
        Ragged.of(titles, np.uint64),
        _upper(Ragged.of(rare, np.uint64)),
        Ragged.of(named, np.int32),
    )


def _pairs(told: Sequence[Told], at: Sequence[datetime]) -> Iterator[tuple[Told, datetime]]:
    return zip(told, at, strict=True)


def _figure(number: str) -> int:
    return hash_of(number.encode()) & ~1 | _HIGH | (len(number) > 2)


def _stems(known: _Known, told: Iterable[str]) -> list[int]:
    return sorted(set().union(*map(known.__getitem__, told)))


def _upper(stems: Ragged) -> Ragged:
    """The upper half of the numbers of those stems that have more than two letters."""
    long = stems.flat & LONG > 0
    keys = np.sort(stems.owners()[long].astype(np.uint64) << np.uint64(32) | stems.flat[long] >> np.uint64(32))
    first = np.ones(len(keys), dtype=bool)
    first[1:] = keys[1:] != keys[:-1]
    keys = keys[first]
    ends = np.searchsorted(keys, np.arange(len(stems) + 1, dtype=np.uint64) << np.uint64(32))
    return Ragged(keys.astype(np.uint32), ends)


class _Known(dict[str, tuple[int, ...]]):
    """Words met so far → the numbers of their stems that are not common; begun anew when full."""

    def __init__(self, common: frozenset[str]) -> None:
        super().__init__()
        self._common = common

    def __missing__(self, word: str) -> tuple[int, ...]:
        if len(self) >= KNOWN_WORDS:
            self.clear()
        stems = [stem for stem in stem_text(word).split() if stem not in self._common]
        found = self[word] = tuple(hash_of(stem.encode()) * _OTHER & _WHOLE & ~1 | _HIGH | (len(stem) > 2) for stem in stems)
        return found


@lru_cache(maxsize=2)
def _known(common: frozenset[str]) -> _Known:
    return _Known(common)
