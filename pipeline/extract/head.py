"""What a page says of itself: titles, type, JSON-LD, meta and visible dates. One lxml pass; pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
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
_NOT_CONTENT = {"script", "style", "noscript", "template", "footer", "aside", "nav", "select"}


@dataclass(frozen=True, slots=True)
class Head:
    """Raw findings, in the page's own order. Dates are strings as found."""

    titles: tuple[str, ...]  # og:title, JSON-LD headline, h1, <title>
    json_ld_dates: tuple[str, ...]
    meta_dates: tuple[str, ...]
    time_tags: tuple[str, ...]
    visible_dates: tuple[str, ...]  # short texts that hold a full date
    is_article: bool  # says so by JSON-LD type, og:type or a publication meta
    canonical_is_home: bool


def parse_tree(text: str) -> etree._Element | None:
    """An lxml tree of the page, None when there is nothing to parse. Deep nesting is kept (huge_tree)."""
    try:
        return html.document_fromstring(text.replace("\x00", ""), parser=html.HTMLParser(huge_tree=True, remove_comments=True))
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
    titles = [metas.get("og:title", ""), *(str(node.get("headline", "")) for node in articles), *h1, _text(tree.find(".//title"))]
    meta_dates = [metas[name] for name in _DATE_METAS if metas.get(name)]
    json_dates = [str(node["datePublished"]) for node in articles if node.get("datePublished")]
    canonical = next(
        (str(link.get("href") or "") for link in tree.iter("link") if "canonical" in str(link.get("rel") or "").lower()), ""
    )
    return Head(
        titles=tuple(" ".join(title.split()) for title in titles if title.strip()),
        json_ld_dates=tuple(json_dates),
        meta_dates=tuple(meta_dates),
        time_tags=tuple(_time_tags(tree)),
        visible_dates=tuple(_visible_dates(tree)),
        is_article=bool(articles) or metas.get("og:type", "").lower() == "article" or bool(meta_dates),
        canonical_is_home=bool(canonical) and urlsplit(canonical).path in ("", "/") and not urlsplit(canonical).query,
    )


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
    return [str(item) for item in kind] if isinstance(kind, list) else [str(kind)]


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
            item = stack.pop(0)
            if isinstance(item, list):
                stack[:0] = item
            elif isinstance(item, dict):
                yield item
                stack[:0] = [item[name] for name in ("@graph", "mainEntity") if name in item]


def _foreign(node: etree._Element) -> bool:
    for above in (node, *node.iterancestors()):
        if isinstance(above.tag, str) and above.tag in _NOT_CONTENT:
            return True
        if above.tag != "body" and _FOREIGN.search(f"{above.get('class') or ''} {above.get('id') or ''}"):
            return True
    return False


def _time_tags(tree: etree._Element) -> Iterator[str]:
    for node in tree.iter("time", "abbr"):
        value = str(node.get("datetime") or (node.get("title") if node.tag == "abbr" else "") or "")
        if re.match(r"\d{4}-\d{2}-\d{2}", value) and not _foreign(node):
            yield value


def _visible_dates(tree: etree._Element) -> Iterator[str]:
    """Texts of at most 90 characters that hold a day, a month and a year, outside other stories, comments and footers."""
    body = tree.find(".//body")
    for node in (tree if body is None else body).iter():
        if not isinstance(node.tag, str) or node.tag in _NOT_CONTENT:
            continue
        for piece in (node.text, *(child.tail for child in node)):
            line = " ".join(str(piece or "").split())
            if len(line) > 90 or not re.search(r"\d{1,2}\W+(?:\w{3,9}|\d{1,2})\W+\d{4}", line):
                continue
            if re.search(r"©|copyright|hak cipta", line, re.IGNORECASE) or _foreign(node):
                continue
            yield line
