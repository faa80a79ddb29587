"""A data frame → the bytes of one CSV file that opens right in a spreadsheet and runs no formula there."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from pipeline.report.table import wib

if TYPE_CHECKING:
    import pandas as pd

Dialect: TypeAlias = Literal["standard", "excel-id"]
DIALECTS: tuple[Dialect, ...] = get_args(Dialect)
# Between cells, and before decimals. Excel takes both from the system's region: in Indonesia "," parts decimals and ";" lists. A
# first line "sep=;" would only repeat that, makes Excel forget the byte order mark, and is a row of data to every other reader.
_SIGNS: dict[Dialect, tuple[str, str]] = {"standard": (",", "."), "excel-id": (";", ",")}
BOM = b"\xef\xbb\xbf"  # without it Excel takes UTF-8 for the local code page
_BREAKS = re.compile(r"[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")  # whatever some reader takes for the end of a line, and tabs
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_QUOTED = re.compile(r'[",;\r\n]|^\s|\s$')  # the semicolon too: it parts cells where the decimal sign is a comma
# Signs that begin a formula, with the full-width, small and raised forms that a spreadsheet may fold into them.
_FORMULA = frozenset("=+-@＝＋－＠﹦﹢﹣﹫⁼⁺⁻")
_SPLIT = re.compile(rf';(?=[\s"]*[{re.escape("".join(sorted(_FORMULA)))}])')
MAX_CELL = 32_000  # characters; Excel cuts a cell at 32,767 and may lose the row with it
_MISSING = frozenset({"None", "nan", "<NA>", "NaT"})  # how values that are no text spell their absence


def to_csv_bytes(frame: pd.DataFrame, *, dialect: Dialect = "standard") -> bytes:
    """UTF-8 with BOM, CRLF row ends, RFC 4180 quoting, header first; numbers plain, missing ones empty.

    ``standard`` parts cells by comma and decimals by dot, ``excel-id`` by semicolon and comma, as Excel set to Indonesian does.
    Text that a spreadsheet would take for a formula gets an apostrophe before it; line breaks in a cell become a space. Another
    ``dialect`` raises ``ValueError``.
    """
    if dialect not in _SIGNS:
        raise ValueError(f"there is no dialect {dialect!r}; choose one of: {', '.join(DIALECTS)}")
    between, decimal = _SIGNS[dialect]
    columns = [frame.iloc[:, index].tolist() for index in range(frame.shape[1])]
    lines = [[str(name) for name in frame.columns], *map(list, zip(*columns, strict=True))]
    return BOM + "".join(between.join(_field(cell, decimal) for cell in line) + "\r\n" for line in lines).encode(
        "utf-8", "replace"
    )


def guarded(text: str) -> str:
    """The text as a cell may hold it: one line, no control characters, and never the start of a formula.

    A formula may hide behind white space or invisible marks. It may also stand after a semicolon: Excel set to Indonesian
    splits there, quoted or not, so an apostrophe goes in between as well.
    """
    line = _SPLIT.sub(";'", cleaned(text))
    return f"'{line}" if formula_like(text) else line


def cleaned(text: str) -> str:
    """The text on one line, without control characters, cut to what a spreadsheet's cell can hold."""
    line = _CONTROLS.sub("", _BREAKS.sub(" ", text)).encode("utf-8", "replace").decode()
    return line[:MAX_CELL] + "…" if len(line) > MAX_CELL else line


def formula_like(text: str) -> bool:
    """Whether a spreadsheet may take the text for a formula."""
    text = text.replace("\x00", "")
    return text.lstrip(" \n")[:1] in {"\t", "\r"} or _first_visible(text) in _FORMULA


def _first_visible(text: str) -> str:
    return next((sign for sign in text if not sign.isspace() and unicodedata.category(sign) not in {"Cc", "Cf"}), "")


def _field(value: object, decimal: str) -> str:
    cell = _plain(value, decimal)
    return '"' + cell.replace('"', '""') + '"' if _QUOTED.search(cell) and not isinstance(value, float) else cell


def _plain(value: object, decimal: str) -> str:
    if isinstance(value, str):
        return guarded(value)
    if str(value) in _MISSING:
        return ""
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, float):
        return _decimal(value).replace(".", decimal)
    if isinstance(value, datetime):
        return wib(value)
    return str(value) if isinstance(value, int) else guarded(str(value))


def _decimal(value: float) -> str:
    """At most six decimals, no exponent, no idle zeros: 50.0 is 50 and -0.0 is 0."""
    digits = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if digits == "-0" else digits
