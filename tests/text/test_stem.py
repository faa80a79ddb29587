"""Stems come from Sastrawi; protected spans, short and strange words keep their form."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.text import stem
from pipeline.text.stem import LONGEST, Stems, stem_text, stem_uncached, stem_word, word_list, word_lists, word_spans


@pytest.mark.parametrize("word", ["memanen", "dipanen", "pemanenan", "panen"])
def test_forms_of_a_word_meet_in_its_stem(word: str) -> None:
    assert stem_word(word) == "panen"


@pytest.mark.parametrize("word", ["dan", "2024", "covid19", "é", "", "a" * (LONGEST + 1)])
def test_what_is_no_plain_word_stays(word: str) -> None:
    assert stem_word(word) == word


def test_protected_spans_keep_their_form() -> None:
    text = "rumah tahanan menahan ketahanan"
    assert Stems().of(text, [(0, 13)]) == ["rumah", "tahanan", "tahan", "tahan"]
    assert Stems().of(text, [(14, 15), (0, 13)]) == ["rumah", "tahanan", "menahan", "tahan"]


@given(st.text(max_size=60) | st.text("ab-- é9.\n", max_size=30))
def test_words_stand_where_their_spans_say(text: str) -> None:
    assert [text[start:end] for start, end in word_spans(text)] == word_list(text)


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


@given(TEXTS, SPANS)
def test_the_stems_of_a_text_are_those_of_its_words(text: str, protected: list[tuple[int, int]]) -> None:
    plain = [
        word if any(left < end and start < right for left, right in protected) else stem_word(word)
        for word, (start, end) in zip(word_list(text), word_spans(text), strict=True)
    ]
    assert Stems().of(text, protected) == plain
    assert stem_text(text).split() == Stems().of(text)


def test_corrections_win_over_the_rules_and_stay_in_their_own_table() -> None:
    assert stem_uncached("pengawal") == "awal"
    corrected = Stems({"pengawal": "kawal"})
    assert corrected.of("pengawal mengawal tahanan", [(0, 8)]) == ["pengawal", "awal", "tahan"]
    assert corrected.of("pengawal") == ["kawal"]
    assert stem_word("pengawal") == "awal"


@given(st.text(max_size=60) | st.text("ab-- é9.\n", max_size=30))
@example("a---b -c- --d e-f-g")
@example("-")
def test_words_are_what_the_pattern_finds(text: str) -> None:
    assert word_list(text) == stem._WORD.findall(text)


def test_the_cache_is_bounded_and_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stem, "CACHED_WORDS", 3)
    cache = Stems()
    stems = [cache[word] for word in ["memanen", "menahan", "dan", "berlari", "memanen"]]
    assert stems == ["panen", "tahan", "dan", "lari", "panen"]
    assert len(cache) == 2


@given(st.lists(st.text(max_size=20) | st.text("ab-- é9.", max_size=12), max_size=6))
@example(["a-", "-b", "-", "", "c--"])
@example(["a\nb", "c"])
def test_texts_taken_apart_together_have_the_words_of_each(texts: list[str]) -> None:
    assert word_lists(texts) == [word_list(text) for text in texts]
