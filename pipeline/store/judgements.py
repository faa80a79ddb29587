"""Judgements by recipe: those in use, former ones (``articles_past``) and a candidate's (``articles_new``)."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from pathlib import Path

import pandas as pd
import pyarrow as pa

from pipeline.store.index import Index
from pipeline.store.parts import part_names, part_path, read_shaped
from pipeline.store.schema import ARTICLES

IN_USE = "in_use"
PAST, NEW = "articles_past", "articles_new"


def new_suffix(recipe: str) -> str:
    """What stands behind ``articles`` and ``rejections`` where a candidate's judgements lie."""
    return f"_new/{recipe}"


def folders_of(data: Path, kind: str) -> list[str]:
    """The recipes of which ``kind`` (PAST or NEW) holds parts, sorted."""
    return sorted(path.name for path in (data / kind).glob("*") if path.is_dir() and part_names(data, f"{kind}/{path.name}"))


def parts_by(data: Path, recipe: str) -> dict[str, Path]:
    """Part name → its file, of the judgements of ``recipe``; ``IN_USE``: of those in use, whatever recipe they have."""
    used = Index.of(data, "articles")
    if recipe == IN_USE:
        return {name: part_path(data, "articles", name) for name in used.parts}
    found = {name: part_path(data, "articles", name) for name, theirs in used.recipes().items() if theirs == recipe}
    for kind in (kind for kind in (PAST, NEW) if recipe in folders_of(data, kind)):
        found |= {name: part_path(data, f"{kind}/{recipe}", name) for name in part_names(data, f"{kind}/{recipe}")}
    return found


def read_judged(files: Collection[Path], columns: Collection[str]) -> pd.DataFrame:
    """These columns of ARTICLES, one row for each article and version."""
    shape = pa.schema([ARTICLES.field(name) for name in columns])
    frame: pd.DataFrame = pa.concat_tables([shape.empty_table(), *(read_shaped(path, shape) for path in files)]).to_pandas()
    return frame.fillna({"version": 0}).drop_duplicates(["key", "version"])


def drop_candidates(data: Path, keep: str = "") -> int:
    """Remove the judgements of all candidates but ``keep``: they were never in use. Returns how many candidates there were."""
    gone = [path for path in sorted((data / NEW).glob("*")) if path.is_dir() and path.name != keep]
    for path in gone:
        shutil.rmtree(data / "rejections_new" / path.name, ignore_errors=True)
        shutil.rmtree(path, ignore_errors=True)
    return len(gone)
