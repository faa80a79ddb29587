"""Fits one linear machine per label: a support vector machine, and beside it one that sees each column by how it tells the label.

The second is the NB-SVM of Wang and Manning (2012, "Baselines and Bigrams"): columns are weighted by their log count ratio
between the label and the rest before the fit. Both are linear, so their sum is one row of weights and costs nothing to ask.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

SMOOTHING = 1.0  # added to each column's sum, as Wang and Manning do
RATIO_STRENGTH = 1.0  # C of the second machine


def fit_labels(matrix: Any, held: Sequence[Sequence[bool]], strength: float, *, balanced: bool) -> tuple[Any, Any]:
    """(weights, start): labels × columns as float32, and one number a label. ``held``: for each label, which rows hold it.

    ``balanced`` gives the rows that hold a label and the rest equal weight in the first machine; the second always does.
    """
    import numpy as np

    weights = np.zeros((len(held), matrix.shape[1]), dtype="float32")
    start = np.zeros(len(held))
    for place, rows in enumerate(held):
        weights[place], start[place] = _fit(matrix, np.array(rows), strength, "balanced" if balanced else None)
    return weights, start


def _fit(matrix: Any, rows: Any, strength: float, weighting: str | None) -> tuple[Any, float]:
    from scipy.sparse import diags
    from sklearn.svm import LinearSVC

    plain = LinearSVC(C=strength, class_weight=weighting, random_state=0).fit(matrix, rows)
    ratio = _ratio(matrix, rows)
    second = LinearSVC(C=RATIO_STRENGTH, class_weight="balanced", random_state=0).fit(matrix @ diags(ratio), rows)
    return plain.coef_[0] + ratio * second.coef_[0], float(plain.intercept_[0] + second.intercept_[0])


def _ratio(matrix: Any, rows: Any) -> Any:
    """Natural logarithm of each column's share in the rows that hold the label, over its share in the rest."""
    import numpy as np

    of = np.asarray(abs(matrix[rows]).sum(axis=0)).ravel() + SMOOTHING
    rest = np.asarray(abs(matrix[~rows]).sum(axis=0)).ravel() + SMOOTHING
    return np.log((of / of.sum()) / (rest / rest.sum()))
