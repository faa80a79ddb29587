"""The only wiring: configuration → collaborators → flows. Each job takes a Workplace and returns what it counted."""

from __future__ import annotations

import logging
import shutil
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
    from pipeline.classify.encoder import encoder_of
    from pipeline.classify.taxonomy import OUTSIDE, all_programmes, load_taxonomies
    from pipeline.classify.units import load_units
    from pipeline.classify.vocabulary import load_calibration, load_vocabulary
    from pipeline.extract.outlets import load_outlets
    from pipeline.extract.privacy_names import load_names
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
    load_names(config, problems)
    load_outlets(config / "outlets", problems)
    load_vocabulary(config / "vocabulary.yaml", [*all_programmes(taxonomies), OUTSIDE], problems)
    load_calibration(config / "calibration.yaml", problems)
    if settings:
        encoder_of(config, settings.judge, problems)
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
    busy = f"another run is at work on {place.data}; this one did nothing"
    with locked(place.data / ".lock", busy, "give --data a folder that can"):
        yield


@contextmanager
def locked(path: Path, busy: str, advice: str, seconds: float = 0) -> Iterator[None]:
    """Hold the lock file ``path``, waiting at most ``seconds`` for it; then ``LockedError`` says ``busy``."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path)
        lock.acquire(timeout=seconds)
    except Timeout:
        raise LockedError(busy) from None
    except OSError as error:
        raise StorageError(f"the folder {path.parent} cannot be written ({error}); {advice}") from error
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
    from pipeline.store.tombstones import load_tombstones

    hours = place.settings.fetch.robots_hours
    with Ledger(place.data / "ledger.sqlite", place.now) as ledger, Client(place.settings.fetch) as client:
        robots = Robots(client, lambda origin: ledger.load_robots(origin, hours), ledger.save_robots)
        forgotten = load_tombstones(place.data)
        with_ = Collectors(place.settings, place.data, place.now, ledger, client, robots, place.progress, forgotten)
        tally = flow(place.sources, with_)
        ledger.record_run("ingest", tally.counts)
    return tally


def recipe_of_place(place: Workplace) -> str:
    """The recipe that ``judge`` would use now."""
    from pipeline.training import model_path

    return recipe_digest(
        place.config, place.units, model_path(place.config).stem, place.settings.store.text, place.settings.privacy.links
    )


def judge(place: Workplace, *, rejudge: bool = False) -> Tally:
    """Judge the pages parts that have no articles part; with ``rejudge`` also those judged by another recipe.

    A re-judged part's old rows move to ``articles_past/<recipe>/``, so both can be compared and none is counted twice.
    """
    from pipeline.store.parts import part_names, part_path, recipe_of
    from pipeline.store.rewriting import expired_at
    from pipeline.training import model_file
    from pipeline.work import JudgeTask, judge_part

    recipe = recipe_of_place(place)
    tasks, tally = [], Tally()
    for name in part_names(place.data, "pages"):
        old = recipe_of(part_path(place.data, "articles", name))
        if old is not None and old != recipe and expired_at(part_path(place.data, "pages", name)):
            tally.add("parts_expired")  # its pages are gone, its judgement stays as it is
            continue
        if old is not None and old != recipe and not rejudge:
            tally.add("parts_of_older_recipe")
        if old is None or (old != recipe and rejudge):
            if old is not None:
                _keep_past(place.data, name, old)
            tasks.append(name)
    done = 0
    # One small part is judged sooner than a worker process starts.
    spec = "serial" if len(tasks) <= 1 else place.settings.engine.spec
    model = str(model_file(place.config)) if tasks else ""
    paths = (str(place.data), str(place.config), str(place.units))
    keep, links = place.settings.store.text, place.settings.privacy.links
    asked = [JudgeTask(*paths, name, model, recipe, keep, links) for name in tasks]
    for task, result in run_engine(judge_part, asked, spec):
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
    for kind in ("articles", "rejections"):
        past = data / f"{kind}_past" / recipe / name
        past.parent.mkdir(parents=True, exist_ok=True)
        past.unlink(missing_ok=True)
        try:
            past.hardlink_to(data / kind / name)
        except OSError:  # a file system without hard links
            shutil.copy2(data / kind / name, past)


def group(workplace: Workplace) -> Tally:
    """Place the relevant articles among stories and events, and write ``stories/stories.parquet`` when it changed.

    An article stays with its copies when a person calls it irrelevant, so that the correction goes on reaching them.
    """
    from pipeline.corrected import spoken_of
    from pipeline.store.dataset import STORIES_FILE, articles_table, stories_table
    from pipeline.store.parts import write_part
    from pipeline.store.schema import ARTICLES, STORIES
    from pipeline.stories.corrected import WORDS
    from pipeline.stories.placing import COLUMNS, common_stems, place, sizes

    held = articles_table(workplace.data, [name for name in COLUMNS if name in ARTICLES.names]).to_pylist()
    called = spoken_of(workplace.data)
    same = {row["text_sha256"] for row in held if row["key"] in called and row["words"] >= WORDS}
    rows = [row for row in held if row["relevance"] != "irrelevant" or row["key"] in called or row["text_sha256"] in same]
    rules = workplace.settings.stories
    before = stories_table(workplace.data).to_pylist()
    file = workplace.config / "common_stems.txt"
    if not file.is_file():
        raise ConfigError(
            f"{file} is missing; it holds the words that tell no event from another: restore it from the repository"
        )
    common = common_stems(file.read_text(encoding="utf-8"))
    placed = place(rows, before, common, window_days=rules.window_days, jaccard=rules.jaccard, containment=rules.containment)
    write_part(workplace.data / STORIES_FILE, placed, STORIES)
    return Tally(sizes(placed))


def report(place: Workplace, week: Week) -> tuple[Path, bool]:
    """Write ``reports/<week>/``; returns the folder and whether any file changed."""
    from pipeline.overview import weekly_with_manifest
    from pipeline.report.publish import publish

    tables, manifest = weekly_with_manifest(place, week)
    folder = place.data / "reports" / str(week)
    return folder, publish(folder, tables, manifest)


def run(place: Workplace, *, collect: bool = True) -> Tally:
    """What cron calls: ingest, judge and group."""
    tally = ingest(place) if collect else Tally()
    for name, count in judge(place).counts.items():
        tally.add(f"judge.{name}", count)
    for name, count in group(place).counts.items():
        tally.add(f"group.{name}", count)
    from pipeline.fetch.ledger import Ledger

    with Ledger(place.data / "ledger.sqlite", place.now) as ledger:
        ledger.record_run("run", tally.counts)
    return tally


def with_fetch(place: Workplace, **changes: object) -> Workplace:
    """The same workplace with other fetch settings, checked as if they stood in settings.toml."""
    fetch = type(place.settings.fetch).model_validate({**place.settings.fetch.model_dump(), **changes})
    return replace(place, settings=place.settings.model_copy(update={"fetch": fetch}))
