"""The shipped judge, loaded once, and a short way to ask it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from pipeline.classify.judge import Judge, load_judge
from pipeline.records import Judgement
from pipeline.settings import labels_folder

CONFIG = Path(__file__).parents[2] / "config"
WIB = timezone(timedelta(hours=7))
IN_2025 = datetime(2025, 8, 12, 9, 0, tzinfo=WIB)
IN_2026 = datetime(2026, 4, 9, 9, 0, tzinfo=WIB)

Ask = Callable[..., Judgement]


@pytest.fixture(scope="session")
def judge() -> Judge:
    return load_judge(CONFIG, recipe="r1")


@pytest.fixture(scope="session")
def ask(judge: Judge) -> Ask:
    """``ask(title, text, published=…)``: the judgement of an article of 2025 unless told otherwise."""

    def _ask(title: str, text: str, published: datetime | None = IN_2025) -> Judgement:
        return judge.judge(title=title, text=text, published=published)

    return _ask


@pytest.fixture(scope="session")
def read_corpus() -> list[str]:
    """Every ninth labelled article: title and text behind one another."""
    lines = [
        line
        for path in sorted((labels_folder() / "corpus").glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").split("\n")
        if line.strip()
    ]
    return [f"{one['title']}\n{one['text']}" for one in map(json.loads, lines[::9])]


def roles(judgement: Judgement, role: str) -> set[str]:
    """The slugs that have ``role``."""
    return {score.slug for score in judgement.programmes if score.role == role}
