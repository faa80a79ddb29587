"""``pantau evaluate``: today's judge stands on its floor, wrong use is told at once, a file of one's own is measured."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline import evaluation, training
from pipeline.cli import main
from pipeline.evaluation import Inputs, read_floor
from pipeline.quality import resampling
from pipeline.quality.floor import held_figures, sunk
from pipeline.settings import default_config


def test_quality_does_not_sink() -> None:
    """The held-out batches, measured now. Raising is free; lowering needs --lower-floor and a line in the CHANGELOG."""
    report = evaluation.evaluate(default_config()).report
    assert sunk(read_floor(), held_figures(report["models"])) == []
    for field in ("relevance", "primary", "tone"):
        assert report["models"][field]["macro_f1"] > report["rules"][field]["macro_f1"]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """A corpus of three small batches, so that a fit takes a second."""
    given = evaluation._inputs(default_config())
    kept = [one for batch in ("s1", "s9", "s14") for one in [each for each in given.corpus if each.batch == batch][:40]]

    def inputs(config: Path, file: Path | None = None, lexicons: Any = ()) -> Inputs:
        found = whole(config, file, lexicons)
        return replace(found, corpus=tuple(kept))

    whole = evaluation._inputs
    monkeypatch.setattr(resampling, "RESAMPLES", 50)
    monkeypatch.setattr(evaluation, "_inputs", inputs)
    evaluation._read.cache_clear()
    monkeypatch.setattr(evaluation, "run_engine", lambda function, tasks, spec: [(task, function(task)) for task in tasks])
    yield kept
    evaluation._read.cache_clear()


def test_the_whole_command_as_json_with_all_its_options(
    small: list[Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words, table = tmp_path / "lexicon.tsv", tmp_path / "mistakes.csv"
    words.write_text("word\tweight\ndipuji\t4\nkabur\t-4\n", encoding="utf-8")
    assert (
        main(["evaluate", "--json", "--lexicon", str(words), "--errors", "2", "--csv", str(table), "--prevalence", "0.02"]) == 0
    )
    report = json.loads(capsys.readouterr().out)
    assert report["texts"] == sum(one.batch == "s14" for one in small)
    assert report["trained_on"] == len(small) - report["texts"]
    assert set(report["lexicon"]) == {"tone"}
    assert report["open_world"]["prevalence"] == 0.02
    assert len(report["mistakes"]) == 2
    assert len(table.read_bytes().splitlines()) == 3
    assert {"relevance", "primary", "tone", "title_tone", "source_type", "programmes", "incidents"} <= set(report["models"])


def test_leave_one_batch_out_judges_every_text_once(
    small: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "tone_confusion.json"
    monkeypatch.setattr(evaluation, "confusion_file", lambda *, tuned: tmp_path if tuned else kept)
    assert main(["evaluate", "--leave-one-batch-out", "--write", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert [row["batch"] for row in report["batches"]] == ["s1", "s9", "s14"]
    assert report["models"]["relevance"]["n"] == report["texts"] == len(small)
    assert report["open_world"]["corrections"]["ordinary"] == 40
    table = json.loads(kept.read_text(encoding="utf-8"))
    assert table["corpus"] == report["corpus"]
    assert sum(map(sum, table["counts"])) == table["texts"] <= report["models"]["tone"]["n"]


@pytest.fixture
def tuned(tmp_path: Path) -> Path:
    """The shipped configuration with the tuned encoder turned on."""
    pytest.importorskip("onnxruntime")
    folder = shutil.copytree(default_config(), tmp_path / "config")
    settings = folder / "settings.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace('\nencoder = ""', '\nencoder = "tuned"'), encoding="utf-8")
    return folder


def test_the_tuned_encoder_is_measured_only_on_what_it_has_not_read(
    small: list[Any], tuned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "tone_confusion_tuned.json"
    monkeypatch.setattr(evaluation, "confusion_file", lambda *, tuned: kept if tuned else tmp_path)
    assert main(["evaluate", "--config", str(tuned), "--write", "--json"]) == 0
    held_out = json.loads(capsys.readouterr().out)
    assert held_out["tuned"].startswith("tuned ")
    assert held_out["models"] != evaluation.evaluate(default_config()).report["models"]
    assert 0 < json.loads(kept.read_text(encoding="utf-8"))["texts"] <= held_out["models"]["tone"]["n"]
    read = next(path for path in training.corpus_files() if path.stem == "s1")
    (tmp_path / "own.jsonl").write_text(read.read_text(encoding="utf-8").splitlines()[0], encoding="utf-8")
    report = evaluation.evaluate(tuned, tmp_path / "own.jsonl").report
    assert report["tuned"] == ""
    assert report["how"].endswith("; without the tuned encoder, which has read them")
    whole = evaluation.leave_one_batch_out(tuned, lambda *_: None).report
    assert whole["how"].endswith("; without the tuned encoder, which has read them")


@pytest.mark.parametrize(
    ("arguments", "said"), [(["--write-floor"], "the floor is held without"), (["x.jsonl", "--write"], "--write keeps")]
)
def test_the_tuned_encoder_moves_no_floor(
    arguments: list[str], said: str, tuned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", "--config", str(tuned), *arguments]) == 2
    assert said in capsys.readouterr().err


def test_a_file_of_ones_own_is_measured_by_models_that_have_not_seen_it(small: list[Any], tmp_path: Path) -> None:
    lines = next(path for path in training.corpus_files() if path.stem == "s1").read_text(encoding="utf-8").splitlines()
    copied = json.loads(lines[1]) | {"id": "own-1"}
    own = tmp_path / "own.jsonl"
    own.write_text("\n".join([lines[0], json.dumps(copied)]), encoding="utf-8")
    report = evaluation.evaluate(default_config(), own).report
    assert (report["texts"], report["trained_on"]) == (2, len(small) - 2), "the same text under another id is the same text"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["x.jsonl", "--leave-one-batch-out"], ["not both"]),
        (["--write", "--csv", "x.csv"], ["--write keeps", "--csv writes"]),
        (["--leave-one-batch-out", "--write-floor", "--lexicon", "x"], ["--write-floor and", "--lexicon goes"]),
        (["--errors", "0", "--prevalence", "1.5"], ["--errors: 0", "--prevalence: 1.5"]),
        (["--errors", "3", "--csv", "/nowhere/at/all.csv"], ["there is no folder /nowhere/at"]),
        (["--errors", "3", "--csv", "/"], ["is a folder"]),
        (["--prevalence", "nan"], ["--prevalence: nan"]),
        (["--errors", "many"], ["invalid int value"]),
    ],
)
def test_wrong_use_is_told_before_anything_is_fitted(
    arguments: list[str], said: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code: Any = main(["evaluate", *arguments])
    except SystemExit as stop:
        code = stop.code
    told = capsys.readouterr().err
    assert code == 2
    for part in said:
        assert part in told


def test_mistakes_of_all_files_are_told_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = tmp_path / "own.jsonl"
    own.write_text('{"id": 1}\nnot json\n', encoding="utf-8")
    assert main(["evaluate", str(own), "--lexicon", str(tmp_path / "none.tsv")]) == 2
    told = capsys.readouterr().err
    for part in ("own.jsonl:1", "own.jsonl:2", "none.tsv"):
        assert part in told
    own.write_text("\n", encoding="utf-8")
    assert main(["evaluate", str(own)]) == 2
    assert "holds no labelled articles" in capsys.readouterr().err
