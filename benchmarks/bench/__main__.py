"""``./run bench [NAME…]``: measure claims, print and write them; ``./run bench table`` renews the README.

    .venv/bin/python -m benchmarks.bench [NAME…] [--rounds N] [--rows N] [--files PATH…] [--dry]

Without a name all claims are measured that need no files. Nothing else should run meanwhile: the load is written down with the
figures. Ends with 1 when a bound is missed, 2 for a wrong name.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.bench.measure import CannotMeasureError
from benchmarks.bench.results import Figure, Result, here, write

CLAIMS = (
    "whole", "cores", "whole-extraction", "extraction-known", "extraction-unknown", "stemming", "feeds", "copies", "append",
    "tables",
)  # fmt: skip
ROUNDS = {"cores": 5, "append": 15, "tables": 3, "copies": 7, "extraction-unknown": 5}
WANTS_FILES = ("extraction-unknown",)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(
        prog="./run bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(CLAIMS)}; or table")
    parser.add_argument("--rounds", type=int, help="how often each side is timed")
    parser.add_argument("--rows", type=int, help="of append and tables: articles in the store (default 1,000,000)")
    parser.add_argument("--documents", type=int, help="of copies: texts (default 100,000)")
    parser.add_argument("--files", type=Path, nargs="*", default=[], help="folders or files with more input; see docs/speed.md")
    parser.add_argument("--dry", action="store_true", help="print only, write no result")
    given = parser.parse_args(arguments)
    if unknown := set(given.names) - {*CLAIMS, "table"}:
        parser.error(f"no such claim: {', '.join(sorted(unknown))}; known are: {', '.join(CLAIMS)}")
    if absent := [str(path) for path in given.files if not path.exists()]:
        parser.error(f"--files: {', '.join(absent)} is not there")
    if given.rounds is not None and given.rounds < 1:
        parser.error("--rounds: at least 1")
    if given.names == ["table"]:
        from benchmarks.bench.table import write_tables

        write_tables()
        return 0
    missed = False
    for name in given.names or [name for name in CLAIMS if name not in WANTS_FILES]:
        try:
            result = here(_measured(name, given))
        except CannotMeasureError as error:
            parser.error(f"{name}: {error}")
        for line in lines(result):
            print(line, flush=True)
        if not given.dry:
            print(f"  written to {write(result)}")
        missed |= any(figure.met is False for figure in result.figures)
    return int(missed)


def _measured(name: str, given: argparse.Namespace) -> Result:
    rounds = given.rounds or ROUNDS.get(name, 9)
    more = {}
    if name in ("append", "tables") and given.rows:
        more["rows"] = given.rows
    if name == "copies" and given.documents:
        more["documents"] = given.documents
    # A folder of one claim's files means nothing to another: stemming takes words, extraction pages, feeds feeds.
    return _claim(name)(rounds, _of_kind(name, given.files), **more)


def _of_kind(name: str, files: Sequence[Path]) -> list[Path]:
    if name == "stemming":
        return [path for one in files for path in (sorted(one.rglob("*")) if one.is_dir() else [one]) if path.is_file()]
    return list(files)


def _claim(name: str) -> Callable[..., Result]:
    """A claim's function; its module is loaded only then."""
    from benchmarks.bench import copies, extraction, feeds, stemming, storing, whole

    return {
        "whole": whole.measure_plain,
        "cores": whole.measure_cores,
        "whole-extraction": whole.measure_extraction,
        "extraction-known": extraction.measure_known,
        "extraction-unknown": extraction.measure_unknown,
        "stemming": stemming.measure,
        "feeds": feeds.measure,
        "copies": copies.measure,
        "append": storing.measure_append,
        "tables": storing.measure_tables,
    }[name]


def lines(result: Result) -> list[str]:
    """A claim as the terminal shows it."""
    head = f"{result.name}: against {result.against}; {result.on}; {result.rounds} rounds, load {result.load:.1f}"
    return [head, *(f"  {told(figure)}" for figure in result.figures)]


def told(figure: Figure) -> str:
    """One figure with its quartiles and its bound."""
    from benchmarks.bench.table import number, spread

    bound = f"   wanted {figure.wanted}: {'met' if figure.met else 'MISSED'}" if figure.wanted else ""
    return f"{figure.what:60} {number(figure.value.middle):>9} {figure.unit}{spread(figure)}{bound}"


if __name__ == "__main__":
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    sys.exit(main())
