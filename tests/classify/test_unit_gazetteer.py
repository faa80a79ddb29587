"""The shipped gazetteer: every name and alias in every spelling finds its own row; nothing else is found in look-alikes."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pytest

from pipeline.classify.unit_gazetteer import KANWIL, Unit, load_units
from pipeline.classify.unit_queue import OPEN, UNKNOWN, Naming, unsettled, without_class
from pipeline.classify.units import UnitFinder, load_finder
from pipeline.configfile import Problems
from pipeline.dates import JAKARTA
from pipeline.records import UnitMention
from tests.classify.conftest import CONFIG

LONG = {"lapas": "Lembaga Pemasyarakatan", "rutan": "Rumah Tahanan Negara", "bapas": "Balai Pemasyarakatan"}
HEADS = {"lapas": "Kalapas", "rutan": "Karutan", "bapas": "Kabapas"}
WRITTEN = {"IIA": ("II A", "2A", "IIa", "II-A"), "IIB": ("II B", "2B", "IIb", "II-B"), "I": ("1",), "II": ("2",), "III": ("3",)}


@pytest.fixture(scope="module")
def units() -> tuple[Unit, ...]:
    problems = Problems()
    found = load_units(CONFIG / "units.csv", problems)
    problems.raise_if_any()
    return found


@pytest.fixture(scope="module")
def finder() -> UnitFinder:
    return load_finder(CONFIG)


def spellings(unit: Unit) -> list[str]:
    """How the press writes a unit."""
    forms = [unit.name, *unit.aliases, *(alias.upper() for alias in unit.aliases), f"{unit.name}, {unit.regency}"]
    forms += [f"{unit.name} {unit.province}", unit.name.lower() if unit.unit_class else unit.name]
    for step in WRITTEN.get(unit.unit_class, ()):
        forms.append(unit.name.replace(f"Kelas {unit.unit_class}", f"Kelas {step}"))
    if unit.unit_class:
        forms += [unit.name.replace("Kelas", word) for word in ("Klas", "KELAS", "Kls.")]
        forms.append(f"{without_class(unit.name)} Kelas {unit.unit_class}")
    if unit.kind in LONG and unit.subtype == "umum":
        forms.append(unit.name.replace(unit.kind.capitalize(), LONG[unit.kind]))
        forms.append(f"ruang {HEADS[unit.kind]} {unit.place} Wahyudi Santoso")
    # "Rumah tahanan negara" is what every Rutan is; the town in Bali needs a class or the island's name beside it.
    return [form for form in forms if form.casefold() not in ("rutan negara", "rutan negara kelas iib")]


def means(found: tuple[UnitMention, ...], unit: Unit) -> bool:
    return len(found) == 1 and (found[0].name == unit.name or unit.name in found[0].candidates)


def test_every_spelling_of_every_unit_finds_it_or_stays_open(units: tuple[Unit, ...], finder: UnitFinder) -> None:
    lost = [
        (form, unit.name)
        for unit in units
        for form in spellings(unit)
        if not means(finder.find("", f"Kegiatan di {form} berlangsung lancar."), unit)
    ]
    assert lost == []


def test_the_gazetteer_is_whole(units: tuple[Unit, ...]) -> None:
    kinds = Counter(unit.kind for unit in units)
    assert kinds["kanwil"] == 33 == len({unit.kanwil for unit in units})
    assert kinds["lapas"] >= 338
    assert kinds["rutan"] >= 162
    assert kinds["bapas"] >= 80
    assert kinds["lpka"] >= 32
    assert {unit.kanwil for unit in units} == set(KANWIL)
    assert all(unit.lat and unit.lon and unit.regency for unit in units if unit.kind != "rupbasan")
    assert all(unit.valid_until == date(2025, 11, 1) for unit in units if unit.kind == "rupbasan")
    assert sum(len(unit.unverified) for unit in units) >= 30


def test_no_alias_names_two_units(units: tuple[Unit, ...]) -> None:
    names = Counter(alias.casefold() for unit in units for alias in unit.aliases)
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize(
    "text",
    [
        "Tahanan Rutan Polres Sampang kabur.",
        "Ia ditahan di Rutan KPK Gedung Merah Putih.",
        "Ia menghuni Rutan Salemba Cabang Kejaksaan Agung.",
        "Ia menghuni Rutan Kelas I Cipinang Cabang KPK.",
        "Deteni Rudenim Kupang dan Rumah Detensi Imigrasi Kupang.",
        "Nasabah Bapas 69 Magelang dan BPR Bapas Magelang.",
        "LPP TVRI Jawa Timur, LPP RRI Malang.",
        "KPLP Bitung memeriksa kapal.",
        "Lembaga Pemasyarakatan Militer Cimahi",
        "Macet di Jalan Lapas Malang dan Jl. Rutan Depok.",
        "Urutan Rutanda, kerutan Palu, Selapas Malang.",
        "Warga Bandar Lampung, Tangerang, dan Nusakambangan.",
        "Rumah Tahanan Negara penuh; lapas Jawa Tengah sesak.",
        "LP Maarif Malang Raya membuka sekolah.",
    ],
)
def test_look_alikes_are_refused(finder: UnitFinder, text: str) -> None:
    assert finder.find("", text) == ()
    assert finder.find(text, text) == ()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Napi tiba di Lapas Nusakambangan.", ["Lapas Nusakambangan"]),
        ("Tiga lapas di Pulau Nusakambangan dibangun.", ["Lapas Nusakambangan"]),
        ("Lapas Nusakambangan, yakni Lapas Besi, penuh.", ["Lapas Kelas IIA Besi Nusakambangan"]),
        ("Lapas Semarang dan Kendal", ["Lapas Kelas I Semarang", "Lapas Kelas IIA Kendal"]),
        ("Lapas Cibinong, Bogor, dan warga", ["Lapas Kelas IIA Cibinong"]),
        ("Rutan serta Bapas Kupang", ["Rutan Kelas IIB Kupang", "Bapas Kelas II Kupang"]),
        ("Lapas/LPKA Ternate", ["Lapas Kelas IIA Ternate", "LPKA Kelas II Ternate"]),
    ],
)
def test_groups_and_lists(finder: UnitFinder, text: str, names: list[str]) -> None:
    found = finder.find("", text)
    assert [unit.name for unit in found] == names
    assert all(text[unit.evidence.start : unit.evidence.end] == unit.evidence.quote for unit in found)


@pytest.mark.parametrize(
    ("title", "acting"),
    [
        ("Napi Dipindahkan dari Lapas Klaten ke Lapas Besi", "Lapas Kelas IIB Klaten"),
        ("Dari Lapas Klaten, Napi Diterima Lapas Besi", "Lapas Kelas IIA Besi Nusakambangan"),
        ("Kakanwil Ditjenpas Jateng Kunjungi Lapas Klaten", "Kanwil Ditjenpas Jawa Tengah"),
        ("Studi Tiru ke Lapas Klaten, Lapas Besi Belajar", "Lapas Kelas IIA Besi Nusakambangan"),
        ("Menurut Kalapas Klaten, Napi Lapas Besi Sakit", "Lapas Kelas IIA Besi Nusakambangan"),
        ("Lapas Klaten Disidak Kanwil Ditjenpas Jateng", "Lapas Kelas IIB Klaten"),
    ],
)
def test_the_unit_that_acts_comes_first(finder: UnitFinder, title: str, acting: str) -> None:
    assert finder.find(title, "")[0].name == acting


def test_unsettled_names_are_counted_by_article_and_outlet(units: tuple[Unit, ...], finder: UnitFinder) -> None:
    def naming(name: str, outlet: str, day: int) -> Naming:
        return Naming(name, outlet, date_of(day), f"Judul {day}", f"https://{outlet}/{day}")

    named = [naming("Lapas Tangerang", "a.example", day) for day in (1, 2, 3)]
    named += [naming("Rutan Depokk", "a.example", 1), naming("Rutan Kelas I Depokk", "b.example", 4)]
    first, second = unsettled(named, finder, units)
    assert (first.name, first.reason, first.articles, first.outlets) == ("Lapas Tangerang", OPEN, 3, 1)
    assert first.meant == ("Lapas Kelas I Tangerang", "Lapas Kelas IIA Tangerang")
    assert (second.name, second.reason, second.articles, second.outlets) == ("Rutan Kelas I Depokk", UNKNOWN, 2, 2)
    assert (second.meant, second.example.title) == (("Rutan Kelas I Depok",), "Judul 4")


def date_of(day: int) -> datetime:
    return datetime(2026, 11, day, tzinfo=JAKARTA)


def test_new_columns_are_checked(tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    path.write_text(
        "kind,subtype,class,place,name,province,kanwil,lat,lon,aliases,location_quality,valid_from,valid_until\n"
        "lapas,rahasia,I,Ulu,Lapas Ulu,Bali,Bali,,,,kira-kira,kemarin,2025-11-01\n"
        "lapas,umum,I,Ilir,Lapas Ilir,Bali,Bali,,,,,2026-01-01,2025-11-01\n",
        encoding="utf-8",
    )
    problems = Problems()
    load_units(path, problems)
    text = "\n".join(problems.found)
    for place in (":2: subtype", ":2: location_quality", ":2: valid_from", ":3: valid_until"):
        assert place in text
    assert len(problems.found) == 4
