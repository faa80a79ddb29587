"""The ledger remembers every entry's outcome, each source's standing and each host's pace.

An entry is in exactly one state: ``waiting`` (to be fetched, now or after a temporary failure), ``fetched`` (its bytes
stand in the pages part named), ``skipped`` (kept by its title: no word of the subject in it), ``rejected`` (with a reason)
or ``folded`` (a twin or part of another article). Skipped ones that no list shows any more are let go in time, and stay counted.
The pages part is renamed into place before its keys are marked; ``adopt_part`` repairs a crash in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

from pipeline.dates import JAKARTA
from pipeline.fetch.database import VERSION, Connection, instant_of, stamp
from pipeline.fetch.memory import WRITE_PART, Memory
from pipeline.fetch.revisits import Changed
from pipeline.fetch.schedule import Polled, Standing
from pipeline.records import Announced, Entry, Reason, Rejection, Retry

__all__ = ["FIRST_RETRY", "LONGEST_RETRY", "MAX_ATTEMPTS", "MISSING_ATTEMPTS", "VERSION", "Ledger"]

# A failed page is tried again after half an hour, then after twice as long each time, at most a day later: twelve tries
# span about six days, so that neither a night's nor a weekend's outage of a site loses its articles.
MAX_ATTEMPTS = 12
# A page that is not there (404) may have been announced before its hour, or by a cache that runs ahead: by the same pauses, six
# tries span fifteen and a half hours. What is gone by its server's own word (410) is not tried again.
MISSING_ATTEMPTS = 6
FIRST_RETRY = timedelta(minutes=30)
LONGEST_RETRY = timedelta(days=1)
_IN_VAIN = "attempts > 0 AND reason != ''"  # a page that came and was lost with its part has no reason
_NOW = "state = 'waiting' AND (not_before <= ? OR not_before > ?)"

# Skipped entries of old; less those that another one was folded into, and less those that a source still shows, may show again
# (its list was never read as a whole since polls are kept) or showed lately.
_GOING = """
INSERT INTO going SELECT key FROM entries WHERE state = 'skipped' AND first_seen < ?
EXCEPT SELECT detail FROM entries WHERE state = 'folded'
EXCEPT SELECT shown.key FROM sightings AS shown
 LEFT JOIN (SELECT source_id, max(at) AS at FROM polls WHERE outcome = 'ok' GROUP BY source_id) AS lists
 ON lists.source_id = shown.source_id WHERE shown.last_seen >= ? OR lists.at IS NULL OR shown.last_seen >= lists.at
"""


def days_of(start: datetime, end: datetime) -> tuple[str, str]:
    """The days in Jakarta on which [start, end) begins and ends, as ``tallies`` holds them."""
    return f"{start.astimezone(JAKARTA):%Y-%m-%d}", f"{end.astimezone(JAKARTA):%Y-%m-%d}"


def _by_hundreds(keys: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """The keys by five hundreds: a question takes no more values than some thousands."""
    wanted = iter(keys)
    while some := tuple(islice(wanted, 500)):
        yield some


class Ledger(Memory):
    """The entries and what became of them."""

    # --- polls

    def record_poll(self, standing: Standing, polled: Polled, announced: Iterable[Announced] = ()) -> tuple[int, int]:
        """One poll in one transaction: entries never seen take their state, known ones keep theirs. Returns (new, known).

        The standing, and with it the validators, is saved too, so an answer counts as seen only after its entries are safe.
        An entry that was skipped starts to wait as soon as some source shows it with words of the subject, or without a filter.
        """
        rows = list(announced)
        with self._transaction() as db:
            new = self._show(db, rows)
            self._write_poll(db, standing, polled, len(rows), new)
        return new, len(rows) - new

    def announce(self, announced: Iterable[Announced]) -> tuple[int, int]:
        """Take up entries that no poll showed (an archive's), in one transaction. Returns (new, known)."""
        rows = list(announced)
        with self._transaction() as db:
            new = self._show(db, rows)
        return new, len(rows) - new

    def _show(self, db: Connection, rows: list[Announced]) -> int:
        """How many of the entries were never seen before."""
        new, now = sum(self._take_up(db, one) for one in rows), stamp(self._now)
        db.executemany(
            "INSERT INTO sightings (key, source_id, first_seen, last_seen) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (key, source_id) DO UPDATE SET last_seen = excluded.last_seen",
            [(one.entry.key, one.entry.source_id, now, now) for one in rows],
        )
        return new

    def _take_up(self, db: Connection, one: Announced) -> int:
        """1 when the entry was never seen before."""
        entry, now = one.entry, stamp(self._now)
        state, reason, detail = one.state, one.reason, ""
        if one.alias and state != "rejected":
            db.execute("INSERT INTO aliases (alias, key) VALUES (?, ?) ON CONFLICT (alias) DO NOTHING", (one.alias, entry.key))
            first = db.execute("SELECT key FROM aliases WHERE alias = ?", (one.alias,)).fetchone()[0]
            if first != entry.key:
                state, reason, detail = "folded", Reason.SAME_ARTICLE.value, first
        added = db.execute(
            # Not OR IGNORE, which would also swallow a row that the table does not take.
            "INSERT INTO entries"
            " (key, source_id, url, title, summary, published, published_raw, first_seen, state, reason, detail, changed)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING",
            (
                entry.key,
                entry.source_id,
                entry.url,
                entry.title,
                entry.summary,
                entry.published and stamp(entry.published),
                entry.published_raw,
                now,
                state,
                reason,
                detail,
                now,
            ),
        ).rowcount
        if one.state == "waiting" and (detail or not added):  # shown with words of the subject now, were it under another address
            db.execute(
                "UPDATE entries SET state = 'waiting', reason = '', source_id = ?, url = ?, title = ?, summary = ?, changed = ?"
                " WHERE key = ? AND state = 'skipped'",
                (entry.source_id, entry.url, entry.title, entry.summary, now, detail or entry.key),
            )
        return added

    def known(self, source_id: str, keys: Iterable[str]) -> set[str]:
        """Which of the keys this source has shown before."""
        found: set[str] = set()
        for some in _by_hundreds(keys):
            marks = ", ".join("?" * len(some))
            rows = self._rows(f"SELECT key FROM sightings WHERE source_id = ? AND key IN ({marks})", source_id, *some)  # noqa: S608
            found |= {str(row[0]) for row in rows}
        return found

    def seen_by(self, key: str) -> list[tuple[str, str, str]]:
        """(source id, first seen, last seen) of every source that showed the entry, the first one first."""
        return self._rows(
            "SELECT source_id, first_seen, last_seen FROM sightings WHERE key = ? ORDER BY first_seen, source_id", key
        )

    # --- entries

    def waiting(self, limit: int) -> list[Entry]:
        """The entries to fetch now, oldest first; those that failed lately are left until their time comes."""
        return self._entries(f"{_NOW} ORDER BY first_seen, rowid LIMIT ?", *self._soon(), limit)

    def _soon(self) -> tuple[str, str]:
        """The values of ``_NOW``: a time beyond the longest pause was set by a clock that went wrong."""
        return stamp(self._now), stamp(self._now + LONGEST_RETRY)

    def waiting_among(self, keys: Iterable[str]) -> list[Entry]:
        """Those of these entries that are to be fetched now, in the order of ``keys``."""
        found: dict[str, Entry] = {}
        wanted = list(keys)
        for some in _by_hundreds(wanted):
            where = f"{_NOW} AND key IN ({', '.join('?' * len(some))})"
            found |= {entry.key: entry for entry in self._entries(where, *self._soon(), *some)}
        return [found[key] for key in dict.fromkeys(wanted) if key in found]

    def _entries(self, where: str, *values: object) -> list[Entry]:
        columns = "source_id, key, url, title, summary, published, published_raw"
        rows = self._rows(f"SELECT {columns} FROM entries WHERE {where}", *values)  # noqa: S608 - our own words
        return [
            Entry(source_id, key, url, title, summary, instant_of(published), raw)
            for source_id, key, url, title, summary, published, raw in rows
        ]

    def words(self, key: str) -> tuple[str, str, datetime | None, str]:
        """(title, summary, published, published as written) of an entry as its feed told them; empty for an unknown one."""
        found = self._rows("SELECT title, summary, published, published_raw FROM entries WHERE key = ?", key)
        if not found:
            return "", "", None, ""
        title, summary, published, raw = found[0]
        return str(title), str(summary), instant_of(published), str(raw)

    def state(self, key: str) -> str:
        """The entry's state, "" when it was never seen."""
        found = self._rows("SELECT state FROM entries WHERE key = ?", key)
        return str(found[0][0]) if found else ""

    def tries(self, key: str) -> int:
        """How often the entry's page was tried in vain."""
        found = self._rows("SELECT attempts FROM entries WHERE key = ?", key)
        return int(str(found[0][0])) if found else 0

    def failure(self, key: str) -> tuple[str, str, datetime] | None:
        """(reason, detail, when it is asked again) of a waiting entry that was tried in vain; None for every other."""
        found = self._rows(
            f"SELECT reason, detail, not_before FROM entries WHERE key = ? AND state = 'waiting' AND {_IN_VAIN}",  # noqa: S608
            key,
        )
        return (str(found[0][0]), str(found[0][1]), datetime.fromisoformat(str(found[0][2]))) if found else None

    def settle(self, rejection: Rejection) -> str:
        """Write an entry's failure: final ones are rejected, others wait longer each time, ``MAX_ATTEMPTS`` at most.

        A page that is not there is given up at its second 404 in a row, once it has had ``MISSING_ATTEMPTS`` tries of any kind.
        A page that was not asked for, since its host is left alone, has not failed: it is taken up at the next run.
        Returns the new state.
        """
        asked = rejection.reason is not Reason.HOST_CLOSED
        with self._transaction() as db:
            found = db.execute("SELECT attempts, reason FROM entries WHERE key = ?", (rejection.key,)).fetchone() or (0, "")
            attempts = found[0] + asked
            missing = rejection.reason is Reason.GONE and found[1] == Reason.GONE.value
            most = MISSING_ATTEMPTS if missing else MAX_ATTEMPTS
            state = "rejected" if rejection.retry is Retry.FINAL or attempts >= most else "waiting"
            pause = min(LONGEST_RETRY, FIRST_RETRY * 2 ** (attempts - 1)) if asked else timedelta()
            db.execute(
                "UPDATE entries SET state = ?, reason = ?, detail = ?, attempts = ?, not_before = ?, changed = ? WHERE key = ?",
                (
                    state,
                    rejection.reason.value,
                    rejection.detail[:300],
                    attempts,
                    stamp(self._now + pause),
                    stamp(self._now),
                    rejection.key,
                ),
            )
            if rejection.reason is Reason.FORGOTTEN:
                db.execute("UPDATE entries SET url = '', title = '', summary = '' WHERE key = ?", (rejection.key,))
        return state

    def stands_for(self, key: str) -> str:
        """The article that is kept under ``key``: itself, or the one that it was folded into.

        "" where there is none: never seen, kept by its title alone, rejected, or tried in vain so far, so that its twin's page is
        all there is. (Should it come after all, ``twin_of`` folds it into the twin.)
        """
        seen: set[str] = set()
        while key not in seen:
            seen.add(key)
            found = self._rows(f"SELECT state, detail, {_IN_VAIN} FROM entries WHERE key = ?", key)  # noqa: S608
            state, into, in_vain = found[0] if found else ("", "", False)
            if state in ("", "skipped", "rejected") or (state == "waiting" and in_vain):
                return ""
            if state != "folded":
                return key
            key = str(into)
        return key

    def twin_of(self, key: str) -> str:
        """The fetched article whose page names ``key``'s address as its canonical one, "" when there is none.

        Where several do, the address is a faulty template's, and says nothing.
        """
        # The words beside the question are the index's own: without them SQLite reads the whole table, for each page.
        found = self._rows("SELECT key FROM entries WHERE canonical = ? AND canonical != '' AND key != ? LIMIT 2", key, key)
        return str(found[0][0]) if len(found) == 1 else ""

    def name_canonical(self, key: str, canonical: str) -> None:
        """Note the key of the address that the page of ``key`` gives for itself."""
        with self._transaction() as db:
            db.execute("UPDATE entries SET canonical = ? WHERE key = ?", (canonical, key))

    def fold(self, key: str, into: str) -> None:
        """Mark ``key`` as a twin or part of the article ``into``."""
        with self._transaction() as db:
            db.execute(
                "UPDATE entries SET state = 'folded', reason = ?, detail = ?, changed = ? WHERE key = ?",
                (Reason.SAME_ARTICLE.value, into, stamp(self._now), key),
            )

    def mark_fetched(self, part: str, keys: Iterable[str], looks: Iterable[Changed] = ()) -> None:
        """Mark the keys of a pages part that has been renamed into place, and the second looks whose new versions stand in it."""
        with self._transaction() as db:
            for look in looks:
                self._note_look(db, look.key, "changed", look.digest, look.due)
            names = list(keys)
            now = stamp(self._now)
            db.executemany(
                "UPDATE entries SET state = 'fetched', reason = '', detail = '', part = ?, changed = ? WHERE key = ?",
                [(part, now, key) for key in names],
            )
            db.execute(WRITE_PART, (part, len(names), now))

    def adopt_part(self, part: str, pages: Iterable[tuple[str, str, str, str]], looks: Iterable[Changed] = ()) -> None:
        """Take up a part that stands on disk but not here (a crash, or a lost ledger): rows (key, source id, url, title)."""
        rows = list(pages)
        now = stamp(self._now)
        with self._transaction() as db:
            db.executemany(
                "INSERT INTO entries (key, source_id, url, title, summary, published_raw, first_seen, state, changed)"
                " VALUES (?, ?, ?, ?, '', '', ?, 'waiting', ?) ON CONFLICT (key) DO NOTHING",
                [(*row, now, now) for row in rows],
            )
        self.mark_fetched(part, [row[0] for row in rows], looks)

    def twins(self, keys: Iterable[str]) -> set[str]:
        """Keys of the entries that were folded into one of these articles."""
        found: set[str] = set()
        for some in _by_hundreds(keys):
            marks = ", ".join("?" * len(some))
            rows = self._rows(f"SELECT key FROM entries WHERE state = 'folded' AND detail IN ({marks})", *some)  # noqa: S608
            found |= {str(row[0]) for row in rows}
        return found

    def erase(self, keys: Iterable[str]) -> int:
        """Delete every row of these entries, so that the tables hold no byte of them; returns how many entries there were."""
        names = [(key,) for key in keys]
        others = ("sightings", "revisits", "aliases")
        with self._erasing("entries", *others) as db:
            count = sum(db.execute("DELETE FROM entries WHERE key = ?", name).rowcount for name in names)
            for table in others:
                db.executemany(f"DELETE FROM {table} WHERE key = ?", names)  # noqa: S608 - our own names
        return count

    def blank_words(self, before: datetime, *, dry: bool = False) -> int:
        """Take title and summary out of settled entries first seen before ``before``; returns how many had any."""
        old = "state != 'waiting' AND first_seen < ? AND (title != '' OR summary != '')"
        if dry:
            return int(str(self._rows(f"SELECT count(*) FROM entries WHERE {old}", stamp(before))[0][0]))  # noqa: S608 - our own words
        with self._erasing("entries") as db:
            return db.execute(f"UPDATE entries SET title = '', summary = '' WHERE {old}", (stamp(before),)).rowcount  # noqa: S608

    def let_go(self, before: datetime, *, dry: bool = False) -> int:
        """Delete the skipped entries that no list has shown since ``before``; returns how many.

        They stay counted, by source and day of publication, and so does each source's showing of them, by day of first sight:
        ``counts`` tells the same before and after, and so do ``entries_between``, ``outcomes_between`` and ``days`` for whole
        days. Kept is what the last list of any of its sources showed, however long ago that was, for it would come back as new,
        and what another entry was folded into. One that comes back after so long away from every list is a new entry.
        """
        with self._erasing("entries", "sightings", "aliases") as db:
            self._db.define("CREATE TEMPORARY TABLE going (key TEXT PRIMARY KEY)")
            count = db.execute(_GOING, (stamp(before),) * 2).rowcount
            if not dry:
                for kind, table, at in (
                    ("skipped", "entries", "coalesce(published, first_seen)"),
                    ("shown", "sightings", "first_seen"),
                ):
                    db.execute(
                        "INSERT INTO tallies (kind, source_id, day, entries)"  # noqa: S608 - our own words
                        f" SELECT '{kind}', source_id, {self._db.day(at)}, count(*) FROM {table}"
                        " WHERE key IN (SELECT key FROM going) GROUP BY 1, 2, 3"
                        " ON CONFLICT (kind, source_id, day) DO UPDATE SET entries = tallies.entries + excluded.entries"
                    )
                for table in ("entries", "sightings", "aliases"):
                    db.execute(f"DELETE FROM {table} WHERE key IN (SELECT key FROM going)")  # noqa: S608 - our own names
            self._db.define("DROP TABLE going")
        return count

    def release_part(self, part: str) -> int:
        """Let the pages of a part that is gone be fetched again; returns how many."""
        with self._transaction() as db:
            db.execute("DELETE FROM parts WHERE name = ?", (part,))
            sql = "UPDATE entries SET state = 'waiting', part = '', changed = ? WHERE part = ? AND state = 'fetched'"
            return db.execute(sql, (stamp(self._now), part)).rowcount

    def known_parts(self) -> set[str]:
        """Names of the pages parts whose keys are marked."""
        return {str(row[0]) for row in self._rows("SELECT name FROM parts")}

    def counts(self) -> dict[str, int]:
        """Entries by state, those that were let go with them; their sum is every entry ever seen."""
        return {
            str(state): int(count)
            for state, count in self._rows(
                "SELECT state, sum(told) FROM (SELECT state, count(*) AS told FROM entries GROUP BY state"
                " UNION ALL SELECT kind, sum(entries) FROM tallies WHERE kind = 'skipped' GROUP BY kind)"
                " AS every GROUP BY state ORDER BY state"
            )
        }

    def rejected(self) -> list[tuple[object, ...]]:
        """(key, reason, detail, url, source id, title, changed) of every rejected or folded entry."""
        return self._rows(
            "SELECT key, reason, detail, url, source_id, title, changed FROM entries"
            " WHERE state IN ('rejected', 'folded') ORDER BY changed, key"
        )

    def skipped(self, since: datetime) -> list[tuple[str, str, str]]:
        """(source id, title, first seen) of the entries whose pages were not fetched for want of the subject's words."""
        return self._rows(
            "SELECT source_id, title, first_seen FROM entries WHERE state = 'skipped' AND first_seen >= ?"
            " ORDER BY first_seen, rowid",
            stamp(since),
        )

    def entries_between(self, start: datetime, end: datetime) -> dict[str, int]:
        """Entries by source whose publication (or, without one, first sight) lies in [start, end).

        Those that were let go are counted by whole days in Jakarta, on which spans begin and end.
        """
        rows = self._rows(
            "SELECT source_id, sum(told) FROM (SELECT source_id, count(*) AS told FROM entries"
            " WHERE coalesce(published, first_seen) >= ? AND coalesce(published, first_seen) < ? GROUP BY source_id"
            " UNION ALL SELECT source_id, entries FROM tallies WHERE kind = 'skipped' AND day >= ? AND day < ?)"
            " AS every GROUP BY source_id",
            stamp(start),
            stamp(end),
            *days_of(start, end),
        )
        return {str(source): int(count) for source, count in rows}
