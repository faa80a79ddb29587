"""What grouping reads of the store, keeps and writes: a few facts of every article, the words of those that are compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.corrected import spoken_of
from pipeline.errors import ConfigError
from pipeline.remembered import FACTS as SEEN
from pipeline.remembered import Memory, Seen, joined, standing
from pipeline.store.dataset import STORIES_FILE, articles_table, stories_table
from pipeline.store.encoding import encoded
from pipeline.store.parts import Stamp, part_path, write_bytes
from pipeline.store.schema import SCHEMA_VERSION
from pipeline.stories.corrected import WORDS
from pipeline.stories.placing import (
    ACTORS,
    FACTS,
    PLACED,
    Rules,
    Sight,
    common_stems,
    in_order,
    numbers_of,
    placed_table,
    rows_of,
)
from pipeline.stories.prints import Places, Told, prints_of

_WORDS = ("title", "text", "text_sha256")
_READ = ("key", "part", "dated_at", *_WORDS, *ACTORS)
READ_AGAIN = 8  # parts that are held in case more is asked of them: what is told of one week stands in few


def regroup(data: Path, config: Path, rules: Rules) -> dict[str, int]:
    """Place the relevant articles among stories and events and write ``stories/stories.parquet``; returns their numbers.

    Raises ``ConfigError`` without the list of common words, ``StorageError`` for a broken part.
    """
    common = _common(config)
    facts = in_order(facts_of(data))
    desk = _Desk(data, facts, common, Memory.of(data, common))
    placed = placed_table(facts, stories_table(data, PLACED), desk, rules)
    meta = {b"pantau_schema": str(SCHEMA_VERSION).encode(), b"pantau_recipe": b""}
    write_bytes(data / STORIES_FILE, encoded(placed.replace_schema_metadata(meta)))
    desk.keep(rules.window_days)
    return numbers_of(placed)


def _common(config: Path) -> frozenset[str]:
    file = config / "common_stems.txt"
    if not file.is_file():
        raise ConfigError(
            f"{file} is missing; it holds the words that tell no event from another: restore it from the repository"
        )
    return common_stems(file.read_text(encoding="utf-8"))


def facts_of(data: Path) -> pa.Table:
    """What grouping asks of every article that has a place among stories: little, for there may be a million of them."""
    held = articles_table(data, [*FACTS, "part", "relevance", "words", "text_sha256"])
    called = pc.is_in(held["key"], pa.array(sorted(spoken_of(data)), pa.string()))
    same = held["text_sha256"].filter(pc.and_(called, pc.greater_equal(held["words"], WORDS)))
    ours = pc.or_(pc.not_equal(held["relevance"], "irrelevant"), pc.or_(called, pc.is_in(held["text_sha256"], pc.unique(same))))
    return held.filter(ours).select([*FACTS, "part"])


@dataclass(slots=True)
class _Desk:
    """The articles that are compared: what is remembered of them, and of the others what their parts tell."""

    data: Path
    facts: pa.Table  # FACTS and part, in order
    common: frozenset[str]
    memory: Memory
    near: Places = field(default_factory=lambda: np.zeros(0, dtype=np.int64))  # those that are compared
    where: Places = field(default_factory=lambda: np.zeros(0, dtype=np.int64))  # they stand in ``seen``
    seen: Seen = field(default_factory=Seen.nothing)
    stamps: dict[str, Stamp] = field(default_factory=dict)  # of the parts that were read for it
    read: dict[str, pa.Table] = field(default_factory=dict)  # the last ones

    def sight(self, places: Places) -> Sight:
        """What is told of them without their words. The parts of those that are not remembered are read."""
        where, held = self.memory.find(self._asked(places)), [self.memory.seen]
        new, count = np.flatnonzero(where < 0), len(self.memory.seen.prints)
        for some, rows in self._rows(places[new]):
            where[new[some]] = count + np.arange(len(some))
            count += len(some)
            held.append(Seen(rows.select(SEEN.names), prints_of(_told(rows), rows["dated_at"].to_pylist(), self.common)))
        self.near, self.where, self.seen = places, where, joined(held)
        return Sight.of(rows_of(self.seen.facts.select(ACTORS).take(pa.array(where))), where, self.seen.prints)

    def told(self, places: Places) -> Sequence[Told]:
        """Their words, from their parts."""
        found: list[Told] = [Told("", "", "")] * len(places)
        for some, rows in self._rows(places):
            for place, one in zip(some.tolist(), _told(rows), strict=True):
                found[place] = one
        return found

    def keep(self, window_days: int) -> None:
        """Let be remembered what was compared now, and what the next run's new articles will be compared with."""
        at = self.facts["dated_at"].cast(pa.int64()).to_numpy()
        window = timedelta(days=window_days) // timedelta(microseconds=1)
        wanted = np.union1d(self.near, np.flatnonzero(at >= at.max(initial=0) - window))
        where = self.memory.find(self._asked(wanted))
        where[np.searchsorted(wanted, self.near)] = self.where
        kept = where[where >= 0]
        if len(self.stamps) or len(kept) < len(self.memory.seen.prints):
            seen = self.seen if len(self.near) else self.memory.seen
            self.memory.keep(seen.take(kept), self.stamps)

    def _asked(self, places: Places) -> pa.Table:
        return self.facts.select(["key", "part"]).take(pa.array(places))

    def _rows(self, places: Places) -> Iterator[tuple[Places, pa.Table]]:
        """(which of the places, their rows with _READ) part by part."""
        asked = self._asked(places)
        parts = asked["part"].combine_chunks().dictionary_encode()
        codes = parts.indices.to_numpy(zero_copy_only=False)
        turn = np.argsort(codes, kind="stable")
        ends = np.cumsum(np.bincount(codes)).tolist()
        for name, start, end in zip(parts.dictionary.to_pylist(), [0, *ends], ends, strict=False):
            some, rows = turn[start:end], self._part(name)
            yield some, rows.take(pc.index_in(asked["key"].take(pa.array(some)), value_set=rows["key"].combine_chunks()))

    def _part(self, name: str) -> pa.Table:
        path = part_path(self.data, "articles", name)
        if name not in self.read:
            self.stamps[name] = standing(self.data, name) or (0, 0, 0)
            while len(self.read) >= READ_AGAIN:
                del self.read[next(iter(self.read))]
            self.read[name] = articles_table(self.data, [*_READ], [path])
        return self.read[name]


def _told(rows: pa.Table) -> list[Told]:
    words = zip(*(pc.fill_null(rows[name], "").to_pylist() for name in _WORDS), strict=True)
    return [Told(title, text, digest) for title, text, digest in words]
