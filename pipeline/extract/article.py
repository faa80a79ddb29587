"""A page to its article, or the reason why not. The only room that imports trafilatura; pure: same bytes, same record."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterable
from dataclasses import dataclass, replace

from lxml import etree

from pipeline.dates import JAKARTA
from pipeline.extract.beside import clear_beside, clear_lists
from pipeline.extract.blocks import LINK_SHARE, Reading, drop_silent
from pipeline.extract.body import MAX_DEPTH, Body, find_body, flatten
from pipeline.extract.charset import decode
from pipeline.extract.clean import clean_lines
from pipeline.extract.dating import date_page, with_clock
from pipeline.extract.fields import bare_dateline, byline_of, is_foreign, release_signals, split_dateline, without_own_name
from pipeline.extract.head import Head, parse_tree, seen_dates, told_head, too_long, unparsable
from pipeline.extract.language import language_of
from pipeline.extract.layout import has_layout_tables, unframed
from pipeline.extract.linerules import count_words, is_sentence
from pipeline.extract.mending import is_sound, mend, mend_line
from pipeline.extract.notarticle import by_address, by_words
from pipeline.extract.outlets import Outlet, Outlets
from pipeline.extract.outline import Outline, text_of
from pipeline.extract.render import Line
from pipeline.extract.selectors import Finder
from pipeline.extract.state import Told, best, data_of, html_lines, script_texts, strings, told_in
from pipeline.extract.wholeness import status_of
from pipeline.records import Article, Page, PublisherType, Reason, Rejection, Removed
from pipeline.urls import canonical_form, canonical_link, domain_of

MIN_WORDS = 20  # fewer cannot be judged; real briefs begin at about 25 words
LIST_LINES = 8  # lines of 4 words and more without a sentence among them: a page of headlines, not a page without text
_MARKUP = re.compile(r"</?(?:p|br|div|strong|em|span)\b[^<>]*>")
_SIGNED = re.compile(r"(?:penulis|pewarta|reporter|rep|laporan|wartawan|kontributor|oleh)\s*:\s*\S", re.IGNORECASE)
WHOLE = 100  # words of a dated story in a named block from which no other text is looked for in scripts; teasers are shorter
MOST_MENDED = 3_000_000  # characters of a page that are looked through for mojibake at once; news pages have 50,000 to 1,000,000
MORE = 1.5  # a text in the page's data is taken when it has so many times the sentences of the visible one


@dataclass(frozen=True, slots=True)
class _Part:
    """One of a page's documents, read."""

    head: Head
    body: Body
    named: tuple[str, ...]  # writers, as bylines beside the story name them
    notes: tuple[str, ...]  # short lines anywhere on the page that mark it as somebody's release


def extract(page: Page, outlets: Outlets) -> Article | Rejection:
    """The article of a page: all its parts joined, foreign lines removed, dated, its language checked.

    ``outlets``: what is known of single outlets. A page without bodies (a headline-only outlet) becomes an article of its feed's
    title and summary.
    """
    if not page.bodies:
        return _from_feed(page)
    found = read_story(page, outlets)
    return found if isinstance(found, Rejection) else _judged(page, found, outlets.of(page.url))


@dataclass(frozen=True, slots=True)
class Story:
    """What a page's documents give before anything is judged: the kept lines, the removed ones, and what else was read."""

    title: str
    kept: list[str]
    removed: list[Removed]
    first: _Part
    headlines: int
    document: bytes  # the first one, in UTF-8
    charset: str  # what it was in


def read_story(page: Page, outlets: Outlets) -> Story | Rejection:
    """The cleaned story of a page's documents, whatever it is; a rejection for pages that cannot be parsed or are empty."""
    decoded = [decode(body, page.content_type) for body in page.bodies]
    documents = [_mended_bytes(body, *one) for body, one in zip(page.bodies, decoded, strict=True)]
    tags = [document.count(b"<") for document in documents]
    if problem := next(filter(None, map(unparsable, documents, tags)), ""):
        return _reject(page, Reason.BROKEN, problem)
    trees = list(map(parse_tree, documents, tags))
    read_ones = [(tree, len(document)) for tree, document in zip(trees, documents, strict=True) if tree is not None]
    if problem := next((told for tree, size in read_ones if (told := too_long(tree, size))), ""):
        return _reject(page, Reason.BROKEN, problem)
    parts = [None if tree is None else _read(tree, page, outlets) for tree in trees]
    first = parts[0]
    if first is None:
        return _reject(page, Reason.NO_TEXT, "page is empty")
    read = [part for part in parts if part is not None]
    title = _title(page, first.head)
    boilerplate = tuple(line for part in read if part.body.layout for line in part.body.layout.boilerplate)
    lines = _joined([list(part.body.lines) for part in read])
    kept, removed = clean_lines([one for line in lines for one in _mended(line)], title, boilerplate)
    return Story(title, kept, removed, first, sum(part.body.headlines for part in read), documents[0], decoded[0][1])


def _mended_bytes(body: bytes, text: str, codec: str) -> bytes:
    """A page's text, mended, in UTF-8: the body itself where it is that."""
    is_text = codec == "utf-8" and not body.startswith(BOM_UTF8)
    if is_text and is_sound(text, body):
        return body
    mended = mend(text) if len(text) <= MOST_MENDED else mend(text[:MOST_MENDED]) + text[MOST_MENDED:]
    return body if is_text and mended is text else mended.encode("utf-8", "replace")  # a text with U+FFFD is always made anew


def _mended(line: Line) -> list[Line]:
    """A line mended; where markup was escaped twice and stands as text, the lines that it means."""
    text = line.text if _is_plain(line.text) else mend_line(line.text)
    if "<" in text and _MARKUP.search(text):
        return [replace(line, text=mend_line(one)) for one in html_lines(text)]
    return [line if text == line.text else replace(line, text=text)] if text else []


def _is_plain(line: str) -> bool:
    """Whether there is nothing to mend in a line whose white space is folded."""
    return line.isascii() and "&" not in line and "\\" not in line


def _judged(page: Page, story: Story, outlet: Outlet | None) -> Article | Rejection:
    first, kept, removed = story.first, story.kept, story.removed
    head, url = first.head, page.final_url or page.url
    if reason := by_address(url, head):
        return _reject(page, Reason.NOT_ARTICLE, reason)
    prose = sum(count_words(line) for line in kept if is_sentence(line))
    if reason := by_words(url, head, prose, story.headlines, kept):
        return _reject(page, Reason.NOT_ARTICLE, reason)
    if prose < MIN_WORDS:
        others = sum(one.rule == "other_story" and len(one.line.split()) >= 4 for one in removed)
        shown = sum(len(line.split()) >= 4 for line in kept) + others
        if shown >= LIST_LINES:
            return _reject(page, Reason.NOT_ARTICLE, f"{shown} headlines and {prose} words of sentences")
        return _reject(page, Reason.NO_TEXT, f"{prose} words of sentences; {MIN_WORDS} are needed")
    text_status = status_of(page, head, kept, removed, story.document, outlet, told=first.body.source == "state")
    return _finished(page, story.title, kept, text_status, removed, first, outlet, story.charset)


def _from_feed(page: Page) -> Article | Rejection:
    if not page.feed_title:
        return _reject(page, Reason.NO_TEXT, "headline-only outlet, and its feed gave no title")
    return _finished(page, mend(page.feed_title), [mend(page.feed_summary)], "headline", [], None, None)


def _finished(
    page: Page,
    title: str,
    kept: list[str],
    text_status: str,
    removed: list[Removed],
    part: _Part | None,
    outlet: Outlet | None,
    charset: str = "",
) -> Article | Rejection:
    domain = domain_of(page.url)
    place = mark = ""
    for number, line in enumerate(kept[:2]):
        if (alone := bare_dateline(line)) is not None:
            (place, mark), kept, removed = alone, [*kept[:number], *kept[number + 1 :]], [*removed, Removed("dateline", line)]
            break
        if (found := split_dateline(line, _own_names(page, domain)) or without_own_name(line, page.outlet, domain)) is not None:
            kept = [*kept[:number], found.rest, *kept[number + 1 :]]
            removed = [*removed, Removed("dateline", found.taken)]
            place, mark = found.place, found.outlet
            break
    text = "\n".join(kept)
    # A headline is too short for a verdict: of eight Indonesian ones none held a function word. There the source's choice stands.
    judged = f"{title}\n{text}"
    language = "id" if text_status == "headline" and len(judged.split()) < MIN_WORDS else language_of(judged)
    if language != "id":
        return _reject(page, Reason.NOT_INDONESIAN, f"language {language}")
    head = part.head if part else None
    own = page.publisher_type is PublisherType.OWN
    named = (*part.named, *part.head.authors) if part else ()
    told = part.notes if part else ()
    return Article(
        key=page.key,
        url=page.url,
        canonical_url=canonical_form((page.bodies and canonical_link(page.bodies[0], page.final_url or page.url)) or page.url),
        source_id=page.source_id,
        outlet=page.outlet,
        domain=domain,
        tier=page.tier,
        publisher_type=page.publisher_type,
        licence=page.licence,
        title=title,
        text=text,
        language=language,
        text_status=text_status,
        dated=date_page(page, head, outlet.zone if outlet and page.zone == JAKARTA.key else ""),
        first_seen=page.first_seen,
        version=page.version,
        charset=charset,
        removed=tuple(removed),
        dateline_place=place,
        byline=byline_of(removed, named, page.outlet, domain),
        release_signals=release_signals([title, *kept, *(one.line for one in removed if one.rule != "comment"), *told]),
        foreign_dateline=mark if mark and not own and is_foreign(mark, page.outlet, domain) else "",
    )


def _reject(page: Page, reason: Reason, detail: str) -> Rejection:
    return Rejection(page.key, "extract", reason, detail, page.url, page.source_id)


def _read(tree: etree._Element, page: Page, outlets: Outlets) -> _Part:
    """A document read: what it says of itself, and its story."""
    head = told_head(tree)
    scripts = list(tree.iter("script"))  # they leave the tree, and are read where the page does not show its story
    tried = outlets.tried(page.url, page.fetched_at.date())
    is_certain = clear_beside(tree, (layout for _, layout in tried.layouts))
    title = next((one for one in head.titles if one), "")
    told = [] if is_certain else list(_told(scripts, head))
    if (own := best(told, title, any_title=False)) is not None and _tells_more(own, head, WHOLE):
        clear_lists(tree)
    drop_silent(tree)
    outline = Outline(tree)
    seen = seen_dates(outline)
    finder = Finder(tree, outline)
    named = tuple(_lines_of(finder, tried.bylines))
    named += tuple(
        _lines_of(finder, ("[rel=author]", "[itemprop=author]", ".author", ".byline", ".penulis", ".reporter", ".writer"))
    )
    short = [line for _, line, _ in outline.lines if len(line) < 90]
    named += tuple(line for line in short if _SIGNED.match(line))
    brief = [line for line in short if len(line) < 60]
    notes = tuple(line for line in brief if release_signals([line])) if release_signals(brief) else ()
    if outline.depth > MAX_DEPTH or has_layout_tables(tree):
        flatten(tree)
        outline = Outline(unframed(tree))
    found: Told | None = own
    if own is not None and _tells_more(own, head, _shown(outline)):
        body = _told_body(own)
    else:
        body = find_body(Reading(outline, head.titles), finder, tried.layouts, _engine)
        prose = body.prose
        if is_certain:
            is_whole = prose >= WHOLE and bool(head.json_ld_dates or head.meta_dates)
            told = list(_told(() if is_whole else scripts, head))
        if (found := best(told, title, any_title=prose < MIN_WORDS)) is not None:
            body = _told_body(found) if _tells_more(found, head, prose) else body
    by_outlet = tuple(_lines_of(finder, body.layout.date if body.layout else ()))
    head = replace(
        head,
        time_tags=seen.time_tags,
        visible_dates=with_clock((*by_outlet, *seen.visible_dates)),
        updated_dates=seen.updated_dates,
        state_dates=(found.date,) if found and found.date else (),
    )
    return _Part(head, body, named, notes)


def _tells_more(told: Told, head: Head, shown: int) -> bool:
    """Whether a text in the page's data is the story, where the page shows ``shown`` words of sentences."""
    return not head.is_paid and told.prose > max(MIN_WORDS, MORE * shown)


def _told_body(told: Told) -> Body:
    return Body(tuple(Line(line, plain=True) for line in told.lines), "state")


def _shown(outline: Outline) -> int:
    """Words on a page, whoever's they are, but for links and what is too short to be a sentence."""
    return sum(words for _, line, linked in outline.lines if (words := count_words(line)) > 4 and linked < LINK_SHARE * len(line))


def _told(scripts: Iterable[etree._Element], head: Head) -> Iterable[Told]:
    """Texts in the page's data: its JSON-LD, and what its ``scripts`` hold."""
    if head.article_body:
        yield Told(html_lines(head.article_body), head.titles[0] if head.titles else "", "")
    texts = list(script_texts(scripts))
    found = [one for data in data_of(texts) for one in told_in(data)]
    yield from found or strings(texts)


def _lines_of(finder: Finder, selectors: Iterable[str]) -> list[str]:
    """The short texts of what the selectors name."""
    found = []
    for selector in selectors:
        for node in finder.find(selector)[:3]:
            if 0 < len(line := text_of(node)) <= 120:
                found.append(line)
    return found


def _engine(tree: etree._Element) -> list[str]:
    """Paragraphs of the main text. ``deduplicate`` stays off: it would empty the third copy of a release."""
    from trafilatura import bare_extraction
    from trafilatura.settings import Document

    found = bare_extraction(tree, fast=True, include_comments=False, include_tables=True, deduplicate=False)
    if not isinstance(found, Document) or not found.text:
        return []
    lines = (re.sub(r"\s+", " ", line).strip(" |") for line in found.text.split("\n"))
    return [re.sub(r"^- (?=\w)", "- ", line) for line in lines if line]


def _joined(parts: list[list[Line]]) -> list[Line]:
    """The parts' lines in order; a line that an earlier part had (title, summary box, footer) is not repeated."""
    lines = list(parts[0])
    for part in parts[1:]:
        before = {line.text for line in lines}
        lines.extend(line for line in part if line.text not in before)
    return lines


def _title(page: Page, head: Head) -> str:
    """The first of og:title, JSON-LD headline, h1, feed title, <title>; without the outlet's name at its end.

    The h1 goes first where it is plainly the same story's: readers see it, og:title may be cut or worded for search engines.
    """
    candidates = [one for one in (mend_line(title) for title in (*head.titles[:-1], page.feed_title, *head.titles[-1:])) if one]
    if not candidates:
        return ""
    title = candidates[0]
    domain = domain_of(page.url)
    names = {_squeezed(name) for name in (page.outlet, domain, domain.split(".")[0], head.site_name)} - {""}
    headings = [line if _is_plain(line) else mend_line(line) for line in head.headings]
    for other in (*candidates[1:], *headings):
        # Another of its titles stands in it whole, and what is more is no part of a sentence: the outlet's name, a page number.
        if title == other or len(other.split()) < 3:
            continue
        framed = other in title and re.fullmatch(rf"(?:.{{2,40}}\s[|»:–—-]\s+)?{re.escape(other)}(?:\s*{_MORE}.*)?", title)
        is_cut = not framed and title.endswith(("...", "…"))
        cut = re.fullmatch(r"(.{15,}?)\s*(?:\.\.\.|…)", title) if is_cut else None
        if framed or (cut and other.startswith(cut[1])):
            title = other
    for other in headings:
        if other not in head.titles:
            continue
        mine, seen = set(re.findall(r"\w{4,}", title.lower())), set(re.findall(r"\w{4,}", other.lower()))
        alike = len(mine & seen) >= max(2, 0.5 * min(len(mine), len(seen)))
        if len(other.split()) >= 4 and len(seen) >= 3 and alike and title not in other and other not in title:
            title = other
            break
    for _ in range(2):
        before, title = title, _PAGE_NAME.sub("", title)
        start, end = _last_part(title)
        if start and (_squeezed(end) in names or _SITE.fullmatch(end.strip())):
            title = start.strip()
        first, rest = [*re.split(r"\s[|»–—]\s|(?<=\.com)\s*:\s", title, maxsplit=1), ""][:2]
        named = len(first.split()) <= 4 and any(len(name) >= 5 and name in _squeezed(first) for name in names)
        if rest and (_squeezed(first) in names or named):
            title = rest.strip()
        first, _, rest = title.partition(" - ")
        if rest and _squeezed(first) in names:
            title = rest.strip()
        if title == before:
            break
    return title


_MORE = r"(?:\s[|»:–—-]\s|halaman (?:all|\d+)\b|[|»]|\(?page \d)"
_PAGE_NAME = re.compile(r"\s*(?:[-–|]\s*)?(?:halaman|page|hal)\s+(?:all|\d{1,2})\s*$", re.IGNORECASE)
_SITE = re.compile(r"[\w.-]+\.(?:com|co|id|net|org|news|tv|info)(?:\.id)?", re.IGNORECASE)


def _last_part(title: str) -> tuple[str, str]:
    """The title before its last separator, and what follows it."""
    found = list(re.finditer(r"\s[-–—|»]\s", title))
    return (title[: found[-1].start()], title[found[-1].end() :]) if found else ("", title)


def _own_names(page: Page, domain: str) -> frozenset[str]:
    """The outlet's name, its domain, and the domain's own word ("idntimes" of sagara.idntimes.com), squeezed."""
    word = re.sub(r"\.(?:co|go|or|ac|my|web|sch)?\.?[a-z]{2,4}$", "", domain).rsplit(".", 1)[-1]
    return frozenset({_squeezed(page.outlet), _squeezed(domain), _squeezed(word)} - {""})


def _squeezed(name: str) -> str:
    return re.sub(r"\W+", "", name).lower()
