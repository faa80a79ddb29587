"""Instants, Indonesian dates and ISO weeks. Every instant is aware; weeks are Monday 00:00 to Sunday 24:00 Asia/Jakarta."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

JAKARTA = ZoneInfo("Asia/Jakarta")
ZONES = {
    "wib": timezone(timedelta(hours=7), "WIB"),
    "wita": timezone(timedelta(hours=8), "WITA"),
    "wit": timezone(timedelta(hours=9), "WIT"),
    "gmt": UTC,
    "utc": UTC,
    "z": UTC,
}

# Long, short and old spellings seen in the press, and English ones that CMSs leave in ("Nopember" is still common).
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari jan january",
            "februari feb pebruari peb february",
            "maret mar march mrt",
            "april apr",
            "mei may",
            "juni jun june",
            "juli jul july",
            "agustus agu agt ags agst agust aug august",
            "september sep sept",
            "oktober okt october oct",
            "november nov nopember nop",
            "desember des december dec",
        ),
        1,
    )
    for name in names.split()
}

# 1990 to 2099. Nothing on the web is older: an earlier year is a zero date (0001, 1970) or an event of which the text speaks.
_YEAR = r"(?P<year>199\d|20\d{2})"
_CLOCK = r"(?P<hour>[01]?\d|2[0-3])[:.](?P<minute>[0-5]\d)(?:[:.](?P<second>[0-5]\d))?(?!\d)"
_ZONE = r"\(?(?P<zone>WITA|WIB|WIT|(?:GMT|UTC)(?:[+-]\d{1,2}(?::?\d{2})?)?|[+-]\d{2}:?\d{2})"
_TIME = rf"(?:\W{{0,3}}(?:pukul|jam|pk\.?|at)?\W{{0,3}}{_CLOCK}(?:\s*(?P<ampm>[AP])\.?M\b\.?)?(?:\s*{_ZONE}\b)?)?"
_WORDED = re.compile(rf"\b(?P<day>[0-3]?\d)[\s\-]+(?P<month>[A-Za-z]{{3,9}})\.?,?[\s\-]+{_YEAR}\b{_TIME}", re.IGNORECASE)
_NUMERIC = re.compile(rf"\b(?P<day>[0-3]?\d)[/.-](?P<month>[01]?\d)[/.-]{_YEAR}\b{_TIME}", re.IGNORECASE)
# Two figures for the year only between slashes, and only where the whole text is such a date: "Kam, 16/7/26".
_SHORT_YEAR = re.compile(
    rf"(?:[\w'’.]{{2,9}}\W{{1,3}})?(?P<day>[0-3]?\d)/(?P<month>[01]?\d)/(?P<year>\d{{2}}){_TIME}\W*", re.IGNORECASE
)
# A clock that stands before its date: "14:05 WIB, Kamis 16 Juli 2026".
_BEFORE = re.compile(rf"{_CLOCK}(?:\s*{_ZONE}\b)?\W{{1,4}}(?:[a-z'’]{{3,8}}\W{{1,3}})?$", re.IGNORECASE)
_US_ORDER = re.compile(rf"\b(?P<month>[A-Za-z]{{3,9}})\.?\s+(?P<day>[0-3]?\d)(?:,\s*|\s+){_YEAR}\b{_TIME}", re.IGNORECASE)
_ISO = re.compile(
    rf"(?<!\d){_YEAR}(?P<mark>[-/])(?P<month>\d{{2}})(?P=mark)(?P<day>\d{{2}})(?!\d)"
    r"(?:(?:T|[\s,|]{1,3})(?P<clock>(?:[01]\d|2[0-3])[:.][0-5]\d(?:[:.][0-5]\d)?)(?!\d)(?:[.,]\d+)?"
    r"(?:\s*\(?(?P<zone>(?:Z|WITA|WIB|WIT)\b|(?:GMT|UTC)(?:[+-]\d{1,2}(?::?\d{2})?)?|[+-]\d{2}(?::?\d{2})?))?)?",
    re.IGNORECASE,
)
# What the standard parser of feed dates reads wrongly: "WIB" as no zone, "PM" and the hours after "GMT+" not at all.
_NOT_RFC = re.compile(r"\b(?:WIB|WITA|WIT|[AP]\.?M|(?:GMT|UTC)[+-]\d)", re.IGNORECASE)


# What software writes, to the letter: read in one step, and as the long way reads it.
_CLOCK_24 = r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d"
_OF_ATOM = re.compile(rf"((?:199\d|20\d\d)-\d\d-\d\dT{_CLOCK_24})(?:\.\d+)?(Z|[+-](?:0\d|1[0-4]):[0-5]\d)", re.ASCII)
_OF_RSS = re.compile(
    rf"[A-Z][a-z][a-z], (\d\d?) ([A-Z][a-z][a-z]) (199\d|20\d\d) ({_CLOCK_24}) (GMT|(?!-0000)[+-](?:0\d|1[0-4])[0-5]\d)", re.ASCII
)
_OF_RSS_MONTHS = {
    name: f"{number:02}" for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)
}


@dataclass(frozen=True, slots=True)
class Parsed:
    """A date as read from text: ``value`` is aware, ``zone`` as named ("" when assumed), ``timed`` if it had a clock."""

    value: datetime
    zone: str
    timed: bool


@lru_cache(maxsize=100)
def _offset(name: str) -> timezone | None:
    if (known := ZONES.get(name.lower())) is not None:
        return known
    match = re.fullmatch(r"(?:GMT|UTC)?([+-])(\d{1,2}):?(\d{2})?", name, re.IGNORECASE)
    if match is None:
        return None
    delta = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    return timezone(-delta if match[1] == "-" else delta) if delta < timedelta(hours=15) else None


def _read_iso(match: re.Match[str] | None, assume: ZoneInfo) -> Parsed | None:
    if match is None:
        return None
    clock, zone = (match["clock"] or "00:00").replace(".", ":"), match["zone"] or ""
    try:
        naive = datetime.fromisoformat(f"{match['year']}-{match['month']}-{match['day']}T{clock}")
    except ValueError:
        return None
    offset = _offset(zone)
    return Parsed(naive.replace(tzinfo=offset or assume), zone if offset else "", match["clock"] is not None)


def parse_iso(raw: str, assume: ZoneInfo = JAKARTA) -> Parsed | None:
    """An ISO 8601 date or instant, also with slashes, a dot time or WIB/WITA/WIT; a missing zone is taken as ``assume``."""
    return _read_iso(_ISO.match(raw.strip()), assume)


def parse_worded(raw: str, assume: ZoneInfo = JAKARTA) -> Parsed | None:
    """The first date in running text: "Rabu, 16 Juli 2025 | 14:05 WIB", "16/07/2025 14.05", "July 16, 2025",
    "14:05 WIB, 16 Juli 2025".

    Day before month, as Indonesia writes; weekday names are ignored. None when no valid date is found.
    """
    if (short := _SHORT_YEAR.fullmatch(raw.strip())) is not None:
        whole = f"{short['day']}/{short['month']}/20{short['year']}{raw.strip()[short.end('year') :]}"
        return parse_worded(whole, assume)
    for pattern in (_WORDED, _NUMERIC, _US_ORDER):
        for match in pattern.finditer(raw):
            month = match["month"].lower()
            number = int(month) if month.isdigit() else _MONTHS.get(month)
            if number is None:
                continue
            clock = match if match["hour"] else _BEFORE.search(raw[: match.start()]) or match
            hour, zone = int(clock["hour"] or 0), clock["zone"] or ""
            if match["ampm"] and hour <= 12:
                hour = hour % 12 + (12 if match["ampm"].lower() == "p" else 0)
            offset = _offset(zone)
            try:
                value = datetime(
                    int(match["year"]),
                    number,
                    int(match["day"]),
                    hour,
                    int(clock["minute"] or 0),
                    int(clock["second"] or 0),
                    tzinfo=offset or assume,
                )
            except ValueError:
                continue
            return Parsed(value, zone if offset else "", clock["hour"] is not None)
    return _read_iso(_ISO.search(raw), assume)


def _read_machine_written(raw: str) -> Parsed | None:
    if (atom := _OF_ATOM.fullmatch(raw)) is not None:
        day_and_clock, zone = atom.groups()
    elif (rss := _OF_RSS.fullmatch(raw)) is not None and rss[2] in _OF_RSS_MONTHS:
        day_and_clock, zone = f"{rss[3]}-{_OF_RSS_MONTHS[rss[2]]}-{rss[1]:0>2}T{rss[4]}", rss[5]
    else:
        return None
    try:
        return Parsed(datetime.fromisoformat(day_and_clock).replace(tzinfo=_offset(zone)), zone, True)
    except ValueError:
        return None


def parse_any(raw: str, assume: ZoneInfo = JAKARTA) -> Parsed | None:
    """ISO 8601, then RFC 822 (feeds), then Indonesian or English words. None when nothing fits."""
    if (found := _read_machine_written(raw)) is not None:
        return found
    raw = " ".join(raw.split())
    if not raw:
        return None
    if (found := parse_iso(raw, assume)) is not None:
        return found
    if not _NOT_RFC.search(raw):
        try:
            value = parsedate_to_datetime(raw)
        except (ValueError, TypeError, IndexError, OverflowError):
            pass
        else:
            if not 1990 <= value.year < 2100:
                return None
            zone = "" if value.tzinfo is None else raw.rsplit(" ", 1)[-1]
            return Parsed(value if value.tzinfo else value.replace(tzinfo=assume), zone, True)
    return parse_worded(raw, assume)


def parse_now(raw: str) -> datetime:
    """The value of ``--now``: an ISO instant. Raises ``ValueError`` with advice."""
    parsed = _read_iso(_ISO.fullmatch(raw.strip()), JAKARTA)
    if parsed is None:
        raise ValueError(f"{raw!r} is not an ISO time; write for example 2026-11-23T06:00:00+07:00")
    return parsed.value


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """An ISO week in Asia/Jakarta, named like 2026-W47."""

    year: int
    number: int

    @classmethod
    def parse(cls, name: str) -> Week:
        """``2026-W47`` as a Week. Raises ``ValueError`` with advice."""
        match = re.fullmatch(r"(\d{4})-?W(\d{1,2})", name.strip(), re.IGNORECASE)
        try:
            if match is None:
                raise ValueError
            datetime.fromisocalendar(int(match[1]), int(match[2]), 1)
            if not 1971 <= int(match[1]) <= 9998:
                raise ValueError
        except ValueError:
            raise ValueError(f"{name!r} is not an ISO week; write for example 2026-W47, or last") from None
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, instant: datetime) -> Week:
        """The week that holds an aware instant."""
        year, number, _ = instant.astimezone(JAKARTA).isocalendar()
        return cls(year, number)

    @property
    def start(self) -> datetime:
        """Monday 00:00 Asia/Jakarta."""
        return datetime.fromisocalendar(self.year, self.number, 1).replace(tzinfo=JAKARTA)

    @property
    def end(self) -> datetime:
        """The next Monday 00:00 Asia/Jakarta; not part of the week."""
        return self.start + timedelta(days=7)

    @property
    def before(self) -> Week:
        """The week before this one."""
        return Week.of(self.start - timedelta(days=1))

    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02d}"
