"""Finds many strings in a text at once, by an Aho-Corasick automaton: wherever their letters stand, also inside words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Letters(Generic[T]):
    """An automaton over strings, each with what it stands for."""

    def __init__(self, meanings: Mapping[str, T]) -> None:
        """``meanings``: string → what is told where it stands; the empty string stands nowhere."""
        import ahocorasick

        self._automaton: Any = ahocorasick.Automaton()
        for string, meaning in meanings.items():
            if string:
                self._automaton.add_word(string, (len(string), meaning))
        if len(self._automaton):
            self._automaton.make_automaton()

    def find(self, text: str) -> list[tuple[int, int, T]]:
        """(start, end, meaning) wherever a string stands, also inside words and other strings; in order of end."""
        if not len(self._automaton):
            return []
        return [(last + 1 - size, last + 1, meaning) for last, (size, meaning) in self._automaton.iter(text)]

    def starts(self, text: str) -> list[int]:
        """Where strings begin in a text, each place once, rising."""
        return sorted({start for start, _, _ in self.find(text)})
