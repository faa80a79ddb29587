"""What a site puts beside every story, taken off before a page is read: menus, columns, lists of other stories. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from lxml import etree

from pipeline.extract.blocks import drop
from pipeline.extract.outlets import Layout
from pipeline.extract.outline import text_of
from pipeline.extract.selectors import RARE, fits, key_of, outermost

STORY = 400  # characters of paragraphs in the named block from which it is taken for the story's
SHARE = 0.5  # of all paragraphs of the page
DENSE = 0.9  # the same for a block that no overlay names
LINKS = 8  # a box with so many, without headline and paragraphs, is a menu or a list of other stories
MOST_LINKS = 500  # that are looked at in a box
MOST_BLOCKS = 50  # with one name, among which a story is looked for
LEVELS = 20  # of boxes in boxes in which lists are looked for
PARAGRAPHS = 300  # characters of paragraphs up to which a box has none


def clear_beside(tree: etree._Element, layouts: Iterable[Layout]) -> bool:
    """Take menus, columns and lists of other stories off the page, in place; False where no overlay names its story for certain.

    Nothing of the story's block goes, nothing between the headline and it, and no paragraphs. Where no overlay names the block
    it is the one that holds nearly all paragraphs. What is left is read as any page is, in a fraction of the time: nine of ten
    elements of a page of the press stand in such boxes.
    """
    body = next(tree.iterchildren("body"), None)
    if body is None:
        return False
    held = _held(body)
    written = held.get(body, 0)
    if written < STORY:
        return False
    for nodes in _stories(body, held, layouts):
        of_them = sum(held[node] for node in nodes)
        if of_them >= STORY and of_them >= SHARE * written:
            for box in _site(_beside(_around(nodes), body), held):
                drop(box)
            return True
    # Without an overlay's word what has a text of its own stays: its weight beside the story's is asked for later.
    for box in filter(_is_of_links, _site(_beside(_densest(body, held), body), held)):
        drop(box)
    return False


def clear_lists(tree: etree._Element) -> None:
    """Take menus and lists of other stories off a page without a story, whose data tell it; in place."""
    body = next(tree.iterchildren("body"), None)
    held = {} if body is None else _held(body)
    level = [] if body is None or held.get(body, 0) >= STORY else [body]
    for _ in range(LEVELS):
        for box in [box for node in level for box in _site(node, held)]:
            drop(box)
        level = [inner for node in level for inner in node if len(inner)]


def _held(body: etree._Element) -> Mapping[etree._Element, int]:
    """What stands around paragraphs → characters right in them; those inside links and bold words are not counted."""
    held: dict[etree._Element, int] = {}
    order: list[etree._Element] = []  # each behind what it stands in
    for one in body.iter("p"):
        path = []
        above = one.getparent()
        while above is not None and above not in held:
            held[above] = 0
            path.append(above)
            above = above.getparent()
        order += reversed(path)
        if (parent := one.getparent()) is not None:
            held[parent] += len(one.text or "") + sum(len(child.tail or "") for child in one)
    for node in reversed(order):
        if (above := node.getparent()) is not None:
            held[above] += held[node]
    return held


def _stories(
    body: etree._Element, held: Mapping[etree._Element, int], layouts: Iterable[Layout]
) -> Iterator[list[etree._Element]]:
    """Blocks around paragraphs that a selector of a layout names, in the layouts' order."""
    named: dict[tuple[str, str], list[etree._Element]] = defaultdict(list)
    for node in held:
        for attribute in ("id", *RARE):
            if (value := node.get(attribute)) is not None:
                named[attribute, value].append(node)
        for name in set(str(node.get("class") or "").split()):
            named["class", name].append(node)
    for layout in layouts:
        for selector in layout.body:
            asked = named.get(key_of(selector) or ("", ""), ())
            if 0 < len(asked) <= MOST_BLOCKS and (found := outermost([node for node in asked if fits(node, selector, body)])):
                yield found


def _around(nodes: list[etree._Element]) -> etree._Element:
    """The innermost element that holds them all, or the only one."""
    if len(nodes) == 1:
        return nodes[0]
    above = [set(node.iterancestors()) for node in nodes[1:]]
    return next(node for node in nodes[0].iterancestors() if all(node in one for one in above))


def _densest(body: etree._Element, held: Mapping[etree._Element, int]) -> etree._Element:
    """The innermost element that holds nearly all of a page's paragraphs."""
    node, enough = body, DENSE * held[body]
    while (inner := next((one for one in node if held.get(one, 0) >= enough), None)) is not None:
        node = inner
    return node


def _site(boxes: Iterable[etree._Element], held: Mapping[etree._Element, int]) -> list[etree._Element]:
    """The boxes that are the site's: many links, few paragraphs and no headline."""
    return [
        box
        for box in boxes
        if next(islice(box.iter("a"), LINKS - 1, None), None) is not None
        and held.get(box, 0) < PARAGRAPHS
        and not _has_headline(box)
    ]


def _is_of_links(box: etree._Element) -> bool:
    """Whether two thirds of its text and more are links."""
    left = 2 * len(text_of(box))
    return left == 0 or any((left := left - 3 * len(text_of(link))) <= 0 for link in islice(box.iter("a"), MOST_LINKS))


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
