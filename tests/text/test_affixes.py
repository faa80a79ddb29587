"""The fast rules against PySastrawi's own stemmer: equal stems for every word of the corpus and for built ones."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from Sastrawi.Stemmer.StemmerFactory import StemmerFactory

from pipeline.settings import ROOT
from pipeline.text.affixes import Affixes

WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")
PREFIXES = (
    "", "di", "ke", "se", "be", "ber", "bel", "te", "ter", "me", "mem", "mempe", "men", "meng", "menge", "meny", "pe", "per",
    "pem", "pen", "peng", "penge", "peny", "pel", "ku", "kau", "memper", "diper", "keber", "keter",
)  # fmt: skip
SUFFIXES = (
    "", "i", "an", "kan", "is", "isme", "isasi", "ku", "mu", "nya", "lah", "kah", "tah", "pun", "-nya", "-ku", "-lah",
    "kannya", "nyalah",
)  # fmt: skip
INFIXES = ("", "", "er", "el", "em", "in")


@cache
def stock():
    return StemmerFactory().create_stemmer().delegatedStemmer


@cache
def ours() -> Affixes:
    return Affixes(roots())


@cache
def roots() -> tuple[str, ...]:
    return tuple(word for word in StemmerFactory().get_words() if word.strip())


@cache
def plain_roots() -> tuple[str, ...]:
    return tuple(word for word in roots() if WORD.fullmatch(word))


def corpus_words(path: Path) -> set[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    texts = (f"{one['title']} {one['text']}".lower() for line in lines if line.strip() for one in [json.loads(line)])
    return {word for text in texts for word in WORD.findall(text)}


def test_the_words_of_the_corpus_have_equal_stems() -> None:
    files = sorted((ROOT / "data" / "labels" / "corpus").glob("*.jsonl"))
    words = sorted({word for path in files for word in corpus_words(path)})[::4]  # all of them: ./run bench stemming
    assert len(words) > 4000
    assert [word for word in words if ours().stem(word) != stock().stem(word)] == []


def built(prefixes: tuple[str, ...]):
    root = st.sampled_from(plain_roots()) | st.text("aiueobcdghklmnprstwyngel", min_size=0, max_size=5)
    infixed = st.tuples(root, st.sampled_from(INFIXES)).map(lambda pair: pair[0][:1] + pair[1] + pair[0][1:])
    affixes, endings = st.sampled_from(prefixes), st.sampled_from(SUFFIXES)
    return st.tuples(affixes, affixes, infixed, endings, endings).map("".join)


@settings(max_examples=1500, deadline=None)
@given(built(PREFIXES))
def test_built_words_have_equal_stems(word: str) -> None:
    if WORD.fullmatch(word):
        assert ours().stem(word) == stock().stem(word)


@settings(max_examples=400, deadline=None)
@given(built(PREFIXES), built(PREFIXES), st.booleans())
def test_doubled_words_have_equal_stems(one: str, other: str, same: bool) -> None:
    word = f"{one}-{one if same else other}"
    if WORD.fullmatch(word):
        assert ours().stem(word) == stock().stem(word)


@pytest.mark.parametrize("prefix", [prefix for prefix in PREFIXES if prefix])
def test_every_rule_with_every_letter_behind_it(prefix: str) -> None:
    tails = ("", "a", "era", "erka", "ela", "ajar", "kan", "asuh")
    words = [prefix + letter + tail for letter in "abcdefghijklmnopqrstuvwxyz" for tail in tails]
    assert [word for word in words if ours().stem(word) != stock().stem(word)] == []


@pytest.mark.parametrize("word", [*"a di ku kau lah kan nya - per mem peng belajar pelajar".split(), ""])
def test_bare_affixes_and_what_is_shorter(word: str) -> None:
    assert ours().stem(word) == stock().stem(word)
