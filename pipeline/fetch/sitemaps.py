"""News-sitemap bytes to entries: address, title and publication date before any page is fetched. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pipeline.dates import parse_any
from pipeline.fetch.feeds import MAX_ENTRIES, Item, Listing, collect
from pipeline.fetch.markup import SITEMAP, admit
from pipeline.records import Source
from pipeline.urls import is_fetchable, resolve, same_site

if TYPE_CHECKING:
    from lxml import etree

MAX_CHILDREN = 1000  # sitemaps that are kept of one index, newest first; daily ones fill that in three years
# Sitemaps of an index that one poll reads: today's, yesterday's (a poll shortly after midnight) and one that stands beside them.
# An index with dated names never ends, and what is older has been read when it was new.
CHILDREN_A_POLL = 3

# Names of sitemaps that list no articles: they are read last.
_OTHERS = re.compile(
    r"categor|taxonom|kategori|(?<![a-z])tags?(?![a-z])|author|users?(?![a-z])|penulis|(?<![a-z])pages?(?=[-_.]|\d*\.xml)|"
    r"image|video|foto|galeri|product|attachment",
    re.IGNORECASE,
)
_DATED_NAME = re.compile(
    r"(?<!\d)(20\d{2})(?:[-_/]?|&(?:amp;)?m{1,2}=)(0[1-9]|1[0-2])(?:(?:[-_/]?|&(?:amp;)?d{1,2}=)([0-3]\d))?(?!\d)"
)


def parse_sitemap(body: bytes, source: Source, base: str, content_type: str = "") -> Listing:
    """A sitemap with or without the news namespace, or an index of sitemaps (then the listing has ``children``, no entries).

    Order kept; ``lastmod`` stands in for a missing publication date. Of more than ``MAX_ENTRIES`` pages the newest are taken.
    """
    from lxml import etree

    markup = admit(body, content_type, SITEMAP)
    if markup.problem:
        return Listing((), markup.problem, charset=markup.charset)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=False, encoding="utf-8")
    try:
        root = etree.fromstring(markup.xml, parser)
        name = "" if root is None else _name(root)
        if name == "sitemapindex":
            return _index(root, source, base, markup.charset)
        if name != "urlset":
            return Listing((), "answer is not a sitemap", charset=markup.charset)
        items = list(_items(root))
    except (etree.XMLSyntaxError, ValueError) as error:  # ValueError: lxml meets text that is no text only when it is read
        return Listing((), f"not XML: {error}"[:200], charset=markup.charset)
    if len(items) > MAX_ENTRIES:
        items.sort(key=lambda item: item.date, reverse=True)  # by letters: a sitemap writes ISO dates; the undated stay last
    return collect(source, items, base, what="sitemap", charset=markup.charset)


def due_children(listing: Listing, now: datetime, limit: int = CHILDREN_A_POLL) -> tuple[str, ...]:
    """Addresses of the ``limit`` sitemaps of an index that a poll at ``now`` should read; future dates are passed over."""
    latest = now + timedelta(days=1)
    return tuple(url for url, changed in listing.children if changed is None or changed <= latest)[:limit]


def _name(node: etree._Element) -> str:
    """A tag without its namespace or its undeclared prefix, "" for a comment."""
    return re.sub(r"^(?:\{.*\}|.*:)", "", node.tag) if isinstance(node.tag, str) else ""


def _own(node: etree._Element) -> dict[str, str]:
    """The texts of a node's own children: pictures and videos inside it have a loc, a title and a date of their own."""
    return {_name(child): (child.text or "").strip() for child in node}


def _items(root: etree._Element) -> Iterator[Item]:
    for url in root:
        if _name(url) == "url":
            own = _own(url)
            news = {name: text for child in url if _name(child) == "news" for name, text in _own(child).items()}
            title, date = (news.get(name) or own.get(name, "") for name in ("title", "publication_date"))
            yield Item(own.get("loc", ""), title, "", date or own.get("lastmod", ""))


def _index(root: etree._Element, source: Source, base: str, charset: str) -> Listing:
    """Sitemaps of the same site only: an index is no reason to ask a stranger. Those that list articles first, newest first."""
    zone = ZoneInfo(source.zone)
    found: dict[str, datetime | None] = {}
    rows = [_own(node) for node in root if _name(node) == "sitemap"]
    for row in rows:
        url = resolve(base, row.get("loc", "")) if row.get("loc") else ""
        if is_fetchable(url) and same_site(url, base) and url != base:
            found.setdefault(url, _changed(row.get("lastmod", ""), url, zone))
    ordered = sorted(found.items(), key=_newness, reverse=True)
    problem = "" if found else "sitemap index holds no sitemap of its own site" if rows else "sitemap index is empty"
    return Listing((), problem, len(rows) - len(ordered[:MAX_CHILDREN]), charset, children=tuple(ordered[:MAX_CHILDREN]))


def _changed(lastmod: str, url: str, zone: ZoneInfo) -> datetime | None:
    """When a sitemap last changed: as the index says, else the first instant of the day or month in its name."""
    if (said := parse_any(lastmod[:100], zone)) is not None:
        return said.value
    if (named := _DATED_NAME.search(url)) is None:
        return None
    try:
        return datetime(int(named[1]), int(named[2]), int(named[3] or 1), tzinfo=zone)
    except ValueError:
        return None


def _newness(child: tuple[str, datetime | None]) -> tuple[bool, datetime, int]:
    """Sorts articles before tags and pictures, dated before undated, then by date, then by the number in the name."""
    url, changed = child
    name = url.rpartition("/")[2]
    numbers = re.findall(r"\d{1,9}", name)
    return not _OTHERS.search(name), changed or datetime.min.replace(tzinfo=UTC), int(numbers[-1]) if numbers else 0
