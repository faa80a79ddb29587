"""Stemming beside PySastrawi's own stemmer: running text and unique words, with the count of unequal stems.

Texts are those of the labelled corpus, folded as the judge folds them; further word lists are read from files (any text; its
words are taken). What flatters: a corpus repeats its words more than the press does, which helps our table and its cache alike.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from pathlib import Path

from benchmarks.bench.measure import Spread, one_core, race, timed
from benchmarks.bench.results import Figure, Result, exact

NAME = "stemming"
SAMPLE = 4_000  # words that the bare stock stemmer is timed on: it does some 7,000 a second
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")


def measure(rounds: int, files: Sequence[Path] = ()) -> Result:
    """Time both; ``files`` add their words to those of the corpus."""
    from Sastrawi.Stemmer.StemmerFactory import StemmerFactory

    from pipeline.text import stem

    stock = StemmerFactory().create_stemmer()
    bare, texts = stock.delegatedStemmer, _texts()
    running = [word for text in texts for word in _WORD.findall(text)]
    unique = sorted({*running, *(word for path in files for word in _words_of(path))})
    different = sum(stem.stem_word(word) != (bare.stem(word) or word) for word in unique)
    draw = random.Random(1)  # noqa: S311 - a sample, no secret
    some, place = draw.sample(unique, min(SAMPLE, len(unique))), draw.randrange(max(1, len(running) - SAMPLE))
    with one_core():
        stock.stem(" ".join(running))
        warm = race(timed(lambda: [stem.stem_text(text) for text in texts]), timed(lambda: [*map(stock.stem, texts)]), rounds)
        piece = running[place : place + SAMPLE]
        plain = race(timed(lambda: [stem.stem_text(text) for text in texts]), timed(lambda: [*map(bare.stem, piece)]), rounds)
        single = race(timed(lambda: [*map(stem.stem_uncached, some)]), timed(lambda: [*map(bare.stem, some)]), rounds)
    share = len(running) / len(piece)
    speed = Spread.of([len(running) / seconds for seconds in warm.ours])
    return Result(
        NAME,
        "PySastrawi's stemmer, without a cache and behind its own",
        f"{len(running)} words of running text, {len(unique)} different words",
        rounds,
        (
            Figure("running text, their stemmer without a cache", plain.ratio.times(share), "times", ">= 100"),
            Figure("running text, their stemmer behind its own cache, warm", warm.ratio, "times", ">= 2.5"),
            Figure("unique words, no cache on either side", single.ratio, "times", ">= 10"),
            Figure(f"unequal stems of {len(unique)} different words", exact(different), "words", "<= 0"),
            Figure("running text, ours", speed, "words a second"),
            Figure("unique words, ours", Spread.of([len(some) / one for one in single.ours]), "words a second"),
            Figure("unique words, theirs", Spread.of([len(some) / one for one in single.theirs]), "words a second"),
        ),
    )


def _texts() -> list[str]:
    from benchmarks.bench.pages import corpus
    from pipeline.text.normalise import Normaliser

    fold = Normaliser({})
    return [fold(f"{title}\n{text}").text for title, text in corpus()]


def _words_of(path: Path) -> list[str]:
    return _WORD.findall(path.read_text(encoding="utf-8", errors="replace").lower())
