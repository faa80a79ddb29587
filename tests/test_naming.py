"""``pantau units``: unsettled names of a data folder, as lines and as a table; the units of a text; wrong use."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pipeline import corrected
from pipeline.cli import main
from pipeline.demo import DemoResult
from pipeline.naming import COLUMNS

HARMFUL = "=Lapas Ulu"


@pytest.fixture
def strange(demo: DemoResult, monkeypatch: pytest.MonkeyPatch) -> str:
    """The demo's data folder, with two names in its articles that the gazetteer does not settle."""
    frame = corrected.articles(demo.place.data)
    frame["units_unknown"] = [["Lapas Cirandu Baru", HARMFUL] if row < 3 else [] for row in range(len(frame))]
    monkeypatch.setattr(corrected, "articles", lambda data: frame)
    return str(demo.place.data)


def test_names_are_listed_most_articles_first(strange: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["units", "unknown", "--data", strange]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == [
        "3",
        "articles",
        lines[0].split()[2],
        "outlets",
        "=Lapas",
        "Ulu",
        "(not",
        "in",
        "the",
        "gazetteer)",
    ]
    assert "https://" in lines[1] or "http://" in lines[1]
    assert "pantau judge --rejudge" in lines[-1]


def test_the_table_is_safe_in_a_spreadsheet(strange: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "nama.csv"
    assert main(["units", "unknown", "--data", strange, "--csv", str(path)]) == 0
    assert "2 names" in capsys.readouterr().out
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert [row["nama"] for row in rows] == ["'=Lapas Ulu", "Lapas Cirandu Baru"]
    assert {row["artikel_n"] for row in rows} == {"3"}


def test_since_leaves_out_what_is_older(strange: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["units", "unknown", "--data", strange, "--since", "2030-01-01"]) == 0
    assert capsys.readouterr().out == "0 articles are judged; every unit that they name is in the gazetteer\n"


def test_the_units_of_a_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["units", "find", "Kalapas Bukittinggi ke Lapas Tangerang dan Lapas Ulu Deras"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Lapas Kelas IIA Bukittinggi · kanwil Sumatera Barat",
        "Lapas Tangerang · open between Lapas Kelas I Tangerang, Lapas Kelas IIA Tangerang",
        "Lapas Ulu Deras · not in the gazetteer",
    ]
    assert main(["units", "find", "Bandar Lampung"]) == 0
    assert capsys.readouterr().out == "no unit is named\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["find"], "needs a text"),
        (["find", "  "], "needs a text"),
        (["unknown", "teks"], "takes no text"),
        (["unknown", "--since", "kemarin"], "--since: 'kemarin' is not a date"),
        (["unknown", "--csv", "/"], "is a folder"),
        (["unknown", "--csv", "/nowhere/x.csv"], "there is no folder"),
        (["unknown", "--data", "/nowhere"], "holds no monitoring data yet"),
    ],
)
def test_wrong_use(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["units", *arguments]) == 2
    assert said in capsys.readouterr().err
