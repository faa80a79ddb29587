"""What is asked of all parts at once, laid beside them: for each day of many parts one file, made of them and never truer.

A year of runs leaves some 35,000 parts, and opening one costs 1.5 to 2 ms. ``index/<kind>/<day>.arrow`` holds of a day's parts
the few columns that are read of every article. Whoever reads all of them makes it and brings it up to date; it may be deleted at
any time. A part is answered for only while its size and its time of change are those that the file names; all else is read from
the parts, as where the folder cannot be written.
"""

from __future__ import annotations

import json
import os
import threading
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from pathlib import Path
from types import MappingProxyType

import pyarrow as pa

from pipeline.errors import StorageError
from pipeline.store.parts import Stamp, part_path, read_shaped, recipe_of, stamp_of, write_bytes
from pipeline.store.schema import ARTICLES, REJECTIONS, SCHEMA_VERSION

FOLDER = "index"
# What is asked of every article: by the shelf, the trend, grouping. A rejection is small: all of it.
ASKED = (
    "key", "version", "dated_at", "first_seen", "week", "outlet", "domain", "tier", "publisher_type", "source_type", "relevance",
    "tone", "kanwil", "words", "text_sha256", "part",
)  # fmt: skip
_OWN = {"key", "text_sha256", "url", "title", "detail"}  # differ from row to row: a dictionary would only cost
LEAST_PARTS, LEAST_ROWS = 8, 1_000  # of a day; one with less of both is read as fast as it is
# A file system may tell two writings within one tick apart by nothing: what is younger is not remembered yet.
SETTLED = 2_000_000_000  # nanoseconds
_META = b"pantau_index"
_SUM = 4  # bytes of checksum at the end of the file
_WRITING = threading.Lock()  # a file in the making is named by its process


def _held_as(name: str, kind: pa.DataType) -> pa.DataType:
    return pa.dictionary(pa.int32(), kind) if kind == pa.string() and name not in _OWN else kind


_SHAPES = MappingProxyType({"articles": pa.schema([ARTICLES.field(name) for name in ASKED]), "rejections": REJECTIONS})
_STORED = {kind: pa.schema([(one.name, _held_as(one.name, one.type)) for one in shape]) for kind, shape in _SHAPES.items()}


@dataclass(frozen=True, slots=True)
class Span:
    """Of a part that an index file holds: its stamp, the recipe that wrote it, and its rows in the file."""

    stamp: Stamp
    recipe: str
    first: int
    count: int


@dataclass(frozen=True, slots=True)
class Held:
    """What a day's file holds: of which parts, and its rows (in the parts' order, also of parts that are not among ``spans``)."""

    spans: Mapping[str, Span]
    rows: pa.Table

    def part(self, name: str) -> pa.Table:
        """One part's rows."""
        return self.rows.slice(self.spans[name].first, self.spans[name].count)

    def is_all_of(self, names: Sequence[str]) -> bool:
        """Whether it answers for exactly these parts and holds no row besides."""
        return list(self.spans) == list(names) and sum(span.count for span in self.spans.values()) == len(self.rows)


@dataclass(frozen=True)
class Index:
    """The parts of a kind as they stood when this was made, day by day in order, and the way to read them."""

    data: Path
    kind: str
    days: Mapping[str, Mapping[str, Stamp]] = field(repr=False)

    @classmethod
    def of(cls, data: Path, kind: str) -> Index:
        """Looks at every part's size and time; reads none."""
        return cls(data, kind, standing(data, kind))

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """Names of all parts, in order (``store/parts.part_names``)."""
        return tuple(name for stamps in self.days.values() for name in stamps)

    def rows(self, columns: Sequence[str]) -> tuple[pa.Table, list[int]]:
        """These columns of every part, and how many rows each part has, both in order. Remembers what had to be read for it.

        Raises ``StorageError`` for a broken part.
        """
        shape = self._shape(columns)
        if not self._answers(columns):
            tables = [self._part(name, shape) for name in self.parts]
            return pa.concat_tables([shape.empty_table(), *tables]), [len(table) for table in tables]
        days = [self._day(day, shape) for day in self.days]
        self._forget_gone_days()
        return pa.concat_tables([shape.empty_table(), *(table for table, _ in days)]), [n for _, counts in days for n in counts]

    def some(self, names: Iterable[str], columns: Sequence[str]) -> Iterator[pa.Table]:
        """These columns of these parts, one or several parts a table, in the order given. Remembers nothing."""
        shape = self._shape(columns)
        for day, theirs in groupby(names, lambda name: name.partition("/")[0]):
            found = list(theirs)
            held = self._held(day, shape) if self._answers(columns) else Held({}, shape.empty_table())
            if held.is_all_of(found):
                yield held.rows
            else:
                yield from (held.part(name) if name in held.spans else self._part(name, shape) for name in found)

    def recipes(self) -> dict[str, str]:
        """Part → the recipe that wrote it, "" for none."""
        found: dict[str, str] = {}
        for day, stamps in self.days.items():
            spans = self._held(day, pa.schema([])).spans
            for name in stamps:
                found[name] = spans[name].recipe if name in spans else self._recipe(name)
        return found

    def _shape(self, columns: Sequence[str]) -> pa.Schema:
        whole = ARTICLES if self.kind == "articles" else REJECTIONS
        return pa.schema([whole.field(name) for name in columns])

    def _answers(self, columns: Sequence[str]) -> bool:
        return set(columns) <= set(_SHAPES[self.kind].names)

    def _part(self, name: str, shape: pa.Schema) -> pa.Table:
        return read_shaped(part_path(self.data, self.kind, name), shape)

    def _recipe(self, name: str) -> str:
        return recipe_of(part_path(self.data, self.kind, name)) or ""

    def _held(self, day: str, shape: pa.Schema) -> Held:
        """What the day's file still answers for, in this shape."""
        told, stamps = read_day(day_path(self.data, self.kind, day), self.kind, shape), self.days.get(day, {})
        return Held({name: span for name, span in told.spans.items() if stamps.get(name) == span.stamp}, told.rows)

    def _day(self, day: str, shape: pa.Schema) -> tuple[pa.Table, list[int]]:
        """A day's rows in this shape, and how many each of its parts has."""
        names = list(self.days[day])
        if (held := self._held(day, shape)).is_all_of(names):
            return held.rows, [held.spans[name].count for name in names]
        held = self._held(day, whole := _SHAPES[self.kind])
        tables = {name: held.part(name) if name in held.spans else self._part(name, whole) for name in names}
        self._remember(day, tables, held)
        every = pa.concat_tables([whole.empty_table(), *tables.values()])
        return every.select(shape.names), [len(table) for table in tables.values()]

    def _remember(self, day: str, tables: Mapping[str, pa.Table], held: Held) -> None:
        """Write the day's file, of the parts that have settled; where it cannot be written, the parts are read next time too."""
        stamps, path, limit = self.days[day], day_path(self.data, self.kind, day), time.time_ns() - SETTLED
        kept = [name for name in tables if stamps[name][1] <= limit]
        if len(tables) < LEAST_PARTS and sum(map(len, tables.values())) < LEAST_ROWS:
            kept = []
        if held.is_all_of(kept) and (kept or not path.exists()):
            return
        told: dict[str, Sequence[object]] = {}
        first = 0
        for name in kept:
            recipe = held.spans[name].recipe if name in held.spans else self._recipe(name)
            told[name] = (*stamps[name], recipe, first, len(tables[name]))
            first += len(tables[name])
        with suppress(OSError), _WRITING:
            if kept:
                rows = pa.concat_tables([tables[name] for name in kept])
                write_bytes(path, day_content(rows.cast(_STORED[self.kind]), told))
            # What was taken out of a part meanwhile must not stay here.
            if not kept or _outdated(path, standing_day(self.data / self.kind / day)):
                path.unlink(missing_ok=True)

    def _forget_gone_days(self) -> None:
        with suppress(OSError):
            for path in (self.data / FOLDER / self.kind).glob("*.arrow"):
                if path.stem not in self.days:
                    path.unlink(missing_ok=True)


def all_rows(data: Path, kind: str, columns: Sequence[str]) -> pa.Table:
    """These columns of every part of a kind, in the parts' order."""
    return Index.of(data, kind).rows(columns)[0]


def day_path(data: Path, kind: str, day: str) -> Path:
    """Where a day's file lies."""
    return data / FOLDER / kind / f"{day}.arrow"


def standing(data: Path, kind: str) -> dict[str, dict[str, Stamp]]:
    """Day → part name → stamp of all parts of a kind, in the order of ``store/parts.part_names``."""
    try:
        with os.scandir(data / kind) as entries:
            days = sorted((one.name for one in entries if one.name.startswith("ingested=")), key=lambda day: f"{day}/")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    return {day: stamps for day in days if (stamps := standing_day(data / kind / day))}


def standing_day(folder: Path) -> dict[str, Stamp]:
    """Part name → stamp of the parts of one day's folder; hidden leftovers of a crash are not parts."""
    try:
        with os.scandir(folder) as entries:
            ours = [one for one in entries if one.name.endswith(".parquet") and not one.name.startswith((".", "_"))]
    except (FileNotFoundError, NotADirectoryError):
        return {}
    return {f"{folder.name}/{one.name}": _stamp(one) for one in sorted(ours, key=lambda one: one.name)}


def _stamp(entry: os.DirEntry[str]) -> Stamp:
    try:
        return stamp_of(entry.stat())
    except FileNotFoundError:  # gone since, or a link to nothing: whoever reads it says so
        return 0, 0, 0


def day_content(table: pa.Table, told: Mapping[str, Sequence[object]]) -> bytes:
    """A day's file: Arrow's format, what it is made of in the metadata, a checksum behind it."""
    meta = {_META: json.dumps({"schema": SCHEMA_VERSION, "columns": str(table.schema), "parts": told}).encode()}
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema.with_metadata(meta), options=pa.ipc.IpcWriteOptions(compression="lz4")) as file:
        file.write_table(table.combine_chunks().replace_schema_metadata(meta))
    content = bytes(sink.getvalue().to_pybytes())
    return content + zlib.crc32(content).to_bytes(_SUM, "big")


def read_day(path: Path, kind: str, shape: pa.Schema) -> Held:
    """A day's file, its rows in ``shape``; nothing of one that is missing, damaged or of another version of this code."""
    nothing = Held({}, shape.empty_table())
    try:
        content = path.read_bytes()
    except OSError:
        return nothing
    body, stored = memoryview(content)[:-_SUM], _STORED[kind]
    if zlib.crc32(body) != int.from_bytes(content[-_SUM:], "big"):
        return nothing
    asked = pa.ipc.IpcReadOptions(included_fields=sorted(stored.get_field_index(name) for name in shape.names))
    try:
        with pa.ipc.open_file(pa.BufferReader(body), options=asked) as file:
            told = json.loads(file.schema.metadata[_META])
            if told["columns"] != str(stored) or told["schema"] != SCHEMA_VERSION:
                return nothing
            rows = file.read_all() if shape.names else shape.empty_table()  # to Arrow, no field means every field
        rows = rows.select(shape.names).replace_schema_metadata(None).cast(shape)
        spans = {name: Span((size, changed, inode), *rest) for name, (size, changed, inode, *rest) in told["parts"].items()}
    except (pa.ArrowInvalid, ValueError, LookupError, TypeError, AttributeError):
        return nothing
    return Held(spans, rows)


def sweep(data: Path) -> int:
    """Delete every file that tells of a part which no longer stands as it did, so that what was taken out of the parts is gone
    from here too; returns how many. Raises ``StorageError`` for one that cannot be deleted."""
    gone = [*(data / FOLDER).glob("*/.*.arrow.*")]  # of killed readers
    for kind in _STORED:
        for path in (data / FOLDER / kind).glob("*.arrow"):
            if _outdated(path, standing_day(data / kind / path.stem)):
                gone.append(path)
    for path in gone:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            told = f"{path} may tell of what was removed and cannot be deleted ({error.strerror})"
            raise StorageError(f"{told}; delete the folder {data / FOLDER}, it is made anew") from error
    return len(gone)


def _outdated(path: Path, stamps: Mapping[str, Stamp]) -> bool:
    """Whether a file tells of any part that does not stand so, or cannot be read."""
    spans = read_day(path, path.parent.name, pa.schema([])).spans
    return not spans or any(stamps.get(name) != span.stamp for name, span in spans.items())
