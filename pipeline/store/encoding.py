"""A table as the bytes of a parquet file: a codec where there is much to compress, a dictionary where values are short.

A part of a run has a few hundred rows in a hundred leaf columns. A codec that is set up for a few hundred bytes costs more time
than it saves bytes, and texts, addresses and digests hardly ever come twice. Any reader of parquet reads the file as it reads
one that was written with one codec throughout.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

LONG = 24  # bytes of a value on average; above it values are texts, addresses or digests
# Bytes of a leaf column, in memory, from which setting zstd up pays (docs/speed.md); a dictionary shrinks short values first.
HEAVY_LONG, HEAVY_SHORT = 2_048, 16_384


def encoded(table: pa.Table) -> bytes:
    """``table`` with its metadata as a parquet file; the same values give the same bytes."""
    sizes, counts = measured(table)
    short = {path for path, size in sizes.items() if size <= LONG * counts[path]}
    heavy = [path for path, size in sizes.items() if size > (HEAVY_SHORT if path in short else HEAVY_LONG)]
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(
        sink,
        table.schema,
        compression=dict.fromkeys(heavy, "zstd") or "none",
        use_dictionary=[*short] or False,
        # What a reader may skip a file by: the bounds of a text, or of what stands in lists, tell nothing.
        write_statistics=[path for path in short if "." not in path] or False,
        write_page_checksum=True,
        store_schema=False,  # every type of ours is one of parquet's own
    ) as file:
        file.write_table(table)
        file.add_key_value_metadata(table.schema.metadata or {})
    return bytes(sink.getvalue().to_pybytes())


def measured(table: pa.Table) -> tuple[Counter[str], Counter[str]]:
    """The bytes that each leaf column takes in memory, and its number of values, by parquet's path to it."""
    sizes: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for name, column in zip(table.column_names, table.columns, strict=True):
        for chunk in column.chunks:
            for path, leaf in _leaves(name, chunk):
                sizes[path] += leaf.get_total_buffer_size()
                counts[path] += len(leaf)
    return sizes, counts


def _leaves(path: str, array: pa.Array) -> Iterator[tuple[str, pa.Array]]:
    if isinstance(array, pa.ListArray):
        yield from _leaves(f"{path}.list.element", array.values)
    elif isinstance(array, pa.StructArray):
        for place, field in enumerate(array.type):
            yield from _leaves(f"{path}.{field.name}", array.field(place))
    else:
        yield path, array
