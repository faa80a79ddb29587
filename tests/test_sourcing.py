"""`pantau sources` and `pantau backfill` as users call them, over the demo's newsroom; wrong input is answered with advice."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from filelock import FileLock

from pipeline import commands, sourcing
from pipeline.catalogued import Known, ago, chosen, cut, length, list_lines, row_of
from pipeline.cli import main
from pipeline.configfile import Problems
from pipeline.demo import DemoResult
from pipeline.fetch.catalogue import COLUMNS, load_sources
from pipeline.fetch.discover import Candidate
from pipeline.fetch.ledger import Ledger
from pipeline.fetch.probing import Discovery, Probe
from pipeline.fetch.schedule import Polled, Standing
from pipeline.records import Source, SourceKind
from pipeline.terminal import json_text, printable
from tests.conftest import NOW, contents


@pytest.fixture
def data(demo: DemoResult, tmp_path: Path) -> Path:
    """A demo's data folder of its own."""
    return Path(shutil.copytree(demo.place.data, tmp_path / "data"))


def call(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


def read(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def tables(data: Path) -> dict[str, list[tuple[object, ...]]]:
    """Everything that a check must not touch."""
    with sqlite3.connect(data / "ledger.sqlite") as db:
        names = ("sources", "polls", "entries", "sightings", "parts", "runs", "revisits")
        found = {name: db.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall() for name in names}
    db.close()
    return found


# --- list


def test_the_list_fits_a_terminal_and_names_every_source(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("sources", "list", "--data", data, "--now", NOW.isoformat()) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 100
    names = [line.split()[0] for line in lines[1:-1]]
    assert names == ["feedmati", "sunyi", *sorted(set(names) - {"feedmati", "sunyi"})], "those that failed stand first"
    assert lines[-1] == "13 sources: active 13"
    row = next(line for line in lines if line.startswith("wartatribuana"))
    assert row.split()[3:5] == ["sitemap", "active"]
    assert " 9 " in row


def test_the_list_may_be_narrowed_and_written_as_a_table(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "daftar.csv"
    assert call("sources", "list", "--data", data, "--licence", "open", "--state", "active", "--csv", path) == 0
    rows = read(path)
    assert {row["licence"] for row in rows} == {"open"}
    assert str(len(rows)) in capsys.readouterr().out
    assert call("sources", "list", "--data", data, "--state", "retired") == 0
    assert "0 sources" in capsys.readouterr().out


def test_a_list_before_the_first_run_makes_no_ledger(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("sources", "list", "--data", tmp_path / "none") == 0
    told = capsys.readouterr().out
    assert "never" in told
    assert not (tmp_path / "none").exists()


def test_what_needs_a_person_stands_first() -> None:
    def known(name: str, state: str, status: str = "active", polls: int = 3, failures: int = 0) -> Known:
        source = Source(name, "Kabar", SourceKind.RSS, f"https://{name}.example/feed", status=status)
        return Known(source, Standing(name, state=state, polls=polls, failures=failures), 0)

    rows = [
        known("a", "active"),
        known("b", "slow"),
        known("c", "blocked", "probation"),
        known("d", "active", "retired"),
        known("e", "active", polls=0),
        known("f", "active", failures=1),
    ]
    assert [one.source.id for one in chosen(rows, None, None)] == ["c", "b", "e", "f", "a", "d"]
    assert [one.source.id for one in chosen(rows, "probation", None)] == ["c"]
    assert [one.source.id for one in chosen(rows, "never", None)] == ["e"]
    lines = list(list_lines(chosen(rows, None, None), NOW))
    assert "blocked?" in lines[1]
    assert lines[-1].endswith("? = on probation, 1")


def test_long_names_are_cut_and_times_are_short() -> None:
    assert cut("Kabar Nusantara", 8) == "Kabar N…"
    assert row_of((("A", 3), ("B", 4)), ("abcdef", "ok")) == "ab… ok"
    assert [length(seconds) for seconds in (0, 59 * 60, 2 * 3600, 47 * 3600, 2 * 86400, 400 * 86400)] == [
        *("0 m", "59 m", "2 h", "47 h", "2 d", "400 d")
    ]
    assert [length(seconds) for seconds in (7199, 2 * 86400 - 1)] == ["2 h", "2 d"], "never 120 m beside 2 h"
    assert ago(None, NOW) == ""
    assert ago(NOW + timedelta(hours=1), NOW) == "0 m"


# --- explain


def test_one_source_is_explained(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("sources", "explain", "feedmati", "--data", data, "--now", NOW.isoformat()) == 0
    told = capsys.readouterr().out
    for part in (
        "https://feedmati.example/feed",
        "failures in a row 1",
        "unhealthy: answered a web page",
        "allowed",
        "volume",
        "to do",
    ):
        assert part in told
    assert "pantau sources discover https://feedmati.example/" in told
    assert call("sources", "explain", "kbraya", "--data", data) == 0
    assert "to do     nothing" in capsys.readouterr().out


def test_a_closed_host_and_a_gap_are_explained(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Ledger(data / "ledger.sqlite", NOW) as ledger:
        ledger.save_hosts({"//kbraya.example": (NOW, NOW + timedelta(hours=1), "it answered with a challenge page")})
        standing = Standing(
            "kbraya", state="blocked", weight=2.0, failures=2, polls=9, next_poll=NOW + timedelta(hours=12), gap_suspected=True
        )
        ledger.record_poll(standing, Polled("challenge", "a challenge page, HTTP 403"))
    assert call("sources", "explain", "kbraya", "--data", data, "--now", NOW.isoformat()) == 0
    told = capsys.readouterr().out
    assert "left alone until 2026-11-26 11:00 WIB: it answered with a challenge page" in told
    assert "no item in common" in told
    assert "Due in 12 h" in told
    assert "nothing here evades that" in told


def test_an_unknown_id_is_answered_with_the_nearest(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("sources", "explain", "kbrayaa", "--data", data) == 2
    assert "did you mean kbraya?" in capsys.readouterr().err


# --- check


def test_a_check_asks_each_source_and_changes_no_schedule(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = tables(data)
    assert call("sources", "check", "--data", data) == 1, "two feeds of the demo are dead by purpose"
    assert tables(data) == before
    rows = {row["id"]: row for row in read(data / "sources_check.csv")}
    assert len(rows) == 13
    assert {name: row["verdict"] for name, row in rows.items() if row["verdict"] != "ok"} == {
        "feedmati": "not a feed",
        "sunyi": "empty",
    }
    assert (rows["kbraya"]["http"], rows["kbraya"]["items"], rows["kbraya"]["robots"]) == ("200", "11", "allowed")
    told = capsys.readouterr()
    assert told.err == ""
    assert max(map(len, [line for line in told.out.splitlines() if line[0] not in "/12"])) <= 100


def test_a_check_of_some(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "cek.csv"
    assert call("sources", "check", "--data", data, "--id", "kbraya", "--id", "kbraya", "--csv", path) == 0
    assert [row["id"] for row in read(path)] == ["kbraya"]
    assert "1 ok" in capsys.readouterr().out


def test_an_interrupted_check_keeps_what_it_saw(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = sourcing.probe_all

    def some(*arguments: object, **options: object) -> Iterator[Probe]:
        probes = real(*arguments, **options)  # type: ignore[arg-type]
        for _ in range(3):
            yield next(probes)
        probes.close()
        raise KeyboardInterrupt

    monkeypatch.setattr(sourcing, "probe_all", some)
    assert call("sources", "check", "--data", data) == 1
    rows = read(data / "sources_check.csv")
    assert len(rows) == 13
    assert sum(row["verdict"] == "not asked" for row in rows) == 10
    assert "ended after 3 of 13" in capsys.readouterr().err


def test_servers_words_start_no_formula(tmp_path: Path) -> None:
    source = Source("kabar", "=Kabar", SourceKind.RSS, "https://kabar.example/feed")
    probe = Probe(source, "wrong", detail='=HYPERLINK("https://x.example")')
    path = tmp_path / "cek.csv"
    path.write_bytes(sourcing._table(sourcing._probe_rows([probe])))
    row = read(path)[0]
    assert row["detail"].startswith("'=")
    assert row["outlet"] == "'=Kabar"


def test_a_check_waits_for_no_other_run(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with FileLock(data / ".lock"):
        assert call("sources", "check", "--data", data) == 75
        assert call("backfill", "--source", "kbraya", "--from", "2026-11-01", "--data", data) == 75
        assert call("sources", "list", "--data", data) == 0
    assert "another run" in capsys.readouterr().err


def test_a_terminal_is_told_nothing_by_a_site() -> None:
    told = json_text({"judul": "Lapas \x9b31m\u202e\x1b[2J é"})
    assert told == '{"judul": "Lapas \\u009b31m\\u202e\\u001b[2J é"}'
    assert json.loads(told) == {"judul": "Lapas \x9b31m\u202e\x1b[2J é"}
    assert printable("Kabar\x1b[2J\x07 \u202eWarta\xa0Raya…\x9b31m\n") == "Kabar[2J Warta Raya…31m "


# --- discover


def test_a_site_of_the_catalogue_is_recognised(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("sources", "discover", "wartatribuana.example", "--data", data) == 0
    told = capsys.readouterr().out
    assert "stands in sources.csv already, as wartatribuana" in told
    assert "rows for" not in told


def test_ready_rows_are_taken_by_the_catalogue(demo: DemoResult, tmp_path: Path) -> None:
    kinds = (SourceKind.RSS, SourceKind.ATOM, SourceKind.SITEMAP, SourceKind.WORDPRESS)
    urls = [f"https://www.lapas.example.go.id/{kind.value}?a=1,2" for kind in kinds]
    taken = {"lapas-example"}
    found = Discovery(urls[0], '=Kabar, "Baru"')
    rows = [
        sourcing._ready(Candidate(url, kind, "a page, of links"), found, demo.place, taken)
        for url, kind in zip(urls, kinds, strict=True)
    ]
    path = tmp_path / "sources.csv"
    path.write_text("\n".join([",".join(COLUMNS), *rows]) + "\n", encoding="utf-8")
    problems = Problems()
    sources = load_sources(path, problems)
    assert problems.found == []
    assert [source.url for source in sources] == urls
    assert all(
        source.status == "probation" and source.licence == "open" and source.outlet == 'Kabar, "Baru"' for source in sources
    )
    assert len({source.id for source in sources} | {"lapas-example"}) == 5


# --- backfill


def test_a_backfill_of_the_demo_finds_what_runs_have_found(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    days = ("--from", "2026-11-01", "--to", "2026-11-26")
    before = tables(data)
    assert call("backfill", "--source", "kabarnusantara", *days, "--data", data) == 0
    after = tables(data)
    told = capsys.readouterr().out
    assert "known 11, new 0" in told
    assert "nothing older than the feed holds" in told
    assert all(after[name] == before[name] for name in ("sources", "polls", "entries"))
    log = data / "backfill" / "kabarnusantara_2026-11-01_2026-11-26.csv"
    assert log.read_text(encoding="utf-8").count("\n") == 6
    assert call("backfill", "--source", "kabarnusantara", *days, "--data", data) == 0


def test_a_lost_entry_comes_back_by_a_backfill_and_is_fetched_at_once(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with sqlite3.connect(data / "ledger.sqlite") as db:
        (key,) = db.execute("SELECT key FROM entries WHERE source_id = 'wartatribuana' AND state = 'fetched' LIMIT 1").fetchone()
        db.execute("DELETE FROM entries WHERE key = ?", (key,))
    db.close()
    days = ("--from", "2026-11-01", "--to", "2026-11-26")
    assert call("backfill", "--source", "wartatribuana", *days, "--dry-run", "--data", data) == 0
    assert "new 1 (waiting 1)" in capsys.readouterr().out
    assert not (data / "backfill").exists()
    assert call("backfill", "--source", "wartatribuana", *days, "--fetch", "--data", data) == 0
    assert "fetched 1" in capsys.readouterr().out
    with Ledger(data / "ledger.sqlite", NOW) as ledger:
        assert ledger.state(key) == "fetched"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["sources"], "required: WHAT"),
        (["sources", "lst"], "invalid choice"),
        (["sources", "explain"], "required: ID"),
        (["sources", "list", "--state", "dead"], "is not one of: active, slow"),
        (["sources", "list", "--licence", "free"], "is not one of: open"),
        (["sources", "list", "--csv", "/no/such/folder/x.csv"], "there is no folder"),
        (["sources", "check", "--csv", "/"], "is a folder"),
        (["sources", "check", "--id", "nobody"], "no source has the id 'nobody'"),
        (["sources", "discover", "kabar"], "is no address"),
        (["sources", "discover", "ftp://kabar.example/"], "is no address"),
        (["sources", "discover", "https://user:pw@kabar.example/"], "is no address"),
        (["backfill", "--source", "kbraya"], "required: --from"),
        (["backfill", "--source", "kbraya", "--from", "yesterday"], "is not a day"),
        (["backfill", "--source", "kbraya", "--from", "2026-02-30"], "is not a day"),
        (["backfill", "--source", "kbraya", "--from", "2026-11-10", "--to", "2026-11-01"], "the earlier day first"),
        (["backfill", "--source", "kbraya", "--from", "2031-01-01"], "lies in the future"),
        (["backfill", "--source", "kbraya", "--from", "2026-11-01", "--max", "0"], "write 1 or more"),
        (["backfill", "--source", "nobody", "--from", "2026-11-01"], "no source has the id"),
    ],
)
def test_wrong_use_is_told_in_one_line(arguments: list[str], told: str, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = contents(data)
    try:
        code = call(*arguments, "--data", data)
    except SystemExit as stop:
        code = int(str(stop.code))
    assert code == 2
    assert told in capsys.readouterr().err
    assert contents(data) == before


def test_commands_are_found_in_one_door_only() -> None:
    assert not hasattr(commands, "sources")
    assert not hasattr(commands, "backfill")
