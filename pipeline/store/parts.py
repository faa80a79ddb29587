"""Immutable parquet parts: written beside their place under a hidden name, synced, then renamed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.configfile import cut_row
from pipeline.errors import StorageError
from pipeline.store.encoding import encoded
from pipeline.store.schema import SCHEMA_VERSION

KINDS = ("pages", "articles", "rejections", "stories")

Stamp = tuple[int, int, int]  # of a file: bytes, nanoseconds of the last change, inode; a part is never written in its place


def stamp_of(told: os.stat_result) -> Stamp:
    """What changes when a part is written anew."""
    return told.st_size, told.st_mtime_ns, told.st_ino


def sync_folder(folder: Path) -> None:
    """Make a rename in ``folder`` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, so that their names survive a power cut as what is written into them does."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old or the new one whole, never a piece."""
    make_folder(path.parent)
    hidden = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with hidden.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        hidden.replace(path)
    finally:
        hidden.unlink(missing_ok=True)
    sync_folder(path.parent)


def append_text(path: Path, header: str, line: str) -> None:
    """Append one line to a text file and sync it; a new or empty file gets ``header`` first. The caller holds its lock.

    Written in one call, so that a reader sees the line whole or not at all; a last line that an editor left open is ended, and
    of a line that cannot be written nothing is left.
    """
    make_folder(path.parent)
    new = not path.exists()
    try:
        with path.open("a+b", buffering=0) as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - 1))
            before = header if size == 0 else "" if file.read(1) in (b"\n", b"\r") else "\n"
            left = (before + line).encode()
            try:
                while left:
                    left = left[file.write(left) :]
                os.fsync(file.fileno())
            except OSError:
                file.truncate(size)
                raise
    except OSError as error:
        raise StorageError(f"{path} cannot be written ({error.strerror}); nothing was added to it") from error
    if new:
        sync_folder(path.parent)


def set_cut_line_aside(path: Path, cells: int | None = None) -> bool:
    """Move what a power cut left of a last line into ``<name>.cut``; whether there was any. The caller holds the file's lock.

    ``cells``: of a row in a file that persons edit too, whose editors may leave off the last line's end (``cut_row``). Where only
    programs write, a line without an end is cut, and nobody was told that it was written. Raises ``StorageError``.
    """
    try:
        content = path.read_bytes()
        start = max(content.rfind(b"\n"), content.rfind(b"\r")) + 1 if cells is None else cut_row(content, cells)
        if start == len(content):
            return False
        append_text(path.with_name(f"{path.name}.cut"), "", content[start:].decode("utf-8", "replace") + "\n")
        with path.open("r+b") as file:
            file.truncate(start)
            os.fsync(file.fileno())
    except FileNotFoundError:
        return False
    except OSError as error:
        raise StorageError(f"the last line of {path} was cut off and cannot be set aside ({error}); take it out") from error
    return True


def part_content(rows: list[dict[str, object]], schema: pa.Schema, recipe: str = "") -> bytes:
    """Rows as the bytes of one part; same rows give the same bytes. Unknown keys or wrong types raise ``StorageError``.

    What stands in a list of records may be told by name (a dict) or by place (a tuple).
    """
    if unknown := set().union(*rows).difference(schema.names):
        raise StorageError(f"columns {sorted(unknown)} are not in the schema; add them to store/schema.py and docs/data.md")
    meta = {b"pantau_schema": str(SCHEMA_VERSION).encode(), b"pantau_recipe": recipe.encode()}
    try:
        # All columns in one walk over the rows: a list for each, made first, costs a third more.
        table = pa.Table.from_struct_array(pa.array(rows, pa.struct(list(schema))))
    except (ValueError, TypeError, OverflowError) as error:
        raise StorageError(f"rows do not fit the schema that begins with {', '.join(schema.names[:3])}: {error}") from error
    return encoded(table.replace_schema_metadata(meta))


def write_part(path: Path, rows: list[dict[str, object]], schema: pa.Schema, recipe: str = "") -> None:
    """Write rows as one part (``part_content``)."""
    write_bytes(path, part_content(rows, schema, recipe))


def table_of(content: bytes, named: object) -> pa.Table:
    """The table in a part's bytes. Raises ``StorageError`` that names ``named`` when they are none."""
    try:
        return _of_ours(pq.read_table(pa.BufferReader(content), page_checksum_verification=True), named)
    except (pa.ArrowInvalid, OSError) as error:
        raise StorageError(f"{named} is not a readable parquet part ({error}); move it away and run again") from error


def read_part(path: Path, columns: list[str] | None = None) -> pa.Table:
    """One part as an Arrow table. Raises ``StorageError`` naming the file when it is broken."""
    try:
        return _of_ours(pq.read_table(path, columns=columns, partitioning=None, page_checksum_verification=True), path)
    except (pa.ArrowInvalid, OSError) as error:
        raise StorageError(f"{path} is not a readable parquet part ({error}); move it away and run again") from error


def _of_ours(table: pa.Table, named: object) -> pa.Table:
    """The table, unless a later version of the code wrote it: what that one means by it, this one cannot know."""
    told = bytes((table.schema.metadata or {}).get(b"pantau_schema", b"0"))
    if told.isdigit() and int(told) > SCHEMA_VERSION:
        raise StorageError(
            f"{named} was written by a newer version of pantau (schema {int(told)}, this one knows {SCHEMA_VERSION}); "
            "update this installation"
        )
    return table


def read_shaped(path: Path, schema: pa.Schema) -> pa.Table:
    """One part in the shape of ``schema``: its columns only, nulls for those that an older version of the code did not write."""
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            stored = set(file.schema_arrow.names)
            held = _of_ours(file.read([name for name in schema.names if name in stored]), path)
    except (pa.ArrowInvalid, OSError) as error:
        raise StorageError(f"{path} is not a readable parquet part ({error}); move it away and run again") from error
    if held.schema.equals(schema):
        return held.replace_schema_metadata(None)
    try:
        return pa.concat_tables([schema.empty_table(), held], promote_options="permissive").select(schema.names).cast(schema)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise StorageError(
            f"{path} has columns of another kind ({error}); judge it anew with `pantau judge --rejudge`"
        ) from error


def stored_schema(path: Path) -> pa.Schema:
    """The columns that a part has. Raises ``StorageError`` when it is broken."""
    try:
        return pq.read_schema(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise StorageError(f"{path} is not a readable parquet part ({error}); move it away and run again") from error


def recipe_of(path: Path) -> str | None:
    """The recipe that wrote a part, None when there is no such part."""
    if not path.exists():
        return None
    meta = stored_schema(path).metadata or {}
    return bytes(meta.get(b"pantau_recipe", b"")).decode()


def part_names(data: Path, kind: str) -> list[str]:
    """Names (``ingested=2026-11-26/pages-…``) of all parts of a kind, sorted; hidden leftovers of a crash are not parts."""
    folder = data / kind
    return sorted(
        f"{path.parent.name}/{path.name}" for path in folder.glob("ingested=*/*.parquet") if not path.name.startswith((".", "_"))
    )


def part_path(data: Path, kind: str, name: str) -> Path:
    """Where the part ``name`` of ``kind`` stands."""
    return data / kind / name


def new_part_names(data: Path, now: datetime) -> Iterator[str]:
    """Unused names for the pages parts of a run at ``now``, in order."""
    day = f"ingested={now:%Y-%m-%d}"
    number = 0
    while True:
        name = f"{day}/part-{now:%Y%m%dT%H%M%S}-{number:04d}.parquet"
        number += 1
        if not part_path(data, "pages", name).exists():
            yield name
