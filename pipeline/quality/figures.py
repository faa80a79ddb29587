"""The figures of a field of one value: accuracy, F1 by class, macro and micro, calibration, abstention, confusion. Pure.

Answers of "none" and "unsure" are wrong wherever all answers count (accuracy, recall), and left out where only answers that were
given count (precision, calibration).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.quality.answers import ABSTAINED, Answer
from pipeline.quality.resampling import Interval, bootstrap, wilson

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pipeline.quality.resampling import Weights

BINS = 10
THRESHOLDS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
HEADLINES = ("accuracy", "macro_f1", "micro_precision", "micro_f1", "answered", "calibration_error")


@dataclass(frozen=True, slots=True)
class Sheet:
    """Answers as arrays. ``labels``: the right ones first (``known`` of them), then those that were only said."""

    labels: tuple[str, ...]
    known: int
    right: NDArray[np.int64]
    said: NDArray[np.int64]
    given: NDArray[np.bool_]  # an answer was given, not "none" or "unsure"
    rated: NDArray[np.bool_]  # the judge told how sure it is
    sure: NDArray[np.float64]  # 0 where not rated
    apt: NDArray[np.bool_]  # the leaning is right


def sheet_of(answers: Sequence[Answer]) -> Sheet:
    """The answers as arrays, in their order."""
    import numpy as np

    known = sorted({answer.right for answer in answers})
    labels = (*known, *sorted({answer.said for answer in answers} - set(known)))
    number = {label: index for index, label in enumerate(labels)}
    return Sheet(
        labels,
        len(known),
        np.array([number[answer.right] for answer in answers], dtype=np.int64),
        np.array([number[answer.said] for answer in answers], dtype=np.int64),
        np.array([answer.said not in ABSTAINED for answer in answers], dtype=bool),
        np.array([answer.sure is not None for answer in answers], dtype=bool),
        np.array([answer.sure or 0.0 for answer in answers], dtype=float),
        np.array([answer.leaning == answer.right for answer in answers], dtype=bool),
    )


def figures(sheet: Sheet, weights: Weights) -> dict[str, float]:
    """Every figure as a number: the headlines, then ``<label> precision``, ``recall``, ``f1`` of each right label.

    nan where a class has no weight, or was never said. macro_f1 is the unweighted mean over the classes that have weight.
    """
    import numpy as np

    size = len(sheet.labels)
    table = np.bincount(sheet.right * size + sheet.said, weights, size * size).reshape(size, size)
    hits, support, said = table.diagonal()[: sheet.known], table.sum(axis=1)[: sheet.known], table.sum(axis=0)[: sheet.known]
    precision = np.where(said > 0, hits / np.maximum(said, 1e-12), np.nan)
    recall = np.where(support > 0, hits / np.maximum(support, 1e-12), np.nan)
    f1 = np.where(support > 0, 2 * hits / np.maximum(support + said, 1e-12), np.nan)
    total, right, given = weights.sum(), hits.sum(), weights[sheet.given].sum()
    found = {
        "accuracy": right / total,
        "macro_f1": np.nanmean(f1),
        "micro_precision": right / given if given else np.nan,
        "micro_f1": 2 * right / (total + given),
        "answered": given / total,
        "calibration_error": _calibration_error(sheet, weights),
    }
    for index, label in enumerate(sheet.labels[: sheet.known]):
        found |= {f"{label} precision": precision[index], f"{label} recall": recall[index], f"{label} f1": f1[index]}
    return {name: float(value) for name, value in found.items()}


def _bins(sheet: Sheet) -> NDArray[np.int64]:
    import numpy as np

    return np.minimum(BINS - 1, (sheet.sure * BINS).astype(np.int64))


def _calibration_error(sheet: Sheet, weights: Weights) -> float:
    """Expected calibration error: mean distance of stated and true share over ``BINS`` equal bins, weighted by their size."""
    import numpy as np

    held = weights * sheet.rated
    if not held.sum():
        return float("nan")
    gaps = np.bincount(_bins(sheet), held * (sheet.sure - sheet.apt), BINS)
    return float(np.abs(gaps).sum() / held.sum())


def reliability(sheet: Sheet) -> list[dict[str, float]]:
    """A row for each bin of certainty that holds answers: mean certainty, share right, n."""
    rows = []
    bins = _bins(sheet)
    for number in range(BINS):
        held = (bins == number) & sheet.rated
        if n := int(held.sum()):
            rows.append({"certainty": float(sheet.sure[held].mean()), "right": float(sheet.apt[held].mean()), "n": n})
    return rows


def abstention(sheet: Sheet) -> list[dict[str, float]]:
    """Risk and coverage: if only answers of at least this certainty were given, how many there would be and how many right.

    The row of threshold 0 counts what the judge said of itself, its abstentions left out; the others count leanings.
    """
    n, rows = len(sheet.right), []
    for threshold in THRESHOLDS:
        held = sheet.given & sheet.rated if threshold == 0 else sheet.rated & (sheet.sure >= threshold)
        right = sheet.said == sheet.right if threshold == 0 else sheet.apt
        kept = int(held.sum())
        rows.append({"threshold": threshold, "coverage": kept / n, "accuracy": float(right[held].mean()) if kept else 0.0})
    return rows


def confusion(sheet: Sheet) -> dict[str, dict[str, int]]:
    """Right label → said label → how many; pairs that never came up are left out."""
    found: dict[str, dict[str, int]] = {label: {} for label in sheet.labels[: sheet.known]}
    for right, said in zip(sheet.right.tolist(), sheet.said.tolist(), strict=True):
        row = found[sheet.labels[right]]
        row[sheet.labels[said]] = row.get(sheet.labels[said], 0) + 1
    return found


def class_row(label: str, found: Mapping[str, float], ranges: Mapping[str, Interval], support: int, said: int) -> dict[str, Any]:
    """One class's support, precision, recall and F1 as JSON values with their intervals.

    Drawing stories cannot tell how sure "all" or "none" is: there the rule of three does. A class that was never said has
    precision 0, without an interval.
    """
    row: dict[str, Any] = {"support": support}
    for name, n in (("precision", said), ("recall", support), ("f1", support)):
        value = found[f"{label} {name}"]
        row[name] = value if value == value else 0.0
        if value in (0.0, 1.0):
            row[f"{name}_interval"] = wilson(round(value * n), n)
        elif value == value:
            row[f"{name}_interval"] = ranges[f"{label} {name}"]
    return row


def measured(answers: Sequence[Answer]) -> dict[str, Any]:
    """Everything measured of one field as JSON values; a figure's 95 % interval stands beside it as ``<name>_interval``."""
    import numpy as np

    sheet = sheet_of(answers)
    found = figures(sheet, np.ones(len(answers)))
    ranges = bootstrap([answer.story for answer in answers], lambda weights: figures(sheet, weights))
    report: dict[str, Any] = {"n": len(answers), "stories": len({answer.story for answer in answers})}
    for name in HEADLINES:
        if found[name] == found[name]:
            perfect = found[name] == 1.0  # as for a class: drawing from what is all right tells nothing
            report |= {name: found[name], f"{name}_interval": wilson(len(answers), len(answers)) if perfect else ranges[name]}
    support, said = (np.bincount(codes, minlength=len(sheet.labels)) for codes in (sheet.right, sheet.said))
    report["classes"] = {
        label: class_row(label, found, ranges, int(support[index]), int(said[index]))
        for index, label in enumerate(sheet.labels[: sheet.known])
    }
    if sheet.rated.any():
        report |= {"reliability": reliability(sheet), "abstention": abstention(sheet)}
    report["confusion"] = confusion(sheet)
    return report
