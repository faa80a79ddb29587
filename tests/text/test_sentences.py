"""Sentences are spans: inside one line, trimmed, in order."""

from __future__ import annotations

from itertools import pairwise

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
