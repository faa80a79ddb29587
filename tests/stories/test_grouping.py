"""Grouping reads the words of what is new, remembers what it needs of them, and comes to what reading everything comes to."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipeline import grouping
from pipeline.errors import ConfigError, StorageError
from pipeline.grouping import regroup
from pipeline.independence import independent
from pipeline.jobs import Workplace
from pipeline.remembered import FILE
from pipeline.store.dataset import STORIES_FILE, articles_table, stories_table
from pipeline.store.parts import part_path, write_part
from pipeline.store.rewriting import drop_rows
from pipeline.store.schema import ARTICLES, STORIES
from pipeline.stories.placing import PLACED, Rules, common_stems, place
from tests.stories.newsdesk import RELEASE, data_folder, key, row

OLD, MIDDLE, NEW = (f"ingested=2026-{day}/part-1.parquet" for day in ("08-01", "11-10", "11-20"))
OTHER = "Karutan Muara Tepian menyerahkan bantuan pangan kepada warga sekitar pada Senin pagi."
IRRELEVANT = {"relevance": "irrelevant", "programme_primary": "", "tone": None}


def group(desk: Workplace) -> dict[str, int]:
    rules = desk.settings.stories
    return regroup(desk.data, desk.config, Rules(rules.window_days, rules.jaccard, rules.containment))


def write(desk: Workplace, part: str, rows: Sequence[dict[str, Any]]) -> None:
    write_part(desk.data / "articles" / part, [{**one, "part": part} for one in rows], ARTICLES, "resep-1")


def bytes_of(desk: Workplace) -> bytes:
    return (desk.data / STORIES_FILE).read_bytes()


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The parts whose words were read, as they were."""
    read: list[str] = []

    def noted(data: Path, columns: list[str], paths: Sequence[Path] | None = None) -> pa.Table:
        if "text" in columns:
            read.extend(path.relative_to(data / "articles").as_posix() for path in paths or ())
        return articles_table(data, columns, paths)

    monkeypatch.setattr(grouping, "articles_table", noted)
    return read


@pytest.fixture
def desk(tmp_path: Path) -> Workplace:
    return data_folder(tmp_path / "data", [])


def days() -> list[tuple[str, list[dict[str, Any]]]]:
    """Three parts of which the second and the third print one text; irrelevant articles beside them."""
    found = []
    for number, (part, day) in enumerate([(OLD, 0), (MIDDLE, 102), (NEW, 112)]):
        twin = row(10 * number, RELEASE if number else OTHER, day)
        found.append((part, [twin, row(10 * number + 1, f"Harga cabai turun {number}.", day, **IRRELEVANT)]))
    return found


def test_words_are_read_of_what_is_new_and_of_what_it_may_copy(desk: Workplace, read: list[str]) -> None:
    counts, told = [], []
    for part, rows in days():
        write(desk, part, rows)
        counts.append(group(desk))
        told.append(list(read))
        read.clear()
    assert group(desk) == counts[-1] == {"stories": 2, "copies": 1, "events": 2}
    assert told == [[OLD], [MIDDLE], [NEW, MIDDLE]]
    assert not read
    found = stories_table(desk.data).to_pylist()
    assert [(one["key"], one["story_origin"]) for one in found] == [(key(0), key(0)), (key(10), key(10)), (key(20), key(10))]


def test_an_article_that_resembles_none_costs_no_reading_of_the_others(desk: Workplace, read: list[str]) -> None:
    for part, rows in days()[:2]:
        write(desk, part, rows)
        group(desk)
    read.clear()
    write(
        desk,
        NEW,
        [row(30, "Kanwil membuka pendaftaran calon peserta magang bagi lulusan sekolah menengah.", 112, title="Magang")],
    )
    group(desk)
    assert read == [NEW]


def test_day_by_day_gives_what_one_run_gives(desk: Workplace, tmp_path: Path) -> None:
    for part, rows in days():
        write(desk, part, rows)
        group(desk)
    other = data_folder(tmp_path / "other", [])
    for part, rows in days():
        write(other, part, rows)
    group(other)
    assert bytes_of(other) == bytes_of(desk)


def lost(desk: Workplace) -> None:
    (desk.data / FILE).unlink()


def cut(desk: Workplace) -> None:
    path = desk.data / FILE
    path.write_bytes(path.read_bytes()[:-9])


def turned(desk: Workplace) -> None:
    """One bit of what is remembered of a text."""
    path = desk.data / FILE
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 4
    path.write_bytes(content)


def empty(desk: Workplace) -> None:
    (desk.data / FILE).write_bytes(b"")


def a_folder(desk: Workplace) -> None:
    (desk.data / FILE).unlink()
    (desk.data / FILE).mkdir()


def another_word_is_common(desk: Workplace) -> None:
    file = desk.config / "common_stems.txt"
    file.write_text(f"{file.read_text(encoding='utf-8')}\njagung\n", encoding="utf-8")


@pytest.mark.parametrize("harm", [lost, cut, turned, empty, a_folder, another_word_is_common])
def test_what_was_remembered_may_be_lost_or_damaged_or_outdated(
    desk: Workplace, read: list[str], tmp_path: Path, harm: Callable[[Workplace], None]
) -> None:
    config = tmp_path / "config"
    config.mkdir()
    (config / "common_stems.txt").write_text((desk.config / "common_stems.txt").read_text(encoding="utf-8"), encoding="utf-8")
    for name in ("programmes", "units.csv"):
        (config / name).symlink_to(desk.config / name)
    other = Workplace(**{name: getattr(desk, name) for name in desk.__dataclass_fields__} | {"config": config})
    for part, rows in days()[:2]:
        write(other, part, rows)
        group(other)
    assert (other.data / FILE).is_file()
    harm(other)
    write(other, NEW, days()[2][1])
    read.clear()
    group(other)
    assert sorted(set(read)) == [MIDDLE, NEW]
    assert stories_table(other.data)["story_origin"].to_pylist() == [key(0), key(10), key(10)]


def test_a_part_that_was_written_anew_is_read_anew(desk: Workplace) -> None:
    write(desk, MIDDLE, [row(10, OTHER, 102)])
    group(desk)
    write(desk, MIDDLE, [row(10, RELEASE, 102)])
    write(desk, NEW, [row(20, RELEASE, 112)])
    group(desk)
    assert stories_table(desk.data)["story_origin"].to_pylist() == [key(10), key(10)]


def test_nothing_of_a_forgotten_article_is_remembered(desk: Workplace) -> None:
    write(desk, NEW, [row(20, RELEASE, 112), row(21, OTHER, 112)])
    group(desk)
    whole = (desk.data / FILE).read_bytes()
    assert key(20).encode() in whole
    drop_rows(part_path(desk.data, "articles", NEW), lambda found: found == key(20))
    group(desk)
    kept = (desk.data / FILE).read_bytes()
    assert key(20).encode() not in kept
    assert stories_table(desk.data)["key"].to_pylist() == [key(21)]


def test_a_folder_that_takes_no_file_is_grouped_all_the_same(desk: Workplace) -> None:
    (desk.data / "index").write_text("no folder", encoding="utf-8")
    write(desk, NEW, [row(20, RELEASE, 112), row(21, RELEASE, 113)])
    assert group(desk) == {"stories": 1, "copies": 1, "events": 1}


def test_a_newer_version_of_an_article_is_the_one_that_is_compared(tmp_path: Path) -> None:
    desk = data_folder(
        tmp_path / "data", [row(1, "Lapas Muara Tepian menyelenggarakan lomba baca puisi bagi semua warga binaan.", 1)]
    )
    write(desk, NEW, [row(1, RELEASE, 1, version=1), row(2, RELEASE, 2)])
    group(desk)
    assert [one["story_id"] for one in stories_table(desk.data).to_pylist()] == [key(1), key(1)]


def test_a_broken_part_and_a_missing_list_of_words_say_what_to_do(desk: Workplace, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"common_stems\.txt is missing"):
        regroup(desk.data, tmp_path, Rules(14, 0.5, 0.8))
    write(desk, NEW, [row(20, RELEASE, 112)])
    part_path(desk.data, "articles", NEW).write_bytes(b"PAR1")
    with pytest.raises(StorageError, match="not a readable parquet part"):
        group(desk)


def test_many_runs_over_many_texts_come_to_what_rows_in_memory_come_to(desk: Workplace) -> None:
    draw = random.Random(4)
    common = common_stems((desk.config / "common_stems.txt").read_text(encoding="utf-8"))
    lines = [
        *RELEASE.split(". "),
        *OTHER.split(" pada "),
        *(f"Kata ke-{n} dari {n * 37} tamu yang datang pagi" for n in range(20)),
    ]
    rows, known = [], [dict[str, object]()][:0]
    rules = desk.settings.stories
    for run in range(8):
        part = f"ingested=2026-11-{run + 10}/part-1.parquet"
        for number in range(run * 6, run * 6 + 6):
            text = " ".join(draw.choices(lines, k=6)) if draw.random() < 0.7 or not rows else str(draw.choice(rows)["text"])
            unit = draw.choice(("", "Lapas Kelas IIB Muara Tepian", "Rutan Watu Lembor"))
            kind, source = draw.choice(("newsroom", "own", "wire")), draw.choice(("report", "press_release"))
            facts = {"publisher_type": kind, "source_type": source, "outlet": f"Media {draw.randrange(4)}"}
            day = 2.0 * run + draw.random() * 3 - draw.randrange(2) * 9
            rows.append(row(number, text, day, unit_primary=unit, units=[unit] if unit else [], **facts) | {"part": part})
        write(desk, part, [one for one in rows if one["part"] == part])
        group(desk)
        whole = place(
            articles_table(desk.data).to_pylist(), known, common,
            window_days=rules.window_days, jaccard=rules.jaccard, containment=rules.containment,
        )  # fmt: skip
        assert stories_table(desk.data).to_pylist() == whole
        assert counts_of(articles_table(desk.data).to_pylist(), whole) == [{name: one[name] for name in COUNTED} for one in whole]
        known = [{name: one[name] for name in PLACED} for one in whole]
    assert {one["story_role"] for one in whole} == {"origin", "reprint"}
    assert len({str(one["story_reason"]) for one in whole}) > 2


COUNTED = [name for name in STORIES.names if name not in PLACED]


def counts_of(articles: Sequence[dict[str, Any]], placed: Sequence[dict[str, Any]]) -> list[dict[str, int]]:
    """The counts of STORIES, one article after the other."""
    facts = {one["key"]: one for one in articles}
    stories: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    events: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in placed:
        stories[one["story_id"]].append(one)
        events[one["event_id"]].append(one)

    def own(one: dict[str, Any]) -> bool:
        fact = {name: facts[one["key"]][name] for name in ("publisher_type", "source_type", "tier")}
        return independent(**fact, is_copy=one["story_role"] != "origin", is_rewrite=one["event_role"] == "rewrite")

    return [
        {
            "story_articles": len(stories[one["story_id"]]),
            "story_outlets": len({facts[other["key"]]["outlet"] for other in stories[one["story_id"]]}),
            "event_articles": len(events[one["event_id"]]),
            "event_stories": len({other["story_id"] for other in events[one["event_id"]]}),
            "event_newsrooms": len({facts[other["key"]]["outlet"] for other in events[one["event_id"]] if own(other)}),
        }
        for one in placed
    ]
