"""A bucket and the folders that mirror it: each change reaches the others once, and what was forgotten comes back nowhere."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.errors import ConfigError
from pipeline.store.mirror import INDEX, Mirror
from pipeline.store.objects import Bucket
from pipeline.store.parts import part_names, read_part, write_part
from pipeline.store.rewriting import drop_rows, expire_bodies
from pipeline.store.schema import ARTICLES, PAGES, REJECTIONS, STORIES
from pipeline.store.tombstones import add_tombstones, load_tombstones
from tests.conftest import contents

AT = datetime(2026, 11, 26, tzinfo=UTC)
PART = "ingested=2026-11-26/part-a.parquet"
KEYS = ("a" * 16, "b" * 16)


def mirror(address: str, folder: Path) -> Mirror:
    return Mirror(Bucket(address), folder, lambda what, done, total: None)


def synced(address: str, folder: Path) -> Mirror:
    made = mirror(address, folder)
    made.sync()
    return made


def collected(folder: Path, recipe: str = "r1") -> Path:
    """A folder that has fetched and judged one part."""
    write_part(folder / "pages" / PART, [{"key": key, "fetched_at": AT, "bodies": [b"x"]} for key in KEYS], PAGES)
    write_part(folder / "articles" / PART, [{"key": key, "part": PART, "title": recipe} for key in KEYS], ARTICLES, recipe)
    rejected = {"key": "c" * 16, "step": "extract", "reason": "no_text", "at": AT, "recipe": recipe}
    write_part(folder / "rejections" / PART, [rejected], REJECTIONS, recipe)
    write_part(folder / "stories" / "stories.parquet", [{"key": KEYS[0], "story_id": "s"}], STORIES)
    return folder


def shown(folder: Path) -> dict[str, bytes]:
    return {name: body for name, body in contents(folder).items() if not name.startswith("pages/")}


def keys(path: Path) -> list[str]:
    return list(read_part(path, ["key"])["key"].to_pylist())


def test_a_folder_goes_up_and_another_comes_down(address: str, tmp_path: Path) -> None:
    one, two = collected(tmp_path / "one"), tmp_path / "two"
    up = synced(address, one)
    assert {f"pages/{PART}", f"articles/{PART}", f"rejections_of/r1/{PART}", "stories/stories.parquet"} == up.up
    down = synced(address, two)
    assert (len(down.down), down.up) == (3, set())
    assert shown(two) == shown(one)
    assert not (two / "pages").exists()


def test_what_is_equal_is_not_moved_again(address: str, tmp_path: Path) -> None:
    one = collected(tmp_path / "one")
    synced(address, one)
    again = synced(address, one)
    assert (again.up, again.down) == (set(), set())
    (one / INDEX).unlink()
    again = synced(address, one)
    assert (again.up, again.down) == (set(), set()), "without an index equal bytes are known by their digest"
    (one / "articles" / PART).touch()
    assert synced(address, one).up == set(), "a file with the same bytes is no change"


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"bucket": "x"}', b'{"bucket": 1, "files": [1]}', b"\xff"])
def test_a_damaged_index_is_made_anew(address: str, tmp_path: Path, damage: bytes) -> None:
    one = collected(tmp_path / "one")
    synced(address, one)
    (one / INDEX).write_bytes(damage)
    assert (synced(address, one).up, json.loads((one / INDEX).read_bytes())["bucket"]) == (set(), address)


def test_a_folder_mirrors_one_bucket_only(address: str, tmp_path: Path) -> None:
    one = collected(tmp_path / "one")
    synced(address, one)
    with pytest.raises(ConfigError, match="give --mirror another folder"):
        mirror(f"{address}/other", one).sync()


def test_a_promotion_in_one_folder_reaches_the_others(address: str, tmp_path: Path) -> None:
    one, two = collected(tmp_path / "one"), tmp_path / "two"
    synced(address, one)
    synced(address, two)
    collected(one, "r2")
    assert {f"articles/{PART}", f"rejections_of/r2/{PART}"} <= synced(address, one).up
    synced(address, two)
    assert shown(two) == shown(one)
    assert f"rejections_of/r1/{PART}" in Bucket(address).tags("rejections_of"), "of the judgement before"


def test_changed_on_both_sides_the_bucket_counts(address: str, tmp_path: Path) -> None:
    one, two = collected(tmp_path / "one"), tmp_path / "two"
    synced(address, one)
    synced(address, two)
    collected(one, "r2")
    collected(two, "r3")
    synced(address, one)
    synced(address, two)
    assert shown(two) == shown(one)
    assert read_part(two / "articles" / PART)["title"].to_pylist() == ["r2", "r2"]


def test_what_is_forgotten_in_one_folder_goes_everywhere(address: str, tmp_path: Path) -> None:
    one, two = collected(tmp_path / "one"), tmp_path / "two"
    bucket = Bucket(address)
    synced(address, one)
    synced(address, two)
    bucket.create(f"articles_new/r9/{PART}", (one / "articles" / PART).read_bytes())
    add_tombstones(one, [KEYS[0]], [], AT)
    for kind in ("pages", "articles"):
        drop_rows(one / kind / PART, load_tombstones(one).address)
    synced(address, one)
    for name in (f"pages/{PART}", f"articles/{PART}", f"articles_new/r9/{PART}"):
        copy = tmp_path / "copy.parquet"
        copy.write_bytes(bucket.read(name))
        assert keys(copy) == [KEYS[1]], name
    synced(address, two)
    assert keys(two / "articles" / PART) == [KEYS[1]]
    assert load_tombstones(two).address(KEYS[0])


def test_a_forgotten_article_that_somebody_judged_meanwhile_is_taken_out(address: str, tmp_path: Path) -> None:
    one = tmp_path / "one"
    add_tombstones(one, [KEYS[0]], [], AT)
    synced(address, one)
    other = collected(tmp_path / "other")
    Bucket(address).create(f"articles/{PART}", (other / "articles" / PART).read_bytes())
    synced(address, one)
    assert keys(one / "articles" / PART) == [KEYS[1]]
    held = tmp_path / "held.parquet"
    held.write_bytes(Bucket(address).read(f"articles/{PART}"))
    assert keys(held) == [KEYS[1]], "in the bucket too"


def test_two_machines_that_collect_under_one_name_are_told(address: str, tmp_path: Path) -> None:
    one, two = collected(tmp_path / "one"), tmp_path / "two"
    synced(address, one)
    write_part(two / "pages" / PART, [{"key": "d" * 16, "fetched_at": AT}], PAGES)
    with pytest.raises(ConfigError, match="give each its own prefix"):
        mirror(address, two).sync()
    assert Bucket(address).read(f"pages/{PART}") == (one / "pages" / PART).read_bytes()


def test_pages_that_were_rewritten_go_up_though_the_index_was_lost(address: str, tmp_path: Path) -> None:
    one = collected(tmp_path / "one")
    synced(address, one)
    expire_bodies(one / "pages" / PART, AT)
    (one / INDEX).unlink()
    synced(address, one)
    assert Bucket(address).read(f"pages/{PART}") == (one / "pages" / PART).read_bytes()


def test_strange_objects_are_left_alone(address: str, tmp_path: Path) -> None:
    bucket = Bucket(address)
    for name in ("articles/readme.txt", "articles/ingested=x/.hidden.parquet", "articles/ingested=x/deep/y.parquet"):
        bucket.create(name, b"strange")
    synced(address, tmp_path / "one")
    assert part_names(tmp_path / "one", "articles") == []
    assert not (tmp_path / "one" / "articles").exists()


def test_a_sync_that_breaks_goes_on_from_there(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = collected(tmp_path / "one")
    real = Bucket.replace

    def breaking(bucket: Bucket, name: str, content: bytes, tag: str) -> bool:
        if name.startswith("articles/"):
            raise KeyboardInterrupt
        return real(bucket, name, content, tag)

    monkeypatch.setattr(Bucket, "replace", breaking)
    with pytest.raises(KeyboardInterrupt):
        mirror(address, one).sync()
    monkeypatch.setattr(Bucket, "replace", real)
    assert f"pages/{PART}" not in synced(address, one).up, "what went up before is not sent again"
    assert sorted(Bucket(address).tags("articles")) == [f"articles/{PART}"]
