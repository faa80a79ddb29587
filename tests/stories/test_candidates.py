"""Signatures and candidates against their plain definitions, and how often a pair of texts becomes one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.stories import candidates
from pipeline.stories.candidates import LEAST, MINIMA, MOST, NONE, candidate_pairs, signatures


def test_signatures_estimate_jaccard_and_an_empty_text_is_nobodys_candidate() -> None:
    rng = np.random.default_rng(1)
    shared = rng.integers(0, 2**32, 300, dtype=np.uint32)
    one = np.unique(np.concatenate([shared, rng.integers(0, 2**32, 100, dtype=np.uint32)]))
    other = np.unique(np.concatenate([shared, rng.integers(0, 2**32, 100, dtype=np.uint32)]))
    empty = np.array([], dtype=np.uint32)
    matrix = signatures([one, other, empty, empty])
    assert matrix.shape == (4, MINIMA)
    assert abs((matrix[0] == matrix[1]).mean() - 0.6) < 0.15
    assert (matrix[2] == NONE).all()
    assert list(candidate_pairs(matrix, 0)) == [(1, [0])]


NUMBERS = st.lists(st.integers(0, 2**32 - 1), max_size=40).map(lambda held: np.unique(np.array(held, dtype=np.uint32)))


@given(st.lists(NUMBERS, max_size=6))
@example([np.array([0xFFFF], dtype=np.uint32)] * 2)  # what is held of its one run must not read as "no runs"
@example([np.array([0, 2**32 - 1], dtype=np.uint32), np.array([], dtype=np.uint32)])
def test_minima_are_the_first_runs_of_each_part_of_the_circle(texts: list[np.ndarray]) -> None:
    for text, row in zip(texts, signatures(texts).tolist(), strict=True):
        told = text.tolist()
        firsts = [next((run for run in told if run >= part << 25), told[0]) for part in range(MINIMA)] if told else []
        assert row == ([min(first & 0xFFFF, NONE - 1) for first in firsts] or [NONE] * MINIMA)


def test_signatures_do_not_depend_on_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    texts = [np.unique(rng.integers(0, 2**32, count, dtype=np.uint32)) for count in (0, 3, 0, 0, 200, 7, 1)]
    whole = signatures(texts)
    monkeypatch.setattr(candidates, "BATCH", 2)
    assert (signatures(texts) == whole).all()


@given(st.integers(0, 2**32 - 1), st.integers(0, 24), st.integers(2, 40), st.integers(0, 24))
@example(5, 24, 2, 0)
def test_candidates_are_those_of_the_plain_way(seed: int, lines: int, values: int, first_new: int) -> None:
    rng = np.random.default_rng(seed)
    matrix = rng.integers(0, values, (lines, MINIMA)).astype(np.uint16)
    matrix[rng.random(lines) < 0.1] = NONE
    if lines:
        matrix[rng.integers(0, lines, lines // 2)] = matrix[0]
    assert list(candidate_pairs(matrix, first_new)) == plain_pairs(matrix.tolist(), first_new)


def plain_pairs(matrix: list[list[int]], first_new: int) -> list[tuple[int, list[int]]]:
    found: dict[int, set[int]] = {}
    for band in range(0, MINIMA, 2):
        alike: dict[tuple[int, int], list[int]] = {}
        for number, row in enumerate(matrix):
            if set(row) == {NONE}:
                continue
            before = alike.setdefault((row[band], row[band + 1]), [])
            if number >= first_new:
                found.setdefault(number, set()).update(before[:MOST] + before[-MOST:])
            before.append(number)
    kept = {
        number: sorted(other for other in others if np.mean(np.array(matrix[number]) == np.array(matrix[other])) >= LEAST)
        for number, others in sorted(found.items())
    }
    return [(number, others) for number, others in kept.items() if others]


def test_pairs_that_share_a_band_by_chance_alone_are_no_candidates() -> None:
    matrix = np.arange(2 * MINIMA, dtype=np.uint16).reshape(2, MINIMA)
    matrix[1, :2] = matrix[0, :2]
    assert list(candidate_pairs(matrix, 0)) == []


@pytest.mark.parametrize(("size", "overlap", "least"), [(12, 0.5, 0.99), (60, 0.35, 0.99), (266, 0.35, 0.99), (266, 0.25, 0.96)])
def test_what_may_be_a_copy_is_a_candidate(size: int, overlap: float, least: float) -> None:
    rng = np.random.default_rng(3)
    common = round(2 * size * overlap / (1 + overlap))
    texts = []
    for _ in range(400):
        drawn = rng.choice(2**32, 2 * size - common, replace=False).astype(np.uint32)
        texts += [np.sort(drawn[:size]), np.sort(np.concatenate((drawn[:common], drawn[size:])))]
    found = {number for number, others in candidate_pairs(signatures(texts), 0) if number - 1 in others and number % 2}
    assert len(found) >= least * 400
