"""The condition of a data folder as plain values: sources, volume against the usual, lags, what a person should look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from pipeline.fetch.coverage import Verdict
from pipeline.fetch.schedule import Standing
from pipeline.records import Source

WINDOWS = (1, 7)  # days

# What a person does about a source whose last answer was this; the longer story stands in docs/operation.md.
_ADVICE = {
    "gone": "its address is gone: find the new one on the outlet's site and put it into sources.csv",
    "unhealthy": "open its address: if no feed is there any more, find the new one and put it into sources.csv",
    "refused": "it does not want us: write to the outlet and ask for access, or set licence=blocked in sources.csv",
    "challenge": "it asks for proof of being human: write to the outlet and ask for access",
    "paywall": "it wants to be paid: ask the outlet for access, or set licence=headline-only in sources.csv",
    "robots": "its robots.txt forbids it: ask the outlet, or set status=retired in sources.csv",
    "rate_limited": "it is asked too often: raise fetch.host_delay_seconds, or polling.floor_minutes",
    "unsafe_address": "its address leads into a private network: correct it in sources.csv",
    "bad_url": "its address is none: correct it in sources.csv",
    "too_large": "its answer is larger than fetch.max_bytes: look at it, then raise the limit",
}
_WAIT = "wait; if it lasts a week, see whether the outlet still exists"
_SILENT = "open its address beside the outlet's front page: has it been moved, emptied or frozen?"
_UNREAD = "runs may end before its turn comes: see how long they take, and whether they are started at all"
_GAP = (
    "nothing if it happens once; else, where most of its polls are unchanged (`pantau sources explain`), write no into its"
    " conditional, elsewhere lower polling.ceiling_hours; `pantau backfill` fills the gap"
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a person should look at a source. ``rank``: 0 is worst."""

    rank: int
    word: str  # blocked | failing | unread | silent | low | gap | failed
    why: str
    advice: str

    @property
    def alarm(self) -> bool:
        """False for what most likely mends itself: single failures and single gaps."""
        return self.rank < 4


@dataclass(frozen=True, slots=True)
class SourceCondition:
    """One source of the catalogue. ``state``: active | slow | blocked | probation | retired | never."""

    id: str
    outlet: str
    state: str
    outcome: str = ""  # of the last poll: ok | unchanged | unhealthy | a reason; "" when there was none
    detail: str = ""
    last_poll: datetime | None = None
    last_ok: datetime | None = None
    next_poll: datetime | None = None
    interval_minutes: float = 0.0  # 0: not known yet
    failures: int = 0  # in a row
    gap_suspected: bool = False
    day: Verdict | None = None  # of the last 24 hours; None when it is not polled
    week: Verdict | None = None
    trouble: Trouble | None = None

    @property
    def counted(self) -> bool:
        """True when we count on it, so that its silence is an alarm."""
        return self.state in ("active", "slow", "blocked")


@dataclass(frozen=True, slots=True)
class Coverage:
    """New entries of the sources that are counted on, in the last ``hours``.

    ``seen``: of all of them. ``seen_known`` and ``usual`` (a mean): of the ``known`` sources whose own past tells what is usual.
    """

    hours: int
    seen: int
    seen_known: int
    usual: float
    known: int
    unknown: int
    words: Mapping[str, int]  # sources by verdict: ok, low, silent, high, unknown, unwatched


@dataclass(frozen=True, slots=True)
class Run:
    """The last finished run."""

    command: str
    at: datetime
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Closing:
    """A host (``//name``) or all hosts of an owner that are left alone."""

    name: str
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Condition:
    """Everything that ``pantau status`` tells. Instants are aware; bytes are counted by kind of file."""

    data: str
    now: datetime
    stale_hours: float
    last_run: Run | None
    newest_good_poll: datetime | None
    newest_judged: datetime | None  # when the newest pages that are judged were written
    oldest_waiting: datetime | None
    sources: tuple[SourceCondition, ...]
    closings: tuple[Closing, ...]
    entries: Mapping[str, int]
    disk: Mapping[str, int]
    disk_free: int
    corrections: Mapping[str, int] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()  # parts that could not be judged, each with the reason

    @property
    def stale(self) -> bool:
        """No source was read for longer than ``operation.stale_hours``."""
        good = self.newest_good_poll
        return good is None or self.now - good > timedelta(hours=self.stale_hours)

    @property
    def unsound(self) -> bool:
        """Rows are lost or doubled."""
        return bool(self.entries.get("lost") or self.entries.get("doubled"))

    @property
    def exit_code(self) -> int:
        """1 when nobody may trust what lies here: data are stale, or rows lost or doubled."""
        return int(self.stale or self.unsound)

    @property
    def states(self) -> Counter[str]:
        """Sources by state."""
        return Counter(source.state for source in self.sources)

    @property
    def troubled(self) -> list[SourceCondition]:
        """The sources that somebody may have to look at, worst first; of two alike, the one that usually brings more."""
        found = [source for source in self.sources if source.trouble]
        return sorted(found, key=lambda one: (one.trouble.rank if one.trouble else 9, -_usual(one), one.id))

    @property
    def alarms(self) -> Counter[str]:
        """Sources by what is alarming about them."""
        return Counter(source.trouble.word for source in self.troubled if source.trouble and source.trouble.alarm)

    @property
    def coverage(self) -> tuple[Coverage, ...]:
        """The account of the last 24 hours and 7 days."""
        return tuple(self._covered(days) for days in WINDOWS)

    def _covered(self, days: int) -> Coverage:
        verdicts = [verdict for one in self.sources if one.counted and (verdict := one.day if days == 1 else one.week)]
        known = [verdict for verdict in verdicts if verdict.expected is not None]
        return Coverage(
            hours=days * 24,
            seen=sum(verdict.seen for verdict in verdicts),
            seen_known=sum(verdict.seen for verdict in known),
            usual=sum(verdict.expected.mean for verdict in known if verdict.expected),
            known=len(known),
            unknown=len(verdicts) - len(known),
            words=dict(sorted(Counter(verdict.word for verdict in verdicts).items())),
        )


def _usual(source: SourceCondition) -> float:
    expected = source.week.expected if source.week else None
    return expected.mean if expected else 0.0


def condition_of_source(
    source: Source,
    standing: Standing | None,
    last: tuple[datetime, str, str] | None,
    verdicts: tuple[Verdict | None, Verdict | None],
) -> SourceCondition:
    """What is known of one source: of ``last`` its last poll (at, outcome, detail), the verdicts of a day and a week."""
    state = state_of(source, standing)
    if standing is None or state == "retired":
        return SourceCondition(source.id, source.outlet, state)
    at, outcome, detail = last or (None, "", "")
    found = SourceCondition(
        id=source.id,
        outlet=source.outlet,
        state=state,
        outcome=outcome,
        detail=detail,
        last_poll=at,
        last_ok=standing.last_ok,
        next_poll=standing.next_poll,
        interval_minutes=round(standing.interval / 60, 1),
        failures=standing.failures,
        gap_suspected=standing.gap_suspected,
        day=verdicts[0],
        week=verdicts[1],
    )
    if not found.counted:  # probation: watched and shown, never an alarm
        return found
    return replace(found, trouble=_trouble(found))


def state_of(source: Source, standing: Standing | None) -> str:
    """A person's word (retired, probation) first, then what the polls have made of it."""
    if not source.polled:
        return "retired"
    if standing is None or not standing.polls:
        return "never"
    return "probation" if source.status == "probation" else standing.state


def _trouble(one: SourceCondition) -> Trouble | None:
    failed = one.outcome not in ("ok", "unchanged", "")
    told = one.detail or one.outcome
    if one.state == "blocked":
        return Trouble(0, "blocked", told, _ADVICE.get(one.outcome, _WAIT))
    if one.state == "slow":
        return Trouble(1, "failing", f"{one.failures} failures in a row, the last: {told}", _ADVICE.get(one.outcome, _WAIT))
    if not failed and one.day is not None and one.day.word == "unwatched":
        return Trouble(1, "unread", "nothing speaks against it, and yet it was not asked for a day", _UNREAD)
    for rank, word in ((2, "silent"), (3, "low")):
        for verdict in (one.day, one.week):
            if verdict is not None and verdict.word == word:
                why = f"{verdict.why}; its last poll failed: {told}" if failed else verdict.why
                return Trouble(rank, word, why, _ADVICE.get(one.outcome, _WAIT) if failed else _SILENT)
    if one.gap_suspected:
        return Trouble(4, "gap", "two answers had no entry in common: some may have been missed between them", _GAP)
    if failed:
        return Trouble(5, "failed", told, _ADVICE.get(one.outcome, _WAIT))
    return None
