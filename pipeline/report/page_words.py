"""Numbers, dates and strangers' words as the Indonesian page writes them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from pipeline.dates import JAKARTA

MONTHS = "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split()
DAYS = "Senin Selasa Rabu Kamis Jumat Sabtu Minggu".split()
TITLE_LENGTH = 160  # characters; longer titles are no titles, and the whole one stands in 07_kliping
# Marks that turn the direction of all that follows (bidi embeddings, overrides, isolates), and other invisible signs.
_UNSEEN = re.compile(r"[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")
_STAMP = re.compile(r"\b(\d{4})-(0[1-9]|1[0-2])-(\d{2}) (\d{2}):(\d{2})\b")
_MARKS = 2  # accents on one letter: more is a picture painted over the neighbouring lines


def number(value: float) -> str:
    """1.234 or 0,65: a dot between thousands, a decimal comma, no idle zeros, a true minus sign."""
    whole, _, rest = f"{abs(value):,.2f}".partition(".")
    rest = rest.rstrip("0")
    sign = "−" if value < 0 and (whole != "0" or rest) else ""
    return sign + whole.replace(",", ".") + (f",{rest}" if rest else "")


def percent(value: float | None) -> str:
    """65,6%; a dash for a share that n is too small for."""
    return "–" if value is None else f"{number(round(value, 1))}%"


def date(day: datetime) -> str:
    """16 November 2026, in WIB."""
    local = day.astimezone(JAKARTA)
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}"


def span(start: datetime, end: datetime) -> str:
    """16–22 November 2026: the days from ``start`` to the last one before ``end``, as short as it can be said."""
    first, last = start.astimezone(JAKARTA), end.astimezone(JAKARTA) - timedelta(microseconds=1)
    if first.date() == last.date():
        return date(last)
    if first.year != last.year:
        return f"{date(first)} – {date(last)}"
    if first.month != last.month:
        return f"{first.day} {MONTHS[first.month - 1]} – {date(last)}"
    return f"{first.day}–{date(last)}"


def clock(stamp: str) -> str:
    """Kamis 19 November, 20.41: a table's ``2026-11-19 20:41``; what is no such stamp stays as it is."""
    try:
        when = datetime.strptime(stamp, "%Y-%m-%d %H:%M").replace(tzinfo=JAKARTA)
    except ValueError:
        return stamp
    return f"{DAYS[when.weekday()]} {when.day} {MONTHS[when.month - 1]}, {when:%H.%M}"


def dated(text: str) -> str:
    """The text with its stamps (2026-11-27 10:34) written out: 27 November 2026 pukul 10.34."""
    return _STAMP.sub(_written, text)


def _written(match: re.Match[str]) -> str:
    year, month, day, hour, minute = match.groups()
    return f"{int(day)} {MONTHS[int(month) - 1]} {year} pukul {hour}.{minute}"


def listed(items: Sequence[str]) -> str:
    """Items in a sentence: "a", "a dan b", "a, b, dan c"."""
    if len(items) < 3:
        return " dan ".join(items)
    return f"{', '.join(items[:-1])}, dan {items[-1]}"


def clean(text: str, limit: int = TITLE_LENGTH) -> str:
    """A stranger's words as one harmless line: no controls, no direction marks, no towers of accents, at most ``limit`` long."""
    kept: list[str] = []
    marks = 0
    for sign in _UNSEEN.sub("", unicodedata.normalize("NFC", text[: 4 * limit])):
        category = unicodedata.category(sign)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if marks <= _MARKS:
            kept.append(" " if category in {"Cc", "Cs", "Co", "Zl", "Zp"} else sign)
    line = " ".join("".join(kept).split())
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


def web_address(url: str) -> str:
    """The address where it is plainly one of the web, else "": no script, no file, no stranger's user name before the host."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"http", "https"} and parts.hostname and not parts.username and not parts.password
    except ValueError:
        return ""
    return url if good and not re.search(r"[\s\x00-\x1f\x7f]", url) and not _UNSEEN.search(url) else ""
