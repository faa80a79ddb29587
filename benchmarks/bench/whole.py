"""The whole line, pages in and judged, grouped rows out: beside the plain wiring, on two cores beside one, and beside extraction.

The pages of ``pages.py``, other ones each round, so that no text is met twice. Ours masks private names, finds units and
incidents and keeps the evidence of every label; the plain wiring does none of that. Models are fitted before the clock runs, on
both sides.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.bench.measure import CannotMeasureError, Race, Spread, by_the_clock, each, one_core, race, timed
from benchmarks.bench.pages import Told, heavy_pages, ordinary_news, two_articles
from benchmarks.bench.results import Figure, Result
from pipeline.extract.outlets import outlets_of
from pipeline.jobs import Workplace, group, recipe_of_place, workplace
from pipeline.records import Page
from pipeline.settings import default_config
from pipeline.store.parts import part_path, read_part, write_part
from pipeline.store.rows import page_of, page_row
from pipeline.store.schema import PAGES
from pipeline.training import model_file
from pipeline.work import JudgeTask, extract_safely, judge_part

if TYPE_CHECKING:
    from benchmarks.bench.plain import Plain

PLAIN, CORES, EXTRACTION = "whole", "cores", "whole-extraction"
NOW = datetime(2026, 11, 26, tzinfo=UTC)
PART = 54  # pages of a part: three of each frame
Tell = Callable[[int], Told]
PARTS_PER_ROUND = 6  # of the comparison of cores, for one worker and for two


def measure_plain(rounds: int, files: Sequence[Path] = ()) -> Result:  # noqa: ARG001
    """One part a round: judged, grouped and written by ours; read, stemmed, classified, compared and written by the plain way.

    Once of the labelled texts, of which four in five are ours, and once of ordinary news, as nearly all that feeds bring.
    """
    from benchmarks.bench.plain import Plain

    plain = Plain()
    subject, ordinary = (_beside_plain(plain, rounds, tell) for tell in (two_articles, ordinary_news))
    return Result(
        PLAIN,
        "trafilatura's default with metadata, PySastrawi, TF-IDF of words and pairs with LinearSVC, datasketch, pandas",
        f"{rounds} parts of {PART} pages, one core",
        rounds,
        (
            Figure("the whole line, pages to grouped rows", subject.ratio, "times", ">= 5"),
            Figure("ours", each(subject.ours, PART), "ms a page"),
            Figure("the plain wiring", each(subject.theirs, PART), "ms a page"),
            Figure("the same of ordinary news, which the gate keeps out", ordinary.ratio, "times"),
            Figure("ours, ordinary news", each(ordinary.ours, PART), "ms a page"),
        ),
    )


def _beside_plain(plain: Plain, rounds: int, tell: Tell) -> Race:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, one_core():
        place = _place(Path(folder))
        tasks = _tasks(place, rounds + 1, tell)
        mine, their = iter(tasks), iter(tasks)

        def ours() -> float:
            task = next(mine)
            return timed(lambda: (judge_part(task), group(place)))()

        def theirs() -> float:
            task = next(their)
            return timed(lambda: plain.run(part_path(place.data, "pages", task.part), place.data / "plain"))()

        return race(ours, theirs, rounds)


def measure_extraction(rounds: int, files: Sequence[Path] = ()) -> Result:  # noqa: ARG001
    """One part a round, judged and grouped, beside the extraction of its pages alone (no masking of names)."""
    subject, ordinary = (_beside_extraction(rounds, tell) for tell in (two_articles, ordinary_news))
    return Result(
        EXTRACTION,
        "extraction of the same pages alone",
        f"{rounds} parts of {PART} pages, one core",
        rounds,
        (
            Figure("the whole line's cost, of its extraction's", _share(subject), "times", "<= 1.15"),
            Figure("the whole line", each(subject.ours, PART), "ms a page"),
            Figure("extraction", each(subject.theirs, PART), "ms a page"),
            Figure("the same of ordinary news, which the gate keeps out", _share(ordinary), "times"),
            Figure("the whole line, ordinary news", each(ordinary.ours, PART), "ms a page"),
        ),
    )


def _beside_extraction(rounds: int, tell: Tell) -> Race:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, one_core():
        place = _place(Path(folder))
        tasks, outlets = _tasks(place, rounds + 1, tell), outlets_of(place.config)
        mine, their = iter(tasks), iter(tasks)

        def whole() -> float:
            task = next(mine)
            return timed(lambda: (judge_part(task), group(place)))()

        def extraction() -> float:
            pages = [page_of(row) for row in read_part(part_path(place.data, "pages", next(their).part)).to_pylist()]
            return timed(lambda: [extract_safely(page, outlets) for page in pages])()

        return race(whole, extraction, rounds)


def _share(found: Race) -> Spread:
    return Spread.of([our / their for our, their in zip(found.ours, found.theirs, strict=True)])


def measure_cores(rounds: int, files: Sequence[Path] = ()) -> Result:  # noqa: ARG001
    """The same parts through two worker processes and through one; workers are warm, the clock is the wall's."""
    if len(os.sched_getaffinity(0)) < 2:
        raise CannotMeasureError("this machine has one core; the comparison wants two")
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        place = _place(Path(folder))
        tasks = _tasks(place, PARTS_PER_ROUND)
        context = get_context("spawn")
        with ProcessPoolExecutor(2, mp_context=context) as two, ProcessPoolExecutor(1, mp_context=context) as one:
            found = race(
                by_the_clock(lambda: list(two.map(judge_part, tasks))),
                by_the_clock(lambda: list(one.map(judge_part, tasks))),
                rounds,
            )
    pages = PART * PARTS_PER_ROUND
    return Result(
        CORES,
        "one worker process",
        f"{PARTS_PER_ROUND} parts of {PART} pages, by the clock",
        rounds,
        (
            Figure("two worker processes on two cores", found.ratio, "times", ">= 1.9"),
            Figure("two workers", each(found.ours, pages), "ms a page"),
            Figure("one worker", each(found.theirs, pages), "ms a page"),
        ),
    )


def _place(data: Path) -> Workplace:
    return replace(workplace(default_config(), data, NOW), sources=())


def _tasks(place: Workplace, parts: int, tell: Tell = two_articles) -> list[JudgeTask]:
    """``parts`` parts of pages written, each page another, and what a worker needs to judge them."""
    recipe, model = recipe_of_place(place), str(model_file(place.config, place.data))
    tasks = []
    for number, pages in zip(range(parts), _batches(tell), strict=False):
        name = f"ingested=2026-11-26/part-{number:04d}.parquet"
        write_part(part_path(place.data, "pages", name), [page_row(page) for page in pages], PAGES)
        tasks.append(JudgeTask(str(place.data), str(place.config), str(place.units), name, model, recipe, "relevant"))
    return tasks


def _batches(tell: Tell) -> Iterator[list[Page]]:
    for number in count():
        yield list(heavy_pages(PART, PART * number, tell))
