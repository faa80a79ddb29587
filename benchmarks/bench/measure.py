"""Two ways timed in turn, round by round, so that what else the machine does falls on both; ratios with their quartiles."""

from __future__ import annotations

import gc
import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass


class CannotMeasureError(Exception):
    """A claim lacks what it needs; the message says what to give."""


Side = Callable[[], float]
"""Does its work once and returns the seconds that the work took; what it makes ready before is not counted."""


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of several measurements between their quartiles."""

    low: float
    middle: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Of at least one value. Raises ``ValueError`` for none."""
        if not values:
            raise ValueError("nothing was measured; give at least one round")
        if len(values) == 1:
            return cls(values[0], values[0], values[0])
        low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
        return cls(low, middle, high)

    def times(self, factor: float) -> Spread:
        """All three in another unit; ``factor`` is positive."""
        return Spread(self.low * factor, self.middle * factor, self.high * factor)


@dataclass(frozen=True, slots=True)
class Race:
    """Seconds of both sides, a pair a round."""

    ours: tuple[float, ...]
    theirs: tuple[float, ...]

    @property
    def ratio(self) -> Spread:
        """How many times as long theirs took, of each round."""
        return Spread.of([their / our for our, their in zip(self.ours, self.theirs, strict=True)])


def race(ours: Side, theirs: Side, rounds: int) -> Race:
    """Both sides once for warmth, then ``rounds`` times in turn; every other round theirs goes first."""
    ours(), theirs()
    found: dict[bool, list[float]] = {True: [], False: []}
    for number in range(rounds):
        for first in (number % 2 == 0, number % 2 == 1):
            gc.collect()
            found[first].append(ours() if first else theirs())
    return Race(tuple(found[True]), tuple(found[False]))


def each(seconds: Sequence[float], count: int) -> Spread:
    """Milliseconds for one of ``count`` things, of rounds that took ``seconds``."""
    return Spread.of([1000 * one / count for one in seconds])


def timed(work: Callable[[], object]) -> Side:
    """A side whose seconds are this process's own processor time, of all its threads: others' work does not count."""

    def once() -> float:
        started = time.process_time()
        work()
        return time.process_time() - started

    return once


def by_the_clock(work: Callable[[], object]) -> Side:
    """A side whose seconds are those of the clock: for work of several processes, and for waiting on the disk."""

    def once() -> float:
        started = time.perf_counter()
        work()
        return time.perf_counter() - started

    return once


@contextmanager
def one_core() -> Iterator[None]:
    """This process and those it starts on one core, where the system can do that (Linux); Arrow with one thread."""
    import pyarrow as pa

    before = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
    threads = pa.cpu_count()
    pa.set_cpu_count(1)
    try:
        if before:
            os.sched_setaffinity(0, {max(before)})
        yield
    finally:
        pa.set_cpu_count(threads)
        if before:
            os.sched_setaffinity(0, before)


def memory_peak() -> float:
    """The most memory that this process held so far, in bytes (Linux; 0 elsewhere)."""
    import resource
    import sys

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1024.0 if sys.platform == "linux" else 0.0)
