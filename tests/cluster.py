"""A Dask cluster of separate processes on 127.0.0.1, for tests and ``benchmarks/cluster.py``."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

WAIT = 60.0  # seconds for a process to come up on a busy machine


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass(slots=True)
class Cluster:
    """A scheduler and its workers; ``spec`` is what --engine takes."""

    address: str
    log: Path
    environment: Mapping[str, str]
    security: tuple[str, ...] = ()
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    scheduler: subprocess.Popen[bytes] | None = None

    @property
    def spec(self) -> str:
        return f"dask:{self.address}"

    def start(self, *words: str, folder: Path | None = None, **environment: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "dask", *words, *self.security],
                stdout=log,
                stderr=log,
                env={**self.environment, **environment},
                cwd=folder,  # whose modules come first
                start_new_session=True,
            )

    def add_worker(self, *more: str, folder: Path | None = None, **environment: str) -> subprocess.Popen[bytes]:
        """One more worker with one thread; it comes up while the caller goes on."""
        nanny = () if "--nanny" in more else ("--no-nanny",)
        worker = self.start(
            "worker", self.address, "--nthreads", "1", "--no-dashboard", *nanny, *more, folder=folder, **environment
        )
        self.workers.append(worker)
        return worker

    def end(self) -> None:
        for process in (*self.workers, self.scheduler):
            if process is not None:
                kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL to this process alone, as the kernel would."""
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)
    process.wait()


@contextmanager
def cluster(folder: Path, workers: int, security: tuple[str, ...] = (), **environment: str) -> Iterator[Cluster]:
    """A scheduler that answers, and workers that are on their way. Everything is killed at the end."""
    port, scheme = free_port(), "tls" if security else "tcp"
    made = Cluster(f"{scheme}://127.0.0.1:{port}", folder / "dask.log", {**os.environ, **environment}, security)
    where = ("--protocol", "tls") if security else ()
    made.scheduler = made.start("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard", "--no-show", *where)
    try:
        until = time.monotonic() + WAIT
        while True:
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if time.monotonic() > until or made.scheduler.poll() is not None:
                raise RuntimeError(f"the scheduler did not come up:\n{made.log.read_text(encoding='utf-8')}")
            time.sleep(0.05)
        for _ in range(workers):
            made.add_worker()
        yield made
    finally:
        made.end()
