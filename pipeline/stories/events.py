"""Stories that tell one happening, in other words each: evidence in points, units that must not differ. Pure.

Two levels, because copied text and copied event are different things: a rewritten release shares its quotes and figures, two
newsrooms' own reports share the unit and the act, and the same day's template of another unit shares the words and nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pipeline.dates import JAKARTA
from pipeline.records import Event
from pipeline.stories.copies import NOWHERE
from pipeline.stories.wording import Scene, days_of, numbers_of, quotes_of, shingles, similarity, words
from pipeline.text.stem import stem_text

if TYPE_CHECKING:
    from pipeline.stories.wording import Shingles

WINDOW = timedelta(days=2)  # coverage of one happening comes within two days; later ones tell something new
RARE_LEAST = 8  # of fewer rare stems none decides
SAME_QUOTE = 0.5  # share of the shorter quotation's three-word runs


@dataclass(frozen=True)
class Account:
    """One story as events see it: its origin's words, and what the judge said of it."""

    story_id: str
    at: datetime  # aware
    title: str
    text: str
    scene: Scene = NOWHERE
    programme: str = ""
    release: bool = False  # the institution's own words
    common: frozenset[str] = frozenset()  # stems that tell no event from another (config/common_stems.txt)
    placed: Event | None = None

    @cached_property
    def runs(self) -> Shingles:
        """Runs of three words: rewriting leaves those."""
        return shingles(self.text, 3)

    @cached_property
    def happened(self) -> frozenset[date]:
        """The days that its opening names."""
        return days_of(self.text, self.at.astimezone(JAKARTA).date())

    @cached_property
    def quotes(self) -> tuple[Any, ...]:
        """What is quoted, each as runs of three words."""
        return quotes_of(self.text)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Figures of two digits and more."""
        return numbers_of(f"{self.title} {self.text}")

    @cached_property
    def title_words(self) -> frozenset[str]:
        """The title's words that are not of every title."""
        return frozenset(stem_text(" ".join(words(self.title))).split()) - self.common

    @cached_property
    def rare(self) -> frozenset[str]:
        """Stems of title and text that few articles use."""
        found = stem_text(" ".join(words(f"{self.title} {self.text}"))).split()
        return frozenset(stem for stem in found if len(stem) > 2 and not stem.isdigit()) - self.common


@dataclass(frozen=True, slots=True)
class Likeness:
    """What two accounts share, each figure from 0 on."""

    unit: float  # 1: both are about one unit
    apart: bool  # they are about different units
    lone: float  # 1: only one of them names a unit
    day: float  # 1: their openings name one day; -1: other days; 0: one names none
    quotes: float  # 1: they share a quotation
    wording: float  # share of the shorter one's three-word runs
    numbers: float  # figures in common: three digits and more count 1, two .4; at most 2
    title: float  # Jaccard of the titles' own stems
    rare: float  # share of the rare stems of the one that has fewer
    theme: float  # 1: they are judged to be about different programmes
    days: float


# Points by figure: chosen on the odd clusters of data/labels/stories.jsonl, the even ones held out (benchmarks/stories.py).
POINTS = {"unit": 2.5, "lone": -0.5, "day": 1.0, "quotes": 1.0, "numbers": 0.5, "rare": 5.0, "theme": -0.5, "days": -0.5}
ENOUGH = 3.5
CONTENT = 0.12  # of rare stems in common, unless a quotation or a long figure is: a unit and a day have more than one story
# Share of three-word runs from which an account rewrites a release. Two newsrooms at one speech share as much: they rewrite none.
REWRITTEN = 0.12


def likeness(one: Account, other: Account) -> Likeness:
    """What two accounts share."""
    ours, theirs = one.scene, other.scene
    apart = ours.strange_to(theirs)
    unit = float(bool(ours.unit) and ours.unit == theirs.unit)
    shared = any(similarity(quote, said)[1] >= SAME_QUOTE for quote in one.quotes for said in other.quotes)
    numbers = sum(1.0 if len(number) > 2 else 0.4 for number in one.numbers & other.numbers)
    titles = one.title_words | other.title_words
    return Likeness(
        unit=unit,
        apart=apart,
        lone=float(bool(ours.unit) != bool(theirs.unit)),
        day=(1.0 if one.happened & other.happened else -1.0) if one.happened and other.happened else 0.0,
        quotes=float(shared),
        wording=similarity(one.runs, other.runs)[1],
        numbers=min(2.0, numbers),
        title=len(one.title_words & other.title_words) / len(titles) if titles else 0.0,
        rare=len(one.rare & other.rare) / max(RARE_LEAST, min(len(one.rare), len(other.rare))),
        theme=float(bool(one.programme and other.programme) and one.programme != other.programme),
        days=abs((one.at - other.at) / timedelta(days=1)),
    )


def points(found: Likeness) -> float:
    """How much speaks for one happening; below 0 where units or named days differ, or the texts have nothing in common."""
    nothing = found.rare < CONTENT and not found.quotes and found.numbers < 1
    if found.apart or found.day < 0 or nothing:
        return -1.0
    return sum(weight * float(getattr(found, name)) for name, weight in POINTS.items())


def group_events(accounts: Iterable[Account]) -> list[Event]:
    """One Event per story, sorted by story. A new story joins the event that most speaks for, if ``ENOUGH`` does.

    Stories that were placed before stay where they are. An event that holds a story of another unit takes none in.
    """
    ordered = sorted(accounts, key=lambda one: (one.placed is None, one.at, one.story_id))
    index = _Index()
    placed: dict[str, Event] = {}
    members: dict[str, list[Account]] = defaultdict(list)
    for one in ordered:
        event = one.placed or _joined(one, index.near(one), placed, members)
        placed[one.story_id] = event
        members[event.event_id].append(one)
        index.add(one)
    return sorted(placed.values(), key=lambda event: event.story_id)


def _joined(one: Account, near: Sequence[Account], placed: dict[str, Event], members: dict[str, list[Account]]) -> Event:
    best: tuple[float, str, Likeness] | None = None
    rewritten = False
    for other in near:
        event = placed[other.story_id].event_id
        found = likeness(one, other)
        score = points(found)
        if score >= ENOUGH and not _strange(one, members[event]):
            rewritten |= other.release and (found.quotes > 0 or found.wording >= REWRITTEN)
            if best is None or score > best[0]:
                best = score, event, found
    if best is None:
        return Event(one.story_id, one.story_id, "first", 0.0, "first")
    score, event, found = best
    return Event(one.story_id, event, "rewrite" if rewritten else "report", round(score, 2), _why(found))


def _strange(one: Account, members: Iterable[Account]) -> bool:
    """True where a member is about another unit, which neither names of the other."""
    return any(one.scene.strange_to(other.scene) for other in members)


def _why(found: Likeness) -> str:
    told = {
        "unit": found.unit > 0,
        "day": found.day > 0,
        "quotes": found.quotes > 0,
        "wording": found.wording >= REWRITTEN,
        "numbers": found.numbers >= 1,
        "title": found.title >= 0.25,
        "rare stems": found.rare >= 0.2,
    }
    return ", ".join(name for name, holds in told.items() if holds)


class _Index:
    """Accounts by what may join them: a unit, a run of a quotation, a long figure, a word of the title that few have."""

    COMMON = 60  # a mark that so many stories bear leads to none

    def __init__(self) -> None:
        self._by: dict[object, list[Account]] = defaultdict(list)

    def add(self, one: Account) -> None:
        for mark in self._marks(one):
            self._by[mark].append(one)

    def near(self, one: Account) -> list[Account]:
        """Earlier placed accounts within the window that share a mark, in the order of placing."""
        found: dict[str, Account] = {}
        for mark in self._marks(one):
            held = self._by.get(mark, [])
            if len(held) <= self.COMMON or mark in one.scene.units:
                found.update({other.story_id: other for other in held if abs(one.at - other.at) <= WINDOW})
        return list(found.values())

    @staticmethod
    def _marks(one: Account) -> set[object]:
        marks: set[object] = set(one.scene.units) | ({one.scene.unit} if one.scene.unit else set())
        marks |= {int(run) for quote in one.quotes for run in quote}
        marks |= {number for number in one.numbers if len(number) > 2}
        return marks | {("title", word) for word in one.title_words}
