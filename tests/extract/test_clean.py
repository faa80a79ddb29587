"""Both sides of every cleaning rule, and the law that no word of a page disappears unseen."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract import clean
from pipeline.extract.linerules import is_sentence
from pipeline.extract.render import Line
from pipeline.records import Removed

from .builder import LINES, TITLE


def clean_lines(lines: list[str], title: str) -> tuple[list[str], list[Removed]]:
    return clean.clean_lines([Line(line) for line in lines], title)


REMOVED = [
    ("other_story", "Baca juga: Lapas Tanjung Kelumbi gagalkan sabu dalam ikan pindang"),
    ("other_story", "BACA JUGA Lapas Tanjung Kelumbi Gagalkan Sabu"),
    ("other_story", "Baca Juga: Kapan Remisi Diberikan?"),
    ("other_story", "- Baca juga: Remisi susulan untuk 12 orang"),
    ("other_story", "» Baca Juga Remisi susulan"),
    ("other_story", "\u200bBaca juga: Remisi susulan"),
    ("other_story", "[Baca juga: Remisi susulan]"),
    ("other_story", "(Baca juga: Remisi susulan)"),
    ("other_story", "Simak juga: Video panen jagung"),
    ("other_story", "Lihat Juga Foto-foto panen jagung"),
    ("other_story", "Baca selengkapnya di sini"),
    ("other_story", "Baca artikel lainnya di sini"),
    ("other_story", "Pilihan Editor: Harga sebuah pintu"),
    ("other_story", "Berita terkait: Harga sebuah pintu"),
    ("other_story", "Rekomendasi untuk anda: Harga sebuah pintu"),
    ("advertisement", "ADVERTISEMENT"),
    ("advertisement", "Iklan"),
    ("advertisement", "SCROLL TO CONTINUE WITH CONTENT"),
    ("advertisement", "SCROLL TO RESUME CONTENT"),
    ("advertisement", "Scroll ke bawah untuk melanjutkan membaca"),
    ("advertisement", "Gulir untuk lanjut membaca"),
    ("advertisement", "Lanjutkan membaca artikel di bawah"),
    ("advertisement", "Konten berlanjut setelah iklan ini"),
    ("promotion", "Ikuti saluran WhatsApp kami untuk kabar terbaru: saluran whatsapp Kabar"),
    ("promotion", "Dapatkan update berita pilihan di Google News."),
    ("promotion", "Yuk gabung di grup Telegram Kabar Nusantara!"),
    ("promotion", "Mari berlangganan untuk membaca tanpa iklan."),
    ("promotion", "Jangan lewatkan kabar terbaru, ikuti kami di Telegram."),
    ("promotion", "Simak terus berita terkini lewat WhatsApp Channel Kabar."),
    ("widget", "Post Views: 1.204"),
    ("widget", "Dilihat 200 kali"),
    ("widget", "Bagikan ini:"),
    ("widget", "Share"),
    ("widget", "Klik untuk berbagi pada Facebook(Membuka di jendela yang baru)"),
    ("widget", "Suka ini:"),
    ("widget", "Memuat..."),
    ("widget", "Loading..."),
    ("widget", "URL berhasil dicopy"),
    ("widget", "Daftar Isi [Tampil]"),
    ("pager", "Halaman: 1 2 3"),
    ("pager", "Halaman 1/2"),
    ("pager", "Halaman Selanjutnya"),
    ("pager", "Selanjutnya »"),
    ("pager", "Tampilkan Semua"),
    ("tags", "Tags: lapas, jagung, cirandu"),
    ("tags", "Tag Lapas Cirandu Remisi"),
    ("tags", "TOPIK: Overkapasitas"),
    ("tags", "Kata kunci: lapas"),
    ("tags", "id lapas, sampit, narkoba, razia"),
    ("hashtags", "#LapasCirandu #PanenRaya, #Jagung"),
    ("signature", "Pewarta: Tim Redaksi"),
    ("signature", "Editor : Tim Redaksi"),
    ("signature", "Sumber: Humas Lapas Cirandu"),
    ("signature", "Laporan Wartawan Kabar Nusantara, Tim Daerah"),
    ("signature", "Copyright © ANTARA 2026"),
    ("signature", "COPYRIGHT 2026"),
    ("signature", "© 2026 Kabar Nusantara. Seluruh hak dilindungi."),
    ("signature", "Hak cipta dilindungi undang-undang."),
    ("signature", "Dilarang keras mengambil konten tanpa izin."),
    ("signature", "(Humas Lapas Cirandu)"),
    ("signature", "(Hms)"),
    ("signature", "(rls/*)"),
    ("signature", "(*)"),
    ("signature", "(H-2)"),
    ("signature", "(abc/def)"),
    ("signature", "(antara/jpnn)"),
    ("signature", "(jal) Editor: Tim"),
    ("date_line", "Rabu, 16 Juli 2025 | 14:05 WIB"),
    ("date_line", "Jum'at, 24 Juli 2026 - 13:39 WIB"),
    ("date_line", "20/08/2013, 14:26 WIB"),
    ("date_line", "Diterbitkan pada 10 Nopember 2025 pukul 21.40 WITA"),
    ("date_line", "date 2024-11-19"),
    ("date_line", "17 January 2026"),
    ("signature", "Foto: Panen jagung di Cirandu"),
    ("caption", "(Foto: Istimewa)"),
    ("caption", "Foto panen jagung di Cirandu"),
    ("caption", "Foto ilustrasi penjara."),
    ("caption", "Ilustrasi lapas. (Foto: Istimewa)"),
    ("caption", "Dok. Humas Lapas Cirandu"),
    ("caption", "Gambar: Istimewa"),
    ("shortcode", '[caption id="attachment_1" width="300"]Kepala lapas memanen jagung[/caption]'),
    ("shortcode", '[gallery ids="1,2"]'),
    ("title_repeat", TITLE),
    ("title_repeat", TITLE.upper() + " – Kabar"),
    ("title_repeat", f"Nasional | {TITLE} | 18 November 2026"),
]
KEPT = [
    "Baca tulis Al-Quran menjadi kegiatan wajib di blok itu.",
    "Simak baik-baik aturan kunjungan, pesan petugas.",
    "Lihat saja kondisi blok hunian itu, kata Ombudsman.",
    "Cek kesehatan diikuti 200 warga binaan.",
    "Pembaca buku di perpustakaan lapas bertambah 200 orang.",
    "Rekomendasi: Ombudsman meminta kamar hunian ditambah.",
    "Iklan layanan masyarakat itu dibuat warga binaan.",
    "Jangan percaya tawaran pembebasan bersyarat lewat Telegram, kata Kepala Lapas.",
    "Mari kita jauhi narkoba, ujarnya.",
    "Klik tautan di Telegram itu menguras rekeningnya, ungkap polisi.",
    "Update data warga binaan dikirim melalui Telegram setiap pagi.",
    "Simak keterangan saksi soal grup Telegram itu.",
    "Dilihat dari udara, blok itu berbentuk huruf H.",
    "Bagikan ini kepada keluarga, pesan petugas kepada warga binaan.",
    "Memuat 40 narapidana, bus itu berangkat menjelang subuh.",
    "Suka ini dan itu, katanya.",
    "Daftar isian pemilih di lapas diperbarui.",
    "Halaman lapas dipenuhi tanaman jagung.",
    "Selanjutnya, petugas memeriksa kamar hunian.",
    "Sebelumnya petugas menyita 12 ponsel",
    "Topik utama pertemuan itu ialah pembinaan",
    "Label halal untuk keripik buatan warga binaan",
    "ID pengunjung dicatat petugas, lalu dikembalikan.",
    "Tags adalah istilah untuk penanda.",
    "#LapasCirandu menjadi tagar yang ramai.",
    "Penulis buku itu ialah warga binaan.",
    "Sumber air di lapas itu mengering.",
    "Editor majalah dinding itu dipilih bergantian.",
    "Laporan wartawan di lokasi menyebut lima tahanan kabur.",
    "Hak cipta batik karya warga binaan kini didaftarkan.",
    "Copyright menjadi materi pelatihan desain.",
    "Humas Lapas Cirandu membenarkan kabar itu (18/11).",
    "(Redaksi menerima surat itu dari keluarga tahanan pada awal bulan lalu dan telah memeriksanya.) Surat asli disimpan.",
    "Redam keributan, petugas memindahkan 12 orang.",
    "17 Agustus 2025 mereka bebas.",
    "Rabu, 16 Juli 2025, petugas menggeledah blok C.",
    "16 Juli 2025 pukul 14.05 WIB lima tahanan kabur.",
    "Foto itu beredar di media sosial dan dibantah Kepala Lapas.",
    "Foto bersama menutup kegiatan itu.",
    "Ilustrasi itu dibuat warga binaan untuk majalah dinding",
    "Dokter lapas memeriksa 40 orang.",
    "Gambar sketsa itu menjadi bukti di sidang.",
    "Sorotan pun muncul.",
    "Ringkasan berita acara pemeriksaan dibacakan jaksa di sidang.",
    "Komentar Kepala Lapas menenangkan keluarga.",
    TITLE + " pada Rabu pagi bersama dinas.",
    TITLE.lower() + ", kata kepala lapas.",
]


@pytest.mark.parametrize(("rule", "line"), REMOVED)
def test_a_line_that_is_not_the_article_is_removed_by_its_rule(rule: str, line: str) -> None:
    kept, removed = clean_lines([LINES[0], line, LINES[1]], TITLE)
    assert kept == [LINES[0], LINES[1]]
    assert removed == [Removed(rule, line)]


@pytest.mark.parametrize("line", KEPT)
def test_a_sentence_that_merely_begins_with_such_a_word_stays(line: str) -> None:
    assert clean_lines([LINES[0], line, LINES[1]], TITLE) == ([LINES[0], line, LINES[1]], [])


def test_a_link_glued_to_a_paragraph_is_cut_off_and_the_paragraph_stays() -> None:
    kept, removed = clean_lines([LINES[0] + " Baca juga: Remisi untuk 12 orang", LINES[1]], TITLE)
    assert kept == [LINES[0], LINES[1]]
    assert removed == [Removed("other_story", "Baca juga: Remisi untuk 12 orang")]


def test_a_link_glued_into_the_middle_of_a_long_paragraph_does_not_take_the_rest_with_it() -> None:
    line = LINES[0] + " Baca juga: Remisi untuk 12 orang " + " ".join(LINES[1:])
    start = time.monotonic()
    assert clean_lines([line], TITLE) == ([line], [])
    assert time.monotonic() - start < 10  # it hung for ever once


def test_a_link_line_that_has_swallowed_a_paragraph_stays() -> None:
    line = "Baca juga: Remisi untuk 12 orang " + " ".join(LINES)
    assert clean_lines([line], TITLE) == ([line], [])


def test_headlines_below_a_bare_link_heading_go_and_the_article_goes_on() -> None:
    lines = [
        *LINES,
        "Baca juga:",
        "Remisi untuk 12 orang",
        "Harga sebuah pintu",
        LINES[0] + " Lagi.",
        "Subjudul",
        LINES[1] + " Lagi.",
    ]
    kept, removed = clean_lines(lines, TITLE)
    assert kept == [*LINES, LINES[0] + " Lagi.", "Subjudul", LINES[1] + " Lagi."]
    assert [item.rule for item in removed] == ["other_story"] * 3


def test_a_caption_glued_to_its_paragraph_is_cut_off() -> None:
    kept, removed = clean_lines(["[caption id=1]Panen jagung[/caption]" + LINES[0]], TITLE)
    assert kept == [LINES[0]]
    assert removed == [Removed("shortcode", "[caption id=1]Panen jagung[/caption]")]


@pytest.mark.parametrize("head", ["Ringkasan Berita:", "Baca 10 detik", "Intinya sih...", "Poin penting:", "Sorotan"])
def test_a_summary_box_goes_with_its_bullets_only(head: str) -> None:
    kept, removed = clean_lines([head, "- Dua ton jagung dipanen.", "• 24 orang ikut.", LINES[0], "- Butir dalam berita."], TITLE)
    assert kept == [LINES[0], "- Butir dalam berita."]
    assert [item.rule for item in removed] == ["summary_box"] * 3


@pytest.mark.parametrize("end", ["Berita Terkait", "Komentar", "Komentar (3)", "Leave a Reply", "Terpopuler:", "Related Posts"])
def test_from_the_sites_own_blocks_on_everything_goes(end: str) -> None:
    kept, removed = clean_lines([*LINES, end, "Sebuah komentar pembaca yang panjang.", "Harga sebuah pintu"], TITLE)
    assert kept == list(LINES)
    assert [item.rule for item in removed] == ["after_end"] * 3


def test_such_a_word_in_the_first_half_ends_nothing() -> None:
    lines = [LINES[0], "Komentar", *LINES[1:]]
    assert clean_lines(lines, TITLE) == (lines, [])


def test_a_heading_about_recommendations_ends_nothing() -> None:
    lines = [*LINES, "Rekomendasi", "Ombudsman meminta kamar hunian ditambah."]
    assert clean_lines(lines, TITLE) == (lines, [])


@pytest.mark.parametrize("title", ["", "Jagung", "Lapas Cirandu", "!!!"])
def test_a_title_of_a_word_or_two_removes_only_itself(title: str) -> None:
    lines = ["Jagung dijual ke pasar", "Lapas Cirandu memanen jagung", LINES[0]]
    assert clean_lines(lines, title) == (lines, [])
    assert clean_lines([title, *lines], title)[0][-3:] == lines


@pytest.mark.parametrize(
    "line", ["Selesai.", "“Kami bersyukur,” katanya.", "Siapa?", "Ia berkata, “Ya.”", "(Selesai.)", "kata " * 30]
)
def test_a_sentence_is_known_by_its_end_or_length(line: str) -> None:
    assert is_sentence(line.strip())


@pytest.mark.parametrize("line", ["", "Harga Sebuah Pintu", "Bagikan", "18 November 2026"])
def test_a_headline_is_no_sentence(line: str) -> None:
    assert not is_sentence(line)


SOME_LINES = st.one_of(
    st.sampled_from(
        [line for _, line in REMOVED] + KEPT + list(LINES) + ["Komentar", "Baca juga:", "Ringkasan Berita", "- butir", ""]
    ),
    st.text(max_size=60),
    st.tuples(st.sampled_from(LINES), st.sampled_from([line for _, line in REMOVED])).map(" ".join),
)


@settings(deadline=None, max_examples=300)
@given(st.lists(SOME_LINES, max_size=12), st.sampled_from([TITLE, "", "Jagung"]))
def test_no_letter_disappears_unseen_and_none_is_invented(lines: list[str], title: str) -> None:
    kept, removed = clean_lines(lines, title)
    after = [*kept, *(item.line for item in removed)]
    assert Counter("".join("".join(lines).split())) == Counter("".join("".join(after).split()))


@settings(deadline=None, max_examples=300)
@given(st.lists(SOME_LINES, max_size=12))
def test_kept_lines_are_input_lines_in_their_order(lines: list[str]) -> None:
    kept, removed = clean_lines(lines, TITLE)
    rest = iter(lines)
    assert all(any(line in source for source in rest) for line in kept)
    assert len(kept) <= len(lines)
    assert all(item.rule for item in removed)
    assert clean_lines(lines, TITLE) == (kept, removed)


@pytest.mark.parametrize(
    "line",
    [
        "Baca juga: " * 2000,
        "#a " * 5000 + ".",
        "(" * 5000,
        "foto " * 5000,
        "id " + "a, " * 5000 + ".",
        "- " * 5000,
        "[caption]" * 3000,
    ],
)
def test_no_line_makes_a_rule_run_for_ever(line: str) -> None:
    start = time.monotonic()
    kept, removed = clean_lines([line.strip()], TITLE)
    assert len(kept) + len(removed) >= 1
    assert time.monotonic() - start < 20


def naive_twin(texts: list[str]) -> int:
    """Where the story begins again, by trying every place; the number of lines if nowhere."""
    for start in range(3, len(texts) // 2 + 2):
        again = texts[start:]
        if len(again) >= 3 and again == texts[: len(again)] and len(" ".join(again).split()) >= 40:
            return start
    return len(texts)


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=5), st.integers(1, 16))
def test_a_story_that_stands_twice_is_found_where_trying_every_place_finds_it(words: list[str], count: int) -> None:
    texts = [f"{word} {'kata ' * 13}" for word in (words * count)[:count]]
    removed: list[Removed] = []
    kept = clean._without_twin([Line(text) for text in texts], removed)
    assert [line.text for line in kept] == texts[: naive_twin(texts)]
    assert [one.line for one in removed] == texts[naive_twin(texts) :]


@pytest.mark.parametrize("line", ["~Rina Wati~", "!!! ***", "Facebook | Twitter | WhatsApp", "• Bagikan artikel ini •"])
def test_signs_around_a_sites_line_do_not_hide_it(line: str) -> None:
    assert clean_lines([*LINES, line, LINES[0] + " Lagi."], TITLE)[0] == [*LINES, LINES[0] + " Lagi."]


def test_hashtags_without_end_go_and_the_sentence_before_them_stays() -> None:
    kept, removed = clean_lines([f"{LINES[0]} {'#lapas ' * 500}".strip(), *LINES[1:]], TITLE)
    assert kept == list(LINES)
    assert sum(one.line.count("#lapas") for one in removed) == 500
