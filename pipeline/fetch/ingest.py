"""The flow of collection: due sources polled, waiting pages fetched, articles looked at again, on many hosts at once.

As a pipe:

    sources that are due | poll (lane) | parse | filter | ledger: new entries wait, are skipped or rejected
    ledger: waiting | whole text or parts (lane) | fold twins | pages part | ledger: fetched
    ledger: due revisits | the same | changed? a new version : noted

Lanes do the asking, each host's slowly; this thread alone decides and writes. Every poll is one transaction and every part
is renamed into place before its keys are marked, so a crash anywhere leaves entries waiting or fetched, never lost or doubled.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pyarrow as pa

from pipeline.fetch.admission import admit
from pipeline.fetch.catalogue import NOTHING_BLOCKED, Blocked
from pipeline.fetch.client import Failure
from pipeline.fetch.documents import Documents, Web, fetch_documents
from pipeline.fetch.lanes import Lanes
from pipeline.fetch.ledger import MAX_ATTEMPTS, Ledger
from pipeline.fetch.pace import UNREACHED, Pace
from pipeline.fetch.poll import Answer, ask
from pipeline.fetch.prefilter import Prefilter
from pipeline.fetch.revisits import Changed, Revisit, failed, next_due
from pipeline.fetch.schedule import Polled, after, due, first, outage, rules_for, unconditional
from pipeline.records import Announced, Entry, Page, Reason, Rejection, Retry, Source, Tally
from pipeline.settings import Settings
from pipeline.store.parts import new_part_names, part_names, part_path, read_part, read_shaped, write_part
from pipeline.store.rows import page_row
from pipeline.store.schema import PAGES
from pipeline.store.tombstones import NOTHING, Tombstones
from pipeline.urls import article_key, canonical_link, host_of

log = logging.getLogger("pantau.fetch")

Progress = Callable[[str, int, int], None]  # (what, done, of how many)
Tag = Source | Entry | Revisit


@dataclass(frozen=True, slots=True)
class Collectors:
    """What the flow works with; wired in jobs.py."""

    settings: Settings
    data: Path
    now: datetime
    ledger: Ledger
    web: Web
    pace: Pace
    stop: Callable[[], bool] = lambda: False
    draw: Callable[[], float] = lambda: 0.5  # the jitter's random number, in [0, 1)
    digest: Callable[[Page], str | None] = lambda page: None  # noqa: ARG005 - of the article's text; None: no article can be read
    prefilter: Prefilter | None = None
    blocked: Blocked = NOTHING_BLOCKED
    forgotten: Tombstones = NOTHING
    progress: Progress = lambda what, done, total: None  # noqa: ARG005 - the quiet default


def ingest(sources: tuple[Source, ...], with_: Collectors, *, only_due: bool = True) -> Tally:
    """Collect once; returns what was counted (docs/fetching.md). ``only_due``: leave sources alone whose time has not come.

    Ends when nothing is left to ask, or soon after ``stop`` turns true: what is in hand is finished and written.
    """
    run = _Run({source.id: source for source in sources}, with_)
    run.adopt_orphans()
    run.start(sources, only_due=only_due)
    for tag, result in run.lanes.results():
        run.take(tag, result)
    run.finish()
    return run.tally


@dataclass
class _Run:
    """One run's state: only the driver thread touches it."""

    sources: dict[str, Source]
    with_: Collectors
    tally: Tally = field(default_factory=Tally)
    pages: list[Page] = field(default_factory=list)
    looked: list[tuple[Revisit, str]] = field(default_factory=list)  # revisits whose new version stands in ``pages``
    asked: set[str] = field(default_factory=set)  # keys of the entries handed to lanes
    outcomes: list[Polled] = field(default_factory=list)  # of the polls that a server answered
    silent: list[Answer] = field(default_factory=list)  # polls that no server answered

    def __post_init__(self) -> None:
        with_ = self.with_
        self.lanes: Lanes[Tag] = Lanes(with_.pace, with_.settings.fetch.threads, with_.stop)
        self.standings = with_.ledger.standings()
        self.names = new_part_names(with_.data, with_.now)
        self.handed = self.done = 0

    # --- what is to be asked

    def start(self, sources: tuple[Source, ...], *, only_due: bool) -> None:
        """Hand the lanes every due source, then what waits from before, then the revisits."""
        with_ = self.with_
        polled = [source for source in sources if source.polled]
        standings = {source.id: self.standings.setdefault(source.id, first(source)) for source in polled}
        # The longest overdue first, so that what one run's time did not reach is what the next one begins with.
        for source in sorted(polled, key=lambda source: standings[source.id].next_poll or _NEVER):
            standing = standings[source.id]
            if only_due and not due(standing, with_.now):
                self.tally.add("sources_not_due")
                continue
            conditional = not unconditional(standing, with_.settings.polling)
            work = partial(ask, source, standing, with_.web, with_.now, conditional=conditional)
            self._hand(host_of(source.url), source, work)
        self._fetch(with_.ledger.waiting(with_.settings.fetch.max_pages_per_run))
        for revisit in with_.ledger.due_revisits(with_.settings.fetch.max_pages_per_run):
            self._hand(host_of(revisit.url), revisit, partial(fetch_documents, revisit.url, with_.web, with_.now.date()))

    def _hand(self, host: str, tag: Tag, work: Callable[[], object]) -> None:
        self.lanes.add(self.with_.pace.lane_of(host), tag, work)
        self.handed += 1

    def _fetch(self, entries: Iterable[Entry]) -> None:
        """Hand the lanes these waiting entries' pages, as many as a run may fetch."""
        for entry in entries:
            if len(self.asked) >= self.with_.settings.fetch.max_pages_per_run:
                return
            if entry.key in self.asked:
                continue
            self.asked.add(entry.key)
            source = self.sources.get(entry.source_id)
            if source is None:
                detail = "its source is no longer in sources.csv"
                self._settle(Rejection(entry.key, "fetch", Reason.BAD_URL, detail, entry.url, entry.source_id, Retry.SOFT))
            elif source.licence == "headline-only":
                self._keep(_page(entry, source, Documents(entry.url, entry.url, "", ()), self.with_.now))
            else:
                self._hand(host_of(entry.url), entry, partial(fetch_documents, entry.url, self.with_.web, self.with_.now.date()))

    # --- what came of it

    def take(self, tag: Tag, result: object) -> None:
        """One lane's result. A fault of our own code on one item ends no run: it is logged and the item stays as it was."""
        self.done += 1
        self.with_.progress("asked", self.done, self.handed)
        if isinstance(result, Exception):
            self.tally.add("faults")
            log.error("fault while fetching", extra={"error": f"{type(result).__name__}: {result}"[:300], "item": _name(tag)})
        elif isinstance(tag, Source) and isinstance(result, Answer):
            self._polled(result)
        elif isinstance(tag, Entry) and isinstance(result, Documents | Failure):
            self._fetched(tag, result)
        elif isinstance(tag, Revisit) and isinstance(result, Documents | Failure):
            self._revisited(tag, result)
        if _closes(result):  # at once, for a killed run must not forget who wants to be left alone
            self.with_.ledger.save_hosts(self.with_.pace.memory())

    def _polled(self, answer: Answer) -> None:
        if not answer.reached:
            self.silent.append(answer)  # their servers, or our own network? The other sources will tell.
            return
        self.outcomes.append(answer.polled)
        with_, source = self.with_, answer.source
        forgotten = with_.forgotten
        entries = tuple(entry for entry in answer.entries if not forgotten.address(entry.key))
        self.tally.add("entries_forgotten", len(answer.entries) - len(entries))
        self.tally.add("items_without_address", answer.skipped)
        known = with_.ledger.known(source.id, [entry.key for entry in entries])
        polled = replace(answer.polled, entries=len(entries), new=len(entries) - len(known))
        self._record(source, polled, [self._announced(entry, source) for entry in entries])
        self._fetch(with_.ledger.waiting_among([entry.key for entry in entries]))

    def _record(self, source: Source, polled: Polled, announced: list[Announced] | None = None, *, moved: bool = True) -> None:
        with_ = self.with_
        before = self.standings[source.id]
        rules = rules_for(source, with_.settings.polling)
        standing = after(before, polled, with_.now, rules, with_.draw()) if moved else before
        self.standings[source.id] = standing
        new, known = with_.ledger.record_poll(standing, polled, announced or ())
        for name, count in (("entries_seen", new + known), ("entries_new", new), ("entries_known", known)):
            self.tally.add(name, count)
        self.tally.add("gaps_suspected", int(standing.gap_suspected and not before.gap_suspected))
        if polled.good:
            self.tally.add("sources_unchanged" if polled.outcome == "unchanged" else "sources_ok")
            return
        if polled.outcome == Reason.HOST_CLOSED.value:
            self.tally.add("sources_host_closed")  # told when it was closed; asked again when its time is over
            return
        self.tally.add("sources_failed_on_probation" if source.status == "probation" else "sources_failed")
        told = {"source": source.id, "url": source.url, "outcome": polled.outcome, "detail": polled.detail}
        # A site that is down for an hour is no news for whoever reads cron's mail; a source that changes its state is.
        news = standing.state != before.state and source.status != "probation"
        log.log(logging.WARNING if news else logging.INFO, "source failed", extra=told | {"state": standing.state})

    def _announced(self, entry: Entry, source: Source) -> Announced:
        with_ = self.with_
        announced = admit(entry, source, with_.prefilter, with_.blocked, with_.web.outlets.identity(entry.url))
        if announced.reason and not with_.ledger.state(entry.key):  # at its first sight, not at each poll
            self.tally.add(f"announced:{announced.reason}")
        return announced

    def _fetched(self, entry: Entry, result: Documents | Failure) -> None:
        ledger = self.with_.ledger

        def reject(reason: Reason, detail: str, retry: Retry = Retry.FINAL) -> None:
            self._settle(Rejection(entry.key, "fetch", reason, detail, entry.url, entry.source_id, retry))

        if ledger.state(entry.key) != "waiting":
            return None  # folded meanwhile, as the part of an article fetched before it
        if isinstance(result, Failure):
            return reject(result.reason, result.detail, result.retry)
        canonical = canonical_link(result.bodies[0], result.final_url)
        for address in (result.final_url, canonical):
            if self.with_.blocked.address(address):
                return reject(Reason.BLOCKED, f"leads to {address[:200]}")
        key = article_key(canonical) if canonical else entry.key
        if self.with_.forgotten.address(key):
            return reject(Reason.FORGOTTEN, "")
        # The canonical address may be a later slug of this very article, folded into it already.
        kept = ledger.stands_for(key) if key != entry.key else ""
        if kept not in ("", entry.key):
            return reject(Reason.SAME_ARTICLE, kept)
        if key == entry.key and (twin := ledger.twin_of(key)):
            return reject(Reason.SAME_ARTICLE, twin)
        missing = result.missing
        passing = missing is not None and missing.retry is not Retry.FINAL and missing.reason is not Reason.GONE
        if missing is not None and passing and ledger.tries(entry.key) < MAX_ATTEMPTS - 1:
            # A story that is cut may lack the fact that matters; the whole of it is tried again. A part that is not there is a
            # faulty link's, more likely than a late one's.
            detail = f"part {len(result.bodies) + 1} of the article: {missing.detail}"
            return reject(missing.reason, detail, missing.retry)
        # The page's own name for itself is what readers are sent to, not the AMP twin that a feed happened to list first.
        shown = canonical if canonical and key == entry.key else result.url
        if key != entry.key:
            ledger.name_canonical(entry.key, key)
        return self._keep(_page(replace(entry, url=shown), self.sources[entry.source_id], result, self.with_.now))

    def _revisited(self, revisit: Revisit, result: Documents | Failure) -> None:
        with_, source = self.with_, self.sources.get(revisit.source_id)
        if source is None or source.licence in ("headline-only", "blocked"):
            with_.ledger.revisited(revisit.key, "left", revisit.digest, None)
        elif isinstance(result, Failure):
            outcome, again, counts = failed(revisit, result.reason, result.retry, with_.now)
            with_.ledger.revisited(revisit.key, outcome, revisit.digest, again, counts=counts)
            self.tally.add(f"revisited:{outcome}")
        else:
            self._compared(revisit, source, result)

    def _compared(self, revisit: Revisit, source: Source, result: Documents) -> None:
        with_ = self.with_
        entry = Entry(source.id, revisit.key, revisit.url, *with_.ledger.words(revisit.key))
        fresh = _page(entry, source, result, with_.now)
        page = replace(fresh, version=revisit.done + 1, first_fetched=revisit.fetched)
        digest = with_.digest(page)
        if digest is None or digest == revisit.digest:
            outcome = "unreadable" if digest is None else "same"
            with_.ledger.revisited(revisit.key, outcome, revisit.digest, next_due(revisit.done + 1, with_.now))
            self.tally.add(f"revisited:{outcome}")
            return
        self.looked.append((revisit, digest))
        self._keep(page)

    def _settle(self, rejection: Rejection) -> None:
        if rejection.reason is Reason.SAME_ARTICLE:
            self.with_.ledger.fold(rejection.key, rejection.detail)
            self.tally.add("folded")
            return
        state = "rejected" if self.with_.ledger.settle(rejection) == "rejected" else "postponed"
        self.tally.add(state)
        self.tally.add(f"{state}:{rejection.reason.value}")
        told = {"url": rejection.url, "reason": rejection.reason.value, "detail": rejection.detail, "state": state}
        log.info("page not fetched", extra=told)

    # --- what is written

    def _keep(self, page: Page) -> None:
        self.pages.append(page)
        if len(self.pages) >= self.with_.settings.store.part_rows:
            self._commit()

    def _commit(self) -> None:
        if not self.pages:
            return
        name, with_ = next(self.names), self.with_
        write_part(part_path(with_.data, "pages", name), [page_row(page) for page in self.pages], PAGES)
        looks = [Changed(revisit.key, digest, next_due(revisit.done + 1, with_.now)) for revisit, digest in self.looked]
        with_.ledger.mark_fetched(name, [page.key for page in self.pages], looks)
        self.tally.add("fetched", sum(page.version == 0 for page in self.pages))
        self.tally.add("revisited:changed", len(self.looked))
        self.tally.add("article_parts_joined", sum(max(0, len(page.bodies) - 1) for page in self.pages))
        self.tally.add("articles_cut_short", sum(page.parts_missing > 0 for page in self.pages))
        self.pages.clear()
        self.looked.clear()

    def finish(self) -> None:
        """Write what is in hand, settle the silent sources, and remember the hosts."""
        self._commit()
        with_ = self.with_
        ours = outage([*self.outcomes, *(answer.polled for answer in self.silent)], with_.settings.polling)
        for answer in self.silent:
            self._record(answer.source, answer.polled, moved=not ours)
        if ours:
            self.tally.add("outage")
            log.error("no source could be reached: this machine's own network seems to be down; no source is slowed for it")
        left = self.lanes.left()
        self.tally.add("sources_left", sum(isinstance(tag, Source) for tag in left))
        self.tally.add("pages_left", sum(not isinstance(tag, Source) for tag in left))
        for origin, file in with_.web.robots.fresh().items():
            with_.ledger.save_robots(origin, file)
        # After an outage of our own the hosts are not to blame: what was closed for want of a connection is forgotten.
        hosts = with_.pace.memory().items()
        with_.ledger.save_hosts({name: known for name, known in hosts if not (ours and known[2].startswith(UNREACHED))})
        self.tally.add("waiting", with_.ledger.counts().get("waiting", 0))

    def adopt_orphans(self) -> None:
        """Mark the keys of parts that a killed run had renamed into place but not yet marked."""
        with_ = self.with_
        known = with_.ledger.known_parts()
        for name in part_names(with_.data, "pages"):
            if name in known:
                continue
            path = part_path(with_.data, "pages", name)
            rows = [tuple(row.values()) for row in read_part(path, ["key", "source_id", "url", "feed_title"]).to_pylist()]
            again = [row for row in read_shaped(path, _VERSIONS).to_pylist() if row["version"]]
            # Their looks were not noted; with no digest the next one is taken for changed, at worst once.
            looks = [Changed(row["key"], "", next_due(row["version"], with_.now)) for row in again]
            with_.ledger.adopt_part(name, rows, looks)
            self.tally.add("parts_adopted")
            log.warning("part adopted after an interrupted run", extra={"part": name, "rows": len(rows)})
        stand = {*part_names(with_.data, "pages"), *part_names(with_.data, "articles")}
        for name in sorted(known - stand):
            count = with_.ledger.release_part(name)
            self.tally.add("pages_lost", count)
            log.warning("part is gone before it was judged: its pages are fetched again", extra={"part": name, "rows": count})


_CLOSING = (Reason.RATE_LIMITED, Reason.REFUSED, Reason.PAYWALL, Reason.CHALLENGE)
_NEVER = datetime.min.replace(tzinfo=UTC)
_VERSIONS = pa.schema([PAGES.field("key"), PAGES.field("version")])


def _closes(result: object) -> bool:
    """Whether an answer may have closed a host or a lane."""
    failed = result.missing if isinstance(result, Documents) else result.polled if isinstance(result, Answer) else result
    said = failed.reason if isinstance(failed, Failure) else failed.outcome if isinstance(failed, Polled) else ""
    return said in _CLOSING or (isinstance(failed, Failure | Polled) and failed.retry_after is not None)


def _name(tag: Tag) -> str:
    return tag.id if isinstance(tag, Source) else tag.key


def _page(entry: Entry, source: Source, documents: Documents, now: datetime) -> Page:
    return Page(
        key=entry.key,
        url=entry.url,
        final_url=documents.final_url,
        source_id=source.id,
        outlet=source.outlet,
        tier=source.tier,
        publisher_type=source.publisher_type,
        licence=source.licence,
        zone=source.zone,
        feed_title=entry.title,
        feed_summary=entry.summary,
        feed_published=entry.published,
        feed_published_raw=entry.published_raw,
        content_type=documents.content_type,
        bodies=documents.bodies,
        parts_missing=int(documents.missing is not None),
        fetched_at=now,
    )
