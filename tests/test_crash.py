"""kill -9 and SIGTERM in the middle of a run, then a run to the end: nothing is lost and nothing doubled.

``python -m benchmarks.crash`` does so 60 times at random instants (docs/reliability.md).
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from benchmarks.crash import Outcome, config_for, correct, finish, kill, outcome, pantau, wait_until
from pipeline.newsroom.server import serve
from pipeline.newsroom.sites import load_sample
from pipeline.settings import sample_folder
from pipeline.store.parts import part_names


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, now: datetime) -> Path:
    """The data folder of a run that nobody disturbed; copy it before writing to it."""
    folder = tmp_path_factory.mktemp("whole")
    with serve(load_sample(sample_folder(), now)) as newsroom:
        finish("run", config_for(folder, newsroom), folder / "data", now)
    return folder / "data"


@pytest.fixture(scope="module")
def whole(undisturbed: Path, now: datetime) -> Outcome:
    """What it came to."""
    found = outcome(undisturbed.parent / "config", undisturbed, now)
    assert found.whole
    return found


@pytest.mark.parametrize(("after_requests", "threads"), [(9, 16), (40, 8), (75, 1)])
def test_a_killed_ingest_loses_and_doubles_nothing(
    after_requests: int, threads: int, whole: Outcome, tmp_path: Path, now: datetime
) -> None:
    with serve(load_sample(sample_folder(), now)) as newsroom:
        config, data = config_for(tmp_path, newsroom, threads), tmp_path / "data"
        process = pantau("ingest", config, data, now)
        deadline = time.monotonic() + 120
        while newsroom.requests.total() < after_requests:
            assert time.monotonic() < deadline
            assert process.poll() is None, "the run ended before it could be killed"
            time.sleep(0.001)
        kill(process)
        assert process.wait() == -signal.SIGKILL
        finish("run", config, data, now)
        assert outcome(config, data, now) == whole


def test_a_run_killed_as_it_commits_second_looks_keeps_each_version_once(
    undisturbed: Path, tmp_path: Path, now: datetime
) -> None:
    later = now + timedelta(days=1)
    with serve(load_sample(sample_folder(), now)) as newsroom:
        config, data, twin = config_for(tmp_path, newsroom), tmp_path / "data", tmp_path / "twin"
        correct(newsroom, undisturbed)
        shutil.copytree(undisturbed, data)
        shutil.copytree(undisturbed, twin)
        before = len(part_names(data, "pages"))
        process = pantau("run", config, data, later)
        assert wait_until(lambda: len(part_names(data, "pages")) > before, process), "the run ended before it could be killed"
        kill(process)
        assert process.wait() == -signal.SIGKILL
        finish("run", config, data, later)
        finish("run", config, twin, later)
        found = outcome(config, data, later)
        assert found == outcome(config, twin, later)
        assert found.whole
        assert sum(look[2] == "changed" for look in found.looks) > 6, "more than one part of new versions was written"


def test_a_run_that_is_asked_to_stop_says_so_ends_with_0_and_the_next_one_completes_it(
    whole: Outcome, tmp_path: Path, now: datetime
) -> None:
    with serve(load_sample(sample_folder(), now)) as newsroom:
        config, data = config_for(tmp_path, newsroom), tmp_path / "data"
        process = pantau("run", config, data, now, subprocess.PIPE)
        assert wait_until(lambda: newsroom.requests.total() > 20, process)
        os.killpg(process.pid, signal.SIGTERM)  # as systemd does: to the whole group
        _, said = process.communicate(timeout=180)
        assert process.returncode == 0
        assert b"asked to stop; what is in hand is finished" in said
        assert not part_names(data, "articles"), "judging is left to the next run"
        finish("run", config, data, now)
        assert outcome(config, data, now) == whole


def test_a_part_renamed_but_not_marked_is_adopted(whole: Outcome, tmp_path: Path, now: datetime) -> None:
    """The one window between two disks' truths: the part stands, the ledger does not know it."""
    with serve(load_sample(sample_folder(), now)) as newsroom:
        config, data = config_for(tmp_path, newsroom), tmp_path / "data"
        finish("ingest", config, data, now)
        with closing(sqlite3.connect(data / "ledger.sqlite")) as db, db:
            [(name,)] = db.execute("SELECT name FROM parts ORDER BY name LIMIT 1").fetchall()
            db.execute("DELETE FROM parts WHERE name = ?", (name,))
            db.execute("UPDATE entries SET state = 'waiting', part = '' WHERE part = ?", (name,))
        finish("run", config, data, now)
        assert outcome(config, data, now) == whole


@pytest.mark.parametrize("after_parts", [1, 5])
def test_a_killed_judge_loses_and_doubles_nothing(after_parts: int, whole: Outcome, tmp_path: Path, now: datetime) -> None:
    with serve(load_sample(sample_folder(), now)) as newsroom:
        config, data = config_for(tmp_path, newsroom), tmp_path / "data"
        finish("ingest", config, data, now)
    process = pantau("judge", config, data, now)
    deadline = time.monotonic() + 120
    while len(part_names(data, "articles")) < after_parts:
        assert time.monotonic() < deadline
        assert process.poll() is None, "the run ended before it could be killed"
        time.sleep(0.002)
    kill(process)
    process.wait()
    assert len(part_names(data, "articles")) < len(part_names(data, "pages"))
    finish("judge", config, data, now)
    found = outcome(config, data, now)
    assert replace(found, looks=whole.looks) == whole


def test_a_judge_killed_before_it_planned_second_looks_plans_them_at_the_next_run(
    undisturbed: Path, whole: Outcome, tmp_path: Path, now: datetime
) -> None:
    config, data = undisturbed.parent / "config", tmp_path / "data"
    shutil.copytree(undisturbed, data)
    with closing(sqlite3.connect(data / "ledger.sqlite")) as db, db:
        assert db.execute("DELETE FROM revisits").rowcount > 9  # as a kill after the last part leaves it
    finish("judge", config, data, now)
    assert outcome(config, data, now).looks == whole.looks
