"""kill -9 in the middle of a run, then a run to the end: nothing is lost and nothing doubled."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest

from pipeline import jobs, overview
from pipeline.newsroom.server import Newsroom, serve
from pipeline.newsroom.sites import load_sample
from pipeline.settings import default_config, sample_folder
from pipeline.store import dataset
from pipeline.store.parts import part_names


def config_for(tmp_path: Path, newsroom: Newsroom) -> Path:
    """A configuration folder whose sources are the newsroom and whose parts are small."""
    config = tmp_path / "config"
    if not config.exists():
        shutil.copytree(default_config(), config)
        shutil.copy(sample_folder() / "sources.csv", config / "sources.csv")
        shutil.copy(sample_folder() / "units.csv", config / "units.csv")
        text = (config / "settings.toml").read_text(encoding="utf-8")
        text = text.replace('loopback_origin = ""', f'loopback_origin = "{newsroom.origin}"')
        text = text.replace("host_delay_seconds = 5.0", "host_delay_seconds = 0.0").replace("part_rows = 200", "part_rows = 6")
        (config / "settings.toml").write_text(text, encoding="utf-8")
    return config


def pantau(command: str, config: Path, data: Path, now: datetime) -> subprocess.Popen[bytes]:
    arguments = [
        sys.executable,
        "-m",
        "pipeline",
        command,
        "--config",
        str(config),
        "--data",
        str(data),
        "--now",
        now.isoformat(),
    ]
    return subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)


def finish(command: str, config: Path, data: Path, now: datetime) -> None:
    assert pantau(command, config, data, now).wait(timeout=180) == 0


def accounted(config: Path, data: Path, now: datetime) -> tuple[dict[str, int], set[str]]:
    place = jobs.workplace(config, data, now)
    frame = dataset.articles(data)
    assert frame["key"].is_unique
    return overview.account(place), set(frame["key"])


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, now: datetime) -> tuple[dict[str, int], set[str]]:
    """The account of a run that nobody disturbed."""
    folder = tmp_path_factory.mktemp("whole")
    with serve(load_sample(sample_folder(), now)) as newsroom:
        config = config_for(folder, newsroom)
        finish("run", config, folder / "data", now)
    return accounted(config, folder / "data", now)


@pytest.mark.parametrize("after_requests", [9, 40, 75])
def test_a_killed_ingest_loses_and_doubles_nothing(
    after_requests: int, whole: tuple[dict[str, int], set[str]], tmp_path: Path, now: datetime
) -> None:
    with serve(load_sample(sample_folder(), now)) as newsroom:
        config, data = config_for(tmp_path, newsroom), tmp_path / "data"
        process = pantau("ingest", config, data, now)
        deadline = time.monotonic() + 120
        while newsroom.requests.total() < after_requests:
            assert time.monotonic() < deadline
            assert process.poll() is None, "the run ended before it could be killed"
            time.sleep(0.001)
        os.killpg(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        finish("run", config, data, now)
        account, keys = accounted(config, data, now)
    assert (account, keys) == whole
    assert account["lost"] == account["doubled"] == account["waiting"] == account["not_yet_judged"] == 0


def test_a_part_renamed_but_not_marked_is_adopted(whole: tuple[dict[str, int], set[str]], tmp_path: Path, now: datetime) -> None:
    """The one window between two disks' truths: the part stands, the ledger does not know it."""
    with serve(load_sample(sample_folder(), now)) as newsroom:
        config, data = config_for(tmp_path, newsroom), tmp_path / "data"
        finish("ingest", config, data, now)
        import sqlite3

        with sqlite3.connect(data / "ledger.sqlite") as db:
            [(name,)] = db.execute("SELECT name FROM parts ORDER BY name LIMIT 1").fetchall()
            db.execute("DELETE FROM parts WHERE name = ?", (name,))
            db.execute("UPDATE entries SET state = 'waiting', part = '' WHERE part = ?", (name,))
        db.close()
        finish("run", config, data, now)
        assert accounted(config, data, now) == whole


@pytest.mark.parametrize("after_parts", [1, 5])
def test_a_killed_judge_loses_and_doubles_nothing(
    after_parts: int, whole: tuple[dict[str, int], set[str]], tmp_path: Path, now: datetime
) -> None:
    with serve(load_sample(sample_folder(), now)) as newsroom:
        config, data = config_for(tmp_path, newsroom), tmp_path / "data"
        finish("ingest", config, data, now)
    process = pantau("judge", config, data, now)
    deadline = time.monotonic() + 120
    while len(part_names(data, "articles")) < after_parts:
        assert time.monotonic() < deadline
        assert process.poll() is None, "the run ended before it could be killed"
        time.sleep(0.002)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert len(part_names(data, "articles")) < len(part_names(data, "pages"))
    finish("judge", config, data, now)
    assert accounted(config, data, now) == whole
