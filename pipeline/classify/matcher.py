"""Finds thousands of terms in a text at once: Aho-Corasick over normalised text, whole words, longest match within a group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from pipeline.text.letters import Letters

# Enclitics that Indonesian writes on to the word: "kalapasnya", "razialah". The term still stands there as a word.
_ENCLITICS = ("nya", "lah", "kah", "pun")


# Start and end in the normalised text, group, term. Plain tuples: an article holds some 140 of them.
Match: TypeAlias = tuple[int, int, str, str]


class Matcher:
    """An automaton over the terms of named groups."""

    def __init__(self, groups: Mapping[str, Iterable[str]], masks: str = "") -> None:
        """``groups``: name → terms as normalised text has them. A match inside a match of the group ``masks`` is dropped."""
        owners: dict[str, list[str]] = {}
        for group, terms in groups.items():
            for term in terms:
                if group not in owners.setdefault(term, []):
                    owners[term].append(group)
        self._masks = masks
        self._letters = Letters({term: (tuple(sorted(names)), term) for term, names in owners.items()})

    def find(self, text: str) -> list[Match]:
        """Matches in order of start, then end, then group; within a group no match lies inside another."""
        edged = f" {text} "  # so that every place has a neighbour: whole words have no letter or digit beside them
        found = [  # ends are negative: of one start the longest first
            (start, -end, number)
            for number, start, end in self._letters.places(text)
            if not edged[start].isalnum() and (not edged[end + 1].isalnum() or _enclitic(text, end))
        ]
        found.sort()
        meanings = self._letters.meanings
        kept: list[Match] = []
        reach: dict[str, int] = {}  # where the last match of a group ends; one that ends no later lies inside a longer one
        for start, back, number in found:
            end, (groups, term) = -back, meanings[number]
            for group in groups:
                if end > reach.get(group, -1):
                    reach[group] = end
                    kept.append((start, end, group, term))
        masks = [match for match in kept if match[2] == self._masks] if self._masks in reach else []
        if masks:
            kept = [match for match in kept if match in masks or not any(_inside(match, mask) for mask in masks)]
        kept.sort()
        return kept


def _enclitic(text: str, end: int) -> bool:
    """Whether a word goes on at ``end`` with an enclitic and nothing else."""
    return text[end : end + 3] in _ENCLITICS and (end + 3 == len(text) or not text[end + 3].isalnum())


def _inside(match: Match, mask: Match) -> bool:
    return mask[0] <= match[0] and match[1] <= mask[1]
