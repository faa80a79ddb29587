"""From how often each tone was said to how often it is true: shares corrected for the measured error, with intervals. Pure.

The judge's errors are measured as a confusion (right × said) on labelled texts that the judging models had not seen. If the judge
errs in a week as it did there, the said labels of the week are a mixture of the confusion's rows, and the true shares are
the mixture's weights. They are found by expectation maximisation (M. Saerens, P. Latinne, C. Decaestecker, "Adjusting the
Outputs of a Classifier to New a Priori Probabilities: A Simple Procedure", Neural Computation 14, 2002; here with hard labels):
the likeliest shares among those that are none below 0 and sum to 1. Where the inverse of the confusion (Z. Lipton, Y.-X. Wang,
A. Smola, "Detecting and Correcting for Label Shift with Black Box Predictors", ICML 2018) stays inside these bounds and as many
labels are said as there are, both agree.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import StorageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

LEAST_PER_CLASS = 30  # right labels of a class: below, the share told right is known to no better than ±.18
LEAST_STRENGTH = 0.2  # smallest singular value of the confusion's shares: near 0, two classes are said alike
DRAWS = 1000
SEED = 20261126
PRIOR = 0.5  # Jeffreys' prior of a cell: a mistake that was never seen may still happen
MOST_ROUNDS, CLOSE = 5000, 1e-8


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often each label was said (``said``, abstention included) of texts of each right label (``right``).

    ``corpus`` is the digest of the labels it was measured on, ``texts`` how many texts they were.
    """

    corpus: str
    texts: int
    right: tuple[str, ...]
    said: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]  # a row for each right label


@dataclass(frozen=True, slots=True)
class Share:
    """A corrected share with its 95 % interval, each from 0 to 1."""

    value: float
    low: float
    high: float


def confusion_of(corpus: str, table: Mapping[str, Mapping[str, int]], leave_out: Sequence[str] = ("none",)) -> Confusion:
    """The confusion of a field as ``figures.confusion`` counts it; articles with no answer (``leave_out``) were never counted."""
    right = tuple(sorted(table))
    said = tuple(sorted({label for row in table.values() for label in row} - set(leave_out)))
    counts = tuple(tuple(table[label].get(name, 0) for name in said) for label in right)
    return Confusion(corpus, sum(map(sum, counts)), right, said, counts)


def weakness(confusion: Confusion) -> str:
    """Why shares cannot be corrected with this confusion; "" when they can."""
    import numpy as np

    thin = {label: sum(row) for label, row in zip(confusion.right, confusion.counts, strict=True) if sum(row) < LEAST_PER_CLASS}
    if thin or not confusion.counts:
        told = ", ".join(f"{label} {n}" for label, n in thin.items()) or "no labels"
        return f"too few labelled texts ({told}; {LEAST_PER_CLASS} are needed of each label)"
    table = np.array(confusion.counts, dtype=float)
    strength = float(np.linalg.svd(table / table.sum(axis=1, keepdims=True), compute_uv=False)[-1])
    if len(confusion.right) > len(confusion.said) or strength < LEAST_STRENGTH:
        return f"the labels are said too much alike (smallest singular value {strength:.2f}, {LEAST_STRENGTH} is needed)"
    return ""


def corrected(
    confusion: Confusion, observed: Mapping[str, int], effective: float | None = None
) -> tuple[dict[str, Share] | None, str]:
    """(right label → corrected share, "") or (None, the reason why not). ``observed``: how often each label was said.

    ``effective``: how many independent articles the observed ones are worth, when copies are among them (default: all). The
    interval joins what is not known of the judge's errors to the chance of so few articles: Dirichlet draws of both, from a
    fixed seed.
    """
    import numpy as np

    if reason := weakness(confusion):
        return None, reason
    if strange := sorted(label for label, n in observed.items() if n and label not in confusion.said):
        return None, f"the labels {', '.join(strange)} were never said when the errors were measured"
    seen = np.array([observed.get(label, 0) for label in confusion.said], dtype=float)
    if not seen.sum():
        return None, "nothing was observed"
    table = np.array(confusion.counts, dtype=float) + PRIOR
    rows = table / table.sum(axis=1, keepdims=True)
    point = _mixture(rows[None], (seen / seen.sum())[None])[0]
    generator = np.random.default_rng(SEED)
    drawn_rows = np.stack([generator.dirichlet(row, DRAWS) for row in table], axis=1)
    worth = 1.0 if effective is None else min(1.0, effective / seen.sum())
    drawn_seen = generator.dirichlet(seen * worth + PRIOR, DRAWS)
    low, high = np.percentile(_mixture(drawn_rows, drawn_seen), [2.5, 97.5], axis=0)
    return {
        label: Share(float(point[at]), float(min(low[at], point[at])), float(max(high[at], point[at])))
        for at, label in enumerate(confusion.right)
    }, ""


def _mixture(rows: Array, seen: Array) -> Array:
    """The likeliest mixture weights of ``rows`` (draws × right × said) for the said shares ``seen`` (draws × said)."""
    import numpy as np

    shares = np.full(rows.shape[:2], 1 / rows.shape[1])
    for _ in range(MOST_ROUNDS):
        joint = shares[:, :, None] * rows
        new = (joint * (seen / np.maximum(joint.sum(axis=1), 1e-300))[:, None, :]).sum(axis=2)
        moved = np.abs(new - shares).max()
        shares = new
        if moved < CLOSE:
            break
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def confusion_text(confusion: Confusion) -> str:
    """The confusion as the text of its file: one row a line, so that a change can be read."""
    head = {name: value for name, value in asdict(confusion).items() if name != "counts"}
    rows = ",\n  ".join(json.dumps(row) for row in confusion.counts)
    return json.dumps(head, indent=1)[:-2] + f',\n "counts": [\n  {rows}\n ]\n}}\n'


def load_confusion(path: Path) -> Confusion | None:
    """A file that ``confusion_text`` wrote; None when there is none. Raises ``StorageError`` for a broken one."""
    advice = "write it anew: pantau evaluate --leave-one-batch-out --write"
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        counts = tuple(tuple(int(n) for n in row) for row in raw["counts"])
        found = Confusion(str(raw["corpus"]), int(raw["texts"]), tuple(raw["right"]), tuple(raw["said"]), counts)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, LookupError, TypeError, OverflowError, RecursionError) as error:
        raise StorageError(f"{path} cannot be read ({error!r}); {advice}") from error
    if [len(found.said)] * len(found.right) != [len(row) for row in counts] or min(map(min, counts), default=0) < 0:
        raise StorageError(f"{path}: the counts do not fit the labels; {advice}")
    return found
