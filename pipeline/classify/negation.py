"""Cues that a word of denial takes away: "tidak menemukan pungutan" is no extortion. Which groups and words: vocabulary.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from pipeline.classify.matcher import Match

if TYPE_CHECKING:
    from pipeline.classify.shapes import NegationShape

# What a denied cue becomes: a rule may ask for it or bar it like any other group.
NEGATED = "@negated"
# A denial ends with its clause. Quotation marks and hyphens do not end one.
_CLAUSE_END = re.compile(r"[.,;:!?()\[\]\n\u2013\u2014]")
# "pungutan, suap maupun pemerasan": what is listed beside a denied cue is denied with it.
_LISTED = re.compile(r"[\s,/]*(?:(?:dan|atau|maupun|ataupun|serta)\s+)?")
_NUMERAL = r"\d[\d.]*|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh|belasan|puluhan|ratusan|sejumlah"
_LOOK_BACK = 120  # letters; more than the furthest reach of ordinary words


class Negation:
    """The denials of one vocabulary, ready to be applied to the cues found in a text."""

    def __init__(self, shape: NegationShape, groups: Mapping[str, Iterable[str]]) -> None:
        """``groups``: all groups of the reader; a rule's own term ("=kabur") is denied like the flagged group that holds it."""
        flagged = {f"@{name}" for name in shape.groups}
        terms = {term for name in flagged for term in groups.get(name, ())}
        own = {name for name, listed in groups.items() if name.startswith("=") and terms.issuperset(listed)}
        self._groups = flagged | own
        words, after, breaks = (_any(some) for some in (shape.words, shape.not_before, shape.breaks))
        between = rf"(?:(?!(?:{breaks}|{_NUMERAL})\b)[\w-]+\W+){{0,{shape.reach}}}"
        self._before = re.compile(rf"(?<!\w)(?:{words})\W+(?!(?:{after})\b){between}$")

    def apply(self, text: str, found: Sequence[Match]) -> Sequence[Match]:
        """``found``, in rising order, with every denied cue of a flagged group moved to the group NEGATED; in rising order."""
        denied: set[Match] = set()
        last = -1  # where the last denied cue ended
        for one in found:
            start, end, group, _ = one
            if group in self._groups and (
                start < last or (last >= 0 and _LISTED.fullmatch(text, last, start)) or self._denied(text, start)
            ):
                denied.add(one)
                last = max(last, end)
        if not denied:
            return found
        return sorted((one[0], one[1], NEGATED, one[3]) if one in denied else one for one in found)

    def _denied(self, text: str, start: int) -> bool:
        clause = _CLAUSE_END.split(text[max(0, start - _LOOK_BACK) : start])[-1]
        return self._before.search(clause) is not None


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) or r"(?!)"
