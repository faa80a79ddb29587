"""Near-duplicates beside datasketch, and both beside exact Jaccard: pairs of texts whose runs of five words overlap by .7.

Texts are made of the corpus' sentences, some 270 words each; one in twenty is an earlier one with a few sentences changed, so
that their Jaccard lies between .5 and 1. Exact: every pair that shares one of the rare runs that such pairs must share (prefix
filtering; Chaudhuri and others 2006), compared by sets. Ours ends in compared pairs, theirs in what its index answers.

What flatters nobody knowingly: the share of copies is that of a quiet week. What is left out: windows of days and units, which
make our grouping compare less.
"""

from __future__ import annotations

import gc
import random
import re
import tracemalloc
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.bench.measure import CannotMeasureError, each, one_core, race, timed
from benchmarks.bench.pages import corpus
from benchmarks.bench.results import Figure, Result, exact
from pipeline.stories.candidates import candidate_pairs, signatures
from pipeline.stories.wording import SHINGLE, shingles_of, similarity, words

NAME = "copies"
DOCUMENTS, RACED = 100_000, 4_000
JACCARD, WORDS, COPIED = 0.7, 270, 0.05
Pairs = set[tuple[int, int]]


def measure(rounds: int, files: Sequence[Path] = (), documents: int = DOCUMENTS) -> Result:  # noqa: ARG001
    """Time both on slices, then judge ours on ``documents`` and theirs on one slice."""
    texts = make(documents)
    some = texts[-RACED:]
    with one_core():
        found = race(timed(lambda: ours(some)), timed(lambda: theirs(some)), rounds)
    precision, recall = against(ours(texts), truth(texts))
    their_precision, their_recall = against(theirs(some), truth(some))
    return Result(
        NAME,
        "datasketch: MinHashLSH(threshold=.7, num_perm=128), each text asked, then inserted",
        f"{documents} texts of about {WORDS} words; raced on {len(some)} of them",
        rounds,
        (
            Figure("texts in, pairs of copies out", found.ratio, "times", ">= 9"),
            Figure(f"pair recall beside exact Jaccard, {documents} texts", exact(recall), "share", ">= 0.99"),
            Figure(f"pair precision beside exact Jaccard, {documents} texts", exact(precision), "share", ">= 0.99"),
            Figure("what is held of a text", exact(held(texts[:20_000])), "bytes a text", "<= 1500"),
            Figure(f"theirs, pair recall, {len(some)} texts", exact(their_recall), "share"),
            Figure(f"theirs, pair precision, {len(some)} texts", exact(their_precision), "share"),
            Figure("ours", each(found.ours, len(some)), "ms a text"),
            Figure("theirs", each(found.theirs, len(some)), "ms a text"),
        ),
    )


def make(count: int) -> list[str]:
    """Texts; the copies stand anywhere behind what they copy, two in three among the last ``RACED``'s own."""
    draw = random.Random(5)  # noqa: S311 - invented texts, no secrets
    sentences = [one.split() for _, text in corpus() for one in re.split(r"(?<=[.!?]) +|\n+", text) if len(one.split()) > 4]
    vocabulary = sorted({word for sentence in sentences for word in sentence})

    def sentence() -> str:
        """One of the corpus with two words of it replaced: the press does not repeat its sentences."""
        told = list(draw.choice(sentences))
        for _ in range(2):
            told[draw.randrange(len(told))] = draw.choice(vocabulary)
        return " ".join(told)

    made: list[list[str]] = []
    for number in range(count):
        if number and draw.random() < COPIED:
            lines = list(made[draw.randrange(max(0, number - RACED // 2), number)])
            for _ in range(draw.choice((0, 1, 1, 2, 3))):
                lines[draw.randrange(len(lines))] = sentence()
        else:
            lines, long = [], 0
            while long < WORDS:
                lines.append(sentence())
                long += len(lines[-1].split())
        made.append(lines)
    return [" ".join(lines) for lines in made]


def ours(texts: Sequence[str]) -> Pairs:
    """Pairs (later, earlier) by our candidates, compared exactly."""
    runs = shingles_of(texts)
    return {
        (new, old)
        for new, others in candidate_pairs(signatures(runs), 0)
        for old in others
        if similarity(runs[new], runs[old])[0] >= JACCARD
    }


def theirs(texts: Sequence[str]) -> Pairs:
    """Pairs (later, earlier) by datasketch's index."""
    from datasketch import MinHash, MinHashLSH

    index, found = MinHashLSH(threshold=JACCARD, num_perm=128), set()
    for number, text in enumerate(texts):
        held_words = text.lower().split()
        signature = MinHash(num_perm=128)
        signature.update_batch(
            [" ".join(held_words[place : place + SHINGLE]).encode() for place in range(len(held_words) - SHINGLE + 1)]
        )
        found.update((number, int(other)) for other in index.query(signature))
        index.insert(number, signature, check_duplication=False)
    return found


def truth(texts: Sequence[str]) -> Pairs:
    """All pairs (later, earlier) whose exact Jaccard reaches the bound."""
    import numpy as np

    numbers: dict[tuple[str, ...], int] = {}
    runs = []
    for text in texts:
        told = words(text)
        sliced = zip(*(told[place:] for place in range(SHINGLE)), strict=False)
        runs.append(np.unique(np.array([numbers.setdefault(run, len(numbers)) for run in sliced], dtype=np.int32)))
    often = np.bincount(np.concatenate(runs), minlength=len(numbers))
    ranked = [run[np.argsort(often[run], kind="stable")] for run in runs]
    heads = [run[: len(run) - int(np.ceil(JACCARD * len(run))) + 1] for run in ranked]
    owner = np.repeat(np.arange(len(heads)), [len(head) for head in heads])
    keys = np.concatenate(heads)
    order = np.lexsort((owner, keys))
    keys, owner = keys[order], owner[order]
    pairs: Pairs = set()
    step = 1
    while True:  # texts that stand ``step`` places apart in the list of one rare run
        same = keys[step:] == keys[:-step]
        if not same.any():
            break
        pairs.update(zip(owner[step:][same].tolist(), owner[:-step][same].tolist(), strict=True))
        step += 1
    return {(new, old) for new, old in pairs if new != old and _jaccard(runs[new], runs[old]) >= JACCARD}


def _jaccard(one: Any, other: Any) -> float:
    import numpy as np

    shared = len(np.intersect1d(one, other, assume_unique=True))
    return shared / (len(one) + len(other) - shared)


def against(found: Pairs, true: Pairs) -> tuple[float, float]:
    """(precision, recall). Raises ``CannotMeasureError`` without any true pair: nothing would be measured."""
    if not true:
        raise CannotMeasureError("the texts hold no copies; make more of them")
    return len(found & true) / len(found) if found else 1.0, len(found & true) / len(true)


def held(texts: Sequence[str]) -> float:
    """Bytes that our runs and signatures hold of a text while candidates are sought."""
    gc.collect()
    tracemalloc.start()
    runs = shingles_of(texts)
    matrix = signatures(runs)
    gc.collect()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return size / len(matrix)
