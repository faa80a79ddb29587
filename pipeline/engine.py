"""Run one function over many parts on a chosen executor. The order of results is not promised; the set of them is."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

_RECYCLED = 50  # tasks of a worker before a new process takes its place: what libraries leak ends with the old one
_AHEAD = 2  # tasks in flight per worker: enough to keep it busy, few enough to hold memory flat


def run(function: Callable[[T], R], tasks: Iterable[T], spec: str) -> Iterator[tuple[T, R | Exception]]:
    """Yield (task, result or the exception that it raised) for every task; a failed task is tried once more.

    ``spec``: ``serial``, or ``processes:N`` for N worker processes (``function`` must then be importable by name).
    """
    if spec == "serial":
        for task in tasks:
            yield task, _twice(function, task)
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
        # spawn: forking a process that holds Arrow's threads can hang it.
        with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
            yield from _bounded(pool, function, left, workers * _AHEAD, broken)
        left = chain(broken, left)
        if last:
            for task in left:
                yield (
                    task,
                    RuntimeError("its worker process was killed twice; give it more memory or smaller parts (store.part_rows)"),
                )


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
