"""Who should look again: reasons by stated costs, and a priority in which doubt, bad news and danger come first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.classify.review import Review, review
from pipeline.classify.shapes import CalibrationShape
from pipeline.classify.vocabulary import load_calibration
from pipeline.configfile import Problems
from pipeline.errors import ConfigError
from pipeline.records import Evidence, Incident, Relevance, Tone, UnitMention
from tests.classify.conftest import CONFIG

Look = Callable[..., Review]
SURE = Relevance("corrections", 0.99)
GOOD = Tone("positive", 0.97, 0.02, 0.01)
UNKNOWN = UnitMention("Lapas Kelas IIB Ulu Deras", "lapas", "", False, Evidence("title", 0, 5, "Lapas"))


@pytest.fixture(scope="module")
def calibration() -> CalibrationShape:
    found = load_calibration(CONFIG / "calibration.yaml", Problems())
    assert found is not None
    return found


@pytest.fixture
def look(calibration: CalibrationShape) -> Look:
    def ask(**changed: Any) -> Review:
        asked = {"relevance": SURE, "chance": 0.98, "tone": GOOD, "incidents": (), "units": (), **changed}
        return review(**asked, costs=calibration.review)

    return ask


def test_a_sure_article_needs_nobody(look: Look) -> None:
    found = look()
    assert found.reasons == ()
    assert 0 < found.priority < 0.15


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"tone": Tone("negative", 0.01, 0.04, 0.95)}, "likely negative"),
        ({"tone": Tone("neutral", 0.1, 0.6, 0.3)}, "likely negative"),
        ({"tone": Tone("unsure", 0.45, 0.45, 0.1)}, "tone unsure"),
        ({"relevance": Relevance("corrections", 0.6)}, "relevance doubtful"),
        ({"chance": 0.6}, "programme doubtful"),
        ({"incidents": (Incident("kabur"),)}, "dangerous incident"),
        ({"units": (UNKNOWN,)}, "unit unknown"),
    ],
)
def test_each_reason_is_told_and_raises_the_priority(changed: dict[str, object], reason: str, look: Look) -> None:
    found = look(**changed)
    assert reason in found.reasons
    assert look().priority < found.priority < 1


def test_a_complaint_is_no_danger(look: Look) -> None:
    assert look(incidents=(Incident("pelayanan"),)).reasons == ()


def test_overlooked_bad_news_costs_more_than_another_wrong_label(look: Look) -> None:
    assert look(tone=Tone("neutral", 0.05, 0.65, 0.3)).priority > look(tone=Tone("neutral", 0.3, 0.65, 0.05)).priority


def test_of_two_that_are_called_negative_the_less_certain_is_looked_at_first(look: Look) -> None:
    assert look(tone=Tone("negative", 0.0, 0.66, 0.34)).priority > look(tone=Tone("negative", 0.0, 0.34, 0.66)).priority


def test_an_article_without_tone_or_programme_is_judged_by_what_it_has(look: Look) -> None:
    found = look(relevance=Relevance("irrelevant", 0.5), chance=None, tone=None)
    assert found == Review(("relevance doubtful",), round(0.5 / 1.5, 4))


def test_costs_decide(calibration: CalibrationShape) -> None:
    dear = calibration.review.model_copy(update={"look": 0.9, "missed_negative": 1.0})
    doubtful = replace(SURE, probability=0.5)
    assert review(doubtful, 0.5, Tone("neutral", 0.1, 0.5, 0.4), (), (), dear).reasons == ()


@pytest.mark.parametrize(
    ("cost", "wrong"), [("unsure: 0.5", "unsure: 1.5"), ("look: 0.35", "look: 0"), ("look: 0.35", "see: 0.35")]
)
def test_a_cost_that_makes_no_sense_is_named(cost: str, wrong: str, tmp_path: Path) -> None:
    text = (CONFIG / "calibration.yaml").read_text(encoding="utf-8")
    assert cost in text
    (tmp_path / "calibration.yaml").write_text(text.replace(cost, wrong), encoding="utf-8")
    problems = Problems()
    load_calibration(tmp_path / "calibration.yaml", problems)
    with pytest.raises(ConfigError, match="review"):
        problems.raise_if_any()
