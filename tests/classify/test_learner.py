"""The linear machines separate what can be separated, give the same weights again, and bear a label with two rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from pipeline.classify.learner import fit_labels

# Columns: a word of the first label, one of the second, one of both, one of none.
ROWS = csr_matrix([[1, 0, 1, 0], [2, 0, 1, 0], [1, 0, 0, 0], [0, 1, 1, 0], [0, 2, 0, 0], [0, 1, 1, 0], [0, 0, 1, 0]], dtype=float)
FIRST = [True, True, True, False, False, False, False]
SECOND = [False, False, False, True, True, True, False]


def scores(matrix: Any, held: list[list[bool]], *, balanced: bool = False) -> Any:
    weights, start = fit_labels(matrix, held, 1.0, balanced=balanced)
    return matrix @ weights.T + start


@pytest.mark.parametrize("balanced", [False, True])
def test_each_label_is_told_by_its_word(balanced: bool) -> None:
    weights, start = fit_labels(ROWS, [FIRST, SECOND], 1.0, balanced=balanced)
    assert weights.shape == (2, 4)
    assert weights.dtype == np.float32
    assert start.shape == (2,)
    assert ((ROWS @ weights.T + start > 0).T == [FIRST, SECOND]).all()
    assert weights[0].argmax() == 0
    assert weights[1].argmax() == 1


def test_a_column_that_never_occurs_weighs_nothing() -> None:
    weights, _ = fit_labels(ROWS, [FIRST, SECOND], 1.0, balanced=False)
    assert not weights[:, 3].any()


def test_the_same_rows_give_the_same_weights() -> None:
    first, again = (fit_labels(ROWS, [FIRST, SECOND], 0.3, balanced=True) for _ in range(2))
    assert (first[0] == again[0]).all()
    assert (first[1] == again[1]).all()


def test_labels_are_fitted_each_by_itself() -> None:
    together = scores(ROWS, [FIRST, SECOND])
    assert np.allclose(together[:, :1], scores(ROWS, [FIRST]))
    assert np.allclose(together[:, 1:], scores(ROWS, [SECOND]))


def test_a_label_with_two_rows_is_found_among_many() -> None:
    rare = [index in (3, 40) for index in range(60)]
    matrix = csr_matrix([[float(held), 1.0, float(index % 7)] for index, held in enumerate(rare)])
    found = scores(matrix, [rare], balanced=True)[:, 0]
    assert set(np.argsort(-found)[:2]) == {3, 40}
    assert np.isfinite(found).all()


def test_no_labels_are_no_weights() -> None:
    weights, start = fit_labels(ROWS, [], 1.0, balanced=False)
    assert weights.shape == (0, 4)
    assert start.shape == (0,)
