"""A folder of feedparser's own test feeds through our parsers: one counted outcome each, in bounded time, never a crash.

    .venv/bin/python -m benchmarks.feeds FOLDER [--list OUTCOME]

Every ``*.xml`` and ``*.json`` below FOLDER is one case; a ``Header: Content-type: …`` in its first comment is sent along, as its
test server would. A case that takes longer than BOUND_SECONDS counts as a crash. Exits 1 on any, 2 when FOLDER holds no case.
"""

from __future__ import annotations

import argparse
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline.fetch.discover import kind_of
from pipeline.fetch.feeds import Listing
from pipeline.fetch.parsing import parse
from pipeline.records import Source, SourceKind

BOUND_SECONDS = 2.0  # of one case; the largest has 250 kB
_HEADER = re.compile(rb"^Header:\s*Content-type:\s*([^\r\n]{1,200})", re.IGNORECASE | re.MULTILINE)
_HOME = "https://kabar.example/feed"


class TooSlowError(BaseException):
    """A case was not done within the bound. No ``Exception``: a parser that catches its own faults must not swallow it."""


@dataclass(frozen=True, slots=True)
class Case:
    """One file's outcome: ok, a problem's name, or a crash."""

    path: Path
    outcome: str
    entries: int
    charset: str
    seconds: float

    @property
    def crashed(self) -> bool:
        """True for an exception and for a case beyond the bound."""
        return self.outcome.startswith("CRASH")


@contextmanager
def bounded(seconds: float) -> Iterator[None]:
    """Raises ``TooSlowError`` in the block when it costs more processor time (main thread, POSIX): a busy machine is no fault."""

    def stop(number: int, frame: object) -> None:  # noqa: ARG001 - the signal's own signature
        raise TooSlowError(f"longer than {seconds:g} s")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def run(path: Path) -> Case:
    """One case through the parser of its kind (RSS where it is none), and through the recognition of kinds."""
    body = path.read_bytes()
    header = _HEADER.search(body[:2000])
    content_type = header[1].decode("latin-1").strip() if header else ""
    started = time.perf_counter()
    try:
        with bounded(BOUND_SECONDS):
            kind = kind_of(body, content_type) or SourceKind.RSS
            listing = parse(body, content_type, Source("kabar", "Kabar", kind, _HOME), _HOME)
        outcome = outcome_of(listing)
    except (Exception, TooSlowError) as error:  # noqa: BLE001 - a crash is what is looked for
        listing, outcome = Listing(()), f"CRASH {type(error).__name__}: {error}"[:100]
    return Case(path, outcome, len(listing.entries), listing.charset, time.perf_counter() - started)


def outcome_of(listing: Listing) -> str:
    """ok, or the problem without what differs from case to case."""
    return re.sub(r":.*", "", listing.problem, flags=re.DOTALL) or "ok"


def cases(folder: Path) -> list[Case]:
    """All cases below a folder, in the order of their names."""
    return [run(path) for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix in (".xml", ".json")]


def main() -> None:
    """Print the table of outcomes and the slowest case; exit as the module says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--list", metavar="OUTCOME", help="name the cases that ended so")
    options = parser.parse_args()
    done = cases(options.folder)
    if not done:
        parser.error(f"{options.folder} holds no *.xml or *.json; give the folder of feedparser's test feeds")
    width = max(len(case.outcome) for case in done)
    for outcome, count in Counter(case.outcome for case in done).most_common():
        print(f"{outcome:{width}} {count:6}")
        for case in done:
            if case.outcome == options.list == outcome:
                print(f"    {case.path.relative_to(options.folder)}")
    charsets = Counter(case.charset or "(none)" for case in done)
    slowest = max(done, key=lambda case: case.seconds)
    print(f"{len(done)} cases, {sum(case.entries for case in done)} entries, {sum(case.seconds for case in done):.1f} s")
    print("charsets:", ", ".join(f"{name} {count}" for name, count in charsets.most_common()))
    print(f"slowest: {slowest.seconds * 1000:.0f} ms {slowest.path.relative_to(options.folder)} (bound {BOUND_SECONDS:g} s)")
    sys.exit(any(case.crashed for case in done))


if __name__ == "__main__":
    main()
