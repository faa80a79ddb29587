"""What is left out and why, what is shipped to other machines, and what the command line refuses."""

from __future__ import annotations

import tomllib
from argparse import Namespace
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import ValidationError

from pipeline import jobs, spreading, work
from pipeline.cli import main
from pipeline.demo import MEMORY, DemoResult
from pipeline.errors import ConfigError, OutageError, StorageError
from pipeline.operation.lines import lines_of
from pipeline.reach import with_engine, within_reach
from pipeline.records import Tally
from pipeline.settings import Engine, Judge, Settings, default_config
from pipeline.store import bundle, quarantine
from pipeline.store.parts import part_names, read_part, write_part
from pipeline.store.rewriting import expire_bodies
from pipeline.store.roots import Folder
from pipeline.store.schema import PAGES
from pipeline.training import model_file
from pipeline.watching import condition_of

DAY = "ingested=2026-11-26"
SPOILED = f"{DAY}/part-1.parquet"


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PANTAU_CACHE", str(tmp_path / "cache"))
    bundle.shipped.cache_clear()


@pytest.fixture
def place(demo: DemoResult, tmp_path: Path) -> jobs.Workplace:
    """Three small parts of the demo's pages, judged by no one yet."""
    [name] = part_names(demo.place.data, "pages")
    rows = read_part(demo.place.data / "pages" / name).to_pylist()
    for number in range(3):
        write_part(tmp_path / "data" / "pages" / DAY / f"part-{number}.parquet", rows[number * 2 : number * 2 + 2], PAGES)
    (tmp_path / "data" / MEMORY).write_bytes((demo.place.data / MEMORY).read_bytes())
    return replace(demo.place, data=tmp_path / "data", settings=with_engine(demo.place.settings, "serial"))


def spoiled(place: jobs.Workplace) -> Path:
    path = place.data / "pages" / SPOILED
    path.write_bytes(b"no parquet")
    return path


def counts(tally: Tally) -> tuple[int, int, int]:
    return tally.get("parts_judged"), tally.get("parts_failed"), tally.get("parts_left_out")


def test_a_poisoned_part_is_named_left_out_and_tried_again_on_demand(place: jobs.Workplace) -> None:
    path = spoiled(place)
    assert counts(jobs.judge(place)) == (2, 1, 0)
    note = quarantine.notes(place.data)[SPOILED]
    assert str(path) in note.error
    assert note.recipe == jobs.recipe_of_place(place)
    assert counts(jobs.judge(place)) == (0, 0, 1)
    assert counts(jobs.judge(place, retry=True)) == (0, 1, 0)


def test_a_part_that_was_restored_or_moved_away_is_left_out_no_longer(place: jobs.Workplace) -> None:
    whole = (place.data / "pages" / SPOILED).read_bytes()
    spoiled(place)
    jobs.judge(place)
    (place.data / "pages" / SPOILED).write_bytes(whole)
    assert counts(jobs.judge(place)) == (1, 0, 0)
    assert quarantine.notes(place.data) == {}
    (place.data / "articles" / SPOILED).unlink()
    spoiled(place)
    jobs.judge(place)
    (place.data / "pages" / SPOILED).unlink()
    assert counts(jobs.judge(place)) == (0, 0, 0)
    assert quarantine.notes(place.data) == {}


def test_another_recipe_tries_again(place: jobs.Workplace, tmp_path: Path) -> None:
    spoiled(place)
    jobs.judge(place)
    units = tmp_path / "units.csv"
    units.write_text(place.units.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert counts(jobs.judge(replace(place, units=units)))[1:] == (1, 0)


def test_judge_and_status_tell_of_it(place: jobs.Workplace, capsys: pytest.CaptureFixture[str]) -> None:
    spoiled(place)
    words = ["--data", str(place.data), "--config", str(default_config()), "-v"]
    assert main(["judge", *words]) == 1
    assert "PARTS FAILED 1" in capsys.readouterr().out
    assert main(["judge", *words]) == 0
    told = capsys.readouterr().out
    assert "1 part(s) are left out" in told
    assert "--retry" in told
    lines = list(lines_of(condition_of(place, whole=False)))
    assert [line for line in lines if line.startswith("left out") and SPOILED in line and "not a readable" in line]
    assert main(["judge", *words, "--retry"]) == 1


@pytest.mark.parametrize("passing", [OSError(28, "No space left on device"), OutageError("s3://x fails"), FileNotFoundError("x")])
def test_what_passes_blames_no_part(place: jobs.Workplace, passing: Exception) -> None:
    spreading.failed(place, SPOILED, "r", passing)
    assert quarantine.notes(place.data) == {}


def test_a_mistake_of_the_configuration_ends_the_run(place: jobs.Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    def broken(task: work.JudgeTask) -> None:
        tried.append(task)
        raise ConfigError("vocabulary.yaml is gone")

    monkeypatch.setattr(work, "judge_part", broken)
    with pytest.raises(ConfigError, match=r"vocabulary\.yaml"):
        jobs.judge(place)
    assert {task.part for task in tried} == {f"{DAY}/part-0.parquet"}
    assert quarantine.notes(place.data) == {}


@pytest.mark.parametrize("damage", ["", "[]", '{"part": "x"}'])
def test_a_damaged_note_says_what_to_do(place: jobs.Workplace, damage: str) -> None:
    spoiled(place)
    jobs.judge(place)
    (place.data / "quarantine" / SPOILED).with_suffix(".json").write_text(damage, encoding="utf-8")
    with pytest.raises(StorageError, match="delete it"):
        jobs.judge(place)


def task_of(place: jobs.Workplace, **more: str) -> work.JudgeTask:
    model = model_file(place.config, place.data)
    paths = (str(place.data), str(place.config), str(place.units))
    return replace(work.JudgeTask(*paths, f"{DAY}/part-0.parquet", str(model), jobs.recipe_of_place(place), "relevant"), **more)


def test_what_is_shipped_judges_alike_and_tells_no_address(place: jobs.Workplace, tmp_path: Path) -> None:
    root, model = Folder(place.data), model_file(place.config, place.data)
    digest = bundle.ship(root, place.config, place.units, model, place.settings.judge)
    assert bundle.ship(root, place.config, place.units, model, place.settings.judge) == digest
    assert bundle.ship(root, place.config, place.units, model, Judge(prevalence=0.5)) != digest
    home = place.data / bundle.FOLDER / digest
    assert tomllib.loads((home / "settings.toml").read_text(encoding="utf-8"))["judge"]["prevalence"] == 0.01
    assert "contact" not in (home / "settings.toml").read_text(encoding="utf-8")
    away = task_of(place, config="/nowhere", units="/nowhere/units.csv", bundle=digest)
    assert work.standing(away) == work.standing(task_of(place))
    here = work.judge_part(task_of(place, beside="_here"))
    assert work.judge_part(away) == here
    name = f"{DAY}/part-0.parquet"
    assert (place.data / "articles" / name).read_bytes() == (place.data / "articles_here" / name).read_bytes()


def test_what_is_not_what_was_shipped_is_refused(place: jobs.Workplace) -> None:
    digest = bundle.ship(
        Folder(place.data), place.config, place.units, model_file(place.config, place.data), place.settings.judge
    )
    vocabulary = place.data / bundle.FOLDER / digest / "vocabulary.yaml"
    vocabulary.write_bytes(vocabulary.read_bytes() + b"\n# changed\n")
    with pytest.raises(StorageError, match=r"vocabulary\.yaml is not what was shipped; delete"):
        work.judge_part(task_of(place, bundle=digest))


def test_a_copy_that_was_changed_is_taken_anew(place: jobs.Workplace) -> None:
    digest = bundle.ship(
        Folder(place.data), place.config, place.units, model_file(place.config, place.data), place.settings.judge
    )
    units = bundle.shipped(str(place.data), digest) / "units.csv"
    whole = units.read_bytes()
    units.write_bytes(b"")
    bundle.shipped.cache_clear()
    assert (bundle.shipped(str(place.data), digest) / "units.csv").read_bytes() == whole


def test_a_machine_of_another_recipe_refuses_the_part(place: jobs.Workplace) -> None:
    digest = bundle.ship(
        Folder(place.data), place.config, place.units, model_file(place.config, place.data), place.settings.judge
    )
    with pytest.raises(ConfigError, match="install the same release"):
        work.judge_part(task_of(place, bundle=digest, recipe="0" * 12))
    assert not (place.data / "articles").exists()


def test_a_part_whose_bodies_have_expired_is_left_as_it_is(place: jobs.Workplace) -> None:
    expire_bodies(place.data / "pages" / f"{DAY}/part-0.parquet", place.now)
    assert work.judge_part(task_of(place)).expired
    assert not (place.data / "articles").exists()


@pytest.mark.parametrize(
    "spec",
    [
        "dask:tcp://10.0.0.7:8786",
        "dask:tcp://penjadwal.instansi.example:8786",
        "dask:tcp://[fd00::7]:8786",
        "processes:8",
        "serial",
    ],
)
def test_engines_that_there_are(spec: str) -> None:
    assert with_engine(Settings(), spec).engine.spec == spec
    assert with_engine(Settings(), spec).engine.local in (spec, "processes:2")


@pytest.mark.parametrize(
    "spec",
    ["dask", "dask:", "dask:host:8786", "dask:http://x:1", "dask:tcp://", "dask:tcp://a b:1", "ray://x", "dask:tcp://x:1\n"],
)
def test_engines_that_there_are_not(spec: str) -> None:
    with pytest.raises(ConfigError, match="--engine"):
        with_engine(Settings(), spec)


def test_tls_wants_all_three_files() -> None:
    with pytest.raises(ConfigError, match="tls_ca_file, tls_cert_file and tls_key_file"):
        with_engine(Settings(), "dask:tls://host:8786")
    with pytest.raises(ValidationError):
        Engine(tls_ca_file="ca.pem")
    tls = {"tls_ca_file": "ca.pem", "tls_cert_file": "cert.pem", "tls_key_file": "key.pem"}
    assert Engine(spec="dask:tls://host:8786", **tls).afar


def test_a_cluster_is_for_judging_only(place: jobs.Workplace) -> None:
    from pipeline.engine import run

    with pytest.raises(ConfigError, match="stays on one machine"):
        list(run(len, ["a"], "dask:tcp://127.0.0.1:1"))


@pytest.mark.parametrize("command", ["run", "ingest", "expire", "forget", "correct", "status", "train", "demo", "alert"])
def test_a_bucket_is_no_place_for_the_rest(command: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"does not work on s3://bucket/x .*--data .*mirror/bucket_x"):
        within_reach(Namespace(data="s3://bucket/x/", mirror=None, command=command))


def test_a_bucket_s_folder_has_its_name_or_the_one_that_is_given(tmp_path: Path) -> None:
    one = within_reach(Namespace(data="s3://bucket/a b/../c", mirror=None, command="judge"))
    assert (one.root, one.data.name) == ("s3://bucket/a b/../c", "bucket_a_b_.._c")
    two = within_reach(Namespace(data="s3://bucket", mirror=tmp_path, command="report"))
    assert (two.root, two.data) == ("s3://bucket", tmp_path)
    with pytest.raises(ConfigError, match="--mirror goes with"):
        within_reach(Namespace(data=tmp_path, mirror=tmp_path, command="judge"))
    with pytest.raises(ConfigError, match="pantau promote"):
        within_reach(Namespace(data="s3://bucket", mirror=None, command="judge", rejudge=True))


def test_all_goes_with_a_new_recipe(place: jobs.Workplace, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["judge", "--all", "--data", str(place.data), "--config", str(default_config())]) == 2
    assert "--recipe new" in capsys.readouterr().err
