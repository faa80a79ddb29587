"""How well judgements agree with labels: per class, over all, calibration, and intervals by resampling stories. Pure."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.classify.corpus import Labelled
from pipeline.records import Judgement

BINS = 10
RESAMPLES = 200  # enough for intervals that are stable in the second digit


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a judge to one field: what is right, what was said, how sure. ``story`` keeps copies together."""

    story: str
    right: str
    said: str
    sure: float


def answers_of(labelled: Sequence[Labelled], judgements: Sequence[Judgement]) -> dict[str, list[Answer]]:
    """Field → answers. Primary is asked of relevant articles, tone of corrections articles; a missed article has said "none"."""
    found: dict[str, list[Answer]] = {"relevance": [], "primary": [], "tone": []}
    for one, judged in zip(labelled, judgements, strict=True):
        relevance = judged.relevance
        found["relevance"].append(Answer(one.story, one.relevance, relevance.label, relevance.probability))
        if one.relevance != "irrelevant":
            said = judged.programme_primary or "none"
            found["primary"].append(Answer(one.story, one.primary, said, judged.programme_probability))
        if one.relevance == "corrections" and one.tone:
            tone = judged.tone
            sure = max(tone.positive, tone.neutral, tone.negative) if tone else 0.0
            found["tone"].append(Answer(one.story, one.tone, tone.label if tone else "none", sure))
    return found


def by_class(answers: Sequence[Answer]) -> dict[str, dict[str, float]]:
    """Right label → precision, recall, f1 and support."""
    right = Counter(answer.right for answer in answers)
    said = Counter(answer.said for answer in answers)
    hit = Counter(answer.right for answer in answers if answer.right == answer.said)
    table = {}
    for label in sorted(right):
        precision = hit[label] / said[label] if said[label] else 0.0
        recall = hit[label] / right[label]
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        table[label] = {"precision": precision, "recall": recall, "f1": f1, "support": float(right[label])}
    return table


def accuracy(answers: Sequence[Answer]) -> float:
    """Share of right answers; "unsure" and "none" count as wrong. 0.0 without answers."""
    return sum(answer.right == answer.said for answer in answers) / len(answers) if answers else 0.0


def macro_f1(answers: Sequence[Answer]) -> float:
    """Unweighted mean F1 over the labels that are right somewhere."""
    table = by_class(answers)
    return sum(row["f1"] for row in table.values()) / len(table) if table else 0.0


def calibration(answers: Sequence[Answer]) -> tuple[float, list[tuple[float, float, int]]]:
    """(expected calibration error, reliability rows: mean certainty, share right, n) over ``BINS`` equal bins of certainty."""
    bins: dict[int, list[Answer]] = defaultdict(list)
    for answer in answers:
        bins[min(BINS - 1, int(answer.sure * BINS))].append(answer)
    rows, error = [], 0.0
    for number in sorted(bins):
        held = bins[number]
        sure, right = sum(answer.sure for answer in held) / len(held), accuracy(held)
        error += abs(sure - right) * len(held) / len(answers)
        rows.append((sure, right, len(held)))
    return error, rows


def interval(answers: Sequence[Answer], measure: Callable[[Sequence[Answer]], float], seed: int = 0) -> tuple[float, float]:
    """95 % bootstrap interval of a measure, whole stories resampled so that copies do not pretend to be evidence."""
    stories: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        stories[answer.story].append(answer)
    names, chance, values = sorted(stories), random.Random(seed), []  # noqa: S311 - resampling, no secret
    for _ in range(RESAMPLES):
        drawn = [answer for name in chance.choices(names, k=len(names)) for answer in stories[name]]
        values.append(measure(drawn))
    values.sort()
    return values[int(0.025 * RESAMPLES)], values[min(RESAMPLES - 1, int(0.975 * RESAMPLES))]


def confusion(answers: Sequence[Answer]) -> list[tuple[str, str, int]]:
    """(right, said, n) of every wrong pair, the most frequent first."""
    pairs = Counter((answer.right, answer.said) for answer in answers if answer.right != answer.said)
    return [(right, said, count) for (right, said), count in sorted(pairs.items(), key=lambda item: (-item[1], item[0]))]


def measured(answers: Mapping[str, Sequence[Answer]]) -> dict[str, Any]:
    """Everything measured of every field, as JSON values."""
    report: dict[str, Any] = {}
    for field, held in answers.items():
        if not held:
            continue
        error, rows = calibration(held)
        report[field] = {
            "n": len(held),
            "accuracy": accuracy(held),
            "accuracy_interval": interval(held, accuracy),
            "macro_f1": macro_f1(held),
            "macro_f1_interval": interval(held, macro_f1),
            "unsure": sum(answer.said == "unsure" for answer in held) / len(held),
            "calibration_error": error,
            "reliability": [{"certainty": sure, "right": right, "n": count} for sure, right, count in rows],
            "classes": by_class(held),
            "confusion": [{"right": right, "said": said, "n": count} for right, said, count in confusion(held)[:20]],
        }
    return report
