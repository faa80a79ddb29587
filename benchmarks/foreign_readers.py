"""A report's files as other programs read them: every cell of every table, by LibreOffice, pandas and DuckDB.

    python -m benchmarks.foreign_readers --data data/demo --week 2026-W47

The week's tables, and a table of hostile cells, are written in both CSV dialects and as a workbook into a temporary folder.
LibreOffice opens each as Excel would: excel-id by Indonesian settings (semicolon, decimal comma), standard by English ones.
Needs `apt-get install libreoffice-calc` and the extra `sql`; exits 1 when a cell differs or a reader is missing.

A key of digits alone, or of digits around one "e", is a number to every spreadsheet that opens a CSV file; such cells are counted
apart. In the workbook they are text.
"""

from __future__ import annotations

import argparse
import math
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as Xml
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import pandas as pd

import pipeline
from pipeline.report.csv import DIALECTS, Dialect, cleaned, guarded, to_csv_bytes
from pipeline.report.workbook import COVER, workbook_bytes

# LibreOffice: cell sign, quote, UTF-8, first line, no column types, Indonesian or English, quoted is no text, find dates.
FILTERS: Mapping[Dialect, str] = {"excel-id": "CSV:59,34,76,1,,1057,false,true", "standard": "CSV:44,34,76,1,,1033,false,true"}
SIGNS: Mapping[Dialect, tuple[str, str]] = {"excel-id": (";", ","), "standard": (",", ".")}
OFFICE, TABLE, TEXT = (f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}" for name in ("office", "table", "text"))
NUMBERLIKE = re.compile(r"\d+(?:[eE]\d+)?")
HOSTILE = [
    '=HYPERLINK("http://jahat.example";"klik")',
    "+62 811",
    "@SUM(A1)",
    "-5 derajat",
    "\t=1+1",
    "a;=1+1",
    'Kata "sipir"; lalu, diam',
    "baris\nbaru\r\ndan\ttab",
    "متن من اليمين",
    "\u202eterbalik",
    "emoji 🚓 dan nol\x00byte",
    "x" * 10_000,
    " spasi di tepi ",
    "62,5",
    "1.234",
    "",
]


def hostile() -> pd.DataFrame:
    """Cells that break careless writers and readers, with numbers beside them."""
    size = len(HOSTILE)
    return pd.DataFrame(
        {
            "teks": pd.Series(HOSTILE, dtype="str"),
            "bilangan": pd.Series(range(-1, size - 1), dtype="Int64").where(pd.Series(range(size)) % 5 != 4),
            "pecahan": pd.Series([number * 0.125 - 0.5 if number % 4 else None for number in range(size)], dtype="float64"),
        }
    )


def flat(path: Path, room: Path, filter_: str | None = None) -> Path:
    """The file as LibreOffice understands it, in flat XML."""
    command = ["soffice", f"-env:UserInstallation=file://{room}/profile", "--headless"]
    command += [f"--infilter={filter_}"] if filter_ else []
    subprocess.run(  # noqa: S603 - our own words
        [*command, "--convert-to", "fods", "--outdir", str(room), str(path)], check=True, capture_output=True, timeout=300
    )
    return room / f"{path.stem}.fods"


def sheets(path: Path) -> dict[str, list[list[object]]]:
    """Sheet → rows of values: numbers, texts, instants as 2026-11-18 09:15."""
    found = {}
    for sheet in Xml.parse(path).iter(f"{TABLE}table"):  # noqa: S314 - LibreOffice's own output
        rows = [list(_cells(row)) for row in sheet.iter(f"{TABLE}table-row") for _ in range(_times(row, "rows"))]
        found[sheet.get(f"{TABLE}name", "")] = rows
    return found


def _times(element: Xml.Element, what: str) -> int:
    times = int(element.get(f"{TABLE}number-{what}-repeated", "1"))
    return times if times < 1000 else 0  # what fills the sheet to its end


def _cells(row: Xml.Element) -> Iterator[object]:
    for cell in row:
        for _ in range(_times(cell, "columns")):
            kind = cell.get(f"{OFFICE}value-type")
            if kind in ("float", "percentage", "currency"):
                yield float(cell.get(f"{OFFICE}value", "nan"))
            elif kind == "date":
                day, _, clock = cell.get(f"{OFFICE}date-value", "").partition("T")
                yield f"{day} {clock[:5]}".strip()
            else:
                yield "\n".join(_text(part) for part in cell.findall(f"{TEXT}p"))


def _text(part: Xml.Element) -> str:
    """A paragraph's text; LibreOffice writes runs of spaces as elements."""
    told = part.text or ""
    for child in part:
        told += " " * int(child.get(f"{TEXT}c", "1")) if child.tag == f"{TEXT}s" else _text(child)
        told += child.tail or ""
    return told


def same(wanted: object, seen: object, *, decimal: str) -> bool:
    """Whether a reader has understood a cell; a text that is a number in the dialect may come back as that number."""
    if wanted is None or wanted is pd.NA or (isinstance(wanted, float) and math.isnan(wanted)) or wanted == "":
        return seen in (None, "") or (isinstance(seen, float) and math.isnan(seen))
    if isinstance(wanted, str):
        if isinstance(seen, str):
            return seen in (wanted, wanted.removesuffix(" 00:00")) or " ".join(seen.split()) == " ".join(wanted.split())
        plain = wanted.replace("." if decimal == "," else ",", "").replace(decimal, ".")
        return isinstance(seen, float) and re.fullmatch(r"-?\d+(\.\d+)?", plain) is not None and float(plain) == seen
    return isinstance(seen, int | float) and math.isclose(float(str(wanted)), seen, abs_tol=1e-6)


def compared(name: str, table: pd.DataFrame, rows: list[list[object]], *, decimal: str, guard: bool) -> tuple[list[str], int]:
    """What differs, and how many keys were taken for numbers. ``rows`` begin with the header."""
    wanted_rows = [list(map(str, table.columns)), *table.astype(object).values.tolist()]
    rows = [row for row in rows if any(cell != "" for cell in row)]
    troubles, keys = [], 0
    if len(rows) != len(wanted_rows):
        troubles.append(f"{name}: {len(rows)} rows, {len(wanted_rows)} wanted")
    for at, (wanted_row, row) in enumerate(zip(wanted_rows, rows, strict=False)):
        row = [*row, *[""] * (len(wanted_row) - len(row))]
        for column, wanted, seen in zip(table.columns, wanted_row, row, strict=False):
            if isinstance(wanted, str):
                wanted = guarded(wanted) if guard else cleaned(wanted)
            if same(wanted, seen, decimal=decimal):
                continue
            if guard and isinstance(wanted, str) and isinstance(seen, float) and NUMBERLIKE.fullmatch(wanted):
                keys += 1
            else:
                troubles.append(f"{name} row {at} {column}: wanted {wanted!r:.60}, seen {seen!r:.60}")
    return troubles, keys


def by_pandas(path: Path, table: pd.DataFrame, dialect: Dialect) -> list[str]:
    """What pandas reads otherwise."""
    sign, decimal = SIGNS[dialect]
    texts = {str(name): "str" for name, kind in table.dtypes.items() if kind == "str"}
    read = pd.read_csv(path, sep=sign, decimal=decimal, encoding="utf-8-sig", dtype=texts, keep_default_na=False, na_values=[""])
    read = read.astype("object")
    rows = [list(map(str, read.columns)), *read.where(read.notna(), "").values.tolist()]
    return compared(f"pandas {path.name}", table, rows, decimal=decimal, guard=True)[0]


def by_duckdb(path: Path, table: pd.DataFrame, dialect: Dialect) -> list[str]:
    """What DuckDB reads otherwise."""
    sign, decimal = SIGNS[dialect]
    kinds = {str(name): "VARCHAR" if kind == "str" else "DOUBLE" for name, kind in table.dtypes.items()}
    query = (
        f"SELECT * FROM read_csv('{path}', delim='{sign}', decimal_separator='{decimal}', header=true, quote='\"', escape='\"',"  # noqa: S608
        f" columns={kinds!r}, nullstr='')"
    )
    rows: list[list[object]] = [
        list(kinds),
        *([("" if cell is None else cell) for cell in row] for row in duckdb.sql(query).fetchall()),
    ]
    return compared(f"duckdb {path.name}", table, rows, decimal=decimal, guard=True)[0]


def main() -> int:
    """Print what differs; 1 when anything does."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="a data folder, such as a demo's")
    parser.add_argument("--week", required=True, help="an ISO week that it holds")
    arguments = parser.parse_args()
    if shutil.which("soffice") is None:
        print("LibreOffice is not installed: apt-get install libreoffice-calc", file=sys.stderr)
        return 1
    tables = {**pipeline.week(arguments.week, data=arguments.data), "99_hostile": hostile()}
    troubles, keys, cells = list[str](), 0, 0
    with tempfile.TemporaryDirectory() as name:
        room = Path(name)
        for dialect in DIALECTS:
            for title, table in tables.items():
                path = room / f"{title}.{dialect}.csv"
                path.write_bytes(to_csv_bytes(table, dialect=dialect))
                rows = next(iter(sheets(flat(path, room, FILTERS[dialect])).values()))
                found, more = compared(f"LibreOffice {path.name}", table, rows, decimal=SIGNS[dialect][1], guard=True)
                troubles += [*found, *by_pandas(path, table, dialect), *by_duckdb(path, table, dialect)]
                keys, cells = keys + more, cells + table.size
        book = room / "laporan.xlsx"
        book.write_bytes(workbook_bytes(tables, "Uji"))
        read = sheets(flat(book, room))
        for title, table in tables.items():
            troubles += compared(f"LibreOffice laporan.xlsx {title}", table, read[title], decimal=",", guard=False)[0]
        troubles += [] if COVER in read else ["laporan.xlsx has no cover"]
    print(*troubles[:50], sep="\n")
    told = f"{len(troubles)} differ; keys taken for numbers: {keys}"
    print(f"{cells} cells in two dialects, by three readers, and the workbook: {told}")
    return int(bool(troubles))


if __name__ == "__main__":
    sys.exit(main())
