"""The line over a ledger in PostgreSQL gives the bytes that it gives over a file; `pantau expire` lets skipped entries go."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

import pipeline
from pipeline import demo as demo_module
from pipeline import jobs, overview
from pipeline.cli import main
from pipeline.demo import DemoResult, run_demo
from pipeline.fetch.database import Server
from pipeline.fetch.ledger import Ledger
from pipeline.fetch.schedule import Polled, Standing
from pipeline.ledgers import ledger_of
from pipeline.records import Announced, Entry
from pipeline.settings import default_config
from tests.conftest import NOW, contents
from tests.postgres import Running


def config_with(folder: Path, url: str) -> Path:
    """The shipped configuration with this ``[ledger] url``."""
    shutil.copytree(default_config(), folder)
    file = folder / "settings.toml"
    head, ledger = file.read_text(encoding="utf-8").split("[ledger]")
    ledger = ledger.replace('url = ""', f'url = "{url}"', 1)
    file.write_text(f"{head}[ledger]{ledger}", encoding="utf-8")
    return folder


@pytest.mark.postgres
def test_a_run_over_the_server_is_the_run_over_the_file(
    demo: DemoResult, postgres: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url, data, place_of = postgres.fresh().url, tmp_path / "data", demo_module._place

    def on_server(*values: object) -> jobs.Workplace:
        place = place_of(*values)  # type: ignore[arg-type]
        ledger = place.settings.ledger.model_copy(update={"url": url})
        return replace(place, settings=place.settings.model_copy(update={"ledger": ledger}))

    monkeypatch.setattr(demo_module, "_place", on_server)
    first = run_demo(default_config(), data, NOW, NOW, None, lambda what, done, total: None)
    assert first.tally == demo.tally
    assert isinstance(ledger_of(data), Server)
    assert not (data / "ledger.sqlite").exists()
    made = {name: content for name, content in contents(data).items() if name != "ledger.url"}
    assert made == contents(demo.place.data)
    again = run_demo(default_config(), data, None, NOW, None, lambda what, done, total: None)
    assert (again.tally.get("entries_new"), again.tally.get("sources_unchanged")) == (0, first.tally.get("sources_ok"))
    assert {name: content for name, content in contents(data).items() if name != "ledger.url"} == made
    account = overview.account(demo_module._place(default_config(), data, NOW, ""))
    assert (account["lost"], account["doubled"], account["seen"]) == (0, 0, overview.account(demo.place)["seen"])
    assert len(pipeline.rejections(data=data)) == len(pipeline.rejections(data=demo.place.data))
    capsys.readouterr()
    assert main(["status", "--data", str(data)]) == 0
    key = pipeline.articles(data=data)["key"].iloc[0]
    assert main(["forget", key, "--alone", "--data", str(data), "--config", str(default_config())]) == 0
    assert overview.state_of(data, key, NOW) == ""


@pytest.mark.postgres
def test_the_demo_stays_in_its_folder_wherever_the_real_ledger_lies(postgres: Running, tmp_path: Path) -> None:
    url = postgres.fresh().url
    config = config_with(tmp_path / "config", url)
    place = demo_module._place(config, tmp_path / "data", NOW, "")
    assert place.settings.ledger.url == ""
    assert jobs.workplace(config, tmp_path / "data", NOW).settings.ledger.url == url


@pytest.mark.parametrize("dry", [True, False])
def test_expire_lets_go_of_skipped_entries_and_keeps_count(tmp_path: Path, capsys: pytest.CaptureFixture[str], dry: bool) -> None:
    data = tmp_path / "data"
    for days, keys in ((100, "abc"), (1, "d")):
        with Ledger(ledger_of(data), NOW - timedelta(days=days)) as ledger:
            rows = [Announced(Entry("kabar", key, f"https://kabar.example/{key}", key), "skipped", "off_topic") for key in keys]
            ledger.record_poll(Standing("kabar"), Polled("ok"), rows)
    words = ["expire", "--data", str(data), "--config", str(default_config()), "--now", NOW.isoformat()]
    assert main([*words, "--dry-run"] if dry else words) == 0
    told = capsys.readouterr().out
    assert "3 skipped entries, in no list for 90 days, " in told
    with Ledger.read(ledger_of(data), NOW) as ledger:
        assert ledger.counts() == {"skipped": 4}
        assert ledger.state("a") == ("skipped" if dry else "")
