"""The only wiring: configuration → collaborators → flows. Each job takes a Workplace and returns what it counted."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from pipeline.configfile import Problems
from pipeline.engine import run as run_engine
from pipeline.errors import ConfigError, LockedError, StorageError
from pipeline.ledgers import has_ledger, held, ledger_of
from pipeline.recipe import recipe_of as recipe_digest
from pipeline.records import Article, Page, Source, Tally
from pipeline.settings import Settings, load_settings

if TYPE_CHECKING:
    from pipeline.fetch.catalogue import Blocked
    from pipeline.fetch.prefilter import Prefilter

    Progress = Callable[[str, int, int], None]

log = logging.getLogger("pantau.jobs")


Stop = Callable[[], bool]


def never() -> bool:
    """Nobody asks the run to stop."""
    return False


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
    blocked: Blocked
    prefilter: Prefilter
    progress: Progress = _quiet
    patience: float = 0.0  # seconds to wait for another run to end
    ahead: timedelta = timedelta()  # of the machine's clock, where the user has told another time
    root: str = ""  # s3://bucket/prefix, whose mirror the data folder is; "": the folder itself holds all parts

    def clock(self) -> datetime:
        """The present instant while a job runs: the machine's clock, or the told time going on."""
        return datetime.now(UTC) + self.ahead


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
    from pipeline.classify.tuned import tuned_of
    from pipeline.classify.units import load_units
    from pipeline.classify.vocabulary import load_calibration, load_stems, load_vocabulary
    from pipeline.extract.outlets import load_outlets
    from pipeline.extract.privacy_names import load_names
    from pipeline.fetch.catalogue import load_blocked, load_sources
    from pipeline.fetch.prefilter import load_prefilter

    problems = Problems()
    if not config.is_dir():
        raise ConfigError(f"{config} is not a folder; --config must name the folder that holds settings.toml")
    settings = load_settings(config, problems)
    blocked, prefilter = load_blocked(config / "blocked.csv", problems), load_prefilter(config / "prefilter.txt", problems)
    if not isinstance(sources, tuple):
        sources = load_sources(sources or config / "sources.csv", problems, blocked)
    units = units or config / "units.csv"
    load_units(units, problems)
    taxonomies = load_taxonomies(config / "programmes", problems)
    load_names(config, problems)
    load_outlets(config / "outlets", problems)
    load_vocabulary(config / "vocabulary.yaml", [*all_programmes(taxonomies), OUTSIDE], problems)
    load_calibration(config / "calibration.yaml", problems)
    load_stems(config / "stems.yaml", problems)
    if settings:
        encoder_of(config, settings.judge, problems)
        tuned_of(settings.judge, problems)
    if settings and taxonomies and settings.report.taxonomy not in taxonomies:
        advice = f"{settings.report.taxonomy!r} is not a list in config/programmes; known are: {', '.join(sorted(taxonomies))}"
        problems.add(config / "settings.toml", None, "report.taxonomy", advice)
    problems.raise_if_any()
    if settings is None:
        raise ConfigError(f"{config / 'settings.toml'} could not be read")
    return Workplace(config.resolve(), data.resolve(), now, settings, sources, units.resolve(), blocked, prefilter)


@contextmanager
def alone(place: Workplace) -> Iterator[None]:
    """Hold the data folder and its ledger. Raises ``LockedError`` when another run still has them after ``place.patience``."""
    busy = f"another run is at work on {place.data}; this one did nothing"
    with (
        locked(place.data / ".lock", busy, "give --data a folder that can", place.patience),
        held(place.data, place.settings.ledger.url, place.now, place.patience),
    ):
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


def ingest(place: Workplace, *, stop: Stop = never, only_due: bool = True) -> Tally:
    """Poll the sources that are due, fetch what is new and look at younger articles again, until ``stop`` or the time is up."""
    from pipeline.extract.outlets import outlets_of
    from pipeline.fetch.catalogue import lane_of
    from pipeline.fetch.client import Client
    from pipeline.fetch.documents import Web
    from pipeline.fetch.ingest import Collectors
    from pipeline.fetch.ingest import ingest as flow
    from pipeline.fetch.ledger import Ledger
    from pipeline.fetch.pace import Pace
    from pipeline.fetch.robots import Robots
    from pipeline.store.tombstones import load_tombstones

    fetch, end = place.settings.fetch, time.monotonic() + place.settings.fetch.run_seconds
    with Ledger(ledger_of(place.data), place.now) as ledger:
        pace = Pace(
            lane_of(place.sources),
            fetch.host_delay_seconds,
            refused_seconds=fetch.refused_seconds,
            outage_seconds=fetch.outage_seconds,
            wall=place.clock,
            remembered=ledger.hosts(),
        )
        with Client(fetch, pace) as client:
            robots = Robots(client, ledger.fresh_robots(fetch.robots_hours).get)
            with_ = Collectors(
                settings=place.settings,
                data=place.data,
                now=place.now,
                ledger=ledger,
                web=Web(client, robots, outlets_of(place.config), fetch.max_article_parts),
                pace=pace,
                stop=lambda: stop() or time.monotonic() > end,
                draw=random.random,
                digest=_digest_of(place),
                prefilter=place.prefilter,
                blocked=place.blocked,
                forgotten=load_tombstones(place.data),
                progress=place.progress,
            )
            tally = flow(place.sources, with_, only_due=only_due)
        if stop():
            tally.add("stopped")
        ledger.fold_polls()
        ledger.record_run("ingest", tally.counts)
    return tally


def _digest_of(place: Workplace) -> Callable[[Page], str | None]:
    """The digest by which a later look at a page tells whether its text has changed: as judging would read and mask it."""
    from pipeline.extract.outlets import outlets_of
    from pipeline.extract.privacy import masker_of
    from pipeline.store.rows import text_digest
    from pipeline.work import extract_safely

    def digest(page: Page) -> str | None:
        masker, short = masker_of(place.config), place.settings.privacy.links == "short"
        found = extract_safely(page, outlets_of(place.config), masker, short_links=short)
        return text_digest(found.text) if isinstance(found, Article) else None

    return digest


def plan_revisits(place: Workplace, parts: list[str]) -> int:
    """Let the judged articles of the subject be looked at again; returns how many. Old ones, judged anew, are left alone."""
    import pyarrow as pa

    from pipeline.fetch.ledger import Ledger
    from pipeline.fetch.revisits import AFTER
    from pipeline.store.parts import part_path, read_shaped
    from pipeline.store.schema import ARTICLES

    if place.root and not has_ledger(place.data):
        return 0  # another machine collects: it plans when to look again
    names = ("key", "text_sha256", "first_seen", "relevance", "licence", "version")
    shape = pa.schema([ARTICLES.field(name) for name in names])
    rows = [row for name in parts for row in read_shaped(part_path(place.data, "articles", name), shape).to_pylist()]
    wanted = [
        (row["key"], row["text_sha256"], row["first_seen"])
        for row in rows
        if row["relevance"] != "irrelevant"
        and row["licence"] != "headline-only"
        and not row["version"]
        and row["first_seen"] + AFTER[-1] > place.now
    ]
    with Ledger(ledger_of(place.data), place.now) as ledger:
        return ledger.plan_revisits(wanted)


def recipe_of_place(place: Workplace, *, candidate: bool = False) -> str:
    """The recipe that ``judge`` would use now; with ``candidate`` the one of the last ``pantau train``."""
    from pipeline.training import model_path

    model = model_path(place.config, place.data, candidate=candidate).stem
    return recipe_digest(place.config, place.units, model, place.settings.store.text, place.settings.privacy.links)


def judge(place: Workplace, *, rejudge: bool = False, retry: bool = False) -> Tally:
    """Judge the pages parts that have no articles part; with ``rejudge`` also those judged by another recipe.

    A re-judged part's old rows move to ``articles_past/<recipe>/``, so both can be compared and none is counted twice. A part
    that could not be judged is left out from then on, until it changes, the recipe changes, or ``retry`` says so.
    """
    from pipeline import spreading
    from pipeline.fetch.revisits import AFTER
    from pipeline.store.index import Index
    from pipeline.store.parts import part_names, part_path
    from pipeline.store.rewriting import expired_at

    spreading.sync(place)
    recipe = recipe_of_place(place)
    tasks, tally = [], Tally()
    names = spreading.root_at(place).names("pages")
    spreading.forget_missing(place, names)
    judged_by = Index.of(place.data, "articles").recipes()
    for name in names:
        old = judged_by.get(name)
        if not place.root and not part_path(place.data, "rejections", name).exists():
            old = None  # half of its judgement was damaged and moved away
        if old is not None and old != recipe and not place.root and expired_at(part_path(place.data, "pages", name)):
            tally.add("parts_expired")  # its pages are gone, its judgement stays as it is
            continue
        if old is not None and old != recipe and not rejudge:
            tally.add("parts_of_older_recipe")
        if old is None or (old != recipe and rejudge):
            tasks.append((name, old))
    wanted = spreading.without_poisoned(place, [name for name, _ in tasks], recipe, tally, retry=retry)
    former = {name: old for name, old in tasks if old is not None}
    for name in wanted:
        if name in former:
            keep_past(place.data, name, former[name])
    judge_parts(place, wanted, recipe, tally)
    spreading.sync(place)
    # Of all young parts: a run that was killed among its parts has planned nothing for those that it had judged.
    since = f"ingested={place.now - AFTER[-1] - timedelta(days=1):%Y-%m-%d}"
    young = [name for name in part_names(place.data, "articles") if name >= since]
    if planned := plan_revisits(place, young):
        tally.add("revisits_planned", planned)
    return tally


def judge_parts(place: Workplace, names: list[str], recipe: str, tally: Tally, *, beside: str = "") -> list[str]:
    """Judge these pages parts by ``recipe``; returns those that succeeded, ``tally`` counts.

    ``beside``: what stands behind ``articles`` and ``rejections`` in the names of the folders that are written; the recipe is
    then the candidate's. Raises ``ConfigError`` for what is wrong for every part.
    """
    from pipeline.spreading import failed, tasks_of
    from pipeline.store.quarantine import release
    from pipeline.training import model_file
    from pipeline.work import judge_part

    done, finished = 0, list[str]()
    # One small part is judged sooner than a worker process starts.
    spec = "serial" if len(names) <= 1 else place.settings.engine.spec
    model = str(model_file(place.config, place.data, candidate=bool(beside))) if names else ""
    asked, cluster = tasks_of(place, names, recipe, model, beside)
    for task, result in run_engine(judge_part, asked, spec, cluster):
        done += 1
        place.progress("parts", done, len(names))
        if isinstance(result, Exception):
            tally.add("parts_failed")
            failed(place, task.part, recipe, result)
            continue
        release(place.data, task.part)
        if result.expired:
            tally.add("parts_expired")
            continue
        log.info("part judged", extra={"part": task.part, "judged": result.judged, "rejected": result.rejected})
        tally.add("parts_judged")
        if not result.first:
            tally.add("parts_judged_elsewhere")
        finished.append(task.part)
        tally.add("judged", result.judged)
        tally.add("rejected", result.rejected)
        for reason, count in result.reasons:
            tally.add(f"rejected:{reason}", count)
    return finished


def keep_past(data: Path, name: str, recipe: str) -> None:
    """Let a part's judgement by ``recipe`` lie in ``articles_past`` and ``rejections_past`` too."""
    from pipeline.store.parts import make_folder, sync_folder, write_bytes

    for kind in ("articles", "rejections"):
        past = data / f"{kind}_past" / recipe / name
        make_folder(past.parent)
        past.unlink(missing_ok=True)
        try:
            past.hardlink_to(data / kind / name)
        except OSError:  # a file system without hard links
            write_bytes(past, (data / kind / name).read_bytes())
        sync_folder(past.parent)  # before another judgement takes the place of this one


def group(workplace: Workplace) -> Tally:
    """Place the relevant articles among stories and events, and write ``stories/stories.parquet`` when it changed.

    An article stays with its copies when a person calls it irrelevant, so that the correction goes on reaching them.
    """
    from pipeline.grouping import regroup
    from pipeline.stories.placing import Rules

    rules = workplace.settings.stories
    return Tally(regroup(workplace.data, workplace.config, Rules(rules.window_days, rules.jaccard, rules.containment)))


def run(place: Workplace, *, stop: Stop = never, only_due: bool = True) -> Tally:
    """What cron calls: ingest, judge and group. Once ``stop`` turns true, judging is left to the next run."""
    tally = ingest(place, stop=stop, only_due=only_due)
    if stop():
        return tally
    for name, count in judge(place).counts.items():
        tally.add(f"judge.{name}", count)
    for name, count in group(place).counts.items():
        tally.add(f"group.{name}", count)
    from pipeline.fetch.ledger import Ledger

    with Ledger(ledger_of(place.data), place.now) as ledger:
        ledger.record_run("run", tally.counts)
    return tally


def with_fetch(place: Workplace, **changes: object) -> Workplace:
    """The same workplace with other fetch settings, checked as if they stood in settings.toml."""
    fetch = type(place.settings.fetch).model_validate({**place.settings.fetch.model_dump(), **changes})
    return replace(place, settings=place.settings.model_copy(update={"fetch": fetch}))
