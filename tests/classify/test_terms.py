"""Rows of terms are those of scikit-learn's TfidfVectorizer, whatever the text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from pipeline.classify.terms import LONG, Block, Terms, fit_terms

LEARNT = [
    "napi panen jagung di kebun lapas",
    "petugas lapas gagalkan sabu di pintu utama",
    "napi kabur dari rutan, petugas dicari",
    "harga jagung naik, petani panen lebih awal",
    "a b c panen é İstanbul 2026",
]
BLOCKS = {
    "stems": Block("whole", least=1),
    "words": Block("words", pattern=r"\b\w\w+\b", least=1),
    "long": Block("words", pattern=LONG, least=1),
    "runs": Block("words", ngrams=(2, 3), least=1),
    "singles": Block("words", ngrams=(1, 1), least=2),
    "letters": Block("headline", "char_wb", (3, 5), least=1),
    "few": Block("headline", "char_wb", (1, 2), most=20, least=1),
}
ODD = [
    "",
    " ",
    "napi",
    "napi napi napi",
    "tak dikenal",
    "a",
    "di a b",
    "PANEN Jagung\n\tdi kebun",
    "é É İ ß ﬁ",
    "lapas,lapas",
    "\ud800 x",
]
WORDS = [*" ".join(LEARNT).split(), "asing", "x", "É", "ıİ", ",", "  ", "\n"]


def oracle(block: Block, learnt: Sequence[str]) -> TfidfVectorizer:
    kind = {"token_pattern": block.pattern} if block.analyzer == "word" else {}
    stock = TfidfVectorizer(
        analyzer=block.analyzer,
        ngram_range=block.ngrams,
        min_df=block.least,
        max_features=block.most,
        sublinear_tf=True,
        **kind,
    )
    stock.fit(learnt)
    return stock


FITTED = {name: (oracle(block, LEARNT), Terms(block, *fit_terms(block, LEARNT))) for name, block in BLOCKS.items()}


def check(name: str, texts: Sequence[str]) -> None:
    stock, ours = FITTED[name]
    expected, rows = stock.transform(texts), ours.rows(texts)
    assert rows.shape == expected.shape == (len(texts), len(ours))
    assert np.allclose(rows.toarray(), expected.toarray(), atol=1e-6)
    assert rows.has_canonical_format


@pytest.mark.parametrize("name", BLOCKS)
def test_known_unknown_short_and_empty_texts(name: str) -> None:
    check(name, [*LEARNT, *ODD])
    for text in ODD:
        check(name, [text])


@pytest.mark.parametrize("name", BLOCKS)
@given(texts=st.lists(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join) | st.text(max_size=20), min_size=1, max_size=4))
def test_any_texts(name: str, texts: list[str]) -> None:
    check(name, texts)


@pytest.mark.parametrize("name", BLOCKS)
def test_no_texts_are_no_rows(name: str) -> None:
    terms = FITTED[name][1]
    assert terms.rows([]).shape == (0, len(terms))


def test_a_term_knows_its_column() -> None:
    stock, ours = FITTED["stems"]
    assert all(ours.column(term) == column for term, column in stock.vocabulary_.items())
    assert ours.column("tak dikenal") is None
