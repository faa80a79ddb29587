"""A text as copies are compared: words, respellings folded; figures, days and quotations that tell an event. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.stories.runs import Shingles as Shingles
    from pipeline.stories.runs import Spellings

KNOWN_WORDS = 200_000
SHINGLE = 5  # words: five in a row seldom recur by chance, and an outlet's light edits leave most runs whole
_NAMES = {
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
_CLASS_WORDS = ("kelas", "klas", "kls")
_STEPS = {"i": "i", "ii": "ii", "iii": "iii", "1": "i", "2": "ii", "3": "iii"}


def _respellings() -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """(words as outlets write them, words that they are folded to): names, and a unit's class.

    Outlets respell both; folding "II B" to "IIB" alone raised one wire pair from .59 to .87.
    """
    for name, forms in _NAMES.items():
        for form in forms:
            yield tuple(form.split()), (name,)
    for word in _CLASS_WORDS:
        for step, told in _STEPS.items():
            yield (word, step), ("kelas", told)
            for letter in "ab":
                yield (word, step + letter), ("kelas", told + letter)
                yield (word, step, letter), ("kelas", told + letter)


RESPELT = dict(_respellings())
# First word → how many words spellings that begin with it have, the longest first.
_LENGTHS = {
    first: sorted({len(spelt) for spelt in RESPELT if spelt[0] == first}, reverse=True)
    for first in {spelt[0] for spelt in RESPELT}
}
_ASCII = bytes(range(128))
_LETTER = re.compile(r"[^\W\x00-\x7f]")  # beyond ASCII
_FOREIGN = re.compile(r"(?:[^\w\x00-\x7f])+")  # beyond ASCII and no letter or digit: curly quotes, dashes, special spaces
_APART = bytes(byte if byte > 127 else ord(chr(byte).lower()) if chr(byte).isalnum() else ord(" ") for byte in range(256))


def words(text: str) -> list[str]:
    """The words of a text (runs of letters and digits), lower case, class and institution names folded to one spelling."""
    found = _apart(text).decode().split()
    kept: list[str] = []
    done = 0
    for place in [place for place, word in enumerate(found) if word in _LENGTHS]:
        if place < done:
            continue  # inside a name that was folded
        for length in _LENGTHS[found[place]]:
            told = RESPELT.get(tuple(found[place : place + length]))
            if told:
                kept += found[done:place]
                kept += told
                done = place + length
                break
    return kept + found[done:]


def _apart(text: str) -> bytes:
    """Runs of letters and digits, lower case, with spaces between; UTF-8."""
    if text.isascii():
        return text.encode().translate(_APART)
    beyond = text.encode("utf-8", "surrogatepass").translate(None, _ASCII).decode("utf-8", "surrogatepass")
    if _LETTER.search(beyond):
        return _FOREIGN.sub(" ", text.lower()).encode().translate(_APART)
    return text.encode("ascii", "replace").translate(_APART)  # no letters among them: question marks do as well


class _Hashes(dict[str, int]):
    """Words met so far → their hashes; begun anew when full."""

    def __missing__(self, word: str) -> int:
        from pipeline.stories.runs import hash_of

        if len(self) >= KNOWN_WORDS:
            self.clear()
        found = self[word] = hash_of(word.encode())
        return found


_HASHES = _Hashes()


def shingles(text: str, size: int = SHINGLE) -> Shingles:
    """The different runs of ``size`` words, as sorted numbers; a shorter text gives one run, an empty one none."""
    from pipeline.stories.runs import runs

    return runs(list(map(_HASHES.__getitem__, words(text))), size)


def shingles_of(texts: Sequence[str], size: int = SHINGLE) -> list[Shingles]:
    """``shingles`` of many texts at once, for a third of what they cost one after another."""
    from pipeline.stories.runs import runs_of

    return runs_of(map(_apart, texts), size, _spellings())


@cache
def _spellings() -> Spellings:
    from pipeline.stories.runs import Spellings

    return Spellings.of({_encoded(spelt): _encoded(told) for spelt, told in RESPELT.items()})


def _encoded(told: tuple[str, ...]) -> tuple[bytes, ...]:
    return tuple(word.encode() for word in told)


def similarity(one: Shingles, other: Shingles) -> tuple[float, float]:
    """(Jaccard, containment of the smaller in the larger) of two texts' runs; (0, 0) when either is empty."""
    import numpy as np

    if not len(one) or not len(other):
        return 0.0, 0.0
    both = np.concatenate((one, other))
    both.sort()
    shared = int(np.count_nonzero(both[1:] == both[:-1]))
    return shared / (len(one) + len(other) - shared), shared / min(len(one), len(other))


# A figure that no word or figure runs into. The look back stands behind the first digit, so that the search leaps to digits.
_FIGURE = re.compile(r"\d(?<![\w.,/]\d)[\d.,]*\d(?![\w/])")
_YEAR, _CLOCK = re.compile(r"(?:19|20)\d\d"), re.compile(r"[0-2]?\d[.:][0-5]\d")


def numbers_of(text: str) -> frozenset[str]:
    """Figures that may tell an event: of two digits and more, without points, clocks and years."""
    found: set[str] = set()
    for match in _FIGURE.finditer(text):
        plain = match[0].replace(".", "").replace(",", "")
        if not _YEAR.fullmatch(plain) and not _CLOCK.fullmatch(match[0]):
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
    rf"|\b(?:(?P<long>\d{{1,2}}) (?P<name>{'|'.join(_MONTHS)})|(?P<week>{'|'.join(_WEEKDAYS)}|jum['’`]at))\b"
)
OPENING = 600  # characters: reporters say when it happened in the first sentences


def days_of(text: str, published: date) -> frozenset[date]:
    """The days that the opening names for what happened: "(16/7)", "16 Juli", or a weekday, the last one up to ``published``.

    A day that was given with its date is taken by it alone; of days further than ten days back none is news.
    """
    dated: set[date] = set()
    named: set[date] = set()
    for match in _DAY.finditer(text[:OPENING].lower()):
        if match["week"]:
            number = _WEEKDAYS.get(re.sub("['’`]", "", match["week"]), 4)
            named.add(published - timedelta(days=(published.weekday() - number) % 7))
            continue
        month = int(match["month"]) if match["month"] else _MONTHS.index(match["name"]) + 1
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


NOWHERE = Scene()
