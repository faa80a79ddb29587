"""Corrections: every broken row is told, the last one wins, it reaches the copies, survives re-runs, and feeds training alone."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import pipeline
from pipeline import corrected, jobs, reporting, training
from pipeline.classify.corpus import load_labelled
from pipeline.configfile import Problems
from pipeline.correcting import correct
from pipeline.dates import Week
from pipeline.errors import ConfigError, StorageError
from pipeline.jobs import Workplace
from pipeline.report.edition import Edition
from pipeline.settings import corrections_file, labels_folder
from pipeline.store import dataset
from pipeline.store.dataset import STORIES_FILE, stories_table
from pipeline.store.parts import write_part
from pipeline.store.schema import STORIES
from pipeline.stories.corrected import copies_of, correct_frame
from pipeline.stories.corrections import COLUMNS, FIELDS, Correction, digest, in_force, load_corrections, mistake, old_differs
from tests.conftest import NOW
from tests.stories.newsdesk import LOG, data_folder, key, row, said, stories_of_four, write_log

WEEK = Week(2026, 47)


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    return data_folder(tmp_path / "data", stories_of_four())


def read(place: Workplace) -> dict[int, dict[str, Any]]:
    """Number of the article → its corrected row."""
    frame = corrected.articles(place.data)
    rows = {int(row["key"], 16): {str(name): value for name, value in row.items()} for row in frame.to_dict("records")}
    return {number: {name: list(v) if hasattr(v, "tolist") else v for name, v in one.items()} for number, one in rows.items()}


def say(place: Workplace, number: int, field: str, new: str, who: str = "Sari") -> Any:
    return correct(place, key(number), field, new, who, "dibaca")


# The log


def test_the_log_of_the_repository_has_its_header_and_no_mistake() -> None:
    path = labels_folder() / "corrections.csv"
    assert path.read_text(encoding="utf-8-sig").splitlines()[0] == ",".join(COLUMNS)
    corrected.log_of(labels_folder())


def test_a_row_that_a_power_cut_halved_costs_itself_alone(place: Workplace, caplog: pytest.LogCaptureFixture) -> None:
    say(place, 1, "tone", "negative")
    path = corrected.log_path(place.data)
    before = path.read_bytes()
    say(place, 2, "tone", "neutral")
    added = path.read_bytes()[len(before) :]
    for cut in (*range(1, len(added), 9), len(added) - 2):  # one more, and the last cell's quote ends: the row is a row
        path.write_bytes(before + added[:cut])
        assert [one.key for one in corrected.log_of(place.data).rows] == [key(1)], added[:cut]
        say(place, 3, "tone", "neutral")
        assert [one.key for one in corrected.log_of(place.data).rows] == [key(1), key(3)], added[:cut]
        assert path.with_name(f"{path.name}.cut").read_bytes().splitlines()[-1] == added[:cut], "nothing is thrown away"
    assert "half a row" in caplog.text
    path.write_bytes(before + added[:20] + b"\n")
    with pytest.raises(ConfigError, match="does not have 7 cells"):
        say(place, 3, "tone", "neutral")


def test_the_environment_moves_the_log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PANTAU_CORRECTIONS", str(tmp_path / "log.csv"))
    assert corrections_file() == tmp_path / "log.csv"
    assert corrected.log_of(tmp_path).rows == ()
    monkeypatch.setenv("PANTAU_CORRECTIONS", "")
    assert corrections_file() == labels_folder() / "corrections.csv"


@pytest.mark.parametrize(
    "content", [None, b"", b"\n", b"key,field,old,new,who,when,why", b"\xef\xbb\xbfkey,field,old,new,who,when,why\r\n"]
)
def test_no_log_and_an_empty_one_change_nothing(content: bytes | None, place: Workplace) -> None:
    if content is not None:
        (place.data / LOG).write_bytes(content)
    frame, plain = corrected.articles(place.data), dataset.articles(place.data)
    pd.testing.assert_frame_equal(frame[plain.columns], plain)
    assert all(len(fields) == 0 for fields in frame["corrected_fields"])
    assert pipeline.corrections(data=place.data).empty


def test_every_mistake_is_told_with_its_line(place: Workplace) -> None:
    when = "2026-11-24T09:00:00+07:00"
    write_log(
        place,
        said(1, "tone", "negative"),
        f"1.23E+15,tone,x,negative,Sari,{when},w",
        said(1, "mood", "negative"),
        said(1, "tone", "buruk"),
        said(1, "programmes_related", "umkm|pangan"),
        said(1, "incidents", ""),
        said(1, "tone", "none"),
        f'{key(1)},tone,x,negative,,{when},"first\nsecond"',
        f"{key(1)},tone,x,negative,Sari,2026-11-24 09:00,w",
        f"{key(1)},tone,x,negative,Sari,kemarin,",
        f"{key(1)},tone,x",
        f"{key(1)},programmes_related,x,umkm|bansos|overkapasitas|lapas_modern,Sari,{when},w",
    )
    with pytest.raises(ConfigError) as stop:
        corrected.articles(place.data)
    told = str(stop.value)
    for part in (
        ":3: key: '1.23E+15' is no article key",
        ":4: field: 'mood' is no field that can be corrected; write one of: relevance",
        ":5: new: 'buruk' is not one of: positive, neutral, negative",
        ":6: new: 'pangan' is not one of",
        ":7: new: 'an empty cell'",
        ":8: new: 'none' is no label of tone",
        ":9: who: is empty",
        ":11: when: '2026-11-24 09:00' is no instant with its zone",
        ":12: when: 'kemarin'",
        ":12: why: is empty",
        ":13: this row does not have 7 cells",
        ":14: new: 4 programmes; at most 3",
    ):
        assert f"{LOG}{part}" in told, part
    assert told.startswith("12 mistake(s)")


def test_the_last_row_wins_and_a_withdrawal_gives_the_model_its_word_back() -> None:
    def at(new: str, line: int, field: str = "tone") -> Correction:
        return Correction(key(1), field, "positive", new, "S", NOW, "w", line)

    rows = [at("negative", 2), at("neutral", 3), at("umkm", 4, "programme_primary"), at("model", 5)]
    assert [one.line for one in in_force(rows[:3]).values()] == [3, 4]
    assert [one.line for one in in_force(rows).values()] == [4]
    assert digest(rows[:2]) == digest(reversed(rows[:2])) != digest(rows[:1])
    model = {(key(1), "tone"): "neutral", (key(1), "programme_primary"): "umkm"}
    assert old_differs(rows, model) == [True, True, True, True]
    assert old_differs([at("positive", 2), at("neutral", 3), at("model", 4)], {}) == [False, False, True]
    assert old_differs([at("negative", 2)], {(key(1), "tone"): "positive"}) == [False]


def test_a_spreadsheet_may_rewrite_the_log(place: Workplace) -> None:
    cells = f'"{key(1)}","tone","positive","negative","Sari","2026-11-24T09:00:00Z","a\r\nb"'
    text = f"\ufeff{','.join(COLUMNS)}\r\n{cells}\r\n,,,,,,\r\n"
    (place.data / LOG).write_bytes(text.encode())
    [only] = corrected.log_of(place.data).rows
    assert (only.new, only.when.isoformat(), only.line) == ("negative", "2026-11-24T09:00:00+00:00", 2)


# What a reader of articles sees


def test_a_correction_wins_and_the_model_stands_beside_it(place: Workplace) -> None:
    write_log(place, said(1, "tone", "negative", "positive"))
    one = read(place)[1]
    assert (one["tone"], one["tone_model"]) == ("negative", "positive")
    assert (one["tone_positive"], one["tone_neutral"], one["tone_negative"]) == (0.0, 0.0, 1.0)
    assert one["tone_evidence"] == []  # it spoke for the other tone
    assert one["corrected_fields"] == ["relevance", "tone"]  # who gives a tone says "corrections"
    assert one["corrected_by"] == ["Sari", "Sari"]
    assert one["review_reasons"] == ["unit unknown", "other reason"]
    assert one["needs_review"]


def test_it_reaches_the_copies_but_not_an_article_that_says_more(place: Workplace) -> None:
    frame = dataset.articles(place.data)
    assert frame["story_id"].tolist()[:3] == [key(1)] * 3
    write_log(place, said(2, "tone", "neutral"))
    rows = read(place)
    assert [rows[number]["tone"] for number in (1, 2, 3)] == ["neutral", "neutral", "positive"]
    assert rows[1]["corrected_from"] == [key(2), key(2)]
    write_log(place, said(2, "tone", "neutral"), said(1, "tone", "negative"), said(2, "tone", "neutral", who="Budi"))
    rows = read(place)
    assert [rows[number]["tone"] for number in (1, 2, 3)] == ["negative", "neutral", "positive"]


def test_a_longer_article_corrects_its_shorter_copies(place: Workplace) -> None:
    write_log(place, said(3, "tone", "negative"))
    assert [read(place)[number]["tone"] for number in (1, 2, 3)] == ["negative"] * 3


def test_title_tone_goes_with_the_title_and_an_aggregate_with_its_outlet(tmp_path: Path) -> None:
    rows = stories_of_four()
    rows[1] |= {"source_type": "aggregate"}
    rows.append(row(6, rows[0]["text"], 1.5, title="Judul lain"))
    place = data_folder(tmp_path / "data", rows)
    write_log(place, said(1, "title_tone", "negative"), said(1, "source_type", "press_release"))
    found = read(place)
    assert [found[number]["title_tone"] == "negative" for number in (1, 2, 6)] == [True, True, False]
    assert [found[number]["source_type"] for number in (1, 2, 6)] == ["press_release", "aggregate", "press_release"]


def test_what_is_irrelevant_has_no_other_label(place: Workplace) -> None:
    write_log(place, said(1, "relevance", "irrelevant"), said(1, "tone", "negative"))
    one = read(place)[1]
    assert one["relevance"] == "irrelevant"
    assert not isinstance(one["tone"], str)
    assert pd.isna(one["tone_negative"])
    assert (one["programme_primary"], one["programmes_related"], one["programmes"]) == ("", [], [])
    assert (one["unit_primary"], one["kanwil"], one["units"], one["incidents"]) == ("", "", [], [])
    assert (one["needs_review"], one["review_reasons"], one["review_priority"]) == (False, [], 0.0)
    assert (one["tone_model"], one["programme_primary_model"]) == ("positive", "ketahanan_pangan")
    states = pipeline.corrections(data=place.data)["state"].tolist()
    assert states == ["in_force", "no_effect"]


def test_what_becomes_relevant_is_unsure_until_a_person_says_more(place: Workplace) -> None:
    write_log(place, said(4, "relevance", "corrections"))
    rows = read(place)
    for number in (4, 5):  # equal texts, never grouped
        assert (rows[number]["relevance"], rows[number]["tone"], rows[number]["programme_primary"]) == (
            "corrections",
            "unsure",
            "",
        )
        assert rows[number]["review_reasons"] == ["tone unsure", "programme doubtful"]
    write_log(place, said(4, "relevance", "corrections"), said(4, "tone", "neutral"), said(4, "programme_primary", "umum"))
    assert not read(place)[5]["needs_review"]


def test_a_tone_or_programme_says_that_the_article_is_relevant(place: Workplace) -> None:
    """So a person's labels stand when a later model calls the article irrelevant."""
    write_log(place, said(4, "tone", "negative"))
    assert (read(place)[4]["relevance"], read(place)[4]["tone"]) == ("corrections", "negative")
    write_log(place, said(4, "programme_primary", "autogate"))
    assert (read(place)[4]["relevance"], read(place)[4]["programme_primary"]) == ("immigration", "autogate")
    write_log(place, said(4, "programme_primary", "umkm"))
    assert (read(place)[4]["relevance"], read(place)[4]["programme_primary"]) == ("corrections", "umkm")


def test_immigration_has_neither_tone_nor_a_programme_of_corrections(place: Workplace) -> None:
    write_log(place, said(1, "relevance", "immigration"), said(1, "programme_primary", "umum"))
    one = read(place)[1]
    assert (one["relevance"], one["programme_primary"]) == ("immigration", "")
    assert not isinstance(one["tone"], str)
    assert one["review_reasons"] == ["other reason", "programme doubtful"]
    assert pipeline.corrections(data=place.data)["state"].tolist() == ["in_force", "no_effect"]


def test_programmes_have_one_role_each(place: Workplace) -> None:
    write_log(place, said(1, "programme_primary", "umkm"), said(1, "programmes_mentioned", "bansos|hak_integrasi"))
    one = read(place)[1]
    assert (one["programme_primary"], one["programmes_related"]) == ("umkm", ["bansos"])
    assert one["programmes_mentioned"] == ["hak_integrasi"]
    told = [(score["slug"], score["code"], score["role"], score["probability"]) for score in one["programmes"]]
    assert told == [
        ("umkm", "P03", "primary", 1.0),
        ("bansos", "P04", "related", 0.0),
        ("hak_integrasi", "P12", "mentioned", 1.0),
    ]
    assert one["programmes"][0]["evidence"][0]["quote"] == one["programme_evidence"][0]["quote"] == "jagung"
    write_log(place, said(1, "programme_primary", "luar_program"))
    assert (read(place)[1]["programme_evidence"], read(place)[1]["programmes"][0]["slug"]) == ([], "umkm")


def test_the_kanwil_follows_the_unit(place: Workplace) -> None:
    write_log(place, said(1, "unit_primary", "Lapas Kelas IIA Tanjung Kelumbi"))
    one = read(place)[1]
    assert (one["unit_primary"], one["kanwil"]) == ("Lapas Kelas IIA Tanjung Kelumbi", "Lampung")
    assert one["units"] == ["Lapas Kelas IIA Tanjung Kelumbi", "Lapas Kelas I Cirandu"]
    write_log(place, said(1, "unit_primary", "none"))
    assert (read(place)[1]["unit_primary"], read(place)[1]["kanwil"]) == ("", "")
    write_log(place, said(1, "unit_primary", "Lapas Kelas IIB Yang Dihapus"))  # the gazetteer may lose a name
    assert (read(place)[1]["kanwil"], read(place)[1]["units_unknown"]) == ("", ["Lapas Kelas IIB Yang Dihapus"])


def test_every_field_can_be_corrected_and_confirmed(place: Workplace) -> None:
    labels = {
        "relevance": "corrections", "programme_primary": "luar_program", "programmes_related": "umkm|hak_integrasi",
        "programmes_mentioned": "none", "tone": "neutral", "title_tone": "negative", "incidents": "kabur|etik",
        "unit_primary": "none", "source_type": "opinion",
    }  # fmt: skip
    assert set(labels) == set(FIELDS)
    for field, label in labels.items():
        assert say(place, 1, field, label).now == label
        assert say(place, 1, field, label).standing is not None
    log = pipeline.corrections(data=place.data)
    assert log["state"].tolist() == ["in_force"] * len(FIELDS)
    assert not log["old_differs"].any()
    one = read(place)[1]
    assert one["corrected_fields"] == list(FIELDS)
    assert one["review_reasons"] == ["other reason"]


def test_an_article_that_is_not_held_waits(place: Workplace) -> None:
    write_log(place, said(77, "tone", "negative"), said(1, "tone", "neutral", "negative"))
    log = pipeline.corrections(data=place.data)
    assert log["state"].tolist() == ["unknown_article", "in_force"]
    assert log["old_differs"].tolist() == [False, True]
    assert log["copies"].tolist() == [0, 1]


# Reports, re-runs, training


def weekly_with_manifest(place: Workplace, week: Week) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    found = reporting.gathered(place, reporting.week_of(place, week))
    return Edition.of(found).tables, dict(found.manifest)


def test_reports_count_the_corrected_label_and_name_what_was_in_force(place: Workplace) -> None:
    plain, before = weekly_with_manifest(place, WEEK)
    assert before["corrections"] == {"rows": 0, "sha256": digest(()), "log_rows": 0}
    write_log(place, said(1, "tone", "negative"), said(77, "tone", "negative"))
    tables, manifest = weekly_with_manifest(place, WEEK)
    assert len(plain["04_negatif"]) == 0
    assert tables["04_negatif"]["isu_id"].tolist() == [key(1)]
    assert tables["07_kliping"]["sentimen"].tolist().count("negatif") == 2
    rows = in_force(corrected.log_of(place.data).rows)
    assert manifest["corrections"] == {"rows": 1, "sha256": digest([rows[key(1), "tone"]]), "log_rows": 1}
    assert manifest["recipes"] == before["recipes"]
    other = weekly_with_manifest(place, Week(2026, 20))[1]
    assert other["corrections"] == before["corrections"]  # a week without corrected articles does not change


def test_grouping_again_keeps_copies_together(place: Workplace) -> None:
    write_log(place, said(1, "relevance", "irrelevant"), said(4, "relevance", "corrections"))
    jobs.group(place)
    rows = read(place)
    assert [rows[number]["relevance"] for number in (1, 2)] == ["irrelevant"] * 2
    assert (rows[5]["relevance"], rows[5]["story_id"], rows[5]["story_role"]) == ("corrections", key(4), "reprint")


def test_the_recipe_does_not_know_the_log(place: Workplace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PANTAU_MODELS", str(tmp_path / "models"))
    before = jobs.recipe_of_place(place)
    say(place, 1, "tone", "negative")
    assert jobs.recipe_of_place(place) == before


def test_only_what_persons_have_settled_is_learnt(place: Workplace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PANTAU_MODELS", str(tmp_path / "models"))
    corpus = training.corpus_files()
    say(place, 2, "tone", "neutral")
    assert training.take_snapshot(place.data) == 0  # of its programme nobody has spoken
    assert training.training_files(place.data) == corpus
    say(place, 1, "programme_primary", "ketahanan_pangan")  # confirmed, for the copy too
    say(place, 4, "relevance", "irrelevant")  # settled, but its text is not held
    assert training.take_snapshot(place.data) == 1
    assert training.training_files(place.data) == corpus  # a candidate, not yet what judges
    *same, snapshot = training.training_files(place.data, candidate=True)
    assert same == corpus
    problems = Problems()
    [one] = load_labelled([snapshot], corrected.known_labels(place.config, place.units).programmes, problems)
    assert problems.found == []
    assert (one.relevance, one.primary, one.tone, one.title_tone) == ("corrections", "ketahanan_pangan", "neutral", None)
    assert (one.id, one.story, one.batch) == (f"c-{key(1)}", f"c-{key(1)}", "corrections")
    assert "Sari" not in snapshot.read_text(encoding="utf-8")
    assert training.corpus_files() == corpus  # quality is measured without it
    recipe, candidate = jobs.recipe_of_place(place), jobs.recipe_of_place(place, candidate=True)
    assert candidate != recipe
    training.accept_candidate(place.data)
    files, candidates = (training.training_files(place.data, candidate=one) for one in (False, True))
    assert files == candidates == [*corpus, training.snapshot_in_use(place.data)]
    assert jobs.recipe_of_place(place) == candidate  # only a promotion changes which model judges, and no digest
    assert jobs.recipe_of_place(replace(place, data=tmp_path / "other")) == recipe  # nor does it what judges another folder
    assert training.take_snapshot(place.data) == 1
    assert not training.candidate_snapshot(place.data).exists()  # nothing that it has not learnt
    say(place, 2, "tone", "model")
    assert jobs.recipe_of_place(place) == candidate
    assert training.take_snapshot(place.data) == 0
    assert jobs.recipe_of_place(place, candidate=True) == recipe
    training.accept_candidate(place.data)
    assert training.training_files(place.data) == corpus  # unlearnt


def test_a_snapshot_is_read_line_by_line_and_a_damaged_one_is_told(place: Workplace) -> None:
    path = training.snapshot_in_use(place.data)
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps({"id": "c-1", "labels": {"story": "c-2"}, "text": "satu\u2028dua\x85tiga"}, ensure_ascii=False)
    path.write_text(f"{line}\n{line}\n", encoding="utf-8")
    assert training.snapshot_lines(path) == [("1", "2", line)] * 2
    assert training.snapshot_lines(path.with_name("tiada")) == []
    for damaged in (line[:20], f"{line}\n[1]", f'{line}\n{{"id": 1}}'):
        path.write_text(damaged, encoding="utf-8")
        with pytest.raises(StorageError, match=r"damaged in line .*`pantau train` writes it anew"):
            training.snapshot_lines(path)
    path.write_bytes(b"\xff")
    with pytest.raises(StorageError, match="damaged"):
        training.snapshot_lines(path)


def test_what_a_person_calls_irrelevant_is_settled_by_that(place: Workplace) -> None:
    say(place, 2, "relevance", "irrelevant")
    [one] = corrected.settled(place.data)
    assert (one["labels"]["relevance"], one["labels"]["primary"], one["labels"]["tone"]) == ("irrelevant", None, None)


# Writing


def test_a_correction_is_one_row_and_the_same_twice_is_told(place: Workplace) -> None:
    done = say(place, 1, "tone", "negative")
    assert (done.row.old, done.now, done.copies, done.standing) == ("positive", "negative", 1, None)
    again = say(place, 1, "tone", "negative", who="Budi")
    assert again.standing.who == "Sari"
    assert say(place, 1, "tone", "neutral").row.old == "negative"
    assert say(place, 1, "tone", "model").now == "positive"
    with (place.data / LOG).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(one["old"], one["new"]) for one in rows] == [("positive", "negative"), ("negative", "neutral"), ("neutral", "model")]
    assert rows[0]["when"] == "2026-11-26T10:00:00+07:00"


@pytest.mark.parametrize(
    ("number", "field", "label", "said_"),
    [
        (1, "tone", "negatif", "is not one of: positive, neutral, negative, model"),
        (1, "tone", "none", "'none' is no label of tone"),
        (1, "suasana", "negatif", "write one of: relevance, programme_primary"),
        (1, "programmes_related", "umkm,pangan", "'pangan' is not one of: narkoba_penipuan"),
        (1, "programmes_related", " , ", "write one of"),
        (1, "unit_primary", "Lapas Cirandu", "did you mean: Lapas Kelas I Cirandu"),
        (1, "unit_primary", "zzz", "Add a new unit there first"),
        (1, "tone", "model", "nothing to withdraw"),
        (4, "tone", "negative", "counts as irrelevant, which has no tone; correct its relevance first"),
        (99, "tone", "negative", f"no article '{key(99)}'"),
    ],
)
def test_a_label_that_cannot_be_is_refused_with_what_can(
    number: int, field: str, label: str, said_: str, place: Workplace
) -> None:
    with pytest.raises(ConfigError, match=said_):
        say(place, number, field, label)
    assert not (place.data / LOG).exists()


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("http://x")', "+62", "-1+1", "@sum", "\t=1", 'he said "so", twice', "a\r\nb;=1+1\nc", "'"]
)
def test_what_a_person_writes_is_safe_in_a_spreadsheet_and_one_row(text: str, place: Workplace) -> None:
    correct(place, key(1), "tone", "negative", text, text)
    say(place, 1, "source_type", "opinion")
    lines = (place.data / LOG).read_text(encoding="utf-8").splitlines()
    assert len(lines) == 3
    [first, _] = corrected.log_of(place.data).rows
    for cell in (first.who, first.why):
        assert cell[0] not in "=+-@\t"
        assert ";=" not in cell


def test_a_line_that_an_editor_left_open_is_ended(place: Workplace) -> None:
    path = write_log(place, said(1, "tone", "neutral"))
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    say(place, 1, "tone", "negative")
    assert [one.new for one in corrected.log_of(place.data).rows] == ["neutral", "negative"]


def test_nothing_is_added_to_a_broken_log(place: Workplace) -> None:
    path = write_log(place, said(1, "tone", "buruk"))
    before = path.read_bytes()
    with pytest.raises(ConfigError, match=r"corrections\.csv:2: new: 'buruk'"):
        say(place, 1, "tone", "negative")
    assert path.read_bytes() == before


def test_many_writers_lose_nothing(place: Workplace) -> None:
    """Processes, since each analyst has one of their own; and threads of one."""
    code = (
        "import sys; from pipeline.cli import main; "
        "sys.exit(main(['correct', sys.argv[1], 'source_type', sys.argv[2], '--who', 'A', '--why', 'w', '--data', sys.argv[3]]))"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code, key(number), label, str(place.data)], stdout=subprocess.PIPE)
        for number, label in ((1, "opinion"), (2, "press_release"), (3, "opinion"))
    ]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda field: say(place, 1, field, "none"), ("programmes_related", "programmes_mentioned", "incidents")))
    for process in running:
        assert process.communicate(timeout=120)[0]
        assert process.returncode == 0
    rows = corrected.log_of(place.data).rows
    assert len(rows) == len({(one.key, one.field) for one in rows}) == 6


def test_a_correction_is_explained(place: Workplace) -> None:
    say(place, 2, "tone", "negative")
    told = str(pipeline.explain(key(1), data=place.data))
    assert f"corrected  tone negative by Sari, written for the copy {key(2)}; the model says positive" in told
    say(place, 4, "relevance", "corrections")
    assert "judged it yet" in str(pipeline.explain(key(4), data=place.data))


def test_the_analysts_filters_see_corrected_labels(place: Workplace) -> None:
    say(place, 1, "tone", "negative")
    say(place, 1, "unit_primary", "Lapas Kelas IIA Tanjung Kelumbi")
    assert pipeline.articles(tone="negative", data=place.data)["key"].tolist() == [key(1), key(2)]
    assert pipeline.articles(kanwil="Lampung", data=place.data)["key"].tolist() == [key(1), key(2)]
    assert pipeline.articles(programme="umkm", data=place.data)["key"].tolist() == [key(1), key(2), key(3)]


def test_labels_are_checked_without_a_file(place: Workplace) -> None:
    known = corrected.known_labels(place.config, place.units)
    assert mistake("unit_primary", "Lapas Apa Saja", known) == ""
    assert "empty cell" in mistake("tone", "", known)
    assert load_corrections(place.data / "none.csv", known, Problems()) == ()
    assert json.dumps(sorted(known.immigration))[:11] == '["autogate"'
    assert datetime.fromisoformat("2026-11-24T09:00:00Z").tzinfo


# What is read for it


@pytest.mark.parametrize("number", range(1, 6))
def test_an_article_is_corrected_among_those_around_it_as_among_all(place: Workplace, number: int) -> None:
    lines = [said(2, "tone", "negative"), said(3, "source_type", "opinion"), said(5, "programme_primary", "bansos")]
    write_log(place, *lines, said(1, "title_tone", "neutral"), said(4, "relevance", "corrections"))
    log = corrected.log_of(place.data)
    some = correct_frame(corrected.around(place.data, key(number)), log.rows, log.known).set_index("key")
    whole = corrected.articles(place.data, log).set_index("key")
    for name in (
        *FIELDS,
        *(f"{field}_model" for field in FIELDS),
        "corrected_fields",
        "corrected_from",
        "review_reasons",
        "units",
    ):
        one, other = some.at[key(number), name], whole.at[key(number), name]
        assert list(one) == list(other) if hasattr(one, "tolist") else one == other or (pd.isna(one) and pd.isna(other)), name
    found, all_of = copies_of(some.reset_index(), [key(number)]), copies_of(whole.reset_index(), [key(number)])
    assert {some.index[at] for at in found[key(number)]} == {whole.index[at] for at in all_of[key(number)]}


def test_a_story_may_bear_the_name_of_an_article_that_is_in_none(place: Workplace) -> None:
    table = stories_table(place.data).to_pylist()
    assert table[0]["story_id"] == key(1)
    write_part(place.data / STORIES_FILE, [one for one in table if one["key"] != key(1)], STORIES)
    assert set(corrected.around(place.data, key(1))["key"]) == {one["key"] for one in table if one["story_id"] == key(1)}


def test_a_correction_reads_no_article_but_those_around_it(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataset, "articles", lambda *_, **__: pytest.fail("all articles were read"))
    done = say(place, 1, "tone", "negative")
    assert (done.copies, done.now) == (1, "negative")
