"""Which earlier stories may tell the same happening: those that share a mark that few have, or a unit, within some days. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from pipeline.stories.prints import Array
from pipeline.stories.runs import hash_of
from pipeline.stories.wording import Scene

COMMON = 60  # a mark that so many earlier stories bear leads to none, unless it is a unit that the new one names
BATCH = 200  # new accounts at once


def sharing(
    marks: tuple[Array, Array], scenes: Sequence[Scene], stamps: Array, first_new: int, window: int
) -> Iterator[tuple[range, Array, Array]]:
    """(numbers of new accounts, and pairs: one of them, an earlier account), pairs rising, until all from ``first_new`` on came.

    All in the order of placing. ``marks``: (account, mark); ``stamps`` and ``window``: microseconds. None is paired with one of a
    unit that is strange to it.
    """
    entries = _Entries.of(marks, scenes, first_new)
    lines, strange = len(stamps), _Strange(scenes)
    for first in range(first_new, lines, BATCH):
        last = min(first + BATCH, lines)
        new, old = entries.pairs(first, last)
        close = np.abs(stamps[new] - stamps[old]) <= window
        both = np.unique(new[close] * lines + old[close])
        new, old = both // lines, both % lines
        fits = ~strange.of(new, old)
        yield range(first, last), new[fits], old[fits]


class _Strange:
    """Whether two accounts are about strange units; each pair of scenes is looked at once."""

    def __init__(self, scenes: Sequence[Scene]) -> None:
        numbers: dict[Scene, int] = {}
        self._codes = np.array([numbers.setdefault(scene, len(numbers)) for scene in scenes], dtype=np.int64)
        self._scenes = list(numbers)

    def of(self, new: Array, old: Array) -> Array:
        """For each pair."""
        pairs, which = np.unique(self._codes[new] * len(self._scenes) + self._codes[old], return_inverse=True)
        ours, theirs = (pairs // max(1, len(self._scenes))).tolist(), (pairs % max(1, len(self._scenes))).tolist()
        scenes = self._scenes
        told = np.array([scenes[one].strange_to(scenes[other]) for one, other in zip(ours, theirs, strict=True)], dtype=bool)
        return told[which]


class _Entries:
    """Every mark of every account that a new account bears too, ranked by mark, then by account."""

    def __init__(self, owners: Array, marks: Array, free: Array) -> None:
        order = np.lexsort((owners, marks))
        owners, marks, free = owners[order], marks[order], free[order]
        first = np.ones(len(marks), dtype=bool)
        first[1:] = (marks[1:] != marks[:-1]) | (owners[1:] != owners[:-1])
        self._owners, marks, free = owners[first], marks[first], free[first]
        begins = np.ones(len(marks), dtype=bool)
        begins[1:] = marks[1:] != marks[:-1]
        starts = np.flatnonzero(begins)
        self._starts = np.repeat(starts, np.diff(starts, append=len(marks)))
        before = np.arange(len(marks)) - self._starts
        used = np.flatnonzero((before > 0) & (free | (before <= COMMON)))
        turn = np.argsort(self._owners[used], kind="stable")
        self._used, self._before = used[turn], before[used[turn]]
        self._users = self._owners[self._used]

    @classmethod
    def of(cls, marks: tuple[Array, Array], scenes: Sequence[Scene], first_new: int) -> _Entries:
        """From the accounts' marks and units."""
        units = _units(scenes)
        owners, numbers = np.concatenate((marks[0], units[0])), np.concatenate((marks[1], units[1]))
        free = np.concatenate((np.zeros(len(marks[1]), dtype=bool), units[2]))
        if first_new:  # most of the others share nothing with a new one
            held = _asked(numbers, numbers[owners >= first_new])
            owners, numbers, free = owners[held], numbers[held], free[held]
        held = _again(numbers)
        return cls(owners[held], numbers[held], free[held])

    def pairs(self, first: int, last: int) -> tuple[Array, Array]:
        """The pairs (new, earlier) of the accounts in [first, last), as often as they share a mark."""
        some = slice(*np.searchsorted(self._users, (first, last)))
        counts, starts = self._before[some], self._starts[self._used[some]]
        ends = np.cumsum(counts)
        old = np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - (ends - counts), counts)
        return np.repeat(self._users[some], counts).astype(np.int64), self._owners[old].astype(np.int64)


def _asked(marks: Array, asked: Array) -> Array:
    """Places of the marks that are among those asked for."""
    asked = np.unique(asked)
    if not len(asked):
        return np.zeros(0, dtype=np.int64)
    shared = np.zeros(1 << 16, dtype=bool)
    shared[_sixteen(asked)] = True
    held: Array = np.flatnonzero(shared[_sixteen(marks)])
    near = np.searchsorted(asked, marks[held])
    found: Array = held[asked[np.minimum(near, len(asked) - 1)] == marks[held]]
    return found


def _sixteen(marks: Array) -> Array:
    """Sixteen bits of each that differ much: runs of quotations have no upper ones."""
    found: Array = (marks ^ marks >> np.uint64(40)) & np.uint64(0xFFFF)
    return found


def _again(marks: Array) -> Array:
    """Places of the marks that come more than once."""
    ranked = np.sort(marks)
    return _asked(marks, ranked[1:][ranked[1:] == ranked[:-1]])


def _units(scenes: Sequence[Scene]) -> tuple[Array, Array, Array]:
    """(account, a unit of its scene as a number, whether it is among all that are named) for every unit."""
    known: dict[Scene, list[tuple[int, bool]]] = {}
    found: list[tuple[int, int, bool]] = []
    for account, scene in enumerate(scenes):
        if scene not in known:
            names = sorted(scene.units | ({scene.unit} if scene.unit else set()))
            known[scene] = [(hash_of(name.encode("utf-8", "surrogatepass")), name in scene.units) for name in names]
        found += [(account, number, free) for number, free in known[scene]]
    owners, numbers, free = zip(*found, strict=True) if found else ((), (), ())
    return np.array(owners, dtype=np.int32), np.array(numbers, dtype=np.uint64), np.array(free, dtype=bool)
