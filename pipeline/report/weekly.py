"""One span's rows → the eight tables that Ditjenpas reads; the CSV files and ``pipeline.week`` both come from here."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.report.clippings import clipping_table
from pipeline.report.context import ReportContext
from pipeline.report.issues import alert_table, issue_table, issues_of
from pipeline.report.notes import notes
from pipeline.report.outlets import outlet_table
from pipeline.report.period import period_of
from pipeline.report.programmes import programmes
from pipeline.report.rows import Row, counted, read_rows
from pipeline.report.summary import summary
from pipeline.report.units import unit_table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ReportContext", "weekly_tables"]


def weekly_tables(current: pd.DataFrame, previous: pd.DataFrame, context: ReportContext) -> dict[str, pd.DataFrame]:
    """The tables ``00_catatan`` … ``07_kliping``, in that order; the order of the rows handed in does not matter.

    ``current`` and ``previous`` hold all articles of the span and of the one before, whatever their relevance, with ARTICLES
    columns joined with STORIES columns. A ``previous`` without any row means that nothing is known of that span.
    """
    every = read_rows(current)
    context = replace(context, unplaced=sum(row.counted and not row.kanwil for row in every))
    now = _of_office(every, context.only)
    before = _of_office(read_rows(previous), context.only) if len(previous) else None
    now_counted = counted(now)
    before_counted = None if before is None else counted(before)
    period = period_of(context, found=bool(len(current)), found_before=bool(len(previous)))
    issues = issues_of(now_counted, before_counted or [])
    return {
        "00_catatan": notes(now, before, context, period),
        "01_ringkasan": summary(now_counted, before_counted, context, period),
        "02_program": programmes(now, before, context, period),
        "03_isu": issue_table(issues, context),
        "04_negatif": alert_table(issues, context),
        "05_kanwil_upt": unit_table(now_counted, context),
        "06_media": outlet_table(now_counted, context),
        "07_kliping": clipping_table(now, context),
    }


def _of_office(rows: list[Row], only: str) -> list[Row]:
    """The rows whose acting unit belongs to the one regional office that is asked for."""
    return [row for row in rows if row.kanwil == only] if only else rows
