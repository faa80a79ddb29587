"""The one function that crosses the engine: read a pages part, write its articles and rejections parts, return counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pipeline.classify.judge import Asking, Judge, load_judge
from pipeline.extract.article import extract
from pipeline.records import Article, Page, PartSummary, Reason, Rejection
from pipeline.store.parts import part_path, read_part, write_part
from pipeline.store.rows import article_row, page_of, rejection_row
from pipeline.store.schema import ARTICLES, REJECTIONS


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


@lru_cache(maxsize=2)
def _judge(config: str, units: str, model: str, recipe: str) -> Judge:
    return load_judge(Path(config), Path(units), recipe, Path(model))


def extract_safely(page: Page) -> Article | Rejection:
    """``extract``, with a fault of a library on one hostile page turned into a counted rejection."""
    try:
        return extract(page)
    except Exception as error:  # noqa: BLE001 - one page must not cost its whole part
        return Rejection(page.key, "extract", Reason.BROKEN, f"{type(error).__name__}: {error}"[:300], page.url, page.source_id)


def _asking(article: Article) -> Asking:
    return Asking(article.title, article.text, article.url, article.dated.value, article.publisher_type, article.removed)


def judge_part(task: JudgeTask) -> PartSummary:
    """Judge every page of a part. The articles part is written last: where it stands, its rejections stand too."""
    data = Path(task.data)
    judge = _judge(task.config, task.units, task.model, task.recipe)
    found: list[Article] = []
    rejections = []
    for row in read_part(part_path(data, "pages", task.part)).to_pylist():
        page = page_of(row)
        outcome = extract_safely(page)
        if isinstance(outcome, Article):
            found.append(outcome)
        else:
            at = page.feed_published or page.fetched_at
            rejections.append(rejection_row(outcome, page.feed_title, at, task.recipe, task.part))
    judgements = judge.judge_many([_asking(article) for article in found])
    articles = [
        article_row(article, judgement, task.part, task.keep_text) for article, judgement in zip(found, judgements, strict=True)
    ]
    write_part(part_path(data, "rejections", task.part), rejections, REJECTIONS, task.recipe)
    write_part(part_path(data, "articles", task.part), articles, ARTICLES, task.recipe)
    reasons = Counter(str(row["reason"]) for row in rejections)
    return PartSummary(task.part, len(articles), len(rejections), tuple(sorted(reasons.items())))
