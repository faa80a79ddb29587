"""A public sentiment lexicon, brought by its user, as a baseline for tone: read, scored, cut in three by the training texts.

Format: UTF-8, one word or phrase a line with its weight behind a tab, comma, semicolon or colon (InSet's positive.tsv and
negative.tsv are such files); a first line without a number is a header; further columns are not read. A list without
weights counts +1 if its file's name holds "posit", -1 if it holds "negat". Several files are one lexicon; a word that
stands in several has the sum.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.configfile import Problems

_SPLIT = re.compile(r"[\t,;:]")
_WORD = re.compile(r"\w+(?:-\w+)*")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
MOST_TOLD = 20  # mistakes of one file that are told; a wrong format makes thousands
CUTS = 40  # candidates for the two cuts: quantiles of the training scores


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Word or phrase (lower case, single blanks) → weight, above 0 for good. ``longest``: words of the longest phrase."""

    weights: Mapping[str, float]
    longest: int

    def score(self, text: str) -> float:
        """The mean weight of the text's words: longest phrases first, words that the lexicon has not count 0."""
        words = _WORD.findall(text.lower())
        total, at = 0.0, 0
        while at < len(words):
            for size in range(min(self.longest, len(words) - at), 0, -1):
                weight = self.weights.get(" ".join(words[at : at + size]))
                if weight is not None:
                    total += weight
                    at += size
                    break
            else:
                at += 1
        return total / len(words) if words else 0.0


def load_lexicon(paths: Sequence[Path], problems: Problems) -> Lexicon:
    """All files as one lexicon. What is missing, not text, or not a word with a number goes to ``problems``."""
    weights: dict[str, float] = {}
    for path in paths:
        try:
            lines = path.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            problems.add(path, None, "--lexicon", f"cannot be read as UTF-8 text ({error})")
            continue
        before, found = len(problems.found), 0
        for word, weight in _entries(path, lines, problems):
            weights[word] = weights.get(word, 0.0) + weight
            found += 1
        if not found and len(problems.found) == before:
            problems.add(path, None, "--lexicon", "holds no words; write one a line with its weight: word, tab, number")
    return Lexicon(weights, max((word.count(" ") + 1 for word in weights), default=0))


def _entries(path: Path, lines: Sequence[str], problems: Problems) -> Iterator[tuple[str, float]]:
    sign = 1.0 if "posit" in path.name.lower() else -1.0 if "negat" in path.name.lower() else None
    wrong = 0
    for number, line in enumerate(lines, 1):
        cells = [cell.strip().strip('"') for cell in _SPLIT.split(line)]
        word = " ".join(_WORD.findall(cells[0].lower()))
        if not line.strip():
            continue
        if len(cells) > 1 and word and _NUMBER.fullmatch(cells[1]):
            yield word, float(cells[1])
        elif len(cells) == 1 and word and sign is not None:
            yield word, sign
        elif number > 1:
            wrong += 1
            if wrong <= MOST_TOLD:
                problems.add(path, number, "--lexicon", f"{line[:60]!r} is not a word with a number; write: word, tab, weight")
    if wrong > MOST_TOLD:
        problems.add(path, None, "--lexicon", f"and {wrong - MOST_TOLD} more such lines")


def cuts_of(scores: Sequence[float], tones: Sequence[str]) -> tuple[float, float]:
    """The two scores that part negative, neutral and positive best (macro-F1) on training texts: the lexicon's fairest chance."""
    ranked = sorted(scores)
    candidates = sorted({ranked[(len(ranked) - 1) * step // CUTS] for step in range(CUTS + 1)})
    pairs = list(zip(scores, tones, strict=True))
    return max(
        ((low, high) for index, low in enumerate(candidates) for high in candidates[index:]),
        key=lambda cuts: (_macro_f1(pairs, cuts), cuts),
    )


def toned(score: float, cuts: tuple[float, float]) -> str:
    """The tone of a score: at or below the low cut negative, above the high one positive."""
    return "negative" if score <= cuts[0] else "positive" if score > cuts[1] else "neutral"


def _macro_f1(pairs: Sequence[tuple[float, str]], cuts: tuple[float, float]) -> float:
    found = [(toned(score, cuts), tone) for score, tone in pairs]
    total = 0.0
    for label in ("positive", "neutral", "negative"):
        hits = sum(said == right == label for said, right in found)
        sizes = sum((said == label) + (right == label) for said, right in found)
        total += 2 * hits / sizes if sizes else 0.0
    return total / 3
