"""Tone toward the institution, by who does what; the worst fact wins."""

from __future__ import annotations

import pytest

from pipeline.classify.tone import cheapest_tone
from tests.classify.conftest import Ask

CASES = {
    "foiled by officers": (
        "Petugas Lapas Sendang Lor Gagalkan Penyelundupan Sabu",
        "Petugas pintu utama Lapas Kelas IIB Sendang Lor menggagalkan sabu dalam lontong yang dibawa pengunjung. Barang itu "
        "langsung diserahkan kepada polisi, yang memuji kejelian petugas.",
        "positive",
    ),
    "officer arrested": (
        "Petugas Lapas Sendang Lor Ditangkap Bawa Sabu",
        "Polisi menangkap seorang petugas Lapas Kelas IIB Sendang Lor. Ia ditetapkan sebagai tersangka karena menjadi kurir.",
        "negative",
    ),
    "escape": (
        "Dua Napi Lapas Sendang Lor Kabur, Penjaga Lalai",
        "Dua narapidana Lapas Kelas IIB Sendang Lor melarikan diri. Kalapas mengakui kelalaian regu jaga; pos belakang kosong.",
        "negative",
    ),
    "riot": (
        "Rutan Wonosekar Rusuh, Kasur Dibakar",
        "Ratusan tahanan Rutan Kelas IIB Wonosekar mengamuk. Kerusuhan dipicu makanan basi, kata penghuni.",
        "negative",
    ),
    "death with questions": (
        "Napi Tewas di Rutan Wonosekar, Keluarga Pertanyakan Lebam",
        "Seorang narapidana tewas di Rutan Kelas IIB Wonosekar. Keluarga menuntut otopsi dan menduga ia dianiaya.",
        "negative",
    ),
    "watchdog's finding": (
        "Ombudsman: Penghuni Rutan Wonosekar Tidur Bergantian",
        "Ombudsman menemukan maladministrasi di Rutan Kelas IIB Wonosekar. Jamban rusak dan air tidak mengalir.",
        "negative",
    ),
    "money asked": (
        "Keluarga Napi Lapas Sendang Lor Mengaku Diminta Rp5 Juta",
        "Istri seorang narapidana mengaku diminta uang lima juta oleh oknum petugas Lapas Kelas IIB Sendang "
        "Lor. Kalapas membantah.",
        "negative",
    ),
    "steered from inside": (
        "Napi Lapas Wonosekar Kendalikan Sabu dari Sel",
        "BNN menyebut narapidana Lapas Kelas IIA Wonosekar mengendalikan pengiriman sabu dari dalam lapas dengan handphone.",
        "negative",
    ),
    "benefit delivered": (
        "Lapas Sendang Lor Bagikan 100 Paket Sembako, Warga Terbantu",
        "Lapas Kelas IIB Sendang Lor membagikan paket sembako kepada warga sekitar. Seorang nenek mengucapkan terima kasih.",
        "positive",
    ),
    "rights served free": (
        "Tiga Warga Binaan Lapas Sendang Lor Langsung Bebas",
        "Tiga warga binaan menerima remisi dan langsung bebas tanpa biaya. Keluarga bersyukur dan memeluk petugas.",
        "positive",
    ),
    "praise by an outsider": (
        "Bupati Puji Kebun Lapas Sendang Lor",
        "Bupati mengapresiasi panen dua ton jagung Lapas Kelas IIB Sendang Lor dan menyebutnya layak dicontoh.",
        "positive",
    ),
    "bare procedure": (
        "Lapas Sendang Lor Ikuti Rapat Persiapan Daring",
        "Pejabat Lapas Kelas IIB Sendang Lor mengikuti rapat daring. Materi meliputi jadwal dan daftar peserta. "
        "Rapat ditutup pukul 11.00.",
        "neutral",
    ),
    "plan": (
        "Lapas Sendang Lor Berencana Tanam Kelapa Bulan Depan",
        "Penanaman di lahan Lapas Kelas IIB Sendang Lor dijadwalkan bulan depan, menunggu bibit. Usulan sudah diajukan.",
        "neutral",
    ),
    "figures": (
        "Jumlah Penghuni 12 Lapas dan Rutan per 30 Juni",
        "Data kanwil mencatat 8.306 orang. Rinciannya 6.100 narapidana dan sisanya tahanan. Kapasitas 5.000 orang.",
        "neutral",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_tone(case: str, ask: Ask) -> None:
    title, text, label = CASES[case]
    tone = ask(title, text).tone
    assert tone is not None
    assert tone.label == label
    assert tone.positive + tone.neutral + tone.negative == pytest.approx(1)
    assert max(("positive", "neutral", "negative"), key=lambda name: getattr(tone, name)) == label


def test_fault_outweighs_reaction(ask: Ask) -> None:
    title, text, _ = CASES["officer arrested"]
    found = ask(title, text + " Kakanwil menegaskan tindakan tegas sebagai wujud komitmen integritas.")
    assert found.tone is not None
    assert found.tone.label == "negative"
    assert "likely negative" in found.review_reasons


def test_read_also_lines_set_no_tone(ask: Ask) -> None:
    title, text, _ = CASES["benefit delivered"]
    found = ask(title, text + "\nBaca juga: Napi Kabur, Kalapas Dicopot\nSimak juga: Pungli di Lapas Wonosekar")
    assert found.tone is not None
    assert found.tone.label == "positive"
    assert found.incidents == ()


def test_tone_quotes_the_sentences_that_speak_for_it(ask: Ask) -> None:
    title, text, _ = CASES["escape"]
    tone = ask(title, text).tone
    assert tone is not None
    assert any("melarikan diri" in item.quote or "Kabur" in item.quote for item in tone.evidence)


def test_doubt_is_neutral(ask: Ask) -> None:
    tone = ask("Lapas Sendang Lor", "Lapas Kelas IIB Sendang Lor terletak di tepi kota.").tone
    assert tone is not None
    assert tone.label == "neutral"


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (
            "Roti Sobek Lapas Sendang Lor Ludes",
            "Gantungan kosong, rak kosong: roti sobek buatan warga binaan Lapas Kelas IIB Sendang Lor ludes terjual. Seorang "
            "pengunjung bercerita ia datang lagi, ternyata sudah habis. Pembeli difoto bersama pembuatnya dan mengaku senang.",
        ),
        (
            "Pegawai Lapas Sendang Lor Donor Darah untuk Korban Longsor",
            "Empat puluh pegawai Lapas Kelas IIB Sendang Lor mendonorkan darah untuk korban longsor. Warga berterima kasih.",
        ),
        (
            "Lima Orang Pulang Lebih Awal dari Lapas Sendang Lor",
            "Lima narapidana Lapas Kelas IIB Sendang Lor bebas bersyarat tanpa biaya. Mereka membawa nomor pembimbing yang dapat "
            "dihubungi lewat pesan singkat, kata juru bicara kanwil. Keluarga bersyukur.",
        ),
    ],
)
def test_plain_words_of_reporting_blame_nobody(title: str, text: str, ask: Ask) -> None:
    found = ask(title, text)
    assert found.tone is not None
    assert found.tone.label == "positive"
    assert found.incidents == ()


def test_an_officer_who_is_arrested_is_the_object(ask: Ask) -> None:
    text = "Polisi menangkap seorang pegawai Lapas Kelas IIB Sendang Lor yang membawa 40 gram sabu."
    found = ask("Polisi Tangkap Petugas Lapas Sendang Lor", text)
    assert found.tone is not None
    assert found.tone.label == "negative"
    assert found.incident_codes == ("narkoba_internal",)


@pytest.mark.parametrize(
    ("positive", "neutral", "negative", "answer"),
    [
        (0.02, 0.51, 0.47, "negative"),  # about as likely: overlooking costs twice as much
        (0.00, 0.66, 0.34, "negative"),
        (0.00, 0.70, 0.30, "neutral"),
        (0.35, 0.40, 0.25, "unsure"),
        (0.40, 0.27, 0.33, "unsure"),
        (0.55, 0.43, 0.02, "positive"),
        (0.55, 0.25, 0.20, "unsure"),  # half of the shares and half of negative's are needed
        (0.61, 0.19, 0.20, "positive"),
    ],
)
def test_the_answer_is_what_is_expected_to_cost_least(positive: float, neutral: float, negative: float, answer: str) -> None:
    shares = {"positive": positive, "neutral": neutral, "negative": negative}
    assert cheapest_tone(shares, unsure=0.5, missed_negative=2) == answer


@pytest.mark.parametrize(("best", "answer"), [(0.49, "unsure"), (0.5, "neutral"), (0.51, "neutral")])
def test_where_all_mistakes_cost_the_same_a_label_needs_half_of_the_shares(best: float, answer: str) -> None:
    shares = {"positive": 1 - best - 0.2, "neutral": best, "negative": 0.2}
    assert cheapest_tone(shares, unsure=0.5, missed_negative=1) == answer


def test_a_model_that_never_saw_bad_news_never_says_it() -> None:
    assert cheapest_tone({"positive": 0.2, "neutral": 0.8}, unsure=0.5, missed_negative=2) == "neutral"
