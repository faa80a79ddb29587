"""The dates that readers see on a page: short texts and time tags outside other stories, comments and footers. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice

from lxml import etree

from pipeline.extract.outline import Outline, text_of

# Not the article's own: dates there belong to other stories, to readers' comments or to the site.
_FOREIGN = re.compile(
    r"foot|aside|sidebar|comment|komentar|related|terkait|populer|popular|terbaru|latest|widget|nav|menu|ticker", re.IGNORECASE
)
# Page builders put such words on every block ("elementor-widget-post-info").
_BUILDER = re.compile(r"\belementor-\S+", re.IGNORECASE)
_FULL_DATE = re.compile(
    r"\b\d{1,2}/\d{1,2}/\d{2}\b|\b\d{1,2}\W+(?:\w{3,9}|\d{1,2})\W+\d{4}|[A-Za-z]{3,9}\.? \d{1,2}, \d{4}|\b\d{4}-\d{2}-\d{2}\b"
)
_CLOCK = re.compile(r"\b[0-2]?\d[.:][0-5]\d\b")
_DATE_NAMES = re.compile(r"date|time|waktu|tanggal|tgl|publish|posted|terbit|tayang|meta", re.IGNORECASE)
_YEAR = re.compile(r"\d(?:\d{3}|/\d)")  # no full date without it
_RIGHTS = re.compile(r"©|copyright|hak cipta", re.IGNORECASE)
_FRAMES = ("body", "main", "article", "section", "h1", "header")
_SENTENCE = re.compile(r"(?:\S+\s+){3,}\S+[.!?][\"”’)]*")
_CHANGE = re.compile(
    r"\W*(?:diperbarui|diperbaharui|update|updated|terakhir|last|dimutakhirkan|diubah|modified|edited)\b", re.IGNORECASE
)
_PUBLISHED = re.compile(r"\b(?:tayang|terbit|diterbitkan|dipublikasi\w*|published|posted|dibuat|diposting)\b", re.IGNORECASE)
_CHANGE_NAMES = re.compile(r"\b(?:updated|modified|date-?update)\b", re.IGNORECASE)
_NOT_CONTENT = {"script", "style", "noscript", "template", "footer", "aside", "nav", "select"}
NEAR = 40  # elements behind the headline within which a date is likely the story's
SHORTEST = 6  # characters of a date: 1/1/26
LONGEST = 300  # characters of a line that may hold the page's date, with the white space in it
MAX_TITLE = 1_000  # characters


class Foreign:
    """Which elements stand in foreign blocks. What holds headline and paragraphs is the page's frame, though "has-sidebar"."""

    def __init__(self, outline: Outline) -> None:
        self._outline = outline
        self._known: dict[int, bool] = {-1: False}
        around = {above for h1 in islice(outline.nodes[0].iter("h1"), 5) for above in islice(h1.iterancestors(), 200)}
        self._frames = {outline.place[node] for node in around if next(islice(node.iter("p"), 1, None), None) is not None}

    def __contains__(self, row: int) -> bool:
        """Whether the element of a row does; asked of few."""
        above = []
        while row not in self._known:
            above.append(row)
            row = self._outline.parents[row]
        found = self._known[row]
        for one in reversed(above):
            found = self._known[one] = found or self._begins(one)
        return found

    def _begins(self, row: int) -> bool:
        tag = self._outline.tags[row]
        if tag in _NOT_CONTENT:
            return True
        names = f"{self._outline.attributes['class'].get(row, '')} {self._outline.attributes['id'].get(row, '')}"
        return names != " " and tag not in ("html", "body") and row not in self._frames and _is_foreign_name(names)


def _is_foreign_name(names: str) -> bool:
    return (_asked_name if len(names) <= MAX_TITLE else _asked_name.__wrapped__)(names)


@lru_cache(maxsize=4096)
def _asked_name(names: str) -> bool:
    return _FOREIGN.search(_BUILDER.sub("", names)) is not None


def time_tags(outline: Outline, foreign: Foreign) -> tuple[list[str], list[str]]:
    """(dates of publication, dates of a change) in tags made for it; one that tells a day only gives its visible text too."""
    published: list[str] = []
    changed: list[str] = []
    for node in outline.nodes[0].iter("time", "abbr"):
        value = str(node.get("datetime") or (node.get("title") if node.tag == "abbr" else "") or "").strip()
        if not re.match(r"\d{4}-\d{2}-\d{2}", value) or outline.place[node] in foreign or _beside_a_headline(node):
            continue
        names = f"{node.get('class') or ''} {node.get('itemprop') or ''}".lower()
        is_change = re.search(r"updated|modified", names) and not re.search(r"published|entry-date", names)
        (changed if is_change else published).append(value)
    return published, changed


def _beside_a_headline(node: etree._Element) -> bool:
    """True for what stands in a small box with a link of five words and more: the date of the story that is linked."""
    box = node.getparent()
    if box is None or box.tag in ("body", "main", "article", "html") or node.tag in _FRAMES:
        return False
    if len(box) > 6 or _is_longer(box, 200) or next(islice(box.iter("h1", "p"), 0, 1), None) is not None:
        return False
    return any(len(text_of(link).split()) >= 5 for link in islice(box.iter("a"), 3))


def _is_longer(node: etree._Element, size: int) -> bool:
    """Whether a node has more text than so many characters; no more of it is read."""
    left = size
    for piece in node.itertext():
        left -= len(" ".join(str(piece).split()))
        if left < 0:
            return True
    return False


def visible_dates(outline: Outline, foreign: Foreign) -> list[tuple[str, bool]]:
    """(line, whether it tells of a change): texts of at most 90 characters with a day, a month and a year, the likeliest first.

    Likely is what has a clock, stands in a block named for it, or follows the headline; outside other stories, comments, footers.
    """
    found: list[tuple[int, str, bool]] = []
    named: tuple[int, str, bool] = (-1, "", False)  # an element, the names around it, whether it stands beside a headline
    headlines = [row for row, tag in enumerate(outline.tags) if tag == "h1"]
    for row, line in _dated_lines(outline):
        if row in foreign:
            continue
        node = outline.nodes[row]
        if named[0] != row:
            around = " ".join(
                f"{one.get('class') or ''} {one.get('id') or ''}"[:MAX_TITLE] for one in (node, *islice(node.iterancestors(), 2))
            )
            named = (row, around, _beside_a_headline(node))
        clock = _CLOCK.search(line)
        if named[2] or (_SENTENCE.fullmatch(line) and not clock):
            continue
        points = 2 * bool(clock) + bool(_DATE_NAMES.search(named[1])) + _follows(headlines, row, foreign)
        found.append((points, line, bool(_CHANGE.match(line) or _CHANGE_NAMES.search(named[1]))))
    found.sort(key=lambda one: -one[0])
    return [(line, is_change) for _, line, is_change in found]


def _dated_lines(outline: Outline) -> list[tuple[int, str]]:
    """(row, line) of the pieces of text in the body that hold a full date, by their elements."""
    found: list[tuple[int, int, str]] = []
    first, behind, has_year = outline.body, outline.ends[outline.body], _YEAR.search
    for pieces in (outline.texts, outline.tails):
        for row, piece in enumerate(pieces[first:behind], first):
            if not piece or len(piece) < SHORTEST or len(piece.strip()) > LONGEST or not has_year(piece):
                continue
            owner = row if pieces is outline.texts else outline.parents[row]
            if owner < first:
                continue
            line = " ".join(piece.split())
            # "Update: …, tayang: …": what follows the word for publication counts.
            if _CHANGE.match(line) and (later := _PUBLISHED.search(line)):
                line = line[later.start() :]
            if len(line) <= 90 and _FULL_DATE.search(line) and not _RIGHTS.search(line):
                found.append((owner, row, line))
    # An element's row is less than those below it: its own text comes before what follows its children.
    return [(owner, line) for owner, _, line in sorted(found, key=lambda one: one[:2])]


def _follows(headlines: list[int], row: int, foreign: Foreign) -> bool:
    """Whether fewer than ``NEAR`` elements of the page's own stand between the last headline and an element."""
    last = next((one for one in reversed(headlines) if one <= row and one not in foreign), None)
    if last is None:
        return False
    own = (one for one in range(last + 1, row + 1) if one not in foreign)
    return next(islice(own, NEAR - 1, None), None) is None
