"""Some articles of a large folder: which there are is told by four small columns; all else is read where it is wanted alone.

What is held in memory: some 150 bytes for each article of the folder, and the rows that are asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal, overload

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.store.dataset import doubled_keys, newest, placed, stories_table
from pipeline.store.parts import part_names, part_path, read_shaped
from pipeline.store.schema import ARTICLES

if TYPE_CHECKING:
    from typing import TypeAlias

    import numpy.typing as npt
    import pandas as pd

    Places: TypeAlias = npt.NDArray[np.int64]

STORY = ("key", "story_id", "story_origin", "story_role", "event_id", "event_role")
_TOLD_BY = ("key", "version", "dated_at", "first_seen")
_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Instants(Sequence[datetime]):
    """Microseconds since 1970 as a sequence of aware instants; each is made when it is asked for."""

    stamps: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.stamps)

    @overload
    def __getitem__(self, at: int) -> datetime: ...
    @overload
    def __getitem__(self, at: slice) -> Instants: ...
    def __getitem__(self, at: int | slice) -> datetime | Instants:
        """One instant, or some of them as a sequence of the same kind."""
        return Instants(self.stamps[at]) if isinstance(at, slice) else _EPOCH + int(self.stamps[at]) * _MICROSECOND


@dataclass(frozen=True, slots=True)
class Shelf:
    """Which articles a data folder holds, each by its newest version, in the parts' order; a place is a row of ``table``.

    ``table``: key, dated_at, first_seen, ``part`` (a position in ``parts``) and ``row`` (within that part); ``stories``: STORY.
    """

    data: Path
    parts: tuple[str, ...]
    table: pa.Table
    stories: pa.Table

    @classmethod
    def of(cls, data: Path) -> Shelf:
        """The folder's articles. Raises ``StorageError`` for a broken part, and for a key that stands in several parts."""
        parts, shape = tuple(part_names(data, "articles")), pa.schema([ARTICLES.field(name) for name in _TOLD_BY])
        held = [read_shaped(part_path(data, "articles", name), shape) for name in parts]
        counts = np.array([len(table) for table in held], dtype=np.int64)
        table = pa.concat_tables([shape.empty_table(), *held])
        first = np.repeat(np.cumsum(counts) - counts, counts)
        table = table.append_column("part", pa.array(np.repeat(np.arange(len(parts), dtype=np.int32), counts)))
        table = table.append_column("row", pa.array((np.arange(len(table)) - first).astype(np.int32)))
        table = newest(table).drop_columns("version")
        if len(pc.unique(table["key"])) < len(table):
            counted = pc.value_counts(table["key"])
            several = counted.field("values").filter(pc.greater(counted.field("counts"), 1))
            theirs = table["part"].filter(pc.is_in(table["key"], several)).to_pylist()
            raise doubled_keys(data, len(several), {parts[part] for part in theirs})
        return cls(data, parts, table, stories_table(data, STORY))

    def between(self, start: datetime, end: datetime) -> Places:
        """The places of the articles that are dated in [start, end)."""
        dated = self.table["dated_at"]
        from_, to = (pa.scalar(instant, dated.type) for instant in (start, end))
        return _places(pc.and_(pc.greater_equal(dated, from_), pc.less(dated, to)))

    def places_of(self, keys: Collection[str]) -> Places:
        """The places of those of these articles that are held."""
        return _places(pc.is_in(self.table["key"], pa.array(sorted(keys), pa.string())))

    def instants(self, column: Literal["dated_at", "first_seen"]) -> Instants:
        """Every instant at which an article was dated or first seen, once, in order."""
        return Instants(np.unique(self.table[column].drop_null().cast(pa.int64()).to_numpy()))

    def parts_of(self, keys: Collection[str]) -> set[str]:
        """The names of the parts that these articles stand in."""
        return {self.parts[part] for part in self.table["part"].take(pa.array(self.places_of(keys))).to_pylist()}

    def read(self, places: Places, columns: Sequence[str]) -> pd.DataFrame:
        """These columns of ARTICLES, key and dated_at among them, and STORY of the articles at ``places`` (rising).

        One row each, sorted by ``dated_at`` and key; only parts that hold any of them are read.
        """
        shape, rows = pa.schema([ARTICLES.field(name) for name in columns]), self.table.take(pa.array(places))
        frame: pd.DataFrame = pa.concat_tables([shape.empty_table(), *self._read(rows, shape)]).to_pandas()
        return placed(frame, self.stories.filter(pc.is_in(self.stories["key"], rows["key"])).to_pandas())

    def _read(self, rows: pa.Table, shape: pa.Schema) -> Iterator[pa.Table]:
        part = rows["part"].to_numpy()
        numbers, firsts = np.unique(part, return_index=True)
        for number, wanted in zip(numbers, np.split(rows["row"].to_numpy(), firsts[1:]), strict=False):
            table = read_shaped(part_path(self.data, "articles", self.parts[number]), shape)
            yield table if len(table) == len(wanted) else table.take(pa.array(wanted))


def _places(mask: pa.ChunkedArray) -> Places:
    return np.flatnonzero(pc.fill_null(mask, fill_value=False).to_numpy())
