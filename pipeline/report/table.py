"""Rows of named cells → a data frame whose columns, their order and their types never depend on the data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Literal, TypeAlias

from pipeline.dates import JAKARTA

if TYPE_CHECKING:
    import pandas as pd

Kind: TypeAlias = Literal["text", "count", "count?", "rate"]
Columns: TypeAlias = Mapping[str, Kind]

_DTYPES = {"text": "str", "count": "int64", "count?": "Int64", "rate": "float64"}


def frame_of(columns: Columns, rows: Iterable[Mapping[str, object]]) -> pd.DataFrame:
    """One frame with exactly ``columns``; a row that lacks one or has another raises ``ValueError``."""
    import pandas as pd

    cells = list(rows)
    for row in cells:
        if row.keys() != columns.keys():
            raise ValueError(f"the row's columns differ from the table's: {sorted(row.keys() ^ columns.keys())}")
    return pd.DataFrame(
        {name: pd.Series([row[name] for row in cells], dtype=_DTYPES[kind], name=name) for name, kind in columns.items()},
        columns=list(columns),
    )


def wib(instant: datetime | None) -> str:
    """An aware instant as 2026-11-18 09:15 in Asia/Jakarta, "" for None."""
    return instant.astimezone(JAKARTA).isoformat(" ", "minutes")[:16] if instant else ""


def joined(values: Iterable[str]) -> str:
    """Several values in one cell, without doubles, in the order given."""
    return "; ".join(dict.fromkeys(value for value in values if value))
