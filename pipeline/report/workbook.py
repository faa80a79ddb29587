"""The tables → the bytes of ``laporan.xlsx``: a cover with the definitions, then a sheet a table, ready to filter and print."""

from __future__ import annotations

import io
import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from xlsxwriter import Workbook

from pipeline.report.csv import cleaned, formula_like

if TYPE_CHECKING:
    import pandas as pd
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

CREATED = datetime(2026, 1, 1)  # noqa: DTZ001 - the file's own date is fixed, so that the same tables give the same bytes
COVER = "Sampul"
NOTES = "00_catatan"
MOST_LINKS = 65_000  # Excel opens a sheet with at most 65,530
LONGEST_LINK = 2_079  # characters of an address, by Excel's own limit
WIDEST, NARROWEST = 48, 6  # characters of a column
PAGE = 190  # characters that a printed sheet can show side by side and still be read
COVER_WIDTH, LINE = 100, 15  # characters of the cover's text column, and the height of a line in points
_TIMES = frozenset({"waktu", "mulai", "terbit", "diambil", "ditarik"})  # columns of instants (WIB)
_DAYS = frozenset({"puncak"})
_LINKS = frozenset({"url", "contoh_url"})


@dataclass(frozen=True, slots=True)
class _Formats:
    title: Format
    head: Format
    text: Format
    risky: Format
    wrapped: Format
    link: Format
    count: Format
    rate: Format
    time: Format
    day: Format

    @classmethod
    def of(cls, book: Workbook) -> _Formats:
        top: dict[str, object] = {"valign": "top"}
        wrapped = {**top, "text_wrap": True}
        return cls(
            book.add_format({"bold": True, "font_size": 16}),
            book.add_format({**wrapped, "bold": True, "bg_color": "#DCE6F1", "border": 1, "border_color": "#9DB2CF"}),
            book.add_format(top),
            # What looks like a formula stays text even after somebody edits the cell.
            book.add_format({**top, "quote_prefix": True}),
            book.add_format(wrapped),
            book.add_format({**top, "font_color": "#0B5394", "underline": 1}),
            book.add_format({**top, "num_format": "#,##0"}),
            book.add_format({**top, "num_format": "#,##0.0##"}),
            book.add_format({**top, "num_format": "yyyy-mm-dd hh:mm"}),
            book.add_format({**top, "num_format": "yyyy-mm-dd"}),
        )


def workbook_bytes(tables: Mapping[str, pd.DataFrame], title: str) -> bytes:
    """An xlsx file of the tables under ``title``; missing values are empty cells, text is never a formula, links go to http(s)
    only.

    The same tables give the same bytes.
    """
    sink = io.BytesIO()
    safe = {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
    book = Workbook(sink, {"in_memory": True, **safe})
    book.set_properties({"title": title, "author": "Pantau PAS", "created": CREATED})
    formats = _Formats.of(book)
    _cover(book.add_worksheet(COVER), tables, title, formats)
    for name, table in tables.items():
        _sheet(book.add_worksheet(name), name, table, title, formats)
    book.close()
    return sink.getvalue()


def _cover(sheet: Worksheet, tables: Mapping[str, pd.DataFrame], title: str, formats: _Formats) -> None:
    """Title, the way to each sheet, and the span, coverage and definitions as the notes tell them."""
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, COVER_WIDTH)
    sheet.write_string(0, 0, title, formats.title)
    at = 2
    for name, table in tables.items():
        sheet.write_url(at, 0, f"internal:'{name}'!A1", formats.link, name)
        sheet.write_string(at, 1, f"{_CONTENT.get(name, '')} ({len(table)} baris)".strip(), formats.wrapped)
        at += 1
    if (notes := tables.get(NOTES)) is not None:
        for part, heading in (("periode", "Periode"), ("definisi", "Definisi")):
            at += 1
            sheet.write_string(at, 0, heading, formats.head)
            sheet.write_blank(at, 1, None, formats.head)
            at += 1
            listed = notes[notes["bagian"] == part]
            for item, value, told in zip(listed["butir"], listed["nilai"], listed["keterangan"], strict=True):
                text = " – ".join(cell for cell in (str(value), str(told)) if cell)
                _text(sheet, at, 0, str(item), formats)
                _text(sheet, at, 1, text, formats, formats.wrapped)
                sheet.set_row(at, LINE * max(1, math.ceil(1.1 * len(text) / COVER_WIDTH)))
                at += 1
    _for_print(sheet, title, landscape=False, wide=1)


_CONTENT = {
    "00_catatan": "Cakupan, sumber, keterbatasan, definisi: bacalah lebih dahulu",
    "01_ringkasan": "Angka periode ini di samping periode pembanding",
    "02_program": "Setiap program, juga yang nol",
    "03_isu": "Isu terbesar dan semua isu negatif",
    "04_negatif": "Isu negatif, yang terberat lebih dahulu",
    "05_kanwil_upt": "Kantor wilayah dan UPT, juga yang tidak diberitakan",
    "06_media": "Media, porsinya, dan tone-nya",
    "07_kliping": "Satu baris per artikel: buktinya",
}


# The column that tells what a row is of: printed again on every sheet to its right.
_NAMING = {
    "00_catatan": "butir",
    "01_ringkasan": "metrik",
    "02_program": "program_singkat",
    "03_isu": "judul_isu",
    "04_negatif": "judul",
    "05_kanwil_upt": "upt",
    "06_media": "media",
    "07_kliping": "judul",
}


def _sheet(sheet: Worksheet, name: str, table: pd.DataFrame, title: str, formats: _Formats) -> None:
    columns, width = [str(column) for column in table.columns], 0
    for index, column in enumerate(columns):
        sheet.write_string(0, index, column, formats.head)
        cells = table.iloc[:, index].tolist()
        shown = max([len(column), *(len(str(cell)) for cell in cells)])
        broad = min(WIDEST, max(NARROWEST, shown + 2))
        sheet.set_column(index, index, broad)
        width += broad
        links = MOST_LINKS // max(1, len(_LINKS.intersection(columns)))
        whole = str(table.dtypes.iloc[index]).lower().startswith("int")
        for line, cell in enumerate(cells, 1):
            linked = column in _LINKS and line <= links
            _cell(sheet, line, index, cell, column, formats, linked=linked, number=formats.count if whole else formats.rate)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(table)), max(0, len(columns) - 1))
    _for_print(sheet, f"{title} · {name}", landscape=True, wide=math.ceil(width / PAGE))
    sheet.repeat_rows(0)
    if (key := _NAMING.get(name)) in columns:
        sheet.repeat_columns(columns.index(key), columns.index(key))


def _for_print(sheet: Worksheet, header: str, *, landscape: bool, wide: int) -> None:
    """A4, ``wide`` sheets side by side and as many below as there must be."""
    sheet.set_paper(9)
    if landscape:
        sheet.set_landscape()
    sheet.fit_to_pages(wide, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    sheet.set_header("&L" + header.replace("&", "&&"))
    sheet.set_footer("&RHalaman &P dari &N")


def _cell(
    sheet: Worksheet, line: int, index: int, cell: Any, column: str, formats: _Formats, *, linked: bool, number: Format
) -> None:
    if cell is None or str(cell) in {"nan", "<NA>", "NaT"} or cell == "":
        return
    if isinstance(cell, int | float):
        sheet.write_number(line, index, cell, formats.count if cell == int(cell) else number)
    elif column in _TIMES and (instant := _instant(str(cell), "%Y-%m-%d %H:%M")):
        sheet.write_datetime(line, index, instant, formats.time)
    elif column in _DAYS and (instant := _instant(str(cell), "%Y-%m-%d")):
        sheet.write_datetime(line, index, instant, formats.day)
    elif linked and _is_link(str(cell)):
        sheet.write_url(line, index, str(cell), formats.link, cleaned(str(cell)))
    else:
        _text(sheet, line, index, str(cell), formats)


def _text(sheet: Worksheet, line: int, index: int, text: str, formats: _Formats, plain: Format | None = None) -> None:
    sheet.write_string(line, index, cleaned(text), formats.risky if formula_like(text) else plain or formats.text)


def _instant(text: str, shape: str) -> datetime | None:
    try:
        return datetime.strptime(text, shape)  # noqa: DTZ007 - a cell has no zone; the header says WIB
    except ValueError:
        return None


def _is_link(text: str) -> bool:
    """An address that a click may open: http or https, printable, and short enough for the format."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    plain = not any(sign.isspace() or unicodedata.category(sign) in {"Cc", "Cf"} for sign in text)
    # The writer spells some signs as three characters.
    length = len(text.encode("utf-8", "replace")) + 2 * sum(not sign.isalnum() for sign in text)
    return plain and parts.scheme in {"http", "https"} and bool(parts.netloc) and length <= LONGEST_LINK
