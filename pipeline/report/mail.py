"""Mails as they leave, built from what is given: plain and HTML parts, attachments, headers that machines read. Pure.

The same input gives the same bytes: boundaries and Message-ID follow from the content's name, so that a mail which is sent
once more after a crash is the same mail to the reader's program.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape

from pipeline.dates import JAKARTA
from pipeline.report.alert_text import FOOT
from pipeline.report.page_words import clean

SENDER = "Pantau PAS"
_TYPES = {
    "xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "pdf": ("application", "pdf"),
    "zip": ("application", "zip"),
    "html": ("text", "html"),
}
_NAMES = {"xlsx": "laporan.xlsx", "html": "laporan.html", "pdf": "laporan.pdf"}
_TOLD = {
    "xlsx": "buku kerja: semua tabel, siap disaring",
    "html": "laporan satu halaman dengan grafik; buka dengan peramban",
    "pdf": "laporan yang sama untuk dicetak",
    "zip": "delapan tabel CSV",
}
_EPOCH = (1980, 1, 1, 0, 0, 0)  # zip knows no earlier time; a fixed one keeps the bytes the same


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file of a mail; the kind follows from the name's ending."""

    name: str
    content: bytes

    @property
    def ending(self) -> str:
        """What stands behind the last dot."""
        return self.name.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail without its receiver. ``about`` names the content in Message-ID: one thing, one name."""

    about: str
    subject: str
    plain: str
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    list_name: str = "laporan"


def attachments_of(report: str, files: Mapping[str, bytes], wanted: Sequence[str]) -> tuple[list[Attachment], list[str]]:
    """The files that the settings want, named by report, and the names of those that the report does not have.

    ``csv`` becomes one zip of every table.
    """
    found, missing = [], []
    for kind in wanted:
        if kind == "csv":
            tables = {name: content for name, content in files.items() if name.endswith(".csv")}
            if tables:
                found.append(Attachment(f"tabel-{report}.zip", zipped(tables)))
            else:
                missing.append("*.csv")
        elif (name := _NAMES[kind]) in files:
            found.append(Attachment(f"laporan-{report}.{kind}", files[name]))
        else:
            missing.append(name)
    return found, missing


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The files as one zip, by name, with the same bytes for the same files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, files[name])
    return out.getvalue()


def report_letter(
    report: str, period: str, sentences: Sequence[str], attachments: Sequence[Attachment], remarks: Sequence[str] = ()
) -> Letter:
    """The mail of a report. ``period`` in words; ``sentences``: what it says first; ``remarks``: what the reader must know."""
    subject = f"Laporan pemberitaan Pemasyarakatan: {period}"
    told = [f"{one.name}: {_TOLD[one.ending]}" for one in attachments]
    plain = [subject, "", *(f"{number}. {clean(one, 2000)}" for number, one in enumerate(sentences, 1)), ""]
    plain += [f"Catatan: {clean(one, 2000)}" for one in remarks] + ([""] if remarks else [])
    if told:
        plain += ["Lampiran:", *(f"- {one}" for one in told), ""]
    plain += [_DEFINITION, _AUTOMATIC]
    html = [
        '<!doctype html><html lang="id"><head><meta charset="utf-8"><title>', escape(subject), "</title></head>",
        '<body style="font-family:system-ui,Arial,sans-serif;line-height:1.5;max-width:40em;margin:1em auto;padding:0 1em">',
        f'<h1 style="font-size:1.3em">{escape(subject)}</h1><ol>',
        *(f"<li>{escape(clean(one, 2000))}</li>" for one in sentences), "</ol>",
        *(f"<p><strong>Catatan:</strong> {escape(clean(one, 2000))}</p>" for one in remarks),
        "<h2 style='font-size:1em'>Lampiran</h2><ul>" if told else "",
        *(f"<li>{escape(one)}</li>" for one in told), "</ul>" if told else "",
        f'<p style="font-size:.85em">{escape(_DEFINITION)}<br>{escape(_AUTOMATIC)}</p></body></html>',
    ]  # fmt: skip
    return Letter(report, subject, "\n".join(plain) + "\n", "".join(html) + "\n", tuple(attachments))


_DEFINITION = "Sentimen = tone pemberitaan terhadap Pemasyarakatan sebagai institusi, bukan suasana peristiwa."
_AUTOMATIC = "Surel ini dikirim otomatis. Label dibuat mesin; periksa artikel aslinya sebelum mengambil keputusan."


def alert_letter(name: str, subject: str, text: str) -> Letter:
    """The mail of one alert or one digest of alerts."""
    return Letter(name, f"Peringatan {clean(subject)}", f"{text}\n\n{FOOT}\n", list_name="peringatan")


def message_of(letter: Letter, sender: str, to: str, when: datetime, number: int = 1) -> EmailMessage:
    """The whole mail to one receiver. ``number``: 1, or more for what is sent again on purpose, which is another mail."""
    host = sender.rpartition("@")[2]
    name = hashlib.sha256(f"{letter.list_name} {letter.about} {number} {to}".encode()).hexdigest()[:24]
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"] = Address(SENDER, addr_spec=sender)
    mail["To"] = Address(addr_spec=to)
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(when.astimezone(JAKARTA))
    mail["Message-ID"] = f"<{name}@{host}>"
    mail["List-Id"] = f"<{letter.list_name}.pantau-pas.{host}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"  # no absence notes from Exchange
    mail.set_content(letter.plain, cte="quoted-printable")
    if letter.html:
        mail.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    for one in letter.attachments:
        kind, subkind = _TYPES.get(one.ending, ("application", "octet-stream"))
        mail.add_attachment(one.content, maintype=kind, subtype=subkind, filename=one.name)
    for number_of_part, part in enumerate(mail.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{name}_{number_of_part}")
    return mail
