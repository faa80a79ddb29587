"""Stems come from Sastrawi; protected spans, short and strange words keep their form."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.text import stem
from pipeline.text.stem import LONGEST, Token, find_stems, stem_text, stem_tokens, stem_word, word_list


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


WORDS = [
    "memanen",
    "panen",
    "tahanan",
    "menahan",
    "ketahanan",
    "pangan",
    "di",
    "warga-warga",
    "2024",
    "Lapas",
    "é",
    ",",
    "berlari",
]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join) | st.text(max_size=30)
SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 12)).map(lambda pair: (pair[0], pair[0] + pair[1])), max_size=3)
WANTED = {"panen": ("~panen", "~memanen"), "tahan": ("~tahan",), "tahanan": ("=tahanan",), "di": ("=di",)}


@given(TEXTS, SPANS)
def test_the_stems_of_a_text_are_those_of_its_tokens(text: str, protected: list[tuple[int, int]]) -> None:
    for spans in ([], protected):
        assert stem_text(text, spans) == " ".join(token.stem for token in stem_tokens(text, spans))


def kept(token: Token, spans: list[tuple[int, int]]) -> bool:
    return any(left < token.end and token.start < right for left, right in spans)


@given(TEXTS, SPANS)
def test_found_stems_are_the_tokens_that_have_them(text: str, protected: list[tuple[int, int]]) -> None:
    expected = [
        (token.start, token.end, what)
        for token in stem_tokens(text)
        for what in WANTED.get(token.word if kept(token, protected) else token.stem, ())
    ]
    assert list(find_stems(text, WANTED, protected)) == expected


def test_protected_words_are_found_by_their_own_form() -> None:
    assert [what for *_, what in find_stems("tahanan menahan tahanan", WANTED, [(0, 7)])] == ["=tahanan", "~tahan", "~tahan"]


@given(st.text(max_size=60) | st.text("ab-- é9.\n", max_size=30))
@example("a---b -c- --d e-f-g")
@example("-")
def test_words_are_what_the_pattern_finds(text: str) -> None:
    assert word_list(text) == stem._WORD.findall(text)


def test_the_cache_is_bounded_and_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stem, "CACHED_WORDS", 3)
    cache = stem._Stems()
    stems = [cache[word] for word in ["memanen", "menahan", "dan", "berlari", "memanen"]]
    assert stems == ["panen", "tahan", "dan", "lari", "panen"]
    assert len(cache) == 2
