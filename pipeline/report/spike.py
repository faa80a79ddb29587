"""Is today's number of negative independent stories a spike? A count model of the past 14 days, with a stated false-alarm rate.

Model. A day's stories are a negative binomial count: the level of the past days, with as much more scatter than Poisson as
they show, and never less than ``LEAST_SCATTER`` (the days of a week differ, and one event brings several stories). The level
itself is uncertain, which widens the range. One question a day: today's count so far only grows, so it crosses the bar at
most once, and calling an ordinary day a spike has at most the stated chance where the model holds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

DAYS = 14  # Source: the trade's habit of holding a day against the fortnight before it
LEAST_DAYS = 7  # watched days of the past below which nothing is said
LEAST_SCATTER = 0.1  # variance beyond Poisson as a share of the squared mean; chosen by benchmarks/alerts.py


@dataclass(frozen=True, slots=True)
class Spike:
    """Today's count against the past: ``usual`` is the highest count that is no spike, ``mean`` a day's average."""

    day: date
    seen: int
    mean: float
    usual: int
    days: int  # watched days of the past that this rests on


def spike_of(counts: Mapping[date, int], today: date, *, least: int, false_alarm: float) -> Spike | None:
    """A spike of ``today``, or None. ``counts``: stories by day of the days that were watched; a missing day was not.

    A spike needs ``least`` stories or more and a probability below ``false_alarm`` on an ordinary day.
    """
    past = [counts[day] for day in (today - timedelta(days=back) for back in range(1, DAYS + 1)) if day in counts]
    seen = counts.get(today, 0)
    if len(past) < LEAST_DAYS or seen < least:
        return None
    usual = max(bar(past, false_alarm), least - 1)
    return Spike(today, seen, sum(past) / len(past), usual, len(past)) if seen > usual else None


def bar(past: list[int], false_alarm: float) -> int:
    """The smallest count that an ordinary day exceeds with a probability below ``false_alarm``."""
    days = len(past)
    mean = (sum(past) + 0.5) / days  # half a story: fourteen empty days do not make the next story impossible
    variance = sum((count - mean) ** 2 for count in past) / (days - 1)
    scatter = max(LEAST_SCATTER, (variance - mean) / mean**2)
    spread = (mean + scatter * mean**2) * (1 + 1 / days)  # the last term: the level is known from so many days only
    size = mean**2 / (spread - mean)
    chance = size / (size + mean)
    below, count = 0.0, 0
    while True:
        log = math.lgamma(count + size) - math.lgamma(size) - math.lgamma(count + 1)
        below += math.exp(log + size * math.log(chance) + count * math.log1p(-chance))
        if 1 - below < false_alarm:
            return count
        count += 1
