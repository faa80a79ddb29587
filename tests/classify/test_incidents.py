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
