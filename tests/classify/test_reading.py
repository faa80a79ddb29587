"""The reader's quick ways find what a plain reading finds: stems sentence by sentence, and hits in the folded spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.classify.judge import Judge
from pipeline.classify.reading import MASK, Reading

WORDS = "Napi Lapas Klas II B HP rutan polres panen memanen menahan tahanan binaan Warga . , - Baca juga: kabur".split()
WORDS += ["\u200b", "\n", ""]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join) | st.text(max_size=60)


def stem_hits(judge: Judge, reading: Reading, field: str) -> set[tuple[int, int, str, str]]:
    """The stems that groups ask for in one field, by a look at every word of the whole fold."""
    reader, fold = judge._reader, reading.folds[field]
    matches = reader._matcher.find(fold.text)
    kept = [(start, end) for start, end, *_ in reader._protected.find(fold.text)]
    kept += [(start, end) for start, end, group, _ in matches if group == MASK]
    found = set()
    position = 0
    for word in fold.text.replace("\n", " ").split(" "):
        start, end = position, position + len(word)
        position = end + 1
        if not word.isascii() or not word.isalpha():
            continue  # such words are cut at what is no letter; they are compared in the tests of stem.py
        own = any(left < end and start < right for left, right in kept)
        for group, term in reader._wanted.get(word if own else reader._stems[word], ()):
            found.add((start, end, group, term))
    return found


def check(judge: Judge, title: str, text: str) -> int:
    reading = judge._reader.read(title, text)
    assert len(reading.pieces) == len(reading.sentences)
    for sentence, piece in zip(reading.sentences, reading.pieces, strict=True):
        fold = reading.folds[sentence.field]
        assert fold.text[piece.start : piece.start + len(piece.text)] == piece.text
    for hit in reading.hits:
        sentence, (start, end) = reading.sentences[hit.sentence], reading.span(hit)
        assert sentence.field == hit.field
        assert sentence.kind != "noise"
        assert start < end
    count = 0
    for field in ("title", "text"):
        heard = {(hit.start, hit.end) for hit in reading.hits if hit.field == field and hit.term.startswith("~")}
        noise = [place for place, one in enumerate(reading.sentences) if one.kind == "noise" and one.field == field]
        spans = [(reading.pieces[place].start, len(reading.pieces[place].text)) for place in noise]
        silent = {at for start, length in spans for at in range(start, start + length)}
        for start, end, _, _ in stem_hits(judge, reading, field):
            assert (start, end) in heard or start in silent
            count += 1
    return count


@given(TEXTS, TEXTS)
def test_any_article_is_read(judge: Judge, title: str, text: str) -> None:
    check(judge, title, text)


def test_stems_of_the_corpus_are_found_as_in_the_whole_text(judge: Judge, read_corpus: list[str]) -> None:
    assert sum(check(judge, *one.split("\n", 1)) for one in read_corpus[::3]) > 200


@pytest.mark.parametrize(("title", "text"), [("", ""), ("\n", "\u2028"), ("a", ""), ("", "İ\u200b Klas II B")])
def test_next_to_nothing_is_read(judge: Judge, title: str, text: str) -> None:
    check(judge, title, text)
