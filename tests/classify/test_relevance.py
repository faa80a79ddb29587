"""The gate: coverage needs the institution; look-alikes, addresses and other bodies do not pass."""

from __future__ import annotations

import pytest

from tests.classify.conftest import Ask

LOOK_ALIKES = {
    "KPK's own cells": (
        "KPK Tahan Bekas Kepala Dinas di Rutan KPK",
        "Penyidik menahan bekas kepala dinas selama 20 hari pertama. Tersangka dititipkan di Rutan KPK cabang gedung lama.",
    ),
    "police cells": (
        "Dua Tahanan Polres Sendang Lor Kabur Lewat Ventilasi",
        "Dua tahanan Polres Sendang Lor menggergaji besi ventilasi. Kapolres memeriksa empat penjaga rutan polres.",
    ),
    "a bank": (
        "Bank Bapas 69 Cabang Wates Kidul Beri Hadiah Nasabah",
        "Perumda BPR Bank Bapas 69 membagikan sepeda kepada penabung. Laba bank bapas naik tujuh persen.",
    ),
    "the sea guard": (
        "Kapal KPLP Tarik Perahu Nelayan yang Mati Mesin",
        "Kesatuan Penjagaan Laut dan Pantai mengirim kapal KPLP dari pangkalan. Syahbandar mengingatkan gelombang tinggi.",
    ),
    "the sea guard's crew": (
        "KPLP Wates Kidul Selamatkan Sembilan Awak Kapal Kayu",
        "Kepala KPLP menyebut nakhoda dan awak kapal selamat di perairan utara. Syahbandar menahan surat jalan; dua orang "
        "ditahan di pos jaga. Penghuni kampung nelayan membantu.",
    ),
    "the sea guard's roof": (
        "Kantor KPLP Bocor, Regu Jaga Pindah",
        "Regu jaga KPLP menggeser radio ke sudut kering. Kepala KPLP hanya punya satu kapal untuk 210 mil garis pantai.",
    ),
    "performance accounts": (
        "Nilai AKIP Kabupaten Naik Setengah Poin",
        "Akuntabilitas kinerja dinas perhubungan masih B. Menurut sekda, program akselerasi daerah belum jalan.",
    ),
    "an accident beside a prison": (
        "Truk Semen Seruduk Warung di Depan Rutan",
        "Truk bermuatan semen menghantam warung tepat di depan Rutan Kelas IIB Wonosekar. Tiga pembeli luka.",
    ),
    "a building that was one": (
        "Warga Berebut Lahan Bekas Lapas",
        "Lahan bekas Lapas di tengah kota itu kini pasar malam. Tiga ahli waris mengaku memegang surat.",
    ),
    "a former prisoner": (
        "Mantan Napi Kembali Curi Motor, Polisi: Baru Dua Bulan Bebas",
        "Polisi menangkap seorang residivis di rumah kontrakan. Mantan napi itu mengaku sudah tujuh kali "
        "beraksi sejak keluar penjara.",
    ),
    "a verdict carried out": (
        "Jaksa Eksekusi Mantan Bendahara Desa ke Lapas",
        "Kejaksaan negeri mengeksekusi mantan bendahara desa ke Lapas Kelas IIB Ngadirejo Wetan setelah kasasi ditolak. "
        "Terpidana datang sendiri dan wajib membayar uang pengganti.",
    ),
    "soldiers' farming": (
        "Babinsa Dampingi Warga Binaan Koramil Panen Jagung",
        "Babinsa bersama warga binaan koramil memanen jagung dua ton untuk ketahanan pangan nasional. Danramil "
        "memuji kelompok tani.",
    ),
    "the welfare ministry's aid": (
        "Bansos PKH Tahap Dua Cair, Ini Jadwalnya",
        "Kemensos mencairkan bansos PKH dan BPNT mulai Senin. Penerima cukup membawa KTP ke kantor pos.",
    ),
    "a passport photo": (
        "Tips Pas Foto untuk Melamar Kerja",
        "Pas foto 4x6 dengan latar merah masih diminta banyak perusahaan. Studio di pasar mencetaknya dalam sepuluh menit.",
    ),
    "a disease": (
        "Remisi Kanker Darah Bocah Ini Genap Setahun",
        "Dokter hematologi menyebut remisi penuh setelah kemoterapi. Ibunya menangis di lorong rumah sakit.",
    ),
    "a foreign prison": (
        "Kerusuhan di Penjara Ekuador, 20 Narapidana Tewas",
        "Bentrokan geng pecah Minggu waktu setempat. Tentara negara itu mengambil alih penjara.",
    ),
    "a museum": (
        "Bekas Penjara Kolonial Dibuka untuk Wisata Malam",
        "Pemandu berkostum sipir Belanda mengajak penonton masuk. Museum itu dikelola dinas kebudayaan.",
    ),
    "a thesis": (
        "Pengaruh Remisi terhadap Perilaku Narapidana: Studi pada Lapas Kelas IIA Wonosekar",
        "ABSTRAK. Penelitian ini bertujuan mengetahui pengaruh remisi. Metode yang digunakan kuantitatif dengan kuesioner "
        "kepada 80 responden. Kata kunci: remisi, lapas.",
    ),
    "a place among places": (
        "Jadwal Pemadaman Listrik Kota Sekar Arum",
        "Wilayah terdampak meliputi pasar induk, lapas dan puskesmas. Listrik menyala kembali pukul 15.00.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", LOOK_ALIKES)
def test_a_look_alike_is_irrelevant(case: str, ask: Ask) -> None:
    title, text = LOOK_ALIKES[case]
    found = ask(title, text)
    assert found.relevance.label == "irrelevant"
    assert (found.programme_primary, found.programmes, found.tone, found.units, found.incidents) == ("", (), None, (), ())


def test_ordinary_news_is_irrelevant(ask: Ask) -> None:
    found = ask(
        "Harga Cabai Naik di Pasar Kota", "Pedagang menjual cabai Rp80 ribu per kilogram. Hujan membuat panen petani gagal."
    )
    assert found.relevance.label == "irrelevant"


def test_a_unit_in_the_lead_is_coverage(ask: Ask) -> None:
    found = ask("Pagi di Kolam Belakang", "Dua puluh penghuni Lapas Kelas IIB Sendang Lor menebar benih nila, Senin pagi.")
    assert found.relevance.label == "corrections"
    assert found.relevance.evidence


def test_a_full_name_late_in_the_text_is_coverage(ask: Ask) -> None:
    text = (
        "Kain itu dipakai pengantin Sabtu lalu. Motifnya burung. Warnanya merah tua. Semua orang bertanya. "
        "Penenunnya warga binaan Lapas Perempuan Kelas IIA Wonosekar."
    )
    assert ask("Kain Burung di Pesta Desa", text).relevance.label == "corrections"


def test_crime_steered_from_inside_is_coverage_though_the_prison_stands_once(ask: Ask) -> None:
    text = "Polisi menangkap kurir dua kilogram sabu di terminal. Ia mengaku dikendalikan narapidana dari dalam lapas."
    assert ask("Kurir Sabu Ditangkap di Terminal", text).relevance.label == "corrections"


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Kantor Imigrasi Wates Kidul Layani Paspor Akhir Pekan", "Kantor Imigrasi melayani 80 pemohon paspor pada hari Sabtu."),
        ("Sembilan Warga Asing Dideportasi", "Imigrasi mendeportasi sembilan warga negara asing yang melebihi izin tinggal."),
        ("Autogate Bandara Ditambah", "Ditjen Imigrasi memasang 12 autogate di terminal kedatangan bandara."),
    ],
)
def test_the_other_half_of_the_ministry_has_its_own_label(title: str, text: str, ask: Ask) -> None:
    found = ask(title, text)
    assert found.relevance.label == "immigration"
    assert found.tone is None
    assert found.programme_primary


def test_read_also_lines_open_no_gate(ask: Ask) -> None:
    text = "Harga beras turun tipis pekan ini.\nBaca juga: Kalapas Sendang Lor Dicopot Usai Napi Kabur"
    assert ask("Harga Beras Turun", text).relevance.label == "irrelevant"


def test_the_head_of_security_is_coverage_with_his_prison(ask: Ask) -> None:
    text = "Kepala KPLP memimpin pemeriksaan kamar warga binaan semalam. Pintu lapas dijaga dua regu."
    assert ask("Kepala KPLP Pimpin Penggeledahan Lapas Sendang Lor", text).relevance.label == "corrections"


def test_news_at_the_gate_is_coverage_if_it_is_the_prisons(ask: Ask) -> None:
    text = "Keluarga narapidana berunjuk rasa di depan Lapas Kelas IIB Sendang Lor. Kalapas menemui mereka dan membuka kunjungan."
    assert ask("Keluarga Napi Datangi Lapas Sendang Lor", text).relevance.label == "corrections"
