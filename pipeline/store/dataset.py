"""Read the stored tables as analysts want them: one row per article, joined with its story."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import StorageError
from pipeline.store.parts import part_names, part_path, read_part, read_shaped
from pipeline.store.schema import ARTICLES, REJECTIONS, STORIES

STORIES_FILE = "stories/stories.parquet"


def _concat(data: Path, kind: str, schema: pa.Schema, columns: list[str] | None, paths: Sequence[Path] | None = None) -> pa.Table:
    wanted = pa.schema([schema.field(name) for name in columns or schema.names])
    held = [part_path(data, kind, name) for name in part_names(data, kind)] if paths is None else paths
    tables = [read_shaped(path, wanted) for path in held]
    return pa.concat_tables([wanted.empty_table(), *tables]).replace_schema_metadata(None)


def articles_table(data: Path, columns: list[str] | None = None, paths: Sequence[Path] | None = None) -> pa.Table:
    """All judged articles as an Arrow table (columns: ``store/schema.py``), in the parts' order.

    Of an article that was fetched again and had changed, only the newest version. ``paths``: these parts alone.
    """
    wanted = columns or ARTICLES.names
    table = _concat(data, "articles", ARTICLES, [*wanted, *({"key", "version"} - set(wanted))], paths)
    return _newest(table).select(wanted)


def _newest(table: pa.Table) -> pa.Table:
    """Without the rows that a later version of the same article has superseded."""
    versions = pc.fill_null(table["version"], 0)
    changed = table["key"].filter(pc.greater(versions, 0))
    if not len(changed):
        return table
    latest: dict[str, int] = {}
    keys, numbers = table["key"].to_pylist(), versions.to_pylist()
    for key, number in zip(keys, numbers, strict=True):
        latest[key] = max(number, latest.get(key, 0))
    return table.filter(pa.array([latest[key] == number for key, number in zip(keys, numbers, strict=True)]))


def stories_table(data: Path) -> pa.Table:
    """Each article's story, empty before the first grouping."""
    path = data / STORIES_FILE
    if not path.exists():
        return STORIES.empty_table()
    held = read_part(path)
    # A table of an earlier version holds no events: everything is placed anew.
    return held if set(STORIES.names) <= set(held.column_names) else STORIES.empty_table()


def articles(data: Path, columns: list[str] | None = None, *, paths: Sequence[Path] | None = None) -> pd.DataFrame:
    """All judged articles with their story columns, sorted by ``dated_at`` and key. One row per key.

    ``columns``: only these of ARTICLES (key, part and dated_at among them), which spares a large folder its evidence and text.
    ``paths``: those of these parts alone, as they stood there.
    """
    frame: pd.DataFrame = articles_table(data, columns, paths).to_pandas()
    stories: pd.DataFrame = stories_table(data).to_pandas()
    doubled = frame[frame["key"].duplicated(keep=False)]
    if len(doubled):
        parts = ", ".join(sorted(set(doubled["part"])))
        raise StorageError(
            f"{doubled['key'].nunique()} article(s) stand in several parts of {data}: {parts}; `pantau status` tells more"
        )
    joined = frame.merge(stories, on="key", how="left", validate="one_to_one")
    for name in ("story_id", "story_origin", "event_id"):
        joined[name] = joined[name].fillna(joined["key"])
    joined["story_role"], joined["event_role"] = joined["story_role"].fillna("origin"), joined["event_role"].fillna("first")
    joined["story_merged_from"] = joined["story_merged_from"].fillna("")
    counts = ["story_articles", "story_outlets", "event_articles", "event_stories"]
    joined[counts] = joined[counts].fillna(1).astype("int32")
    joined["event_newsrooms"] = joined["event_newsrooms"].fillna(0).astype("int32")
    return joined.sort_values(["dated_at", "key"], ignore_index=True)


def rejections(data: Path) -> pd.DataFrame:
    """Pages that were fetched but not judged (REJECTIONS columns), sorted by time and key."""
    frame: pd.DataFrame = _concat(data, "rejections", REJECTIONS, None).to_pandas()
    return frame.sort_values(["at", "key"], ignore_index=True)
