"""Fold a text to one spelling for matching, and keep the way back: every span of the fold maps to a span of the original."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pipeline.text.letters import Letters

# Typographic quotes, dashes and spaces to their plain forms, one character for one, so that offsets stay.
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‘’‚‛`´′", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("\t\u00a0\u2002\u2003\u2007\u2009\u202f\u3000", " "),
        "…": ".",
    }
)
_ODD = re.compile(f"[{re.escape(''.join(map(chr, _PLAIN)))}]")
_INVISIBLE = "[\u00ad\u200b-\u200f\u2060\ufeff]+"
_HIDDEN = re.compile(_INVISIBLE)
_SPACES = " {2,}"
# "Kelas II A", "Klas 2A", "KLS. IIb", "Kelas II-B": one form, "kelas iia". A class letter must stand before a word's end.
_CLASS_WORDS = ("kelas", "klas", "kls")
_CLASS = rf"(?:{'|'.join(_CLASS_WORDS)})\.? ?(?P<step>iii|ii|i|3|2|1)(?: ?[-.]? ?(?P<branch>khusus|[ab]))?\b"
_STEPS = {"1": "i", "2": "ii", "3": "iii"}


@dataclass(frozen=True, slots=True)
class Normalised:
    """A folded text. ``edits`` are (fold start, fold end, original start, original end) of the places whose length may differ.

    ``origins`` are their original starts alone.
    """

    text: str
    edits: tuple[tuple[int, int, int, int], ...] = ()
    origins: tuple[int, ...] = ()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original's span for ``text[start:end]``; a cut through a rewritten place widens to the whole of it."""
        if not self.edits:
            return start, end
        return self._map(start, last=False), self._map(end, last=True)

    def place(self, position: int) -> int:
        """Where a position of the original stands in the fold; inside a rewritten place, its start there."""
        index = bisect_right(self.origins, position) - 1
        if index < 0:
            return position
        fold_start, fold_end, _, original_end = self.edits[index]
        return fold_start if position < original_end else fold_end + position - original_end

    def _map(self, position: int, *, last: bool) -> int:
        index = bisect_right(self.edits, (position - last, len(self.text) + 1, 0, 0)) - 1
        if index < 0:
            return position
        _, fold_end, original_start, original_end = self.edits[index]
        if position - last < fold_end:
            return original_end if last else original_start
        return original_end + position - fold_end


class Normaliser:
    """Lower-cases, folds typography, and rewrites spelling variants and class names. Built once, used for texts and for terms."""

    def __init__(self, variants: Mapping[str, str] | None = None) -> None:
        """``variants``: lower-case spelling → the spelling to match by; matched as whole words, longest first."""
        self._variants = dict(variants or {})
        tails: dict[str, list[str]] = {}
        for word in sorted(self._variants, key=lambda word: (-len(word), word)):
            tails.setdefault(word[0], []).append(re.escape(word[1:]))
        listed = "|".join(f"{re.escape(first)}(?:{'|'.join(some)})" for first, some in tails.items())
        words = rf"\b(?:(?P<class>{_CLASS})|(?P<variant>{listed or '(?!)'})\b)"
        self._words = re.compile(words)
        self._openings = Letters(dict.fromkeys((*_CLASS_WORDS, *self._variants)))
        self._all = re.compile(rf"(?P<invisible>{_INVISIBLE})|(?P<spaces>{_SPACES})|{words}")

    def __call__(self, text: str) -> Normalised:
        """``text`` folded, with its edits."""
        lowered = text.lower()
        if len(lowered) != len(text):  # "İ" lowers to two characters
            lowered = "".join(character.lower()[:1] for character in text)
        plain = lowered.isascii()  # of plain letters a table is quicker, of others the pattern
        folded = lowered.translate(_PLAIN) if plain else _ODD.sub(lambda match: _PLAIN[ord(match.group())], lowered)
        pieces: list[str] = []
        edits: list[tuple[int, int, int, int]] = []
        done = length = 0
        everywhere = "  " in folded or (not plain and _HIDDEN.search(folded))
        for match in self._all.finditer(folded) if everywhere else self._rewritten(folded):
            new = self._replacement(match)
            if new == match.group():
                continue
            start, end = match.span()
            length += start - done
            pieces += (folded[done:start], new)
            edits.append((length, length + len(new), start, end))
            length += len(new)
            done = end
        pieces.append(folded[done:])
        return Normalised("".join(pieces), tuple(edits), tuple(edit[2] for edit in edits))

    def _rewritten(self, folded: str) -> Iterator[re.Match[str]]:
        """What ``finditer`` of the words gives, tried only where one of them can begin."""
        done = 0
        for start in self._openings.starts(folded):
            if start >= done and (match := self._words.match(folded, start)):
                done = match.end()
                yield match

    def terms(self, terms: Iterable[str]) -> tuple[str, ...]:
        """Each term folded as a text is, so that both meet in one spelling; doubles dropped, order kept."""
        return tuple(dict.fromkeys(self(term).text.strip() for term in terms))

    def _replacement(self, match: re.Match[str]) -> str:
        kind = match.lastgroup
        if kind == "class":
            step = _STEPS.get(match["step"], match["step"])
            branch = match["branch"] or ""
            return f"kelas {step}{' ' if branch == 'khusus' else ''}{branch}"
        if kind == "spaces":
            return " "
        if kind == "invisible":
            return ""
        return self._variants[match.group()]
