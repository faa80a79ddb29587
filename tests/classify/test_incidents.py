"""Incidents: flagged with their guards, at most two, the leading one first."""

from __future__ import annotations

import pytest

from pipeline.classify.incidents import decided
from pipeline.records import Evidence, Incident
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
    incidents = ask(title, text).incident_codes
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
    assert ask("Banjir Rendam Lapas Sendang Lor", text).incident_codes == ("bencana",)


def test_what_prisoners_are_in_for_is_no_drugs_inside(ask: Ask) -> None:
    title, text, _ = CASES["watchdog's finding"]
    found = ask(title, text + " Dari 400 penghuni, 260 kasus narkotika dan selebihnya pidana umum; petugas jaga tujuh orang.")
    assert found.incident_codes == ("pelayanan",)


def test_the_name_of_a_unit_is_no_drugs_inside(ask: Ask) -> None:
    text = "Dua narapidana Lapas Narkotika Kelas IIA Wonosekar melarikan diri lewat atap. Petugas jaga lalai, kata Kalapas."
    assert ask("Dua Napi Lapas Narkotika Wonosekar Kabur", text).incident_codes == ("kabur",)


def test_a_post_filled_for_the_time_being_is_no_sanction(ask: Ask) -> None:
    text = "Kalapas melantik tiga pejabat Lapas Kelas IIB Sendang Lor. Jabatan kepala seksi yang kosong diisi pelaksana harian."
    assert ask("Tiga Pejabat Lapas Sendang Lor Dilantik", text).incidents == ()


GOOD_DAY = " Kegiatan di Lapas Kelas IIB Sendang Lor berjalan seperti biasa."


@pytest.mark.parametrize(
    ("title", "text", "code"),
    [
        ("Tamping Lapas Sendang Lor Tak Kembali", "Seorang tamping yang merawat kandang belum ditemukan.", "kabur"),
        ("Hitungan Apel Kurang Dua", "Apel pagi di Rutan Kelas IIB Ulu kurang dua orang; plafon kamar berlubang.", "kabur"),
        ("Penjagaan Kebun Ditambah", "Pengawas ditambah menyusul kaburnya penggarap Lapas Kelas IIB Ulu.", "kabur"),
        ("Blok B Rutan Ulu Ricuh", "Penghuni Rutan Kelas IIB Ulu melempari pos dan kasur dibakar di lorong.", "kerusuhan"),
        ("Tahanan Rutan Ulu Wafat", "Tahanan Rutan Kelas IIB Ulu itu meninggal di rumah sakit, kata karutan.", "kematian"),
        ("Penjaga Lapas Ulu Ditikam Napi", "Penjaga Lapas Kelas IIB Ulu ditikam narapidana dan dirawat.", "kekerasan"),
        ("Sipir Lapas Ulu Ditangkap", "Sipir Lapas Kelas IIB Ulu ditangkap polisi; ia membawa sabu.", "narkoba_internal"),
        (
            "Sabu Dikendalikan dari Sel",
            "Polisi menyita sabu. Narapidana Lapas Ulu mengendalikan kurir dari dalam sel.",
            "narkoba_internal",
        ),
    ],
)  # fmt: skip
def test_many_ways_of_telling_it(title: str, text: str, code: str, ask: Ask) -> None:
    assert code in ask(title, text).incident_codes


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Ayam Kabur dari Kandang Lapas", "Tiga puluh ayam kabur dari kandang Lapas Kelas IIB Ulu dan ditangkap warga."),
        ("Simulasi Kerusuhan di Lapas Ulu", "Petugas Lapas Kelas IIB Ulu berlatih simulasi kerusuhan dan pelarian napi."),
        ("Isu Rusuh di Rutan Ulu Tidak Benar", "Karutan membantah rusuh di Rutan Kelas IIB Ulu; asap itu dari sampah."),
        ("Napi Dapat Izin Melayat", "Seorang narapidana Lapas Kelas IIB Ulu diantar melayat ibunya yang meninggal."),
        ("Lapas Ulu Deklarasi Antikekerasan", "Taruna dan petugas Lapas Kelas IIB Ulu berikrar antikekerasan."),
        ("Petugas Lapas Ulu Gagalkan Sabu", "Petugas Lapas Kelas IIB Ulu menggagalkan sabu yang dilempar ke blok."),
        ("Napi Narkotika Dipindah", "Narapidana kasus narkotika dipindah ke Lapas Kelas IIA Bandar Telun."),
    ],
)
def test_look_alikes_flag_nothing(title: str, text: str, ask: Ask) -> None:
    assert ask(title, text + GOOD_DAY).incidents == ()


def test_a_line_of_another_story_flags_nothing(ask: Ask) -> None:
    text = "Warga binaan Lapas Kelas IIB Ulu memanen jagung.\nBaca juga: Dua Napi Lapas Ulu Kabur, Sipir Ditangkap Bawa Sabu"
    assert ask("Lapas Ulu Panen Jagung", text).incidents == ()


def test_what_may_stand_elsewhere_in_the_article_must_stand_there(ask: Ask) -> None:
    """Control from a cell is about drugs only where the article names a substance."""
    inside = "Kurir itu disuruh narapidana Lapas Kelas IIB Ulu, dikendalikan dari dalam sel. Kurirnya ditangkap polisi."
    assert "narkoba_internal" in ask("Kurir Sabu Ditangkap", inside).incident_codes
    assert "narkoba_internal" not in ask("Penipu Daring Ditangkap", inside).incident_codes


def spoken(code: str) -> tuple[Evidence, ...]:
    return (Evidence("text", 0, len(code), code, (code,)),)


def test_models_decide_what_they_were_taught_and_the_rules_the_rest() -> None:
    ruled = Incident("kabur", (Evidence("title", 0, 5, "kabur", ("kabur",)),))
    untaught = Incident("bencana", (Evidence("text", 0, 3, "api", ("api",)),))
    shares = {"kabur": 0.2, "kematian": 0.35, "etik": 0.6}
    found = decided((ruled, untaught), shares, {"kabur": 0.3, "kematian": 0.3, "etik": 0.7}, spoken)
    assert [one.code for one in found] == ["kematian", "bencana"]
    assert found == (Incident("kematian", spoken("kematian")), untaught)


def test_the_rules_sentences_tell_what_both_find_and_the_surest_comes_first() -> None:
    ruled = Incident("kabur", (Evidence("title", 0, 5, "kabur", ("kabur",)),))
    shares = {"kabur": 0.31, "kematian": 0.9, "etik": 0.5}  # etik states no need of its own: half
    found = decided((ruled,), shares, {"kabur": 0.3, "kematian": 0.3}, spoken)
    assert found == (Incident("kematian", spoken("kematian")), ruled)
    assert [one.code for one in decided((), {"etik": 0.5}, {}, spoken)] == ["etik"]
    assert decided((ruled,), {"kabur": 0.29}, {"kabur": 0.3}, spoken) == ()
