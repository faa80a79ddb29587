"""The few changes of what was written once: rows taken out, bodies expired. A part is replaced whole: a kill costs nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.errors import StorageError
from pipeline.store.encoding import encoded
from pipeline.store.parts import read_part, table_of, write_bytes

# What a page part holds of the press's own words; the addresses stay, as the account of what was seen.
_WORDS = ("feed_title", "feed_summary")
_EXPIRED = b"pantau_expired"


def parts_of(data: Path, kind: str) -> list[Path]:
    """Every part of a kind, also former judgements and candidates (``articles_past``, ``articles_new``), sorted; none hidden."""
    found = [path for name in _folders(kind) for path in (data / name).rglob("*.parquet")]
    return sorted(path for path in found if not path.name.startswith("."))


def leftovers(data: Path) -> Iterator[Path]:
    """Hidden files that a killed run left beside parts: they may hold bodies that nobody would look for."""
    for kind in ("pages", "articles", "rejections", "stories"):
        for name in _folders(kind):
            yield from (path for path in sorted((data / name).rglob(".*.parquet.*")) if path.is_file())


def _folders(kind: str) -> tuple[str, ...]:
    return kind, f"{kind}_past", f"{kind}_new"


def drop_rows(path: Path, gone: Callable[[str], bool], *, dry: bool = False) -> int:
    """Take the rows out whose key is ``gone``; returns how many there were. A part without rows stays, empty."""
    keys = read_part(path, ["key"])["key"].to_pylist()
    count = sum(gone(str(key)) for key in keys)
    if count and not dry:
        write_bytes(path, without_rows(path.read_bytes(), gone, path) or b"")
    return count


def without_rows(content: bytes, gone: Callable[[str], bool], named: object) -> bytes | None:
    """A part's bytes without the rows whose key is ``gone``; None when it holds none of them."""
    table = table_of(content, named)
    kept = [not gone(str(key)) for key in table["key"].to_pylist()]
    return None if all(kept) else encoded(table.filter(pa.array(kept)))


def blanked(content: bytes, gone: Callable[[str], bool], named: object) -> bytes | None:
    """A pages part's bytes with nothing but key, source and time of the pages that are ``gone``; None when it holds none."""
    table = table_of(content, named)
    hit = [gone(str(key)) for key in table["key"].to_pylist()]
    return encoded(_blanked(table, pa.array(hit), ("url", "final_url", *_WORDS))) if any(hit) else None


def has_expired(table: pa.Table) -> bool:
    """True for the table of a pages part whose bodies were taken out after their time."""
    return _EXPIRED in (table.schema.metadata or {})


def expired_at(path: Path) -> str:
    """When a pages part lost its bodies, as an ISO instant; "" while it has them."""
    try:
        meta = pq.read_schema(path).metadata or {}
    except (pa.ArrowInvalid, OSError) as error:
        raise StorageError(f"{path} is not a readable parquet part ({error}); move it away and run again") from error
    return bytes(meta.get(_EXPIRED, b"")).decode()


def newest_fetch(path: Path) -> datetime | None:
    """When the youngest page of a part was fetched; None for a part without rows."""
    newest: datetime | None = pc.max(read_part(path, ["fetched_at"])["fetched_at"]).as_py()
    return newest


def expire_bodies(path: Path, now: datetime, *, dry: bool = False) -> tuple[int, int]:
    """Rewrite a pages part without bodies and without the feed's title and summary; returns (pages, bytes of bodies)."""
    table = read_part(path)
    size = sum(len(body) for bodies in table["bodies"].to_pylist() for body in bodies or ())
    if not dry:
        bare = _blanked(table, pa.array([True] * table.num_rows, pa.bool_()), _WORDS)
        _replace(path, bare, {_EXPIRED: now.isoformat(timespec="seconds").encode()})
    return table.num_rows, size


def _blanked(table: pa.Table, hit: pa.Array, names: tuple[str, ...]) -> pa.Table:
    """``table`` with empty bodies and empty texts in the rows that are hit."""
    bodies = table.schema.field("bodies")
    without = [[] if gone else held for gone, held in zip(hit.to_pylist(), table["bodies"].to_pylist(), strict=True)]
    table = table.set_column(table.schema.get_field_index("bodies"), bodies, pa.array(without, bodies.type))
    for name in names:
        column = pc.if_else(hit, pa.scalar("", pa.string()), table[name])
        table = table.set_column(table.schema.get_field_index(name), table.schema.field(name), column)
    return table


def _replace(path: Path, table: pa.Table, more: dict[bytes, bytes] | None = None) -> None:
    meta = pq.read_schema(path).metadata or {}
    write_bytes(path, encoded(table.replace_schema_metadata({**meta, **(more or {})})))
