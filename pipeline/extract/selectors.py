"""A small CSS: ``div.detail__body-text``, ``#isi p``, ``[itemprop=articleBody]``, as XPath. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from lxml import etree

_STEP = re.compile(r"(?P<tag>[a-z][a-z0-9]*|\*)?(?P<rest>(?:[.#][\w-]+|\[[\w-]+(?:[\^*]?=[\w/:. -]+)?\])*)")
_PART = re.compile(r"([.#])([\w-]+)|\[([\w-]+)(?:([\^*]?=)([\w/:. -]+))?\]")


@lru_cache(maxsize=1000)
def to_xpath(selector: str) -> str:
    """The XPath of a selector: tag, .class, #id, [a], [a=v], [a^=v], [a*=v], joined by spaces (somewhere inside).

    Raises ``ValueError`` for anything else.
    """
    path = ""
    steps = re.sub(r"\[[^\]]*\]", lambda match: match[0].replace(" ", "\0"), selector).split()
    for step in steps:
        match = _STEP.fullmatch(step.replace("\0", " "))
        if match is None or not match[0]:
            raise ValueError(f"{selector!r} is not tag, .class, #id or [attribute=value], joined by spaces")
        conditions = "".join(f"[{_condition(*part.groups())}]" for part in _PART.finditer(match["rest"]))
        path += f"//{match['tag'] or '*'}{conditions}"
    if not path:
        raise ValueError("a selector is empty")
    return "." + path


def _condition(mark: str, name: str, attribute: str, relation: str, value: str) -> str:
    if mark == ".":
        return f"contains(concat(' ', normalize-space(@class), ' '), ' {name} ')"
    if mark == "#":
        return f"@id='{name}'"
    return {
        None: f"@{attribute}",
        "=": f"@{attribute}='{value}'",
        "^=": f"starts-with(@{attribute}, '{value}')",
        "*=": f"contains(@{attribute}, '{value}')",
    }[relation]


class Finder:
    """Finds elements of one tree; asks only for class and id names that stand in it, which spares most of the work."""

    def __init__(self, tree: etree._Element) -> None:
        self.tree = tree
        self._names = {
            name
            for node in tree.iter()
            if isinstance(node.tag, str)
            for name in f"{node.get('class') or ''} {node.get('id') or ''}".split()
        }

    def find(self, selector: str) -> list[etree._Element]:
        """Elements that a selector names, in the page's order."""
        bare = re.sub(r"\[[^\]]*\]", "", selector)
        if not self._names.issuperset(re.findall(r"[.#]([\w-]+)", bare)):
            return []
        found = self.tree.xpath(to_xpath(selector))
        return [node for node in found if isinstance(node, etree._Element)] if isinstance(found, list) else []


def outermost(nodes: list[etree._Element]) -> list[etree._Element]:
    """Those that do not stand inside another of them."""
    held = set(nodes)
    return [node for node in nodes if not any(above in held for above in node.iterancestors())]
