"""The gazetteer ``config/units.csv``: every corrections unit with its class, place, office and validity; checked whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline.configfile import Problems, read_csv

COLUMNS = ("kind", "subtype", "class", "place", "name", "province", "kanwil", "lat", "lon", "aliases")
# A small gazetteer, such as the demo's, may do without these.
OPTIONAL = ("regency", "location_quality", "aliases_unverified", "valid_from", "valid_until", "source")
KINDS = ("lapas", "rutan", "lpka", "bapas", "rupbasan", "kanwil")
SUBTYPES = ("umum", "perempuan", "narkotika", "pemuda", "terbuka", "khusus", "group")
GROUP = "group"  # several units that the press names as one: "Lapas Nusakambangan"
CLASSES = ("", "I", "IIA", "IIB", "III", "II")
QUALITIES = ("", "site", "district", "regency")
# 33 since the time of Kemenkumham; the new provinces belong to the kanwil they came from.
KANWIL: tuple[str, ...] = (
    "Aceh", "Sumatera Utara", "Sumatera Barat", "Riau", "Kepulauan Riau", "Jambi", "Sumatera Selatan",
    "Kepulauan Bangka Belitung", "Bengkulu", "Lampung", "Daerah Khusus Jakarta", "Jawa Barat", "Banten", "Jawa Tengah",
    "DI Yogyakarta", "Jawa Timur", "Bali", "Nusa Tenggara Barat", "Nusa Tenggara Timur", "Kalimantan Barat", "Kalimantan Tengah",
    "Kalimantan Selatan", "Kalimantan Timur", "Sulawesi Utara", "Gorontalo", "Sulawesi Tengah", "Sulawesi Barat",
    "Sulawesi Selatan", "Sulawesi Tenggara", "Maluku", "Maluku Utara", "Papua", "Papua Barat",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unit:
    """One row of the gazetteer. ``unit_class`` is an attribute: units change class, and outlets misprint it.

    ``unverified`` are aliases that nobody has confirmed; an article must name the town too before they count. ``valid_until`` is
    the last day on which the unit was one of Ditjenpas.
    """

    kind: str
    subtype: str
    unit_class: str
    place: str
    name: str
    province: str
    kanwil: str
    aliases: tuple[str, ...] = ()
    lat: float | None = None
    lon: float | None = None
    regency: str = ""
    unverified: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None

    def in_force(self, day: date | None) -> bool:
        """False where the unit no longer belongs to Ditjenpas on ``day``. News of a unit may come before the unit itself."""
        return day is None or self.valid_until is None or day <= self.valid_until


def load_units(path: Path, problems: Problems) -> tuple[Unit, ...]:
    """The gazetteer; every bad row is a problem with its line."""
    units: list[Unit] = []
    seen: dict[str, int] = {}
    for line, row in read_csv(path, COLUMNS, problems, OPTIONAL):
        _check_choices(path, line, row, problems)
        key = row["name"].casefold()
        if key in seen:
            problems.add(path, line, "name", f"the same unit stands in line {seen[key]}; keep one row")
        seen.setdefault(key, line)
        first, last = (_day(row[name], path, line, name, problems) for name in ("valid_from", "valid_until"))
        if first and last and first > last:
            problems.add(path, line, "valid_until", f"{last} is before valid_from, {first}")
        units.append(
            Unit(row["kind"], row["subtype"], row["class"], row["place"], row["name"], row["province"], row["kanwil"],
                 _list(row["aliases"]), _degree(row["lat"], 90, path, line, "lat", problems),
                 _degree(row["lon"], 180, path, line, "lon", problems), row["regency"],
                 _list(row["aliases_unverified"]), first, last)
        )  # fmt: skip
    return tuple(units)


def _check_choices(path: Path, line: int, row: dict[str, str], problems: Problems) -> None:
    wanted = (("kind", KINDS, "kind of unit"), ("subtype", SUBTYPES, "subtype"), ("class", CLASSES, "class"))
    for column, choices, what in (*wanted, ("location_quality", QUALITIES, "quality of a location")):
        if row[column] not in choices:
            empty = " or leave it empty" if "" in choices else ""
            advice = f"{row[column]!r} is no {what}; write one of {', '.join(filter(None, choices))}{empty}"
            problems.add(path, line, column, advice)
    if row["kanwil"] not in KANWIL:
        advice = f"{row['kanwil']!r} is none of the {len(KANWIL)} kanwil; see pipeline/classify/unit_gazetteer.py"
        problems.add(path, line, "kanwil", advice)
    if not row["place"] or not row["name"]:
        problems.add(path, line, "place", "place and name must be given")


def _list(cell: str) -> tuple[str, ...]:
    return tuple(alias.strip() for alias in cell.split(";") if alias.strip())


def _day(value: str, path: Path, line: int, key: str, problems: Problems) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        problems.add(path, line, key, f"{value!r} is no date; write it as 2025-11-01 or leave it empty")
        return None


def _degree(value: str, limit: int, path: Path, line: int, key: str, problems: Problems) -> float | None:
    if not value:
        return None
    try:
        degree = float(value)
    except ValueError:
        degree = 999.0
    if not -limit <= degree <= limit:
        problems.add(path, line, key, f"{value!r} is no degree between -{limit} and {limit}; write a decimal or leave it empty")
        return None
    return degree
