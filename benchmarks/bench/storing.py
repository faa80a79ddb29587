"""The store and the report at a million articles: an append of 500 rows, and one week's tables, beside plain pandas.

Plain, for the append: the week's rows read, the new ones put behind them, the file written anew, as a folder with one file for
each week wants it. Plain, for the tables: all rows read, of the columns that stand in our tables or are worked out into
them, the week told by ``strftime``, and the tables' counts by ``groupby``; nobody looks for speakers in the texts. Beside it two
that read less: ``flat`` leaves out texts, evidence and lists (and so what comes of them), ``filtered`` asks parquet for the two
weeks alone, which reads no other. Each side runs in a process of its own, so that its memory is its own. Ours finds the index
that every run leaves (``store/index.py``); ``first`` is the same where somebody has deleted it. Beside them, a mass of small
parts as runs leave them: what is asked of every article, from the index and with every part opened.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from benchmarks.bench.mass import LAST, base_rows, make
from benchmarks.bench.measure import Spread, by_the_clock, each, memory_peak, one_core, race
from benchmarks.bench.results import Figure, Result, exact
from pipeline.classify.judge import load_judge
from pipeline.settings import default_config
from pipeline.store.index import ASKED, FOLDER, SETTLED, all_rows
from pipeline.store.parts import part_names, part_path, read_shaped, write_part
from pipeline.store.schema import ARTICLES

APPEND, TABLES = "append", "tables"
NEW = 500
WEEK_ROWS = 19_300  # of a million a year
FLAT = (
    "key", "source_id", "outlet", "domain", "tier", "publisher_type", "title", "url", "dated_at", "relevance",
    "programme_primary", "tone", "tone_negative", "kanwil", "unit_primary", "source_type", "needs_review",
)  # fmt: skip
SHOWN = (
    *FLAT, "licence", "published", "first_seen", "date_status", "taxonomy", "title_tone", "tone_positive", "tone_neutral",
    "recipe", "version", "part", "programmes_related", "programmes_mentioned", "units", "incidents", "review_reasons",
    "tone_evidence", "text",
)  # fmt: skip
SIDES = ("ours", "first", "plain", "flat", "filtered")
SMALL, SMALL_DAYS, SMALL_ROWS = ("asked", "opened"), 21, 10  # 96 runs a day


def measure_append(rounds: int, files: Sequence[Path] = (), rows: int = 1_000_000) -> Result:  # noqa: ARG001
    """500 judged rows appended as a part, synced to the disk, beside ``rows`` others."""
    import pandas as pd

    judge = load_judge(default_config())
    busy: list[float] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, one_core():
        data, new = Path(folder), base_rows(judge, NEW)
        make(data, rows, judge)
        partition = data / "plain.parquet"
        flat = pa.Table.from_pylist(new, schema=ARTICLES).to_pandas()
        pd.concat([flat] * -(-WEEK_ROWS // len(flat))).head(WEEK_ROWS).to_parquet(partition)
        before, number = partition.read_bytes(), iter(range(1_000_000))

        def append() -> None:
            started = time.process_time()
            write_part(data / "articles" / "ingested=2026-11-24" / f"part-{next(number)}.parquet", new, ARTICLES, "bench")
            busy.append(time.process_time() - started)

        def rewrite() -> None:
            pd.concat([pd.read_parquet(partition), flat]).to_parquet(partition)

        def theirs() -> float:
            partition.write_bytes(before)
            return by_the_clock(rewrite)()

        found = race(by_the_clock(append), theirs, rounds)
        size = (data / "articles" / "ingested=2026-11-24" / "part-0.parquet").stat().st_size
    return Result(
        APPEND,
        f"pandas rewriting a week's file of {WEEK_ROWS} rows",
        f"{NEW} rows of all columns, evidence and text, beside {rows} rows",
        rounds,
        (
            Figure("append of 500 rows, synced", each(found.ours, 1), "ms", "<= 10"),
            Figure("of it, processor time", each(busy[1:], 1), "ms"),
            Figure("on the disk", exact(size / NEW), "bytes a row"),
            Figure("rewriting the week's file", each(found.theirs, 1), "ms"),
            Figure("append beside rewriting", found.ratio, "times"),
        ),
    )


def measure_tables(rounds: int, files: Sequence[Path] = (), rows: int = 1_000_000) -> Result:  # noqa: ARG001
    """The eight tables of the last complete week over ``rows`` articles."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, one_core():
        week = make(Path(folder), rows, load_judge(default_config()))
        told: dict[str, list[tuple[float, float]]] = {side: [] for side in (*SIDES, *SMALL)}
        _apart("first", folder, week)
        for number in range(rounds):
            for side in SIDES if number % 2 == 0 else SIDES[::-1]:
                told[side].append(_apart(side, folder, week))
    small = SMALL_DAYS * 96
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, one_core():
        make(Path(folder), small * SMALL_ROWS, load_judge(default_config()), part=SMALL_ROWS, days=SMALL_DAYS)
        time.sleep(SETTLED / 1e9)
        _apart("asked", folder, week)
        for _ in range(rounds):
            for side in SMALL:
                told[side].append(_apart(side, folder, week))
    seconds = {side: [taken for taken, _ in told[side]] for side in told}
    memory = {side: Spread.of([peak / 1e6 for _, peak in told[side]]) for side in SIDES}
    each_part = {side: Spread.of([1e3 * taken / small for taken in seconds[side]]) for side in SMALL}
    ratio = {
        side: Spread.of([their / our for our, their in zip(seconds["ours"], seconds[side], strict=True)]) for side in SIDES[1:]
    }
    return Result(
        TABLES,
        "pandas over all rows, of the columns that stand in the tables, the week by strftime",
        f"one week of {rows} articles",
        rounds,
        (
            Figure("the week's eight tables", ratio["plain"], "times", ">= 20"),
            Figure("beside pandas without texts, evidence and lists", ratio["flat"], "times"),
            Figure("beside pandas that asks parquet for the two weeks alone", ratio["filtered"], "times"),
            *(Figure(_NAMED[side], each(seconds[side], 1), "ms") for side in SIDES),
            *(Figure(f"most memory of the process, {_NAMED[side]}", memory[side], "MB") for side in SIDES),
            Figure(f"what is asked of every article, {small} small parts, from the index", each_part["asked"], "ms a part"),
            Figure("every part opened", each_part["opened"], "ms a part"),
        ),
    )


_NAMED = {
    "ours": "ours",
    "first": "ours, without an index",
    "plain": "plain pandas",
    "flat": "pandas, flat columns",
    "filtered": "pandas, two weeks alone",
}


def _apart(side: str, folder: str, week: str) -> tuple[float, float]:
    command = [sys.executable, "-m", "benchmarks.bench.storing", side, folder, week]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own program
    told = json.loads(done.stdout.strip().splitlines()[-1])
    return told["seconds"], told["peak"]


def plain_week(data: Path, week: str, columns: Sequence[str] = SHOWN, *, filtered: bool = False) -> dict[str, Any]:
    """The tables' counts as a notebook makes them."""
    import pandas as pd

    before = (datetime.strptime(f"{week}-1", "%G-W%V-%u").replace(tzinfo=UTC) - timedelta(days=7)).strftime("%G-W%V")
    only = [("week", "in", [week, before])] if filtered else None
    frame = pd.read_parquet(data / "articles", columns=list(columns), filters=only)
    frame = frame.merge(pd.read_parquet(data / "stories" / "stories.parquet"), on="key", how="left")
    frame["week"] = frame["dated_at"].dt.tz_convert("Asia/Jakarta").dt.strftime("%G-W%V")
    tables = {}
    for name in (week, before):
        some = frame[(frame["week"] == name) & (frame["relevance"] == "corrections")]
        tables[name] = {
            "summary": some.groupby("tone").size(),
            "programmes": some.groupby(["programme_primary", "tone"]).size().unstack(fill_value=0),
            "issues": some.groupby("story_id").agg({"key": "size", "outlet": "nunique"}).nlargest(10, "key"),
            "negative": some[some["tone"] == "negative"].sort_values("tone_negative", ascending=False),
            "units": some.groupby(["kanwil", "unit_primary", "tone"]).size().unstack(fill_value=0),
            "outlets": some.groupby(["outlet", "tone"]).size().unstack(fill_value=0),
            "clippings": some.sort_values("dated_at"),
        }
    return tables


def opened(data: Path) -> pa.Table:
    """What is asked of every article, from the parts themselves."""
    shape = pa.schema([ARTICLES.field(name) for name in ASKED])
    return pa.concat_tables([read_shaped(part_path(data, "articles", name), shape) for name in part_names(data, "articles")])


def main(arguments: Sequence[str] | None = None) -> None:
    """One side, once, in this process: prints the seconds of processor time and its most memory in bytes as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench.storing", description=main.__doc__)
    parser.add_argument("side", choices=(*SIDES, *SMALL))
    parser.add_argument("data", type=Path)
    parser.add_argument("week")
    given = parser.parse_args(arguments)
    import pandas as pd  # noqa: F401 - its loading is neither side's work

    from pipeline.dates import Week
    from pipeline.jobs import workplace
    from pipeline.reporting import weekly

    place = workplace(default_config(), given.data, LAST + timedelta(days=1))
    with one_core():
        if given.side == "first":
            shutil.rmtree(given.data / FOLDER, ignore_errors=True)
        started = time.process_time()
        if given.side in ("ours", "first"):
            weekly(place, Week.parse(given.week))
        elif given.side == "asked":
            all_rows(given.data, "articles", ASKED)
        elif given.side == "opened":
            opened(given.data)
        else:
            columns = FLAT if given.side == "flat" else SHOWN
            plain_week(given.data, given.week, columns, filtered=given.side == "filtered")
        seconds = time.process_time() - started
    print(json.dumps({"seconds": seconds, "peak": memory_peak()}))


if __name__ == "__main__":
    main()
