"""What a person at the terminal sees and does: lines that cannot steer it, a progress bar, and a request to stop."""

from __future__ import annotations

import json
import re
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from pipeline import jobs

# What JSON lets stand in a string as it is, and a terminal obeys (C1 controls) or is turned around by (directions of writing).
_OBEYED = re.compile("[\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def printable(line: str) -> str:
    """A line without control characters: strangers' words stand in it, and a terminal obeys some of them."""
    return "".join(sign if sign.isprintable() else " " * sign.isspace() for sign in line)


def json_text(value: object, indent: int | None = None) -> str:
    """``value`` as JSON, letters as they are and every control character escaped."""
    return _OBEYED.sub(lambda sign: f"\\u{ord(sign[0]):04x}", json.dumps(value, ensure_ascii=False, indent=indent))


@contextmanager
def progressing() -> Iterator[jobs.Progress]:
    """A progress bar on a terminal, nothing under cron."""
    if not sys.stderr.isatty():
        yield lambda what, done, total: None  # noqa: ARG005
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:<8}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def show(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done, total=total)

        yield show


@contextmanager
def stoppable() -> Iterator[jobs.Stop]:
    """SIGTERM asks the run to finish what it has in hand; a second one ends it at once, as kill -9 would."""
    asked = threading.Event()

    def ask(number: int, _frame: object) -> None:
        asked.set()
        signal.signal(number, signal.SIG_DFL)
        print("pantau: asked to stop; what is in hand is finished, the next run goes on from here", file=sys.stderr)

    before = signal.signal(signal.SIGTERM, ask)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGTERM, before)
