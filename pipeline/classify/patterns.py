"""Regular expressions of the vocabulary, tried only on texts that hold the words they cannot match without."""

from __future__ import annotations

import re
from collections.abc import Iterator

# A group of plain alternatives, "(lapas|rutan|rumah tahanan)", that nothing behind it makes optional.
_PLAIN = re.compile(r"\((?:\?:)?([a-z ]+(?:\|[a-z ]+)*)\)(?![?*{])")
_LETTERS = re.compile(r"[a-z]{3,}(?![a-z?*{])")
_FLAGS = re.compile(r"\(\?[a-zA-Z]+\)")
# What holds no bracket or bar that counts: escapes, character classes.
_SKIPPED = re.compile(r"\\.|\[\^?\]?[^\]]*\]")


class Pattern:
    """A regular expression over folded text, the group its matches belong to, and a cheap test before it."""

    def __init__(self, group: str, expression: str) -> None:
        """Compile ``expression``."""
        self.group = group
        self.needs = needed_words(expression)
        self._pattern = re.compile(expression)

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """The spans of the matches in ``text``."""
        for words in self.needs:
            for word in words:
                if word in text:
                    break
            else:
                return
        for match in self._pattern.finditer(text):
            yield match.span()


def needed_words(expression: str) -> tuple[tuple[str, ...], ...]:
    """Groups of words: of each group at least one stands in every text that ``expression`` matches. () where none is seen.

    Only words and groups of plain alternatives that stand outside all other groups are seen; an expression with alternatives
    at its top needs none of them.
    """
    if _FLAGS.match(expression):  # "(?x)" changes what a space is
        return ()
    plain = _SKIPPED.sub(lambda match: " " * len(match.group()), expression)
    depth, needs, outside = 0, [], []
    for position, character in enumerate(plain):
        outside.append(character if depth == 0 else " ")
        if character == "|" and not depth:
            return ()
        if character == "(":
            if not depth and (match := _PLAIN.match(expression, position)):
                needs.append(tuple(match[1].split("|")))
            depth += 1
        elif character == ")":
            depth -= 1
    needs += [(word,) for word in _LETTERS.findall("".join(outside))]
    return tuple(needs)
