"""The grammar of unit names: type, subtype, class and place as the press writes them, in any order it uses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_DIRECTORATE = r"(?:ditjen ?pas|(?:ditjen |direktorat jenderal )?per?masyarakatan)"
KIND_FORMS = (
    ("kanwil", rf"(?:kanwil|kakanwil|(?:kepala )?kantor wilayah) {_DIRECTORATE}"),
    ("lpka", r"lpka|lembaga pembinaan khusus anak|kalpka|lapas anak"),
    ("bapas", r"bapas|balai pemasyarakatan|kabapas"),
    ("rutan", r"rutan|rumah tahanan(?: negara)?|karutan|cabrutan"),
    ("lapas", r"lapas|lembaga per?masyarakatan|kalapas|lapastik|lpp|lpn|lp"),
)
_SUBTYPE = {name: name for name in ("perempuan", "narkotika", "pemuda", "terbuka", "khusus")}
_SUBTYPE |= {"wanita": "perempuan", "khusus narkotika": "narkotika"}
_SHORT_SUBTYPE = {"lapastik": "narkotika", "lpn": "narkotika", "lpp": "perempuan"}
_HEADS = ("kalapas", "karutan", "kabapas", "kalpka", "kakanwil", "kepala kantor")
_SUB = r"(?:khusus narkotika|perempuan|wanita|narkotika|pemuda|terbuka|khusus)"
# "Kelas IIA", "Klas II B", "Kelas 2A"; a bare Roman numeral in capitals ("Lapas IIA ...", "Lapas I ...") is a class too.
_CLS = r"(?:(?:kelas|klas|kls)\.?\s*(?:iii|ii|i|[123])(?:\s?[-.]?\s?[ab])?|(?-i:III|II[AB]?|I))"
_GRAMMAR = re.compile(
    # A first look at one letter (the last is the Kelvin sign, a K to the engine) passes over most of a text.
    rf"(?i)(?=(?-i:[bcklrBCKLR\u212a]))(?<![\w-])(?P<head>{'|'.join(form for _, form in KIND_FORMS)})(?![\w-])"
    rf"(?:[ \u00a0]+(?P<sub1>{_SUB})(?!\w))?(?:[ \u00a0]+(?P<cls>{_CLS})(?!\w))?(?:[ \u00a0]+(?P<sub2>{_SUB})(?!\w))?"
)
_TOKEN = re.compile(r"[ \u00a0]+((?:[A-Z][\w'’]*(?:[.-][A-Z][\w'’]*)*)|DI\b)")
_CLASS_AFTER = re.compile(rf"(?i)[ \u00a0]+(?P<cls>{_CLS})(?!\w)")
PLACE_WORDS = 3


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """Lower-case words that are no place: none begins with one of ``first``, none goes on with one of ``first`` or ``later``."""

    first: frozenset[str] = frozenset()
    later: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit name as written: ``words`` may be its place, each ending at its entry of ``ends``; ``head``: named by a title."""

    kind: str
    subtype: str
    unit_class: str
    head: bool
    words: tuple[str, ...]
    ends: tuple[int, ...]
    start: int
    end: int
    field: str


def candidates(field: str, source: str, limit: int, barred: PlaceWords) -> list[Candidate]:
    """The unit names in ``source``, in order; a place takes at most ``limit`` capitalised words, none of them ``barred``."""
    found = []
    for match in _GRAMMAR.finditer(source):
        head = re.sub(r"\s+", " ", match["head"].lower())
        if head in ("lp", "lpp", "lpn") and not match["head"].isupper():
            continue
        kind = _kind_of(head)
        subtype = _SUBTYPE.get((match["sub1"] or match["sub2"] or "").lower(), _SHORT_SUBTYPE.get(head, ""))
        words, ends, position = _place(source, match.end(), limit, barred)
        step = match["cls"]
        after = _CLASS_AFTER.match(source, position) if words and not step else None
        end = after.end() if after else position
        found.append(
            Candidate(kind, subtype, _class(after["cls"] if after else step), head.startswith(_HEADS), tuple(words), tuple(ends),
                       match.start(), end, field)
        )  # fmt: skip
    return found


@lru_cache(maxsize=256)
def _kind_of(head: str) -> str:
    return next(kind for kind, form in KIND_FORMS if re.fullmatch(form, head))


def _place(source: str, position: int, limit: int, barred: PlaceWords) -> tuple[list[str], list[int], int]:
    words: list[str] = []
    ends: list[int] = []
    while len(words) < limit and (match := _TOKEN.match(source, position)) and not _CLASS_AFTER.match(source, position):
        word = match[1]
        plain = word.strip(".").casefold()
        if plain in barred.first or (words and (plain in barred.later or len(plain) == 1)):
            break
        position = match.end()
        if word.endswith("."):
            break
        words.append(word)
        ends.append(position)
    return words, ends, position


def _class(value: str | None) -> str:
    if not value:
        return ""
    parts = re.search(r"(?i)(iii|ii|i|[123])\s?[-.]?\s?([ab])?$", value.strip())
    if parts is None:
        return ""
    step = {"1": "I", "2": "II", "3": "III"}.get(parts[1], parts[1].upper())
    return step + (parts[2] or "").upper()
