"""What grouping keeps of the articles that it compared, so that their texts are read once: derived, and deletable at any time.

``index/stories/prints.arrow`` answers for an article only while the part that it was read from stands as it stood then. What is
forgotten or blanked changes its part and is gone from the file at the end of the same grouping.
"""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.store.parts import Stamp, make_folder, part_path, stamp_of
from pipeline.store.schema import ARTICLES
from pipeline.stories.candidates import MINIMA
from pipeline.stories.placing import ACTORS
from pipeline.stories.prints import Places, Prints, Ragged, prints_of

FILE = "index/stories/prints.arrow"
FACTS = pa.schema([ARTICLES.field(name) for name in ("key", "part", *ACTORS)])
_SIGNATURE = pa.binary(2 * MINIMA)
_KINDS = {name: one.flat.dtype for name, one in prints_of((), ()).lists().items()}
_SHAPE = pa.schema(
    [*FACTS, ("signature", _SIGNATURE), *((name, pa.large_list(pa.from_numpy_dtype(kind))) for name, kind in _KINDS.items())]
)
_META = b"pantau_prints"
_SUM = 4  # bytes of checksum at the end of the file
_HOME = Path(__file__).resolve().parent
_MAKERS = ("stories", "text")  # folders of the modules by which a text becomes numbers


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Articles with what is kept of them. ``facts``: FACTS, a row for each of ``prints``."""

    facts: pa.Table
    prints: Prints

    @classmethod
    def nothing(cls) -> Seen:
        """Of no article."""
        return cls(FACTS.empty_table(), prints_of((), ()))

    def take(self, places: Places) -> Seen:
        """Those at ``places``, in that order."""
        if len(places) == len(self.prints) and (places == np.arange(len(places))).all():
            return self
        return Seen(self.facts.take(pa.array(places)), self.prints.take(places))


@dataclass(frozen=True)
class Memory:
    """What was kept at the end of an earlier grouping, and which of it still holds."""

    path: Path
    made_by: str
    seen: Seen = field(repr=False)
    stamps: Mapping[str, Stamp] = field(repr=False)  # of the parts that its articles were read from
    holds: pa.ChunkedArray = field(repr=False)  # of each row, whether its part stands as it was read

    @classmethod
    def of(cls, data: Path, common: frozenset[str]) -> Memory:
        """As it lies in the data folder; nothing where it is missing, damaged, or made by other rules than today's."""
        path, made_by = data / FILE, _maker(common)
        seen, stamps = _read(path, made_by)
        same = [name for name, told in stamps.items() if standing(data, name) == told]
        return cls(path, made_by, seen, stamps, pc.is_in(seen.facts["part"], value_set=pa.array(same, pa.string())))

    def find(self, asked: pa.Table) -> Places:
        """Places among ``seen`` of the articles that ``asked`` (key, part) names; -1 for one that is not known."""
        where = pc.index_in(asked["key"], value_set=self.seen.facts["key"].combine_chunks())
        same = pc.and_(pc.equal(self.seen.facts["part"].take(where), asked["part"]), self.holds.take(where))
        found: Places = pc.if_else(pc.fill_null(same, fill_value=False), where, -1).to_numpy().astype(np.int64)
        return found

    def keep(self, seen: Seen, read: Mapping[str, Stamp]) -> None:
        """Let the file hold this and nothing else; ``read``: stamps of the parts that were read since, as they were before it.

        Where it cannot be written, the texts are read next time too.
        """
        stamps = {**self.stamps, **read}
        told = {name: stamps[name] for name in pc.unique(seen.facts["part"]).to_pylist()}
        meta = {_META: json.dumps({"made_by": self.made_by, "parts": told}).encode()}
        hidden = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        try:
            make_folder(self.path.parent)
            with pa.OSFile(str(hidden), "wb") as sink, pa.ipc.new_file(sink, _SHAPE.with_metadata(meta)) as file:
                file.write_table(_table(seen).replace_schema_metadata(meta))
            with hidden.open("r+b") as written:
                written.write(_summed(pa.memory_map(str(hidden)).read_buffer(), written.seek(0, os.SEEK_END)))
            hidden.replace(self.path)
        except OSError:
            with suppress(OSError):
                hidden.unlink(missing_ok=True)


def standing(data: Path, name: str) -> Stamp | None:
    """The stamp of an articles part; None where there is none."""
    try:
        return stamp_of(part_path(data, "articles", name).stat())
    except OSError:
        return None


def _maker(common: frozenset[str]) -> str:
    return hashlib.sha256("\n".join([_program(), *sorted(common)]).encode()).hexdigest()


@cache
def _program() -> str:
    digest = hashlib.sha256(version("PySastrawi").encode())
    for path in (path for folder in _MAKERS for path in sorted((_HOME / folder).glob("*.py"))):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _summed(content: pa.Buffer, size: int) -> bytes:
    return zlib.crc32(memoryview(content)[:size]).to_bytes(_SUM, "big")


def _table(seen: Seen) -> pa.Table:
    prints = seen.prints
    signatures = pa.py_buffer(np.ascontiguousarray(prints.signatures))
    columns = [*seen.facts.columns, pa.FixedSizeBinaryArray.from_buffers(_SIGNATURE, len(prints), [None, signatures])]
    columns += [pa.LargeListArray.from_arrays(pa.array(one.ends), pa.array(one.flat)) for one in prints.lists().values()]
    return pa.table(columns, schema=_SHAPE)


def _read(path: Path, made_by: str) -> tuple[Seen, dict[str, Stamp]]:
    nothing: tuple[Seen, dict[str, Stamp]] = Seen.nothing(), {}
    try:
        content = pa.memory_map(str(path)).read_buffer()
        if _summed(content, content.size - _SUM) != bytes(content[content.size - _SUM :]):
            return nothing
        with pa.ipc.open_file(content.slice(0, content.size - _SUM)) as file:
            told = json.loads((file.schema.metadata or {})[_META])
            if told["made_by"] != made_by or not file.schema.equals(_SHAPE):
                return nothing
            table = file.read_all().replace_schema_metadata(None).combine_chunks()
    except (OSError, pa.ArrowInvalid, ValueError, LookupError, TypeError):
        return nothing
    stamps = {name: (size, changed, inode) for name, (size, changed, inode) in told["parts"].items()}
    return (Seen(table.select(FACTS.names), _prints(table)), stamps) if len(table) else nothing


def _prints(table: pa.Table) -> Prints:
    signatures = np.frombuffer(table["signature"].chunk(0).buffers()[1], dtype=np.uint16)
    lists = [table[name].chunk(0) for name in _KINDS]
    return Prints(
        signatures.reshape(-1, MINIMA)[: len(table)],
        *(Ragged(one.values.to_numpy(), one.offsets.to_numpy()) for one in lists),
    )


def joined(some: Iterable[Seen]) -> Seen:
    """Several one behind the other; at least one."""
    held: Sequence[Seen] = [one for one in some if len(one.prints)] or [Seen.nothing()]
    if len(held) == 1:
        return held[0]
    return Seen(pa.concat_tables([one.facts for one in held]), Prints.joined(one.prints for one in held))
