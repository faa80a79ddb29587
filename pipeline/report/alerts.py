"""Which events deserve an alert now: pure decisions over rows and what was told before. docs/delivery.md states the rules.

One rule holds them together. An event's gravity is 0, 1 for a negative story, more for an incident (``labels.INCIDENT_WEIGHT``);
an alert is due when fresh articles raise it above what older articles, or an earlier alert, had told, or bring another
incident that is as grave.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from pipeline.dates import JAKARTA
from pipeline.report import labels, measure
from pipeline.report.rows import Row, by_event, lead
from pipeline.report.spike import Spike

INCIDENTS = ("kerusuhan", "kematian", "kabur", "narkoba_internal")  # what a spokesman must not learn from the press
NEGATIVE, SPIKE = "negatif", "lonjakan"
HIGH, MIDDLE, LOW = 3, 2, 1  # priorities
# News of the same unit so soon after an alert may be its continuation, since not every report of an event is recognised as such
# (docs/stories.md: recall .81): for a week where the incident is the same, else for two days.
SAME_INCIDENT, SAME_UNIT = timedelta(days=7), timedelta(days=2)
EARLY = timedelta(hours=6)  # a date so far ahead of the clock is no date
_RUMOUR = re.compile(
    r"\b(?:kabarnya|dikabarkan|beredar|rumor|konon|isu|diisukan|hoaks|viral|belum (?:terkonfirmasi|dikonfirmasi|dipastikan))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Rules:
    """The part of the settings that decides. ``max_age``: of an article; ``sure``: probability below which tone is doubtful."""

    max_age: timedelta
    sure: float


@dataclass(frozen=True, slots=True)
class Told:
    """An alert that was raised before: of which event, by which article, for which reasons (as ``Finding`` has them)."""

    alert: str
    event: str
    key: str
    reasons: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Finding:
    """An event that deserves an alert, as its articles stand now. ``row`` is the article that is shown; None for a spike."""

    event: str
    reasons: tuple[str, ...]  # NEGATIVE, SPIKE or codes of INCIDENTS, the gravest first
    weight: int
    priority: int
    kanwil: str
    row: Row | None
    articles: int = 1
    outlets: int = 1
    doubts: tuple[str, ...] = ()  # why a person must check first, in Indonesian
    follows: str = ""  # an earlier alert that this may continue
    spike: Spike | None = None
    examples: tuple[Row, ...] = ()  # of a spike

    @property
    def id(self) -> str:
        """Eight digits that name it in messages and in the log: the same event and reasons always have the same."""
        return hashlib.sha256(" ".join([self.event, *self.reasons]).encode()).hexdigest()[:8]

    @property
    def key(self) -> str:
        """The shown article's key; "" for a spike."""
        return self.row.key if self.row else ""


def findings(rows: Sequence[Row], told: Sequence[Told], now: datetime, rules: Rules) -> list[Finding]:
    """Every event that deserves an alert at ``now`` and was not told before, the gravest first, then the oldest.

    ``rows``: articles with their labels as persons have corrected them, a fortnight of them at least.
    """
    # By its article too: an event may get another id when an earlier article of it turns up.
    by_name: dict[str, set[str]] = {}
    for one in told:
        by_name.setdefault(one.event, set()).update(one.reasons)
        by_name.setdefault(one.key, set()).update(one.reasons)
    found = []
    for event, members in by_event(rows).items():
        before = {reason for name in (event, *(row.key for row in members)) for reason in by_name.get(name, ())}
        finding = finding_of(event, members, now, rules, before)
        if finding:
            found.append(_placed(finding, rows, told))
    return sorted(found, key=lambda one: (-one.weight, -one.priority, one.row.order if one.row else (now, "")))


def finding_of(
    event: str,
    members: Sequence[Row],
    now: datetime,
    rules: Rules,
    before: Collection[str] = (),
) -> Finding | None:
    """What an event's articles deserve, given the reasons told ``before``; None when nothing fresh is graver than that."""
    own = [row for row in members if row.counted and not row.is_copy and not row.withdrawn and _open(row)]
    oldest = now - rules.max_age
    fresh = [row for row in own if row.at and oldest <= row.at <= now + EARLY and reasons_of(row)]
    known = {*before, *(reason for row in own if row.at and row.at < oldest for reason in reasons_of(row))}
    bar = max(map(_weight, known), default=0)
    new = {reason for row in fresh for reason in reasons_of(row) if reason not in known and _weight(reason) >= max(bar, 1)}
    if not new:
        return None
    weight = max(map(_weight, new))
    row = lead([row for row in fresh if any(_weight(reason) == weight for reason in set(reasons_of(row)) & new)])
    counted = [one for one in members if one.counted]
    return Finding(
        event=event,
        reasons=tuple(reason for reason in (*INCIDENTS, NEGATIVE) if reason in new),
        weight=weight,
        priority=_priority(row, weight),
        kanwil=row.kanwil,
        row=row,
        articles=len(counted),
        outlets=measure.outlet_count(counted),
        doubts=_doubts(row, rules),
    )


def reasons_of(row: Row) -> tuple[str, ...]:
    """Why an article may alert: its grave incidents, the gravest first, and NEGATIVE."""
    codes = tuple(code for code in INCIDENTS if code in row.incidents)
    return (*codes, NEGATIVE) if _negative(row) else codes


def _weight(reason: str) -> int:
    return labels.INCIDENT_WEIGHT.get(reason, 1)


def _open(row: Row) -> bool:
    """False where a person has said that the tone is not negative: nobody is alarmed against an analyst's word."""
    return not row.tone_settled or row.tone == "negative"


def _negative(row: Row) -> bool:
    return row.tone == "negative" or (row.tone in ("", "unsure") and "likely negative" in row.review_reasons)


def _priority(row: Row, weight: int) -> int:
    """An incident that is told without a bad tone, or by the institution itself, is not yet a bad press."""
    grave = HIGH if weight >= labels.INCIDENT_WEIGHT["kabur"] else MIDDLE
    if weight == 1:
        return MIDDLE if row.independent and row.tier in ("T1", "T2") else LOW
    return grave if _negative(row) and row.independent else grave - 1


def _doubts(row: Row, rules: Rules) -> tuple[str, ...]:
    found: list[str] = []
    if not row.tone_settled and _negative(row):
        if row.tone != "negative":
            found.append("tone belum yakin")
        elif row.negative is None or row.negative < rules.sure:
            found.append("keyakinan tone rendah")
    words = " ".join([row.title, *(quote for _, quote in row.quotes)])
    if _RUMOUR.search(words):
        found.append("kabar yang mungkin belum dipastikan")
    if row.date_status != "ok":
        found.append("tanggal terbit tidak pasti")
    if "relevance doubtful" in row.review_reasons and not row.corrected:
        found.append(labels.word(labels.REVIEW, "relevance doubtful"))
    return tuple(found)


def _placed(finding: Finding, rows: Sequence[Row], told: Sequence[Told]) -> Finding:
    """The finding with the earlier alert that it may continue, and then with a lower priority."""
    row = finding.row
    if row is None or not row.unit or row.at is None:
        return finding
    keys = {other.key: other for other in rows if other.unit == row.unit}
    for one in sorted(told, key=lambda one: one.at, reverse=True):
        before = keys.get(one.key)
        if before is None or before.at is None:
            continue
        same = set(before.incidents) & set(finding.reasons)
        other = set(finding.reasons) - {NEGATIVE}
        if abs(row.at - before.at) <= (SAME_INCIDENT if same else timedelta(0) if other else SAME_UNIT):
            return replace(finding, follows=one.alert, priority=max(LOW, finding.priority - 1))
    return finding


def daily_stories(rows: Iterable[Row], watched: Collection[date]) -> dict[date, int]:
    """Negative independent stories by their first day (Jakarta), for the watched days alone; 0 where there was none."""
    first: dict[str, date] = {}
    for row in rows:
        if row.counted and row.independent and row.tone == "negative" and row.at:
            day = row.at.astimezone(JAKARTA).date()
            first[row.story_id] = min(day, first.get(row.story_id, day))
    found = dict.fromkeys(watched, 0)
    for day in first.values():
        if day in found:
            found[day] += 1
    return found


def spike_finding(spike: Spike, rows: Iterable[Row], told: Iterable[Told]) -> Finding | None:
    """The day's one alert of a spike, with its three largest events; None when it was told."""
    event = f"{SPIKE}-{spike.day.isoformat()}"
    if any(one.event == event for one in told):
        return None
    today = [
        row
        for row in rows
        if row.counted and row.independent and row.tone == "negative" and row.at
        and row.at.astimezone(JAKARTA).date() == spike.day
    ]  # fmt: skip
    largest = sorted(by_event(today).values(), key=lambda members: (-len(members), lead(members).order))
    examples = tuple(lead(members) for members in largest[:3])
    return Finding(event, (SPIKE,), 1, HIGH, "", None, len(today), measure.outlet_count(today), spike=spike, examples=examples)


def receivers(kanwil: str, everyone: Sequence[str], by_kanwil: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Who is told of an alert in ``kanwil``: everyone's receivers and the kanwil's own, each once."""
    return tuple(dict.fromkeys([*everyone, *by_kanwil.get(kanwil, ())]))
