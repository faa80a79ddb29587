"""Which texts are worth comparing: MinHash signatures in bands. Pure.

Two texts with Jaccard J share a band of two of 128 minima with probability 1 - (1 - J²)^64: .9998 at .35, .92 at .2, .15 at .05;
texts of under 130 runs do so oftener, since neighbouring minima of theirs fall together.
A candidate costs a comparison and decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.stories.runs import Shingles

PARTS = 7  # bits of a run's number that tell its part of the circle
MINIMA = 1 << PARTS
MOST = 8  # of a band's many equal texts, so many of the first and of the nearest before are compared: enough to find the origin
NONE = 0xFFFF
BATCH = 250  # texts at once: what is worked on stays in the processor's cache
LEAST = 0.05  # share of equal minima, an estimate of Jaccard good to .02 there; below it no comparison can end in a copy


def signatures(texts: Sequence[Shingles]) -> Any:
    """Texts × ``MINIMA`` as uint16, C order. A text without runs has the largest value throughout and is nobody's candidate.

    The numbers of runs stand on a circle in ``MINIMA`` equal parts; a text's minimum of each part is its first run in it or,
    where it has none there, behind it: one permutation for all minima, empty parts filled by rotation (Shrivastava and Li 2014).
    Two texts agree in a part with probability J. Held is the lower half of each: different ones agree once in 65,536.
    """
    import numpy as np

    matrix = np.full((len(texts), MINIMA), NONE, dtype=np.uint16)
    for first in range(0, len(texts), BATCH):
        held = [place for place in range(first, min(first + BATCH, len(texts))) if len(texts[place])]
        if not held:
            continue
        flat = np.concatenate([texts[place] for place in held])
        counts = np.array([len(texts[place]) for place in held])
        ends = np.cumsum(counts)
        parts = np.repeat(np.arange(len(held)) * MINIMA, counts) + (flat >> np.uint32(32 - PARTS))
        before = np.cumsum(np.bincount(parts, minlength=len(held) * MINIMA)).reshape(len(held), MINIMA)
        # Runs are sorted: the first in a part stands behind all those of the parts before; behind the last part comes the first.
        minima = np.column_stack((ends - counts, before[:, :-1]))
        minima = np.where(minima < ends[:, None], minima, (ends - counts)[:, None])
        matrix[held] = np.minimum(flat.astype(np.uint16), NONE - 1)[minima]
    return matrix


def candidate_pairs(matrix: Any, first_new: int) -> Iterator[tuple[int, list[int]]]:
    """(number of a text from ``first_new`` on, numbers of other texts that may be like it, ascending), in order.

    Two texts before ``first_new`` are never compared; of two new ones the earlier stands in the later one's list.
    """
    import numpy as np

    lines = len(matrix)
    held = np.flatnonzero((matrix != NONE).any(axis=1))
    fresh = held >= first_new
    pairs: list[Any] = []
    for number in range(MINIMA // 2):
        band, theirs = matrix.view(np.uint32)[held, number], held  # two minima as one number
        if first_new:  # most of the others share no number with a new one; half of its bits tell that
            shared = np.zeros(1 << 16, dtype=bool)
            shared[band[fresh] & np.uint32(0xFFFF)] = True
            near = np.flatnonzero(shared[band & np.uint32(0xFFFF)])
            band, theirs = band[near], held[near]
        ranked = np.sort(band.astype(np.uint64) << np.uint64(32) | theirs.astype(np.uint64))
        keys, order = ranked >> np.uint64(32), (ranked & np.uint64(0xFFFFFFFF)).astype(np.int64)
        wanted = np.flatnonzero(keys[1:] == keys[:-1]) + 1
        # Where those of the same key begin.
        starts = np.maximum.accumulate(np.where(np.diff(wanted, prepend=-1) != 1, wanted - 1, 0))
        late = order[wanted] >= first_new
        wanted, starts = wanted[late], starts[late]
        for step in range(1, MOST + 1):
            fits = wanted - step >= starts
            wanted, starts = wanted[fits], starts[fits]
            if not len(wanted):
                break
            pairs.append(order[wanted] * lines + order[wanted - step])
            far = starts + step - 1 < wanted - MOST
            pairs.append(order[wanted[far]] * lines + order[starts[far] + step - 1])
    both = np.sort(np.concatenate(pairs)) if pairs else np.zeros(0, dtype=np.int64)
    both = both[np.diff(both, prepend=-1) > 0]
    new, old = both // lines, both % lines
    alike = np.empty(len(new), dtype=bool)
    for start in range(0, len(new), 100_000):
        chunk = slice(start, start + 100_000)
        alike[chunk] = (matrix[new[chunk]] == matrix[old[chunk]]).mean(axis=1) >= LEAST
    new, old = new[alike], old[alike]
    firsts = np.flatnonzero(np.diff(new, prepend=-1))
    for start, end in pairwise([*firsts.tolist(), len(new)]):
        yield int(new[start]), old[start:end].tolist()
