"""What the shelf reads of a large folder is what reading all of it gives."""

from __future__ import annotations

import random
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.demo import DemoResult
from pipeline.errors import StorageError
from pipeline.store.dataset import STORIES_FILE, articles, articles_table
from pipeline.store.parts import part_names, part_path, read_part, write_part
from pipeline.store.schema import ARTICLES
from pipeline.store.shelf import STORY, Instants, Shelf

FIRST = datetime(2026, 9, 1, tzinfo=UTC)
COLUMNS = ("key", "dated_at", "first_seen", "title", "tone", "text", "version", "units", "part", "charset", "words")


@pytest.fixture
def data(demo: DemoResult, tmp_path: Path) -> Path:
    """The demo's articles spread over twelve parts and eighty days; of some a newer version, dated elsewhere; an old part lacks
    columns, another has no row."""
    draw, held = random.Random(8), articles_table(demo.place.data).to_pylist()
    parts: dict[str, list[dict[str, Any]]] = {}
    for row in held:
        at = FIRST + timedelta(minutes=draw.randrange(80 * 24 * 60))
        row |= {"dated_at": at, "first_seen": at + timedelta(hours=1), "version": 0}
        parts.setdefault(f"ingested=2026-0{draw.randrange(1, 4)}-01/part-{draw.randrange(4)}.parquet", []).append(row)
    late = "ingested=2026-11-01/part-9.parquet"
    parts[late] = [
        {**row, "version": 1, "dated_at": row["dated_at"] + timedelta(days=draw.choice((-30, 0, 30))), "title": "baru"}
        for row in draw.sample(held, 9)
    ]
    parts["ingested=2026-11-01/part-8.parquet"] = []
    for name, rows in parts.items():
        write_part(part_path(tmp_path, "articles", name), [{**row, "part": name} for row in rows], ARTICLES)
    oldest = part_path(tmp_path, "articles", part_names(tmp_path, "articles")[0])
    pq.write_table(pq.read_table(oldest, partitioning=None).drop_columns(["version", "charset"]), oldest)
    (tmp_path / "stories").mkdir()
    shutil.copyfile(demo.place.data / STORIES_FILE, tmp_path / STORIES_FILE)
    return tmp_path


def equal(found: pd.DataFrame, wanted: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(found.reset_index(drop=True), wanted.reset_index(drop=True)[list(found)], check_dtype=False)


def test_any_span_is_what_reading_everything_gives(data: Path) -> None:
    shelf, whole = Shelf.of(data), articles(data)
    assert (whole["title"] == "baru").sum() == 9
    for start, days in ((FIRST, 80), (FIRST + timedelta(days=13), 14), (FIRST + timedelta(days=40, hours=5), 1), (FIRST, -1)):
        end = start + timedelta(days=days)
        found = shelf.read(shelf.between(start, end), COLUMNS)
        equal(found, whole[(whole["dated_at"] >= start) & (whole["dated_at"] < end)])
        assert list(found) == [*COLUMNS, *STORY[1:]]
    assert len(shelf.table) == len(whole) > 50


def test_articles_by_key_and_the_parts_they_stand_in(data: Path) -> None:
    shelf, whole = Shelf.of(data), articles(data)
    keys = {*whole["key"].sample(11, random_state=2), "f" * 16}
    theirs = whole[whole["key"].isin(keys)]
    equal(shelf.read(shelf.places_of(keys), COLUMNS), theirs)
    assert shelf.parts_of(keys) == set(theirs["part"])
    assert shelf.parts_of(()) == set()


def test_only_parts_that_hold_what_is_asked_for_are_read(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf, whole = Shelf.of(data), articles(data)
    seen: list[Path] = []
    real = read_part.__globals__["read_shaped"]
    monkeypatch.setattr("pipeline.store.index.read_shaped", lambda path, shape: seen.append(path) or real(path, shape))
    part = whole["part"].iloc[0]
    shelf.read(shelf.places_of(whole["key"][whole["part"] == part].tolist()), COLUMNS)
    assert seen == [part_path(data, "articles", part)]


def test_every_instant_once_in_order(data: Path) -> None:
    instants, whole = Shelf.of(data).instants("first_seen"), articles(data)
    assert list(instants) == sorted({seen.to_pydatetime() for seen in whole["first_seen"]})
    assert instants[-1] == whole["first_seen"].max()
    assert list(instants[1:3]) == [instants[1], instants[2]]
    assert Instants(np.array([-1, 1_764_000_000_000_001]))[1] == datetime(2025, 11, 24, 16, 0, 0, 1, tzinfo=UTC)


def test_a_key_in_two_parts_is_refused_as_ever(data: Path) -> None:
    names = part_names(data, "articles")
    twin = "ingested=2026-11-02/part-0.parquet"
    held = read_part(part_path(data, "articles", names[2])).slice(0, 1)
    path = part_path(data, "articles", twin)
    path.parent.mkdir()
    pq.write_table(held.set_column(held.column_names.index("part"), "part", pa.array([twin])), path)
    with pytest.raises(StorageError) as wanted:
        articles(data)
    with pytest.raises(StorageError) as found:
        Shelf.of(data)
    assert str(found.value) == str(wanted.value)
    assert twin in str(found.value)


def test_a_broken_part_is_named(data: Path) -> None:
    path = part_path(data, "articles", part_names(data, "articles")[3])
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(StorageError, match=path.name):
        Shelf.of(data)


def test_an_empty_folder_holds_nothing(tmp_path: Path) -> None:
    shelf = Shelf.of(tmp_path)
    assert len(shelf.read(shelf.between(FIRST, FIRST + timedelta(days=900)), COLUMNS)) == 0
    assert len(shelf.instants("dated_at")) == 0
    assert not shelf.instants("dated_at")
