"""Second looks at articles of the subject: corrected, withdrawn, or as they were. Decisions only; ingest.py wires them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.records import Reason, Retry

# The cyber-media guideline binds outlets to mark corrections and announce withdrawals; most come within a week.
AFTER = (timedelta(days=1), timedelta(days=7))
_NOT_NOW = timedelta(hours=6)  # until the next try, where the page could not be had for a passing reason
_LATEST = timedelta(days=14)  # after the day on which it was due, a page that cannot be had is left alone


@dataclass(frozen=True, slots=True)
class Revisit:
    """An article to look at again. ``digest``: of the text as it was last read; ``done``: how many looks there were."""

    key: str
    digest: str
    source_id: str
    url: str
    done: int
    due: datetime
    fetched: datetime  # for the first time


@dataclass(frozen=True, slots=True)
class Changed:
    """A second look that found another text: its digest, and when the next look is due (None: never)."""

    key: str
    digest: str
    due: datetime | None


def next_due(done: int, now: datetime) -> datetime | None:
    """When to look again after ``done`` looks, counted from this one; None when that was the last."""
    return now + (AFTER[done] - AFTER[done - 1]) if done < len(AFTER) else None


def failed(revisit: Revisit, reason: Reason, retry: Retry, now: datetime) -> tuple[str, datetime | None, bool]:
    """(outcome, next due, whether this look counts) of a page that could not be had; 404 and 410 are a withdrawal."""
    if reason is Reason.GONE:
        return "withdrawn", None, True
    passing = retry is not Retry.FINAL and now - revisit.due < _LATEST
    return reason.value, now + _NOT_NOW if passing else None, not passing
