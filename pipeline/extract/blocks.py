"""Blocks of a page that are not its story, marked with the rule that says so: by their names or their headings. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import islice

from lxml import etree

from pipeline.extract.boxnames import head_rule, name_rule
from pipeline.extract.linerules import is_sentence

PROSE_WORDS = 8  # a paragraph of the story has a sentence of so many words, and is not all links
SMALL = 0.3  # a headed box may hold so much of the page's prose; more is the story itself under such a heading
LINK_SHARE = 0.85
BLOCK_TAGS = frozenset(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 "
    "h4 h5 h6 header hr li main nav ol p pre section summary table tbody td tfoot th thead tr ul".split()
)
NEVER_TEXT = frozenset("script style noscript template iframe object svg select button textarea form video audio title".split())
_BOXES = frozenset("div section aside ul ol table blockquote nav dl details figure footer".split())
_FRAME_TAGS = frozenset(("html", "body", "main", "article"))
# What page builders put on every block, and what WordPress tells of a post on the block that frames it.
_BUILDER = re.compile(r"\b(?:elementor|wp-block|has|format|status|type|no)-[\w-]+", re.IGNORECASE)
_POST_CLASS = re.compile(r"\b(?:tag|category)-[\w-]+", re.IGNORECASE)
_LEAVES = {"figcaption": "caption", "nav": "widget", "footer": "site", "aside": "aside"}
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?:left|top|right|text-indent)\s*:\s*-\d{3,}|font-size\s*:\s*0(?:px)?\s*(?:;|$)|"
    r"opacity\s*:\s*0\s*(?:;|$)|(?<![\w-])(?:height|width)\s*:\s*[01](?:px)?\s*;.*overflow\s*:\s*hidden",
    re.IGNORECASE,
)
LIST_LINK = re.compile(
    r"/(?:tags?|topik|topic|label|search|cari|indeks?|keyword|author|penulis)/|[?&](?:s|q|tag)=", re.IGNORECASE
)
_MARK = re.compile(
    r"(?:^|(?<=[\s.!?”\"'(\[]))[(\[]?(?:(?:baca|simak|lihat|tonton|cek)\s+(?:juga|pula|selengkapnya)|pilihan editor|"
    r"(?:artikel|berita) terkait)\s*[:：»>–-]*\s*$",
    re.IGNORECASE,
)


def text_of(node: etree._Element) -> str:
    """All text below a node but scripts', white space folded."""
    pieces = [str(part) for part in node.xpath(".//text()[not(ancestor::script or ancestor::style or ancestor::noscript)]")]  # type: ignore[union-attr]
    return " ".join("".join(pieces).split())


def is_full_stop(line: str) -> bool:
    """True if the line ends in one full stop; headlines do not."""
    return re.search(r"(?<!\.)\.[\"”’]?\s*$", line) is not None


def names_of(node: etree._Element) -> str:
    """Class and id of a node, without what page builders and WordPress put on every block."""
    names = f"{node.get('class') or ''} {node.get('id') or ''}"
    if "hentry" in names or "type-post" in names:
        names = _POST_CLASS.sub(" ", names)
    return _BUILDER.sub(" ", names.replace("__", "-")).strip() if names != " " else ""


def rule_of(node: etree._Element) -> str:
    """The rule by which a node's tag, name or style says that it is not the story; "" if none."""
    if node.tag in _LEAVES:
        return _LEAVES[str(node.tag)]
    if (style := node.get("style")) and _HIDDEN.search(style):
        return "hidden"
    if node.get("hidden") is not None and node.tag in BLOCK_TAGS:
        return "hidden"
    names = names_of(node)
    return name_rule(names) if names else ""


class Reading:
    """A page's tree with its foreign blocks: ``rules`` maps an element to the rule that takes it out. The tree is altered."""

    def __init__(self, tree: etree._Element, titles: Iterable[str] = ()) -> None:
        self.tree = tree
        self.rules: dict[etree._Element, str] = {}
        body = tree.find(".//body")
        self.body = tree if body is None else body
        self.cut_links: list[tuple[etree._Element, str]] = []
        self._drop_silent()
        self._frames = {
            node for h1 in islice(tree.iter("h1"), 5) for node in (h1, *islice(h1.iterancestors(), 300)) if node.tag != "header"
        }
        self._blocks = list(block_texts(self.body))
        self.prose = self._prose()
        self._by_name()
        self._by_heading()
        self._by_links()
        self._teasers()
        self._next_stories(titles)

    def _drop_silent(self) -> None:
        for node in list(self.body.iter(*NEVER_TEXT)):
            # ASP.NET puts the whole page into one form.
            if node.tag == "form" and len(text_of(node)) > 400:
                node.tag = "div"
            else:
                drop(node)

    def _prose(self) -> dict[etree._Element, int]:
        """Element → words of prose in it, its own and those of all below it."""
        words: dict[etree._Element, int] = {}
        for block, line, linked in self._blocks:
            count = len(line.split())
            if count >= PROSE_WORDS and is_sentence(line) and linked < LINK_SHARE * len(line):
                words[block] = words.get(block, 0) + count
        return summed(self.body, words)

    @cached_property
    def taken(self) -> dict[etree._Element, int]:
        """Element → words of prose in it that a rule took out. Asked once the rules are made."""
        inside: set[etree._Element] = set()
        words: dict[etree._Element, int] = {}
        for node in self.body.iter():
            above = node.getparent()
            if above in inside:
                inside.add(node)
            elif node in self.rules:
                inside.add(node)
                words[node] = self.prose.get(node, 0)
        return summed(self.body, words)

    def left(self, node: etree._Element) -> int:
        """Words of prose in an element that no rule took out."""
        return self.prose.get(node, 0) - self.taken.get(node, 0)

    @property
    def total(self) -> int:
        """Words of prose on the page that no rule took out."""
        return max(0, self.left(self.body))

    def _by_name(self) -> None:
        whole = self.prose.get(self.body, 0)
        for node in self.body.iter():
            if not isinstance(node.tag, str) or node in self._frames or node.tag in _FRAME_TAGS:
                continue
            rule = rule_of(node)
            if not rule:
                continue
            held = self.prose.get(node, 0)
            # A box with most of the page's prose is the story in a badly named frame; only comments and columns outgrow it.
            if held > 0.5 * whole and held >= 40 and (rule not in ("comment", "aside") or whole - held < 30):
                continue
            self.rules[node] = rule

    def _by_heading(self) -> None:
        """Boxes that begin with "Berita Terkait", "Ringkasan Berita", "Komentar (12)" and the like."""
        whole = self.prose.get(self.body, 0)
        for block, line, _ in self._blocks:
            rule = "" if block in self.rules else head_rule(line)
            if not rule:
                continue
            found = None
            for node in (block, *islice(block.iterancestors(), 12)):
                if node in self._frames or node.tag in _FRAME_TAGS or not _begins_with(node, block):
                    break
                if rule != "comment" and self.prose.get(node, 0) > SMALL * whole:
                    break
                if node.tag in _BOXES:
                    found = node
            if found is not None:
                self.rules.setdefault(found, rule)

    def _by_links(self) -> None:
        """Blocks whose only text is a link with a headline."""
        for block, line, linked in self._blocks:
            if linked < LINK_SHARE * len(line) or block in self.rules or block in self._frames or self.prose.get(block, 0):
                continue
            if block.tag in ("td", "th", "body", "h1") or not 4 <= len(line.split()) <= 40 or is_full_stop(line):
                continue
            links = list(islice(block.iter("a"), 5)) or list(block.iterancestors("a"))
            if links and not all(LIST_LINK.search(str(link.get("href") or "")) for link in links):
                self.rules[block] = "other_story"

    def _teasers(self) -> None:
        """Two and more article elements that begin with a linked heading and have no h1: what else the site has."""
        whole = self.prose.get(self.body, 0)
        found = []
        for node in islice(self.body.iter("article"), 200):
            heading = next(islice(node.iter("h2", "h3", "h4", "h5"), 1), None)
            linked = heading is not None and (
                next(heading.iter("a"), None) is not None or next(heading.iterancestors("a"), None) is not None
            )
            if linked and next(node.iter("h1"), None) is None and self.prose.get(node, 0) <= 0.5 * whole:
                found.append(node)
        if len(found) >= 2:
            for node in found:
                self.rules.setdefault(node, "other_story")

    def _next_stories(self, titles: Iterable[str]) -> None:
        """Whole stories with an h1 of their own that follow the one with the page's title, as endless pages load them."""
        named = {squeezed for title in titles if len(squeezed := re.sub(r"\W+", "", title).lower()) >= 10}
        headings = [(heading, re.sub(r"\W+", "", text_of(heading)).lower()) for heading in islice(self.body.iter("h1"), 40)]
        # The site's name is often an h1 too, and stands in the page's title beside the story's: the longest match is the story's.
        fits = [(len(text), -n) for n, (_, text) in enumerate(headings) if text and any(text in title for title in named)]
        if not fits:
            return
        place = -max(fits)[1]
        own, mine = headings[place]
        for heading, text in headings[place + 1 :]:
            found = None
            for node in (heading, *heading.iterancestors()):
                if node is self.body or own in set(islice(node.iter("h1"), 40)):
                    break
                found = node
            held = 0 if found is None else self.prose.get(found, 0)
            if found is not None and text != mine and held >= 30 and self.prose.get(self.body, 0) - held >= 30:
                self.rules[found] = "next_story"

    def cut(self) -> None:
        """ "Baca juga: <a>headline</a>" inside a paragraph taken out of it, told in ``cut_links`` with the block it stood in."""
        for link in list(self.body.iter("a")):
            words = text_of(link)
            if not words or link.getparent() is None:
                continue
            if (mark := _mark_before(link)) is not None:
                block = next(iter(node for node in link.iterancestors() if node.tag in BLOCK_TAGS), self.body)
                self.cut_links.append((block, f"{mark} {words}".strip()))
                # Emptied, not removed: joining thousands of tails would take time by the square of their number.
                for child in list(link):
                    link.remove(child)
                link.text, link.tag = None, "span"


def _mark_before(link: etree._Element) -> str | None:
    """The "Baca juga:" right before a link, itself taken out; None if there is none."""
    holder = link
    for _ in range(3):
        previous, parent = holder.getprevious(), holder.getparent()
        if parent is None:
            return None
        text = (parent.text if previous is None else previous.tail) or ""
        bare = text.rstrip()
        start = max(0, len(bare) - 60)  # no mark is longer
        if match := _MARK.search(bare, start):
            left = bare[: match.start()]
            if previous is None:
                parent.text = left
            else:
                previous.tail = left
            return match[0].strip()
        if text.strip():
            return None
        if previous is not None:
            if previous.tag in ("strong", "b", "em", "i", "span", "u") and _MARK.fullmatch(whole := text_of(previous)):
                drop(previous)
                return whole
            return None
        if parent.tag in BLOCK_TAGS:
            return None
        holder = parent
    return None


def _begins_with(node: etree._Element, block: etree._Element) -> bool:
    """True if nothing is written in ``node`` before ``block``."""
    if node is block:
        return True
    while block is not node:
        parent = block.getparent()
        if parent is None or (parent.text or "").strip():
            return False
        for before in block.itersiblings(preceding=True):
            if (before.tail or "").strip() or (isinstance(before.tag, str) and text_of(before)):
                return False
        block = parent
    return True


def drop(node: etree._Element) -> None:
    """Take a node out of its tree, its tail left in place."""
    parent = node.getparent()
    if parent is None:
        return
    if node.tail:
        previous = node.getprevious()
        if previous is not None:
            previous.tail = (previous.tail or "") + node.tail
        else:
            parent.text = (parent.text or "") + node.tail
    parent.remove(node)


def summed(root: etree._Element, own: Mapping[etree._Element, int]) -> dict[etree._Element, int]:
    """Element → its own number and those of all below it, up to ``root``; elements with nothing are left out."""
    words = dict(own)
    for node in reversed(list(root.iter())):
        above = node.getparent()
        if node is not root and above is not None and (count := words.get(node)):
            words[above] = words.get(above, 0) + count
    return words


def block_texts(root: etree._Element) -> Iterator[tuple[etree._Element, str, int]]:
    """(block element, its own running text, characters of it inside links), in the page's order; inline elements are joined."""
    pieces: list[str] = []
    linked = in_link = 0
    stack = [root]
    for event, node in etree.iterwalk(root, events=("start", "end")):
        if not isinstance(node.tag, str):
            continue
        if node.tag in BLOCK_TAGS:
            if line := " ".join("".join(pieces).split()):
                yield stack[-1], line, linked
            pieces, linked = [], 0
            if event == "start":
                stack.append(node)
            elif len(stack) > 1:
                stack.pop()
        elif node.tag == "br" and event == "start":
            pieces.append(" ")
        if node.tag == "a":
            in_link += 1 if event == "start" else -1
        text = node.text if event == "start" else (node.tail if node is not root else None)
        if text and not (event == "start" and node.tag in ("script", "style")):
            pieces.append(text)
            linked += len(text) if in_link else 0
    if line := " ".join("".join(pieces).split()):
        yield stack[-1], line, linked


def removed_lines(nodes: Iterable[tuple[etree._Element, str]]) -> list[tuple[str, str]]:
    """(rule, line) of marked elements, one line a block."""
    return [(rule, line) for node, rule in nodes for _, line, _ in block_texts(node)]
