"""The analyst's functions: dataframes of what was judged, with the evidence. Reached as ``import pipeline``.

Each takes ``data=`` (default: $PANTAU_DATA, else the repository's ``data/``), so a notebook can look at any data folder.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline import jobs, overview
from pipeline.dates import JAKARTA, Week, parse_iso
from pipeline.errors import StorageError
from pipeline.settings import default_config, default_data
from pipeline.store import dataset
from pipeline.urls import article_key

When = str | date | datetime | None


def _instant(when: When) -> datetime | None:
    if when is None:
        return None
    parsed = parse_iso(when if isinstance(when, str) else when.isoformat())
    if parsed is None:
        raise ValueError(f"{when!r} is not a date; write for example '2026-11-16' (midnight in Jakarta)")
    return parsed.value


def _folder(data: str | Path | None) -> Path:
    folder = Path(data) if data is not None else default_data()
    if not folder.is_dir():
        raise StorageError(f"there is no data folder {folder}; run `./run demo` or `./run run` first, or pass data=")
    return folder


def _between(frame: pd.DataFrame, column: str, since: When, until: When) -> pd.DataFrame:
    start, end = _instant(since), _instant(until)
    if start is not None:
        frame = frame[frame[column] >= start]
    if end is not None:
        frame = frame[frame[column] < end]
    return frame


def articles(
    since: When = None,
    until: When = None,
    *,
    programme: str | None = None,
    tone: str | None = None,
    relevance: str | None = "corrections",
    kanwil: str | None = None,
    data: str | Path | None = None,
) -> pd.DataFrame:
    """Judged articles, one row each, oldest first; columns are described in docs/data.md.

    ``since`` (included) and ``until`` (not included) compare ``dated_at``; a date without a clock means midnight in Jakarta.
    ``programme`` is a slug, matched as primary or related. ``relevance`` None gives immigration and irrelevant ones too.
    Raises ``ValueError`` for a date or label that does not exist, ``StorageError`` for a missing or broken folder.
    """
    frame = _between(dataset.articles(_folder(data)), "dated_at", since, until)
    _known("relevance", relevance, ("corrections", "immigration", "irrelevant"))
    if kanwil is not None:
        from pipeline.classify.units import KANWIL

        _known("kanwil", kanwil, KANWIL)
    _known("tone", tone, ("positive", "neutral", "negative", "unsure"))
    for column, value in (("relevance", relevance), ("tone", tone), ("kanwil", kanwil)):
        if value is not None:
            frame = frame[frame[column] == value]
    if programme is not None:
        _known("programme", programme, _slugs())
        related = frame["programmes_related"].map(lambda slugs: programme in slugs).astype(bool)
        frame = frame[(frame["programme_primary"] == programme) | related]
    return frame.reset_index(drop=True)


def _known(name: str, value: str | None, choices: tuple[str, ...]) -> None:
    if value is not None and value not in choices:
        raise ValueError(f"{name}={value!r} does not exist; choose one of: {', '.join(choices)}")


def _slugs() -> tuple[str, ...]:
    from pipeline.classify.taxonomy import load_taxonomies
    from pipeline.configfile import Problems

    problems = Problems()
    taxonomies = load_taxonomies(default_config() / "programmes", problems)
    problems.raise_if_any()
    slugs = {programme.slug for taxonomy in taxonomies.values() for programme in taxonomy.programmes}
    return (*sorted(slugs), "umum", "luar_program")


def week(name: str = "last", *, data: str | Path | None = None, now: datetime | None = None) -> dict[str, pd.DataFrame]:
    """The eight weekly tables by name ("00_catatan" … "07_kliping"): the same frames that the CSV files hold.

    ``name``: an ISO week such as "2026-W47", or "last" for the last complete week before ``now``.
    """
    moment = now or datetime.now(UTC)
    place = _workplace(_folder(data), moment)
    return overview.weekly(place, Week.of(moment).before if name == "last" else Week.parse(name))


def _workplace(folder: Path, moment: datetime) -> jobs.Workplace:
    from pipeline.demo import workplace_of_demo

    return workplace_of_demo(folder, moment) or jobs.workplace(default_config(), folder, moment)


def rejections(since: When = None, until: When = None, *, data: str | Path | None = None) -> pd.DataFrame:
    """What was announced but not judged, with step, reason and detail; folded twins have the reason ``same_article``.

    ``since``/``until`` compare ``at``: the time the feed gave, else the first sight.
    """
    folder = _folder(data)
    return _between(overview.all_rejections(folder, datetime.now(UTC)), "at", since, until).reset_index(drop=True)


@dataclass(frozen=True, slots=True)
class Explanation:
    """One article's judgement with its evidence. ``str()`` prints it readably; ``row`` has every column."""

    row: dict[str, Any]

    def __str__(self) -> str:
        row = self.row
        when = "unknown" if pd.isna(row["published"]) else f"{row['published'].astimezone(JAKARTA):%Y-%m-%d %H:%M} WIB"
        lines = [
            f"{row['title']}",
            f"{row['outlet']} ({row['tier']}, {row['publisher_type']}) · {row['url']}",
            f"published {when} · {row['date_status']}, by {row['published_method']} {row['published_raw']!r}",
            f"relevance  {row['relevance']} ({row['relevance_probability']:.2f})",
            *_quotes(row["relevance_evidence"]),
            f"programme  {row['programme_primary'] or '-'} ({row['programme_probability']:.2f})",
        ]
        for score in row["programmes"]:
            lines.append(f"  {score['role']:<9} {score['slug']} ({score['probability']:.2f})")
            lines.extend(_quotes(score["evidence"]))
        if isinstance(row["tone"], str):
            lines.append(
                f"tone       {row['tone']} (positive {row['tone_positive']:.2f}, neutral {row['tone_neutral']:.2f},"
                f" negative {row['tone_negative']:.2f})"
            )
            lines.extend(_quotes(row["tone_evidence"]))
        lines.append(f"units      {', '.join(row['units']) or '-'} · kanwil {row['kanwil'] or '-'}")
        lines.append(f"incidents  {', '.join(row['incidents']) or '-'} · source type {row['source_type']}")
        size = f"{row['story_articles']} article(s) in {row['story_outlets']} outlet(s)"
        lines.append(f"story      {row['story_role']} of {row['story_id']}, {size}")
        if row["needs_review"]:
            lines.append(f"review     {', '.join(row['review_reasons'])}")
        lines.extend(f"removed    [{item['rule']}] {item['line'][:90]}" for item in row["removed"])
        lines.append(f"recipe     {row['recipe']}")
        return "\n".join(lines)


def _quotes(spans: Any) -> list[str]:
    return [f"    {span['field']} {span['start']}-{span['end']}: “{' '.join(span['quote'].split())}”" for span in spans]


def explain(article: str, *, data: str | Path | None = None) -> Explanation:
    """Why an article was judged as it was. ``article`` is its key or its address (any twin of it).

    Raises ``ValueError`` when there is no such article; the message says whether it was rejected, and why.
    """
    folder = _folder(data)
    key = article_key(article) if "://" in article else article
    frame = dataset.articles(folder)
    found = frame[frame["key"] == key]
    if len(found):
        return Explanation({str(name): value for name, value in found.iloc[0].items()})
    rejected = rejections(data=folder)
    reasons = rejected[rejected["key"] == key]
    if len(reasons):
        row = reasons.iloc[0]
        if row["reason"] == "same_article":
            return explain(str(row["detail"]), data=folder)
        raise ValueError(f"{article} was not judged: {row['reason']} at {row['step']} ({row['detail']})")
    raise ValueError(f"no article {article!r} in {folder}; keys stand in pipeline.articles()['key']")
