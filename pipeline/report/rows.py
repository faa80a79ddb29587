"""Frames of articles → plain typed rows in one total order, with copies marked: what every table counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipeline.independence import EXCLUDED_TIER, OWN_TIER, independent
from pipeline.report.speakers import INSTITUTION, speakers
from pipeline.report.spun import looks_spun

if TYPE_CHECKING:
    import pandas as pd

CORRECTIONS, IMMIGRATION, IRRELEVANT = "corrections", "immigration", "irrelevant"
NO_TIME = datetime.max.replace(tzinfo=UTC)  # sorts behind every instant; the store always gives one


@dataclass(frozen=True, slots=True)
class Row:
    """One article as the report sees it. Instants are aware or None; missing text is "". Its text is read, not kept."""

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
    read: bool  # its text is held, so that the next two are known
    speakers: tuple[str, ...]  # offices that it quotes
    spun: bool  # it bears the sign of machine-reworded text

    @property
    def order(self) -> tuple[datetime, str]:
        """Time, then key: total, because keys are unique."""
        return self.at or NO_TIME, self.key

    @property
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

    @property
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
    columns = {name: frame[name].tolist() if name in frame else [None] * len(frame) for name in _COLUMNS}
    rows = [_row(dict(zip(_COLUMNS, values, strict=True))) for values in zip(*columns.values(), strict=True)]
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


_COLUMNS = (
    "key", "url", "source_id", "outlet", "domain", "tier", "publisher_type", "licence", "title", "published",
    "first_seen", "dated_at", "date_status", "relevance", "programme_primary", "programmes_related",
    "programmes_mentioned", "taxonomy", "tone", "tone_positive", "tone_neutral", "tone_negative", "tone_evidence",
    "unit_primary", "kanwil", "units", "incidents", "source_type", "needs_review", "review_reasons", "recipe",
    "story_id", "story_origin", "story_role", "event_id", "event_role", "corrected_fields",
    "title_tone", "version", "withdrawn_at", "text", "part",
)  # fmt: skip


def _row(value: dict[str, object]) -> Row:
    key = _text(value["key"])
    domain, text = _text(value["domain"]), _text(value["text"])
    return Row(
        key=key,
        url=_text(value["url"]),
        source_id=_text(value["source_id"]),
        outlet=_text(value["outlet"]) or domain or "(tanpa nama)",
        domain=domain,
        tier=_text(value["tier"]),
        publisher_type=_text(value["publisher_type"]),
        licence=_text(value["licence"]),
        title=_text(value["title"]),
        published=_instant(value["published"]),
        first_seen=_instant(value["first_seen"]),
        at=_instant(value["dated_at"]) or _instant(value["published"]) or _instant(value["first_seen"]),
        date_status=_text(value["date_status"]),
        relevance=_text(value["relevance"]),
        primary=_text(value["programme_primary"]),
        related=_texts(value["programmes_related"]),
        mentioned=_texts(value["programmes_mentioned"]),
        taxonomy=_text(value["taxonomy"]),
        tone=_text(value["tone"]),
        title_tone=_text(value["title_tone"]),
        positive=_number(value["tone_positive"]),
        neutral=_number(value["tone_neutral"]),
        negative=_number(value["tone_negative"]),
        quotes=tuple((_text(item["field"]), _text(item["quote"])) for item in _items(value["tone_evidence"])),
        unit=_text(value["unit_primary"]),
        kanwil=_text(value["kanwil"]),
        units=_texts(value["units"]),
        incidents=_texts(value["incidents"]),
        source_type=_text(value["source_type"]),
        needs_review=_flag(value["needs_review"]),
        review_reasons=_texts(value["review_reasons"]),
        recipe=_text(value["recipe"]),
        story_id=_text(value["story_id"]) or key,
        origin=_text(value["story_origin"]) or _text(value["story_id"]) or key,
        event_id=_text(value["event_id"]) or _text(value["story_id"]) or key,
        is_copy=_text(value["story_role"]) == "reprint",
        is_rewrite=_text(value["event_role"]) == "rewrite",
        tone_settled="tone" in _texts(value["corrected_fields"]),
        corrected=bool(_texts(value["corrected_fields"])),
        part=_text(value["part"]),
        version=_whole(value["version"]),
        withdrawn=_instant(value["withdrawn_at"]),
        read=bool(text),
        speakers=speakers(text),
        spun=looks_spun(text),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _list(value: object) -> list[object]:
    """Arrow lists come back as numpy arrays, as lists, or as None/NaN."""
    if value is None or isinstance(value, str | float):
        return []
    return list(value) if hasattr(value, "__iter__") else []


def _texts(value: object) -> tuple[str, ...]:
    return tuple(item for item in _list(value) if isinstance(item, str) and item)


def _items(value: object) -> list[dict[str, object]]:
    return [item for item in _list(value) if isinstance(item, dict) and "field" in item and "quote" in item]


def _number(value: object) -> float | None:
    return value if isinstance(value, float) and value == value else None  # NaN differs from itself


def _whole(value: object) -> int:
    return int(value) if isinstance(value, int | float) and value == value else 0


def _instant(value: object) -> datetime | None:
    import pandas as pd

    return value.to_pydatetime() if isinstance(value, pd.Timestamp) else None  # NaT is no Timestamp


def _flag(value: object) -> bool:
    return value is not None and str(value) == "True"
