"""A running `pantau review` over a demo folder of one's own, and the system's Chromium, for `./run browser-test`."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pipeline.demo import DemoResult


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Chromium without a screen. It looks up no name and follows no address but this machine's."""
    from playwright.sync_api import sync_playwright

    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert found, "no Chromium is installed: apt-get install chromium"
    closed = ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
    root = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium's own sandbox refuses root
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=[*closed, *root])
        yield browser
        browser.close()


@pytest.fixture
def data(demo: DemoResult, tmp_path: Path) -> Path:
    """A copy of the demo's folder that a test may write to."""
    shutil.copytree(demo.place.data, tmp_path / "data")
    return tmp_path / "data"


@contextmanager
def serving(data: Path, command: str = "review", **environment: str) -> Iterator[str]:
    """The address of a running ``pantau review``; it ends by SIGINT, as a person's Ctrl-C ends it."""
    line = [sys.executable, "-m", "pipeline", "--data", str(data), command, "--port", "0"]
    process = subprocess.Popen(line, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment})
    try:
        assert process.stdout is not None
        told = process.stdout.readline()
        address = re.match(r"http://127\.0\.0\.1:\d+", told)
        assert address, told
        yield address[0]
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)


@pytest.fixture
def page_of(chromium: Any) -> Iterator[Callable[..., Any]]:
    """New pages, each a browser of its own; an error on a page's console, or an open dialog, fails the test."""
    faults: list[str] = []
    contexts = []

    def page(width: int = 1440, scheme: str = "light") -> Any:
        context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, locale="id-ID")
        contexts.append(context)
        made = context.new_page()
        made.on("console", lambda one: faults.append(one.text) if one.type in ("error", "warning") else None)
        made.on("pageerror", lambda one: faults.append(str(one)))
        made.on("dialog", lambda one: (faults.append(f"dialog: {one.message}"), one.dismiss()))
        return made

    yield page
    for context in contexts:
        context.close()
    assert not faults


def enter(page: Any, address: str, name: str) -> None:
    """Give a name and come to the first article."""
    page.goto(f"{address}/tinjau")
    page.keyboard.type(name)  # the field has the focus
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/tinjau/[0-9a-f]{16}$"))
