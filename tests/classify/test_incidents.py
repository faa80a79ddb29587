"""Incidents: flagged with their guards, at most two, the leading one first."""

from __future__ import annotations

import pytest

from tests.classify.conftest import Ask
from tests.classify.test_tone import CASES

EXPECTED = {
    "escape": "kabur",
    "riot": "kerusuhan",
    "death with questions": "kematian",
    "watchdog's finding": "pelayanan",
    "money asked": "korupsi_pungli",
    "officer arrested": "narkoba_internal",
    "steered from inside": "narkoba_internal",
}


@pytest.mark.parametrize("case", EXPECTED)
def test_an_incident_is_flagged(case: str, ask: Ask) -> None:
    title, text, _ = CASES[case]
    incidents = ask(title, text).incidents
    assert EXPECTED[case] in incidents
    assert len(incidents) <= 2


@pytest.mark.parametrize(
    "case", ["foiled by officers", "benefit delivered", "rights served free", "plan", "figures", "praise by an outsider"]
)
def test_good_and_plain_news_flag_nothing(case: str, ask: Ask) -> None:
    title, text, _ = CASES[case]
    assert ask(title, text).incidents == ()


def test_help_for_flood_victims_is_no_disaster_at_a_unit(ask: Ask) -> None:
    text = "Pegawai Lapas Kelas IIB Sendang Lor mengirim selimut kepada korban banjir di desa sebelah."
    assert ask("Lapas Sendang Lor Bantu Korban Banjir", text).incidents == ()


def test_a_flooded_unit_is(ask: Ask) -> None:
    text = "Banjir merendam blok hunian Lapas Kelas IIB Sendang Lor. Penghuni dipindahkan ke masjid."
    assert ask("Banjir Rendam Lapas Sendang Lor", text).incidents == ("bencana",)


def test_what_prisoners_are_in_for_is_no_drugs_inside(ask: Ask) -> None:
    title, text, _ = CASES["watchdog's finding"]
    found = ask(title, text + " Dari 400 penghuni, 260 kasus narkotika dan selebihnya pidana umum; petugas jaga tujuh orang.")
    assert found.incidents == ("pelayanan",)


def test_the_name_of_a_unit_is_no_drugs_inside(ask: Ask) -> None:
    text = "Dua narapidana Lapas Narkotika Kelas IIA Wonosekar melarikan diri lewat atap. Petugas jaga lalai, kata Kalapas."
    assert ask("Dua Napi Lapas Narkotika Wonosekar Kabur", text).incidents == ("kabur",)


def test_a_post_filled_for_the_time_being_is_no_sanction(ask: Ask) -> None:
    text = "Kalapas melantik tiga pejabat Lapas Kelas IIB Sendang Lor. Jabatan kepala seksi yang kosong diisi pelaksana harian."
    assert ask("Tiga Pejabat Lapas Sendang Lor Dilantik", text).incidents == ()
