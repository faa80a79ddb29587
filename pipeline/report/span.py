"""The time that a report speaks of: an ISO week, a calendar month or any run of days, always whole days of Jakarta."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, TypeAlias

from pipeline.dates import JAKARTA, Week

Kind: TypeAlias = Literal["minggu", "bulan", "rentang"]
LONGEST = timedelta(days=366)  # a report of more would no longer be read, and its comparison reaches as far back again


@dataclass(frozen=True, slots=True)
class Span:
    """``name`` names the report's folder: 2026-W47, 2026-11 or 2026-11-01_2026-11-15. ``end`` is not part of it."""

    name: str
    kind: Kind
    start: datetime
    end: datetime

    @classmethod
    def of_week(cls, week: Week) -> Span:
        """An ISO week."""
        return cls(str(week), "minggu", week.start, week.end)

    @classmethod
    def of_days(cls, first: date, last: date) -> Span:
        """Every day from ``first`` to ``last``. Raises ``ValueError`` with advice for an empty or overlong run."""
        if last < first:
            raise ValueError(f"{last} lies before {first}; write the first day, then the last one")
        if last - first >= LONGEST:
            raise ValueError(f"{first} to {last} is longer than {LONGEST.days} days; ask for a shorter time")
        return cls(f"{first}_{last}", "rentang", _midnight(first), _midnight(last + timedelta(days=1)))

    @classmethod
    def of_month(cls, name: str) -> Span:
        """``2026-11``. Raises ``ValueError`` with advice."""
        match = re.fullmatch(r"(\d{4})-(\d{2})", name.strip())
        try:
            if match is None or not 1971 <= int(match[1]) <= 9998:
                raise ValueError
            first = date(int(match[1]), int(match[2]), 1)
        except ValueError:
            raise ValueError(f"{name!r} is not a month; write for example 2026-11") from None
        return cls(f"{first:%Y-%m}", "bulan", _midnight(first), _midnight((first + timedelta(days=31)).replace(day=1)))

    @classmethod
    def parse(cls, name: str) -> Span:
        """The span of a folder's name. Raises ``ValueError`` for any other text."""
        if "W" in name.upper():
            return cls.of_week(Week.parse(name))
        first, mark, last = name.partition("_")
        return cls.of_days(day_of(first), day_of(last)) if mark else cls.of_month(name)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days

    @property
    def before(self) -> Span:
        """The time of equal length just before it, with which it is compared: for a month so many days, not the month before."""
        if self.kind == "minggu":
            return Span.of_week(Week.of(self.start).before)
        first = self.start.date() - timedelta(days=self.days)
        return Span.of_days(first, self.start.date() - timedelta(days=1))

    def holds(self, instant: datetime) -> bool:
        """Whether an aware instant lies in it."""
        return self.start <= instant < self.end

    def __str__(self) -> str:
        return self.name


def day_of(text: str) -> date:
    """``2026-11-01`` as a day. Raises ``ValueError`` with advice."""
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text.strip()):
            raise ValueError
        found = date.fromisoformat(text.strip())
        if not 1971 <= found.year <= 9998:
            raise ValueError
    except ValueError:
        raise ValueError(f"{text!r} is not a day; write for example 2026-11-01") from None
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), JAKARTA)
