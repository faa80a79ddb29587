"""Articles that print the same text: exact overlap of word runs inside a window of days. Pure; nothing is dropped.

New articles are placed against those of the window that were placed before; what was placed keeps its story's name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pipeline.records import PublisherType, Story
from pipeline.stories.candidates import candidate_pairs
from pipeline.stories.wording import NOWHERE, Scene, shingles_of, similarity

if TYPE_CHECKING:
    from pipeline.stories.runs import Shingles

HELD = 4_000  # texts whose runs are held at once
SHORTEST = 20  # runs of words; a shorter text that stands in another is a formula
# A text that holds a whole shorter one is its copy up to so many times its length; a digest of several stories is none of them.
LONGER = 3.0
# Clocks of small sites are off by hours, and a house's own text may be dated by the day: within it who wrote it decides.
SAME_DAY = timedelta(hours=24)
WRITES = {PublisherType.OWN: "own release", PublisherType.WIRE: "wire"}


@dataclass(frozen=True, slots=True)
class Text:
    """What grouping needs of one article beside its words. ``placed``: where it stands since an earlier run, None if new."""

    key: str
    at: datetime  # aware
    publisher_type: PublisherType
    foreign_dateline: bool = False  # begins with another outlet's dateline: it says itself that it is no origin
    scene: Scene = NOWHERE
    placed: Story | None = None


@dataclass(frozen=True, slots=True)
class _Match:
    """A text that another one copies."""

    other: int
    similarity: float
    reason: str  # jaccard | containment


Wording = Callable[[Sequence[int]], Sequence[str]]
"""The words of some of the texts, by their places."""


def group(
    texts: Sequence[Text], signatures: Any, where: Any, wording: Wording, *, window_days: int, jaccard: float, containment: float
) -> list[Story]:
    """One Story per text, sorted by key. A new text joins the story of the earliest text in the window that it copies.

    A story is named by the key of the first text that was placed in it and keeps that name. A new text that copies texts of
    two stories joins them: the younger one's members get the older name and say so in ``merged_from``. A template that
    another unit fills in with its own name is no copy. ``signatures`` (``candidates.py``): the texts' stand at ``where``;
    ``wording`` is asked for those alone that must be compared word by word.
    """
    rank = {PublisherType.OWN: 0, PublisherType.WIRE: 1}

    def turn(place: int) -> tuple[bool, datetime, int, str]:
        one = texts[place]
        return one.placed is None, one.at, rank.get(one.publisher_type, 2), one.key

    order = sorted(range(len(texts)), key=turn)
    ordered = [texts[place] for place in order]
    first_new = next((number for number, one in enumerate(ordered) if one.placed is None), len(ordered))
    ids = [one.placed.story_id if one.placed else one.key for one in ordered]
    began = _beginnings(ordered, ids)
    matched: dict[int, _Match] = {}
    merged: dict[str, str] = {}
    window = timedelta(days=window_days)

    def near(number: int, others: Iterable[int]) -> list[int]:
        one = ordered[number]
        return [
            other
            for other in others
            if abs(one.at - ordered[other].at) <= window and not one.scene.strange_to(ordered[other].scene)
        ]

    def runs_of(numbers: Sequence[int]) -> Sequence[Shingles]:
        return shingles_of(wording([order[number] for number in numbers]))

    pairs = ((number, near(number, others)) for number, others in candidate_pairs(signatures[where[order]], first_new))
    for number, own, compared in _with_runs(pairs, runs_of):
        found = [match for other, runs in compared if (match := _match(other, own, runs, jaccard, containment))]
        if not found:
            continue
        best = min(found, key=lambda match: (ordered[match.other].at, match.other))
        matched[number] = best
        joined = {_last(merged, ids[match.other]) for match in found if match.reason == "jaccard"}
        joined.add(_last(merged, ids[best.other]))
        oldest = min(joined, key=lambda name: (began[name], name))
        for name in joined - {oldest}:
            merged[name] = oldest
        ids[number] = oldest
    return _told(ordered, runs_of, ids, matched, merged)


def _with_runs(
    pairs: Iterable[tuple[int, list[int]]], runs_of: Callable[[Sequence[int]], Sequence[Shingles]]
) -> Iterator[tuple[int, Shingles, list[tuple[int, Shingles]]]]:
    """(number, its runs, others with theirs) of every number that has others; words of ``HELD`` texts at once, or little more."""
    waiting: list[tuple[int, list[int]]] = []
    wanted: dict[int, None] = {}

    def ready() -> Iterator[tuple[int, Shingles, list[tuple[int, Shingles]]]]:
        runs = dict(zip(wanted, runs_of([*wanted]), strict=True))
        for number, others in waiting:
            yield number, runs[number], [(other, runs[other]) for other in others]

    for number, others in pairs:
        if not others:
            continue
        waiting.append((number, others))
        wanted |= dict.fromkeys((number, *others))
        if len(wanted) >= HELD:
            yield from ready()
            waiting.clear()
            wanted.clear()
    yield from ready()


def _match(other: int, own: Shingles, others: Shingles, jaccard: float, containment: float) -> _Match | None:
    overlap, inside = similarity(own, others)
    if overlap >= jaccard:
        return _Match(other, overlap, "jaccard")
    short, long = sorted((len(own), len(others)))
    if inside >= containment and short >= SHORTEST and long <= LONGER * short:
        return _Match(other, inside, "containment")
    return None


def _beginnings(ordered: Sequence[Text], ids: Sequence[str]) -> dict[str, datetime]:
    """When the first text of each story was published."""
    began: dict[str, datetime] = {}
    for one, name in zip(ordered, ids, strict=True):
        began[name] = min(one.at, began.get(name, one.at))
    return began


def _last(merged: dict[str, str], name: str) -> str:
    while name in merged:
        name = merged[name]
    return name


def _told(
    ordered: Sequence[Text],
    runs_of: Callable[[Sequence[int]], Sequence[Shingles]],
    ids: Sequence[str],
    matched: dict[int, _Match],
    merged: dict[str, str],
) -> list[Story]:
    """The stories' rows: who is the origin, and by which likeness the others are its reprints."""
    members: dict[str, list[int]] = defaultdict(list)
    for number, name in enumerate(ids):
        members[_last(merged, name)].append(number)
    stories = []
    for name, numbers in members.items():
        origin, why = _origin(ordered, numbers)
        key = ordered[origin].key
        for number in numbers:
            one, match, former = ordered[number], matched.get(number), _former(ordered[number], ids[number], name)
            if number == origin:
                told = Story(one.key, name, key, "origin", 1.0, why, former)
            elif match:
                told = Story(one.key, name, key, "reprint", round(match.similarity, 4), match.reason, former)
            elif one.placed and one.placed.role == "reprint":
                told = Story(one.key, name, key, "reprint", one.placed.similarity, one.placed.reason, former)
            else:  # the origin until now
                overlap, _ = similarity(*runs_of([number, origin]))
                told = Story(one.key, name, key, "reprint", round(overlap, 4), "jaccard", former)
            stories.append(told)
    return sorted(stories, key=lambda story: story.key)


def _former(one: Text, given: str, name: str) -> str:
    if one.placed is None or given == name:
        return one.placed.merged_from if one.placed else ""
    return given


def _origin(ordered: Sequence[Text], numbers: Sequence[int]) -> tuple[int, str]:
    """The text that the others reprint, and why it is thought so.

    The earliest that does not say itself that it is taken over; an own release or the wire's text of the same day goes first.
    """
    by_time = sorted(numbers, key=lambda number: (ordered[number].at, ordered[number].key))
    own = [number for number in by_time if not ordered[number].foreign_dateline] or by_time
    first = own[0]
    for kind, why in WRITES.items():
        for number in own:
            if ordered[number].publisher_type is kind and ordered[number].at - ordered[by_time[0]].at < SAME_DAY:
                return number, why
    return first, "first" if first == by_time[0] else "dateline"
