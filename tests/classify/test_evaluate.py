"""Measures against values computed by hand, and the floor under the judge's quality."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline import training
from pipeline.classify.evaluate import Answer, accuracy, by_class, calibration, confusion, interval, macro_f1
from pipeline.classify.model import labels_digest
from pipeline.settings import default_config, labels_folder

ANSWERS = [
    Answer("s1", "positive", "positive", 0.9),
    Answer("s1", "positive", "negative", 0.6),
    Answer("s2", "negative", "negative", 0.8),
    Answer("s3", "neutral", "unsure", 0.4),
]


def test_the_measures_by_hand() -> None:
    assert accuracy(ANSWERS) == 0.5
    table = by_class(ANSWERS)
    assert table["positive"] == {"precision": 1.0, "recall": 0.5, "f1": pytest.approx(2 / 3), "support": 2.0}
    assert table["negative"]["precision"] == 0.5
    assert table["neutral"]["f1"] == 0.0
    assert macro_f1(ANSWERS) == pytest.approx((2 / 3 + 2 / 3 + 0) / 3)
    assert confusion(ANSWERS) == [("neutral", "unsure", 1), ("positive", "negative", 1)]


def test_calibration_by_hand() -> None:
    error, rows = calibration(ANSWERS)
    assert sum(count for _, _, count in rows) == 4
    assert error == pytest.approx((abs(0.9 - 1) + abs(0.6 - 0) + abs(0.8 - 1) + abs(0.4 - 0)) / 4)


def test_intervals_hold_the_figure_and_resample_stories() -> None:
    many = [Answer(f"s{n}", "a", "a" if n % 4 else "b", 0.7) for n in range(100)]
    low, high = interval(many, accuracy)
    assert low < 0.75 < high
    assert interval(many, accuracy) == (low, high)
    copies = [Answer("one", "a", "a", 0.7)] * 50 + [Answer("two", "a", "b", 0.7)] * 50
    assert interval(copies, accuracy) == (0.0, 1.0), "fifty copies of one story are one piece of evidence"


def test_no_answers_are_no_crash() -> None:
    assert (accuracy([]), macro_f1([]), by_class([])) == (0.0, 0.0, {})


def test_quality_does_not_sink() -> None:
    """The floor may be raised freely; lowering it, or changing the corpus, needs a new file and a line in the CHANGELOG."""
    floor = json.loads((labels_folder() / "floor.json").read_text(encoding="utf-8"))
    assert floor["corpus"] == labels_digest(training.corpus_files()), "the corpus has changed: measure and write floor.json anew"
    report = training.evaluate(default_config(), None)
    for field, held in floor["models"].items():
        for name, least in held.items():
            assert report["models"][field][name] >= least, (field, name, report["models"][field][name])
    for field in ("relevance", "primary", "tone"):
        assert report["models"][field]["macro_f1"] > report["rules"][field]["macro_f1"]


def test_a_file_of_ones_own_is_measured_by_models_that_have_not_seen_it(tmp_path: Path) -> None:
    first = training.corpus_files()[0]
    own = tmp_path / "own.jsonl"
    own.write_text("".join(first.read_text(encoding="utf-8").splitlines(keepends=True)[:12]), encoding="utf-8")
    report = training.evaluate(default_config(), own)
    total = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in training.corpus_files())
    assert (report["texts"], report["trained_on"]) == (12, total - 12)
