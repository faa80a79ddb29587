"""What the lists say of a capital word, wherever it stands. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

from pipeline.extract.privacy_names import Names
from pipeline.extract.privacy_roles import ALIASES, EMPTY, KINDS, WEAK, Kind
from pipeline.text.stem import is_word

# Endings that hardly any other word has with two letters and more before them.
_NAME_ENDS = tuple(
    "wati ningsih ningrum ningtyas yanto wanto ianto danto manto nanto hono tono jono nyono jiono uddin udin ullah rahman syah"
    " yadi nadi hadi syadi wadi narto harjo sari dewi yani yati nuddin".split()
)
_DIGIT = re.compile(r"\d")
_INITIALS = re.compile(r"[A-Z]{1,3}|(?:[A-Z]\.){1,4}[A-Z]?")


class Fact(NamedTuple):
    """One capital word by itself: as it is written, in small letters (``raw``), and without a stop at its end (``low``)."""

    piece: str
    raw: str
    low: str
    kind: Kind | None  # None: no list of roles and things knows it
    short: bool  # of a kind, but in capitals that may be initials
    bends: bool  # that, or of another kind beside some words
    certain: bool  # on the list of names
    sure: bool  # that, or with a name's ending
    shared: bool  # a name that is also something else
    place: bool
    initials: bool
    plain: bool  # a word of the dictionary and no more
    telling: bool  # may be a name, an office or initials: a run without any is passed over
    opens: bool  # may be a name's first word, or an office

    @property
    def known(self) -> bool:
        """True for a word of the dictionary."""
        return is_word(self.low)


def fact_of(piece: str, names: Names, heads: frozenset[str], *, upper: bool) -> Fact:
    """What is known of ``piece``. ``heads``: first words of public people's names; ``upper``: all of its line is in capitals."""
    raw = piece.lower()
    low = raw.rstrip(".")
    certain, shared, place = low in names.certain, low in names.ambiguous, low in names.places
    sure = certain or (len(low) > 6 and not place and low.isascii() and low.isalpha() and low[2:].endswith(_NAME_ENDS))
    initials = _INITIALS.fullmatch(piece) is not None
    listed = KINDS.get(low)
    kind = Kind.OTHER if listed is None and not _nameable(piece, upper=upper or certain) else listed
    short = listed in WEAK and len(piece) < 4 and piece.isupper()
    bends = short or low == "raya" or (listed is Kind.FAMILY and shared)
    named = sure or shared or place or initials or low in heads or low in ALIASES
    return Fact(
        piece,
        raw,
        low,
        kind,
        short,
        bends,
        certain,
        sure,
        shared,
        place,
        initials,
        plain=kind is None and not named and is_word(low),
        telling=_telling(piece, raw, names),
        opens=bends or kind in (Kind.OFFICE, Kind.HONORIFIC) or (kind is None and (shared or not place)),
    )


def _telling(piece: str, raw: str, names: Names) -> bool:
    kind = KINDS.get(raw)
    if kind is None:
        return raw not in names.places or raw in names.ambiguous
    return kind not in EMPTY or (len(piece) < 4 and piece.isupper())


def _nameable(piece: str, *, upper: bool) -> bool:
    """False for "Rp5" and for what is written as an abbreviation, unless it is a name or may be initials."""
    if not piece.isalpha():
        return not _DIGIT.search(piece) and not ("-" in piece and any(part.isupper() for part in piece.split("-")))
    return upper or len(piece) < 4 or not piece.isupper()
