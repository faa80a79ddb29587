"""Status and watching as an operator meets them: silence is named, stale data end with 1, a watchdog hears and never harms."""

from __future__ import annotations

import json
import logging
import re
import shutil
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from pipeline import jobs
from pipeline.cli import main
from pipeline.demo import DemoResult
from pipeline.errors import ConfigError, StorageError
from pipeline.fetch.ledger import Announced, Ledger
from pipeline.fetch.schedule import Polled, Standing
from pipeline.operation.condition import Condition
from pipeline.operation.gauges import text_of
from pipeline.operation.lines import lines_of, size_of, span_of, table_of
from pipeline.ping import ping
from pipeline.records import Entry, Source, SourceKind, Tally
from pipeline.settings import Operation, default_config
from pipeline.watching import condition_of, failure_of, watched

NOW = datetime(2026, 11, 26, 3, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TLS = Path(__file__).parent / "fetch" / "tls"


def source(name: str, **changes: Any) -> Source:
    return Source(name, name.title(), SourceKind.RSS, f"https://{name}.example/feed", **changes)


SOURCES = (
    source("ramai"),
    source("senyap"),
    source("ditutup"),
    source("lambat"),
    source("gagal"),
    source("celah"),
    source("mati-suri"),
    source("baru"),
    source("coba", status="probation"),
    source("pensiun", status="retired"),
    source("terlarang", licence="blocked"),
)


def watch_for_forty_days(data: Path) -> None:
    """Forty days of polls, one a day: steady sources, one that fell silent six days ago, one whose polls stopped; then faults."""
    for back in range(40, -1, -1):
        now = NOW - back * DAY
        with Ledger(data / "ledger.sqlite", now) as ledger:
            for name in ("ramai", "senyap", "celah", "gagal", "coba", "mati-suri"):
                if name in ("coba", "mati-suri") and back < 9:
                    continue
                count = 4 if name == "senyap" else 20
                count = 0 if name == "senyap" and back < 6 else count
                told = [
                    Announced(Entry(name, f"{name}{back}-{n}", f"https://{name}.example/{back}/{n}", f"Judul {n}", "", now))
                    for n in range(count)
                ]
                standing = Standing(name, interval=3600, polls=99, last_ok=now, next_poll=now + HOUR)
                ledger.record_poll(replace(standing, gap_suspected=name == "celah"), Polled("ok"), told)
    with Ledger(data / "ledger.sqlite", NOW) as ledger:
        old = Standing("", polls=99, last_ok=NOW - 3 * DAY)
        challenge = Polled("challenge", "HTTP 403 with a challenge page")
        ledger.record_poll(replace(old, source_id="ditutup", state="blocked", failures=4), challenge)
        ledger.record_poll(replace(old, source_id="lambat", state="slow", failures=14), Polled("server_error", "HTTP 502"))
        recent = replace(old, source_id="gagal", failures=1, last_ok=NOW - HOUR)
        ledger.record_poll(recent, Polled("timeout", "no answer in 30 s"))
        ledger.record_poll(Standing("coba", polls=99, failures=9, last_ok=NOW - 9 * DAY), Polled("gone", "HTTP 404"))
        ledger.save_hosts({"//ditutup.example": (NOW, NOW + 5 * HOUR, "it refused"), "lambat.example": (NOW + HOUR, None, "")})
        ledger.record_run("run", {"sources_ok": 4, "sources_failed": 3, "entries_new": 60})


@pytest.fixture(scope="module")
def watched_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Read it only."""
    data = tmp_path_factory.mktemp("watched") / "data"
    watch_for_forty_days(data)
    return data


def place_of(data: Path, now: datetime = NOW, **operation: Any) -> jobs.Workplace:
    place = jobs.workplace(default_config(), data, now, sources=SOURCES)
    settings = place.settings.model_copy(update={"operation": Operation(**operation)})
    return replace(place, settings=settings)


@pytest.fixture(scope="module")
def condition(watched_data: Path) -> Condition:
    return condition_of(place_of(watched_data))


def test_every_source_has_one_state_and_the_right_ones_alarm(condition: Condition) -> None:
    assert condition.states == {"active": 5, "slow": 1, "blocked": 1, "never": 1, "probation": 1, "retired": 2}
    assert sum(condition.states.values()) == len(SOURCES)
    told = {one.id: one.trouble.word for one in condition.sources if one.trouble}
    assert told == {
        "ditutup": "blocked",
        "lambat": "failing",
        "mati-suri": "unread",
        "senyap": "silent",
        "celah": "gap",
        "gagal": "failed",
    }
    assert [one.id for one in condition.troubled] == ["ditutup", "mati-suri", "lambat", "senyap", "celah", "gagal"]
    assert condition.alarms == {"blocked": 1, "failing": 1, "unread": 1, "silent": 1}


def test_a_source_that_was_not_read_is_no_silent_source(condition: Condition) -> None:
    found = {one.id: one for one in condition.sources}
    unread = found["mati-suri"]
    assert unread.day is not None
    assert unread.week is not None
    assert unread.day.word == unread.week.word == "unwatched"
    assert unread.day.expected is not None, "its past tells what is missing"
    assert found["senyap"].day is not None
    assert found["senyap"].day.word == "silent"
    assert found["pensiun"].day is None
    assert found["baru"].last_ok is None


def test_a_long_silence_is_still_held_against_what_was_usual_before_it(tmp_path: Path) -> None:
    """Sixty days without an entry: the weeks before them tell what is missing."""
    for back in range(110, -1, -1):
        now = NOW - back * DAY
        told = [
            Announced(Entry("ramai", f"{back}-{n}", f"https://ramai.example/{back}/{n}", f"Judul {n}", "", now))
            for n in range(5 if back > 60 else 0)
        ]
        with Ledger(tmp_path / "ledger.sqlite", now) as ledger:
            ledger.record_poll(Standing("ramai", interval=3600, polls=9, last_ok=now, next_poll=now + HOUR), Polled("ok"), told)
    [found] = [one for one in condition_of(place_of(tmp_path)).sources if one.id == "ramai"]
    assert found.week is not None
    assert found.week.word == "silent"
    assert found.week.expected is not None
    assert found.week.expected.mean == pytest.approx(35, rel=0.1)


def test_coverage_holds_like_against_like(condition: Condition) -> None:
    day, week = condition.coverage
    assert (day.hours, week.hours) == (24, 168)
    assert day.seen == 60
    assert week.seen == 3 * 7 * 20 + 4, "the last entries of the silent one"
    for one in (day, week):
        assert sum(one.words.values()) == one.known + one.unknown == 7, "probation, retired and never polled are left out"
        assert one.seen_known <= one.seen
    assert day.usual == pytest.approx(3 * 20 + 20 + 4, rel=0.05)


def test_each_kind_of_file_is_counted_under_its_name(tmp_path: Path) -> None:
    watch_for_forty_days(tmp_path)
    for number, name in enumerate(("pages", "articles_new", "rejections_new", "models", "sources_check.csv"), 1):
        file = tmp_path / name if name.endswith(".csv") else tmp_path / name / "lama" / "x.bin"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x" * number)
    disk = condition_of(place_of(tmp_path), whole=False).disk
    assert [disk[kind] for kind in ("pages", "articles_new", "rejections_new", "models", "other")] == [1, 2, 3, 4, 5]


def test_lags_closings_and_the_last_run(condition: Condition) -> None:
    assert condition.newest_good_poll == NOW
    assert condition.newest_judged is None
    assert condition.oldest_waiting == NOW - 40 * DAY
    assert [(one.name, one.until - NOW) for one in condition.closings] == [("//ditutup.example", 5 * HOUR)]
    assert condition.last_run is not None
    assert condition.last_run.counts["entries_new"] == 60
    assert condition.disk["ledger"] > 100_000
    assert condition.disk_free > 0
    assert condition.exit_code == 0


def test_the_lines_are_few_and_name_what_to_do(condition: Condition) -> None:
    lines = list(lines_of(condition))
    told = "\n".join(lines)
    assert len(lines) < 25
    assert "ALARM" not in told
    assert "senyap: silent: no entry for " in told
    assert "write to the outlet and ask for access" in told
    assert "most mend by themselves: celah, gagal" in told
    assert "ditutup.example until 2026-11-26 15:00 WIB: it refused" in told
    assert all(len(line) < 160 for line in lines)
    assert {len(line) - len(line[10:]) for line in lines[1:]} == {10}, "one column of names"


def test_the_table_holds_every_source_once(condition: Condition) -> None:
    rows = list(table_of(condition))
    assert len(rows) == 1 + len(SOURCES)
    assert sorted(row.split()[0] for row in rows[1:]) == sorted(one.id for one in SOURCES)
    assert rows[1].startswith("ditutup")


def settings_of(config: Path, data: Path, *more: str) -> list[str]:
    return ["--config", str(config), "--data", str(data), *more]


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration whose catalogue is SOURCES."""
    folder = tmp_path_factory.mktemp("config") / "config"
    shutil.copytree(default_config(), folder)
    table = folder / "sources.csv"
    names = table.read_text(encoding="utf-8").splitlines()[0].split(",")
    rows = [",".join(names)]
    for one in SOURCES:
        cells: Mapping[str, object] = {
            "id": one.id, "outlet": one.outlet, "kind": "rss", "url": one.url, "scope": "local", "tier": "T3",
            "publisher_type": "newsroom", "licence": one.licence, "zone": one.zone, "status": one.status, "pages": "all",
            "conditional": "yes",
        }  # fmt: skip
        rows.append(",".join(str(cells.get(name, "")) for name in names))
    table.write_text("\n".join([*rows, ""]), encoding="utf-8")
    return folder


def test_stale_data_end_with_1_and_say_so_first(config: Path, watched_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    later = (NOW + 4 * HOUR).isoformat()
    assert main(settings_of(config, watched_data, "status", "--now", later)) == 1
    out, err = capsys.readouterr()
    assert out.splitlines()[1].startswith("ALARM     no source was read for 4 h")
    assert err.startswith("pantau: no source was read for 4 h; 3 h are allowed")
    assert len(err.splitlines()) == 1
    assert main(settings_of(config, watched_data, "status", "--json", "--now", later)) == 1
    assert json.loads(capsys.readouterr().out)["stale"] is True
    assert main(settings_of(config, watched_data, "status", "--now", (NOW + 2 * HOUR).isoformat())) == 0


def test_a_folder_without_one_good_poll_is_stale(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Ledger(tmp_path / "ledger.sqlite", NOW) as ledger:
        ledger.record_poll(Standing("ramai", polls=1, failures=1), Polled("timeout", "no answer"))
    assert main(settings_of(config, tmp_path, "status", "--now", NOW.isoformat())) == 1
    assert "no source was ever read" in capsys.readouterr().err


def test_quiet_speaks_only_when_somebody_should_look(
    config: Path, watched_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(settings_of(config, watched_data, "status", "--quiet", "--now", NOW.isoformat())) == 0
    assert "senyap: silent" in capsys.readouterr().out
    with Ledger(tmp_path / "ledger.sqlite", NOW) as ledger:
        ledger.record_poll(Standing("ramai", polls=1, last_ok=NOW), Polled("ok"))
        ledger.record_poll(Standing("gagal", polls=1, failures=1), Polled("timeout", "no answer"))
        ledger.record_poll(Standing("coba", polls=40, failures=40, state="slow"), Polled("gone", "HTTP 404"))
    assert main(settings_of(config, tmp_path, "status", "--quiet", "--now", NOW.isoformat())) == 0
    assert capsys.readouterr() == ("", "")


def test_json_holds_everything_as_plain_values(config: Path, watched_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(settings_of(config, watched_data, "status", "--json", "--now", NOW.isoformat())) == 0
    answer = json.loads(capsys.readouterr().out)
    assert set(answer["sources"]) == {one.id for one in SOURCES}
    assert answer["sources"]["senyap"]["trouble"]["word"] == "silent"
    assert answer["alarms"]["blocked"] == 1
    assert answer["troubled"][0] == "ditutup"
    assert datetime.fromisoformat(answer["newest_good_poll"]) == NOW
    assert answer["coverage"][1]["hours"] == 168
    assert answer["entries"]["lost"] == answer["entries"]["doubled"] == 0


def test_a_demo_is_as_old_as_its_newsroom(demo: DemoResult, capsys: pytest.CaptureFixture[str]) -> None:
    """Looked at years later by the wall clock, a demo is not stale; with --now it is looked at from then."""
    assert main(["status", "--data", str(demo.place.data)]) == 0
    told = capsys.readouterr().out
    assert "0 min ago (run)" in told
    assert "ALARM" not in told
    assert main(["status", "--data", str(demo.place.data), "--now", (demo.place.now + DAY).isoformat()]) == 1


def test_a_ledger_of_another_kind_is_told_in_one_line(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "ledger.sqlite").write_bytes(b"no database at all" * 100)
    assert main(settings_of(config, tmp_path, "status")) == 1
    err = capsys.readouterr().err
    assert err.startswith("pantau: the ledger ")
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("span", "told"),
    [(timedelta(), "0 min"), (timedelta(minutes=61), "1 h 1 min"), (timedelta(hours=2), "2 h"), (DAY, "1 day"), (-DAY, "0 min")],
)
def test_spans_are_short(span: timedelta, told: str) -> None:
    assert span_of(span) == told


@pytest.mark.parametrize(
    ("size", "told"), [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (999_600, "1.0 MB"), (10**16, "10000 TB")]
)
def test_sizes_are_short(size: int, told: str) -> None:
    assert size_of(size) == told


# --- Prometheus

SAMPLE = re.compile(r'^pantau_[a-z_]+(\{[a-z_]+="(?:[^"\\\n]|\\["\\n])*"(,[a-z_]+="(?:[^"\\\n]|\\["\\n])*")*\})? -?[0-9.e+]+$')


def families(text: str) -> dict[str, int]:
    """Samples of each family; asserts the exposition format on the way."""
    found: dict[str, int] = {}
    name = ""
    for line in text.splitlines():
        if line.startswith("# HELP "):
            name = line.split()[2]
            assert name not in found, "one block a family"
            found[name] = 0
        elif line.startswith("# TYPE "):
            assert line == f"# TYPE {name} gauge"
        else:
            assert SAMPLE.match(line), line
            assert re.split(r"[{ ]", line)[0] == name
            found[name] += 1
    assert text.endswith("\n")
    return found


def test_the_gauges_are_in_the_exposition_format(condition: Condition) -> None:
    text = text_of(condition, succeeded=True, finished=NOW)
    found = families(text)
    assert all(found.values()), "no family without a sample"
    assert 'pantau_sources{state="active"} 5.0' in text
    assert 'pantau_source_alarm{source="senyap",word="silent"} 1.0' in text
    assert f"pantau_newest_good_poll_timestamp_seconds {NOW.timestamp()!r}" in text
    assert "pantau_newest_judged_timestamp_seconds" not in found, "nothing is judged: no value rather than a wrong one"
    assert "terlarang" not in text


def test_labels_are_escaped(condition: Condition) -> None:
    odd = replace(condition.sources[0], id='a"b\\c\nd', last_ok=NOW)
    text = text_of(replace(condition, sources=(odd,)), succeeded=False, finished=NOW)
    families(text)
    assert 'source="a\\"b\\\\c\\nd"' in text
    assert "pantau_run_success 0.0" in text


def test_a_run_that_ended_without_a_ledger_still_tells_its_end() -> None:
    assert set(families(text_of(None, succeeded=False, finished=NOW))) == {
        "pantau_run_success",
        "pantau_run_finished_timestamp_seconds",
    }


def test_the_file_is_written_whole_after_good_and_bad_runs(watched_data: Path, tmp_path: Path) -> None:
    file = tmp_path / "collector" / "pantau.prom"
    place = place_of(watched_data, prometheus_textfile=str(file))
    with watched(place) as watch:
        watch.ended(0, "fine")
    assert "pantau_run_success 1.0" in file.read_text(encoding="utf-8")
    with pytest.raises(StorageError), watched(place):
        raise StorageError("the disk is full")
    assert "pantau_run_success 0.0" in file.read_text(encoding="utf-8")
    assert [path.name for path in file.parent.iterdir()] == ["pantau.prom"]


def test_a_place_that_cannot_be_written_costs_no_run(
    watched_data: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    place = place_of(watched_data, prometheus_textfile=str(tmp_path / "file" / "pantau.prom"))
    logging.getLogger("pantau").propagate = True
    with watched(place) as watch:
        watch.ended(0, "fine")
    assert "Prometheus file not written" in caplog.text


def test_gauges_of_an_empty_folder_do_not_stop_a_run(tmp_path: Path) -> None:
    file = tmp_path / "pantau.prom"
    with watched(place_of(tmp_path / "nothing", prometheus_textfile=str(file))):
        pass
    assert families(file.read_text(encoding="utf-8"))["pantau_run_success"] == 1


@pytest.mark.parametrize("path", ["pantau.prom", "/tmp/pantau.txt", "/.prom/", "relative/x.prom", "/a\n.prom"])
def test_a_file_that_the_collector_would_not_read_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="string"):
        Operation(prometheus_textfile=path)


# --- the watchdog


class Heard(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        self.answer: tuple[int, dict[str, str]] = (200, {})
        self.hang = threading.Event()
        self.hang.set()
        super().__init__(("127.0.0.1", 0), _Listener)


class _Listener(BaseHTTPRequestHandler):
    server: Heard

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.server.heard.append((self.path, body))
        self.server.hang.wait(30)
        status, headers = self.server.answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def listening(tls: ssl.SSLContext | None = None) -> Iterator[tuple[Heard, str]]:
    server = Heard()
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server, f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}/secret-4711"
    finally:
        server.hang.set()
        server.shutdown()
        server.server_close()


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    logging.getLogger("pantau").propagate = True
    return caplog


def records_of(log: pytest.LogCaptureFixture) -> str:
    return "\n".join(str(vars(record)) for record in log.records)


def test_the_watchdog_hears_start_and_success(watched_data: Path) -> None:
    with listening() as (server, url), watched(place_of(watched_data, healthcheck_url=url)) as watch:
        assert [path for path, _ in server.heard] == ["/secret-4711/start"]
        watch.ended(0, "sources ok 4")
    assert server.heard[1:] == [("/secret-4711", "sources ok 4")]


def test_the_watchdog_hears_a_failure_in_one_line(watched_data: Path) -> None:
    with listening() as (server, url):
        place = place_of(watched_data, healthcheck_url=url)
        with pytest.raises(ConfigError), watched(place):
            raise ConfigError("2 mistake(s) in the configuration:\n  one\n  two")
        with pytest.raises(KeyboardInterrupt), watched(place):
            raise KeyboardInterrupt
        with watched(place) as watch:
            watch.ended(1, "no source could\nbe read")
    assert [told for told in server.heard if told[0].endswith("/fail")] == [
        ("/secret-4711/fail", "2 mistake(s) in the configuration:"),
        ("/secret-4711/fail", "KeyboardInterrupt"),
        ("/secret-4711/fail", "no source could be read"),
    ]


def test_a_real_run_tells_watchdog_collector_and_cron(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command itself, where no source can be reached; and a second one, that meets its lock."""
    own, data, file = tmp_path / "config", tmp_path / "data", tmp_path / "pantau.prom"
    shutil.copytree(config, own)
    with listening() as (server, url):
        settings = '[fetch]\nloopback_origin = "127.0.0.1:1"\nhost_delay_seconds = 0\n[operation]\n'
        settings += f'prometheus_textfile = "{file}"\nhealthcheck_url = "{url}"\n'
        (own / "settings.toml").write_text(settings, encoding="utf-8")
        assert main(settings_of(own, data, "run")) == 1
        told = [line for line in capsys.readouterr().err.splitlines() if line.startswith("pantau: ")]
        assert len(told) == 1
        assert "no source could be read" in told[0]
        assert [path for path, _ in server.heard] == ["/secret-4711/start", "/secret-4711/fail"]
        assert "no source could be read" in server.heard[1][1]
        assert "pantau_run_success 0.0" in file.read_text(encoding="utf-8")
        place = jobs.workplace(own, data, NOW)
        with jobs.alone(place):
            assert main(settings_of(own, data, "ingest")) == 75
        assert len(server.heard) == 2, "who did nothing says nothing"


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_watchdog_that_refuses_is_a_warning_without_the_secret(status: int, log: pytest.LogCaptureFixture) -> None:
    with listening() as (other, elsewhere), listening() as (server, url):
        server.answer = (status, {"Location": elsewhere})
        assert not ping(url, "start")
    assert other.heard == [], "the secret goes nowhere else"
    assert f"HTTP {status}" in records_of(log)
    assert "secret-4711" not in records_of(log)


def test_a_watchdog_that_hangs_costs_its_time_and_no_more(log: pytest.LogCaptureFixture) -> None:
    with listening() as (server, url):
        server.hang.clear()
        assert not ping(url, seconds=0.2)
    assert "secret-4711" not in records_of(log)


def test_a_watchdog_that_is_not_there(log: pytest.LogCaptureFixture) -> None:
    with listening() as (_, url):
        pass
    assert not ping(url)
    assert "Connection refused" in records_of(log)
    assert not ping("https://[::secret-4711")
    assert "secret-4711" not in records_of(log)


def test_tls_is_verified(log: pytest.LogCaptureFixture) -> None:
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(TLS / "alone.pem")
    with listening(serving) as (server, url):
        assert not ping(url)
        assert server.heard == []
        trusting = ssl.create_default_context(cafile=str(TLS / "alone.pem"))
        trusting.check_hostname = False
        assert ping(url, tls=trusting)
    assert server.heard == [("/secret-4711", "")]
    assert "secret-4711" not in records_of(log)


@pytest.mark.parametrize(
    "url",
    [
        "http://watchdog.example/secret-4711",
        "ftp://watchdog.example/secret-4711",
        "file:///etc/secret-4711",
        "https:///secret-4711",
        "https://[::secret-4711",
        "https://watchdog.example/secret-4711 x",
        "watchdog.example/secret-4711",
        "https://watchdog.example:99999/secret-4711",
    ],
)
def test_a_wrong_address_is_refused_before_the_run_and_not_shown(
    url: str, config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "config"
    shutil.copytree(config, own)
    (own / "settings.toml").write_text(f"[operation]\nhealthcheck_url = {json.dumps(url)}\n", encoding="utf-8")
    assert main(settings_of(own, tmp_path / "data", "run")) == 2
    err = capsys.readouterr().err
    assert "must be one https:// address" in err
    assert "secret-4711" not in err


def test_the_address_comes_from_file_or_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "watchdog"
    file.write_text("https://a.example/from-file\n", encoding="utf-8")
    assert Operation().healthcheck() == ""
    assert Operation(healthcheck_url_file=str(file)).healthcheck() == "https://a.example/from-file"
    both = Operation(healthcheck_url="https://a.example/set", healthcheck_url_file=str(file))
    assert both.healthcheck() == "https://a.example/set"
    monkeypatch.setenv("PANTAU_HEALTHCHECK_URL", "https://a.example/environment")
    assert both.healthcheck() == "https://a.example/environment"
    monkeypatch.delenv("PANTAU_HEALTHCHECK_URL")
    with pytest.raises(ConfigError, match="readable for this user only"):
        Operation(healthcheck_url_file=str(tmp_path / "none")).healthcheck()


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({"sources_ok": 1, "sources_failed": 9}, ""),
        ({}, ""),
        ({"sources_not_due": 5, "sources_failed": 1}, ""),
        ({"sources_failed": 9}, "no source could be read"),
        ({"outage": 1, "sources_not_due": 5}, "no source could be read"),
        ({"judge.parts_failed": 2}, "2 part(s) could not be judged"),
        ({"parts_failed": 1}, "1 part(s) could not be judged"),
        ({"faults": 3, "sources_ok": 1}, "3 fault(s) of our own"),
    ],
)
def test_a_failed_run_has_one_readable_reason(counts: dict[str, int], said: str) -> None:
    assert said in failure_of(Tally(counts))
    assert bool(failure_of(Tally(counts))) == bool(said)


class Busy(BaseHTTPRequestHandler):
    """Every list is refused for ten minutes; robots.txt is not."""

    def do_GET(self) -> None:
        allowed = self.path == "/robots.txt"
        self.send_response(404 if allowed else 429)
        self.send_header("Retry-After", "600")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize("told", [datetime(2020, 5, 1, 9, tzinfo=UTC), datetime(2031, 5, 1, 9, tzinfo=UTC)])
def test_a_host_is_left_alone_by_the_clock_that_the_run_was_told(config: Path, tmp_path: Path, told: datetime) -> None:
    own, data = tmp_path / "config", tmp_path / "data"
    shutil.copytree(config, own)
    with ThreadingHTTPServer(("127.0.0.1", 0), Busy) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        origin = f'[fetch]\nloopback_origin = "127.0.0.1:{server.server_address[1]}"\nhost_delay_seconds = 0\n'
        (own / "settings.toml").write_text(origin, encoding="utf-8")
        main(settings_of(own, data, "ingest", "--now", told.isoformat()))
        server.shutdown()
    with Ledger.read(data / "ledger.sqlite", told) as ledger:
        closed = [until for _, until, _ in ledger.hosts().values() if until]
    assert closed
    assert all(timedelta(minutes=9) < until - told < timedelta(minutes=15) for until in closed)
