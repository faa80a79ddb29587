"""Where an outlet keeps what is older than its feed, and which of it belongs to a span of days. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from pipeline.extract.outlets import Outlet
from pipeline.fetch.discover import guesses, sitemaps_of
from pipeline.fetch.feeds import Listing
from pipeline.records import Entry, Source, SourceKind
from pipeline.urls import domain_of

MAX_DEPTH = 2  # an index of indexes is read, no deeper
MAX_PAGES = 500  # of one archive or search; WordPress shows 100 posts a page, so that these are 50,000
# Four words joined by hyphens: what addresses of articles look like where nothing better is known.
_ARTICLE = r"(?:[^\W_]+-){3,}[^\W_]+"
_PERIOD = re.compile(
    r"(?<!\d)(20\d{2})(?:[-_/]?|&(?:amp;)?m{1,2}=)(0[1-9]|1[0-2])(?:(?:[-_/]?|&(?:amp;)?d{1,2}=)([0-3]\d))?(?!\d)"
)
_DAY = re.compile(r"/(20\d{2})([/-]?)(0[1-9]|1[0-2])\2([0-3]\d)(?=[/-])")
_FEEDS = (SourceKind.RSS, SourceKind.ATOM, SourceKind.JSON, SourceKind.LISTING)


@dataclass(frozen=True, slots=True)
class Span:
    """Whole days, both ends included, in one zone."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def start(self) -> datetime:
        """The first instant."""
        return datetime.combine(self.first, time(), self.zone)

    @property
    def end(self) -> datetime:
        """The first instant after it."""
        return datetime.combine(self.last + timedelta(days=1), time(), self.zone)

    def days(self) -> Iterator[date]:
        """Every day, latest first."""
        for back in range((self.last - self.first).days + 1):
            yield self.last - timedelta(days=back)


@dataclass(frozen=True, slots=True)
class Lead:
    """One list to ask. ``own``: it is the source's own address, so that it lists what the source does and nothing else."""

    url: str
    kind: SourceKind
    way: Literal["feed", "sitemap", "archive", "wordpress"]
    own: bool = False
    guessed: bool = False  # nobody says that it exists
    page: int = 0  # from 1 where further pages may follow, 0 where none do
    day: date | None = None  # that it lists
    depth: int = 0  # of a sitemap below its index
    pattern: str = ""  # that tells articles among an archive's links
    mould: str = ""  # from which the addresses of further pages are made


def leads_of(source: Source, sources: Iterable[Source], span: Span, outlet: Outlet | None, robots_text: str) -> list[Lead]:
    """The lists that may hold what ``source`` showed in ``span``: its own address first, then those of its host.

    WordPress's interface and sitemaps: those that a row of the same host names, and robots.txt; where no sitemap is named, the
    usual places. An archive: the one of the outlet's overlay.
    """
    host = domain_of(source.url)
    rows = [source, *(row for row in sources if row.id != source.id and domain_of(row.url) == host)]
    found: list[Lead] = []
    if source.kind in _FEEDS:
        found.append(Lead(source.url, source.kind, "feed", own=True))
    for row in rows:
        if row.kind is SourceKind.WORDPRESS:
            mould = Lead("", row.kind, "wordpress", own=row is source, mould=row.url)
            found.append(page_of(mould, 1, span))
    if outlet is not None and outlet.archive.url:
        found += _archive(outlet, source, span)
    origin = "{0.scheme}://{0.netloc}/".format(urlsplit(source.url))
    named = [(row.url, row is source) for row in rows if row.kind is SourceKind.SITEMAP]
    named += [(one.url, False) for one in sitemaps_of(robots_text, origin)]
    guessed = [] if named else [one.url for one in guesses(origin) if one.kind is SourceKind.SITEMAP]
    found += [Lead(url, SourceKind.SITEMAP, "sitemap", own=own) for url, own in named]
    found += [Lead(url, SourceKind.SITEMAP, "sitemap", guessed=True) for url in guessed]
    once: dict[str, Lead] = {}
    for lead in found:
        once.setdefault(lead.url, lead)
    return list(once.values())


def _archive(outlet: Outlet, source: Source, span: Span) -> Iterator[Lead]:
    mould = outlet.archive.url
    pattern = outlet.archive.pattern or source.link_pattern or _ARTICLE
    page = 1 if "{n}" in mould else 0
    for day in span.days() if "{dd}" in mould else (None,):
        yield page_of(Lead("", SourceKind.LISTING, "archive", day=day, pattern=pattern, mould=mould), page, span)


def page_of(lead: Lead, number: int, span: Span) -> Lead:
    """The same list's page ``number``."""
    if lead.way == "wordpress":
        return replace(lead, url=_wordpress(lead.mould, number, span), page=number)
    url = lead.mould.replace("{n}", str(number))
    if lead.day is not None:
        for token, value in (("{dd}", f"{lead.day:%d}"), ("{mm}", f"{lead.day:%m}"), ("{yyyy}", f"{lead.day:%Y}")):
            url = url.replace(token, value)
    return replace(lead, url=url, page=number)


def _wordpress(url: str, number: int, span: Span) -> str:
    """A search of WordPress's interface, page ``number`` of the span. A day is added at both ends: sites differ in whose
    midnight they mean, and every post is looked at once more by its own date."""
    parts = urlsplit(url)
    ours = {
        "after": f"{span.first - timedelta(days=1)}T00:00:00",
        "before": f"{span.last + timedelta(days=2)}T00:00:00",
        "orderby": "date",
        "order": "desc",
        "per_page": "100",
        "page": str(number),
    }
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in ours]
    return urlunsplit(parts._replace(query=urlencode([*kept, *ours.items()], quote_via=quote, safe="/:,")))


def children_of(lead: Lead, listing: Listing, span: Span) -> list[Lead]:
    """An index's sitemaps that may hold something of the span.

    One whose name tells its month or day is taken when that overlaps the span. Otherwise one that was last changed before
    the span began is left out: what was published later would have changed it.
    """
    if lead.depth >= MAX_DEPTH:
        return []
    taken = []
    for url, changed in listing.children:
        named = period_of(url)
        fits = overlaps(named, span) if named else changed is None or changed >= span.start
        if fits:
            taken.append(Lead(url, SourceKind.SITEMAP, "sitemap", own=lead.own, depth=lead.depth + 1))
    return taken


def period_of(url: str) -> tuple[date, date] | None:
    """The first and last day of the month or day that a sitemap's name tells, None when it tells none."""
    named = _PERIOD.search(url)
    if named is None:
        return None
    try:
        first = date(int(named[1]), int(named[2]), int(named[3] or 1))
    except ValueError:
        return None
    if named[3]:
        return first, first
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def overlaps(period: tuple[date, date], span: Span) -> bool:
    """True when they have a day in common; a day's grace at each end, since nobody says in whose zone a list is cut."""
    grace = timedelta(days=1)
    return period[0] - grace <= span.last and period[1] + grace >= span.first


def placed(entry: Entry, lead: Lead, span: Span) -> tuple[Literal["inside", "undated", "outside"], Entry]:
    """Whether an entry belongs to the span, and the entry with no date that is none.

    The day in its address decides; then the day that the list is of; then the date that the list tells. A sitemap often tells
    the last change instead: in one whose name lies within the span, an entry that changed later is undated, not outside.
    """
    if (day := day_in(entry.url)) is not None:
        return ("inside" if span.first <= day <= span.last else "outside"), entry
    if lead.day is not None:
        return "inside", entry
    if entry.published is None:
        return "undated", entry
    if span.start <= entry.published < span.end:
        return "inside", entry
    period = period_of(lead.url) if lead.way == "sitemap" else None
    if period and span.first <= period[0] and period[1] <= span.last and entry.published >= span.end:
        return "undated", replace(entry, published=None, published_raw="")
    return "outside", entry


def day_in(url: str) -> date | None:
    """The day in an article's address, as /2026/11/20/ or /20261120/; None when there is none."""
    if (found := _DAY.search(url)) is None:
        return None
    try:
        return date(int(found[1]), int(found[3]), int(found[4]))
    except ValueError:
        return None


def goes_on(lead: Lead, entries: Sequence[Entry], known: set[str], span: Span) -> bool:
    """True when the next page of a list is worth a question.

    Not when this one was empty, or the same as the one before (``known`` keys), or older than the span altogether.
    """
    if not lead.page or lead.page >= MAX_PAGES or all(entry.key in known for entry in entries):
        return False
    dates = [day_in(entry.url) or (entry.published and entry.published.astimezone(span.zone).date()) for entry in entries]
    told = [day for day in dates if day is not None]
    return lead.day is not None or not told or max(told) >= span.first
