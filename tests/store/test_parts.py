"""Parts on disk: atomic, typed, the same bytes for the same rows, and read as they lie by pandas, DuckDB and Polars."""

from __future__ import annotations

import resource
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pandas as pd
import polars
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.demo import DemoResult
from pipeline.errors import StorageError
from pipeline.store import dataset
from pipeline.store.parts import (
    append_text,
    new_part_names,
    part_names,
    part_path,
    read_part,
    recipe_of,
    set_cut_line_aside,
    write_bytes,
    write_part,
)
from pipeline.store.schema import ARTICLES, PAGES, REJECTIONS, SCHEMA_VERSION

AT = datetime(2026, 11, 26, tzinfo=UTC)
ROW = {"key": "a", "step": "extract", "reason": "no_text", "at": AT}


def test_same_rows_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_part(tmp_path / "ingested=x" / f"{name}.parquet", [dict(ROW)], REJECTIONS, "recipe-1")
    assert (tmp_path / "ingested=x" / "one.parquet").read_bytes() == (tmp_path / "ingested=x" / "two.parquet").read_bytes()
    assert recipe_of(tmp_path / "ingested=x" / "one.parquet") == "recipe-1"
    assert recipe_of(tmp_path / "ingested=x" / "none.parquet") is None
    meta = pq.read_schema(tmp_path / "ingested=x" / "one.parquet").metadata
    assert meta[b"pantau_schema"] == str(SCHEMA_VERSION).encode()


@pytest.mark.parametrize("row", [{**ROW, "colour": "red"}, {**ROW, "at": "yesterday"}, {**ROW, "key": 5}])
def test_rows_that_do_not_fit_are_refused_and_nothing_is_written(row: dict[str, object], tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        write_part(tmp_path / "rejections" / "ingested=x" / "p.parquet", [row], REJECTIONS)
    assert not list(tmp_path.rglob("*.parquet"))


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    write_bytes(path, b"old")

    def broken(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", broken)
    with pytest.raises(OSError, match="No space"):
        write_bytes(path, b"new and longer")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_of_a_line_that_a_full_disk_cut_nothing_is_left(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    append_text(path, "head\n", "first\n")
    before = path.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 4, limits[1]))
    try:
        with pytest.raises(StorageError, match="nothing was added"):
            append_text(path, "head\n", "second line\n")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_bytes() == before


CUT = {
    "short": (b"a,b\n1,2\n3", b"3"),
    "nothing of the last cell": (b"a,b\n1,2\n3,", b"3,"),
    "an open quote": (b'a,b\n1,2\n"3","4', b'"3","4'),
    "half a letter": (b'a,b\n1,2\n"3","\xc3', b'"3","\xc3'),
    "a header": (b'"a","b', b'"a","b'),
    "an editor's last line": (b"a,b\n1,2\n3,4", b""),
    "an editor's quotes": (b'a,b\r\n1,2\r\n3,"4, 5"', b""),
    "the end of a cell with line breaks": (b'a,b\n1,"2\n3"', b""),
    "behind a cell with line breaks": (b'a,b\n1,"2\n3"\n"4","', b'"4","'),
    "a whole file": (b"a,b\n1,2\n", b""),
    "an empty file": (b"", b""),
}


@pytest.mark.parametrize(("content", "cut"), CUT.values(), ids=CUT)
def test_a_cut_row_of_a_log_is_told_from_an_editors_last_line(content: bytes, cut: bytes, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(content)
    assert set_cut_line_aside(path, 2) is bool(cut)
    assert path.read_bytes() == content.removesuffix(cut)
    assert set_cut_line_aside(path, 2) is False
    aside = tmp_path / "log.csv.cut"
    assert aside.exists() is bool(cut)
    if cut:
        assert aside.read_text("utf-8") == cut.decode("utf-8", "replace") + "\n"


def test_leftovers_of_a_crash_are_not_parts(demo: DemoResult, tmp_path: Path) -> None:
    folder = tmp_path / "articles" / "ingested=2026-11-26"
    source = demo.place.data / "articles" / part_names(demo.place.data, "articles")[0]
    write_bytes(folder / "part-a.parquet", source.read_bytes())
    (folder / ".part-b.parquet.4711").write_bytes(b"half a fi")
    assert part_names(tmp_path, "articles") == ["ingested=2026-11-26/part-a.parquet"]
    assert len(pd.read_parquet(tmp_path / "articles")) == len(dataset.articles(tmp_path))


def test_a_broken_part_is_named(tmp_path: Path) -> None:
    path = tmp_path / "p.parquet"
    path.write_bytes(b"PAR1 but not really PAR1")
    for read in (read_part, recipe_of):
        with pytest.raises(StorageError, match=r"p\.parquet is not a readable parquet part"):
            read(path)


def test_new_names_never_meet_old_ones(tmp_path: Path) -> None:
    first = next(new_part_names(tmp_path, AT))
    write_part(tmp_path / "pages" / first, [], PAGES)
    second = next(new_part_names(tmp_path, AT))
    assert first != second
    assert first < second


def test_foreign_readers_see_the_same_rows(demo: DemoResult) -> None:
    folder = demo.place.data / "articles"
    ours = dataset.articles(demo.place.data)
    theirs = pd.read_parquet(folder)
    assert sorted(theirs["key"]) == sorted(ours["key"])
    query = f"SELECT key, title, tone, programmes_related, removed FROM read_parquet('{folder}/**/*.parquet') ORDER BY key"
    rows = duckdb.sql(query).fetchall()
    assert [row[0] for row in rows] == sorted(ours["key"])
    assert polars.read_parquet(folder).sort("key")["title"].to_list() == [row[1] for row in rows]


def test_parts_of_version_1_are_read_with_nulls(demo: DemoResult, tmp_path: Path) -> None:
    """Version 1 had no words in its evidence, no tone of the title, no evidence of incidents, no priority."""
    name = part_names(demo.place.data, "articles")[0]
    table = read_part(part_path(demo.place.data, "articles", name))
    added = {"programme_evidence", "incidents_evidence", "review_priority"}
    held = table.drop_columns([column for column in table.column_names if column in added or column.startswith("title_tone")])
    bare = pa.list_(pa.struct([field for field in ARTICLES.field("tone_evidence").type.value_type if field.name != "words"]))
    for column in ("relevance_evidence", "tone_evidence"):
        spans = [[{part: span[part] for part in span if part != "words"} for span in row] for row in held[column].to_pylist()]
        held = held.set_column(held.schema.get_field_index(column), column, pa.array(spans, bare))
    old = part_path(tmp_path, "articles", name)
    old.parent.mkdir(parents=True)
    pq.write_table(held, old)
    newer = {**table.to_pylist()[0], "key": "f" * 16}
    write_part(part_path(tmp_path, "articles", "ingested=2030-01-01/new.parquet"), [newer], ARTICLES)
    frame = dataset.articles(tmp_path)
    assert len(frame) == table.num_rows + 1
    older = frame[frame["key"] != "f" * 16]
    assert older["title_tone"].isna().all()
    assert older["review_priority"].isna().all()
    told = [span for row in older["tone_evidence"] for span in row]
    assert told
    assert all(span["quote"] and span["words"] is None for span in told)
    assert dataset.articles_table(tmp_path, ["key", "tone"]).num_rows == len(frame)


def test_a_part_of_another_kind_is_named(tmp_path: Path) -> None:
    part = tmp_path / "articles" / "ingested=x" / "p.parquet"
    part.parent.mkdir(parents=True)
    pq.write_table(pa.table({"key": ["a"], "words": [{"a": 1}]}), part)
    with pytest.raises(StorageError, match=r"p\.parquet has columns of another kind"):
        dataset.articles(tmp_path)


def test_times_are_instants(demo: DemoResult) -> None:
    ours = dataset.articles(demo.place.data)
    for column in ("published", "first_seen", "dated_at"):
        assert str(ours[column].dtype).endswith("UTC]")
    assert ours["dated_at"].notna().all()


def test_every_column_is_described() -> None:
    text = (Path(__file__).parent.parent.parent / "docs" / "data.md").read_text(encoding="utf-8")
    for schema in (ARTICLES, REJECTIONS, PAGES):
        for name in schema.names:
            assert f"`{name}`" in text, f"docs/data.md does not describe {name}"
