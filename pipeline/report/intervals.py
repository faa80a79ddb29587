"""How far a figure may be off by chance alone, and so how much of a change against the span before means anything.

A week is taken as a draw: stories come as a Poisson count, each with as many copies as it has. Copies of one text are no
separate chances, so that n articles are worth n² / (sum of squared story sizes) of them (Kish, Survey Sampling, 1965).
Counts: Byar's approximation of the exact Poisson limits (Breslow and Day, Statistical Methods in Cancer Research II, 1987),
scaled by the mean size that this worth implies. Shares: Wilson's interval on that worth (JASA 22, 1927). The difference of two
independent figures: from both intervals by square-and-add (Zou and Donner, Statistics in Medicine 27, 2008; Newcombe's method for
shares). None of it knows of the judge's own errors, nor of articles that were not collected.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TypeAlias

Interval: TypeAlias = tuple[float, float]

Z = 1.959964  # of 95 percent


def worth(sizes: Iterable[int]) -> float:
    """How many independent articles stories of these sizes are worth; 0 for none."""
    held = list(sizes)
    return sum(held) ** 2 / sum(size * size for size in held) if held else 0.0


def of_count(count: int, independent: float) -> Interval:
    """95 % limits of a count that is worth ``independent`` chances."""
    scale = count / independent if independent else 1.0
    low = independent * (1 - 1 / (9 * independent) - Z / (3 * math.sqrt(independent))) ** 3 if independent else 0.0
    more = independent + 1
    high = more * (1 - 1 / (9 * more) + Z / (3 * math.sqrt(more))) ** 3
    return scale * max(0.0, low), scale * high


def of_share(part: int, whole: int, independent: float) -> Interval:
    """95 % limits, from 0 to 1, of ``part`` in ``whole`` (above 0) articles that are worth ``independent`` ones."""
    share, n = part / whole, min(independent, whole)
    centre = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    reach = Z / (1 + Z * Z / n) * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    return max(0.0, centre - reach), min(1.0, centre + reach)


def of_balance(up: int, down: int, whole: int, independent: float) -> Interval:
    """95 % limits, from -1 to 1, of (``up`` - ``down``) / ``whole`` (above 0): the variance of a multinomial's difference."""
    n = min(independent, whole)
    # Half an article on each side keeps the interval open where all articles are alike (Agresti and Min, 2005).
    p, q = (up + 0.5) / (whole + 1), (down + 0.5) / (whole + 1)
    reach = Z * math.sqrt(max(0.0, p + q - (p - q) ** 2) / n)
    value = (up - down) / whole
    return max(-1.0, value - reach), min(1.0, value + reach)


def of_difference(now: float, limits: Interval, before: float, limits_before: Interval) -> Interval:
    """95 % limits of ``now`` - ``before`` from each one's own limits."""
    difference = now - before
    low = math.hypot(now - limits[0], limits_before[1] - before)
    high = math.hypot(limits[1] - now, before - limits_before[0])
    return difference - low, difference + high
