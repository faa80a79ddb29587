"""The schedule: intervals follow the share of new entries, failures slow a source and never end it, refusals are respected."""

from __future__ import annotations

import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.polling import published, simulate
from pipeline.fetch.schedule import Polled, Standing, after, due, first, outage, rules_for, unconditional, weight_of, why
from pipeline.records import Reason, Source, SourceKind
from pipeline.settings import Polling

NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
RULES = Polling()
HOUR = timedelta(hours=1)
KNOWN = Standing(
    "a", interval=3600.0, next_poll=NOW, polls=9, last_ok=NOW - HOUR, etag='"1"', last_modified="Thu", body_sha256="aa"
)
FAILURES = ["unhealthy", *(reason.value for reason in Reason if reason is not Reason.HOST_CLOSED)]
REFUSALS = [Reason.REFUSED, Reason.PAYWALL, Reason.CHALLENGE]


def share(new: int, entries: int = 30) -> Polled:
    return Polled("ok", entries=entries, new=new)


def polls(standing: Standing, *answers: Polled, rules: Polling = RULES, draw: float = 0.0) -> Standing:
    """The standing after these answers, each at the instant at which the source is due."""
    now = NOW
    for answer in answers:
        now = max(now, standing.next_poll or now)
        standing = after(standing, answer, now, rules, draw)
    return standing


def pause(standing: Standing, now: datetime = NOW) -> timedelta:
    assert standing.next_poll is not None
    return standing.next_poll - now


def source(status: str = "active") -> Source:
    return Source("a", "A", SourceKind.RSS, "https://a.example/feed", status=status)


# --- what is due


def test_a_new_source_is_due_at_once_and_then_after_the_first_interval() -> None:
    fresh = first(source())
    assert due(fresh, NOW)
    read = after(fresh, share(30), NOW, RULES, 0.0)
    assert (pause(read), read.state, read.gap_suspected, read.polls) == (HOUR, "active", False, 1)
    assert not due(read, NOW + HOUR - timedelta(seconds=1))
    assert due(read, NOW + HOUR)


def test_chance_shortens_a_pause_after_success_and_lengthens_one_after_failure() -> None:
    assert pause(after(KNOWN, share(15), NOW, RULES, 0.999)) < HOUR
    one, other = (after(KNOWN, Polled("timeout"), NOW, RULES, draw) for draw in (0.0, 0.999))
    assert pause(one) < pause(other) < pause(one) * 1.1


def test_every_nth_poll_is_unconditional() -> None:
    asked = [unconditional(replace(KNOWN, polls=number), RULES) for number in range(24)]
    assert [number + 1 for number, plain in enumerate(asked) if plain] == [12, 24]
    assert unconditional(KNOWN, Polling(unconditional_every=1))


# --- the interval


def test_it_takes_two_answers_in_a_row_to_change_the_interval() -> None:
    once = polls(KNOWN, share(25))
    assert once.interval == 3600
    assert polls(once, share(25)).interval < 3600 / RULES.factor * 1.001
    assert polls(once, share(15), share(25)).on_time == -1, "an answer between breaks the row"
    assert polls(KNOWN, share(1)).interval == 3600
    assert polls(KNOWN, share(1), share(1)).interval == 3600 * RULES.factor
    assert polls(KNOWN, share(1), share(15), share(1)).interval == 3600


def test_unchanged_counts_as_all_seen_and_an_answer_without_entries_too() -> None:
    assert polls(KNOWN, Polled("unchanged"), share(0)).interval == 3600 * RULES.factor
    assert polls(KNOWN, Polled("ok"), Polled("ok")).interval == 3600 * RULES.factor


def test_a_late_answer_does_not_shorten_and_an_early_one_does_not_lengthen() -> None:
    late = replace(KNOWN, last_ok=NOW - 3 * HOUR, on_time=-1)
    assert after(late, share(25), NOW, RULES, 0.0).interval == 3600
    early = replace(KNOWN, last_ok=NOW - HOUR / 4, on_time=1)
    assert after(early, share(0), NOW, RULES, 0.0).interval == 3600


def test_two_answers_with_nothing_in_common_halve_the_interval_at_once() -> None:
    gap = after(KNOWN, share(30), NOW, RULES, 0.0)
    assert (gap.gap_suspected, gap.interval) == (True, 1800)
    assert not polls(gap, share(10)).gap_suspected
    assert polls(gap, Polled("timeout")).gap_suspected, "a failure says nothing of it"


def days_of(standing: Standing, days: int, daily: Polled) -> Standing:
    """The standing after days on which the day's first answer is ``daily`` and the others show nothing new."""
    now, end, day = standing.next_poll or NOW, NOW + timedelta(days=days), None
    while now < end:
        answer = Polled("unchanged") if now.date() == day else daily
        day = now.date()
        standing = after(standing, answer, now, RULES, 0.5)
        now = standing.next_poll or now
    return standing


def test_a_list_of_two_whose_entries_come_together_is_not_hurried_to_the_floor() -> None:
    assert days_of(KNOWN, 30, share(2, 2)).interval >= 2 * 3600


def test_a_quiet_night_does_not_forget_the_morning_and_quiet_weeks_do() -> None:
    busy = polls(KNOWN, share(27), share(27))
    assert busy.longest < 3600
    night = polls(busy, *[share(0)] * 10)
    assert night.interval == busy.interval
    assert days_of(night, 60, share(1)).interval == RULES.ceiling_hours * 3600


def test_a_source_on_probation_may_wait_longer() -> None:
    quiet = [share(0)] * 40
    assert polls(KNOWN, *quiet, rules=rules_for(source(), RULES)).interval == 6 * 3600
    assert polls(KNOWN, *quiet, rules=rules_for(source("probation"), RULES)).interval == 24 * 3600


# --- failures


@pytest.mark.parametrize("outcome", FAILURES)
def test_every_failure_has_a_weight_and_keeps_what_was_known(outcome: str) -> None:
    failed = after(KNOWN, Polled(outcome), NOW, RULES, 0.0)
    assert failed.weight in (RULES.hard, RULES.soft)
    assert (failed.failures, failed.polls) == (1, 10)
    assert failed.last_ok == NOW - HOUR
    # An answer that was read and found ill may be the very one that was taken for good: it must not pass for unchanged.
    kept = ("", "", "") if outcome == "unhealthy" else ('"1"', "Thu", "aa")
    assert (failed.etag, failed.last_modified, failed.body_sha256) == kept
    assert pause(failed) > HOUR


@pytest.mark.parametrize(
    ("polled", "weight"),
    [
        (Polled("unhealthy"), 1.0),
        (Polled(Reason.UNSAFE_ADDRESS), 1.0),
        (Polled(Reason.GONE), 0.5),
        (Polled(Reason.RATE_LIMITED), 0.5),
        (Polled(Reason.SERVER_ERROR), 0.5),
        (Polled(Reason.TIMEOUT), 0.5),
        (Polled(Reason.UNREACHABLE, "ConnectError: certificate verify failed"), 0.5),
        (Polled(Reason.UNREACHABLE, f"({socket.gaierror(socket.EAI_NONAME, 'Name or service not known')})"), 0.5),
        (Polled(Reason.UNREACHABLE, f"ConnectError: ({socket.gaierror(socket.EAI_AGAIN, 'Gangguan sementara')})"), 0.25),
    ],
)
def test_not_all_failures_weigh_the_same(polled: Polled, weight: float) -> None:
    assert weight_of(polled, RULES) == weight


def test_pauses_grow_by_equal_steps_up_to_a_cap() -> None:
    standing, found = KNOWN, []
    for _ in range(60):
        standing = after(standing, Polled("unhealthy"), NOW, RULES, 0.0)
        found.append(pause(standing) / HOUR)
    assert found[:5] == [2, 3, 4, 5, 6]
    assert found[-1] == 24
    assert standing.state == "slow"


def test_a_source_is_slow_from_a_weight_on_and_active_after_one_success() -> None:
    states = [polls(KNOWN, *[Polled("timeout")] * number).state for number in (7, 8)]
    assert states == ["active", "slow"]
    back = polls(KNOWN, *[Polled("timeout")] * 50, share(5))
    assert (back.state, back.weight, back.failures, back.interval) == ("active", 0, 0, 3600)


def test_a_host_that_was_not_asked_has_not_failed() -> None:
    left = after(KNOWN, Polled(Reason.HOST_CLOSED, retry_after=1800.0), NOW, RULES, 0.5)
    assert left == replace(KNOWN, next_poll=NOW + timedelta(minutes=30))
    assert pause(after(KNOWN, Polled(Reason.HOST_CLOSED), NOW, RULES, 0.5)) == timedelta(minutes=RULES.floor_minutes)


@pytest.mark.parametrize("outcome", [Reason.RATE_LIMITED, Reason.SERVER_ERROR, "ok", Reason.CHALLENGE])
def test_retry_after_is_obeyed_and_capped(outcome: str) -> None:
    asked = timedelta(hours=20)
    for draw in (0.0, 0.999):
        assert pause(after(KNOWN, Polled(outcome, retry_after=asked.total_seconds()), NOW, RULES, draw)) >= timedelta(hours=12)
    if outcome != Reason.CHALLENGE:
        assert pause(after(KNOWN, Polled(outcome, retry_after=asked.total_seconds()), NOW, RULES, 0.5)) == asked
        assert pause(after(KNOWN, Polled(outcome, retry_after=1e12), NOW, RULES, 0.5)) == 24 * HOUR


@pytest.mark.parametrize("nonsense", [-5.0, 0.0, float("nan"), float("-inf")])
def test_a_senseless_retry_after_is_no_wish(nonsense: float) -> None:
    assert after(KNOWN, Polled("timeout", retry_after=nonsense), NOW, RULES, 0.5) == after(
        KNOWN, Polled("timeout"), NOW, RULES, 0.5
    )


def test_who_says_too_often_is_asked_less_often() -> None:
    hot = replace(KNOWN, interval=600.0, longest=600.0)
    slower = after(hot, Polled(Reason.RATE_LIMITED), NOW, RULES, 0.0)
    assert pause(slower) >= HOUR
    assert polls(slower, share(15)).interval == 900


# --- refusals


@pytest.mark.parametrize("outcome", REFUSALS)
def test_a_refusal_blocks_at_once_with_a_pause_that_grows(outcome: str) -> None:
    standing, found = KNOWN, []
    for _ in range(20):
        standing = after(standing, Polled(outcome), NOW, RULES, 0.0)
        assert standing.state == "blocked"
        found.append(pause(standing) / HOUR)
    assert found[:4] == [12, 24, 36, 48]
    assert found[-1] == 168
    assert polls(standing, Polled("unchanged")).state == "active"


def test_earlier_failures_do_not_lengthen_the_first_pause_after_a_refusal() -> None:
    assert pause(replace_now(polls(KNOWN, *[Polled("timeout")] * 30), Polled(Reason.REFUSED))) == 12 * HOUR


def replace_now(standing: Standing, polled: Polled) -> Standing:
    return after(standing, polled, NOW, RULES, 0.0)


def test_a_failure_while_blocked_does_not_open_it() -> None:
    blocked = polls(KNOWN, Polled(Reason.REFUSED), Polled(Reason.TIMEOUT))
    assert blocked.state == "blocked"
    assert blocked.weight == 1.5


# --- what a good answer leaves


def test_validators_are_those_of_the_last_answer_that_was_read() -> None:
    fresh = after(KNOWN, Polled("ok", entries=3, new=1, body_sha256="bb"), NOW, RULES, 0.0)
    assert (fresh.etag, fresh.last_modified, fresh.body_sha256) == ("", "", "bb"), "an old ETag would hide the next change"
    same = after(KNOWN, Polled("unchanged"), NOW, RULES, 0.0)
    assert (same.etag, same.last_modified, same.body_sha256) == ('"1"', "Thu", "aa")


def test_the_newest_publication_is_kept_and_one_in_the_future_is_not_believed() -> None:
    read = after(KNOWN, Polled("ok", entries=3, new=1, newest=NOW - HOUR), NOW, RULES, 0.0)
    assert read.newest == NOW - HOUR
    assert polls(read, Polled("ok", entries=3, new=1, newest=NOW - 5 * HOUR)).newest == NOW - HOUR
    assert polls(read, Polled("ok", entries=3, new=1, newest=NOW + timedelta(days=900))).newest == NOW - HOUR


# --- our own network


def test_nobody_answers_means_that_we_are_offline() -> None:
    silent = [Polled(Reason.UNREACHABLE), Polled(Reason.TIMEOUT)] * 4
    assert outage(silent, RULES)
    assert outage([*silent, Polled(Reason.HOST_CLOSED), Polled(Reason.ROBOTS)], RULES)
    assert not outage(silent[:7], RULES), "so few may be down at once"
    assert not outage([], RULES)
    for answer in (Polled("ok"), Polled("unchanged"), Polled(Reason.SERVER_ERROR), Polled(Reason.REFUSED), Polled("unhealthy")):
        assert not outage([*silent, answer], RULES)


# --- properties

OUTCOMES = st.one_of(
    st.sampled_from(FAILURES).map(Polled),
    st.builds(Polled, st.sampled_from([*FAILURES, Reason.HOST_CLOSED, "ok"]), retry_after=st.floats(0, 1e7)),
    st.just(Polled("unchanged")),
    st.integers(0, 200).flatmap(lambda size: st.builds(Polled, st.just("ok"), entries=st.just(size), new=st.integers(0, size))),
)
STEPS = st.lists(st.tuples(OUTCOMES, st.floats(0, 1, exclude_max=True), st.integers(0, 10 * 86400)), max_size=60)


@given(STEPS)
def test_intervals_and_pauses_stay_within_their_bounds(steps: list[tuple[Polled, float, int]]) -> None:
    standing, now = Standing("a"), NOW
    for polled, draw, later in steps:
        now = max(now, standing.next_poll or now) + timedelta(seconds=later)
        standing = after(standing, polled, now, RULES, draw)
        assert standing.next_poll is not None
        assert now < standing.next_poll <= now + timedelta(days=7)
        if standing.polls:
            assert RULES.floor_minutes * 60 <= standing.interval <= RULES.ceiling_hours * 3600
        assert standing.state in ("active", "slow", "blocked")
        assert (standing.state == "active") or standing.failures > 0
        assert due(standing, standing.next_poll)
        assert why(standing, now, RULES).endswith(".")


@given(STEPS)
def test_any_history_ends_active_after_one_success(steps: list[tuple[Polled, float, int]]) -> None:
    standing = Standing("a")
    for polled, draw, _ in steps:
        standing = after(standing, polled, standing.next_poll or NOW, RULES, draw)
    now = standing.next_poll or NOW
    back = after(standing, share(10), now, RULES, 0.0)
    assert (back.state, back.weight, back.failures) == ("active", 0.0, 0)
    assert pause(back, now) <= timedelta(hours=RULES.ceiling_hours)


@given(
    st.floats(0, 50),
    st.floats(0, 50),
    st.sampled_from(["active", "slow", "blocked"]),
    st.sampled_from(FAILURES),
    st.floats(0, 0.99),
)
def test_more_weight_never_means_a_shorter_pause(one: float, other: float, state: str, outcome: str, draw: float) -> None:
    light, heavy = (replace(KNOWN, weight=weight, state=state, failures=1) for weight in sorted((one, other)))
    assert pause(after(light, Polled(outcome), NOW, RULES, draw)) <= pause(after(heavy, Polled(outcome), NOW, RULES, draw))


# --- simulated feeds (the whole table: python -m benchmarks.polling)


@pytest.mark.parametrize("rhythm", [False, True], ids=["even", "newsroom"])
@pytest.mark.parametrize(("minutes", "size"), [(3, 50), (10, 20), (30, 10), (30, 50), (120, 20), (1440, 10)])
def test_a_feed_that_fifteen_minutes_can_follow_loses_nothing_once_it_is_known(minutes: float, size: int, rhythm: bool) -> None:
    found = simulate(published(minutes, 18, seed=4, rhythm=rhythm), size, 18, seed=4)
    assert (found.lost, found.unavoidable) == (0, 0)
    assert found.polls <= max(7 * found.fewest, 4.5), "and is not asked many times more than one who knows the future would"


def test_a_feed_that_is_too_fast_is_asked_at_every_run_and_what_is_lost_is_told() -> None:
    found = simulate(published(1, 10, seed=4, rhythm=False), 10, 10, seed=4)
    assert found.polls == 96
    assert found.lost == found.unavoidable > 0
    assert found.unseen == 0


# --- words


def words(standing: Standing, now: datetime = NOW) -> str:
    return why(standing, now, RULES)


def test_why_says_when_and_for_what_reason() -> None:
    assert words(Standing("a")) == "Due now: never asked before."
    assert "asked every 60 min, as every new source" in words(after(first(source()), share(30), NOW, RULES, 0.0))
    calm = after(KNOWN, share(15), NOW, RULES, 0.0)
    assert words(calm) == "Due in 60 min, 26 Nov 11:00 WIB: asked every 60 min, by the share of its entries that were new."
    assert words(calm, NOW + 2 * HOUR).startswith("Due now: asked every 60 min")
    assert "may have been missed" in words(after(KNOWN, share(30), NOW, RULES, 0.0))
    assert "the longest interval that is allowed" in words(polls(KNOWN, *[share(0)] * 30))
    assert "the shortest interval that is allowed" in words(polls(KNOWN, *[share(30)] * 30))
    assert "at its busiest" in words(polls(KNOWN, share(27), share(27), share(0)))
    assert "1 failure in a row, of weight 1; active" in words(polls(KNOWN, Polled("unhealthy")))
    assert "slow since the weight reached 4" in words(polls(KNOWN, *[Polled("unhealthy")] * 4))
    refused = words(after(KNOWN, Polled(Reason.REFUSED), NOW, RULES, 0.0))
    assert refused.startswith("Due in 12 h, 26 Nov 22:00 WIB: blocked, the site refuses us (1 failure in a row)")
    assert "Ask the outlet for access" in refused
