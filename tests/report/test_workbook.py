"""laporan.xlsx: what a spreadsheet finds in it, and what it must never find."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as Xml
import zipfile

import pandas as pd
import pytest

from pipeline.report import workbook
from pipeline.report.weekly import weekly_tables
from pipeline.report.workbook import workbook_bytes
from tests.report.builder import article, context, frame

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def opened(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return {name: book.read(name).decode() for name in book.namelist()}


def texts(parts: dict[str, str]) -> list[str]:
    return ["".join(item.itertext()) for item in Xml.fromstring(parts["xl/sharedStrings.xml"])]


def week() -> dict[str, pd.DataFrame]:
    rows = [article(f"k{n}", n, title=title) for n, title in enumerate(["=1+1", "Panen", "@x", "Kata \x00 dan \x0b rusak"])]
    return weekly_tables(frame(*rows), frame(), context())


def test_the_same_tables_give_the_same_bytes() -> None:
    assert workbook_bytes(week(), "Laporan") == workbook_bytes(week(), "Laporan")


def test_a_sheet_a_table_behind_the_cover() -> None:
    tables = week()
    parts = opened(workbook_bytes(tables, "Laporan & uji"))
    names = [sheet.get("name") for sheet in Xml.fromstring(parts["xl/workbook.xml"]).iter(f"{MAIN}sheet")]
    assert names == ["Sampul", *tables]
    for number, table in enumerate(tables.values(), 2):
        sheet = Xml.fromstring(parts[f"xl/worksheets/sheet{number}.xml"])
        assert sheet.find(f".//{MAIN}pane[@state='frozen']") is not None
        assert sheet.find(f"{MAIN}autoFilter") is not None
        page = sheet.find(f"{MAIN}pageSetup")
        assert page is not None
        assert (page.get("paperSize"), page.get("orientation"), page.get("fitToHeight")) == ("9", "landscape", "0")
        assert len(sheet.findall(f".//{MAIN}row")) == len(table) + 1
    assert any("bukan suasana peristiwa" in text for text in texts(parts)), "the cover defines what is counted"


def test_nothing_is_a_formula_and_risky_text_stays_text() -> None:
    parts = opened(workbook_bytes(week(), "Laporan"))
    sheets = "".join(text for name, text in parts.items() if name.startswith("xl/worksheets/sheet"))
    assert "<f>" not in sheets
    assert "=1+1" in texts(parts), "as it was written, without an apostrophe"
    assert 'quotePrefix="1"' in parts["xl/styles.xml"]


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://kabar.example/a?b=1&c=2", True),
        ("javascript:alert(1)", False),
        ("file:///etc/passwd", False),
        ("internal:'Sampul'!A1", False),
        ("https://kabar.example/" + "a" * 3000, False),
        ("https://kabar.example/a b", False),
        ("https://", False),
        ("https://[rusak", False),
        ('=HYPERLINK("https://jahat.example")', False),
    ],
)
def test_only_addresses_of_the_web_are_links(url: str, linked: bool) -> None:
    parts = opened(workbook_bytes({"07_kliping": pd.DataFrame({"url": [url]})}, "x"))
    assert (url in texts(parts)) or len(url) > 2000
    held = [text for name, text in parts.items() if "worksheets/_rels" in name]
    assert any("kabar.example" in text for text in held) is linked


def test_more_links_than_a_sheet_can_hold_are_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_LINKS", 4)
    table = pd.DataFrame(
        {"url": [f"https://kabar.example/{n}" for n in range(9)], "contoh_url": [f"https://b.example/{n}" for n in range(9)]}
    )
    parts = opened(workbook_bytes({"07_kliping": table}, "x"))
    [held] = [text for name, text in parts.items() if "worksheets/_rels/sheet2" in name]
    assert len(re.findall("TargetMode", held)) == 4
    assert {"https://kabar.example/8", "https://b.example/8"} <= set(texts(parts))


def test_missing_values_are_empty_and_times_are_times() -> None:
    table = pd.DataFrame(
        {
            "terbit": ["2026-11-18 09:15", "", "kemarin"],
            "n": pd.array([1, None, 3], dtype="Int64"),
            "skor": [0.5, float("nan"), -1.0],
        }
    )
    parts = opened(workbook_bytes({"07_kliping": table}, "x"))
    cells = {
        cell.get("r"): cell.findtext(f"{MAIN}v") for cell in Xml.fromstring(parts["xl/worksheets/sheet2.xml"]).iter(f"{MAIN}c")
    }
    assert cells["A2"] is not None
    assert float(cells["A2"]) == pytest.approx(46344.3854, abs=1e-3), "days since 1899-12-30"
    assert "A3" not in cells
    assert "B3" not in cells
    assert "C3" not in cells
    assert (cells["B2"], cells["C2"], cells["C4"]) == ("1", "0.5", "-1")
    assert "kemarin" in texts(parts)
