"""The ledger's SQLite file: its tables, their migration, its transactions, and its complaints put into words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pipeline.errors import StorageError

Connection = sqlite3.Connection

# 2: standings of sources, last sight of an entry, hosts, revisits. Files of version 1 are brought up to it when opened.
VERSION = 2

_TABLES = """
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

# What each version adds to the one before; a new file is made by all of them in turn.
_STEPS = {
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
}


def stamp(instant: datetime) -> str:
    """An instant as the tables hold it: UTC, always of one length, so that text order is time order."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def instant_of(text: str | None) -> datetime | None:
    """An instant of the tables; None for none."""
    return datetime.fromisoformat(text) if text else None


class Database:
    """Driver only; workers never see it. Raises ``StorageError`` when the file is broken or of a newer version."""

    def __init__(self, path: Path, now: datetime, *, read_only: bool = False) -> None:
        self._now = now
        self.path = path
        if not read_only:
            path.parent.mkdir(parents=True, exist_ok=True)
        with self._told():
            self._db = sqlite3.connect(self._address(read_only), isolation_level=None, timeout=10, uri=True)
        try:
            self._open(read_only)
        except BaseException:
            self._db.close()
            raise

    @classmethod
    def read(cls, path: Path, now: datetime) -> Self:
        """The file for looking only; a folder that may not be written to will do."""
        return cls(path, now, read_only=True)

    def _address(self, read_only: bool) -> str:
        uri = self.path.absolute().as_uri()
        if not read_only:
            return uri
        # Without a write-ahead file nobody is writing, and SQLite need not make its own beside a file that it may only read.
        busy = self.path.with_name(f"{self.path.name}-wal").exists()
        return f"{uri}?mode=ro" if busy else f"{uri}?mode=ro&immutable=1"

    def _open(self, read_only: bool) -> None:
        with self._told():
            if not read_only:
                self._db.execute("PRAGMA journal_mode = WAL")
                self._db.execute("PRAGMA synchronous = FULL")
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
            if version > VERSION:
                raise StorageError(f"{self.path} was written by a newer version of pantau; update this installation")
            if version == VERSION:
                return
            steps = ([_TABLES] if version == 0 else []) + [_STEPS[step] for step in range(max(version, 1) + 1, VERSION + 1)]
            script = f"BEGIN IMMEDIATE; {' '.join(steps)} PRAGMA user_version = {VERSION}; COMMIT;"
            if not read_only:
                self._db.executescript(script)
            elif version:
                self._copy_up(script)

    def _copy_up(self, script: str) -> None:
        """Look at a file of an earlier version through a copy in memory: it may not be written to, and is left as it is."""
        copy = sqlite3.connect(":memory:", isolation_level=None)
        self._db.backup(copy)
        self._db.close()
        self._db = copy
        self._db.executescript(script)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """SQLite's complaints about the file as a ``StorageError`` with advice; its complaints about our SQL stay bugs."""
        try:
            yield
        except sqlite3.OperationalError as error:
            raise StorageError(
                f"the ledger {self.path} cannot be used ({error}); see that the disk has room, that its folder may be written "
                "to and that no other program holds it open, then run again"
            ) from error
        except sqlite3.DatabaseError as error:
            if type(error) is not sqlite3.DatabaseError:
                raise
            raise StorageError(
                f"the ledger {self.path} is broken ({error}); move it aside and run again: "
                "pages on disk are taken up from their parts, only waiting entries are lost"
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._told():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # SQLite has rolled back by itself after some faults, as a full disk
                    self._db.execute("ROLLBACK")
                raise

    @contextmanager
    def _erasing(self) -> Iterator[sqlite3.Connection]:
        """A transaction after which what it took away stands neither in free pages nor in the write-ahead file."""
        with self._told():
            self._db.execute("PRAGMA secure_delete = ON")
        with self._transaction() as db:
            yield db
        with self._told():
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._told(), closing(self._db.execute(sql, values)) as cursor:
            return cursor.fetchall()
