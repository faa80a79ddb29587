"""Figures against values computed by hand; intervals that hold the truth and never trust copies."""

from __future__ import annotations

import json

import numpy as np
import pytest

from pipeline.quality.answers import Answer, SetAnswer
from pipeline.quality.figures import abstention, confusion, figures, measured, reliability, sheet_of
from pipeline.quality.resampling import bootstrap, wilson
from pipeline.quality.sets import measured as measured_sets

ANSWERS = [
    Answer("s1", "positive", "positive", 0.9, "positive"),
    Answer("s1", "positive", "negative", 0.6, "negative"),
    Answer("s2", "negative", "negative", 0.8, "negative"),
    Answer("s3", "neutral", "unsure", 0.4, "neutral"),
    Answer("s4", "neutral", "none"),
]


def figured(answers: list[Answer]) -> dict[str, float]:
    return figures(sheet_of(answers), np.ones(len(answers)))


def test_the_figures_by_hand() -> None:
    found = figured(ANSWERS)
    assert found["accuracy"] == pytest.approx(2 / 5)
    assert found["answered"] == pytest.approx(3 / 5)
    assert found["micro_precision"] == pytest.approx(2 / 3)
    assert found["micro_f1"] == pytest.approx(2 * 2 / (5 + 3))
    assert (found["positive precision"], found["positive recall"]) == (1.0, 0.5)
    assert (found["negative precision"], found["negative recall"]) == (0.5, 1.0)
    assert found["neutral f1"] == 0
    assert np.isnan(found["neutral precision"]), "neutral was never said"
    assert found["macro_f1"] == pytest.approx((2 / 3 + 2 / 3 + 0) / 3)


def test_calibration_asks_the_leaning_and_leaves_out_who_gave_none() -> None:
    sheet = sheet_of(ANSWERS)
    error = figured(ANSWERS)["calibration_error"]
    assert error == pytest.approx((abs(0.9 - 1) + abs(0.6 - 0) + abs(0.8 - 1) + abs(0.4 - 1)) / 4)
    rows = reliability(sheet)
    assert sum(row["n"] for row in rows) == 4
    assert [row["right"] for row in rows] == [1.0, 0.0, 1.0, 1.0]


def test_abstention_trades_coverage_for_accuracy() -> None:
    rows = {row["threshold"]: row for row in abstention(sheet_of(ANSWERS))}
    assert rows[0.0] == {"threshold": 0.0, "coverage": pytest.approx(3 / 5), "accuracy": pytest.approx(2 / 3)}
    assert rows[0.8] == {"threshold": 0.8, "coverage": pytest.approx(2 / 5), "accuracy": 1.0}
    assert rows[0.99] == {"threshold": 0.99, "coverage": 0.0, "accuracy": 0.0}


def test_what_was_said_counts_where_it_is_not_the_likeliest() -> None:
    said = [Answer("s1", "negative", "negative", 0.55, "neutral"), Answer("s2", "neutral", "negative", 0.6, "neutral")]
    rows = {row["threshold"]: row for row in abstention(sheet_of(said))}
    assert rows[0.0] == {"threshold": 0.0, "coverage": 1.0, "accuracy": 0.5}, "the first is right in what it says"
    assert rows[0.6] == {"threshold": 0.6, "coverage": 0.5, "accuracy": 1.0}, "the second leant the right way"


def test_the_confusion_counts_every_answer_once() -> None:
    table = confusion(sheet_of(ANSWERS))
    assert table == {"negative": {"negative": 1}, "neutral": {"none": 1, "unsure": 1}, "positive": {"negative": 1, "positive": 1}}


def test_intervals_hold_the_figure_and_resample_stories() -> None:
    many = [Answer(f"s{n}", "a", "a" if n % 4 else "b", 0.7, "a") for n in range(100)]
    low, high = measured(many)["accuracy_interval"]
    assert low < 0.75 < high
    assert high - low < 0.2
    assert measured(many)["accuracy_interval"] == (low, high)
    copies = [Answer("one", "a", "a", 0.7, "a")] * 50 + [Answer("two", "a", "b", 0.7, "b")] * 50
    assert measured(copies)["accuracy_interval"] == (0.0, 1.0), "fifty copies of one story are one piece of evidence"


def test_the_interval_has_about_its_promised_coverage() -> None:
    generator, hits = np.random.default_rng(7), 0
    for _ in range(60):
        right = generator.random(150) < 0.8
        low, high = bootstrap([str(n) for n in range(150)], lambda w, right=right: {"x": float((w * right).sum() / w.sum())})["x"]
        hits += low <= 0.8 <= high
    assert hits >= 52


def test_all_right_is_not_certainty() -> None:
    row = measured([Answer(f"s{n}", "a", "a", 0.9, "a") for n in range(10)])["classes"]["a"]
    assert row["recall_interval"] == (pytest.approx(0.7), 1.0), "rule of three"
    assert wilson(0, 100) == (0.0, 0.03)
    low, high = wilson(3, 100)
    assert 0 < low < 0.03 < high < 0.1
    assert wilson(0, 0) == (0.0, 1.0)


def test_a_report_is_json_without_nan() -> None:
    text = json.dumps(measured(ANSWERS), allow_nan=False)
    assert '"precision": 0.0' in text


def test_several_labels_by_hand() -> None:
    answers = [
        SetAnswer("s1", frozenset("ab"), frozenset("a")),
        SetAnswer("s2", frozenset("a"), frozenset("ac")),
        SetAnswer("s3", frozenset(), frozenset()),
    ]
    found = measured_sets(answers)
    assert found["micro_precision"] == pytest.approx(2 / 3)
    assert found["micro_recall"] == pytest.approx(2 / 3)
    assert found["micro_f1"] == pytest.approx(2 / 3)
    assert found["jaccard"] == pytest.approx(0.5), "two empty sets are no overlap and no lack of it"
    assert found["exact"] == pytest.approx(1 / 3)
    assert set(found["classes"]) == {"a", "b"}
    assert found["classes"]["b"] == {
        "support": 1,
        "precision": 0.0,
        "recall": 0.0,
        "recall_interval": (0.0, 1.0),
        "f1": 0.0,
        "f1_interval": (0.0, 1.0),
    }
    json.dumps(found, allow_nan=False)


def test_nothing_named_and_nothing_said_is_no_crash() -> None:
    found = measured_sets([SetAnswer("s", frozenset(), frozenset())])
    assert (found["exact"], "micro_f1" in found, found["classes"]) == (1.0, False, {})
