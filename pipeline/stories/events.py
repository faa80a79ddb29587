"""Stories that tell one happening, in other words each: evidence in points, units that must not differ. Pure.

Two levels, because copied text and copied event are different things: a rewritten release shares its quotes and figures, two
newsrooms' own reports share the unit and the act, and the same day's template of another unit shares the words and nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np

from pipeline.records import Event
from pipeline.stories.near import sharing
from pipeline.stories.prints import LONG, Array, Prints, Ragged
from pipeline.stories.wording import NOWHERE, Scene, shingles_of, similarity

WINDOW = timedelta(days=2)  # coverage of one happening comes within two days; later ones tell something new
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
RARE_LEAST = 8  # of fewer rare stems none decides
SAME_QUOTE = 0.5  # share of the shorter quotation's three-word runs
PAIRS = 10_000  # weighed at once
HELD = 4_000  # accounts whose words are held at once

Wording = Callable[[Sequence[int]], Sequence[str]]
"""The texts of some articles, by their places."""


@dataclass(frozen=True, slots=True)
class Account:
    """One story as events see it beside its origin's words: what the judge said of it, and where it stands."""

    story_id: str
    at: datetime  # aware
    place: int  # of its origin among the articles that are compared
    print: int  # of its origin's words among the prints
    scene: Scene = NOWHERE
    programme: str = ""
    release: bool = False  # the institution's own words
    placed: Event | None = None


@dataclass(frozen=True, slots=True)
class Likeness:
    """What the two accounts of many pairs share: arrays of one length, each figure from 0 on."""

    unit: Array  # 1: both are about one unit
    lone: Array  # 1: only one of them names a unit
    day: Array  # 1: their openings name one day; -1: other days; 0: one names none
    quotes: Array  # 1: they share a quotation
    numbers: Array  # figures in common: three digits and more count 1, two .4; at most 2
    rare: Array  # share of the rare stems of the one that has fewer
    theme: Array  # 1: they are judged to be about different programmes
    days: Array

    def points(self) -> Array:
        """How much speaks for one happening; below 0 where named days differ, or the texts have nothing in common."""
        nothing = (self.rare < CONTENT) & (self.quotes == 0) & (self.numbers < 1)
        told = sum((weight * getattr(self, name) for name, weight in POINTS.items()), start=np.zeros(len(self.unit)))
        return np.where((self.day < 0) | nothing, -1.0, told)

    def of(self, pair: int) -> dict[str, float]:
        """The figures of one pair, by name."""
        return {one.name: float(getattr(self, one.name)[pair]) for one in fields(self)}


# Points by figure: chosen on the odd clusters of data/labels/stories.jsonl, the even ones held out (benchmarks/stories.py).
POINTS = {"unit": 2.5, "lone": -0.5, "day": 1.0, "quotes": 1.0, "numbers": 0.5, "rare": 5.0, "theme": -0.5, "days": -0.5}
ENOUGH = 3.5
CONTENT = 0.12  # of rare stems in common, unless a quotation or a long figure is: a unit and a day have more than one story
# Share of three-word runs from which an account rewrites a release. Two newsrooms at one speech share as much: they rewrite none.
REWRITTEN = 0.12


@dataclass(frozen=True, slots=True)
class _Found:
    """An earlier account that enough speaks for. ``wording``: share of the shorter one's three-word runs."""

    other: int
    score: float
    shared: dict[str, float]
    wording: float
    title: float  # Jaccard of the titles' own stems


def group_events(accounts: Sequence[Account], prints: Prints, wording: Wording) -> list[Event]:
    """One Event per story, sorted by story. A new story joins the event that most speaks for, if ``ENOUGH`` does.

    Stories that were placed before stay where they are. An event that holds a story of another unit takes none in.
    ``wording`` is asked for those alone that enough speaks for.
    """
    order = sorted(
        range(len(accounts)), key=lambda place: (accounts[place].placed is None, accounts[place].at, accounts[place].story_id)
    )
    first_new = next((number for number, place in enumerate(order) if accounts[place].placed is None), len(order))
    placed: dict[str, Event] = {}
    members: dict[str, list[Scene]] = defaultdict(list)

    def settle(place: int, event: Event) -> None:
        placed[accounts[place].story_id] = event
        members[event.event_id].append(accounts[place].scene)

    for place in order[:first_new]:
        if event := accounts[place].placed:
            settle(place, event)
    for place, found in _weighed(accounts, prints, wording, order, first_new):
        settle(place, _joined(accounts, place, found, placed, members))
    return sorted(placed.values(), key=lambda event: event.story_id)


class _Passed(NamedTuple):
    """An earlier account that enough speaks for, before any words are read."""

    other: int
    score: float
    shared: dict[str, float]


def _weighed(
    accounts: Sequence[Account], prints: Prints, wording: Wording, order: Sequence[int], first_new: int
) -> Iterator[tuple[int, list[_Found]]]:
    """Every new account in its turn, with the earlier ones that enough speaks for, in the order of placing.

    Words are read for thousands of accounts at once: those of one week stand in the same parts.
    """
    waiting: dict[int, list[_Passed]] = {}
    wanted: set[int] = set()

    def ready() -> Iterator[tuple[int, list[_Found]]]:
        places = sorted(wanted)
        told = wording([accounts[place].place for place in places]) if places else ()
        runs = dict(zip(places, shingles_of(told, 3), strict=True))
        for place, passed in waiting.items():
            yield place, [_found(accounts, prints, runs, place, one) for one in passed]

    for numbers, passed in _passed(accounts, prints, order, first_new):
        waiting |= {order[number]: passed.get(order[number], []) for number in numbers}
        wanted |= {place for one, held in passed.items() for place in (one, *(other.other for other in held))}
        if len(wanted) >= HELD:
            yield from ready()
            waiting.clear()
            wanted.clear()
    yield from ready()


def _passed(
    accounts: Sequence[Account], prints: Prints, order: Sequence[int], first_new: int
) -> Iterator[tuple[range, dict[int, list[_Passed]]]]:
    """(numbers of new accounts, of each that has any: the earlier ones that enough speaks for)."""
    facts, turn = _Facts.of(accounts), np.array(order, dtype=np.int64)
    scenes, window = [accounts[place].scene for place in order], WINDOW // timedelta(microseconds=1)
    marks = prints.marks(facts.prints[turn])
    for numbers, new, old in sharing(marks, scenes, facts.stamps[turn], first_new, window):
        passed: dict[int, list[_Passed]] = {}
        for start in range(0, len(new), PAIRS):
            ours, theirs = turn[new[start : start + PAIRS]], turn[old[start : start + PAIRS]]
            shared = likeness(facts, prints, ours, theirs)
            scores = shared.points()
            for pair in np.flatnonzero(scores >= ENOUGH).tolist():
                passed.setdefault(int(ours[pair]), []).append(_Passed(int(theirs[pair]), float(scores[pair]), shared.of(pair)))
        yield numbers, passed


def _found(accounts: Sequence[Account], prints: Prints, runs: Mapping[int, Any], place: int, passed: _Passed) -> _Found:
    other, score, shared = passed
    _, wording = similarity(runs[place], runs[other])
    title, _ = similarity(prints.titles[accounts[place].print], prints.titles[accounts[other].print])
    return _Found(other, score, shared, wording, title)


@dataclass(frozen=True, slots=True, eq=False)
class _Facts:
    """What the judge said of the accounts, as numbers."""

    prints: Array  # their places among the prints
    stamps: Array  # microseconds
    units: Array  # of the unit that acts; 0: none is named
    programmes: Array  # 0: none

    @classmethod
    def of(cls, accounts: Sequence[Account]) -> _Facts:
        numbers: dict[str, int] = {"": 0}
        units = [numbers.setdefault(one.scene.unit, len(numbers)) for one in accounts]
        programmes = [numbers.setdefault(one.programme, len(numbers)) for one in accounts]
        stamps = np.array([(one.at - EPOCH) // timedelta(microseconds=1) for one in accounts], dtype=np.int64)
        prints = np.array([one.print for one in accounts], dtype=np.int64)
        return cls(prints, stamps, np.array(units, dtype=np.int64), np.array(programmes, dtype=np.int64))


def likeness(facts: _Facts, prints: Prints, ours: Array, theirs: Array) -> Likeness:
    """What pairs of accounts, given by their places, share."""
    count, unit, other = len(ours), facts.units[ours], facts.units[theirs]
    theme, another, apart = facts.programmes[ours], facts.programmes[theirs], np.abs(facts.stamps[ours] - facts.stamps[theirs])
    ours, theirs = facts.prints[ours], facts.prints[theirs]
    days, figures, rare = (_common(one, ours, theirs) for one in (prints.days, prints.figures, prints.rare))
    dated = (prints.days.lengths()[ours] > 0) & (prints.days.lengths()[theirs] > 0)
    named = np.bincount(days[0], minlength=count) > 0
    long = (figures[1] & LONG).astype(bool)
    numbers = np.bincount(figures[0][long], minlength=count) + 0.4 * np.bincount(figures[0][~long], minlength=count)
    least = np.minimum(prints.rare.lengths()[ours], prints.rare.lengths()[theirs])
    return Likeness(
        unit=((unit > 0) & (unit == other)).astype(float),
        lone=((unit > 0) != (other > 0)).astype(float),
        day=np.where(dated, np.where(named, 1.0, -1.0), 0.0),
        quotes=_quoted(prints, ours, theirs),
        numbers=np.minimum(2.0, numbers),
        rare=np.bincount(rare[0], minlength=count) / np.maximum(RARE_LEAST, least),
        theme=((theme > 0) & (another > 0) & (theme != another)).astype(float),
        days=apart / (timedelta(days=1) // timedelta(microseconds=1)),
    )


def _common(lists: Ragged, ours: Array, theirs: Array) -> tuple[Array, Array]:
    """(number of a pair, a value that the lists of both have), for all such values. A list is rising."""
    held, which = np.unique(ours, return_inverse=True)
    mine, others = lists.take(held), lists.take(theirs)
    if lists.flat.dtype.itemsize <= 4:  # a list's number and a value of it fit into one
        keys, pairs = mine.owners() << 32 | mine.flat.astype(np.int64), others.owners()
        asked = which[pairs] << 32 | others.flat.astype(np.int64)
        met = _among(keys, asked)
        return pairs[met], others.flat[met]
    values = np.unique(mine.flat)
    met = _among(values, others.flat)
    pairs, codes = others.owners()[met], np.searchsorted(values, others.flat[met])
    keys = mine.owners() * len(values) + np.searchsorted(values, mine.flat)
    both = _among(keys, which[pairs] * len(values) + codes)
    return pairs[both], values[codes[both]]


def _among(values: Array, asked: Array) -> Array:
    """Which of the numbers asked for are among the rising ``values``."""
    if not len(values):
        return np.zeros(len(asked), dtype=bool)
    found: Array = values[np.minimum(np.searchsorted(values, asked), len(values) - 1)] == asked
    return found


def _quoted(prints: Prints, ours: Array, theirs: Array) -> Array:
    """1 for each pair that shares a quotation."""
    found = np.zeros(len(ours))
    said = _some_runs(prints, ours, theirs)
    for pair in said:
        mine, others = prints.quotations(int(ours[pair])), prints.quotations(int(theirs[pair]))
        found[pair] = any(similarity(quote, other)[1] >= SAME_QUOTE for quote in mine for other in others)
    return found


def _some_runs(prints: Prints, ours: Array, theirs: Array) -> list[int]:
    """The pairs whose quotations have any run in common."""
    lists = prints.quotes
    held = np.unique(np.concatenate((ours, theirs)))
    mine = lists.take(held)
    order = np.lexsort((mine.flat, mine.owners()))
    rising = Ragged(mine.flat[order], mine.ends)
    pairs, _ = _common(rising, np.searchsorted(held, ours), np.searchsorted(held, theirs))
    return list(np.unique(pairs))


def _joined(
    accounts: Sequence[Account], place: int, near: Iterable[_Found], placed: dict[str, Event], members: dict[str, list[Scene]]
) -> Event:
    one = accounts[place]
    best: tuple[str, _Found] | None = None
    rewritten = False
    for found in near:
        other = accounts[found.other]
        event = placed[other.story_id].event_id
        if any(one.scene.strange_to(scene) for scene in members[event]):
            continue
        rewritten |= other.release and (found.shared["quotes"] > 0 or found.wording >= REWRITTEN)
        if best is None or found.score > best[1].score:
            best = event, found
    if best is None:
        return Event(one.story_id, one.story_id, "first", 0.0, "first")
    event, found = best
    return Event(one.story_id, event, "rewrite" if rewritten else "report", round(found.score, 2), _why(found))


def _why(found: _Found) -> str:
    told = {
        "unit": found.shared["unit"] > 0,
        "day": found.shared["day"] > 0,
        "quotes": found.shared["quotes"] > 0,
        "wording": found.wording >= REWRITTEN,
        "numbers": found.shared["numbers"] >= 1,
        "title": found.title >= 0.25,
        "rare stems": found.shared["rare"] >= 0.2,
    }
    return ", ".join(name for name, holds in told.items() if holds)
