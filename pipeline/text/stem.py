"""Stems of Indonesian words, by Sastrawi's roots and rules behind a bounded cache; protected words are never stemmed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

from pipeline.text.affixes import Affixes

# An Indonesian newspaper week holds some 40,000 distinct words; an entry costs about 200 bytes.
CACHED_WORDS = 65_536
# Sastrawi strips affixes of at least two letters from roots of at least two; shorter words have nothing to lose.
SHORTEST = 4
# It tries affix after affix on a long string; no Indonesian word is this long.
LONGEST = 32

_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")
_APART = bytes(byte if chr(byte) in "abcdefghijklmnopqrstuvwxyz-\n" else ord(" ") for byte in range(256))


@cache
def _stemmer() -> Affixes:
    from Sastrawi.Stemmer.StemmerFactory import StemmerFactory

    return Affixes(word for word in StemmerFactory().get_words() if word.strip())


class Stems(dict[str, str]):
    """Words met so far → their stems; begun anew when full. A dictionary is asked several times faster than a function."""

    def __init__(self, corrections: Mapping[str, str] | None = None) -> None:
        """``corrections``: word → stem, where a field's word has another than Sastrawi's rules give it."""
        super().__init__()
        self._corrections = dict(corrections or {})

    def __missing__(self, word: str) -> str:
        if len(self) >= CACHED_WORDS:
            self.clear()
        stem = self[word] = self._corrections.get(word) or stem_uncached(word)
        return stem

    def of(self, text: str, protected: Iterable[tuple[int, int]] = ()) -> list[str]:
        """The stems of all words of a normalised ``text``; a word that touches a ``protected`` span keeps its own form."""
        spans = sorted(protected)
        if not spans:
            return self.of_words(word_list(text))
        stems: list[str] = []
        at = 0
        for match in _WORD.finditer(text):
            start, end = match.span()
            while at < len(spans) and spans[at][1] <= start:
                at += 1
            kept = at < len(spans) and spans[at][0] < end
            stems.append(match.group() if kept else self[match.group()])
        return stems

    def of_words(self, words: Iterable[str]) -> list[str]:
        """The stem of each word."""
        return list(map(self.__getitem__, words))


_STEMS = Stems()


def stem_uncached(word: str) -> str:
    """``stem_word`` without its memory: what a word costs that was never met."""
    plain = SHORTEST <= len(word) <= LONGEST and _WORD.fullmatch(word)
    return (plain and _stemmer().stem(word)) or word


def stem_word(word: str) -> str:
    """The stem of one lower-case word; a word that is short, overlong or not plain letters is returned as it is."""
    return _STEMS[word]


def word_list(text: str) -> list[str]:
    """The words of a text, in order: what ``_WORD`` finds in it, in a third of the time."""
    return _apart(text).split()


def word_lists(texts: Sequence[str]) -> list[list[str]]:
    """The ``word_list`` of each of several texts, which are taken apart together."""
    lines = _apart("\n".join(texts)).split("\n")
    return [line.split() for line in lines] if len(lines) == len(texts) else [word_list(text) for text in texts]


def _apart(text: str) -> str:
    """A text with blanks for all that is no word; line ends stay."""
    plain = text.encode("ascii", "replace").translate(_APART)
    # A hyphen counts between two letters only.
    if b"-" in plain:
        plain = plain.replace(b"--", b"  ").replace(b" -", b"  ").replace(b"- ", b"  ")
        plain = plain.replace(b"\n-", b"\n ").replace(b"-\n", b" \n").strip(b"-")
    return plain.decode("ascii")


def words_in(text: str) -> Iterator[re.Match[str]]:
    """The words of ``word_list`` with their places."""
    return _WORD.finditer(text)


def word_spans(text: str) -> list[tuple[int, int]]:
    """Where each word of ``word_list`` stands."""
    return [match.span() for match in _WORD.finditer(text)]


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


def stem_text(text: str) -> str:
    """The stems of all words of a normalised ``text``, joined by spaces."""
    return " ".join(_STEMS.of(text))
