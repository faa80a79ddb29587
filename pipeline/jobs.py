"""The only wiring: configuration → collaborators → flows. Each job takes a Workplace and returns what it counted."""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from pipeline.configfile import Problems
from pipeline.dates import Week
from pipeline.engine import run as run_engine
from pipeline.errors import ConfigError, LockedError, StorageError
from pipeline.recipe import recipe_of as recipe_digest
from pipeline.records import Source, Tally
from pipeline.settings import Settings, load_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    Progress = Callable[[str, int, int], None]

log = logging.getLogger("pantau.jobs")


def _quiet(what: str, done: int, total: int) -> None:
    """No progress is shown."""


@dataclass(frozen=True, slots=True)
class Workplace:
    """Everything that a job needs: where things lie, what is set, what time it is. ``now`` is aware."""

    config: Path
    data: Path
    now: datetime
    settings: Settings
    sources: tuple[Source, ...]
    units: Path
    progress: Progress = _quiet


def workplace(
    config: Path,
    data: Path,
    now: datetime,
    *,
    sources: tuple[Source, ...] | Path | None = None,
    units: Path | None = None,
) -> Workplace:
    """Read and check the whole configuration. Raises one ``ConfigError`` that lists every mistake of every file.

    ``sources`` and ``units`` stand in for the folder's own files (the demo's newsroom has its own).
    """
    from pipeline.classify.taxonomy import OUTSIDE, all_programmes, load_taxonomies
    from pipeline.classify.units import load_units
    from pipeline.classify.vocabulary import load_calibration, load_vocabulary
    from pipeline.fetch.catalogue import load_sources

    problems = Problems()
    if not config.is_dir():
        raise ConfigError(f"{config} is not a folder; --config must name the folder that holds settings.toml")
    settings = load_settings(config, problems)
    if not isinstance(sources, tuple):
        sources = load_sources(sources or config / "sources.csv", problems)
    units = units or config / "units.csv"
    load_units(units, problems)
    taxonomies = load_taxonomies(config / "programmes", problems)
    load_vocabulary(config / "vocabulary.yaml", [*all_programmes(taxonomies), OUTSIDE], problems)
    load_calibration(config / "calibration.yaml", problems)
    if settings and taxonomies and settings.report.taxonomy not in taxonomies:
        advice = f"{settings.report.taxonomy!r} is not a list in config/programmes; known are: {', '.join(sorted(taxonomies))}"
        problems.add(config / "settings.toml", None, "report.taxonomy", advice)
    problems.raise_if_any()
    if settings is None:
        raise ConfigError(f"{config / 'settings.toml'} could not be read")
    return Workplace(config.resolve(), data.resolve(), now, settings, sources, units.resolve())


@contextmanager
def alone(place: Workplace) -> Iterator[None]:
    """Hold the data folder's lock. Raises ``LockedError`` at once when another run has it."""
    try:
        place.data.mkdir(parents=True, exist_ok=True)
        lock = FileLock(place.data / ".lock")
        lock.acquire(timeout=0)
    except Timeout:
        raise LockedError(f"another run is at work on {place.data}; this one did nothing") from None
    except OSError as error:
        raise StorageError(f"the data folder {place.data} cannot be written ({error}); give --data a folder that can") from error
    try:
        yield
    finally:
        lock.release()


def ingest(place: Workplace) -> Tally:
    """Poll the sources and fetch what is new."""
    from pipeline.fetch.client import Client
    from pipeline.fetch.ingest import Collectors
    from pipeline.fetch.ingest import ingest as flow
    from pipeline.fetch.ledger import Ledger
    from pipeline.fetch.robots import Robots

    hours = place.settings.fetch.robots_hours
    with Ledger(place.data / "ledger.sqlite", place.now) as ledger, Client(place.settings.fetch) as client:
        robots = Robots(client, lambda origin: ledger.load_robots(origin, hours), ledger.save_robots)
        tally = flow(place.sources, Collectors(place.settings, place.data, place.now, ledger, client, robots, place.progress))
        ledger.record_run("ingest", tally.counts)
    return tally


def judge(place: Workplace, *, rejudge: bool = False) -> Tally:
    """Judge the pages parts that have no articles part; with ``rejudge`` also those judged by another recipe.

    A re-judged part's old rows move to ``articles_past/<recipe>/``, so both can be compared and none is counted twice.
    """
    from pipeline.store.parts import part_names, part_path, recipe_of
    from pipeline.work import JudgeTask, judge_part

    recipe = recipe_digest(place.config, place.units)
    tasks, tally = [], Tally()
    for name in part_names(place.data, "pages"):
        old = recipe_of(part_path(place.data, "articles", name))
        if old is not None and old != recipe and not rejudge:
            tally.add("parts_of_older_recipe")
        if old is None or (old != recipe and rejudge):
            if old is not None:
                _keep_past(place.data, name, old)
            tasks.append(JudgeTask(str(place.data), str(place.config), str(place.units), name, recipe, place.settings.store.text))
    done = 0
    # One small part is judged sooner than a worker process starts.
    spec = "serial" if len(tasks) <= 1 else place.settings.engine.spec
    for task, result in run_engine(judge_part, tasks, spec):
        done += 1
        place.progress("parts", done, len(tasks))
        if isinstance(result, Exception):
            tally.add("parts_failed")
            log.error("part failed", extra={"part": task.part, "error": f"{type(result).__name__}: {result}"})
            continue
        tally.add("parts_judged")
        tally.add("judged", result.judged)
        tally.add("rejected", result.rejected)
        for reason, count in result.reasons:
            tally.add(f"rejected:{reason}", count)
    return tally


def _keep_past(data: Path, name: str, recipe: str) -> None:
    past = data / "articles_past" / recipe / name
    past.parent.mkdir(parents=True, exist_ok=True)
    past.unlink(missing_ok=True)
    past.hardlink_to(data / "articles" / name)


def group(place: Workplace) -> Tally:
    """Find the copies among all relevant articles and write ``stories/stories.parquet`` when it changed."""
    from pipeline.records import PublisherType
    from pipeline.store.dataset import STORIES_FILE, articles_table
    from pipeline.store.parts import write_part
    from pipeline.store.schema import STORIES
    from pipeline.stories.copies import Text
    from pipeline.stories.copies import group as find_copies

    table = articles_table(place.data, ["key", "text", "dated_at", "publisher_type", "relevance", "outlet", "text_sha256"])
    rows = [row for row in table.to_pylist() if row["relevance"] != "irrelevant"]
    rules = place.settings.stories
    # Where no text is kept, only equal texts can be told as copies.
    texts = [
        Text(row["key"], row["text"] or row["text_sha256"], row["dated_at"], PublisherType(row["publisher_type"])) for row in rows
    ]
    stories = find_copies(texts, window_days=rules.window_days, jaccard=rules.jaccard, containment=rules.containment)
    outlet = {row["key"]: row["outlet"] for row in rows}
    sizes = Counter(story.story_id for story in stories)
    outlets: dict[str, set[str]] = {}
    for story in stories:
        outlets.setdefault(story.story_id, set()).add(outlet[story.key])
    columns = [
        {
            "key": story.key,
            "story_id": story.story_id,
            "story_role": story.role,
            "story_similarity": story.similarity,
            "story_reason": story.reason,
            "story_articles": sizes[story.story_id],
            "story_outlets": len(outlets[story.story_id]),
        }
        for story in stories
    ]
    write_part(place.data / STORIES_FILE, columns, STORIES)
    return Tally({"stories": len(sizes), "copies": len(stories) - len(sizes)})


def weekly(place: Workplace, week: Week) -> dict[str, pd.DataFrame]:
    """The week's tables: what the CSV files hold and what ``pipeline.week`` returns."""
    return _weekly(place, week)[0]


def _weekly(place: Workplace, week: Week) -> tuple[dict[str, pd.DataFrame], dict[str, object]]:
    from pipeline.classify.taxonomy import load_taxonomies
    from pipeline.classify.units import KANWIL, load_units
    from pipeline.report.weekly import ReportContext, weekly_tables
    from pipeline.store import dataset
    from pipeline.store.parts import part_path
    from pipeline.store.schema import SCHEMA_VERSION

    frame = dataset.articles(place.data)
    current = frame[frame["week"] == str(week)]
    previous = frame[frame["week"] == str(week.before)]
    problems = Problems()
    context = ReportContext(
        week=week,
        complete=place.now >= week.end,
        taxonomy=load_taxonomies(place.config / "programmes", problems)[place.settings.report.taxonomy],
        units=load_units(place.units, problems),
        kanwil=KANWIL,
        recipe=", ".join(sorted(set(current["recipe"]))) or recipe_digest(place.config, place.units),
        rejections=_rejections_of(place.data, place.now, week),
        sources=sources_of(place, week),
    )
    tables = weekly_tables(current, previous, context)
    parts = sorted({*current["part"], *previous["part"]})
    manifest: dict[str, object] = {
        "week": str(week),
        "window_wib": [week.start.isoformat(), week.end.isoformat()],
        "complete": context.complete,
        "taxonomy": context.taxonomy.version,
        "recipes": sorted(set(current["recipe"])),
        "schema_version": SCHEMA_VERSION,
        "inputs": [
            {"part": name, "sha256": hashlib.sha256(part_path(place.data, "articles", name).read_bytes()).hexdigest()}
            for name in parts
        ],
    }
    return tables, manifest


def _rejections_of(data: Path, now: datetime, week: Week) -> pd.DataFrame:
    frame = all_rejections(data, now)
    return frame[(frame["at"] >= week.start) & (frame["at"] < week.end)].reset_index(drop=True)


def all_rejections(data: Path, now: datetime) -> pd.DataFrame:
    """Everything that was not judged, of both steps: fetch (from the ledger) and extract (from the parts)."""
    import pandas as pd

    from pipeline.fetch.ledger import Ledger
    from pipeline.store import dataset
    from pipeline.store.schema import REJECTIONS

    extracted = dataset.rejections(data)
    if not (data / "ledger.sqlite").exists():
        return extracted
    import pyarrow as pa

    with Ledger(data / "ledger.sqlite", now) as ledger:
        rows = [
            {
                "key": key,
                "step": "fetch",
                "reason": reason,
                "detail": detail,
                "url": url,
                "source_id": source,
                "title": title,
                "at": datetime.fromisoformat(str(at)),
                "recipe": "",
                "part": "",
            }
            for key, reason, detail, url, source, title, at in ledger.rejected()
        ]
    fetched: pd.DataFrame = pa.Table.from_pylist(rows, schema=REJECTIONS).to_pandas()
    frames = [frame for frame in (fetched, extracted) if len(frame)] or [extracted]
    return pd.concat(frames, ignore_index=True).sort_values(["at", "key"], ignore_index=True)


def sources_of(place: Workplace, week: Week) -> pd.DataFrame:
    """Each source's health for a week: its last poll before the week ended, or else its first one after."""
    import pandas as pd

    from pipeline.fetch.ledger import Ledger

    last: dict[str, tuple[str, str, str]] = {}
    last_ok: dict[str, str] = {}
    entries: dict[str, int] = {}
    if (place.data / "ledger.sqlite").exists():
        with Ledger(place.data / "ledger.sqlite", place.now) as ledger:
            end = week.end
            for source_id, at, outcome, detail, _, _ in ledger.polls(end):
                name, when = str(source_id), datetime.fromisoformat(str(at))
                if when < end or name not in last:
                    last[name] = (str(at), str(outcome), str(detail))
                    if outcome in ("ok", "unchanged"):
                        last_ok[name] = str(at)
            entries = ledger.entries_between(week.start, end)
    rows = []
    for source in place.sources:
        _, outcome, detail = last.get(source.id, ("", "not_polled", ""))
        healthy = outcome in ("ok", "unchanged")
        rows.append(
            {
                "source_id": source.id,
                "outlet": source.outlet,
                "state": "inactive" if not source.active else "ok" if healthy else outcome,
                "last_ok": pd.Timestamp(last_ok[source.id]) if source.id in last_ok else pd.NaT,
                "last_error": "" if healthy else detail or outcome,
                "entries_week": entries.get(source.id, 0),
            }
        )
    frame = pd.DataFrame(rows, columns=["source_id", "outlet", "state", "last_ok", "last_error", "entries_week"])
    frame["last_ok"] = pd.to_datetime(frame["last_ok"], utc=True)
    return frame


def report(place: Workplace, week: Week) -> tuple[Path, bool]:
    """Write ``reports/<week>/``; returns the folder and whether any file changed."""
    from pipeline.report.publish import publish

    tables, manifest = _weekly(place, week)
    folder = place.data / "reports" / str(week)
    return folder, publish(folder, tables, manifest)


def account(place: Workplace) -> dict[str, int]:
    """The conservation ledger: every entry ever seen, by what became of it. ``missing`` is 0 unless rows were lost or doubled."""
    from pipeline.fetch.ledger import Ledger
    from pipeline.store.parts import part_names, part_path, read_part

    with Ledger(place.data / "ledger.sqlite", place.now) as ledger:
        states = ledger.counts()
        known = ledger.known_parts()
    rows = {
        kind: sum(read_part(part_path(place.data, kind, name), ["key"]).num_rows for name in part_names(place.data, kind))
        for kind in ("pages", "articles", "rejections")
    }
    judged_parts = set(part_names(place.data, "articles"))
    unjudged = sum(
        read_part(part_path(place.data, "pages", name), ["key"]).num_rows
        for name in part_names(place.data, "pages")
        if name not in judged_parts
    )
    return {
        "seen": sum(states.values()),
        "waiting": states.get("waiting", 0),
        "rejected_at_fetch": states.get("rejected", 0),
        "folded": states.get("folded", 0),
        "fetched": states.get("fetched", 0),
        "judged": rows["articles"],
        "rejected_at_extract": rows["rejections"],
        "not_yet_judged": unjudged,
        "parts_not_marked": len(set(part_names(place.data, "pages")) - known),
        "missing": states.get("fetched", 0) - rows["articles"] - rows["rejections"] - unjudged,
    }


def run(place: Workplace, *, collect: bool = True) -> Tally:
    """What cron calls: ingest, judge and group."""
    tally = ingest(place) if collect else Tally()
    for name, count in judge(place).counts.items():
        tally.add(f"judge.{name}", count)
    for name, count in group(place).counts.items():
        tally.add(f"group.{name}", count)
    return tally


def with_fetch(place: Workplace, **changes: object) -> Workplace:
    """The same workplace with other fetch settings, checked as if they stood in settings.toml."""
    fetch = type(place.settings.fetch).model_validate({**place.settings.fetch.model_dump(), **changes})
    return replace(place, settings=place.settings.model_copy(update={"fetch": fetch}))
