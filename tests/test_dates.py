"""Dates as the Indonesian press writes them, feeds' dates, and week boundaries in Asia/Jakarta."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from random import Random
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import dates
from pipeline.dates import JAKARTA, Parsed, Week, parse_any, parse_iso, parse_now, parse_worded

MAKASSAR = ZoneInfo("Asia/Makassar")
INSTANTS = st.integers(0, 3_400_000_000).map(lambda seconds: datetime(1990, 1, 2, tzinfo=UTC) + timedelta(seconds=seconds))


def read(raw: str) -> str:
    """The instant as written with its offset, and to the day only where no clock was read."""
    parsed = parse_any(raw)
    assert parsed is not None, raw
    return parsed.value.isoformat(timespec="minutes") if parsed.timed else parsed.value.date().isoformat()


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Rabu, 16 Juli 2025 | 14:05 WIB", "2025-07-16T14:05+07:00"),
        ("Jum'at, 24 Juli 2026 - 13:39 WIB", "2026-07-24T13:39+07:00"),
        ("Jum’at, 24 Juli 2026 - 13:39 WIB", "2026-07-24T13:39+07:00"),
        ("20/08/2013, 14:26 WIB", "2013-08-20T14:26+07:00"),
        ("Kam, 3 Jul 2025", "2025-07-03"),
        ("Minggu, 2 November 2025", "2025-11-02"),
        ("17 January 2026", "2026-01-17"),
        ("Senin, 10 Nopember 2025 pukul 21.40 WITA", "2025-11-10T21:40+08:00"),
        ("10 Nop 2025", "2025-11-10"),
        ("3 Pebruari 2026", "2026-02-03"),
        ("9 Agst. 2026", "2026-08-09"),
        ("9 Agust 2026", "2026-08-09"),
        ("1 Mei 2026 09.05 Wib", "2026-05-01T09:05+07:00"),
        ("Sabtu (14/11/2026) 07.30 WIT", "2026-11-14T07:30+09:00"),
        ("10.11.2025 10.30", "2025-11-10T10:30+07:00"),
        ("10-11-2025", "2025-11-10"),
        ("16-Jul-2025", "2025-07-16"),
        ("16 Juli 2025 21.40.", "2025-07-16T21:40+07:00"),
        ("16 Juli 2025 14:05 (WITA)", "2025-07-16T14:05+08:00"),
        ("Dipublikasikan pada Jumat , 18 Jul 2025 , 10:10:59 WIB", "2025-07-18T10:10+07:00"),
        ("date 2024-11-19 ", "2024-11-19"),
    ],
)
def test_an_indonesian_date_is_read_with_its_clock_and_zone(raw: str, expected: str) -> None:
    assert read(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("2025-07-16", "2025-07-16"),
        ("2025-07-16T14:05:00+07:00", "2025-07-16T14:05+07:00"),
        ("2025-07-16T14:05:00+0800", "2025-07-16T14:05+08:00"),
        ("2025-07-16 14:05:00+09", "2025-07-16T14:05+09:00"),
        ("2025-07-16T07:05:00.123Z", "2025-07-16T07:05+00:00"),
        ("2025-07-16T14:05:00,123+08:00", "2025-07-16T14:05+08:00"),
        ("2025-07-16 14:05 WIB", "2025-07-16T14:05+07:00"),
        ("2025-07-16 14.05 WITA", "2025-07-16T14:05+08:00"),
        ("2025-07-16 | 14:05 WIT", "2025-07-16T14:05+09:00"),
        ("2025-07-16 07:05:00 UTC", "2025-07-16T07:05+00:00"),
        ("2025/07/16 10:00:00", "2025-07-16T10:00+07:00"),
        ("2025-07-16T14:05", "2025-07-16T14:05+07:00"),
        ("2025-07-16T25:00", "2025-07-16"),
    ],
)
def test_an_iso_date_is_read_in_all_the_ways_that_systems_write_it(raw: str, expected: str) -> None:
    assert read(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Wed, 16 Jul 2025 14:05:00 +0700", "2025-07-16T14:05+07:00"),
        ("Wed, 16 Jul 2025 07:05:00 GMT", "2025-07-16T07:05+00:00"),
        ("Wed, 16 Jul 2025 14:05:00 WIB", "2025-07-16T14:05+07:00"),
        ("Wed, 16 Jul 2025 14:05:00 WITA", "2025-07-16T14:05+08:00"),
        ("Sel, 11 Nov 2025 05:06:07 +0700", "2025-11-11T05:06+07:00"),
        ("Wed, 16 Jul 2025 14:05:00", "2025-07-16T14:05+07:00"),
        ("Wed Jul 16 2025 14:05:00 GMT+0700 (WIB)", "2025-07-16T14:05+07:00"),
        ("16 Juli 2025 14:05 UTC+7", "2025-07-16T14:05+07:00"),
        ("16 Jul 2025 14:05 GMT+8", "2025-07-16T14:05+08:00"),
    ],
)
def test_a_feed_date_keeps_its_offset(raw: str, expected: str) -> None:
    assert read(raw) == expected


@pytest.mark.parametrize(
    ("raw", "clock"),
    [
        ("July 16, 2025 2:05 PM", "14:05"),
        ("16 July 2025 12:05 AM", "00:05"),
        ("16 Juli 2025 12:05 PM WIB", "12:05"),
        ("16 July 2025, 9:30 am", "09:30"),
        ("16 July 2025 2:05 p.m.", "14:05"),
        ("16 Juli 2025 13:05 PM", "13:05"),
    ],
)
def test_morning_and_afternoon_are_told_apart(raw: str, clock: str) -> None:
    assert read(raw) == f"2025-07-16T{clock}+07:00"


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "   ",
        "Kamis.",
        "Rabu (16/7)",
        "31 Februari 2025",
        "32 Januari 2025",
        "29/02/2025",
        "2025-13-45",
        "16 Purnama 2025",
        "Blok 12 lantai 2025",
        "Wed, 32 Jul 2025 14:05:00 +0700",
        "17 Agustus 1945",
        "0001-01-01T00:00:00Z",
        "-0001-11-30T00:00:00+00:00",
        "1970-01-01T00:00:00+00:00",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Fri, 31 Dec 9999 23:59:59 -0500",
        "0000-00-00 00:00:00",
        "\x00",
        "1",
    ],
)
def test_what_is_no_publication_date_gives_nothing(raw: str) -> None:
    assert parse_any(raw) is None


def test_an_impossible_day_gives_way_to_the_next_date_of_the_text() -> None:
    parsed = parse_worded("Terbit 31 Februari 2025, diperbarui 2 Maret 2025 08.15 WIB")
    assert parsed is not None
    assert parsed.value == datetime(2025, 3, 2, 8, 15, tzinfo=JAKARTA)


def test_a_number_after_the_date_is_no_clock() -> None:
    assert read("16 Juli 2025. 12.500 orang mendaftar") == "2025-07-16"


def test_day_stands_before_month() -> None:
    assert read("03/04/2026") == "2026-04-03"


def test_a_missing_zone_is_the_given_one_and_stays_unnamed() -> None:
    parsed = parse_any("Rabu, 16 Juli 2025 14.05", MAKASSAR)
    assert parsed == Parsed(datetime(2025, 7, 16, 14, 5, tzinfo=MAKASSAR), "", True)


def test_a_named_zone_wins_over_the_given_one() -> None:
    parsed = parse_any("Rabu, 16 Juli 2025 14.05 WIT", MAKASSAR)
    assert parsed is not None
    assert (parsed.value.utcoffset(), parsed.zone) == (timedelta(hours=9), "WIT")


@pytest.mark.parametrize("raw", ["2025-07-16T14:05:00+99:00", "16/07/2025 14:05 +7799"])
def test_an_impossible_offset_is_not_reported_as_named(raw: str) -> None:
    parsed = parse_any(raw)
    assert parsed is not None
    assert (parsed.value, parsed.zone) == (datetime(2025, 7, 16, 14, 5, tzinfo=JAKARTA), "")


@settings(deadline=None)
@given(st.text(max_size=60))
def test_no_text_breaks_the_parsers_and_every_answer_is_aware(raw: str) -> None:
    for parsed in (parse_any(raw), parse_worded(raw), parse_iso(raw)):
        assert parsed is None or (parsed.value.utcoffset() is not None and 1990 <= parsed.value.year < 2100)


@settings(deadline=None)
@given(
    st.from_regex(
        r"[0-3]?\d[ /.-](Mei|Nop|1[0-9]|[A-Z][a-z]{2,8})[ /.-](19|20)\d\d[ T,|-]{0,3}\d?\d[.:]\d\d ?(WI[BT]|PM|\+\d{4})?"
    )
)
def test_no_near_date_breaks_the_parsers(raw: str) -> None:
    parsed = parse_any(raw)
    assert parsed is None or 1990 <= parsed.value.year < 2100


@settings(deadline=None)
@given(INSTANTS, st.integers(-12, 14))
def test_an_iso_instant_is_read_back_unchanged(instant: datetime, hours: int) -> None:
    local = instant.astimezone(timezone(timedelta(hours=hours))).replace(microsecond=0)
    parsed = parse_any(local.isoformat())
    assert parsed is not None
    assert parsed.value == local


def test_now_is_an_iso_instant() -> None:
    assert parse_now("2026-11-23T06:00:00+07:00") == datetime(2026, 11, 22, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize("raw", ["kemarin", "", "23/11/2026", "2026-11-23T25:00", "2026-11-23T6:00", "2026-11-23 besok"])
def test_a_half_understood_now_is_refused_with_advice(raw: str) -> None:
    with pytest.raises(ValueError, match="write for example 2026-11-23T06:00:00"):
        parse_now(raw)


@pytest.mark.parametrize(
    ("instant", "week"),
    [
        (datetime(2026, 11, 22, 16, 59, 59, tzinfo=UTC), "2026-W47"),  # Sunday 23:59:59 WIB
        (datetime(2026, 11, 22, 17, 0, tzinfo=UTC), "2026-W48"),  # Monday 00:00 WIB
        (datetime(2025, 12, 28, 16, 59, tzinfo=UTC), "2025-W52"),
        (datetime(2025, 12, 28, 17, 0, tzinfo=UTC), "2026-W01"),  # Monday 29 December 2025
        (datetime(2026, 12, 31, 12, 0, tzinfo=UTC), "2026-W53"),
        (datetime(2027, 1, 3, 16, 59, tzinfo=UTC), "2026-W53"),  # Sunday 3 January 2027
        (datetime(2027, 1, 3, 17, 0, tzinfo=UTC), "2027-W01"),
        (datetime(2021, 1, 1, 0, 0, tzinfo=UTC), "2020-W53"),
    ],
)
def test_an_instant_falls_into_the_week_that_jakarta_lives_in(instant: datetime, week: str) -> None:
    assert str(Week.of(instant)) == week


MONTHS, ODD_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), "Mei Okt Des jan Xxx".split()
OFFSETS, ODD_OFFSETS = (
    "+0700 +07:00 -0330 -03:30 +0000 +00:00 GMT Z".split(),
    "-0000 -00:00 z UTC EST WIB +1459 +1500 +15:00 +2400 +0760 +07 -1400 -14:00".split(),
)


def machine_written(chance: Random) -> str:
    """A date as software writes it, in some cases with one or more things wrong."""

    def one_of(usual: list[str], odd: list[str]) -> str:
        return chance.choice(odd if chance.random() < 0.07 else usual)

    def number(first: int, limit: int) -> str:
        return one_of([f"{chance.randrange(first, limit):02}"], [str(limit), "7", "00"])

    clock = ":".join((number(0, 24), number(0, 60), number(0, 60)))
    year, day = one_of(["2026", "1990", "2099"], ["1989", "2100", "0001", "26"]), number(1, 29)
    offset, tail = one_of(OFFSETS, ODD_OFFSETS), one_of([""], [" ", "\n", ".", "0"])
    if chance.random() < 0.5:
        return f"{one_of(['Mon'], ['Sen', 'mon', 'Monday'])}, {day} {one_of(MONTHS, ODD_MONTHS)} {year} {clock} {offset}{tail}"
    fraction = one_of(["", ".1", ".123456789"], [",5", "."])
    return f"{year}-{number(1, 13)}-{day}{one_of(['T'], [' ', 't'])}{clock}{fraction}{offset}{tail}"


@settings(deadline=None, max_examples=50)
@given(st.randoms(use_true_random=True))
def test_a_date_that_software_wrote_is_read_as_the_long_way_reads_it(chance: Random) -> None:
    def answer(raw: str) -> tuple[object, ...]:
        parsed = parse_any(raw, MAKASSAR)
        return raw, parsed, parsed and (parsed.value.isoformat(), parsed.value.tzname())

    written = [machine_written(chance) for _ in range(100)]
    short = list(map(answer, written))
    with patch.object(dates, "_read_machine_written", lambda raw: None):
        assert short == list(map(answer, written))


@pytest.mark.parametrize("raw", ["Fri, 20 Nov 2026 03:05:09 +0700", "2026-11-20T03:05:09+07:00", "2026-11-20T03:05:09.5+07:00"])
def test_dates_of_rss_and_atom_are_read_in_one_step(raw: str) -> None:
    with patch.object(dates, "parse_iso", side_effect=AssertionError("the long way was taken")):
        parsed = parse_any(raw)
    assert parsed is not None
    assert parsed.value == datetime(2026, 11, 20, 3, 5, 9, tzinfo=timezone(timedelta(hours=7)))


@settings(deadline=None)
@given(INSTANTS)
def test_a_week_holds_its_instants_and_no_others(instant: datetime) -> None:
    week = Week.of(instant)
    assert week.start <= instant < week.end
    assert week.end - week.start == timedelta(days=7)
    assert (week.start.weekday(), week.start.hour) == (0, 0)


@settings(deadline=None)
@given(INSTANTS)
def test_weeks_follow_each_other_without_a_gap(instant: datetime) -> None:
    week = Week.of(instant)
    assert week.before.end == week.start
    assert Week.of(week.end).before == week
    assert week.before < week
    assert Week.parse(str(week)) == week


@pytest.mark.parametrize("name", ["2026-W54", "2025-W53", "2026-W00", "2026-47", "minggu lalu", "", "2026-W47x"])
def test_a_week_that_does_not_exist_is_refused_with_advice(name: str) -> None:
    with pytest.raises(ValueError, match="write for example 2026-W47"):
        Week.parse(name)


@pytest.mark.parametrize("name", ["2026-W47", "2026w47", " 2026W47 "])
def test_a_week_name_is_read_loosely(name: str) -> None:
    assert Week.parse(name) == Week(2026, 47)
