"""The pre-filter: what it takes for a word of the subject, what it says of a bad file, and how much it misses of the corpus."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.prefilter import measured, shipped, table
from pipeline.configfile import Problems
from pipeline.fetch.prefilter import Prefilter, load_prefilter
from pipeline.settings import default_config

SHIPPED = shipped()


def load(path: Path, text: str) -> tuple[Prefilter, list[str]]:
    file = path / "prefilter.txt"
    file.write_text(text, encoding="utf-8")
    problems = Problems()
    return load_prefilter(file, problems), problems.found


@pytest.mark.parametrize(
    ("title", "summary", "word"),
    [
        ("Lapas Cirandu Panen Jagung", "", "lapas"),
        ("PANEN JAGUNG", "Warga di LAPAS Cirandu memanen.", "lapas"),
        ("Panen", "Lapasnya penuh", "lapasnya"),
        ("Kelapas tua", "kolapas", ""),
        ("Lima orang melarikan\ndiri", "", "melarikan\ndiri"),
        ("Anak-anak belajar", "", ""),
        ("Rumah-tahanan penuh", "", "rumah-tahanan"),
        ("INFO_PAS: razia", "", "info_pas"),
        ("Sel surya dipasang", "", "sel"),
        ("Selasa sore", "Selat Sunda", ""),
        ("Rumah", "tahan banting", ""),
        ("La\u00adpas Cirandu", "", "lapas"),
        ("Ｌａｐａｓ Cirandu", "", "lapas"),
        ("", "", "(untitled)"),
        (" ", "\n", "(untitled)"),
        ("Harga cabai naik", "", ""),
    ],
)
def test_words_are_matched_whole(tmp_path: Path, title: str, summary: str, word: str) -> None:
    prefilter, problems = load(tmp_path, "# ours\nlapas*\nsel\nmelarikan diri  # dangerous\nrumah tahanan*\ninfo pas\n\n")
    assert problems == []
    assert prefilter.speaks_of_us(title, summary) == word


def test_a_phrase_is_not_joined_of_title_and_summary(tmp_path: Path) -> None:
    prefilter, _ = load(tmp_path, "melarikan diri\n")
    assert prefilter.speaks_of_us("Sapi melarikan", "diri sendiri") == ""


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        ("la*pas", "must be a word or words"),
        ("lapas.*", "must be a word or words"),
        ("(lapas|rutan)", "must be a word or words"),
        ("lapas  rutan", "must be a word or words"),
        ("*", "must be a word or words"),
        ("a", "is too short"),
        ("ab*", "is too short"),
        ("LAPAS", "stands in line 1 already"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, line: str, advice: str) -> None:
    prefilter, problems = load(tmp_path, f"lapas\n{line}\n")
    assert len(problems) == 1
    assert problems[0].startswith(f"{tmp_path / 'prefilter.txt'}:2: ")
    assert advice in problems[0]
    assert prefilter.speaks_of_us("Lapas") == "lapas"


@pytest.mark.parametrize("text", ["", "# only a comment\n\n"])
def test_a_file_without_patterns_is_a_problem(tmp_path: Path, text: str) -> None:
    prefilter, problems = load(tmp_path, text)
    assert "holds no pattern" in problems[0]
    assert prefilter.speaks_of_us("Lapas") == ""


def test_a_file_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    problems = Problems()
    load_prefilter(tmp_path / "none.txt", problems)
    (tmp_path / "latin.txt").write_bytes(b"p\xe9njara")
    load_prefilter(tmp_path / "latin.txt", problems)
    assert len(problems.found) == 2
    assert all("cannot be read as UTF-8 text" in problem for problem in problems.found)


@given(st.text(), st.text())
def test_any_text_gets_an_answer_and_case_does_not_matter(title: str, summary: str) -> None:
    found = SHIPPED.speaks_of_us(title, summary)
    folded = unicodedata.normalize("NFKC", title).casefold(), unicodedata.normalize("NFKC", summary).casefold()
    assert SHIPPED.speaks_of_us(*folded) == found


@given(st.text(alphabet="abc ,.", max_size=40))
def test_what_surrounds_a_word_of_the_subject_does_not_hide_it(noise: str) -> None:
    assert SHIPPED.speaks_of_us(f"{noise} Lapas {noise}")


def test_the_shipped_words_miss_little_and_let_little_through() -> None:
    found = measured(SHIPPED)
    assert found["corrections"].share("excerpt") >= 0.993
    assert found["corrections, negative"].share("excerpt") >= 0.993
    assert found["corrections, plain registers"].share("excerpt") >= 0.995
    assert found["corrections, told late"].share("excerpt") >= 0.86
    assert found["ordinary news"].share("excerpt") <= 0.15
    assert found["ordinary news, crime desk"].share("excerpt") <= 0.8
    text = (default_config().parent / "docs" / "sources.md").read_text(encoding="utf-8")
    assert table(found) in text, "run python -m benchmarks.prefilter and put its table into docs/sources.md"
