"""Read the stored tables as analysts want them: one row per article, joined with its story."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import StorageError
from pipeline.store.index import all_rows
from pipeline.store.parts import read_shaped, stored_schema
from pipeline.store.schema import ARTICLES, REJECTIONS, STORIES

STORIES_FILE = "stories/stories.parquet"
# What stands in STORIES of an article that is not grouped yet; its ids are its own key.
ALONE: Mapping[str, str | int] = MappingProxyType(
    {
        "story_role": "origin",
        "event_role": "first",
        "story_merged_from": "",
        **dict.fromkeys(("story_articles", "story_outlets", "event_articles", "event_stories"), 1),
        "event_newsrooms": 0,
    }
)


def _concat(data: Path, kind: str, schema: pa.Schema, columns: list[str] | None, paths: Sequence[Path] | None = None) -> pa.Table:
    wanted = pa.schema([schema.field(name) for name in columns or schema.names])
    if paths is None:
        return all_rows(data, kind, wanted.names)
    return pa.concat_tables([wanted.empty_table(), *(read_shaped(path, wanted) for path in paths)])


def articles_table(data: Path, columns: list[str] | None = None, paths: Sequence[Path] | None = None) -> pa.Table:
    """All judged articles as an Arrow table (columns: ``store/schema.py``), in the parts' order.

    Of an article that was fetched again and had changed, only the newest version. ``paths``: these parts alone.
    """
    wanted = columns or ARTICLES.names
    table = _concat(data, "articles", ARTICLES, [*wanted, *({"key", "version"} - set(wanted))], paths)
    return newest(table).select(wanted)


def newest(table: pa.Table) -> pa.Table:
    """Without the rows that a later version of the same article has superseded; ``table`` has key and version."""
    versions = pc.fill_null(table["version"], 0)
    changed = table["key"].filter(pc.greater(versions, 0))
    if not len(changed):
        return table
    places = np.flatnonzero(pc.is_in(table["key"], pc.unique(changed)).to_numpy())
    keys, numbers = (column.take(pa.array(places)).to_pylist() for column in (table["key"], versions))
    latest: dict[str, int] = {}
    for key, number in zip(keys, numbers, strict=True):
        latest[key] = max(number, latest.get(key, 0))
    kept = np.ones(len(table), dtype=bool)
    kept[places] = [latest[key] == number for key, number in zip(keys, numbers, strict=True)]
    return table.filter(pa.array(kept))


def stories_table(data: Path, columns: Sequence[str] = STORIES.names) -> pa.Table:
    """Each article's story (these columns of STORIES), empty before the first grouping."""
    path = data / STORIES_FILE
    # A table of an earlier version holds no events: everything is placed anew.
    shape = pa.schema([STORIES.field(name) for name in columns])
    if not path.exists() or not set(STORIES.names) <= set(stored_schema(path).names):
        return shape.empty_table()
    return read_shaped(path, shape)


def articles(data: Path, columns: list[str] | None = None, *, paths: Sequence[Path] | None = None) -> pd.DataFrame:
    """All judged articles with their story columns, sorted by ``dated_at`` and key. One row per key.

    ``columns``: only these of ARTICLES (key, part and dated_at among them), which spares a large folder its evidence and text.
    ``paths``: those of these parts alone, as they stood there.
    """
    frame: pd.DataFrame = articles_table(data, columns, paths).to_pandas()
    stories: pd.DataFrame = stories_table(data).to_pandas()
    doubled = frame[frame["key"].duplicated(keep=False)]
    if len(doubled):
        raise doubled_keys(data, doubled["key"].nunique(), set(doubled["part"]))
    return placed(frame, stories)


def doubled_keys(data: Path, count: int, parts: Collection[str]) -> StorageError:
    """What is said of ``count`` articles that stand in several of these parts."""
    named = ", ".join(sorted(parts))
    return StorageError(f"{count} article(s) stand in several parts of {data}: {named}; `pantau status` tells more")


def placed(frame: pd.DataFrame, stories: pd.DataFrame) -> pd.DataFrame:
    """Articles with their columns of STORIES, sorted by ``dated_at`` and key; who is not grouped yet stands alone."""
    joined = frame.merge(stories, on="key", how="left", validate="one_to_one")
    for name in ("story_id", "story_origin", "event_id"):
        joined[name] = joined[name].fillna(joined["key"])
    for name, value in ALONE.items():
        if name in joined:
            joined[name] = joined[name].fillna(value) if isinstance(value, str) else joined[name].fillna(value).astype("int32")
    return joined.sort_values(["dated_at", "key"], ignore_index=True)


def rejections(data: Path) -> pd.DataFrame:
    """Pages that were fetched but not judged (REJECTIONS columns), sorted by time and key."""
    frame: pd.DataFrame = _concat(data, "rejections", REJECTIONS, None).to_pandas()
    return frame.sort_values(["at", "key"], ignore_index=True)
