"""What the schedule loses and what it costs, on simulated feeds: entries lost, polls a day, and the fewest that would do.

    .venv/bin/python -m benchmarks.polling [--days 28] [--seed 1]

A feed shows its newest N entries; one is published every X minutes on average (Poisson), evenly or by the hours and weekdays of
a newsroom. Runs come every 15 minutes; "anyway" is what is lost even by asking at each of them. The first four days, in which
the schedule learns, are told apart. "At least" is the number of polls of one who knows the future, loses nothing more than
that and never waits longer than the ceiling.
"""

from __future__ import annotations

import argparse
import random
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from pipeline.fetch.schedule import Polled, Standing, after, due
from pipeline.settings import Polling

START = datetime(2026, 11, 1, 17, tzinfo=UTC)  # a Monday's midnight in Jakarta
TICK = 900
LEARNING = 4  # days
# Weights of the hours and weekdays, Monday first: own assumption of a newsroom's day.
HOURS = (15, 10, 10, 10, 15, 40, 80, 110, 140, 160, 180, 180, 160, 160, 170, 170, 160, 150, 130, 120, 110, 90, 60, 30)
WEEKDAYS = (1.1, 1.1, 1.1, 1.1, 1.1, 0.8, 0.7)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one feed. ``polls`` and ``fewest`` are a day's, after the days of learning."""

    published: int
    lost_learning: int
    lost: int
    unavoidable: int  # of them, those that asking at every run loses too
    gaps: int  # answers after which a gap was suspected
    unseen: int  # entries lost without that
    polls: float
    fewest: float
    interval: float  # median, minutes


def main(arguments: Sequence[str] | None = None) -> None:
    """Simulate, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.polling", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--days", type=int, default=28)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    heads = "one entry every,list,hours,published,lost at first,lost,anyway,gaps told,polls a day,at least,interval".split(",")
    print(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
    for minutes in (0.5, 1, 3, 10, 30, 120, 1440):
        for size in (10, 20, 50, 100):
            for rhythm in (False, True):
                one = simulate(published(minutes, options.days, options.seed, rhythm=rhythm), size, options.days, options.seed)
                hours = "a newsroom" if rhythm else "even"
                row = (f"{minutes:g} min", size, hours, one.published, one.lost_learning, one.lost, one.unavoidable, one.gaps)
                print("|", *(f"{cell} |" for cell in row), f"{one.polls:.0f} | {one.fewest:.0f} | {one.interval:.0f} min |")


def published(minutes: float, days: int, seed: int, *, rhythm: bool) -> list[float]:
    """Seconds after ``START`` of each publication, in order."""
    rnd = random.Random(seed)  # noqa: S311 - a simulation
    peak = max(HOURS) / (sum(HOURS) / 24) * max(WEEKDAYS) if rhythm else 1.0
    times: list[float] = []
    at = rnd.expovariate(peak / (minutes * 60))
    while at < days * 86400:
        now = HOURS[int(at // 3600) % 24] / (sum(HOURS) / 24) * WEEKDAYS[int(at // 86400) % 7] if rhythm else 1.0
        if rnd.random() < now / peak:
            times.append(at)
        at += rnd.expovariate(peak / (minutes * 60))
    return times


def simulate(times: Sequence[float], size: int, days: int, seed: int, rules: Polling | None = None) -> Outcome:
    """Poll a feed of ``size`` entries, published at ``times``, by the schedule."""
    rules = rules or Polling()
    rnd = random.Random(seed)  # noqa: S311 - a simulation
    standing, read, polls, gaps, unseen = Standing("x"), 0, 0, 0, 0
    lost = {False: 0, True: 0}
    intervals = []
    for tick in range(0, days * 86400, TICK):
        now = START + timedelta(seconds=tick)
        if not due(standing, now):
            continue
        count = bisect_right(times, tick)
        new = count - read if standing.polls else size
        polled = Polled("ok", entries=size, new=min(size, new)) if new else Polled("unchanged")
        missed = max(0, new - size)
        standing, read = after(standing, polled, now, rules, rnd.random()), count
        learned = tick >= LEARNING * 86400
        lost[tick > LEARNING * 86400] += missed
        unseen += 0 if standing.gap_suspected else missed
        polls += learned
        gaps += standing.gap_suspected
        intervals += [standing.interval / 60] * learned
    rest = [at - LEARNING * 86400 for at in times if at >= LEARNING * 86400]
    watched = days - LEARNING
    fewest = fewest_polls(rest, size, watched, rules.ceiling_hours * 3600)
    middle = sorted(intervals)[len(intervals) // 2]
    return Outcome(
        len(times),
        lost[False],
        lost[True],
        _lost_anyway(rest, size, watched),
        gaps,
        unseen,
        polls / watched,
        fewest / watched,
        middle,
    )


def _lost_anyway(times: Sequence[float], size: int, days: int) -> int:
    reads = [bisect_right(times, tick) for tick in range(0, days * 86400, TICK)]
    return sum(max(0, later - read - size) for read, later in pairwise(reads))


def fewest_polls(times: Sequence[float], size: int, days: int, ceiling: float) -> int:
    """Polls of one who knows ``times``: as late as loses nothing, and never ``ceiling`` seconds apart."""
    polls, read, last = 0, 0, 0
    for tick in range(TICK, days * 86400 + 1, TICK):
        if bisect_right(times, tick + TICK) - read > size or tick + TICK - last > ceiling:
            polls, read, last = polls + 1, bisect_right(times, tick), tick
    return polls


if __name__ == "__main__":
    main()
