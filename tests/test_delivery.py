"""A report leaves once: by a real SMTP server with TLS and login, and into folders; failures and crashes are told."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import logging
import socket
import threading
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any

import fsspec
import pytest
from pydantic import ValidationError

from pipeline import delivery, jobs, sending
from pipeline.channels import Drop, Hook, Mail
from pipeline.configfile import Problems
from pipeline.dates import JAKARTA
from pipeline.delivery import LOG, deliver
from pipeline.errors import ConfigError, LockedError, StorageError
from pipeline.report.manifest import manifest_bytes
from pipeline.settings import ROOT, credentials, default_config, hook_secret, load_settings
from pipeline.smtp import session
from pipeline.store import drop
from tests.postal import HOST, PASSWORD, TLS, USER, Mailbox, lead_home, smtp_server

MONDAY = datetime(2026, 11, 23, 6, 5, tzinfo=JAKARTA)
SENTENCES = ("32 artikel terbit.", "21 liputan mandiri.", "12 negatif.", "10 isu negatif.", "P03 UMKM.")
FILES = {
    "00_catatan.csv": b"x\r\n",
    "01_ringkasan.csv": "\ufeffminggu,nilai\r\n".encode(),
    "laporan.html": b"<!doctype html><p>Isi",
    "laporan.xlsx": bytes(range(256)) * 100,
}
Lines = tuple[str, ...]


@pytest.fixture(autouse=True)
def _no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PANTAU_MAIL_USER", "PANTAU_MAIL_PASSWORD"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_report(tmp_path / "data" / "reports" / "2026-W47", FILES)


def write_report(folder: Path, files: Mapping[str, bytes], **more: object) -> Path:
    manifest: dict[str, object] = {
        "window_wib": ["2026-11-16T00:00:00+07:00", "2026-11-23T00:00:00+07:00"],
        "complete": True,
        "status": "lengkap",
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    (folder / "manifest.json").write_bytes(manifest_bytes(manifest | more, files, dict.fromkeys(files, 1)))
    return folder


@cache
def shipped() -> jobs.Workplace:
    """The repository's own configuration, read once."""
    return jobs.workplace(default_config(), Path("nowhere"), MONDAY)


def place_of(folder: Path, **mail: Any) -> jobs.Workplace:
    place = replace(shipped(), data=folder.parent.parent)
    found = Mail(**{"sender": "pantau@instansi.example", "to": ["humas@instansi.example", "dir@instansi.example"], **mail})
    return replace(place, settings=place.settings.model_copy(update={"mail": found}))


def plain(box: Mailbox, **more: Any) -> dict[str, Any]:
    return {"server": "127.0.0.1", "port": box.port, "tls": "none", **more}


def rows_of(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder.parent.parent / LOG).read_text(encoding="utf-8"))))


def states(folder: Path) -> list[tuple[str, str]]:
    return [(row["state"], row["channel"].removeprefix("mail:").split("@")[0]) for row in rows_of(folder)]


def parsed(content: bytes) -> EmailMessage:
    found = message_from_bytes(content, policy=policy.default)
    assert isinstance(found, EmailMessage)
    assert found.defects == []
    return found


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PANTAU_MAIL_USER", USER)
    monkeypatch.setenv("PANTAU_MAIL_PASSWORD", PASSWORD)


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    logging.getLogger("pantau").propagate = True
    yield caplog
    logging.getLogger("pantau").propagate = False


# ---- by mail


@pytest.mark.parametrize("mode", ["starttls", "implicit"])
def test_a_report_arrives_over_tls_with_a_login(folder: Path, mode: str, secret: None, monkeypatch: pytest.MonkeyPatch) -> None:
    lead_home(monkeypatch)
    with smtp_server(mode) as box:
        place = place_of(folder, server=HOST, port=box.port, tls=mode, ca_file=str(TLS / "trusted.pem"))
        done = deliver(place, folder, SENTENCES)
    assert done.lines == ("humas@instansi.example: sent", "dir@instansi.example: sent")
    assert not done.failed
    assert box.receivers == ["humas@instansi.example", "dir@instansi.example"]
    assert box.logins == 1  # one connection for all
    mail = parsed(box.mails[0][1])
    assert mail["Subject"] == "Laporan pemberitaan Pemasyarakatan: 16–22 November 2026 (2026-W47)"
    parts = {str(part.get_filename()): part.get_payload(decode=True) for part in mail.iter_attachments()}
    assert parts["laporan-2026-W47.xlsx"] == FILES["laporan.xlsx"]
    assert parts["laporan-2026-W47.html"] == FILES["laporan.html"]
    packed = parts["tabel-2026-W47.zip"]
    assert isinstance(packed, bytes)
    assert zipfile.ZipFile(io.BytesIO(packed)).read("01_ringkasan.csv") == FILES["01_ringkasan.csv"]
    text = mail.get_body(("plain",))
    assert text is not None
    assert "5. P03 UMKM." in text.get_content()


def test_nobody_gets_it_twice_unless_told(folder: Path) -> None:
    with smtp_server("none") as box:
        place = place_of(folder, **plain(box))
        deliver(place, folder, SENTENCES)
        second = deliver(place, folder, SENTENCES)
        assert len(box.mails) == 2
        assert all("has it since 2026-11-23T06:05:00+07:00" in line for line in second.lines)
        assert not second.failed
        deliver(place, folder, SENTENCES, again=True)
    assert len(box.mails) == 4
    ids = [parsed(content)["Message-ID"] for _, content in box.mails]
    assert len(set(ids)) == 4  # told to send again: another mail, which no mailbox folds away


def test_a_receiver_who_came_later_gets_it_alone(folder: Path) -> None:
    with smtp_server("none") as box:
        deliver(place_of(folder, **plain(box)), folder, SENTENCES)
        deliver(place_of(folder, **plain(box, to=["dir@instansi.example", "baru@instansi.example"])), folder, SENTENCES)
    assert box.receivers[2:] == ["baru@instansi.example"]


def test_changed_figures_are_told_and_not_sent_by_themselves(folder: Path) -> None:
    with smtp_server("none") as box:
        place = place_of(folder, **plain(box))
        deliver(place, folder, SENTENCES)
        write_report(folder, {**FILES, "00_catatan.csv": b"y\r\n"})
        assert all("--again sends the new ones" in line for line in deliver(place, folder, SENTENCES).lines)
    assert len(box.mails) == 2


def test_one_refused_receiver_does_not_keep_it_from_the_others(folder: Path) -> None:
    with smtp_server("none") as box:
        box.rcpt["humas@instansi.example"] = "550 5.1.1 no such mailbox"
        place = place_of(folder, **plain(box))
        done = deliver(place, folder, SENTENCES)
        assert done.failed
        assert done.problems == ("humas@instansi.example: refused: 550 5.1.1 no such mailbox",)
        assert done.lines == ("dir@instansi.example: sent",)
        del box.rcpt["humas@instansi.example"]
        assert not deliver(place, folder, SENTENCES).failed
    assert box.receivers == ["dir@instansi.example", "humas@instansi.example"]
    assert states(folder) == [
        ("trying", "humas"), ("refused", "humas"), ("trying", "dir"), ("sent", "dir"), ("trying", "humas"), ("sent", "humas"),
    ]  # fmt: skip


def test_a_full_mailbox_is_tried_again_by_the_next_run(folder: Path) -> None:
    with smtp_server("none") as box:
        box.data["humas@instansi.example"] = "452 4.2.2 mailbox full"
        place = place_of(folder, **plain(box))
        assert "452" in deliver(place, folder, SENTENCES).problems[0]
        box.data.clear()
        deliver(place, folder, SENTENCES)
    assert sorted(box.receivers) == ["dir@instansi.example", "humas@instansi.example"]


def test_an_unanswered_mail_goes_out_once_more_and_never_a_third_time(folder: Path) -> None:
    with smtp_server("none") as box:
        box.data["humas@instansi.example"] = "hang up after taking it"
        place = place_of(folder, **plain(box, to=["humas@instansi.example"]))
        for _ in range(4):
            done = deliver(place, folder, SENTENCES)
            assert done.failed
    assert len(box.mails) == 2
    assert "--again" in done.problems[0]
    first, second = (parsed(content)["Message-ID"] for _, content in box.mails)
    assert first == second  # a mailbox that folds doubles shows one


def test_a_crash_between_sending_and_noting_sends_once_more(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with smtp_server("none") as box:
        place = place_of(folder, **plain(box, to=["humas@instansi.example"]))
        with monkeypatch.context() as patch:
            real = sending.Sendlog.add

            def dying(book: sending.Sendlog, at: datetime, state: str, *rest: str, **more: str) -> None:
                if state == "sent":
                    raise KeyboardInterrupt
                real(book, at, state, *rest, **more)

            patch.setattr(sending.Sendlog, "add", dying)
            for _ in range(2):
                with pytest.raises(KeyboardInterrupt):
                    deliver(place, folder, SENTENCES)
        deliver(place, folder, SENTENCES)
    assert len(box.mails) == 2


def test_nothing_is_sent_that_cannot_be_noted(folder: Path) -> None:
    (folder.parent.parent / LOG).mkdir()
    with smtp_server("none") as box, pytest.raises((StorageError, OSError)):
        deliver(place_of(folder, **plain(box)), folder, SENTENCES)
    assert box.mails == []


@pytest.mark.parametrize(
    ("certificate", "trusted"), [("good.pem", ""), ("expired.pem", "trusted.pem"), ("other.pem", "trusted.pem")]
)
@pytest.mark.parametrize("mode", ["starttls", "implicit"])
def test_a_false_certificate_gets_neither_mail_nor_password(
    folder: Path, mode: str, certificate: str, trusted: str, secret: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead_home(monkeypatch)
    with smtp_server(mode, certificate) as box:
        ca = str(TLS / trusted) if trusted else ""
        done = deliver(place_of(folder, server=HOST, port=box.port, tls=mode, ca_file=ca), folder, SENTENCES)
    assert done.failed
    assert "certificate not trusted" in done.problems[0]
    assert "[mail] ca_file" in done.problems[0]
    assert (box.mails, box.logins) == ([], 0)


def test_a_server_without_tls_gets_nothing(folder: Path, secret: None, monkeypatch: pytest.MonkeyPatch) -> None:
    lead_home(monkeypatch)
    with smtp_server("none") as box:
        done = deliver(place_of(folder, server=HOST, port=box.port), folder, SENTENCES)
    assert done.failed
    assert "STARTTLS" in done.problems[0]
    assert box.mails == []


def test_a_wrong_password_is_told_without_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture
) -> None:
    lead_home(monkeypatch)
    monkeypatch.setenv("PANTAU_MAIL_USER", USER)
    monkeypatch.setenv("PANTAU_MAIL_PASSWORD", "salah-0815")
    with smtp_server() as box:
        done = deliver(place_of(folder, server=HOST, port=box.port, ca_file=str(TLS / "trusted.pem")), folder, SENTENCES)
    assert "user or password refused (code 535); see lines 1 and 2 of [mail] credentials_file" in done.problems[0]
    assert box.mails == []
    written = (folder.parent.parent / LOG).read_text(encoding="utf-8")
    told = " ".join([*done.lines, *done.problems, written, *(str(vars(record)) for record in log.records)])
    assert "salah-0815" not in told
    assert box.logins == 2  # one for each kind of login; the second receiver does not try the wrong password once more


def test_a_server_that_is_not_there(folder: Path) -> None:
    with smtp_server("none") as box:
        place = place_of(folder, **plain(box))
    done = deliver(place, folder, SENTENCES)
    assert done.failed
    assert "not usable" in done.problems[1]
    assert "see server, port and tls in [mail]" in done.problems[1]
    assert states(folder) == [("trying", "humas"), ("failed", "humas"), ("trying", "dir"), ("failed", "dir")]


def test_a_server_that_hangs_up_is_told_in_words(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        guest = threading.Thread(target=lambda: listening.accept()[0].close())
        guest.start()
        place = place_of(folder, server="127.0.0.1", port=listening.getsockname()[1], tls="none", to=["humas@instansi.example"])
        done = deliver(place, folder, SENTENCES)
        guest.join()
    assert "not usable: it ended the connection; see server" in done.problems[0]


def test_a_mail_too_large_for_us_or_the_server_is_told_with_sizes(folder: Path) -> None:
    with smtp_server("none", size=20_000) as box:
        done = deliver(place_of(folder, **plain(box)), folder, SENTENCES)
        assert "the server takes 20,000" in done.problems[0]
        with pytest.raises(ConfigError, match=r"laporan-2026-W47\.xlsx 0\.0 MB.*max_megabytes 0\.01"):
            deliver(place_of(folder, **plain(box, max_megabytes=0.01)), folder, SENTENCES)
    assert box.mails == []


def test_a_pdf_goes_along_where_it_was_made(folder: Path) -> None:
    with smtp_server("none") as box:
        place = place_of(folder, **plain(box, to=["humas@instansi.example"], attach=["pdf"]))
        deliver(place, folder, SENTENCES)
        body = parsed(box.mails[0][1]).get_body(("plain",))
        assert body is not None
        assert "Versi PDF tidak tersedia" in body.get_content()
        (folder / "laporan.pdf").write_bytes(b"%PDF-1.7 isi")
        deliver(place, folder, SENTENCES, again=True)
    (part,) = parsed(box.mails[1][1]).iter_attachments()
    assert part.get_payload(decode=True) == b"%PDF-1.7 isi"


def test_an_incomplete_week_says_so(folder: Path) -> None:
    write_report(folder, FILES, complete=False, status="tidak dipantau penuh, tidak lengkap")
    with smtp_server("none") as box:
        deliver(place_of(folder, **plain(box)), folder, SENTENCES)
    assert "tidak dipantau penuh" in parsed(box.mails[0][1]).as_string()


# ---- what is not sent


def test_a_dry_run_writes_mails_and_sends_nothing(folder: Path) -> None:
    place = place_of(folder)
    done = deliver(place, folder, SENTENCES, dry_run=True)
    drafts = sorted((place.data / "outbox").glob("*.eml"))
    assert [path.name for path in drafts] == ["2026-W47.dir@instansi.example.eml", "2026-W47.humas@instansi.example.eml"]
    assert parsed(drafts[1].read_bytes())["To"].addresses[0].addr_spec == "humas@instansi.example"
    assert all("not sent" in line for line in done.lines)
    assert not (place.data / LOG).exists()


@pytest.mark.parametrize("name", ["laporan.xlsx", "00_catatan.csv"])
def test_an_edited_or_missing_file_stops_the_sending(folder: Path, name: str) -> None:
    with smtp_server("none") as box:
        place = place_of(folder, **plain(box))
        (folder / name).write_bytes(b"disunting")
        with pytest.raises(StorageError, match=f"{name}: not as it was written"):
            deliver(place, folder, SENTENCES)
        (folder / name).unlink()
        with pytest.raises(StorageError, match="write it anew"):
            deliver(place, folder, SENTENCES)
    assert box.mails == []


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"files": {}, "window_wib": ["x", "y"]}'])
def test_a_broken_manifest_stops_the_sending(folder: Path, content: bytes) -> None:
    (folder / "manifest.json").write_bytes(content)
    with pytest.raises(StorageError, match="cannot be read"):
        deliver(place_of(folder), folder, SENTENCES, dry_run=True)


@pytest.mark.parametrize("name", ["../rahasia.txt", "/etc/hostname", "sub/rahasia.txt", "..\\rahasia.txt"])
def test_a_manifest_cannot_send_a_file_from_elsewhere(folder: Path, name: str) -> None:
    (folder.parent / "rahasia.txt").write_bytes(b"rahasia")
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest["files"][name] = {"sha256": hashlib.sha256(b"rahasia").hexdigest()}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(StorageError, match="lists no files of its folder"):
        deliver(place_of(folder), folder, SENTENCES, dry_run=True)


def test_a_running_week_is_not_sent(folder: Path) -> None:
    place = replace(place_of(folder), now=datetime(2026, 11, 22, 23, 59, tzinfo=JAKARTA))
    with pytest.raises(ConfigError, match=r"2026-W47 ends 23 November 2026, 00\.00 WIB"):
        deliver(place, folder, SENTENCES, dry_run=True)


def test_settings_that_name_nobody_are_told(folder: Path) -> None:
    with pytest.raises(ConfigError, match="nobody to send to"):
        deliver(place_of(folder), folder, SENTENCES)
    with pytest.raises(ConfigError, match="sender is missing"):
        deliver(place_of(folder, sender=""), folder, SENTENCES, dry_run=True)
    with pytest.raises(ConfigError, match=r"no laporan\.xlsx"):
        deliver(place_of(write_report(folder, {"laporan.html": b"x"})), folder, SENTENCES, dry_run=True)


def test_a_demo_goes_to_nobody_outside(folder: Path) -> None:
    (folder.parent.parent / "demo.json").write_text('{"now": "2026-11-26T10:00:00+07:00", "pages": ""}', encoding="utf-8")
    with pytest.raises(ConfigError, match="invented"):
        deliver(place_of(folder, server="mail.instansi.example"), folder, SENTENCES)
    with smtp_server("none") as box:
        deliver(place_of(folder, **plain(box)), folder, SENTENCES)
    assert len(box.mails) == 2


def test_two_senders_cannot_work_at_once(folder: Path) -> None:
    place = place_of(folder, server="127.0.0.1")
    with sending.alone_sending(place), pytest.raises(LockedError, match="sent nothing"):
        deliver(place, folder, SENTENCES)


def test_a_log_with_another_header_is_left_alone(folder: Path) -> None:
    (folder.parent.parent / LOG).write_text("a,b\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="header"):
        deliver(place_of(folder, server="127.0.0.1", tls="none"), folder, SENTENCES)


def test_a_line_cut_by_a_power_failure_does_not_hide_the_rest(folder: Path, log: pytest.LogCaptureFixture) -> None:
    with smtp_server("none") as box:
        place = place_of(folder, **plain(box, to=["humas@instansi.example"]))
        deliver(place, folder, SENTENCES)
        with (place.data / LOG).open("a", encoding="utf-8") as file:
            file.write("2026-11-23T06:0")
        assert "has it since" in deliver(place, folder, SENTENCES).lines[0]
        deliver(place, folder, SENTENCES, again=True)
        assert "has it since" in deliver(place, folder, SENTENCES).lines[0]
        (place.data / LOG).write_text((place.data / LOG).read_text(encoding="utf-8") + "a,b\n", encoding="utf-8")
        assert "has it since" in deliver(place, folder, SENTENCES).lines[0]
    assert len(box.mails) == 2
    assert {"a last line without an end is left out", "log line not readable"} <= {record.message for record in log.records}


# ---- secrets


def test_the_password_comes_from_the_environment_or_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "surat"
    file.write_text("pengguna\nsandi rahasia\n", encoding="utf-8")
    assert credentials(Mail()) is None
    assert credentials(Mail(credentials_file=str(file))) == ("pengguna", "sandi rahasia")
    monkeypatch.setenv("PANTAU_MAIL_USER", USER)
    with pytest.raises(ConfigError, match="go together"):
        credentials(Mail(credentials_file=str(file)))
    monkeypatch.setenv("PANTAU_MAIL_PASSWORD", PASSWORD)
    assert credentials(Mail(credentials_file=str(file))) == (USER, PASSWORD)
    monkeypatch.undo()
    with pytest.raises(ConfigError, match="cannot be read"):
        credentials(Mail(credentials_file=str(tmp_path / "tiada")))


@pytest.mark.parametrize(
    "url", ["", "https://", "http://hooks.example/x", "ftp://x/y", "https://a b/", "https://x.example/\nHost: y"]
)
def test_a_hooks_address_must_keep_its_secret(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PANTAU_HOOK_GRUP", url)
    with pytest.raises(ConfigError, match="PANTAU_HOOK_GRUP") as error:
        hook_secret(Hook(name="grup"))
    assert "hooks.example" not in str(error.value)


def test_a_hooks_address_and_token_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PANTAU_HOOK_GRUP", raising=False)
    file = tmp_path / "grup"
    file.write_text("https://hooks.example/x\ntoken-1\n", encoding="utf-8")
    assert hook_secret(Hook(name="grup", file=str(file))) == ("https://hooks.example/x", "token-1")


# ---- settings


@pytest.mark.parametrize(
    "values",
    [
        {"to": ["Humas <humas@instansi.example>"]},
        {"to": ["humas@instansi.example\nBcc: x@y.example"]},
        {"to": ["humas"]},
        {"to": [""]},
        {"sender": "a@b, c@d"},
        {"server": "mail.example", "sender": ""},
        {"server": "mail.example/x", "sender": "a@b.example"},
        {"server": "mail.example", "sender": "a@b.example", "tls": "none"},
        {"attach": ["docx"]},
        {"max_megabytes": 0},
    ],
)
def test_mail_settings_that_cannot_work_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Mail(**values)


@pytest.mark.parametrize("url", ["/srv/laporan", "ftp://a:b@host/x", "ftp://[x"])
def test_drop_addresses_that_cannot_work_are_refused(url: str) -> None:
    with pytest.raises(ValidationError):
        Drop(url=url)


def test_mistakes_in_the_file_are_told_with_their_place(tmp_path: Path) -> None:
    text = (ROOT / "config" / "settings.toml").read_text(encoding="utf-8")
    text = text.replace('server = "" ', 'server = "mail.example" ').replace('quiet = "" ', 'quiet = "22-5" ')
    (tmp_path / "settings.toml").write_text(text.replace("hooks = []  ", 'hooks = ["x"]  '), encoding="utf-8")
    problems = Problems()
    assert load_settings(tmp_path, problems) is None
    assert any("mail" in told and "sender is missing" in told for told in problems.found)
    assert any("alert.quiet" in told and "22:00-05:30" in told for told in problems.found)


# ---- into a folder


def with_drop(place: jobs.Workplace, url: str) -> jobs.Workplace:
    settings = place.settings.model_copy(update={"drop": Drop(url=url), "mail": Mail()})
    return replace(place, settings=settings)


def test_a_folder_gets_the_report_once(folder: Path, tmp_path: Path) -> None:
    place = with_drop(place_of(folder), (tmp_path / "bersama").as_uri())
    done = deliver(place, folder, SENTENCES)
    target = tmp_path / "bersama" / "2026-W47"
    assert {path.name: path.read_bytes() for path in target.iterdir()} == {
        path.name: path.read_bytes() for path in folder.iterdir()
    }
    assert done.lines == ("drop: 5 file(s) written, 0 already there",)
    assert deliver(place, folder, SENTENCES).lines == ("drop: 0 file(s) written, 5 already there",)
    assert [row["channel"] for row in rows_of(folder)] == ["drop"]
    (target / "laporan.html").write_bytes(b"rusak")
    (target / "catatan-kami.txt").write_bytes(b"milik kami")
    assert deliver(place, folder, SENTENCES).lines == ("drop: 1 file(s) written, 4 already there",)
    assert (target / "laporan.html").read_bytes() == FILES["laporan.html"]
    assert (target / "catatan-kami.txt").read_bytes() == b"milik kami"


def test_an_object_store_gets_the_report(folder: Path) -> None:
    place = with_drop(place_of(folder), "memory://laporan")
    deliver(place, folder, SENTENCES)
    store = fsspec.filesystem("memory")
    try:
        held = {name.rpartition("/")[2]: store.cat_file(name) for name in store.ls("/laporan/2026-W47", detail=False)}
        assert held == {path.name: path.read_bytes() for path in folder.iterdir()}
    finally:
        store.rm("/laporan", recursive=True)


def test_a_store_that_gives_back_other_bytes_is_told(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = drop._write

    def cutting(system: Any, where: str, name: str, content: bytes) -> None:
        monkeypatch.setattr(system, "pipe_file", lambda path, value: Path(path).write_bytes(value[:-1]))
        real(system, where, name, content)

    monkeypatch.setattr(drop, "_write", cutting)
    done = deliver(with_drop(place_of(folder), (tmp_path / "bersama").as_uri()), folder, SENTENCES)
    assert done.failed
    assert "other bytes" in done.problems[0]


def test_a_folder_that_cannot_be_written_is_told(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "berkas").write_bytes(b"")
    done = deliver(with_drop(place_of(folder), (tmp_path / "berkas").as_uri()), folder, SENTENCES)
    assert done.failed
    assert "could not be written" in done.problems[0]


def test_an_unknown_kind_of_store_is_told(folder: Path) -> None:
    with pytest.raises(ConfigError, match=r"drop\.url"):
        deliver(with_drop(place_of(folder), "tidakada://x/y"), folder, SENTENCES)


def test_the_manifest_comes_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    real = drop._write
    monkeypatch.setattr(drop, "_write", lambda *args: (order.append(args[2]), real(*args))[1])
    drop.put((tmp_path / "x").as_uri(), "2026-W47", {"manifest.json": b"{}", "a.csv": b"1", "z.pdf": b"2"})
    assert order == ["a.csv", "z.pdf", "manifest.json"]


def test_the_published_report_has_the_digest_of_its_manifest(folder: Path) -> None:
    found = delivery.published(folder)
    assert found.digest == hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()[:12]
    assert set(found.files) == {*FILES, "manifest.json"}


def test_a_missing_certificate_file_is_told() -> None:
    mail = Mail(server="mail.example", sender="a@b.example", ca_file="/tiada.pem")
    with pytest.raises(ConfigError, match="ca_file"), session(mail, None):
        pass
