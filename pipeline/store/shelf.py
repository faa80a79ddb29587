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

from pipeline.store.dataset import ALONE, doubled_keys, newest, stories_table
from pipeline.store.index import Index
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

    ``table``: key, dated_at, first_seen, ``part`` (a position in ``parts``) and ``row`` (within that part); ``counts``: how many
    rows each part has; ``stories``: STORY.
    """

    index: Index
    counts: Places
    table: pa.Table
    stories: pa.Table

    @classmethod
    def of(cls, data: Path) -> Shelf:
        """The folder's articles. Raises ``StorageError`` for a broken part, and for a key that stands in several parts."""
        index = Index.of(data, "articles")
        table, held = index.rows(_TOLD_BY)
        counts = np.array(held, dtype=np.int64)
        first = np.repeat(np.cumsum(counts) - counts, counts)
        table = table.append_column("part", pa.array(np.repeat(np.arange(len(counts), dtype=np.int32), counts)))
        table = table.append_column("row", pa.array((np.arange(len(table)) - first).astype(np.int32)))
        table = newest(table).drop_columns("version")
        if len(pc.unique(table["key"])) < len(table):
            counted = pc.value_counts(table["key"])
            several = counted.field("values").filter(pc.greater(counted.field("counts"), 1))
            theirs = table["part"].filter(pc.is_in(table["key"], several)).to_pylist()
            raise doubled_keys(data, len(several), {index.parts[part] for part in theirs})
        return cls(index, counts, table, stories_table(data, STORY))

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
        return {self.index.parts[part] for part in self.table["part"].take(pa.array(self.places_of(keys))).to_pylist()}

    def read(self, places: Places, columns: Sequence[str]) -> pd.DataFrame:
        """These columns of ARTICLES, key and dated_at among them, and STORY of the articles at ``places`` (rising).

        One row each, sorted by ``dated_at`` and key; only parts that hold any of them are read.
        """
        shape, rows = pa.schema([ARTICLES.field(name) for name in columns]), self.table.take(pa.array(places))
        found = pa.concat_tables([shape.empty_table(), *self._read(rows, columns)])
        theirs = self.stories.filter(pc.is_in(self.stories["key"], found["key"]))
        at = pc.index_in(found["key"], theirs["key"])
        for name in STORY[1:]:
            alone = ALONE.get(name, found["key"])
            found = found.append_column(name, pc.coalesce(theirs[name].take(at), alone))
        frame: pd.DataFrame = found.take(pc.sort_indices(rows, [("dated_at", "ascending"), ("key", "ascending")])).to_pandas()
        return frame

    def _read(self, rows: pa.Table, columns: Sequence[str]) -> Iterator[pa.Table]:
        numbers, nth = np.unique(rows["part"].to_numpy(), return_inverse=True)
        counts, first = self.counts[numbers], 0
        places = (np.cumsum(counts) - counts)[nth] + rows["row"].to_numpy()  # among the rows of these parts
        for table in self.index.some((self.index.parts[number] for number in numbers), columns):
            begin, end = np.searchsorted(places, (first, first + len(table)))
            yield table if end - begin == len(table) else table.take(pa.array(places[begin:end] - first))
            first += len(table)


def _places(mask: pa.ChunkedArray) -> Places:
    return np.flatnonzero(pc.fill_null(mask, fill_value=False).to_numpy())
