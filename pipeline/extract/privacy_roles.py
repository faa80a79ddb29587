"""What words say of a name beside them: roles, offices, things, places; and the groups of words that may be names."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from pipeline.extract import privacy_words as words

ADULT = 18  # UU 11/2012 SPPA, article 1: a child is below it


class Says(Enum):
    """What the words around a name say of it."""

    __hash__ = object.__hash__

    PRIVATE = "private"
    COMMON = "a role that many share"  # staff, residents: a word behind it is less surely a name
    CHILD = "child"
    FAMILY = "family"
    OFFICE = "office"
    BESIDE_CHILD = "an office that tells who a child is"  # "ayah ABH itu, Kapolsek X", the head of its school
    NAME = "name"  # surely a name, of nobody knows whom
    MAYBE = "maybe"  # a name only if it was met elsewhere


PRIVATE = frozenset({Says.PRIVATE, Says.COMMON, Says.CHILD, Says.FAMILY})


class Group(NamedTuple):
    """Neighbouring words that may be one name: its span, its words in small letters without stops, and what is said of it."""

    start: int
    end: int
    parts: tuple[str, ...]
    says: Says
    initials: bool = False


class Kind(Enum):
    """What a word is, by the closed lists."""

    __hash__ = object.__hash__  # Enum's own is a function call, and kinds are asked for at every word

    PRIVATE = 1
    COMMON = 11
    CHILD = 2
    FAMILY = 3
    OFFICE = 4
    FORMER = 5
    THING = 6
    UNIT = 7
    OTHER = 8
    HONORIFIC = 9
    JOINT = 10


WEAK = frozenset({Kind.THING, Kind.OTHER, Kind.JOINT, Kind.HONORIFIC})
# A run of these alone holds no name, and says nothing that the words before the next name would not tell as well.
EMPTY = frozenset(set(Kind) - {Kind.OFFICE})
UNITS = frozenset(
    "lapas lp lpp rutan lpka bapas rupbasan kanwil polres polresta polsek polda kodim kejari"
    " kabupaten kota kecamatan desa".split()
)
_JOINTS = frozenset("bin binti ibn van de da dos al el der".split())
ALIASES = frozenset("alias als aka a.k.a".split())
AREAS = frozenset("kabupaten kota kecamatan desa".split())
PLACE_OPENERS = frozenset(
    "bandar kuala muara batu bukit tanjung teluk sungai pulau sei aek lubuk karang pagar gunung ujung loh air rimbo ulu"
    " kelas i ii iii iia iib".split()
)
SERVICES = frozenset("pelayanan rumah pembinaan perawatan keperawatan bimbingan pembimbingan registrasi pengelolaan".split())
SIDES = frozenset("utara selatan timur barat tengah tenggara pusat raya".split())
SUBTYPES = frozenset("perempuan wanita anak pemuda narkotika khusus terbuka".split())
OPENERS = frozenset("seorang salah satu si juga merupakan adalah mantan eks bekas yang sebagai".split())
KINDS: dict[str, Kind] = {
    **dict.fromkeys(words.OTHER, Kind.OTHER),
    **dict.fromkeys(words.HONORIFIC, Kind.HONORIFIC),
    **dict.fromkeys(words.THING, Kind.THING),
    **dict.fromkeys(UNITS, Kind.UNIT),
    **dict.fromkeys(words.PRIVATE, Kind.PRIVATE),
    **dict.fromkeys(words.STAFF | words.PERSON, Kind.COMMON),
    **dict.fromkeys(words.FAMILY, Kind.FAMILY),
    **dict.fromkeys(words.CHILD, Kind.CHILD),
    **dict.fromkeys(words.OFFICE, Kind.OFFICE),
    **dict.fromkeys(words.FORMER, Kind.FORMER),
    **dict.fromkeys(_JOINTS, Kind.JOINT),
}
SAYS = {
    Kind.PRIVATE: Says.PRIVATE,
    Kind.COMMON: Says.COMMON,
    Kind.CHILD: Says.CHILD,
    Kind.FAMILY: Says.FAMILY,
    Kind.OFFICE: Says.OFFICE,
}
