"""A page to its article, or the reason why not. The only room that imports trafilatura; pure: same bytes, same record."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from lxml import etree

from pipeline.extract.charset import decode
from pipeline.extract.clean import clean_lines, is_sentence
from pipeline.extract.dating import date_page
from pipeline.extract.head import Head, parse_tree, read_head, unparsable
from pipeline.extract.language import language_of
from pipeline.extract.layout import has_layout_tables, unframed
from pipeline.records import Article, Page, Reason, Rejection, Removed
from pipeline.urls import canonical_form, domain_of, is_list_page

MIN_WORDS = 20  # fewer cannot be judged; real briefs begin at about 25 words
LIST_LINES = 8  # lines of 4 words and more without a sentence among them: a page of headlines, not a page without text
SHORT_WORDS = 60  # below it text_status is "short"


def extract(page: Page) -> Article | Rejection:
    """The article of a page: all its parts joined, foreign lines removed, dated, its language checked.

    A page without bodies (a headline-only outlet) becomes an article of its feed's title and summary.
    """
    if not page.bodies:
        return _from_feed(page)
    texts = [decode(body, page.content_type)[0] for body in page.bodies]
    if problem := next(filter(None, map(unparsable, texts)), ""):
        return _reject(page, Reason.BROKEN, problem)
    tree = parse_tree(texts[0])
    if tree is None:
        return _reject(page, Reason.NO_TEXT, "page is empty")
    head = read_head(tree)
    if reason := _list_page(page, head):
        return _reject(page, Reason.NOT_ARTICLE, reason)
    lines = _joined([_main_lines(text) for text in texts])
    title = _title(page, head)
    kept, removed = clean_lines(lines, title)
    text = "\n".join(kept)
    words = len(text.split())
    prose = sum(len(line.split()) for line in kept if is_sentence(line))
    if prose < MIN_WORDS:
        headlines = sum(len(line.split()) >= 4 for line in kept)
        if headlines >= LIST_LINES:
            return _reject(page, Reason.NOT_ARTICLE, f"{headlines} headlines and {prose} words of sentences")
        return _reject(page, Reason.NO_TEXT, f"{prose} words of sentences; {MIN_WORDS} are needed")
    return _finished(page, title, text, _text_status(page, words), tuple(removed), head)


def _text_status(page: Page, words: int) -> str:
    if page.parts_missing:
        return "partial"
    return "short" if words < SHORT_WORDS else "full"


def _from_feed(page: Page) -> Article | Rejection:
    if not page.feed_title:
        return _reject(page, Reason.NO_TEXT, "headline-only outlet, and its feed gave no title")
    return _finished(page, page.feed_title, page.feed_summary, "headline", (), None)


def _finished(
    page: Page, title: str, text: str, text_status: str, removed: tuple[Removed, ...], head: Head | None
) -> Article | Rejection:
    # A headline is too short for a verdict: of eight Indonesian ones none held a function word. There the source's choice stands.
    judged = f"{title}\n{text}"
    language = "id" if text_status == "headline" and len(judged.split()) < MIN_WORDS else language_of(judged)
    if language != "id":
        return _reject(page, Reason.NOT_INDONESIAN, f"language {language}")
    return Article(
        key=page.key,
        url=page.url,
        canonical_url=canonical_form(page.url),
        source_id=page.source_id,
        outlet=page.outlet,
        domain=domain_of(page.url),
        tier=page.tier,
        publisher_type=page.publisher_type,
        licence=page.licence,
        title=title,
        text=text,
        language=language,
        text_status=text_status,
        dated=date_page(page, head),
        first_seen=page.fetched_at,
        removed=removed,
    )


def _reject(page: Page, reason: Reason, detail: str) -> Rejection:
    return Rejection(page.key, "extract", reason, detail, page.url, page.source_id)


def _main_lines(text: str) -> list[str]:
    """Paragraphs of the main text. ``deduplicate`` stays off: it would empty the third copy of a release."""
    from trafilatura import bare_extraction
    from trafilatura.settings import Document

    tree = parse_tree(text)
    if tree is not None and has_layout_tables(tree):
        text = etree.tostring(unframed(tree), encoding="unicode", method="html")
    found = bare_extraction(text, fast=True, include_comments=False, include_tables=True, deduplicate=False)
    if not isinstance(found, Document) or not found.text:
        return []
    lines = (re.sub(r"\s+", " ", line).strip(" |") for line in found.text.split("\n"))
    return [re.sub(r"^- (?=\w)", "- ", line) for line in lines if line]


def _joined(parts: list[list[str]]) -> list[str]:
    """The parts' lines in order; a line that an earlier part had (title, summary box, footer) is not repeated."""
    lines = list(parts[0])
    for part in parts[1:]:
        before = set(lines)
        lines.extend(line for line in part if line not in before)
    return lines


def _title(page: Page, head: Head) -> str:
    """The first of og:title, JSON-LD headline, h1, feed title, <title>; without the outlet's name at its end."""
    candidates = [*head.titles[:-1], page.feed_title, *head.titles[-1:]]
    title = next((candidate for candidate in candidates if candidate), "")
    for separator in (" - ", " | ", " – ", " — ", " » "):
        start, _, end = title.rpartition(separator)
        if start and _squeezed(end) in {
            _squeezed(page.outlet),
            _squeezed(domain_of(page.url)),
            _squeezed(domain_of(page.url).split(".")[0]),
        }:
            return start.strip()
    return title


def _squeezed(name: str) -> str:
    return re.sub(r"\W+", "", name).lower()


def _list_page(page: Page, head: Head) -> str:
    path = urlsplit(page.final_url or page.url).path
    if path in ("", "/") and not urlsplit(page.final_url or page.url).query:
        return "home page"
    if is_list_page(page.final_url or page.url):
        return "tag, topic, search or category page"
    if head.canonical_is_home and not head.is_article:
        return "its canonical link is the home page"
    return ""
