"""The queue: one article a story, likely bad news first, new before old, and what is corrected leaves it."""

from __future__ import annotations

from pathlib import Path

import pytest

import pipeline
from pipeline.correcting import correct
from pipeline.demo import workplace_of_demo
from tests.conftest import NOW
from tests.stories.newsdesk import RELEASE, data_folder, key, row, stories_of_four


def doubtful(number: int, text: str, day: float, priority: float, *reasons: str) -> dict[str, object]:
    return row(number, text, day, needs_review=True, review_reasons=list(reasons), review_priority=priority)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    other = "Seorang tahanan rutan belum kembali sesudah sidang dan dicari petugas bersama polisi sejak kemarin sore di terminal."
    third = "Bapas menerima kunjungan mahasiswa yang ingin melihat ruang bimbingan, papan jadwal, serta ruang tunggu klien."
    fourth = "Kepala kantor wilayah memberi arahan pada apel pagi tentang disiplin, kebersihan blok, serta jadwal piket."
    place = data_folder(
        tmp_path,
        [
            doubtful(1, RELEASE, 1.0, 0.5, "programme doubtful"),
            doubtful(2, RELEASE, 1.5, 0.6, "programme doubtful", "unit unknown"),
            doubtful(3, other, 1.0, 0.1, "likely negative"),
            doubtful(4, third, 1.0, 0.3, "tone unsure"),
            row(5, fourth, 1.0),
        ],
    )
    return place.data


def test_one_article_stands_for_its_story_and_bad_news_comes_first(folder: Path) -> None:
    queue = pipeline.review_queue(data=folder)
    assert queue["key"].tolist() == [key(3), key(2), key(4)]
    assert queue["copies"].tolist() == [0, 1, 0]


def test_a_story_is_new_for_two_days_of_its_first_copy(tmp_path: Path) -> None:
    texts = [one["text"] for one in stories_of_four()[:1]] + [
        "Rutan menggelar apel siaga menjelang hari raya bersama polisi setempat."
    ]
    old = doubtful(1, texts[0], 0.0, 0.3, "tone unsure") | {"first_seen": NOW.replace(day=10)}
    late = doubtful(2, texts[0], 0.0, 0.3, "tone unsure") | {"first_seen": NOW}
    new = doubtful(3, texts[1], 0.0, 0.3, "tone unsure") | {"first_seen": NOW}
    queue = pipeline.review_queue(data=data_folder(tmp_path, [old, late, new]).data)
    assert queue["key"].tolist() == [key(3), key(1)]
    assert queue["review_reasons"].map(list).tolist() == [["tone unsure", "new story"], ["tone unsure"]]
    # A loss of 3/7, and half a tenth of a wrong label for being new: 0.4786 of 1.4786.
    assert queue["review_priority"].tolist() == [0.3237, 0.3]


def test_what_is_corrected_leaves_with_its_copies(folder: Path) -> None:
    before = set(pipeline.review_queue(data=folder)["key"])
    place = workplace_of_demo(folder, NOW)
    assert place is not None
    correct(place, key(4), "tone", "neutral", who="analis-1", why="dibaca ulang")
    after = set(pipeline.review_queue(data=folder)["key"])
    assert before - after == {key(4)}


def test_an_empty_week_gives_an_empty_queue(folder: Path) -> None:
    assert pipeline.review_queue(since="2020-01-01", until="2020-02-01", data=folder).empty
