"""The tables' words for a report that is no week: "minggu lalu" becomes "periode sebelumnya", in cells and column names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from pipeline.report.span import Span

# The day of the week is written with a capital ("hari Minggu") and stays; so does the week's own definition.
_WEEK = re.compile(r"(?<!hari )\b(Minggu|minggu) (ISO|lalu|laporan|ini|itu|pembanding)\b|\b(minggu)\b")
_SECOND = {"lalu": "sebelumnya", "ISO": "laporan"}


def reworded(text: str, span: Span) -> str:
    """The text as it is for a week, and with "periode" for "minggu" for any other span."""
    return text if span.kind == "minggu" else _WEEK.sub(_periode, text)


def _periode(match: re.Match[str]) -> str:
    if match[3]:
        return "periode"
    first = "Periode" if match[1][0] == "M" else "periode"
    return f"{first} {_SECOND.get(match[2], match[2])}"


def headed(tables: Mapping[str, pd.DataFrame], span: Span) -> dict[str, pd.DataFrame]:
    """The tables with the column names that their files bear: ``minggu`` is ``periode`` where the report is of no week."""
    if span.kind == "minggu":
        return dict(tables)
    return {
        name: table.rename(
            columns=lambda column: re.sub(r"minggu_lalu", "periode_lalu", re.sub(r"minggu(?!_lalu)", "periode", column))
        )
        for name, table in tables.items()
    }
