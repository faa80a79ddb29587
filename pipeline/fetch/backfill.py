"""The flow of a backfill: a source's older entries, list by list, into the ledger; every list asked stands in a log.

As a pipe:

    feed, search, archive, sitemaps | ask, one by one | parse | of the span? | filter | ledger: waiting, skipped, rejected

The entries of a list are safe in the ledger before its line is written to the log, so a run that is killed asks one list again
and doubles nothing. A list in the log that was asked after the span's end cannot have grown, and is not asked again.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from pipeline.errors import StorageError
from pipeline.fetch.admission import admit
from pipeline.fetch.archives import Lead, Span, children_of, goes_on, leads_of, page_of, placed
from pipeline.fetch.catalogue import NOTHING_BLOCKED, Blocked
from pipeline.fetch.client import Failure
from pipeline.fetch.database import stamp
from pipeline.fetch.discover import kind_of
from pipeline.fetch.documents import Web
from pipeline.fetch.feeds import Listing
from pipeline.fetch.ledger import Ledger
from pipeline.fetch.parsing import parse
from pipeline.fetch.prefilter import Prefilter
from pipeline.fetch.robots import RobotsFile
from pipeline.records import Entry, Reason, Source, SourceKind, Tally
from pipeline.store.parts import append_text, set_cut_line_aside
from pipeline.store.tombstones import NOTHING, Tombstones
from pipeline.urls import domain_of

COLUMNS = ("at", "way", "url", "outcome", "more", "listed", "new", "known", "undated", "outside", "oldest", "detail")
_CLOSED = (Reason.HOST_CLOSED, Reason.RATE_LIMITED, Reason.CHALLENGE, Reason.PAYWALL, Reason.UNREACHABLE)
_NO_MORE = (Reason.GONE, Reason.HTTP_STATUS, Reason.TOO_MANY_REDIRECTS)  # how sites answer for a page beyond the last one


@dataclass(frozen=True, slots=True)
class Backfillers:
    """What the flow works with; wired in sourcing.py. ``log``: the CSV file of what was asked; ``dry``: nothing is written."""

    web: Web
    ledger: Ledger
    now: datetime
    log: Path
    robots_of: Callable[[str], RobotsFile | None]
    prefilter: Prefilter | None = None
    blocked: Blocked = NOTHING_BLOCKED
    forgotten: Tombstones = NOTHING
    most: int = 200  # lists to ask in one run
    dry: bool = False
    stop: Callable[[], bool] = lambda: False
    progress: Callable[[str, int, int], None] = lambda what, done, total: None  # noqa: ARG005


@dataclass(frozen=True, slots=True)
class Asked:
    """One list and what came of it.

    ``outcome``: ok | index | empty | end (no further page) | absent (it was a guess) | unreadable | a ``Reason``.
    """

    lead: Lead
    outcome: str
    more: bool = False
    listed: int = 0
    new: int = 0
    known: int = 0
    undated: int = 0  # of the new and known ones: their page alone can tell whether they belong to the span
    outside: int = 0
    oldest: datetime | None = None
    detail: str = ""

    @property
    def read(self) -> bool:
        """True for a list that was there and could be read, were it empty."""
        return self.outcome in ("ok", "index", "empty")

    @property
    def good(self) -> bool:
        """True unless something that should be there could not be read."""
        return self.read or self.outcome in ("end", "absent")


@dataclass
class Outcome:
    """A backfill: each list asked, in order, and the sums."""

    source: Source
    span: Span
    asked: list[Asked] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)


def backfill(source: Source, sources: Iterable[Source], span: Span, with_: Backfillers) -> Outcome:
    """Ask for what ``source`` showed in ``span``; at most ``most`` lists, and none after ``stop`` or a closed door.

    Counted: lists asked, failed, known from an earlier run, left; entries listed = outside + repeated + forgotten + new + known.
    Raises ``StorageError`` for a damaged log.
    """
    work = _Work(source, tuple(sources), span, with_)
    work.run()
    return work.outcome


class _Work:
    def __init__(self, source: Source, sources: tuple[Source, ...], span: Span, with_: Backfillers) -> None:
        self.source, self.sources, self.span, self.with_ = source, sources, span, with_
        self.outcome = Outcome(source, span)
        self.keys: set[str] = set()  # of every entry that a list of this run held
        self.done = {} if with_.dry else _read_log(with_.log)
        # Where some row of the host is filtered it is too big to fetch whole; its lists hold more than the source's own.
        host = domain_of(source.url)
        wide = any(row.pages == "filtered" for row in sources if domain_of(row.url) == host)
        self.wide = replace(source, pages="filtered") if wide else source

    def run(self) -> None:
        with_, tally = self.with_, self.outcome.tally
        with_.web.robots.refusal(self.source.url)
        origin = "/".join(self.source.url.split("/", 3)[:3]).lower()
        file = with_.robots_of(origin)
        outlet = with_.web.outlets.of(self.source.url)
        queue = deque(leads_of(self.source, self.sources, self.span, outlet, (file and file.text) or ""))
        met: set[str] = set()
        while queue:
            lead = queue.popleft()
            if lead.url in met:
                continue
            met.add(lead.url)
            if (line := self.done.get(lead.url)) is not None and self._final(line):
                tally.add("lists_known")
                if line["more"]:
                    queue.appendleft(page_of(lead, lead.page + 1, self.span))
                continue
            if with_.stop() or tally.get("lists_asked") >= with_.most:
                tally.add("lists_left", 1 + len(queue))
                return
            with_.progress("lists", tally.get("lists_asked"), min(with_.most, tally.get("lists_asked") + len(queue) + 1))
            asked, children = self._ask(lead)
            queue.extendleft(reversed(children))
            if asked.more:
                queue.appendleft(page_of(lead, lead.page + 1, self.span))
            if asked.outcome in _CLOSED:
                tally.add("lists_left", len(queue))
                return

    def _final(self, line: dict[str, str]) -> bool:
        """True for a list that was read whole and cannot have grown since."""
        return line["outcome"] in ("ok", "end", "empty", "absent") and line["at"] > stamp(self.span.end)

    def _ask(self, lead: Lead) -> tuple[Asked, list[Lead]]:
        tally = self.outcome.tally
        tally.add("lists_asked")
        answer = self.with_.web.client.get(lead.url, may=self.with_.web.robots.refusal)
        children: list[Lead] = []
        if isinstance(answer, Failure):
            missing = answer.reason in _NO_MORE
            word = "end" if missing and lead.page > 1 else "absent" if missing and lead.guessed else answer.reason.value
            asked = Asked(lead, word, detail=answer.detail)
        else:
            listing = self._parsed(lead, answer.body, answer.content_type, answer.final_url)
            children = children_of(lead, listing, self.span)
            if listing.children:
                told = f"{len(children)} of {len(listing.children)} sitemaps may hold something of these days"
                asked = Asked(lead, "index", detail=told)
            elif not listing.entries:
                none = "empty" in listing.problem or not listing.problem or lead.page > 1
                word = "empty" if none else "absent" if lead.guessed else "unreadable"
                asked = Asked(lead, word, detail=listing.problem)
            else:
                asked = self._take(lead, listing)
        tally.add("lists_failed", int(not asked.good))
        self.outcome.asked.append(asked)
        if not self.with_.dry:
            _write_log(self.with_.log, asked, self.with_.now)
        return asked, children

    def _parsed(self, lead: Lead, body: bytes, content_type: str, final_url: str) -> Listing:
        kind = (kind_of(body, content_type) or lead.kind) if lead.way == "archive" else lead.kind
        outlet = self.with_.web.outlets.of(final_url)
        selectors = outlet.listing.links if outlet and kind is SourceKind.LISTING else ()
        pattern = lead.pattern or self.source.link_pattern
        return parse(body, content_type, replace(self.source, kind=kind, link_pattern=pattern), final_url, selectors)

    def _take(self, lead: Lead, listing: Listing) -> Asked:
        """Sort a list's entries and put those of the span into the ledger."""
        with_, tally, span = self.with_, self.outcome.tally, self.span
        more = goes_on(lead, listing.entries, self.keys, span)
        fresh = [entry for entry in listing.entries if entry.key not in self.keys]
        self.keys |= {entry.key for entry in fresh}
        wanted: list[Entry] = []
        undated = outside = forgotten = 0
        for one in fresh:
            where, entry = placed(one, lead, span)
            if where == "outside":
                outside += 1
            elif with_.forgotten.address(entry.key):
                forgotten += 1
            else:
                undated += where == "undated"
                wanted.append(entry)
        new, known = self._announce(wanted, lead)
        oldest = min((entry.published for entry in listing.entries if entry.published), default=None)
        repeated = len(listing.entries) - len(fresh)
        for name, count in (
            ("listed", len(listing.entries)),
            ("repeated", repeated),
            ("outside", outside),
            ("forgotten", forgotten),
            ("new", new),
            ("known", known),
            ("undated", undated),
            ("unread", listing.skipped),  # items without an address that may be fetched, or beyond what is read of one list
        ):
            tally.add(f"entries_{name}", count)
        told = f"{listing.skipped} items were not read" if listing.skipped else listing.note
        return Asked(lead, "ok", more, len(listing.entries), new, known, undated, outside, oldest, told)

    def _announce(self, entries: list[Entry], lead: Lead) -> tuple[int, int]:
        with_ = self.with_
        source = self.source if lead.own else self.wide
        alias_of = with_.web.outlets.identity
        rows = [admit(entry, source, with_.prefilter, with_.blocked, alias_of(entry.url)) for entry in entries]
        known = {one.entry.key for one in rows if with_.ledger.state(one.entry.key)}
        for one in rows:
            if one.entry.key not in known:
                self.outcome.tally.add(f"announced:{one.reason or one.state}")
        return (len(rows) - len(known), len(known)) if with_.dry else with_.ledger.announce(rows)


def _write_log(path: Path, asked: Asked, now: datetime) -> None:
    oldest = asked.oldest.isoformat() if asked.oldest else ""
    counts = (asked.listed, asked.new, asked.known, asked.undated, asked.outside)
    row = (stamp(now), asked.lead.way, asked.lead.url, asked.outcome, "yes" if asked.more else "", *counts, oldest, asked.detail)
    set_cut_line_aside(path)
    append_text(path, _line(COLUMNS), _line([" ".join(str(value).split()) for value in row]))


def _line(values: Iterable[str]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerow(values)
    return out.getvalue()


def _read_log(path: Path) -> dict[str, dict[str, str]]:
    """The last line of each list that an earlier run asked, by address."""
    try:
        whole = path.read_bytes().rpartition(b"\n")[0]  # power failed in a last line without an end: its list is asked anew
        reader = csv.reader(io.StringIO(whole.decode("utf-8"), newline=""), strict=True)
        head, *rows = [tuple(row) for row in reader] or [COLUMNS]
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _damaged(path, str(error)) from error
    if head != COLUMNS or any(len(row) != len(COLUMNS) for row in rows):
        raise _damaged(path, "a line has other columns")
    lines = (dict(zip(COLUMNS, row, strict=True)) for row in rows)
    return {line["url"]: line for line in lines}


def _damaged(path: Path, why: str) -> StorageError:
    return StorageError(f"{path} is damaged ({why}); move it aside and run again: lists are asked anew, nothing is doubled")
