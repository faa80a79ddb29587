"""The ledger's SQLite file: earlier and newer versions, a broken or torn file, one that others hold; nothing is read in full."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import cast

import pytest

from pipeline.errors import StorageError
from pipeline.fetch.database import TABLES
from pipeline.fetch.ledger import VERSION, Ledger
from pipeline.fetch.schedule import Standing
from pipeline.fetch.sqlite import SqliteFile
from tests.fetch.ledgers import NOW, entry, poll, seen


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "ledger.sqlite"


def test_a_file_of_version_1_is_brought_up_and_keeps_what_it_knows(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.executescript(TABLES + "PRAGMA user_version = 1;")
        db.execute("INSERT INTO sources VALUES ('kabar', 'e1', 'l1', 's1', 4)")
        row = (
            "a",
            "kabar",
            "https://kabar.example/a",
            "Judul a",
            "",
            None,
            "",
            "2026-11-25T00:00:00",
            "waiting",
            "",
            "",
            2,
            "",
            "",
            "x",
        )
        db.execute(f"INSERT INTO entries VALUES ({', '.join('?' * 15)})", row)
        db.execute("INSERT INTO sightings VALUES ('a', 'kabar', '2026-11-25T00:00:00')")
    before = path.read_bytes()
    with Ledger.read(path, NOW) as ledger:
        assert (ledger.counts(), ledger.standings()["kabar"].failures) == ({"waiting": 1}, 4)
    assert path.read_bytes() == before, "looking changes nothing"
    with Ledger(path, NOW) as ledger:
        assert ledger.standings()["kabar"] == Standing("kabar", failures=4, etag="e1", last_modified="l1", body_sha256="s1")
        assert ledger.seen_by("a") == [("kabar", "2026-11-25T00:00:00", "2026-11-25T00:00:00")]
        assert ledger.tries("a") == 2
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (VERSION,)


def test_a_file_of_a_newer_version_is_left_alone_with_advice(path: Path) -> None:
    with Ledger(path, NOW) as ledger:
        seen(ledger, "a")
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(StorageError, match="newer version of pantau; update this installation"):
        Ledger(path, NOW)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT key FROM entries").fetchall() == [("a",)]


@pytest.mark.parametrize("data", [b"bukan basis data sama sekali" * 100, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_file_that_is_no_ledger_is_told_with_advice(path: Path, data: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(data)
    with pytest.raises(StorageError, match=r"is broken .* move it aside and run again"):
        Ledger(path, NOW)
    assert path.read_bytes() == data


def test_a_ledger_torn_in_its_middle_is_told_when_it_is_used(path: Path) -> None:
    with Ledger(path, NOW) as ledger:
        poll(ledger, "kabar", [entry(f"{number:04}") for number in range(2000)])
    data = bytearray(path.read_bytes())
    data[8192:] = b"\xa5" * (len(data) - 8192)
    path.write_bytes(data)
    with Ledger(path, NOW) as ledger:
        with pytest.raises(StorageError, match="move it aside"):
            ledger.waiting(5000)
        with pytest.raises(StorageError, match="move it aside"):
            seen(ledger, "a")


def test_a_ledger_held_by_another_program_is_told_and_not_called_broken(path: Path) -> None:
    with Ledger(path, NOW) as ledger, closing(sqlite3.connect(path, isolation_level=None)) as other:
        ledger._db.execute("PRAGMA busy_timeout = 10")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError, match="no other program holds it open") as told:
            seen(ledger, "a")
        assert "move it aside" not in str(told.value)
        other.execute("ROLLBACK")
        seen(ledger, "a")
        assert ledger.counts() == {"waiting": 1}


def test_a_folder_in_the_place_of_the_file_is_told(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(StorageError, match="folder may be written to"):
        Ledger(path, NOW)


def test_an_empty_file_is_a_new_ledger(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    with Ledger(path, NOW) as ledger:
        assert ledger.counts() == {}


def test_no_question_that_is_asked_for_each_page_or_poll_reads_the_whole_table(path: Path) -> None:
    asked: list[str] = []
    ledger = Ledger(path, NOW)
    raw = cast(SqliteFile, ledger._db).raw
    raw.set_trace_callback(asked.append)
    ledger.twin_of("a")
    ledger.stands_for("a")
    ledger.state("a")
    ledger.tries("a")
    ledger.words("a")
    ledger.known("kabar", ["a", "b"])
    ledger.waiting_among(["a", "b"])
    ledger.waiting(10)
    ledger.due_revisits(10)
    raw.set_trace_callback(None)
    assert len(asked) == 9
    plans = {sql: str(ledger._rows(f"EXPLAIN QUERY PLAN {sql}")) for sql in asked}
    assert [sql for sql, plan in plans.items() if "SCAN" in plan] == []
    ledger._db.close()
