"""Names of units that the gazetteer does not settle, counted over articles: what an analyst should look at first. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from pipeline.classify.unit_gazetteer import Unit
from pipeline.classify.unit_index import folded
from pipeline.classify.units import UnitFinder

_CLASS = re.compile(r" Kelas (?:III|II[AB]?|I)(?!\w)")
UNKNOWN, OPEN = "tidak dikenal", "bermakna ganda"
NEAR = 0.84  # likeness of spelling from which a unit is shown as meant: "Lapas Sidoardjo" is, "Lapas Sidomulyo" is not


@dataclass(frozen=True, slots=True)
class Naming:
    """One unsettled name in one article."""

    name: str
    outlet: str
    at: datetime
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A name with all its articles; ``meant`` are the units that it may mean, ``example`` is the latest article."""

    name: str
    reason: str
    articles: int
    outlets: int
    first: datetime
    last: datetime
    example: Naming
    meant: tuple[str, ...]


def unsettled(namings: Iterable[Naming], finder: UnitFinder, units: Iterable[Unit]) -> list[Unsettled]:
    """The names, most articles first, then most outlets. A class more or less makes no other name."""
    groups: dict[str, list[Naming]] = {}
    for one in namings:
        groups.setdefault(folded(without_class(one.name)), []).append(one)
    known = {folded(without_class(unit.name)): unit.name for unit in units}
    found = []
    for held in groups.values():
        held.sort(key=lambda one: (one.at, one.url))
        counts = Counter(one.name for one in held)
        name = min(counts, key=lambda form: (-counts[form], -len(form), form))
        candidates = [mention.candidates for mention in finder.find("", name) if mention.candidates]
        meant = candidates[0] if candidates else _near(name, known)
        outlets = len({one.outlet for one in held})
        reason = OPEN if candidates else UNKNOWN
        found.append(Unsettled(name, reason, len(held), outlets, held[0].at, held[-1].at, held[-1], meant))
    return sorted(found, key=lambda one: (-one.articles, -one.outlets, one.name))


def without_class(name: str) -> str:
    """A unit's name less its class, which outlets omit and misprint."""
    return _CLASS.sub("", name)


def _near(name: str, known: Mapping[str, str]) -> tuple[str, ...]:
    plain = folded(without_class(name))
    kind = plain.split()[0]
    return tuple(known[one] for one in get_close_matches(plain, known, n=3, cutoff=NEAR) if one.split()[0] == kind)
