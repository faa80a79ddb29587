"""A small CSS: ``div.detail__body-text``, ``#isi p``, ``[itemprop=articleBody]``, and who in a tree fits it. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from pipeline.extract.outline import Outline

_STEP = re.compile(r"(?P<tag>[a-z][a-z0-9]*|\*)?(?P<rest>(?:[.#][\w-]+|\[[\w-]+(?:[\^*]?=[\w/:. -]+)?\])*)")
_PART = re.compile(r"(?P<mark>[.#])(?P<name>[\w-]+)|\[(?P<attribute>[\w-]+)(?:(?P<relation>[\^*]?=)(?P<value>[\w/:. -]+))?\]")


@dataclass(frozen=True, slots=True)
class Condition:
    """One demand on an element: a class name, an id, or an attribute that is there, is, begins with or holds ``value``."""

    attribute: str
    relation: str  # "" | = | ^= | *= | class
    value: str

    def fits(self, node: etree._Element) -> bool:
        """Whether the element has it."""
        held = node.get(self.attribute)
        if held is None:
            return False
        held = str(held)
        if self.relation == "class":
            return self.value in held and self.value in held.split()
        if self.relation == "=":
            return held == self.value
        return held.startswith(self.value) if self.relation == "^=" else self.value in held


@dataclass(frozen=True, slots=True)
class Step:
    """One word of a selector: a tag ("*" for any) and its conditions."""

    tag: str
    conditions: tuple[Condition, ...]

    def fits(self, node: etree._Element) -> bool:
        """Whether the element is meant."""
        return isinstance(node.tag, str) and self.tag in ("*", node.tag) and all(one.fits(node) for one in self.conditions)


@lru_cache(maxsize=1000)
def steps_of(selector: str) -> tuple[Step, ...]:
    """The words of a selector: tag, .class, #id, [a], [a=v], [a^=v], [a*=v], joined by spaces (somewhere inside).

    Raises ``ValueError`` for anything else.
    """
    steps = []
    for word in re.sub(r"\[[^\]]*\]", lambda match: match[0].replace(" ", "\0"), selector).split():
        match = _STEP.fullmatch(word.replace("\0", " "))
        if match is None or not match[0]:
            raise ValueError(f"{selector!r} is not tag, .class, #id or [attribute=value], joined by spaces")
        conditions = tuple(_condition(part) for part in _PART.finditer(match["rest"]))
        steps.append(Step(match["tag"] or "*", conditions))
    if not steps:
        raise ValueError("a selector is empty")
    return tuple(steps)


def _condition(part: re.Match[str]) -> Condition:
    if part["mark"]:
        return Condition("class", "class", part["name"]) if part["mark"] == "." else Condition("id", "=", part["name"])
    return Condition(part["attribute"], part["relation"] or "", part["value"] or "")


RARE = ("itemprop", "rel", "data-qa-id")  # attributes by whose values elements are looked up, beside class names and ids


@lru_cache(maxsize=1000)
def _keys_of(selector: str) -> tuple[tuple[str, str] | None, ...]:
    """For each word of a selector the (attribute, value) by which what it means is looked up, None where it must be searched."""
    return tuple(
        next(
            (
                (one.attribute, one.value)
                for one in sorted(step.conditions, key=lambda one: one.attribute not in ("class", "id"))
                if one.relation == "class" or (one.relation == "=" and one.attribute in ("id", *RARE))
            ),
            None,
        )
        for step in steps_of(selector)
    )


def key_of(selector: str) -> tuple[str, str] | None:
    """(attribute, value) by which the elements that a selector means are looked up, None where they must be searched for."""
    return _keys_of(selector)[-1]


def fits(node: etree._Element, selector: str, root: etree._Element) -> bool:
    """Whether a selector means an element below ``root``."""
    *above, last = steps_of(selector)
    return node is not root and last.fits(node) and _stands_in(node, above, root)


def _stands_in(node: etree._Element, above: list[Step], root: etree._Element) -> bool:
    """Whether the element is in the tree of ``root``, below elements that fit ``above`` in their order."""
    left = list(above)
    while node is not root:
        parent = node.getparent()
        if parent is None:
            return False
        node = parent
        if left and left[-1].fits(node):
            left.pop()
    return not left


class Finder:
    """Finds elements of one tree. The tree is walked once; most selectors then cost one look into what was found."""

    def __init__(self, tree: etree._Element, outline: Outline | None = None) -> None:
        self.tree = tree
        self._outline = outline = outline or Outline(tree)
        self._by: dict[tuple[str, str], list[int]] = defaultdict(list)  # (attribute, value or class name) → rows
        for attribute in ("id", *RARE):
            for row, value in outline.attributes[attribute].items():
                self._by[attribute, value].append(row)
        for names, rows in outline.alike.items():
            for name in set(names.split()):
                self._by["class", name].extend(rows)

    def find(self, selector: str) -> list[etree._Element]:
        """Elements that a selector names, in the page's order; what has left the tree since is not among them."""
        keys = _keys_of(selector)
        for key in keys:
            if key is not None and key not in self._by:
                return []
        key = keys[-1]
        nodes = self._outline.nodes
        asked = self.tree.iter(steps_of(selector)[-1].tag) if key is None else [nodes[row] for row in sorted(self._by[key])]
        return [node for node in asked if fits(node, selector, self.tree)]


def outermost(nodes: list[etree._Element]) -> list[etree._Element]:
    """Those that do not stand inside another of them."""
    held = set(nodes)
    return [node for node in nodes if not any(above in held for above in node.iterancestors())]
