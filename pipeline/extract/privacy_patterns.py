"""What else identifies a person: numbers, addresses and, where a child is concerned, the school. Pure."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

_NAME = r"(?: (?!(?:No|Nomor|RT|RW|Blok)\b)(?:[A-Z][\w'’-]*(?:\.(?=\w))?|[IVX]+|\d{1,3}[A-Z]?))"
_NEAR = 70  # characters between a masked name and its address
# A pattern that begins with a letter or a digit is looked for many times faster than one that begins with a border or a
# choice of letters, great and small. So a plain clue, without which the pattern finds nothing, is looked for first.
_DIGITS, _CASE = re.compile(r"\d\d{2}(?:[ -]?\d{4}|[ -]\d{3}[ -]\d{3})"), re.compile(r"/Pi[dn]")
# For the same reason figures are looked for in bytes: 0 for each (and for what is not ASCII), a space also for a hyphen.
_FIGURES = bytes(48 if 48 <= byte < 58 or byte > 127 else 32 if byte in b" -" else 120 for byte in range(256))
_FIGURED = (b"0000000", b"000 0000", b"000 000 000")
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
_PLACE = re.compile(rf"(?:{_PLACED}|RT)[ .]*[A-Z\d]")
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
# These read small letters (``small``): a pattern blind to case is several times slower.
_CHILD_CASE = re.compile(
    r"\babh\b|\banak (?:yang )?ber(?:hadapan|konflik) dengan hukum|\bdi ?bawah umur|\banak (?:korban|pelaku|saksi)\b"
    r"|\b(?:pelaku|tersangka|korban) anak\b"
    r"|\b(?:anak|pelaku|korban|tersangka|saksi)\b[^.]{0,40}\b(?:berusia|berumur|usia) (?:\d|1[0-7]) tahun"
)
_CASE_CLUES = ("abh", "dengan hukum", "bawah umur", "anak korban", "anak pelaku", "anak saksi", "pelaku anak", "tersangka anak",
               "korban anak")  # fmt: skip
_CASE_AGE = re.compile(r"u(?:sia|mur) (?:\d|1[0-7]) tahun")
# Beside a word of crime, custody or health these tell of a child's case too.
_CHILD_AGE = re.compile(
    r"\b(?:siswi|siswa|pelajar|bocah|remaja|gadis|santri\w*|anak)\b"
    r"(?:[^.(]{0,60}\((?:\d|1[0-7])\)|[^.]{0,30} (?:\d|1[0-7]) tahun\b)"
)
_BRACKETED, _YEARS = re.compile(r"\((?:\d|1[0-7])\)"), re.compile(r"\d(?:(?<= \d)|(?<= 1[0-7])) tahun\b")


def small(text: str) -> str:
    """The text in small letters, with a plain i and s for those of other alphabets; as long as the text."""
    return text.lower() if text.isascii() else text.replace("\u0130", "i").replace("\u0131", "i").replace("\u017f", "s").lower()


def childs_case(low: str) -> bool:
    """True where a child is told to be accused, a victim or a witness. ``low``: a text in small letters."""
    return bool(any(clue in low for clue in _CASE_CLUES) or _CASE_AGE.search(low)) and _CHILD_CASE.search(low) is not None


def childs_age(low: str) -> bool:
    """True where somebody below 18 is named with the age. ``low``: a text in small letters."""
    return bool(_YEARS.search(low) or _BRACKETED.search(low)) and _CHILD_AGE.search(low) is not None


def may_number(text: str) -> bool:
    """False where ``numbers`` surely finds nothing."""
    if _CASE.search(text):
        return True
    figures = text.encode(errors="replace").translate(_FIGURES)
    return any(clue in figures for clue in _FIGURED) and _DIGITS.search(text) is not None


def numbers(text: str) -> Iterator[tuple[int, int]]:
    """Spans of case numbers, population numbers and telephone numbers."""
    if may_number(text):
        yield from (match.span() for match in _NUMBER.finditer(text))


def may_address(text: str) -> bool:
    """False where ``addresses`` surely finds nothing."""
    return _PLACE.search(text) is not None


def addresses(text: str, people: Sequence[int], *, child: bool) -> Iterator[tuple[int, int]]:
    """Spans of home addresses: exact ones, those just behind a masked name (``people``: where they end), and any at all in a
    child's case; never a unit's."""
    if not may_address(text):
        return
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
