"""Unit names: grammar, gazetteer, and names that the gazetteer does not know."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipeline.classify.unit_grammar import PlaceWords
from pipeline.classify.units import KANWIL, Unit, UnitFinder, load_units
from pipeline.configfile import Problems

ROWS = (
    Unit("lapas", "umum", "IIB", "Sendang Lor", "Lapas Kelas IIB Sendang Lor", "Jawa Tengah", "Jawa Tengah"),
    Unit("lapas", "umum", "I", "Wonosekar", "Lapas Kelas I Wonosekar", "Jawa Timur", "Jawa Timur", ("Lapas Rawa Bening",)),
    Unit("rutan", "umum", "IIB", "Wonosekar", "Rutan Kelas IIB Wonosekar", "Jawa Timur", "Jawa Timur"),
    Unit("lapas", "perempuan", "III", "Kalimaya", "Lapas Perempuan Kelas III Kalimaya", "Bali", "Bali"),
    Unit("lapas", "umum", "I", "Teluk Gading", "Lapas Kelas I Teluk Gading", "Banten", "Banten"),
    Unit("lapas", "umum", "IIA", "Teluk Gading", "Lapas Kelas IIA Teluk Gading", "Banten", "Banten"),
    Unit("kanwil", "umum", "", "Jawa Timur", "Kanwil Ditjenpas Jawa Timur", "Jawa Timur", "Jawa Timur",
        ("Kanwil Ditjenpas Jatim",)),
)  # fmt: skip
FINDER = UnitFinder(ROWS, PlaceWords(frozenset({"polres", "panen", "kpk"}), frozenset({"komisi"})))


def names(text: str, title: str = "") -> list[str]:
    return [unit.name for unit in FINDER.find(title, text)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Lapas Sendang Lor sepi.", "Lapas Kelas IIB Sendang Lor"),
        ("Lapas Klas II B Sendang Lor", "Lapas Kelas IIB Sendang Lor"),
        ("Lapas Kelas IIA Sendang Lor", "Lapas Kelas IIB Sendang Lor"),  # class is no part of the key
        ("Lapas Sendang Lor Kelas IIB", "Lapas Kelas IIB Sendang Lor"),
        ("Lembaga Permasyarakatan Sendang Lor", "Lapas Kelas IIB Sendang Lor"),
        ("LP Sendang Lor", "Lapas Kelas IIB Sendang Lor"),
        ("LAPAS KELAS IIB SENDANG LOR", "Lapas Kelas IIB Sendang Lor"),
        ("Rumah Tahanan Negara Wonosekar", "Rutan Kelas IIB Wonosekar"),
        ("Lapas Rawa Bening", "Lapas Kelas I Wonosekar"),
        ("LPP Kalimaya", "Lapas Perempuan Kelas III Kalimaya"),
        ("Lapas Kalimaya", "Lapas Perempuan Kelas III Kalimaya"),
        ("Kalapas Sendang Lor Wahyudi menjawab.", "Lapas Kelas IIB Sendang Lor"),
        ("Lapas Sendang Lor Bali", "Lapas Kelas IIB Sendang Lor"),
        ("Lapas IIA Teluk Gading", "Lapas Kelas IIA Teluk Gading"),
        ("Kanwil Ditjenpas Jatim", "Kanwil Ditjenpas Jawa Timur"),
        ("Kepala Kantor Wilayah Direktorat Jenderal Pemasyarakatan Jawa Timur", "Kanwil Ditjenpas Jawa Timur"),
    ],
)
def test_the_gazetteer_resolves_a_name(text: str, name: str) -> None:
    [unit] = FINDER.find("", text)
    assert (unit.name, unit.known) == (name, True)
    assert unit.kanwil in KANWIL
    assert text[unit.evidence.start : unit.evidence.end] == unit.evidence.quote


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Lapas Kelas IIB Batu Lindung, kemarin", "Lapas Kelas IIB Batu Lindung"),
        ("Rutan Batu Lindung memanen", "Rutan Batu Lindung"),
        ("Lapas Narkotika Kelas IIA Batu Lindung.", "Lapas Narkotika Kelas IIA Batu Lindung"),
        ("Lapas Sendang Lor Indah", "Lapas Sendang Lor Indah"),
        ("Bapas Kelas II Ulu", "Bapas Kelas II Ulu"),
        ("Pengunjung LP Klas II B Batu Lindung ditahan", "Lapas Kelas IIB Batu Lindung"),  # no other body has a class
    ],
)
def test_a_unit_of_the_right_shape_is_kept_as_unknown(text: str, name: str) -> None:
    [unit] = FINDER.find("", text)
    assert (unit.name, unit.known, unit.kanwil) == (name, False, "")


@pytest.mark.parametrize(
    "text",
    ["Rutan Polres Sendang", "Rutan KPK", "lapas", "Lapas Kelas IIB.", "kerutan Wonosekar", "lp wonosekar", "Lapas dan Rutan"],
)
def test_what_is_no_unit(text: str) -> None:
    assert names(text) == []


def test_a_name_that_fits_several_stays_open_with_its_candidates() -> None:
    [unit] = FINDER.find("", "Lapas Teluk Gading")
    assert (unit.name, unit.known, unit.kanwil) == ("Lapas Teluk Gading", False, "Banten")
    assert unit.candidates == ("Lapas Kelas I Teluk Gading", "Lapas Kelas IIA Teluk Gading")


def test_an_open_name_is_settled_by_a_full_one_elsewhere() -> None:
    units = FINDER.find("Lapas Teluk Gading Panen", "Lapas Kelas IIA Teluk Gading memanen. Lapas Teluk Gading senang.")
    assert [(unit.name, unit.evidence.field) for unit in units] == [("Lapas Kelas IIA Teluk Gading", "title")]


def test_a_unit_that_has_left_is_none_after_its_last_day() -> None:
    last = date(2025, 11, 1)
    store = Unit("rupbasan", "umum", "I", "Ilir", "Rupbasan Kelas I Ilir", "Bali", "Bali", valid_until=last)
    finder = UnitFinder([*ROWS, store])
    text = "Rupbasan Ilir dan Rupbasan Hulu melelang mobil."
    assert [unit.name for unit in finder.find("", text, day=last)] == ["Rupbasan Kelas I Ilir", "Rupbasan Hulu"]
    assert len(finder.find("", text)) == 2
    assert finder.find("", text, day=date(2025, 11, 2)) == ()


def test_an_unverified_alias_counts_where_its_town_is_named() -> None:
    finder = UnitFinder(
        [Unit("lapas", "umum", "I", "Ilir", "Lapas Kelas I Ilir", "Bali", "Bali", unverified=("Lapas Kali Putih",))]
    )
    assert [unit.known for unit in finder.find("", "ILIR - Lapas Kali Putih panen.")] == [True]
    assert [unit.known for unit in finder.find("", "Lapas Kali Putih panen.")] == [False]


def test_each_unit_once_under_its_fullest_name_title_first() -> None:
    text = "Lapas Kelas IIB Batu Lindung dan Rutan Wonosekar. Lagi: Lapas Batu Lindung."
    units = FINDER.find("Lapas Batu Lindung Panen Lele", text)
    assert [unit.name for unit in units] == ["Lapas Kelas IIB Batu Lindung", "Rutan Kelas IIB Wonosekar"]
    assert units[0].evidence.field == "title"


def test_a_title_word_that_the_text_writes_small_is_no_place() -> None:
    assert names("warga menjual lele di Lapas Ulu Deras", "Lapas Ulu Deras Menjual Lele") == ["Lapas Ulu Deras"]


def test_nothing_is_taken_from_noise() -> None:
    text = "Isi.\nBaca juga: Lapas Sendang Lor Rusuh"
    assert FINDER.find("", text, [(5, len(text))]) == ()


def test_there_are_33_kanwil() -> None:
    assert len(set(KANWIL)) == len(KANWIL) == 33


def test_every_bad_row_is_reported_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    path.write_text(
        "kind,subtype,class,place,name,province,kanwil,lat,lon,aliases\n"
        "lapas,umum,IIB,Ulu,Lapas Kelas IIB Ulu,Bali,Bali,-8.1,115.2,\n"
        "penjara,umum,IV,Ilir,Penjara Ilir,Bali,Bali Utara,91,x,\n"
        "lapas,umum,IIB,Ulu,Lapas Kelas IIB Ulu,Bali,Bali,,,\n"
        "lapas,umum,,,,Bali,Bali,,,\n",
        encoding="utf-8",
    )
    problems = Problems()
    load_units(path, problems)
    text = "\n".join(problems.found)
    for place in (":3: kind", ":3: class", ":3: kanwil", ":3: lat", ":3: lon", ":4: name", ":5: place"):
        assert place in text
    assert len(problems.found) == 7
