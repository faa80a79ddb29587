"""Many weeks side by side: counts and tone shares with their intervals, and which weeks nobody watched. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pipeline.dates import Week
from pipeline.report import intervals, measure
from pipeline.report.rows import Row, by_story, counted, read_rows
from pipeline.report.summary import ALL, INDEPENDENT
from pipeline.report.table import Columns, frame_of

if TYPE_CHECKING:
    import pandas as pd

WEEKS = 12  # a quarter of a year: what the page draws
WATCHED, PARTLY, LATER, UNWATCHED = "dipantau", "dipantau sebagian", "dikumpulkan kemudian", "tidak dipantau"

COLUMNS: Columns = {
    "minggu": "text",
    "awal": "text",
    "akhir": "text",
    "pemantauan": "text",
    "cakupan": "text",
    "artikel_n": "count?",
    "unik_n": "count?",
    "isu_n": "count?",
    "media_n": "count?",
    "positif": "count?",
    "netral": "count?",
    "negatif": "count?",
    "belum_yakin": "count?",
    "n": "count?",
    "n_efektif": "rate",
    "positif_persen": "rate",
    "positif_bawah": "rate",
    "positif_atas": "rate",
    "netral_persen": "rate",
    "netral_bawah": "rate",
    "netral_atas": "rate",
    "negatif_persen": "rate",
    "negatif_bawah": "rate",
    "negatif_atas": "rate",
}


def weeks_until(moment: datetime, count: int = WEEKS) -> tuple[Week, ...]:
    """The ``count`` weeks that end with the one in which ``moment`` lies, oldest first. For a report: its last instant."""
    last = Week.of(moment)
    return tuple(Week.of(last.start - timedelta(days=7 * back)) for back in reversed(range(count)))


def trend_table(articles: pd.DataFrame, weeks: Sequence[Week], polls: Sequence[datetime]) -> pd.DataFrame:
    """Two rows a week, all coverage and independent coverage, in the order of ``weeks``.

    ``articles``: all that is held, ARTICLES columns joined with STORIES columns. A week that nobody watched and of which
    nothing is known has ``pemantauan`` "tidak dipantau" and empty cells: not seen is not zero. Shares are of the articles with
    a sure tone (``n``), empty below n = 5; the 95 % interval is Wilson's for the ``n_efektif`` independent articles that they are
    worth (``report/intervals.py``), and holds chance only, not the judge's errors. ``polls``: every instant at which some source
    was read successfully, in order; those that bracket the weeks are enough.
    """
    return frame_of(COLUMNS, (cells for week in weeks for cells in _week(articles[articles["week"] == str(week)], week, polls)))


def watch_of(week: Week, polls: Sequence[datetime], *, found: bool) -> str:
    """How a week was watched: whole, in part, only looked up after it had ended, or not at all."""
    inside = any(week.start <= poll < week.end for poll in polls)
    if inside and polls[0] <= week.start and polls[-1] >= week.end:
        return WATCHED
    return PARTLY if inside else LATER if found else UNWATCHED


def _week(articles: pd.DataFrame, week: Week, polls: Sequence[datetime]) -> Iterator[dict[str, object]]:
    watched = watch_of(week, polls, found=len(articles) > 0)
    rows = counted(read_rows(articles))
    head = {
        "minggu": str(week),
        "awal": f"{week.start:%Y-%m-%d}",
        "akhir": f"{week.end - timedelta(days=1):%Y-%m-%d}",
        "pemantauan": watched,
    }
    for scope, some in ((ALL, rows), (INDEPENDENT, measure.independent(rows))):
        cells: dict[str, object] = dict.fromkeys(COLUMNS) | head | {"cakupan": scope}
        yield cells if watched == UNWATCHED else cells | _figures(some)


def _figures(rows: Sequence[Row]) -> dict[str, object]:
    found = measure.tones(rows)
    sure = [row for row in rows if row.tone in measure.TONES.values()]
    worth = intervals.worth(len(story) for story in by_story(sure).values())
    cells: dict[str, object] = {
        "artikel_n": len(rows),
        "unik_n": measure.story_count(rows),
        "isu_n": measure.event_count(rows),
        "media_n": measure.outlet_count(rows),
        "positif": found.positive,
        "netral": found.neutral,
        "negatif": found.negative,
        "belum_yakin": found.unsure,
        "n": found.sure,
        "n_efektif": round(worth, 1),
    }
    if found.sure >= measure.MIN_N:
        for name, label in measure.TONES.items():
            part: int = getattr(found, label)
            low, high = intervals.of_share(part, found.sure, worth)
            cells[f"{name}_persen"] = measure.percent(part, found.sure)
            cells |= {f"{name}_bawah": round(100 * low, 1), f"{name}_atas": round(100 * high, 1)}
    return cells
