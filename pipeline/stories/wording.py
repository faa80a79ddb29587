"""A text as copies are compared: respellings folded, words in runs of five as sorted 32-bit numbers. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zlib import crc32

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Shingles = NDArray[np.uint32]

SHINGLE = 5  # words: five in a row seldom recur by chance, and an outlet's light edits leave most runs whole
# Outlets respell a unit's class and the ministry's name; folding "II B" to "IIB" alone raised one wire pair from .59 to .87.
_CLASS_WORDS = frozenset(("kelas", "klas", "kls"))
_CLASS = re.compile(r"(iii|ii|i|3|2|1)([ab])?")
_ROMAN = {"1": "i", "2": "ii", "3": "iii"}
_SPELLINGS = {
    "pemasyarakatan": ("permasyarakatan",),
    "lapas": ("lembaga pemasyarakatan", "lembaga permasyarakatan"),
    "rutan": ("rumah tahanan negara", "rumah tahanan"),
    "ditjenpas": ("direktorat jenderal pemasyarakatan", "ditjen pemasyarakatan", "ditjen pas"),
    "kemenimipas": (
        "kementerian imigrasi dan pemasyarakatan",
        "kementerian imigrasi dan permasyarakatan",
        "kementerian imipas",
        "kemen imipas",
        "kemenimpas",
        "kemenipas",
    ),
    "menimipas": ("menteri imigrasi dan pemasyarakatan", "menteri imipas", "menimpas"),
    "kanwil": ("kantor wilayah",),
    "wbp": ("warga binaan pemasyarakatan", "warga binaan", "narapidana", "napi"),
    "kalapas": ("kepala lembaga pemasyarakatan", "kepala lapas"),
    "karutan": ("kepala rumah tahanan negara", "kepala rumah tahanan", "kepala rutan"),
}
# First word → the other words of a spelling and what they are folded to, the longest spelling first.
_BY_FIRST: dict[str, list[tuple[list[str], str]]] = {}
for _name, _forms in _SPELLINGS.items():
    for _form in sorted(_forms, key=lambda form: -len(form.split())):
        _BY_FIRST.setdefault(_form.split()[0], []).append((_form.split()[1:], _name))
for _held in _BY_FIRST.values():
    _held.sort(key=lambda pair: -len(pair[0]))
_WORD = re.compile(r"[^\W_]+")
_FACTOR = 0x9E3779B97F4A7C15  # 2**64 / golden ratio: spreads neighbouring numbers (Knuth, The Art of Computer Programming 6.4)
_MASK = (1 << 64) - 1


def words(text: str) -> list[str]:
    """The words of a text, lower case, class and institution names folded to one spelling."""
    found = _WORD.findall(text.lower())
    kept: list[str] = []
    place = 0
    while place < len(found):
        word = found[place]
        place += 1
        if word in _CLASS_WORDS and place < len(found) and (match := _CLASS.fullmatch(found[place])):
            step, letter = _ROMAN.get(match[1], match[1]), match[2] or ""
            place += 1
            if not letter and place < len(found) and found[place] in ("a", "b"):
                letter = found[place]
                place += 1
            kept += ["kelas", step + letter]
            continue
        for rest, name in _BY_FIRST.get(word, ()):
            if found[place : place + len(rest)] == rest:
                word = name
                place += len(rest)
                break
        kept.append(word)
    return kept


@lru_cache(maxsize=200_000)
def _number(word: str) -> int:
    return crc32(word.encode("utf-8", "replace"))


def shingles(text: str, size: int = SHINGLE) -> Shingles:
    """The different runs of ``size`` words, as sorted numbers; a shorter text gives one run, an empty one none.

    Two different runs fall on one number once in four thousand million: no matter for a share of common runs.
    """
    import numpy as np

    numbers = np.array([_number(word) for word in words(text)], dtype=np.uint64)
    if not len(numbers):
        return np.array([], dtype=np.uint32)
    size = min(size, len(numbers))
    runs = np.zeros(len(numbers) - size + 1, dtype=np.uint64)
    factor = np.uint64(_FACTOR)
    for place in range(size):
        runs = runs * factor + numbers[place : place + len(runs)] + np.uint64(1)
    runs ^= runs >> np.uint64(29)
    runs *= np.uint64(0xBF58476D1CE4E5B9)
    return np.unique((runs >> np.uint64(32)).astype(np.uint32))


def similarity(one: Shingles, other: Shingles) -> tuple[float, float]:
    """(Jaccard, containment of the smaller in the larger) of two texts' runs; (0, 0) when either is empty."""
    import numpy as np

    if not len(one) or not len(other):
        return 0.0, 0.0
    shared = len(np.intersect1d(one, other, assume_unique=True))
    return shared / (len(one) + len(other) - shared), shared / min(len(one), len(other))


def numbers_of(text: str) -> frozenset[str]:
    """Figures that may tell an event: of two digits and more, without points, clocks and years."""
    found: set[str] = set()
    for match in re.finditer(r"(?<![\w.,/])\d[\d.,]*\d(?![\w/])", text):
        plain = match[0].replace(".", "").replace(",", "")
        if not re.fullmatch(r"(?:19|20)\d\d", plain) and not re.fullmatch(r"[0-2]?\d[.:][0-5]\d", match[0]):
            found.add(plain)
    return frozenset(found)


_WEEKDAYS = {
    name: number
    for number, names in enumerate(("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu ahad"))
    for name in names.split()
}
_MONTHS = (
    "januari", "februari", "maret", "april", "mei", "juni", "juli", "agustus", "september", "oktober", "november", "desember",
)  # fmt: skip
_DAY = re.compile(
    r"\((?P<day>\d{1,2})\s*/\s*(?P<month>\d{1,2})(?:\s*/\s*\d{2,4})?\)"
    rf"|\b(?P<long>\d{{1,2}}) (?P<name>{'|'.join(_MONTHS)})\b|\b(?P<week>{'|'.join(_WEEKDAYS)}|jum['’`]at)\b",
    re.IGNORECASE,
)
OPENING = 600  # characters: reporters say when it happened in the first sentences


def days_of(text: str, published: date) -> frozenset[date]:
    """The days that the opening names for what happened: "(16/7)", "16 Juli", or a weekday, the last one up to ``published``.

    A day that was given with its date is taken by it alone; of days further than ten days back none is news.
    """
    dated: set[date] = set()
    named: set[date] = set()
    for match in _DAY.finditer(text[:OPENING]):
        if match["week"]:
            number = _WEEKDAYS.get(re.sub("['’`]", "", match["week"].lower()), 4)
            named.add(published - timedelta(days=(published.weekday() - number) % 7))
            continue
        month = int(match["month"]) if match["month"] else _MONTHS.index(match["name"].lower()) + 1
        for year in (published.year, published.year - 1):
            try:
                found = date(year, month, int(match["day"] or match["long"]))
            except ValueError:
                continue
            if timedelta(0) <= published - found <= timedelta(days=10):
                dated.add(found)
    return frozenset(dated or named)


_QUOTE = re.compile(r"[\"“”«]([^\"“”«»\n]{15,600})[\"“”»]")


def quotes_of(text: str) -> tuple[Any, ...]:
    """What is quoted in a text, each as its runs of three words; shorter quotations tell nothing."""
    found = (shingles(match[1], 3) for match in _QUOTE.finditer(text))
    return tuple(quote for quote in found if len(quote) >= 4)


_UNIT_CLASS = re.compile(r"\s*\bKelas (?:III|II[AB]?|I)\b")


@dataclass(frozen=True, slots=True)
class Scene:
    """Whose doing an article tells: the unit that acts ("" where none is named), and all that are named, without their class."""

    unit: str = ""
    units: frozenset[str] = frozenset()

    @classmethod
    def of(cls, unit: str, units: Iterable[str]) -> Scene:
        """From names as the gazetteer or the article gives them: outlets leave the class out or misprint it."""
        return cls(_UNIT_CLASS.sub("", unit), frozenset(_UNIT_CLASS.sub("", one) for one in units))

    def strange_to(self, other: Scene) -> bool:
        """True where two articles are about different units and neither names the other's: a template, not a copy."""
        return bool(self.unit and other.unit) and self.unit not in other.units and other.unit not in self.units
