"""Grouping reads the wording of what it compares, not of the whole store, and comes to what reading everything comes to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipeline import grouping
from pipeline.jobs import group
from pipeline.store.dataset import articles_table, stories_table
from pipeline.store.parts import write_part
from pipeline.store.schema import ARTICLES
from pipeline.stories.placing import place
from tests.stories.newsdesk import RELEASE, data_folder, key, row

OLD, MIDDLE, NEW = (f"ingested=2026-{day}/part-1.parquet" for day in ("08-01", "11-10", "11-20"))


def test_only_the_parts_within_the_window_are_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = data_folder(tmp_path / "data", [])
    read: list[list[str]] = []

    def noted(data: Path, columns: list[str], paths: Sequence[Path] | None = None) -> pa.Table:
        if "text" in columns:
            read.append([path.relative_to(data / "articles").as_posix() for path in paths or ()])
        return articles_table(data, columns, paths)

    monkeypatch.setattr(grouping, "articles_table", noted)
    for number, (part, day) in enumerate([(OLD, 0), (MIDDLE, 102), (NEW, 112)]):
        twin = RELEASE if number else "Karutan Muara Tepian menyerahkan bantuan pangan kepada warga sekitar pada Senin pagi."
        irrelevant = {"relevance": "irrelevant", "programme_primary": "", "tone": None}
        rows = [row(10 * number, twin, day), row(10 * number + 1, f"Harga cabai turun {number}.", day, **irrelevant)]
        write_part(desk.data / "articles" / part, [{**one, "part": part} for one in rows], ARTICLES, "resep-1")
        group(desk)
    group(desk)
    assert read == [[OLD], [MIDDLE], [MIDDLE, NEW], []]
    found = stories_table(desk.data).to_pylist()
    assert [(one["key"], one["story_origin"]) for one in found] == [(key(0), key(0)), (key(10), key(10)), (key(20), key(10))]
    whole: list[dict[str, Any]] = [one for one in articles_table(desk.data).to_pylist() if one["relevance"] != "irrelevant"]
    rules = desk.settings.stories
    anew = place(whole, (), window_days=rules.window_days, jaccard=rules.jaccard, containment=rules.containment)
    assert [(one["key"], one["story_id"], one["story_role"]) for one in anew] == [
        (one["key"], one["story_id"], one["story_role"]) for one in found
    ]


def test_a_newer_version_of_an_article_is_the_one_that_is_compared(tmp_path: Path) -> None:
    desk = data_folder(
        tmp_path / "data", [row(1, "Lapas Muara Tepian menyelenggarakan lomba baca puisi bagi semua warga binaan.", 1)]
    )
    again = {**row(1, RELEASE, 1, version=1), "part": NEW}
    other = {**row(2, RELEASE, 2), "part": NEW}
    write_part(desk.data / "articles" / NEW, [again, other], ARTICLES, "resep-1")
    group(desk)
    assert [one["story_id"] for one in stories_table(desk.data).to_pylist()] == [key(1), key(1)]
