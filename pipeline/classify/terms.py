"""Texts as TF-IDF rows over fixed terms: what scikit-learn's TfidfVectorizer gives, several times faster to ask.

scikit-learn fits the terms and is the oracle of the tests. Asking it anew costs most in character n-grams; here each word's
n-grams are looked up once and remembered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, repeat
from typing import Any

KNOWN_WORDS = 65_536  # as many as the stemmer remembers; an entry holds some twenty numbers
UNKNOWN = -1
SPACED = r"\S+"  # finds what str.split does, which is several times faster


@dataclass(frozen=True, slots=True)
class Block:
    """Terms of one part of an article: the field of ``Features`` it reads, its n-grams, how many frequent ones are kept."""

    field: str
    analyzer: str = "word"  # word | char_wb, as scikit-learn names them
    ngrams: tuple[int, int] = (1, 2)
    pattern: str = SPACED
    most: int = 12_000
    least: int = 3  # documents that must hold a term


def fit_terms(block: Block, texts: Sequence[str]) -> tuple[list[str], Any]:
    """The terms of ``texts`` in alphabetical order, and the inverse document frequency of each (float32)."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    kind = {"token_pattern": block.pattern} if block.analyzer == "word" else {}
    vectorizer = TfidfVectorizer(
        analyzer=block.analyzer, ngram_range=block.ngrams, min_df=block.least, max_features=block.most, sublinear_tf=True, **kind
    )
    vectorizer.fit(texts)
    return [str(term) for term in vectorizer.get_feature_names_out()], vectorizer.idf_.astype("float32")


class Terms:
    """Fitted terms of one block, ready to turn texts into rows."""

    def __init__(self, block: Block, terms: Sequence[str], idf: Any) -> None:
        self._columns = {term: column for column, term in enumerate(terms)}
        self._idf = idf
        self._ngrams = block.ngrams
        pattern = block.pattern if block.analyzer == "word" else SPACED
        self._words = str.split if pattern == SPACED else re.compile(pattern).findall
        self._inside = block.analyzer == "char_wb"
        self._of_word = lru_cache(maxsize=KNOWN_WORDS)(self._letters)

    def __len__(self) -> int:
        return len(self._columns)

    def column(self, term: str) -> int | None:
        """The column of a term, None for one that is not known."""
        return self._columns.get(term)

    def rows(self, texts: Iterable[str]) -> Any:
        """A sparse matrix, texts × terms: (1 + ln count) × idf, each row of length 1 (or 0 where no term is known)."""
        import numpy as np
        from scipy.sparse import csr_matrix

        pieces: list[int] = []  # a column for each term of each text, as often as it occurs; UNKNOWN for others
        ends = [0]
        for text in texts:
            pieces += self._pieces(self._words(text.lower()))
            ends.append(len(pieces))
        columns = np.array(pieces, dtype="int32")
        known = columns >= 0
        starts = np.concatenate(([0], np.cumsum(known)))[ends]
        columns = columns[known]
        matrix = csr_matrix((np.ones(len(columns)), columns, starts), shape=(len(ends) - 1, len(self._columns)))
        matrix.sum_duplicates()
        matrix.data = (1 + np.log(matrix.data)) * self._idf[matrix.indices]
        held = np.diff(matrix.indptr)
        rows = np.repeat(np.arange(len(held)), held)
        lengths = np.sqrt(np.bincount(rows, matrix.data**2, minlength=len(held)))
        matrix.data /= lengths[rows]
        return matrix

    def _pieces(self, words: list[str]) -> Iterator[int]:
        """The column of every n-gram of some words, UNKNOWN for one that is no term."""
        if self._inside:
            return chain.from_iterable(map(self._of_word, words))
        sizes = range(self._ngrams[0], self._ngrams[1] + 1)
        runs = (words if size == 1 else map(" ".join, zip(*(words[at:] for at in range(size)), strict=False)) for size in sizes)
        return map(self._columns.get, chain.from_iterable(runs), repeat(UNKNOWN))

    def _letters(self, word: str) -> tuple[int, ...]:
        """The columns of the known character n-grams of a word with a space on either side."""
        padded = f" {word} "
        found: list[int] = []
        for size in range(self._ngrams[0], self._ngrams[1] + 1):
            pieces = [padded[start : start + size] for start in range(max(1, len(padded) - size + 1))]
            found += [self._columns[piece] for piece in pieces if piece in self._columns]
            if len(padded) <= size:  # a short word counts once
                break
        return tuple(found)
