"""The application's templates, and the Indonesian forms of times, shares and codes that they print."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.dates import JAKARTA, Week
from pipeline.report import labels
from pipeline.templating import renderer

HERE = Path(__file__).parent
TITLE_SHOWN = 240  # characters; a longer title is no headline
DAYS = ("Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")
RELEVANCE = {"corrections": "pemasyarakatan", "immigration": "imigrasi saja", "irrelevant": "tidak relevan"}
TIER = {"T0": "T0 milik instansi", "T1": "T1 nasional", "T2": "T2 daerah/jaringan", "T3": "T3 lokal", "TX": "TX penyalin"}
FIELD = {
    "relevance": "Relevansi",
    "programme_primary": "Program utama",
    "programmes_related": "Program terkait",
    "programmes_mentioned": "Program disebut",
    "tone": "Tone berita",
    "title_tone": "Tone judul",
    "incidents": "Insiden",
    "unit_primary": "UPT",
    "source_type": "Jenis tulisan",
}
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
Render = Callable[..., str]


def pages(static: Callable[[], Mapping[str, str]]) -> Render:
    """``render(template, **values)`` for the folder ``templates``; ``static``: file name → address."""
    render = renderer(HERE / "templates", **FILTERS)

    def page(template: str, /, **values: object) -> str:
        return render(template, static=lambda name: static()[name], **values)

    return page


def when(instant: datetime | None) -> str:
    """Kam 26 Nov 2026, 10.05 WIB."""
    return f"{day(instant)}, {instant.astimezone(JAKARTA):%H.%M} WIB" if instant else "belum diketahui"


def day(instant: datetime | None) -> str:
    """Kam 26 Nov 2026."""
    if instant is None:
        return "belum diketahui"
    local = instant.astimezone(JAKARTA)
    return f"{DAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]} {local.year}"


def weekday(at: date) -> str:
    """Kam 26."""
    return f"{DAYS[at.weekday()]} {at.day}"


def span(week: Week) -> str:
    """16–22 Nov 2026."""
    first, last = week.start.date(), week.start.date() + timedelta(days=6)
    month = "" if first.month == last.month else f" {MONTHS[first.month - 1]}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first.day}{month}{year}–{last.day} {MONTHS[last.month - 1]} {last.year}"


def whole(number: int) -> str:
    """A count with Indonesian thousands: 12.345."""
    return f"{number:,}".replace(",", ".")


def percent(share: float | None) -> str:
    """A share as the report writes it: 12,5%; "–" where none is told."""
    return "–" if share is None else f"{100 * share:.1f}".replace(".", ",") + "%"


def visible(text: str | None) -> str:
    """Foreign text without signs that steer what stands beside it (bidirectional controls, invisible marks)."""
    return _UNSEEN.sub("", text or "")


def headline(title: str | None) -> str:
    """A title as one line of at most ``TITLE_SHOWN`` characters."""
    line = " ".join(visible(title).split()) or "(tanpa judul)"
    return line if len(line) <= TITLE_SHOWN else line[: TITLE_SHOWN - 1] + "…"


def link(url: str | None) -> str:
    """The address if a browser may follow it, else ""."""
    try:
        return url if url and urlsplit(url).scheme in ("http", "https") else ""
    except ValueError:
        return ""


def short_programme(slug: str | None) -> str:
    """A programme's short name; a dash for none."""
    return labels.short(slug) if slug else "–"


def reason(code: str) -> str:
    """Why an article stands in the queue."""
    return "cerita baru" if code == "new story" else labels.word(labels.REVIEW, code)


def label(text: str, field: str) -> str:
    """One label of the log in words."""
    if text == "model":
        return "kembali ke model"
    if text in ("none", ""):
        return "tidak ada"
    tables = {
        "relevance": RELEVANCE, "tone": labels.TONE, "title_tone": labels.TONE, "incidents": labels.INCIDENT,
        "source_type": labels.SOURCE_TYPE,
    }  # fmt: skip
    told = labels.short if field.startswith("programme") else lambda code: tables.get(field, {}).get(code, code)
    return ", ".join(told(part) for part in text.split("|"))


FILTERS: Mapping[str, Callable[..., object]] = {
    "waktu": when,
    "tanggal": day,
    "hari": weekday,
    "rentang": span,
    "bulat": whole,
    "persen": percent,
    "judul": headline,
    "bersih": visible,
    "tone": lambda code: labels.word(labels.TONE, code or "unsure"),
    "program": short_programme,
    "insiden": lambda code: labels.word(labels.INCIDENT, code),
    "alasan": reason,
    "relevansi": lambda code: RELEVANCE.get(code, code),
    "tier": lambda code: TIER.get(code, code),
    "penerbit": lambda code: labels.word(labels.PUBLISHER_TYPE, code),
    "jenis": lambda code: labels.word(labels.SOURCE_TYPE, code),
    "bidang": lambda field: FIELD.get(field, field),
    "label": label,
    "tautan": link,
}
