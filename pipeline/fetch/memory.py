"""What the ledger remembers beside the entries: sources' standings, polls, hosts' pace and robots.txt, runs, revisits."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.dates import JAKARTA
from pipeline.fetch.database import Connection, Database, instant_of, stamp
from pipeline.fetch.revisits import AFTER, Revisit
from pipeline.fetch.robots import RobotsFile
from pipeline.fetch.schedule import Polled, Standing

POLLS_KEPT = timedelta(days=35)  # each poll; older ones are folded to the last one and the last good one of a source's day
_GOOD = "outcome IN ('ok', 'unchanged')"
_NEVER = datetime.max.replace(tzinfo=UTC)
_INSTANTS = ("next_poll", "last_ok", "newest")
_STANDING = tuple(one.name for one in fields(Standing) if one.name != "source_id")


def _upsert(table: str, columns: Iterable[str], key: Iterable[str]) -> str:
    """A statement that inserts a row of these columns, or replaces the one of its key."""
    names, keys = list(columns), list(key)
    marks = ", ".join("?" * len(names))
    changed = ", ".join(f"{name} = excluded.{name}" for name in names if name not in keys)
    head = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 - our own names
    return f"{head} ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {changed}"


_WRITE_STANDING = _upsert("sources", ("id", *_STANDING), ("id",))
_WRITE_POLL = _upsert("polls", ("source_id", "at", "outcome", "detail", "entries", "new"), ("source_id", "at"))
_WRITE_ROBOTS = _upsert("robots", ("origin", "text", "at"), ("origin",))
WRITE_PART = _upsert("parts", ("name", "rows", "at"), ("name",))


def write_standing(db: Connection, standing: Standing) -> None:
    """Insert or replace a source's standing, within the caller's transaction."""
    values: dict[str, object] = {name: getattr(standing, name) for name in _STANDING}
    values |= {name: stamp(value) if isinstance(value := values[name], datetime) else None for name in _INSTANTS}
    values["gap_suspected"] = int(standing.gap_suspected)
    db.execute(_WRITE_STANDING, (standing.source_id, *values.values()))


class Memory(Database):
    """The tables that are no entries."""

    # --- sources

    def standings(self) -> dict[str, Standing]:
        """Every source's standing by its id; a source that was never polled is absent."""
        rows = self._rows(f"SELECT id, {', '.join(_STANDING)} FROM sources")  # noqa: S608 - our own names
        found = {}
        for source_id, *values in rows:
            known: dict[str, Any] = dict(zip(_STANDING, values, strict=True))
            known |= {name: instant_of(known[name]) for name in _INSTANTS}
            known["gap_suspected"] = bool(known["gap_suspected"])
            found[str(source_id)] = Standing(str(source_id), **known)
        return found

    def _write_poll(self, db: Connection, standing: Standing, polled: Polled, entries: int, new: int) -> None:
        write_standing(db, standing)
        row = (standing.source_id, stamp(self._now), polled.outcome, polled.detail[:300], entries, new)
        db.execute(_WRITE_POLL, row)

    def polls_of(self, source_id: str, most: int) -> list[tuple[datetime, str, str, int, int]]:
        """(at, outcome, detail, entries, new) of a source's last polls, ``most`` at the most, newest last."""
        told = "SELECT at, outcome, detail, entries, new FROM polls WHERE source_id = ? ORDER BY at DESC LIMIT ?"
        return [(datetime.fromisoformat(at), *rest) for at, *rest in reversed(self._rows(told, source_id, most))]

    def last_polls(self, until: datetime = _NEVER) -> dict[str, tuple[datetime, str, str]]:
        """(at, outcome, detail) of each source's last poll before ``until``, or else of its first one, by source id."""
        rows = self._rows(
            # Not JOIN … ON, for which SQLite walks over every poll, to seek its source.
            "SELECT polls.source_id, polls.at, polls.outcome, polls.detail FROM sources CROSS JOIN polls"
            " WHERE polls.source_id = sources.id AND polls.at = coalesce("
            "(SELECT max(at) FROM polls WHERE source_id = sources.id AND at < ?),"
            " (SELECT min(at) FROM polls WHERE source_id = sources.id))",
            stamp(until),
        )
        return {str(source): (datetime.fromisoformat(at), str(outcome), str(detail)) for source, at, outcome, detail in rows}

    def last_good(self, until: datetime) -> dict[str, datetime]:
        """When each source was last read before ``until``, by source id; absent where it was not."""
        rows = self._rows(
            f"SELECT source_id, max(at) FROM polls WHERE at < ? AND {_GOOD} GROUP BY source_id",  # noqa: S608 - our own words
            stamp(until),
        )
        return {str(source): datetime.fromisoformat(at) for source, at in rows}

    def good_polls(self) -> list[datetime]:
        """When any source was read, in order, each instant once: all polls of a run have one."""
        return [datetime.fromisoformat(at) for (at,) in self._rows(f"SELECT DISTINCT at FROM polls WHERE {_GOOD} ORDER BY at")]  # noqa: S608

    def fold_polls(self) -> int:
        """Keep of polls older than ``POLLS_KEPT`` each source's last one and last good one of a day; returns how many went.

        Weekly reports ask for the last poll before a week's end, so that theirs stay as they were.
        """
        midnight = datetime.combine((self._now - POLLS_KEPT).astimezone(JAKARTA).date(), datetime.min.time(), JAKARTA)
        day = self._db.day("at")
        with self._transaction() as db:
            return db.execute(
                # Not NOT IN, which PostgreSQL answers row by row once the rows to keep have outgrown its memory for it.
                f"DELETE FROM polls WHERE (source_id, at) IN (SELECT source_id, at FROM polls WHERE at < ?"  # noqa: S608 - our own words
                f" EXCEPT SELECT source_id, max(at) FROM polls WHERE at < ? GROUP BY source_id, {day}"
                f" EXCEPT SELECT source_id, max(at) FROM polls WHERE at < ? AND {_GOOD} GROUP BY source_id, {day})",
                (stamp(midnight),) * 3,
            ).rowcount

    def days(self, since: datetime) -> dict[str, dict[str, int]]:
        """New entries of each source by day (Jakarta) from ``since`` on: only of days on which it was read at least once."""
        start = stamp(since)
        at, shown = self._db.day("at"), self._db.day("first_seen")
        watched = self._rows(
            f"SELECT DISTINCT source_id, {at} FROM polls WHERE at >= ? AND {_GOOD}",  # noqa: S608 - our own words
            start,
        )
        counts = self._rows(
            f"SELECT source_id, {shown}, count(*) FROM sightings WHERE first_seen >= ? GROUP BY 1, 2"  # noqa: S608 - our own words
            " UNION ALL SELECT source_id, day, entries FROM tallies WHERE kind = 'shown' AND day >= ?",
            start,
            f"{since.astimezone(JAKARTA):%Y-%m-%d}",
        )
        found: dict[str, dict[str, int]] = {}
        for source_id, day in watched:
            found.setdefault(source_id, {})[day] = 0
        for source_id, day, count in counts:
            told = found.setdefault(source_id, {})
            told[day] = told.get(day, 0) + count
        return found

    # --- hosts

    def load_robots(self, origin: str, hours: float) -> RobotsFile | None:
        """A host's robots.txt if it was read within ``hours``."""
        oldest = stamp(self._now - timedelta(hours=hours))
        found = self._rows("SELECT text FROM robots WHERE origin = ? AND at > ?", origin, oldest)
        return RobotsFile(str(found[0][0])) if found else None

    def fresh_robots(self, hours: float) -> dict[str, RobotsFile]:
        """Every host's robots.txt that was read within ``hours``, by origin."""
        rows = self._rows("SELECT origin, text FROM robots WHERE at > ?", stamp(self._now - timedelta(hours=hours)))
        return {str(origin): RobotsFile(str(text)) for origin, text in rows}

    def save_robots(self, origin: str, file: RobotsFile) -> None:
        """Remember a host's robots.txt."""
        with self._transaction() as db:
            db.execute(_WRITE_ROBOTS, (origin, file.text or "", stamp(self._now)))

    def hosts(self) -> dict[str, tuple[datetime, datetime | None, str]]:
        """By lane: when it may be asked next, until when it is closed, and why."""
        rows = self._rows("SELECT lane, next_allowed, closed_until, reason FROM hosts")
        return {
            str(lane): (datetime.fromisoformat(str(allowed)), instant_of(closed), str(reason))
            for lane, allowed, closed, reason in rows
        }

    def save_hosts(self, hosts: Mapping[str, tuple[datetime, datetime | None, str]]) -> None:
        """Replace what is remembered of the lanes; what lies in the past says nothing and is dropped."""
        rows = [
            (lane, stamp(allowed), closed and stamp(closed), reason)
            for lane, (allowed, closed, reason) in hosts.items()
            if max(allowed, closed or allowed) > self._now
        ]
        with self._transaction() as db:
            db.execute("DELETE FROM hosts")
            db.executemany("INSERT INTO hosts VALUES (?, ?, ?, ?)", rows)

    # --- runs

    def record_run(self, command: str, counts: dict[str, int]) -> None:
        """Write a finished run with its counts."""
        with self._transaction() as db:
            db.execute(
                "INSERT INTO runs (command, at, counts) VALUES (?, ?, ?)",
                (command, stamp(self._now), json.dumps(counts, sort_keys=True)),
            )

    def last_run(self) -> tuple[str, datetime, dict[str, int]] | None:
        """(command, time, counts) of the last finished run."""
        found = self._rows("SELECT command, at, counts FROM runs ORDER BY id DESC LIMIT 1")
        if not found:
            return None
        return str(found[0][0]), datetime.fromisoformat(str(found[0][1])), json.loads(str(found[0][2]))

    # --- revisits

    def plan_revisits(self, articles: Iterable[tuple[str, str, datetime]]) -> int:
        """Let (key, digest of the text, first fetched at) be looked at again after the first pause; returns how many are new."""
        rows = [(key, stamp(fetched), stamp(fetched + AFTER[0]), digest) for key, digest, fetched in articles]
        add = "INSERT INTO revisits (key, fetched, due, digest) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO NOTHING"
        with self._transaction() as db:
            return sum(db.execute(add, row).rowcount for row in rows)

    def due_revisits(self, limit: int) -> list[Revisit]:
        """The articles whose time for another look has come, longest due first."""
        rows = self._rows(
            "SELECT r.key, r.digest, e.source_id, e.url, r.done, r.due, r.fetched FROM revisits r JOIN entries e ON e.key = r.key"
            # Not OR, for which SQLite reads the whole index, those that are done with first.
            " WHERE r.key IN (SELECT key FROM revisits WHERE due <= ? UNION ALL SELECT key FROM revisits WHERE due > ?)"
            " AND e.url != '' ORDER BY r.due, r.key LIMIT ?",
            stamp(self._now),
            stamp(self._now + 2 * AFTER[-1]),  # beyond every pause: set by a clock that went wrong
            limit,
        )
        return [
            Revisit(key, digest, source_id, url, done, datetime.fromisoformat(due), datetime.fromisoformat(fetched))
            for key, digest, source_id, url, done, due, fetched in rows
        ]

    def revisited(self, key: str, outcome: str, digest: str, due: datetime | None, *, counts: bool = True) -> None:
        """Note a look: its outcome (same | changed | withdrawn | unreadable | a reason) and the next one's time (None: none)."""
        with self._transaction() as db:
            self._note_look(db, key, outcome, digest, due, counts=counts)

    def _note_look(
        self, db: Connection, key: str, outcome: str, digest: str, due: datetime | None, *, counts: bool = True
    ) -> None:
        db.execute(
            "UPDATE revisits SET done = done + ?, outcome = ?, digest = ?, due = ?, at = ? WHERE key = ?",
            (int(counts), outcome, digest, due and stamp(due), stamp(self._now), key),
        )

    def withdrawn(self) -> dict[str, datetime]:
        """Keys of articles whose page was gone at a later look, and when that was seen."""
        rows = self._rows("SELECT key, at FROM revisits WHERE outcome = 'withdrawn'")
        return {str(key): datetime.fromisoformat(str(at)) for key, at in rows}
