"""The ledger: every entry has one state, nothing vanishes, a crash repeats work and never loses it, a bad file is told."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import StorageError
from pipeline.fetch.ledger import MAX_ATTEMPTS, VERSION, Ledger
from pipeline.fetch.robots import RobotsFile
from pipeline.records import Entry, Reason, Rejection, Retry

NOW = datetime(2026, 11, 26, 3, tzinfo=UTC)
STATES = {"waiting", "fetched", "rejected", "folded"}


def entry(key: str, source: str = "kabar", published: datetime | None = None) -> Entry:
    return Entry(source, key, f"https://{source}.example/{key}", f"Judul {key}", "Ringkasan", published, "kemarin")


def failed(key: str, retry: Retry = Retry.FINAL, reason: Reason = Reason.GONE) -> Rejection:
    return Rejection(key, "fetch", reason, f"{reason.value} karena uji", retry=retry)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "ledger.sqlite"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    with Ledger(path, NOW) as opened:
        yield opened


def seen(ledger: Ledger, *keys: str) -> None:
    ledger.record_poll("kabar", "ok", "", [entry(key) for key in keys])


# --- polls


def test_a_second_poll_counts_what_is_new_and_what_is_known(ledger: Ledger) -> None:
    assert ledger.record_poll("kabar", "ok", "", [entry("a"), entry("b")]) == (2, 0)
    assert ledger.record_poll("kabar", "ok", "", [entry("b"), entry("c")]) == (1, 1)
    assert ledger.record_poll("kabar", "ok", "", [entry("a"), entry("b"), entry("c")]) == (0, 3)
    assert ledger.counts() == {"waiting": 3}


def test_an_entry_of_two_sources_is_one_entry_and_keeps_its_first_words(ledger: Ledger) -> None:
    ledger.record_poll("kabar", "ok", "", [entry("a")])
    assert ledger.record_poll("portal", "ok", "", [replace(entry("a", "portal"), title="Lain")]) == (0, 1)
    [found] = ledger.waiting(10)
    assert (found.source_id, found.title) == ("kabar", "Judul a")


def test_an_entry_doubled_in_one_poll_is_new_once(ledger: Ledger) -> None:
    assert ledger.record_poll("kabar", "ok", "", [entry("a"), entry("a")]) == (1, 1)


def test_what_is_decided_stays_decided_when_it_is_announced_again(ledger: Ledger) -> None:
    seen(ledger, "a", "b", "c")
    ledger.settle(failed("a"))
    ledger.mark_fetched("p1", ["b"])
    ledger.fold("c", "b")
    seen(ledger, "a", "b", "c")
    assert [ledger.state(key) for key in "abc"] == ["rejected", "fetched", "folded"]
    assert ledger.waiting(10) == []


def test_a_poll_breaks_off_whole(ledger: Ledger) -> None:
    """Entries, validators and the poll's own line are one transaction."""
    ledger.record_poll("kabar", "ok", "", [entry("a")], ("e1", "l1", "s1"))

    def breaks() -> Iterator[Entry]:
        yield entry("b")
        raise RuntimeError("putus")

    with pytest.raises(RuntimeError, match="putus"):
        ledger.record_poll("kabar", "ok", "", breaks(), ("e2", "l2", "s2"))
    bad = replace(entry("c"), title=cast(str, None))  # a row that the table does not take, after one that it does
    with pytest.raises(sqlite3.IntegrityError):
        ledger.record_poll("kabar", "ok", "", [entry("b"), bad], ("e2", "l2", "s2"))
    assert ledger.counts() == {"waiting": 1}
    assert ledger.validators("kabar") == ("e1", "l1", "s1")
    assert ledger.record_poll("kabar", "ok", "", [entry("b")]) == (1, 0)


def test_validators_are_those_of_the_last_good_answer(ledger: Ledger) -> None:
    assert ledger.validators("kabar") == ("", "", "")
    ledger.record_poll("kabar", "ok", "", [entry("a")], ("e1", "l1", "s1"))
    ledger.record_poll("kabar", "timeout", "lambat")
    ledger.record_poll("kabar", "unchanged", "")
    assert ledger.validators("kabar") == ("e1", "l1", "s1")
    assert ledger.validators("portal") == ("", "", "")


def test_every_poll_is_told_with_its_outcome(path: Path) -> None:
    for hours, outcome in ((2, "timeout"), (0, "ok"), (1, "unchanged")):
        with Ledger(path, NOW + timedelta(hours=hours)) as ledger:
            ledger.record_poll("kabar", outcome, "x" * 1000, [entry("a")] if outcome == "ok" else [])
    with Ledger(path, NOW) as ledger:
        rows = ledger.polls(NOW + timedelta(hours=1))
    assert [(row[0], row[2], row[4], row[5]) for row in rows] == [
        ("kabar", "ok", 1, 1),
        ("kabar", "unchanged", 0, 0),
        ("kabar", "timeout", 0, 0),
    ]
    assert all(len(str(row[3])) == 300 for row in rows)


# --- entries


def test_an_entry_comes_back_as_it_was_put(path: Path) -> None:
    published = datetime(2026, 11, 25, 3, 4, 5, 678, tzinfo=UTC)
    odd = Entry("kabar", "k", "https://kabar.example/é?a=1", "“Panen” \U0001f600 'x'; --", "a\nb", published, "Rabu")
    with Ledger(path, NOW) as ledger:
        ledger.record_poll("kabar", "ok", "", [odd, entry("z")])
    with Ledger(path, NOW) as ledger:
        assert ledger.waiting(10) == [odd, entry("z")]


def test_the_oldest_wait_first_and_only_so_many(path: Path) -> None:
    for hours, keys in ((1, "cd"), (0, "ab"), (2, "e")):
        with Ledger(path, NOW + timedelta(hours=hours)) as ledger:
            seen(ledger, *keys)
    with Ledger(path, NOW) as ledger:
        assert [found.key for found in ledger.waiting(4)] == ["a", "b", "c", "d"]
        assert ledger.waiting(0) == []


def test_a_state_is_empty_for_what_was_never_seen(ledger: Ledger) -> None:
    assert ledger.state("a") == ""
    seen(ledger, "a")
    assert ledger.state("a") == "waiting"


def test_a_final_failure_rejects_at_once(ledger: Ledger) -> None:
    seen(ledger, "a")
    assert ledger.settle(failed("a")) == "rejected"
    [(key, reason, detail, url, source, title, changed)] = ledger.rejected()
    assert (key, reason, detail) == ("a", "gone", "gone karena uji")
    assert (url, source, title) == ("https://kabar.example/a", "kabar", "Judul a")
    assert datetime.fromisoformat(str(changed)) == NOW


@pytest.mark.parametrize("retry", [Retry.TEMPORARY, Retry.SOFT])
def test_a_failure_that_may_pass_waits_until_its_tries_are_used_up(path: Path, retry: Retry) -> None:
    with Ledger(path, NOW) as ledger:
        seen(ledger, "a", "b")
    for attempt in range(1, MAX_ATTEMPTS + 1):
        with Ledger(path, NOW + timedelta(hours=attempt)) as ledger:
            state = ledger.settle(failed("a", retry, Reason.TIMEOUT))
            assert state == ledger.state("a") == ("rejected" if attempt == MAX_ATTEMPTS else "waiting")
            assert ledger.state("b") == "waiting"
    with Ledger(path, NOW) as ledger:
        assert [row[:2] for row in ledger.rejected()] == [("a", "timeout")]


def test_a_page_fetched_after_failures_shows_none(ledger: Ledger, path: Path) -> None:
    seen(ledger, "a")
    ledger.settle(failed("a", Retry.TEMPORARY, Reason.TIMEOUT))
    ledger.mark_fetched("p1", ["a"])
    assert ledger.counts() == {"fetched": 1}
    assert ledger.rejected() == []
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT reason, detail, part, attempts FROM entries").fetchall() == [("", "", "p1", 1)]


def test_a_folded_entry_names_its_article(ledger: Ledger) -> None:
    seen(ledger, "a", "b")
    ledger.fold("b", "a")
    assert ledger.counts() == {"folded": 1, "waiting": 1}
    assert [row[:3] for row in ledger.rejected()] == [("b", "same_article", "a")]


def test_entries_are_counted_by_publication_or_first_sight(ledger: Ledger) -> None:
    week = (datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 30, tzinfo=UTC))
    rows = [entry("first", published=week[0]), entry("end", published=week[1]), entry("old", published=week[0] - timedelta(1))]
    ledger.record_poll("kabar", "ok", "", [*rows, entry("undated")])
    ledger.record_poll("portal", "ok", "", [entry("x", "portal", week[1] - timedelta(microseconds=1))])
    assert ledger.entries_between(*week) == {"kabar": 2, "portal": 1}
    assert ledger.entries_between(*(instant.astimezone() for instant in week)) == {"kabar": 2, "portal": 1}
    assert ledger.entries_between(week[0], week[0]) == {}


# --- parts and crashes


def test_a_marked_part_is_known_and_its_keys_are_fetched(ledger: Ledger) -> None:
    seen(ledger, "a", "b", "c")
    ledger.mark_fetched("p1", ["a", "b"])
    assert ledger.known_parts() == {"p1"}
    assert ledger.counts() == {"fetched": 2, "waiting": 1}


def test_a_part_that_stands_unmarked_is_adopted(ledger: Ledger) -> None:
    seen(ledger, "a", "b")
    ledger.adopt_part("p1", [("a", "kabar", "https://kabar.example/a", "Judul a")])
    assert (ledger.state("a"), ledger.state("b")) == ("fetched", "waiting")
    assert ledger.known_parts() == {"p1"}


def test_a_part_is_adopted_by_an_empty_ledger_and_twice_as_well_as_once(ledger: Ledger) -> None:
    rows = [(key, "kabar", f"https://kabar.example/{key}", "") for key in "ab"]
    for _ in range(2):
        ledger.adopt_part("p1", iter(rows))
        assert ledger.counts() == {"fetched": 2}
    assert ledger.record_poll("kabar", "ok", "", [entry("a"), entry("c")]) == (1, 1)


def _die_amid_a_poll(path: Path) -> None:
    ledger = Ledger(path, NOW)

    def rows() -> Iterator[Entry]:
        yield from (entry(str(number)) for number in range(500))

    seen(ledger, "a")
    with ledger._transaction() as db:
        for row in rows():
            db.execute("INSERT INTO sightings VALUES (?, ?, ?)", (row.key, row.source_id, "x"))
        db.execute("UPDATE entries SET state = 'rejected'")
        os._exit(9)


def test_a_process_killed_amid_a_transaction_leaves_the_state_before_it(path: Path) -> None:
    process = multiprocessing.get_context("spawn").Process(target=_die_amid_a_poll, args=(path,))
    process.start()
    process.join(60)
    assert process.exitcode == 9
    with Ledger(path, NOW) as ledger:
        assert ledger.counts() == {"waiting": 1}
        assert ledger.record_poll("kabar", "ok", "", [entry("a"), entry("b")]) == (1, 1)


keys = st.sampled_from("abcdef")
acts = st.one_of(
    st.tuples(st.just("poll"), st.lists(keys, max_size=6)),
    st.tuples(st.just("final"), keys),
    st.tuples(st.just("temporary"), keys),
    st.tuples(st.just("fold"), keys),
    st.tuples(st.just("fetch"), st.lists(keys, max_size=3)),
    st.tuples(st.just("adopt"), st.lists(keys, max_size=3)),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(acts, max_size=15))
def test_whatever_happens_each_entry_ever_seen_has_exactly_one_state(row: list[tuple[str, str | list[str]]]) -> None:
    ever: set[str] = set()
    with tempfile.TemporaryDirectory() as folder, Ledger(Path(folder) / "ledger.sqlite", NOW) as ledger:
        for number, (act, what) in enumerate(row):
            known = [key for key in what if key in ever]
            if act == "poll":
                new, old = ledger.record_poll("kabar", "ok", "", [entry(key) for key in what])
                assert (new, old) == (len(set(what) - ever), len(what) - len(set(what) - ever))
                ever |= set(what)
            elif act == "adopt":
                ledger.adopt_part(f"p{number}", [(key, "kabar", "https://kabar.example/", "") for key in what])
                ever |= set(what)
            elif act == "fetch":
                ledger.mark_fetched(f"p{number}", known)
            elif act == "fold" and known:
                ledger.fold(known[0], "zz")
            elif known:
                ledger.settle(failed(known[0], Retry(act)))
            counts = ledger.counts()
            assert sum(counts.values()) == len(ever)
            assert set(counts) <= STATES
            assert {key for key in "abcdef" if ledger.state(key)} == ever
            assert len(ledger.waiting(100)) <= counts.get("waiting", 0)
            assert len(ledger.rejected()) == counts.get("rejected", 0) + counts.get("folded", 0)


# --- hosts and runs


def test_robots_are_remembered_for_so_many_hours_per_origin(path: Path) -> None:
    with Ledger(path, NOW) as ledger:
        ledger.save_robots("https://kabar.example", RobotsFile("User-agent: *\nDisallow: /"))
        assert ledger.load_robots("http://kabar.example", 24) is None
    for hours, known in ((0, True), (23.99, True), (24.01, False)):
        with Ledger(path, NOW + timedelta(hours=hours)) as ledger:
            found = ledger.load_robots("https://kabar.example", 24)
            assert found == (RobotsFile("User-agent: *\nDisallow: /") if known else None)


def test_newer_robots_replace_older_ones(path: Path) -> None:
    for hours, text in ((0, "lama"), (30, "")):
        with Ledger(path, NOW + timedelta(hours=hours)) as ledger:
            ledger.save_robots("https://kabar.example", RobotsFile(text))
            assert ledger.load_robots("https://kabar.example", 24) == RobotsFile(text)


def test_the_last_run_is_told(path: Path) -> None:
    with Ledger(path, NOW) as ledger:
        assert ledger.last_run() is None
        ledger.record_run("ingest", {"b": 2, "a": 1})
    with Ledger(path, NOW - timedelta(days=1)) as ledger:
        ledger.record_run("judge", {})
        assert ledger.last_run() == ("judge", NOW - timedelta(days=1), {})


# --- the file


def test_the_ledger_survives_being_closed(path: Path) -> None:
    with Ledger(path, NOW) as ledger:
        seen(ledger, "a")
        ledger.mark_fetched("p1", ["a"])
    with Ledger(path, NOW) as ledger:
        assert ledger.state("a") == "fetched"
        assert ledger.known_parts() == {"p1"}


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
        ledger.record_poll("kabar", "ok", "", [entry(f"{number:04}") for number in range(2000)])
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


def test_a_failed_entry_rests_longer_each_time_but_a_day_at_most(path: Path) -> None:
    with Ledger(path, NOW) as ledger:
        seen(ledger, "a")
    now, rests = NOW, []
    for _ in range(MAX_ATTEMPTS - 1):
        with Ledger(path, now) as ledger:
            assert ledger.settle(failed("a", Retry.TEMPORARY, Reason.TIMEOUT)) == "waiting"
        for minutes in (30, 60, 120, 240, 480, 960, 1440):
            with (
                Ledger(path, now + timedelta(minutes=minutes - 1)) as early,
                Ledger(path, now + timedelta(minutes=minutes)) as due,
            ):
                if due.waiting(1):
                    assert not early.waiting(1)
                    rests.append(minutes)
                    break
        now += timedelta(minutes=rests[-1])
    assert rests == [30, 60, 120, 240, 480, 960, 1440, 1440, 1440, 1440, 1440]
    assert now - NOW > timedelta(days=6)
