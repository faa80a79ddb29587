"""Everything that can happen to a collection, done to it at random: does the next run repair it, or say exactly what to do?

    ./run torture [--minutes 10] [--seed N] [--only kills,damage,world,cuts]

In turn: a job killed at a random instant (``torture_kills.py``), a file damaged (``torture_damage.py``), the world gone wrong
(``torture_world.py``), a power cut within a job's writes (``torture_cuts.py``). Every trial starts from a prepared folder, and
ends with the account of all entries, and with the articles of a run that nobody disturbed. The newsroom is on loopback, the
program a copy with few labels, so that a fit takes seconds. Ends with 1 when anything was wrong; the same seed makes the same
choices, though not the same instants.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from benchmarks.torture_cuts import Cutting
from benchmarks.torture_damage import INJURIES, TARGETS, Damaging
from benchmarks.torture_kills import JOBS, Job, Killing, inbox
from benchmarks.torture_place import Workshop, at_home, workshop
from benchmarks.torture_world import World

KINDS = ("kills", "damage", "world", "cuts")
CUTS = 3  # of each recording: to record costs more than a cut

T = TypeVar("T")
Trial = tuple[str, Callable[[], str]]


def _shuffled(rnd: random.Random, items: Sequence[T]) -> Iterator[T]:
    """All items in a random order, again and again."""
    while True:
        yield from rnd.sample(items, len(items))


def trials(shop: Workshop, rnd: random.Random, only: Sequence[str], ends: dict[str, Counter[str]]) -> Iterator[Trial]:
    """Trials without end, each kind in turn, no job and no target again before all others had theirs."""
    killing, damaging, world = Killing(shop, rnd), Damaging(shop, rnd), World(shop, rnd)
    ends |= {"kills": killing.ends, "damage": damaging.ends, "world": world.ends, "cuts": Counter()}
    jobs, cut, targets, events = (_shuffled(rnd, items) for items in (JOBS, JOBS, TARGETS, world.trials))
    for kind in _turns(only):
        if kind == "kills":
            job = next(jobs)
            yield f"kill -9: {job.name}", lambda job=job: killing.strike(job)  # type: ignore[misc]
        elif kind == "damage":
            target = next(targets)
            chosen = rnd.choice(INJURIES), rnd.choice(target.commands)
            yield f"damage: {target.name}", lambda target=target, chosen=chosen: damaging.hurt(target, *chosen)  # type: ignore[misc]
        elif kind == "world":
            event = next(events)
            yield f"world: {event.__name__.replace('_', ' ')}", event
        else:
            job = next(cut)
            yield f"power cuts: {job.name}", lambda job=job: _cut(shop, rnd, job, ends["cuts"])  # type: ignore[misc]


def _turns(only: Sequence[str]) -> Iterator[str]:
    while True:
        yield from only


def _cut(shop: Workshop, rnd: random.Random, job: Job, ends: Counter[str]) -> str:
    """A job recorded, its discipline checked over every state that a cut can leave, and a few of them run to the end."""
    home = shop.fresh(job.stage)
    with inbox() as box, at_home(home, shop.labels, {"PANTAU_HOOK_UJI": box.address}):
        cutting = Cutting(home, job.prepare(home), job.now)
        ends["states looked at"] += len(cutting.states)
        wrong = [cutting.discipline()]
        for _ in range(CUTS):
            wrong.append(cutting.cut(rnd))
            ends["states run to their end"] += 1
    return "; ".join(filter(None, wrong))


def main(arguments: Sequence[str] | None = None) -> int:
    """Torture until the time is up; print what was done, and what was wrong."""
    parser = argparse.ArgumentParser(prog="./run torture", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default=",".join(KINDS), help="of these kinds (default: %(default)s)")
    options = parser.parse_args(arguments)
    only = options.only.split(",")
    if unknown := set(only) - set(KINDS):
        parser.error(f"--only: {', '.join(sorted(unknown))} is no kind; write some of: {', '.join(KINDS)}")
    rnd = random.Random(options.seed)  # noqa: S311 - a simulation
    done, faults, ends = Counter[str](), list[str](), dict[str, Counter[str]]()
    with tempfile.TemporaryDirectory(prefix="torture-") as name, workshop(Path(name)) as shop:
        until = time.monotonic() + options.minutes * 60
        for what, trial in trials(shop, rnd, only, ends):
            if time.monotonic() > until:
                break
            try:
                wrong = trial()
            except Exception:  # noqa: BLE001 - a trial that breaks is a finding too
                wrong = traceback.format_exc()[-1500:]
            done[what] += 1
            if wrong:
                faults.append(f"{what}: {wrong}")
                print(f"WRONG {faults[-1]}", file=sys.stderr, flush=True)
    print("| what | times |\n|---|---|")
    print(*(f"| {what} | {count} |" for what, count in sorted(done.items())), sep="\n")
    print("\n| how it ended | times |\n|---|---|")
    print(*(f"| {kind}: {end} | {count} |" for kind, found in ends.items() for end, count in sorted(found.items())), sep="\n")
    print(f"\n{done.total()} trials, seed {options.seed}, {len(faults)} wrong")
    print(
        *(["", "WRONG:", *faults] if faults else ["", "Each was repaired by the next run, or said what to do, and that helped."]),
        sep="\n",
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
