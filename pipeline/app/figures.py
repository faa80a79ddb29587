"""The dashboard's figures: a week of the filtered articles beside the week before, by day, programme, week and story. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pipeline.app.filters import independent_of
from pipeline.classify.taxonomy import OUTSIDE
from pipeline.dates import JAKARTA, Week
from pipeline.explanation import as_plain
from pipeline.report import labels

if TYPE_CHECKING:
    from datetime import date, datetime

    import pandas as pd

TONES = ("positive", "neutral", "negative", "unsure")
LEAST = 5  # articles from which a share is told; as in the weekly tables
SPAN = 12  # weeks of the trend
SHOWN = 10  # stories


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart: how many articles of each tone."""

    name: str
    counts: dict[str, int]
    key: str = ""
    watched: bool = True  # False: nobody looked then, so that nothing found is no zero

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts.values())

    @property
    def negative(self) -> float | None:
        """The share of negative ones; None below ``LEAST`` articles."""
        return self.counts["negative"] / self.total if self.total >= LEAST else None


@dataclass(frozen=True, slots=True)
class Summary:
    """A week's head figures. Shares are None below ``LEAST`` articles."""

    articles: int
    stories: int
    outlets: int
    negative: int
    independent: int
    negative_independent: int
    review: int

    @property
    def negative_share(self) -> float | None:
        """Of all articles."""
        return self.negative / self.articles if self.articles >= LEAST else None

    @property
    def independent_share(self) -> float | None:
        """Of all articles."""
        return self.independent / self.articles if self.articles >= LEAST else None

    @property
    def negative_independent_share(self) -> float | None:
        """Of independent articles."""
        return self.negative_independent / self.independent if self.independent >= LEAST else None


def summary(frame: pd.DataFrame) -> Summary:
    """The head figures of these articles."""
    own, negative = independent_of(frame), frame["tone"] == "negative"
    return Summary(
        articles=len(frame),
        stories=frame["story_id"].nunique(),
        outlets=frame["outlet"].nunique(),
        negative=int(negative.sum()),
        independent=int(own.sum()),
        negative_independent=int((own & negative).sum()),
        review=int(frame["needs_review"].astype(bool).sum()),
    )


def _bar(name: str, tones: pd.Series[str], key: str = "") -> Bar:
    counts = tones.value_counts()
    return Bar(name, {tone: int(counts.get(tone, 0)) for tone in TONES}, key)


def by_day(frame: pd.DataFrame, week: Week) -> list[tuple[date, Bar]]:
    """Seven days from Monday, Jakarta time."""
    days = frame["dated_at"].dt.tz_convert(JAKARTA).dt.day_of_week
    monday = week.start.date()
    return [(monday.fromordinal(monday.toordinal() + day), _bar("", frame["tone"][days == day])) for day in range(7)]


def by_programme(frame: pd.DataFrame, slugs: Sequence[str]) -> list[Bar]:
    """The programmes in the order given, zeros too, by their primary articles; what is none of them counts as ``OUTSIDE``."""
    frame = frame.assign(programme_primary=frame["programme_primary"].where(frame["programme_primary"].isin(slugs), OUTSIDE))
    return [_bar(slug, frame["tone"][frame["programme_primary"] == slug], slug) for slug in slugs]


def weeks_to(week: Week) -> list[str]:
    """The names of the ``SPAN`` weeks that end with ``week``, oldest first."""
    names = [str(week)]
    while len(names) < SPAN:
        week = week.before
        names.append(str(week))
    return names[::-1]


def by_week(frame: pd.DataFrame, week: Week, since: datetime) -> list[Bar]:
    """``SPAN`` weeks up to ``week``, oldest first. ``since``: when monitoring began; empty weeks before it were not watched."""
    bars = [_bar(name, frame["tone"][frame["week"] == name], name) for name in weeks_to(week)]
    return [replace(bar, watched=bar.total > 0 or Week.parse(bar.key).end > since) for bar in bars]


def by_outlet(frame: pd.DataFrame) -> list[Bar]:
    """The ten outlets with most articles."""
    names = frame["outlet"].value_counts(sort=False)
    first = sorted(names.items(), key=lambda item: (-int(item[1]), str(item[0])))[:SHOWN]
    return [_bar(str(name), frame["tone"][frame["outlet"] == name]) for name, _ in first]


def stories(frame: pd.DataFrame, *, negative: bool) -> list[dict[str, Any]]:
    """The largest stories of these articles, or the negative ones, gravest incident first as in 04_negatif.

    Each by its origin or first article here.
    """
    graves: dict[str, int] = {}
    if negative:
        frame = frame[frame["tone"] == "negative"]
        for story, incidents in zip(frame["story_id"], frame["incidents"], strict=True):
            graves[story] = max(graves.get(story, 0), labels.weight(as_plain(incidents) or ()))
    sizes = frame["story_id"].value_counts(sort=False)
    first = sorted(sizes.items(), key=lambda item: (-graves.get(str(item[0]), 0), -int(item[1]), str(item[0])))[:SHOWN]
    found = []
    for story, size in first:
        members = frame[frame["story_id"] == story]
        origins = members[members["key"] == members["story_origin"]]
        row = (origins if len(origins) else members).iloc[0]
        found.append({**plain(row), "size": int(size), "media": members["outlet"].nunique()})
    return found


def plain(row: Any) -> dict[str, Any]:
    """A row of a frame as plain values."""
    return {str(name): as_plain(value) for name, value in row.items()}
