"""What `pantau backfill` does: fetch what a source showed in days gone by."""

from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pipeline import jobs
from pipeline.asking import network, within_reach
from pipeline.catalogued import source_of, wib
from pipeline.dates import parse_iso
from pipeline.errors import ConfigError
from pipeline.fetch.archives import Span
from pipeline.fetch.backfill import Backfillers, Outcome
from pipeline.fetch.backfill import backfill as flow
from pipeline.records import Source, SourceKind
from pipeline.store.tombstones import load_tombstones
from pipeline.terminal import printable, progressing, stoppable


def backfill(arguments: Namespace) -> int:
    """``pantau backfill``."""
    if arguments.max < 1:
        raise ConfigError(f"--max: {arguments.max} lists are none; write 1 or more")
    with within_reach(arguments) as place:
        source = source_of(place, arguments.source)
        span = _span(arguments, source, place.now)
        if source.licence == "blocked" or source.kind is SourceKind.HINT:
            why = "its licence is blocked" if source.licence == "blocked" else "a discovery hint has no archive"
            raise ConfigError(f"{source.id}: {why}; nothing of it can be fetched")
        log = place.data / "backfill" / f"{source.id}_{span.first}_{span.last}.csv"
        with network(place) as net, progressing() as progress, stoppable() as stop:
            with_ = Backfillers(
                web=net.web,
                ledger=net.ledger,
                now=place.now,
                log=log,
                robots_of=net.robots_of,
                prefilter=place.prefilter,
                blocked=place.blocked,
                forgotten=load_tombstones(place.data),
                most=arguments.max,
                dry=arguments.dry_run,
                stop=stop,
                progress=progress,
            )
            found = flow(source, place.sources, span, with_)
            if not arguments.dry_run:
                net.ledger.record_run("backfill", found.tally.counts)
        print(*map(printable, _backfill_lines(found, with_)), sep="\n")
        if arguments.fetch and not arguments.dry_run:
            tally = jobs.ingest(place)
            print(f"fetched {tally.get('fetched')}, rejected {tally.get('rejected')}, waiting {tally.get('waiting')}")
    return 0 if any(one.read for one in found.asked) or found.tally.get("lists_known") else 1


def _backfill_lines(found: Outcome, with_: Backfillers) -> Iterator[str]:
    get, span = found.tally.get, found.span
    yield f"{found.source.id}: {span.first} to {span.last}{' (dry run: nothing is written)' if with_.dry else ''}"
    for one in found.asked:
        counts = (
            f"{one.listed} listed, {one.new} new, {one.known} known, {one.outside} outside"
            if one.outcome == "ok"
            else one.outcome
        )
        yield f"  {one.lead.way:<9} {counts}{f'; {one.detail}' if one.detail and one.outcome not in ('end', 'absent') else ''}"
        yield f"            {one.lead.url}"
    yield (
        f"lists: asked {get('lists_asked')}, failed {get('lists_failed')}, asked by an earlier run {get('lists_known')}"
        f", left {get('lists_left')}"
    )
    states = [(name, get(f"announced:{name}")) for name in ("waiting", "off_topic", "blocked")]
    became = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in states if count)
    yield (
        f"entries: listed {get('entries_listed')}: outside the days {get('entries_outside')}, repeated {get('entries_repeated')}"
        f", forgotten {get('entries_forgotten')}, known {get('entries_known')}, new {get('entries_new')}"
        f"{f' ({became})' if became else ''}; undated {get('entries_undated')}"
    )
    yield from _unreached(found)
    if get("lists_left") or get("lists_failed"):
        yield "not finished: run the same command again to go on; what was read is not asked again"
    elif get("announced:waiting") and not with_.dry:
        yield "the waiting entries are fetched by the usual runs, or at once with --fetch"
    if not with_.dry and found.asked:
        yield f"{with_.log}: every list asked"


def _unreached(found: Outcome) -> Iterator[str]:
    """What of the days may be missing, and why."""
    read = [one for one in found.asked if one.outcome in ("ok", "index")]
    ways = {one.lead.way for one in read}
    feeds = [one.oldest for one in read if one.lead.way == "feed" and one.oldest]
    if ways <= {"feed"} and not found.tally.get("lists_known"):
        until = f", which goes back to {wib(min(feeds))}" if feeds else ""
        yield (
            f"its feed alone could be read: nothing older than the feed holds{until}; where the outlet has an index by page or"
            " day, name it as [archive] in config/outlets (docs/sources.md)"
        )
    if unread := found.tally.get("entries_unread"):
        yield f"{unread} items of these lists were not read: without a usable address, or beyond the longest list that is read"
    if undated := found.tally.get("entries_undated"):
        yield f"{undated} entries have no date of their own: their pages tell whether they are of these days"


def _span(arguments: Namespace, source: Source, now: datetime) -> Span:
    zone = ZoneInfo(source.zone)
    today = now.astimezone(zone).date()
    first, last = _day("--from", arguments.from_), _day("--to", arguments.to) if arguments.to else today
    if first > today:
        raise ConfigError(f"--from {first} lies in the future; it is {today}")
    if first > last:
        raise ConfigError(f"--from {first} lies after --to {last}; write the earlier day first")
    return Span(first, min(last, today), zone)


def _day(name: str, value: str) -> date:
    parsed = parse_iso(value) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value.strip()) else None
    if parsed is None:
        raise ConfigError(f"{name}: {value!r} is not a day; write for example 2026-10-31")
    return parsed.value.date()
