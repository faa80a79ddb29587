"""One source asked for its entries: conditional GET, sitemaps of an index, parse, health. Runs on a lane's thread."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.fetch.client import Failure, Payload
from pipeline.fetch.documents import Web
from pipeline.fetch.feeds import Listing
from pipeline.fetch.health import soft_error
from pipeline.fetch.parsing import parse
from pipeline.fetch.schedule import NO_ANSWER, Polled, Standing
from pipeline.fetch.sitemaps import due_children
from pipeline.records import Entry, Source, SourceKind

_ACCEPT = {
    "listing": "text/html, application/xhtml+xml;q=0.9",
    "json": "application/feed+json, application/json;q=0.9",
    "wordpress": "application/json",
}
_ACCEPT_FEED = "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of asking a source. ``reached``: its server answered something, were it an error."""

    source: Source
    polled: Polled
    entries: tuple[Entry, ...] = ()
    skipped: int = 0  # items without an address that may be fetched
    reached: bool = True
    final_url: str = ""


def ask(source: Source, standing: Standing, web: Web, now: datetime, *, conditional: bool = True) -> Answer:
    """Poll ``source`` once. Every fault of the web is a ``Polled`` with its name; nothing is raised for it.

    ``conditional``: ask with the validators of the last good answer, and take an equal body for unchanged unread. Otherwise an
    equal body is read and looked at again, since a server that stands still sends the same bytes for ever.
    """
    asked = conditional and source.conditional
    etag, last_modified = (standing.etag, standing.last_modified) if asked else ("", "")
    accept = _ACCEPT.get(source.kind.value, _ACCEPT_FEED)
    answer = web.client.get(source.url, etag=etag, last_modified=last_modified, accept=accept, may=web.robots.refusal)
    if isinstance(answer, Failure):
        polled = Polled(answer.reason.value, answer.detail, retry_after=answer.retry_after)
        return Answer(source, polled, reached=answer.reason not in NO_ANSWER)
    digest = hashlib.sha256(answer.body).hexdigest()
    if answer.status == 304:
        etag, last_modified = answer.etag or standing.etag, answer.last_modified or standing.last_modified
        kept = Polled("unchanged", etag=etag, last_modified=last_modified, body_sha256=standing.body_sha256)
        return Answer(source, kept, final_url=answer.final_url)
    read = Polled("unchanged", etag=answer.etag, last_modified=answer.last_modified, body_sha256=digest)
    unchanged = Answer(source, read, final_url=answer.final_url)
    same = digest == standing.body_sha256
    if same and conditional and source.kind is not SourceKind.SITEMAP:
        return unchanged
    listing = _parsed(answer, source, web)
    index = bool(listing.children)  # may stay as it is while its sitemaps change
    listing, failed = _with_children(listing, source, web, now)
    problem = listing.problem or soft_error(listing, answer.body, answer.content_type, standing, now)
    if failed and not listing.entries:
        problem = failed
    newest = max((entry.published for entry in listing.entries if entry.published), default=None)
    if problem:  # not remembered as seen, so that the same dead answer fails again
        polled = Polled("unhealthy", problem, entries=len(listing.entries), newest=newest)
    elif same and not index:
        return unchanged
    else:
        told = _moved(source, answer) or listing.note
        polled = replace(read, outcome="ok", detail=told, charset=listing.charset, entries=len(listing.entries), newest=newest)
    return Answer(source, polled, listing.entries, listing.skipped, final_url=answer.final_url)


def _parsed(answer: Payload, source: Source, web: Web) -> Listing:
    outlet = web.outlets.of(answer.final_url)
    selectors = outlet.listing.links if outlet else ()
    return parse(answer.body, answer.content_type, source, answer.final_url, selectors)


def _with_children(listing: Listing, source: Source, web: Web, now: datetime) -> tuple[Listing, str]:
    """An index's newest sitemaps read into it, and what went wrong last; an index below an index is not read."""
    entries, skipped, failed = list(listing.entries), listing.skipped, ""
    for url in due_children(listing, now):
        answer = web.client.get(url, accept=_ACCEPT_FEED, may=web.robots.refusal)
        if isinstance(answer, Failure):
            failed = f"{url}: {answer.detail}"
            continue
        child = _parsed(answer, source, web)
        entries += child.entries
        skipped += child.skipped
        failed = f"{url}: {child.problem}" if child.problem else failed
    if not listing.children:
        return listing, ""
    once = {entry.key: entry for entry in reversed(entries)}
    return replace(listing, entries=tuple(reversed(once.values())), skipped=skipped), failed


def _moved(source: Source, answer: Payload) -> str:
    return "" if answer.final_url in ("", source.url) else f"answers from {answer.final_url}"
