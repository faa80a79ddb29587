"""Data folders as every earlier version of the code wrote them are read by today's; those of a later one are refused.

Each folder of tests/fixtures/versions was written by the code of its time from three sites of the sample newsroom
(harianlama, sunyi, amp.kabarnusantara) by `pantau demo --now 2026-11-26T10:00:00+07:00`, less its reports. When
``SCHEMA_VERSION`` or the ledger's ``VERSION`` rises, one more is kept.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import pipeline
from benchmarks.torture_place import within
from pipeline import alerting, delivery, overview
from pipeline.app import readings
from pipeline.demo import workplace_of_demo
from pipeline.errors import StorageError
from pipeline.fetch import backfill
from pipeline.fetch.database import VERSION
from pipeline.fetch.ledger import Ledger
from pipeline.records import Retry
from pipeline.store import tombstones
from pipeline.store.dataset import articles, rejections, stories_table
from pipeline.store.parts import part_names, part_path, read_part, read_shaped, recipe_of, table_of
from pipeline.store.schema import ARTICLES, PAGES, REJECTIONS, SCHEMA_VERSION, STORIES
from pipeline.stories import corrections
from tests.conftest import NOW
from tests.fetch.ledgers import entry, failed, poll
from tests.torture.conftest import VERSIONS

KEPT = sorted(path.name for path in VERSIONS.iterdir())


def schema_of(data: Path) -> int:
    [name] = part_names(data, "articles")
    return int(pq.read_schema(part_path(data, "articles", name)).metadata[b"pantau_schema"])


def ledger_version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


@pytest.fixture(params=KEPT)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    shutil.copytree(VERSIONS / request.param, tmp_path / "data")
    return tmp_path / "data"


def test_every_earlier_version_is_kept() -> None:
    assert {schema_of(VERSIONS / name) for name in KEPT} >= set(range(1, SCHEMA_VERSION))
    assert {ledger_version(VERSIONS / name / "ledger.sqlite") for name in KEPT} >= set(range(1, VERSION))


def test_what_a_version_has_written_is_what_that_version_means() -> None:
    """A column that is added, a statement that is mended without a new version: earlier folders would bear a number that lies."""
    same = [name for name in KEPT if schema_of(VERSIONS / name) == SCHEMA_VERSION]
    for name in same:
        for kind, schema in (("pages", PAGES), ("articles", ARTICLES), ("rejections", REJECTIONS)):
            [part] = part_names(VERSIONS / name, kind)
            held = pq.read_schema(part_path(VERSIONS / name, kind, part)).remove_metadata()
            assert held == schema.remove_metadata(), f"{kind} changed: raise SCHEMA_VERSION, and keep a folder of the one before"
        held = pq.read_schema(VERSIONS / name / "stories" / "stories.parquet").remove_metadata()
        assert held == STORIES.remove_metadata()


# What stands in files that are only ever appended to. Another header makes all of them unreadable: read the former one too.
HEADERS = {
    "corrections.csv": (corrections.COLUMNS, "key,field,old,new,who,when,why"),
    "readings.csv": (readings.COLUMNS, "key,field,label,who,when"),
    "alerts.csv": (alerting.COLUMNS, "at,state,alert,channel,message,event,key,reasons,priority,kanwil,detail"),
    "deliveries.csv": (delivery.COLUMNS, "at,state,report,channel,digest,detail"),
    "backfill/SOURCE.csv": (backfill.COLUMNS, "at,way,url,outcome,more,listed,new,known,undated,outside,oldest,detail"),
    "forgotten.csv": (tombstones._COLUMNS, "kind,hash,when"),
}


@pytest.mark.parametrize(("columns", "header"), HEADERS.values(), ids=HEADERS)
def test_logs_of_earlier_versions_have_today_s_header(columns: Sequence[str], header: str) -> None:
    assert ",".join(columns) == header


def test_everything_of_it_is_read(old: Path) -> None:
    place = workplace_of_demo(old, NOW)
    assert place is not None
    account = overview.account(place)
    assert account["seen"] == 11
    assert account["fetched"] == 10
    assert account["judged"] == 9
    assert account["rejected_at_extract"] == 1
    assert account["rejected_at_fetch"] == 1
    assert account["lost"] == account["doubled"] == account["waiting"] == account["parts_not_marked"] == 0
    frame = articles(old)
    assert len(frame) == 9
    assert not frame[["key", "url", "title", "relevance", "recipe", "part", "week", "first_seen"]].isna().any(axis=None)
    assert rejections(old)["reason"].tolist() == ["no_text"]
    assert stories_table(old).schema.names
    assert len(pipeline.articles(relevance=None, data=old)) == 9
    assert "relevan" in str(pipeline.explain(frame["key"].iloc[0], data=old)).lower()


def test_it_is_judged_anew_reported_and_kept_beside(old: Path) -> None:
    [name] = part_names(old, "articles")
    former = recipe_of(part_path(old, "articles", name))
    for command in (["judge", "--rejudge"], ["report", "--week", "2026-W48"]):
        said = within([*command, "--data", str(old)])
        assert (said.code, said.wrong) == (0, ""), said.err
    assert schema_of(old) == SCHEMA_VERSION
    assert recipe_of(part_path(old, "articles", name)) != former
    assert (old / "articles_past" / str(former) / name).is_file()
    assert len(articles(old)) == 9
    assert (old / "reports" / "2026-W48" / "manifest.json").is_file()


def test_its_ledger_is_brought_up_once_and_loses_nothing(old: Path) -> None:
    path = old / "ledger.sqlite"
    with closing(sqlite3.connect(path)) as db:
        before = db.execute("SELECT key, state, url, title FROM entries ORDER BY key").fetchall()
    with Ledger.read(path, NOW) as ledger:  # for looking only: the file stays as it is
        assert sum(ledger.counts().values()) == len(before)
    with Ledger(path, NOW) as ledger:
        assert sum(ledger.counts().values()) == len(before)
        assert len(ledger.known_parts()) == 1
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT key, state, url, title FROM entries ORDER BY key").fetchall() == before
    assert ledger_version(path) == VERSION


def test_its_ledger_is_brought_up_to_the_tables_of_a_new_one(old: Path) -> None:
    """Also where a table of old was made before a column of the same version: no number told of that."""
    with Ledger(old / "ledger.sqlite", NOW) as ledger:
        poll(ledger, "kabar", [entry("a")])
        ledger.settle(failed("a", Retry.TEMPORARY))
        assert ledger.waiting(10) == []
        assert ledger.failure("a")
    with Ledger(old / "new.sqlite", NOW):
        pass
    assert tables_of(old / "ledger.sqlite") == tables_of(old / "new.sqlite"), "a step that was released is never changed: add one"


def tables_of(path: Path) -> dict[str, set[tuple[object, ...]]]:
    """Tables and indexes with their columns: name, type, whether it may be null, default, place in the key."""
    with closing(sqlite3.connect(path)) as db:
        names = [str(row[0]) for row in db.execute("SELECT name FROM sqlite_master")]
        return {
            name: {row[1:] for row in db.execute(f"PRAGMA table_info({name})")}
            | {row[2:] for row in db.execute(f"PRAGMA index_info({name})")}
            for name in names
        }


def test_a_part_of_a_later_version_is_refused_by_every_reader(data: Path) -> None:
    for kind, schema in (("articles", ARTICLES), ("pages", PAGES)):
        [name] = part_names(data, kind)
        path = part_path(data, kind, name)
        table = pq.read_table(path, partitioning=None)
        later = {**table.schema.metadata, b"pantau_schema": str(SCHEMA_VERSION + 1).encode()}
        table = table.append_column("unheard_of", pa.nulls(table.num_rows, pa.string())).replace_schema_metadata(later)
        pq.write_table(table, path)
        said = rf"{path.name} was written by a newer version .*update this installation"
        with pytest.raises(StorageError, match=said):
            read_part(path)
        with pytest.raises(StorageError, match=said):
            read_shaped(path, schema)
        with pytest.raises(StorageError, match=said):
            table_of(path.read_bytes(), path)
    for command in (["status"], ["report", "--week", "2026-W48"], ["judge", "--rejudge"]):
        said = within([*command, "--data", str(data)])
        assert said.code == 1
        assert said.wrong == ""
        assert "newer version" in said.err


def test_a_ledger_of_a_later_version_is_refused(data: Path) -> None:
    with closing(sqlite3.connect(data / "ledger.sqlite")) as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")
    said = within(["status", "--data", str(data)])
    assert said.code == 1
    assert "ledger.sqlite was written by a newer version of pantau; update this installation" in said.err
