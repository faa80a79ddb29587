"""Send a written report: one mail to each receiver and a copy into the shared folder, each once unless told."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from pipeline.errors import ConfigError, StorageError
from pipeline.jobs import Workplace
from pipeline.report.mail import Letter, attachments_of, message_of, report_letter
from pipeline.report.manifest import MANIFEST, listed_files
from pipeline.report.page_words import date as told_day
from pipeline.report.page_words import span
from pipeline.sending import Sendlog, alone_sending, attempt, refuse_strangers
from pipeline.settings import credentials
from pipeline.smtp import session
from pipeline.store.drop import put
from pipeline.store.parts import write_bytes

LOG = "deliveries.csv"
COLUMNS = ("at", "state", "report", "channel", "digest", "detail")
PDF = "laporan.pdf"
DROP = "drop"
_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Published:
    """A report as it lies in its folder, checked against its manifest. ``digest``: of the manifest, and so of every file."""

    name: str
    files: dict[str, bytes]
    start: datetime
    end: datetime
    complete: bool
    status: str
    digest: str


def published(folder: Path) -> Published:
    """Read a report's folder. Raises ``StorageError`` where a file is missing or is not the one that was written."""
    advice = f"write it anew with `pantau report`, then send it ({folder})"
    try:
        manifest = (folder / MANIFEST).read_bytes()
        held = json.loads(manifest)
        start, end = (datetime.fromisoformat(edge) for edge in held["window_wib"])
        if not (listed := listed_files(manifest)):
            raise ValueError("its manifest lists no files of its folder")
        files = {name: (folder / name).read_bytes() for name in listed}
        complete, status = bool(held["complete"]), str(held["status"])
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise StorageError(f"the report cannot be read ({error}); {advice}") from None
    changed = sorted(name for name, content in files.items() if hashlib.sha256(content).hexdigest() != listed[name])
    if changed:
        raise StorageError(f"{', '.join(changed)}: not as it was written, somebody edited it; {advice}")
    files[MANIFEST] = manifest
    if (folder / PDF).is_file():  # made after the manifest: a browser's bytes are never the same twice
        files[PDF] = (folder / PDF).read_bytes()
    return Published(folder.name, files, start, end, complete, status, hashlib.sha256(manifest).hexdigest()[:12])


@dataclass(frozen=True, slots=True)
class Delivered:
    """What was done and what was not delivered, in lines for a person."""

    lines: tuple[str, ...]
    problems: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether somebody lacks the report."""
        return bool(self.problems)


def deliver(place: Workplace, folder: Path, sentences: Sequence[str], *, again: bool = False, dry_run: bool = False) -> Delivered:
    """Send the report in ``folder``, which begins with ``sentences``, to all that settings.toml names and that lack it.

    ``again``: also to who has it. ``dry_run``: write each mail to ``outbox/`` and send nothing. Raises ``ConfigError`` for
    settings that cannot work, a running period, or a mail that is too large; nothing was sent then.
    """
    report, mail, drop = published(folder), place.settings.mail, place.settings.drop
    if not (mail.to and (mail.server or dry_run)) and not drop.url:
        raise ConfigError("nobody to send to: settings.toml needs server, sender and to in [mail], or url in [drop]")
    if mail.to and not mail.sender:
        raise ConfigError("settings.toml: [mail] sender is missing: the address that mail is sent from")
    if place.now < report.end:
        raise ConfigError(f"{report.name} ends {told_day(report.end)}, 00.00 WIB; a report is sent when its time is over")
    letter = _letter(report, place, sentences)
    if dry_run:
        return Delivered(tuple(_drafts(place, letter)))
    with alone_sending(place):
        book = Sendlog(place.data / LOG, COLUMNS)
        told = [*_mailed(place, report, letter, book, again=again), *_dropped(place, report, book)]
    return Delivered(tuple(line for line, well in told if well), tuple(line for line, well in told if not well))


def _letter(report: Published, place: Workplace, sentences: Sequence[str]) -> Letter:
    """Raises ``ConfigError`` for a file that the report lacks, and for a mail that is larger than the settings allow."""
    mail = place.settings.mail
    found, missing = attachments_of(report.name, report.files, mail.attach)
    if lost := [name for name in missing if name != PDF]:
        raise ConfigError(f"the report has no {', '.join(lost)}; write it anew with `pantau report`, or change [mail] attach")
    remarks = [] if report.complete else [f"Status periode: {report.status}."]
    if PDF in missing:
        remarks.append("Versi PDF tidak tersedia pada pengiriman ini.")
    letter = report_letter(report.name, f"{span(report.start, report.end)} ({report.name})", sentences, found, remarks)
    if mail.to:
        size = len(message_of(letter, mail.sender, mail.to[0], place.now).as_bytes())
        if size > mail.max_megabytes * _MEGABYTE:
            told = ", ".join(f"{one.name} {len(one.content) / _MEGABYTE:.1f} MB" for one in found)
            raise ConfigError(
                f"the mail would have {size / _MEGABYTE:.1f} MB ({told}), more than [mail] max_megabytes {mail.max_megabytes:g}; "
                "attach less, or raise the limit where the mail server takes more"
            )
    return letter


def _drafts(place: Workplace, letter: Letter) -> Iterator[str]:
    mail = place.settings.mail
    for to in mail.to:
        path = place.data / "outbox" / f"{letter.about}.{re.sub(r'[^A-Za-z0-9._@+-]', '_', to)}.eml"
        write_bytes(path, message_of(letter, mail.sender, to, place.now).as_bytes())
        yield f"{path}: written, not sent"
    if place.settings.drop.url:
        yield "drop: nothing was written"


def _mailed(place: Workplace, report: Published, letter: Letter, book: Sendlog, *, again: bool) -> Iterator[tuple[str, bool]]:
    mail = place.settings.mail
    if not mail.to or not mail.server:
        return
    refuse_strangers(place, local=mail.local)
    with session(mail, credentials(mail)) as post:
        for to in mail.to:
            standing = book.standing(report.name, channel := f"mail:{to}")
            if standing.sent and not again:
                yield f"{to}: has it since {standing.sent[-1].isoformat()}{_restated(book, report, channel)}", True
            elif standing.given_up and not again:
                yield f"{to}: sent twice without an answer, it may have arrived; --again sends it once more", False
            else:
                message = message_of(letter, mail.sender, to, place.now, len(standing.sent) + 1)
                outcome = attempt(book, (report.name,), channel, place.now, partial(post.send, message), digest=report.digest)
                yield f"{to}: {outcome.problem or 'sent'}", not outcome.problem


def _restated(book: Sendlog, report: Published, channel: str) -> str:
    """Whether what a receiver has is no longer what the folder holds."""
    last = [row["digest"] for row in book.rows if (row["report"], row["channel"], row["state"]) == (report.name, channel, "sent")]
    return "" if last[-1] == report.digest else "; its figures have changed since: --again sends the new ones"


def _dropped(place: Workplace, report: Published, book: Sendlog) -> Iterator[tuple[str, bool]]:
    """The copy is compared file by file each time, so it needs no memory of what was sent; the log tells when it changed."""
    url = place.settings.drop.url
    if not url:
        return
    refuse_strangers(place, local=url.startswith(("file:", "local:", "memory:")))
    try:
        changed = put(url, report.name, report.files)
    except StorageError as error:
        yield str(error), False
        return
    if changed:
        book.add(place.now, "sent", report.name, DROP, digest=report.digest, detail=f"{len(changed)} file(s)")
    yield f"drop: {len(changed)} file(s) written, {len(report.files) - len(changed)} already there", True
