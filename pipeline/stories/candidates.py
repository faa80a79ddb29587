"""Which texts are worth comparing: MinHash signatures in bands. The only room that imports rensa. Pure.

Two texts with Jaccard J share a band of two of 128 minima with probability 1 - (1 - J²)^64: .9998 at .35, .92 at .2, .15 at .05.
A candidate costs a comparison and decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.stories.wording import Shingles

MINIMA = 128
ROWS = 2
SEED = 20261126
MOST = 8  # of a band's many equal texts, so many of the first and of the nearest before are compared: enough to find the origin
NONE = 0xFFFF
BATCH = 2_000  # texts whose minima are had at once, since the library hands them on as Python's own numbers
LEAST = 0.05  # share of equal minima, an estimate of Jaccard good to .02 there; below it no comparison can end in a copy


def signatures(texts: Sequence[Shingles]) -> Any:
    """Texts × ``MINIMA`` as uint16. A text without runs has the largest value throughout and is nobody's candidate.

    The lower half of each minimum: two different ones agree in it once in 65,536, which costs a comparison, and half is held.
    """
    import numpy as np
    import rensa

    matrix = np.full((len(texts), MINIMA), NONE, dtype=np.uint16)
    for first in range(0, len(texts), BATCH):
        held = [place for place in range(first, min(first + BATCH, len(texts))) if len(texts[place])]
        if held:
            flat = np.concatenate([texts[place] for place in held]).astype(np.uint64)
            ends = np.cumsum([0, *(len(texts[place]) for place in held)]).astype(np.uint64)
            digests = rensa.RMinHash.digest_matrix_from_flat_token_hashes(flat, ends, num_perm=MINIMA, seed=SEED)
            matrix[held] = np.array(digests.to_rows(), dtype=np.uint32).astype(np.uint16)
    return matrix


def candidate_pairs(matrix: Any, first_new: int) -> Iterator[tuple[int, list[int]]]:
    """(number of a text from ``first_new`` on, numbers of other texts that may be like it, ascending), in order.

    Two texts before ``first_new`` are never compared; of two new ones the earlier stands in the later one's list.
    """
    import numpy as np

    lines = len(matrix)
    pairs: list[Any] = []
    empty = (matrix == NONE).all(axis=1)
    for band in range(0, MINIMA, ROWS):
        keys = matrix[:, band].astype(np.uint32) << np.uint32(16) | matrix[:, band + 1]
        order = np.argsort(keys, kind="stable")
        order = order[~empty[order]]
        ranked = keys[order]
        starts = np.concatenate([[0], np.flatnonzero(ranked[1:] != ranked[:-1]) + 1]) if len(ranked) else np.array([0])
        start_of = np.repeat(starts, np.diff([*starts, len(ranked)]))
        place = np.arange(len(ranked))
        wanted = place[order >= first_new]
        for step in range(1, MOST + 1):
            near, far = wanted - step, start_of[wanted] + step - 1
            for other, fits in ((near, near >= start_of[wanted]), (far, far < wanted - MOST)):
                if fits.any():
                    pairs.append(np.stack([order[wanted[fits]], order[other[fits]]]))
    if not pairs:
        return
    new, old = np.concatenate(pairs, axis=1).astype(np.int64)
    both = np.unique(new * lines + old)
    new, old = both // lines, both % lines
    alike = np.empty(len(new), dtype=bool)
    for start in range(0, len(new), 100_000):
        chunk = slice(start, start + 100_000)
        alike[chunk] = (matrix[new[chunk]] == matrix[old[chunk]]).mean(axis=1) >= LEAST
    new, old = new[alike], old[alike]
    numbers, starts = np.unique(new, return_index=True)
    for number, others in zip(numbers, np.split(old, starts[1:]), strict=True):
        yield int(number), others.tolist()
