"""From raw scores to probabilities, by the tables of ``config/calibration.yaml``."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.classify.shapes import FeedsShape, StepShape, ToneStepShape


def probability(steps: Sequence[StepShape], score: float) -> float:
    """The probability of the highest step that ``score`` reaches; below the first step, the first step's."""
    reached = [step.probability for step in steps if step.score <= score]
    return reached[-1] if reached else steps[0].probability


def tone_shares(steps: Sequence[ToneStepShape], margin: float) -> tuple[float, float, float]:
    """(positive, neutral, negative) of the highest step that ``margin`` reaches, scaled to add up to 1."""
    reached = [step for step in steps if step.score <= margin]
    step = reached[-1] if reached else steps[0]
    total = step.positive + step.neutral + step.negative or 1.0
    positive, negative = round(step.positive / total, 4), round(step.negative / total, 4)
    return positive, round(1 - positive - negative, 4), negative


def in_feeds(shares: Mapping[str, float], rest: str, feeds: FeedsShape, prevalence: float) -> dict[str, float]:
    """The shares of a model that saw far more articles of ours than the feeds hold, as they are right at ``prevalence``.

    The odds of ``rest`` (what is not ours) are raised by the measured factor, and by Bayes' rule further where ``prevalence``
    is not the one that it was measured at. The order of the other labels stays.
    """
    asked, measured = (math.log(one / (1 - one)) for one in (prevalence, feeds.prevalence))
    weight = math.exp(feeds.offset + measured - asked)
    raised = {label: share * (weight if label == rest else 1.0) for label, share in shares.items()}
    total = sum(raised.values()) or 1.0
    return {label: round(share / total, 4) for label, share in raised.items()}
