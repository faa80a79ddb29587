"""Lanes: each in order and one at a time, many together, nothing lost, and with one thread a program of the clock alone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.fetch.lanes import Lanes
from pipeline.fetch.pace import Pace
from tests.fetch.hostile import Clock

THREADS = [1, 2, 8]


def quick() -> Pace:
    return Pace(delay=0)


@pytest.mark.parametrize("threads", THREADS)
def test_every_job_is_done_once_and_each_lane_in_its_order(threads: int) -> None:
    lanes: Lanes[tuple[str, int]] = Lanes(quick(), threads)
    begun: list[tuple[str, int]] = []
    jobs = [(lane, number) for number in range(20) for lane in ("a", "b", "c", "d", "e")]
    for lane, number in jobs:
        lanes.add(lane, (lane, number), partial(begun.append, (lane, number)))
    results = list(lanes.results())
    assert sorted(tag for tag, _ in results) == sorted(jobs)
    for lane in "abcde":
        assert [number for name, number in begun if name == lane] == list(range(20))
    assert lanes.left() == []


@pytest.mark.parametrize("threads", THREADS)
def test_jobs_may_be_added_while_results_come(threads: int) -> None:
    lanes: Lanes[int] = Lanes(quick(), threads)
    lanes.add("a", 0, lambda: 0)
    done = []
    for tag, result in lanes.results():
        assert tag == result
        done.append(tag)
        for child in (2 * tag + 1, 2 * tag + 2):
            if child < 60:
                lanes.add("abc"[child % 3], child, partial(int, child))
    assert sorted(done) == list(range(60))


@pytest.mark.parametrize("threads", THREADS)
@pytest.mark.parametrize("error", [ValueError("rusak"), SystemExit(3), KeyboardInterrupt()])
def test_what_a_job_raises_is_its_result(threads: int, error: BaseException) -> None:
    def fail() -> None:
        raise error

    lanes: Lanes[str] = Lanes(quick(), threads)
    lanes.add("a", "buruk", fail)
    lanes.add("a", "baik", lambda: "Isi")
    results = dict(lanes.results())
    assert isinstance(results["buruk"], Exception)
    assert results["baik"] == "Isi"


@pytest.mark.parametrize("threads", THREADS)
def test_stop_begins_nothing_more_and_what_is_left_is_named_in_order(threads: int) -> None:
    stopping = threading.Event()
    lanes: Lanes[int] = Lanes(quick(), threads, stopping.is_set)
    for number in range(50):
        lanes.add(f"lane {number % 5}", number, partial(int, number))
    done = []
    for tag, _ in lanes.results():
        done.append(tag)
        if len(done) == 10:
            stopping.set()
    left = lanes.left()
    assert sorted(done + left) == list(range(50))
    assert left == sorted(left)
    assert len(done) <= 10 + 2 * threads


def test_the_jobs_in_hand_are_finished_when_stop_says_so() -> None:
    stopping, begun, go_on = threading.Event(), threading.Event(), threading.Event()

    def slow() -> str:
        begun.set()
        go_on.wait(10)
        return "Isi"

    lanes: Lanes[str] = Lanes(quick(), 2, stopping.is_set)
    lanes.add("a", "di tangan", slow)
    lanes.add("a", "belum", slow)
    results = lanes.results()

    def stop() -> None:
        begun.wait(10)
        stopping.set()
        go_on.set()

    threading.Thread(target=stop).start()
    assert list(results) == [("di tangan", "Isi")]
    assert lanes.left() == ["belum"]


def test_a_loop_left_early_leaves_no_thread_behind() -> None:
    before = threading.active_count()
    lanes: Lanes[int] = Lanes(quick(), 6)
    for number in range(60):
        lanes.add(f"lane {number}", number, partial(int, number))
    for _ in lanes.results():
        break
    assert threading.active_count() == before
    rest = [tag for tag, _ in lanes.results()]
    assert lanes.left() == []
    assert len(rest) == len(set(rest))


def test_no_lane_is_ever_served_by_two_threads() -> None:
    lanes: Lanes[int] = Lanes(quick(), 8)
    inside: dict[str, int] = {}
    most: list[int] = []
    lock = threading.Lock()

    def work(lane: str) -> None:
        with lock:
            inside[lane] = inside.get(lane, 0) + 1
            most.append(inside[lane])
        threading.Event().wait(0.001)
        with lock:
            inside[lane] -= 1

    for number in range(120):
        lanes.add(f"lane {number % 3}", number, partial(work, f"lane {number % 3}"))
    assert len(list(lanes.results())) == 120
    assert set(most) == {1}


def test_no_thread_sleeps_for_a_slow_lane_while_another_is_ready() -> None:
    """Two threads, one lane that may not be asked for long: a hundred jobs of others pass it, and nobody waits for it."""
    paced = Pace(delay=0)
    paced.slow_down("lambat", 100)
    with paced.turn("lambat"):
        pass
    stopping = threading.Event()
    lanes: Lanes[str] = Lanes(paced, 2, stopping.is_set)
    lanes.add("lambat", "lambat", lambda: None)
    for number in range(100):
        lanes.add(f"lane {number}", f"cepat {number}", lambda: None)
    done = []
    for tag, _ in lanes.results():
        done.append(tag)
        if len(done) == 100:
            stopping.set()
    assert "lambat" not in done
    assert lanes.left() == ["lambat"]


def test_results_that_wait_for_the_driver_hold_the_threads_back() -> None:
    lanes: Lanes[int] = Lanes(quick(), 2)
    begun = []
    for number in range(40):
        lanes.add(f"lane {number}", number, partial(begun.append, number))
    results = lanes.results()
    next(results)
    threading.Event().wait(0.2)
    assert len(begun) <= 1 + 2 * 2
    assert len(list(results)) == 39


# --- one thread and a clock that moves only when told


def asked(paced: Pace, clock: Clock, log: list[tuple[str, float]], host: str, seconds: float) -> None:
    with paced.turn(host):
        log.append((host, clock.now - 1000))
        clock.now += seconds


def simulated(jobs: list[tuple[str, int]], delay: float) -> tuple[list[tuple[str, float]], Clock]:
    clock = Clock()
    paced = Pace(delay=delay, sleep=clock.sleep, monotonic=clock.monotonic)
    lanes: Lanes[int] = Lanes(paced, 1)
    log: list[tuple[str, float]] = []
    for number, (host, seconds) in enumerate(jobs):
        lanes.add(host, number, partial(asked, paced, clock, log, host, seconds))
    assert sorted(tag for tag, _ in lanes.results()) == list(range(len(jobs)))
    return log, clock


def test_alone_the_lane_that_may_go_soonest_goes_first() -> None:
    log, clock = simulated([("a", 0), ("a", 0), ("b", 2), ("b", 0), ("c", 0)], 5)
    assert log == [("a", 0), ("b", 0), ("c", 2), ("a", 5), ("b", 7)]
    assert clock.sleeps == [3, 2]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 7)), max_size=25), st.integers(0, 6))
def test_alone_it_is_a_program_of_its_jobs_and_polite(jobs: list[tuple[str, int]], delay: int) -> None:
    log, _ = simulated(jobs, delay)
    assert (log, None) == (simulated(jobs, delay)[0], None)
    for host in "abcd":
        times = [at for name, at in log if name == host]
        assert all(later - earlier >= delay for earlier, later in pairwise(times))


def test_alone_a_lane_that_was_slowed_meanwhile_waits_anew() -> None:
    clock = Clock()
    paced = Pace(delay=1, sleep=clock.sleep, monotonic=clock.monotonic)
    lanes: Lanes[str] = Lanes(paced, 1)
    log: list[tuple[str, float]] = []

    def also_elsewhere() -> None:
        asked(paced, clock, log, "b", 0)
        asked(paced, clock, log, "c", 4)  # as a redirect would

    lanes.add("b", "b", also_elsewhere)
    lanes.add("c", "c", partial(asked, paced, clock, log, "c", 0))
    lanes.add("d", "d", partial(asked, paced, clock, log, "d", 0))
    assert [tag for tag, _ in lanes.results()] == ["b", "d", "c"]
    assert log == [("b", 0), ("c", 0), ("d", 4), ("c", 5)]


def test_without_jobs_there_are_no_results() -> None:
    lanes: list[Lanes[str]] = [Lanes(quick(), threads) for threads in THREADS]
    done: Callable[[Lanes[str]], list[tuple[str, object]]] = lambda one: list(one.results())  # noqa: E731
    assert [done(one) for one in lanes] == [[], [], []]
