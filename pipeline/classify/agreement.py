"""How well two or more readers agree: Krippendorff's nominal alpha, overlap of label sets, bootstrap intervals. Pure.

Formula: K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), section C: nominal data, any number of readers.
alpha = 1 - (n - 1) * sum(o_ck, c != k) / sum(n_c * n_k, c != k). Every ordered pair of values within a unit of m readings adds
1 / (m - 1) to the coincidence o_ck; n_c is how often the value c was given in such units, n the sum of all n_c.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Sequence
from typing import TypeVar

Unit = TypeVar("Unit")
# What the readers say of one text, None where a reader says nothing or the field does not apply.
Readings = Sequence[Hashable | None]

RESAMPLES = 1000
SEED = 20261126


def nominal_alpha(units: Sequence[Readings]) -> float:
    """Krippendorff's alpha of nominal values: 1 = full agreement, 0 = chance, below 0 = worse than chance.

    A unit with fewer than two values is left out. Where every value is the same nothing could have differed: the answer is nan.
    """
    values: Counter[Hashable] = Counter()
    agreeing = 0.0
    for unit in units:
        held = Counter(value for value in unit if value is not None)
        size = held.total()
        if size < 2:
            continue
        values.update(held)
        agreeing += sum(count * (count - 1) for count in held.values()) / (size - 1)
    total = values.total()
    expected = total * total - sum(count * count for count in values.values())
    if not expected:
        return math.nan
    return 1 - (total - 1) * (total - agreeing) / expected


def presence(units: Sequence[Sequence[Collection[str] | None]], label: str) -> list[tuple[bool | None, ...]]:
    """For each unit and reader whether ``label`` is in the set; a missing set stays missing."""
    return [tuple(None if labels is None else label in labels for labels in unit) for unit in units]


def jaccard(one: Collection[str], other: Collection[str]) -> float:
    """Shared labels over all labels of two sets; two empty sets agree fully."""
    together = set(one) | set(other)
    return len(set(one) & set(other)) / len(together) if together else 1.0


def mean_jaccard(pairs: Sequence[tuple[Collection[str], Collection[str]]]) -> float:
    """Mean ``jaccard`` of the pairs, nan without any."""
    return sum(jaccard(one, other) for one, other in pairs) / len(pairs) if pairs else math.nan


def bootstrap_interval(
    units: Sequence[Unit], statistic: Callable[[Sequence[Unit]], float], *, resamples: int = RESAMPLES, seed: int = SEED
) -> tuple[float, float]:
    """95 % percentile interval of ``statistic`` over whole units drawn with replacement; the same seed gives the same interval.

    Draws on which the statistic is nan are left out; (nan, nan) when none remains.
    """
    draw = random.Random(seed)  # noqa: S311 - resampling, no secret
    drawn = (statistic(draw.choices(units, k=len(units))) for _ in range(resamples if units else 0))
    values = sorted(value for value in drawn if not math.isnan(value))
    if not values:
        return math.nan, math.nan
    last = len(values) - 1
    return values[round(0.025 * last)], values[round(0.975 * last)]
