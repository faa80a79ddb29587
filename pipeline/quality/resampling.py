"""Intervals: whole stories drawn with replacement, and the closed forms for a share. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Weights: TypeAlias = NDArray[np.float64]

Interval: TypeAlias = tuple[float, float]

RESAMPLES = 1000  # the ends of an interval are then stable to about .002
SEED = 20261126
Z95 = 1.959964  # the normal's 97.5 % point


def bootstrap(stories: Sequence[str], figures: Callable[[Weights], Mapping[str, float]]) -> dict[str, Interval]:
    """Name → 95 % percentile interval of each figure. ``figures`` takes how often each answer counts, in the answers' order.

    Whole stories are drawn (``stories``: the story of each answer), so that copies do not pretend to be evidence. A figure that
    does not exist in a drawing (nan: its class was not drawn) is left out of that drawing.
    """
    import numpy as np

    number = {name: index for index, name in enumerate(dict.fromkeys(stories))}
    place = np.array([number[name] for name in stories])
    generator = np.random.default_rng(SEED)
    drawn = generator.multinomial(len(number), np.full(len(number), 1 / len(number)), size=RESAMPLES)
    found: dict[str, list[float]] = {}
    for counts in drawn:
        for name, value in figures(counts[place].astype(float)).items():
            if not math.isnan(value):
                found.setdefault(name, []).append(value)
    return {name: tuple_of(np.percentile(values, [2.5, 97.5])) for name, values in found.items()}


def tuple_of(ends: NDArray[np.float64]) -> Interval:
    """The two ends as plain numbers."""
    return float(ends[0]), float(ends[1])


def wilson(hits: int, n: int) -> Interval:
    """95 % interval of the share ``hits`` of ``n`` (Wilson 1927); at none or all the rule of three, 3/n, gives the far end."""
    if n == 0:
        return 0.0, 1.0
    if hits == 0:
        return 0.0, min(1.0, 3 / n)
    if hits == n:
        return max(0.0, 1 - 3 / n), 1.0
    share, square = hits / n, Z95**2
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = Z95 * math.sqrt(share * (1 - share) / n + square / (4 * n * n)) / (1 + square / n)
    return max(0.0, middle - half), min(1.0, middle + half)
