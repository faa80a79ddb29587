"""The plain well-formed feed, read by lxml at a fraction of feedparser's cost: its very fields, or nothing at all. Pure.

Only what is surely read alike is read here: RSS and Atom of known elements, each field at most once and without markup of its
own. Anything else, and every malformed byte, is left to feedparser (``fetch.feeds``), which is also the oracle of the tests.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

Fields = tuple[str, str, str, str, str]  # link, title, summary, date, who published it: as ``fetch.feeds.Item``

_ATOM = "{http://www.w3.org/2005/Atom}"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_DC = "{http://purl.org/dc/elements/1.1/}"

_RSS_FIELDS = frozenset({"title", "link", "description", "pubDate", "source", _CONTENT})
_ATOM_FIELDS = frozenset(_ATOM + name for name in ("title", "summary", "content", "published", "updated"))
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
_PERSON = frozenset(_ATOM + name for name in ("name", "uri", "email"))
_NESTED = {_ATOM + "author": _PERSON}

# feedparser mends white space, relative addresses and half entities in a link; none of that stands in these.
_LINK = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d+)?(?:[/?#][A-Za-z0-9._~/?#=&%+,:@!$'()*-]*)?")
_C1 = re.compile("[\x80-\x9f]")  # which feedparser takes for Windows-1252
_ITEM = re.compile(rb"<(?:[\w.-]+:)?(?:item|entry)[\s/>]", re.IGNORECASE)
_ROOT = frozenset({"version", "{http://www.w3.org/XML/1998/namespace}lang"})  # xml:base would move every address
_LINK_ATTRIBUTES = frozenset({"rel", "type", "href", "title", "hreflang", "length"})
_TEXT_TYPES = frozenset({"", "text", "html", "text/plain", "text/html"})


class _UnusualError(Exception):
    """Something that is left to feedparser."""


def read_wellformed(xml: bytes) -> list[Fields] | None:
    """The items of admitted XML (``markup.admit``) in the feed's order; None where only feedparser should say. Never raises."""
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, encoding="utf-8"
    )
    try:
        root = etree.fromstring(xml, parser)
        if not _ROOT.issuperset(root.keys()):
            return None
        if root.tag == "rss" and len(root) == 1 and root[0].tag == "channel" and not root[0].keys():
            found = [_rss_item(item) for item in root[0].findall("item")]
        elif root.tag == _ATOM + "feed":
            found = [_atom_entry(entry) for entry in root.findall(_ATOM + "entry")]
        else:
            return None
        # feedparser finds them at any depth and however they are written.
        return found if len(found) == len(_ITEM.findall(xml)) else None
    except (etree.XMLSyntaxError, ValueError, _UnusualError):
        return None


def _leaves(item: _Element, fields: frozenset[str], others: frozenset[str]) -> dict[str, _Element]:
    if item.keys():
        raise _UnusualError
    found: dict[str, _Element] = {}
    for child in item:
        tag = child.tag
        if len(child) and not all(below.tag in _NESTED.get(tag, ()) and not len(below) for below in child):
            raise _UnusualError
        if tag in fields:
            if tag in found:
                raise _UnusualError
            found[tag] = child
        elif tag not in others:
            raise _UnusualError
    return found


def _rss_item(item: _Element) -> Fields:
    found = _leaves(item, _RSS_FIELDS, _RSS_OTHERS)
    for tag, leaf in found.items():
        if (keys := leaf.keys()) and (tag != "source" or keys != ["url"]):
            raise _UnusualError
    return (
        _link(_text(found, "link")),
        _text(found, "title"),
        _text(found, "description" if "description" in found else _CONTENT),
        _text(found, "pubDate"),
        _text(found, "source"),
    )


def _atom_entry(entry: _Element) -> Fields:
    links = entry.findall(_ATOM + "link")
    found = _leaves(entry, _ATOM_FIELDS, _ATOM_OTHERS | {_ATOM + "link"})
    for leaf in found.values():
        if leaf.keys() not in ([], ["type"]) or leaf.get("type", "") not in _TEXT_TYPES:
            raise _UnusualError
    pages = [
        link for link in links if link.get("rel", "alternate") == "alternate" and link.get("type", "text/html") == "text/html"
    ]
    plain = all(link.get("href") and _LINK_ATTRIBUTES.issuperset(link.keys()) and not link.text for link in links)
    if len(pages) != 1 or not plain:
        raise _UnusualError
    return (
        _link(pages[0].get("href", "")),
        _text(found, _ATOM + "title"),
        _text(found, _ATOM + ("summary" if _ATOM + "summary" in found else "content")),
        _text(found, _ATOM + "published") or _text(found, _ATOM + "updated"),
        "",
    )


def _text(found: Mapping[str, _Element], tag: str) -> str:
    text = (found[tag].text or "").strip() if tag in found else ""
    if text.isascii():
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
