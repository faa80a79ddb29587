"""A run's articles placed among the stories and events of the window; history stays as it was placed. Pure: rows to rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from pipeline.independence import independent
from pipeline.records import Event, PublisherType, Story
from pipeline.stories.copies import Text, group
from pipeline.stories.events import Account, group_events
from pipeline.stories.wording import Scene

Row = Mapping[str, Any]
# What placing reads of every article (``store/schema.py``), and what of those that are compared besides.
FACTS = ("key", "dated_at", "publisher_type", "outlet", "tier", "source_type")
WORDING = ("title", "text", "text_sha256", "foreign_dateline", "unit_primary", "units", "programme_primary")
# What it reads of the rows of STORIES that stand.
PLACED = (
    "key", "story_id", "story_origin", "story_role", "story_similarity", "story_reason", "story_merged_from", "event_id",
    "event_role", "event_score", "event_reason",
)  # fmt: skip


def compared(articles: Iterable[Row], known: Iterable[Row], window_days: int) -> frozenset[str]:
    """Keys of the articles that placing compares: those within the window of a new one, and the rest of their stories.

    A story is told anew as a whole: without its origin, a reprint of it would pass for an origin itself.
    """
    story = {str(row["key"]): str(row["story_id"]) for row in known}
    times = {str(row["key"]): row["dated_at"] for row in articles}
    new = [at for key, at in times.items() if key not in story]
    if not new:
        return frozenset()
    start, end = min(new) - timedelta(days=window_days), max(new) + timedelta(days=window_days)
    near = {key for key, at in times.items() if start <= at <= end}
    touched = {story[key] for key in near if key in story}
    return frozenset(near | {key for key in times if story.get(key) in touched})


def place(
    articles: Iterable[Row],
    known: Iterable[Row],
    common: frozenset[str] = frozenset(),
    *,
    window_days: int,
    jaccard: float,
    containment: float,
) -> list[dict[str, object]]:
    """The rows of STORIES for ``articles``; those that ``known`` holds keep their story and event.

    Only what lies within the window of a new article is compared with it (``compared``: the others need no ``WORDING``), so that
    a run costs what is new and not what was.
    ``common``: words that tell no event from another. A row whose article is gone (forgotten, or called irrelevant) is left out.
    """
    rows = {str(row["key"]): row for row in articles}
    before = {str(row["key"]): row for row in known if row["key"] in rows}
    near = compared(rows.values(), before.values(), window_days)
    texts = [_text(row, before.get(key)) for key, row in rows.items() if key in near]
    told = {story.key: story for story in group(texts, window_days=window_days, jaccard=jaccard, containment=containment)}
    stories = {key: told[key] if key in told else _story(before[key]) for key in rows}
    _carry_merges(stories, told)
    events = _events(rows, stories, before, told, common)
    return _rows(rows, stories, events)


def _text(row: Row, before: Row | None) -> Text:
    # Where no text is kept, only equal texts can be told as copies.
    return Text(
        str(row["key"]),
        str(row["text"] or row["text_sha256"]),
        row["dated_at"],
        PublisherType(row["publisher_type"]),
        bool(row.get("foreign_dateline")),
        _scene(row),
        _story(before) if before else None,
    )


def _scene(row: Row) -> Scene:
    return Scene.of(str(row["unit_primary"] or ""), map(str, row["units"] or ()))


def _story(row: Row) -> Story:
    return Story(
        str(row["key"]), str(row["story_id"]), str(row["story_origin"]), str(row["story_role"]), float(row["story_similarity"]),
        str(row["story_reason"]), str(row["story_merged_from"] or ""),
    )  # fmt: skip


def _carry_merges(stories: dict[str, Story], told: Mapping[str, Story]) -> None:
    """A story that was joined to another takes along its members that lie outside the window."""
    joined = {story.merged_from: story for story in told.values() if story.merged_from}
    for key, story in stories.items():
        if key not in told and story.story_id in joined:
            into = joined[story.story_id]
            stories[key] = replace(story, story_id=into.story_id, origin=into.origin, role="reprint", merged_from=story.story_id)


def _events(
    rows: Mapping[str, Row],
    stories: Mapping[str, Story],
    before: Mapping[str, Row],
    told: Mapping[str, Story],
    common: frozenset[str],
) -> dict[str, Event]:
    """Story → its event. Stories of the window are compared, the others keep what they have."""
    placed: dict[str, Event] = {}
    for key, row in before.items():
        if stories[key].story_id == row["story_id"] and row["event_id"]:
            placed[str(row["story_id"])] = Event(
                str(row["story_id"]),
                str(row["event_id"]),
                str(row["event_role"]),
                float(row["event_score"]),
                str(row["event_reason"]),
            )
    origins = {story.story_id: story.origin for story in told.values()}
    accounts = [_account(rows[origin], name, placed.get(name), common) for name, origin in origins.items()]
    found = {event.story_id: event for event in group_events(accounts)}
    return placed | found


def _account(row: Row, story_id: str, placed: Event | None, common: frozenset[str]) -> Account:
    return Account(
        story_id=story_id,
        at=row["dated_at"],
        title=str(row["title"] or ""),
        text=str(row["text"] or ""),
        scene=_scene(row),
        programme=str(row["programme_primary"] or ""),
        release=row["source_type"] == "press_release" or row["publisher_type"] == PublisherType.OWN.value,
        common=common,
        placed=placed,
    )


def _rows(rows: Mapping[str, Row], stories: Mapping[str, Story], events: Mapping[str, Event]) -> list[dict[str, object]]:
    """STORIES rows with the three counts: articles, stories, and newsrooms that wrote of it themselves."""
    articles: Counter[str] = Counter(story.story_id for story in stories.values())
    outlets: dict[str, set[str]] = defaultdict(set)
    newsrooms: dict[str, set[str]] = defaultdict(set)
    of_event: dict[str, set[str]] = defaultdict(set)
    in_event: Counter[str] = Counter()
    for key, story in stories.items():
        event = events[story.story_id]
        outlets[story.story_id].add(str(rows[key]["outlet"]))
        of_event[event.event_id].add(story.story_id)
        in_event[event.event_id] += 1
        if independent(
            publisher_type=str(rows[key]["publisher_type"]),
            source_type=str(rows[key]["source_type"]),
            tier=str(rows[key]["tier"]),
            is_copy=story.role != "origin",
            is_rewrite=event.role == "rewrite",
        ):
            newsrooms[event.event_id].add(str(rows[key]["outlet"]))
    placed = []
    for key, story in sorted(stories.items()):
        event = events[story.story_id]
        placed.append(
            {
                "key": key,
                "story_id": story.story_id,
                "story_origin": story.origin,
                "story_role": story.role,
                "story_similarity": story.similarity,
                "story_reason": story.reason,
                "story_merged_from": story.merged_from,
                "story_articles": articles[story.story_id],
                "story_outlets": len(outlets[story.story_id]),
                "event_id": event.event_id,
                "event_role": event.role,
                "event_score": event.score,
                "event_reason": event.reason,
                "event_articles": in_event[event.event_id],
                "event_stories": len(of_event[event.event_id]),
                "event_newsrooms": len(newsrooms[event.event_id]),
            }
        )
    return placed


def sizes(rows: Sequence[Row]) -> dict[str, int]:
    """How many stories, copies and events there are."""
    stories = {row["story_id"] for row in rows}
    return {"stories": len(stories), "copies": len(rows) - len(stories), "events": len({row["event_id"] for row in rows})}


def common_stems(text: str) -> frozenset[str]:
    """The words of ``config/common_stems.txt``, a line each; lines that begin with # are comments."""
    return frozenset(word for line in text.splitlines() if (word := line.strip().lower()) and not word.startswith("#"))
