"""Run one function over many parts on a chosen executor. The order of results is not promised; the set of them is."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

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
    # spawn: forking a process that holds Arrow's threads can hang it.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        yield from _bounded(pool, function, tasks, workers * _AHEAD)


def _twice(function: Callable[[T], R], task: T) -> R | Exception:
    for last in (False, True):
        try:
            return function(task)
        except Exception as error:  # noqa: BLE001 - handed to the caller as a value, with its task
            if last:
                return error
    raise AssertionError("unreachable")


def _bounded(
    pool: ProcessPoolExecutor, function: Callable[[T], R], tasks: Iterable[T], limit: int
) -> Iterator[tuple[T, R | Exception]]:
    queue = iter(tasks)
    flying: dict[Future[R | Exception], T] = {}
    while True:
        while len(flying) < limit and (task := next(queue, None)) is not None:
            flying[pool.submit(_twice, function, task)] = task
        if not flying:
            return
        done, _ = wait(flying, return_when=FIRST_COMPLETED)
        for future in done:
            task = flying.pop(future)
            failure = future.exception()
            if failure is not None and not isinstance(failure, Exception):
                raise failure
            yield task, failure if failure is not None else future.result()
