"""Words and runs against their plain definitions: the fast ways give what a pattern and a loop give."""

from __future__ import annotations

import re
from datetime import date
from itertools import combinations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.stories import runs, wording
from pipeline.stories.wording import RESPELT, SHINGLE, shingles, shingles_of, similarity, words

PIECES = [
    "Kelas", "IIB", "II", "B", "klas", "2", "a", "lembaga", "Pemasyarakatan", "rumah", "tahanan", "negara", "kepala", "lapas",
    "warga", "binaan", "napi", "Kementerian", "imigrasi", "dan", "ditjen", "pas", "“kabur”", "Jum’at", "é", "İzmir", "ß", "_",
    "1.200", "—", "x\u00a0y", "\ud800", "²", "kls", "iii", "ÿ", "\0", "Σ", "narapidana", "abcdefgh",
    "abcdefghi", "kata" * 8, "kata" * 9,
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join) | st.text(max_size=40)


def plainly(text: str) -> list[str]:
    """One word after another, as the folding is defined."""
    found = re.findall(r"[^\W_]+", text.lower())
    kept: list[str] = []
    place = 0
    while place < len(found):
        spelt = next((end for end in range(place + 5, place, -1) if tuple(found[place:end]) in RESPELT), 0)
        kept += RESPELT[tuple(found[place:spelt])] if spelt else [found[place]]
        place = spelt or place + 1
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
        ("kls 3", "kelas iii"),
        ("kelas i a", "kelas ia"),
        ("kelas iv b", "kelas iv b"),
        ("kepala lembaga permasyarakatan", "kepala lapas"),
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
    monkeypatch.setattr(runs, "BATCH", 4 * len(texts[3]))
    assert len(list(runs._batches([text.encode() for text in texts]))) > 2
    assert [one.tolist() for one in shingles_of(texts)] == expected


@given(st.lists(TEXTS, min_size=2, max_size=6), st.integers(1, 5))
@example(["kepala lapas napi kelas ii b", "kalapas wbp kelas iib"], 2)
def test_likeness_is_that_of_the_sets_of_runs(texts: list[str], size: int) -> None:
    fast = shingles_of(texts, size)
    plain = [runs_as_words(text, size) for text in texts]
    for one, other in combinations(range(len(texts)), 2):
        shared, both = len(plain[one] & plain[other]), len(plain[one] | plain[other])
        least = min(len(plain[one]), len(plain[other]))
        assert similarity(fast[one], fast[other]) == ((shared / both, shared / least) if least else (0.0, 0.0))


def runs_as_words(text: str, size: int) -> set[tuple[str, ...]]:
    told = plainly(text)
    return {tuple(told[place : place + size]) for place in range(max(1, len(told) - size + 1))} if told else set()


@given(TEXTS, st.integers(1, 6))
def test_runs_are_sorted_and_different_and_as_many_as_runs_of_words(text: str, size: int) -> None:
    found = shingles(text, size).tolist()
    assert found == sorted(set(found))
    assert len(found) == len(runs_as_words(text, size))


@pytest.mark.parametrize(
    "text",
    [
        "a" * 300_000,
        "é" * 100_000,
        "kelas " * 30_000,
        "warga binaan " * 10_000,
        "\0" * 100_000,
        "\xff " * 30_000,
        ("a" * 40 + " ") * 9_000,
    ],
    ids=["one word", "beyond ascii", "classes", "names", "zeros", "stops", "long words"],
)
def test_a_hostile_text_spoils_no_neighbour(text: str) -> None:
    found = shingles_of(["satu dua tiga empat lima", text, "satu dua tiga empat lima"])
    assert found[0].tolist() == found[2].tolist() == shingles("satu dua tiga empat lima").tolist()
    assert found[1].tolist() == shingles(text).tolist()
    assert len(found[1]) <= 2


def test_words_that_differ_late_are_different() -> None:
    told = ["a" * length + end for length in range(45) for end in ("", "x", "y")]
    assert len({runs.hash_of(word.encode()) for word in told}) == len(set(told))


def test_the_memory_of_words_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wording, "KNOWN_WORDS", 3)
    hashes = wording._Hashes()
    assert [hashes[word] for word in "abcde"] == [runs.hash_of(word.encode()) for word in "abcde"]
    assert len(hashes) == 2


@given(st.text("0123 ab.,/-\u0663", max_size=30))
@example("12 tamu, 1.200 kg, 3/4, pasal 12a, 20.000,50 rupiah")
def test_figures_are_those_of_the_plain_pattern(text: str) -> None:
    assert wording._FIGURE.findall(text) == re.findall(r"(?<![\w.,/])\d[\d.,]*\d(?![\w/])", text)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("TEPIAN (16/7/2026), pada RABU", {"2026-07-16"}),
        ("Sagara, Kamis 16 JULI lalu", {"2026-07-16"}),
        ("pada Jum’at pagi", {"2026-07-17"}),
        ("jum`at atau Selasa", {"2026-07-17", "2026-07-14"}),
        ("x16 juli, 16 julian, seninan, minggu_an", set()),
        ("(31/2) dan 16 januari", set()),
    ],
)
def test_days_that_an_opening_names(text: str, days: set[str]) -> None:
    assert {day.isoformat() for day in wording.days_of(text, date(2026, 7, 18))} == days


def test_the_size_of_a_run() -> None:
    assert SHINGLE == 5
    assert len(shingles("satu dua tiga")) == 1
