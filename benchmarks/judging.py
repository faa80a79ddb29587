"""What judging costs beside extraction on the embedded newsroom's pages: measured in turn in one process, on one core.

    .venv/bin/python -m benchmarks.judging [--rounds N]

Prints medians with their spread, in seconds of this process's own processor time: others' work does not count, though it still
cools the caches. The whole line and stemming are claims of their own: ``./run bench``.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from pipeline.classify.judge import Asking, Judge, load_judge
from pipeline.demo import run_demo
from pipeline.extract.outlets import outlets_of
from pipeline.records import Article, Page
from pipeline.settings import default_config, default_data
from pipeline.store.parts import part_names, part_path, read_part
from pipeline.store.rows import page_of
from pipeline.training import model_file
from pipeline.work import extract_safely

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)

LOADING = """
import sys, time
from pathlib import Path
from pipeline.classify.judge import load_judge
from pipeline.classify.model import load_model
marks = [time.process_time()]
judge = load_judge(Path(sys.argv[1]))
marks.append(time.process_time())
judge = judge.with_model(load_model(Path(sys.argv[2])))
marks.append(time.process_time())
judge.judge(title="Panen di lapas", text="Warga binaan memanen jagung.")
marks.append(time.process_time())
rules, model, first = (after - before for before, after in zip(marks, marks[1:]))
print(f"a new process: rules loaded in {rules:.2f} s, model in {model:.2f} s, first article judged in {first:.2f} s")
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.judging", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="how often each side is timed (default 9)")
    rounds = parser.parse_args(arguments).rounds
    config = default_config()
    print(
        f"load of the machine (1, 5, 15 minutes): {', '.join(f'{load:.1f}' for load in os.getloadavg())}; {os.cpu_count()} cores"
    )
    path = model_file(config, default_data())
    command = [sys.executable, "-c", LOADING, str(config), str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own program
    print(done.stdout.strip())
    judge = load_judge(config, model=path)
    _judging(judge, _pages(config), rounds)


def _pages(config: Path) -> list[Page]:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        run_demo(config, data, NOW, NOW, None, lambda *_: None)
        return [
            page_of(row) for name in part_names(data, "pages") for row in read_part(part_path(data, "pages", name)).to_pylist()
        ]


def _judging(judge: Judge, pages: Sequence[Page], rounds: int) -> None:
    outlets = outlets_of(default_config())
    held = [(page, article) for page in pages if isinstance(article := extract_safely(page, outlets), Article)]
    asked = [Asking(one.title, one.text, one.url, one.dated.value, one.publisher_type, one.removed) for _, one in held]
    judge.judge_many(asked)
    ratios, extracting, judging = [], [], []
    for _ in range(rounds):
        extracting.append(_seconds(lambda: [extract_safely(page, outlets) for page, _ in held]))
        judging.append(_seconds(lambda: judge.judge_many(asked)))
        ratios.append(judging[-1] / extracting[-1])
    count = len(held)
    words = sum(len(one.text.split()) for one in asked) / count
    size = sum(len(body) for page, _ in held for body in page.bodies) / count
    print(f"a page: {size / 1000:.1f} kB of HTML, {words:.0f} words of article")
    print(f"{count} pages: extraction {_spread(extracting, 1000 / count)} ms, judging {_spread(judging, 1000 / count)} ms a page")
    print(f"judging / extraction: {_spread(ratios)}")


def _seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _spread(values: Sequence[float], scale: float = 1.0) -> str:
    low, middle, high = (scale * value for value in (min(values), statistics.median(values), max(values)))
    return f"{middle:,.3g} ({low:,.3g} to {high:,.3g})"


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
