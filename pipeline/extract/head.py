"""What a page says of itself: titles, type, JSON-LD, meta and visible dates. One lxml pass; pure."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from html import unescape
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from lxml import etree, html

from pipeline.extract.outline import Outline, text_of
from pipeline.extract.visible import MAX_TITLE, Foreign, time_tags, visible_dates

# Small letters: some themes write "article".
_ARTICLE_TYPES = {"newsarticle", "article", "blogposting", "reportagenewsarticle", "opinionnewsarticle", "analysisnewsarticle"}
_DATE_METAS = (
    "article:published_time",
    "og:article:published_time",
    "publishdate",
    "pubdate",
    "publish_date",
    "date",
    "datepublished",
    "dc.date",
    "dc.date.issued",
    "dtk:publishdate",
    "content_publisheddate",
    "originalpublicationdate",
    "sailthru.date",
)
_PLAIN_VALUE = re.compile(r'"(@type|datePublished|headline|isAccessibleForFree)"\s*:\s*"([^"\n]{1,300})"')
_JSON = json.JSONDecoder(strict=False)
_PIECE = 100_000
_UNSEEN = ("script", "style", "noscript", "template")
LOST = 2_000  # blocks, each in the other, from which the parser leaves out what they hold
NESTED = 200  # openers in a row
_NEST = re.compile(rb"(?:<(?:div|span|section|font|center|b|i|ul|li)\b[^<>]{0,200}>\s*){%d,}" % NESTED, re.IGNORECASE)
# What no tree may hold, as it stands or by its number: lxml reads it, and then refuses to move it.
_CONTROLS = bytes({*range(0x20)} - {*b"\t\n\f\r"})
_FORM_FEED_AS_SPACE = bytes.maketrans(b"\f", b" ")
_CONTROL_REFERENCE = re.compile(
    rb"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01]|6553[45])(?!\d)|x0*(?:[0-8bcef]|1[\da-f]|fff[ef])(?![\da-f]));?", re.IGNORECASE
)
_NON_CHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")  # U+FFFE and U+FFFF
# The engine needs HTML elements; which class an element has is asked at every look at it, so the answer must be a plain one.
_ONE_CLASS = etree.ElementDefaultClassLookup(element=html.HtmlElement)
MAX_TAGS = 50_000  # "<" of a page; news pages hold 500 to 10,000
MAX_TEXT = 400_000  # characters that readers see; a long read has 60,000
MAX_DATA = 1_000_000  # characters of a JSON-LD script; real ones have a few thousand
MAX_HEADINGS = 20
MAX_DATES = 50
MAX_ATTRIBUTES = 10_000  # of one tag; libxml2's time grows with the square: 0.3 s at 10,000, 30 s at 50,000
MAX_ALL_ATTRIBUTES = 500_000  # of all tags, some 300 bytes of memory each; news pages hold 1,000 to 20,000
_TAG = re.compile(rb"<[A-Za-z][^<>]*")


@dataclass(frozen=True, slots=True)
class Head:
    """Raw findings, in the page's own order. Dates are strings as found."""

    titles: tuple[str, ...]  # og:title, JSON-LD headline, h1, as far as there are; the last is always <title>, perhaps ""
    json_ld_dates: tuple[str, ...]
    meta_dates: tuple[str, ...]
    time_tags: tuple[str, ...]
    visible_dates: tuple[str, ...]  # short texts that hold a full date
    is_article: bool  # says so by JSON-LD type, og:type or a publication meta
    canonical_is_home: bool
    authors: tuple[str, ...] = ()  # as JSON-LD and metas name them
    article_body: str = ""  # JSON-LD's copy of the text; markup possible
    is_paid: bool = False  # JSON-LD says isAccessibleForFree false
    kind: str = ""  # og:type, small letters
    site_name: str = ""
    headings: tuple[str, ...] = ()  # h1, then h2 and h3: what readers see, and other stories' headlines among them
    types: tuple[str, ...] = ()  # all types that JSON-LD names
    state_dates: tuple[str, ...] = ()  # filled in by who reads the page's data (pipeline/extract/state.py)
    updated_dates: tuple[str, ...] = ()  # visible or tagged ones that say they are of a change


def unparsable(page: bytes, tags: int) -> str:
    """Why a page with so many "<", made to hang a worker, must not be parsed, "" if it may: asked before the parser sees it."""
    if tags >= MAX_TAGS:
        return f"{tags + 1} tags; {MAX_TAGS} are read"
    # An attribute takes two bytes at the least; words of a quoted value are counted with them.
    if len(page) > 2 * MAX_ALL_ATTRIBUTES and sum(len(tag[0].split()) for tag in _TAG.finditer(page)) > MAX_ALL_ATTRIBUTES:
        return f"more than {MAX_ALL_ATTRIBUTES} attributes"
    half, start = MAX_ATTRIBUTES // 2, 0
    while start < len(page) - half:
        # A longer piece between two signs holds a whole half of it without a sign; most pages have few such.
        if page.find(b"<", start, start + half) >= 0:
            start += half
            continue
        behind = page.find(b"<", start)
        behind = behind if behind >= 0 else len(page)
        tag = page[page.rfind(b"<", 0, start) + 1 : behind].partition(b">")[0]
        start = behind
        if len(tag) > MAX_ATTRIBUTES and tag[:1].isalpha() and max(tag.count(b"="), len(tag.split())) > MAX_ATTRIBUTES:
            return f"a tag with more than {MAX_ATTRIBUTES} attributes"
    return ""


def too_long(tree: etree._Element, size: int = MAX_TEXT + 1) -> str:
    """Why a page that is parsed must not be read, "" if it may: more text than any story and its comments have.

    ``size``: bytes of its markup; a page cannot have more text than that.
    """
    if size <= MAX_TEXT:
        return ""
    left = MAX_TEXT
    for node in tree.iter():
        for text in (node.text if isinstance(node.tag, str) and node.tag not in _UNSEEN else None, node.tail):
            if not text or text.isspace():
                continue
            # By the piece, so that a text of millions of words is not split into them all.
            for start in range(0, len(text), _PIECE):
                left -= len(" ".join(text[start : start + _PIECE].split()))
                if left < 0:
                    return f"more than {MAX_TEXT} characters of text"
    return ""


def parse_tree(page: bytes, tags: int | None = None) -> etree._Element | None:
    """An lxml tree of a page in UTF-8; None for nothing. Nesting is kept to a depth of ``LOST`` (huge_tree).

    ``tags``: how many "<" it has, where they have been counted.
    """
    page = page.translate(_FORM_FEED_AS_SPACE, _CONTROLS)
    for mark in _NON_CHARACTERS if b"\xef" in page else ():
        page = page.replace(mark, b"")
    page = _CONTROL_REFERENCE.sub(b"", page)
    # The parser loses what stands ``LOST`` blocks deep; bare openers nested by the hundred tell nothing.
    if (page.count(b"<") if tags is None else tags) >= LOST and _may_nest(page):
        page = _NEST.sub(lambda match: match[0][: match[0].index(b">") + 1] * 40, page)
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    parser.set_element_class_lookup(_ONE_CLASS)
    try:
        return html.document_fromstring(page, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def _may_nest(page: bytes) -> bool:
    """Whether ``NESTED`` openers stand somewhere without a closing tag between them."""
    room, at = 3 * NESTED, 0  # an opener has three bytes and more
    while at + room < len(page):
        closed = page.rfind(b"</", at, at + room)
        if closed < 0:
            closed = page.find(b"</", at + room)
            closed = closed if closed >= 0 else len(page)
            if page.count(b"<", at, closed) >= NESTED:
                return True
        at = closed + 2
    return False


class Seen(NamedTuple):
    """The dates that readers see, and those of time tags; what ``Head`` has under the same names."""

    time_tags: tuple[str, ...]
    visible_dates: tuple[str, ...]
    updated_dates: tuple[str, ...]


def read_head(tree: etree._Element) -> Head:
    """Everything the page says of itself."""
    return replace(told_head(tree), **seen_dates(Outline(tree))._asdict())


def seen_dates(outline: Outline) -> Seen:
    """The dates on a page itself."""
    foreign = Foreign(outline)
    times, changed = time_tags(outline, foreign)
    visible = visible_dates(outline, foreign)
    return Seen(
        time_tags=tuple(times[:MAX_DATES]),
        visible_dates=tuple(line for line, is_change in visible if not is_change)[:MAX_DATES],
        updated_dates=(*changed, *(line for line, is_change in visible if is_change))[:MAX_DATES],
    )


def told_head(tree: etree._Element) -> Head:
    """What the page says of itself in its head, its JSON-LD and its headings."""
    found: dict[str, list[etree._Element]] = defaultdict(list)
    for node in tree.iter("meta", "script", "link", "title"):
        found[node.tag].append(node)
    metas = _metas(found["meta"])
    nodes = list(_json_ld(found["script"]))
    articles = [node for node in nodes if _ARTICLE_TYPES & {kind.lower() for kind in _types(node)}]
    h1 = [text_of(node) for node in islice(tree.iter("h1"), MAX_HEADINGS)]
    h2 = [text_of(node) for node in islice(tree.iter("h2", "h3"), MAX_HEADINGS)]
    headlines = [unescape(node["headline"]) for node in articles[:MAX_HEADINGS] if isinstance(node.get("headline"), str)]
    titles = [metas.get("og:title", ""), *headlines, *h1]
    last = text_of(found["title"][0]) if found["title"] else ""
    meta_dates = [metas[name] for name in _DATE_METAS if metas.get(name)]
    json_dates = [str(node["datePublished"]) for node in articles if node.get("datePublished")]
    canonical = next(
        (str(link.get("href") or "") for link in found["link"] if "canonical" in str(link.get("rel") or "").lower()), ""
    )
    return Head(
        titles=tuple(title[:MAX_TITLE] for title in (*map(_clean, filter(str.strip, titles)), last)),
        json_ld_dates=tuple(_clean(date[:MAX_TITLE]) for date in json_dates[:MAX_DATES]),
        meta_dates=tuple(date[:MAX_TITLE] for date in meta_dates),
        time_tags=(),
        visible_dates=(),
        is_article=bool(articles) or metas.get("og:type", "").lower() == "article" or bool(meta_dates),
        canonical_is_home=_is_home(canonical),
        authors=tuple(_authors(articles, metas)),
        article_body=max((str(node.get("articleBody") or "") for node in articles), key=len, default=""),
        is_paid=any(str(node.get("isAccessibleForFree", "")).lower() == "false" for node in articles),
        kind=metas.get("og:type", "").lower(),
        site_name=metas.get("og:site_name", ""),
        headings=tuple(filter(None, [*h1, *h2])),
        types=tuple(dict.fromkeys(kind for node in nodes for kind in _types(node))),
    )


def _authors(articles: list[dict[str, Any]], metas: dict[str, str]) -> Iterator[str]:
    for node in articles:
        value = node.get("author")
        for author in value if isinstance(value, list) else [value]:
            name = author.get("name") if isinstance(author, dict) else author
            for one in name if isinstance(name, list) else [name]:
                if isinstance(one, str) and one.strip():
                    yield _clean(unescape(one[:MAX_TITLE]))
    for name in ("author", "article:author", "dtk:author", "content_author", "dable:author", "parsely-author"):
        if (value := metas.get(name, "")) and "://" not in str(value):
            yield _clean(str(value))


def _clean(text: str) -> str:
    """White space folded; a lone surrogate, which JSON can spell and no file can hold, replaced."""
    return " ".join((text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")).split())


def _is_home(canonical: str) -> bool:
    try:
        parts = urlsplit(canonical.strip())
    except ValueError:
        return False
    return bool(canonical.strip()) and parts.path in ("", "/") and not parts.query


def _metas(nodes: Iterable[etree._Element]) -> dict[str, str]:
    found: dict[str, str] = {}
    for meta in nodes:
        name = str(meta.get("property") or meta.get("name") or meta.get("itemprop") or "").lower()
        content = str(meta.get("content") or "").strip()
        if name and content:
            found.setdefault(name, content)
    return found


def _types(node: dict[str, Any]) -> list[str]:
    kind = node.get("@type", [])
    return [re.split(r"[/:#]", str(item))[-1] for item in (kind if isinstance(kind, list) else [kind])]


def _json_ld(scripts: Iterable[etree._Element]) -> Iterator[dict[str, Any]]:
    for script in scripts:
        if "ld+json" not in str(script.get("type") or "").lower():
            continue
        text = script.text or ""
        stack: list[Any] = [_read_json(text)] if len(text) <= MAX_DATA else []
        while stack:
            item = stack.pop()
            if isinstance(item, list):
                stack.extend(reversed(item))
            elif isinstance(item, dict):
                yield item
                stack.extend(item[name] for name in ("mainEntity", "@graph") if name in item)


def _read_json(text: str) -> Any:
    """JSON as pages write it: with raw line breaks in strings, in a comment or CDATA, with a comma too many. None if hopeless."""
    text = re.sub(r"^\s*(?://\s*)?(?:<!--|<!\[CDATA\[|/\*<!\[CDATA\[\*/)", "", text).strip()
    for attempt in (text, re.sub(r",(\s*[}\]])", r"\1", text)):
        try:
            return _JSON.raw_decode(attempt)[0]
        except (ValueError, RecursionError):
            continue
    # Not JSON at all (a quotation mark inside a headline): its plain values are still what the page says of itself.
    found = dict(_PLAIN_VALUE.findall(text[:200_000]))
    return found if "@type" in found else None
