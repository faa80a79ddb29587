"""Dates of the sample pages: they hold tokens like ``{{tgl}}``, filled from the page's own instant. Pure."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pipeline.dates import Week

DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
SHORT_MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")
_ENGLISH_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_ENGLISH_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ZONES = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}
_TOKEN = re.compile(r"\{\{(\w+?)([+-]\d+)?\}\}")


def instant_of(week: int, at: str, now: datetime) -> datetime:
    """When a page was published: ``week`` 0 runs now, -1 is the last complete one; aware, to the minute.

    ``at`` is "Rabu 09:15 WIB", or for week 0 a fraction of the elapsed week such as "0.4 WIB", so that no page lies in
    the future. Raises ``ValueError`` for anything else.
    """
    running = Week.of(now)
    *when, zone_name = at.split()
    zone = ZoneInfo(_ZONES[zone_name])
    if week == 0:
        elapsed = (now - running.start) * float(when[0])
        return (running.start + elapsed).astimezone(zone).replace(second=0, microsecond=0)
    monday = (running.start + timedelta(weeks=week)).date()
    day = monday + timedelta(days=DAYS.index(when[0]))
    return datetime.fromisoformat(f"{day.isoformat()}T{when[1]}:00").replace(tzinfo=zone)


def _value(name: str, t: datetime) -> str:
    zone = next(label for label, zone in _ZONES.items() if zone == str(t.tzinfo))
    values = {
        "iso": t.isoformat(),
        "rfc": f"{_ENGLISH_DAYS[t.weekday()]}, {t.day:02d} {_ENGLISH_MONTHS[t.month - 1]} {t:%Y %H:%M:%S} {t:%z}",
        "tgl": f"{t.day} {MONTHS[t.month - 1]} {t.year}",
        "tgl_singkat": f"{t.day} {SHORT_MONTHS[t.month - 1]} {t.year}",
        "tgl_angka": f"{t:%d/%m/%Y}",
        "dm": f"{t.day}/{t.month}",
        "hari": DAYS[t.weekday()],
        "hari3": DAYS[t.weekday()][:3],
        "bln3": SHORT_MONTHS[t.month - 1],
        "jam": f"{t:%H:%M}",
        "jam_titik": f"{t:%H.%M}",
        "zona": zone,
        "yyyy": f"{t:%Y}",
        "tahun": f"{t:%Y}",
        "mm": f"{t:%m}",
        "dd": f"{t:%d}",
    }
    if name not in values:
        raise ValueError(f"unknown date token {{{{{name}}}}}; known are: {', '.join(sorted(values))}")
    return values[name]


def fill(text: str, instant: datetime) -> str:
    """``text`` with every ``{{name}}``, or ``{{name-1}}`` for the day before, filled in. ``ValueError`` for unknown ones."""
    return _TOKEN.sub(lambda match: _value(match[1], instant + timedelta(days=int(match[2] or 0))), text)
