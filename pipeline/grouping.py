"""What grouping reads of the store: a few facts of every article, and the wording of those alone that it compares."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.corrected import spoken_of
from pipeline.store.dataset import articles_table
from pipeline.store.parts import part_path
from pipeline.stories.corrected import WORDS
from pipeline.stories.placing import FACTS, WORDING


def facts(data: Path) -> list[dict[str, Any]]:
    """What grouping asks of every article that has a place among stories: little, for there may be a million of them."""
    held = articles_table(data, [*FACTS, "part", "relevance", "words", "text_sha256"])
    called = pc.is_in(held["key"], pa.array(sorted(spoken_of(data)), pa.string()))
    same = held["text_sha256"].filter(pc.and_(called, pc.greater_equal(held["words"], WORDS)))
    ours = pc.or_(pc.not_equal(held["relevance"], "irrelevant"), pc.or_(called, pc.is_in(held["text_sha256"], pc.unique(same))))
    return held.filter(ours).select([*FACTS, "part"]).to_pylist()  # type: ignore[no-any-return]


def wording(data: Path, rows: list[dict[str, Any]], keys: Collection[str]) -> dict[str, dict[str, Any]]:
    """What grouping asks besides of the articles that it compares, by key."""
    parts = sorted({row["part"] for row in rows if row["key"] in keys})
    held = articles_table(data, ["key", *WORDING], [part_path(data, "articles", part) for part in parts])
    wanted = pc.is_in(held["key"], pa.array(sorted(keys), pa.string()))
    return {row["key"]: row for row in held.filter(wanted).to_pylist()}
