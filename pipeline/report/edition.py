"""A snapshot → every file of a report's folder: tables as CSV, workbook, page, and the manifest that lists them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.report.csv import to_csv_bytes
from pipeline.report.manifest import MANIFEST, manifest_bytes
from pipeline.report.page import PageFacts, page_html
from pipeline.report.period import COMPLETE
from pipeline.report.restating import First
from pipeline.report.weekly import weekly_tables
from pipeline.report.wording import headed
from pipeline.report.workbook import workbook_bytes

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.report.context import ReportContext
    from pipeline.report.csv import Dialect

WORKBOOK, PAGE, PDF = "laporan.xlsx", "laporan.html", "laporan.pdf"  # the last one is printed after publishing
SUMMARY = "01_ringkasan"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that a report's files are made of.

    ``current`` and ``previous``: the articles of the span and of the one before; ``trend``: as ``trend_table`` makes it;
    ``manifest`` names all of it, but for the first edition and the files.
    """

    current: pd.DataFrame
    previous: pd.DataFrame
    trend: pd.DataFrame
    context: ReportContext
    manifest: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Edition:
    """A report that can be written. The tables bear the column names of a week, whatever span they are of."""

    snapshot: Snapshot
    tables: dict[str, pd.DataFrame]

    @classmethod
    def of(cls, snapshot: Snapshot) -> Edition:
        """The edition of a snapshot."""
        return cls(snapshot, weekly_tables(snapshot.current, snapshot.previous, snapshot.context))

    @property
    def facts(self) -> PageFacts:
        """What the page must know besides the tables."""
        context = self.snapshot.context
        return PageFacts(context.span, context.only)

    def files(self, dialect: Dialect) -> dict[str, bytes]:
        """Every file of the folder by name, the manifest last. The same snapshot gives the same bytes."""
        context = self.snapshot.context
        shown = headed(self.tables, context.span)
        office = f", Kanwil {context.only}" if context.only else ""
        files = {f"{name}.csv": to_csv_bytes(table, dialect=dialect) for name, table in shown.items()}
        files[WORKBOOK] = workbook_bytes(shown, f"Pemberitaan Pemasyarakatan, {context.span}{office}")
        files[PAGE] = page_html(self.tables, self.snapshot.trend, self.facts)
        rows = {f"{name}.csv": len(table) for name, table in self.tables.items()}
        files[MANIFEST] = manifest_bytes(self._manifest(), files, rows)
        return files

    def _manifest(self) -> dict[str, object]:
        """The snapshot's, with the span's first edition: the one before this, or this one when the span is over."""
        context = self.snapshot.context
        first = context.first or (self._as_first() if context.complete else None)
        status = str(self.tables[SUMMARY]["status_minggu"].iloc[0])
        first_json = first.as_json() if first else None
        return {**self.snapshot.manifest, "complete": status == COMPLETE, "status": status, "first": first_json}

    def _as_first(self) -> First:
        summary, current = self.tables[SUMMARY], self.snapshot.current
        values = zip(summary["metrik"].tolist(), summary["nilai"].tolist(), strict=True)
        return First(
            {name: None if value != value else float(value) for name, value in values},
            max(current["part"], default=""),
            tuple(sorted(set(current["recipe"]))),
            self.snapshot.context.corrections,
        )
