"""Politeness: whose turn it is. One request at a time in a lane, a pause behind each, and hosts that are left alone."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from pipeline.dates import JAKARTA
from pipeline.records import Reason

LONGEST_DELAY = 120.0  # seconds; a Crawl-delay beyond this would be a ban, which robots.txt has other words for
LONGEST_CLOSURE = 86_400.0  # seconds; a Retry-After beyond a day is asked again tomorrow
UNREACHED = "it could not be reached"  # the reason of closures that no answer of the host asked for
_REFUSALS = 2  # in a row, from which a host's no counts for all of its pages
# The random pause after a 429, in seconds: a server that names none must not see all of its readers return at one minute.
_BUSY_LEAST, _BUSY_SPREAD = 300.0, 600.0


# What the next run must know of a name (a lane, or "//" and a host): allowed from, closed until, why. Aware instants.
Remembered = tuple[datetime, datetime | None, str]


@dataclass(slots=True)
class _Lane:
    delay: float
    next_allowed: float = float("-inf")  # by the monotonic clock
    turn: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True, slots=True)
class _Closure:
    until: float  # by the monotonic clock
    reason: str


class Pace:
    """When each host may be asked again. Thread-safe.

    ``lane_of`` names the lane of a host; hosts of one owner share one. ``delay``: seconds between the end of a request and the
    start of the next one in its lane. ``remembered``: what ``memory`` told at the end of the run before.
    ``sleep`` and ``monotonic`` are public for ``Lanes``, which waits by the same clock.
    """

    def __init__(
        self,
        lane_of: Callable[[str], str] = str,
        delay: float = 5.0,
        *,
        refused_seconds: float = 3600.0,
        outage_seconds: float = 600.0,
        remembered: Mapping[str, Remembered] | None = None,
        sleep: Callable[[float], object] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
        draw: Callable[[], float] = random.random,
    ) -> None:
        self.lane_of = lane_of
        self.sleep = sleep
        self.monotonic = monotonic
        self.wall = wall
        self._delay = delay
        self._refused_seconds = refused_seconds
        self._outage_seconds = outage_seconds
        self._draw = draw
        self._guard = threading.Lock()
        self._lanes: dict[str, _Lane] = {}
        self._closed: dict[str, _Closure] = {}
        self._refusals: dict[str, int] = {}
        for name, known in (remembered or {}).items():
            self._recall(name, known)

    def _recall(self, name: str, known: Remembered) -> None:
        # The wall clock may have been set meanwhile: nothing that is remembered lasts longer than it could have been meant to.
        now, wall = self.monotonic(), self.wall()
        allowed, closed, reason = known
        wait = min((allowed - wall).total_seconds(), max(self._delay, LONGEST_DELAY))
        if wait > 0:
            self._lane(name).next_allowed = now + wait
        shut = min((closed - wall).total_seconds(), LONGEST_CLOSURE) if closed else 0.0
        if shut > 0:
            self._closed[name] = _Closure(now + shut, reason)

    def memory(self) -> dict[str, Remembered]:
        """What the next run must know, by name: every pause and closure that is not over, ends rounded up to whole seconds."""
        with self._guard:
            now, wall = self.monotonic(), self.wall()
            waits = {name: lane.next_allowed - now for name, lane in self._lanes.items() if lane.next_allowed > now}
            shut = {name: closure for name, closure in self._closed.items() if closure.until > now}
        return {
            name: (
                _later(wall, waits.get(name, 0.0)),
                _later(wall, shut[name].until - now) if name in shut else None,
                shut[name].reason if name in shut else "",
            )
            for name in sorted(waits.keys() | shut.keys())
        }

    @contextmanager
    def turn(self, host: str) -> Iterator[str]:
        """Wait for the turn of ``host``'s lane and hold it: "" when it may be asked now, else why it is left alone.

        One turn at a time a thread: a turn inside another one could wait for itself.
        """
        why = self.closed(host)
        if why:
            yield why
            return
        lane = self._lane(self.lane_of(host))
        with lane.turn:
            wait = lane.next_allowed - self.monotonic()
            if wait > 0:
                self.sleep(wait)
            why = self.closed(host)  # another thread may have been refused meanwhile
            if why:
                yield why
                return
            try:
                yield ""
            finally:
                lane.next_allowed = self.monotonic() + lane.delay

    def ready(self, lane: str) -> float:
        """The instant from which ``lane`` may be asked, by the monotonic clock; minus infinity when it never was."""
        return self._lane(lane).next_allowed

    def slow_down(self, host: str, seconds: float) -> None:
        """Keep at least ``seconds`` (a Crawl-delay, within reason) between two requests in ``host``'s lane."""
        lane = self._lane(self.lane_of(host))
        with self._guard:
            lane.delay = max(lane.delay, min(seconds, LONGEST_DELAY))

    def close(self, host: str, seconds: float, reason: str, *, lane: bool = False) -> None:
        """Ask ``host``, or its whole ``lane``, nothing for ``seconds`` (a day at most). A longer closure stays."""
        name = self.lane_of(host) if lane else "//" + host
        closure = _Closure(self.monotonic() + min(max(seconds, 0.0), LONGEST_CLOSURE), reason)
        with self._guard:
            known = self._closed.get(name)
            if known is None or known.until < closure.until:
                self._closed[name] = closure

    def closed(self, host: str) -> str:
        """Why ``host`` is left alone and until when (WIB), "" when it is not."""
        now = self.monotonic()
        with self._guard:
            closures = [self._closed.get("//" + host), self._closed.get(self.lane_of(host))]
        lasting = [closure for closure in closures if closure is not None and closure.until > now]
        if not lasting:
            return ""
        last = max(lasting, key=lambda closure: closure.until)
        until = (self.wall() + timedelta(seconds=last.until - now)).astimezone(JAKARTA)
        return f"not asked until {until:%H:%M} WIB because {last.reason}"

    def heed(self, host: str, reason: Reason | None, retry_after: float | None = None) -> None:
        """Draw the consequence of an answer of ``host``; ``reason`` None: it gave what was asked for.

        429 closes the lane, for its owner counts us as one reader; a challenge and a Retry-After close the host at once;
        a refusal (401, 402, 403, 451) closes it when it is the second in a row, since one page may be refused by itself.
        """
        if reason is Reason.RATE_LIMITED:
            least = _BUSY_LEAST + _BUSY_SPREAD * self._draw()
            wanted = self._refused_seconds if retry_after is None else retry_after
            self.close(host, max(wanted, least), "it answered that we ask too often (HTTP 429)", lane=True)
        elif reason is Reason.CHALLENGE:
            self.close(host, max(self._refused_seconds, retry_after or 0.0), "it answered with a challenge page")
        elif reason in (Reason.REFUSED, Reason.PAYWALL):
            with self._guard:
                self._refusals[host] = count = self._refusals.get(host, 0) + 1
            if count >= _REFUSALS or retry_after:
                self.close(host, max(self._refused_seconds, retry_after or 0.0), f"it refused {count} times in a row")
        else:
            if reason is None or reason is Reason.GONE:
                with self._guard:
                    self._refusals.pop(host, None)
            if retry_after:
                self.close(host, retry_after, "it asked us to come back later (Retry-After)")

    def unreachable(self, host: str, why: str) -> None:
        """Remember that no connection to ``host`` came about."""
        self.close(host, self._outage_seconds, f"{UNREACHED} ({why[:120]})")

    def _lane(self, name: str) -> _Lane:
        with self._guard:
            return self._lanes.setdefault(name, _Lane(self._delay))


def _later(instant: datetime, seconds: float) -> datetime:
    later = instant + timedelta(seconds=seconds)
    return later if later.microsecond == 0 else later.replace(microsecond=0) + timedelta(seconds=1)
