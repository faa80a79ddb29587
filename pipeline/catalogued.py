"""What is known of the catalogue's sources, read only: the list of all, and everything of one. Lines for a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from urllib.parse import urlsplit

from pipeline.dates import JAKARTA
from pipeline.errors import ConfigError
from pipeline.fetch.catalogue import lane_of
from pipeline.fetch.client import Client
from pipeline.fetch.coverage import HISTORY, verdict
from pipeline.fetch.ledger import Ledger
from pipeline.fetch.robots import Robots, RobotsFile
from pipeline.fetch.schedule import Polled, Standing, due, rules_for, why
from pipeline.fetch.verdicts import advice_of, verdict_of
from pipeline.jobs import Workplace
from pipeline.ledgers import has_ledger, ledger_of
from pipeline.records import Source
from pipeline.urls import host_of

STATES = ("active", "slow", "blocked", "probation", "retired", "never")
_FIRST = ("blocked", "slow", "never", "active", "retired")  # the list's order: what needs a person comes first
_POLLS = 10  # that explain shows
_WEEK = timedelta(days=7)
# Heads and widths of the list: 99 characters with the spaces between.
_HEADS = (
    ("SOURCE", 25),
    ("OUTLET", 19),
    ("KIND", 9),
    ("STATE", 10),
    ("EVERY", 6),
    ("GOOD", 6),
    ("NEWEST", 6),
    ("7 D", 5),
    ("NEXT", 5),
)
_COLUMNS = (
    *("id", "outlet", "kind", "status", "state", "licence", "url", "interval_minutes", "polls", "failures", "weight"),
    *("last_ok", "newest", "entries_7_days", "next_poll", "due", "gap_suspected"),
)


@dataclass(frozen=True, slots=True)
class Known:
    """A source with what the ledger remembers of it. ``week``: entries that it showed first in the last seven days."""

    source: Source
    standing: Standing
    week: int

    @property
    def state(self) -> str:
        """retired (a person's word), never (not asked yet), or the standing's: active | slow | blocked."""
        if not self.source.polled:
            return "retired"
        return self.standing.state if self.standing.polls else "never"

    @property
    def shown(self) -> str:
        """The state as the list writes it; sources on probation have a "?" behind it."""
        return self.state + "?" * (self.source.status == "probation")


@contextmanager
def remembered(place: Workplace) -> Iterator[Ledger | None]:
    """The ledger for looking only; None before the first run."""
    if not has_ledger(place.data):
        yield None
        return
    with Ledger.read(ledger_of(place.data), place.now) as ledger:
        yield ledger


def known_sources(place: Workplace) -> list[Known]:
    """Every source of the catalogue, in its order."""
    with remembered(place) as ledger:
        standings = ledger.standings() if ledger else {}
        week = ledger.days(place.now - _WEEK) if ledger else {}
    return [
        Known(source, standings.get(source.id, Standing(source.id)), sum(week.get(source.id, {}).values()))
        for source in place.sources
    ]


def chosen(known: Sequence[Known], state: str | None, licence: str | None) -> list[Known]:
    """Those of a state (a word of ``STATES``) and a licence, those first that need a person."""
    fits = [
        one
        for one in known
        if (state is None or state == (one.source.status if state == "probation" else one.state))
        and (licence is None or licence == one.source.licence)
    ]
    return sorted(
        fits, key=lambda one: (_FIRST.index(one.state), not one.standing.failures)
    )  # stable: the catalogue's order within


def list_lines(known: Sequence[Known], now: datetime) -> Iterator[str]:
    """The list as a table of at most 100 columns, a head above and the sums below."""
    yield row_of(_HEADS, [head for head, _ in _HEADS])
    for one in known:
        yield row_of(_HEADS, _cells(one, now))
    counts = {state: sum(one.state == state for one in known) for state in STATES}
    told = ", ".join(f"{state} {count}" for state, count in counts.items() if count)
    guessed = sum(one.source.status == "probation" for one in known)
    yield f"{len(known)} sources{': ' if told else ''}{told}{f'; ? = on probation, {guessed}' if guessed else ''}"


def _cells(one: Known, now: datetime) -> list[str]:
    source, standing = one.source, one.standing
    return [
        source.id,
        source.outlet,
        source.kind.value,
        one.shown,
        length(standing.interval) if standing.interval else "",
        ago(standing.last_ok, now),
        ago(standing.newest, now),
        str(one.week),
        "" if not source.polled else "now" if due(standing, now) else ago(now, standing.next_poll or now),
    ]


def row_of(heads: Sequence[tuple[str, int]], cells: Sequence[str]) -> str:
    """One line of a table whose columns have the widths of ``heads`` (name, width); longer cells are cut."""
    return " ".join(f"{cut(cell, width):<{width}}" for cell, (_, width) in zip(cells, heads, strict=True)).rstrip()


def cut(text: str, width: int) -> str:
    """``text`` in at most ``width`` characters, "…" where some are missing."""
    return text if len(text) <= width else text[: width - 1] + "…"


def ago(then: datetime | None, now: datetime) -> str:
    """How long ago, in one unit: 40 m, 6 h, 12 d; "" for never, "0 m" for what lies ahead."""
    return length(max(0.0, (now - then).total_seconds())) if then else ""


def length(seconds: float) -> str:
    """A length of time in one unit: 40 m, 6 h, 12 d."""
    minutes = round(seconds / 60)
    for unit, size in (("d", 1440), ("h", 60)):
        if minutes >= 2 * size:
            return f"{round(minutes / size)} {unit}"
    return f"{minutes} m"


def wib(instant: datetime | None) -> str:
    """An instant as people here write it, "never" for none."""
    return f"{instant.astimezone(JAKARTA):%Y-%m-%d %H:%M} WIB" if instant else "never"


def list_rows(known: Sequence[Known], now: datetime) -> Iterator[tuple[str, ...]]:
    """The list as a table for a spreadsheet, head first; instants in ISO 8601, WIB."""
    yield _COLUMNS
    for one in known:
        source, standing = one.source, one.standing
        instants = [iso(at) for at in (standing.last_ok, standing.newest, standing.next_poll)]
        numbers = (f"{standing.interval / 60:.0f}", str(standing.polls), str(standing.failures), f"{standing.weight:g}")
        marks = ["yes" if mark else "no" for mark in (source.polled and due(standing, now), standing.gap_suspected)]
        row = (source.id, source.outlet, source.kind.value, source.status, one.state, source.licence, source.url)
        yield (*row, *numbers, *instants[:2], str(one.week), instants[2], *marks)


def iso(instant: datetime | None) -> str:
    """An instant in ISO 8601, WIB, "" for none."""
    return instant.astimezone(JAKARTA).isoformat(timespec="seconds") if instant else ""


def source_of(place: Workplace, source_id: str) -> Source:
    """The source of an id. Raises ``ConfigError`` that names the nearest ones."""
    by_id = {source.id: source for source in place.sources}
    if source_id in by_id:
        return by_id[source_id]
    wanted = source_id.strip().lower()
    inside = [name for name in by_id if wanted and wanted in name]
    near = list(dict.fromkeys([*inside[:5], *get_close_matches(wanted, by_id, 5, 0.6)]))[:5]
    told = f"did you mean {', '.join(near)}?" if near else "`pantau sources list` names all"
    raise ConfigError(f"no source has the id {source_id!r}; {told}")


def explain_lines(place: Workplace, source: Source) -> Iterator[str]:
    """Everything of one source: its row, when it is due and why, its last polls, its host, robots.txt, volume, what to do."""
    now, rules = place.now, rules_for(source, place.settings.polling)
    with remembered(place) as ledger:
        standing = (ledger.standings() if ledger else {}).get(source.id, Standing(source.id))
        polls = ledger.polls_of(source.id, _POLLS) if ledger else []
        hosts = ledger.hosts() if ledger else {}
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(source.url)).lower()
        robots = ledger.load_robots(origin, place.settings.fetch.robots_hours) if ledger else None
        counts = ledger.days(now - HISTORY) if ledger else {}
        seen = {days: _seen(ledger, source, now - timedelta(days=days)) for days in (1, 7)} if ledger else {}
    one = Known(source, standing, seen.get(7, 0))
    yield f"{source.id}  {source.outlet}"
    where = f"{source.scope}, {source.province}" if source.province else source.scope
    yield _field("row", f"{source.kind.value}, {where}, {source.tier}, {source.publisher_type.value}, licence {source.licence}")
    yield _field("", f"status {source.status}, pages {source.pages}{'' if source.conditional else ', asked without conditions'}")
    yield _field("", source.url)
    if source.link_pattern:
        yield _field("", f"articles match {source.link_pattern}")
    weight = f"their weight {standing.weight:g} (slow from {rules.slow_at:g})"
    yield _field("state", f"{one.state}; failures in a row {standing.failures}, {weight}")
    never = "a person retired it" if source.status == "retired" else "its licence is blocked"
    yield _field("due", why(standing, now, rules) if source.polled else f"never: {never}")
    yield _field("last good", f"{wib(standing.last_ok)}; newest item {wib(standing.newest)}; polls {standing.polls}")
    if standing.gap_suspected:
        yield _field("gap", "its last two answers had no item in common: some may have been missed; it is asked sooner now")
    for number, (at, outcome, detail, entries, new) in enumerate(reversed(polls)):
        told = f"{entries} items, {new} new" if outcome == "ok" else ""
        said = "; ".join(text for text in (told, detail) if text)
        yield _field("" if number else "polls", f"{wib(at)}  {outcome}{f': {said}' if said else ''}")
    yield from _host_lines(place, source, hosts, now)
    yield _field("robots", _robots_told(place, source, robots))
    days = {date.fromisoformat(day): count for day, count in counts.get(source.id, {}).items()}
    for number, (span, count) in enumerate(seen.items()):
        found = verdict(days, count, now, span)
        yield _field("" if number else "volume", f"{'24 hours' if span == 1 else '7 days'}: {found.word}; {found.why}")
    yield _field("to do", _to_do(one, polls))


def _seen(ledger: Ledger, source: Source, since: datetime) -> int:
    return sum(ledger.days(since).get(source.id, {}).values())


def _field(name: str, value: str) -> str:
    return f"{name:<10}{value}"


def _host_lines(
    place: Workplace, source: Source, hosts: dict[str, tuple[datetime, datetime | None, str]], now: datetime
) -> Iterator[str]:
    host = host_of(source.url)
    lane = lane_of(place.sources)(host)
    others = sum(other.id != source.id and lane_of(place.sources)(host_of(other.url)) == lane for other in place.sources)
    yield _field("host", f"{host}; shares one pace with {others} other sources under {lane!r}")
    for name in (lane, f"//{host}"):
        _, closed, reason = hosts.get(name, (now, None, ""))
        if closed and closed > now:
            yield _field("", f"left alone until {wib(closed)}: {reason}")


def _robots_told(place: Workplace, source: Source, file: RobotsFile | None) -> str:
    """The verdict of the robots.txt that was read lately; nothing is asked of the network for it."""
    if file is None:
        return f"not read in the last {place.settings.fetch.robots_hours:g} hours; it is asked before the next poll"
    with Client(place.settings.fetch) as client:
        refusal = Robots(client, lambda origin: file).refusal(source.url)  # noqa: ARG005 - this origin's only
        return "this address is allowed" if refusal is None else refusal.detail


def _to_do(one: Known, polls: Sequence[tuple[datetime, str, str, int, int]]) -> str:
    source = one.source
    if not source.polled:
        return "nothing; to poll it again, write active into its status" if source.status == "retired" else "nothing"
    if not polls:
        return f"nothing yet; to look at it now: pantau sources check --id {source.id}"
    _, outcome, detail, entries, _ = polls[-1]
    word = verdict_of(Polled(outcome, detail), entries)
    if word != "ok" and not (outcome == "ok" and one.standing.newest):
        return advice_of(word, source)
    if source.status == "probation":
        return "it answers; when it has done so for some days, write active into its status"
    return "nothing"
