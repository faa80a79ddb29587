"""The figures of a field of several values: micro and macro precision, recall, F1, Jaccard overlap, exact agreement. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.quality.answers import SetAnswer
from pipeline.quality.figures import class_row
from pipeline.quality.resampling import bootstrap

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pipeline.quality.resampling import Weights

HEADLINES = ("micro_precision", "micro_recall", "micro_f1", "macro_f1", "jaccard", "exact")


@dataclass(frozen=True, slots=True)
class SetSheet:
    """Answers as arrays of answers × labels; ``labels``: the right ones first (``known`` of them)."""

    labels: tuple[str, ...]
    known: int
    right: NDArray[np.bool_]
    said: NDArray[np.bool_]


def sheet_of(answers: Sequence[SetAnswer]) -> SetSheet:
    """The answers as arrays, in their order."""
    import numpy as np

    known = sorted({label for answer in answers for label in answer.right})
    labels = (*known, *sorted({label for answer in answers for label in answer.said} - set(known)))
    right = np.array([[label in answer.right for label in labels] for answer in answers], dtype=bool)
    said = np.array([[label in answer.said for label in labels] for answer in answers], dtype=bool)
    return SetSheet(labels, len(known), right, said)


def figures(sheet: SetSheet, weights: Weights) -> dict[str, float]:
    """Every figure as a number. Jaccard is the mean over answers where either side names something; nan where nothing does."""
    import numpy as np

    hits = weights @ (sheet.right & sheet.said)
    right, said = weights @ sheet.right, weights @ sheet.said
    common, either = (sheet.right & sheet.said).sum(axis=1), (sheet.right | sheet.said).sum(axis=1)
    some = weights * (either > 0)
    f1 = np.where(right > 0, 2 * hits / np.maximum(right + said, 1e-12), np.nan)[: sheet.known]
    found = {
        "micro_precision": hits.sum() / said.sum() if said.sum() else np.nan,
        "micro_recall": hits.sum() / right.sum() if right.sum() else np.nan,
        "micro_f1": 2 * hits.sum() / (right.sum() + said.sum()) if right.sum() + said.sum() else np.nan,
        "macro_f1": np.nanmean(f1) if (right[: sheet.known] > 0).any() else np.nan,
        "jaccard": (some * common / np.maximum(either, 1)).sum() / some.sum() if some.sum() else np.nan,
        "exact": (weights * (common == either)).sum() / weights.sum(),
    }
    for index, label in enumerate(sheet.labels[: sheet.known]):
        found[f"{label} precision"] = hits[index] / said[index] if said[index] else np.nan
        found[f"{label} recall"] = hits[index] / right[index] if right[index] else np.nan
        found[f"{label} f1"] = f1[index]
    return {name: float(value) for name, value in found.items()}


def measured(answers: Sequence[SetAnswer], *, classes: bool = True) -> dict[str, Any]:
    """Everything measured of one field as JSON values, 95 % intervals beside; without ``classes`` the headlines alone."""
    import numpy as np

    sheet = sheet_of(answers)
    found = figures(sheet, np.ones(len(answers)))
    ranges = bootstrap([answer.story for answer in answers], lambda weights: figures(sheet, weights))
    report: dict[str, Any] = {"n": len(answers), "named": int(sheet.right.sum()), "said": int(sheet.said.sum())}
    for name in HEADLINES:
        if found[name] == found[name]:
            report |= {name: found[name], f"{name}_interval": ranges[name]}
    if classes:
        support, said = sheet.right.sum(axis=0), sheet.said.sum(axis=0)
        report["classes"] = {
            label: class_row(label, found, ranges, int(support[index]), int(said[index]))
            for index, label in enumerate(sheet.labels[: sheet.known])
        }
    return report
