"""News-sitemap bytes to entries: address, title and publication date before any page is fetched. Pure."""

from __future__ import annotations

import gzip
import re
import zlib
from typing import TYPE_CHECKING

from pipeline.fetch.feeds import Listing, build, looks_like_html, without_impossible
from pipeline.records import Source

if TYPE_CHECKING:
    from lxml import etree

_MAX_XML = 50_000_000  # bytes after unpacking: the format's own limit


def _unpacked(body: bytes) -> bytes | None:
    if body[:2] != b"\x1f\x8b":
        return body
    try:
        out = zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(body, _MAX_XML + 1)
    except (zlib.error, gzip.BadGzipFile):
        return None
    return out if len(out) <= _MAX_XML else None


def _name(node: etree._Element) -> str:
    """A tag without its namespace or its undeclared prefix, "" for a comment."""
    return re.sub(r"^(?:\{.*\}|.*:)", "", node.tag) if isinstance(node.tag, str) else ""


def parse_sitemap(body: bytes, source: Source, base: str) -> Listing:
    """A sitemap with or without the news namespace. Order kept; ``lastmod`` stands in for a missing publication date."""
    from lxml import etree

    xml = _unpacked(body)
    if xml is None:
        return Listing((), "compressed sitemap is broken or too large")
    if looks_like_html(xml):
        return Listing((), "answered a web page instead of a sitemap")
    if re.search(rb"<!ENTITY|<!DOCTYPE", xml[:20_000], re.IGNORECASE):
        return Listing((), "declares a document type; refused")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=False)
    try:
        root = etree.fromstring(without_impossible(xml), parser)
        if root is None or _name(root) != "urlset":
            return Listing((), "answer is not a sitemap of pages")
        items = _items(root)
    except (etree.XMLSyntaxError, ValueError) as error:  # ValueError: lxml meets text that is no text only when it is read
        return Listing((), f"not XML: {error}"[:200])
    entries, skipped = build(source, items, base)
    return Listing(entries, "" if entries else "sitemap is empty", skipped)


def _items(root: etree._Element) -> list[tuple[str, str, str, str]]:
    """(address, title, "", date) of each page."""
    items = []
    for url in root:
        if _name(url) == "url":
            # Only the address's own children: pictures and videos inside it have a loc, a title and a date of their own.
            own = {_name(child): (child.text or "").strip() for child in url}
            news = {_name(part): (part.text or "").strip() for child in url if _name(child) == "news" for part in child}
            title, date = (news.get(name) or own.get(name, "") for name in ("title", "publication_date"))
            items.append((own.get("loc", ""), title, "", date or own.get("lastmod", "")))
    return items
