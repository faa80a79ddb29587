"""Many hosts at once, each one slowly: jobs on threads, one at a time in a lane, results to the one driver."""

from __future__ import annotations

import heapq
import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from pipeline.fetch.pace import Pace

Tag = TypeVar("Tag")

_LOOK_UP = 0.5  # seconds after which a waiting thread looks whether it should stop


class Lanes(Generic[Tag]):
    """A queue a lane. ``add`` jobs, iterate over ``results``, and add more meanwhile; one driver thread does both.

    A thread takes the job of the lane that may be asked soonest, so none sleeps for a slow lane while another is ready.
    At most ``threads`` results wait for the driver before no further job is begun: with as many in hand, that bounds memory.
    With one thread everything happens in the driver itself, in an order that depends on nothing but the jobs and the clock.
    """

    def __init__(self, pace: Pace, threads: int = 1, stop: Callable[[], bool] = lambda: False) -> None:
        self._pace = pace
        self._threads = threads
        self._stop = stop
        self._change = threading.Condition()
        self._jobs: dict[str, deque[tuple[int, Tag, Callable[[], object]]]] = {}
        self._busy: set[str] = set()
        self._soonest: list[tuple[float, int, str]] = []  # heap of the lanes that have jobs and are not busy
        self._results: deque[tuple[Tag, object]] = deque()
        self._added = 0
        self._closing = False

    def add(self, lane: str, tag: Tag, work: Callable[[], object]) -> None:
        """Let ``work`` be done after all that was added to ``lane`` before; ``results`` names its outcome by ``tag``."""
        with self._change:
            self._added += 1
            jobs = self._jobs.setdefault(lane, deque())
            jobs.append((self._added, tag, work))
            if len(jobs) == 1 and lane not in self._busy:
                self._offer(lane)
            self._change.notify_all()

    def left(self) -> list[Tag]:
        """The tags of the jobs that were not begun, in the order in which they were added."""
        with self._change:
            waiting = [(number, tag) for jobs in self._jobs.values() for number, tag, _ in jobs]
        return [tag for _, tag in sorted(waiting, key=lambda job: job[0])]

    def results(self) -> Iterator[tuple[Tag, object]]:
        """Outcomes as they come, until no job is left or ``stop`` says so; then the jobs in hand are still finished.

        An exception that a job raises is its outcome. Leaving the loop early finishes the jobs in hand; asked again, it goes on.
        """
        if self._threads == 1:
            yield from self._alone()
            return
        workers = [threading.Thread(target=self._worker, name=f"lane worker {number}") for number in range(self._threads)]
        for worker in workers:
            worker.start()
        try:
            while True:
                with self._change:
                    while not self._results and (self._busy or (self._jobs and not self._stop())):
                        self._change.wait(_LOOK_UP)
                    if not self._results:
                        return
                    outcome = self._results.popleft()
                    self._change.notify_all()
                yield outcome
        finally:
            with self._change:
                self._closing = True
                self._change.notify_all()
            for worker in workers:
                worker.join()
            self._closing = False

    def _alone(self) -> Iterator[tuple[Tag, object]]:
        while not self._stop():
            with self._change:
                taken = self._take()
                wait = self._soonest[0][0] - self._pace.monotonic() if self._soonest else 0.0
            if taken is not None:
                lane, tag, work = taken
                outcome = _done(work)
                self._finish(lane)
                yield tag, outcome
            elif self._soonest:
                self._pace.sleep(max(wait, 0.0))
            else:
                return

    def _worker(self) -> None:
        while True:
            with self._change:
                while (taken := self._take() if self._may_begin() else None) is None:
                    if self._closing:
                        return
                    wait = _LOOK_UP
                    if self._soonest and self._may_begin():
                        wait = min(wait, max(0.0, self._soonest[0][0] - self._pace.monotonic()))
                    self._change.wait(wait)
            lane, tag, work = taken
            outcome = _done(work)
            with self._change:
                self._results.append((tag, outcome))
            self._finish(lane)

    def _may_begin(self) -> bool:
        return not self._closing and len(self._results) < self._threads and not self._stop()

    def _take(self) -> tuple[str, Tag, Callable[[], object]] | None:
        """The next job of the lane that is ready first, None when no lane is ready. Its lane is busy until ``_finish``."""
        now = self._pace.monotonic()
        while self._soonest and self._soonest[0][0] <= now:
            lane = heapq.heappop(self._soonest)[2]
            if self._pace.ready(lane) > now:  # asked or slowed down meanwhile
                self._offer(lane)
                continue
            jobs = self._jobs[lane]
            _, tag, work = jobs.popleft()
            if not jobs:
                del self._jobs[lane]
            self._busy.add(lane)
            return lane, tag, work
        return None

    def _finish(self, lane: str) -> None:
        with self._change:
            self._busy.discard(lane)
            if lane in self._jobs:
                self._offer(lane)
            self._change.notify_all()

    def _offer(self, lane: str) -> None:
        heapq.heappush(self._soonest, (self._pace.ready(lane), self._jobs[lane][0][0], lane))


def _done(work: Callable[[], object]) -> object:
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - a bug in one job is told by its outcome and ends no other
        return error
    except BaseException as error:  # noqa: BLE001 - a job that asks to exit would end its thread, and its lane would wait for ever
        return RuntimeError(f"a job ended with {error!r}")
