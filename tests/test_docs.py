"""The documents say what is true: the README's output is the real one, its commands and files exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.commands import demo_lines
from pipeline.demo import DemoResult
from tests.write_readme import shown

ROOT = Path(__file__).parent.parent
DOCUMENTS = (
    "README.md",
    "PANDUAN.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/data.md",
    "docs/judgement.md",
    "docs/corpus.md",
    "docs/privacy.md",
    "docs/stories.md",
    "docs/sources.md",
    "docs/fetching.md",
    "docs/operation.md",
    "docs/reliability.md",
    "docs/extraction.md",
    "docs/delivery.md",
    "docs/analysts.md",
    "docs/review.md",
    "docs/scale.md",
    "docs/security.md",
    "docs/speed.md",
    "data/labels/LABELLING.md",
)


def test_the_readme_shows_the_real_output_of_the_demo(demo: DemoResult) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    block = shown(list(demo_lines(demo)), demo.place.data)
    assert block in text, "the output has changed; write it anew: .venv/bin/python -m tests.write_readme"


def test_the_readme_shows_how_the_test_command_ends() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    block = text.split("<!-- test:begin -->")[1].split("<!-- test:end -->")[0]
    assert re.search(r"\d{4} passed(, \d+ skipped)? in ", block)
    assert "All checks passed!" in block


@pytest.mark.parametrize("document", ["README.md", "PANDUAN.md"])
def test_every_command_named_exists(document: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    labels = re.findall(r"^    ([a-z| -]+)\)", (ROOT / "run").read_text(encoding="utf-8"), re.MULTILINE)
    script = {label.strip() for line in labels for label in line.split("|")} - {"review", "browse"}
    assert {"test", "install", "torture", "fuzz", "bench"} <= script, "the script's own commands, which are no command of pantau"
    named = set(re.findall(r"(?:\./run|\bpantau) ([a-z]+(?:-[a-z]+)*)\b", text)) - script
    assert {"demo", "run", "report", "status"} <= named
    for command in sorted(named):
        with pytest.raises(SystemExit) as stop:
            main([command, "--help"])
        assert stop.value.code == 0, command
    capsys.readouterr()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_leads_somewhere(document: str) -> None:
    path = ROOT / document
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


@pytest.mark.parametrize("document", ["README.md", "PANDUAN.md"])
def test_every_option_named_exists(document: str, capsys: pytest.CaptureFixture[str]) -> None:
    helps = []
    for command in (
        "run",
        "judge",
        "report",
        "status",
        "demo",
        "classify",
        "correct",
        "extract",
        "forget",
        "cron",
        "backfill",
        "promote",
        "alert",
        "review",
        "sources",
    ):
        with pytest.raises(SystemExit):
            main([command, "--help"])
        helps.append(capsys.readouterr().out)
    for option in set(re.findall(r"(?<![\w-])--[a-z]+", (ROOT / document).read_text(encoding="utf-8"))):
        assert any(option in told for told in helps), option


def test_the_weekly_files_are_named_in_both_guides(demo: DemoResult) -> None:
    files = sorted(path.name for path in (demo.reports[0][0]).glob("*.csv"))
    for document in ("README.md", "PANDUAN.md"):
        text = (ROOT / document).read_text(encoding="utf-8")
        assert all(name in text for name in files)
