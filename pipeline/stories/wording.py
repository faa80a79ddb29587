"""A text as copies are compared: respellings folded, words in runs of five as sorted 32-bit numbers. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zlib import crc32

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Shingles = NDArray[np.uint32]

SHINGLE = 5  # words: five in a row seldom recur by chance, and an outlet's light edits leave most runs whole
# Outlets respell a unit's class and the ministry's name; folding "II B" to "IIB" alone raised one wire pair from .59 to .87.
_CLASS = re.compile(r"\b(?:kelas|klas|kls)\W+(iii|ii|i|3|2|1)\W*([ab])?\b")
_ROMAN = {"1": "i", "2": "ii", "3": "iii"}
_FOLDS = (
    (re.compile(r"\bpermasyarakatan\b"), "pemasyarakatan"),
    (re.compile(r"\blembaga pemasyarakatan\b"), "lapas"),
    (re.compile(r"\brumah tahanan(?: negara)?\b"), "rutan"),
    (re.compile(r"\b(?:direktorat jenderal|ditjen) (?:pemasyarakatan|pas)\b"), "ditjenpas"),
    (re.compile(r"\b(?:kementerian imigrasi dan pemasyarakatan|kemen ?imi?pas|kementerian imi?pas|kemenimpas)\b"), "kemenimipas"),
    (re.compile(r"\b(?:menteri imigrasi dan pemasyarakatan|menteri imi?pas|menimpas)\b"), "menimipas"),
    (re.compile(r"\b(?:kantor wilayah|kanwil)\b"), "kanwil"),
    (re.compile(r"\b(?:warga binaan(?: pemasyarakatan)?|narapidana|wbp|napi)\b"), "wbp"),
    (re.compile(r"\b(?:kalapas|kepala lapas)\b"), "kalapas"),
    (re.compile(r"\b(?:karutan|kepala rutan)\b"), "karutan"),
)
_WORD = re.compile(r"[^\W_]+")
_FACTOR = 0x9E3779B97F4A7C15  # 2**64 / golden ratio: spreads neighbouring numbers (Knuth, The Art of Computer Programming 6.4)
_MASK = (1 << 64) - 1


def words(text: str) -> list[str]:
    """The words of a text, lower case, class and institution names folded to one spelling."""
    folded = _CLASS.sub(lambda match: f"kelas {_ROMAN.get(match[1], match[1])}{match[2] or ''}", text.lower())
    for pattern, name in _FOLDS:
        folded = pattern.sub(name, folded)
    return _WORD.findall(folded)


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


_QUOTE = re.compile(r"[\"“”«]([^\"“”«»\n]{15,600})[\"“”»]")


def quotes_of(text: str) -> tuple[Any, ...]:
    """What is quoted in a text, each as its runs of three words; shorter quotations tell nothing."""
    found = (shingles(match[1], 3) for match in _QUOTE.finditer(text))
    return tuple(quote for quote in found if len(quote) >= 4)
