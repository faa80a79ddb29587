"""A run's articles placed among the stories and events of the window; history stays as it was placed. Pure: tables to a table.

What was is held as columns, and an object is made for those alone that are compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from sys import intern
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.independence import independent
from pipeline.records import Event, PublisherType, Story
from pipeline.store.schema import ARTICLES, STORIES
from pipeline.stories.copies import Text, group
from pipeline.stories.events import Account, group_events
from pipeline.stories.prints import Array, Places, Prints, Told, prints_of
from pipeline.stories.wording import Scene

Row = Mapping[str, Any]
BATCH = 4_000  # rows of a table that are objects at once
# What placing reads of every article (``store/schema.py``), and what of those that are compared besides.
FACTS = ("key", "dated_at", "publisher_type", "outlet", "tier", "source_type")
ACTORS = ("foreign_dateline", "unit_primary", "units", "programme_primary")
WORDING = ("title", "text", "text_sha256", *ACTORS)
# What it reads of the rows of STORIES that stand.
PLACED = (
    "key", "story_id", "story_origin", "story_role", "story_similarity", "story_reason", "story_merged_from", "event_id",
    "event_role", "event_score", "event_reason",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sight:
    """Of the articles that are compared, in the order asked for: what ACTORS tell, and where among the prints they stand."""

    foreign: Sequence[bool]  # begins with another outlet's dateline
    scenes: Sequence[Scene]  # equal ones are one object
    programmes: Sequence[str]
    where: Places
    prints: Prints

    @classmethod
    def of(cls, actors: Iterable[Row], where: Places, prints: Prints) -> Sight:
        """From rows of ACTORS, which are not held."""
        foreign, scenes, programmes = [], [], []
        known: dict[tuple[str, ...], Scene] = {}
        for row in actors:
            named = (str(row["unit_primary"] or ""), *map(str, row["units"] or ()))
            scenes.append(known[named] if named in known else known.setdefault(named, Scene.of(named[0], named[1:])))
            foreign.append(bool(row["foreign_dateline"]))
            programmes.append(intern(str(row["programme_primary"] or "")))
        return cls(foreign, scenes, programmes, where, prints)


class Desk(Protocol):
    """What placing asks of the articles that it compares, by their places among the facts."""

    def sight(self, places: Places) -> Sight:
        """What is told of them without their words."""

    def told(self, places: Places) -> Sequence[Told]:
        """Their words: asked of few."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The settings of stories (docs/operation.md)."""

    window_days: int
    jaccard: float
    containment: float


def in_order(facts: pa.Table) -> pa.Table:
    """The facts sorted by key, each key once: the last of equal ones."""
    ranked = facts.take(pc.sort_indices(facts["key"]))
    keys = ranked["key"].combine_chunks()
    if len(keys) < 2:
        return ranked
    last = pc.not_equal(keys[:-1], keys[1:]).to_numpy(zero_copy_only=False)
    return ranked if last.all() else ranked.filter(pa.array([*last.tolist(), True]))


def standing(facts: pa.Table, known: pa.Table) -> pa.Table:
    """For each article of ``facts`` its row of ``known`` (PLACED), nulls for a new one."""
    where = pc.index_in(facts["key"], value_set=known["key"].combine_chunks())
    return known.select(PLACED).take(where)


def compared_places(facts: pa.Table, stood: pa.Table, window_days: int) -> Places:
    """Places of the articles that placing compares: those within the window of a new one, and the rest of their stories.

    A story is told anew as a whole: without its origin, a reprint of it would pass for an origin itself.
    """
    new = pc.is_null(stood["key"]).to_numpy()
    if not new.any():
        return np.zeros(0, dtype=np.int64)
    at, window = facts["dated_at"].cast(pa.int64()).to_numpy(), timedelta(days=window_days) // timedelta(microseconds=1)
    near = (at >= at[new].min() - window) & (at <= at[new].max() + window)
    touched = pc.unique(stood["story_id"].filter(pa.array(near)).drop_null())
    return np.flatnonzero(near | pc.is_in(stood["story_id"], value_set=touched).to_numpy() & ~new)


def placed_table(facts: pa.Table, known: pa.Table, desk: Desk, rules: Rules) -> pa.Table:
    """The rows of STORIES for ``facts`` (FACTS, ``in_order``); those that ``known`` (PLACED) holds keep their story and event.

    Only what lies within the window of a new article is compared with it, so that a run costs what is new and not what was.
    A row whose article is gone (forgotten, or called irrelevant) is left out.
    """
    stood = standing(facts, known)
    near = compared_places(facts, stood, rules.window_days)
    window = _Window.of(facts, stood, near, desk)
    told = group(
        window.texts,
        window.sight.prints.signatures,
        window.sight.where,
        lambda some: [one.wording for one in window.told(some)],
        window_days=rules.window_days,
        jaccard=rules.jaccard,
        containment=rules.containment,
    )
    found = group_events(_accounts(window, told), window.sight.prints, lambda some: [one.text for one in window.told(some)])
    stories = _carried(_replaced(stood, near, map(_story_row, told), _STORY), near, told)
    return _counted(facts, _with_events(stories, stood, found))


@dataclass(frozen=True, slots=True)
class _Window:
    """The articles that are compared, in the order of the facts."""

    desk: Desk
    near: Places
    texts: list[Text]
    releases: list[bool]  # the institution's own words
    events: list[Event | None]  # of those that are placed
    sight: Sight

    @classmethod
    def of(cls, facts: pa.Table, stood: pa.Table, near: Places, desk: Desk) -> _Window:
        there, sight = facts.take(pa.array(near)), desk.sight(near)
        kinds = [PublisherType(kind) for kind in _values(there, "publisher_type")]
        releases = [
            source == "press_release" or kind is PublisherType.OWN
            for source, kind in zip(_values(there, "source_type"), kinds, strict=True)
        ]
        places: list[tuple[Story, Event | None] | None] = [
            (_story(row), _event(row)) if row["key"] else None for row in rows_of(stood.take(pa.array(near)))
        ]
        texts = [
            Text(key, at, kind, foreign, scene, placed[0] if placed else None)
            for key, at, kind, foreign, scene, placed in zip(
                _values(there, "key"), _values(there, "dated_at"), kinds, sight.foreign, sight.scenes, places, strict=True
            )
        ]
        return cls(desk, near, texts, releases, [placed[1] if placed else None for placed in places], sight)

    def told(self, some: Sequence[int]) -> Sequence[Told]:
        """The words of some of them."""
        return self.desk.told(self.near[np.array(some, dtype=np.int64)])


def rows_of(table: pa.Table) -> Iterator[Row]:
    """A table's rows, some thousand of which are held at once."""
    return (row for batch in table.to_batches(max_chunksize=BATCH) for row in batch.to_pylist())


def _values(table: pa.Table, name: str) -> Iterator[Any]:
    return (row[name] for row in rows_of(table.select([name])))


def _pylist(table: pa.Table, places: Places) -> list[Row]:
    return table.take(pa.array(places)).to_pylist()  # type: ignore[no-any-return]


def _event(row: Row) -> Event | None:
    if not row["event_id"]:
        return None
    return Event(row["story_id"], row["event_id"], intern(row["event_role"]), row["event_score"], intern(row["event_reason"]))


def _story(row: Row) -> Story:
    return Story(
        row["key"], row["story_id"], row["story_origin"], intern(row["story_role"]), row["story_similarity"],
        intern(row["story_reason"]), row["story_merged_from"] or "",
    )  # fmt: skip


def _accounts(window: _Window, told: Sequence[Story]) -> list[Account]:
    """One for each story of the window: its origin's words, and the event that it has."""
    events = {
        story.story_id: event
        for story, event in zip(told, window.events, strict=True)
        if event and event.story_id == story.story_id
    }
    return [
        Account(
            story.story_id, text.at, place, int(window.sight.where[place]), text.scene, window.sight.programmes[place],
            window.releases[place], events.get(story.story_id),
        )
        for place, (story, text) in enumerate(zip(told, window.texts, strict=True))
        if story.key == story.origin
    ]  # fmt: skip


_STORY = PLACED[1:7]
_EVENT = PLACED[7:]


def _story_row(story: Story) -> tuple[object, ...]:
    return story.story_id, story.origin, story.role, story.similarity, story.reason, story.merged_from


def _event_row(event: Event) -> tuple[object, ...]:
    return event.event_id, event.role, event.score, event.reason


def _replaced(table: pa.Table, places: Places, rows: Iterable[tuple[object, ...]], columns: Sequence[str]) -> pa.Table:
    """The table with other values of these columns at ``places`` (rising)."""
    values = [*zip(*rows, strict=True)] or [()] * len(columns)
    mask = np.zeros(len(table), dtype=bool)
    mask[places] = True
    for name, column in zip(columns, values, strict=True):
        number, kind = table.schema.get_field_index(name), STORIES.field(name).type
        held = table[name].combine_chunks()
        new = pc.replace_with_mask(held, pa.array(mask), pa.array(column, kind))
        table = table.set_column(number, STORIES.field(name), new)
    return table


def _carried(stories: pa.Table, near: Places, told: Sequence[Story]) -> pa.Table:
    """A story that was joined to another takes along its members that lie outside the window."""
    joined = {story.merged_from: story for story in told if story.merged_from}
    theirs = pc.is_in(stories["story_id"], value_set=pa.array([*joined], pa.string())).to_numpy()
    theirs[near] = False
    places = np.flatnonzero(theirs)
    rows = []
    for row in _pylist(stories, places):
        into = joined[row["story_id"]]
        rows.append(_story_row(replace(_story({**row, "key": ""}), story_id=into.story_id, origin=into.origin, role="reprint",
                                       merged_from=row["story_id"])))  # fmt: skip
    return _replaced(stories, places, rows, _STORY)


def _with_events(stories: pa.Table, stood: pa.Table, found: Iterable[Event]) -> pa.Table:
    """The stories' events: a row whose story is another one than before, or new, has the event of that story."""
    same = pc.fill_null(pc.equal(stories["story_id"], stood["story_id"]), fill_value=False).to_numpy()
    places = np.flatnonzero(~same)
    names = stories["story_id"].take(pa.array(places)).to_pylist()
    kept = stood.filter(pa.array(same)).select(["story_id", *_EVENT])
    kept = kept.filter(pc.is_in(kept["story_id"], value_set=pa.array(sorted(set(names)), pa.string())))
    events = {row["story_id"]: tuple(row[name] for name in _EVENT) for row in kept.to_pylist()}
    events |= {event.story_id: _event_row(event) for event in found}
    return _replaced(stories, places, (events[name] for name in names), _EVENT)


def _counted(facts: pa.Table, rows: pa.Table) -> pa.Table:
    """STORIES with the counts: articles, outlets, stories, and newsrooms that wrote of it themselves."""
    story, event = _codes(rows["story_id"]), _codes(rows["event_id"])
    outlet = _codes(facts["outlet"])
    own = _independent(facts, rows)
    counts = {
        "story_articles": np.bincount(story)[story] if len(story) else story,
        "story_outlets": _different(story, outlet)[story],
        "event_articles": np.bincount(event)[event] if len(event) else event,
        "event_stories": _different(event, story)[event],
        "event_newsrooms": _different(event[own], outlet[own], int(event.max(initial=-1)) + 1)[event],
    }
    columns = {"key": facts["key"], **{name: rows[name] for name in (*_STORY, *_EVENT)}}
    columns |= {name: pa.array(numbers) for name, numbers in counts.items()}
    return pa.table({field.name: columns[field.name] for field in STORIES}).combine_chunks().cast(STORIES)


def _codes(column: pa.ChunkedArray) -> Array:
    """Equal texts as equal numbers from 0 on."""
    encoded = pc.fill_null(column, "").combine_chunks().dictionary_encode()
    codes: Array = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return codes


def _different(groups: Array, members: Array, count: int = 0) -> Array:
    """How many different members each group has."""
    width = int(members.max(initial=0)) + 1
    return np.bincount(np.unique(groups * width + members) // width, minlength=count)


def _independent(facts: pa.Table, rows: pa.Table) -> Array:
    """Which articles are a newsroom's own account."""
    asked = pa.table([facts["publisher_type"], facts["source_type"], facts["tier"], rows["story_role"], rows["event_role"]],
                     names=["publisher_type", "source_type", "tier", "story_role", "event_role"])  # fmt: skip
    codes = np.zeros(len(asked), dtype=np.int64)
    for column in asked.columns:
        own = _codes(column)
        codes = codes * (int(own.max(initial=0)) + 1) + own
    _, firsts, which = np.unique(codes, return_index=True, return_inverse=True)
    told = [
        independent(
            publisher_type=str(row["publisher_type"]),
            source_type=str(row["source_type"]),
            tier=str(row["tier"]),
            is_copy=row["story_role"] != "origin",
            is_rewrite=row["event_role"] == "rewrite",
        )
        for row in asked.take(pa.array(firsts)).to_pylist()
    ]
    return np.array(told, dtype=bool)[which]


@dataclass(frozen=True, slots=True)
class _Rows:
    """A desk over rows that are held."""

    rows: Sequence[Row]
    common: frozenset[str]

    def sight(self, places: Places) -> Sight:
        rows = [self.rows[place] for place in places]
        prints = prints_of(self.told(places), [row["dated_at"] for row in rows], self.common)
        return Sight.of(({name: row.get(name) for name in ACTORS} for row in rows), np.arange(len(places)), prints)

    def told(self, places: Places) -> Sequence[Told]:
        some = (self.rows[place] for place in places)
        return [Told(str(row["title"] or ""), str(row["text"] or ""), str(row["text_sha256"])) for row in some]


def place(
    articles: Iterable[Row],
    known: Iterable[Row],
    common: frozenset[str] = frozenset(),
    *,
    window_days: int,
    jaccard: float,
    containment: float,
) -> list[dict[str, object]]:
    """``placed_table`` of rows that are held: FACTS of all, WORDING of those that are compared."""
    rows = dict(sorted((str(row["key"]), row) for row in articles))
    shape = pa.schema([ARTICLES.field(name) for name in FACTS])
    facts = pa.Table.from_pylist([{name: row[name] for name in FACTS} for row in rows.values()], shape)
    held = pa.Table.from_pylist([*known], pa.schema([STORIES.field(name) for name in PLACED]))
    desk = _Rows([*rows.values()], common)
    return placed_table(facts, held, desk, Rules(window_days, jaccard, containment)).to_pylist()  # type: ignore[no-any-return]


def sizes(rows: Iterable[Row]) -> dict[str, int]:
    """``numbers_of`` of rows that are held."""
    return numbers_of(pa.Table.from_pylist([*rows], STORIES))


def numbers_of(placed: pa.Table) -> dict[str, int]:
    """How many stories, copies and events there are."""
    stories, events = (len(pc.unique(placed[name])) for name in ("story_id", "event_id"))
    return {"stories": stories, "copies": len(placed) - stories, "events": events}


def common_stems(text: str) -> frozenset[str]:
    """The words of ``config/common_stems.txt``, a line each; lines that begin with # are comments."""
    return frozenset(word for line in text.splitlines() if (word := line.strip().lower()) and not word.startswith("#"))
