"""The coverage model: silence and loss are noticed, healthy sources are left in peace, and too little history is said.

Measured by ``python -m benchmarks.coverage`` (400 simulated sources of 0.1 to 300 entries a day, quiet weekends, busy spells;
60 days): a new false alarm on 0.30 of the days over 24 hours and on 0.40 over 7 days, over all 400 sources together. A feed
that shows nothing new is noticed on the first day from ten entries a day on, on the second from two, within a week or two from
one in two days; half of the entries lost within two to four days from ten a day on in the median.
"""

from __future__ import annotations

import math
import random
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.coverage import WEEKS_BEFORE, false_alarms, noticed_after, poisson, simulate
from pipeline.dates import JAKARTA
from pipeline.fetch.coverage import ALARM, HISTORY, MIN_DAYS, _distribution, expected, verdict

MONDAY = date(2026, 9, 7)
WEEKDAYS_ONLY = [20, 20, 20, 20, 20, 0, 0]


def past(counts: list[int], start: date = MONDAY) -> dict[date, int]:
    return {start + timedelta(days=number): count for number, count in enumerate(counts)}


def midnight(days: int) -> datetime:
    """The midnight after so many days from ``MONDAY``."""
    return datetime.combine(MONDAY + timedelta(days=days), time(), JAKARTA)


def scattered(rate: float, days: int, seed: int = 1) -> list[int]:
    rnd = random.Random(seed)
    return [poisson(rate, rnd) for _ in range(days)]


@pytest.mark.parametrize(("mean", "scatter"), [(0.05, 0.0), (3.0, 0.0), (3.0, 2.0), (300.0, 0.06), (2100.0, 0.0), (900.0, 0.5)])
def test_the_chances_are_those_of_a_negative_binomial(mean: float, scatter: float) -> None:
    start, chances = _distribution(mean, scatter)
    counts = range(start, start + len(chances))
    assert sum(chances) == pytest.approx(1, abs=1e-5)
    found = sum(count * chance for count, chance in zip(counts, chances, strict=True))
    assert found == pytest.approx(mean, rel=1e-3)
    spread = sum((count - mean) ** 2 * chance for count, chance in zip(counts, chances, strict=True))
    assert spread == pytest.approx(mean + scatter * mean**2, rel=1e-2)


def test_a_poisson_source_gets_its_textbook_range() -> None:
    usual = expected(past([20, 21, 19, 20] * 14), midnight(56))
    assert usual is not None
    assert usual.mean == pytest.approx(20, rel=0.02)
    # Poisson(20): P(X <= 7) = 0.0008 and P(X <= 8) = 0.0021; a little wider since the level is itself an estimate.
    assert 6 <= usual.low <= 8
    assert 34 <= usual.high <= 37


def test_a_weekend_is_judged_by_weekends() -> None:
    counts = past(WEEKDAYS_ONLY * 8)
    after_sunday, after_monday = midnight(56), midnight(57)
    assert verdict(counts, 0, after_sunday).word == "ok"
    sunday, friday = expected(counts, after_sunday), expected(counts, midnight(54))
    assert sunday is not None
    assert friday is not None
    assert sunday.mean < 0.5
    assert friday.mean == pytest.approx(20, rel=0.05)
    assert verdict({**counts, MONDAY + timedelta(days=56): 0}, 0, after_monday).word == "silent"
    assert verdict({**counts, MONDAY + timedelta(days=56): 5}, 5, after_monday).word == "low"


def test_a_window_that_spans_two_days_is_weighed_by_the_clock() -> None:
    counts = past([*WEEKDAYS_ONLY * 8, 4])
    noon = midnight(56) + timedelta(hours=12)
    usual = expected(counts, noon)
    assert usual is not None
    assert usual.mean == pytest.approx(10, abs=1.5)  # half of a Sunday's 0 and half of a Monday's 20


def test_a_scattered_source_gets_a_wider_range() -> None:
    calm, wild = expected(past([50] * 56), midnight(56)), expected(past([10, 90, 30, 70, 50] * 11 + [50]), midnight(56))
    assert calm is not None
    assert wild is not None
    assert wild.low < calm.low
    assert wild.high > calm.high


def test_seven_days_allow_less_in_proportion_than_one() -> None:
    counts = past(scattered(12, 57))
    day, week = expected(counts, midnight(57)), expected(counts, midnight(57), 7)
    assert day is not None
    assert week is not None
    assert week.low / week.mean > day.low / day.mean
    assert week.mean == pytest.approx(7 * day.mean, rel=0.25)


@pytest.mark.parametrize("rate", [0.5, 1.0, 3.0])
def test_the_death_of_a_small_source_is_noticed_and_stays_noticed(rate: float) -> None:
    counts = scattered(rate, 56)
    words = []
    for day in range(1, 60):
        now = midnight(56 + day)
        words.append(verdict(past(counts + [0] * day), 0, now).word)
    first = words.index("silent")
    assert first + 1 <= 14 / rate
    assert set(words[:first]) == {"ok"}
    assert set(words[first:]) == {"silent"}, "a longer silence is not a lesser one"


def test_a_source_with_long_pauses_is_not_called_silent_in_one_of_them() -> None:
    counts = past(([9] + [0] * 11) * 5)  # nine entries at once, every twelfth day
    assert verdict(counts, 0, midnight(60)).word == "ok"


def test_a_silence_as_long_as_one_before_is_no_alarm_though_chance_does_not_explain_it() -> None:
    counts = [*[3] * 20, *[0] * 8, *[3] * 28]
    words = [verdict(past(counts + [0] * day), 0, midnight(56 + day)).word for day in range(1, 11)]
    assert words == ["ok"] * 8 + ["silent"] * 2


def test_seven_days_are_given_the_scatter_of_past_weeks_where_busy_days_come_in_rows() -> None:
    spells = [*[30] * 7, *[50] * 7] * 4
    mixed = [30, 50] * 28
    rows, alone = (expected(past(counts), midnight(56), 7) for counts in (spells, mixed))
    assert rows is not None
    assert alone is not None
    assert rows.low < alone.low - 25
    assert rows.high > alone.high + 25


def test_a_short_past_is_trusted_less() -> None:
    short, long = (expected(past([50] * days), midnight(days), 7) for days in (MIN_DAYS + 9, 70))
    assert short is not None
    assert long is not None
    assert short.low < long.low - 5
    assert short.high > long.high + 5


def test_a_day_that_was_not_watched_is_missing_and_not_zero() -> None:
    steady = past([30] * 56)
    gappy = {day: count for number, (day, count) in enumerate(steady.items()) if number % 10 != 4}
    whole, some = expected(steady, midnight(56)), expected(gappy, midnight(56))
    assert whole is not None
    assert some is not None
    assert some.mean == pytest.approx(whole.mean)


def test_a_backlog_after_unwatched_days_and_the_first_days_archive_are_left_out() -> None:
    counts = past([500] + [30] * 27)
    for day in range(30, 38):
        counts[MONDAY + timedelta(days=day)] = 30
    counts[MONDAY + timedelta(days=30)] = 400  # days 28 and 29 were not watched
    usual = expected(counts, midnight(38))  # of a Wednesday, as is the day of the backlog
    assert usual is not None
    assert usual.mean == pytest.approx(30, rel=0.02)


def test_one_relisted_archive_does_not_ruin_the_past() -> None:
    counts = [10, 9, 11, 10] * 14
    counts[20] = 5000
    usual = expected(past(counts), midnight(56))
    assert usual is not None
    assert usual.mean < 15
    assert usual.low > 0


def test_too_little_history_is_said() -> None:
    found = verdict(past([5] * MIN_DAYS), 0, midnight(MIN_DAYS))
    assert (found.word, found.expected, found.alarm) == ("unknown", None, False)
    assert "too little history" in found.why
    assert verdict({}, 3, midnight(0)).word == "unknown"


def test_a_source_that_never_showed_anything_is_silent_after_weeks() -> None:
    assert verdict(past([0] * 20), 0, midnight(20)).word == "unknown"
    found = verdict(past([0] * 57), 0, midnight(57))
    assert found.word == "silent"
    assert "on any of the 56 days" in found.why


def test_a_source_that_was_not_read_in_the_window_is_unknown_and_not_silent() -> None:
    found = verdict(past([30] * 56), 0, midnight(60))
    assert (found.word, found.why) == ("unknown", "it was not read in this time")


def test_every_verdict_says_why() -> None:
    counts = past(scattered(20, 57))
    assert verdict(counts, 90, midnight(57)).word == "high"
    assert "90 in 24 hours, usually " in verdict(counts, 90, midnight(57)).why
    silent = verdict({**counts, MONDAY + timedelta(days=56): 0}, 0, midnight(57))
    assert silent.why == "no entry for 1 day; its longest silence before was 0 days"
    assert silent.alarm


def test_less_than_nothing_is_a_bug() -> None:
    with pytest.raises(ValueError, match="-1 entries"):
        verdict({}, -1, midnight(0))


@given(
    st.lists(st.integers(0, 2000), min_size=0, max_size=120),
    st.integers(0, 5000),
    st.sampled_from([1, 7]),
    st.integers(0, 86399),
    st.sets(st.integers(0, 119), max_size=40),
)
def test_any_history_gets_an_ordered_range_and_a_verdict_that_fits_it(
    counts: list[int], seen: int, days: int, second: int, unwatched: set[int]
) -> None:
    held = {day: count for number, (day, count) in enumerate(past(counts).items()) if number not in unwatched}
    now = midnight(len(counts)) + timedelta(seconds=second)
    found = verdict(held, seen, now, days)
    assert found.word in ("ok", "low", "silent", "high", "unknown")
    if found.expected is None:
        assert found.word in ("unknown", "silent")
        return
    low, mean, high = found.expected.low, found.expected.mean, found.expected.high
    assert 0 <= low <= high
    assert math.isfinite(mean)
    assert {"low": seen < low, "high": seen > high, "ok": low <= seen <= high, "silent": seen == 0}[found.word]
    assert expected(held, now, days) == found.expected


@given(st.lists(st.integers(0, 60), min_size=20, max_size=70), st.data())
def test_more_entries_never_make_a_lower_verdict(counts: list[int], data: st.DataObject) -> None:
    now = midnight(len(counts))
    fewer = data.draw(st.integers(1, 100))
    order = ["low", "ok", "high"]
    one, other = verdict(past(counts), fewer, now).word, verdict(past(counts), fewer + data.draw(st.integers(0, 50)), now).word
    assert one == other == "unknown" or order.index(one) <= order.index(other)


def test_what_lies_before_the_history_does_not_matter() -> None:
    counts = past(scattered(8, 200))
    now = midnight(200)
    recent = {day: count for day, count in counts.items() if day >= now.date() - HISTORY}
    assert expected(recent, now) == expected(counts, now)


def test_healthy_sources_are_left_in_peace() -> None:
    sources = list(simulate(40, WEEKS_BEFORE + 20, seed=7))
    for days in (1, 7):
        words, fresh = false_alarms(sources, days)
        verdicts = sum(words.values())
        assert verdicts == 40 * 20
        assert fresh <= 5 * ALARM * verdicts / 2  # what the model promises, with room for the few draws
        assert words["unknown"] == 0


def test_outages_are_noticed_in_days() -> None:
    rnd = random.Random(3)
    sources = list(simulate(60, WEEKS_BEFORE + 28, seed=5))
    assert all(noticed_after(one, 0.0, rnd) == 1 for one in sources if one.rate >= 50 and one.rhythm != 2)
    assert all(noticed_after(one, 0.0, rnd) <= 4 for one in sources if one.rate >= 10)
    half = sorted(noticed_after(one, 0.5, rnd) for one in sources if one.rate >= 50)
    assert half[len(half) // 2] <= 7
