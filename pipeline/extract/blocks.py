"""Blocks of a page that are not its story, marked with the rule that says so: by their names or their headings. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property, lru_cache
from itertools import islice
from typing import cast

from lxml import etree

from pipeline.extract.boxnames import MAX_NAMES, head_rule, name_rule
from pipeline.extract.linerules import count_words, is_sentence
from pipeline.extract.outline import BLOCK_TAGS, Outline, text_of

PROSE_WORDS = 8  # a paragraph of the story has a sentence of so many words, and is not all links
SMALL = 0.3  # a headed box may hold so much of the page's prose; more is the story itself under such a heading
LINK_SHARE = 0.85
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


_WRITTEN = etree.XPath("descendant::text()[not(ancestor::script or ancestor::style or ancestor::noscript)]")


def is_full_stop(line: str) -> bool:
    """True if the line ends in one full stop; headlines do not."""
    return re.search(r"(?<!\.)\.[\"”’]?\s*$", line) is not None


def rule_of_names(classes: str, identity: str) -> str:
    """The rule by which class and id, without what page builders and WordPress put on every block, tell no story; "" if none."""
    return (_rule_of_names if len(classes) + len(identity) <= MAX_NAMES else _rule_of_names.__wrapped__)(classes, identity)


@lru_cache(maxsize=8192)  # the blocks of a site bear the same names on page after page
def _rule_of_names(classes: str, identity: str) -> str:
    names = f"{classes} {identity}"
    if "hentry" in names or "type-post" in names:
        names = _POST_CLASS.sub(" ", names)
    names = _BUILDER.sub(" ", names.replace("__", "-")).strip()
    return name_rule(names) if names else ""


def drop_silent(tree: etree._Element) -> None:
    """Take what never holds text for readers out of the body, in place."""
    for node in list(next(tree.iter("body"), tree).iter(*NEVER_TEXT)):
        # ASP.NET puts the whole page into one form.
        if node.tag == "form" and len(" ".join("".join(cast("list[str]", _WRITTEN(node))).split())) > 400:
            node.tag = "div"
        else:
            drop(node)


class Reading:
    """A page with its foreign blocks: ``rules`` maps an element to the rule that takes it out."""

    def __init__(self, outline: Outline, titles: Iterable[str] = ()) -> None:
        self.outline = outline
        self.tree = outline.nodes[0]
        self.body = outline.nodes[outline.body]
        self.rules: dict[etree._Element, str] = {}
        self.cut_links: list[tuple[etree._Element, str]] = []
        self._frames = {
            node
            for h1 in islice(self.tree.iter("h1"), 5)
            for node in (h1, *islice(h1.iterancestors(), 300))
            if node.tag != "header"
        }
        inside = outline.under(outline.body)
        self._blocks = [one for one in outline.lines if one[0] in inside]
        self._words = self._prose()
        self._by_name()
        self._by_heading()
        self._teasers()
        self._next_stories(titles)

    def _prose(self) -> list[int]:
        """By row: words of prose, an element's own and those of all below it."""
        words = [0] * len(self.outline.nodes)
        for row, line, linked in self._blocks:
            count = count_words(line)
            if count >= PROSE_WORDS and is_sentence(line) and linked < LINK_SHARE * len(line):
                words[row] += count
        return self.outline.summed(words)

    def prose(self, node: etree._Element) -> int:
        """Words of prose in an element."""
        return self._words[self.outline.place[node]]

    @cached_property
    def _taken(self) -> list[int]:
        """By row: words of prose that a rule took out. Asked once the rules are made."""
        words = [0] * len(self._words)
        behind = 0
        for row in sorted(self.outline.place[node] for node in self.rules):
            if row >= behind:
                words[row], behind = self._words[row], self.outline.ends[row]
        return self.outline.summed(words)

    def left(self, node: etree._Element) -> int:
        """Words of prose in an element that no rule took out."""
        row = self.outline.place[node]
        return self._words[row] - self._taken[row]

    @property
    def total(self) -> int:
        """Words of prose on the page that no rule took out."""
        return max(0, self.left(self.body))

    def _by_name(self) -> None:
        outline = self.outline
        whole = self._words[outline.body]
        for row, rule in sorted(self._named().items()):
            node = outline.nodes[row]
            if outline.tags[row] in _FRAME_TAGS or node in self._frames:
                continue
            held = self._words[row]
            # A box with most of the page's prose is the story in a badly named frame; only comments and columns outgrow it.
            if held > 0.5 * whole and held >= 40 and (rule not in ("comment", "aside") or whole - held < 30):
                continue
            self.rules[node] = rule

    def _named(self) -> dict[int, str]:
        """Row → rule, for elements whose tag, style or names tell one; the tag goes before the style, and that before names."""
        outline = self.outline
        found: dict[int, str] = {}
        inside = outline.under(outline.body)
        for names, rows in outline.alike.items():
            if rule := rule_of_names(names, ""):
                found.update((row, rule) for row in rows)
        classes = outline.attributes["class"]
        for row, identity in outline.attributes["id"].items():
            if identity:
                found[row] = rule_of_names(classes.get(row, ""), identity)
        found.update((row, "hidden") for row in outline.attributes["hidden"] if outline.tags[row] in BLOCK_TAGS)
        found.update((row, "hidden") for row, style in outline.attributes["style"].items() if _HIDDEN.search(style))
        found.update((outline.place[node], _LEAVES[str(node.tag)]) for node in self.body.iter(*_LEAVES))
        return {row: rule for row, rule in found.items() if rule and row in inside}

    def _by_heading(self) -> None:
        """Boxes that begin with "Berita Terkait", "Ringkasan Berita", "Komentar (12)" and the like."""
        whole = self._words[self.outline.body]
        for row, line, _ in self._blocks:
            block = self.outline.nodes[row]
            rule = head_rule(line)
            if not rule or block in self.rules:
                continue
            found = None
            for node in (block, *islice(block.iterancestors(), 12)):
                if node in self._frames or node.tag in _FRAME_TAGS or not _begins_with(node, block):
                    break
                if rule != "comment" and self.prose(node) > SMALL * whole:
                    break
                if node.tag in _BOXES:
                    found = node
            if found is not None:
                self.rules.setdefault(found, rule)

    def refine(self, root: etree._Element) -> None:
        """What costs most, for the blocks below ``root`` alone: single links to other stories marked, "Baca juga: …" cut out.

        No such block has prose, so that what was asked of ``left`` and ``total`` before holds.
        """
        rows = self.outline.under(self.outline.place[root])
        self._by_links(rows)
        self._cut(rows)

    def _by_links(self, rows: range) -> None:
        """Blocks whose only text is a link with a headline."""
        tags, nodes = self.outline.tags, self.outline.nodes
        for row, line, linked in self._blocks:
            if row not in rows or linked < LINK_SHARE * len(line) or self._words[row]:
                continue
            block = nodes[row]
            if block in self.rules or block in self._frames:
                continue
            if tags[row] in ("td", "th", "body", "h1") or not 4 <= len(line.split()) <= 40 or is_full_stop(line):
                continue
            links = [nodes[place] for place in islice((at for at in self.outline.under(row) if tags[at] == "a"), 5)]
            links = links or list(block.iterancestors("a"))
            if links and not all(LIST_LINK.search(str(link.get("href") or "")) for link in links):
                self.rules[block] = "other_story"

    def _teasers(self) -> None:
        """Two and more article elements that begin with a linked heading and have no h1: what else the site has."""
        whole = self._words[self.outline.body]
        found = []
        for node in islice(self.body.iter("article"), 200):
            heading = next(islice(node.iter("h2", "h3", "h4", "h5"), 1), None)
            linked = heading is not None and (
                next(heading.iter("a"), None) is not None or next(heading.iterancestors("a"), None) is not None
            )
            if linked and next(node.iter("h1"), None) is None and self.prose(node) <= 0.5 * whole:
                found.append(node)
        if len(found) >= 2:
            for node in found:
                self.rules.setdefault(node, "other_story")

    def _next_stories(self, titles: Iterable[str]) -> None:
        """Whole stories with an h1 of their own that follow the one with the page's title, as endless pages load them."""
        named = {squeezed for title in set(titles) if len(squeezed := re.sub(r"\W+", "", title).lower()) >= 10}
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
            held = 0 if found is None else self.prose(found)
            if found is not None and text != mine and held >= 30 and self.prose(self.body) - held >= 30:
                self.rules[found] = "next_story"

    def _cut(self, rows: range) -> None:
        """ "Baca juga: <a>headline</a>" inside a paragraph taken out of it, told in ``cut_links`` with the block it stood in."""
        for row in rows:
            link = self.outline.nodes[row]
            if self.outline.tags[row] != "a" or link.tag != "a" or link.getparent() is None or not (words := text_of(link)):
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
