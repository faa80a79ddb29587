"""The articles in memory are always what a fresh reading of the folder would give."""

from __future__ import annotations

import random

import pandas as pd

from pipeline.app.figures import plain
from pipeline.app.held import COLUMNS, QUEUE, Shelf
from pipeline.correcting import correct
from pipeline.jobs import Workplace
from pipeline.store.dataset import articles_table
from pipeline.store.parts import part_path, write_part
from pipeline.store.schema import ARTICLES


def same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    return [plain(row) for _, row in one.iterrows()] == [plain(row) for _, row in other.iterrows()]


def test_after_each_correction_memory_equals_a_fresh_reading(place: Workplace) -> None:
    shelf, draw = Shelf(place, 1.0), random.Random(3)
    held = shelf.held()
    copied = held.frame[held.frame["story_articles"] > 1]["key"].tolist()
    keys = [*copied[:6], *draw.sample(held.frame["key"].tolist(), 6)]
    for number, key in enumerate(keys):
        row = held.row(key)
        assert row is not None
        field, label = draw.choice([("relevance", "irrelevant"), ("relevance", "corrections"), ("relevance", "immigration")])
        if number % 3 == 0 and row["relevance"] == "corrections":
            field, label = "tone", "negative"
        correct(place, key, field, label, "Sari", "uji")
        held, fresh = shelf.held(), Shelf(place, 1.0).held()
        assert same(held.frame, fresh.frame)
        assert same(held.queue[list(QUEUE)], fresh.queue[list(QUEUE)])


def test_a_log_that_was_cut_or_emptied_is_read_anew(place: Workplace) -> None:
    shelf = Shelf(place, 1.0)
    key = shelf.held().queue["key"].iloc[0]
    correct(place, key, "tone", "positive", "Sari", "uji")
    assert shelf.held().frame.set_index("key").at[key, "tone"] == "positive"
    (place.data / "corrections.csv").unlink()
    assert same(shelf.held().frame, Shelf(place, 1.0).held().frame)


def test_new_articles_show_at_the_next_look_and_an_idle_folder_is_not_read_again(place: Workplace) -> None:
    shelf = Shelf(place, 1.0)
    before = shelf.held()
    assert shelf.held() is before
    model = articles_table(place.data).to_pylist()[0]
    name = "ingested=2026-12-01/part-20261201T000000-0000.parquet"
    row = {**model, "key": "00000000000000aa", "part": name}
    write_part(part_path(place.data, "articles", name), [row], ARTICLES, "uji")
    assert len(shelf.held().frame) == len(before.frame) + 1


def test_an_opened_article_has_every_stored_column_and_corrected_labels(place: Workplace) -> None:
    shelf = Shelf(place, 1.0)
    key = shelf.held().queue["key"].iloc[0]
    correct(place, key, "tone", "positive", "Sari", "uji")
    held = shelf.held()
    row = held.row(key)
    assert row is not None
    whole = shelf.whole(row)
    assert set(ARTICLES.names) <= set(whole)
    assert set(COLUMNS) <= set(whole)
    assert whole["tone"] == "positive"
    assert whole["text"]
    assert whole["relevance_evidence"]
