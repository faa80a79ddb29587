"""Old layouts made readable to the engine: tables used as a frame become blocks, doubled line breaks paragraphs. Pure."""

from __future__ import annotations

from collections import Counter

from lxml import etree

LAYOUT_WORDS = 80  # a data table's cell holds a few words; a cell with a story in it is layout
_TABLE_TAGS = ("table", "tbody", "thead", "tr", "td", "th")


def _frame_parts(tree: etree._Element) -> list[etree._Element]:
    """Tables that frame the page or a story, with their own rows and cells; data tables inside them are not among these.

    A table is a frame if it, or a table inside it, has a cell with ``LAYOUT_WORDS`` words of its own (outside nested tables).
    One pass: hostile pages nest thousands of tables.
    """
    cell_of: dict[etree._Element, etree._Element | None] = {}
    table_of: dict[etree._Element, etree._Element | None] = {}
    words: Counter[etree._Element] = Counter()
    for node in tree.iter():
        above = node.getparent()
        cell = None if above is None else cell_of[above]
        if cell is not None:
            words[cell] += len((node.tail or "").split())
        table_of[node] = node if node.tag == "table" else None if above is None else table_of[above]
        cell_of[node] = own = node if node.tag == "td" else None if node.tag == "table" else cell
        if own is not None and isinstance(node.tag, str):
            words[own] += len((node.text or "").split())
    frames: set[etree._Element] = set()
    for long_cell in (cell for cell, count in words.items() if count >= LAYOUT_WORDS):
        table = table_of[long_cell]
        while table is not None and table not in frames:
            frames.add(table)
            above = table.getparent()
            table = None if above is None else table_of[above]
    return [node for node, table in table_of.items() if table in frames and node.tag in _TABLE_TAGS]


def has_layout_tables(tree: etree._Element) -> bool:
    """True when the page's frame, or a story itself, stands in table cells."""
    return bool(_frame_parts(tree))


def unframed(tree: etree._Element) -> etree._Element:
    """The tree with its layout tables turned into blocks, in place. Tables without long cells inside stay tables."""
    for node in _frame_parts(tree):
        node.tag = "div"
    for node in list(tree.iter("div", "font", "td")):
        _paragraphs(node)
    return tree


def _paragraphs(node: etree._Element) -> None:
    """Direct text of ``node`` that is split by ``<br><br>`` as ``<p>`` children, inline elements kept in their paragraph."""
    children = list(node)
    if sum(child.tag == "br" for child in children) < 2:
        return
    pieces: list[etree._Element] = [etree.Element("p")]
    pieces[0].text = node.text
    breaks = 0
    for child in children:
        tail, child.tail = child.tail, None
        if child.tag == "br":
            breaks += 1
            if breaks == 2:
                pieces.append(etree.Element("p"))
            elif breaks == 1:
                _append_text(pieces[-1], "\n")
        else:
            breaks = 0
            pieces[-1].append(child)
        if tail and tail.strip():
            breaks = 0
            _append_text(pieces[-1], tail)
    for child in list(node):
        node.remove(child)
    node.text = None
    node.extend(pieces)


def _append_text(element: etree._Element, text: str) -> None:
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text
