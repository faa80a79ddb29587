"""Which ledger a data folder has: taken to PostgreSQL and back without a loss, also when killed on the way; never another's."""

from __future__ import annotations

import multiprocessing
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline import ledgers
from pipeline.errors import ConfigError, LockedError, StorageError
from pipeline.fetch.database import ORDER, Server
from pipeline.fetch.ledger import Ledger
from pipeline.fetch.robots import RobotsFile
from pipeline.fetch.schedule import Polled, Standing
from pipeline.ledgers import has_ledger, held, ledger_of
from pipeline.records import Announced, Entry, Reason, Rejection, Retry
from tests.postgres import Running

NOW = datetime(2026, 11, 26, 3, tzinfo=UTC)


def entry(key: str) -> Entry:
    return Entry("kabar", key, f"https://kabar.example/{key}", f"Judul “{key}” \U0001f600", "Ringkasan", NOW, "kemarin")


def fill(data: Path, count: int = 1500) -> None:
    """Something in every table."""
    with Ledger(ledger_of(data), NOW - timedelta(days=200)) as ledger:
        old = [Announced(entry(f"lama{number}"), "skipped", "off_topic", f"x:{number}") for number in range(9)]
        ledger.record_poll(Standing("kabar"), Polled("ok"), old)
    with Ledger(ledger_of(data), NOW) as ledger:
        rows = [Announced(entry(f"{number:05}"), alias=f"kabar:{number}") for number in range(count)]
        ledger.record_poll(Standing("kabar", interval=12.5, next_poll=NOW, gap_suspected=True, etag="e"), Polled("ok"), rows)
        ledger.mark_fetched("p1", ["00001", "00002"])
        ledger.settle(Rejection("00003", "fetch", Reason.TIMEOUT, "lambat", retry=Retry.TEMPORARY))
        ledger.name_canonical("00001", "00009")
        ledger.plan_revisits([("00001", "d1", NOW)])
        ledger.save_hosts({"kabar": (NOW + timedelta(hours=1), None, "429")})
        ledger.save_robots("https://kabar.example", RobotsFile("User-agent: *"))
        ledger.record_run("run", {"a": 1})
        ledger.record_run("expire", {})
        assert ledger.let_go(NOW) == 9


def whole(data: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, but for the numbers that a database gives itself."""
    with Ledger.read(ledger_of(data), NOW) as ledger:
        found = {}
        for table, order in ORDER.items():
            rows = ledger._db.each(f"SELECT * FROM {table} {f'ORDER BY {order}' if order else ''}")
            names = next(rows)
            kept = [at for at, name in enumerate(names) if name not in ("rowid", "id") or table == "sources"]
            told = [tuple(row[at] for at in kept) for row in rows]
            found[table] = told if order else sorted(told, key=str)
        return found


def settle(data: Path, url: str) -> None:
    with held(data, url, NOW, 0):
        pass


# --- the file


def test_a_folder_has_its_file_where_nothing_else_is_said(tmp_path: Path) -> None:
    assert (ledger_of(tmp_path), has_ledger(tmp_path)) == (tmp_path / "ledger.sqlite", False)
    for url in ("", "file", " "):
        settle(tmp_path, url)
    assert list(tmp_path.iterdir()) == []
    fill(tmp_path, 10)
    assert has_ledger(tmp_path)


@pytest.mark.parametrize("url", ["postgres", "postgresql://a:rahasia@db.example/pantau", "sqlite:///rahasia", "File"])
def test_a_wrong_address_is_refused_before_anything_is_touched(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigError, match=r"ledger\.url") as told:
        settle(tmp_path, url)
    assert "rahasia" not in str(told.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "postgresql://db.example/pantau", "a b c", "\xff"])
def test_a_damaged_pointer_is_told_and_never_taken_for_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "ledger.url").write_bytes(text.encode("latin-1"))
    for ask in (lambda: ledger_of(tmp_path), lambda: settle(tmp_path, "")):
        with pytest.raises(StorageError, match=r"ledger\.url (is damaged|cannot be read)"):
            ask()


# --- there and back


@pytest.mark.postgres
def test_a_ledger_goes_to_the_server_and_comes_back_with_every_row(tmp_path: Path, postgres: Running) -> None:
    fill(tmp_path)
    before, url = whole(tmp_path), postgres.fresh().url
    assert all(before.values()), [table for table, rows in before.items() if not rows]
    settle(tmp_path, url)
    assert isinstance(ledger_of(tmp_path), Server)
    assert whole(tmp_path) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ledger.sqlite.moved-20261126T030000Z", "ledger.url"]
    settle(tmp_path, url)
    settle(tmp_path, "")
    with Ledger(ledger_of(tmp_path), NOW) as ledger:
        ledger.announce([Announced(entry("baru"))])
        assert [found.key for found in ledger.waiting(2000)][-1] == "baru", "the order of arrival goes on"
        ledger.record_run("run", {"b": 2})
        assert ledger.last_run() == ("run", NOW, {"b": 2})
    after = whole(tmp_path)
    settle(tmp_path, "file")
    assert ledger_of(tmp_path) == tmp_path / "ledger.sqlite"
    assert whole(tmp_path) == after
    settle(tmp_path, "file")
    with pytest.raises(StorageError, match="belongs to another data folder"):
        settle(tmp_path, url)  # what was left there is a former ledger
    assert whole(tmp_path) == after


@pytest.mark.postgres
def test_a_new_folder_begins_on_the_server_and_its_password_stands_nowhere(tmp_path: Path, postgres: Running) -> None:
    settle(tmp_path, postgres.fresh().url)
    assert [path.name for path in tmp_path.iterdir()] == ["ledger.url"]
    assert os.environ["PGPASSWORD"] not in (tmp_path / "ledger.url").read_text()
    fill(tmp_path, 5)
    with Ledger.read(ledger_of(tmp_path), NOW) as ledger:
        assert sum(ledger.counts().values()) == 14


@pytest.mark.postgres
def test_another_folder_never_gets_into_a_ledger(tmp_path: Path, postgres: Running) -> None:
    url = postgres.fresh().url
    fill(tmp_path / "a", 5)
    fill(tmp_path / "b", 7)
    settle(tmp_path / "a", url)
    before = whole(tmp_path / "a"), whole(tmp_path / "b")
    for name in ("b", "c"):
        with pytest.raises(StorageError, match="belongs to another data folder"):
            settle(tmp_path / name, url)
    assert (whole(tmp_path / "a"), whole(tmp_path / "b")) == before
    with pytest.raises(ConfigError, match="write one address into both"):
        settle(tmp_path / "a", postgres.fresh().url)


def _die_at(data: Path, url: str, name: str, times: int) -> None:
    """A move that is killed before its ``times``-th call of ``name``."""
    left, target = times, (ledgers.Path if name == "replace" else Ledger)
    act = getattr(target, name)

    def dying(*values: Any) -> Any:
        nonlocal left
        left -= 1
        if not left:
            os._exit(9)
        return act(*values)

    setattr(target, name, dying)
    settle(data, url)
    os._exit(0)


@pytest.mark.postgres
@pytest.mark.parametrize(("name", "times"), [("take_over", 1), ("replace", 2), ("replace", 3)])
def test_a_move_that_was_killed_is_made_by_the_next_run(tmp_path: Path, postgres: Running, name: str, times: int) -> None:
    """Before the rows were taken; after that, but before the folder names the server; before the file was put aside."""
    fill(tmp_path, 300)
    before, url = whole(tmp_path), postgres.fresh().url
    process = multiprocessing.get_context("spawn").Process(target=_die_at, args=(tmp_path, url, name, times))
    process.start()
    process.join(60)
    assert process.exitcode == 9
    assert whole(tmp_path) == before
    settle(tmp_path, url)
    assert isinstance(ledger_of(tmp_path), Server)
    assert whole(tmp_path) == before
    assert not (tmp_path / "ledger.sqlite").exists()


@pytest.mark.postgres
def test_a_server_that_is_away_leaves_the_file_in_use(tmp_path: Path, postgres: Running) -> None:
    fill(tmp_path, 5)
    before = whole(tmp_path)
    with pytest.raises(StorageError, match="cannot be reached"):
        settle(tmp_path, "postgresql://pantau@127.0.0.1:1/uji")
    assert (ledger_of(tmp_path), whole(tmp_path)) == (tmp_path / "ledger.sqlite", before)


@pytest.mark.postgres
def test_a_run_of_another_machine_keeps_this_one_off(tmp_path: Path, postgres: Running) -> None:
    url = postgres.fresh().url
    with held(tmp_path, url, NOW, 0):
        for wish in (url, "", "file"):
            with pytest.raises(LockedError, match="a run of another machine is at work"):
                settle(tmp_path, wish)
        fill(tmp_path, 5)
    settle(tmp_path, url)
