"""Bodies expire and articles are forgotten: whole, again and again, at any kill, and so that nothing comes back."""

from __future__ import annotations

import shutil
from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from pipeline import analyst, jobs, overview, retention
from pipeline.cli import main
from pipeline.demo import DemoResult, workplace_of_demo
from pipeline.errors import ConfigError, StorageError
from pipeline.records import Reason
from pipeline.store import dataset, rewriting
from pipeline.store.parts import part_names, part_path, read_part
from pipeline.store.tombstones import FILE, add_tombstones, load_tombstones
from pipeline.urls import article_key
from tests.conftest import NOW, contents

LATER = NOW + timedelta(days=91)


@pytest.fixture
def place(demo: DemoResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> jobs.Workplace:
    """A copy of the demo that may be written to, with an empty folder of models."""
    data = tmp_path / "data"
    shutil.copytree(demo.place.data, data)
    monkeypatch.setattr("pipeline.settings.models_folder", lambda: tmp_path / "models")
    found = workplace_of_demo(data, LATER)
    assert found is not None
    return found


def told(lines: Callable[[jobs.Workplace, Namespace], object], place: jobs.Workplace, **wishes: object) -> list[str]:
    return list(lines(place, Namespace(**wishes)))  # type: ignore[call-overload, no-any-return]


def forget(place: jobs.Workplace, article: str, **wishes: bool) -> list[str]:
    return told(
        retention.forget_lines, place, **{"article": article, "copies": False, "alone": False, "dry_run": False, **wishes}
    )


def copied(place: jobs.Workplace) -> tuple[str, list[str]]:
    """An article and the keys of the copies that stand beside it."""
    frame = dataset.articles(place.data)
    story = frame[frame["story_articles"] > 1]["story_id"].iloc[0]
    key, *copies = frame[frame["story_id"] == story]["key"]
    return key, copies


def bytes_naming(data: Path, word: str) -> list[str]:
    """Files below ``data`` that hold ``word``, plainly or in a column of parquet or Arrow."""
    hits = []
    for path in sorted(data.rglob("*")):
        if path.suffix == ".parquet":
            text = read_part(path).to_pandas().astype(str).to_csv()
        elif path.suffix == ".arrow":  # its checksum stands behind it
            text = str(pa.ipc.open_file(path.read_bytes()[:-4]).read_all().to_pylist())
        elif path.is_file():
            text = path.read_bytes().decode("utf-8", "replace")
        else:
            continue
        if word in text:
            hits.append(path.relative_to(data).as_posix())
    return hits


def test_bodies_expire_once_and_the_account_stays(place: jobs.Workplace) -> None:
    before, account = contents(place.data), overview.account(place)
    dry = retention.expire(place, 90, dry=True)
    assert contents(place.data) == before
    found = retention.expire(place, 90)
    assert (found.parts, found.pages, found.freed, found.entries) == (dry.parts, dry.pages, dry.freed, dry.entries)
    assert found.pages == 83
    assert found.freed > 100_000
    for name in part_names(place.data, "pages"):
        for row in read_part(part_path(place.data, "pages", name)).to_pylist():
            assert (row["bodies"], row["feed_title"], row["feed_summary"]) == ([], "", "")
            assert row["url"]
    assert overview.account(place) == account
    after = contents(place.data)
    again = retention.expire(place, 90)
    assert (again.parts, again.pages, again.entries) == (0, 0, 0)
    assert again.done_before == found.parts
    assert contents(place.data) == after
    assert {name for name in after if after[name] != before.get(name)} == {
        f"pages/{name}" for name in part_names(place.data, "pages")
    }


def test_young_and_unjudged_parts_keep_their_bodies(place: jobs.Workplace) -> None:
    assert retention.expire(place, 92).young == 1
    name = part_names(place.data, "pages")[0]
    part_path(place.data, "articles", name).unlink()
    found = retention.expire(place, 90)
    assert (found.parts, found.not_judged) == (0, 1)


def test_expired_pages_are_not_judged_anew(place: jobs.Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    retention.expire(place, 90)
    before = contents(place.data)
    monkeypatch.setattr("pipeline.jobs.recipe_of_place", lambda _: "another")
    tally = jobs.judge(place, rejudge=True)
    assert tally.counts == {"parts_expired": 1}
    assert contents(place.data) == before


def test_a_kill_between_parts_leaves_each_whole(place: jobs.Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = part_path(place.data, "pages", part_names(place.data, "pages")[0]).parent
    leftover = folder / ".part-x.parquet.123"
    leftover.write_bytes(b"half a part, with bodies")

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("pipeline.store.rewriting.write_bytes", killed)
        before = contents(place.data)
        with pytest.raises(KeyboardInterrupt):
            retention.expire(place, 90)
        assert contents(place.data) == before
    found = retention.expire(place, 90)
    assert found.parts == 1
    assert found.leftovers == 1
    assert not leftover.exists()


def test_forgetting_takes_every_copy_and_stays(place: jobs.Workplace) -> None:
    key, copies = copied(place)
    frame = dataset.articles(place.data)
    title = frame[frame["key"] == key]["title"].iloc[0]
    past = place.data / "articles_past" / "old" / part_names(place.data, "articles")[0]
    past.parent.mkdir(parents=True)
    shutil.copy(part_path(place.data, "articles", part_names(place.data, "articles")[0]), past)
    with pytest.raises(ConfigError, match="say --copies to remove them too, or --alone"):
        forget(place, key)
    assert bytes_naming(place.data, key)
    listed = forget(place, key, copies=True, dry_run=True)
    assert sum(line.startswith("copy") for line in listed) == len(copies)
    assert bytes_naming(place.data, key)
    lines = forget(place, key, copies=True)
    assert any("reports" in line for line in lines)
    for gone in (key, *copies):
        assert bytes_naming(place.data, gone) == []
    # Another page may link to it by its headline; that page is somebody else's.
    assert all(name.startswith("pages/") for name in bytes_naming(place.data, title))
    account = overview.account(place)
    assert account["lost"] == account["doubled"] == 0
    assert account["seen"] == 84 - 1 - len(copies)
    with pytest.raises(ValueError, match="removed on request"):
        analyst.explain(key, data=place.data)
    after = contents(place.data)
    assert "tombstones 0" in forget(place, key)[-1]
    assert contents(place.data) == after


def test_one_copy_may_go_alone(place: jobs.Workplace) -> None:
    key, copies = copied(place)
    forget(place, key, alone=True)
    assert bytes_naming(place.data, copies[0])
    left = dataset.articles(place.data)
    assert key not in set(left["key"])
    assert set(copies) <= set(left["key"])
    assert not load_tombstones(place.data).texts, "a text that still stands is not banned"


def test_what_a_killed_forget_left_is_taken_by_the_next(place: jobs.Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    key, _ = copied(place)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("pipeline.fetch.ledger.Ledger.erase", killed)
        with pytest.raises(KeyboardInterrupt):
            forget(place, key, copies=True)
    forget(place, key, copies=True)
    assert bytes_naming(place.data, key) == []


def test_a_forgotten_text_is_not_judged_under_another_address(place: jobs.Workplace) -> None:
    key, _ = copied(place)
    frame = dataset.articles(place.data)
    row = frame[frame["key"] == key].iloc[0]
    add_tombstones(place.data, [], [row["text_sha256"]], NOW)
    name = part_names(place.data, "pages")[0]
    part_path(place.data, "articles", name).unlink()
    tally = jobs.judge(place)
    assert tally.get(f"rejected:{Reason.FORGOTTEN.value}") >= 1
    assert key not in set(dataset.articles(place.data)["key"])
    rejected = dataset.rejections(place.data)
    mine = rejected[rejected["key"] == key].iloc[0]
    assert (mine["reason"], mine["url"], mine["title"]) == ("forgotten", "", "")
    page = next(row for row in read_part(part_path(place.data, "pages", name)).to_pylist() if row["key"] == key)
    assert (page["bodies"], page["url"], page["feed_title"]) == ([], "", "")


def test_a_forgotten_address_is_not_taken_in_again(place: jobs.Workplace) -> None:
    from pipeline.newsroom.server import serve
    from pipeline.newsroom.sites import load_sample
    from pipeline.settings import sample_folder

    key, copies = copied(place)
    forget(place, key, copies=True)
    with serve(load_sample(sample_folder(), NOW)) as newsroom:
        fresh = replace(jobs.with_fetch(place, loopback_origin=newsroom.origin, host_delay_seconds=0.0), now=NOW)
        (place.data / "ledger.sqlite").unlink()  # a lost ledger: the tombstones are what remains
        tally = jobs.ingest(fresh)
    assert tally.get("entries_forgotten") >= 1
    assert bytes_naming(place.data, key) == []
    assert copies


def test_wrong_use_is_told(place: jobs.Workplace, capsys: pytest.CaptureFixture[str]) -> None:
    for article in ("", "abc", "kabar", "ftp://kabar.example/1"):
        with pytest.raises(ConfigError, match="neither a whole key"):
            forget(place, article)
    assert main(["expire", "--data", str(place.data), "--days", "-1"]) == 2
    assert "is not a number of days" in capsys.readouterr().err
    assert "not held here" in forget(place, "https://kabar.example/nirgends")[0]
    assert load_tombstones(place.data).address(article_key("https://kabar.example/nirgends"))


def test_a_damaged_file_of_tombstones_stops_everything(tmp_path: Path) -> None:
    add_tombstones(tmp_path, ["a" * 16], ["b"], NOW)
    held = load_tombstones(tmp_path)
    assert held.address("a" * 16)
    assert held.text("b")
    assert not held.address("b")
    assert "a" * 16 not in (tmp_path / FILE).read_text(encoding="utf-8")
    for text in ("", "kind,hash,when\n", "kind,hash,when\nsalt,x,y\nsalt,z,y\n", "kind,hash,when\nsalt,x,y\naddress\n"):
        (tmp_path / FILE).write_text(text, encoding="utf-8")
        with pytest.raises(StorageError, match="restore it from a backup"):
            load_tombstones(tmp_path)


def test_a_part_that_loses_rows_keeps_its_shape(place: jobs.Workplace) -> None:
    path = part_path(place.data, "articles", part_names(place.data, "articles")[0])
    schema = read_part(path).schema
    everything = rewriting.drop_rows(path, lambda _: True)
    assert everything == 79
    assert read_part(path).num_rows == 0
    assert read_part(path).schema.equals(schema, check_metadata=True)
