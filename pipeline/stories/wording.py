"""A text as copies are compared: respellings folded, words in runs of five as sorted 32-bit numbers. Pure."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
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
_FIRSTS = frozenset(_BY_FIRST) | _CLASS_WORDS
_FOREIGN = re.compile(r"(?:[^\w\x00-\x7f])+")  # beyond ASCII and no letter or digit: curly quotes, dashes, special spaces
_MARKS = tuple(mark.encode() for mark in "“”‘’–—…\u00a0")  # what most texts hold of them
_APART = bytes(byte if byte > 127 else ord(chr(byte).lower()) if chr(byte).isalnum() else ord(" ") for byte in range(256))
_FACTOR = 0x9E3779B97F4A7C15  # 2**64 / golden ratio: spreads neighbouring numbers (Knuth, The Art of Computer Programming 6.4)
_STIR = 0xBF58476D1CE4E5B9  # an odd number whose product carries every bit upwards
KNOWN_WORDS = 200_000
BATCH = 2_000  # texts whose runs are counted at once: some 10 MB of working memory


def words(text: str) -> list[str]:
    """The words of a text, lower case, class and institution names folded to one spelling."""
    found = _split(text)
    if _FIRSTS.isdisjoint(found):
        return found
    kept: list[str] = []
    done = 0
    for place in [place for place, word in enumerate(found) if word in _FIRSTS]:
        if place < done:
            continue  # inside a name that was folded
        told, length = _folded(found, place)
        if length:
            kept += found[done:place]
            kept += told
            done = place + length
    return kept + found[done:]


def _split(text: str) -> list[str]:
    """Runs of letters and digits, lower case."""
    held = text.encode("utf-8", "surrogatepass")
    if not held.isascii():
        for mark in _MARKS:
            held = held.replace(mark, b" ")
        if not held.isascii():
            held = _FOREIGN.sub(" ", text.lower()).encode("utf-8", "surrogatepass")
    return held.translate(_APART).decode("utf-8", "surrogatepass").split()


def _folded(found: list[str], place: int) -> tuple[list[str], int]:
    """What a class or a name that begins at ``place`` is folded to, and of how many words it is; 0 where none begins."""
    word = found[place]
    if word in _CLASS_WORDS:
        match = _CLASS.fullmatch(found[place + 1]) if place + 1 < len(found) else None
        if match is None:
            return [], 0
        step, letter, behind = _ROMAN.get(match[1], match[1]), match[2] or "", found[place + 2 : place + 3]
        if not letter and behind in (["a"], ["b"]):
            return ["kelas", step + behind[0]], 3
        return ["kelas", step + letter], 2
    for rest, name in _BY_FIRST[word]:
        if found[place + 1 : place + 1 + len(rest)] == rest:
            return [name], 1 + len(rest)
    return [], 0


class _Numbers(dict[str, int]):
    """Words met so far → their numbers; begun anew when full."""

    def __missing__(self, word: str) -> int:
        if len(self) >= KNOWN_WORDS:
            self.clear()
        number = self[word] = crc32(word.encode("utf-8", "replace"))
        return number


_NUMBERS = _Numbers()


def shingles(text: str, size: int = SHINGLE) -> Shingles:
    """The different runs of ``size`` words, as sorted numbers; a shorter text gives one run, an empty one none.

    Two different runs fall on one number once in four thousand million: no matter for a share of common runs.
    """
    import numpy as np

    numbers = _numbered(words(text))
    return _different(_runs(numbers, min(size, len(numbers)))) if len(numbers) else np.array([], dtype=np.uint32)


def shingles_of(texts: Sequence[str]) -> list[Shingles]:
    """``shingles`` of many texts, by a few passes over all their words together."""
    found: list[Shingles] = []
    for first in range(0, len(texts), BATCH):
        found += _together(texts[first : first + BATCH])
    return found


def _together(texts: Sequence[str]) -> list[Shingles]:
    import numpy as np

    told = [words(text) for text in texts]
    lengths = np.array([len(one) for one in told])
    runs = _runs(_numbered(list(chain.from_iterable(told))), SHINGLE)
    ends = np.cumsum(lengths)
    counts = np.maximum(lengths - SHINGLE + 1, 0)
    owners = np.repeat(np.arange(len(told), dtype=np.uint64), counts)
    # A run that begins in the last words of a text ends in the next one's: it is none.
    starts = np.repeat(ends - lengths, counts) + np.arange(len(owners)) - np.repeat(np.cumsum(counts) - counts, counts)
    keys = _different(owners << np.uint64(32) | runs[starts])
    bounds = np.searchsorted(keys, np.arange(len(told) + 1, dtype=np.uint64) << np.uint64(32))
    flat = keys.astype(np.uint32)
    return [
        flat[start:end].copy() if length >= SHINGLE else shingles(text)
        for text, length, start, end in zip(texts, lengths, bounds[:-1], bounds[1:], strict=True)
    ]


def _different(numbers: NDArray[Any]) -> NDArray[Any]:
    """Sorted, each once: ``numpy.unique`` gives the same by a hash table, many times slower here."""
    import numpy as np

    ranked = np.sort(numbers)
    return ranked[np.concatenate(([True], ranked[1:] != ranked[:-1]))] if len(ranked) else ranked


def _numbered(told: Sequence[str]) -> NDArray[np.uint64]:
    import numpy as np

    return np.frombuffer(array("I", list(map(_NUMBERS.__getitem__, told))), dtype=np.uint32).astype(np.uint64)


def _runs(numbers: NDArray[np.uint64], size: int) -> NDArray[np.uint32]:
    """The number of every run of ``size`` words, in order; none where there are fewer."""
    import numpy as np

    runs = np.zeros(max(0, len(numbers) - size + 1), dtype=np.uint64)
    factor = np.uint64(_FACTOR)
    for place in range(size):
        runs = runs * factor + numbers[place : place + len(runs)] + np.uint64(1)
    runs ^= runs >> np.uint64(29)
    runs *= np.uint64(_STIR)
    return (runs >> np.uint64(32)).astype(np.uint32)


def similarity(one: Shingles, other: Shingles) -> tuple[float, float]:
    """(Jaccard, containment of the smaller in the larger) of two texts' runs; (0, 0) when either is empty."""
    import numpy as np

    if not len(one) or not len(other):
        return 0.0, 0.0
    shared = len(np.intersect1d(one, other, assume_unique=True))
    return shared / (len(one) + len(other) - shared), shared / min(len(one), len(other))


# A figure that no word or figure runs into. The look back stands behind the first digit, so that the search leaps to digits.
_FIGURE = re.compile(r"\d(?<![\w.,/]\d)[\d.,]*\d(?![\w/])")


def numbers_of(text: str) -> frozenset[str]:
    """Figures that may tell an event: of two digits and more, without points, clocks and years."""
    found: set[str] = set()
    for match in _FIGURE.finditer(text):
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
