"""Run one function over many parts on a chosen executor. The order of results is not promised; the set of them is."""

from __future__ import annotations

import logging
import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, TypeVar

from pipeline.errors import ConfigError, OutageError

T = TypeVar("T")
R = TypeVar("R")

_RECYCLED = 50  # tasks of a worker before a new process takes its place: what libraries leak ends with the old one
_AHEAD = 2  # tasks in flight per worker: enough to keep it busy, few enough to hold memory flat
_KILLED = "its worker process was killed twice; give it more memory or smaller parts (store.part_rows)"


@dataclass(frozen=True, slots=True)
class Cluster:
    """How a Dask cluster is met. ``facts(about)`` must give on a worker what it gave here, or the worker gets no task.

    ``tls``: files of authority, certificate and key. ``patience``: seconds without any worker that may be used.
    """

    facts: Callable[[Any], Mapping[str, str]]
    about: object
    expected: Mapping[str, str]
    tls: tuple[str, str, str] | None = None
    patience: float = 120.0
    told: Callable[[str], None] = print  # of workers that are left out, and why


def run(
    function: Callable[[T], R], tasks: Iterable[T], spec: str, cluster: Cluster | None = None
) -> Iterator[tuple[T, R | Exception]]:
    """Yield (task, result or the exception that it raised) for every task; a failed task is tried once more.

    ``spec``: ``serial``, ``processes:N`` for N worker processes, or ``dask:tcp://host:port`` (``tls://``) for the workers of a
    ``cluster``; ``function`` must be importable by name for both. Raises ``OutageError`` when the cluster has gone.
    """
    if spec == "serial":
        for task in tasks:
            yield task, _twice(function, task)
        return
    if spec.startswith("dask:"):
        if cluster is None:
            raise ConfigError(f"{spec}: this work stays on one machine; use serial or processes:N")
        yield from _Crew(spec.removeprefix("dask:"), cluster).run(function, iter(tasks))
        return
    workers = int(spec.partition(":")[2])
    queue = iter(tasks)
    for first in queue:
        yield from _pooled(function, chain([first], islice(queue, workers * _RECYCLED - 1)), workers)


def _pooled(function: Callable[[T], R], tasks: Iterator[T], workers: int) -> Iterator[tuple[T, R | Exception]]:
    """The tasks done by one set of workers, which ends with them."""
    left = tasks
    for last in (False, True):
        # A worker that is killed (by the kernel, out of memory) breaks the whole pool; what it left is done by a new one.
        broken: list[T] = []
        with _processes(workers) as pool:
            yield from _bounded(pool, function, left, workers * _AHEAD, broken)
        left = chain(broken, left)
        if last:
            for task in left:
                yield task, RuntimeError(_KILLED)


def _processes(workers: int) -> ProcessPoolExecutor:
    # spawn: forking a process that holds Arrow's threads can hang it.
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"), initializer=_end_with_parent)


def _end_with_parent() -> None:
    """In a worker process: end when the one that started it was killed, instead of waiting for tasks for ever."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _twice(function: Callable[[T], R], task: T) -> R | Exception:
    for last in (False, True):
        try:
            return function(task)
        except Exception as error:  # noqa: BLE001 - handed to the caller as a value, with its task
            if last:
                return error
    raise AssertionError("unreachable")


def _bounded(
    pool: ProcessPoolExecutor, function: Callable[[T], R], queue: Iterator[T], limit: int, broken: list[T]
) -> Iterator[tuple[T, R | Exception]]:
    """Results as they come, until the queue is empty or the pool breaks; then ``broken`` holds the tasks that were in it."""
    flying: dict[Future[R | Exception], T] = {}
    while True:
        while len(flying) < limit and (task := next(queue, None)) is not None:
            try:
                flying[pool.submit(_twice, function, task)] = task
            except BrokenProcessPool:
                broken.append(task)
                break
        if not flying:
            return
        done, _ = wait(flying, return_when=FIRST_COMPLETED)
        for future in done:
            task = flying.pop(future)
            failure = future.exception()
            if isinstance(failure, BrokenProcessPool):
                broken.append(task)
            elif failure is None:
                yield task, future.result()
            elif isinstance(failure, Exception):
                yield task, failure
            else:
                raise failure
        if broken:
            broken.extend(flying.values())
            return


_own = threading.local()  # of a thread of a Dask worker: its child process, and how many tasks that has had


def in_child(function: Callable[[T], R], task: T) -> R | Exception:
    """On a Dask worker: done by a child process of this thread, which is replaced when it was killed or has had its tasks.

    So a page that eats all memory ends the child and not the worker, limits that need a main thread have one, and the worker
    goes on answering its scheduler.
    """
    for _ in range(2):
        pool, had = getattr(_own, "child", (None, 0))
        if pool is None or had >= _RECYCLED:
            if pool is not None:
                pool.shutdown(wait=False)
            pool, had = _processes(1), 0
        _own.child = (pool, had + 1)
        try:
            return pool.submit(_twice, function, task).result()
        except BrokenProcessPool:
            _own.child = (None, 0)
    return RuntimeError(_KILLED)


class _Crew:
    """The workers of a Dask cluster that are known to be like this machine, and the tasks that they have in hand.

    Tasks are bound to the workers that have been asked for their facts: one that joins with another release or configuration
    is left out. A task whose worker is lost is done by another.
    """

    def __init__(self, address: str, cluster: Cluster) -> None:
        self._address, self._cluster = address, cluster
        self._asked: dict[str, Any] = {}  # address → future of its facts; None once they were found alike or not
        self._alike: set[str] = set()
        self._seen = time.monotonic()  # when there was last somebody to work

    def run(self, function: Callable[[T], R], queue: Iterator[T]) -> Iterator[tuple[T, R | Exception]]:
        """See ``run``."""
        flying: dict[Any, tuple[T, set[str]]] = {}
        more = True
        with self._connected() as client:
            try:
                while more or flying:
                    hands = self._hands(client)
                    for future in [one for one, (_, bound) in flying.items() if not bound & hands.keys() and not one.done()]:
                        future.cancel(force=True)  # all workers that were to do it are gone
                        queue, more = chain([flying.pop(future)[0]], queue), True
                    while more and hands and len(flying) < _AHEAD * sum(hands.values()):
                        taken = list(islice(queue, 1))
                        more = bool(taken)
                        for task in taken:
                            flying[self._given(client, in_child, function, task, workers=list(hands))] = (task, set(hands))
                    facts = [future for future in self._asked.values() if future is not None]
                    self._rest(client, [*flying, *facts], bool(hands))
                    for future in [one for one in flying if one.done()]:
                        task, _ = flying.pop(future)
                        yield task, _result(future)
            finally:
                client.cancel(list(flying), force=True)

    @staticmethod
    def _given(client: Any, *work: object, workers: list[str]) -> Any:
        return client.submit(*work, workers=workers, allow_other_workers=False, pure=False)

    def _connected(self) -> Any:
        try:
            import distributed
        except ImportError:
            raise ConfigError("engine dask: needs the extra [dask]; install it by: ./run install extras") from None
        tls = self._cluster.tls
        for name in ("distributed", "distributed.client"):  # what matters of it is told in our words
            logging.getLogger(name).setLevel(logging.CRITICAL)
        try:
            security = (
                distributed.Security(tls_ca_file=tls[0], tls_client_cert=tls[1], tls_client_key=tls[2], require_encryption=True)
                if tls and self._address.startswith("tls:")
                else None
            )
            return distributed.Client(
                self._address, security=security, set_as_default=False, timeout=min(20, self._cluster.patience), name="pantau"
            )
        except (OSError, ValueError, TimeoutError) as error:
            advice = "see that `dask scheduler` runs there, and the TLS files of settings.toml"
            raise OutageError(f"{self._address} cannot be reached ({type(error).__name__}: {error}); {advice}") from None

    def _hands(self, client: Any) -> dict[str, int]:
        """Address → threads of the workers that may be used now; new ones are asked for their facts."""
        try:
            there: dict[str, int] = client.nthreads()
        except Exception as error:  # noqa: BLE001 - whatever it is, the scheduler does not answer
            advice = "what is done is kept: start it again, and the same command goes on"
            raise OutageError(f"the scheduler {self._address} is gone ({type(error).__name__}); {advice}") from None
        for gone in set(self._asked) - set(there):
            del self._asked[gone]
            self._alike.discard(gone)
        for new in sorted(set(there) - set(self._asked)):
            self._asked[new] = self._given(client, in_child, self._cluster.facts, self._cluster.about, workers=[new])
        for worker, future in self._asked.items():
            if future is not None and future.done():
                self._asked[worker] = None
                if told := self._differs(_result(future)):
                    self._cluster.told(f"worker {worker} is left out: {told}")
                else:
                    self._alike.add(worker)
        return {worker: threads for worker, threads in there.items() if worker in self._alike}

    def _differs(self, facts: Any) -> str:
        if isinstance(facts, Exception):
            daemon = "daemonic" in str(facts)
            return "start it with --no-nanny" if daemon else f"{type(facts).__name__}: {facts}"
        expected = self._cluster.expected
        other = [f"{name} is {facts.get(name)}, not {value}" for name, value in expected.items() if facts.get(name) != value]
        return "; ".join(other)

    def _rest(self, client: Any, futures: list[Any], hands: bool) -> None:
        """Until something is done, or a second has passed."""
        if hands:
            self._seen = time.monotonic()
        if time.monotonic() - self._seen > self._cluster.patience:
            told = f"{len(self._asked)} worker(s) there are left out" if self._asked else "no worker is there"
            advice = "what is done is kept: start workers, and the same command goes on"
            raise OutageError(f"{self._address}: {told}, for {self._cluster.patience:g} s; {advice}")
        if not futures:
            time.sleep(0.2)
            return
        import distributed

        with client.as_current(), suppress(TimeoutError):
            distributed.wait(futures, timeout=1, return_when="FIRST_COMPLETED")


def _result(future: Any) -> Any:
    """What a task came to, as a value: also that its worker was lost too often."""
    try:
        return future.result()
    except Exception as error:  # noqa: BLE001 - handed to the caller as a value, with its task
        lost = type(error).__name__ == "KilledWorker"
        return RuntimeError("the workers that had it were lost again and again; see their logs") if lost else error
