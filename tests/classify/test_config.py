"""The config files of this room: the shipped ones hold, and every mistake is named at once with file, line and advice."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline.classify.judge import load_judge
from pipeline.classify.taxonomy import Taxonomy, choose_version, load_taxonomies
from pipeline.classify.vocabulary import load_stems
from pipeline.configfile import Problems
from pipeline.errors import ConfigError
from pipeline.text.stem import Stems, stem_uncached
from tests.classify.conftest import CONFIG, IN_2025, IN_2026


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A copy of the shipped folder to spoil."""
    target = tmp_path / "config"
    shutil.copytree(CONFIG, target)
    return target


def spoil(path: Path, *changes: tuple[str, str]) -> None:
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")


def line_of(path: Path, needle: str) -> int:
    return next(number for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if needle in line)


def taxonomies() -> dict[str, Taxonomy]:
    problems = Problems()
    loaded = load_taxonomies(CONFIG / "programmes", problems)
    assert problems.found == []
    return loaded


def test_all_thirteen_and_all_fifteen_are_there() -> None:
    lists = taxonomies()
    assert list(lists) == ["akselerasi-2024", "aksi-2026"]
    old, new = lists.values()
    assert [programme.code for programme in old.programmes] == [f"P{number:02}" for number in range(1, 14)]
    assert len(new.programmes) == 15


def test_only_seen_ordinals_are_printed() -> None:
    old, new = taxonomies().values()
    assert {programme.ordinal for programme in old.programmes if programme.ordinal} == {1, 2, 3, 4, 8}
    assert {programme.slug: programme.ordinal for programme in new.programmes if programme.ordinal} == {
        "dapur_sehat_mbg": 9,
        "pendidikan_kesetaraan": 11,
    }
    assert all(
        programme.status == "verified" for taxonomy in (old, new) for programme in taxonomy.programmes if programme.ordinal
    )


def test_a_shared_slug_is_written_once() -> None:
    old, new = taxonomies().values()
    first = {programme.slug: programme for programme in old.programmes}
    shared = [programme for programme in new.programmes if programme.slug in first]
    assert len(shared) == 9
    for programme in shared:
        base = first[programme.slug]
        assert (programme.code, programme.strong, programme.definition) == (base.code, base.strong, base.definition)
        assert programme.ordinal is None


def test_immigration_programmes_are_out_of_scope_pas() -> None:
    old = taxonomies()["akselerasi-2024"]
    assert {programme.code for programme in old.programmes if programme.scope == "imi"} == {"P06", "P07", "P08", "P09", "P13"}


@pytest.mark.parametrize(
    ("named", "published", "version"),
    [
        (["aksi-2026"], IN_2025, "aksi-2026"),
        (["akselerasi-2024"], IN_2026, "akselerasi-2024"),
        (["akselerasi-2024", "aksi-2026"], IN_2026, "aksi-2026"),
        ([], IN_2025, "akselerasi-2024"),
        ([], IN_2026, "aksi-2026"),
        ([], IN_2025.replace(year=2019), "akselerasi-2024"),
        ([], None, "akselerasi-2024"),
    ],
)
def test_which_list_an_article_is_read_by(named: list[str], published: object, version: str) -> None:
    assert choose_version(taxonomies(), named, published) == version  # type: ignore[arg-type]


def test_mistakes_of_all_files_come_at_once_with_their_lines(config: Path) -> None:
    programmes = config / "programmes" / "akselerasi-2024.yaml"
    newer = config / "programmes" / "aksi-2026.yaml"
    vocabulary = config / "vocabulary.yaml"
    calibration = config / "calibration.yaml"
    units = config / "units.csv"
    spoil(programmes, ("    status: verified", "    status: sure"), ("scope: imi", "scope: all"))
    spoil(newer, ("same_as: akselerasi-2024", "same_as: akselerasi-2023"))
    spoil(vocabulary, ("{id: escape, label: negative", "{id: escape, label: bad"), ("all: ['@riot']", "all: ['@riots']"))
    spoil(calibration, ("related: 0.", "relatd: 0."))
    spoil(units, ("lapas,umum,IIB,", "lapas,umum,IX,"))
    with pytest.raises(ConfigError) as caught:
        load_judge(config)
    text = str(caught.value)
    assert f"{programmes}:{line_of(programmes, 'status: sure')}: programmes.0.status" in text
    assert f"{programmes}:{line_of(programmes, 'scope: all')}: programmes.5.scope" in text
    assert f"{newer}:{line_of(newer, 'akselerasi-2023')}: programmes.0.same_as: 'akselerasi-2023' writes out no programme" in text
    assert f"{vocabulary}:{line_of(vocabulary, 'label: bad')}: tone_rules.0.label: 'bad' is no label" in text
    assert f"{vocabulary}:{line_of(vocabulary, '@riots')}: " in text
    assert "@riots is no group" in text
    assert f"{calibration}:{line_of(calibration, 'relatd')}: relatd: unknown key" in text
    assert f"{units}:{line_of(units, ',IX,')}: class: 'IX' is no class" in text
    assert text.startswith("8 mistake(s)"), "a broken list is blamed once, what refers to it is not"


@pytest.mark.parametrize(
    ("file", "old", "new", "advice"),
    [
        ("programmes/akselerasi-2024.yaml", "code: P02", "code: P01", "'P01' stands twice in this list"),
        ("programmes/akselerasi-2024.yaml", "slug: umkm", "slug: bansos", "'bansos' stands twice"),
        ("programmes/akselerasi-2024.yaml", "valid_to: 2025-12-31", "valid_to: 2023-12-31", "lies before valid_from"),
        ("programmes/akselerasi-2024.yaml", "ordinal: 1\n", "ordinal: 0\n", "greater than or equal to 1"),
        ("programmes/akselerasi-2024.yaml", "belongs: umkm", "belongs: ukm", "'ukm' is no slug"),
        ("programmes/akselerasi-2024.yaml", "strong: [", "strong: [~musnah, ", "already stands under"),
        ("programmes/akselerasi-2024.yaml", "strong: [", "strong: [Sabu Merah, ", "should match pattern"),
        ("programmes/akselerasi-2024.yaml", "    name: Memberantas", "    title: Memberantas", "unknown key"),
        ("programmes/aksi-2026.yaml", "version: aksi-2026", "version: akselerasi-2024", "is taken by another file"),
        ("programmes/aksi-2026.yaml", "same_as: akselerasi-2024", "same_as: x", "writes out no programme"),
        ("programmes/aksi-2026.yaml", "before: bansos", "before: bantuan", "'bantuan' is no slug"),
        ("vocabulary.yaml", "ten_phones: '", "ten_phones: '(", "not a regular expression"),
        ("vocabulary.yaml", "{id: riot, label: negative", "{id: escape, label: negative", "'escape' stands twice"),
        (
            "vocabulary.yaml",
            "{id: own_harvest_given, primary: bansos",
            "{id: own_harvest_given, primary: bantuan",
            "is no programme",
        ),
        ("vocabulary.yaml", "all: ['@riot']", "al: ['@riot']", "unknown key"),
        ("calibration.yaml", "probability: 0.", "probability: 7.", "less than or equal to 1"),
        ("calibration.yaml", "{score: -99,", "{score: 99,", "scores must rise"),
        ("stems.yaml", "words: [karutan]", "words: [Karutan]", "should match pattern"),
        ("stems.yaml", "words: [karutan]", "words: []", "at least 1 item"),
        ("stems.yaml", "words: [karutan]", "words: [pelaku]", "'pelaku' stands twice; keep one of them"),
        ("stems.yaml", ", why: the head of a rutan; karut is a muddle", "", "Field required"),
    ],
)
def test_a_mistake_is_named_with_what_to_write(file: str, old: str, new: str, advice: str, config: Path) -> None:
    spoil(config / file, (old, new))
    with pytest.raises(ConfigError) as caught:
        load_judge(config)
    lines = [line for line in str(caught.value).splitlines() if advice in line]
    assert lines, str(caught.value)
    assert f"{config / file}:" in lines[0]


def test_missing_files_are_all_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_judge(tmp_path)
    text = str(caught.value)
    assert all(name in text for name in ("programmes", "vocabulary.yaml", "calibration.yaml", "stems.yaml", "units.csv"))


def test_every_corrected_stem_differs_from_the_rules_and_meets_its_own_word() -> None:
    """A release of the stemmer that mends a word makes its line needless."""
    problems = Problems()
    stems = load_stems(CONFIG / "stems.yaml", problems)
    assert problems.found == []
    assert len(stems) > 50
    assert [word for word, stem in stems.items() if stem_uncached(word) == stem] == []
    asked = Stems(stems)
    # What stands alone as a root must not be stemmed on by the rules, or its forms would part from it.
    assert [stem for stem in stems.values() if asked[stem] != stem] == []
