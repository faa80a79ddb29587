"""A small CSS: ``div.detail__body-text``, ``#isi p``, ``[itemprop=articleBody]``, and who in a tree fits it. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

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


_KEYED = ("id", "itemprop", "rel")  # attributes by whose values elements are looked up, beside their class names


class Finder:
    """Finds elements of one tree. The tree is walked once; most selectors then cost one look into what was found."""

    def __init__(self, tree: etree._Element) -> None:
        self.tree = tree
        self._by: dict[tuple[str, str], list[etree._Element]] = defaultdict(list)
        for node in tree.iter(etree.Element):
            for name in set(str(node.get("class") or "").split()):
                self._by["class", name].append(node)
            for attribute in _KEYED:
                if (value := node.get(attribute)) is not None:
                    self._by[attribute, str(value)].append(node)

    def find(self, selector: str) -> list[etree._Element]:
        """Elements that a selector names, in the page's order; what has left the tree since is not among them."""
        *above, last = steps_of(selector)
        key = next(
            (one for one in last.conditions if one.relation == "class" or (one.relation == "=" and one.attribute in _KEYED)), None
        )
        asked = self.tree.iter(last.tag) if key is None else self._by.get((key.attribute, key.value), ())
        return [node for node in asked if node is not self.tree and last.fits(node) and self._stands_in(node, above)]

    def _stands_in(self, node: etree._Element, above: list[Step]) -> bool:
        """Whether the element is still in the tree, below elements that fit ``above`` in their order."""
        left = list(above)
        while node is not self.tree:
            parent = node.getparent()
            if parent is None:
                return False
            node = parent
            if left and left[-1].fits(node):
                left.pop()
        return not left


def outermost(nodes: list[etree._Element]) -> list[etree._Element]:
    """Those that do not stand inside another of them."""
    held = set(nodes)
    return [node for node in nodes if not any(above in held for above in node.iterancestors())]
