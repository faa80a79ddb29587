"""When a source is asked next: its state, its failures' weight and its interval, as a pure step of each poll's outcome."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pipeline.dates import JAKARTA
from pipeline.records import Reason, Source
from pipeline.settings import Polling

# Source of thresholds, weights and the rule of two in a row: what Media Cloud's rss-fetcher, run for years on
# hundreds of thousands of feeds, came to.
_MANY = 2 / 3  # share of new entries above which a source is asked sooner
_FEW = 1 / 3  # and below which later
_IN_A_ROW = 2
_TELLING = 5  # new entries from which a full answer is a rush hour, and not a list of two whose two entries came together
_LONGEST_PAUSE = timedelta(hours=168)  # no setting allows a longer one
_LONGEST_DOUBLES = 7 * 86400.0  # a rush hour is forgotten slowly enough to be remembered from Friday to Monday
_WEIGHT_CAP = 10_000.0
_CLOCKS_DIFFER = timedelta(days=1)  # an entry dated later than this is a slip of the outlet's

_REFUSALS = frozenset({Reason.REFUSED, Reason.PAYWALL, Reason.CHALLENGE})
NO_ANSWER = frozenset({Reason.UNREACHABLE, Reason.TIMEOUT})  # no word came from the server
_NOT_ASKED = frozenset({Reason.HOST_CLOSED, Reason.ROBOTS})
_TRY_AGAIN = f"[Errno {socket.EAI_AGAIN}]"  # how the resolver's "temporary failure" reads in a detail, in every language
_SOFT = NO_ANSWER | {Reason.GONE, Reason.RATE_LIMITED, Reason.SERVER_ERROR, Reason.CORRUPT, Reason.ROBOTS}


@dataclass(frozen=True, slots=True)
class Standing:
    """What is remembered of one source between two polls. All instants are aware."""

    source_id: str
    state: str = "active"  # active | slow | blocked; retired is a person's word and stands in sources.csv
    interval: float = 0.0  # seconds between two polls; 0: not yet known, the settings' first interval
    next_poll: datetime | None = None  # None: due at once
    weight: float = 0.0  # weights of the failures since the last success, added up
    failures: int = 0  # failures in a row
    on_time: int = 0  # successes in a row that speak for the same change of interval; the sign tells which
    polls: int = 0  # polls ever
    last_ok: datetime | None = None
    newest: datetime | None = None  # the newest publication that it ever showed
    gap_suspected: bool = False  # its last two answers had no entry in common
    etag: str = ""
    last_modified: str = ""
    body_sha256: str = ""
    charset: str = ""  # in which its last changed answer was read
    longest: float = 0.0  # seconds: the longest interval that its fullest answers of late allow; 0: not narrowed


@dataclass(frozen=True, slots=True)
class Polled:
    """The outcome of one poll. ``outcome``: ok | unchanged | unhealthy | a ``Reason`` value."""

    outcome: str
    detail: str = ""
    entries: int = 0  # in the answer
    new: int = 0  # of them, never seen before from this source
    newest: datetime | None = None  # newest publication in the answer
    retry_after: float | None = None  # seconds that the server asked us to wait
    etag: str = ""
    last_modified: str = ""
    body_sha256: str = ""
    charset: str = ""

    @property
    def good(self) -> bool:
        """True for an answer that was read, changed or not."""
        return self.outcome in ("ok", "unchanged")


def first(source: Source) -> Standing:
    """The standing of a source that was never polled: due at once."""
    return Standing(source.id)


def due(standing: Standing, now: datetime) -> bool:
    """True when the source may be asked at ``now``. A pause longer than any was set by a clock that went wrong: it is over."""
    return standing.next_poll is None or not now < standing.next_poll <= now + _LONGEST_PAUSE


def rules_for(source: Source, rules: Polling) -> Polling:
    """The rules that hold for one source: one on probation may wait longer."""
    if source.status != "probation":
        return rules
    return rules.model_copy(update={"ceiling_hours": rules.probation_ceiling_hours})


def unconditional(standing: Standing, rules: Polling) -> bool:
    """True when the coming poll must not send ETag or Last-Modified: every so many, since caches lie."""
    return (standing.polls + 1) % rules.unconditional_every == 0


def outage(polled: Iterable[Polled], rules: Polling) -> bool:
    """True when the run's polls say that our own network is down: enough sources were tried and none got an HTTP answer.

    The caller then leaves all standings as they were. Sources that were not asked (their host is left alone, or its
    robots.txt could not be had) say nothing either way.
    """
    tried = [one.outcome for one in polled if one.outcome not in _NOT_ASKED]
    return len(tried) >= rules.outage_sources and all(outcome in NO_ANSWER for outcome in tried)


def after(standing: Standing, polled: Polled, now: datetime, rules: Polling, draw: float) -> Standing:
    """The standing after one poll that ended at ``now`` (aware). ``draw``: the jitter's random number in [0, 1).

    Pauses end sooner by chance after a success and later after a failure, so a source is never asked before its time.
    """
    if polled.outcome == Reason.HOST_CLOSED:
        pause = max(_asked_to_wait(polled, rules), rules.floor_minutes * 60)
        return replace(standing, next_poll=now + timedelta(seconds=pause))
    return _success(standing, polled, now, rules, draw) if polled.good else _failure(standing, polled, now, rules, draw)


def _success(standing: Standing, polled: Polled, now: datetime, rules: Polling, draw: float) -> Standing:
    pace = _adapted(standing, polled, now, rules)
    pause = max(pace.interval * (1 - rules.jitter * draw), _asked_to_wait(polled, rules))
    dated = [day for day in (standing.newest, polled.newest) if day is not None and day <= now + _CLOCKS_DIFFER]
    return replace(
        standing,
        state="active",
        interval=pace.interval,
        longest=pace.longest,
        on_time=pace.on_time,
        gap_suspected=pace.gap,
        next_poll=now + timedelta(seconds=pause),
        weight=0.0,
        failures=0,
        polls=standing.polls + 1,
        last_ok=now,
        newest=max(dated, default=None),
        etag=polled.etag or (standing.etag if polled.outcome == "unchanged" else ""),
        last_modified=polled.last_modified or (standing.last_modified if polled.outcome == "unchanged" else ""),
        body_sha256=polled.body_sha256 or standing.body_sha256,
        charset=polled.charset or standing.charset,
    )


def _failure(standing: Standing, polled: Polled, now: datetime, rules: Polling, draw: float) -> Standing:
    blocked = polled.outcome in _REFUSALS or standing.state == "blocked"  # until it answers well, it has not let us in
    begins = blocked and standing.state != "blocked"
    weight = min(weight_of(polled, rules) + (0.0 if begins else standing.weight), _WEIGHT_CAP)
    interval = _within(standing.interval or rules.first_minutes * 60, rules)
    longest = standing.longest
    if polled.outcome == Reason.RATE_LIMITED:  # asked too often: the server's word counts for more than our fear of a gap
        interval = _within(interval * rules.factor, rules)
        longest = max(longest, interval) if longest else 0.0
    if blocked:
        wait, most = max(weight, 1.0) * rules.blocked_hours * 3600, max(rules.blocked_hours, rules.blocked_most_hours) * 3600
    else:
        base = rules.retry_minutes * 60
        base = base if polled.outcome == Reason.RATE_LIMITED else min(base, interval)
        wait, most = base * (1 + weight), rules.slowest_hours * 3600
    pause = max(min(wait * (1 + rules.jitter * draw), most), _asked_to_wait(polled, rules))
    if polled.outcome == "unhealthy":  # what was taken for good may be this very answer: it must not pass for unchanged again
        standing = replace(standing, etag="", last_modified="", body_sha256="")
    return replace(
        standing,
        state="blocked" if blocked else "slow" if weight >= rules.slow_at else "active",
        interval=interval,
        longest=longest,
        on_time=0,
        next_poll=now + timedelta(seconds=pause),
        weight=weight,
        failures=standing.failures + 1,
        polls=standing.polls + 1,
    )


def weight_of(polled: Polled, rules: Polling) -> float:
    """What one failed poll weighs."""
    if polled.outcome == Reason.UNREACHABLE and _TRY_AGAIN in polled.detail:
        return rules.temporary
    return rules.soft if polled.outcome in _SOFT else rules.hard


@dataclass(frozen=True, slots=True)
class _Pace:
    interval: float
    longest: float
    on_time: int
    gap: bool


def _adapted(standing: Standing, polled: Polled, now: datetime, rules: Polling) -> _Pace:
    """The interval by the share of entries that were new: between a third and two thirds it is right.

    One answer is not believed: it takes two in a row that speak for the same change. One that came long after its time
    cannot say that the interval is too long, one that came long before it cannot say that it is too short. Where nothing
    of the last answer is left, entries may have been missed: the interval is halved at once.

    ``longest`` remembers rush hours: an answer more than two thirds new says how long one may wait at such an hour, so
    that a quiet night does not stretch the interval beyond what the morning allows. It grows with time, doubling in a week.
    """
    interval = _within(standing.interval or rules.first_minutes * 60, rules)
    elapsed = (now - standing.last_ok).total_seconds() if standing.last_ok else 0.0
    if elapsed <= 0:  # the first answer is all new, which says nothing
        return _Pace(interval, standing.longest, 0, gap=False)
    share = polled.new / polled.entries if polled.outcome == "ok" and polled.entries > 0 else 0.0
    longest = standing.longest * 2 ** min(elapsed / _LONGEST_DOUBLES, 10.0)
    if share > _MANY and polled.new >= _TELLING:
        allowed = elapsed / share / 2
        longest = min(longest or allowed, allowed)
    streak = 0
    if share >= 1:
        interval = min(interval, elapsed) / 2
    else:
        sooner, later = share > _MANY and elapsed <= 2 * interval, share < _FEW and elapsed >= interval / 2
        direction = later - sooner
        streak = standing.on_time + direction if standing.on_time * direction > 0 else direction
        if abs(streak) >= _IN_A_ROW:
            changed = interval * rules.factor**direction
            interval = max(interval, min(changed, longest)) if longest and direction > 0 else changed
            streak = 0
    return _Pace(_within(interval, rules), longest if longest < rules.ceiling_hours * 3600 else 0.0, streak, gap=share >= 1)


def _within(interval: float, rules: Polling) -> float:
    return min(max(interval, rules.floor_minutes * 60), rules.ceiling_hours * 3600)


def _asked_to_wait(polled: Polled, rules: Polling) -> float:
    """The server's Retry-After in seconds, capped; 0 without one that makes sense."""
    asked = polled.retry_after
    return min(asked, rules.retry_after_hours * 3600) if asked is not None and asked > 0 else 0.0


def why(standing: Standing, now: datetime, rules: Polling) -> str:
    """One or more plain sentences: why the source is due when it is. Times in WIB."""
    if standing.next_poll is None:
        asked = "never asked before" if standing.polls == 0 else "asked anew by a person's wish"
        return f"Due now: {asked}."
    left = (standing.next_poll - now).total_seconds()
    when = "Due now" if left <= 0 else f"Due in {_span(left)}, {standing.next_poll.astimezone(JAKARTA):%d %b %H:%M} WIB"
    return f"{when}: {_because(standing, rules)}."


def _because(standing: Standing, rules: Polling) -> str:
    row = f"{standing.failures} failure{'s' * (standing.failures != 1)} in a row"
    if standing.state == "blocked":
        return (
            f"blocked, the site refuses us ({row}); it is asked once after each pause, which grows by"
            f" {_span(rules.blocked_hours * 3600)} a time up to {_span(rules.blocked_most_hours * 3600)}."
            " Ask the outlet for access, or set the source to retired"
        )
    if standing.failures:
        state = f"slow since the weight reached {rules.slow_at:g}" if standing.state == "slow" else "active"
        return (
            f"{row}, of weight {standing.weight:g}; {state}. Each failure lengthens the pause, up to"
            f" {_span(rules.slowest_hours * 3600)}, and one success ends it"
        )
    told = f"asked every {_span(standing.interval)}"
    if standing.polls == 1:
        told += ", as every new source; later by the share of its entries that are new"
    elif standing.interval <= rules.floor_minutes * 60:
        told += ", the shortest interval that is allowed"
    elif standing.interval >= rules.ceiling_hours * 3600:
        told += ", the longest interval that is allowed"
    elif standing.longest and standing.interval >= standing.longest * 0.99:
        told += ", no longer because at its busiest of late its list was nearly all new by then"
    else:
        told += ", by the share of its entries that were new"
    if standing.gap_suspected:
        told += ". Its last two answers had nothing in common, so entries may have been missed"
    return told


def _span(seconds: float) -> str:
    """A length of time in the largest unit that keeps it readable: 40 min, 6 h, 7 d."""
    for unit, size in (("d", 86400), ("h", 3600)):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f}".removesuffix(".0") + f" {unit}"
    return f"{max(1, round(seconds / 60))} min"
