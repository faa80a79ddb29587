"""The commands as users call them: help, exit codes, bad configuration, classify and extract on good and bad input."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

import pipeline
from pipeline.cli import main
from pipeline.demo import DemoResult
from pipeline.settings import default_config
from tests.conftest import NOW

COMMANDS = (
    "sources",
    "backfill",
    "run",
    "ingest",
    "judge",
    "report",
    "status",
    "cron",
    "demo",
    "classify",
    "explain",
    "correct",
    "units",
    "train",
    "evaluate",
    "extract",
)
FOILED = {
    "id": "a1",
    "title": "Petugas Lapas Tanjung Kelumbi Gagalkan Penyelundupan Sabu",
    "text": "Petugas pintu utama Lapas Kelas IIA Tanjung Kelumbi menggagalkan penyelundupan sabu yang dibawa seorang pengunjung "
    "di dalam nasi bungkus. Barang bukti diserahkan kepada polisi, yang memuji ketelitian petugas.",
    "url": "https://kabar.example/1",
    "published": "2026-11-18T09:15:00+07:00",
}


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_each_command_is_worth_reading(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main([command, "--help"])
    assert stop.value.code == 0
    told = capsys.readouterr().out
    assert "exit codes" in told
    assert len(told) > 500


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "required: COMMAND"),
        (["fly"], "invalid choice"),
        (["status", "--now", "yesterday"], "--now"),
        (["status", "--config", "/nowhere"], "settings.toml"),
        (["status", "--data", "/nowhere"], "holds no monitoring data yet"),
        (["cron"], "required: "),
        (["cron", "remove"], "invalid choice"),
        (["status", "--wait", "-1"], "--wait"),
        (["report", "--data", "/nowhere"], "holds no monitoring data yet"),
        (["classify", "/nowhere.jsonl"], "cannot be read"),
        (["explain"], "required: URL|KEY"),
        (["extract", "/nowhere.html", "--url", "https://a.example/1"], "cannot be read"),
        (["demo", "--pages", "/nowhere"], "is not a folder"),
        (["correct", "--data", "/nowhere", "--list"], "holds no monitoring data yet"),
    ],
)
def test_wrong_use_exits_2_and_says_what_to_do(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        code: Any = main(arguments)
    except SystemExit as stop:
        code = stop.code
    assert code == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("week", ["2026-W60", "kemarin", "", "2026-11"])
def test_a_week_that_does_not_exist(week: str, demo: DemoResult, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--data", str(demo.place.data), "--week", week]) == 2
    assert "write for example 2026-W47, or last" in capsys.readouterr().err


def test_every_mistake_of_every_file_is_reported_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "config"
    shutil.copytree(default_config(), config)
    settings = config / "settings.toml"
    text = settings.read_text(encoding="utf-8").replace("total_seconds = 30", "total_seconds = -1")
    text = text.replace('loopback_origin = ""', 'loopback_origin = "10.0.0.1:80"')
    settings.write_text(text + "\nspeed = 3\n", encoding="utf-8")
    sources = config / "sources.csv"
    text = sources.read_text(encoding="utf-8")
    first = text.splitlines()[1]
    sources.write_text(f"{text}{first}\n{first.replace(',listing,', ',gopher,', 1)}\n", encoding="utf-8")
    programme = config / "programmes" / "akselerasi-2024.yaml"
    programme.write_text(
        programme.read_text(encoding="utf-8").replace("    status: verified", "    status: sure", 1), encoding="utf-8"
    )
    assert main(["run", "--config", str(config), "--data", str(tmp_path / "data")]) == 2
    told = capsys.readouterr().err
    for part in (
        "settings.toml:",
        "total_seconds",
        "loopback address",
        "speed",
        "sources.csv:",
        "stands in line 2 already",
        "gopher",
        "akselerasi-2024.yaml:",
        "status",
    ):
        assert part in told, part
    assert not (tmp_path / "data").exists()


def test_a_second_run_meets_the_lock(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tmp_path.joinpath("data").mkdir()
    tmp_path.joinpath("data", "ledger.sqlite").touch()
    with FileLock(tmp_path / "data" / ".lock"):
        for command in ("run", "ingest", "judge", "report"):
            assert main([command, "--data", str(tmp_path / "data")]) == 75
    assert "another run" in capsys.readouterr().err


def test_with_patience_a_run_lets_another_one_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lock = FileLock(tmp_path / ".lock", thread_local=False)
    lock.acquire()
    ending = threading.Timer(0.5, lock.release)
    ending.start()
    assert main(["judge", "--wait", "1", "--data", str(tmp_path)]) == 0
    ending.join()
    assert capsys.readouterr().err == ""


def classify(lines: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[dict[str, Any]]]:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines.encode()), encoding="ascii"))
    code = main(["classify", "-"])
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_classify_answers_in_the_promised_form(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    code, [answer] = classify(json.dumps(FOILED), monkeypatch, capsys)
    assert code == 0
    assert list(answer)[:6] == ["id", "relevance", "programme_primary", "programme_probability", "programmes", "tone"]
    assert answer["id"] == "a1"
    assert answer["relevance"]["label"] == "corrections"
    assert answer["programme_primary"] == "narkoba_penipuan"
    assert answer["tone"]["label"] == "positive"
    assert answer["units"] == ["Lapas Kelas IIA Tanjung Kelumbi"]
    assert sum(answer["tone"]["probabilities"].values()) == pytest.approx(1)
    assert answer["programmes"][0]["role"] == "primary"
    for spans in (answer["relevance"]["evidence"], answer["tone"]["evidence"], answer["programmes"][0]["evidence"]):
        assert spans
        for span in spans:
            assert FOILED[span["field"]][span["start"] : span["end"]] == span["quote"]


def test_classify_keeps_the_order_and_survives_faulty_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        json.dumps(FOILED),
        "{not json",
        "",
        "[1, 2]",
        json.dumps({"id": 7, "title": 5}),
        json.dumps({"id": "x", "title": " ", "text": ""}),
        json.dumps({"id": "y", "title": "Judul saja", "published": "kapan-kapan"}),
        json.dumps({"id": None, "text": "Harga cabai di pasar naik dua kali lipat sejak Senin."}),
    ]
    code, answers = classify("\n".join(lines), monkeypatch, capsys)
    assert code == 1
    assert [answer["id"] for answer in answers] == ["a1", None, None, 7, "x", "y", None]
    assert ["error" in answer for answer in answers] == [False, True, True, True, True, True, False]
    assert answers[-1]["relevance"]["label"] == "irrelevant"
    assert answers[-1]["tone"] is None
    assert answers[-1]["programme_primary"] is None


def test_extract_prints_an_article_or_a_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.html"
    story = (
        "<p>Kepala Rutan Kelas IIB Watu Lembor menerima kunjungan dinas kesehatan yang memeriksa semua warga binaan.</p>"
        "<p>Hasilnya, dua belas orang dirujuk ke puskesmas karena tekanan darah tinggi dan sisanya dinyatakan sehat.</p>"
    )
    html = f"<html><head><title>Pemeriksaan kesehatan</title></head><body><article>{story}</article></body></html>"
    page.write_text(html, encoding="utf-8")
    assert main(["extract", str(page), "--url", "https://kabar.example/2026/11/18/periksa"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["outcome"] == "article"
    assert answer["published"]["method"] == "url"
    page.write_bytes(b"\x00\xff")
    assert main(["extract", str(page), "--url", "https://kabar.example/x"]) == 0
    assert json.loads(capsys.readouterr().out)["reason"] == "no_text"


def test_status_accounts_for_everything(demo: DemoResult, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--data", str(demo.place.data), "--now", NOW.isoformat()]) == 0
    told = capsys.readouterr().out
    assert "lost 0, doubled 0" in told
    assert "feedmati" in told
    assert main(["status", "--json", "--data", str(demo.place.data), "--now", NOW.isoformat()]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["entries"]["seen"] == sum(
        answer["entries"][name] for name in ("waiting", "rejected_at_fetch", "folded", "fetched")
    )
    assert answer["sources"]["feedmati"]["outcome"] == "unhealthy"


def test_an_article_is_explained_by_key_or_address(demo: DemoResult, capsys: pytest.CaptureFixture[str]) -> None:
    data = str(demo.place.data)
    row = pipeline.articles(tone="negative", data=data).iloc[0]
    told = []
    for name in (row["key"], row["key"][:10], row["url"].removeprefix("https://")):
        assert main(["explain", name, "--data", data]) == 0
        told.append(capsys.readouterr().out)
    assert told[0] == told[1] == told[2] == f"{pipeline.explain(row['key'], data=data)}\n"
    assert main(["explain", row["key"], "--json", "--data", data]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["key"] == row["key"]
    assert answer["tone_evidence"][0]["words"]
    assert "text" not in answer


@pytest.mark.parametrize("name", ["lapas saya", "0123456789abcdef", "https://[", "kabar.example/tidak-ada", "0"])
def test_what_is_not_held_is_answered_with_what_to_do(name: str, demo: DemoResult, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", name, "--data", str(demo.place.data)]) == 2
    told = capsys.readouterr().err
    assert "07_kliping.csv" in told or "no source announced it" in told


def corrected(data: Path, *arguments: str) -> int:
    return main(["correct", *arguments, "--data", str(data), "--now", NOW.isoformat()])


def test_a_label_is_corrected_confirmed_and_listed(demo: DemoResult, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data"
    shutil.copytree(demo.place.data, data)
    frame = pipeline.articles(data=data)
    row = frame[(frame["story_articles"] > 1) & (frame["story_role"] == "origin") & (frame["tone"] == "positive")].iloc[0]
    reason = ("--who", "Sari", "--why", "=1+1")
    assert corrected(data, row["url"], "tone", "negative", *reason) == 0
    told = capsys.readouterr().out
    assert f"{row['key']}  {row['title']}\ntone: positive → negative; reaches " in told
    assert "reaches 0" not in told
    assert corrected(data, row["key"], "tone", "negative", *reason) == 0
    assert "negative already, by Sari on 2026-11-26 10:00 WIB; nothing was added" in capsys.readouterr().out
    primary = row["programme_primary"]
    assert corrected(data, row["key"], "programme_primary", primary, *reason) == 0
    assert f"{primary} → {primary} (confirmed)" in capsys.readouterr().out
    assert corrected(data, "--list", row["key"]) == 0
    assert "2 correction(s), 2 in force" in capsys.readouterr().out
    assert main(["report", "--week", row["week"], "--data", str(data), "--now", NOW.isoformat()]) == 0
    assert row["key"] in (data / "reports" / row["week"] / "04_negatif.csv").read_text(encoding="utf-8-sig")
    assert main(["status", "--data", str(data), "--now", NOW.isoformat()]) == 0
    assert "corrected in force 2" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "or ask for --list"),
        (["KEY", "tone"], "or ask for --list"),
        (["KEY", "tone", "negative"], "--who and --why must be given"),
        (["KEY", "tone", "negative", "--who", " ", "--why", "w"], "--who and --why must be given"),
        (["KEY", "tone", "buruk", "--who", "S", "--why", "w"], "'buruk' is not one of: positive, neutral, negative"),
        (["--list", "KEY", "tone"], "takes an article at most"),
        (["0123456789abcdef", "tone", "negative", "--who", "S", "--why", "w"], "0123456789abcdef"),
    ],
)
def test_a_wrong_correction_writes_nothing(
    arguments: list[str], said: str, demo: DemoResult, capsys: pytest.CaptureFixture[str]
) -> None:
    data = demo.place.data
    known = pipeline.articles(data=data)["key"].iloc[0]
    assert corrected(data, *(known if one == "KEY" else one for one in arguments)) == 2
    assert said in capsys.readouterr().err
    assert not (data / "corrections.csv").exists()


def test_cron_hears_nothing_when_all_is_well(demo: DemoResult, tmp_path: Path) -> None:
    """Without a terminal a good run prints nothing at all: cron mails whatever is printed."""
    shutil.copytree(demo.place.data, tmp_path / "data")
    arguments = [sys.executable, "-m", "pipeline", "judge", "--data", str(tmp_path / "data"), "--now", NOW.isoformat()]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_reader_that_stops_early_is_no_error(tmp_path: Path) -> None:
    lines = tmp_path / "many.jsonl"
    lines.write_text((json.dumps(FOILED) + "\n") * 300, encoding="utf-8")
    command = f"{sys.executable} -m pipeline classify {lines} | head -1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False, timeout=120)
    assert "Traceback" not in done.stderr
    assert len(done.stdout.splitlines()) == 1
