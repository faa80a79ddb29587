"""A data folder with as many judged articles as asked for: real judgements of the corpus, told over two years under new keys.

What flatters nobody: rows have all columns, evidence and text as the store keeps them. What flatters both sides: a thousand texts
recur, so that files are smaller than real ones.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from benchmarks.bench.pages import corpus
from pipeline.classify.judge import Judge
from pipeline.dates import Week
from pipeline.records import Article, DateCandidate, Dated, PublisherType, Removed
from pipeline.store.encoding import encoded
from pipeline.store.parts import part_content, part_path
from pipeline.store.rows import article_row, text_digest
from pipeline.store.schema import ARTICLES, REJECTIONS, SCHEMA_VERSION, STORIES

BASE = 1_000  # articles that are judged; all rows are made of them
PART = 2_000  # rows: a day's parts, folded
LAST = datetime(2026, 11, 22, 17, tzinfo=UTC)  # midnight in Jakarta, behind the newest article: the end of 2026-W47
DAYS = 730
# As many as the pages of the sample newsroom have, and as long.
REMOVED = tuple(
    Removed(rule, line)
    for rule, line in (
        ("dateline", "Wanarata (KBR) -"),
        ("other_story", "Baca juga: Jatim tuan rumah kejuaraan renang antarpelajar"),
        ("widget", "Bagikan ini:"),
        ("other_story", "Terkait"),
        ("author_box", "Dilarang menyalin isi tanpa izin tertulis redaksi."),
        ("aside", "Terpopuler"),
    )
)
DATED_BY = (("feed", 0.95), ("json-ld", 0.9), ("meta", 0.9), ("visible", 0.7))


def base_rows(judge: Judge, count: int = BASE) -> list[dict[str, object]]:
    """Rows of ARTICLES, judged from the corpus' texts by ``judge``."""
    rows = []
    for number, (title, text) in enumerate(corpus()[:: max(1, len(corpus()) // count)][:count]):
        at = LAST - timedelta(minutes=number + 1)
        host = f"media{number % 120}.example"
        article = Article(
            key=text_digest(str(number))[:16], url=f"https://{host}/{number}", canonical_url="", source_id=f"s{number % 120}",
            outlet=f"Media {number % 120}", domain=host, tier="T2", publisher_type=PublisherType.NEWSROOM, licence="open",
            title=title, text=text, language="id", text_status="full", charset="utf-8", byline="Tim Redaksi",
            removed=REMOVED, dateline_place="Wanarata", first_seen=at, dated=_dated(at),
        )  # fmt: skip
        judgement = judge.judge(title=title, text=text, published=at)
        rows.append(article_row(article, judgement, "", "relevant"))
    return rows


def _dated(at: datetime) -> Dated:
    """An instant that a page tells in four ways."""
    raw = at.isoformat()
    found = tuple(DateCandidate(at, raw, method, "+00:00", confidence, timed=True) for method, confidence in DATED_BY)
    return Dated(at, raw, "feed", "+00:00", 0.95, "ok", found)


def make(data: Path, rows: int, judge: Judge, base: int = BASE, *, part: int = PART, days: int = DAYS) -> str:
    """Write ``rows`` articles of so many ``days`` and their stories below ``data``; returns the last complete week, as 2026-W47.

    ``part``: rows of each, with a rejection beside them.
    """
    judged = pa.Table.from_pylist(base_rows(judge, base), schema=ARTICLES)
    draw = random.Random(3)  # noqa: S311 - a drawing of rows, no secret
    keys: list[str] = []
    for first in range(0, rows, part):
        count = min(part, rows - first)
        begun = LAST - timedelta(days=days) * (1 - first / rows)
        until = LAST - timedelta(days=days) * (1 - (first + count) / rows)
        instants = [begun + (until - begun) * (place / count) for place in range(count)]
        table = judged.take([draw.randrange(len(judged)) for _ in range(count)])
        name = f"ingested={begun:%Y-%m-%d}/part-{begun:%Y%m%dT%H%M%S}-{first // part:05d}.parquet"
        own = [f"{number:016x}" for number in range(first, first + count)]
        new = {
            "key": own, "dated_at": instants, "published": instants, "first_seen": [_run_after(at) for at in instants],
            "week": [str(Week.of(at)) for at in instants], "part": [name] * count,
            "url": [f"https://media.example/{key}" for key in own],
        }  # fmt: skip
        for column, values in new.items():
            field = ARTICLES.field(column)
            table = table.set_column(ARTICLES.get_field_index(column), field, pa.array(values, field.type))
        path = data / "articles" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        meta = {b"pantau_schema": str(SCHEMA_VERSION).encode(), b"pantau_recipe": b"bench"}
        path.write_bytes(encoded(table.replace_schema_metadata(meta)))
        path = part_path(data, "rejections", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(part_content([_rejection(first, begun, name)], REJECTIONS, "bench"))
        keys += [key for key, label in zip(own, table["relevance"].to_pylist(), strict=True) if label != "irrelevant"]
    _stories(data / "stories" / "stories.parquet", keys)
    return str(Week.of(LAST - timedelta(minutes=1)))


def _rejection(number: int, at: datetime, part: str) -> dict[str, object]:
    """A page that was no article."""
    key = text_digest(f"rejected {number}")[:16]
    return {
        "key": key, "url": f"https://media{number % 120}.example/galeri/{key}", "source_id": f"s{number % 120}",
        "title": "Galeri foto", "step": "extract", "reason": "not_article", "detail": "gallery", "at": at, "recipe": "bench",
        "part": part, "version": 0,
    }  # fmt: skip


def _run_after(at: datetime) -> datetime:
    """The run that fetched it: one every quarter of an hour."""
    return at + (datetime.min.replace(tzinfo=UTC) - at) % timedelta(minutes=15)


def _stories(path: Path, keys: list[str]) -> None:
    """Every third article reprints the one before it."""
    origins = [keys[place - 1] if place % 3 == 2 else key for place, key in enumerate(keys)]
    roles = ["reprint" if place % 3 == 2 else "origin" for place in range(len(keys))]
    told: dict[str, list[object]] = {
        "key": [*keys], "story_id": [*origins], "story_origin": [*origins], "story_role": [*roles], "event_id": [*origins],
        "event_role": ["first"] * len(keys), "story_reason": ["jaccard"] * len(keys), "event_reason": [""] * len(keys),
        "story_merged_from": [""] * len(keys),
    }  # fmt: skip
    for field in STORIES:
        told.setdefault(field.name, [1] * len(keys) if pa.types.is_integer(field.type) else [1.0] * len(keys))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encoded(pa.table([pa.array(told[field.name], field.type) for field in STORIES], schema=STORIES)))
