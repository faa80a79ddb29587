"""Normalisation folds spelling and keeps the way back to the original."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.normalise import Normaliser

VARIANTS = {"hp": "handphone", "ditjen pas": "ditjenpas", "permasyarakatan": "pemasyarakatan", "tes urin": "tes urine"}
FOLD = Normaliser(VARIANTS)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Lapas Klas II B Muara", "lapas kelas iib muara"),
        ("Kelas IIA", "kelas iia"),
        ("KELAS II-A", "kelas iia"),
        ("Kls. 2a", "kelas iia"),
        ("Kelas 1", "kelas i"),
        ("Kelas III", "kelas iii"),
        ("kelas ibu hamil", "kelas ibu hamil"),
        ("Kelas II Khusus", "kelas ii khusus"),
    ],
)
def test_class_names_have_one_form(written: str, folded: str) -> None:
    assert FOLD(written).text == folded


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("“Kata”, ‘kutip’ – garis—panjang", "\"kata\", 'kutip' - garis-panjang"),
        ("Ditjen  PAS", "ditjen pas"),  # folded once; a rewritten place is not read again
        ("Ditjen PAS", "ditjenpas"),
        ("Permasyarakatan", "pemasyarakatan"),
        ("HP-nya", "handphone-nya"),
        ("php", "php"),
        ("nar\u00adkoba\u200b", "narkoba"),
        ("tes urine", "tes urine"),
        ("a\u00a0b", "a b"),
    ],
)
def test_spelling_is_folded(written: str, folded: str) -> None:
    assert FOLD(written).text == folded


def test_a_rewritten_place_maps_to_the_whole_of_what_was_written() -> None:
    text = "Dua HP dari Klas II B, kata Ditjen PAS."
    fold = FOLD(text)
    for term, written in (("handphone", "HP"), ("kelas iib", "Klas II B"), ("ditjenpas", "Ditjen PAS"), ("kata", "kata")):
        start = fold.text.index(term)
        assert text[slice(*fold.span(start, start + len(term)))] == written


def test_a_capital_that_lowers_to_two_characters_keeps_the_offsets() -> None:
    text = "İZİN razia HP"
    fold = FOLD(text)
    start = fold.text.index("razia")
    assert text[slice(*fold.span(start, start + 5))] == "razia"


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("  hpHP kelas II A urin\u200b")), max_size=80))
def test_every_span_lies_in_the_text_and_keeps_its_order(text: str) -> None:
    fold = FOLD(text)
    places = [fold.span(at, at + 1) for at in range(len(fold.text))]
    assert all(0 <= start <= end <= len(text) for start, end in places)
    assert places == sorted(places)


@given(st.lists(st.sampled_from("kelas klas kls. ii a hp tes urin urine ditjen pas permasyarakatan x".split()), max_size=9))
def test_places_are_rewritten_that_a_search_of_the_whole_text_finds(words: list[str]) -> None:
    for text in (" ".join(words), "".join(words)):
        assert [match.span() for match in FOLD._rewritten(text)] == [match.span() for match in FOLD._words.finditer(text)]


@given(st.text(max_size=60))
def test_without_variants_folding_twice_changes_nothing_more(text: str) -> None:
    fold = Normaliser()
    once = fold(text).text
    assert fold(once).text.replace(" ", "") == once.replace(" ", "")


def test_terms_are_folded_as_texts_are() -> None:
    assert FOLD.terms(["Klas II B", "kelas iib", "sidak HP"]) == ("kelas iib", "sidak handphone")
