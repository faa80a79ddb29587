"""The store and the report at a million articles: an append of 500 rows, and one week's tables, beside plain pandas.

Plain, for the append: the week's rows read, the new ones put behind them, the file written anew, as a folder with one file for
each week wants it. Plain, for the tables: the flat columns of all rows read, the week told by ``strftime``, and the counts of our
tables by ``groupby``. Each side of the tables runs in a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.bench.mass import LAST, base_rows, make
from benchmarks.bench.measure import Spread, by_the_clock, each, memory_peak, one_core, race
from benchmarks.bench.results import Figure, Result
from pipeline.classify.judge import load_judge
from pipeline.settings import default_config
from pipeline.store.parts import write_part
from pipeline.store.schema import ARTICLES

APPEND, TABLES = "append", "tables"
NEW = 500
WEEK_ROWS = 19_300  # of a million a year
FLAT = (
    "key", "source_id", "outlet", "domain", "tier", "publisher_type", "title", "url", "dated_at", "relevance",
    "programme_primary", "tone", "tone_negative", "kanwil", "unit_primary", "source_type", "needs_review",
)  # fmt: skip


def measure_append(rounds: int, files: Sequence[Path] = (), rows: int = 1_000_000) -> Result:  # noqa: ARG001
    """500 judged rows appended as a part, synced to the disk, beside ``rows`` others."""
    import pandas as pd

    judge = load_judge(default_config())
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, one_core():
        data, new = Path(folder), base_rows(judge, NEW)
        make(data, rows, judge)
        partition = data / "plain.parquet"
        several = -(-WEEK_ROWS // len(new))
        pd.DataFrame(new * several).head(WEEK_ROWS).to_parquet(partition)
        before, number = partition.read_bytes(), iter(range(1_000_000))

        def append() -> None:
            write_part(data / "articles" / "ingested=2026-11-24" / f"part-{next(number)}.parquet", new, ARTICLES, "bench")

        def rewrite() -> None:
            pd.concat([pd.read_parquet(partition), pd.DataFrame(new)]).to_parquet(partition)

        def theirs() -> float:
            partition.write_bytes(before)
            return by_the_clock(rewrite)()

        found = race(by_the_clock(append), theirs, rounds)
    return Result(
        APPEND,
        f"pandas rewriting a week's file of {WEEK_ROWS} rows",
        f"{NEW} rows of all columns, evidence and text, beside {rows} rows",
        rounds,
        (
            Figure("append of 500 rows, synced", each(found.ours, 1), "ms", "<= 10"),
            Figure("rewriting the week's file", each(found.theirs, 1), "ms"),
            Figure("append beside rewriting", found.ratio, "times"),
        ),
    )


def measure_tables(rounds: int, files: Sequence[Path] = (), rows: int = 1_000_000) -> Result:  # noqa: ARG001
    """The eight tables of the last complete week over ``rows`` articles."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, one_core():
        week = make(Path(folder), rows, load_judge(default_config()))
        told: dict[str, list[tuple[float, float]]] = {"ours": [], "plain": []}
        for number in range(rounds):
            for side in ("ours", "plain") if number % 2 == 0 else ("plain", "ours"):
                told[side].append(_apart(side, folder, week))
    ours, plain = ([seconds for seconds, _ in told[side]] for side in ("ours", "plain"))
    memory = {side: Spread.of([peak / 1e6 for _, peak in told[side]]) for side in told}
    ratio = Spread.of([their / our for our, their in zip(ours, plain, strict=True)])
    return Result(
        TABLES,
        "pandas over the flat columns of all rows, the week by strftime",
        f"one week of {rows} articles",
        rounds,
        (
            Figure("the week's eight tables", ratio, "times", ">= 20"),
            Figure("ours", each(ours, 1), "ms"),
            Figure("plain pandas", each(plain, 1), "ms"),
            Figure("most memory of the process, ours", memory["ours"], "MB"),
            Figure("most memory of the process, plain pandas", memory["plain"], "MB"),
        ),
    )


def _apart(side: str, folder: str, week: str) -> tuple[float, float]:
    command = [sys.executable, "-m", "benchmarks.bench.storing", side, folder, week]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own program
    told = json.loads(done.stdout.strip().splitlines()[-1])
    return told["seconds"], told["peak"]


def plain_week(data: Path, week: str) -> dict[str, Any]:
    """The tables' counts as a notebook makes them."""
    import pandas as pd

    frame = pd.read_parquet(data / "articles", columns=list(FLAT))
    frame = frame.merge(pd.read_parquet(data / "stories" / "stories.parquet"), on="key", how="left")
    frame["week"] = frame["dated_at"].dt.tz_convert("Asia/Jakarta").dt.strftime("%G-W%V")
    before = (datetime.strptime(f"{week}-1", "%G-W%V-%u").replace(tzinfo=UTC) - timedelta(days=7)).strftime("%G-W%V")
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


def main(arguments: Sequence[str] | None = None) -> None:
    """One side, once, in this process: prints its seconds and its most memory in bytes as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench.storing", description=main.__doc__)
    parser.add_argument("side", choices=("ours", "plain"))
    parser.add_argument("data", type=Path)
    parser.add_argument("week")
    given = parser.parse_args(arguments)
    import pandas as pd  # noqa: F401 - its loading is neither side's work

    from pipeline.dates import Week
    from pipeline.jobs import workplace
    from pipeline.reporting import weekly

    place = workplace(default_config(), given.data, LAST + timedelta(days=1))
    started = time.perf_counter()
    if given.side == "ours":
        weekly(place, Week.parse(given.week))
    else:
        plain_week(given.data, given.week)
    print(json.dumps({"seconds": time.perf_counter() - started, "peak": memory_peak()}))


if __name__ == "__main__":
    main()
