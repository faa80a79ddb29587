"""The bytes of a part: every reader finds what one codec throughout would give; each column is written as its size asks."""

from __future__ import annotations

import random
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pandas as pd
import polars
import polars.testing
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.bench.mass import REMOVED, base_rows
from benchmarks.bench.pages import corpus
from pipeline.classify.judge import load_judge
from pipeline.demo import DemoResult
from pipeline.errors import StorageError
from pipeline.records import Article, DateCandidate, Dated, PublisherType
from pipeline.settings import default_config
from pipeline.store.encoding import HEAVY_LONG, HEAVY_SHORT, LONG, encoded, measured
from pipeline.store.parts import part_content, part_names, part_path, read_part, table_of
from pipeline.store.rows import article_row
from pipeline.store.schema import ARTICLES, PAGES, REJECTIONS, SCHEMA_VERSION

KINDS = ("articles", "pages", "rejections", "stories")


def plainly(table: pa.Table) -> bytes:
    """The oracle: one codec and a dictionary throughout, Arrow's own schema beside parquet's."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", write_page_checksum=True)
    return bytes(sink.getvalue().to_pybytes())


def whole(content: bytes) -> pa.Table:
    return pq.read_table(pa.BufferReader(content), page_checksum_verification=True)


def parts_of(demo: DemoResult, kind: str) -> list[pa.Table]:
    data = demo.place.data
    if kind == "stories":
        return [read_part(data / "stories" / "stories.parquet")]
    return [read_part(part_path(data, kind, name)) for name in part_names(data, kind)]


@pytest.fixture(scope="module")
def judged() -> list[dict[str, object]]:
    return base_rows(load_judge(default_config()), 60)


@pytest.mark.parametrize("kind", KINDS)
def test_every_reader_finds_what_the_plain_file_holds(kind: str, demo: DemoResult, tmp_path: Path) -> None:
    for number, table in enumerate(parts_of(demo, kind)):
        ours, plain = tmp_path / f"ours{number}.parquet", tmp_path / f"plain{number}.parquet"
        ours.write_bytes(encoded(table))
        plain.write_bytes(plainly(table))
        assert whole(ours.read_bytes()).equals(table)
        assert whole(ours.read_bytes()).schema.equals(table.schema, check_metadata=True)
        assert table.schema.metadata[b"pantau_schema"] == str(SCHEMA_VERSION).encode()
        pd.testing.assert_frame_equal(pd.read_parquet(ours), pd.read_parquet(plain))
        polars.testing.assert_frame_equal(polars.read_parquet(ours), polars.read_parquet(plain))
        rows = [duckdb.sql(f"SELECT * FROM read_parquet('{path}')").fetchall() for path in (ours, plain)]
        assert rows[0] == rows[1]


def test_rows_are_what_arrow_makes_of_them(judged: list[dict[str, object]]) -> None:
    plain = pa.Table.from_pylist(judged, schema=ARTICLES)
    assert table_of(part_content(judged, ARTICLES), "part").replace_schema_metadata(None).equals(plain)
    by_name = plain.to_pylist()  # records by name instead of by place
    assert part_content(by_name, ARTICLES) == part_content(judged, ARTICLES)
    half = [{name: row[name] for name in list(row)[::2]} for row in by_name]  # what a row lacks is null
    held = table_of(part_content(half, ARTICLES), "part").replace_schema_metadata(None)
    assert held.equals(pa.Table.from_pylist(half, schema=ARTICLES))


def test_records_stand_in_their_columns_as_asdict_tells_them() -> None:
    """The oracle of ``article_row``, which tells them by place."""
    judge, seen = load_judge(default_config()), 0
    at = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)
    candidates = tuple(
        DateCandidate(at, f"raw {method}", method, zone, sure, timed=method != "url")
        for method, zone, sure in (("feed", "+0700", 0.95), ("url", "assumed:Asia/Jakarta", 0.4))
    )
    dated = Dated(at, "raw feed", "feed", "+0700", 0.95, "ok", candidates)
    for number, (title, text) in enumerate(corpus()[:: len(corpus()) // 60]):
        article = Article(
            key=str(number), url="u", canonical_url="c", source_id="s", outlet="o", domain="d", tier="T2", licence="open",
            publisher_type=PublisherType.WIRE, title=title, text=text, language="id", text_status="full", dated=dated,
            first_seen=at, removed=REMOVED,
        )  # fmt: skip
        told = judge.judge(title=title, text=text, published=at)
        [row] = table_of(part_content([article_row(article, told, "part", "all")], ARTICLES), "part").to_pylist()
        expected = {
            "relevance_evidence": told.relevance.evidence,
            "programme_evidence": told.programme_evidence,
            "programmes": told.programmes,
            "tone_evidence": told.tone.evidence if told.tone else (),
            "title_tone_evidence": told.title_tone.evidence if told.title_tone else (),
            "incidents_evidence": told.incidents,
            "removed": article.removed,
            "date_candidates": [replace(one, value=one.value.isoformat()) for one in candidates],  # type: ignore[arg-type]
        }
        for column, records in expected.items():
            assert row[column] == [as_stored(asdict(one)) for one in records], column
        seen += len(told.programmes) * len(told.incidents)
    assert seen


def as_stored(value: object) -> object:
    """Tuples as the lists that Arrow gives back."""
    if isinstance(value, dict):
        return {name: as_stored(one) for name, one in value.items()}
    return [as_stored(one) for one in value] if isinstance(value, list | tuple) else value


def test_each_column_is_written_as_its_size_asks(judged: list[dict[str, object]]) -> None:
    group = pq.ParquetFile(pa.BufferReader(part_content(judged * 4, ARTICLES))).metadata.row_group(0)
    found = {column.path_in_schema: column for column in map(group.column, range(group.num_columns))}
    sizes, counts = measured(pa.Table.from_pylist(judged * 4, schema=ARTICLES))
    assert found.keys() == sizes.keys()
    for path, column in found.items():
        short = sizes[path] <= LONG * counts[path]
        assert (column.compression == "ZSTD") == (sizes[path] > (HEAVY_SHORT if short else HEAVY_LONG)), path
        assert column.has_dictionary_page == (short and column.physical_type != "BOOLEAN"), path
    for path in ("text", "title", "tone_evidence.list.element.quote", "programmes.list.element.evidence.list.element.quote"):
        assert (found[path].compression, found[path].has_dictionary_page, found[path].statistics) == ("ZSTD", False, None)
    for path in ("outlet", "tone", "week", "programmes.list.element.slug"):
        assert (found[path].compression, found[path].has_dictionary_page) == ("UNCOMPRESSED", True)
    for path in ("dated_at", "first_seen", "published"):  # a reader may skip a part by them
        assert found[path].statistics.has_min_max
    assert found["dated_at"].statistics.min == min(row["dated_at"] for row in judged)  # type: ignore[type-var]


def test_a_small_part_is_small(judged: list[dict[str, object]]) -> None:
    """A run of a quarter of an hour brings a dozen articles; Arrow's schema alone would be a tenth of their part."""
    for rows, most in ((judged[:1], 0.6), (judged[:12], 0.95), (judged, 1.02)):
        table = pa.Table.from_pylist(rows, schema=ARTICLES)
        assert len(encoded(table)) < most * len(plainly(table))


@pytest.mark.parametrize("schema", [ARTICLES, PAGES, REJECTIONS])
def test_a_part_without_rows_has_its_columns(schema: pa.Schema) -> None:
    content = part_content([], schema, "recipe")
    assert whole(content).schema.equals(schema)
    assert content == part_content([], schema, "recipe")
    assert whole(part_content([{}], schema)).to_pylist() == [dict.fromkeys(schema.names)]


ODD = pa.schema([("key", pa.string()), ("bodies", pa.list_(pa.binary())), ("spans", ARTICLES.field("tone_evidence").type)])
texts = st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
span = st.fixed_dictionaries(
    {"field": texts, "start": st.none() | st.integers(-(2**31), 2**31 - 1), "quote": texts, "words": st.none() | st.lists(texts)}
)
row = st.fixed_dictionaries(
    {},
    optional={
        "key": texts,
        "bodies": st.none() | st.lists(st.none() | st.binary(max_size=50), max_size=3),
        "spans": st.none() | st.lists(st.none() | span, max_size=3),
    },
)


@settings(deadline=None, max_examples=60)
@given(st.lists(row, max_size=8), st.sampled_from([1, 3000]))
def test_any_rows_come_back(rows: list[dict[str, object]], times: int) -> None:
    held = table_of(part_content(rows * times, ODD), "part").replace_schema_metadata(None)
    assert held.equals(pa.Table.from_pylist(rows * times, schema=ODD))


def test_a_table_of_several_chunks_is_written_whole(judged: list[dict[str, object]]) -> None:
    table = pa.Table.from_pylist(judged, schema=ARTICLES)
    several = pa.concat_tables([table.slice(0, 7), table.slice(7, 20), table.slice(27)])
    assert several.column("text").num_chunks == 3
    assert whole(encoded(several)).equals(table)
    assert whole(encoded(table.slice(5, 9))).equals(table.slice(5, 9))


def test_a_changed_byte_of_any_column_is_seen(judged: list[dict[str, object]]) -> None:
    """Most columns have no codec that would stumble: the checksum of the page must tell."""
    content = part_content(judged, ARTICLES)
    draw = random.Random(5)
    group = pq.ParquetFile(pa.BufferReader(content)).metadata.row_group(0)
    for column in map(group.column, range(group.num_columns)):
        starts = (column.dictionary_page_offset, column.data_page_offset)
        ends = [min(filter(None, starts)) + column.total_compressed_size]  # of the page of values
        ends += [column.data_page_offset] if column.has_dictionary_page else []  # of the dictionary before it
        for end in ends:
            broken = bytearray(content)
            broken[end - 1] ^= 1 << draw.randrange(8)
            with pytest.raises(StorageError, match="part is not a readable parquet part"):
                table_of(bytes(broken), "part")


@pytest.mark.parametrize("title", ["a lone \ud800", 5, {"a": 1}, ["x"], 2.5])
def test_what_is_no_text_is_refused_with_one_message(title: object) -> None:
    with pytest.raises(StorageError, match="rows do not fit the schema that begins with key, url"):
        part_content([{"key": "a"}, {"key": "b", "title": title}], ARTICLES)


@pytest.mark.parametrize("version", [2**31, -(2**31) - 1, 2**70, "1"])
def test_what_is_no_small_number_is_refused_with_one_message(version: object) -> None:
    with pytest.raises(StorageError, match="rows do not fit"):
        part_content([{"key": "a", "version": version}], ARTICLES)


def test_a_record_with_too_few_places_is_refused() -> None:
    with pytest.raises(StorageError, match="rows do not fit"):
        part_content([{"key": "a", "tone_evidence": [("title", 0, 5)]}], ARTICLES)


def test_every_unknown_column_is_named() -> None:
    with pytest.raises(StorageError, match=r"columns \['colour', 'size'\] are not in the schema"):
        part_content([{"key": "a", "size": 1}, {"key": "b", "colour": "red"}], ARTICLES)
