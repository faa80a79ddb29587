"""Stated relevance where few articles are ours: Bayes' rule on a model's shares."""

from __future__ import annotations

import pytest

from pipeline.classify.calibrate import in_feeds
from pipeline.classify.shapes import FeedsShape

FEEDS = FeedsShape(prevalence=0.01, offset=2.0)
SHARES = {"corrections": 0.9, "immigration": 0.04, "irrelevant": 0.06}


def odds(shares: dict[str, float]) -> float:
    return shares["irrelevant"] / shares["corrections"]


def test_the_odds_of_what_is_not_ours_rise_by_the_measured_factor() -> None:
    told = in_feeds(SHARES, "irrelevant", FEEDS, 0.01)
    assert odds(told) == pytest.approx(odds(SHARES) * 7.389, rel=0.01)
    assert told["immigration"] / told["corrections"] == pytest.approx(0.04 / 0.9, rel=0.01)
    assert sum(told.values()) == pytest.approx(1, abs=0.001)


def test_another_prevalence_shifts_them_by_the_ratio_of_the_prior_odds() -> None:
    rarer = in_feeds(SHARES, "irrelevant", FEEDS, 0.001)
    assert odds(rarer) == pytest.approx(
        odds(in_feeds(SHARES, "irrelevant", FEEDS, 0.01)) * (0.999 / 0.001) / (0.99 / 0.01), rel=0.01
    )


def test_certainty_stays_certainty() -> None:
    assert in_feeds({"corrections": 1.0, "irrelevant": 0.0}, "irrelevant", FEEDS, 0.01) == {"corrections": 1.0, "irrelevant": 0.0}
    assert in_feeds({"corrections": 0.0, "irrelevant": 1.0}, "irrelevant", FEEDS, 0.5)["irrelevant"] == 1.0
