"""Finds thousands of terms in a text at once: Aho-Corasick over normalised text, whole words, longest match within a group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

# Enclitics that Indonesian writes on to the word: "kalapasnya", "razialah". The term still stands there as a word.
_ENCLITICS = ("nya", "lah", "kah", "pun")


@dataclass(frozen=True, slots=True)
class Match:
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
        found: dict[str, list[Match]] = {}
        for last, (term, groups) in self._automaton.iter(text):
            start, end = last + 1 - len(term), last + 1
            if _bounded(text, start, end):
                for group in groups:
                    found.setdefault(group, []).append(Match(start, end, group, term))
        masks = _longest(found.pop(self._masks, []))
        kept = [match for matches in found.values() for match in _longest(matches)]
        kept = [match for match in kept if not any(mask.start <= match.start and match.end <= mask.end for mask in masks)]
        return sorted([*kept, *masks], key=lambda match: (match.start, match.end, match.group, match.term))


def _bounded(text: str, start: int, end: int) -> bool:
    """Whole word: no letter or digit before it, none after it but an enclitic."""
    if start and text[start - 1].isalnum():
        return False
    if end == len(text) or not text[end].isalnum():
        return True
    after = text[end : end + 3]
    return after in _ENCLITICS and (end + 3 == len(text) or not text[end + 3].isalnum())


def _longest(matches: list[Match]) -> list[Match]:
    """Without those that lie inside a longer one."""
    kept: list[Match] = []
    reach = -1
    for match in sorted(matches, key=lambda match: (match.start, -match.end, match.term)):
        if match.end > reach:
            kept.append(match)
            reach = match.end
    return kept
