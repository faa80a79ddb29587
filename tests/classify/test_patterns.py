"""The test before a pattern never hides a match: what it asks for stands in every text that the pattern matches."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.classify.patterns import Pattern, needed_words
from pipeline.classify.vocabulary import load_vocabulary
from pipeline.configfile import Problems
from pipeline.settings import default_config

VOCABULARY = load_vocabulary(default_config() / "vocabulary.yaml", None, Problems())
assert VOCABULARY is not None
SHIPPED = [*VOCABULARY.patterns.values(), *VOCABULARY.relevance.address_patterns]


@pytest.mark.parametrize(
    ("expression", "needs"),
    [
        (r"\b(lapas|rutan)\b", (("lapas", "rutan"),)),
        (r"(?:lapas|rumah tahanan) (di|ke)", (("lapas", "rumah tahanan"), ("di", "ke"))),
        (r"\bkplp\b.{0,9}\b(kapal|laut)", (("kapal", "laut"), ("kplp",))),
        (r"(lapas|rutan)?", ()),
        (r"(lapas|rutan)* (?!polres)", ()),
        (r"(lapas){0,2}", ()),
        (r"(lapas|rutan)|sel", ()),
        (r"((lapas|rutan)|sel)", ()),
        (r"(lapas|ruta?n)", ()),
        (r"(?!lapas)(?<=rutan)", ()),
        (r"(?x)( lapas | rutan )", ()),
        (r"\(lapas\) [|(]", (("lapas",),)),
        (r"razias? handphone+ sel", (("handphone",), ("sel",))),
        (r"[lapas](\(|\|)", ()),
    ],
)
def test_needed_words(expression: str, needs: tuple[tuple[str, ...], ...]) -> None:
    assert needed_words(expression) == needs


# Patterns with look-arounds let the generator throw many tries away.
@settings(max_examples=30, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(st.data())
@pytest.mark.parametrize("expression", SHIPPED)
def test_whatever_a_shipped_pattern_matches_is_found(expression: str, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(expression)).lower()
    assert list(Pattern("g", expression).find(text)) == [match.span() for match in re.finditer(expression, text)]
