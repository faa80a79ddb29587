"""What several tests share: a fixed clock, the newsroom, and one demo run that nobody may write to."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import settings

from pipeline.demo import DemoResult, run_demo
from pipeline.settings import default_config
from tests.postgres import ABSENT, _server, binaries, postgres, where  # noqa: F401 - fixtures

NOW = datetime(2026, 11, 26, 10, 0, tzinfo=timezone(timedelta(hours=7)))  # a Thursday, in week 2026-W48


# The same examples at every run and no clock: a red suite means a changed program.
settings.register_profile("suite", derandomize=True, deadline=None)
settings.load_profile("suite")


@pytest.fixture(scope="session")
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoResult:
    """The demo as it stands after one run at NOW; read it only."""
    data = tmp_path_factory.mktemp("demo") / "data"
    return run_demo(default_config(), data, NOW, NOW, None, lambda what, done, total: None)


@pytest.fixture(autouse=True)
def _no_leftover_handlers() -> Iterator[None]:
    """The command line sets logging up; no test may see another's handlers."""
    yield
    logging.getLogger("pantau").handlers.clear()


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below ``folder`` that a reader could see, by relative path; not ``index/``, which holds their times."""
    return {
        name: path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not path.name.startswith((".", "ledger.sqlite"))
        and not (name := path.relative_to(folder).as_posix()).startswith("index/")
    }


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """What the plain suite leaves out is said, not passed over."""
    if config.option.markexpr == "not browser":
        terminalreporter.write_line("tests/browser is left out here: ./run browser-test runs it in Chromium")
    if binaries() is None:
        terminalreporter.write_line(f"the ledger in PostgreSQL is left out here: {ABSENT}")
