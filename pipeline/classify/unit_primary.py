"""Which of an article's units acts: by what stands before each name in title and lead, not by who is named first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

LEFT = 70  # characters before a name that are looked at
LEAD = 320  # characters of a text in which its first two sentences are sought
TITLE_BONUS, FIRST_BONUS, SECOND_BONUS = 3.0, 1.5, 1.0
SUBJECT, SPEAKER, COMPANION, NEUTRAL, PLACE, SOURCE, GOAL, OBJECT, FORMER = 4.0, 2.2, 1.6, 2.5, 2.0, 1.5, 1.0, 1.2, 0.8
# Whoever belongs to a unit acts for it: they are passed over on the way to the word that tells the unit's part.
_MEMBERS = re.compile(
    r"(?:(?:^|[ \u00a0])(?:petugas|pegawai|jajaran|pihak|tim|regu|kepala|plt\.?|plh\.?|kasi|kasubsi|kasubag|binadik|giatja|"
    r"kamtib|humas|warga|binaan|wbp|napi|narapidana|penghuni|tahanan|anak|klien|rombongan|ka\.?|kplp|kpr|pembimbing|kemasyarakatan|pk|staf|sipir|eks-napi|"
    r"pejabat|seorang|sejumlah|puluhan|ratusan|dua|tiga|empat|lima|sebanyak|orang|satu|\d[\d.]*))+$"
)
_FORMER = re.compile(r"(?:mantan|eks|bekas)(?: [\w.]+){0,2}$")
_SPOKE = re.compile(
    r"(?:kata|ujar|tutur|jelas|ungkap|sebut|tegas|papar|terang|ucap|imbuh|menurut|tambah)(?:nya)?"
    r"(?: (?:kepala|plt\.?|plh\.?|kasi|kasubsi|humas))*$"
)
_PARTS = (
    (re.compile(r"(?:^|[.!?:\"“”'\n,;–—-]|\boleh)$"), SUBJECT),
    (re.compile(r"\b(?:dari|asal|penghuni dari)$"), SOURCE),
    (re.compile(r"\b(?:ke|menuju|kepada|untuk)$"), GOAL),
    (re.compile(r"\b(?:di|dalam|pada|depan|sekitar|dekat)$"), PLACE),
    (re.compile(r"\b(?:bersama|dengan|didampingi|disaksikan|dihadiri|termasuk)$"), COMPANION),
    (
        re.compile(
            r"\b(?:(?:me(?:ng|n|m|ny)?)?(?:kunjungi|unjungi|tinjau|injau|sidak|ambangi|sambangi|datangi|resmikan|copot|periksa|geledah|razia|"
            r"awasi|evaluasi|apresiasi|puji|kritik|soroti|gandeng|bantu|tengok|lantik|pantau|cek)|kunjungan|apresiasi)$"
        ),
        OBJECT,
    ),
)
_JOIN = re.compile(r"(?:,? (?:dan|serta|&) |/| / )$")
_COMMA = re.compile(r",? $")
_GOES_ON = re.compile(r",|,? (?:dan|serta) ")
_STOP = re.compile(r"[.!?][\"”]?[ \u00a0]+(?=[A-Z\"“])|\n")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One naming of a unit: ``unit`` numbers it among the article's, ``field`` is title or text."""

    unit: int
    field: str
    start: int
    end: int


def acting(occurrences: Sequence[Occurrence], title: str, text: str) -> int:
    """The number of the unit that acts; the first named of equals. ``occurrences`` are in order, the title's first."""
    first, second = _lead(text)
    best, chosen = -1.0, occurrences[0].unit
    previous: tuple[Occurrence, float] | None = None
    for one in occurrences:
        source = title if one.field == "title" else text
        if one.field == "text" and one.start >= second and best >= 0:
            break
        part = _joined(one, previous, source)
        if part is None:
            part = _part(source[max(0, one.start - LEFT) : one.start], source[one.start : one.start + 4])
        previous = (one, part)
        bonus = TITLE_BONUS if one.field == "title" else FIRST_BONUS if one.start < first else SECOND_BONUS
        if one.field == "text" and one.start >= second:
            bonus = 0.0
        if part + bonus > best:
            best, chosen = part + bonus, one.unit
    return chosen


def _lead(text: str) -> tuple[int, int]:
    """Where the first sentence of a text ends, and where the second one does."""
    stops = [stop.start() for stop in _STOP.finditer(text, 20, LEAD)]
    first = stops[0] if stops else LEAD
    return first, stops[1] if len(stops) > 1 else LEAD


def _joined(one: Occurrence, previous: tuple[Occurrence, float] | None, source: str) -> float | None:
    """In a list each unit has the part of the one before it, a trifle less; None where it is not joined to one."""
    if previous is None or previous[0].field != one.field:
        return None
    gap = source[previous[0].end : one.start]
    if _JOIN.match(gap) or (_COMMA.fullmatch(gap) and gap.strip() == "," and _GOES_ON.match(source, one.end)):
        return previous[1] - 0.01
    return None


def _part(before: str, name: str) -> float:
    before = before.lower().rstrip()
    head = name.lower().startswith(("kala", "karu", "kaba", "kalp", "kaka", "kepa"))
    if _FORMER.search(before):
        return FORMER
    if _SPOKE.search(before) and (head or before.endswith(("kepala", "humas"))):
        return SPEAKER
    plain = _MEMBERS.sub("", before).rstrip()
    for pattern, value in _PARTS:
        if pattern.search(plain):
            return value
    return NEUTRAL
