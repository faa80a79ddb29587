"""Old layouts made readable to the engine: tables used as a frame become blocks, doubled line breaks paragraphs. Pure."""

from __future__ import annotations

from lxml import etree

LAYOUT_WORDS = 80  # a data table's cell holds a few words; a cell with a story in it is layout
_TABLE_TAGS = ("table", "tbody", "thead", "tr", "td", "th")


def _own_words(cell: etree._Element) -> int:
    """Words of a cell outside nested tables."""
    inner = sum(len("".join(str(t) for t in table.itertext()).split()) for table in cell.iter("table") if table is not cell)
    return len("".join(str(t) for t in cell.itertext()).split()) - inner


def has_layout_tables(tree: etree._Element) -> bool:
    """True when the page's frame, or a story itself, stands in table cells."""
    return any(_own_words(cell) >= LAYOUT_WORDS for cell in tree.iter("td"))


def unframed(tree: etree._Element) -> etree._Element:
    """The tree with its layout tables turned into blocks, in place. Tables without long cells inside stay tables."""
    tables = [table for table in tree.iter("table") if any(_own_words(cell) >= LAYOUT_WORDS for cell in table.iter("td"))]
    for table in tables:
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
