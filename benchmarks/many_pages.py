"""One run over very many pages, each unlike all others: how much memory do its driver, its workers and its grouping hold?

    .venv/bin/python -m benchmarks.many_pages [--pages 100000] [--engine processes:1] [--folder FOLDER]

The pages stand in parts as a fetch leaves them: sentences of the labelled corpus drawn anew for each page, with names that no
page before it held; every third page reprints the one before it with a sentence changed; 1,800 a day. Then one real process,
`pantau run` without sources, takes the parts up into its ledger, judges and groups them. This process looks at it and at its
workers twice a second, and asks nothing else of it. Ends with 1 when a page is lost, or when the last third of the parts asks
for more memory or files than the middle third.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.bench.pages import Told, corpus, heavy_pages
from benchmarks.soak import prepared
from benchmarks.torture_place import environment, settings_with
from pipeline.records import Page
from pipeline.store.parts import part_path, write_part
from pipeline.store.rows import page_row
from pipeline.store.schema import PAGES

A_DAY = 1_800  # pages: what 400 sources gave a day in a month of cron (docs/reliability.md)
BEGIN = datetime(2026, 9, 1, tzinfo=UTC)
PART = 200  # pages, as in settings.toml
SENTENCES = 14  # of a page; with what is said in them some 250 words, as in the press
LOOK = 0.5  # seconds between two looks at the processes
SLACK = 1.05  # the last third's most may be so many times the middle third's; what a look costs varies by less
FILES = 3  # open files more or less: a part that is being read or written at the instant of a look
YOUNG = 25  # looks; a process that lived for fewer is no worker
_END = re.compile(r"(?<=[.!?])\s+")
_SYLLABLES = "ba ra ni ka su ma ti lo we pan dar sin gun tar mel jo ri han du se ya ko li wan ta".split()


@dataclass(frozen=True, slots=True)
class Look:
    """One look. ``driver`` and ``workers``: megabytes held now (a worker by its process id); ``files``: open in all of them."""

    parts: int
    driver: float
    workers: dict[int, float]
    files: int


# --- the pages


@cache
def _sentences() -> tuple[str, ...]:
    return tuple(one.strip() for _, text in corpus() for one in _END.split(text) if 6 <= len(one.split()) <= 40)


def _name(rnd: random.Random) -> str:
    return " ".join("".join(rnd.choices(_SYLLABLES, k=rnd.randint(2, 4))).title() for _ in range(2))


def at(number: int) -> datetime:
    """When page ``number`` is published."""
    return BEGIN + timedelta(days=number / A_DAY)


def unlike(number: int) -> Told:
    """Title, text and hour of page ``number``: always the same, and no other's but for a reprint."""
    origin = number - 1 if number % 3 == 2 else number
    rnd = random.Random(f"many pages {origin}")  # noqa: S311 - a simulation
    title = rnd.choice(corpus())[0]
    said = [f"{one.rstrip('.!?')}, kata {_name(rnd)}." for one in rnd.sample(_sentences(), SENTENCES)]
    if origin != number:
        said[-1] = f"Berita ini dimuat ulang oleh {_name(random.Random(f'reprint {number}'))}."  # noqa: S311
    return Told(f"{title} di {_name(rnd)}", "\n".join(said), at(number))


def stored(data: Path, pages: int) -> None:
    """Write the pages parts, as a fetch leaves them."""
    for first in range(0, pages, PART):
        count = min(PART, pages - first)
        fetched = at(first + count)
        name = f"ingested={fetched:%Y-%m-%d}/part-{fetched:%Y%m%dT%H%M%S}-{first // PART:04d}.parquet"
        found: Iterator[Page] = heavy_pages(count, first, unlike)
        rows = [page_row(replace(page, fetched_at=fetched)) for page in found]
        write_part(part_path(data, "pages", name), rows, PAGES)


# --- the looks


def held(process: int) -> tuple[float, int, list[int]]:
    """(megabytes, open files, processes right below it) of a process; nothing when it has ended."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+)", status)
        files = len(os.listdir(f"/proc/{process}/fd"))  # noqa: PTH208 - names only, and they vanish
        below = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return 0.0, 0, []
    return int(found[1]) / 1024 if found else 0.0, files, [int(one) for one in below]


def look(process: int, data: Path) -> Look:
    """The driver and all processes below it, now."""
    driver, files, below = held(process)
    workers: dict[int, float] = {}
    for one in below:
        megabytes, more, further = held(one)
        below += further
        files += more
        workers[one] = megabytes
    return Look(sum(1 for _ in (data / "articles").rglob("[!.]*.parquet")), driver, workers, files)


def watched(home: Path, command: str, now: datetime, minutes: float = float("inf")) -> tuple[list[Look], bool]:
    """A command from its beginning to its end, looked at; and whether it came to its end before it was killed for the time."""
    call = [sys.executable, "-m", "pipeline", command, "--now", now.isoformat()]
    until, looks = time.monotonic() + 60 * minutes, list[Look]()
    with tempfile.TemporaryFile() as err:
        with subprocess.Popen(call, env=environment(home), stdout=subprocess.DEVNULL, stderr=err) as process:  # noqa: S603
            try:
                while process.poll() is None and time.monotonic() < until:
                    looks.append(look(process.pid, home / "data"))
                    if len(looks) % 120 == 1:
                        print(f"\r{looks[-1].parts} parts, {looks[-1].driver:.0f} MB", end="", file=sys.stderr, flush=True)
                    time.sleep(LOOK)
                came_to_its_end = process.poll() is not None
            finally:
                process.kill()
        err.seek(0)
        if came_to_its_end and process.returncode:
            raise RuntimeError(f"pantau {command} ended with {process.returncode}: {err.read().decode(errors='replace')[-1500:]}")
    return looks, came_to_its_end


def parts_of(data: Path, kind: str) -> list[Path]:
    """The parts of one kind that are in their places."""
    return sorted((data / kind).rglob("[!.]*.parquet"))


def beside(path: Path, kind: str) -> Path:
    """The part of another kind that is made of the same pages."""
    return path.parents[2] / kind / path.parent.name / path.name


def rows_of(paths: Sequence[Path]) -> int:
    """The rows of several parts."""
    return sum(pq.read_metadata(path).num_rows for path in paths)


# --- what they say


def row(name: str, spans: Sequence[Sequence[float]]) -> tuple[str, bool]:
    """A table's row of the most in each third, and whether the last asks for no more than the middle one."""
    most = [max(span, default=0.0) for span in spans]
    slack = FILES if "files" in name else most[1] * (SLACK - 1)
    return f"| {name} | " + " | ".join(f"{one:.0f}" for one in most) + " |", most[2] <= most[1] + slack


def aged(looks: Sequence[Look]) -> list[float]:
    """What workers hold at 1/5, 2/5, 3/5 and 4/5 of their lives, on average, in megabytes; nothing without workers."""
    lives: dict[int, list[float]] = defaultdict(list)
    for one in looks:
        for process, megabytes in one.workers.items():
            lives[process].append(megabytes)
    whole = [life for life in lives.values() if len(life) >= YOUNG]
    return [sum(life[len(life) * fifth // 5] for life in whole) / len(whole) for fifth in range(1, 5)] if whole else []


def told(judging: Sequence[Look], grouping: Sequence[Look], pages: int) -> bool:
    """Print the figures; returns whether all is flat. ``pages``: how many were judged."""
    first, parts = judging[0].parts, judging[-1].parts - judging[0].parts + 1
    spans = [[one for one in judging if third * parts <= 3 * (one.parts - first) < (third + 1) * parts] for third in range(3)]
    rows = [
        row("the driver, MB", [[one.driver for one in span] for span in spans]),
        row("its largest worker, MB", [[max(one.workers.values(), default=0.0) for one in span] for span in spans]),
        row("open files of all", [[one.files for one in span] for span in spans]),
    ]
    print("| while judging, at most | first third | middle third | last third |\n|---|---|---|---|")
    print(*(line for line, _ in rows), sep="\n")
    if ages := aged(judging):
        print(f"\na worker's MB at 1/5, 2/5, 3/5 and 4/5 of its life, on average: {', '.join(f'{age:.0f}' for age in ages)}")
    before, most = (max((one.driver for one in some), default=0.0) for some in (judging, grouping))
    print(f"\ngrouping: the driver held {most:.0f} MB at most, {(most - before) * 1000 / pages:.1f} kB a page above its judging")
    return all(flat for _, flat in rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the pages, run, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.many_pages", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pages", type=int, default=100_000)
    parser.add_argument("--engine", default="processes:1", help="as in settings.toml (default: %(default)s)")
    parser.add_argument("--folder", type=Path, help="where the data lie meanwhile: some 8 kB a page (default: the system's)")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="for judging; then what is done is grouped and told")
    options = parser.parse_args(arguments)
    if options.pages < 3 * PART:
        parser.error(f"--pages: at least {3 * PART}, a part for each third")
    parts, now = -(-options.pages // PART), at(options.pages)
    with tempfile.TemporaryDirectory(prefix="many-pages-", dir=options.folder) as name:
        home = Path(name)
        prepared(home, "127.0.0.1:9", ())
        settings_with(home / "config", engine=('spec = "processes:2"', f'spec = "{options.engine}"'))
        maker = get_context("spawn").Process(target=stored, args=(home / "data", options.pages))
        maker.start()
        maker.join()
        if maker.exitcode:
            raise RuntimeError("the pages could not be written; see above")
        begun = time.monotonic()
        looks, whole = watched(home, "run", now, options.minutes)
        seconds, grouping = time.monotonic() - begun, [one for one in looks if one.parts == parts]
        if not whole:
            for path in parts_of(home / "data", "pages"):
                if not beside(path, "articles").exists():
                    path.unlink()
            grouping, _ = watched(home, "judge", now)
        if not (judging := [one for one in looks if 0 < one.parts < parts]):
            parser.error(f"--minutes {options.minutes:g}: not one part was judged in it; give it more")
        stand = {kind: parts_of(home / "data", kind) for kind in ("pages", "articles", "stories")}
        aside = [beside(path, "rejections") for path in stand["articles"]]
        asked, done = rows_of(stand["pages"]), rows_of([*stand["articles"], *aside])
        flat = told(judging, grouping, done)
        sizes = {kind: sum(path.stat().st_size for path in paths) / done / 1000 for kind, paths in stand.items()}
    print(f"\n{done} pages of {options.pages}, {options.engine}, {seconds / 60:.0f} minutes to their end, or to the given one")
    print(f"on disk: {', '.join(f'{kind} {size:.1f} kB a page' for kind, size in sizes.items())}")
    print("Memory and files are flat over the parts." if flat else "NOT FLAT: the last third asked for more than the middle one.")
    if done != asked:
        print(f"LOST: {asked - done} pages are neither judged nor rejected.")
    return 0 if flat and done == asked else 1


if __name__ == "__main__":
    sys.exit(main())
