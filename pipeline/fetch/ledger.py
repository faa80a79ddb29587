"""The ledger: one SQLite file that remembers every entry's outcome, each source's state and each host's robots.txt.

An entry is in exactly one state: ``waiting`` (to be fetched, now or after a temporary failure), ``fetched`` (its bytes
stand in the pages part named), ``rejected`` (with a reason) or ``folded`` (a twin or part of another article).
The pages part is renamed into place before its keys are marked; ``adopt_part`` repairs a crash in between.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pipeline.errors import StorageError
from pipeline.fetch.robots import RobotsFile
from pipeline.records import Entry, Reason, Rejection, Retry

VERSION = 1
# A failed page is tried again after half an hour, then after twice as long each time, at most a day later: twelve tries
# span about six days, so that neither a night's nor a weekend's outage of a site loses its articles.
MAX_ATTEMPTS = 12
FIRST_RETRY = timedelta(minutes=30)
LONGEST_RETRY = timedelta(days=1)

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


def _stamp(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


class Ledger:
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
    def read(cls, path: Path, now: datetime) -> Ledger:
        """The ledger for looking only; a folder that may not be written to will do."""
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
            if version == 0 and not read_only:
                self._db.executescript(f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version = {VERSION}; COMMIT;")
            elif version > VERSION:
                raise StorageError(f"{self.path} was written by a newer version of pantau; update this installation")

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

    def _rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._told(), closing(self._db.execute(sql, values)) as cursor:
            return cursor.fetchall()

    # --- sources

    def validators(self, source_id: str) -> tuple[str, str, str]:
        """(ETag, Last-Modified, sha256 of the body) of the source's last good answer; empty strings before the first."""
        found = self._rows("SELECT etag, last_modified, body_sha256 FROM sources WHERE id = ?", source_id)
        return (str(found[0][0]), str(found[0][1]), str(found[0][2])) if found else ("", "", "")

    def record_poll(
        self,
        source_id: str,
        outcome: str,
        detail: str,
        entries: Iterable[Entry] = (),
        validators: tuple[str, str, str] | None = None,
    ) -> tuple[int, int]:
        """One poll in one transaction: new entries start to wait, known ones are left alone. Returns (new, known).

        ``validators`` are saved with it, so an answer counts as seen only after its entries are safe.
        """
        now = _stamp(self._now)
        rows = list(entries)
        new = 0
        with self._transaction() as db:
            for entry in rows:
                added = db.execute(
                    # Not OR IGNORE, which would also swallow a row that the table does not take.
                    "INSERT INTO entries"
                    " (key, source_id, url, title, summary, published, published_raw, first_seen, state, changed)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'waiting', ?) ON CONFLICT (key) DO NOTHING",
                    (
                        entry.key,
                        entry.source_id,
                        entry.url,
                        entry.title,
                        entry.summary,
                        entry.published and _stamp(entry.published),
                        entry.published_raw,
                        now,
                        now,
                    ),
                ).rowcount
                new += added
                db.execute("INSERT OR IGNORE INTO sightings VALUES (?, ?, ?)", (entry.key, source_id, now))
            db.execute("INSERT OR IGNORE INTO sources (id) VALUES (?)", (source_id,))
            failed = outcome not in ("ok", "unchanged")
            db.execute("UPDATE sources SET failures = CASE WHEN ? THEN failures + 1 ELSE 0 END WHERE id = ?", (failed, source_id))
            if validators is not None:
                db.execute(
                    "UPDATE sources SET etag = ?, last_modified = ?, body_sha256 = ? WHERE id = ?", (*validators, source_id)
                )
            db.execute(
                "INSERT OR REPLACE INTO polls VALUES (?, ?, ?, ?, ?, ?)", (source_id, now, outcome, detail[:300], len(rows), new)
            )
        return new, len(rows) - new

    def polls(self, until: datetime) -> list[tuple[object, ...]]:
        """(source id, at, outcome, detail, entries, new) of every poll, first those before ``until``, newest last."""
        return self._rows(
            "SELECT source_id, at, outcome, detail, entries, new FROM polls ORDER BY at < ? DESC, at", _stamp(until)
        )

    # --- entries

    def waiting(self, limit: int) -> list[Entry]:
        """The entries to fetch now, oldest first; those that failed lately are left until their time comes."""
        rows = self._rows(
            "SELECT source_id, key, url, title, summary, published, published_raw FROM entries"
            " WHERE state = 'waiting' AND not_before <= ? ORDER BY first_seen, rowid LIMIT ?",
            _stamp(self._now),
            limit,
        )
        return [
            Entry(source_id, key, url, title, summary, datetime.fromisoformat(published) if published else None, raw)
            for source_id, key, url, title, summary, published, raw in rows
        ]

    def state(self, key: str) -> str:
        """The entry's state, "" when it was never seen."""
        found = self._rows("SELECT state FROM entries WHERE key = ?", key)
        return str(found[0][0]) if found else ""

    def tries(self, key: str) -> int:
        """How often the entry's page was tried in vain."""
        found = self._rows("SELECT attempts FROM entries WHERE key = ?", key)
        return int(str(found[0][0])) if found else 0

    def settle(self, rejection: Rejection) -> str:
        """Write an entry's failure: final ones are rejected, others wait longer each time, ``MAX_ATTEMPTS`` at most.

        Returns the new state.
        """
        with self._transaction() as db:
            found = db.execute("SELECT attempts FROM entries WHERE key = ?", (rejection.key,)).fetchone()
            attempts = (found[0] if found else 0) + 1
            state = "rejected" if rejection.retry is Retry.FINAL or attempts >= MAX_ATTEMPTS else "waiting"
            pause = min(LONGEST_RETRY, FIRST_RETRY * 2 ** (attempts - 1))
            db.execute(
                "UPDATE entries SET state = ?, reason = ?, detail = ?, attempts = ?, not_before = ?, changed = ? WHERE key = ?",
                (
                    state,
                    rejection.reason.value,
                    rejection.detail[:300],
                    attempts,
                    _stamp(self._now + pause),
                    _stamp(self._now),
                    rejection.key,
                ),
            )
            if rejection.reason is Reason.FORGOTTEN:
                db.execute("UPDATE entries SET url = '', title = '', summary = '' WHERE key = ?", (rejection.key,))
        return state

    def fold(self, key: str, into: str) -> None:
        """Mark ``key`` as a twin or part of the article ``into``."""
        with self._transaction() as db:
            db.execute(
                "UPDATE entries SET state = 'folded', reason = ?, detail = ?, changed = ? WHERE key = ?",
                (Reason.SAME_ARTICLE.value, into, _stamp(self._now), key),
            )

    def mark_fetched(self, part: str, keys: Iterable[str]) -> None:
        """Mark the keys of a pages part that has been renamed into place."""
        with self._transaction() as db:
            names = list(keys)
            now = _stamp(self._now)
            db.executemany(
                "UPDATE entries SET state = 'fetched', reason = '', detail = '', part = ?, changed = ? WHERE key = ?",
                [(part, now, key) for key in names],
            )
            db.execute("INSERT OR REPLACE INTO parts VALUES (?, ?, ?)", (part, len(names), now))

    def adopt_part(self, part: str, pages: Iterable[tuple[str, str, str, str]]) -> None:
        """Take up a part that stands on disk but not here (a crash, or a lost ledger): rows (key, source id, url, title)."""
        rows = list(pages)
        now = _stamp(self._now)
        with self._transaction() as db:
            db.executemany(
                "INSERT INTO entries (key, source_id, url, title, summary, published_raw, first_seen, state, changed)"
                " VALUES (?, ?, ?, ?, '', '', ?, 'waiting', ?) ON CONFLICT (key) DO NOTHING",
                [(*row, now, now) for row in rows],
            )
        self.mark_fetched(part, [row[0] for row in rows])

    def twins(self, keys: Iterable[str]) -> set[str]:
        """Keys of the entries that were folded into one of these articles."""
        wanted = set(keys)
        rows = self._rows("SELECT key, detail FROM entries WHERE state = 'folded'")
        return {str(key) for key, into in rows if into in wanted}

    def erase(self, keys: Iterable[str]) -> int:
        """Delete every row of these entries, so that the file holds no byte of them; returns how many entries there were."""
        names = [(key,) for key in keys]
        with self._erasing() as db:
            count = sum(db.execute("DELETE FROM entries WHERE key = ?", name).rowcount for name in names)
            db.executemany("DELETE FROM sightings WHERE key = ?", names)
        return count

    def blank_words(self, before: datetime, *, dry: bool = False) -> int:
        """Take title and summary out of settled entries first seen before ``before``; returns how many had any."""
        old = "state != 'waiting' AND first_seen < ? AND (title != '' OR summary != '')"
        if dry:
            return int(str(self._rows(f"SELECT count(*) FROM entries WHERE {old}", _stamp(before))[0][0]))  # noqa: S608 - our own words
        with self._erasing() as db:
            return db.execute(f"UPDATE entries SET title = '', summary = '' WHERE {old}", (_stamp(before),)).rowcount  # noqa: S608

    @contextmanager
    def _erasing(self) -> Iterator[sqlite3.Connection]:
        """A transaction after which what it took away stands neither in free pages nor in the write-ahead file."""
        with self._told():
            self._db.execute("PRAGMA secure_delete = ON")
        with self._transaction() as db:
            yield db
        with self._told():
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def known_parts(self) -> set[str]:
        """Names of the pages parts whose keys are marked."""
        return {str(row[0]) for row in self._rows("SELECT name FROM parts")}

    def counts(self) -> dict[str, int]:
        """Entries by state; their sum is every entry ever seen."""
        return {
            str(row[0]): int(str(row[1]))
            for row in self._rows("SELECT state, count(*) FROM entries GROUP BY state ORDER BY state")
        }

    def rejected(self) -> list[tuple[object, ...]]:
        """(key, reason, detail, url, source id, title, changed) of every rejected or folded entry."""
        return self._rows(
            "SELECT key, reason, detail, url, source_id, title, changed FROM entries"
            " WHERE state IN ('rejected', 'folded') ORDER BY changed, key"
        )

    def entries_between(self, start: datetime, end: datetime) -> dict[str, int]:
        """Entries by source whose publication (or, without one, first sight) lies in [start, end)."""
        rows = self._rows(
            "SELECT source_id, count(*) FROM entries WHERE coalesce(published, first_seen) >= ?"
            " AND coalesce(published, first_seen) < ? GROUP BY source_id",
            _stamp(start),
            _stamp(end),
        )
        return {str(row[0]): int(str(row[1])) for row in rows}

    # --- hosts and runs

    def load_robots(self, origin: str, hours: float) -> RobotsFile | None:
        """A host's robots.txt if it was read within ``hours``."""
        oldest = _stamp(self._now - timedelta(hours=hours))
        found = self._rows("SELECT text FROM robots WHERE origin = ? AND at > ?", origin, oldest)
        return RobotsFile(str(found[0][0])) if found else None

    def save_robots(self, origin: str, file: RobotsFile) -> None:
        """Remember a host's robots.txt."""
        with self._transaction() as db:
            db.execute("INSERT OR REPLACE INTO robots VALUES (?, ?, ?)", (origin, file.text or "", _stamp(self._now)))

    def record_run(self, command: str, counts: dict[str, int]) -> None:
        """Write a finished run with its counts."""
        with self._transaction() as db:
            db.execute(
                "INSERT INTO runs (command, at, counts) VALUES (?, ?, ?)",
                (command, _stamp(self._now), json.dumps(counts, sort_keys=True)),
            )

    def last_run(self) -> tuple[str, datetime, dict[str, int]] | None:
        """(command, time, counts) of the last finished run."""
        found = self._rows("SELECT command, at, counts FROM runs ORDER BY id DESC LIMIT 1")
        if not found:
            return None
        return str(found[0][0]), datetime.fromisoformat(str(found[0][1])), json.loads(str(found[0][2]))
