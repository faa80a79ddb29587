"""Power cuts in the jobs that write: no state that a cut can leave has half a part or a mark without it, and the job goes on.

`./run torture --only cuts` does so for every job, and many more states of each.
"""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from benchmarks.torture_cuts import Cutting
from pipeline.settings import default_config


@pytest.fixture
def home(data: Path) -> Path:
    shutil.copytree(default_config(), data.parent / "config")
    return data.parent


@pytest.mark.parametrize(
    ("command", "least"),
    [(["judge", "--rejudge"], 10), (["report", "--week", "2026-W48"], 12), (["expire", "--days", "0"], 4)],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_a_job_cut_off_anywhere_goes_on(command: list[str], least: int, home: Path) -> None:
    cutting = Cutting(home, [[*command, "--data", str(home / "data")]])
    assert len(cutting.states) > least
    assert cutting.discipline() == ""
    rnd = random.Random(1)
    assert [cutting.cut(rnd) for _ in range(2)] == ["", ""]
