"""Words and runs against their plain definitions: the fast ways give what a pattern and a loop give."""

from __future__ import annotations

import re
from zlib import crc32

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.stories import wording
from pipeline.stories.candidates import MINIMA, NONE, candidate_pairs, signatures
from pipeline.stories.wording import SHINGLE, shingles, shingles_of, words

PIECES = [
    "Kelas", "IIB", "II", "B", "klas", "2", "a", "lembaga", "Pemasyarakatan", "rumah", "tahanan", "negara", "kepala", "lapas",
    "warga", "binaan", "napi", "Kementerian", "imigrasi", "dan", "ditjen", "pas", "“kabur”", "Jum’at", "é", "İzmir", "ß", "_",
    "1.200", "—", "x\u00a0y", "\ud800", "²", "kls", "iii",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join) | st.text(max_size=40)


def plainly(text: str) -> list[str]:
    """One word after another, as the folding is defined."""
    found = re.findall(r"[^\W_]+", text.lower())
    kept: list[str] = []
    place = 0
    while place < len(found):
        told, length = wording._folded(found, place) if found[place] in wording._FIRSTS else ([], 0)
        kept += told if length else [found[place]]
        place += length or 1
    return kept


@given(TEXTS)
@example("Kepala Lembaga Pemasyarakatan Kelas II B")
@example("kelas")
@example("warga warga binaan pemasyarakatan")
def test_words_are_those_of_the_plain_way(text: str) -> None:
    assert words(text) == plainly(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Lapas Kelas II B Sagara", "lapas kelas iib sagara"),
        ("Lapas Klas 2A", "lapas kelas iia"),
        ("Kepala Lembaga Pemasyarakatan Sagara", "kalapas sagara"),
        ("Kantor Wilayah Ditjen Pas", "kanwil ditjenpas"),
        ("kelas menengah", "kelas menengah"),
    ],
)
def test_names_are_folded(text: str, folded: str) -> None:
    assert " ".join(words(text)) == folded


@given(st.lists(TEXTS, max_size=8))
@example(["", "satu dua", "satu dua tiga empat lima", ""])
def test_many_texts_at_once_give_each_its_own_runs(texts: list[str]) -> None:
    together = shingles_of(texts)
    assert [one.tolist() for one in together] == [shingles(text).tolist() for text in texts]


def test_a_batch_ends_between_two_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [" ".join(f"kata{number * place}" for place in range(9)) for number in range(11)]
    expected = [shingles(text).tolist() for text in texts]
    monkeypatch.setattr(wording, "BATCH", 4)
    assert [one.tolist() for one in shingles_of(texts)] == expected


@given(TEXTS, st.integers(1, 6))
def test_runs_are_sorted_and_different_and_as_many_as_runs_of_words(text: str, size: int) -> None:
    told = words(text)
    runs = {tuple(told[place : place + size]) for place in range(max(1, len(told) - size + 1))} if told else set()
    found = shingles(text, size).tolist()
    assert found == sorted(set(found))
    assert len(found) == len(runs)


def test_the_memory_of_words_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wording, "KNOWN_WORDS", 3)
    numbers = wording._Numbers()
    assert [numbers[word] for word in "abcde"] == [crc32(word.encode()) for word in "abcde"]
    assert len(numbers) == 2


def test_signatures_estimate_jaccard_and_an_empty_text_is_nobodys_candidate() -> None:
    rng = np.random.default_rng(1)
    shared = rng.integers(0, 2**32, 300, dtype=np.uint32)
    one = np.unique(np.concatenate([shared, rng.integers(0, 2**32, 100, dtype=np.uint32)]))
    other = np.unique(np.concatenate([shared, rng.integers(0, 2**32, 100, dtype=np.uint32)]))
    empty = np.array([], dtype=np.uint32)
    matrix = signatures([one, other, empty, empty])
    assert matrix.shape == (4, MINIMA)
    assert abs((matrix[0] == matrix[1]).mean() - 0.6) < 0.15
    assert (matrix[2] == NONE).all()
    assert list(candidate_pairs(matrix, 0)) == [(1, [0])]


@given(st.text("0123 ab.,/-\u0663", max_size=30))
@example("12 tamu, 1.200 kg, 3/4, pasal 12a, 20.000,50 rupiah")
def test_figures_are_those_of_the_plain_pattern(text: str) -> None:
    assert wording._FIGURE.findall(text) == re.findall(r"(?<![\w.,/])\d[\d.,]*\d(?![\w/])", text)


def test_the_size_of_a_run() -> None:
    assert SHINGLE == 5
    assert len(shingles("satu dua tiga")) == 1
