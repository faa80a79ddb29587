"""Alerts on invented histories: how many a day, how many missed or doubled, and how often an ordinary day is called a spike.

    python -m benchmarks.alerts

News are drawn from a fixed seed, with what real coverage does to an alarm: releases and their copies, several newsrooms to an
event, follow-ups that grouping did or did not recognise (docs/stories.md: recall .81), earlier articles that turn up late and
give their event another id, old articles that are found late. Alerts are decided every half hour, as after each run.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd

from pipeline.report import spike
from pipeline.report.alerts import INCIDENTS, NEGATIVE, Rules, Told, findings
from pipeline.report.rows import Row, read_rows

DAYS = 60
NIGHTS = 20_000  # days for the false alarms of the spike
BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
RULES = Rules(timedelta(hours=48), 0.7)
RECOGNISED = 0.81
CODES = [*INCIDENTS, NEGATIVE, NEGATIVE, NEGATIVE]


@dataclass(frozen=True, slots=True)
class Item:
    """An article, when it came in, and the event that it truly tells of."""

    row: Row
    seen: datetime
    truth: int


def main() -> None:
    """Print both tables."""
    print("events a day | alerts a day | events missed | alerts doubled | of them marked as continuation")
    for level in (1, 3, 8):
        print(_told(level, random.Random(level)))  # noqa: S311 - a simulation
    print("\nspike: false alarms a day of the stated 0.01; days found that bring so many times the usual")
    print("a day | Poisson | weekdays differ | several stories an event | found: 2 times | 3 times | 4 times")
    for level in (1, 3, 8, 20):
        print(_spikes(level, random.Random(level)))  # noqa: S311 - a simulation


def _told(level: float, draw: random.Random) -> str:
    articles = {one["key"]: one for one in _history(level, draw)}
    rows = _rows(list(articles.values()))
    items = sorted((Item(row, articles[row.key]["seen"], articles[row.key]["truth"]) for row in rows), key=lambda one: one.seen)
    truth = {item.row.key: item.truth for item in items}
    told: list[Told] = []
    marked = 0
    held: list[Row] = []
    waiting = iter([*items, None])
    following = next(waiting)
    now = BEGIN
    while following is not None:
        now += timedelta(minutes=30)
        fresh = False
        while following is not None and following.seen <= now:
            held, fresh, following = [*held, following.row], True, next(waiting)
        if fresh:
            held = [row for row in _named(held) if row.at and row.at > now - timedelta(days=30)]
            for one in findings(held, told, now, RULES):
                told.append(Told(one.id, one.event, one.key, one.reasons, now))
                marked += bool(one.follows)
    alerted = Counter(truth[one.key] for one in told)
    worth = {item.truth for item in items if not item.row.is_copy and item.seen - (item.row.at or now) < RULES.max_age}
    doubled = sum(count - 1 for count in alerted.values())
    missed = len(worth - alerted.keys())
    return f"{level:12} | {len(told) / DAYS:12.2f} | {missed:6} of {len(worth):3} | {doubled:7} of {len(told):3} | {marked:6}"


def _named(rows: list[Row]) -> list[Row]:
    """Events are called by their earliest article that is held: the id changes when an earlier one turns up."""
    first: dict[str, Row] = {}
    for row in sorted(rows, key=lambda row: row.order):
        first.setdefault(row.origin, row)
    return [replace(row, event_id=first[row.origin].key) for row in rows]


def _history(level: float, draw: random.Random) -> Iterator[dict[str, Any]]:
    """``origin`` carries the event as grouping recognises it."""
    number = 0
    for day in range(DAYS):
        for _ in range(_poisson(level, draw)):
            number += 1
            code, start = draw.choice(CODES), BEGIN + timedelta(days=day, hours=24 * draw.random())
            unit = f"Lapas {draw.randrange(200)}"
            for article in range(1 + _poisson(3, draw)):
                lag = timedelta(hours=36 * draw.random() ** 2) if article else timedelta(0)
                group = f"e{number}-{article}" if article and draw.random() > RECOGNISED else f"e{number}"
                late = draw.random()
                delay = timedelta(days=4) if late < 0.03 else timedelta(hours=5) if late < 0.15 else timedelta(minutes=40)
                copy = bool(article) and draw.random() < 0.4
                key = f"k{number}-{article}"
                story = {"story_id": group if copy else key, "story_role": "reprint" if copy else "origin"}
                incidents = [] if code == NEGATIVE else [code]
                found = {"key": key, "dated_at": start + lag, "incidents": incidents, "unit_primary": unit, **story}
                yield {**found, "story_origin": group, "event_id": group, "seen": start + lag + delay, "truth": number}


def _rows(articles: Sequence[Mapping[str, object]]) -> list[Row]:
    common = {"relevance": "corrections", "tone": "negative", "tone_negative": 0.9, "tier": "T2", "outlet": "Kabar"}
    common |= {"publisher_type": "newsroom", "source_type": "report", "date_status": "ok"}
    return read_rows(pd.DataFrame([common | article for article in articles]))


def _spikes(level: float, draw: random.Random) -> str:
    week = (1.2, 1.2, 1.2, 1.2, 1.1, 0.6, 0.5)
    ways: tuple[Callable[[int], int], ...] = (
        lambda _: _poisson(level, draw),
        lambda day: _poisson(level * week[day % 7], draw),
        lambda _: sum(_geometric(draw) for _ in range(_poisson(level / 2, draw))),
    )
    false = [_false_alarms([way(day) for day in range(NIGHTS // 10)]) for way in ways]
    found = []
    for times in (2, 3, 4):
        pasts = [[_poisson(level, draw) for _ in range(spike.DAYS)] for _ in range(400)]
        found.append(sum(_poisson(level * times, draw) > max(4, spike.bar(past, 0.01)) for past in pasts) / len(pasts))
    return f"{level:5} | " + " | ".join([*(f"{one:.4f}" for one in false), *(f"{one:.2f}" for one in found)])


def _false_alarms(counts: list[int]) -> float:
    judged = range(spike.DAYS, len(counts))
    return sum(counts[day] >= 5 and counts[day] > spike.bar(counts[day - spike.DAYS : day], 0.01) for day in judged) / len(judged)


def _poisson(mean: float, draw: random.Random) -> int:
    """Arrivals within one unit of time."""
    count, left = 0, draw.expovariate(mean)
    while left < 1:
        count, left = count + 1, left + draw.expovariate(mean)
    return count


def _geometric(draw: random.Random) -> int:
    """Stories of one event: 1, 2, … with mean 2."""
    count = 1
    while draw.random() < 0.5:
        count += 1
    return count


if __name__ == "__main__":
    main()
