"""A tree laid out in rows, one an element, in the page's order: looked at once, asked many times. Pure."""

from __future__ import annotations

from functools import cached_property

from lxml import etree

BLOCK_TAGS = frozenset(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 "
    "h4 h5 h6 header hr li main nav ol p pre section summary table tbody td tfoot th thead tr ul".split()
)
ATTRIBUTES = ("class", "id", "itemprop", "rel", "data-qa-id", "hidden", "style")  # that are asked for by row
_BLOCK, _LINK, _BREAK, _SILENT = 1, 2, 3, 4
_KINDS = {**dict.fromkeys(BLOCK_TAGS, _BLOCK), "a": _LINK, "br": _BREAK, "script": _SILENT, "style": _SILENT}


def text_of(node: etree._Element) -> str:
    """All text below a node, that of scripts too, white space folded."""
    return folded(etree.tostring(node, encoding="unicode", method="text", with_tail=False) if len(node) else node.text or "")


def folded(text: str) -> str:
    """``text`` with its white space folded: one blank between two words, none at the ends."""
    # What is printable has no white space but blanks; to ask that costs half of a split.
    return text.strip(" ") if text.isprintable() and "  " not in text else " ".join(text.split())


class Outline:
    """The elements of a tree in rows. As long as it lives, so do lxml's Python objects for them, which are dear to make anew.

    ``place``: element → row; ``parents``: row of the parent, -1 for the root; ``ends``: the first row behind what stands below;
    ``attributes``: one of ``ATTRIBUTES`` → row → value. Later changes of the tree do not show.
    """

    def __init__(self, root: etree._Element) -> None:
        self.nodes = nodes = [root, *root.iterdescendants(etree.Element)]
        count = len(nodes)
        self.place = place = dict(zip(nodes, range(count), strict=True))
        self.parents = parents = [-1, *[place[node.getparent()] for node in nodes[1:]]]  # type: ignore[index]
        self.tags = [node.tag for node in nodes]
        self.ends = ends = list(range(1, count + 1))
        for row in range(count - 1, 0, -1):
            above = parents[row]
            if ends[row] > ends[above]:
                ends[above] = ends[row]
        self.texts = [node.text for node in nodes]
        self.tails = [node.tail for node in nodes]
        self.attributes = attributes = {name: dict[int, str]() for name in ATTRIBUTES}
        for row, node in enumerate(nodes):
            for name, value in node.items():
                if name in attributes:
                    attributes[name][row] = value  # type: ignore[assignment]

    @cached_property
    def body(self) -> int:
        """Row of the body, 0 where there is none."""
        return self.tags.index("body") if "body" in self.tags else 0

    @cached_property
    def alike(self) -> dict[str, list[int]]:
        """Class attribute, as it stands there, → rows."""
        found: dict[str, list[int]] = {}
        for row, names in self.attributes["class"].items():
            if names:
                if names in found:
                    found[names].append(row)
                else:
                    found[names] = [row]
        return found

    @cached_property
    def depth(self) -> int:
        """How deep the deepest element stands."""
        depths = [0]
        for above in self.parents[1:]:
            depths.append(depths[above] + 1)
        return max(depths)

    def under(self, row: int) -> range:
        """The rows of an element and all below it."""
        return range(row, self.ends[row])

    def summed(self, own: list[int]) -> list[int]:
        """By row: its own number and those of all below it."""
        sums = list(own)
        parents = self.parents
        for row in range(len(sums) - 1, 0, -1):
            if sums[row]:
                sums[parents[row]] += sums[row]
        return sums

    @cached_property
    def lines(self) -> list[tuple[int, str, int]]:
        """(row of a block, its own running text, characters of it inside links), in order; inline elements are joined."""
        ends, kinds = self.ends, [_KINDS.get(tag, 0) for tag in self.tags]
        texts, tails = self.texts, self.tails
        found: list[tuple[int, str, int]] = []
        pieces: list[str] = []
        blocks, opened = [0], [0][:0]
        linked = in_link = 0
        # One row more than there are, so that what is still open is closed by the same lines.
        for row in range(ends[0] + 1):
            while opened and ends[opened[-1]] <= row:
                closed = opened.pop()
                kind = kinds[closed]
                if kind == _BLOCK:
                    if pieces:
                        if line := folded("".join(pieces)):
                            found.append((blocks[-1], line, linked))
                        pieces, linked = [], 0
                    if len(blocks) > 1:
                        blocks.pop()
                elif kind == _LINK:
                    in_link -= 1
                if (text := tails[closed]) and closed:
                    pieces.append(text)
                    if in_link:
                        linked += len(text)
            if row == ends[0]:
                break
            kind = kinds[row]
            if kind == _BLOCK:
                if pieces:
                    if line := folded("".join(pieces)):
                        found.append((blocks[-1], line, linked))
                    pieces, linked = [], 0
                blocks.append(row)
            elif kind == _LINK:
                in_link += 1
            elif kind == _BREAK:
                pieces.append(" ")
            if (text := texts[row]) and kind != _SILENT:
                pieces.append(text)
                if in_link:
                    linked += len(text)
            opened.append(row)
        if line := folded("".join(pieces)):
            found.append((blocks[-1], line, linked))
        return found
