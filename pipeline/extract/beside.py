"""What a site puts beside every story, taken off before a page is read, where an overlay says which block the story is. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice

from lxml import etree

from pipeline.extract.blocks import drop
from pipeline.extract.outlets import Layout
from pipeline.extract.selectors import fits, key_of, outermost

STORY = 400  # characters of paragraphs in the named block from which it is taken for the story's
SHARE = 0.5  # of all paragraphs of the page
LINKS = 8  # a box with so many, without headline and paragraphs, is a menu or a list of other stories
PARAGRAPHS = 300  # characters of paragraphs up to which a box has none


def clear_beside(tree: etree._Element, layouts: Iterable[Layout]) -> bool:
    """Take menus, columns and lists of other stories off the page, in place; False where no overlay names its story for certain.

    Nothing of the named block goes, nothing between the headline and it, and no paragraphs. What is left is read as any page is,
    in a fraction of the time: nine of ten elements of a page of the press stand in such boxes.
    """
    body = tree.find("body")
    if body is None:
        return False
    written = _paragraphs(body)
    if written < STORY:
        return False
    for node in _stories(body, layouts):
        held = _paragraphs(node)
        if held >= STORY and held >= SHARE * written:
            for box in list(_beside(node, body)):
                if _is_site(box):
                    drop(box)
            return True
    return False


def _stories(body: etree._Element, layouts: Iterable[Layout]) -> Iterator[etree._Element]:
    """Blocks that a selector of a layout names alone, in the layouts' order."""
    named: dict[tuple[str, str], list[etree._Element]] = defaultdict(list)
    for node in body.iter(etree.Element):
        for attribute in ("class", "id"):
            if value := node.get(attribute):
                named[attribute, value].append(node)
    names = " ".join(value for _, value in named)
    for layout in layouts:
        for selector in layout.body:
            attribute, value = key_of(selector) or ("", "")
            if attribute not in ("class", "id") or value not in names:
                continue
            alike = [nodes for (kind, name), nodes in named.items() if kind == attribute and value in name]
            found = outermost([node for nodes in alike for node in nodes if fits(node, selector, body)])
            if len(found) == 1:
                yield found[0]


def _paragraphs(node: etree._Element) -> int:
    """Characters right in a node's paragraphs; those inside links and bold words are not counted."""
    return sum(len(one.text or "") + sum(len(child.tail or "") for child in one) for one in node.iter("p"))


def _beside(story: etree._Element, body: etree._Element) -> Iterator[etree._Element]:
    """Elements beside the story and beside what it stands in, but for those between the headline and it."""
    headline = False
    node = story
    while node is not body:
        above = node.getparent()
        if above is None:
            return
        before = list(node.itersiblings(etree.Element, preceding=True))
        if not headline:
            place = next((number for number, one in enumerate(before) if _has_headline(one)), None)
            headline = place is not None
            before = [] if place is None else before[place + 1 :]
        yield from before
        yield from node.itersiblings(etree.Element)
        node = above


def _has_headline(node: etree._Element) -> bool:
    return next(node.iter("h1"), None) is not None


def _is_site(box: etree._Element) -> bool:
    many = next(islice(box.iter("a"), LINKS - 1, None), None) is not None
    return many and not _has_headline(box) and _paragraphs(box) < PARAGRAPHS
