"""What the ledger costs: each write with the disk awaited, the file's growth, and what is asked of a large one.

    .venv/bin/python -m benchmarks.ledger [--entries 1000000] [--url postgresql://pantau@127.0.0.1/ukur]

Entries are as long as those of real feeds: address 90 characters, title 70, summary 250. The writes are timed on the temporary
folder's disk; the large file is filled without waiting for it. With ``--url`` the same is asked of PostgreSQL beside SQLite, in
schemas of their own which are dropped again; the database must be empty, its password in $PGPASSWORD or ~/.pgpass.
"""

from __future__ import annotations

import argparse
import hashlib
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from pipeline.fetch.database import Server, Where
from pipeline.fetch.ledger import Ledger
from pipeline.fetch.schedule import Polled, Standing
from pipeline.records import Announced, Entry, Reason, Rejection, Retry

NOW = datetime(2026, 11, 26, 3, tzinfo=UTC)
SOURCES = 400
WORDS = "warga binaan lapas mengikuti pelatihan kerja bersama dinas sosial kabupaten "
OK = Polled("ok")


def entries(source: str, start: int = 0) -> Iterator[Entry]:
    """Entries without end, each with a key of its own."""
    number = start
    while True:
        key = hashlib.sha256(f"{source} {number}".encode()).hexdigest()[:16]
        url = f"https://kabar-{source}.example/berita/daerah/{number:08}/warga-binaan-lapas-ikut-pelatihan-kerja-{key[:6]}"
        yield Entry(
            source, key, url, (WORDS * 2)[:64] + key[:6], (WORDS * 5)[:244] + key[:6], NOW, "Thu, 26 Nov 2026 10:00:00 +0700"
        )
        number += 1


def announced(source: str, start: int, count: int, state: str = "waiting") -> list[Announced]:
    """So many entries as a source announces them."""
    reason = Reason.OFF_TOPIC.value if state == "skipped" else ""
    return [Announced(entry, state, reason) for entry in islice(entries(source, start), count)]


def timed(act: Callable[[int], object], times: int) -> list[float]:
    """Milliseconds of each call."""
    spent = []
    for number in range(times):
        begun = time.perf_counter()
        act(number)
        spent.append((time.perf_counter() - begun) * 1000)
    return sorted(spent)


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the two databases. ``place``: a folder's path, or an address."""

    name: str
    place: str

    @contextmanager
    def fresh(self, name: str) -> Iterator[Where]:
        """A ledger that is not begun yet, gone afterwards."""
        if self.name == "SQLite":
            yield Path(self.place) / f"{name}.sqlite"
            return
        import psycopg

        with psycopg.connect(self.place, autocommit=True) as db:
            db.execute(f"CREATE SCHEMA {name}")
            try:
                yield Server(f"{self.place}{'&' if '?' in self.place else '?'}options=-csearch_path%3D{name}", "ukur")
            finally:
                db.execute(f"DROP SCHEMA {name} CASCADE")

    def hurry(self, ledger: Ledger) -> None:
        """Do not wait for the disk."""
        ledger._db.execute("PRAGMA synchronous = OFF" if self.name == "SQLite" else "SET synchronous_commit = off")

    def megabytes(self, ledger: Ledger, where: Where) -> float:
        """What it takes on disk, indexes and all."""
        if isinstance(where, Path):
            ledger._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return where.stat().st_size / 1e6
        tables = "FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
        return float(ledger._rows(f"SELECT sum(pg_total_relation_size(oid)) {tables}")[0][0]) / 1e6


def row(what: str, spent: list[float], entries_each: int) -> None:
    """One line of the first table."""
    middle = statistics.median(spent)
    print(f"| {what} | {middle:.2f} | {spent[len(spent) * 9 // 10]:.2f} | {middle / entries_each * 1000:.0f} |")


def writes(kind: Kind, times: int = 200) -> None:
    """The writes of a run, disk awaited."""
    with kind.fresh("writes") as where, Ledger(where, NOW) as ledger:
        polls = [announced("s0", 20 * number, 20) for number in range(times)]
        print(f"\n| {kind.name}: write, one transaction | median ms | 9 of 10 within | µs an entry |\n|---|---|---|---|")
        none: list[list[Announced]] = [[]] * times
        for what, rows, outcome, each in (
            ("20 new entries", polls, OK, 20),
            ("20 known entries", polls, OK, 20),
            ("unchanged", none, Polled("unchanged"), 1),
        ):

            def polled(number: int, rows: list[list[Announced]] = rows, outcome: Polled = outcome) -> None:
                ledger._now += timedelta(minutes=15)
                ledger.record_poll(Standing("s0"), outcome, rows[number])

            row(f"record_poll, {what}", timed(polled, times), each)
        keys = [one.entry.key for poll in polls for one in poll]
        late = [Rejection(key, "fetch", Reason.SERVER_ERROR, "HTTP 503", "", "s0", Retry.TEMPORARY) for key in keys]
        row("settle, one page", timed(lambda n: ledger.settle(late[n]), times), 1)
        parts = [keys[start : start + 200] for start in range(0, len(keys), 200)]
        row("mark_fetched, a part of 200", timed(lambda n: ledger.mark_fetched(f"p{n}", parts[n]), len(parts)), 200)


def growth(kind: Kind, count: int) -> None:
    """Megabytes that so many entries add."""
    print(f"\n| {kind.name}: {count:,} entries | MB |\n|---|---|")
    for number, state in enumerate(("waiting", "skipped", "fetched", _BLANKED, _GONE)):
        with kind.fresh(f"growth{number}") as where, Ledger(where, NOW) as ledger:
            kind.hurry(ledger)
            for start in range(0, count, 1000):
                rows = announced(
                    f"s{start // 1000 % SOURCES}", start, 1000, "skipped" if state in ("skipped", _GONE) else "waiting"
                )
                ledger.record_poll(Standing(rows[0].entry.source_id), OK, rows)
                if state.startswith("fetched"):
                    ledger.mark_fetched(f"ingested=2026-11-26/pages-{start}.parquet", [one.entry.key for one in rows])
            begun = time.perf_counter()
            if state in (_BLANKED, _GONE):
                ledger._now = NOW + timedelta(days=100)
                for source in range(SOURCES):  # the lists have gone on
                    ledger.record_poll(Standing(f"s{source}"), OK)
                begun = time.perf_counter()
                done = ledger.blank_words(ledger._now) if state == _BLANKED else ledger.let_go(ledger._now - timedelta(days=90))
                state += f" (all {done:,} in {time.perf_counter() - begun:.1f} s)"
                if kind.name == "SQLite":
                    ledger._db.execute("VACUUM")
            print(f"| {state} | {kind.megabytes(ledger, where):.0f} |")


_BLANKED = "fetched, words blanked after the retention time"
_GONE = "skipped, let go"


def fill(ledger: Ledger, count: int) -> None:
    """A year of ``SOURCES`` sources: 2,000 entries wait, one in seven was fetched, the rest kept by title; 30 days of polls."""
    ledger._db.execute("PRAGMA synchronous = OFF")
    each = 100
    for number in range(0, count, each):
        ledger._now = NOW - timedelta(days=365 * (1 - number / count))
        source = f"s{number // each % SOURCES}"
        state = "waiting" if number >= count - 2000 or number // each % 7 == 0 else "skipped"
        rows = announced(source, number, each, state)
        ledger.record_poll(Standing(source), OK, rows)
        if state == "waiting" and number < count - 2000:
            keys = [one.entry.key for one in rows]
            ledger.mark_fetched(f"p{number}", keys)
            ledger.plan_revisits((key, "0" * 64, ledger._now) for key in keys[: each // 20])
    for number in range(SOURCES * 10 * 30):
        ledger._now = NOW - timedelta(minutes=30 * 24 * 60 * (1 - number / (SOURCES * 10 * 30)))
        ledger.record_poll(Standing(f"s{number % SOURCES}"), Polled("unchanged"))
    ledger._now = NOW


def asked(kinds: Sequence[Kind], count: int) -> None:
    """What runs and `pantau status` ask of a ledger with so many entries. A server takes them over from the file."""
    with kinds[0].fresh("large") as file:
        with Ledger(file, NOW) as ledger:
            fill(ledger, count)
        for kind in reversed(kinds):  # the file last, for in the end skipped entries are let go
            with nullcontext(file) if kind is kinds[0] else kind.fresh("large") as where, Ledger(where, NOW) as ledger:
                if where != file:
                    with Ledger.read(file, NOW) as old:
                        begun = time.perf_counter()
                        rows = ledger.take_over(old)
                        print(f"\n{kind.name}: {rows:,} rows of the file taken over in {time.perf_counter() - begun:.0f} s")
                    ledger._db.execute("ANALYZE")  # as the server does by itself in time
                print(f"\n{kind.name}: {count:,} entries, {kind.megabytes(ledger, where):.0f} MB")
                questions(ledger)


def questions(ledger: Ledger) -> None:
    """The table of a large ledger's answers, and its prune."""
    keys = [one.entry.key for one in announced("s3", 0, 25)] + [one.entry.key for one in announced("s3", 300, 25)]
    asked: dict[str, Callable[[int], object]] = {
        "standings(), each run": lambda _: ledger.standings(),
        "waiting(2000), each run": lambda _: ledger.waiting(2000),
        "known(), 50 keys, each poll": lambda _: ledger.known("s3", keys),
        "due_revisits(2000), each run": lambda _: ledger.due_revisits(2000),
        "counts(), each run": lambda _: ledger.counts(),
        "known_parts(), each run": lambda _: ledger.known_parts(),
        "fold_polls(), each run": lambda _: ledger.fold_polls(),
        "days() of 28 days, status": lambda _: ledger.days(NOW - timedelta(days=28)),
        "entries_between() a week, report": lambda _: ledger.entries_between(NOW - timedelta(days=7), NOW),
    }
    print("\n| question | median ms |\n|---|---|")
    for what, ask in asked.items():
        print(f"| {what} | {statistics.median(timed(ask, 5)):.1f} |")
    told, begun = sum(ledger.counts().values()), time.perf_counter()
    gone, spent = ledger.let_go(NOW - timedelta(days=90)), time.perf_counter() - begun
    print(f"\nlet_go(): {gone:,} skipped entries in {spent:.1f} s")
    print(f"counted before {told:,}, after {sum(ledger.counts().values()):,}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ledger", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--url", help="an empty PostgreSQL database, measured beside SQLite")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="ledger-") as name:
        kinds = [Kind("SQLite", name), *([Kind("PostgreSQL", options.url)] if options.url else [])]
        for kind in kinds:
            writes(kind)
        for kind in kinds:
            growth(kind, min(options.entries, 100_000))
        asked(kinds, options.entries)


if __name__ == "__main__":
    main()
