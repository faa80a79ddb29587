"""Regular expressions of the vocabulary, tried only where they can begin and on texts that hold the words they need."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pipeline.text.letters import Letters

# A group of plain alternatives, "(lapas|rutan|rumah tahanan)", that nothing behind it makes optional.
_PLAIN = re.compile(r"\((?:\?:)?([a-z ]+(?:\|[a-z ]+)*)\)(?![?*{])")
_LETTERS = re.compile(r"[a-z]{3,}(?![a-z?*{])")
_OPENING = re.compile(r"(?:\\b)*([a-z][a-z ]*)")
_GROUP = re.compile(r"(?:\\b)*\((?:\?:|(?!\?))")
_FLAGS = re.compile(r"\(\?[a-zA-Z]+\)")
# What holds no bracket or bar that counts: escapes, character classes.
_SKIPPED = re.compile(r"\\.|\[\^?\]?[^\]]*\]")
_OPTIONAL = ("?", "*", "{")


class Pattern:
    """A regular expression over folded text, the group its matches belong to, and a cheap test before it."""

    def __init__(self, group: str, expression: str) -> None:
        """Compile ``expression``."""
        self.group = group
        self.needs = needed_words(expression)
        self.openings = openings(expression)
        self._pattern = re.compile(expression)

    def find(self, text: str, starts: Iterable[int] | None = None) -> Iterator[tuple[int, int]]:
        """The spans of the matches in ``text``. ``starts``: rising positions, outside of which none begins; None: all."""
        if starts is None:
            # Only where it must be tried everywhere do the needed words cost less than they spare.
            if all(any(word in text for word in words) for words in self.needs):
                yield from (match.span() for match in self._pattern.finditer(text))
            return
        done = 0
        for start in starts:
            if start >= done and (found := self._pattern.match(text, start)):
                done = found.end()
                yield found.span()


class Patterns:
    """Several patterns; where each can begin is found in one pass for all of them."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        """Those of which no opening is known are sought everywhere."""
        self._patterns = tuple(patterns)
        owners: dict[str, tuple[int, ...]] = {}
        for number, pattern in enumerate(self._patterns):
            for word in pattern.openings:
                owners[word] = (*owners.get(word, ()), number)
        self._letters = Letters(owners)
        self._anywhere = [number for number, pattern in enumerate(self._patterns) if not pattern.openings]

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """(start, end, group) of every match, pattern by pattern."""
        starts: dict[int, list[int]] = {number: [] for number in self._anywhere}
        for start, _, numbers in self._letters.find(text):
            for number in numbers:
                starts.setdefault(number, []).append(start)
        for number, places in sorted(starts.items()):
            pattern = self._patterns[number]
            for start, end in pattern.find(text, sorted(places) if places else None):
                yield start, end, pattern.group


def needed_words(expression: str) -> tuple[tuple[str, ...], ...]:
    """Groups of words: of each group at least one stands in every text that ``expression`` matches. () where none is seen.

    Only words and groups of plain alternatives that stand outside all other groups are seen; an expression with alternatives
    at its top needs none of them.
    """
    if _FLAGS.match(expression):  # "(?x)" changes what a space is
        return ()
    plain, needs, outside = _bare(expression), [], []
    if len(_branches(expression)) > 1:
        return ()
    depth = 0
    for position, character in enumerate(plain):
        outside.append(character if depth == 0 else " ")
        if character == "(":
            if not depth and (match := _PLAIN.match(expression, position)):
                needs.append(tuple(match[1].split("|")))
            depth += 1
        elif character == ")":
            depth -= 1
    needs += [(word,) for word in _LETTERS.findall("".join(outside))]
    return tuple(needs)


def openings(expression: str) -> tuple[str, ...]:
    """Letters with one of which every match of ``expression`` begins; () where that cannot be told.

    Told of words and of groups, also nested ones, that come first in each alternative; a word's border may stand before them.
    """
    found: list[str] = []
    for branch in _branches(expression):
        if group := _GROUP.match(branch):
            end = _closing(branch, group.end())
            words = () if branch[end + 1 : end + 2] in _OPTIONAL else openings(branch[group.end() : end])
        elif word := _OPENING.match(branch):
            words = (word[1][:-1] if branch[word.end() : word.end() + 1] in _OPTIONAL else word[1],)
        else:
            words = ()
        if not words or not all(words):
            return ()
        found += words
    return tuple(dict.fromkeys(found))


def _bare(expression: str) -> str:
    """As long as ``expression``, without brackets and bars that do not count."""
    return _SKIPPED.sub(lambda match: " " * len(match.group()), expression)


def _branches(expression: str) -> list[str]:
    """The alternatives at the top of an expression."""
    depth, cuts = 0, [-1]
    for position, character in enumerate(_bare(expression)):
        depth += (character == "(") - (character == ")")
        if character == "|" and not depth:
            cuts.append(position)
    return [expression[left + 1 : right] for left, right in zip(cuts, [*cuts[1:], len(expression)], strict=True)]


def _closing(expression: str, inside: int) -> int:
    """Where the group closes in which the position ``inside`` stands, at its beginning."""
    depth = 1
    for position, character in enumerate(_bare(expression)[inside:], inside):
        depth += (character == "(") - (character == ")")
        if not depth:
            return position
    return len(expression)
