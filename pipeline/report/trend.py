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
    from typing import Any

    import numpy.typing as npt
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
    names = [str(week) for week in weeks]
    held = articles[articles["week"].isin(names)].reset_index(drop=True)
    rows, found = _counted(held, names), set(held["week"].unique())
    return frame_of(
        COLUMNS,
        (
            cells
            for number, week in enumerate(weeks)
            for cells in _week(rows[rows["week"] == number], week, watch_of(week, polls, found=names[number] in found))
        ),
    )


def watch_of(week: Week, polls: Sequence[datetime], *, found: bool) -> str:
    """How a week was watched: whole, in part, only looked up after it had ended, or not at all."""
    inside = any(week.start <= poll < week.end for poll in polls)
    if inside and polls[0] <= week.start and polls[-1] >= week.end:
        return WATCHED
    return PARTLY if inside else LATER if found else UNWATCHED


def _week(rows: pd.DataFrame, week: Week, watched: str) -> Iterator[dict[str, object]]:
    head = {
        "minggu": str(week),
        "awal": f"{week.start:%Y-%m-%d}",
        "akhir": f"{week.end - timedelta(days=1):%Y-%m-%d}",
        "pemantauan": watched,
    }
    for scope, some in ((ALL, rows), (INDEPENDENT, rows[rows["independent"]])):
        cells: dict[str, object] = dict.fromkeys(COLUMNS) | head | {"cakupan": scope}
        yield cells if watched == UNWATCHED else cells | _figures(some)


def _counted(articles: pd.DataFrame, weeks: Sequence[str]) -> pd.DataFrame:
    """What ``counted(read_rows(…))`` holds of each week's articles, a column at once: week, story, event, outlet, tone and
    independent; names as numbers, which are quicker to count, except the tone."""
    import pandas as pd

    def text(name: str) -> pd.Series[str]:
        return articles[name].fillna("") if name in articles else pd.Series("", index=articles.index, dtype="str")

    tier, story = text("tier"), _else(text("story_id"), text("key"))
    counts = ((text("relevance") == CORRECTIONS) & (tier != EXCLUDED_TIER)).to_numpy()
    week = pd.Index(weeks).get_indexer(pd.Index(articles["week"]))
    of_week = _numbers(story) + week * len(story)
    copy = (text("story_role") == "reprint").to_numpy(copy=True)
    copy[_heirs(articles, of_week, copy, counts)] = False
    told = [text("publisher_type"), text("source_type"), tier, pd.Series(copy), text("event_role") == "rewrite"]
    found = {
        "week": week,
        "story": of_week,
        "event": _numbers(_else(text("event_id"), story)),
        "outlet": _numbers(_else(_else(text("outlet"), text("domain")), NAMELESS)),
        "tone": text("tone"),
        "independent": _independent(told),
    }
    return pd.DataFrame(found)[counts]


def _else(names: pd.Series[str], other: pd.Series[str] | str) -> pd.Series[str]:
    """``other`` where a name is empty."""
    empty = names == ""
    return names.where(~empty, other) if empty.any() else names


def _numbers(names: pd.Series[str]) -> npt.NDArray[np.int64]:
    """Equal names as equal numbers, from 0 on."""
    import pandas as pd

    return pd.factorize(names)[0]


def _independent(told: Sequence[pd.Series[Any]]) -> npt.NDArray[np.bool_]:
    """The rule, asked once of each combination of publisher type, source type, tier, copy and rewrite."""
    import pandas as pd

    kinds = [pd.factorize(column) for column in told]
    place = np.zeros(len(told[0]), dtype=np.int64)
    for numbers, names in kinds:
        place = place * len(names) + numbers
    seen, first, nth = np.unique(place, return_index=True, return_inverse=True)
    answers = np.zeros(len(seen), dtype=bool)
    for number, row in enumerate(first):
        publisher, source, tier, is_copy, is_rewrite = (names[numbers[row]] for numbers, names in kinds)
        answers[number] = independent(
            publisher_type=publisher, source_type=source, tier=tier, is_copy=bool(is_copy), is_rewrite=bool(is_rewrite)
        )
    return answers[nth]


def _heirs(
    articles: pd.DataFrame, story: npt.NDArray[np.int64], copy: npt.NDArray[np.bool_], counts: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int64]:
    """Places of the first counted copy of each story whose origin is there and not counted (``rows.mark_copies``)."""
    heirless = np.setdiff1d(story[~copy & ~counts], story[~copy & counts])
    copies = articles.loc[counts & copy & np.isin(story, heirless), ["dated_at", "key"]].sort_values(["dated_at", "key"])
    places = copies.index.to_numpy()
    return places[np.unique(story[places], return_index=True)[1]]


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
