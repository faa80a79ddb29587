"""Old layouts made readable to the engine: tables used as a frame become blocks, doubled line breaks paragraphs. Pure."""

from __future__ import annotations

from collections import Counter

from lxml import etree

LAYOUT_WORDS = 80  # a data table's cell holds a few words; a cell with a story in it is layout
_TABLE_TAGS = ("table", "tbody", "thead", "tr", "td", "th")


def _frames(tree: etree._Element) -> list[etree._Element]:
    """The outermost tables that frame the page or a story: a cell in them holds ``LAYOUT_WORDS`` words outside nested tables.

    One pass: hostile pages nest thousands of tables.
    """
    cell_of: dict[etree._Element, etree._Element | None] = {}
    outermost_of: dict[etree._Element, etree._Element | None] = {}
    words: Counter[etree._Element] = Counter()
    for node in tree.iter():
        above = node.getparent()
        cell, outermost = (None, None) if above is None else (cell_of[above], outermost_of[above])
        if cell is not None:
            words[cell] += len((node.tail or "").split())
        outermost_of[node] = node if outermost is None and node.tag == "table" else outermost
        cell_of[node] = own = node if node.tag == "td" else None if node.tag == "table" else cell
        if own is not None and isinstance(node.tag, str):
            words[own] += len((node.text or "").split())
    found = dict.fromkeys(outermost_of[cell] for cell, count in words.items() if count >= LAYOUT_WORDS)
    return [table for table in found if table is not None]


def has_layout_tables(tree: etree._Element) -> bool:
    """True when the page's frame, or a story itself, stands in table cells."""
    return next(tree.iter("table"), None) is not None and bool(_frames(tree))


def unframed(tree: etree._Element) -> etree._Element:
    """The tree with its layout tables and all tables in them turned into blocks, in place. Other tables stay tables.

    What stands beside a story in its frame is menus and lists of other stories; as blocks the engine drops them, as tables not.
    """
    for table in _frames(tree):
        for node in list(table.iter(*_TABLE_TAGS)):
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
