"""How often the coverage model cries wolf, and how soon it notices an outage, on simulated sources.

    .venv/bin/python -m benchmarks.coverage [--sources 400] [--days 60] [--seed 1]

Each source has a rate (0.1 to 300 entries a day, evenly on a log scale), a weekly rhythm (none, quiet weekends, weekdays only)
and a scatter (Poisson; days scattered on their own; busy days that come in rows). It is watched for eight weeks and then asked
for a verdict once a day, at midnight and at ten in the morning, over 24 hours and over 7 days. An outage is a feed that answers
but shows nothing new (all lost), or half of what it had (half lost).
"""

from __future__ import annotations

import argparse
import math
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from pipeline.dates import JAKARTA
from pipeline.fetch.coverage import WEEKS, verdict

START = date(2026, 1, 5)  # a Monday
WEEKS_BEFORE = WEEKS * 7
RHYTHMS = ((1.0,) * 7, (1.15, 1.15, 1.15, 1.15, 1.15, 0.7, 0.55), (1.4, 1.4, 1.4, 1.4, 1.4, 0.0, 0.0))
SCATTERS = ("poisson", "alone", "rows")
BANDS = ((0.1, 0.5), (0.5, 2.0), (2.0, 10.0), (10.0, 50.0), (50.0, 300.0))


@dataclass(frozen=True, slots=True)
class Simulated:
    """A source's entries by day, from ``START`` on."""

    rate: float
    rhythm: int
    scatter: str
    counts: tuple[int, ...]


def main(arguments: Sequence[str] | None = None) -> None:
    """Simulate, and print both tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coverage", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sources", type=int, default=400)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    sources = list(simulate(options.sources, WEEKS_BEFORE + options.days, options.seed))
    print(f"{options.sources} healthy sources, {options.days} days: verdicts a day over all of them\n")
    print("| window | low | silent | high | new alarms a day |\n|---|---|---|---|---|")
    for days in (1, 7):
        words, fresh = false_alarms(sources, days)
        row = " | ".join(f"{words[word] / options.days:.2f}" for word in ("low", "silent", "high"))
        print(f"| {days * 24} h | {row} | {fresh / options.days:.2f} |")
    print("\ndays until an outage is noticed (any window): median, nine in ten, not within 28 days\n")
    print("| entries a day | sources | all lost | half lost |\n|---|---|---|---|")
    for low, high in BANDS:
        held = [one for one in sources if low <= one.rate < high]
        print(f"| {low:g} to {high:g} | {len(held)} | {_delays(held, 0.0, options.seed)} | {_delays(held, 0.5, options.seed)} |")


def simulate(sources: int, days: int, seed: int) -> Iterator[Simulated]:
    """Sources whose rates lie evenly on a log scale between 0.1 and 300 a day."""
    rnd = random.Random(seed)  # noqa: S311 - a simulation
    for number in range(sources):
        rate = 0.1 * 3000 ** ((number + 0.5) / sources)
        rhythm, scatter = rnd.randrange(len(RHYTHMS)), rnd.choice(SCATTERS)
        spread = rnd.uniform(0.05, 0.6)
        counts, mood = [], rnd.gauss(0, 1)
        for day in range(days):
            # "rows": a log-normal mood with a memory of about a week; "alone": the same without memory.
            memory = 0.85 if scatter == "rows" else 0.0
            mood = memory * mood + math.sqrt(1 - memory**2) * rnd.gauss(0, 1)
            factor = 1.0 if scatter == "poisson" else math.exp(spread * mood - spread**2 / 2)
            counts.append(poisson(rate * RHYTHMS[rhythm][day % 7] * factor, rnd))
        yield Simulated(rate, rhythm, scatter, tuple(counts))


def poisson(mean: float, rnd: random.Random) -> int:
    """One Poisson number, by adding up waiting times."""
    total, count = rnd.expovariate(1.0), 0
    while total < mean:
        total += rnd.expovariate(1.0)
        count += 1
    return count


def word_of(counts: Sequence[int], days: int) -> str:
    """The verdict at the midnight after the last of ``counts``."""
    known = {START + timedelta(days=number): count for number, count in enumerate(counts)}
    now = datetime.combine(START + timedelta(days=len(counts)), time(), JAKARTA)
    known[now.date()] = 0
    return verdict(known, sum(counts[-days:]), now, days).word


def false_alarms(sources: Sequence[Simulated], days: int) -> tuple[Counter[str], int]:
    """Verdicts over all sources and days after the first eight weeks, and how many low or silent ones did not follow another."""
    words: Counter[str] = Counter()
    fresh = 0
    for one in sources:
        before = "ok"
        for end in range(WEEKS_BEFORE + 1, len(one.counts) + 1):
            word = word_of(one.counts[:end], days)
            words[word] += 1
            fresh += word in ("low", "silent") and before not in ("low", "silent")
            before = word
    return words, fresh


def noticed_after(one: Simulated, kept: float, rnd: random.Random, most: int = 28) -> int:
    """Days from an outage's begin, eight weeks after the start, to the first alarm of either window; ``most`` + 1 for never."""
    counts = list(one.counts[: WEEKS_BEFORE + most])
    for day in range(WEEKS_BEFORE, len(counts)):
        counts[day] = sum(rnd.random() < kept for _ in range(counts[day]))
        if any(word_of(counts[: day + 1], days) in ("low", "silent") for days in (1, 7)):
            return day - WEEKS_BEFORE + 1
    return most + 1


def _delays(sources: Sequence[Simulated], kept: float, seed: int) -> str:
    rnd = random.Random(seed)  # noqa: S311 - a simulation
    found = sorted(noticed_after(one, kept, rnd) for one in sources)
    if not found:
        return "-"
    missed = sum(days > 28 for days in found)
    told = [str(days) if days <= 28 else "> 28" for days in (found[len(found) // 2], found[int(len(found) * 0.9)])]
    return f"{told[0]}, {told[1]}, {missed}"


if __name__ == "__main__":
    main()
