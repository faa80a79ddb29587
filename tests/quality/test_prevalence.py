"""Corrected shares: known truths are found again, intervals hold them, and a weak confusion is refused with its reason."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import StorageError
from pipeline.quality.prevalence import (
    Confusion,
    confusion_of,
    confusion_text,
    corrected,
    load_confusion,
    weakness,
)

RIGHT, SAID = ("negative", "neutral", "positive"), ("negative", "neutral", "positive", "unsure")
ROWS = ((780, 90, 80, 50), (40, 860, 60, 40), (30, 90, 830, 50))
JUDGE = Confusion("abc", 3000, RIGHT, SAID, ROWS)


def said_of(shares: tuple[float, float, float], n: int) -> dict[str, int]:
    table = np.array(ROWS) / np.sum(ROWS, axis=1, keepdims=True)
    return {label: round(n * float(part)) for label, part in zip(SAID, np.array(shares) @ table, strict=True)}


@pytest.mark.parametrize("truth", [(0.1, 0.3, 0.6), (1 / 3, 1 / 3, 1 / 3), (0.0, 0.2, 0.8), (0.7, 0.3, 0.0)])
def test_the_truth_is_found_again(truth: tuple[float, float, float]) -> None:
    shares, reason = corrected(JUDGE, said_of(truth, 100_000))
    assert shares is not None, reason
    for label, share in zip(RIGHT, truth, strict=True):
        assert shares[label].value == pytest.approx(share, abs=0.005)
        assert shares[label].low <= share + 0.005
        assert share - 0.005 <= shares[label].high


def test_counting_what_is_said_would_have_been_wrong() -> None:
    """Where few are negative, most that are called so are not."""
    observed = said_of((0.02, 0.38, 0.6), 10_000)
    shares, _ = corrected(JUDGE, observed)
    assert shares is not None
    raw = observed["negative"] / (10_000 - observed["unsure"])
    assert raw > 0.045
    assert shares["negative"].value == pytest.approx(0.02, abs=0.003)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 200), min_size=4, max_size=4), st.floats(1, 200))
def test_shares_are_shares_whatever_was_said(counts: list[int], effective: float) -> None:
    shares, reason = corrected(JUDGE, dict(zip(SAID, counts, strict=True)), effective)
    if not sum(counts):
        assert (shares, reason) == (None, "nothing was observed")
        return
    assert shares is not None
    assert sum(share.value for share in shares.values()) == pytest.approx(1)
    for share in shares.values():
        assert 0 <= share.low <= share.value <= share.high <= 1


def test_the_same_counts_give_the_same_interval_and_copies_widen_it() -> None:
    observed = {"negative": 12, "neutral": 20, "positive": 30, "unsure": 3}
    once, again, copied = (corrected(JUDGE, observed, worth)[0] for worth in (None, None, 10.0))
    assert once == again
    assert once is not None
    assert copied is not None
    assert copied["negative"].high - copied["negative"].low > 1.5 * (once["negative"].high - once["negative"].low)
    assert copied["negative"].value == once["negative"].value


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    generator, table, truth = np.random.default_rng(3), np.array(ROWS) / np.sum(ROWS, axis=1, keepdims=True), (0.2, 0.3, 0.5)
    hits = 0
    for _ in range(60):
        measured = tuple(tuple(map(int, generator.multinomial(120, row))) for row in table)
        observed = generator.multinomial(150, np.array(truth) @ table)
        shares, _ = corrected(Confusion("x", 360, RIGHT, SAID, measured), dict(zip(SAID, map(int, observed), strict=True)))
        assert shares is not None
        hits += shares["negative"].low <= truth[0] <= shares["negative"].high
    assert hits >= 53


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (((29, 0, 0, 0), (0, 50, 0, 0), (0, 0, 50, 0)), r"too few labelled texts \(negative 29; 30 are needed"),
        (((20, 20, 0, 0), (20, 20, 0, 0), (0, 0, 50, 0)), "said too much alike"),
        ((), "too few labelled texts"),
    ],
)
def test_a_weak_confusion_is_refused_with_its_reason(rows: tuple[tuple[int, ...], ...], reason: str) -> None:
    weak = Confusion("x", 1, RIGHT[: len(rows)], SAID, rows)
    shares, told = corrected(weak, {"negative": 5})
    assert shares is None
    assert told == weakness(weak)
    assert re.search(reason, told)


def test_a_label_that_was_never_measured_is_refused() -> None:
    assert corrected(JUDGE, {"mixed": 3, "positive": 4})[0] is None
    assert corrected(JUDGE, {"mixed": 0, "positive": 4})[0] is not None


def test_the_file_keeps_the_confusion_and_a_broken_one_is_told(tmp_path: Path) -> None:
    path = tmp_path / "tone_confusion.json"
    assert load_confusion(path) is None
    path.write_text(confusion_text(JUDGE), encoding="utf-8")
    assert load_confusion(path) == JUDGE
    for broken in ("", "{}", "[]", confusion_text(JUDGE).replace("780", "-1"), confusion_text(JUDGE).replace("780, ", "")):
        path.write_text(broken, encoding="utf-8")
        with pytest.raises(StorageError, match="--leave-one-batch-out --write"):
            load_confusion(path)


def test_articles_that_were_never_counted_are_left_out() -> None:
    found = confusion_of("abc", {"positive": {"positive": 3, "none": 2}, "negative": {"unsure": 1, "negative": 4}})
    assert (found.texts, found.right, found.said) == (8, ("negative", "positive"), ("negative", "positive", "unsure"))
    assert found.counts == ((4, 0, 1), (0, 3, 0))
