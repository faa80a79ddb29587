"""The plain well-formed feed, read at a fraction of feedparser's cost: its very fields, or nothing at all. Pure.

The standard library's tree is built by expat, which feedparser asks too: both take the same bytes for well-formed. Only what is
surely read alike is read here: RSS and Atom of known elements, each field at most once and without markup of its own, under a
head that has little nested. Anything else, and every malformed byte, is left to feedparser (``fetch.feeds``), which is also the
oracle of the tests.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

Fields = tuple[str, str, str, str, str]  # link, title, summary, date, who published it: as ``fetch.feeds.Item``

_ATOM = "{http://www.w3.org/2005/Atom}"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_DC = "{http://purl.org/dc/elements/1.1/}"

_RSS_FIELDS = frozenset({"title", "link", "description", "pubDate", "source", _CONTENT})
_TITLE, _SUMMARY, _WHOLE, _PUBLISHED, _UPDATED = (
    _ATOM + name for name in ("title", "summary", "content", "published", "updated")
)
_ATOM_FIELDS = frozenset({_TITLE, _SUMMARY, _WHOLE, _PUBLISHED, _UPDATED})
# What feedparser keeps beside the fields and what never touches them.
_RSS_OTHERS = frozenset(
    {
        "guid",
        "category",
        "comments",
        "author",
        "enclosure",
        _DC + "creator",
        _DC + "subject",
        "{http://purl.org/rss/1.0/modules/slash/}comments",
        "{http://wellformedweb.org/CommentAPI/}commentRss",
        "{http://search.yahoo.com/mrss/}content",
        "{http://search.yahoo.com/mrss/}thumbnail",
        "{com-wordpress:feed-additions:1}post-id",
    }
)
_ATOM_OTHERS = frozenset(
    {_ATOM + "id", _ATOM + "category", _ATOM + "author", "{http://search.yahoo.com/mrss/}thumbnail", _DC + "creator"}
) | {"{http://purl.org/syndication/thread/1.0}total"}
_LINK_TAG, _AUTHOR = _ATOM + "link", _ATOM + "author"
_NESTED = {
    _AUTHOR: frozenset(_ATOM + name for name in ("name", "uri", "email")),
    "image": frozenset({"url", "title", "link", "description", "width", "height"}),
}

# feedparser mends white space, relative addresses and half entities in a link; none of that stands in these.
_LINK = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d+)?(?:[/?#][A-Za-z0-9._~/?#=&%+,:@!$'()*-]*)?")
_C1 = re.compile("[\x80-\x9f]")  # which feedparser takes for Windows-1252
# In a feed's head: items however they are written, and a podcast's owner, whom feedparser may look for in the items.
_ODD_HEAD = re.compile(r"(?:.*})?(?:item|entry|owner)", re.IGNORECASE | re.DOTALL)
_ROOT = frozenset({"version", "{http://www.w3.org/XML/1998/namespace}lang"})  # xml:base would move every address
_LINK_ATTRIBUTES = frozenset({"rel", "type", "href", "title", "hreflang", "length"})
_TEXT_TYPES = frozenset({"", "text", "html", "text/plain", "text/html"})


class _UnusualError(Exception):
    """Something that is left to feedparser."""


def read_wellformed(xml: bytes) -> list[Fields] | None:
    """The items of admitted XML (``markup.admit``) in the feed's order; None where only feedparser should say. Never raises."""
    from xml.etree.ElementTree import XML, ParseError

    try:
        root = XML(xml)  # admitted bytes hold no document type, hence no entities of their own
        if not _ROOT.issuperset(root.keys()):
            return None
        if root.tag == "rss" and len(root) == 1 and root[0].tag == "channel" and not root[0].keys():
            return [_rss_item(item) for item in _items(root[0], "item")]
        if root.tag == _ATOM + "feed":
            return [_atom_entry(entry) for entry in _items(root, _ATOM + "entry")]
    except (ParseError, ValueError, _UnusualError):
        pass
    return None


def _items(feed: Element, tag: str) -> list[Element]:
    # What is nested in a feed's head may colour what feedparser says of the items, or hide some.
    for part in feed:
        if part.tag != tag and (_ODD_HEAD.fullmatch(part.tag) or (len(part) and not _is_plain(part))):
            raise _UnusualError
    return feed.findall(tag)


def _is_plain(part: Element) -> bool:
    """Whether a part that has parts of its own has only those that feedparser knows there, and those have none."""
    known = _NESTED.get(part.tag, frozenset())
    return all(below.tag in known and not len(below) for below in part)


def _rss_item(item: Element) -> Fields:
    found: dict[str, str] = {}
    for leaf in item:
        tag = leaf.tag
        if tag in _RSS_FIELDS:
            if tag in found or ((keys := leaf.keys()) and (tag != "source" or keys != ["url"])):
                raise _UnusualError
            found[tag] = leaf.text or ""
        elif tag not in _RSS_OTHERS:
            raise _UnusualError
        if len(leaf):
            raise _UnusualError
    if item.keys():
        raise _UnusualError
    get = found.get
    return (
        _link(get("link", "").strip()),
        _text(get("title", "")),
        _text(found["description"] if "description" in found else get(_CONTENT, "")),
        _text(get("pubDate", "")),
        _text(get("source", "")),
    )


def _atom_entry(entry: Element) -> Fields:
    found: dict[str, str] = {}
    links: list[Element] = []
    for leaf in entry:
        tag = leaf.tag
        if tag in _ATOM_FIELDS:
            if tag in found or ((keys := leaf.keys()) and (keys != ["type"] or leaf.get("type") not in _TEXT_TYPES)):
                raise _UnusualError
            found[tag] = leaf.text or ""
        elif tag == _LINK_TAG:
            links.append(leaf)
        elif tag not in _ATOM_OTHERS:
            raise _UnusualError
        if len(leaf) and (tag != _AUTHOR or not _is_plain(leaf)):
            raise _UnusualError
    if entry.keys():
        raise _UnusualError
    get = found.get
    return (
        _link(_page(links)),
        _text(get(_TITLE, "")),
        _text(found[_SUMMARY] if _SUMMARY in found else get(_WHOLE, "")),
        _text(get(_PUBLISHED, "")) or _text(get(_UPDATED, "")),
        "",
    )


def _page(links: list[Element]) -> str:
    """The address of the one page among an entry's links."""
    pages = []
    for link in links:
        if link.text or not _LINK_ATTRIBUTES.issuperset(link.keys()) or not (address := link.get("href")):
            raise _UnusualError
        if link.get("rel", "alternate") == "alternate" and link.get("type", "text/html") == "text/html":
            pages.append(address)
    if len(pages) != 1:
        raise _UnusualError
    return pages[0]


def _text(written: str) -> str:
    text = written.strip()
    if text.isascii() or text.encode("latin-1", "ignore").isascii():
        return text
    if _C1.search(text):
        raise _UnusualError
    try:  # UTF-8 that somebody took for Latin-1, as feedparser mends it
        return text.encode("latin-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return text


def _link(link: str) -> str:
    if not _LINK.fullmatch(link):
        raise _UnusualError
    return link
