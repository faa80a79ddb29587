"""Where on a page the story stands: in the outlet's own blocks, else where the engine or the sentences say. Pure."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass
from itertools import islice

from lxml import etree

from pipeline.extract.blocks import Reading, drop
from pipeline.extract.linerules import END_CODE, count_words, is_sentence, line_rule
from pipeline.extract.outlets import Layout
from pipeline.extract.outline import Outline
from pipeline.extract.render import Line, render
from pipeline.extract.selectors import Finder, outermost

Engine = Callable[[etree._Element], list[str]]

BODY_WORDS = 30  # words of sentences that a selected body must hold
OF_THE_PAGE = 0.5  # share of the page's sentences that a selected body must hold; the rest may be teasers of other stories
# A block of so many words, this share of them in sentences and of the page's sentences in it, is not shown to the engine. 100 of
# the 181 public pages come so far; 47 of them are spared it, at no lower F1 (always asked .9632, so .9637, never .9599).
SURE_WORDS, SURE = 100, 0.95
MISSED = 0.85  # the engine's text is left for the block that holds the prose when it has less than this share of it
MOST_NAMED = 10  # selectors that name something on a page; more are there to make us render it again and again
# What the engine is asked for; its time grows with the square of a row's cells and with tables in tables. Larger pages give
# their block.
ENGINE_ELEMENTS = 10_000
ENGINE_CELLS = 3_000
ENGINE_NESTED = 50  # tables in tables
MAX_DEPTH = 100  # nested blocks; the engine loses what stands deeper
DEEPEST = 60  # blocks nested below MAX_DEPTH before their text is laid flat


@dataclass(frozen=True, slots=True)
class Body:
    """A story's lines, the removed ones among them, and where they were found. ``source``: an overlay's name, engine or block."""

    lines: tuple[Line, ...]
    source: str
    layout: Layout | None = None
    headlines: int = 0  # lines that are one link to another story

    @property
    def prose(self) -> int:
        """Words of its sentences."""
        return prose_of(self.lines)


def prose_of(lines: Iterable[Line]) -> int:
    """Words of the sentences that no rule took out."""
    return sum([count_words(line.text) for line in lines if not line.rule and is_sentence(line.text)])


def flatten(tree: etree._Element) -> None:
    """Nests of blocks made shallow, in place: wrappers that hold one block only go, what is still too deep becomes paragraphs."""
    body = tree.find(".//body")
    depth_of: dict[etree._Element, int] = {}
    deep: list[etree._Element] = []
    for node in (tree if body is None else body).iter():
        above = node.getparent()
        depth_of[node] = depth = 0 if above is None else depth_of.get(above, 0) + 1
        if depth > MAX_DEPTH and node.tag in ("div", "span", "section", "font", "center"):
            deep.append(node)
    for node in reversed(deep):
        children, parent = list(node), node.getparent()
        if len(children) == 1 and parent is not None and not (node.text or "").strip() and not (children[0].tail or "").strip():
            child = children[0]
            child.tail = node.tail
            parent.replace(node, child)
    if deep:
        _lay_flat(tree)


def _lay_flat(tree: etree._Element) -> None:
    """Every block at ``MAX_DEPTH`` that nests ``DEEPEST`` deeper is made a row of paragraphs."""
    depth_of: dict[etree._Element, int] = {}
    top_of: dict[etree._Element, etree._Element | None] = {}
    tops: dict[etree._Element, int] = {}
    for node in tree.iter():
        above = node.getparent()
        depth_of[node] = depth = 0 if above is None else depth_of[above] + 1
        top = None if above is None else top_of[above]
        top_of[node] = top = node if top is None and depth == MAX_DEPTH else top
        if top is not None:
            tops[top] = max(tops.get(top, 0), depth - MAX_DEPTH)
    for top, below in tops.items():
        if below <= DEEPEST:
            continue
        lines = [(line, linked) for _, line, linked in Outline(top).lines]
        for child in list(top):
            top.remove(child)
        top.text = None
        for line, linked in lines:
            paragraph = etree.SubElement(top, "p")
            holder = etree.SubElement(paragraph, "a", href="#") if linked > 0.85 * len(line) else paragraph
            holder.text = line


def find_body(reading: Reading, finder: Finder, layouts: Iterable[tuple[str, Layout]], engine: Engine) -> Body:
    """The story of a page that has been read: the first candidate that passes its checks, in the order told above."""
    named = ((name, layout, nodes) for name, layout in layouts for nodes in _named(reading, finder, layout))
    for name, layout, nodes in islice(named, MOST_NAMED):
        if (found := _selected(reading, finder, name, layout, nodes)) is not None:
            return found
    block = _prose_block(reading)
    reading.refine(reading.body)
    lines = render([block], reading.rules)
    headlines = _headlines(lines)
    shape = {line.text.removeprefix("- "): line for line in lines}
    asked = [] if _is_the_story(lines, reading.total) else _asked(engine, reading)
    told = [shape.get(text.removeprefix("- "), Line(text, plain=True)) for text in asked]
    run = _run(lines, {line.text for line in told})
    source = "engine" if prose_of(told) >= MISSED * prose_of(run) else "block"
    texts = {line.text.removeprefix("- ") for line in told}
    if source == "engine" and set(shape.values()).issuperset(told):
        told = _in_place(lines, texts)
    story = told if source == "engine" else run
    # Removed lines without a place in the story come last: they must not end it.
    taken = [line for line in lines if line.rule]
    taken += [Line(text, "other_story") for place, text in reading.cut_links if _inside(place, {block})]
    held = set(story)
    return Body((*_trimmed(story), *(line for line in taken if line not in held)), source, None, headlines)


def _is_the_story(lines: list[Line], total: int) -> bool:
    """Whether a block is so nearly all sentences, and all of the page's, that there is nothing to choose."""
    prose = prose_of(lines)
    others = (line.text for line in lines if not line.rule and not is_sentence(line.text))
    # What is taken out later for what it says, wherever it stands, is no reason to ask, nor is a sentence's "(Humas)".
    words = prose + sum(count_words(text) for text in others if not line_rule(text) and not END_CODE.search(text))
    return words >= SURE_WORDS and prose >= SURE * max(words, total)


def _in_place(lines: list[Line], texts: set[str]) -> list[Line]:
    """The lines with these texts and the removed ones, in the page's order, with lists and tables between them."""
    places = [number for number, line in enumerate(lines) if not line.rule and line.text.removeprefix("- ") in texts]
    first, last = (places[0], places[-1]) if places else (0, -1)
    held = set(places)
    return [
        line
        for number, line in enumerate(lines)
        if line.rule or number in held or (first < number < last and (line.text.startswith("- ") or " | " in line.text))
    ]


def _headlines(lines: list[Line]) -> int:
    """Lines that link to other stories before the last sentence: lists have them between sentences, articles after."""
    last = max((number for number, line in enumerate(lines) if not line.rule and is_sentence(line.text)), default=0)
    return sum(line.rule == "other_story" for line in lines[:last])


def _run(lines: list[Line], told: set[str]) -> list[Line]:
    """The lines around those that the engine told, up to a linked heading or two links in a row; all if it told none."""
    places = [number for number, line in enumerate(lines) if line.text in told and not line.rule]
    if not places:
        return lines

    def ends(number: int) -> bool:
        line = lines[number]
        beside = lines[number + 1] if number + 1 < len(lines) else line
        return line.rule in ("comment", "glossary", "author_box") or (
            line.rule == "other_story" and (line.heading or beside.rule == "other_story")
        )

    start, end = places[0], places[-1]
    while start > 0 and not ends(start - 1):
        start -= 1
    while end + 1 < len(lines) and not ends(end + 1):
        end += 1
    return lines[start : end + 1]


def _trimmed(lines: list[Line]) -> list[Line]:
    """Three and more short lines before the first sentence are a menu; a short plain line after the last one is the site's."""
    prose = [number for number, line in enumerate(lines) if not line.rule and is_sentence(line.text)]
    if not prose:
        return lines
    first, last = prose[0], prose[-1]
    menu = {number for number in range(first) if not lines[number].rule and len(lines[number].text.split()) <= 5}
    below = {
        number
        for number in range(last + 1, len(lines))
        if lines[number].plain and not lines[number].rule and re.fullmatch(r"[^\W\d_][^()|:#]*\w", lines[number].text)
    }
    rules = {**dict.fromkeys(menu if len(menu) >= 3 else (), "menu"), **dict.fromkeys(below, "below")}
    return [line.under(rules[number]) if number in rules else line for number, line in enumerate(lines)]


def _named(reading: Reading, finder: Finder, layout: Layout) -> Iterator[list[etree._Element]]:
    """For each body selector of a layout that names anything: the blocks in which the story may stand."""
    for selector in layout.body:
        nodes = [node for node in outermost(finder.find(selector)) if not _in_next_story(reading, node)]
        if not nodes:
            continue
        held = [reading.prose(node) for node in nodes]
        if max(held) >= 0.7 * sum(held) and len({node.getparent() for node in nodes}) > 1:
            nodes = [nodes[held.index(max(held))]]
        yield nodes


def _selected(reading: Reading, finder: Finder, name: str, layout: Layout, nodes: list[etree._Element]) -> Body | None:
    for node in nodes:
        reading.refine(node)
    rules = dict(reading.rules)
    for remove in layout.remove:
        rules.update((node, "outlet_block") for node in finder.find(remove))
    lines = render(nodes, rules)
    within = set(nodes)
    lines.extend(Line(text, "other_story") for block, text in reading.cut_links if _inside(block, within))
    prose = prose_of(lines)
    if prose >= BODY_WORDS and prose >= OF_THE_PAGE * reading.total:
        return Body(tuple(lines), name, layout, _headlines(lines))
    return None


def _in_next_story(reading: Reading, node: etree._Element) -> bool:
    return any(reading.rules.get(one) == "next_story" for one in (node, *node.iterancestors()))


def _inside(block: etree._Element, nodes: Set[etree._Element]) -> bool:
    return any(one in nodes for one in (block, *block.iterancestors()))


def _prose_block(reading: Reading) -> etree._Element:
    """The innermost block that holds at least three quarters of the page's sentences, those in foreign boxes not counted."""
    block = reading.body
    while True:
        inner = max((child for child in block if isinstance(child.tag, str)), key=reading.left, default=None)
        if (
            inner is None
            or reading.left(inner) < 0.75 * reading.left(block)
            or reading.left(inner) <= 0
            or inner.tag in ("p", "li", "tr", "td", "blockquote")
        ):
            return block
        block = inner


def _asked(engine: Engine, reading: Reading) -> list[str]:
    twin = _pruned(reading)
    return engine(twin) if _is_bearable(twin) else []


def _is_bearable(twin: etree._Element) -> bool:
    """Whether the engine can be asked about a tree."""
    nested = sum(next(table.iterancestors("table"), None) is not None for table in twin.iter("table"))
    cells = sum(1 for _ in twin.iter("td", "th"))
    return nested <= ENGINE_NESTED and cells <= ENGINE_CELLS and sum(1 for _ in twin.iter()) <= ENGINE_ELEMENTS


def _pruned(reading: Reading) -> etree._Element:
    """A copy of the tree without its foreign boxes and scripts: what only the page's data tells is asked elsewhere."""
    for node in reading.rules:
        node.set("data-pantau", "x")
    twin = copy.deepcopy(reading.tree)
    for node in reading.rules:
        del node.attrib["data-pantau"]
    for node in list(twin.iter()):
        if isinstance(node.tag, str) and (node.get("data-pantau") or node.tag == "script"):
            drop(node)
    return twin
