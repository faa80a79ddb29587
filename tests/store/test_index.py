"""What an index answers is what the parts hold now: whatever happens to either."""

from __future__ import annotations

import os
import random
import shutil
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipeline.errors import StorageError
from pipeline.store import dataset, index
from pipeline.store.index import ASKED, FOLDER, LEAST_PARTS, Index, all_rows, day_path, sweep
from pipeline.store.parts import part_names, part_path, read_shaped, recipe_of, write_part
from pipeline.store.rewriting import drop_rows
from pipeline.store.schema import ARTICLES, REJECTIONS
from pipeline.store.shelf import Shelf

AT = datetime(2026, 11, 2, tzinfo=UTC)
DAY, THIN = "ingested=2026-11-02", "ingested=2026-11-03"
YEAR_AGO = time.time() - 365 * 86_400


def row(number: int, **told: object) -> dict[str, Any]:
    at = AT + timedelta(minutes=number)
    held: dict[str, Any] = {
        "key": f"{number:016x}", "version": number % 3 % 2, "dated_at": at, "first_seen": at + timedelta(hours=1),
        "outlet": f"Media {number % 5}" if number % 7 else None, "tone": ("positive", "negative", None)[number % 3],
        "text_sha256": f"{number:064x}", "words": number, "title": f"Judul {number}",
        "relevance": "corrections", "week": "2026-W45",
    }  # fmt: skip
    return {**held, **told}


def write(data: Path, name: str, rows: list[dict[str, Any]], *, age: float = 0.0, recipe: str = "resep") -> Path:
    """A part, as old as parts are when the next run comes."""
    path = part_path(data, "articles", name)
    write_part(path, [{**one, "part": name} for one in rows], ARTICLES, recipe)
    os.utime(path, (YEAR_AGO + age, YEAR_AGO + age))
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A day of twelve parts, one of them without rows, and a day of two."""
    draw, number = random.Random(5), iter(range(10_000))
    for place in range(12):
        rows = [row(next(number)) for _ in range(draw.randrange(1, 9) if place != 4 else 0)]
        write(tmp_path, f"{DAY}/part-{place:02d}.parquet", rows, age=place, recipe=f"resep {place % 2}")
    for place in range(2):
        write(tmp_path, f"{THIN}/part-{place:02d}.parquet", [row(next(number))], age=place)
    return tmp_path


def plain(data: Path, columns: tuple[str, ...], kind: str = "articles", schema: pa.Schema = ARTICLES) -> pa.Table:
    """The oracle: every part read."""
    shape = pa.schema([schema.field(name) for name in columns])
    tables = [read_shaped(part_path(data, kind, name), shape) for name in part_names(data, kind)]
    return pa.concat_tables([shape.empty_table(), *tables])


def true(data: Path, columns: tuple[str, ...] = ASKED) -> None:
    """Twice, since the second answer is the first one's file's."""
    for _ in range(2):
        assert all_rows(data, "articles", columns).equals(plain(data, columns))


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The parts that were opened, in order."""
    seen: list[str] = []

    def reading(path: Path, shape: pa.Schema) -> pa.Table:
        seen.append(f"{path.parent.name}/{path.name}")
        return read_shaped(path, shape)

    monkeypatch.setattr(index, "read_shaped", reading)
    return seen


def test_parts_are_opened_once_and_never_again(data: Path, opened: list[str]) -> None:
    true(data)
    assert opened[:14] == part_names(data, "articles")
    assert set(opened[14:]) == {name for name in opened if name.startswith(THIN)}  # a thin day is read as it is
    assert day_path(data, "articles", DAY).exists()
    assert not day_path(data, "articles", THIN).exists()
    opened.clear()
    for columns in (("key",), ("part", "tone", "key"), ("week", "dated_at"), ASKED[::-1]):
        true(data, columns)
    assert not [name for name in opened if name.startswith(DAY)]


def test_of_a_new_part_only_that_one_is_opened(data: Path, opened: list[str]) -> None:
    true(data)
    opened.clear()
    write(data, f"{DAY}/part-99.parquet", [row(7_000)], age=50)
    true(data)
    assert [name for name in opened if name.startswith(DAY)] == [f"{DAY}/part-99.parquet"]


def test_columns_that_it_does_not_hold_are_read_from_the_parts(data: Path) -> None:
    true(data)
    true(data, ("key", "title", "tone"))


def rewritten(data: Path) -> None:
    write(data, f"{DAY}/part-03.parquet", [row(8_000, tone="neutral")], age=77)


def of_equal_size(data: Path) -> None:
    path = part_path(data, "articles", f"{DAY}/part-03.parquet")
    before = path.stat()
    held = read_shaped(path, ARTICLES).to_pylist()
    write(data, f"{DAY}/part-03.parquet", [{**one, "key": one["key"][::-1]} for one in held], age=3.5, recipe="resep 1")
    assert path.stat().st_size == before.st_size


def removed(data: Path) -> None:
    part_path(data, "articles", f"{DAY}/part-00.parquet").unlink()


def all_of_the_day(data: Path) -> None:
    shutil.rmtree(data / "articles" / DAY)


def restored(data: Path) -> None:
    """An older judgement comes back with the time it had."""
    path, past = part_path(data, "articles", f"{DAY}/part-05.parquet"), data / "past.parquet"
    path.rename(past)
    write(data, f"{DAY}/part-05.parquet", [row(9_000)], age=99)
    true(data)
    past.rename(path)


def renamed(data: Path) -> None:
    path = part_path(data, "articles", f"{DAY}/part-01.parquet")
    path.rename(path.with_name("part-77.parquet"))


def exchanged(data: Path) -> None:
    one, other = (part_path(data, "articles", f"{DAY}/part-0{place}.parquet") for place in (1, 2))
    one.rename(data / "aside")
    other.rename(one)
    (data / "aside").rename(other)


def too_few_left(data: Path) -> None:
    for name in part_names(data, "articles")[: 13 - LEAST_PARTS]:
        part_path(data, "articles", name).unlink()


CHANGES = (rewritten, of_equal_size, removed, all_of_the_day, restored, renamed, exchanged, too_few_left)


@pytest.mark.parametrize("change", CHANGES)
def test_a_part_that_changed_is_never_answered_from_before(data: Path, change: Any) -> None:
    true(data)
    change(data)
    true(data)
    assert Index.of(data, "articles").parts == tuple(part_names(data, "articles"))


@pytest.mark.parametrize("change", CHANGES)
def test_some_parts_and_recipes_are_as_true(data: Path, change: Any) -> None:
    true(data)
    change(data)
    names = part_names(data, "articles")
    held = Index.of(data, "articles")
    for some in (names, names[1:4], names[-3:], names[::3], names[:1], []):
        found = pa.concat_tables([plain(data, ("key", "tone")).slice(0, 0), *held.some(some, ("key", "tone"))])
        shape = pa.schema([ARTICLES.field("key"), ARTICLES.field("tone")])
        assert found.equals(
            pa.concat_tables([shape.empty_table(), *(read_shaped(data / "articles" / one, shape) for one in some)])
        )
    assert held.recipes() == {name: recipe_of(part_path(data, "articles", name)) for name in names}


def cut(content: bytes) -> bytes:
    return content[:-9]


def emptied(content: bytes) -> bytes:
    return content[:0]


def flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def strange(content: bytes) -> bytes:
    return b"PAR1 no index at all"


@pytest.mark.parametrize("damage", [cut, emptied, flipped, strange])
def test_a_damaged_file_is_made_anew(data: Path, damage: Any) -> None:
    true(data)
    path = day_path(data, "articles", DAY)
    sound = path.read_bytes()
    path.write_bytes(damage(sound))
    true(data)
    assert path.read_bytes() == sound


def test_every_byte_of_the_file_is_guarded(data: Path) -> None:
    true(data)
    path = day_path(data, "articles", DAY)
    sound = path.read_bytes()
    for place in random.Random(2).sample(range(len(sound)), 40):
        path.write_bytes(sound[:place] + bytes([sound[place] ^ 64]) + sound[place + 1 :])
        assert not index.read_day(path, "articles", pa.schema([])).spans


def test_a_file_of_another_version_is_made_anew(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    true(data)
    path = day_path(data, "articles", DAY)
    sound = path.read_bytes()
    monkeypatch.setattr(index, "SCHEMA_VERSION", 99)
    true(data)
    assert path.read_bytes() != sound
    monkeypatch.undo()
    true(data)
    assert path.read_bytes() == sound


def test_a_broken_part_is_named_though_it_was_known(data: Path) -> None:
    true(data)
    path = part_path(data, "articles", f"{DAY}/part-06.parquet")
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(StorageError, match=r"part-06\.parquet is not a readable"):
        all_rows(data, "articles", ("key",))


def test_a_folder_that_cannot_be_written_is_read(data: Path) -> None:
    (data / FOLDER).write_text("no folder can be made here", encoding="utf-8")
    true(data)
    assert (data / FOLDER).is_file()


def test_what_is_younger_than_two_seconds_is_not_remembered(data: Path, opened: list[str]) -> None:
    young = write(data, f"{DAY}/part-50.parquet", [row(5_000)])
    os.utime(young)
    true(data)
    assert opened.count(f"{DAY}/part-50.parquet") == 2
    assert f"{DAY}/part-50.parquet" not in index.read_day(day_path(data, "articles", DAY), "articles", pa.schema([])).spans
    os.utime(young, (YEAR_AGO, YEAR_AGO))
    true(data)
    assert opened.count(f"{DAY}/part-50.parquet") == 3


def keys_in(path: Path) -> list[str]:
    held: list[str] = index.read_day(path, "articles", pa.schema([ARTICLES.field("key")])).rows["key"].to_pylist()
    return held


def taken_out(data: Path, gone: str) -> int:
    return sum(drop_rows(part_path(data, "articles", name), lambda key: key == gone) for name in part_names(data, "articles"))


def test_what_was_taken_out_is_gone_from_the_files_too(data: Path) -> None:
    true(data)
    path, gone = day_path(data, "articles", DAY), row(3)["key"]
    assert any(gone in str(one) for one in index.read_day(path, "articles", pa.schema([ARTICLES.field("key")])).rows["key"])
    assert sweep(data) == 0
    assert (
        sum(drop_rows(part_path(data, "articles", name), lambda key: key == gone) for name in part_names(data, "articles")) == 1
    )
    path.with_name(f".{path.name}.4711").write_bytes(b"of a killed reader")
    assert sweep(data) == 2
    assert list((data / FOLDER / "articles").iterdir()) == []
    true(data)
    # Also without it: who reads next writes the file anew, though the part is too young to stand in it.
    assert gone not in keys_in(path)


def test_the_next_reader_takes_out_what_was_taken_out(data: Path) -> None:
    true(data)
    path, gone = day_path(data, "articles", DAY), row(3)["key"]
    taken_out(data, gone)
    all_rows(data, "articles", ("key",))
    assert keys_in(path)
    assert gone not in keys_in(path)


def test_many_readers_at_once(data: Path) -> None:
    wanted, wrong = plain(data, ASKED), list[object]()

    def look() -> None:
        for _ in range(5):
            try:
                if not all_rows(data, "articles", ASKED).equals(wanted):
                    wrong.append("rows")
            except Exception as error:  # noqa: BLE001 - told by the test
                wrong.append(error)

    def spoil() -> None:
        for _ in range(20):
            day_path(data, "articles", DAY).unlink(missing_ok=True)

    threads = [threading.Thread(target=look) for _ in range(4)] + [threading.Thread(target=spoil)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_rejections_are_held_whole(data: Path) -> None:
    for place in range(LEAST_PARTS):
        name = f"{DAY}/part-{place:02d}.parquet"
        told = {"key": f"r{place}", "reason": "gone", "at": AT, "detail": None, "url": f"https://a.example/{place}", "part": name}
        write_part(path := part_path(data, "rejections", name), [told], REJECTIONS, "resep")
        os.utime(path, (YEAR_AGO, YEAR_AGO))
    names = tuple(REJECTIONS.names)
    for _ in range(2):
        assert all_rows(data, "rejections", names).equals(plain(data, names, "rejections", REJECTIONS))
    assert day_path(data, "rejections", DAY).exists()
    assert dataset.rejections(data)["key"].tolist() == [f"r{place}" for place in range(LEAST_PARTS)]


def test_a_shelf_over_it_reads_what_stands_in_the_parts(data: Path) -> None:
    for _ in range(2):
        shelf = Shelf.of(data)
        whole = dataset.articles(data, ["key", "dated_at", "part", "tone", "title"])
        for columns in (("key", "dated_at", "tone", "part"), ("key", "dated_at", "title")):
            for start, hours in ((AT, 24), (AT + timedelta(minutes=11), 0.5), (AT, 0)):
                end = start + timedelta(hours=hours)
                found = shelf.read(shelf.between(start, end), columns)
                wanted = whole[(whole["dated_at"] >= start) & (whole["dated_at"] < end)]
                assert found["key"].tolist() == wanted["key"].tolist()
                assert found[list(columns)[2:]].fillna("").equals(wanted[list(columns)[2:]].fillna("").reset_index(drop=True))


def test_an_empty_or_missing_folder_holds_nothing(tmp_path: Path) -> None:
    assert len(all_rows(tmp_path, "articles", ASKED)) == 0
    (tmp_path / "articles" / DAY).mkdir(parents=True)
    (tmp_path / "articles" / "ingested=a-file").write_bytes(b"")
    assert len(all_rows(tmp_path, "articles", ASKED)) == 0
    assert sweep(tmp_path) == 0
    assert not (tmp_path / FOLDER).exists()
