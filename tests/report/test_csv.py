"""The CSV writer: quoting, guarding, numbers, and reading the bytes back as other programs do."""

import csv
import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.report.csv import MAX_CELL, guarded, to_csv_bytes


def cells(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def one(value: object) -> str:
    # dtype object: pandas' own strings refuse an unpaired surrogate
    frame = pd.DataFrame({"kolom": pd.Series([value], dtype=object), "lain": ["x"]})
    return cells(to_csv_bytes(frame))[1][0]


def test_file_begins_with_bom_and_rows_end_with_crlf():
    data = to_csv_bytes(pd.DataFrame({"judul": ["Panen raya", "Café"], "n": [1, 2]}))
    assert data == "\ufeffjudul,n\r\nPanen raya,1\r\nCafé,2\r\n".encode()


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+62 812",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\rlewat",
        "\ttab",
        "   =1",
        "\u00a0=1",
        "\u200b=1",
        "\ufeff=1",
        "\x1b=1",
        "\x00=1",
        "\n=1",
        "＝1+1",
        "＋1",
        "－1",
        "＠SUM",
        " \u3000＝1",
        "﹦1",
        '=HYPERLINK("https://jahat.example","klik")',
        "=cmd|' /C calc'!A0",
    ],
)
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(text):
    assert one(text).startswith("'")
    assert "\x00" not in one(text)


@pytest.mark.parametrize("text", ["Razia = tertib", "A-1", "humas@lapas.example", "'kutip'", "3 - 2", "", "—tanda pisah", "1=1"])
def test_other_text_stays_as_it_is(text):
    assert one(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kabar;=1+1", "Kabar;'=1+1"),
        ("Kabar; ＝1+1", "Kabar;' ＝1+1"),
        ('Kabar;"=1+1', "Kabar;'\"=1+1"),
        ("UMKM; Bantuan sosial", "UMKM; Bantuan sosial"),
    ],
)
def test_a_formula_behind_a_semicolon_is_guarded_too(text, expected):
    assert one(text) == expected


@pytest.mark.parametrize(
    ("raw", "written"),
    [
        ("a,b", '"a,b"'),
        ("a;b", '"a;b"'),
        ('kata "sipir"', '"kata ""sipir"""'),
        ("baris\nbaru", "baris baru"),
        ("baris\r\nbaru", "baris baru"),
        ("baris\u2028baru", "baris baru"),
        ("nol\x00byte", "nolbyte"),
        (" tepi ", '" tepi "'),
        ("polos", "polos"),
    ],
)
def test_quoting_and_folding(raw, written):
    assert to_csv_bytes(pd.DataFrame({"k": [raw]})) == f"\ufeffk\r\n{written}\r\n".encode()


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (-0.65, "-0.65"),
        (50.0, "50"),
        (33.3, "33.3"),
        (-0.0, "0"),
        (1e-9, "0"),
        (1234567.5, "1234567.5"),
        (-3, "-3"),
        (float("nan"), ""),
        (None, ""),
        (pd.NA, ""),
        (pd.NaT, ""),
        (True, "ya"),
        (pd.Timestamp("2026-11-18T02:15:00Z"), "2026-11-18 09:15"),
    ],
)
def test_values_that_are_no_text(value, written):
    frame = pd.DataFrame({"k": pd.Series([value], dtype=object), "l": ["x"]})
    assert to_csv_bytes(frame) == f"\ufeffk,l\r\n{written},x\r\n".encode()


def test_nullable_integers_keep_their_gaps():
    assert to_csv_bytes(pd.DataFrame({"n": pd.Series([1, None], dtype="Int64"), "l": ["x", "y"]})).endswith(b"1,x\r\n,y\r\n")


def test_empty_table_has_its_header():
    assert to_csv_bytes(pd.DataFrame({"a": [], "b": []})) == b"\xef\xbb\xbfa,b\r\n"


def test_unpaired_surrogates_do_not_stop_the_report():
    assert one("rusak \ud800 di sini") == "rusak ? di sini"


def test_overlong_cells_are_cut_visibly():
    assert one("x" * 40_000) == "x" * MAX_CELL + "…"
    assert one("x" * MAX_CELL) == "x" * MAX_CELL


def test_an_unknown_dialect_is_refused():
    with pytest.raises(ValueError, match="excel-id"):
        to_csv_bytes(pd.DataFrame({"a": [1]}), dialect="excel-en")  # type: ignore[arg-type]


def test_a_sniffer_finds_the_dialect():
    table = pd.DataFrame(
        {"judul": ["Panen raya, lalu bazar", 'Kata "mereka"', "Biasa"], "media": ["A", "B", "C"], "n": [1, 2, 3]}
    )
    text = to_csv_bytes(table).decode("utf-8-sig")
    assert csv.Sniffer().sniff(text).delimiter == ","
    assert csv.Sniffer().has_header(text)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@given(st.lists(st.tuples(TEXT, TEXT), max_size=5))
def test_any_text_reads_back_as_guarded(rows):
    frame = pd.DataFrame(rows, columns=["satu", "dua"], dtype="str")
    assert cells(to_csv_bytes(frame)) == [["satu", "dua"], *([guarded(a), guarded(b)] for a, b in rows)]


@given(TEXT)
def test_guarded_text_is_one_safe_line(text):
    line = guarded(text)
    assert guarded(line) == line, "guarding twice changes nothing"
    assert not set(line) & set("\x00\t\r\n\v\f\x85\u2028\u2029")
    assert line.lstrip()[:1] not in {"=", "+", "-", "@", "＝", "＋", "－", "＠"}


def test_excel_set_to_indonesian_finds_its_signs():
    table = pd.DataFrame({"judul": ["a;b", "satu, dua", "=1+1", ""], "persen": [62.5, None, -0.125, 1000.0], "n": [1, 2, 3, 4]})
    data = to_csv_bytes(table, dialect="excel-id")
    assert data == ('\ufeffjudul;persen;n\r\n"a;b";62,5;1\r\n"satu, dua";;2\r\n\'=1+1;-0,125;3\r\n;1000;4\r\n'.encode())
    read = pd.read_csv(
        io.BytesIO(data), sep=";", decimal=",", encoding="utf-8-sig", keep_default_na=False, na_values={"persen": [""]}
    )
    assert read["persen"].tolist()[::2] == [62.5, -0.125]
    assert read["judul"].tolist() == ["a;b", "satu, dua", "'=1+1", ""]
    assert not data.startswith(b"sep="), "it would make Excel forget the byte order mark"


def test_both_dialects_hold_the_same_cells():
    table = pd.DataFrame({"a": ["x;=1", 'kata "k"', "baris\nbaru", "1,5"], "b": [0.1, 2.0, None, -3.25]})
    one, two = (
        list(csv.reader(io.StringIO(to_csv_bytes(table, dialect=dialect).decode("utf-8-sig"), newline=""), delimiter=sign))
        for dialect, sign in (("standard", ","), ("excel-id", ";"))
    )
    assert [[cell.replace(",", ".") if at else cell for at, cell in enumerate(row)] for row in two] == one
