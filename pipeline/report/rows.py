"""Frames of articles → plain typed rows in one total order, with copies marked: what every table counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from pipeline.independence import EXCLUDED_TIER, OWN_TIER, independent
from pipeline.report.speakers import INSTITUTION, speakers
from pipeline.report.spun import looks_spun

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    import pandas as pd

NAMELESS = "(tanpa nama)"  # an outlet
CORRECTIONS, IMMIGRATION, IRRELEVANT = "corrections", "immigration", "irrelevant"
NO_TIME = datetime.max.replace(tzinfo=UTC)  # sorts behind every instant; the store always gives one


@dataclass(frozen=True)
class Row:
    """One article as the report sees it. Instants are aware or None; missing text is "".

    What is worked out of it is worked out when it is first asked for: most texts of the span before are never read.
    """

    key: str
    url: str
    source_id: str
    outlet: str
    domain: str
    tier: str
    publisher_type: str
    licence: str
    title: str
    published: datetime | None
    first_seen: datetime | None
    at: datetime | None
    date_status: str
    relevance: str
    primary: str
    related: tuple[str, ...]
    mentioned: tuple[str, ...]
    taxonomy: str
    tone: str
    title_tone: str
    positive: float | None
    neutral: float | None
    negative: float | None
    quotes: tuple[tuple[str, str], ...]  # (field, quote) of the tone's evidence, in order
    unit: str
    kanwil: str
    units: tuple[str, ...]
    incidents: tuple[str, ...]
    source_type: str
    needs_review: bool
    review_reasons: tuple[str, ...]
    recipe: str
    story_id: str
    origin: str  # key of the text that this one reprints, or its own
    event_id: str
    is_copy: bool
    is_rewrite: bool  # a release in other words
    tone_settled: bool  # by a person, not the judge
    corrected: bool  # a person has settled some label of it
    part: str  # that it was judged in
    version: int  # 0 as first fetched; the newest text counts
    withdrawn: datetime | None  # when its page was found gone
    text: str = field(repr=False)

    @property
    def read(self) -> bool:
        """Its text is held, so that the next two are known."""
        return bool(self.text)

    @cached_property
    def speakers(self) -> tuple[str, ...]:
        """Offices that it quotes."""
        return speakers(self.text)

    @cached_property
    def spun(self) -> bool:
        """It bears the sign of machine-reworded text."""
        return looks_spun(self.text)

    @cached_property
    def order(self) -> tuple[datetime, str]:
        """Time, then key: total, because keys are unique."""
        return self.at or NO_TIME, self.key

    @cached_property
    def counted(self) -> bool:
        """About corrections and not from a reposter."""
        return self.relevance == CORRECTIONS and self.tier != EXCLUDED_TIER

    @property
    def institution_speaks(self) -> bool:
        """An official of the institution is quoted in it."""
        return not INSTITUTION.isdisjoint(self.speakers)

    @property
    def release(self) -> bool:
        """The institution's own words: a press release, or anything on a channel of its own."""
        return self.source_type == "press_release" or self.publisher_type == "own" or self.tier == OWN_TIER

    @cached_property
    def independent(self) -> bool:
        """A newsroom's or wire's own report or opinion (``pipeline/independence.py``)."""
        return independent(
            publisher_type=self.publisher_type,
            source_type=self.source_type,
            tier=self.tier,
            is_copy=self.is_copy,
            is_rewrite=self.is_rewrite,
        )


def read_rows(frame: pd.DataFrame) -> list[Row]:
    """Every row of a frame with ARTICLES and STORIES columns, by time then key; columns that are absent count as empty."""
    told: dict[str, list[Any]] = {name: read(_column(frame, column)) for name, (column, read) in _READ.items()}
    settled = _lists(_column(frame, "corrected_fields"))
    told["tone_settled"] = ["tone" in fields for fields in settled]
    told["corrected"] = [bool(fields) for fields in settled]
    for name, others in _ELSE.items():
        told[name] = [next(filter(None, values), values[-1]) for values in zip(*(told[other] for other in others), strict=True)]
    told["outlet"] = [name or NAMELESS for name in told["outlet"]]
    rows = [Row(*values) for values in zip(*(told[name] for name in Row.__match_args__), strict=True)]
    return mark_copies(sorted(rows, key=lambda row: row.order))


def mark_copies(rows: Sequence[Row]) -> list[Row]:
    """Let the first counted article of a story stand for an origin that is in the frame but not counted.

    Otherwise a reposter whose date lies a minute before the newsroom's would turn the newsroom's report into a copy.
    """
    uncounted = {row.story_id for row in rows if not row.is_copy and not row.counted}
    counted = {row.story_id for row in rows if not row.is_copy and row.counted}
    heirless = uncounted - counted
    out: list[Row] = []
    for row in rows:
        if row.is_copy and row.counted and row.story_id in heirless:
            heirless.discard(row.story_id)
            out.append(replace(row, is_copy=False))
        else:
            out.append(row)
    return out


def counted(rows: Iterable[Row]) -> list[Row]:
    """The rows that the totals speak of."""
    return [row for row in rows if row.counted]


def by_story(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Rows per story, each list in the order given."""
    stories: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        stories[row.story_id].append(row)
    return dict(stories)


def by_event(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Rows per event, each list in the order given."""
    events: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        events[row.event_id].append(row)
    return dict(events)


def lead(rows: Iterable[Row]) -> Row:
    """The article that stands for its story: independent before releases, origin before copies, then the earliest."""
    return min(rows, key=lambda row: (not row.independent, row.is_copy, row.order))


# Of ARTICLES, then what else is known of an article; a frame that lacks some is read as if they were empty.
COLUMNS = (
    "key", "url", "source_id", "outlet", "domain", "tier", "publisher_type", "licence", "title", "published",
    "first_seen", "dated_at", "date_status", "relevance", "programme_primary", "programmes_related",
    "programmes_mentioned", "taxonomy", "tone", "tone_positive", "tone_neutral", "tone_negative", "tone_evidence",
    "unit_primary", "kanwil", "units", "incidents", "source_type", "needs_review", "review_reasons", "recipe",
    "title_tone", "version", "text", "part",
)  # fmt: skip


def _column(frame: pd.DataFrame, name: str) -> pd.Series[Any]:
    import pandas as pd

    return frame[name] if name in frame else pd.Series([None] * len(frame), dtype=object)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(column: pd.Series[Any]) -> list[str]:
    import pandas as pd

    if isinstance(column.dtype, pd.StringDtype):  # texts and nothing else
        return column.fillna("").tolist()
    return [_text(value) for value in column.tolist()]


def _lists(column: pd.Series[Any]) -> list[tuple[str, ...]]:
    return [
        tuple([item for item in items if isinstance(item, str) and item]) if len(items) else ()
        for items in map(_items, column.tolist())
    ]


def _quotes(column: pd.Series[Any]) -> list[tuple[tuple[str, str], ...]]:
    return [
        tuple([(_text(item["field"]), _text(item["quote"])) for item in items if "field" in item and "quote" in item])
        for items in map(_items, column.tolist())
    ]


def _items(value: Any) -> Sequence[Any]:
    """Arrow lists come back as numpy arrays, as lists, or as None or NaN."""
    return () if value is None or isinstance(value, float) else value


def _numbers(column: pd.Series[Any]) -> list[float | None]:
    return [
        value if isinstance(value, float) and value == value else None for value in column.tolist()
    ]  # NaN differs from itself


def _wholes(column: pd.Series[Any]) -> list[int]:
    return [int(value) if isinstance(value, int | float) and value == value else 0 for value in column.tolist()]


def _flags(column: pd.Series[Any]) -> list[bool]:
    return [value is not None and str(value) == "True" for value in column.tolist()]


def _instants(column: pd.Series[Any]) -> list[datetime | None]:
    import pandas as pd

    if not isinstance(column.dtype, pd.DatetimeTZDtype):
        return [None] * len(column)
    naive = column.dt.tz_convert(None).to_numpy("datetime64[us]").tolist()
    return [value and value.replace(tzinfo=UTC) for value in naive]


# Row's field → the frame's column, and how it is read.
_READ: dict[str, tuple[str, Callable[[pd.Series[Any]], list[Any]]]] = {
    **{
        name: (name, _texts)
        for name in (
            "key", "url", "source_id", "outlet", "domain", "tier", "publisher_type", "licence", "title", "date_status",
            "relevance", "taxonomy", "tone", "title_tone", "kanwil", "source_type", "recipe", "story_id", "event_id", "part",
            "text",
        )
    },
    **{name: (name, _lists) for name in ("units", "incidents", "review_reasons")},
    **{name: (name, _instants) for name in ("published", "first_seen")},
    "at": ("dated_at", _instants),
    "withdrawn": ("withdrawn_at", _instants),
    "primary": ("programme_primary", _texts),
    "related": ("programmes_related", _lists),
    "mentioned": ("programmes_mentioned", _lists),
    "positive": ("tone_positive", _numbers),
    "neutral": ("tone_neutral", _numbers),
    "negative": ("tone_negative", _numbers),
    "quotes": ("tone_evidence", _quotes),
    "unit": ("unit_primary", _texts),
    "needs_review": ("needs_review", _flags),
    "origin": ("story_origin", _texts),
    "is_copy": ("story_role", lambda column: (column == "reprint").tolist()),
    "is_rewrite": ("event_role", lambda column: (column == "rewrite").tolist()),
    "version": ("version", _wholes),
}  # fmt: skip
# What stands for a field where it is empty, in this order.
_ELSE = {
    "outlet": ("outlet", "domain"),
    "at": ("at", "published", "first_seen"),
    "story_id": ("story_id", "key"),
    "origin": ("origin", "story_id"),
    "event_id": ("event_id", "story_id"),
}
