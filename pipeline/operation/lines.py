"""The condition in words for a terminal: a dozen aligned lines, what matters most first; or every source as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from pipeline.dates import JAKARTA
from pipeline.fetch.coverage import Verdict
from pipeline.operation.condition import Condition, Coverage, SourceCondition

WORST = 5  # troubled sources and closed hosts that are shown without being asked
_STATES = ("active", "slow", "blocked", "probation", "never", "retired")
_COUNTS = {
    "sources_ok": "sources ok",
    "sources_unchanged": "unchanged",
    "sources_failed": "failed",
    "sources_not_due": "not due",
    "entries_new": "entries new",
    "fetched": "pages fetched",
    "judge.judged": "judged",
}
_UNITS = ("B", "kB", "MB", "GB", "TB")


def lines_of(condition: Condition) -> Iterator[str]:
    """The account for a person. Alarms come first; a line that would say nothing is left out."""
    yield f"{condition.data} at {_at(condition.now)}"
    for told in urgent(condition):
        yield f"ALARM     {told}"
    for part in condition.left_out[:WORST]:
        yield f"left out  {part}"
    if condition.left_out:
        yield f"          {len(condition.left_out)} part(s) could not be judged: `pantau judge --retry` tries them again"
    yield f"last run  {_last_run(condition)}"
    yield f"lag       {_lag(condition)}"
    states = condition.states
    yield "sources   " + ", ".join(f"{_named(state)} {states[state]}" for state in _STATES if states[state])
    for coverage in condition.coverage:
        yield f"{'24 hours' if coverage.hours == 24 else f'{coverage.hours // 24} days':<9} {_coverage(coverage)}"
    yield from _troubled(condition)
    yield from _closed(condition)
    always = ("seen", "lost", "doubled")
    yield "entries   " + _counts({name: count for name, count in condition.entries.items() if count or name in always})
    if condition.corrections:
        yield "corrected " + _counts(condition.corrections)
    sizes = ", ".join(f"{kind} {size_of(size)}" for kind, size in condition.disk.items() if size)
    yield f"disk      {size_of(sum(condition.disk.values()))} ({sizes}); {size_of(condition.disk_free)} free"


def urgent(condition: Condition) -> list[str]:
    """Why the command ends with exit code 1, each with what to do; none when all is well."""
    found = []
    if condition.stale:
        good = condition.newest_good_poll
        since = f"no source was read for {span_of(condition.now - good)}" if good else "no source was ever read"
        advice = "see that cron or the timer runs, then what `pantau run -v` says"
        found.append(f"{since}; {condition.stale_hours:g} h are allowed (operation.stale_hours): {advice}")
    if condition.unsound:
        get = condition.entries.get
        advice = "run `pantau run`, which fetches again what a part that is gone held; what stays, please report"
        found.append(f"{get('lost', 0)} row(s) lost, {get('doubled', 0)} doubled in {condition.data}; {advice}")
    return found


def table_of(condition: Condition) -> Iterator[str]:
    """Every source, worst first, one line each under a heading."""
    troubled = condition.troubled
    known = {source.id for source in troubled}
    rest = sorted((one for one in condition.sources if one.id not in known), key=lambda one: (_STATES.index(one.state), one.id))
    rows: list[tuple[str, ...]] = [
        ("source", "state", "last poll", "read ago", "next in", "every", "24 h", "7 days", "look", "why")
    ]
    rows += [_row(one, condition.now) for one in (*troubled, *rest)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    for row in rows:
        yield "  ".join([*(cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=True)), row[-1]]).rstrip()


def span_of(span: timedelta) -> str:
    """A length of time in its two largest units: ``3 days 2 h``, ``5 h 20 min``, ``15 min``."""
    minutes = max(0, int(span.total_seconds() // 60))
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} day{'s' * (days != 1)}" + (f" {hours} h" if hours else "")
    if hours:
        return f"{hours} h" + (f" {minutes} min" if minutes else "")
    return f"{minutes} min"


def size_of(size: int) -> str:
    """Bytes in a unit of thousands that leaves one to three figures."""
    amount, unit = float(size), 0
    while amount >= 999.5 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    return f"{amount:.{0 if amount >= 9.95 or not unit else 1}f} {_UNITS[unit]}"


def _at(instant: datetime) -> str:
    return f"{instant.astimezone(JAKARTA):%Y-%m-%d %H:%M} WIB"


def _named(state: str) -> str:
    return "never polled" if state == "never" else state


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in counts.items())


def _last_run(condition: Condition) -> str:
    run = condition.last_run
    if run is None:
        return "none finished yet"
    counts = ", ".join(f"{words} {run.counts[name]}" for name, words in _COUNTS.items() if name in run.counts)
    return f"{_at(run.at)}, {span_of(condition.now - run.at)} ago ({run.command})" + (f": {counts}" if counts else "")


def _lag(condition: Condition) -> str:
    told = []
    for words, instant in (
        ("newest good poll", condition.newest_good_poll),
        ("newest judged pages", condition.newest_judged),
        ("oldest waiting entry", condition.oldest_waiting),
    ):
        told.append(f"{words} {span_of(condition.now - instant) + ' old' if instant else 'none'}")
    return ", ".join(told)


def _coverage(coverage: Coverage) -> str:
    told = f"{coverage.seen:,} new entries"
    if coverage.known:
        of = f" from {coverage.known} of {coverage.known + coverage.unknown} sources" if coverage.unknown else ""
        told += f"; usually about {coverage.usual:,.0f}{of}"
        told += f", now {coverage.seen_known:,}" if coverage.unknown else ""
    elif coverage.unknown:
        told += "; what is usual is known after two weeks"
    odd = {word: count for word, count in coverage.words.items() if word not in ("ok", "unknown")}
    return told + (f"; sources {_counts(odd)}" if odd else "")


def _troubled(condition: Condition) -> Iterator[str]:
    troubled = condition.troubled
    if not troubled:
        return
    words = dict(condition.alarms)
    alarms = sum(words.values())
    if alarms:
        yield f"look at   {alarms} source{'s' * (alarms != 1)}: {_counts(words)}"
    for source in troubled[: min(alarms, WORST)]:
        if source.trouble:
            yield f"          {source.id}: {source.trouble.word}: {_cut(source.trouble.why, 100)}"
            yield f"          {'':4}{source.trouble.advice}"
    left = [source.id for source in troubled[alarms : alarms + 2 * WORST]]
    if left:
        yield f"lately    failed, or a gap; most mend by themselves: {', '.join(left)}"
    if alarms > WORST or len(troubled) - alarms > 2 * WORST:
        yield "          all of them, with reasons: `pantau status --sources`"


def _closed(condition: Condition) -> Iterator[str]:
    closings = sorted(condition.closings, key=lambda one: (-one.until.timestamp(), one.name))
    for place, one in enumerate(closings[:WORST]):
        start = "closed    " if not place else " " * 10
        yield f"{start}{one.name.removeprefix('//')} until {_at(one.until)}: {_cut(one.reason, 80)}"
    if len(closings) > WORST:
        yield f"          and {len(closings) - WORST} more: `pantau status --json`"


def _row(one: SourceCondition, now: datetime) -> tuple[str, ...]:
    why = one.trouble.why if one.trouble else "" if one.outcome in ("ok", "unchanged") else one.detail
    return (
        one.id,
        _named(one.state),
        one.outcome or "-",
        span_of(now - one.last_ok) if one.last_ok else "-",
        _due(one, now),
        span_of(timedelta(minutes=one.interval_minutes)) if one.interval_minutes else "-",
        _against(one.day),
        _against(one.week),
        one.trouble.word if one.trouble else "-",
        _cut(why, 80),
    )


def _due(one: SourceCondition, now: datetime) -> str:
    if one.state == "retired":
        return "-"
    return "now" if one.next_poll is None or one.next_poll <= now else span_of(one.next_poll - now)


def _against(verdict: Verdict | None) -> str:
    if verdict is None:
        return "-"
    expected = verdict.expected
    return f"{verdict.seen} ({expected.low}-{expected.high})" if expected else str(verdict.seen)


def _cut(text: str, length: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1] + "…"
