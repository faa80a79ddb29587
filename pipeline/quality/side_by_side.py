"""Two judgements of the same articles side by side: how far they agree, and every label that differs. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from pipeline.classify.agreement import nominal_alpha
from pipeline.stories.corrected import SPOKEN_OF
from pipeline.stories.corrections import FIELDS, same_label, text_of

SHOWN = ("title", "outlet", "dated_at")
COLUMNS = ("key", "version", *SHOWN, *FIELDS)  # what is needed of ARTICLES
JUDGED = "judged"  # beside the nine fields: whether the page was judged at all, or rejected
NONE = "none"

# (key, field) → the label that a person gave.
Said = Mapping[tuple[str, str], str]


def paired(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """One row an article and version that either judged, with both labels of each field as texts (``tone_old``, ``tone_new``).

    ``judged_old`` and ``judged_new`` say yes or no. Of an article with several versions the newest that stands there.
    """
    sides = []
    for side, frame in (("old", old), ("new", new)):
        labels = {f"{field}_{side}": frame[field].map(text_of).astype("str") for field in FIELDS}
        shown = {f"{name}_{side}": frame[name] for name in SHOWN}
        sides.append(frame[["key", "version"]].assign(**shown, **labels, **{f"{JUDGED}_{side}": "yes"}))
    found = sides[0].merge(sides[1], on=["key", "version"], how="outer", validate="one_to_one")
    for name in SHOWN:
        found[name] = found[f"{name}_new"].where(found[f"{name}_new"].notna(), found[f"{name}_old"])
    texts = [f"{field}_{side}" for field in FIELDS for side in ("old", "new")]
    judged = [f"{JUDGED}_old", f"{JUDGED}_new"]
    found = found.fillna(dict.fromkeys(texts, NONE) | dict.fromkeys(judged, "no"))
    kept = found.sort_values(["key", "version"]).drop_duplicates("key", keep="last")
    return kept[["key", "version", *SHOWN, *judged, *texts]].sort_values(["dated_at", "key"], ignore_index=True)


def _asked(pairs: pd.DataFrame, field: str) -> pd.DataFrame:
    """The pairs in which the field can have a label at all by either judgement: an irrelevant article has no tone."""
    if field == JUDGED:
        return pairs
    both = pairs[(pairs["judged_old"] == "yes") & (pairs["judged_new"] == "yes")]
    asked = [
        any(field in SPOKEN_OF[str(relevance)] for relevance in sides)
        for sides in zip(both["relevance_old"], both["relevance_new"], strict=True)
    ]
    return both[pd.Series(asked, index=both.index, dtype=bool)]


def _differing(pairs: pd.DataFrame, field: str) -> pd.Series[bool]:
    same = [same_label(field, str(old), str(new)) for old, new in zip(pairs[f"{field}_old"], pairs[f"{field}_new"], strict=True)]
    return ~pd.Series(same, index=pairs.index, dtype=bool)


def agreement(pairs: pd.DataFrame) -> pd.DataFrame:
    """One row a field, ``judged`` first: articles that may have it, same, changed, share of the same, Krippendorff's alpha.

    ``share`` is missing without articles; ``alpha`` takes off what chance would bring, and is missing where nothing varies.
    """
    rows = []
    for field in (JUDGED, *FIELDS):
        asked = _asked(pairs, field)
        changed = int(_differing(asked, field).sum())
        total = len(asked)
        units = list(zip(asked[f"{field}_old"], asked[f"{field}_new"], strict=True))
        share = (total - changed) / total if total else math.nan
        rows.append((field, total, total - changed, changed, share, nominal_alpha(units)))
    return pd.DataFrame(rows, columns=["field", "articles", "same", "changed", "share", "alpha"])


def changes(pairs: pd.DataFrame, said: Said) -> pd.DataFrame:
    """One row a label that differs: key, title, outlet, dated_at, field, old, new, and ``analyst``: what a person says, or ""."""
    return pd.DataFrame(list(_changes(pairs, said)), columns=["key", *SHOWN, "field", "old", "new", "analyst"])


def _changes(pairs: pd.DataFrame, said: Said) -> Iterator[dict[str, Any]]:
    for field in (JUDGED, *FIELDS):
        asked = _asked(pairs, field)
        for row in asked[_differing(asked, field)].to_dict("records"):
            yield {
                "key": row["key"],
                **{name: row[name] for name in SHOWN},
                "field": field,
                "old": row[f"{field}_old"],
                "new": row[f"{field}_new"],
                "analyst": said.get((str(row["key"]), field), ""),
            }


def on_corrections(pairs: pd.DataFrame, said: Said) -> pd.DataFrame:
    """One row a label that a person gave and that either judged: key, field, analyst, old, new, ``old_right``, ``new_right``."""
    by_key = {str(row["key"]): row for row in pairs.to_dict("records")}
    rows = []
    for (key, field), label in sorted(said.items()):
        if row := by_key.get(key):
            old, new = str(row[f"{field}_old"]), str(row[f"{field}_new"])
            rows.append((key, field, label, old, new, same_label(field, old, label), same_label(field, new, label)))
    columns = ["key", "field", "analyst", "old", "new", "old_right", "new_right"]
    return pd.DataFrame(rows, columns=columns).astype({"old_right": bool, "new_right": bool})
