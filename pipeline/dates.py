"""Instants, Indonesian dates and ISO weeks. Every instant is aware; weeks are Monday 00:00 to Sunday 24:00 Asia/Jakarta."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
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
            "agustus agu agt ags agst aug august",
            "september sep sept",
            "oktober okt october oct",
            "november nov nopember nop",
            "desember des december dec",
        ),
        1,
    )
    for name in names.split()
}

_CLOCK = r"(?P<hour>[01]?\d|2[0-3])[:.](?P<minute>[0-5]\d)(?:[:.](?P<second>[0-5]\d))?"
_ZONE = r"(?P<zone>WITA|WIB|WIT|GMT|UTC|[+-]\d{2}:?\d{2})"
_TIME = rf"(?:\W{{0,3}}(?:pukul|jam|pk\.?|at)?\W{{0,3}}{_CLOCK}(?:\s*(?P<ampm>AM|PM)\b)?(?:\s*{_ZONE}\b)?)?"
_WORDED = re.compile(
    rf"\b(?P<day>[0-3]?\d)[\s\-]+(?P<month>[A-Za-z]{{3,9}})\.?,?[\s\-]+(?P<year>(?:19|20)\d{{2}})\b{_TIME}", re.IGNORECASE
)
_NUMERIC = re.compile(rf"\b(?P<day>[0-3]?\d)[/.-](?P<month>[01]?\d)[/.-](?P<year>(?:19|20)\d{{2}})\b{_TIME}", re.IGNORECASE)
_US_ORDER = re.compile(
    rf"\b(?P<month>[A-Za-z]{{3,9}})\.?\s+(?P<day>[0-3]?\d),\s*(?P<year>(?:19|20)\d{{2}})\b{_TIME}", re.IGNORECASE
)
_ISO = re.compile(
    r"(?P<day>(?:19|20)\d{2}-\d{2}-\d{2})"  # a CMS writes 0001-01-01 for "never"
    r"(?:[T ]\s*(?P<clock>\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?\s*(?P<zone>Z|WITA|WIB|WIT|[+-]\d{2}:?\d{2})?)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A date as read from text: ``value`` is aware, ``zone`` as named ("" when assumed), ``timed`` if it had a clock."""

    value: datetime
    zone: str
    timed: bool


def _offset(name: str) -> timezone | None:
    if not name:
        return None
    if (known := ZONES.get(name.lower())) is not None:
        return known
    digits = name.replace(":", "")
    sign = -1 if digits[0] == "-" else 1
    delta = timedelta(hours=int(digits[1:3]), minutes=int(digits[3:5]))
    return timezone(sign * delta) if delta < timedelta(hours=15) else None


def parse_iso(raw: str, assume: ZoneInfo = JAKARTA) -> Parsed | None:
    """An ISO 8601 date or instant, also with WIB/WITA/WIT for its offset; a missing zone is taken as ``assume``."""
    match = _ISO.match(raw.strip())
    if match is None:
        return None
    try:
        naive = datetime.fromisoformat(f"{match['day']}T{match['clock'] or '00:00'}")
    except ValueError:
        return None
    zone = match["zone"] or ""
    return Parsed(naive.replace(tzinfo=_offset(zone) or assume), zone, match["clock"] is not None)


def parse_worded(raw: str, assume: ZoneInfo = JAKARTA) -> Parsed | None:
    """The first date in running text: "Rabu, 16 Juli 2025 | 14:05 WIB", "16/07/2025 14.05", "July 16, 2025".

    Day before month, as Indonesia writes; weekday names are ignored. None when no valid date is found.
    """
    for pattern in (_WORDED, _NUMERIC, _US_ORDER):
        for match in pattern.finditer(raw):
            month = match["month"].lower()
            number = int(month) if month.isdigit() else _MONTHS.get(month)
            if number is None:
                continue
            hour, zone = int(match["hour"] or 0), match["zone"] or ""
            if match["ampm"] and hour <= 12:
                hour = hour % 12 + (12 if match["ampm"].lower() == "pm" else 0)
            try:
                value = datetime(
                    int(match["year"]),
                    number,
                    int(match["day"]),
                    hour,
                    int(match["minute"] or 0),
                    int(match["second"] or 0),
                    tzinfo=_offset(zone) or assume,
                )
            except ValueError:
                continue
            return Parsed(value, zone, match["hour"] is not None)
    return None


def parse_any(raw: str, assume: ZoneInfo = JAKARTA) -> Parsed | None:
    """ISO 8601, then RFC 822 (feeds), then Indonesian or English words. None when nothing fits."""
    raw = " ".join(raw.split())
    if not raw:
        return None
    if (found := parse_iso(raw, assume)) is not None:
        return found
    # The standard parser reads "WIB" as no zone at all, so words come first for anything that names an Indonesian zone.
    if not re.search(r"\b(WIB|WITA|WIT)\b", raw, re.IGNORECASE):
        try:
            value = parsedate_to_datetime(raw)
        except (ValueError, TypeError, OverflowError, IndexError):
            value = None
        if value is not None and 1900 <= value.year < 2100:
            zone = "" if value.tzinfo is None else raw.rsplit(" ", 1)[-1]
            return Parsed(value if value.tzinfo else value.replace(tzinfo=assume), zone, True)
    return parse_worded(raw, assume)


def parse_now(raw: str) -> datetime:
    """The value of ``--now``: an ISO instant. Raises ``ValueError`` with advice."""
    parsed = parse_iso(raw)
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
