"""A listing page (an outlet's index in HTML) to entries: links whose address fits the source's pattern. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pipeline.extract.charset import decode
from pipeline.extract.selectors import Finder, steps_of
from pipeline.fetch.feeds import Item, Listing, build
from pipeline.fetch.markup import MAX_BYTES
from pipeline.records import Source
from pipeline.urls import resolve

if TYPE_CHECKING:
    from lxml import etree

_LONGEST = 2048  # characters of an address; longer ones are never fetched, and patterns need not be tried on them


def parse_listing(body: bytes, source: Source, base: str, selectors: Sequence[str] = (), content_type: str = "") -> Listing:
    """Links of the page that match ``source.link_pattern``, with the longest link text as title. No dates: the page tells.

    With ``selectors`` (of the outlet's overlay) only links that they name, or that stand inside what they name, are taken.
    Raises ``ValueError`` for a selector that ``extract.selectors`` does not read.
    """
    from lxml import etree, html

    pattern = re.compile(source.link_pattern)
    for selector in selectors:
        steps_of(selector)
    if not body.strip():
        return Listing((), "listing page is empty")
    if len(body) > MAX_BYTES:
        return Listing((), f"listing page is larger than {MAX_BYTES} bytes")
    text, charset = decode(body, content_type)
    try:
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=html.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        return Listing((), f"not HTML: {error}"[:200], charset=charset)
    named = root.find(".//base[@href]")
    if named is not None:
        base = resolve(base, named.get("href") or "") or base
    titles: dict[str, str] = {}
    for link in _links(root, selectors):
        url = resolve(base, link.get("href") or "")
        if url and len(url) <= _LONGEST and pattern.search(url):
            title = " ".join("".join(str(part) for part in link.itertext()).split())
            titles[url] = max(titles.get(url, ""), title, key=len)
    entries, skipped = build(source, [Item(url, title) for url, title in titles.items()], base)
    unfit = "no link of the page fits the source's link_pattern"
    problem = "" if entries else f"{unfit} inside the outlet's list selectors" if selectors else unfit
    return Listing(entries, problem, skipped, charset)


def _links(root: etree._Element, selectors: Sequence[str]) -> Iterator[etree._Element]:
    """All links, or those that the selectors name or that stand inside what they name; in the page's order, each once."""
    if not selectors:
        yield from root.iter("a")
        return
    from lxml import etree

    finder = Finder(root)
    boxes = {node for selector in selectors for node in finder.find(selector)}
    # One walk with a count of open boxes: a page of boxes in boxes would otherwise be read once for each of them.
    inside = 0
    for event, node in etree.iterwalk(root, events=("start", "end")):
        boxed = node in boxes
        if event == "start":
            inside += boxed
            if inside and node.tag == "a":
                yield node
        else:
            inside -= boxed
