"""What a page says of itself: titles, type, JSON-LD, meta and visible dates. One lxml pass; pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from lxml import etree, html

_ARTICLE_TYPES = {"NewsArticle", "Article", "BlogPosting", "ReportageNewsArticle", "OpinionNewsArticle", "AnalysisNewsArticle"}
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
# Not the article's own: dates there belong to other stories, to readers' comments or to the site.
_FOREIGN = re.compile(
    r"foot|aside|sidebar|comment|komentar|related|terkait|populer|popular|terbaru|latest|widget|nav|menu|ticker", re.IGNORECASE
)
# Page builders put such words on every block ("elementor-widget-post-info").
_BUILDER = re.compile(r"\belementor-\S+", re.IGNORECASE)
_FULL_DATE = re.compile(r"\b\d{1,2}\W+(?:\w{3,9}|\d{1,2})\W+\d{4}|[A-Za-z]{3,9}\.? \d{1,2}, \d{4}|\b\d{4}-\d{2}-\d{2}\b")
_NOT_CONTENT = {"script", "style", "noscript", "template", "footer", "aside", "nav", "select"}


MAX_TAGS = 200_000  # news pages hold 500 to 10,000; a million cost a minute and a gigabyte
MAX_ATTRIBUTES = 10_000  # of one tag; libxml2's time grows with the square: 0.3 s at 10,000, 30 s at 50,000


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


def unparsable(text: str) -> str:
    """Why a page must not be parsed, "" if it may: for pages made to hang a worker, a count before the parser sees them."""
    pieces = text.split("<")
    if len(pieces) > MAX_TAGS:
        return f"{len(pieces)} tags; {MAX_TAGS} are read"
    for piece in pieces:
        if len(piece) > MAX_ATTRIBUTES and piece[0].isalpha():
            tag = piece.partition(">")[0]
            if max(tag.count("="), len(tag.split())) > MAX_ATTRIBUTES:
                return f"a tag with more than {MAX_ATTRIBUTES} attributes"
    return ""


def parse_tree(text: str) -> etree._Element | None:
    """An lxml tree of the page, None when there is nothing to parse. Nesting is kept to a depth of about 2,000 (huge_tree)."""
    text = text.replace("\x00", "")
    try:
        return html.document_fromstring(text, parser=html.HTMLParser(huge_tree=True, remove_comments=True))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        # lxml refuses a str that carries an XML encoding declaration; as bytes it is fine.
        try:
            return html.document_fromstring(
                text.encode("utf-8", "replace"), parser=html.HTMLParser(encoding="utf-8", huge_tree=True)
            )
        except (etree.ParserError, etree.XMLSyntaxError, ValueError):
            return None


def read_head(tree: etree._Element) -> Head:
    """Everything the page says of itself."""
    metas = _metas(tree)
    nodes = list(_json_ld(tree))
    articles = [node for node in nodes if _ARTICLE_TYPES & set(_types(node))]
    h1 = [_text(node) for node in tree.iter("h1")]
    headlines = [unescape(node["headline"]) for node in articles if isinstance(node.get("headline"), str)]
    titles = [metas.get("og:title", ""), *headlines, *h1]
    meta_dates = [metas[name] for name in _DATE_METAS if metas.get(name)]
    json_dates = [str(node["datePublished"]) for node in articles if node.get("datePublished")]
    canonical = next(
        (str(link.get("href") or "") for link in tree.iter("link") if "canonical" in str(link.get("rel") or "").lower()), ""
    )
    foreign = _foreign_nodes(tree)
    return Head(
        titles=(*(_clean(title) for title in titles if title.strip()), _text(tree.find(".//title"))),
        json_ld_dates=tuple(_clean(date) for date in json_dates),
        meta_dates=tuple(meta_dates),
        time_tags=tuple(_time_tags(tree, foreign)),
        visible_dates=tuple(_visible_dates(tree, foreign)),
        is_article=bool(articles) or metas.get("og:type", "").lower() == "article" or bool(meta_dates),
        canonical_is_home=_is_home(canonical),
    )


def _clean(text: str) -> str:
    """White space folded; a lone surrogate, which JSON can spell and no file can hold, replaced."""
    return " ".join(text.encode("utf-8", "replace").decode("utf-8").split())


def _is_home(canonical: str) -> bool:
    try:
        parts = urlsplit(canonical.strip())
    except ValueError:
        return False
    return bool(canonical.strip()) and parts.path in ("", "/") and not parts.query


def _text(node: etree._Element | None) -> str:
    return "" if node is None else " ".join("".join(str(part) for part in node.itertext()).split())


def _metas(tree: etree._Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = str(meta.get("property") or meta.get("name") or meta.get("itemprop") or "").lower()
        content = str(meta.get("content") or "").strip()
        if name and content:
            found.setdefault(name, content)
    return found


def _types(node: dict[str, Any]) -> list[str]:
    kind = node.get("@type", [])
    return [re.split(r"[/:#]", str(item))[-1] for item in (kind if isinstance(kind, list) else [kind])]


def _json_ld(tree: etree._Element) -> Iterator[dict[str, Any]]:
    for script in tree.iter("script"):
        if "ld+json" not in str(script.get("type") or "").lower():
            continue
        try:
            # strict=False: real pages hold raw line breaks inside strings.
            stack: list[Any] = [json.loads(script.text or "", strict=False)]
        except (ValueError, RecursionError):
            continue
        while stack:
            item = stack.pop()
            if isinstance(item, list):
                stack.extend(reversed(item))
            elif isinstance(item, dict):
                yield item
                stack.extend(item[name] for name in ("mainEntity", "@graph") if name in item)


def _foreign_nodes(tree: etree._Element) -> set[etree._Element]:
    """Elements in foreign blocks. What holds the headline and paragraphs is the page's frame, though called "has-sidebar"."""
    around = {above for h1 in islice(tree.iter("h1"), 5) for above in islice(h1.iterancestors(), 200)}
    frames = {node for node in around if next(islice(node.iter("p"), 1, None), None) is not None}
    foreign: set[etree._Element] = set()
    for node in tree.iter():
        names = _BUILDER.sub("", f"{node.get('class') or ''} {node.get('id') or ''}")
        if (
            node.getparent() in foreign
            or node.tag in _NOT_CONTENT
            or (node.tag not in ("html", "body") and node not in frames and _FOREIGN.search(names))
        ):
            foreign.add(node)
    return foreign


def _time_tags(tree: etree._Element, foreign: set[etree._Element]) -> Iterator[str]:
    for node in tree.iter("time", "abbr"):
        value = str(node.get("datetime") or (node.get("title") if node.tag == "abbr" else "") or "").strip()
        if re.match(r"\d{4}-\d{2}-\d{2}", value) and node not in foreign:
            yield value


def _visible_dates(tree: etree._Element, foreign: set[etree._Element]) -> Iterator[str]:
    """Texts of at most 90 characters that hold a day, a month and a year, outside other stories, comments and footers."""
    body = tree.find(".//body")
    for node in (tree if body is None else body).iter():
        if not isinstance(node.tag, str) or node in foreign:
            continue
        for piece in (node.text, *(child.tail for child in node)):
            line = " ".join(str(piece or "").split())
            if len(line) > 90 or not _FULL_DATE.search(line):
                continue
            if re.search(r"©|copyright|hak cipta", line, re.IGNORECASE):
                continue
            yield line
