"""The flow of collection: poll every source, then fetch what waits, writing parts and outcomes as it goes.

As a pipe:

    sources | poll (conditional GET, body hash) | parse | ledger: new entries wait
    ledger: waiting | robots | GET (with the further parts of a split article) | fold twins | pages part | ledger: fetched

Every poll is one transaction, so a crash anywhere leaves entries waiting or fetched, never lost or doubled.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pipeline.fetch.client import Client, Failure, Payload
from pipeline.fetch.feeds import Listing, parse_feed
from pipeline.fetch.ledger import MAX_ATTEMPTS, Ledger
from pipeline.fetch.listings import parse_listing
from pipeline.fetch.robots import Robots
from pipeline.fetch.sitemaps import parse_sitemap
from pipeline.records import Entry, Page, Reason, Rejection, Retry, Source, SourceKind, Tally
from pipeline.settings import Settings
from pipeline.store.parts import new_part_names, part_names, part_path, read_part, write_part
from pipeline.store.rows import page_row
from pipeline.store.schema import PAGES
from pipeline.store.tombstones import NOTHING, Tombstones
from pipeline.urls import article_key, canonical_link, is_list_page, part_links

log = logging.getLogger("pantau.fetch")

_ACCEPT_FEED = "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
_ACCEPT_PAGE = "text/html, application/xhtml+xml;q=0.9"

Progress = Callable[[str, int, int], None]  # (what, done, of how many)


@dataclass(frozen=True, slots=True)
class Collectors:
    """What the flow works with; wired in jobs.py."""

    settings: Settings
    data: Path
    now: datetime
    ledger: Ledger
    client: Client
    robots: Robots
    progress: Progress = lambda what, done, total: None  # noqa: ARG005 - the quiet default
    forgotten: Tombstones = NOTHING


def ingest(sources: tuple[Source, ...], with_: Collectors) -> Tally:
    """Poll and fetch once. The tally's entries_seen = entries_new + entries_known; pages: fetched, rejected, folded, waiting."""
    tally = Tally()
    adopt_orphans(with_, tally)
    polled = [source for source in sources if source.active and source.licence != "blocked"]
    for number, source in enumerate(polled, 1):
        poll(source, with_, tally)
        with_.progress("sources", number, len(polled))
    fetch_waiting({source.id: source for source in sources}, with_, tally)
    tally.add("waiting", with_.ledger.counts().get("waiting", 0))
    return tally


def adopt_orphans(with_: Collectors, tally: Tally) -> None:
    """Mark the keys of parts that a killed run had renamed into place but not yet marked."""
    known = with_.ledger.known_parts()
    for name in part_names(with_.data, "pages"):
        if name not in known:
            table = read_part(part_path(with_.data, "pages", name), ["key", "source_id", "url", "feed_title"])
            with_.ledger.adopt_part(name, [tuple(row.values()) for row in table.to_pylist()])
            tally.add("parts_adopted")
            log.warning("part adopted after an interrupted run", extra={"part": name, "rows": table.num_rows})


def poll(source: Source, with_: Collectors, tally: Tally) -> None:
    """Ask one source for its entries and let the new ones wait. A failure is recorded, never raised."""
    etag, last_modified, digest = with_.ledger.validators(source.id)
    refusal = with_.robots.refusal(source.url)
    answer = refusal or with_.client.get(source.url, etag=etag, last_modified=last_modified, accept=_ACCEPT_FEED)
    if isinstance(answer, Failure):
        _poll_failed(source, with_, tally, answer.reason.value, answer.detail)
        return
    new_digest = hashlib.sha256(answer.body).hexdigest()
    if answer.status == 304 or new_digest == digest:
        with_.ledger.record_poll(source.id, "unchanged", "")
        tally.add("sources_unchanged")
        return
    listing = _parse(answer, source)
    wanted = tuple(entry for entry in listing.entries if not with_.forgotten.address(entry.key))
    tally.add("entries_forgotten", len(listing.entries) - len(wanted))
    listing = replace(listing, entries=wanted)
    tally.add("items_without_address", listing.skipped)
    if listing.problem:
        _poll_failed(source, with_, tally, "unhealthy", listing.problem, listing.entries)
        return
    new, known = with_.ledger.record_poll(source.id, "ok", "", listing.entries, (answer.etag, answer.last_modified, new_digest))
    tally.add("sources_ok")
    _count_entries(tally, new, known)


def _poll_failed(
    source: Source, with_: Collectors, tally: Tally, outcome: str, detail: str, entries: tuple[Entry, ...] = ()
) -> None:
    _count_entries(tally, *with_.ledger.record_poll(source.id, outcome, detail, entries))
    tally.add("sources_failed")
    log.warning("source failed", extra={"source": source.id, "url": source.url, "outcome": outcome, "detail": detail})


def _count_entries(tally: Tally, new: int, known: int) -> None:
    tally.add("entries_seen", new + known)
    tally.add("entries_new", new)
    tally.add("entries_known", known)


def _parse(answer: Payload, source: Source) -> Listing:
    match source.kind:
        case SourceKind.SITEMAP:
            return parse_sitemap(answer.body, source, answer.final_url)
        case SourceKind.LISTING:
            return parse_listing(answer.body, source, answer.final_url)
        case _:
            return parse_feed(answer.body, source, answer.final_url, answer.content_type)


def fetch_waiting(sources: dict[str, Source], with_: Collectors, tally: Tally) -> None:
    """Fetch the entries that wait, oldest first, into parts of at most ``store.part_rows`` rows."""
    names = new_part_names(with_.data, with_.now)
    waiting = with_.ledger.waiting(with_.settings.fetch.max_pages_per_run)
    pages: list[Page] = []
    for number, entry in enumerate(waiting, 1):
        if with_.ledger.state(entry.key) != "waiting":
            continue  # folded meanwhile, as the part of an article fetched before it
        outcome = fetch_page(entry, sources.get(entry.source_id), with_, {page.key for page in pages})
        if isinstance(outcome, Page):
            pages.append(outcome)
        else:
            _settle(outcome, with_, tally)
        if len(pages) >= with_.settings.store.part_rows:
            _commit(pages, names, with_, tally)
        with_.progress("pages", number, len(waiting))
    _commit(pages, names, with_, tally)


def fetch_page(entry: Entry, source: Source | None, with_: Collectors, unmarked: set[str]) -> Page | Rejection:
    """One entry's bytes with all its parts, or why not. ``unmarked``: keys fetched in this run but not yet committed."""

    def reject(reason: Reason, detail: str, retry: Retry = Retry.FINAL) -> Rejection:
        return Rejection(entry.key, "fetch", reason, detail, entry.url, entry.source_id, retry)

    if source is None:
        return reject(Reason.BAD_URL, "its source is no longer in sources.csv", Retry.SOFT)
    if source.licence == "headline-only":
        return _page(entry, source, entry.url, "", (), with_.now)
    answer = with_.robots.refusal(entry.url) or with_.client.get(entry.url, accept=_ACCEPT_PAGE)
    if isinstance(answer, Failure):
        return reject(answer.reason, answer.detail, answer.retry)
    kind = answer.content_type.split(";")[0].strip().lower()
    if kind and kind not in ("text/html", "application/xhtml+xml"):
        return reject(Reason.NOT_HTML, f"content type {kind[:60]}")
    canonical = canonical_link(answer.body, answer.final_url)
    key = article_key(canonical) if canonical else entry.key
    if with_.forgotten.address(key):
        return reject(Reason.FORGOTTEN, "")
    if key != entry.key and (key in unmarked or with_.ledger.state(key)):
        return reject(Reason.SAME_ARTICLE, key)
    parts, missing = _further_parts(answer, with_)
    if missing is not None and missing.retry is not Retry.FINAL and with_.ledger.tries(entry.key) < MAX_ATTEMPTS - 1:
        # A story that is cut may lack the fact that matters; the whole of it is tried again.
        return reject(missing.reason, f"part {len(parts) + 2} of the article: {missing.detail}", missing.retry)
    # The page's own name for itself is what readers are sent to, not the AMP twin that a feed happened to list first.
    shown = replace(entry, url=canonical) if canonical and key == entry.key else entry
    bodies = (answer.body, *parts)
    return _page(shown, source, answer.final_url, answer.content_type, bodies, with_.now, parts_missing=int(missing is not None))


def _further_parts(answer: Payload, with_: Collectors) -> tuple[list[bytes], Failure | None]:
    """The bodies of a split article's further parts, and why the next one could not be had (None: all are there)."""
    bodies: list[bytes] = []
    if is_list_page(answer.final_url):
        return bodies, None
    for link in part_links(answer.body, answer.final_url, with_.settings.fetch.max_article_parts):
        part = with_.robots.refusal(link) or with_.client.get(link, accept=_ACCEPT_PAGE)
        if isinstance(part, Failure):
            log.warning("part of an article not fetched", extra={"url": link, "reason": part.reason.value})
            return bodies, part
        bodies.append(part.body)
    return bodies, None


def _page(
    entry: Entry,
    source: Source,
    final_url: str,
    content_type: str,
    bodies: tuple[bytes, ...],
    now: datetime,
    *,
    parts_missing: int = 0,
) -> Page:
    return Page(
        key=entry.key,
        url=entry.url,
        final_url=final_url,
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
        content_type=content_type,
        bodies=bodies,
        parts_missing=parts_missing,
        fetched_at=now,
    )


def _settle(rejection: Rejection, with_: Collectors, tally: Tally) -> None:
    if rejection.reason is Reason.SAME_ARTICLE:
        with_.ledger.fold(rejection.key, rejection.detail)
        tally.add("folded")
        return
    state = with_.ledger.settle(rejection)
    tally.add(state if state == "rejected" else "postponed")
    tally.add(f"{'rejected' if state == 'rejected' else 'postponed'}:{rejection.reason.value}")
    log.info(
        "page not fetched",
        extra={"url": rejection.url, "reason": rejection.reason.value, "detail": rejection.detail, "state": state},
    )


def _commit(pages: list[Page], names: Iterator[str], with_: Collectors, tally: Tally) -> None:
    if not pages:
        return
    name = next(names)
    write_part(part_path(with_.data, "pages", name), [page_row(page) for page in pages], PAGES)
    with_.ledger.mark_fetched(name, [page.key for page in pages])
    tally.add("fetched", len(pages))
    tally.add("article_parts_joined", sum(max(0, len(page.bodies) - 1) for page in pages))
    tally.add("articles_cut_short", sum(page.parts_missing > 0 for page in pages))
    pages.clear()
