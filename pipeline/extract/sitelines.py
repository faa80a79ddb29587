"""Lines that sites put between and below the paragraphs of every story: one pattern a line, under its rule's name."""

from __future__ import annotations

import re

from pipeline.extract.linerules import count_words

# The first words come first: most lines begin with none of them, and what speaks is looked for in the whole line.
_FIRST = (
    "yuk|ayo|mari|silakan|ikuti|dapatkan|temukan|nikmati|follow|download|unduh|gabung|bergabung|simak|baca|cek|lihat|saksikan|"
    "tonton|pantau|klik|akses"
)
_SPEAKS = rf"(?=\(?(?:{_FIRST}))(?!.*\b(?:kata(?! kunci)|ujar|tutur|ungkap|jelas|imbuh|tegas|imbau|menurut)(?:nya)?\b)"
_CALL = r"(?:(?:yuk|ayo|mari|silakan)\b[,!]? ?)?"
_TOLD = r"(?:berita|informasi|kabar|update|konten|artikel)"
_NEWS = rf"(?:simak|baca|cek|lihat|saksikan|tonton|pantau|klik)\b.{{0,60}}\b(?:{_TOLD}|live|video|breaking)"
_PLACES = (
    r"(?:google news|whatsapp|wa channel|telegram|instagram|youtube|tiktok|facebook|live streaming|klik di sini|newsletter|"
    r"notifikasi|ponselmu|di sini)"
)
_LINES = {
    "promotion": rf"""
        {_SPEAKS}{_CALL}(?:ikuti|dapatkan|temukan|nikmati|follow|download|unduh|gabung|bergabung|{_NEWS})\b.{{0,140}}\b{_PLACES}\b.{{0,140}}
        {_SPEAKS}(?:simak|baca|ikuti|cek|dapatkan|download|unduh|akses)\b.{{0,60}}\b{_TOLD}\b.{{0,60}}\b(?:aplikasi|saluran|channel|email)\b.{{0,60}}
        (?:download|unduh) aplikasi\b.{{0,120}}
        (?:berita|artikel|konten) ini (?:bisa|dapat) diakses\b.{{0,120}}
        berlangganan (?:untuk|sekarang|newsletter|melalui)\b.{{0,100}}
        eksplorasi konten lain dari\b.{{0,80}}
        {_SPEAKS}\(?klik (?:di sini|link|tautan)\b.{{0,100}}
        (?:gabung|join)\b.{{0,40}}\b(?:grup|channel|kanal|saluran|komunitas)\b.{{0,80}}
        pastikan (?:anda|kamu) (?:sudah|telah) (?:meng)?install\b.{{0,120}}
        """,
    "other_story": r"""
        (?:(?:yuk|ayo|mari)\b[,!]? ?)?(?:simak|tonton|saksikan|lihat|baca) (?:juga )?(?:video|live|foto|artikel|berita)\b.{0,100}
        jangan lewatkan\b.{0,60}
        pilihan (?:untukmu|untuk (?:anda|kamu)|editor|redaksi)
        (?:lihat|baca) (?:berita|artikel|konten|topik)? ?(?:lainnya|selengkapnya|terkait)
        rekomendasi (?:redaksi|berita|artikel|untukmu|untuk (?:anda|kamu))\s*[»›>:]*
        (?:berita|artikel|video) (?:(?:ter)?populer|terkait|terkini|terbaru|lainnya|pilihan|rekomendasi)(?: hari ini)?
        (?:(?:berita|artikel) )?(?:sebelumnya|selanjutnya|berikutnya)\s*:.{0,120}
        """,
    "pager": r"""
        lanjut(?:kan)? (?:ke|membaca)\b.{0,60}
        (?:simak|baca|lanjut|bersambung)\b.{0,40}\b(?:halaman|laman)\b.{0,30}\b(?:selanjutnya|berikutnya|dua|\d{1,2})
        halaman\W*\d{1,2}(?:\W+\d{1,2})*
        (?:halaman|laman) (?:selanjutnya|berikutnya|sebelumnya)
        (?:post|posts|comment) navigation
        """,
    "widget": r"""
        (?:bagikan|sebarkan|share|sebar)(?: (?:artikel|berita|ini|this|ke|on|via|di))*
        (?:menyukai|suka) ini
        suka(?: memuat)?
        leave a (?:reply|comment)
        (?:batalkan balasan|cancel reply)
        follow us(?: on.{0,30})?
        ikuti kami(?: di.{0,40})?
        facebook comments? box
        (?:your email address will not be published|alamat email anda tidak akan dipublikasikan)\b.{0,80}
        print friendly.{0,40}
        spread the love
        (?:total |post )?views\s*:?\s*[\d.,]+
        (?:jumlah|total) (?:pembaca|pengunjung|dilihat|tayangan)\s*:?\s*[\d.,]+(?: kali)?
        (?:di)?baca\s*:?\s*[\d.,]+ kali
        [\d.,]+ (?:views?|kali dibaca|x dibaca|shares?|dilihat)
        (?:url|link|tautan)\b.{0,20}\b(?:copied|copy|disalin|dicopy|tercopy)\b.{0,20}
        (?:copy|salin) (?:link|tautan|url)
        (?:(?:facebook|twitter|whatsapp|telegram|line|email|pinterest|linkedin|x|threads|copy link|salin tautan)\W*+)+
        (?:beri(?:kan)? )?rating\b.{0,40}
        (?:getting time|loading|memuat)\b.{0,20}
        (?:lihat|kunjungi|buka) (?:versi|halaman|situs) (?:lengkap|desktop|asli|penuh|web)\b.{0,40}
        (?:view|read) (?:full|desktop) (?:site|version|article)
        komentar\s*\d+
        mg news
        """,
    "signature": r"""
        (?:artikel|berita|tulisan|konten|naskah) ini (?:telah|sudah|pernah) (?:tayang|terbit|dimuat|dipublikasikan)\b.{0,200}
        (?:artikel|berita|tulisan) ini (?:di(?:tulis|buat|susun|sadur)|merupakan)\b.{0,60}\b(?:magang|kerja ?sama|advertorial)\b.*
        (?:artikel|berita|tulisan) ini di(?:tulis|buat|susun|terjemahkan|hasilkan)\b.{0,60}\b(?:kecerdasan|ai|mesin|otomatis)\b.*
        (?<=~).{2,40}~
        \(?\s*(?:laporan|penulis|editor|reporter|kontributor|pewarta)\s*:.{2,80}\)
        """,
    "summary_box": r"""
        (?:ringkasan|rangkuman|intinya)\b.{0,30}\b(?:dibuat|dihasilkan|disusun)\b.{0,30}\b(?:ai|kecerdasan buatan)\b.{0,60}
        """,
}  # fmt: skip
_ANY_RULE = "|".join(
    f"(?P<{rule}>{'|'.join(line.strip() for line in lines.splitlines() if line.strip())})" for rule, lines in _LINES.items()
)
_SITE_LINE = re.compile(rf"\W*+(?:{_ANY_RULE})\W*", re.IGNORECASE)
MAX_WORDS, MAX_SIZE = 45, 600  # no such line is longer
_WORDLESS = re.compile(r"\W+")


def site_rule(line: str) -> str:
    """The rule by which ``line`` is a site's own line, "" if it is none."""
    if len(line) > MAX_SIZE or count_words(line) > MAX_WORDS:
        return ""
    if _WORDLESS.fullmatch(line):
        return "widget"
    found = _SITE_LINE.fullmatch(line)
    return str(found.lastgroup) if found else ""
