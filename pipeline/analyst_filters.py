"""What the analyst's functions share: which folder, which clock, and one meaning for every filter."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline import jobs
from pipeline.classify.corpus import RELEVANCE, TONES
from pipeline.dates import parse_iso
from pipeline.errors import StorageError
from pipeline.independence import EXCLUDED_TIER, independent
from pipeline.settings import default_config, default_data
from pipeline.stories.corrections import UNSURE

if TYPE_CHECKING:
    import pandas as pd

When = str | date | datetime | None


def folder_of(data: str | Path | None) -> Path:
    """The data folder that is meant: ``data``, else $PANTAU_DATA, else the repository's. ``StorageError`` when there is none."""
    folder = Path(data) if data is not None else default_data()
    if not folder.is_dir():
        raise StorageError(f"there is no data folder {folder}; run `./run demo` or `./run run` first, or pass data=")
    return folder


def moment_of(folder: Path, now: datetime | None = None) -> datetime:
    """The instant to take for the present: ``now``, else a demo's own clock, else the present."""
    from pipeline.demo import clock_of_demo

    if now is not None and now.tzinfo is None:
        raise ValueError(f"now={now.isoformat()!r} names no zone; write for example datetime(2026, 11, 26, tzinfo=UTC)")
    return now or clock_of_demo(folder) or datetime.now(UTC)


def workplace_of(folder: Path, moment: datetime) -> jobs.Workplace:
    """The workplace of a data folder; of a demo's folder, the demo's."""
    from pipeline.demo import workplace_of_demo

    return workplace_of_demo(folder, moment) or jobs.workplace(default_config(), folder, moment)


def instant(when: When) -> datetime | None:
    """A date or an instant; a date without a clock is its midnight in Jakarta. ``ValueError`` for what is none."""
    if when is None:
        return None
    parsed = parse_iso(when if isinstance(when, str) else when.isoformat())
    if parsed is None:
        raise ValueError(f"{when!r} is not a date; write for example '2026-11-16' (midnight in Jakarta)")
    return parsed.value


def between(frame: pd.DataFrame, column: str, since: When, until: When) -> pd.DataFrame:
    """The rows with ``since`` <= ``column`` < ``until``."""
    start, end = instant(since), instant(until)
    if start is not None and end is not None and start > end:
        raise ValueError(f"since={since!r} lies after until={until!r}; exchange them")
    if start is not None:
        frame = frame[frame[column] >= start]
    if end is not None:
        frame = frame[frame[column] < end]
    return frame


def known(name: str, value: str | None, choices: tuple[str, ...]) -> None:
    """Raise ``ValueError`` that lists the choices when ``value`` is none of them."""
    if value is not None and value not in choices:
        raise ValueError(f"{name}={value!r} does not exist; choose one of: {', '.join(choices)}")


def chosen(
    frame: pd.DataFrame,
    *,
    programme: str | None = None,
    tone: str | None = None,
    relevance: str | None = None,
    kanwil: str | None = None,
    independent: bool | None = None,
) -> pd.DataFrame:
    """The rows of an article frame (or of one with such columns) that fit every filter; None asks nothing.

    ``programme`` is a slug and fits as primary or related. Raises ``ValueError`` for a label that does not exist.
    """
    from pipeline.classify.units import KANWIL

    known("relevance", relevance, RELEVANCE)
    known("kanwil", kanwil, KANWIL)
    known("tone", tone, (*TONES, UNSURE))
    for column, value in (("relevance", relevance), ("tone", tone), ("kanwil", kanwil)):
        if value is not None:
            frame = frame[frame[column] == value]
    if programme is not None:
        known("programme", programme, _slugs())
        related = frame["programmes_related"].map(lambda slugs: programme in slugs).astype(bool)
        frame = frame[(frame["programme_primary"] == programme) | related]
    return frame if independent is None else frame[frame["independent"] == independent]


def _slugs() -> tuple[str, ...]:
    from pipeline.classify.taxonomy import OUTSIDE, UMUM, load_taxonomies
    from pipeline.configfile import Problems

    problems = Problems()
    taxonomies = load_taxonomies(default_config() / "programmes", problems)
    problems.raise_if_any()
    slugs = {programme.slug for taxonomy in taxonomies.values() for programme in taxonomy.programmes}
    return (*sorted(slugs), UMUM, OUTSIDE)


def with_independence(frame: pd.DataFrame) -> pd.DataFrame:
    """The articles with a column ``independent``: a newsroom's or wire's own account (``pipeline/independence.py``).

    As in the reports, the first counted article of a story stands for an origin that is not counted (a reposter's).
    """
    counted = (frame["relevance"] == "corrections") & (frame["tier"] != EXCLUDED_TIER)
    copy = frame["story_role"] == "reprint"
    heirless = set(frame["story_id"][~copy & ~counted]) - set(frame["story_id"][~copy & counted])
    heirs = frame[copy & counted & frame["story_id"].isin(heirless)].drop_duplicates("story_id").index
    copies = copy & ~frame.index.isin(heirs)
    columns = (frame["publisher_type"], frame["source_type"], frame["tier"], copies, frame["event_role"] == "rewrite")
    found = [
        independent(publisher_type=publisher, source_type=source, tier=tier, is_copy=bool(copied), is_rewrite=bool(rewritten))
        for publisher, source, tier, copied, rewritten in zip(*columns, strict=True)
    ]
    return frame.assign(independent=np.array(found, dtype=bool))
