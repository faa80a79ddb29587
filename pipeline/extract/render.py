"""Elements of a page as lines of text, each with the rule by which its place or shape says that it is not the story. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from lxml import etree

from pipeline.extract.blocks import LINK_SHARE, LIST_LINK, NEVER_TEXT, is_full_stop
from pipeline.extract.linerules import count_words, is_sentence
from pipeline.extract.outline import BLOCK_TAGS, folded

HEADLINE = 4  # words from which a line that is one link is a headline; shorter ones are linked keywords
CAPTION_WORDS = 45
EDGE = 100  # characters of a line's start and end by which it is told whether a line break ends a paragraph
_OF_A_PICTURE = re.compile(
    r"\b(?:foto|dok|istimewa|ist|antara|humas|ilustrasi|tangkapan layar|instagram|youtube)\b", re.IGNORECASE
)
_PARAGRAPH_END = re.compile(r"[.!?:…][\"”'’)\]]*\s*$")
_PARAGRAPH_START = re.compile(r"\s*[\"“'‘(\[•*\-–—]?\s*[A-Z0-9]")
_DISPLAY = ("b", "strong", "font", "big", "h1", "h2", "h3", "img")
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_STRONG = _HEADINGS | {"strong", "b"}
_INLINE_STYLE = ("em", "i", "small", "font")
_INLINE = _STRONG.union(_INLINE_STYLE, ("a", "br", "img"))
_OUTSIDE = dict.fromkeys(("a", "styled", "strong"), 0)  # what the writer itself puts between pieces stands in none of them


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the page. ``rule`` is "" for the story's own; ``plain``: a paragraph of its own, no heading, bold or list."""

    text: str
    rule: str = ""
    plain: bool = False
    heading: bool = False

    def under(self, rule: str) -> Line:
        """The same line, taken out by ``rule``."""
        return replace(self, rule=rule)


class _Writer:
    """Collects the running text of one block after the other."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._clear()

    def _clear(self) -> None:
        self.pieces: list[str] = []
        self.linked = self.styled = self.strong = self.links = self.list_links = 0
        self.picture = False

    def add(self, text: str, depth: Mapping[str, int]) -> None:
        words = folded(text)
        self.pieces.append(f"{' ' * text[0].isspace()}{words}{' ' * text[-1].isspace()}" if words else " ")
        if depth["a"] > 0 or depth["styled"] > 0 or depth["strong"] > 0:
            size = len(text.strip())
            self.linked += size if depth["a"] > 0 else 0
            self.styled += size if depth["styled"] > 0 else 0
            self.strong += size if depth["strong"] > 0 else 0

    def end(self, tag: str, rule: str) -> None:
        """The block ends: its text becomes lines. Line breaks end a line where a sentence ends and another begins."""
        whole = "".join(self.pieces)
        if self.pieces and (text := folded(whole)):
            words = count_words(text)
            size = len(text) - words + 1
            if not rule and self.linked >= LINK_SHARE * size:
                rule = self._of_links(whole, tag)
            if not rule and self.picture and words <= CAPTION_WORDS:
                small = self.styled >= 0.9 * size
                rule = "caption" if small or (_OF_A_PICTURE.search(whole) and not re.match(r"[^.]{3,40}\s[-–—]", whole)) else ""
            mark = "- " if tag in ("li", "dd") and not rule else ""
            plain = tag in ("p", "div", "td", "center", "body") and self.strong < 0.5 * size
            for piece in _pieces(whole) if "\n" in whole else (text,):
                self.lines.append(Line(mark + piece, rule, plain, tag in _HEADINGS))
                mark = ""
        self._clear()

    def _of_links(self, whole: str, tag: str) -> str:
        if self.links and self.list_links == self.links:
            # Keywords: two and more in a row are a tag line, one alone is a linked word that fills its cell or item.
            return "tags" if self.links >= 2 and tag not in ("td", "th", "li") and not is_sentence(whole) else ""
        words = len(whole.split())
        # A headline has no full stop: a linked paragraph that has one is the story's own.
        return "other_story" if HEADLINE <= words <= 40 and not is_full_stop(whole) else ""


def _pieces(whole: str) -> Iterable[str]:
    """The lines of a block: broken at doubled line breaks, and at single ones between sentences."""
    held: list[str] = []
    start = end = ""  # of what is held: a block may have a million lines
    for number, piece in enumerate(whole.split("\n")):
        bare = " ".join(piece.split())
        if held and (
            (number and (not bare or (_PARAGRAPH_END.search(end) and _PARAGRAPH_START.match(bare)) or _stands_alone(bare)))
            or (bare and _stands_alone(start))
        ):
            yield " ".join(held)
            held, start, end = [], "", ""
        if bare:
            held.append(bare)
            start = start if len(start) > EDGE else f"{start} {bare[:EDGE]}".strip()
            end = f"{end} {bare[-EDGE:]}"[-EDGE:]
    if held:
        yield " ".join(held)


def _stands_alone(line: str) -> bool:
    return bool(re.match(r"(?:baca|simak|lihat) (?:juga|pula)\b|[-•*] ?[A-Z]|\d{1,2}[.)] |#\w", line, re.IGNORECASE))


def render(roots: Iterable[etree._Element], rules: Mapping[etree._Element, str]) -> list[Line]:
    """The lines of ``roots`` in order. Marked elements inside them give lines under their rule; a root's own is not asked."""
    writer = _Writer()
    for root in roots:
        _walk(root, rules, writer)
    return writer.lines


def _walk(root: etree._Element, rules: Mapping[etree._Element, str], writer: _Writer) -> None:
    under: list[tuple[etree._Element, str]] = []  # marked elements that the walk stands in
    blocks = [str(root.tag)]
    depth = {"a": 0, "styled": 0, "strong": 0, "row": 0}
    walker = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, node in walker:
        rule = under[-1][1] if under else ""
        if event in ("comment", "pi"):
            if node.tail:
                writer.add(node.tail, depth)
            continue
        tag = node.tag
        is_start = event == "start"
        is_marked = node in rules and node is not root
        is_block = tag in BLOCK_TAGS
        if is_block:
            in_row = depth["row"] > 0
            is_cell = tag in ("td", "th")
            if is_cell and not is_start and _follows(node):
                writer.add(" | ", _OUTSIDE)
            elif not (is_cell or (in_row and tag in ("p", "div"))) or rule or is_marked:
                writer.end(blocks[-1], rule)
            elif in_row:
                writer.add(" ", _OUTSIDE)
            if is_start:
                blocks.append(tag)
            elif len(blocks) > 1:
                blocks.pop()
            if tag == "tr" and (is_start or depth["row"]):
                depth["row"] += 1 if is_start else -1
        if is_start and is_marked:
            under.append((node, rules[node]))
        elif not is_start and under and under[-1][0] is node:
            if not is_block:
                writer.end(blocks[-1], under[-1][1])
            under.pop()
        if is_start and not is_block and is_marked and writer.pieces:
            writer.end(blocks[-1], rule)
        if tag in _INLINE:
            _inline(writer, node, tag, 1 if is_start else -1, depth)
        if is_start and tag in NEVER_TEXT:
            walker.skip_subtree()
            continue
        if text := node.text if is_start else node.tail if node is not root else None:
            writer.add(text, depth)
    writer.end(blocks[-1], under[-1][1] if under else "")


def _inline(writer: _Writer, node: etree._Element, tag: str, step: int, depth: dict[str, int]) -> None:
    if tag == "a":
        depth["a"] += step
        if step > 0 and (node.get("href") or "").strip():
            writer.links += 1
            writer.list_links += bool(LIST_LINK.search(str(node.get("href"))))
    elif tag in _INLINE_STYLE:
        depth["styled"] += step
    elif tag in _STRONG:
        depth["strong"] += step
    elif tag == "br" and step > 0:
        # A break beside a font or bold element divides display lines (section, title, date), not a wrapped sentence.
        writer.pieces.append("\n\n" if _divides(node) else "\n")
    elif tag == "img" and step > 0:
        writer.picture = True


def _divides(br: etree._Element) -> bool:
    before, after = br.getprevious(), br.getnext()
    return (before is not None and before.tag in _DISPLAY and not (before.tail or "").strip()) or (
        after is not None and after.tag in _DISPLAY and not (br.tail or "").strip()
    )


def _follows(cell: etree._Element) -> bool:
    return any(later.tag in ("td", "th") for later in cell.itersiblings())
