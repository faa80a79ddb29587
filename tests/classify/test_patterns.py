"""What is tried before a pattern never hides a match: the words that it needs, and the letters that it begins with."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.classify.patterns import Pattern, Patterns, needed_words, openings
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


@pytest.mark.parametrize(
    ("expression", "begins"),
    [
        (r"\b(lapas|rutan)\b", ("lapas", "rutan")),
        (r"(?:lapas|(rumah|sel) tahanan) di", ("lapas", "rumah", "sel")),
        (r"\b(turut|ikut) hadir|\bdihadiri\b", ("turut", "ikut", "dihadiri")),
        (r"razias? handphone", ("razia",)),
        (r"razi{0,2}", ("raz",)),
        (r"lapas+", ("lapas",)),
        (r"lapas\w*", ("lapas",)),
        (r"l?apas", ()),
        (r"(lapas|rutan)? kelas", ()),
        (r"(lapas|) kelas", ()),
        (r"(lapas|\d+) napi", ()),
        (r"(?=lapas)", ()),
        (r"(?i)lapas", ()),
        (r"(?x)( lapas | rutan )", ()),
        (r"[lr]apas", ()),
        (r"^lapas", ()),
        (r"\(lapas", ()),
        (r"sel\)(a|b)|[)]", ()),
        ("", ()),
    ],
)
def test_openings(expression: str, begins: tuple[str, ...]) -> None:
    assert openings(expression) == begins


def found(expressions: list[str], text: str) -> list[tuple[int, int, str]]:
    return list(Patterns([Pattern(expression, expression) for expression in expressions]).find(text))


def plainly(expressions: list[str], text: str) -> list[tuple[int, int, str]]:
    return [(*match.span(), expression) for expression in expressions for match in re.finditer(expression, text)]


EXPRESSIONS = [r"\ba+b?", r"ab|ba(b)?", r"(a|bb)[^ ]{0,3}b", r"\b(ab|b) (a|b)", r"\w b", r"(ab?)a"]


@given(st.lists(st.sampled_from(EXPRESSIONS), max_size=4, unique=True), st.text(alphabet="ab ", max_size=30))
def test_several_patterns_find_what_each_finds_alone(expressions: list[str], text: str) -> None:
    assert found(expressions, text) == plainly(expressions, text)


def test_the_shipped_patterns_find_what_they_find_plainly_in_the_corpus(read_corpus: list[str]) -> None:
    told = [found(SHIPPED, text.lower()) for text in read_corpus]
    assert told == [plainly(SHIPPED, text.lower()) for text in read_corpus]
    assert sum(map(len, told)) > 30


# Patterns with look-arounds let the generator throw many tries away.
@settings(max_examples=30, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(st.data())
@pytest.mark.parametrize("expression", SHIPPED)
def test_whatever_a_shipped_pattern_matches_is_found(expression: str, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(expression)).lower()
    assert found([expression], text) == plainly([expression], text)
    assert found([expression], f"{text} {text}") == plainly([expression], f"{text} {text}")
