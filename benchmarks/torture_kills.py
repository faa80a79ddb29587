"""kill -9 at random instants of every job: done again, it must come to what it comes to undisturbed."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain
from pathlib import Path

from benchmarks.crash import NOW
from benchmarks.torture_place import LATER, Held, Workshop, at_home, ended, held, kill, settings_with, settled_keys, undisturbed

HOOK = "hook = []", 'hook = [{name = "uji", template = \'{"id": "{id}", "text": "{text}"}\'}]'


@dataclass(frozen=True)
class Job:
    """One job to strike. ``prepare`` makes a copy of ``stage`` ready and gives the commands; the first of them is struck."""

    name: str
    stage: str
    prepare: Callable[[Path], list[list[str]]]
    now: datetime = NOW
    without: tuple[str, ...] = ()  # what of ``Held`` may differ


def _plainly(*commands: list[str]) -> Callable[[Path], list[list[str]]]:
    return lambda _home: [list(one) for one in commands]


def _with_full_links(home: Path) -> list[list[str]]:
    settings_with(home / "config", links=('links = "short"', 'links = "full"'))
    return [["judge", "--rejudge"]]


def _ungrouped(home: Path) -> list[list[str]]:
    shutil.rmtree(home / "data" / "stories")
    return [["judge"]]


def _untried(home: Path) -> list[list[str]]:
    for kind in ("articles_new", "rejections_new"):
        shutil.rmtree(home / "data" / kind)
    return [["judge", "--recipe", "new"]]


def _one_article(home: Path) -> list[list[str]]:
    return [["forget", settled_keys(home)[0][0], "--copies"]]


def _correction(home: Path) -> list[list[str]]:
    (key, _), *_ = settled_keys(home)
    return [["correct", key, "title_tone", "neutral", "--who", "Penyunting", "--why", "dibaca lagi"]]


def _with_a_hook(home: Path) -> list[list[str]]:
    settings_with(home / "config", hook=HOOK, hooks=("hooks = []", 'hooks = ["uji"]'), hour=("per_hour = 6", "per_hour = 1000"))
    (home / "data" / "alerts.csv").unlink(missing_ok=True)
    return [["alert"]]


_BACK = ["backfill", "--source", "wartatribuana", "--from", "2026-11-01", "--to", "2026-11-26"]

JOBS = (
    Job("run", "empty", _plainly(["run"])),
    Job("judge", "ingested", _plainly(["judge"])),
    Job("judge --rejudge", "whole", _with_full_links),
    Job("group", "whole", _ungrouped),
    Job("report", "whole", _plainly(["report", "--week", "2026-W48"])),
    Job("report again", "whole", _plainly(["report", "--week", "2026-W47"], ["report", "--week", "2026-W47"])),
    Job("train", "whole", _plainly(["train"])),
    Job("judge --recipe new", "tried", _untried),
    Job("promote", "tried", _plainly(["promote", "--force", "uji"])),
    Job("expire", "whole", _plainly(["expire"]), LATER),
    Job("forget", "whole", _one_article),
    # Which of the two named an entry first shows in nothing but the number of a part.
    Job("backfill", "empty", _plainly(_BACK, ["run"])),
    Job("alert", "whole", _with_a_hook),
    Job("correct", "whole", _correction),
)


@dataclass
class Inbox:
    """A web hook's server on loopback that remembers what it got."""

    got: list[bytes] = field(default_factory=list)
    address: str = ""


@contextmanager
def inbox() -> Iterator[Inbox]:
    """The server for the length of a with-block."""
    box = Inbox()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            box.got.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        box.address = f"http://127.0.0.1:{server.server_address[1]}/uji"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield box
        server.shutdown()


@dataclass(frozen=True)
class Undisturbed:
    """What a job comes to, the seconds from its lock to its end, and how often it changed something on disk."""

    found: Held
    seconds: float
    changes: int


class Killing:
    """Strikes jobs. Undisturbed outcomes are found once for each job."""

    def __init__(self, shop: Workshop, rnd: random.Random) -> None:
        self.shop, self.rnd = shop, rnd
        self._known: dict[str, Undisturbed] = {}
        self.ends: Counter[str] = Counter()

    def strike(self, job: Job) -> str:
        """One kill and the repair; "" when all was well, else what was not."""
        with inbox() as box:
            self.shop.besides["PANTAU_HOOK_UJI"] = box.address
            whole = self._known.get(job.name) or self._undisturbed(job)
            box.got.clear()
            home, commands = self._ready(job)
            process = self.shop.begin(home, commands[0], job.now)
            by_changes = self.rnd.random() < 0.5
            if by_changes:
                wanted = self.rnd.randint(1, max(1, whole.changes))
                struck = _until_changes(home, wanted, process)
            else:
                struck = _after_lock(home, self.rnd.random() * whole.seconds, process)
            if struck:
                kill(process)
            first = ended(process)
            self.ends[f"{job.name}: {'killed' if first.code < 0 else 'had ended'}"] += 1
            if wrong := first.wrong if first.code >= 0 else "":
                return wrong
            for arguments in commands:
                said = ended(self.shop.begin(home, arguments, job.now))
                if said.wrong or said.code:
                    return f"the repair `{' '.join(arguments)}` ended with {said.code}: {said.wrong or said.err[-300:]}"
            found = held(home, job.now)
            wrong = [whole.found.differs(found, job.without), "" if job.name in ("expire", "forget") else found.whole]
            return ", ".join(filter(None, [*wrong, _sent_too_often(box)]))

    def _ready(self, job: Job) -> tuple[Path, list[list[str]]]:
        home = self.shop.fresh(job.stage)
        (home / "data" / ".lock").unlink(missing_ok=True)
        return home, job.prepare(home)

    def _undisturbed(self, job: Job) -> Undisturbed:
        home, (struck, *others) = self._ready(job)
        process = self.shop.begin(home, struck, job.now)
        begun, changes = _watch(home, process)
        seconds = time.monotonic() - begun
        if (said := ended(process)).code:
            raise RuntimeError(f"{job.name}, undisturbed, ended with {said.code}: {said.err[-2000:]}")
        for arguments in others:
            with at_home(home, self.shop.labels):
                undisturbed(arguments, job.now)
        self._known[job.name] = Undisturbed(held(home, job.now), seconds, changes)
        return self._known[job.name]


def _sent_too_often(box: Inbox) -> str:
    """An alert may come twice when the kill fell between its sending and its note; never three times."""
    most = max(Counter(box.got).values(), default=0)
    return f"an alert was sent {most} times" if most > 2 else ""


def _state(home: Path) -> frozenset[tuple[str, int, int]]:
    """Every file with its time and size, in so far as it can be seen while another process changes them."""
    found = set()
    for folder, _, names in chain(os.walk(home / "data"), os.walk(home / "models")):
        for name in names:
            with suppress(OSError):
                told = os.lstat(f"{folder}/{name}")
                found.add((f"{folder}/{name}", told.st_mtime_ns, told.st_size))
    return frozenset(found)


def _watch(home: Path, process: subprocess.Popen[bytes]) -> tuple[float, int]:
    """When a command took its lock (or began), and how many changes on disk could be told apart until it ended."""
    begun, changes, before = time.monotonic(), 0, _state(home)
    locked = False
    while process.poll() is None:
        if not locked and (home / "data" / ".lock").exists():
            begun, locked = time.monotonic(), True
        if (now := _state(home)) != before:
            before, changes = now, changes + 1
    return begun, changes


def _until_changes(home: Path, wanted: int, process: subprocess.Popen[bytes]) -> bool:
    """Wait for so many changes on disk; False when the command ended before."""
    before, left = _state(home), wanted
    while process.poll() is None:
        if (now := _state(home)) != before:
            before, left = now, left - 1
            if left <= 0:
                return True
    return False


def _after_lock(home: Path, seconds: float, process: subprocess.Popen[bytes]) -> bool:
    """Wait for a command's lock (3 s at most: not every command takes one) and so many seconds more."""
    begun = time.monotonic()
    while process.poll() is None and not (home / "data" / ".lock").exists() and time.monotonic() - begun < 3:
        time.sleep(0.001)
    end = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < end:
        time.sleep(0.001)
    return process.poll() is None
