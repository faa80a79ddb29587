"""What the ledger costs: each write with the disk awaited, the file's growth, and what is asked of a large one.

    .venv/bin/python -m benchmarks.ledger [--entries 1000000]

Entries are as long as those of real feeds: address 90 characters, title 70, summary 250. The writes are timed on the temporary
folder's disk; the large file is filled without waiting for it.
"""

from __future__ import annotations

import argparse
import hashlib
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

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


def row(what: str, spent: list[float], entries_each: int) -> None:
    """One line of the first table."""
    middle = statistics.median(spent)
    print(f"| {what} | {middle:.2f} | {spent[len(spent) * 9 // 10]:.2f} | {middle / entries_each * 1000:.0f} |")


def writes(folder: Path, times: int = 200) -> None:
    """The writes of a run, disk awaited."""
    with Ledger(folder / "writes.sqlite", NOW) as ledger:
        polls = [announced("s0", 20 * number, 20) for number in range(times)]
        print("| write, one transaction | median ms | 9 of 10 within | µs an entry |\n|---|---|---|---|")
        row("record_poll, 20 new entries", timed(lambda n: ledger.record_poll(Standing("s0"), OK, polls[n]), times), 20)
        row("record_poll, 20 known entries", timed(lambda n: ledger.record_poll(Standing("s0"), OK, polls[n]), times), 20)
        row("record_poll, unchanged", timed(lambda _: ledger.record_poll(Standing("s0"), Polled("unchanged")), times), 1)
        keys = [one.entry.key for poll in polls for one in poll]
        late = [Rejection(key, "fetch", Reason.SERVER_ERROR, "HTTP 503", "", "s0", Retry.TEMPORARY) for key in keys]
        row("settle, one page", timed(lambda n: ledger.settle(late[n]), times), 1)
        parts = [keys[start : start + 200] for start in range(0, len(keys), 200)]
        row("mark_fetched, a part of 200", timed(lambda n: ledger.mark_fetched(f"p{n}", parts[n]), len(parts)), 200)


def growth(folder: Path, count: int = 100_000) -> None:
    """Megabytes that so many entries add."""
    print(f"\n| {count:,} entries | MB |\n|---|---|")
    for state in ("waiting", "skipped", "fetched", "fetched, words blanked after the retention time"):
        path = folder / f"{state[:9]}{len(state)}.sqlite"
        with Ledger(path, NOW) as ledger:
            ledger._db.execute("PRAGMA synchronous = OFF")
            for start in range(0, count, 1000):
                rows = announced("s0", start, 1000, "skipped" if state == "skipped" else "waiting")
                ledger.record_poll(Standing("s0"), OK, rows)
                if state.startswith("fetched"):
                    ledger.mark_fetched(f"ingested=2026-11-26/pages-{start}.parquet", [one.entry.key for one in rows])
            if "blanked" in state:
                ledger.blank_words(NOW + timedelta(days=1))
                ledger._db.execute("VACUUM")
        print(f"| {state} | {path.stat().st_size / 1e6:.0f} |")


def fill(ledger: Ledger, count: int) -> None:
    """A year of ``SOURCES`` sources: 2,000 entries wait, one in seven was fetched, the rest kept by title; 30 days of polls."""
    ledger._db.execute("PRAGMA synchronous = OFF")
    each = 500
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


def asked(folder: Path, count: int) -> None:
    """What runs and `pantau status` ask of a file with so many entries."""
    path = folder / "large.sqlite"
    with Ledger(path, NOW) as ledger:
        fill(ledger, count)
    with Ledger(path, NOW) as ledger:
        keys = [one.entry.key for one in announced("s3", 0, 25)] + [one.entry.key for one in announced("s3", 1500, 25)]
        questions: dict[str, Callable[[int], object]] = {
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
        print(f"\n{count:,} entries, {path.stat().st_size / 1e6:.0f} MB\n\n| question | median ms |\n|---|---|")
        for what, ask in questions.items():
            print(f"| {what} | {statistics.median(timed(ask, 5)):.1f} |")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ledger", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--entries", type=int, default=1_000_000)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="ledger-") as name:
        writes(Path(name))
        growth(Path(name))
        asked(Path(name), options.entries)


if __name__ == "__main__":
    main()
