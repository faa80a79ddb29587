"""Sentences are spans: inside one line, trimmed, in order."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.sentences import sentence_spans


def pieces(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


def test_lines_and_stops_part_sentences() -> None:
    text = "KOTA LOR - Petugas datang. Dua orang pergi!\n\n  Esoknya sepi?  Tidak."
    assert pieces(text) == ["KOTA LOR - Petugas datang.", "Dua orang pergi!", "Esoknya sepi?", "Tidak."]


def test_sums_and_titles_do_not() -> None:
    text = "Nilainya Rp1.500.000 kata H. Wahid."
    assert pieces(text) == [text]


def test_nothing_has_no_sentence() -> None:
    assert pieces(" \n\t\n") == []


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from(' .!?\n"”')), max_size=80))
def test_spans_are_trimmed_ordered_and_apart(text: str) -> None:
    spans = sentence_spans(text)
    assert spans == sorted(spans)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    for start, end in spans:
        piece = text[start:end]
        assert piece == piece.strip()
        assert piece
        assert "\n" not in piece


BLANKS = "\u0085\u00a0\u1680\u2003\u2028\u2029\u202f\u3000"


@pytest.mark.parametrize("blank", BLANKS)
def test_odd_white_space_behind_an_initial_does_not_end_the_program(blank: str) -> None:
    text = f"Blok A{blank}. Lalu pergi.{blank}Esoknya sepi."
    assert [(start, end) for start, end in sentence_spans(text)] == sentence_spans(text.replace(blank, " "))


@given(st.text(alphabet=st.sampled_from("Aa. \ud800\n!?" + BLANKS), max_size=30))
def test_odd_characters_part_sentences_as_plain_ones_do(text: str) -> None:
    plain = text.replace("\ud800", "?")
    for blank in BLANKS:
        plain = plain.replace(blank, " ")
    assert sentence_spans(text) == sentence_spans(plain)
