"""``pipeline.sql``: the analyst's tables as views for DuckDB."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import analyst, analyst_tables
from pipeline.analyst_filters import folder_of
from pipeline.store.sql import select

if TYPE_CHECKING:
    import pandas as pd


def sql(statement: str, values: Sequence[object] = (), *, data: str | Path | None = None) -> pd.DataFrame:
    """What one SELECT gives over the views ``articles stories rejections corrections review_queue units sources_health trend``.

    Each view holds what the function of its name gives without filters, labels as corrected; ``articles`` and ``stories`` hold
    immigration and irrelevant ones too (``where relevance = 'corrections'``). Days and weeks are Jakarta's. ``values`` fill
    the ``?`` of the statement, so that no text has to be quoted into it. Nothing can be written, and no file is read.

    >>> import pipeline
    >>> pipeline.sql("select outlet, count(*) n from articles where tone = ? group by outlet", ["negative"])  # doctest: +SKIP

    Raises ``ConfigError`` without DuckDB (extra ``sql``) and ``ValueError`` for anything but one SELECT that DuckDB can do.
    """
    return select(statement, _views(folder_of(data)), values)


def _views(folder: Path) -> dict[str, Callable[[], pd.DataFrame]]:
    return {
        "articles": partial(analyst.articles, relevance=None, data=folder),
        "stories": partial(analyst.stories, relevance=None, data=folder),
        "rejections": partial(analyst.rejections, data=folder),
        "corrections": partial(analyst.corrections, data=folder),
        "review_queue": partial(analyst.review_queue, data=folder),
        "units": partial(analyst_tables.units, data=folder),
        "sources_health": partial(analyst_tables.sources_health, data=folder),
        "trend": partial(analyst_tables.trend, data=folder),
    }
