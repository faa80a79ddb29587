"""``pantau alert`` over real stores and real servers: told once, by every channel that is owed it, whatever goes wrong."""

from __future__ import annotations

import csv
import io
import json
import logging
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from pipeline import alerting, jobs
from pipeline.alerting import LOG, Counts, alert_lines
from pipeline.channels import Alert, Escalation, Hook, Mail
from pipeline.cli import main
from pipeline.demo import DemoResult
from pipeline.errors import ConfigError, LockedError
from pipeline.post import LONGEST_WAIT, TRIES, post
from pipeline.settings import default_config
from pipeline.store.parts import write_part
from pipeline.store.schema import ARTICLES, STORIES
from tests.postal import TLS, Mailbox, hook_server, smtp_server
from tests.postal import Hook as Server
from tests.report.builder import MONDAY, article, quote

NOW = MONDAY + timedelta(days=2, hours=4)  # Wednesday, 04.00
Rows = list[dict[str, Any]]


@pytest.fixture(autouse=True)
def log(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.LogCaptureFixture]:
    monkeypatch.setattr(alerting, "post", lambda *given, **more: post(*given, **more, pause=lambda seconds: None))
    logging.getLogger("pantau").propagate = True
    yield caplog
    logging.getLogger("pantau").propagate = False


@cache
def shipped() -> jobs.Workplace:
    """The repository's own configuration, read once."""
    return jobs.workplace(default_config(), Path("nowhere"), NOW)


def negative(key: str, day: float = 1.9, **values: Any) -> dict[str, Any]:
    return article(key, day, **{"tone": "negative", "tone_evidence": quote("Pintu blok rusak."), **values})


def stored(data: Path, *rows: dict[str, Any], grouped: bool = True) -> Path:
    """A data folder that holds exactly these articles."""
    write_part(data / "articles" / rows[0]["part"] if rows else data / "x", [_only(row, ARTICLES) for row in rows], ARTICLES)
    write_part(data / "stories" / "stories.parquet", [_only(row, STORIES) for row in rows] if grouped else [], STORIES)
    return data


def _only(row: dict[str, Any], schema: Any) -> dict[str, Any]:
    return {name: row[name] for name in schema.names if name in row} | ({"event_id": row.get("event_id", row["key"])} if (
        "event_id" in schema.names
    ) else {})  # fmt: skip


def place_of(data: Path, now: datetime = NOW, mail: Mail | None = None, **rules: Any) -> jobs.Workplace:
    settings = shipped().settings.model_copy(update={"alert": Alert(**rules), "mail": mail or Mail()})
    return replace(shipped(), data=data, now=now, settings=settings)


def run(place: jobs.Workplace, *, dry_run: bool = False) -> tuple[list[str], Counts]:
    counts = Counts()
    return list(alert_lines(place, counts, dry_run=dry_run)), counts


def log_rows(data: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((data / LOG).read_text(encoding="utf-8"))))


def states(data: Path) -> list[str]:
    return [row["state"] for row in log_rows(data)]


def mail_to(box: Mailbox) -> Mail:
    return Mail(server="127.0.0.1", port=box.port, tls="none", sender="pantau@instansi.example")


def text_of(content: bytes) -> str:
    parsed = message_from_bytes(content, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    body = parsed.get_body(("plain",))
    assert body is not None
    return f"{parsed['Subject']}\n{body.get_content()}"


def telegram(server: Server, monkeypatch: pytest.MonkeyPatch, **more: Any) -> dict[str, Any]:
    monkeypatch.setenv("PANTAU_HOOK_GRUP", server.url)
    hook = Hook(**{"name": "grup", "template": '{"chat_id": "-100", "text": "{text}", "nomor": "{id}"}', **more})
    return {"hooks": ["grup"], "hook": [hook]}


# ---- what is raised


def test_without_a_channel_alerts_are_printed_once(tmp_path: Path) -> None:
    data = stored(tmp_path, negative("a", incidents=["kerusuhan"]), negative("b"), article("c", 1.9))
    lines, _ = run(place_of(data))
    assert [line.splitlines()[0] for line in lines[:2]] == [
        "PERINGATAN TINGGI: Kerusuhan: Lapas Kelas I Cirandu, Kanwil Jawa Barat",
        "PERINGATAN SEDANG: Berita negatif: Lapas Kelas I Cirandu, Kanwil Jawa Barat",
    ]
    assert lines[2] == "alerts: raised 2"
    assert run(place_of(data))[0] == []
    assert states(data) == ["raised", "raised"]


def test_nothing_new_is_silent(tmp_path: Path) -> None:
    data = stored(tmp_path, article("a", 1.9))
    assert run(place_of(data))[0] == []
    assert not (data / LOG).exists()


def test_a_dry_run_notes_and_sends_nothing(tmp_path: Path) -> None:
    data = stored(tmp_path, negative("a"))
    with smtp_server("none") as box:
        lines, _ = run(place_of(data, mail=mail_to(box), mail_to=["humas@instansi.example"]), dry_run=True)
    assert box.mails == []
    assert "dry run" in lines[-1]
    assert not (data / LOG).exists()


def test_what_is_not_grouped_yet_waits(tmp_path: Path) -> None:
    assert run(place_of(stored(tmp_path, negative("a"), grouped=False)))[0] == []
    assert len(run(place_of(stored(tmp_path, negative("a"))))[0]) == 2


def test_the_log_holds_no_words_of_the_article(tmp_path: Path) -> None:
    data = stored(tmp_path, negative("a", title="Judul yang dapat dilupakan"))
    run(place_of(data))
    written = (data / LOG).read_text(encoding="utf-8")
    assert "Judul" not in written
    assert "kabar.example" not in written


def test_another_run_at_work_is_waited_for_or_told(tmp_path: Path) -> None:
    place = place_of(stored(tmp_path, negative("a")))
    with jobs.alone(place), pytest.raises(LockedError):
        run(place)


def test_a_spike_is_raised_once_a_day(tmp_path: Path) -> None:
    past = [negative(f"p{day}{n}", day - 14 + n / 10, dated_at=None) for day in range(14) for n in range(2)]
    for row in past:
        row["dated_at"] = row["published"]
    # Old stories, so that only the number of today's is news; all of them one event that was told before.
    today = [negative(f"t{n}", 2 + n / 100, event_id="p00") for n in range(12)]
    data = stored(tmp_path, *past, *today)
    lines, counts = run(place_of(data, spike_least=5))
    assert counts.raised >= 1
    assert "Lonjakan berita negatif" in lines[0]
    assert "12 cerita negatif" in lines[0]
    assert run(place_of(data, now=NOW + timedelta(minutes=30)))[0] == []


# ---- by mail


def test_a_mail_goes_to_everyone_and_to_the_kanwil(tmp_path: Path) -> None:
    data = stored(tmp_path, negative("a", incidents=["kabur"]), negative("b", kanwil="Riau", unit_primary="Rutan X"))
    rules = {"mail_to": ["humas@instansi.example"], "kanwil": {"Riau": Escalation(mail_to=["riau@instansi.example"])}}
    with smtp_server("none") as box:
        lines, counts = run(place_of(data, mail=mail_to(box), **rules))
        assert run(place_of(data, mail=mail_to(box), **rules))[0] == []
    assert sorted(box.receivers) == ["humas@instansi.example"] * 2 + ["riau@instansi.example"]
    assert "Peringatan [tinggi] Pelarian: Lapas Kelas I Cirandu, Kanwil Jawa Barat" in text_of(box.mails[0][1])
    assert "Tautan: https://kabar.example/a" in text_of(box.mails[0][1])
    assert lines == ["alerts: raised 2, messages sent 3"]
    assert counts.failed == 0


def test_a_new_receiver_gets_nothing_of_the_past(tmp_path: Path) -> None:
    data = stored(tmp_path, negative("a"))
    run(place_of(data))
    with smtp_server("none") as box:
        run(place_of(data, mail=mail_to(box), mail_to=["baru@instansi.example"]))
    assert box.mails == []


def test_quiet_hours_hold_back_all_but_the_gravest(tmp_path: Path) -> None:
    rules: dict[str, Any] = {"mail_to": ["humas@instansi.example"], "quiet": "22:00-05:30", "breaks_quiet": ["kerusuhan"]}
    night = stored(tmp_path, negative("a"), negative("b"), negative("r", incidents=["kerusuhan"]))
    with smtp_server("none") as box:
        lines, _ = run(place_of(night, mail=mail_to(box), **rules))
        assert len(box.mails) == 1
        assert "waiting 2" in lines[0]
        assert run(place_of(night, NOW + timedelta(hours=1), mail_to(box), **rules))[1].sent == 0
        run(place_of(night, NOW + timedelta(hours=2), mail_to(box), **rules))
        run(place_of(night, NOW + timedelta(hours=3), mail_to(box), **rules))
    assert len(box.mails) == 2
    digest = text_of(box.mails[1][1])
    assert "2 peringatan pemberitaan" in digest
    assert digest.count("PERINGATAN SEDANG") == 2
    assert "jam tenang" in digest


def test_a_flood_becomes_a_digest(tmp_path: Path) -> None:
    data = stored(tmp_path, *(negative(f"k{number}") for number in range(20)))
    with smtp_server("none") as box:
        place = place_of(data, mail=mail_to(box), mail_to=["humas@instansi.example"], per_hour=3)
        run(place)
        assert [text_of(mail).count("PERINGATAN ") for _, mail in box.mails] == [1, 1, 18]
        stored(tmp_path, *(negative(f"k{number}") for number in range(21)))
        assert run(place)[1].waiting == 1
        run(replace(place, now=NOW + timedelta(hours=1, minutes=1)))
    assert [text_of(mail).count("PERINGATAN ") for _, mail in box.mails] == [1, 1, 18, 1]


def test_what_was_corrected_withdrawn_or_grew_old_while_it_waited_is_not_sent(tmp_path: Path) -> None:
    rules: dict[str, Any] = {"mail_to": ["humas@instansi.example"], "quiet": "22:00-05:30"}
    stored(tmp_path, negative("a"), negative("b"), negative("c"))
    with smtp_server("none") as box:
        run(place_of(tmp_path, mail=mail_to(box), **rules))
        stored(tmp_path, article("a", 1.9), negative("b"))  # a is neutral now, c is gone
        counts = run(place_of(tmp_path, NOW + timedelta(hours=2), mail_to(box), **rules))[1]
        assert (counts.sent, counts.dropped) == (1, 2)
        assert run(place_of(tmp_path, NOW + timedelta(hours=3), mail_to(box), **rules))[0] == []
    assert states(tmp_path).count("dropped") == 2
    assert "https://kabar.example/b" in text_of(box.mails[0][1])


def test_a_mail_server_that_is_down_is_tried_again_and_then_given_up_by_age(tmp_path: Path) -> None:
    with smtp_server("none") as box:
        pass
    data = stored(tmp_path, negative("a"))
    rules: dict[str, Any] = {"mail_to": ["humas@instansi.example", "dir@instansi.example"]}
    lines, counts = run(place_of(data, mail=mail_to(box), **rules))
    assert counts.failed == 2
    assert "not usable" in lines[0]
    with smtp_server("none") as up:
        assert run(place_of(data, NOW + timedelta(minutes=15), mail_to(up), **rules))[1].sent == 2
    assert sorted(up.receivers) == ["dir@instansi.example", "humas@instansi.example"]
    other = stored(tmp_path / "lain", negative("a"))
    run(place_of(other, mail=mail_to(box), **rules))
    assert run(place_of(other, NOW + timedelta(hours=49), mail_to(box), **rules))[1].dropped == 2


def test_a_refused_receiver_is_not_asked_again(tmp_path: Path) -> None:
    data = stored(tmp_path, negative("a"))
    with smtp_server("none") as box:
        box.rcpt["humas@instansi.example"] = "550 no such mailbox"
        place = place_of(data, mail=mail_to(box), mail_to=["humas@instansi.example"])
        assert run(place)[1].failed == 1
        assert run(place)[0] == []


# ---- by web hook


def test_a_hook_gets_the_text_in_its_template_with_the_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = stored(tmp_path, negative("a", title='Judul "aneh" {id}'))
    monkeypatch.setenv("PANTAU_HOOK_GRUP_TOKEN", "token-4711")
    with hook_server() as server:
        run(place_of(data, **telegram(server, monkeypatch)))
        assert run(place_of(data, **telegram(server, monkeypatch)))[0] == []
    ((path, headers, body),) = server.heard
    sent = json.loads(body)
    assert path == "/bot-secret-4711/sendMessage"
    assert headers["Authorization"] == "Bearer token-4711"
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert sent["chat_id"] == "-100"
    assert 'Judul: Judul "aneh" {id}' in sent["text"]
    assert "RAHASIA" not in body.decode()
    assert sent["nomor"] == log_rows(data)[0]["alert"]


def test_a_long_digest_is_cut_to_what_the_hook_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = stored(tmp_path, *(negative(f"k{number}") for number in range(40)))
    with hook_server() as server:
        run(place_of(data, per_hour=1, **telegram(server, monkeypatch, max_characters=1000)))
    ((_, _, body),) = server.heard
    text = json.loads(body)["text"]
    assert len(text) <= 1000
    assert text.endswith("… (dipotong)")


def test_a_busy_hook_is_tried_again_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = stored(tmp_path, negative("a"))
    with hook_server() as server:
        server.answers = [(429, {"Retry-After": "2"}), (500, {}), (200, {})]
        assert run(place_of(data, **telegram(server, monkeypatch)))[1].sent == 1
    assert len(server.heard) == 3
    assert states(data) == ["raised", "trying", "sent"]


def test_a_hook_that_stays_broken_does_not_keep_the_mail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture
) -> None:
    data = stored(tmp_path, negative("a"))
    with hook_server() as server, smtp_server("none") as box:
        server.answers = [(500, {})]
        rules = telegram(server, monkeypatch) | {"mail_to": ["humas@instansi.example"]}
        lines, counts = run(place_of(data, mail=mail_to(box), **rules))
        assert (counts.sent, counts.failed) == (1, 1)
        assert lines[0] == f"hook:grup: HTTP 500, {TRIES} times"
        server.answers = [(200, {})]
        assert run(place_of(data, mail=mail_to(box), **rules))[1].sent == 1
    assert len(box.mails) == 1
    written = " ".join([*lines, (data / LOG).read_text(encoding="utf-8"), *(str(vars(record)) for record in log.records)])
    assert "-4711" not in written


def test_a_hook_without_an_address_fails_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PANTAU_HOOK_GRUP", raising=False)
    data = stored(tmp_path, negative("a"))
    with smtp_server("none") as box:
        rules = {"hooks": ["grup"], "hook": [Hook(name="grup")], "mail_to": ["humas@instansi.example"]}
        lines, counts = run(place_of(data, mail=mail_to(box), **rules))
    assert (counts.sent, counts.failed) == (1, 1)
    assert "PANTAU_HOOK_GRUP" in lines[0]


def test_a_crash_after_sending_repeats_once_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = stored(tmp_path, negative("a"))
    with hook_server() as server:
        place = place_of(data, **telegram(server, monkeypatch))
        real = alerting.Sendlog.add

        def dying(book: alerting.Sendlog, at: datetime, state: str, *rest: str, **more: str) -> None:
            if state == "sent":
                raise KeyboardInterrupt
            real(book, at, state, *rest, **more)

        with monkeypatch.context() as patch:
            patch.setattr(alerting.Sendlog, "add", dying)
            for _ in range(3):
                try:
                    run(place)
                except KeyboardInterrupt:
                    continue
        run(place)
    assert len(server.heard) == 2
    assert "mungkin sudah diterima" not in server.heard[0][2].decode()
    assert "mungkin sudah diterima" in server.heard[1][2].decode()


def test_an_alert_whose_line_was_cut_is_raised_anew_for_the_whole_names_of_its_receivers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = stored(tmp_path, negative("a"))
    with hook_server() as server:
        place = place_of(data, **telegram(server, monkeypatch))
        run(place)
        head, raised, *_ = (data / LOG).read_text(encoding="utf-8").splitlines(keepends=True)
        channel = raised.strip().rpartition(",")[2]
        assert channel.startswith("hook:")
        for cut in (1, 2, len(channel) + 1):  # all cells are there: the last one, or nothing of it
            (data / LOG).write_text((head + raised)[:-cut], encoding="utf-8")
            server.heard.clear()
            run(place)
            assert len(server.heard) == 1, raised[:-cut]
            assert {row["detail"] for row in log_rows(data) if row["state"] == "raised"} == {channel}
            assert (data / f"{LOG}.cut").read_text(encoding="utf-8").splitlines()[-1] == raised[:-cut]
    (data / LOG).write_text(head[:9], encoding="utf-8")
    before = (data / LOG).read_bytes()
    assert run(place, dry_run=True)[1].raised == 1
    assert (data / LOG).read_bytes() == before, "who only looks mends nothing"


# ---- the edge to hooks


def posted(server: Server, **more: Any) -> tuple[Any, list[float]]:
    waits: list[float] = []
    return post(server.url, "", b"{}", pause=waits.append, **more), waits


def test_retry_after_is_obeyed_in_seconds_and_as_a_date() -> None:
    with hook_server() as server:
        soon = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
        server.answers = [(429, {"Retry-After": "7"}), (503, {"Retry-After": soon}), (502, {"Retry-After": "nanti"}), (200, {})]
        outcome, waits = posted(server)
    assert outcome.problem == ""
    assert waits[0] == 7
    assert 0 <= waits[1] <= 40
    assert waits[2] == 4


def test_a_long_retry_after_is_left_to_the_next_run() -> None:
    with hook_server() as server:
        server.answers = [(429, {"Retry-After": "3600"})]
        outcome, waits = posted(server)
    assert "asks to wait for 3600 seconds" in outcome.problem
    assert waits == []
    assert LONGEST_WAIT < 3600


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    with hook_server() as server, hook_server() as other:
        server.answers = [(status, {"Location": other.url})]
        outcome, _ = posted(server)
    assert "redirect" in outcome.problem
    assert other.heard == []
    assert "4711" not in outcome.problem


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_refusal_is_not_repeated(status: int) -> None:
    with hook_server() as server:
        server.answers = [(status, {})]
        outcome, waits = posted(server)
    assert outcome.problem.startswith(f"HTTP {status}")
    assert (outcome.unclear, waits, len(server.heard)) == (False, [], 1)


def test_a_hook_that_never_answers_is_unclear_and_not_repeated() -> None:
    with hook_server() as server:
        server.silent.set()
        outcome, waits = posted(server, seconds=0.3)
    assert outcome.unclear
    assert (waits, len(server.heard)) == ([], 1)


def test_a_hook_that_is_not_there_is_tried_again() -> None:
    with hook_server() as server:
        pass
    outcome, waits = posted(server)
    assert "not reached" in outcome.problem
    assert not outcome.unclear
    assert waits == [1, 2, 4]


def test_a_drip_of_headers_ends() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listening:
        over = threading.Event()

        def drip() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                while not over.wait(0.05):
                    try:
                        connection.sendall(b"x")
                    except OSError:
                        return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        begun = time.monotonic()
        outcome = post(f"http://127.0.0.1:{listening.getsockname()[1]}/", "", b"{}", seconds=0.3)
        over.set()
        thread.join(10)
    assert outcome.unclear
    assert time.monotonic() - begun < 30


def test_a_hooks_certificate_is_verified() -> None:
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(TLS / "alone.pem")
    with hook_server(serving) as server:
        url = server.url.replace("http://", "https://")
        outcome = post(url, "token-4711", b"{}", pause=lambda seconds: None)
        assert "not reached" in outcome.problem
        assert server.heard == []
        trusting = ssl.create_default_context(cafile=str(TLS / "alone.pem"))
        trusting.check_hostname = False
        assert post(url, "", b"{}", tls=trusting).problem == ""


# ---- settings and the command


def test_contradictions_in_the_settings_are_told(tmp_path: Path) -> None:
    data = stored(tmp_path, negative("a"))
    with pytest.raises(ConfigError, match="no server or no sender"):
        run(place_of(data, mail_to=["humas@instansi.example"]))
    with pytest.raises(ConfigError, match="is no kanwil; write one of: Jawa Barat"):
        run(place_of(data, kanwil={"Jawa Brt": Escalation()}))


@pytest.mark.parametrize(
    "values",
    [
        {"hooks": ["tiada"]},
        {"kanwil": {"Riau": {"hooks": ["tiada"]}}},
        {"hook": [{"name": "a"}, {"name": "a"}]},
        {"hook": [{"name": "Grup Humas"}]},
        {"hook": [{"name": "a", "template": "{text}"}]},
        {"hook": [{"name": "a", "template": '{"text": "x"}'}]},
        {"hook": [{"name": "a", "template": '["{text}"]'}]},
        {"hook": [{"name": "a", "template": '{"{text}": "x"}'}]},
        {"quiet": "22:00"},
        {"quiet": "22:00-22:00"},
        {"quiet": "25:00-05:00"},
        {"per_hour": 0},
        {"spike_false_alarm": 1e-20},
        {"breaks_quiet": ["banjir"]},
    ],
)
def test_settings_that_cannot_work_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Alert(**values)


def test_a_demo_alerts_nobody_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = stored(tmp_path, negative("a"))
    (data / "demo.json").write_text('{"now": "2026-11-26T10:00:00+07:00", "pages": ""}', encoding="utf-8")
    outside = Mail(server="mail.instansi.example", sender="pantau@instansi.example")
    with pytest.raises(ConfigError, match="invented"):
        run(place_of(data, mail=outside, mail_to=["humas@instansi.example"]))
    monkeypatch.setenv("PANTAU_HOOK_GRUP", "https://hooks.example/x")
    with pytest.raises(ConfigError, match="invented"):
        run(place_of(data, hooks=["grup"], hook=[Hook(name="grup")]))


def test_the_demo_alerts_as_a_reader_would_wish(demo: DemoResult, tmp_path: Path) -> None:
    """Every half day of the demo's fortnight: each incident once, no copy, no old story."""
    place = demo.place
    seen = alerting.seen_of(place)
    told: list[Any] = []
    for half in range(2 * 18):
        now = datetime(2026, 11, 9, 12, tzinfo=MONDAY.tzinfo) + timedelta(hours=12 * half)
        rows = [row for row in seen.rows if row.at and row.at <= now]
        for finding in alerting.alerts.findings(rows, told, now, alerting._rules(place)):
            told.append(alerting.Told(finding.id, finding.event, finding.key, finding.reasons, now))
    assert len({one.key for one in told}) == len(told)
    by_key = {row.key: row for row in seen.rows}
    assert not [one for one in told if by_key[one.key].is_copy]
    events = {row.event_id for row in seen.rows if row.counted and row.tone == "negative"}
    assert {one.event for one in told} >= events
    incidents = [reason for one in told for reason in one.reasons if reason != "negatif"]
    assert {"kabur", "kerusuhan", "kematian", "narkoba_internal"} <= set(incidents)
    assert len(told) < 1.5 * len(events)


def test_the_command_ends_with_its_codes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["alert", "--data", str(tmp_path)]) == 2
    assert "run `pantau run`" in capsys.readouterr().err
    data = stored(tmp_path, negative("a"))
    monkeypatch.setattr(alerting, "place_of", lambda arguments: place_of(data))
    monkeypatch.setattr(alerting, "need_data", lambda place: None)
    assert main(["alert"]) == 0
    assert "alerts: raised 1" in capsys.readouterr().out
    assert main(["alert"]) == 0
    assert capsys.readouterr().out == ""
    stored(tmp_path, negative("a"), negative("b"))
    monkeypatch.setattr(alerting, "place_of", lambda arguments: place_of(data, hooks=["grup"], hook=[Hook(name="grup")]))
    monkeypatch.delenv("PANTAU_HOOK_GRUP", raising=False)
    assert main(["alert"]) == 1
