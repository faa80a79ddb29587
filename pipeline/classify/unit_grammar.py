"""The grammar of unit names: type, subtype, class and place as the press writes them, in any order it uses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from pipeline.classify.patterns import openings
from pipeline.text.letters import Letters

_DIRECTORATE = r"(?:ditjen ?pas|(?:ditjen |direktorat jenderal )?per?masyarakatan)"
_STORE = r"rumah penyimpanan (?:benda|barang) sitaan(?: dan barang rampasan)?(?: negara)?"
# "Rutan Negara Kelas IIB Ponorogo": there "Negara" is the long form's word, in "Rutan Kelas IIB Negara" it is the town in Bali.
_STATE = r"(?: negara(?= (?:kelas|klas|kls)))?"
KIND_FORMS = (
    ("kanwil", rf"(?:kanwil|kakanwil|kepala kantor wilayah|kantor wilayah) {_DIRECTORATE}"),
    ("lpka", r"lpka|lembaga pembinaan khusus anak|kalpka|lapas anak"),
    ("bapas", r"bapas|balai pemasyarakatan|kabapas"),
    ("rupbasan", rf"rupbasan|{_STORE}"),
    ("rutan", rf"rutan{_STATE}|rumah tahanan(?: negara)?|karutan|cabrutan"),
    ("lapas", r"lapas|lembaga per?masyarakatan|kalapas|lapastik|lpp|lpn|lp"),
)
_SUBTYPE = {name: name for name in ("perempuan", "narkotika", "pemuda", "terbuka", "khusus")}
_SUBTYPE |= {"wanita": "perempuan", "khusus narkotika": "narkotika"}
_SHORT_SUBTYPE = {"lapastik": "narkotika", "lpn": "narkotika", "lpp": "perempuan"}
SHORT = ("lp", "lpp", "lpn")  # capitals only, and other bodies use them too
_HEADS = ("kalapas", "karutan", "kabapas", "kalpka", "kakanwil", "kepala kantor")
_SUB = r"(?:khusus narkotika|perempuan|wanita|narkotika|pemuda|terbuka|khusus)"
# What kind of guard a prison has is told in passing and is no part of its name.
_GUARD = r"(?:high[ -]risk|super[ -]maxi?mum(?:[ -]security)?|(?:maxi?|medi|mini)mum[ -]security)"
# "Kelas IIA", "Klas II B", "Kelas 2A"; a bare Roman numeral in capitals ("Lapas IIA ...", "Lapas I ...") is a class too.
_CLS = r"(?:(?:kelas|klas|kls)\.?\s*(?:iii|ii|i|[123])(?:\s?[-.]?\s?[ab])?|(?-i:III|II[AB]?|I))"
_GRAMMAR = re.compile(
    rf"(?i)(?<![\w-])(?P<head>{'|'.join(form for _, form in KIND_FORMS)})(?![\w-])"
    rf"(?:[ \u00a0]+{_GUARD}(?!\w))?(?:[ \u00a0]+(?P<sub1>{_SUB})(?!\w))?(?:[ \u00a0]+(?P<cls>{_CLS})(?!\w))?"
    rf"(?:[ \u00a0]+(?P<sub2>{_SUB})(?!\w))?(?:[ \u00a0]+(?P<cls2>{_CLS})(?!\w))?"
)
_TOKEN = re.compile(r"[ \u00a0]+((?:[A-Z][\w'’]*(?:[.-][A-Z][\w'’]*)*)|DI\b)")
_CLASS_AFTER = re.compile(rf"(?i)[ \u00a0]+(?P<cls>{_CLS})(?!\w)")
PLACE_WORDS = 3
# A title writes them after a place ("Lapas Klaten Baru Panen"); in a text their capital makes them part of a name.
NAME_WORDS = frozenset("baru dalam tua raya satu dua tiga empat lima".split())


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """Lower-case words that are no place: none begins with one of ``first``, none goes on with one of ``first`` or ``later``."""

    first: frozenset[str] = frozenset()
    later: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit name as written: ``words`` may be its place, each ending at its entry of ``ends``; ``head``: named by a title.

    ``after`` is where the place begins, blanks before it; ``short``: an abbreviation that other bodies use too.
    """

    kind: str
    subtype: str
    unit_class: str
    head: bool
    words: tuple[str, ...]
    ends: tuple[int, ...]
    start: int
    after: int
    field: str
    short: bool


def candidates(field: str, source: str, limit: int, barred: PlaceWords) -> list[Candidate]:
    """The unit names in ``source``, in order; a place takes at most ``limit`` capitalised words, none of them ``barred``."""
    found = []
    for match in _matches(source):
        written, sub1, step, sub2, step2 = match.groups()
        kind, subtype, head, short = _read_head(written.lower())
        if short and not written.isupper():
            continue
        sub = sub1 or sub2
        words, ends, position = place_words(source, match.end(), limit, barred)
        step = step or step2
        if words and not step and (after := _CLASS_AFTER.match(source, position)):
            step = after["cls"]
        found.append(
            Candidate(kind, _SUBTYPE[sub.lower()] if sub else subtype, _class(step) if step else "", head, tuple(words),
                      tuple(ends), match.start(), match.end(), field, short)
        )  # fmt: skip
    return found


def writes_a_kind(source: str) -> bool:
    """False where ``candidates`` finds nothing, whatever words are barred; told at little cost."""
    return next(_matches(source), None) is not None


def _matches(source: str) -> Iterator[re.Match[str]]:
    """What ``finditer`` of the grammar gives, tried only where a kind can begin."""
    small = source.lower()
    if len(small) != len(source):  # "İ" lowers to two characters
        yield from _GRAMMAR.finditer(source)
        return
    done = 0
    for start in _heads().starts(small):
        if start >= done and (match := _GRAMMAR.match(source, start)):
            done = match.end()
            yield match


@cache
def _heads() -> Letters[None]:
    return Letters(dict.fromkeys(openings("|".join(form for _, form in KIND_FORMS))))


def class_at(source: str, position: int) -> str:
    """The class that is written right behind ``position``; "" for none."""
    after = _CLASS_AFTER.match(source, position)
    return _class(after["cls"]) if after else ""


@lru_cache(maxsize=512)
def _read_head(written: str) -> tuple[str, str, bool, bool]:
    """Kind, subtype, whether it is a person's office, whether it is a short form, of a head in small letters."""
    head = " ".join(written.split())
    plain = "rutan" if head == "rutan negara" else head
    kind = next(kind for kind, form in KIND_FORMS if re.fullmatch(form, plain))
    return kind, _SHORT_SUBTYPE.get(head, ""), head.startswith(_HEADS), head in SHORT


def place_words(source: str, position: int, limit: int, barred: PlaceWords) -> tuple[list[str], list[int], int]:
    """The capitalised words behind ``position`` that may be a place, where each ends, and where the last one does."""
    words: list[str] = []
    ends: list[int] = []
    while len(words) < limit and (match := _TOKEN.match(source, position)) and not _CLASS_AFTER.match(source, position):
        word = match[1]
        plain = word.strip(".").casefold()
        named = words and plain in NAME_WORDS and not word.isupper()
        if not named and (plain in barred.first or (words and (plain in barred.later or len(plain) == 1))):
            break
        position = match.end()
        if word.endswith("."):
            break
        words.append(word)
        ends.append(position)
    return words, ends, position


def _class(value: str) -> str:
    parts = re.search(r"(?i)(iii|ii|i|[123])\s?[-.]?\s?([ab])?$", value.strip())
    if parts is None:
        return ""
    step = {"1": "I", "2": "II", "3": "III"}.get(parts[1], parts[1].upper())
    return step + (parts[2] or "").upper()
