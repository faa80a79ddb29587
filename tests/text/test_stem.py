"""Stems come from Sastrawi; protected spans, short and strange words keep their form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.stem import LONGEST, Token, stem_tokens, stem_word


@pytest.mark.parametrize("word", ["memanen", "dipanen", "pemanenan", "panen"])
def test_forms_of_a_word_meet_in_its_stem(word: str) -> None:
    assert stem_word(word) == "panen"


@pytest.mark.parametrize("word", ["dan", "2024", "covid19", "é", "", "a" * (LONGEST + 1)])
def test_what_is_no_plain_word_stays(word: str) -> None:
    assert stem_word(word) == word


def test_protected_spans_keep_their_form() -> None:
    text = "rumah tahanan menahan ketahanan"
    tokens = stem_tokens(text, [(0, 13)])
    assert tokens[:2] == [Token(0, 5, "rumah", "rumah"), Token(6, 13, "tahanan", "tahanan")]
    assert [token.stem for token in tokens[2:]] == ["tahan", "tahan"]


@given(st.text(max_size=40))
def test_tokens_are_slices_of_the_text(text: str) -> None:
    assert all(text[token.start : token.end] == token.word for token in stem_tokens(text))
