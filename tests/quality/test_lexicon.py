"""A sentiment lexicon as users bring it: every usual format read, every faulty line told, phrases before words."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.configfile import Problems
from pipeline.quality.lexicon import Lexicon, cuts_of, load_lexicon, toned


def load(*paths: Path) -> tuple[Lexicon, list[str]]:
    problems = Problems()
    return load_lexicon(paths, problems), problems.found


@pytest.mark.parametrize(
    "text", ["word\tweight\nhebat\t3\nburuk sekali\t-4\n", "hebat,3\nburuk sekali,-4,2\n", 'x;y\n"Hebat";3\nburuk  sekali;-4']
)
def test_the_usual_formats(text: str, tmp_path: Path) -> None:
    path = tmp_path / "list.tsv"
    path.write_text(text, encoding="utf-8")
    lexicon, found = load(path)
    assert found == []
    assert (dict(lexicon.weights), lexicon.longest) == ({"hebat": 3.0, "buruk sekali": -4.0}, 2)


def test_lists_without_weights_count_by_their_name(tmp_path: Path) -> None:
    good, bad = tmp_path / "positive.txt", tmp_path / "negative.txt"
    good.write_text("hebat\nramah\n", encoding="utf-8")
    bad.write_text("kacau\nramah\n", encoding="utf-8")
    lexicon, found = load(good, bad)
    assert found == []
    assert dict(lexicon.weights) == {"hebat": 1.0, "ramah": 0.0, "kacau": -1.0}


def test_missing_binary_empty_and_faulty_files_are_all_told(tmp_path: Path) -> None:
    binary, empty, faulty = tmp_path / "a.bin", tmp_path / "b.tsv", tmp_path / "c.tsv"
    binary.write_bytes(b"\xff\xfe\x00\x01")
    empty.write_text("\n\n", encoding="utf-8")
    faulty.write_text("word\tweight\nhebat\t3\n" + "apa ini\n" * 30 + "nan\tnan\n", encoding="utf-8")
    _, found = load(tmp_path / "missing.tsv", binary, empty, faulty)
    told = "\n".join(found)
    for part in ("missing.tsv", "a.bin: --lexicon: cannot be read", "b.tsv: --lexicon: holds no words", "c.tsv:3", "and 11 more"):
        assert part in told
    assert len(found) == 3 + 20 + 1


def test_the_longest_phrase_counts_and_other_words_count_nothing() -> None:
    lexicon = Lexicon({"tidak": -1.0, "tidak bersalah": 2.0, "warga-binaan": 1.0}, 2)
    assert lexicon.score("Tidak bersalah!") == pytest.approx(1.0)
    assert lexicon.score("Tidak datang, warga-binaan") == 0.0
    assert lexicon.score("") == 0.0


def test_the_cuts_part_what_can_be_parted() -> None:
    scores = [-3.0, -2.0, -1.0, 0.0, 0.1, 0.2, 1.0, 2.0, 3.0]
    tones = ["negative"] * 3 + ["neutral"] * 3 + ["positive"] * 3
    cuts = cuts_of(scores, tones)
    assert [toned(score, cuts) for score in scores] == tones
