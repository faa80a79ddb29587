"""What else identifies a person: numbers, addresses and, where a child is concerned, the school. Pure."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

_NAME = r"(?: (?!(?:No|Nomor|RT|RW|Blok)\b)(?:[A-Z][\w'’-]*(?:\.(?=\w))?|[IVX]+|\d{1,3}[A-Z]?))"
_NEAR = 70  # characters between a masked name and its address
_DIGITS = re.compile(r"\d{3}[ -]?\d{4}|/Pi[dn]")
_NUMBER = re.compile(
    r"\b\d{1,5}/Pi[dn][\w.-]*(?:\.[\w-]+)*/\d{4}/P[NT][ .]?[A-Z]?\w*"  # a case
    r"|(?<!\d)\d{16}(?!\d)"  # a person's number
    r"|(?<![\d.,])(?:\+62|0)8\d{1,2}[ -]?\d{3,4}[ -]?\d{3,5}(?!\d)"  # a telephone
)
_PLACED = (
    r"Jalan|Jl\.?|Gang|Gg\.?|Dusun|Dukuh|Kampung|Kp\.?|Desa|Kelurahan|Perumahan|Perum|Kompleks?|Lingkungan"
    r"|Banjar|Nagari|Jorong|Lorong"
)
_ADDRESS = re.compile(
    rf"\b(?:(?:{_PLACED}){_NAME}{{1,4}}|(?=RT[ .]*\d+ ?[/,]? ?RW))"
    r"(?:,? ?(?:(?:Nomor|No\.?|Nmr|RT|RW|Blok)[ .:/]*[A-Z]?\d+[A-Z]?|/? ?RW[ .:]*\d+))*"
)
_EXACT = re.compile(r"\b(?:RT|RW|No\.?|Nomor|Blok)[ .:]*[A-Z]?\d")
_LIVES = re.compile(
    r"\b(?:warga|tinggal|menetap|beralamat|alamat|berdomisili|domisili|rumahnya|kontrakan\w*|kediaman\w*|kos\w*|penduduk|kebun\w*)\b"
    r"[^.]{0,24}$",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"\b(?:lapas|rutan|lpka|bapas|kantor|kanwil|rsud|polres|polsek|kejari|pengadilan|dinas|gedung|balai)\b[^.]{0,40}$",
    re.IGNORECASE,
)
_SCHOOL = re.compile(
    r"\b(?:(?:SDN|SMPN|SMAN|SMKN|MTsN|MAN|MIN|SLBN)(?: ?\d{1,3})?"
    r"|(?:SD|SMP|SMA|SMK|MTs|MI|SLB|TK|PAUD)(?: (?:Negeri|Swasta|Islam|Kristen|Katolik|IT))?(?: ?\d{1,3})?"
    r"|MA (?:Negeri|Al|An|As|Nurul|Darul)\b|Pondok Pesantren|Ponpes|Pesantren|Madrasah \w+"
    rf"|Sekolah (?:Dasar|Menengah)(?: (?:Pertama|Atas|Kejuruan))?|Panti Asuhan){_NAME}{{0,5}}"
)
_SCHOOL_NAMED = re.compile(r"\d| [A-Z].* [A-Z]|[a-z]{3,} [A-Z]|(?:SMP|SMA|SMK|MTs|SD) [A-Z]")
CHILD_CASE = re.compile(
    r"\babh\b|\banak (?:yang )?ber(?:hadapan|konflik) dengan hukum|\bdi ?bawah umur|\banak (?:korban|pelaku|saksi)\b"
    r"|\b(?:pelaku|tersangka|korban) anak\b"
    r"|\b(?:anak|pelaku|korban|tersangka|saksi)\b[^.]{0,40}\b(?:berusia|berumur|usia) (?:\d|1[0-7]) tahun",
    re.IGNORECASE,
)

# Beside a word of crime, custody or health these tell of a child's case too.
CHILD_AGE = re.compile(
    r"\b(?:siswi|siswa|pelajar|bocah|remaja|gadis|santri\w*|anak)\b"
    r"(?:[^.(]{0,60}\((?:\d|1[0-7])\)|[^.]{0,30} (?:\d|1[0-7]) tahun\b)",
    re.IGNORECASE,
)


def numbers(text: str) -> Iterator[tuple[int, int]]:
    """Spans of case numbers, population numbers and telephone numbers."""
    if _DIGITS.search(text):
        yield from (match.span() for match in _NUMBER.finditer(text))


def addresses(text: str, people: Sequence[int], *, child: bool) -> Iterator[tuple[int, int]]:
    """Spans of home addresses: exact ones, those just behind a masked name (``people``: where they end), and any at all in a
    child's case; never a unit's."""
    ends = sorted(people)
    for match in _ADDRESS.finditer(text):
        start = match.start()
        if not match.group() or _UNIT.search(text, max(0, start - 50), start):
            continue
        nearest = bisect_right(ends, start) - 1
        near = nearest >= 0 and start - ends[nearest] <= _NEAR and _LIVES.search(text, max(0, start - 40), start)
        if child or near or _EXACT.search(match.group()):
            yield match.span()


def schools(text: str) -> Iterator[tuple[int, int]]:
    """Spans of named schools."""
    for match in _SCHOOL.finditer(text):
        if _SCHOOL_NAMED.search(match.group()):
            yield match.span()
