"""What is told at a glance of an article that the gate keeps out is what the whole reading of it tells."""

from __future__ import annotations

from itertools import cycle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.classify.glance import Glance
from pipeline.classify.judge import Asking, Judge
from pipeline.classify.model import Model
from pipeline.classify.relevance import is_open
from pipeline.classify.source_type import judge_source_type
from pipeline.records import PublisherType, Removed
from tests.classify.conftest import IN_2025, IN_2026

WORDS = [
    "Baca juga: lapas penuh", "Harga cabai naik", "sel", "tahanan", "paspor", "imigrasi", "Lapas Klas II B Lor", "rutan polres",
    "LP", "lp", "napi", "13 Program Akselerasi", "Siaran pers", "dikutip dari", "Menurut saya,", "kata warga kepada wartawan",
    "Humas menyampaikan", "Rangkuman redaksi", "penulis adalah dosen", "\n", ". ", "\u200b", "İ", "\ud83d", "\u00a0",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(WORDS) | st.text(max_size=8), max_size=10).map(" ".join)
REMOVED = st.sampled_from([(), (Removed("credit", "Siaran pers Humas"),), (Removed("more", "Baca juga"),)])


@pytest.fixture(scope="module")
def asking(judge: Judge) -> Judge:
    """The shipped judge with a model that knows nothing: only with a model is the gate closed before all is read."""
    blocks = {name: {"terms": "", "idf": [1.0]} for name in ("title", "lead", "whole", "words", "tail", "headline")}
    return judge.with_model(Model({"blocks": blocks, "cues": {"names": [], "most": []}, "heads": {}, "vectors": {}}))


def plainly(judge: Judge, article: Asking) -> tuple[bool, str, tuple[str, ...], str]:
    """Whether the gate is open, and what is told of every article, by the whole reading."""
    reading = judge._reader.read(article.title, article.text)
    units = judge._units.find(article.title, article.text, reading.noise(), None)
    told = judge_source_type(reading, article.removed, article.publisher_type, judge._vocabulary.source_type.release_strong)
    return is_open(reading, units), *told, judge._version(reading, article.published)


def check(judge: Judge, article: Asking) -> bool:
    """Compare; True where the gate is closed."""
    opened, source_type, signals, version = plainly(judge, article)
    assert bool(judge.shown(article)) == opened
    if opened:
        return False
    [found] = judge.judge_many([article])
    assert (found.relevance.label, found.relevance.by) == ("irrelevant", "gate")
    assert (found.source_type, found.release_signals, found.taxonomy) == (source_type, signals, version)
    return True


@given(TEXTS, TEXTS, st.sampled_from(list(PublisherType)), REMOVED)
def test_any_article(asking: Judge, title: str, text: str, publisher: PublisherType, removed: tuple[Removed, ...]) -> None:
    check(asking, Asking(title, text, "", IN_2025, publisher, removed))


def test_the_corpus(asking: Judge, read_corpus: list[str]) -> None:
    days, types = cycle((None, IN_2025, IN_2026)), cycle(PublisherType)
    articles = [Asking(*one.split("\n", 1), "", next(days), next(types)) for one in read_corpus]
    closed = [article for article in articles if check(asking, article)]
    folds = [asking._reader.fold(one.title, one.text) for one in closed]
    glanced = [asking._glance.closed(one.title, one.text, fold) for one, fold in zip(closed, folds, strict=True)]
    assert len(closed) > 100
    assert sum(one is not None for one in glanced) > 0.9 * len(closed)


def test_words_of_lines_that_are_no_part_of_the_article_send_it_to_the_whole_reading(asking: Judge) -> None:
    article = Asking("Harga cabai naik", "Harga cabai naik di pasar.\nBaca juga: Napi kabur dari Lapas Kelas IIB Sendang Lor")
    fold = asking._reader.fold(article.title, article.text)
    assert asking._glance.closed(article.title, article.text, fold) is None
    assert check(asking, article)


def test_sentences_are_cut_only_where_a_word_can_tell_something(asking: Judge) -> None:
    def sentences(text: str) -> int:
        reading = asking._glance.closed("Harga cabai naik", text, asking._reader.fold("Harga cabai naik", text))
        assert reading is not None
        return len(reading.sentences)

    assert sentences('"Naik dua kali lipat," kata Sari kepada wartawan.') == 0
    assert sentences("Dirangkum dari berbagai sumber. Harga cabai naik.") == 3


def test_a_vocabulary_that_asks_for_stems_is_not_answered_at_a_glance(judge: Judge) -> None:
    blind = Glance(judge._reader, {"gate:institution": ["~penjara"]})
    seeing = Glance(judge._reader, {"gate:institution": ["penjara"], "@other": ["~panen"]})
    fold = judge._reader.fold("Memenjarakan", "Harga cabai naik.")
    assert blind.closed("Memenjarakan", "Harga cabai naik.", fold) is None
    assert seeing.closed("Memenjarakan", "Harga cabai naik.", fold) is not None
