"""The demo as a newcomer runs it: it fills the folder, tells what it did, and a second run changes nothing."""

from __future__ import annotations

import gzip
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipeline import overview
from pipeline.cli import main
from pipeline.demo import DemoResult, run_demo
from pipeline.errors import ConfigError
from pipeline.settings import default_config
from tests.conftest import NOW, contents


def demo_cli(data: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, str]:
    code = main(["demo", "--data", str(data), *more])
    return code, capsys.readouterr().out


def test_two_runs_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = demo_cli(tmp_path, capsys, "--now", NOW.isoformat())
    assert code == 0
    for word in ("Newsroom", "Fetched", "Judged", "corrections", "gone 1", "not_article", "Parquet", "Report", "Next"):
        assert word in told
    before = contents(tmp_path)
    assert {name.split("/")[0] for name in before} == {"articles", "pages", "rejections", "reports", "stories", "demo.json"}

    code, told = demo_cli(tmp_path, capsys)
    assert code == 0
    assert "nothing is new" in told
    assert "written" not in told
    assert contents(tmp_path) == before


def test_reports_hold_the_last_and_the_running_week(demo: DemoResult) -> None:
    folders = sorted(path.name for path in (demo.place.data / "reports").iterdir())
    assert folders == ["2026-W47", "2026-W48"]
    for folder in folders:
        files = sorted(path.name[:2] for path in (demo.place.data / "reports" / folder).glob("*.csv"))
        assert files == [f"{number:02d}" for number in range(8)]


def test_conservation(demo: DemoResult) -> None:
    """Law 1: entries seen = already known + judged + rejected + waiting, per run and over the whole folder."""
    tally, account = demo.tally, overview.account(demo.place)
    assert tally.get("entries_seen") == tally.get("entries_new") + tally.get("entries_known")
    settled = tally.get("fetched") + tally.get("rejected") + tally.get("folded") + tally.get("waiting")
    assert tally.get("entries_new") == settled
    assert tally.get("fetched") == tally.get("judge.judged") + tally.get("judge.rejected")
    assert account["seen"] == sum(
        account[name] for name in ("waiting", "rejected_at_fetch", "folded", "judged", "rejected_at_extract", "not_yet_judged")
    )
    assert account["lost"] == account["doubled"] == account["parts_not_marked"] == 0


def test_repeatability(demo: DemoResult, tmp_path: Path) -> None:
    """Law 2: the same pages, clock and recipe give the same bytes, wherever they are made."""
    again = run_demo(default_config(), tmp_path / "elsewhere", NOW, NOW, None, lambda what, done, total: None)
    first = {name: body for name, body in contents(demo.place.data).items() if name != "demo.json"}
    assert {name: body for name, body in contents(again.place.data).items() if name != "demo.json"} == first


def test_a_later_clock_brings_the_same_newsroom_with_nothing_new(tmp_path: Path) -> None:
    quiet = lambda what, done, total: None  # noqa: E731
    run_demo(default_config(), tmp_path, None, NOW, None, quiet)
    before = contents(tmp_path)
    later = run_demo(default_config(), tmp_path, None, NOW + timedelta(days=30), None, quiet)
    assert later.place.now == NOW
    assert later.tally.get("entries_new") == 0
    assert contents(tmp_path) == before


def test_any_folder_of_saved_pages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pages = tmp_path / "pages"
    (pages / "deep er").mkdir(parents=True)
    sentence = (
        "Petugas Lapas Kelas IIA Tanjung Kelumbi menggagalkan penyelundupan sabu yang disembunyikan di dalam sandal pengunjung. "
    )
    (pages / "satu.html").write_text(
        f"<html><title>Petugas gagalkan sabu</title><article><p>{sentence * 3}</p></article></html>", encoding="utf-8"
    )
    english = "The council met on Monday and agreed on a plan to repair the old bridge before winter comes to the valley. "
    (pages / "deep er" / "two & a half.htm.gz").write_bytes(
        gzip.compress(f"<html><title>Bridge</title><article><p>{english * 3}</p></article></html>".encode())
    )
    (pages / "kosong.html").write_text("", encoding="utf-8")
    (pages / "notes.txt").write_text("not a page", encoding="utf-8")
    code, told = demo_cli(tmp_path / "data", capsys, "--pages", str(pages))
    assert code == 0
    assert "judged 1, rejected 2 (no_text 1, not_indonesian 1)" in told
    code, told = demo_cli(tmp_path / "data", capsys, "--pages", str(pages))
    assert "nothing is new" in told


def test_a_folder_without_pages_or_with_real_data_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    assert main(["demo", "--data", str(tmp_path / "d"), "--pages", str(tmp_path / "empty")]) == 2
    assert "holds no .html" in capsys.readouterr().err
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "ledger.sqlite").touch()
    with pytest.raises(ConfigError, match="real monitoring data"):
        run_demo(default_config(), tmp_path / "real", None, datetime.now(NOW.tzinfo), None, lambda what, done, total: None)
