"""News-sitemap bytes to entries: address, title and publication date before any page is fetched. Pure."""

from __future__ import annotations

import gzip
import re
import zlib

from pipeline.fetch.feeds import Listing, build, looks_like_html
from pipeline.records import Source

_MAX_XML = 50_000_000  # bytes after unpacking: the format's own limit


def _unpacked(body: bytes) -> bytes | None:
    if body[:2] != b"\x1f\x8b":
        return body
    try:
        out = zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(body, _MAX_XML + 1)
    except (zlib.error, gzip.BadGzipFile):
        return None
    return out if len(out) <= _MAX_XML else None


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
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        return Listing((), f"not XML: {error}"[:200])
    if root is None or etree.QName(root).localname != "urlset":
        return Listing((), "answer is not a sitemap of pages")

    def first(node: etree._Element, name: str) -> str:
        found = node.xpath(f".//*[local-name()='{name}']")
        return (
            str(found[0].text or "").strip() if isinstance(found, list) and found and isinstance(found[0], etree._Element) else ""
        )

    items = [
        (first(url, "loc"), first(url, "title"), "", first(url, "publication_date") or first(url, "lastmod"))
        for url in root
        if isinstance(url.tag, str) and etree.QName(url).localname == "url"
    ]
    entries, skipped = build(source, items, base)
    return Listing(entries, "" if entries else "sitemap is empty", skipped)
