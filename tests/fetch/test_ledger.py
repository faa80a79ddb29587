"""The ledger on both databases: every entry has one state, nothing vanishes, a crash repeats work and never loses it."""

from __future__ import annotations

import multiprocessing
import os
import random
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.fetch.database import ORDER, Where, stamp
from pipeline.fetch.ledger import FIRST_RETRY, MAX_ATTEMPTS, MISSING_ATTEMPTS, Ledger
from pipeline.fetch.memory import POLLS_KEPT, write_standing
from pipeline.fetch.robots import RobotsFile
from pipeline.fetch.schedule import Polled, Standing
from pipeline.records import Announced, Entry, Reason, Retry
from tests.fetch.ledgers import NOW, entry, failed, poll, seen

STATES = {"waiting", "skipped", "fetched", "rejected", "folded"}


@pytest.fixture
def ledger(where: Where) -> Iterator[Ledger]:
    with Ledger(where, NOW) as opened:
        yield opened


# --- polls


def test_a_second_poll_counts_what_is_new_and_what_is_known(ledger: Ledger) -> None:
    assert poll(ledger, "kabar", [entry("a"), entry("b")]) == (2, 0)
    assert poll(ledger, "kabar", [entry("b"), entry("c")]) == (1, 1)
    assert poll(ledger, "kabar", [entry("a"), entry("b"), entry("c")]) == (0, 3)
    assert ledger.counts() == {"waiting": 3}


def test_an_entry_of_two_sources_is_one_entry_and_keeps_its_first_words(ledger: Ledger) -> None:
    poll(ledger, "kabar", [entry("a")])
    assert poll(ledger, "portal", [replace(entry("a", "portal"), title="Lain")]) == (0, 1)
    [found] = ledger.waiting(10)
    assert (found.source_id, found.title) == ("kabar", "Judul a")


def test_an_entry_doubled_in_one_poll_is_new_once(ledger: Ledger) -> None:
    assert poll(ledger, "kabar", [entry("a"), entry("a")]) == (1, 1)


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
    poll(ledger, "kabar", [entry("a")], etag="e1", last_modified="l1", body_sha256="s1")

    def breaks() -> Iterator[Entry]:
        yield entry("b")
        raise RuntimeError("putus")

    with pytest.raises(RuntimeError, match="putus"):
        poll(ledger, "kabar", breaks(), etag="e2", last_modified="l2", body_sha256="s2")
    bad = replace(entry("c"), title=cast(str, None))  # a row that the table does not take, after one that it does
    with pytest.raises((sqlite3.IntegrityError, psycopg.IntegrityError)):
        poll(ledger, "kabar", [entry("b"), bad], etag="e2", last_modified="l2", body_sha256="s2")
    assert ledger.counts() == {"waiting": 1}
    assert validators(ledger) == ("e1", "l1", "s1")
    assert poll(ledger, "kabar", [entry("b")]) == (1, 0)


def validators(ledger: Ledger) -> tuple[str, str, str]:
    standing = ledger.standings()["kabar"]
    return standing.etag, standing.last_modified, standing.body_sha256


def test_a_standing_comes_back_as_it_was_put(where: Where) -> None:
    whole = Standing(
        "kabar",
        "slow",
        1800.5,
        NOW + timedelta(hours=1),
        2.25,
        3,
        -1,
        40,
        NOW,
        NOW - timedelta(days=1),
        True,
        "e",
        "l",
        "s",
        "utf-8",
        60.5,
    )
    with Ledger(where, NOW) as ledger:
        assert ledger.standings() == {}
        ledger.record_poll(whole, Polled("timeout"))
        ledger.record_poll(Standing("portal"), Polled("ok"))
    with Ledger(where, NOW) as ledger:
        assert ledger.standings() == {"kabar": whole, "portal": Standing("portal")}


def test_what_a_filter_skipped_is_fetched_once_another_source_shows_it_unfiltered(ledger: Ledger) -> None:
    assert poll(ledger, "kabar", [entry("a"), entry("b")], state="skipped") == (2, 0)
    assert (ledger.counts(), ledger.waiting(9)) == ({"skipped": 2}, [])
    assert [row[:2] for row in ledger.skipped(NOW)] == [("kabar", "Judul a"), ("kabar", "Judul b")]
    poll(ledger, "kabar", [entry("a")], state="skipped")
    assert ledger.counts() == {"skipped": 2}
    told = replace(entry("a", "hukum"), title="Napi kabur")
    assert poll(ledger, "hukum", [told]) == (0, 1)
    assert (ledger.counts(), ledger.waiting(9)) == ({"skipped": 1, "waiting": 1}, [told])
    ledger.settle(failed("a"))
    poll(ledger, "hukum", [told])
    assert ledger.state("a") == "rejected"


def test_each_source_that_showed_an_entry_is_kept_with_first_and_last_sight(where: Where) -> None:
    for hours, source in ((0, "kabar"), (1, "portal"), (5, "kabar")):
        with Ledger(where, NOW + timedelta(hours=hours)) as ledger:
            poll(ledger, source, [entry("a", source)])
    with Ledger(where, NOW) as ledger:
        rows = [(source, first[11:13], last[11:13]) for source, first, last in ledger.seen_by("a")]
        assert rows == [("kabar", "03", "08"), ("portal", "04", "04")]
        assert ledger.known("portal", ["a", "z"]) == {"a"}
        assert ledger.known("lain", [str(number) for number in range(2000)]) == set()


def test_old_polls_are_folded_to_each_days_last_and_last_good_one(where: Where) -> None:
    start = NOW - POLLS_KEPT - timedelta(days=3)
    for hours in range(0, 24 * (POLLS_KEPT.days + 3), 6):
        with Ledger(where, start + timedelta(hours=hours)) as ledger:
            poll(ledger, "kabar", outcome="timeout" if hours % 24 >= 12 else "ok")
    with Ledger(where, NOW) as ledger:
        before = ledger.polls_of("kabar", 9999)
        gone = ledger.fold_polls()
        kept = ledger.polls_of("kabar", 9999)
        assert 0 < gone == len(before) - len(kept)
        old = [row for row in kept if row[0] < NOW - POLLS_KEPT - timedelta(days=1)]
        # Of each old day in Jakarta, its last poll, and its last good one where that is another.
        assert {row[1] for row in old} == {"ok", "timeout"}
        assert len(old) <= 2 * 3 + 1
        assert ledger.fold_polls() == 0


def test_days_tell_new_entries_only_of_days_on_which_the_source_was_read(where: Where) -> None:
    for day, outcome, keys in ((0, "ok", "ab"), (1, "timeout", ""), (2, "unchanged", ""), (3, "ok", "abc")):
        with Ledger(where, NOW + timedelta(days=day)) as ledger:
            poll(ledger, "kabar", [entry(key) for key in keys], outcome)
    with Ledger(where, NOW) as ledger:
        assert ledger.days(NOW - timedelta(days=9)) == {"kabar": {"2026-11-26": 2, "2026-11-28": 0, "2026-11-29": 1}}
        assert ledger.days(NOW + timedelta(days=2)) == {"kabar": {"2026-11-28": 0, "2026-11-29": 1}}


def test_every_poll_is_told_with_its_outcome(where: Where) -> None:
    for hours, outcome in ((2, "timeout"), (0, "ok"), (1, "unchanged")):
        with Ledger(where, NOW + timedelta(hours=hours)) as ledger:
            poll(ledger, "kabar", [entry("a")] if outcome == "ok" else [], outcome, "x" * 1000)
    with Ledger(where, NOW) as ledger:
        rows = ledger.polls_of("kabar", 9)
        assert ledger.polls_of("kabar", 2) == rows[1:]
        assert ledger.polls_of("lain", 9) == []
    assert [(row[0].hour, row[1], row[3], row[4]) for row in rows] == [
        (3, "ok", 1, 1),
        (4, "unchanged", 0, 0),
        (5, "timeout", 0, 0),
    ]
    assert all(len(row[2]) == 300 for row in rows)


def test_what_reports_ask_of_the_polls_is_what_every_poll_says(where: Where) -> None:
    """Drawn polls of five sources in runs of one instant each, against the plain answers from all of them."""
    draw, told = random.Random(3), []
    for run in range(40):
        at = NOW + timedelta(minutes=15 * run)
        with Ledger(where, at) as ledger:
            for source in "abcde":
                if draw.random() < (0.1 if source == "e" else 0.6):
                    outcome = draw.choice(("ok", "unchanged", "timeout", "gone"))
                    poll(ledger, source, outcome=outcome, detail=f"{source}{run}")
                    told.append((source, at, outcome, f"{source}{run}"))
    good = [row for row in told if row[2] in ("ok", "unchanged")]
    with Ledger(where, NOW) as ledger:
        assert ledger.good_polls() == sorted({row[1] for row in good})
        for until in (NOW - timedelta(1), NOW, *(row[1] for row in draw.sample(told, 9)), NOW + timedelta(days=1)):
            before = {row[0]: row[1:] for row in told if row[1] < until}
            first = {row[0]: row[1:] for row in reversed(told)}
            assert ledger.last_polls(until) == first | before
            assert ledger.last_good(until) == {row[0]: row[1] for row in good if row[1] < until}
        assert ledger.last_polls() == {row[0]: row[1:] for row in told}


def test_no_answer_about_polls_grows_with_the_sources_or_with_the_years(where: Where) -> None:
    """A season of eight sources, polled by every run: none of the answers holds each poll, and folding lets most of them go."""
    runs, sources = 12 * (POLLS_KEPT.days + 25), [f"s{number}" for number in range(8)]
    start = NOW - timedelta(hours=2 * runs)
    with Ledger(where, NOW) as ledger:
        rows = [(source, stamp(start + timedelta(hours=2 * run)), "ok", "", 0, 0) for run in range(runs) for source in sources]
        with ledger._transaction() as db:
            db.executemany("INSERT INTO polls (source_id, at, outcome, detail, entries, new) VALUES (?, ?, ?, ?, ?, ?)", rows)
            for source in sources:
                write_standing(db, Standing(source))
        assert len(ledger.good_polls()) == runs, "each run once, however many sources it read"
        assert len(ledger.last_polls(NOW)) == len(ledger.last_good(NOW)) == len(sources)
        ledger.fold_polls()
        day = 12
        assert len(ledger.good_polls()) <= day * (POLLS_KEPT.days + 1) + 25, "a day older than those that are kept is one instant"
        [(left,)] = ledger._rows("SELECT count(*) FROM polls")
        assert left <= len(sources) * (day * (POLLS_KEPT.days + 1) + 25)


# --- entries


def test_an_entry_comes_back_as_it_was_put(where: Where) -> None:
    published = datetime(2026, 11, 25, 3, 4, 5, 678, tzinfo=UTC)
    odd = Entry("kabar", "k", "https://kabar.example/é?a=1", "“Panen” \U0001f600 'x'; --", "a\nb", published, "Rabu")
    with Ledger(where, NOW) as ledger:
        poll(ledger, "kabar", [odd, entry("z")])
    with Ledger(where, NOW) as ledger:
        assert ledger.waiting(10) == [odd, entry("z")]


def test_the_oldest_wait_first_and_only_so_many(where: Where) -> None:
    for hours, keys in ((1, "cd"), (0, "ab"), (2, "e")):
        with Ledger(where, NOW + timedelta(hours=hours)) as ledger:
            seen(ledger, *keys)
    with Ledger(where, NOW) as ledger:
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
def test_a_failure_that_may_pass_waits_until_its_tries_are_used_up(where: Where, retry: Retry) -> None:
    with Ledger(where, NOW) as ledger:
        seen(ledger, "a", "b")
    for attempt in range(1, MAX_ATTEMPTS + 1):
        with Ledger(where, NOW + timedelta(hours=attempt)) as ledger:
            state = ledger.settle(failed("a", retry, Reason.TIMEOUT))
            assert state == ledger.state("a") == ("rejected" if attempt == MAX_ATTEMPTS else "waiting")
            assert ledger.state("b") == "waiting"
    with Ledger(where, NOW) as ledger:
        assert [row[:2] for row in ledger.rejected()] == [("a", "timeout")]


def test_a_page_that_is_not_there_is_given_up_after_fewer_tries_but_never_at_the_first(where: Where) -> None:
    with Ledger(where, NOW) as ledger:
        seen(ledger, "a", "b", "c")
        for attempt in range(1, MISSING_ATTEMPTS + 1):
            state = ledger.settle(failed("a", Retry.SOFT, Reason.GONE))
            assert state == ("rejected" if attempt == MISSING_ATTEMPTS else "waiting")
        for _ in range(MISSING_ATTEMPTS):
            assert ledger.settle(failed("b", Retry.TEMPORARY, Reason.TIMEOUT)) == "waiting"
        assert ledger.settle(failed("b", Retry.SOFT, Reason.GONE)) == "waiting", "its site was in trouble; it may still be so"
        assert ledger.settle(failed("b", Retry.SOFT, Reason.GONE)) == "rejected"
        for attempt in range(1, MAX_ATTEMPTS + 1):
            state = ledger.settle(failed("c", Retry.SOFT, (Reason.GONE, Reason.TIMEOUT)[attempt % 2]))
            assert state == ("rejected" if attempt == MAX_ATTEMPTS else "waiting")


def test_what_a_waiting_entry_was_last_told_is_known(ledger: Ledger) -> None:
    seen(ledger, "a", "b")
    ledger.settle(failed("a", Retry.SOFT, Reason.GONE))
    ledger.settle(failed("b", Retry.TEMPORARY, Reason.HOST_CLOSED))
    assert ledger.failure("a") == ("gone", "gone karena uji", NOW + FIRST_RETRY)
    assert ledger.failure("b") is ledger.failure("none") is None, "it was not asked"
    ledger.mark_fetched("p1", ["a"])
    assert ledger.failure("a") is None
    ledger.release_part("p1")
    assert ledger.failure("a") is None, "its page came, and was lost here"
    assert ledger.stands_for("a") == "a"


def test_a_page_fetched_after_failures_shows_none(ledger: Ledger) -> None:
    seen(ledger, "a")
    ledger.settle(failed("a", Retry.TEMPORARY, Reason.TIMEOUT))
    ledger.mark_fetched("p1", ["a"])
    assert ledger.counts() == {"fetched": 1}
    assert ledger.rejected() == []
    assert ledger._rows("SELECT reason, detail, part, attempts FROM entries") == [("", "", "p1", 1)]


def test_a_folded_entry_names_its_article(ledger: Ledger) -> None:
    seen(ledger, "a", "b")
    ledger.fold("b", "a")
    assert ledger.counts() == {"folded": 1, "waiting": 1}
    assert [row[:3] for row in ledger.rejected()] == [("b", "same_article", "a")]


def test_entries_are_counted_by_publication_or_first_sight(ledger: Ledger) -> None:
    week = (datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 30, tzinfo=UTC))
    rows = [entry("first", published=week[0]), entry("end", published=week[1]), entry("old", published=week[0] - timedelta(1))]
    poll(ledger, "kabar", [*rows, entry("undated")])
    poll(ledger, "portal", [entry("x", "portal", week[1] - timedelta(microseconds=1))])
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
    assert poll(ledger, "kabar", [entry("a"), entry("c")]) == (1, 1)


def _die_amid_a_poll(where: Where) -> None:
    ledger = Ledger(where, NOW)

    def rows() -> Iterator[Entry]:
        yield from (entry(str(number)) for number in range(500))

    seen(ledger, "a")
    with ledger._transaction() as db:
        for row in rows():
            values = (row.key, row.source_id, "x", "x")
            db.execute("INSERT INTO sightings (key, source_id, first_seen, last_seen) VALUES (?, ?, ?, ?)", values)
        db.execute("UPDATE entries SET state = 'rejected'")
        os._exit(9)


def test_a_process_killed_amid_a_transaction_leaves_the_state_before_it(where: Where) -> None:
    process = multiprocessing.get_context("spawn").Process(target=_die_amid_a_poll, args=(where,))
    process.start()
    process.join(60)
    assert process.exitcode == 9
    with Ledger(where, NOW) as ledger:
        assert ledger.counts() == {"waiting": 1}
        assert poll(ledger, "kabar", [entry("a"), entry("b")]) == (1, 1)


keys = st.sampled_from("abcdef")
acts = st.one_of(
    st.tuples(st.just("poll"), st.lists(keys, max_size=6)),
    st.tuples(st.just("final"), keys),
    st.tuples(st.just("temporary"), keys),
    st.tuples(st.just("fold"), keys),
    st.tuples(st.just("fetch"), st.lists(keys, max_size=3)),
    st.tuples(st.just("adopt"), st.lists(keys, max_size=3)),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(row=st.lists(acts, max_size=15))
def test_whatever_happens_each_entry_ever_seen_has_exactly_one_state(
    ledger: Ledger, row: list[tuple[str, str | list[str]]]
) -> None:
    ever: set[str] = set()
    for table in ORDER:
        ledger._db.execute(f"DELETE FROM {table}")
    for number, (act, what) in enumerate(row):
        known = [key for key in what if key in ever]
        if act == "poll":
            new, old = poll(ledger, "kabar", [entry(key) for key in what])
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


def test_robots_are_remembered_for_so_many_hours_per_origin(where: Where) -> None:
    with Ledger(where, NOW) as ledger:
        ledger.save_robots("https://kabar.example", RobotsFile("User-agent: *\nDisallow: /"))
        assert ledger.load_robots("http://kabar.example", 24) is None
    for hours, known in ((0, True), (23.99, True), (24.01, False)):
        with Ledger(where, NOW + timedelta(hours=hours)) as ledger:
            found = ledger.load_robots("https://kabar.example", 24)
            assert found == (RobotsFile("User-agent: *\nDisallow: /") if known else None)


def test_newer_robots_replace_older_ones(where: Where) -> None:
    for hours, text in ((0, "lama"), (30, "")):
        with Ledger(where, NOW + timedelta(hours=hours)) as ledger:
            ledger.save_robots("https://kabar.example", RobotsFile(text))
            assert ledger.load_robots("https://kabar.example", 24) == RobotsFile(text)


def test_the_last_run_is_told(where: Where) -> None:
    with Ledger(where, NOW) as ledger:
        assert ledger.last_run() is None
        ledger.record_run("ingest", {"b": 2, "a": 1})
    with Ledger(where, NOW - timedelta(days=1)) as ledger:
        ledger.record_run("judge", {})
        assert ledger.last_run() == ("judge", NOW - timedelta(days=1), {})


def test_a_host_is_remembered_until_its_time_is_over(where: Where) -> None:
    soon, later = NOW + timedelta(seconds=5), NOW + timedelta(hours=1)
    with Ledger(where, NOW) as ledger:
        ledger.save_hosts({"a": (soon, None, ""), "b": (NOW, later, "429"), "c": (NOW, None, "")})
        assert ledger.hosts() == {"a": (soon, None, ""), "b": (NOW, later, "429")}
        ledger.save_hosts({})
        assert ledger.hosts() == {}


# --- revisits


def test_an_article_is_looked_at_again_when_due_and_then_no_more(where: Where) -> None:
    with Ledger(where, NOW) as ledger:
        seen(ledger, "a", "b")
        assert ledger.plan_revisits([("a", "d1", NOW), ("b", "d2", NOW)]) == 2
        assert ledger.plan_revisits([("a", "other", NOW)]) == 0
        assert ledger.due_revisits(9) == []
    with Ledger(where, NOW + timedelta(days=1)) as ledger:
        first, second = ledger.due_revisits(9)
        assert (first.key, first.digest, first.done, first.fetched, second.key) == ("a", "d1", 0, NOW, "b")
        ledger.revisited("a", "changed", "d9", NOW + timedelta(days=7))
        ledger.revisited("b", "timeout", "d2", NOW + timedelta(days=1, hours=6), counts=False)
        assert ledger.due_revisits(9) == []
    with Ledger(where, NOW + timedelta(days=8)) as ledger:
        assert [(one.key, one.digest, one.done) for one in ledger.due_revisits(9)] == [("b", "d2", 0), ("a", "d9", 1)]
        ledger.revisited("a", "withdrawn", "d9", None)
        ledger.erase(["b"])
        assert ledger.due_revisits(9) == []
        assert ledger.withdrawn() == {"a": NOW + timedelta(days=8)}


# --- the file


def test_the_ledger_survives_being_closed(where: Where) -> None:
    with Ledger(where, NOW) as ledger:
        seen(ledger, "a")
        ledger.mark_fetched("p1", ["a"])
    with Ledger(where, NOW) as ledger:
        assert ledger.state("a") == "fetched"
        assert ledger.known_parts() == {"p1"}


def test_a_failed_entry_rests_longer_each_time_but_a_day_at_most(where: Where) -> None:
    with Ledger(where, NOW) as ledger:
        seen(ledger, "a")
    now, rests = NOW, []
    for _ in range(MAX_ATTEMPTS - 1):
        with Ledger(where, now) as ledger:
            assert ledger.settle(failed("a", Retry.TEMPORARY, Reason.TIMEOUT)) == "waiting"
        for minutes in (30, 60, 120, 240, 480, 960, 1440):
            with (
                Ledger.read(where, now + timedelta(minutes=minutes - 1)) as early,
                Ledger.read(where, now + timedelta(minutes=minutes)) as due,
            ):
                if due.waiting(1):
                    assert not early.waiting(1)
                    rests.append(minutes)
                    break
        now += timedelta(minutes=rests[-1])
    assert rests == [30, 60, 120, 240, 480, 960, 1440, 1440, 1440, 1440, 1440]
    assert now - NOW > timedelta(days=6)


def test_two_addresses_with_one_number_are_one_article(ledger: Ledger) -> None:
    """An editor changes the headline, and with it the slug: the number stays."""
    told = [Announced(entry(key), alias="kabar.example:77") for key in "ab"]
    assert ledger.record_poll(Standing("kabar"), Polled("ok"), told[:1]) == (1, 0)
    assert ledger.record_poll(Standing("kabar"), Polled("ok"), told) == (1, 1)
    assert ledger.counts() == {"folded": 1, "waiting": 1}
    assert [row[:3] for row in ledger.rejected()] == [("b", "same_article", "a")]
    assert ledger.erase(["a"]) == 1
    assert ledger.record_poll(Standing("kabar"), Polled("ok"), [Announced(entry("c"), alias="kabar.example:77")]) == (1, 0)
    assert ledger.state("c") == "waiting"


def test_a_skipped_article_waits_once_its_new_headline_speaks_of_us(ledger: Ledger) -> None:
    ledger.record_poll(Standing("kabar"), Polled("ok"), [Announced(entry("a"), "skipped", "off_topic", "kabar.example:77")])
    ledger.record_poll(Standing("kabar"), Polled("ok"), [Announced(entry("b"), alias="kabar.example:77")])
    assert (ledger.state("a"), ledger.state("b")) == ("waiting", "folded")
    [waiting] = ledger.waiting(9)
    assert (waiting.key, waiting.url) == ("a", "https://kabar.example/b")
