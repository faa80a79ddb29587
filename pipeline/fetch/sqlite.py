"""The ledger as an SQLite file: the one room that knows sqlite3."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.errors import StorageError


class SqliteFile:
    """``Driver`` of a file. A writer waits ten seconds for another one."""

    def __init__(self, path: Path, *, read_only: bool) -> None:
        self.path, self.name, self._read_only = path, str(path), read_only
        if not read_only:
            path.parent.mkdir(parents=True, exist_ok=True)
        with self.told():
            self.raw = sqlite3.connect(self._address(), isolation_level=None, timeout=10, uri=True)
        try:
            with self.told():
                if not read_only:
                    self.raw.execute("PRAGMA journal_mode = WAL")
                    self.raw.execute("PRAGMA synchronous = FULL")
        except BaseException:
            self.raw.close()
            raise

    def _address(self) -> str:
        uri = self.path.absolute().as_uri()
        if not self._read_only:
            return uri
        # Without a write-ahead file nobody is writing, and SQLite need not make its own beside a file that it may only read.
        busy = self.path.with_name(f"{self.path.name}-wal").exists()
        return f"{uri}?mode=ro" if busy else f"{uri}?mode=ro&immutable=1"

    def version(self) -> int:
        """As the file's header tells it."""
        return int(self.raw.execute("PRAGMA user_version").fetchone()[0])

    def bring_up(self, script: str, version: int) -> None:
        """In one transaction; a file that may only be looked at is brought up in a copy in memory, and left as it is."""
        if self._read_only:
            if not self.version():
                return
            copy = sqlite3.connect(":memory:", isolation_level=None)
            self.raw.backup(copy)
            self.raw.close()
            self.raw = copy
        self.raw.executescript(f"BEGIN IMMEDIATE; {script} PRAGMA user_version = {version}; COMMIT;")

    @contextmanager
    def told(self) -> Iterator[None]:
        """SQLite's complaints about the file."""
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

    def execute(self, sql: str, values: Sequence[object] = ()) -> sqlite3.Cursor:
        """One statement."""
        return self.raw.execute(sql, values)

    def executemany(self, sql: str, rows: Iterable[Sequence[object]]) -> sqlite3.Cursor:
        """One statement for each row of values."""
        return self.raw.executemany(sql, rows)

    def define(self, sql: str) -> None:
        """As it is written."""
        self.raw.execute(sql)

    def each(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """The columns' names, then the rows."""
        cursor = self.raw.execute(sql)
        yield tuple(column[0] for column in cursor.description)
        yield from cursor

    def begin(self) -> None:
        """The right to write is taken at once, not at the first write."""
        self.raw.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """The write-ahead file is on disk afterwards."""
        self.raw.execute("COMMIT")

    def rollback(self) -> None:
        """SQLite has rolled back by itself after some faults, as a full disk."""
        if self.raw.in_transaction:
            self.raw.execute("ROLLBACK")

    def before_erasing(self) -> None:
        """Freed bytes are written over with zeros."""
        self.raw.execute("PRAGMA secure_delete = ON")

    def after_erasing(self, tables: Sequence[str]) -> None:  # noqa: ARG002 - the whole file's
        """The write-ahead file is emptied."""
        self.raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def day(self, column: str) -> str:
        """Jakarta has no summer time."""
        return f"date({column}, '+7 hours')"

    def close(self) -> None:
        """Let go of the file."""
        self.raw.close()
