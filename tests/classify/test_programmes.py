"""The boundary rules: what decides the primary programme, and what is only mentioned."""

from __future__ import annotations

import pytest

from pipeline.classify.boilerplate import is_list
from tests.classify.conftest import IN_2026, Ask, roles

NILA = "sembilan kuintal ikan nila"
CASES = {
    # grow / make / give
    "grown": (
        "Sembilan Kuintal Nila Dipanen Lapas Sendang Lor",
        f"Warga binaan Lapas Kelas IIB Sendang Lor memanen {NILA} dari kolam. Benihnya ditebar enam bulan lalu.",
        "ketahanan_pangan",
    ),
    "made": (
        "Abon Nila Buatan Warga Binaan Lapas Sendang Lor Laku Keras",
        "Bengkel kerja Lapas Kelas IIB Sendang Lor mengolah nila menjadi abon bermerek. Produk itu "
        "bersertifikat halal dan terjual "
        "900 kemasan; perajinnya menerima premi.",
        "umkm",
    ),
    "given": (
        "Lapas Sendang Lor Bagikan Nila kepada Warga Sekitar",
        "Lapas Kelas IIB Sendang Lor membagikan ikan hasil panen kolam lapas kepada 80 keluarga kurang mampu. Paket sembako juga "
        "diserahkan kepada janda di gang belakang.",
        "bansos",
    ),
    # transfer by motive
    "transfer of high risk": (
        "40 Narapidana Risiko Tinggi Dipindahkan ke Nusakambangan",
        "Ditjenpas memindahkan 40 narapidana bandar narkoba dari Lapas Kelas I Wonosekar ke Nusakambangan untuk "
        "memutus jaringan.",
        "narkoba_penipuan",
    ),
    "transfer to level": (
        "85 Penghuni Rutan Wonosekar Dipindah karena Sesak",
        "Rutan Kelas I Wonosekar memindahkan 85 narapidana ke lapas yang longgar. Daya tampung 300 orang, penghuninya 900; "
        "pemerataan hunian dilanjutkan bulan depan.",
        "overkapasitas",
    ),
    # building by argument
    "built for security": (
        "Lapas Super Maksimum di Pulau Terpencil Dilengkapi Sensor",
        "Lapas modern itu memakai pemindai tubuh, pintu elektronik, dan ruang kendali. Satu orang satu sel, kata Dirjenpas.",
        "lapas_modern",
    ),
    "built for room": (
        "Blok Baru Lapas Wonosekar Tambah Daya Tampung",
        "Blok baru berisi 200 tempat tidur mengurangi kepadatan hunian Lapas Kelas IIA Wonosekar yang kelebihan penghuni.",
        "overkapasitas",
    ),
    # release by frame
    "release of persons": (
        "Dua Belas Warga Binaan Lapas Sendang Lor Bebas Bersyarat",
        "Pembimbing kemasyarakatan Bapas menerima dua belas klien yang memperoleh pembebasan bersyarat. Mereka "
        "wajib lapor tiap bulan.",
        "hak_integrasi",
    ),
    "remission": (
        "412 Warga Binaan Terima Remisi, Tiga Langsung Bebas",
        "Lapas Kelas IIA Wonosekar menyerahkan surat keputusan remisi umum. Pengurangan masa pidana satu sampai enam bulan.",
        "hak_integrasi",
    ),
    "release to relieve": (
        "Kuhp Baru: Pidana Kerja Sosial Kurangi Kepadatan Lapas",
        "Pidana kerja sosial menjadi pidana alternatif agar lapas yang kelebihan kapasitas tidak makin sesak.",
        "overkapasitas",
    ),
    # P01 and its edges
    "raid": (
        "Razia Gabungan di Rutan Wonosekar, Tes Urine Negatif",
        "Petugas Rutan Kelas IIB Wonosekar menggeledah kamar hunian bersama polsek. Tes urine 40 warga binaan negatif narkoba.",
        "narkoba_penipuan",
    ),
    "hidden in cloth": (
        "Sarung Tenun Kiriman Ini Menyimpan Sabu",
        "Petugas Lapas Kelas IIB Sendang Lor menggagalkan penyelundupan sabu yang dijahit di lipatan sarung tenun.",
        "narkoba_penipuan",
    ),
    "scam from inside": (
        "Napi Lapas Wonosekar Kendalikan Penipuan Daring dari Sel",
        "Polisi menyebut narapidana mengendalikan penipuan love scamming dengan handphone dari dalam lapas.",
        "narkoba_penipuan",
    ),
    "service school": (
        "Seleksi Taruna Politeknik Pengayoman Indonesia Dibuka",
        "Calon taruna pemasyarakatan mendaftar mulai Senin. Seleksi meliputi SKD dan kesamaptaan.",
        "pendidikan_kedinasan",
    ),
    # home of incidents and of what is outside
    "escape": (
        "Dua Napi Lapas Sendang Lor Kabur Lewat Plafon",
        "Dua narapidana Lapas Kelas IIB Sendang Lor melarikan diri setelah menjebol plafon gudang, Senin dini hari.",
        "luar_program",
    ),
    "death": (
        "Keluarga Pertanyakan Lebam di Jenazah Tahanan Rutan Wonosekar",
        "Seorang tahanan Rutan Kelas IIB Wonosekar meninggal dunia. Keluarga meminta otopsi.",
        "luar_program",
    ),
    "office handed over": (
        "Jabatan Kepala Lapas Sendang Lor Diserahterimakan",
        "Serah terima jabatan kepala Lapas Kelas IIB Sendang Lor berlangsung di aula kanwil. Pejabat lama pindah tugas.",
        "luar_program",
    ),
    "aid from outside": (
        "Majelis Taklim Sumbang Al Quran untuk Lapas Sendang Lor",
        "Donasi buku dan mushaf diterima perpustakaan Lapas Kelas IIB Sendang Lor. Pengajian digelar sesudahnya.",
        "luar_program",
    ),
    "health of prisoners": (
        "Warga Binaan Lapas Sendang Lor Jalani Skrining TBC",
        "Dokter puskesmas memeriksa warga binaan Lapas Kelas IIB Sendang Lor. Skrining TBC dilakukan di poliklinik.",
        "luar_program",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_act_decides_the_primary(case: str, ask: Ask) -> None:
    title, text, slug = CASES[case]
    found = ask(title, text)
    assert found.programme_primary == slug
    assert 0 < found.programme_probability < 1


IMMIGRATION = {
    "layanan_digital_imigrasi": ("Kuota M-Paspor Habis", "Pemohon paspor kantor imigrasi mengeluhkan aplikasi antrean paspor."),
    "autogate": ("Autogate Bandara Mati", "Imigrasi mengalihkan penumpang terminal kedatangan ke konter manual."),
    "tppo_tppm": ("Pimpasa Cegah TPPO", "Petugas imigrasi pembina desa menyuluh calon pekerja migran di desa binaan imigrasi."),
    "visa_investor": ("Golden Visa Diminati", "Imigrasi mencatat investor penanam modal pemegang golden visa naik."),
    "layanan_pengawasan_imigrasi": (
        "Deteni Dipindah",
        "Rumah detensi imigrasi memulangkan orang asing; namanya masuk daftar tangkal.",
    ),
}


@pytest.mark.parametrize("slug", IMMIGRATION)
def test_immigration_programmes_are_told_apart(slug: str, ask: Ask) -> None:
    assert ask(*IMMIGRATION[slug]).programme_primary == slug


def test_boilerplate_is_mentioned_and_not_counted(ask: Ask) -> None:
    text = (
        "Lapas Kelas IIB Sendang Lor memanen dua ton jagung dari lahan belakang. Penyuluh pertanian mendampingi.\n"
        "Kegiatan ini mendukung 13 Program Akselerasi, antara lain pemberantasan narkoba, UMKM, dan bantuan sosial."
    )
    found = ask("Lapas Sendang Lor Panen Dua Ton Jagung", text)
    assert found.programme_primary == "ketahanan_pangan"
    assert roles(found, "mentioned") == {"narkoba_penipuan", "umkm", "bansos"}
    assert roles(found, "related") == set()
    [drugs] = [score for score in found.programmes if score.slug == "narkoba_penipuan"]
    assert "13 Program Akselerasi" in drugs.evidence[0].quote, "the sentence that says so is the evidence"


def test_a_list_without_an_act_is_umum(ask: Ask) -> None:
    text = (
        "Kepala Kanwil Ditjenpas memaparkan 13 Program Akselerasi dalam temu media. Program itu mencakup pemberantasan narkoba, "
        "ketahanan pangan, produk UMKM, bantuan sosial, dan penanganan overkapasitas."
    )
    found = ask("Kakanwil Ditjenpas Paparkan 13 Program Akselerasi", text)
    assert found.programme_primary == "umum"
    assert roles(found, "related") == set()
    assert roles(found, "mentioned") >= {"narkoba_penipuan", "ketahanan_pangan", "umkm", "bansos", "overkapasitas"}


def test_own_harvest_given_away_has_food_related(ask: Ask) -> None:
    title, text, _ = CASES["given"]
    assert roles(ask(title, text), "related") == {"ketahanan_pangan"}


def test_read_also_lines_choose_no_programme(ask: Ask) -> None:
    title, text, slug = CASES["given"]
    assert ask(title, text + "\nBaca juga: Razia Halinar, Sabu Ditemukan di Lapas Wonosekar").programme_primary == slug


def test_topics_of_the_new_list_belong_elsewhere_before_it(ask: Ask) -> None:
    title, text = (
        "Narapidana Lapas Sendang Lor Ikut Ujian Paket C",
        "Lapas Kelas IIB Sendang Lor menggelar ujian kesetaraan Paket C.",
    )
    assert ask(title, text).programme_primary == "luar_program"
    assert ask(title, text, IN_2026).programme_primary == "pendidikan_kesetaraan"
    title, text = (
        "Cek Kesehatan Gratis untuk Warga Sekitar Lapas",
        "Lapas Kelas IIB Sendang Lor memeriksa tensi dan gula darah warga.",
    )
    assert ask(title, text).programme_primary == "bansos"
    assert ask(title, text, IN_2026).programme_primary == "cek_kesehatan_gratis"


def test_the_list_an_article_names_goes_before_its_date(ask: Ask) -> None:
    title, text, _ = CASES["grown"]
    assert ask(title, text).taxonomy == "akselerasi-2024"
    assert ask(title, text, IN_2026).taxonomy == "aksi-2026"
    assert ask(title, text + " Ini bagian dari 13 Program Akselerasi.", IN_2026).taxonomy == "akselerasi-2024"
    assert ask(title, text + " Ini bagian dari 15 Program Aksi.").taxonomy == "aksi-2026"
    assert ask(title, text, None).taxonomy == "akselerasi-2024"


@pytest.mark.parametrize(
    ("zone", "groups", "listed"),
    [
        ("body", {"credit": ()}, True),
        ("lead", {"credit": ()}, False),
        ("title", {"credit": (), "name:a": (), "name:b": (), "name:c": ()}, False),
        ("lead", {"name:a": (), "name:b": (), "name:c": ()}, True),
        ("body", {"name:a": (), "name:b": ()}, False),
    ],
)
def test_which_sentences_are_boilerplate(zone: str, groups: dict[str, tuple[()]], listed: bool) -> None:
    assert is_list(zone, groups) is listed


LISTED = (
    "Sebanyak 84 petugas Lapas Kelas IIB Sendang Lor mengikuti pengarahan di aula. Materinya isi 13 Program Akselerasi.\n"
    "Apa saja isinya?\n{0} Pemberantasan narkoba dari dalam lapas.\n{1} Ketahanan pangan oleh warga binaan.\n"
    "{2} Produk UMKM dari bengkel kerja.\n{3} Bantuan sosial bagi keluarga penghuni dan tetangga.\n"
    "Setiap kepala seksi menyusun rencana satu halaman."
)


@pytest.mark.parametrize(
    "bullets", [("-", "-", "-", "-"), ("•", "•", "•", "•"), ("1.", "2.", "3.", "4."), ("a)", "b)", "c)", "d)")]
)
def test_a_bullet_list_under_the_programmes_name_is_no_act(bullets: tuple[str, ...], ask: Ask) -> None:
    found = ask("Kalapas Sendang Lor Paparkan 13 Program Akselerasi kepada Jajaran", LISTED.format(*bullets))
    assert found.programme_primary == "umum"
    assert {"narkoba_penipuan", "ketahanan_pangan", "umkm", "bansos"} <= roles(found, "mentioned")
    assert found.incidents == ()


def test_a_bullet_list_of_its_own_tells_acts(ask: Ask) -> None:
    text = "Hasil kebun Lapas Kelas IIB Sendang Lor pekan ini:\n- jagung dua ton dipanen;\n- nila 80 kilogram dipanen."
    assert ask("Lapas Sendang Lor Panen Jagung dan Nila", text).programme_primary == "ketahanan_pangan"
