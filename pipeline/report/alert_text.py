"""An alert in words: subject and text of one message, for mail and for hooks alike. Plain text, nothing to interpret."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

from pipeline.dates import JAKARTA
from pipeline.report import labels
from pipeline.report.alerts import HIGH, LOW, MIDDLE, NEGATIVE, Finding
from pipeline.report.issues import coverage
from pipeline.report.page_words import TITLE_LENGTH, clean, clock, number
from pipeline.report.page_words import date as told_date
from pipeline.report.quotation import quotation
from pipeline.report.rows import Row
from pipeline.report.table import wib

PRIORITY = {HIGH: "tinggi", MIDDLE: "sedang", LOW: "rendah"}
CHECK = "perlu diperiksa"
_SPOKEN = {"<": "‹", ">": "›"}
# <!channel> and <address|words> (Slack), @everyone (Discord, Mattermost), [words](address) (whatever reads Markdown).
_MARKUP = re.compile(r"[<>]|@(?=(?:everyone|here|channel|all)\b)|\](?=\()", re.IGNORECASE)
_SLOT = re.compile(r"\{(text|id|priority)\}")
CUT = "\n… (dipotong)"
FOOT = "Penilaian ini dibuat mesin. Baca artikelnya sebelum menanggapi."


def subject_of(finding: Finding) -> str:
    """One line for a mail's subject: "[tinggi] Pelarian: Rutan Labuhan Asri, Sumatera Utara"."""
    check = f", {CHECK}" if finding.doubts else ""
    return f"[{PRIORITY[finding.priority]}{check}] {_headline(finding)}"


def text_of(finding: Finding, name: str, *, again: bool = False) -> str:
    """The whole alert as lines. ``name``: its id; ``again``: it may have been sent before, and says so."""
    lines = [f"PERINGATAN {PRIORITY[finding.priority].upper()}: {_headline(finding)}"]
    if finding.doubts:
        lines.append(f"{CHECK.capitalize()}: {'; '.join(finding.doubts)}")
    lines += _spike_lines(finding) if finding.spike else _story_lines(finding)
    if finding.follows:
        lines.append(f"Mungkin lanjutan dari peringatan {finding.follows}")
    lines.append(f"Nomor: {name}{' (kiriman ulang; mungkin sudah diterima)' if again else ''}")
    return "\n".join(lines)


def digest_subject(findings: Sequence[Finding], why: str) -> str:
    """The subject of several alerts in one message."""
    high = sum(finding.priority == HIGH for finding in findings)
    return f"{len(findings)} peringatan pemberitaan, {high} di antaranya tinggi ({why})"


def digest_text(texts: Sequence[str], why: str) -> str:
    """Several alerts in one message."""
    return "\n\n".join([f"{len(texts)} peringatan digabung: {why}.", *texts])


def shortened(text: str, most: int) -> str:
    """At most ``most`` characters, cut at a line's end where it is too long."""
    if len(text) <= most:
        return text
    kept = text[: most - len(CUT)]
    return (kept.rsplit("\n", 1)[0] or kept) + CUT


def filled(template: str, values: Mapping[str, str]) -> bytes:
    """A hook's JSON with {text}, {id} and {priority} filled into its texts, once: what is filled in is never read again."""

    def put(held: object) -> object:
        if isinstance(held, str):
            return _SLOT.sub(lambda match: values[match[1]], held)
        if isinstance(held, list):
            return [put(one) for one in held]
        return {name: put(one) for name, one in held.items()} if isinstance(held, dict) else held

    return json.dumps(put(json.loads(template)), ensure_ascii=False).encode("utf-8", "replace")


def _said(text: str, limit: int = TITLE_LENGTH) -> str:
    """A stranger's words for whatever a hook leads to: no tag, summons of everybody or masked link, as chats read them."""
    return _MARKUP.sub(lambda found: _SPOKEN.get(found[0], f"{found[0]} "), clean(text, limit))


def _headline(finding: Finding) -> str:
    if finding.spike:
        return "Lonjakan berita negatif"
    words = labels.incidents(reason for reason in finding.reasons if reason != NEGATIVE)
    what = " dan ".join(words) or "berita negatif"
    row = finding.row
    kanwil = f"Kanwil {finding.kanwil}" if finding.kanwil else ""
    where = ", ".join(filter(None, (_said(row.unit) if row else "", kanwil)))
    return f"{what[0].upper()}{what[1:]}" + (f": {where}" if where else "")


def _story_lines(finding: Finding) -> list[str]:
    row = finding.row
    if row is None:
        raise ValueError("an alert without a spike has an article")
    lines = [f"Sebab: {_reason(finding, row)}", f"Judul: {_said(row.title)}", f"Media: {_source(row)}"]
    if quote := _said(quotation(row), 400):
        lines.append(f"Kutipan: “{quote}”")
    if finding.articles > 1:
        lines.append(f"Sudah dimuat: {number(finding.articles)} artikel di {number(finding.outlets)} media")
    lines.append(f"Tautan: {_link(row)}")
    return lines


def _reason(finding: Finding, row: Row) -> str:
    words = [f"insiden {labels.word(labels.INCIDENT, reason)}" for reason in finding.reasons if reason != NEGATIVE]
    if NEGATIVE in finding.reasons:
        words.append("berita negatif pertama tentang peristiwa ini")
        others = labels.incidents(set(row.incidents) - set(finding.reasons))
        words[-1] += f" ({', '.join(others)})" if others else ""
    elif row.tone != "negative":
        words.append(f"tone {labels.word(labels.TONE, row.tone or 'unsure')}")
    return ", ".join(words)


def _source(row: Row) -> str:
    return f"{_said(row.outlet)} ({', '.join(filter(None, (row.tier, coverage(row))))}), {clock(wib(row.at))} WIB"


def _spike_lines(finding: Finding) -> list[str]:
    spike = finding.spike
    if spike is None:
        raise ValueError("not a spike")
    lines = [
        f"Sebab: {number(spike.seen)} cerita negatif dari liputan mandiri pada {_day(spike.day)}. Rata-rata "
        f"{number(round(spike.mean, 1))} sehari dalam {spike.days} hari terpantau sebelumnya; masih wajar sampai "
        f"{number(spike.usual)}."
    ]
    for row in finding.examples:
        lines += [f"- {_said(row.title)} ({_said(row.outlet)})", f"  {_link(row)}"]
    return lines


def _day(day: date) -> str:
    return told_date(datetime.combine(day, time(), JAKARTA))


def _link(row: Row) -> str:
    """The address as it is stored (names in it are cut before); it stands alone on its line and holds no blanks."""
    return "".join(row.url.split())
