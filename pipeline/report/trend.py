"""Many weeks side by side: counts and tone shares with their intervals, and which weeks nobody watched. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from pipeline.dates import Week
from pipeline.independence import EXCLUDED_TIER, independent
from pipeline.report import intervals, measure
from pipeline.report.rows import CORRECTIONS, NAMELESS
from pipeline.report.summary import ALL, INDEPENDENT
from pipeline.report.table import Columns, frame_of

if TYPE_CHECKING:
    import pandas as pd

WEEKS = 12  # a quarter of a year: what the page draws
WATCHED, PARTLY, LATER, UNWATCHED = "dipantau", "dipantau sebagian", "dikumpulkan kemudian", "tidak dipantau"

# What is read of an article, of ARTICLES; beside it the five columns of STORIES that say where it stands.
COUNTED_BY = (
    "key", "week", "dated_at", "outlet", "domain", "tier", "publisher_type", "source_type", "relevance", "tone", "kanwil",
)  # fmt: skip

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

    ``articles``: those of the weeks at least, with COUNTED_BY and their places among stories and events. A week that nobody
    watched and of which nothing is known has ``pemantauan`` "tidak dipantau" and empty cells: not seen is not zero. Shares are
    of the articles with a sure tone (``n``), empty below n = 5; the 95 % interval is Wilson's for the ``n_efektif`` independent
    articles that they are worth (``report/intervals.py``), and holds chance only, not the judge's errors. ``polls``: every
    instant at which some source was read successfully, in order; those that bracket the weeks are enough.
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
    rows = _counted(articles)
    head = {
        "minggu": str(week),
        "awal": f"{week.start:%Y-%m-%d}",
        "akhir": f"{week.end - timedelta(days=1):%Y-%m-%d}",
        "pemantauan": watched,
    }
    for scope, some in ((ALL, rows), (INDEPENDENT, rows[rows["independent"]])):
        cells: dict[str, object] = dict.fromkeys(COLUMNS) | head | {"cakupan": scope}
        yield cells if watched == UNWATCHED else cells | _figures(some)


def _counted(articles: pd.DataFrame) -> pd.DataFrame:
    """What ``counted(read_rows(articles))`` holds of each article, a column at once: story, event, outlet, tone, independent."""
    import pandas as pd

    def text(name: str) -> pd.Series[str]:
        return articles[name].fillna("") if name in articles else pd.Series("", index=articles.index)

    tier, outlet, domain, key = text("tier"), text("outlet"), text("domain"), text("key")
    story = text("story_id").where(lambda name: name != "", key)
    found = pd.DataFrame(
        {
            "story": story,
            "event": text("event_id").where(lambda name: name != "", story),
            "outlet": outlet.where(outlet != "", domain.where(domain != "", NAMELESS)),
            "tone": text("tone"),
            "copy": text("story_role") == "reprint",
        }
    )
    counts = (text("relevance") == CORRECTIONS) & (tier != EXCLUDED_TIER)
    found.loc[_heirs(articles, found, counts), "copy"] = False
    columns = (text("publisher_type"), text("source_type"), tier, found["copy"], text("event_role") == "rewrite")
    told = zip(*(column.tolist() for column in columns), strict=True)
    own = [
        independent(publisher_type=publisher, source_type=source, tier=tier, is_copy=is_copy, is_rewrite=is_rewrite)
        for publisher, source, tier, is_copy, is_rewrite in told
    ]
    return found.assign(independent=np.array(own, dtype=bool))[counts]


def _heirs(articles: pd.DataFrame, found: pd.DataFrame, counts: pd.Series[bool]) -> pd.Index[int]:
    """The first counted copy of each story whose origin is there and not counted (``rows.mark_copies``)."""
    origins = found[~found["copy"]]
    heirless = set(origins.loc[~counts, "story"]) - set(origins.loc[counts, "story"])
    of_heirless = np.array([story in heirless for story in found["story"].tolist()], dtype=bool)
    copies = articles.loc[counts & found["copy"] & of_heirless, ["dated_at", "key"]].sort_values(["dated_at", "key"])
    first: pd.Index[int] = found.loc[copies.index, "story"].drop_duplicates().index
    return first


def _figures(rows: pd.DataFrame) -> dict[str, object]:
    tones = rows["tone"].value_counts()
    found = measure.Tones.of_counts({str(tone): int(count) for tone, count in tones.items()})
    sure = (rows["tone"] != "unsure") & (rows["tone"] != "")
    worth = intervals.worth(rows.loc[sure, "story"].value_counts().tolist())
    cells: dict[str, object] = {
        "artikel_n": len(rows),
        "unik_n": rows["story"].nunique(),
        "isu_n": rows["event"].nunique(),
        "media_n": rows["outlet"].nunique(),
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
