"""The one function that crosses the engine: read a pages part, write its articles and rejections parts, return counts."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from pipeline.classify.judge import Asking, Judge, load_judge
from pipeline.errors import ConfigError
from pipeline.extract.article import extract
from pipeline.extract.outlets import Outlets, outlets_of
from pipeline.extract.privacy import Masker, masker_of
from pipeline.records import Article, Page, PartSummary, Reason, Rejection
from pipeline.store.parts import part_path, read_part, write_part
from pipeline.store.rewriting import blank_pages
from pipeline.store.rows import article_row, page_of, rejection_row, text_digest
from pipeline.store.schema import ARTICLES, REJECTIONS
from pipeline.store.tombstones import load_tombstones


@dataclass(frozen=True, slots=True)
class JudgeTask:
    """What a worker needs for one part: plain values only."""

    data: str
    config: str
    units: str
    part: str
    model: str
    recipe: str
    keep_text: str
    links: str = "short"
    beside: str = ""  # behind the names of the folders that are written: a candidate's lie beside those in use


@lru_cache(maxsize=2)
def _judge(config: str, units: str, model: str, recipe: str) -> Judge:
    return load_judge(Path(config), Path(units), recipe, Path(model))


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
    """Judge every page of a part. The articles part is written last: where it stands, its rejections stand too."""
    data = Path(task.data)
    judge = _judge(task.config, task.units, task.model, task.recipe)
    outlets, masker, forgotten = outlets_of(Path(task.config)), masker_of(Path(task.config)), load_tombstones(data)
    short_links = task.links == "short"
    found: list[Article] = []
    rejections = []
    for row in read_part(part_path(data, "pages", task.part)).to_pylist():
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
    judgements = judge.judge_many([_asking(article) for article in found])
    articles = [
        article_row(article, judgement, task.part, task.keep_text) for article, judgement in zip(found, judgements, strict=True)
    ]
    write_part(part_path(data, f"rejections{task.beside}", task.part), rejections, REJECTIONS, task.recipe)
    write_part(part_path(data, f"articles{task.beside}", task.part), articles, ARTICLES, task.recipe)
    again = {str(row["key"]) for row in rejections if row["reason"] == Reason.FORGOTTEN.value}
    if again:  # the bytes of a text that was removed on request must not lie on under another address
        blank_pages(part_path(data, "pages", task.part), again.__contains__)
    reasons = Counter(str(row["reason"]) for row in rejections)
    return PartSummary(task.part, len(articles), len(rejections), tuple(sorted(reasons.items())))
