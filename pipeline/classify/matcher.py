"""Finds thousands of terms in a text at once: Aho-Corasick over normalised text, whole words, longest match within a group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

# Enclitics that Indonesian writes on to the word: "kalapasnya", "razialah". The term still stands there as a word.
_ENCLITICS = ("nya", "lah", "kah", "pun")


class Match(NamedTuple):
    """A term of ``group`` at ``text[start:end]`` of the normalised text."""

    start: int
    end: int
    group: str
    term: str


class Matcher:
    """An automaton over the terms of named groups."""

    def __init__(self, groups: Mapping[str, Iterable[str]], masks: str = "") -> None:
        """``groups``: name → terms as normalised text has them. A match inside a match of the group ``masks`` is dropped."""
        import ahocorasick

        owners: dict[str, list[str]] = {}
        for group, terms in groups.items():
            for term in terms:
                if group not in owners.setdefault(term, []):
                    owners[term].append(group)
        self._masks = masks
        self._automaton: Any = ahocorasick.Automaton()
        for term, names in owners.items():
            if term:
                self._automaton.add_word(term, (term, tuple(names)))
        if len(self._automaton):
            self._automaton.make_automaton()

    def find(self, text: str) -> list[Match]:
        """Matches in order of start, then end, then group; within a group no match lies inside another."""
        if not len(self._automaton):
            return []
        found: list[tuple[int, int, tuple[str, ...], str]] = []  # ends are negative: of one start the longest first
        for last, (term, groups) in self._automaton.iter(text):
            start, end = last + 1 - len(term), last + 1
            if _bounded(text, start, end):
                found.append((start, -end, groups, term))
        found.sort()
        kept: list[Match] = []
        reach: dict[str, int] = {}  # where the last match of a group ends; one that ends no later lies inside a longer one
        for start, end, groups, term in found:
            for group in groups:
                if -end > reach.get(group, -1):
                    reach[group] = -end
                    kept.append(Match(start, -end, group, term))
        masks = [match for match in kept if match.group == self._masks] if self._masks in reach else []
        if masks:
            kept = [match for match in kept if match in masks or not any(_inside(match, mask) for mask in masks)]
        kept.sort()
        return kept


def _bounded(text: str, start: int, end: int) -> bool:
    """Whole word: no letter or digit before it, none after it but an enclitic."""
    if start and text[start - 1].isalnum():
        return False
    if end == len(text) or not text[end].isalnum():
        return True
    after = text[end : end + 3]
    return after in _ENCLITICS and (end + 3 == len(text) or not text[end + 3].isalnum())


def _inside(match: Match, mask: Match) -> bool:
    return mask.start <= match.start and match.end <= mask.end
