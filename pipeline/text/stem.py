"""Stems of Indonesian words, by Sastrawi behind a bounded word cache; protected words and phrases are never stemmed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Protocol, cast

# An Indonesian newspaper week holds some 40,000 distinct words; an entry costs about 200 bytes.
CACHED_WORDS = 65_536
# Sastrawi strips affixes of at least two letters from roots of at least two; shorter words have nothing to lose.
SHORTEST = 4
# It tries affix after affix on a long string; no Indonesian word is this long.
LONGEST = 32

_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")


class _Stemmer(Protocol):
    def stem(self, text: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a normalised text, with its span there and its stem."""

    start: int
    end: int
    word: str
    stem: str


@cache
def _stemmer() -> _Stemmer:
    from Sastrawi.Stemmer.StemmerFactory import StemmerFactory

    # The factory's own cache grows without bound; the plain stemmer inside it is what the cache below stands before.
    return cast("_Stemmer", StemmerFactory().create_stemmer().delegatedStemmer)


@lru_cache(maxsize=CACHED_WORDS)
def stem_word(word: str) -> str:
    """The stem of one lower-case word; a word that is short, overlong or not plain letters is returned as it is."""
    if not SHORTEST <= len(word) <= LONGEST or not _WORD.fullmatch(word):
        return word
    return _stemmer().stem(word) or word


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
        tokens.append(Token(start, end, word, word if kept else stem_word(word)))
    return tokens
