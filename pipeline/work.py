"""The one function that crosses the engine: read a pages part, write its articles and rejections parts, return counts."""

from __future__ import annotations

import gc
import hashlib
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipeline import __version__
from pipeline.classify.judge import Asking, Judge, load_judge
from pipeline.errors import ConfigError
from pipeline.extract.article import extract
from pipeline.extract.outlets import Outlets, outlets_of
from pipeline.extract.privacy import Masker, masker_of
from pipeline.recipe import configuration_digest, program_digest
from pipeline.recipe import recipe_of as recipe_digest
from pipeline.records import Article, Page, PartSummary, Reason, Rejection
from pipeline.store.bundle import MODEL, shipped
from pipeline.store.parts import part_content, table_of
from pipeline.store.rewriting import blanked, has_expired
from pipeline.store.roots import Root, root_of
from pipeline.store.rows import article_row, page_of, rejection_row, text_digest
from pipeline.store.schema import ARTICLES, REJECTIONS
from pipeline.store.tombstones import FILE as TOMBSTONES
from pipeline.store.tombstones import NOTHING, Tombstones, tombstones_of


@dataclass(frozen=True, slots=True)
class JudgeTask:
    """What a worker needs for one part: plain values only. ``data``: a folder's path, or s3://bucket/prefix.

    ``bundle``: what was shipped into the root (``store/bundle.py``) stands in for config, units and model, which a worker on
    another machine does not see.
    """

    data: str
    config: str
    units: str
    part: str
    model: str
    recipe: str
    keep_text: str
    links: str = "short"
    beside: str = ""  # behind the names of the folders that are written: a candidate's lie beside those in use
    bundle: str = ""

    def files(self) -> tuple[Path, Path, Path]:
        """Configuration folder, units and model file, as this machine sees them."""
        if not self.bundle:
            return Path(self.config), Path(self.units), Path(self.model)
        home = shipped(self.data, self.bundle)
        return home, home / "units.csv", home / MODEL


def standing(task: JudgeTask) -> dict[str, str]:
    """By what a machine would judge: equal answers on two machines mean equal rows."""
    config, units, model = task.files()
    return {
        "program": f"{__version__} ({program_digest()})",
        "configuration": configuration_digest(config, units),
        "model": hashlib.sha256(model.read_bytes()).hexdigest()[:12],
    }


@lru_cache(maxsize=2)
def _judge(config: Path, units: Path, model: Path, recipe: str) -> Judge:
    judge = load_judge(config, units, recipe, model)
    # What was loaded stays while parts are judged: the collector of cycles need not walk through it again and again
    # (measured: 0.7 ms a page).
    gc.collect()
    gc.freeze()
    return judge


@lru_cache(maxsize=2)
def _same_recipe(config: Path, units: Path, model: str, recipe: str, keep_text: str, links: str) -> None:
    """Raise ``ConfigError`` unless this machine's code and the shipped files make the recipe that rows will name."""
    own = recipe_digest(config, units, model, keep_text, links)
    if own != recipe:
        told = f"this machine judges by recipe {own}, the run by {recipe}: its program was changed while it ran"
        raise ConfigError(f"{told}; install the same release on all machines and run again")


# A page of the press costs 0.02 to 0.2 s and a few megabytes; pages made to harm cost all there is.
PAGE_SECONDS = 20.0  # of processor time, so that a busy machine changes no outcome
PAGE_BYTES = 1_000_000_000  # above what the process holds already


class PageTooCostly(BaseException):
    """A page used up its time. No ``Exception``: libraries that swallow those must not swallow this."""


@contextmanager
def _limited(seconds: float, size: int) -> Iterator[None]:
    """Inside, ``PageTooCostly`` after ``seconds`` of processor time and ``MemoryError`` beyond ``size`` more bytes.

    Only where the system has such limits (Unix; memory on Linux), and in a process's main thread, which gets its signals.
    """
    try:
        import resource
        import signal
    except ImportError:
        resource = None  # type: ignore[assignment]
    if resource is None or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_number: int, _frame: object) -> None:
        raise PageTooCostly

    before = signal.signal(signal.SIGVTALRM, stop)
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    statm = Path("/proc/self/statm")
    limit = int(statm.read_text().split()[0]) * resource.getpagesize() + size if statm.exists() else soft
    lower = statm.exists() and (soft == resource.RLIM_INFINITY or limit < soft)
    try:
        if lower:
            resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds, 1.0)
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
        if lower:
            resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def extract_safely(
    page: Page, outlets: Outlets, masker: Masker | None = None, *, short_links: bool = True
) -> Article | Rejection:
    """``extract``, with a fault of a library on one hostile page, or its excessive cost, turned into a counted rejection.

    With a ``masker`` private persons are masked: the judge is asked of the masked text, so that no label, no sentence of
    evidence and no deciding word can hold a name (measured: docs/privacy.md).
    """
    try:
        with _limited(PAGE_SECONDS, PAGE_BYTES):
            found = extract(page, outlets)
            return masker.article(found, short_links=short_links) if masker and isinstance(found, Article) else found
    except ConfigError:
        raise
    except PageTooCostly:
        detail = f"used up {PAGE_SECONDS:g} seconds of processor time"
        return Rejection(page.key, "extract", Reason.BROKEN, detail, page.url, page.source_id)
    except Exception as error:  # noqa: BLE001 - one page must not cost its whole part
        return Rejection(page.key, "extract", Reason.BROKEN, f"{type(error).__name__}: {error}"[:300], page.url, page.source_id)


def _asking(article: Article) -> Asking:
    return Asking(article.title, article.text, article.url, article.dated.value, article.publisher_type, article.removed)


def judge_part(task: JudgeTask) -> PartSummary:
    """Judge every page of a part. The articles part is written last: where it stands, its rejections stand too.

    A part whose bodies have expired is left as it is. Raises ``StorageError`` for a part that cannot be read, ``OutageError``
    and ``OSError`` where the store fails, ``ConfigError`` where this machine is not like the one that asks.
    """
    root = root_of(task.data)
    config, units, model = task.files()
    if task.bundle:
        _same_recipe(config, units, Path(task.model).stem, task.recipe, task.keep_text, task.links)
    name = f"pages/{task.part}"
    pages = table_of(root.read(name), f"{task.data}/{name}")
    if has_expired(pages):
        return PartSummary(task.part, expired=True)
    judge, masker = _judge(config, units, model, task.recipe), masker_of(config)
    found, rejections = _read(task, pages.to_pylist(), outlets_of(config), masker, _forgotten(root, task.data))
    judgements = judge.judge_many([_asking(article) for article in found])
    articles = [
        article_row(article, judgement, task.part, task.keep_text) for article, judgement in zip(found, judgements, strict=True)
    ]
    aside = root.rejections(task.recipe, task.beside)
    root.put(f"{aside}/{task.part}", part_content(rejections, REJECTIONS, task.recipe))
    first = root.put(f"articles{task.beside}/{task.part}", part_content(articles, ARTICLES, task.recipe))
    again = {str(row["key"]) for row in rejections if row["reason"] == Reason.FORGOTTEN.value}
    if again:  # the bytes of a text that was removed on request must not lie on under another address
        root.revise(name, lambda content: blanked(content, again.__contains__, name))
    reasons = Counter(str(row["reason"]) for row in rejections)
    return PartSummary(task.part, len(articles), len(rejections), tuple(sorted(reasons.items())), first=first)


def _forgotten(root: Root, data: str) -> Tombstones:
    try:
        return tombstones_of(root.read(TOMBSTONES), f"{data}/{TOMBSTONES}")
    except FileNotFoundError:
        return NOTHING


def _read(
    task: JudgeTask, rows: list[dict[str, Any]], outlets: Outlets, masker: Masker, forgotten: Tombstones
) -> tuple[list[Article], list[dict[str, object]]]:
    """The articles of a part's pages, and the rows of its rejections."""
    short_links = task.links == "short"
    found: list[Article] = []
    rejections = []
    for row in rows:
        page = page_of(row)
        outcome = extract_safely(page, outlets, masker, short_links=short_links)
        if isinstance(outcome, Article) and not forgotten.text(text_digest(outcome.text)):
            found.append(outcome)
            continue
        at = page.feed_published or page.fetched_at
        if isinstance(outcome, Article):
            outcome, title = Rejection(page.key, "extract", Reason.FORGOTTEN, source_id=page.source_id, version=page.version), ""
        else:
            title, url = masker.headline(page.feed_title, page.feed_summary, outcome.url, page.key, short_links=short_links)
            outcome = replace(outcome, url=url, version=page.version)
        rejections.append(rejection_row(outcome, title, at, task.recipe, task.part))
    return found, rejections
