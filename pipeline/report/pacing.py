"""When an alert goes out: quiet hours, and so many messages an hour to one receiver; what is more is put together. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from pipeline.dates import JAKARTA

HOUR = timedelta(hours=1)
AFTER_QUIET, TOO_MANY = "jam tenang sudah berakhir", "lebih banyak dari batas per jam"


@dataclass(frozen=True, slots=True)
class Due:
    """An alert that one receiver is owed. ``breaks``: it does not wait for the morning."""

    alert: str
    raised: datetime
    priority: int
    breaks: bool


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent as one; ``why`` is "" for a single alert, else why several are put together."""

    alerts: tuple[str, ...]
    why: str = ""


def quiet_until(now: datetime, quiet: str) -> datetime | None:
    """When the quiet hours that hold ``now`` end; None outside of them. ``quiet``: "22:00-05:30" in WIB, or ""."""
    span = _span(now, quiet)
    return span[1] if span and span[0] <= now < span[1] else None


def _span(now: datetime, quiet: str) -> tuple[datetime, datetime] | None:
    """The quiet hours that began last before ``now``."""
    if not quiet:
        return None
    begin, end = (time.fromisoformat(edge) for edge in quiet.split("-"))
    local = now.astimezone(JAKARTA)
    start = datetime.combine(local.date(), begin, JAKARTA)
    if start > now:
        start -= timedelta(days=1)
    stop = datetime.combine(start.date(), end, JAKARTA)
    return start, stop if stop > start else stop + timedelta(days=1)


def messages(due: Sequence[Due], now: datetime, quiet: str, per_hour: int, sent: Sequence[datetime]) -> list[Message]:
    """What one receiver gets now. ``due``: the gravest first; ``sent``: when earlier messages went to this receiver.

    In quiet hours only what breaks them; what they held back comes as one message at their end. Never more than
    ``per_hour`` messages in any hour: the last one that fits holds all the rest.
    """
    if quiet_until(now, quiet):
        due = [one for one in due if one.breaks]
    span = _span(now, quiet)
    held = [one for one in due if span and span[1] <= now and one.raised < span[1] and not one.breaks]
    single = [one for one in due if one not in held]
    found = [Message(tuple(one.alert for one in held), AFTER_QUIET if len(held) > 1 else "")] if held else []
    found += [Message((one.alert,)) for one in single]
    room = per_hour - sum(now - HOUR < at <= now for at in sent)
    if room <= 0 or not found:
        return []
    if len(found) <= room:
        return found
    rest = [alert for message in found[room - 1 :] for alert in message.alerts]
    return [*found[: room - 1], Message(tuple(rest), TOO_MANY)]
