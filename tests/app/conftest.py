"""A demo folder of one's own, the application over it, and a browser without a screen that fills in its forms."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from pipeline.app.serving import address_of, site_of
from pipeline.demo import DemoResult, workplace_of_demo
from pipeline.jobs import Workplace

ADDRESS = "http://127.0.0.1:8740"


class Browser:
    """One reviewer's browser; each ``TestClient`` has its own cookies."""

    def __init__(self, application: object, base: str = ADDRESS) -> None:
        self.client = TestClient(application, base_url=base, follow_redirects=False)  # type: ignore[arg-type]
        self.csrf = ""

    def get(self, path: str) -> str:
        answer = self.client.get(path)
        while answer.status_code == 303:
            answer = self.client.get(answer.headers["location"])
        assert answer.status_code == 200, (path, answer.status_code)
        self.at = answer.url.path
        if token := re.search(r'name="csrf" value="([^"]+)"', answer.text):
            self.csrf = token[1]
        return answer.text

    def post(self, path: str, **form: str | list[str]) -> str:
        """The form sent, and the page that follows."""
        answer = self.client.post(path, data={"csrf": self.csrf, **form})
        assert answer.status_code == 303, (path, answer.status_code, answer.text[:300])
        return self.get(answer.headers["location"])

    def enter(self, name: str) -> str:
        self.get("/masuk")
        return self.post("/masuk", nama=name)

    def answer(self, page: str, **changed: str | list[str]) -> str:
        """Save what the review page shows, with some answers changed; the next page."""
        key = key_of(page)
        shown = {name: unescape(text) for name, text in re.findall(r'name="tampak_(\w+)" value="([^"]*)"', page)}
        form: dict[str, str | list[str]] = {f"tampak_{name}": text for name, text in shown.items()}
        form |= dict(re.findall(r'name="(baris)" value="(\d+)"', page))
        for name, text in shown.items():
            if name in ("programmes_related", "incidents"):
                form[f"ada_{name}"] = "1"
                form[name] = [part for part in text.split("|") if part != "none"]
            else:
                form[name] = "" if text == "none" else text
        return self.post(f"/tinjau/{key}", **{**form, **changed})


def key_of(page: str) -> str:
    found = re.search(r'action="/tinjau/([0-9a-f]{16})"', page)
    assert found, "not a review page"
    return found[1]


@pytest.fixture
def place(demo: DemoResult, tmp_path: Path) -> Workplace:
    """A copy of the demo's folder that a test may write to."""
    data = tmp_path / "data"
    shutil.copytree(demo.place.data, data)
    found = workplace_of_demo(data, datetime.now(UTC))
    assert found is not None
    return found


@pytest.fixture
def open_browser(place: Workplace) -> Callable[[], Browser]:
    """New browsers of one application."""
    application = site_of(place, address_of("127.0.0.1", 8740), "").application
    return lambda: Browser(application)


@pytest.fixture
def sari(open_browser: Callable[[], Browser]) -> Browser:
    """A reviewer who has given her name."""
    browser = open_browser()
    browser.enter("Sari")
    return browser


def logged(place: Workplace) -> list[dict[str, str]]:
    """The rows of the folder's log of corrections."""
    path = place.data / "corrections.csv"
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines())) if path.exists() else []
