"""SELECT over frames by DuckDB, in memory and shut off from files and network: nothing that is stored can be changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from pipeline.errors import ConfigError
from pipeline.store.schema import ARTICLES

if TYPE_CHECKING:
    import pandas as pd

# Days and weeks of a query are Jakarta's, as everywhere else.
ZONE = "Asia/Jakarta"


def select(statement: str, views: Mapping[str, Callable[[], pd.DataFrame]], values: Sequence[object] = ()) -> pd.DataFrame:
    """What one SELECT over ``views`` gives; a view is made only when the statement names it. ``values`` fill its ``?``.

    Instants come back in Jakarta time. Raises ``ConfigError`` without DuckDB, ``ValueError`` for anything but one SELECT and
    for a statement that DuckDB refuses.
    """
    try:
        import duckdb
    except ImportError:
        raise ConfigError("pipeline.sql needs DuckDB, which is not installed; install it by: ./run install extras") from None
    offered = f"the views are: {', '.join(views)}"
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"SET TimeZone = '{ZONE}'")
        try:
            parsed = connection.extract_statements(statement)
        except duckdb.Error as error:
            raise ValueError(f"{error}; {offered}") from None
        if len(parsed) != 1 or parsed[0].type != duckdb.StatementType.SELECT:
            raise ValueError(f"write one SELECT (or WITH … SELECT, DESCRIBE, SUMMARIZE); {offered}")
        for name, make in views.items():
            if re.search(rf"\b{name}\b", statement, re.IGNORECASE):
                connection.register(name, _table(make()))
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        try:
            found = connection.sql(statement, params=list(values) or None).to_arrow_table()
        except duckdb.Error as error:
            raise ValueError(f"{error}; {offered}") from None
    frame: pd.DataFrame = found.to_pandas()
    return frame


def _table(frame: pd.DataFrame) -> pa.Table:
    """A frame as an Arrow table; columns of lists keep the store's types, also where every list is empty."""
    return pa.table({str(name): _column(str(name), frame[name]) for name in frame})


def _column(name: str, column: pd.Series[Any]) -> pa.Array:
    if column.dtype != np.dtype(object):
        return pa.Array.from_pandas(column)
    stored = name.removesuffix("_model")
    kind = ARTICLES.field(stored).type if stored in ARTICLES.names else None
    found = pa.array([list(value) if isinstance(value, np.ndarray | tuple) else value for value in column], kind)
    # Lists that are all empty tell nothing of their kind, and all lists that the store does not know hold words.
    return (
        found.cast(pa.list_(pa.string())) if pa.types.is_list(found.type) and pa.types.is_null(found.type.value_type) else found
    )
