"""A month of cron over an invented web with its outages, on a clock that only sleeping moves: what was lost, doubled or impolite.

    .venv/bin/python -m benchmarks.month [--days 30] [--sources 400] [--seed 1]

The real flow, client, robots, pace and ledger; the web answers behind the connection seam and keeps its own log, by which alone
everything here is judged (tests/fetch/simulation.py, tests/fetch/truth.py). After the days, in which things are published, come
two more in which what waits is fetched. Ends with 1 when anything is wrong.
"""

from __future__ import annotations

import argparse
import logging
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from pipeline.fetch.ledger import Ledger
from pipeline.settings import Settings
from tests.fetch import truth
from tests.fetch.simulation import DAY, HOUR, invent

SETTLING = 2  # days


def main(arguments: Sequence[str] | None = None) -> int:
    """Live the month, and print what its log says."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.month", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--sources", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    logging.disable()
    begun, used = time.monotonic(), time.process_time()
    web = invent(options.sources, options.days, options.seed)

    def tell(now: float) -> None:
        if now % DAY < truth.TICK and sys.stderr.isatty():
            print(f"\rday {now / DAY:.0f}", end="", file=sys.stderr)

    until = (options.days + SETTLING) * DAY
    with tempfile.TemporaryDirectory(prefix="month-") as folder:
        data = Path(folder)
        month = truth.live(web, data, Settings(), until, tell)
        lived, cost = time.monotonic() - begun, time.process_time() - used
        faults = {"impolite": list(truth.impolite(month)), "unfaithful": list(truth.unfaithful(month))}
        size = (data / "ledger.sqlite").stat().st_size
        with Ledger(data / "ledger.sqlite", web.clock.wall()) as ledger:
            skipped = ledger.counts().get("skipped", 0)
    faults |= _told(month, until, options.days * DAY, skipped)
    print(
        f"\n{lived / 60:.1f} minutes ({cost / 60:.1f} of processor time), the ledger {size / 1e6:.0f} MB,"
        f" peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB with the web and its log"
    )
    for kind, found in faults.items():
        print(*([f"\nWRONG, {kind}: {len(found)}", *found[:10]] if found else []), sep="\n", end="")
    wrong = any(faults.values())
    print("" if wrong else "\nNothing is wrong.")
    return int(wrong)


def _told(month: truth.Month, until: float, published: float, skipped: int) -> dict[str, list[str]]:
    """Print everything that was measured; returns what is wrong with it."""
    web, count = month.web, Counter(month.tally.counts)
    print(f"{len(web.feeds)} sources, {len(web.owners)} hosts, {len(set(web.owners.values()))} owners, {len(month.starts)} runs")
    struck = Counter(trouble.what for trouble in web.troubles)
    print(f"troubles: {', '.join(f'{what} {number}' for what, number in sorted(struck.items()))}, moved {len(web.moved)}")
    lost, looks = truth.lost(month), truth.looks(month, until)
    robots = sum(line.target == "/robots.txt" for line in web.log)
    polls = sum(map(len, web.polls.values()))
    table = {
        "requests": len(web.log),
        "of them polls of lists / robots.txt": f"{polls} / {robots}",
        "shortest time between two requests to one owner": f"{truth.apart(month)[0]:.2f} s",
        "entries seen / new": f"{count['entries_seen']} / {count['entries_new']}",
        "articles fetched / folded / rejected": f"{count['fetched']} / {count['folded']} / {count['rejected']}",
        "kept by title alone": skipped,
        "pages postponed, all settled since": count["postponed"],
        "second looks after 1 day / after 7 days": f"{looks.first} / {looks.second}",
        "their lateness, median / most (hosts in trouble apart)": _lateness(looks.late),
        "changed / withdrawn": f"{count['revisited:changed']} / {count['revisited:withdrawn']}",
        "stories published": lost.of,
        "slipped out of a feed unread": lost.learning + lost.trouble + lost.lying + lost.calm,
        "of them in the four days of learning": lost.learning,
        "of them in a trouble and the two days behind it": lost.trouble,
        "of them behind false 304": lost.lying,
        "of them otherwise": lost.calm,
        "of them without gap_suspected": len(lost.untold),
        "runs that took our own outage for one": truth.slowed(month)[0],
        "first run / longest other run": f"{month.lengths[0]:.0f} / {max(month.lengths[1:]):.0f} s",
        "runs that missed the next one's start": sum(length > truth.TICK for length in month.lengths),
        "sources left over by a run": count["sources_left"],
        "faults of our own code": count["faults"],
    }
    print("\n| what | figure |\n|---|---|")
    print(*(f"| {what} | {figure} |" for what, figure in table.items()), sep="\n")
    print("\n| rhythm (stories a day) | sources | fewest polls a day | median | most |\n|---|---|---|---|---|")
    for name, (sources, least, middle, most) in truth.convergence(month, min(truth.LEARNING, published / 2), published).items():
        print(f"| {name} | {sources} | {least:.1f} | {middle:.1f} | {most:.1f} |")
    return {
        "second looks": looks.faults,
        "lost without a word": lost.untold,
        "unread": lost.unread,
        "slowed by our own outage": truth.slowed(month)[1],
        "faults of our own code": ["see the log"] * count["faults"],
    }


def _lateness(late: list[float]) -> str:
    ordered = sorted(late)
    return f"{ordered[len(ordered) // 2] / 60:.1f} / {ordered[-1] / HOUR:.2f} h".replace(" /", " min /", 1) if ordered else "-"


if __name__ == "__main__":
    sys.exit(main())
