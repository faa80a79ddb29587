"""A tiny collection that may be broken: the data folder that the version before this one wrote (tests/fixtures/versions)."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

VERSIONS = Path(__file__).parent.parent / "fixtures" / "versions"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the newest kept data folder: eleven entries, nine articles."""
    shutil.copytree(VERSIONS / "4", tmp_path / "data")
    return tmp_path / "data"
