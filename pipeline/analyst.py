"""The analyst's functions: dataframes of what was judged, with the evidence. Reached as ``import pipeline``.

Each takes ``data=`` (default: $PANTAU_DATA, else the repository's ``data/``), so a notebook can look at any data folder.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from pipeline import corrected, overview, reporting
from pipeline.analyst_filters import When, between, chosen, folder_of, moment_of, with_independence, workplace_of
from pipeline.dates import Week
from pipeline.explanation import Explanation, advice
from pipeline.extract.privacy import named_key
from pipeline.store.tombstones import load_tombstones
from pipeline.urls import article_key


def articles(
    since: When = None,
    until: When = None,
    *,
    programme: str | None = None,
    tone: str | None = None,
    relevance: str | None = "corrections",
    kanwil: str | None = None,
    independent: bool | None = None,
    data: str | Path | None = None,
) -> pd.DataFrame:
    """Judged articles as persons have corrected them, one row each, oldest first; columns: docs/data.md, and ``independent``.

    ``since`` (included) and ``until`` (not included) compare ``dated_at``; a date without a clock means midnight in Jakarta.
    ``programme`` is a slug, matched as primary or related. ``relevance`` None gives immigration and irrelevant ones too.
    ``independent`` True: newsrooms' own accounts alone; False: releases, copies and own channels alone.
    Raises ``ValueError`` for a date or label that does not exist, ``StorageError`` for a missing or broken folder.
    """
    frame = between(with_independence(corrected.articles(folder_of(data))), "dated_at", since, until)
    found = chosen(frame, programme=programme, tone=tone, relevance=relevance, kanwil=kanwil, independent=independent)
    return found.reset_index(drop=True)


def week(name: str = "last", *, data: str | Path | None = None, now: datetime | None = None) -> dict[str, pd.DataFrame]:
    """The eight weekly tables by name ("00_catatan" … "07_kliping"): the same frames that the CSV files hold.

    ``name``: an ISO week such as "2026-W47", or "last" for the last complete week before ``now``
    (default: the present; a demo's own clock).
    """
    folder = folder_of(data)
    moment = moment_of(folder, now)
    place = workplace_of(folder, moment)
    return reporting.weekly(place, Week.of(moment).before if name == "last" else Week.parse(name))


# A story's columns that are its origin's.
_OF_ORIGIN = (
    "event_id", "title", "outlet", "source_type", "programme_primary", "programmes_related", "tone", "kanwil",
    "unit_primary",
)  # fmt: skip


def stories(
    since: When = None,
    until: When = None,
    *,
    programme: str | None = None,
    tone: str | None = None,
    relevance: str | None = "corrections",
    kanwil: str | None = None,
    independent: bool | None = None,
    data: str | Path | None = None,
) -> pd.DataFrame:
    """Texts as they spread, one row each: its origin's title, outlet and labels, and how many articles and outlets print it.

    ``articles`` less one is a release's reprint depth; ``first`` and ``last`` are the times of its first and last article,
    and ``since``/``until`` compare ``first``. ``independent``: the origin is a newsroom's own account. The other filters
    compare the origin's labels; of a story's articles only those of ``relevance`` count. Largest first. Raises as ``articles``.
    """
    frame = chosen(with_independence(corrected.articles(folder_of(data))), relevance=relevance)
    origin_first = frame.assign(_other=frame["key"] != frame["story_origin"]).sort_values("_other", kind="stable")
    origins = origin_first.drop_duplicates("story_id").set_index("story_id")
    grouped = frame.groupby("story_id", sort=False)
    found = origins.loc[:, list(_OF_ORIGIN)].assign(
        articles=grouped.size(),
        outlets=grouped["outlet"].nunique(),
        independent=origins["independent"],
        first=grouped["dated_at"].min(),
        last=grouped["dated_at"].max(),
    )
    found = between(found.reset_index(), "first", since, until)
    found = chosen(found, programme=programme, tone=tone, kanwil=kanwil, independent=independent)
    return found.sort_values(["articles", "first", "story_id"], ascending=[False, True, True], ignore_index=True)


def rejections(since: When = None, until: When = None, *, data: str | Path | None = None) -> pd.DataFrame:
    """What was announced but not judged, with step, reason and detail; folded twins have the reason ``same_article``.

    ``since``/``until`` compare ``at``: the time the feed gave, else the first sight.
    """
    folder = folder_of(data)
    return between(overview.all_rejections(folder, datetime.now(UTC)), "at", since, until).reset_index(drop=True)


def corrections(*, data: str | Path | None = None) -> pd.DataFrame:
    """The analysts' log, one row each in its order: key, field, old, new, who, when, why, and what has become of it.

    ``state`` is in_force, superseded, withdrawn, no_effect or unknown_article; see docs/data.md for the other columns.
    """
    return corrected.listing(folder_of(data))


def review_queue(
    since: When = None,
    until: When = None,
    *,
    programme: str | None = None,
    tone: str | None = None,
    relevance: str | None = None,
    kanwil: str | None = None,
    independent: bool | None = None,
    data: str | Path | None = None,
) -> pd.DataFrame:
    """What to look at first: one article for each story that needs a look, with ``copies``, likely bad news
    before all else, then by ``review_priority``.

    Columns and filters as of ``articles`` (here ``relevance`` asks nothing unless told). What is corrected leaves the queue,
    with its copies.
    """
    from pipeline.classify.vocabulary import load_calibration
    from pipeline.configfile import Problems
    from pipeline.settings import default_config
    from pipeline.stories.queue import review_queue as queue

    problems = Problems()
    calibration = load_calibration(default_config() / "calibration.yaml", problems)
    problems.raise_if_any()
    frame = with_independence(corrected.articles(folder_of(data)))
    found = between(queue(frame, calibration.review.new_story if calibration else 0.0), "dated_at", since, until)
    found = chosen(found, programme=programme, tone=tone, relevance=relevance, kanwil=kanwil, independent=independent)
    return found.reset_index(drop=True)


def explain(article: str, *, data: str | Path | None = None) -> Explanation:
    """Why an article was judged as it was. ``article``: its key, an unambiguous beginning of it, or its address (any twin of it).

    Raises ``ValueError`` when there is no such article; the message says where it ended, and what to do.
    """
    folder = folder_of(data)
    frame = corrected.articles(folder)
    key, story = _key_of(article, folder, frame), frame["story_id"]
    found = frame[frame["key"] == key]
    if found.empty:
        return _elsewhere(article, key, folder)
    row = {str(name): value for name, value in found.iloc[0].items()}
    origin = frame[(frame["key"] == row["story_origin"]) & (story != key)]
    told = " – ".join(origin.iloc[0][["outlet", "title"]]) if len(origin) else ""
    return Explanation(row, told, overview.sightings_of(folder, key, datetime.now(UTC)))


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
    now = datetime.now(UTC)
    state, tried = overview.state_of(folder, key, now), overview.tries_of(folder, key, now)
    waiting = {
        "waiting": f"was announced and waits to be fetched; `pantau run` tries it again{f' ({tried})' * bool(tried)}",
        "skipped": f"was not fetched; {advice('off_topic')}",
        "fetched": "was fetched and is not judged yet; `pantau judge` does it",
    }
    if state in waiting:
        raise ValueError(f"{article} {waiting[state]}")
    if load_tombstones(folder).address(key):
        raise ValueError(f"{article} was removed on request (`pantau forget`) and is not taken in again")
    raise ValueError(f"no article {article!r} in {folder}: no source announced it, or another folder holds it (--data, data=)")
