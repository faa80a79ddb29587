"""Texts as TF-IDF rows over fixed terms: what scikit-learn's TfidfVectorizer gives, several times faster to ask.

scikit-learn fits the terms and is the oracle of the tests. Asking it anew costs most in character n-grams; here each word's
n-grams are looked up once and remembered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, repeat
from typing import Any

KNOWN_WORDS = 65_536  # as many as the stemmer remembers; an entry holds some twenty numbers
UNKNOWN = -1
SPACED = r"\S+"  # finds what str.split does, which is several times faster
LONG = r"\w\w+"
_APART = {code: " " for code in range(128) if not (chr(code).isalnum() or chr(code) == "_")}


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
        self._words: Callable[[str], list[str]] = re.compile(pattern).findall
        if pattern in (SPACED, LONG):
            self._words = str.split if pattern == SPACED else _long_words
        self._of_word = lru_cache(maxsize=KNOWN_WORDS)(self._letters)
        self._runs = None if block.analyzer == "char_wb" else _Runs(terms, block.ngrams)

    def __len__(self) -> int:
        return len(self._columns)

    def column(self, term: str) -> int | None:
        """The column of a term, None for one that is not known."""
        return self._columns.get(term)

    def rows(self, texts: Iterable[str]) -> Any:
        """A sparse matrix, texts × terms: (1 + ln count) × idf, each row of length 1 (or 0 where no term is known)."""
        import numpy as np
        from scipy.sparse import csr_matrix

        words = [self._words(text.lower()) for text in texts]
        rows, columns = self._runs.found(words) if self._runs else self._inside(words)
        matrix = csr_matrix((np.ones(len(columns)), (rows, columns)), shape=(len(words), len(self._columns)))
        matrix.sum_duplicates()
        matrix.data = (1 + np.log(matrix.data)) * self._idf[matrix.indices]
        held = np.diff(matrix.indptr)
        rows = np.repeat(np.arange(len(held)), held)
        lengths = np.sqrt(np.bincount(rows, matrix.data**2, minlength=len(held)))
        matrix.data /= lengths[rows]
        return matrix

    def _inside(self, texts: Sequence[Sequence[str]]) -> tuple[Any, Any]:
        """(row, column) of every known character n-gram of some texts' words."""
        import numpy as np

        columns: list[int] = []
        ends = [0]
        for words in texts:
            columns += chain.from_iterable(map(self._of_word, words))
            ends.append(len(columns))
        return np.repeat(np.arange(len(texts)), np.diff(ends)), columns

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


class _Runs:
    """Terms of one or more words, found in many texts at once: each word is looked up once, longer runs by numbers alone.

    A word has a number; a run of more has the place of its key in a sorted table for its length. Its key is made of the number
    of the run without its last word and that of the last word.
    """

    def __init__(self, terms: Sequence[str], ngrams: tuple[int, int]) -> None:
        import numpy as np

        split = [tuple(term.split(" ")) for term in terms]
        column = {run: column for column, run in enumerate(split)}
        self._least = ngrams[0]
        self._numbers = {word: number for number, word in enumerate(dict.fromkeys(chain.from_iterable(split)), 1)}  # 0: any other
        node: dict[tuple[str, ...], int] = {(word,): number for word, number in self._numbers.items()}
        self._tables = [(np.zeros(0, dtype="int64"), self._told(node, column))]
        for size in range(2, ngrams[1] + 1):
            runs = {run[:size] for run in split if len(run) >= size}
            keys = {self._key(node[run[:-1]], self._numbers[run[-1]]): run for run in runs}
            node = {keys[key]: place for place, key in enumerate(sorted(keys), 1)}
            self._tables.append((np.array(sorted(keys), dtype="int64"), self._told(node, column)))

    def found(self, texts: Sequence[Sequence[str]]) -> tuple[Any, Any]:
        """(row, column) of every term in some texts, given as words, as often as it stands there."""
        import numpy as np

        numbers = np.array(list(map(self._numbers.get, chain.from_iterable(texts), repeat(0))), dtype="int64")
        rows = np.repeat(np.arange(len(texts)), [len(words) for words in texts])
        lasts = np.flatnonzero(numbers)  # where the last word of a known run stands
        nodes = numbers[lasts]
        found = []
        for size, (keys, columns) in enumerate(self._tables, 1):
            if size > 1:
                longer = lasts + 1 < len(numbers)
                lasts, nodes = lasts[longer] + 1, nodes[longer]
                longer = (numbers[lasts] > 0) & (rows[lasts] == rows[lasts - 1])
                lasts, nodes = lasts[longer], nodes[longer]
                asked = self._key(nodes, numbers[lasts])
                places = np.searchsorted(keys, asked)
                known = np.append(keys, UNKNOWN)[places] == asked
                lasts, nodes = lasts[known], places[known] + 1
            if size >= self._least:
                told = columns[nodes]
                found.append((rows[lasts][told >= 0], told[told >= 0]))
        return np.concatenate([some for some, _ in found]), np.concatenate([told for _, told in found])

    def _key(self, node: Any, number: Any) -> Any:
        return node * (len(self._numbers) + 1) + number

    @staticmethod
    def _told(node: Mapping[tuple[str, ...], int], column: Mapping[tuple[str, ...], int]) -> Any:
        """The column of each run by its number, UNKNOWN for one that only begins a term."""
        import numpy as np

        told = np.full(len(node) + 1, UNKNOWN, dtype="int32")
        for run, number in node.items():
            told[number] = column.get(run, UNKNOWN)
        return told


def _long_words(text: str) -> list[str]:
    """What ``LONG`` finds, in a third of the time."""
    if not text.isascii():
        return re.findall(LONG, text)
    return [word for word in text.translate(_APART).split() if len(word) > 1]
