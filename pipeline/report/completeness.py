"""How much of the usual volume was out of sight while sources were down: the share by which counts may be too low."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

# From this share of the usual volume on, a figure is marked: below it the loss drowns in a week's chance scatter. A project
# choice.
MARKED = 0.1
INCOMPLETE = "liputan tidak lengkap"
WHOLE = "lengkap"


def missing_share(sources: pd.DataFrame, *, before: bool = False) -> float | None:
    """Usual entries of the days on which sources should have been read and were not, as a share of all usual ones (0 to 1).

    Each source weighs as many entries a day as it brought while it was read; one that never was weighs nothing. None when
    nothing was due. ``before``: of the span before.
    """
    tail = "_before" if before else ""
    due, read = sources[f"days_due{tail}"], sources[f"days_read{tail}"]
    whole = float((sources["usual"] * due).sum())
    return float((sources["usual"] * (due - read)).sum()) / whole if whole > 0 else None


def marked(share: float | None) -> bool:
    """True where so much is missing that the reader must be told."""
    return share is not None and share >= MARKED


def gaps_by_outlet(sources: pd.DataFrame) -> dict[str, tuple[int, int]]:
    """Outlet → (days read, days due) of its worst source, for outlets with a day on which one was not read."""
    worst: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for outlet, read, due in zip(sources["outlet"], sources["days_read"], sources["days_due"], strict=True):
        if due - read > worst[outlet][1] - worst[outlet][0]:
            worst[outlet] = (int(read), int(due))
    return {outlet: gap for outlet, gap in worst.items() if gap[1] > gap[0]}
