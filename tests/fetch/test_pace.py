"""Politeness on a clock that moves only when told: no lane is hurried, and a no is heard until it is over."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.fetch.client import Client
from pipeline.fetch.pace import LONGEST_CLOSURE, Pace
from pipeline.records import Reason
from pipeline.settings import Fetch
from tests.fetch.hostile import Clock, Connection, Hostile, Request, reply


def owner(host: str) -> str:
    """The lane of a host in these tests: its last two labels."""
    return ".".join(host.split(".")[-2:])


def pace(clock: Clock, delay: float = 5, **changes: Any) -> Pace:
    clocks = {"sleep": clock.sleep, "monotonic": clock.monotonic, "wall": clock.wall, "draw": lambda: 0.5}
    return Pace(owner, delay, **{**clocks, **changes})


def turn(paced: Pace, host: str) -> str:
    with paced.turn(host) as why:
        return why


# --- turns


def test_requests_in_one_lane_are_kept_apart_and_those_in_others_wait_for_nothing() -> None:
    clock = Clock()
    paced, times = pace(clock), []
    for host in ("a.id", "b.id", "www.a.id", "c.id", "m.a.id"):
        turn(paced, host)
        times.append((host, clock.now - 1000))
    assert times == [("a.id", 0), ("b.id", 0), ("www.a.id", 5), ("c.id", 5), ("m.a.id", 10)]


def test_the_pause_begins_when_the_request_ends() -> None:
    clock = Clock()
    paced = pace(clock)
    with paced.turn("a.id"):
        clock.now += 20
    turn(paced, "a.id")
    assert clock.now == 1025


def test_thinking_between_requests_is_part_of_the_pause() -> None:
    clock = Clock()
    paced = pace(clock)
    for think in (3, 100, 0):
        turn(paced, "a.id")
        clock.now += think
    assert clock.sleeps == [2]


def test_a_request_that_raises_counts_as_one() -> None:
    clock = Clock()
    paced = pace(clock)
    with pytest.raises(ZeroDivisionError), paced.turn("a.id"):
        raise ZeroDivisionError
    turn(paced, "a.id")
    assert clock.sleeps == [5]


@pytest.mark.parametrize(("asked", "kept"), [(30, 30), (0.1, 5), (-3, 5), (float("nan"), 5), (float("inf"), 120), (1e9, 120)])
def test_a_host_may_ask_for_more_time_within_reason_but_not_for_less(asked: float, kept: float) -> None:
    clock = Clock()
    paced = pace(clock)
    paced.slow_down("www.a.id", asked)
    turn(paced, "a.id")
    turn(paced, "a.id")
    assert clock.sleeps == [kept]


def test_threads_hold_a_lane_one_at_a_time() -> None:
    paced, inside, seen = Pace(owner, 0), {"a.id": 0, "b.id": 0}, []
    lock = threading.Lock()

    def use(host: str) -> None:
        with paced.turn(host):
            with lock:
                inside[owner(host)] += 1
                seen.append(inside[owner(host)])
            time.sleep(0.002)
            with lock:
                inside[owner(host)] -= 1

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(use, ["www.a.id", "a.id", "m.a.id", "b.id"] * 10))
    assert set(seen) == {1}
    assert len(seen) == 40


steps = st.lists(st.tuples(st.sampled_from(["a.id", "www.a.id", "b.id"]), st.integers(0, 12), st.integers(0, 9)), max_size=12)


@settings(max_examples=60, deadline=None)
@given(steps, st.integers(0, 10), st.integers(0, 30))
def test_no_lane_is_ever_asked_sooner_than_its_delay(row: list[tuple[str, int, int]], delay: int, slower: int) -> None:
    clock = Clock()
    paced = pace(clock, delay)
    paced.slow_down("b.id", slower)
    spans: dict[str, list[tuple[float, float]]] = {}
    for host, think, work in row:
        with paced.turn(host):
            begun = clock.now
            clock.now += work
            spans.setdefault(owner(host), []).append((begun, clock.now))
        clock.now += think
    for lane, lasted in spans.items():
        least = max(delay, slower) if lane == "b.id" else delay
        assert all(later[0] - earlier[1] >= least for earlier, later in pairwise(lasted))


def test_the_server_sees_the_pause_also_across_redirects_between_lanes() -> None:
    """Real sockets and threads; the lane's times as the server noted them, each answer taking a while."""
    times: dict[str, list[tuple[float, float]]] = {}

    def answer(connection: Connection, request: Request) -> None:
        host = request.headers["host"]
        came = time.monotonic()
        other = {"www.a.id": "www.b.id", "www.b.id": "m.a.id"}.get(host)
        connection.send(reply(302, Location=f"https://{other}/") if other else reply(200, b"Isi"))
        times.setdefault(owner(host), []).append((came, time.monotonic()))

    with Hostile(answer) as server:
        client = Client(Fetch(loopback_origin=server.origin), Pace(owner, 0.05))
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(client.get, ["https://www.a.id/", "https://www.b.id/"] * 3))
    assert {lane: len(spans) for lane, spans in times.items()} == {"a.id": 9, "b.id": 6}
    for spans in times.values():
        assert all(later[0] - earlier[0] >= 0.05 for earlier, later in pairwise(sorted(spans)))


# --- hosts that are left alone


def test_a_closed_host_is_left_alone_until_it_is_over_and_nobody_waits_for_it() -> None:
    clock = Clock()
    paced = pace(clock)
    paced.close("www.a.id", 600, "it refused")
    assert turn(paced, "www.a.id") == "not asked until 10:10 WIB because it refused"
    assert turn(paced, "m.a.id") == ""
    assert clock.sleeps == []
    clock.now += 600
    assert turn(paced, "www.a.id") == ""


def test_a_closed_lane_closes_all_hosts_of_its_owner_and_the_longer_closure_stays() -> None:
    clock = Clock()
    paced = pace(clock)
    paced.close("www.a.id", 1200, "satu", lane=True)
    paced.close("m.a.id", 600, "dua", lane=True)
    paced.close("m.a.id", 300, "tiga")
    for host in ("a.id", "www.a.id", "m.a.id"):
        assert paced.closed(host) == "not asked until 10:20 WIB because satu"
    assert paced.closed("b.id") == ""


def test_a_thread_that_waited_for_its_turn_hears_of_the_closure_meanwhile() -> None:
    paced = Pace(owner, 0)
    held, told = threading.Event(), []

    def second() -> None:
        held.set()
        told.append(turn(paced, "a.id"))

    with paced.turn("a.id"):
        other = threading.Thread(target=second)
        other.start()
        held.wait(10)
        paced.heed("a.id", Reason.RATE_LIMITED)
    other.join(10)
    assert "too often" in told[0]


@pytest.mark.parametrize(
    ("reason", "retry_after", "host", "sister"),
    [
        (Reason.RATE_LIMITED, None, 3600, 3600),
        (Reason.RATE_LIMITED, 1.0, 600, 600),  # never shorter than a random 5 to 15 minutes
        (Reason.RATE_LIMITED, 0.0, 600, 600),
        (Reason.RATE_LIMITED, 7200.0, 7200, 7200),
        (Reason.CHALLENGE, None, 3600, 0),
        (Reason.CHALLENGE, 7200.0, 7200, 0),
        (Reason.SERVER_ERROR, 90.0, 90, 0),
        (Reason.SERVER_ERROR, None, 0, 0),
        (Reason.REFUSED, None, 0, 0),
        (Reason.PAYWALL, None, 0, 0),
        (Reason.REFUSED, 60.0, 3600, 0),
        (Reason.GONE, None, 0, 0),
        (Reason.CORRUPT, None, 0, 0),
        (None, None, 0, 0),
    ],
)
def test_what_an_answer_makes_of_its_host(reason: Reason | None, retry_after: float | None, host: float, sister: float) -> None:
    clock = Clock()
    paced = pace(clock)
    paced.heed("www.a.id", reason, retry_after)
    for name, seconds in (("www.a.id", host), ("m.a.id", sister)):
        if seconds:
            clock.now = 1000 + seconds - 1
            assert paced.closed(name)
        clock.now = 1000 + seconds
        assert paced.closed(name) == ""
        clock.now = 1000


@pytest.mark.parametrize(
    ("between", "closes"),
    [(None, False), (Reason.GONE, False), (Reason.TIMEOUT, True), (Reason.SERVER_ERROR, True), (Reason.PAYWALL, True)],
)
def test_two_refusals_in_a_row_close_a_host_unless_something_good_stands_between(between: Reason | None, closes: bool) -> None:
    paced = pace(Clock())
    for reason in (Reason.REFUSED, between, Reason.REFUSED):
        paced.heed("a.id", reason)
    assert bool(paced.closed("a.id")) is closes


def test_an_outage_is_remembered_for_ten_minutes_and_for_that_host_alone() -> None:
    clock = Clock()
    paced = pace(clock)
    paced.unreachable("www.a.id", "ConnectError: no way")
    clock.now += 599
    assert paced.closed("www.a.id") == "not asked until 10:10 WIB because it could not be reached (ConnectError: no way)"
    assert paced.closed("a.id") == ""
    clock.now += 1
    assert paced.closed("www.a.id") == ""


# --- from run to run


def test_the_next_run_waits_what_the_last_one_left_and_hears_its_closures() -> None:
    clock = Clock()
    first = pace(clock)
    turn(first, "a.id")
    first.heed("b.id", Reason.RATE_LIMITED)
    first.close("www.c.id", 50, "begitu")
    clock.now += 2
    memory = first.memory()
    assert set(memory) == {"a.id", "b.id", "//www.c.id"}
    clock.now += 1  # the time between two runs
    second = pace(clock, remembered=memory)
    assert turn(second, "www.a.id") == ""
    assert clock.sleeps == [2]
    assert "too often" in second.closed("x.b.id")
    assert second.closed("www.c.id")
    assert second.closed("c.id") == ""
    assert {name: known[1:] for name, known in second.memory().items()} == {name: known[1:] for name, known in memory.items()} | {
        "a.id": (None, "")
    }


def test_what_is_over_is_not_remembered() -> None:
    clock = Clock()
    paced = pace(clock)
    turn(paced, "a.id")
    paced.close("b.id", 50, "begitu")
    clock.now += 100
    assert paced.memory() == {}


def test_another_monotonic_clock_changes_nothing() -> None:
    """A run after a reboot counts from zero again; only the wall clock binds the two."""
    clock = Clock()
    first = pace(clock)
    turn(first, "a.id")
    later = Clock()
    later.now = 7.0
    second = pace(later, remembered=first.memory(), wall=clock.wall)
    turn(second, "a.id")
    assert later.sleeps == [5]


@given(st.timedeltas(), st.none() | st.timedeltas(), st.floats(0, 3600))
def test_a_wall_clock_that_was_set_closes_nothing_for_longer_than_a_day(
    allowed: timedelta, closed: timedelta | None, delay: float
) -> None:
    clock = Clock()

    def moved(by: timedelta) -> datetime:
        try:
            return clock.wall() + by
        except OverflowError:
            return datetime.max.replace(tzinfo=UTC)

    memory = {"a.id": (moved(allowed), None if closed is None else moved(closed), "begitu")}
    paced = pace(clock, delay, remembered=memory)
    assert paced.ready("a.id") <= clock.now + max(delay, 120)
    clock.now += LONGEST_CLOSURE
    assert paced.closed("a.id") == ""


def test_ends_are_rounded_up_so_that_a_memory_in_seconds_hurries_nobody() -> None:
    clock = Clock()
    paced = pace(clock, 5.25)
    turn(paced, "a.id")
    assert paced.memory() == {"a.id": (clock.wall() + timedelta(seconds=6), None, "")}


def test_the_random_minutes_after_a_429_lie_between_five_and_fifteen() -> None:
    for draw, seconds in ((0.0, 300), (0.999999, 900)):
        clock = Clock()
        paced = pace(clock, refused_seconds=60, draw=constant(draw))
        paced.heed("a.id", Reason.RATE_LIMITED)
        clock.now += seconds - 1
        assert paced.closed("a.id")
        clock.now += 1
        assert paced.closed("a.id") == ""


def constant(value: float) -> Callable[[], float]:
    return lambda: value
