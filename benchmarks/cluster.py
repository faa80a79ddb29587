"""Judging on a cluster of separate processes: equal rows, what a killed worker or driver costs, one worker to two.

    .venv/bin/python -m benchmarks.cluster [--parts N] [--rows N] [--s3 ENDPOINT --bucket NAME]

Scheduler, workers and driver are processes of this machine, so that two workers on two cores are the most that can be shown.
Pages are the embedded newsroom's, again and again under other keys; every scene judges all parts and compares the written bytes
with those of ``serial``. Times are wall times, on whatever else this machine does; processor time is all processes' together.
``--s3``: the endpoint of an S3 server (moto, MinIO) whose bucket exists and may be written to. Figures: docs/scale.md.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psutil

from pipeline import jobs
from pipeline.demo import MEMORY, run_demo
from pipeline.reach import with_engine
from pipeline.settings import default_config
from pipeline.store.objects import Bucket
from pipeline.store.parts import part_names, read_part, write_part
from pipeline.store.schema import PAGES
from tests.cluster import Cluster, cluster, kill
from tests.conftest import contents
from tests.store.s3 import environment

NOW = datetime(2026, 11, 26, 3, tzinfo=UTC)
Rows = dict[str, bytes]


class Scenes:
    """All scenes over one set of pages. Each prints a line."""

    def __init__(self, folder: Path, parts: int, rows: int) -> None:
        self.folder, self.parts = folder, parts
        demo = run_demo(default_config(), folder / "demo", NOW, NOW, None, _quiet)
        self.place = demo.place
        [name] = part_names(demo.place.data, "pages")
        held = read_part(demo.place.data / "pages" / name).to_pylist()
        self.pages = folder / "pages"
        for part in range(parts):
            picked = [held[(part * rows + number) % len(held)] for number in range(rows)]
            fresh = [{**row, "key": _key(f"{row['key']} {part} {number}")} for number, row in enumerate(picked)]
            write_part(self.pages / "pages" / "ingested=2026-11-26" / f"part-{part:04d}.parquet", fresh, PAGES)
        (self.pages / MEMORY).write_bytes((demo.place.data / MEMORY).read_bytes())
        self.expected: Rows = {}
        self.crew: Cluster | None = None

    def data(self, name: str) -> Path:
        """A fresh copy of the pages."""
        data = self.folder / name / "data"
        for file, body in contents(self.pages).items():
            (data / file).parent.mkdir(parents=True, exist_ok=True)
            (data / file).write_bytes(body)
        return data

    def judge(self, name: str, spec: str, root: str = "", progress: jobs.Progress | None = None) -> float:
        """One scene in this process; returns its seconds."""
        place = replace(self.place, data=self.data(name), root=root, settings=with_engine(self.place.settings, spec))
        return self.told(name, place, replace(place, progress=progress) if progress else place)

    def told(self, name: str, place: jobs.Workplace, with_: jobs.Workplace) -> float:
        """Judge, compare, print."""
        begun, used = time.monotonic(), self.processor()
        tally = jobs.judge(with_)
        seconds, used, rows = time.monotonic() - begun, self.processor() - used, judged(place.data)
        self.expected = self.expected or rows
        equal = "equal" if rows == self.expected else "NOT EQUAL"
        done, bad = tally.get("parts_judged"), tally.get("parts_failed")
        pages = max(1, tally.get("judged") + tally.get("rejected"))
        cost = f"{pages / seconds:6.1f} pages/s" + (f" {1000 * used / pages:6.1f} ms of processor a page" if self.crew else "")
        print(
            f"{name:<28} {done:>4} parts {seconds:6.1f} s {cost}, rows {equal}" + (f", {bad} FAILED" if bad else ""), flush=True
        )
        return seconds

    def processor(self) -> float:
        """Seconds of processor time of this process, the scheduler, the workers and their children."""
        started = (self.crew.scheduler, *self.crew.workers) if self.crew else ()
        roots = [psutil.Process(one.pid) for one in started if one and one.poll() is None]
        times = [one.cpu_times() for root in roots for one in (root, *root.children(recursive=True))]
        return time.process_time() + sum(sum(one[:4]) for one in times)  # user and system, its own and its ended children's

    def killed_worker(self, crew: Cluster, root: str = "") -> None:
        """kill -9 of one of two workers after a quarter of the parts; another joins."""

        def after(what: str, done: int, _total: int) -> None:
            if what == "parts" and done == self.parts // 4:
                kill(crew.workers.pop())
                crew.add_worker()

        self.judge("a worker killed, one joins", crew.spec, root, after)

    def killed_driver(self, crew: Cluster, root: str = "") -> None:
        """kill -9 of the driver after a third of the parts; the same command again."""
        data = self.data("driver killed, bucket" if root else "driver killed")
        words = ["judge", "--data", root or str(data), *(["--mirror", str(data)] if root else []), "--engine", crew.spec]
        command = [sys.executable, "-m", "pipeline", *words]
        driver = subprocess.Popen(command, env=dict(crew.environment), start_new_session=True)  # noqa: S603 - our own
        while self.done(data, root) < self.parts // 3 and driver.poll() is None:
            time.sleep(0.1)
        kill(driver)
        print(f"the driver is killed with {self.done(data, root)} of {self.parts} parts done")
        place = replace(self.place, data=data, root=root, settings=with_engine(self.place.settings, crew.spec))
        self.told("… and started again", place, place)

    def done(self, data: Path, root: str) -> int:
        """Articles parts that stand."""
        return len(Bucket(root).tags("articles")) if root else len(part_names(data, "articles"))

    def two_drivers(self, crew: Cluster, root: str) -> None:
        """Two drivers on one bucket at once."""
        each = [
            threading.Thread(target=self.judge, args=(f"driver {number} of two at once", crew.spec, root)) for number in (1, 2)
        ]
        for one in each:
            one.start()
        for one in each:
            one.join()


def _quiet(_what: str, _done: int, _total: int) -> None:
    """No progress is shown."""


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def judged(data: Path) -> Rows:
    """The written parts, by name."""
    return {name: body for name, body in contents(data).items() if name.startswith(("articles/", "rejections/"))}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run every scene."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cluster", description=__doc__)
    parser.add_argument("--parts", type=int, default=40, help="parts to judge (default 40)")
    parser.add_argument("--rows", type=int, default=25, help="pages in each (default 25)")
    parser.add_argument("--s3", default="", metavar="ENDPOINT", help="such as http://127.0.0.1:5000")
    parser.add_argument("--bucket", default="pantau-test", help="an existing bucket there (default pantau-test)")
    given = parser.parse_args(arguments)
    if given.s3:
        os.environ.update({name: value for name, value in environment(given.s3).items() if name not in os.environ})
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["PANTAU_CACHE"] = str(folder / "cache")
        scenes = Scenes(folder, given.parts, given.rows)
        print(f"{given.parts} parts of {given.rows} pages; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        scenes.crew = Cluster("", folder, {})
        scenes.judge("serial, with loading", "serial")
        scenes.judge("serial", "serial")
        with cluster(folder, 1) as crew:
            scenes.crew = crew
            scenes.judge("one worker, with loading", crew.spec)
            one = scenes.judge("one worker", crew.spec)
            crew.add_worker()
            scenes.judge("two workers, with loading", crew.spec)
            two = scenes.judge("two workers", crew.spec)
            print(f"two workers do the work of {one / two:.2f} single ones")
            scenes.crew = None  # what is killed takes its account with it
            scenes.killed_worker(crew)
            scenes.killed_driver(crew)
            if given.s3:
                root = f"s3://{given.bucket}/benchmark-{os.getpid()}"
                scenes.judge("bucket, with loading", crew.spec, f"{root}/a")
                scenes.judge("bucket", crew.spec, f"{root}/b")
                scenes.two_drivers(crew, f"{root}/c")
                scenes.killed_driver(crew, f"{root}/d")
                Bucket(root).discard("")


if __name__ == "__main__":
    main()
