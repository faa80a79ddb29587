"""The labelled corpus: it loads without a mistake, holds what it promises, keeps its splits apart, and faulty lines are named."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks.corpus_figures import (
    BACKGROUND_BATCH,
    LABELS,
    SET_FIELDS,
    SINGLE_FIELDS,
    TEST_BATCHES,
    likeness,
    load,
    main,
    paired,
    read_lines,
    recurring_runs,
    tags_of,
)
from pipeline.classify.corpus import INCIDENTS, RELEVANCE, SOURCE_TYPES, TONES, Labelled, load_labelled
from pipeline.configfile import Problems

CORRECTIONS = (
    "narkoba_penipuan",
    "ketahanan_pangan",
    "umkm",
    "bansos",
    "overkapasitas",
    "lapas_modern",
    "pendidikan_kedinasan",
    "hak_integrasi",
)
IMMIGRATION = ("layanan_digital_imigrasi", "autogate", "tppo_tppm", "visa_investor", "layanan_pengawasan_imigrasi")
ONLY_2026 = {"dapur_sehat_mbg", "pendidikan_kesetaraan", "energi_terbarukan", "cek_kesehatan_gratis", "sdm_mooc"}
# Two texts on one event may have different programmes; the note of each says why.
ONE_EVENT_TWO_PROGRAMMES = {"s15-simpul-kabur", "s2-rdp-1911"}


@pytest.fixture(scope="module")
def corpus() -> tuple[Labelled, ...]:
    problems = Problems()
    records = load(problems)
    assert problems.found == []
    return records


def count(corpus: tuple[Labelled, ...], wanted: Callable[[Labelled], bool]) -> int:
    return sum(wanted(record) for record in corpus)


def test_there_are_enough_articles_of_every_kind(corpus: tuple[Labelled, ...]) -> None:
    assert len(corpus) >= 2500
    of_corrections = Counter(record.primary for record in corpus if record.relevance == "corrections")
    of_immigration = Counter(record.primary for record in corpus if record.relevance == "immigration")
    assert {slug: of_corrections[slug] for slug in (*CORRECTIONS, "umum", "luar_program") if of_corrections[slug] < 100} == {}
    assert {slug: of_immigration[slug] for slug in IMMIGRATION if of_immigration[slug] < 50} == {}


def test_every_programme_of_corrections_has_all_three_tones(corpus: tuple[Labelled, ...]) -> None:
    tones: dict[str, set[str | None]] = defaultdict(set)
    for record in corpus:
        if record.relevance == "corrections":
            tones[record.primary].add(record.tone)
    assert {*CORRECTIONS, *ONLY_2026, "umum", "luar_program"} == set(tones)
    assert all(held == set(TONES) for held in tones.values())


@pytest.mark.parametrize(("tag", "least"), [("key", 150), ("baca", 100), ("boiler", 100), ("background", 700)])
def test_there_are_enough_articles_of_every_difficulty(corpus: tuple[Labelled, ...], tag: str, least: int) -> None:
    assert count(corpus, lambda record: tag in tags_of(record)) >= least


def test_there_are_enough_hard_look_alikes(corpus: tuple[Labelled, ...]) -> None:
    assert count(corpus, lambda record: "lookalike" in tags_of(record) and record.relevance == "irrelevant") >= 350
    assert [record.id for record in corpus if "background" in tags_of(record) and record.relevance != "irrelevant"] == []
    assert count(corpus, lambda record: record.batch == BACKGROUND_BATCH) == 150


def test_labels_do_not_contradict_date_or_each_other(corpus: tuple[Labelled, ...]) -> None:
    for record in corpus:
        named = [record.primary, *record.related, *record.mentioned]
        assert len(named) == len(set(named)), f"{record.id} names a programme twice"
        assert record.published.year >= 2026 or not ONLY_2026 & set(named), f"{record.id} is older than its programme"
        assert record.primary != "umum" or not record.related, f"{record.id}: umum has no related"
        assert (record.title_tone is None) == (record.tone is None), record.id
        assert len(record.incidents) == len(set(record.incidents)) <= 2, record.id
        assert record.relevance == "corrections" or not record.incidents, f"{record.id}: incidents are of corrections only"
        assert record.relevance != "irrelevant" or not (record.related or record.mentioned), record.id


def test_ids_batches_and_stories_name_their_file(corpus: tuple[Labelled, ...]) -> None:
    for path in (LABELS / "corpus").glob("*.jsonl"):
        for line in read_lines(path):
            assert line["batch"] == path.stem
            assert re.fullmatch(rf"{path.stem}-\d{{3}}", line["id"])
            assert line["labels"]["story"].startswith(f"{path.stem}-")


def test_texts_are_neither_scraps_nor_endless(corpus: tuple[Labelled, ...]) -> None:
    assert {record.id for record in corpus if not 15 <= len(record.text.split()) <= 420} == set()


def test_no_eight_words_recur_between_stories(corpus: tuple[Labelled, ...]) -> None:
    assert recurring_runs(corpus) == {}


def test_no_two_stories_are_near_copies(corpus: tuple[Labelled, ...]) -> None:
    assert [pair for pair in likeness(corpus) if pair[0] > 0.1] == []


def test_no_story_stands_on_both_sides_of_the_split(corpus: tuple[Labelled, ...]) -> None:
    sides: dict[str, set[bool]] = defaultdict(set)
    programmes: dict[str, set[str]] = defaultdict(set)
    for record in corpus:
        sides[record.story].add(record.batch in TEST_BATCHES)
        programmes[record.story].add(record.primary)
    assert {record.batch for record in corpus} >= set(TEST_BATCHES)
    assert [story for story, held in sides.items() if len(held) > 1] == []
    assert {story for story, held in programmes.items() if len(held) > 1} == ONE_EVENT_TWO_PROGRAMMES


def test_the_second_readings_fit_the_corpus(corpus: tuple[Labelled, ...]) -> None:
    seconds = read_lines(LABELS / "second_reading.jsonl")
    ids = [line["id"] for line in seconds]
    assert len(ids) == len(set(ids)) >= 250
    assert set(ids) <= {record.id for record in corpus}
    assert {line["reader"] for line in seconds} == set("BCDEFHIJKLM")
    choices: dict[str, tuple[str, ...]] = {
        "relevance": RELEVANCE,
        "source_type": SOURCE_TYPES,
        "tone": TONES,
        "title_tone": TONES,
    }
    for line in seconds:
        for field, allowed in choices.items():
            assert line.get(field) in (*allowed, None), line["id"]
        assert set(line.get("incidents", ())) <= set(INCIDENTS), line["id"]


def test_every_disagreement_is_decided_and_the_decision_stands_in_the_corpus(corpus: tuple[Labelled, ...]) -> None:
    by_id = {record.id: record for record in corpus}
    verdicts = read_lines(LABELS / "adjudicated.jsonl")
    decided = {(line["id"], line["field"]) for line in verdicts}
    assert len(decided) == len(verdicts)
    for line in verdicts:
        assert line["first"] != line["second"], line
        assert line["decided"] in (line["first"], line["second"]), line
        assert line["why"].endswith("."), line
        held = getattr(by_id[line["id"]], line["field"])
        assert (list(held) if isinstance(held, tuple) else held) == line["decided"], line
    for first, second in paired(corpus):
        for field in (*SINGLE_FIELDS, *SET_FIELDS):
            if field in second and _plain(first[field]) != _plain(second[field]):
                assert (second["id"], field) in decided


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value


def test_the_figures_print(capsys: pytest.CaptureFixture[str]) -> None:
    main()
    printed = capsys.readouterr().out
    written = (LABELS.parents[1] / "docs" / "corpus.md").read_text(encoding="utf-8")
    assert printed.count("### ") == 11
    assert printed.strip() in written, "docs/corpus.md is older than the corpus; paste the output of benchmarks.corpus_figures"


def faulty(**changes: Any) -> dict[str, Any]:
    labels = {
        "relevance": "corrections",
        "primary": "umkm",
        "related": [],
        "mentioned": [],
        "tone": "positive",
        "title_tone": "neutral",
        "source_type": "report",
        "incidents": [],
        "units": [],
        "story": "x-1",
    }
    whole = {
        "id": "x-001",
        "title": "Judul",
        "text": "Isi.",
        "outlet": "Koran",
        "published": "2025-05-05T08:00:00+07:00",
        "batch": "x",
        "note": "",
    }
    outer = {key: value for key, value in changes.items() if key in whole}
    return whole | outer | {"labels": labels | {key: value for key, value in changes.items() if key not in whole}}


def read(tmp_path: Path, *lines: str) -> list[str]:
    path = tmp_path / "x.jsonl"
    path.write_text("\n".join([json.dumps(faulty()), *lines]), encoding="utf-8")
    problems = Problems()
    load_labelled([path], {"umkm", "bansos", "autogate", "hak_integrasi", "overkapasitas"}, problems)
    return problems.found


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"relevance": "relevant"}, "relevance"),
        ({"primary": "umkn"}, "primary"),
        ({"primary": None}, "primary"),
        ({"tone": "positif"}, "tone"),
        ({"tone": None}, "tone"),
        ({"relevance": "irrelevant", "tone": None}, "primary"),
        ({"relevance": "immigration", "primary": "autogate"}, "tone"),
        ({"relevance": "immigration", "primary": "umum", "tone": None}, "primary"),
        ({"related": ["umum"]}, "related"),
        ({"related": ["bansos", "autogate", "hak_integrasi", "overkapasitas"]}, "related"),
        ({"mentioned": ["luar_program"]}, "mentioned"),
        ({"source_type": "siaran_pers"}, "source_type"),
        ({"incidents": ["api"]}, "incidents"),
        ({"title": " ", "text": ""}, "text"),
    ],
)
def test_a_wrong_label_is_named_with_file_line_and_key(tmp_path: Path, changes: dict[str, Any], key: str) -> None:
    found = read(tmp_path, "", json.dumps(faulty(id="x-002", **changes)))
    assert any(line.startswith(f"{tmp_path / 'x.jsonl'}:3: {key}: ") for line in found), found


@pytest.mark.parametrize("line", ["{", "[]", '{"id": "x-002"}', json.dumps(faulty(id="x-002", published="kemarin"))])
def test_a_line_that_is_no_labelled_article_is_named(tmp_path: Path, line: str) -> None:
    (found,) = read(tmp_path, line)
    assert found.startswith(f"{tmp_path / 'x.jsonl'}:2: ")
    assert "LABELLING.md" in found


def test_a_doubled_id_names_both_places(tmp_path: Path) -> None:
    assert read(tmp_path, json.dumps(faulty())) == [f"{tmp_path / 'x.jsonl'}:2: id: 'x-001' stands at x.jsonl:1 already"]


def test_every_mistake_is_reported_and_a_missing_file_too(tmp_path: Path) -> None:
    assert len(read(tmp_path, "{", json.dumps(faulty(id="x-002", tone="x", source_type="y")))) == 3
    problems = Problems()
    assert load_labelled([tmp_path / "none.jsonl"], (), problems) == ()
    assert "cannot be read" in problems.found[0]
