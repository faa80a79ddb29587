"""00_catatan: the counts, gaps, failures and definitions that keep the other tables honest."""

import pytest

from pipeline.fetch.feeds import parse_feed
from pipeline.fetch.listings import parse_listing
from pipeline.fetch.sitemaps import parse_sitemap
from pipeline.records import Source, SourceKind
from pipeline.report.context import Entries
from pipeline.report.labels import source_state
from pipeline.report.weekly import weekly_tables
from tests.report.builder import MONDAY, article, context, frame, records, sources


def notes(*current, previous=(), **values):
    return weekly_tables(frame(*current), frame(*previous), context(**values))["00_catatan"]


def part(made, name):
    return {
        item: (value, text)
        for section, item, value, text in records(made, "bagian", "butir", "nilai", "keterangan")
        if section == name
    }


def test_every_article_is_accounted_for():
    made = part(
        notes(
            article("a", 1, published=None, date_status="unknown"),
            article("b", 1, date_status="suspect"),
            article("b2", 1, story_id="b", story_role="reprint", tone="unsure", needs_review=True),
            article("q", 1, programme_primary="dapur_sehat_mbg", kanwil=""),
            article("x", 1, tier="TX", outlet="Penyalin"),
            article("i", 1, relevance="immigration", tone=None),
            article("n", 1, relevance="irrelevant", tone=None),
            article("n2", 1, relevance="irrelevant", tone=None, tier="TX"),
        ),
        "cakupan",
    )
    counts = {item: int(value) for item, (value, _) in made.items()}
    assert counts == {
        "artikel dinilai": 8,
        "artikel dihitung": 4,
        "dikecualikan: situs penyalin (TX)": 1,
        "dikecualikan: keimigrasian saja": 1,
        "dikecualikan: tidak relevan": 2,
        "salinan": 1,
        "salinan dari artikel di luar minggu ini": 0,
        "tanggal terbit tidak diketahui": 1,
        "tanggal terbit diragukan": 1,
        "tone belum yakin": 1,
        "ditarik media": 0,
        "versi baru": 0,
        "bahasa mesin": 0,
        "tanpa teks": 0,
        "perlu tinjau": 1,
        "tanpa kanwil": 1,
        "program di luar daftar yang dipakai": 1,
    }
    assert made["dikecualikan: situs penyalin (TX)"][1] == "Penyalin"
    assert made["program di luar daftar yang dipakai"][1] == "Dapur sehat MBG"


def test_what_is_not_among_the_articles_is_told():
    rejected = {"timeout": 2, "robots": 1, "gone": 1, "baru_sekali": 1}
    made = part(notes(article("judged"), entries=Entries(rejected, waiting=3, skipped=40, unjudged=2)), "penolakan")
    assert [made[name][0] for name in ("menunggu diambil", "dilewati", "belum dinilai", "halaman ditolak")] == [
        "3",
        "40",
        "2",
        "5",
    ]
    assert "off_topic" in made["dilewati"][1]
    assert list(made)[4] == "situs tidak menjawab sampai batas waktu", "most frequent first"
    assert list(made)[5:] == ["baru sekali", "halaman sudah dihapus (404/410)", "dilarang robots.txt situs"], "then by code"
    assert made["situs tidak menjawab sampai batas waktu"] == ("2", "kode: timeout")


def test_failed_silent_and_inactive_sources_are_named():
    made = notes(
        article("peta", source_id="s6"),
        sources=sources(
            ("s4", "Mati", "inactive", None, "", 0),
            ("s2", "Warta", "timeout", MONDAY, "no answer\nin 30 s", 0),
            ("s1", "Kabar", "ok", MONDAY, "", 5),
            ("s3", "Diam", "ok", MONDAY, "", 0),
            ("s6", "Tanpa Tanggal", "unchanged", MONDAY, "", 0),
            ("s5", "Baru", "not_polled", None, "not_polled", 0),
        ),
    )
    assert {item: value for item, (value, _) in part(made, "sumber").items()} == {
        "sumber aktif": "5",
        "sumber gagal": "2",
        "sumber tanpa artikel minggu ini": "1",
    }
    assert part(made, "sumber gagal") == {
        "Warta (s2)": (
            "situs tidak menjawab sampai batas waktu",
            "terakhir berhasil 2026-11-16 00:00 WIB; pesan teknis: no answer in 30 s",
        ),
        "Baru (s5)": ("belum pernah diperiksa", "belum pernah berhasil; pesan teknis: not_polled"),
    }
    assert list(part(made, "sumber tanpa artikel")) == ["Diam (s3)"]
    assert list(part(made, "sumber nonaktif")) == ["Mati (s4)"]


@pytest.mark.parametrize("kind", ["feed", "sitemap", "listing"])
def test_each_cause_of_an_unhealthy_listing_has_words_of_its_own(kind):
    source = Source("s", "Warta", SourceKind.RSS, "https://warta.example/feed", link_pattern="/berita/")
    page = b"<html><body>Halaman</body></html>"
    item = "<item><link>{}</link><title>a</title></item>"
    one_address = "".join(item.format(f"https://warta.example/?utm_source={number}") for number in range(6))
    feeds = [b"<rss version='2.0'><channel></channel></rss>", page, b"teks saja", b"<!DOCTYPE r [<!ENTITY a 'b'>]><rss/>",
             f"<rss version='2.0'><channel>{one_address}</channel></rss>".encode(),
             f"<rss version='2.0'><channel>{item.format('mailto:a')}</channel></rss>".encode()]  # fmt: skip
    sitemaps = [page, b"<urlset/>", b"<sitemapindex/>", b"<!DOCTYPE r []><urlset/>", b"\x1f\x8brusak"]
    problems = {
        "feed": lambda: [parse_feed(body, source, source.url).problem for body in feeds],
        "sitemap": lambda: [parse_sitemap(body, source, source.url).problem for body in sitemaps],
        "listing": lambda: [parse_listing(body, source, source.url).problem for body in (b" ", page)],
    }[kind]()
    assert all(problems)
    told = [source_state("unhealthy", problem) for problem in problems]
    assert source_state("unhealthy", "something new") == "daftar berita tidak dapat dipakai"
    assert "daftar berita tidak dapat dipakai" not in told, list(zip(problems, told, strict=True))
    assert len(set(told)) == len(told)
    made = part(notes(sources=sources(("s", "Warta", "unhealthy", None, problems[0], 0))), "sumber gagal")
    assert made["Warta (s)"] == (told[0], f"belum pernah berhasil; pesan teknis: {problems[0]}")


def test_copies_whose_origin_is_no_row_of_this_week_are_told():
    rows = (
        article("b", 1, story_id="a", story_role="reprint"),
        article("b2", 2, story_id="a", story_role="reprint", outlet="Warta"),
        article("c", 1, story_id="lama", story_role="reprint"),
        article("d", 1), article("d2", 2, story_id="d", story_role="reprint"),
    )  # fmt: skip
    value, text = part(notes(*rows, previous=[article("a", -3)]), "cakupan")["salinan dari artikel di luar minggu ini"]
    assert value == "3"
    assert "2 di antaranya berasal dari minggu lalu" in text


def test_versions_recipes_and_codes():
    made = notes(article("a", recipe="resep-1"), article("b", recipe="resep-2", taxonomy="aksi-2026"))
    versions = part(made, "versi")
    assert versions["daftar program"] == ("akselerasi-2024", "13 Program Akselerasi Menteri Imigrasi dan Pemasyarakatan")
    assert versions["daftar program yang dirujuk artikel"][0] == "akselerasi-2024; aksi-2026"
    assert versions["resep model"][0] == "resep-1; resep-2"
    assert versions["resep model"][1].startswith("Lebih dari satu resep")
    codes = part(made, "program")
    assert codes["nomor resmi terverifikasi"] == (
        "5",
        "P01 = nomor 1; P02 = nomor 2; P03 = nomor 3; P04 = nomor 4; P08 = nomor 8",
    )
    assert set(codes) == {"nomor resmi terverifikasi", "P05", "P06", "P07", "P09", "P10", "P11", "P12", "P13"}
    assert codes["P13"] == ("dugaan", "P13 adalah kode proyek ini untuk Layanan dan pengawasan imigrasi, bukan nomor resmi")
    assert part(notes(article("a")), "versi")["resep model"] == ("resep-1", "Sidik konfigurasi dan kode yang memberi label")
    assert part(notes(), "versi")["resep model"][0] == "resep-1", "an empty week names the recipe it would have used"


def test_the_period_and_its_state():
    made = part(notes(complete=False), "periode")
    assert (made["awal"][0], made["akhir"][0]) == ("2026-11-16 00:00", "2026-11-23 00:00")
    assert made["status minggu"] == (
        "minggu berjalan, belum lengkap",
        "Angka masih akan bertambah; perubahan terhadap minggu lalu dikosongkan.",
    )
    assert made["minggu pembanding"] == ("2026-W46", "Tidak ada data untuk minggu lalu; kolom pembanding kosong.")
    assert part(notes(previous=[article("z", -3)]), "periode")["minggu pembanding"] == ("2026-W46", "")
    assert part(notes(), "periode")["status minggu"] == ("lengkap", "")


def test_definitions_say_what_the_reader_must_know():
    made = part(notes(), "definisi")
    assert made["sentimen"][1].startswith(
        "Sentimen = tone pemberitaan terhadap Pemasyarakatan sebagai institusi, bukan suasana peristiwa."
    )
    assert "kode proyek ini" in made["kode program"][1]
    assert "kurang dari 5" in made["n kecil"][1]
    assert "15 kata" in made["kutipan_alasan"][1]
    assert "berlaku pada tanggal terbitnya" in made["versi_program"][1]
    for item in (
        "status minggu",
        "belum yakin",
        "liputan mandiri",
        "keimigrasian",
        "tier media",
        "skor dan keyakinan",
        "kolom kosong",
        "waktu",
    ):
        assert made[item][1]


def test_a_source_error_is_cut_to_one_line_of_a_spreadsheet():
    made = part(notes(sources=sources(("s", "Warta", "timeout", None, "x" * 500, 0))), "sumber gagal")
    assert made["Warta (s)"][1] == "belum pernah berhasil; pesan teknis: " + "x" * 200
