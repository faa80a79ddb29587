"""The ledger's tables in the SQL that SQLite and PostgreSQL share: their versions, transactions, and a move between the two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from pipeline.errors import StorageError

# 2: standings of sources, last sight of an entry, hosts, revisits. 3: tallies of entries that were let go.
# Ledgers of an earlier version are brought up when they are opened for writing.
VERSION = 3

# In SQLite's words; the room of each database knows what it must say otherwise.
TABLES = """
CREATE TABLE sources (
    id TEXT PRIMARY KEY, etag TEXT NOT NULL DEFAULT '', last_modified TEXT NOT NULL DEFAULT '',
    body_sha256 TEXT NOT NULL DEFAULT '', failures INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE polls (
    source_id TEXT NOT NULL, at TEXT NOT NULL, outcome TEXT NOT NULL, detail TEXT NOT NULL, entries INTEGER NOT NULL,
    new INTEGER NOT NULL, PRIMARY KEY (source_id, at)
) STRICT;
CREATE TABLE entries (
    key TEXT PRIMARY KEY, source_id TEXT NOT NULL, url TEXT NOT NULL, title TEXT NOT NULL, summary TEXT NOT NULL,
    published TEXT, published_raw TEXT NOT NULL, first_seen TEXT NOT NULL, state TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '', detail TEXT NOT NULL DEFAULT '', attempts INTEGER NOT NULL DEFAULT 0,
    not_before TEXT NOT NULL DEFAULT '',
    part TEXT NOT NULL DEFAULT '', changed TEXT NOT NULL
) STRICT;
CREATE INDEX entries_state ON entries (state, first_seen);
CREATE TABLE sightings (
    key TEXT NOT NULL, source_id TEXT NOT NULL, first_seen TEXT NOT NULL, PRIMARY KEY (key, source_id)
) STRICT;
CREATE TABLE parts (name TEXT PRIMARY KEY, rows INTEGER NOT NULL, at TEXT NOT NULL) STRICT;
CREATE TABLE robots (origin TEXT PRIMARY KEY, text TEXT NOT NULL, at TEXT NOT NULL) STRICT;
CREATE TABLE runs (id INTEGER PRIMARY KEY, command TEXT NOT NULL, at TEXT NOT NULL, counts TEXT NOT NULL) STRICT;
"""

# What each version adds to the one before; a new ledger is made by all of them in turn.
STEPS = {
    2: """
ALTER TABLE sources ADD COLUMN state TEXT NOT NULL DEFAULT 'active';
ALTER TABLE sources ADD COLUMN interval REAL NOT NULL DEFAULT 0;
ALTER TABLE sources ADD COLUMN next_poll TEXT;
ALTER TABLE sources ADD COLUMN weight REAL NOT NULL DEFAULT 0;
ALTER TABLE sources ADD COLUMN on_time INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sources ADD COLUMN polls INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sources ADD COLUMN last_ok TEXT;
ALTER TABLE sources ADD COLUMN newest TEXT;
ALTER TABLE sources ADD COLUMN charset TEXT NOT NULL DEFAULT '';
ALTER TABLE sources ADD COLUMN longest REAL NOT NULL DEFAULT 0;
ALTER TABLE sources ADD COLUMN gap_suspected INTEGER NOT NULL DEFAULT 0;
ALTER TABLE entries ADD COLUMN canonical TEXT NOT NULL DEFAULT '';
CREATE INDEX entries_canonical ON entries (canonical) WHERE canonical != '';
ALTER TABLE sightings ADD COLUMN last_seen TEXT NOT NULL DEFAULT '';
UPDATE sightings SET last_seen = first_seen;
CREATE INDEX sightings_source ON sightings (source_id, first_seen);
CREATE TABLE aliases (alias TEXT PRIMARY KEY, key TEXT NOT NULL) STRICT;
CREATE INDEX aliases_key ON aliases (key);
CREATE TABLE hosts (lane TEXT PRIMARY KEY, next_allowed TEXT NOT NULL, closed_until TEXT, reason TEXT NOT NULL) STRICT;
CREATE TABLE revisits (
    key TEXT PRIMARY KEY, fetched TEXT NOT NULL, due TEXT, done INTEGER NOT NULL DEFAULT 0, digest TEXT NOT NULL,
    outcome TEXT NOT NULL DEFAULT '', at TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX revisits_due ON revisits (due);
""",
    3: """
CREATE TABLE tallies (
    kind TEXT NOT NULL, source_id TEXT NOT NULL, day TEXT NOT NULL, entries INTEGER NOT NULL, PRIMARY KEY (kind, source_id, day)
) STRICT;
""",
}

# The first ledgers of version 1 were made before a failed page had a time for its next try.
_LATE_COLUMN = "ALTER TABLE entries ADD COLUMN not_before TEXT NOT NULL DEFAULT '';"
_HAS_LATE_COLUMN = "SELECT 1 FROM pragma_table_info('entries') WHERE name = 'not_before'"  # in SQLite: no server was of version 1

# Every table, and by what its rows are put in the order in which they came.
ORDER = {
    **dict.fromkeys(("sources", "polls", "sightings", "parts", "robots", "aliases", "hosts", "revisits", "tallies"), ""),
    "entries": "rowid",
    "runs": "id",
}


def stamp(instant: datetime) -> str:
    """An instant as the tables hold it: UTC, always of one length, so that text order is time order."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def instant_of(text: str | None) -> datetime | None:
    """An instant of the tables; None for none."""
    return datetime.fromisoformat(text) if text else None


@dataclass(frozen=True, slots=True)
class Server:
    """A ledger in PostgreSQL. ``url``: without a password; ``sign``: the data folder's, which the tables bear too."""

    url: str
    sign: str


Where = Path | Server


class Cursor(Protocol):
    """What is asked of a statement that was executed."""

    @property
    def rowcount(self) -> int:
        """How many rows it touched."""

    def fetchone(self) -> Any:
        """Its next row; None at the end."""

    def fetchall(self) -> list[Any]:
        """Its rows."""


class Connection(Protocol):
    """A database within a transaction; ``?`` stands for each value."""

    def execute(self, sql: str, values: Sequence[object] = (), /) -> Cursor:
        """One statement."""

    def executemany(self, sql: str, rows: Iterable[Sequence[object]], /) -> Cursor:
        """One statement for each row of values."""


class Driver(Connection, Protocol):
    """A database as the ledger needs it: all in which SQLite and PostgreSQL differ."""

    name: str  # in messages; holds no secret

    def version(self) -> int:
        """Of the tables; 0: there are none."""

    def bring_up(self, script: str, version: int) -> None:
        """Make the tables of ``version`` by statements in SQLite's words, whole or not at all."""

    def define(self, sql: str) -> None:
        """A statement in SQLite's words that makes or drops tables, within a transaction."""

    def each(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a question, one by one; the first one holds the columns' names."""

    def begin(self) -> None:
        """Begin a transaction that may write."""

    def commit(self) -> None:
        """End it, on disk."""

    def rollback(self) -> None:
        """Undo it, if it has not ended by itself."""

    def told(self) -> AbstractContextManager[None]:
        """Complaints about the database become a ``StorageError`` with advice; complaints about our SQL stay bugs."""

    def before_erasing(self) -> None:
        """What comes goes without a trace."""

    def after_erasing(self, tables: Sequence[str]) -> None:
        """Let nothing of the rows that are gone from ``tables`` stand where the database keeps what it may write over."""

    def day(self, column: str) -> str:
        """The SQL of a stamp's day in Jakarta, as 2026-11-26."""

    def close(self) -> None:
        """Let go of the database."""


def _driver_of(where: Where, read_only: bool) -> Driver:
    if isinstance(where, Server):
        from pipeline.fetch.postgres import Postgres  # its library is an extra

        return Postgres(where, read_only=read_only)
    from pipeline.fetch.sqlite import SqliteFile

    return SqliteFile(where, read_only=read_only)


class Database:
    """Driver process only; workers never see it. Raises ``StorageError`` when it is broken, away or of a newer version."""

    def __init__(self, where: Where, now: datetime, *, read_only: bool = False) -> None:
        self._now = now
        self._db = _driver_of(where, read_only)
        try:
            self._bring_up()
        except BaseException:
            self._db.close()
            raise

    @classmethod
    def read(cls, where: Where, now: datetime) -> Self:
        """The ledger for looking only; a file in a folder that may not be written to will do."""
        return cls(where, now, read_only=True)

    def _bring_up(self) -> None:
        with self._db.told():
            version = self._db.version()
            if version > VERSION:
                raise StorageError(f"{self._db.name} was written by a newer version of pantau; update this installation")
            if version < VERSION:
                steps = [STEPS[step] for step in range(max(version, 1) + 1, VERSION + 1)]
                if version == 1 and not self._db.execute(_HAS_LATE_COLUMN).fetchone():
                    steps.insert(0, _LATE_COLUMN)
                self._db.bring_up(" ".join(([] if version else [TABLES]) + steps), VERSION)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._db.told():
            self._db.begin()
            try:
                yield self._db
                self._db.commit()
            except BaseException:
                self._db.rollback()
                raise

    @contextmanager
    def _erasing(self, *tables: str) -> Iterator[Connection]:
        """A transaction after which what it took out of ``tables`` stands neither in their free room nor in SQLite's log."""
        with self._db.told():
            self._db.before_erasing()
        with self._transaction() as db:
            yield db
        with self._db.told():
            self._db.after_erasing(tables)

    def _rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._db.told():
            return self._db.execute(sql, values).fetchall()

    def take_over(self, other: Database) -> int:
        """Hold all that another ledger of this version holds, and nothing else; returns its rows. One transaction."""
        count = 0
        with self._transaction() as db, other._db.told():
            for table, order in ORDER.items():
                db.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
                rows = other._db.each(f"SELECT * FROM {table} {f'ORDER BY {order}' if order else ''}")  # noqa: S608
                names = next(rows)
                kept = [at for at, name in enumerate(names) if name != "rowid" and name != order]
                columns, marks = ", ".join(names[at] for at in kept), ", ".join("?" * len(kept))
                while some := [[row[at] for at in kept] for row in islice(rows, 1000)]:
                    db.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", some)  # noqa: S608
                    count += len(some)
        return count
