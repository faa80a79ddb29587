"""What a person should look at first: one article for all copies of a text, new stories before old ones of like stakes. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

# A story is new for as long as nobody can have heard of it by the weekly report: the day it was found and the next.
NEW = timedelta(days=2)
REASON = "new story"
# Bad news comes before all doubt, however sure the judge is of it: it is what the reader must not hear from others.
FIRST = frozenset({"likely negative", "dangerous incident"})


def review_queue(frame: pd.DataFrame, new_story: float, newest: datetime | None = None) -> pd.DataFrame:
    """The articles of ``correct_frame`` that a person should look at: likely bad news first, then by priority.

    Of each story the article of highest priority stands for all, since a correction follows the copies; ``copies`` counts
    the others. A story that was first seen in the last two days of the data has ``new_story`` (in units of one wrong label)
    added to what is lost if nobody looks, and the reason "new story" beside its own. ``newest``: the end of the data, where
    ``frame`` holds only some whole stories of it.
    """
    found = frame.copy()
    found["copies"] = found.groupby("story_id")["key"].transform("count") - 1
    seen = found.groupby("story_id")["first_seen"].transform("min")
    found["new"] = seen > (found["first_seen"].max() if newest is None else newest) - NEW
    found = found[found["needs_review"].astype(bool)]
    priority = found["review_priority"].fillna(0.0).astype(float)
    loss = priority / (1 - priority).clip(lower=1e-4) + new_story * found["new"]
    found["review_priority"] = (loss / (1 + loss)).round(4)
    reasons = [
        np.array([*held, REASON] if new else list(held), dtype=object)
        for held, new in zip(found["review_reasons"], found["new"], strict=True)
    ]
    found["review_reasons"] = _column(reasons)
    return in_order(found.drop(columns="new")).drop_duplicates("story_id").reset_index(drop=True)


def in_order(queue: pd.DataFrame) -> pd.DataFrame:
    """Rows of a queue, or of several together, in the order in which a person should look at them."""
    bad = [not FIRST.isdisjoint(held) for held in queue["review_reasons"]]
    found = queue.assign(bad=bad).sort_values(["bad", "review_priority", "key"], ascending=[False, False, True], kind="stable")
    return found.drop(columns="bad").reset_index(drop=True)


def _column(values: list[np.ndarray]) -> np.ndarray:
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column
