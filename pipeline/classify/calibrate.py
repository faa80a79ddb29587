"""From raw scores to probabilities, by the tables of ``config/calibration.yaml``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.classify.shapes import StepShape, ToneStepShape


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
