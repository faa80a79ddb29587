"""Stems of Indonesian words, by Sastrawi's roots and rules behind a bounded cache; protected words are never stemmed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple, TypeVar

from pipeline.text.affixes import Affixes

# An Indonesian newspaper week holds some 40,000 distinct words; an entry costs about 200 bytes.
CACHED_WORDS = 65_536
# Sastrawi strips affixes of at least two letters from roots of at least two; shorter words have nothing to lose.
SHORTEST = 4
# It tries affix after affix on a long string; no Indonesian word is this long.
LONGEST = 32

T = TypeVar("T")

_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")
_APART = bytes(byte if chr(byte) in "abcdefghijklmnopqrstuvwxyz-" else ord(" ") for byte in range(256))


class Token(NamedTuple):
    """A word of a normalised text, with its span there and its stem."""

    start: int
    end: int
    word: str
    stem: str


@cache
def _stemmer() -> Affixes:
    from Sastrawi.Stemmer.StemmerFactory import StemmerFactory

    return Affixes(word for word in StemmerFactory().get_words() if word.strip())


class _Stems(dict[str, str]):
    """Words met so far → their stems; begun anew when full. A dictionary is asked several times faster than a function."""

    def __missing__(self, word: str) -> str:
        if len(self) >= CACHED_WORDS:
            self.clear()
        stem = self[word] = stem_uncached(word)
        return stem


_STEMS = _Stems()


def stem_uncached(word: str) -> str:
    """``stem_word`` without its memory: what a word costs that was never met."""
    plain = SHORTEST <= len(word) <= LONGEST and _WORD.fullmatch(word)
    return (plain and _stemmer().stem(word)) or word


def stem_word(word: str) -> str:
    """The stem of one lower-case word; a word that is short, overlong or not plain letters is returned as it is."""
    return _STEMS[word]


def word_list(text: str) -> list[str]:
    """The words of a text, in order: what ``_WORD`` finds in it, in a third of the time."""
    plain = text.encode("ascii", "replace").translate(_APART)
    # A hyphen counts between two letters only.
    plain = plain.replace(b"--", b"  ").replace(b" -", b"  ").replace(b"- ", b"  ").strip(b"-")
    return plain.decode("ascii").split()


class _Known(dict[str, bool]):
    """Words asked for so far → whether the dictionary knows them; begun anew when full."""

    def __missing__(self, word: str) -> bool:
        if len(self) >= CACHED_WORDS:
            self.clear()
        known = self[word] = is_derived(word) or word in _stemmer().roots
        return known


_KNOWN = _Known()


def is_word(word: str) -> bool:
    """True for a small-letter word that the dictionary of roots holds, or that is plainly derived from one."""
    return _KNOWN[word]


def is_derived(word: str) -> bool:
    """True for a word with an affix. A mere "-i", "-lah" or "-kah" is none: with those the stemmer takes many names for words."""
    stem = _STEMS[word]
    return stem != word and (not word.startswith(stem) or word.endswith(("an", "nya")))


def stem_text(text: str, protected: Iterable[tuple[int, int]] = ()) -> str:
    """The stems of all words of a normalised ``text``, joined by spaces; ``protected`` as in ``stem_tokens``."""
    spans = list(protected)
    if spans:
        return " ".join(token.stem for token in stem_tokens(text, spans))
    return " ".join(map(_STEMS.__getitem__, word_list(text)))


def find_stems(
    text: str, wanted: Mapping[str, Sequence[T]], protected: Iterable[tuple[int, int]] = ()
) -> Iterator[tuple[int, int, T]]:
    """(start, end, what) of every word whose stem is ``wanted`` (stem → whats); ``protected`` as in ``stem_tokens``."""
    spans = list(protected)
    words = word_list(text)
    stems = list(map(_STEMS.__getitem__, words))
    if wanted.keys().isdisjoint(stems) and wanted.keys().isdisjoint(words):
        return
    for match, word, stem in zip(_WORD.finditer(text), words, stems, strict=True):
        if stem in wanted or word in wanted:
            start, end = match.span()
            kept = any(left < end and start < right for left, right in spans)
            for what in wanted.get(word if kept else stem, ()):
                yield start, end, what


def stem_tokens(text: str, protected: Iterable[tuple[int, int]] = ()) -> list[Token]:
    """The words of a normalised ``text`` with their stems; those that touch a ``protected`` span keep their own form as stem."""
    spans = sorted(protected)
    tokens: list[Token] = []
    at = 0
    for match in _WORD.finditer(text):
        start, end = match.span()
        while at < len(spans) and spans[at][1] <= start:
            at += 1
        kept = at < len(spans) and spans[at][0] < end
        word = match.group()
        tokens.append(Token(start, end, word, word if kept else _STEMS[word]))
    return tokens
