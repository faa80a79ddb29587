"""The recording file layer sees what is not synced, and the store's writes leave nothing half done whatever a power cut keeps."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.torture_power import lay_out, recorded, states
from pipeline.fetch.ledger import Ledger
from pipeline.jobs import keep_past
from pipeline.report.publish import publish, standing
from pipeline.store.parts import append_text, part_names, part_path, write_bytes
from tests.conftest import NOW


def left_by(root: Path, work: Callable[[], object]) -> list[dict[str, bytes]]:
    """Every set of visible files that a power cut can leave while ``work`` is at it."""
    with recorded(root) as recording:
        work()
    visible = [
        {name: content for name, content in files.items() if not name.split("/")[-1].startswith(".")}
        for _, _, files, _ in states(recording)
    ]
    return [files for at, files in enumerate(visible) if files not in visible[:at]]


def test_a_part_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    assert left_by(tmp_path, lambda: write_bytes(tmp_path / "a/b/part", b"x" * 5000)) == [{}, {"a/b/part": b"x" * 5000}]


def test_a_replaced_file_is_the_old_or_the_new_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"old")
    assert left_by(tmp_path, lambda: write_bytes(tmp_path / "file", b"newer")) == [{"file": b"old"}, {"file": b"newer"}]


def test_a_log_keeps_what_stood_in_it(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_bytes(b"head\nfirst\n")
    found = left_by(tmp_path, lambda: append_text(tmp_path / "log.csv", "head\n", "second\n"))
    assert [files["log.csv"] for files in found] == [b"head\nfirst\n", b"head\nfirst\nsec", b"head\nfirst\nsecond\n"]


def test_a_folder_that_takes_anothers_place_is_there_whole_under_either_name(tmp_path: Path) -> None:
    publish(tmp_path / "laporan", {"manifest.json": b"{}", "a.csv": b"lama"})
    with recorded(tmp_path) as recording:
        publish(tmp_path / "laporan", {"manifest.json": b"{}", "a.csv": b"baru"})
    beside = 0
    for _, how, files, ledger in states(recording):
        lay_out(tmp_path / "cut", files, recording.standing, ledger, "ledger.sqlite")
        folder = standing(tmp_path / "cut" / "laporan")
        assert (folder / "a.csv").read_bytes() in (b"lama", b"baru"), how
        beside += folder.name != "laporan"
    assert beside > 0, "the state between the two renames is one of them"


def test_a_former_judgement_is_on_disk_before_another_takes_its_place(data: Path) -> None:
    [name] = part_names(data, "articles")
    with recorded(data) as recording:
        keep_past(data, name, "0123456789ab")
        write_bytes(part_path(data, "articles", name), b"another")
    replaced = [files for _, _, files, _ in states(recording) if files[f"articles/{name}"] == b"another"]
    assert replaced
    assert all(f"articles_past/0123456789ab/{name}" in files for files in replaced)


@pytest.mark.parametrize("careless", ["no fsync of the file", "no fsync of the folder", "no fsync of the folder above"])
def test_what_is_not_synced_is_seen_to_be_lost(careless: str, tmp_path: Path) -> None:
    def work() -> None:
        folder = tmp_path / "new"
        folder.mkdir()
        hidden = folder / ".part"
        with hidden.open("wb") as file:
            file.write(b"whole")
            file.flush()
            if careless != "no fsync of the file":
                os.fsync(file.fileno())
        hidden.rename(folder / "part")
        for place in (folder, tmp_path):
            if careless != f"no fsync of the folder{' above' if place == tmp_path else ''}":
                handle = os.open(place, os.O_RDONLY)
                os.fsync(handle)
                os.close(handle)
        (tmp_path / "marked").write_bytes(b"")  # as the ledger's mark, which comes after

    found = left_by(tmp_path, work)
    lost = {} if "folder" in careless else {"new/part": b""}
    assert any({name: content for name, content in files.items() if name != "marked"} == lost for files in found[-6:])


def test_commits_of_the_ledger_are_seen_and_synced(tmp_path: Path) -> None:
    with recorded(tmp_path) as recording, Ledger(tmp_path / "ledger.sqlite", NOW) as ledger:
        ledger.record_run("first", {})
        write_bytes(tmp_path / "part", b"x")
        ledger.record_run("second", {})
    kinds = [event.kind for event in recording.events]
    assert kinds.index("rename") > kinds.index("commit")
    assert kinds[-1] == "commit"
    assert recording.unsynced == 0
    runs = []
    for event in recording.events:
        if event.kind == "commit":
            (tmp_path / "copy.sqlite").write_bytes(event.content)
            with closing(sqlite3.connect(tmp_path / "copy.sqlite")) as db:
                runs.append([row[0] for row in db.execute("SELECT command FROM runs ORDER BY id")])
    assert runs[-2:] == [["first"], ["first", "second"]]


def test_a_careless_ledger_is_seen(tmp_path: Path) -> None:
    with recorded(tmp_path) as recording, closing(sqlite3.connect(tmp_path / "ledger.sqlite", isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = OFF")
        db.execute("BEGIN")
        db.execute("CREATE TABLE parts (name TEXT)")
        db.execute("COMMIT")
    assert recording.unsynced == 1
