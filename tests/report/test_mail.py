"""Mails as a foreign parser reads them: headers, both texts, attachments byte by byte, nothing smuggled in."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

import pytest

from pipeline.report.mail import Attachment, Letter, alert_letter, attachments_of, message_of, report_letter, zipped
from tests.report.builder import MONDAY

FILES = {
    "01_ringkasan.csv": "\ufeffminggu,nilai\r\n2026-W47,1\r\n".encode(),
    "02_program.csv": b"x\r\n",
    "laporan.xlsx": bytes(range(256)) * 40,
    "laporan.html": "<!doctype html>\n<p>Tone — é\r\n.\r\nFrom here\n".encode(),
    "manifest.json": b"{}",
}
SENTENCES = ("32 artikel terbit pada 16–22 November 2026.", "Ada 1 isu negatif: “<script>alert(1)</script>\r\nBcc: x@y.example”.")


def read(mail: EmailMessage) -> EmailMessage:
    parsed = message_from_bytes(mail.as_bytes(), policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    assert parsed.defects == []
    return parsed


def letter(*attachments: Attachment) -> Letter:
    return report_letter("2026-W47", "16–22 November 2026 (2026-W47)", SENTENCES, attachments, ["Status periode: lengkap."])


def mail(to: str = "humas@instansi.example", number: int = 1, when: datetime = MONDAY) -> EmailMessage:
    found, missing = attachments_of("2026-W47", FILES, ["xlsx", "html", "csv"])
    assert missing == []
    return message_of(letter(*found), "pantau@instansi.example", to, when, number)


def test_attachments_come_back_byte_by_byte() -> None:
    parts = {part.get_filename(): part for part in read(mail()).iter_attachments()}
    assert list(parts) == ["laporan-2026-W47.xlsx", "laporan-2026-W47.html", "tabel-2026-W47.zip"]
    assert parts["laporan-2026-W47.xlsx"].get_payload(decode=True) == FILES["laporan.xlsx"]
    assert parts["laporan-2026-W47.html"].get_payload(decode=True) == FILES["laporan.html"]
    packed = parts["tabel-2026-W47.zip"].get_payload(decode=True)
    assert isinstance(packed, bytes)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == {
            name: FILES[name] for name in ("01_ringkasan.csv", "02_program.csv")
        }


def test_headers_are_what_machines_expect() -> None:
    parsed = read(mail())
    assert parsed["Subject"] == "Laporan pemberitaan Pemasyarakatan: 16–22 November 2026 (2026-W47)"
    assert parsed["From"].addresses[0].addr_spec == "pantau@instansi.example"
    assert [one.addr_spec for one in parsed["To"].addresses] == ["humas@instansi.example"]
    assert parsedate_to_datetime(parsed["Date"]) == MONDAY
    assert parsed["Auto-Submitted"] == "auto-generated"
    assert parsed["List-Id"] == "<laporan.pantau-pas.instansi.example>"
    assert parsed["Bcc"] is None


def test_the_message_id_names_week_receiver_and_sending() -> None:
    first = mail()["Message-ID"]
    assert mail(when=datetime.now(MONDAY.tzinfo))["Message-ID"] == first
    assert len({first, mail(number=2)["Message-ID"], mail("lain@instansi.example")["Message-ID"]}) == 3
    assert first.endswith("@instansi.example>")


def test_the_same_mail_has_the_same_bytes() -> None:
    assert mail().as_bytes() == mail().as_bytes()
    assert zipped(FILES) == zipped(dict(reversed(FILES.items())))


def test_both_texts_say_the_same_and_strangers_words_stay_words() -> None:
    parsed = read(mail())
    plain, html = parsed.get_body(("plain",)), parsed.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "1. 32 artikel terbit pada 16–22 November 2026." in plain.get_content()
    assert "Catatan: Status periode: lengkap." in plain.get_content()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; Bcc:" in html.get_content()
    assert "<script" not in html.get_content()
    assert "bukan suasana peristiwa" in plain.get_content()
    for name in ("laporan-2026-W47.xlsx", "tabel-2026-W47.zip"):
        assert name in plain.get_content()
        assert name in html.get_content()


def test_lines_are_short_and_end_as_mail_demands() -> None:
    long = report_letter("2026-W47", "x", ["kata " * 500], [])
    lines = message_of(long, "a@b.example", "c@d.example", MONDAY).as_bytes().split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert not any(b"\n" in line or b"\r" in line for line in lines)


def test_what_the_report_lacks_is_named() -> None:
    found, missing = attachments_of("2026-W47", {"laporan.html": b"x"}, ["xlsx", "html", "pdf", "csv"])
    assert [one.name for one in found] == ["laporan-2026-W47.html"]
    assert missing == ["laporan.xlsx", "laporan.pdf", "*.csv"]


@pytest.mark.parametrize("subject", ["Satu\r\nBcc: x@y.example", "Satu\nDua", "\u202eSatu\x00"])
def test_a_subject_cannot_begin_another_header(subject: str) -> None:
    parsed = read(message_of(alert_letter("n1", subject, "isi"), "a@b.example", "c@d.example", MONDAY))
    assert parsed["Bcc"] is None
    assert parsed["Subject"].startswith("Peringatan ")
    body = parsed.get_body()
    assert body is not None
    assert body.get_content().startswith("isi\r\n")
