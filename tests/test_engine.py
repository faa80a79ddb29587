"""The engine's contract: serial and worker processes give the same results, failures are values, submission is bounded."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import jobs
from pipeline.demo import DemoResult
from pipeline.engine import run
from pipeline.store.parts import part_names, part_path, read_part, write_part
from pipeline.store.schema import PAGES
from tests.conftest import contents


def double(number: int) -> int:
    if number == 13:
        raise ValueError("13 is not doubled")
    return number * 2


@pytest.mark.parametrize("spec", ["serial", "processes:2"])
def test_each_task_has_one_result_and_a_failure_is_one_too(spec: str) -> None:
    found = dict(run(double, range(20), spec))
    assert {task: result for task, result in found.items() if task != 13} == {n: 2 * n for n in range(20) if n != 13}
    assert isinstance(found[13], ValueError)


def killed_once(task: tuple[str, int]) -> int:
    """Task 7 kills its worker the first time that it is tried."""
    folder, number = task
    mark = Path(folder) / "killed"
    if number == 7 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def always_killed(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def test_a_killed_worker_costs_no_task(tmp_path: Path) -> None:
    tasks = [(str(tmp_path), number) for number in range(20)]
    assert {task[1]: result for task, result in run(killed_once, tasks, "processes:2")} == {n: n for n in range(20)}


def test_a_task_that_kills_every_worker_is_reported(tmp_path: Path) -> None:
    found = dict(run(always_killed, range(6), "processes:1"))
    assert set(found) == set(range(6))
    assert "killed twice" in str(found[3])


def test_tasks_are_taken_only_a_little_ahead() -> None:
    taken = 0

    def tasks() -> Iterator[int]:
        nonlocal taken
        for number in range(100):
            taken += 1
            yield number

    results = run(double, tasks(), "processes:2")
    next(results)
    assert taken <= 6
    assert len(list(results)) == 99


def small_parts(demo: DemoResult, data: Path) -> None:
    """The demo's pages again as parts of 12 rows."""
    [name] = part_names(demo.place.data, "pages")
    rows = read_part(part_path(demo.place.data, "pages", name)).to_pylist()
    for number in range(0, len(rows), 12):
        write_part(data / "pages" / "ingested=2026-11-26" / f"part-{number:03d}.parquet", rows[number : number + 12], PAGES)


def test_serial_and_processes_write_equal_bytes(demo: DemoResult, tmp_path: Path) -> None:
    written = {}
    for spec in ("serial", "processes:2"):
        data = tmp_path / spec.replace(":", "-")
        small_parts(demo, data)
        settings = demo.place.settings.model_copy(update={"engine": type(demo.place.settings.engine)(spec=spec)})
        tally = jobs.judge(replace(demo.place, data=data, settings=settings))
        assert tally.get("parts_judged") == 7
        assert not tally.get("parts_failed")
        written[spec] = {name: body for name, body in contents(data).items() if not name.startswith("pages/")}
    assert written["serial"] == written["processes:2"]
    assert len(written["serial"]) == 14


def test_a_broken_part_is_reported_and_the_others_finish(
    demo: DemoResult, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    small_parts(demo, tmp_path)
    (tmp_path / "pages" / "ingested=2026-11-26" / "part-012.parquet").write_bytes(b"not parquet")
    tally = jobs.judge(replace(demo.place, data=tmp_path))
    assert (tally.get("parts_judged"), tally.get("parts_failed")) == (6, 1)
    assert ["part-012.parquet" in vars(record)["part"] for record in caplog.records] == [True]


def test_rejudging_keeps_the_former_rows_aside_and_never_twice(demo: DemoResult, tmp_path: Path) -> None:
    small_parts(demo, tmp_path)
    place = replace(demo.place, data=tmp_path)
    jobs.judge(place)
    units = tmp_path / "units.csv"
    units.write_text(demo.place.units.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    changed = replace(place, units=units)
    assert jobs.judge(changed).get("parts_of_older_recipe") == 7
    assert jobs.judge(changed, rejudge=True).get("parts_judged") == 7
    past = list((tmp_path / "articles_past").rglob("*.parquet"))
    assert len(past) == 7
    assert len(part_names(tmp_path, "articles")) == 7
    assert jobs.judge(changed, rejudge=True).get("parts_judged") == 0
