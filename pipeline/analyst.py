"""The analyst's functions: dataframes of what was judged, with the evidence. Reached as ``import pipeline``.

Each takes ``data=`` (default: $PANTAU_DATA, else the repository's ``data/``), so a notebook can look at any data folder.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd

from pipeline import corrected, jobs, overview
from pipeline.dates import Week, parse_iso
from pipeline.errors import StorageError
from pipeline.explanation import Explanation, advice
from pipeline.extract.privacy import named_key
from pipeline.settings import default_config, default_data
from pipeline.store.tombstones import load_tombstones
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
    frame = _between(corrected.articles(_folder(data)), "dated_at", since, until)
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


def stories(since: When = None, until: When = None, *, data: str | Path | None = None) -> pd.DataFrame:
    """Texts as they spread, one row each: its origin's title and outlet, how many articles and outlets print it, its event.

    ``articles`` less one is a release's reprint depth; ``first`` and ``last`` are the times of its first and last article,
    and ``since``/``until`` compare ``first``. ``independent``: the origin is a newsroom's own account. Largest first.
    """
    from pipeline.records import Event, Story
    from pipeline.stories.placing import independent

    frame = corrected.articles(_folder(data))
    frame = frame[frame["relevance"] == "corrections"]
    rows = []
    for story, members in frame.groupby("story_id", sort=False):
        origins = members[members["key"] == members["story_origin"]]
        origin = (origins if len(origins) else members).iloc[0]
        placed = Story(origin["key"], str(story), origin["key"], "origin", 1.0, "")
        event = Event(str(story), origin["event_id"], origin["event_role"], 0.0, "")
        rows.append(
            {
                "story_id": story,
                "event_id": origin["event_id"],
                "title": origin["title"],
                "outlet": origin["outlet"],
                "source_type": origin["source_type"],
                "programme_primary": origin["programme_primary"],
                "tone": origin["tone"],
                "articles": len(members),
                "outlets": members["outlet"].nunique(),
                "independent": independent({str(name): value for name, value in origin.items()}, placed, event),
                "first": members["dated_at"].min(),
                "last": members["dated_at"].max(),
            }
        )
    columns = [
        "story_id", "event_id", "title", "outlet", "source_type", "programme_primary", "tone", "articles", "outlets",
        "independent", "first", "last",
    ]  # fmt: skip
    found = _between(pd.DataFrame(rows, columns=columns), "first", since, until)
    return found.sort_values(["articles", "first", "story_id"], ascending=[False, True, True], ignore_index=True)


def rejections(since: When = None, until: When = None, *, data: str | Path | None = None) -> pd.DataFrame:
    """What was announced but not judged, with step, reason and detail; folded twins have the reason ``same_article``.

    ``since``/``until`` compare ``at``: the time the feed gave, else the first sight.
    """
    folder = _folder(data)
    return _between(overview.all_rejections(folder, datetime.now(UTC)), "at", since, until).reset_index(drop=True)


def corrections(*, data: str | Path | None = None) -> pd.DataFrame:
    """The analysts' log, one row each in its order: key, field, old, new, who, when, why, and what has become of it.

    ``state`` is in_force, superseded, withdrawn, no_effect or unknown_article; see docs/data.md for the other columns.
    """
    return corrected.listing(_folder(data))


def review_queue(since: When = None, until: When = None, *, data: str | Path | None = None) -> pd.DataFrame:
    """What to look at first: one article for each story that needs a look, with ``copies``, likely bad news
    before all else, then by ``review_priority``.

    Columns as of ``articles``; ``since`` and ``until`` compare ``dated_at``. What is corrected leaves the queue, with its copies.
    """
    from pipeline.classify.vocabulary import load_calibration
    from pipeline.configfile import Problems
    from pipeline.stories.queue import review_queue as queue

    problems = Problems()
    calibration = load_calibration(default_config() / "calibration.yaml", problems)
    problems.raise_if_any()
    frame = corrected.articles(_folder(data))
    found = queue(frame, calibration.review.new_story if calibration else 0.0)
    return _between(found, "dated_at", since, until).reset_index(drop=True)


def explain(article: str, *, data: str | Path | None = None) -> Explanation:
    """Why an article was judged as it was. ``article``: its key, an unambiguous beginning of it, or its address (any twin of it).

    Raises ``ValueError`` when there is no such article; the message says where it ended, and what to do.
    """
    folder = _folder(data)
    frame = corrected.articles(folder)
    key, story = _key_of(article, folder, frame), frame["story_id"]
    found = frame[frame["key"] == key]
    if found.empty:
        return _elsewhere(article, key, folder)
    row = {str(name): value for name, value in found.iloc[0].items()}
    origin = frame[(frame["key"] == row["story_origin"]) & (story != key)]
    return Explanation(row, " – ".join(origin.iloc[0][["outlet", "title"]]) if len(origin) else "")


# So many digits of a key are enough to be meant as the beginning of one.
SHORTEST_KEY = 4


def _key_of(article: str, folder: Path, frame: pd.DataFrame) -> str:
    """The key that is meant. Raises ``ValueError`` for a beginning that several articles share."""
    named = article.strip()
    if re.fullmatch(rf"[0-9a-fA-F]{{{SHORTEST_KEY},16}}", named):
        named = named.lower()
        held = dict(zip(frame["key"], frame["title"], strict=True))
        matching = {key for key in held if key.startswith(named)}
        if len(named) < 16 and not matching:
            matching = {key for key in rejections(data=folder)["key"] if key.startswith(named)}
        if len(matching) > 1:
            listed = "; ".join(f"{key} {held.get(key, '')}".strip() for key in sorted(matching)[:5])
            raise ValueError(f"{len(matching)} articles begin with {named}; write more of the key: {listed}")
        return matching.pop() if matching else named
    if "." in named and " " not in named:
        return named_key(named) or article_key(named if "://" in named else f"https://{named}")
    raise ValueError(f"{article!r} is neither a key (16 digits and letters a to f) nor an address; keys stand in 07_kliping.csv")


def _elsewhere(article: str, key: str, folder: Path) -> Explanation:
    """The article that a twin was folded into. Raises ``ValueError`` that says where an article without judgement ended."""
    rejected = rejections(data=folder)
    for row in rejected[rejected["key"] == key].to_dict("records"):
        if row["reason"] == "same_article":
            return explain(str(row["detail"]), data=folder)
        detail = f" ({row['detail']})" if row["detail"] else ""
        told = f"{article} was not judged: {row['reason']} at {row['step']}{detail}"
        raise ValueError("; ".join(filter(None, (told, advice(row["reason"])))))
    state = overview.state_of(folder, key, datetime.now(UTC))
    waiting = {
        "waiting": "was announced and waits to be fetched; `pantau run` tries it again",
        "fetched": "was fetched and is not judged yet; `pantau judge` does it",
    }
    if state in waiting:
        raise ValueError(f"{article} {waiting[state]}")
    if load_tombstones(folder).address(key):
        raise ValueError(f"{article} was removed on request (`pantau forget`) and is not taken in again")
    raise ValueError(f"no article {article!r} in {folder}: no source announced it, or another folder holds it (--data, data=)")
