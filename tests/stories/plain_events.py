"""Events as they are defined, account beside account, with sets of words: what the columns of stories/events.py must come to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from pipeline.dates import JAKARTA
from pipeline.records import Event
from pipeline.stories.events import CONTENT, ENOUGH, POINTS, RARE_LEAST, REWRITTEN, SAME_QUOTE, WINDOW, Account
from pipeline.stories.near import COMMON
from pipeline.stories.wording import days_of, numbers_of, quotes_of, shingles, similarity, words
from pipeline.text.stem import stem_text


@dataclass(frozen=True)
class Plain:
    """An account with its words."""

    account: Account
    title: str
    text: str
    common: frozenset[str]

    @cached_property
    def runs(self) -> Any:
        return shingles(self.text, 3)

    @cached_property
    def happened(self) -> frozenset[Any]:
        return days_of(self.text, self.account.at.astimezone(JAKARTA).date())

    @cached_property
    def quotes(self) -> tuple[Any, ...]:
        return quotes_of(self.text)

    @cached_property
    def numbers(self) -> frozenset[str]:
        return numbers_of(f"{self.title} {self.text}")

    @cached_property
    def title_words(self) -> frozenset[str]:
        return frozenset(stem_text(" ".join(words(self.title))).split()) - self.common

    @cached_property
    def rare(self) -> frozenset[str]:
        found = stem_text(" ".join(words(f"{self.title} {self.text}"))).split()
        return frozenset(stem for stem in found if len(stem) > 2) - self.common

    @cached_property
    def marks(self) -> set[object]:
        scene = self.account.scene
        marks: set[object] = set(scene.units) | ({scene.unit} if scene.unit else set())
        marks |= {int(run) for quote in self.quotes for run in quote}
        marks |= {number for number in self.numbers if len(number) > 2}
        return marks | {("title", word) for word in self.title_words}


def likeness(one: Plain, other: Plain) -> dict[str, float]:
    """What two accounts share."""
    ours, theirs = one.account, other.account
    long = sum(len(number) > 2 for number in one.numbers & other.numbers)
    titles = one.title_words | other.title_words
    return {
        "unit": float(bool(ours.scene.unit) and ours.scene.unit == theirs.scene.unit),
        "lone": float(bool(ours.scene.unit) != bool(theirs.scene.unit)),
        "day": (1.0 if one.happened & other.happened else -1.0) if one.happened and other.happened else 0.0,
        "quotes": float(any(similarity(quote, said)[1] >= SAME_QUOTE for quote in one.quotes for said in other.quotes)),
        "numbers": min(2.0, long + 0.4 * (len(one.numbers & other.numbers) - long)),
        "rare": len(one.rare & other.rare) / max(RARE_LEAST, min(len(one.rare), len(other.rare))),
        "theme": float(bool(ours.programme and theirs.programme) and ours.programme != theirs.programme),
        "days": abs((ours.at - theirs.at) / timedelta(days=1)),
        "wording": similarity(one.runs, other.runs)[1],
        "title": len(one.title_words & other.title_words) / len(titles) if titles else 0.0,
    }


def points(one: Plain, other: Plain, found: dict[str, float]) -> float:
    """How much speaks for one happening."""
    nothing = found["rare"] < CONTENT and not found["quotes"] and found["numbers"] < 1
    if one.account.scene.strange_to(other.account.scene) or found["day"] < 0 or nothing:
        return -1.0
    told = 0.0
    for name, weight in POINTS.items():
        told += weight * found[name]
    return told


def group_events(accounts: Sequence[Plain]) -> list[Event]:
    """One Event per story, sorted by story."""
    placed: dict[str, Event] = {}
    before: list[Plain] = []
    for one in sorted(accounts, key=lambda one: (one.account.placed is None, one.account.at, one.account.story_id)):
        placed[one.account.story_id] = one.account.placed or _joined(one, before, placed)
        before.append(one)
    return sorted(placed.values(), key=lambda event: event.story_id)


def _joined(one: Plain, before: Sequence[Plain], placed: dict[str, Event]) -> Event:
    bearing: dict[object, list[int]] = defaultdict(list)
    for number, other in enumerate(before):
        for mark in other.marks & one.marks:
            bearing[mark].append(number)
    kept = [held for mark, held in bearing.items() if len(held) <= COMMON or mark in one.account.scene.units]
    best: tuple[float, str, dict[str, float]] | None = None
    rewritten = False
    for other in (before[number] for number in sorted({number for held in kept for number in held})):
        event = placed[other.account.story_id].event_id
        members = (member.account for member in before if placed[member.account.story_id].event_id == event)
        if abs(one.account.at - other.account.at) > WINDOW or any(one.account.scene.strange_to(m.scene) for m in members):
            continue
        found = likeness(one, other)
        score = points(one, other, found)
        if score < ENOUGH:
            continue
        rewritten |= other.account.release and (found["quotes"] > 0 or found["wording"] >= REWRITTEN)
        if best is None or score > best[0]:
            best = score, event, found
    name = one.account.story_id
    if best is None:
        return Event(name, name, "first", 0.0, "first")
    score, event, found = best
    least = {"unit": 1, "day": 1, "quotes": 1, "wording": REWRITTEN, "numbers": 1, "title": 0.25, "rare": 0.2}
    why = ", ".join("rare stems" if figure == "rare" else figure for figure, bound in least.items() if found[figure] >= bound)
    return Event(name, event, "rewrite" if rewritten else "report", round(score, 2), why)
