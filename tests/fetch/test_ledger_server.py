"""The ledger in PostgreSQL: one writer at a time, kills and lost connections, passwords, strange databases, told with advice."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import ConfigError, LockedError, StorageError
from pipeline.fetch import postgres as room
from pipeline.fetch.database import VERSION, Server
from pipeline.fetch.ledger import Ledger
from pipeline.fetch.postgres import check_address, sole_run
from tests.fetch.ledgers import NOW, entry, poll, seen
from tests.postgres import PASSWORD, Running

pytestmark = pytest.mark.postgres


# --- one writer at a time


def test_a_second_writer_waits_and_then_gives_way(postgres: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    server = postgres.fresh()
    monkeypatch.setattr(room, "_PATIENCE", 0.05)
    with Ledger(server, NOW) as ledger:
        with pytest.raises(LockedError, match="another run is writing to the ledger postgresql://"):
            Ledger(server, NOW)
        seen(ledger, "a")
    with Ledger(server, NOW) as ledger:
        assert ledger.counts() == {"waiting": 1}


def test_ledgers_of_one_database_do_not_lock_each_other(postgres: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_PATIENCE", 0.05)
    with Ledger(postgres.fresh(), NOW) as one, Ledger(postgres.fresh(), NOW) as other:
        seen(one, "a")
        assert (one.counts(), other.counts()) == ({"waiting": 1}, {})


def test_who_looks_waits_for_nobody_sees_whole_polls_and_writes_nothing(postgres: Running) -> None:
    server = postgres.fresh()
    with Ledger(server, NOW) as writer:
        seen(writer, "a")
        with Ledger.read(server, NOW) as reader:
            with writer._transaction() as db:
                db.execute("UPDATE entries SET state = 'rejected'")
                assert reader.state("a") == "waiting"
            assert reader.state("a") == "rejected"
            with pytest.raises(StorageError, match="read-only"):
                seen(reader, "b")


def test_two_runs_do_not_overlap_though_neither_writes_all_the_time(postgres: Running) -> None:
    server = postgres.fresh()
    with sole_run(server, "busy", 0):
        with pytest.raises(LockedError, match="busy"), sole_run(server, "busy", 0):
            pass
        with Ledger(server, NOW) as ledger:
            seen(ledger, "a")
    with sole_run(server, "busy", 0):
        pass


# --- kills


def _poll_for_ever(server: Server, start: int) -> None:
    for number in range(start, start + 100_000, 10):
        with Ledger(server, NOW) as ledger:
            poll(ledger, "kabar", [entry(f"{one:06}") for one in range(number, number + 10)], body_sha256=str(number))
            ledger.mark_fetched(f"p{number}", [f"{one:06}" for one in range(number, number + 5)])


def test_a_writer_killed_at_any_moment_loses_and_doubles_nothing(postgres: Running) -> None:
    """Its connection dies with it: the server undoes what was not committed, and lets the next writer in."""
    server, draw, start = postgres.fresh(), random.Random(7), 0
    for _ in range(3):
        process = multiprocessing.get_context("spawn").Process(target=_poll_for_ever, args=(server, start))
        process.start()
        while not (held := _last(server)) or held <= start:
            assert process.is_alive()
            time.sleep(0.01)
        time.sleep(draw.random() / 20)
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join(60)
        with Ledger(server, NOW) as ledger:
            counts, last = ledger.counts(), int(ledger.standings()["kabar"].body_sha256)
            parts = sorted(int(name[1:]) for name in ledger.known_parts())
        assert sum(counts.values()) == last + 10, "every poll is there whole, or not at all"
        assert counts["fetched"] == 5 * len(parts)
        assert set(range(0, last, 10)) <= set(parts), "what was marked before the last poll is marked"
        with Ledger(server, NOW) as ledger:  # the next run does again what may have been lost
            ledger.mark_fetched(f"p{last}", [f"{one:06}" for one in range(last, last + 5)])
        start = last + 10


def _last(server: Server) -> int:
    try:
        with Ledger.read(server, NOW) as ledger:
            return sum(ledger.counts().values())
    except StorageError:  # not begun yet
        return 0


def test_a_server_that_goes_away_is_told_and_the_next_run_goes_on(postgres: Running) -> None:
    server = postgres.fresh()
    with Ledger(server, NOW) as ledger:
        seen(ledger, "a")
        postgres.stop(signal.SIGQUIT)  # as a crash
        try:
            with pytest.raises(StorageError, match=r"cannot be used .* run again: the next run goes on from here"):
                seen(ledger, "b")
            with pytest.raises(StorageError, match=r"cannot be reached .* see that the server runs"):
                Ledger(server, NOW)
        finally:
            postgres.start()
    with Ledger(server, NOW) as ledger:
        assert ledger.counts() == {"waiting": 1}


def test_a_connection_cut_amid_a_poll_leaves_nothing_of_it(postgres: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    server = postgres.fresh()
    with Ledger(server, NOW) as ledger:
        seen(ledger, "a")
        write = ledger._write_poll

        def broken(*values: Any) -> None:
            postgres.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pantau'")
            write(*values)

        monkeypatch.setattr(ledger, "_write_poll", broken)
        with pytest.raises(StorageError, match="cannot be used"):
            seen(ledger, "a", "b")
    with Ledger(server, NOW) as ledger:
        assert ledger.counts() == {"waiting": 1}


# --- addresses and passwords


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://pantau:rahasia@db.example/pantau",
        "postgresql://pantau@db.example/pantau?password=rahasia",
        "postgresql://pantau@db.example/pantau?rahasia",
        "mysql://pantau:rahasia@db.example/pantau",
        "host=db.example password=rahasia dbname=pantau",
        "postgresql://pantau:rahasia@db.example",
        "postgresql://pantau@db.example/pan tau",
    ],
)
def test_an_address_with_a_password_or_without_sense_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(ConfigError, match=r"ledger\.url") as told:
        check_address(url)
    assert "rahasia" not in str(told.value)


@pytest.mark.parametrize("password", ["salah-sekali", ""])
def test_a_wrong_or_missing_password_is_told_with_where_it_goes(
    postgres: Running, monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    monkeypatch.setenv("PGPASSWORD", password)
    monkeypatch.setenv("PGPASSFILE", os.devnull)
    with pytest.raises(StorageError, match=r"password into \$PGPASSWORD, or into the file ~/.pgpass") as told:
        Ledger(postgres.fresh(), NOW)
    assert not password or password not in str(told.value)


def test_the_password_may_stand_in_a_file(postgres: Running, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "pgpass"
    file.write_text(f"127.0.0.1:{postgres.port}:uji:pantau:{PASSWORD}\n")
    file.chmod(0o600)
    monkeypatch.delenv("PGPASSWORD")
    server = postgres.fresh()
    with Ledger(replace(server, url=f"{server.url}&passfile={file}"), NOW) as ledger:
        seen(ledger, "a")
        assert ledger.counts() == {"waiting": 1}


def test_a_database_that_is_not_there_is_told(postgres: Running) -> None:
    with pytest.raises(StorageError, match="make the user and the database on the server"):
        Ledger(Server(postgres.url("tiada"), "x"), NOW)


# --- what stands in the database


def test_tables_of_a_newer_version_are_left_alone(postgres: Running) -> None:
    server = postgres.fresh()
    with Ledger(server, NOW) as ledger:
        ledger._db.execute("UPDATE ledger SET version = ?", (VERSION + 1,))
    for begin in (Ledger, Ledger.read):
        with pytest.raises(StorageError, match="newer version of pantau; update this installation"):
            begin(server, NOW)


def test_tables_of_an_earlier_version_are_brought_up_by_who_writes(postgres: Running) -> None:
    server = postgres.fresh()
    with Ledger(server, NOW) as ledger:
        seen(ledger, "a")
        ledger._db.execute("DROP TABLE tallies")
        ledger._db.execute("UPDATE ledger SET version = 2")
    with pytest.raises(StorageError, match="of an earlier version; any `pantau run` brings it up"):
        Ledger.read(server, NOW)
    for begin in (Ledger, Ledger.read):
        with begin(server, NOW) as ledger:
            assert ledger.counts() == {"waiting": 1}


def test_the_ledger_of_another_data_folder_is_left_alone(postgres: Running) -> None:
    server = postgres.fresh()
    with Ledger(server, NOW) as ledger:
        seen(ledger, "a")
    for begin in (Ledger, Ledger.read):
        with pytest.raises(StorageError, match="belongs to another data folder"):
            begin(replace(server, sign="ffff"), NOW)


def test_another_programs_tables_are_left_alone(postgres: Running) -> None:
    server = postgres.fresh()
    schema = server.url.rsplit("%3D", 1)[1]
    postgres.sql(f"CREATE TABLE {schema}.sources (id int)")
    with pytest.raises(StorageError, match=r"another program's tables .* a schema of its own"):
        Ledger(server, NOW)
    assert postgres.sql(f"SELECT count(*) FROM pg_tables WHERE schemaname = '{schema}'") == [(1,)]


def test_who_looks_at_a_ledger_that_is_not_begun_is_told(postgres: Running) -> None:
    with Ledger.read(postgres.fresh(), NOW) as ledger, pytest.raises(StorageError, match="holds no tables yet; `pantau run`"):
        ledger.counts()


def test_a_user_who_may_not_make_tables_is_told(postgres: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    server = postgres.fresh()
    postgres.sql(f"CREATE ROLE tamu{postgres.port} LOGIN PASSWORD 'tamu'")
    monkeypatch.setenv("PGPASSWORD", "tamu")
    with pytest.raises(StorageError, match="let the ledger's user own the database, or its schema"):
        Ledger(replace(server, url=server.url.replace("pantau@", f"tamu{postgres.port}@")), NOW)


def test_a_database_of_another_alphabet_is_told(postgres: Running) -> None:
    postgres.sql("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0", "postgres")
    with pytest.raises(StorageError, match="ENCODING 'UTF8'"):
        Ledger(Server(postgres.url("latin"), "x"), NOW)


def test_a_database_of_another_language_keeps_the_order_of_bytes(postgres: Running) -> None:
    """Instants and keys are compared as text, which a language's collation orders in its own way."""
    server = postgres.fresh()
    with Ledger(server, NOW) as ledger:
        seen(ledger, "a", "B", "_", "0")
        rows = ledger._rows("SELECT key FROM entries ORDER BY key")
        assert [row[0] for row in rows] == sorted("aB_0")
        collations = ledger._rows(
            "SELECT DISTINCT collation_name FROM information_schema.columns"
            " WHERE data_type = 'text' AND table_schema = current_schema()"
        )
    assert collations == [("C",)]


def test_a_nul_in_a_title_is_dropped(postgres: Running) -> None:
    with Ledger(postgres.fresh(), NOW) as ledger:
        poll(ledger, "kabar", [replace(entry("a"), title="Jud\0ul")])
        assert ledger.words("a")[0] == "Judul"


@pytest.mark.parametrize("act", ["erase", "blank", "let_go"])
def test_what_is_erased_stands_in_no_table_file(postgres: Running, act: str) -> None:
    server = postgres.fresh()
    word = f"kata-rahasia-{act}-{postgres.port}"
    state = "skipped" if act == "let_go" else "rejected"
    with Ledger(server, NOW.replace(year=2025)) as ledger:
        poll(ledger, "kabar", [replace(entry(f"{act}{number}"), title=f"{word} {number}") for number in range(300)], state=state)
    with Ledger(server, NOW) as ledger:
        poll(ledger, "kabar", [entry("b")])
        postgres.sql("CHECKPOINT")
        assert _stands(postgres.folder, word)
        done = {
            "erase": lambda: ledger.erase([f"{act}{number}" for number in range(300)]),
            "blank": lambda: ledger.blank_words(NOW),
            "let_go": lambda: ledger.let_go(NOW),
        }[act]()
        assert done == 300
    postgres.sql("CHECKPOINT")
    assert not _stands(postgres.folder, word)


def _stands(folder: Path, word: str) -> bool:
    return any(word.encode() in path.read_bytes() for path in (folder / "data" / "base").rglob("*") if path.is_file())
