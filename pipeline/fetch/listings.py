"""A listing page (an outlet's index in HTML) to entries: links whose address fits the source's pattern. Pure."""

from __future__ import annotations

import re

from pipeline.fetch.feeds import Listing, build
from pipeline.records import Source
from pipeline.urls import resolve


def parse_listing(body: bytes, source: Source, base: str) -> Listing:
    """Links of the page that match ``source.link_pattern``, with the longest link text as title. No dates: the page tells."""
    from lxml import etree, html

    pattern = re.compile(source.link_pattern)
    if not body.strip():
        return Listing((), "listing page is empty")
    try:
        root = html.document_fromstring(body, parser=html.HTMLParser(encoding="utf-8" if _is_utf8(body) else None))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        return Listing((), f"not HTML: {error}"[:200])
    named = root.find(".//base[@href]")
    if named is not None:
        base = resolve(base, named.get("href") or "") or base
    titles: dict[str, str] = {}
    for link in root.iter("a"):
        url = resolve(base, link.get("href") or "")
        if pattern.search(url):
            text = " ".join("".join(str(part) for part in link.itertext()).split())
            titles[url] = max(titles.get(url, ""), text, key=len)
    entries, skipped = build(source, [(url, title, "", "") for url, title in titles.items()], base)
    return Listing(entries, "" if entries else "no link of the page fits the source's link_pattern", skipped)


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
