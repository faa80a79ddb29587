"""Pages that are no article: home, tag, search and list pages, galleries without a text, error pages that answer 200. Pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from pipeline.extract.head import Head
from pipeline.urls import is_list_page

LINKS = 6  # headlines of other stories among the sentences from which a page may be a list
PER_LINK = 35  # words of sentences for each of them; an article has hundreds
GALLERY_WORDS = 60  # words of sentences below which a page of pictures or a film tells nothing itself

_ERROR = re.compile(
    r"\W*(?:(?:error\s*)?(?:404|410|403|500|503)\b(?!\s+(?:orang|warga|napi|narapidana|tahanan|kg|butir|gram|kilogram))\W*"
    r"(?:error|not found|halaman.*|page.*|tidak ditemukan|forbidden|.{0,25})?|"
    r"(?:maaf,?\s*)?(?:halaman|berita|artikel|konten)(?: yang (?:anda|kamu) (?:cari|tuju|minta))? (?:ini )?"
    r"(?:tidak|tak|sudah tidak|belum) (?:dapat |bisa )?(?:di)?(?:temukan|tersedia|ada|ketemu)\b.*|"
    r"(?:page|content|article) not found|not found|oops\W*.{0,40}|just a moment\W*|access denied|akses ditolak|"
    r"sedang (?:dalam )?(?:perbaikan|pemeliharaan).*|under (?:construction|maintenance))\W*",
    re.IGNORECASE,
)
_LIST_TITLE = re.compile(
    r"\W*(?:(?:tag|topik|label|kategori|category|arsip|archives?|indeks|index|hasil pencarian|pencarian|search results?|kanal|"
    r"rubrik|"
    r"penulis|author)\b\s*(?:[:\"“#-]|berita|untuk|for\b|dari\b)|(?:berita|kabar|kumpulan berita)(?: .{0,40})? "
    r"(?:terbaru|terkini|hari ini)(?: (?:dan terpopuler|dan terkini|hari ini|seputar .*))?\W*$|kumpulan (?:berita|artikel)\b|"
    r"indeks berita\b|foto-foto\b.{0,20}$)",
    re.IGNORECASE,
)
_GONE = re.compile(
    r"\b(?:halaman|artikel|berita|konten)\b.{0,40}\b(?:telah|sudah|mungkin) (?:dihapus|dipindahkan|tidak ada|diturunkan)|"
    r"\b(?:halaman|artikel|berita|konten)\b(?: (?:ini|tersebut|yang (?:anda|kamu) \w+))? (?:tidak|tak) (?:dapat |bisa )?"
    r"(?:ditemukan|tersedia|diakses)|\bkembali ke (?:beranda|halaman (?:utama|depan))",
    re.IGNORECASE,
)
_ENTRY = re.compile(
    r"\W*(?:masuk|login|log in|sign in|daftar|registrasi|berlangganan|langganan)\b(?:\s*(?:\||-|ke\b|akun\b|atau\b|untuk\b).*)?",
    re.IGNORECASE,
)
_GALLERY_PATH = re.compile(
    r"/(?:videos?|foto|photos?|galeri|gallery|galleries|tv|20detik|infografis|live|streaming)(?:/|-|$)", re.IGNORECASE
)
_GALLERY_HOST = re.compile(r"^(?:video|foto|photo|tv|20)\.", re.IGNORECASE)
_GALLERY_TYPES = {"VideoObject", "ImageGallery", "MediaGallery", "ImageObject"}
_LIST_TYPES = {"CollectionPage", "SearchResultsPage", "ProfilePage"}


def by_address(url: str, head: Head) -> str:
    """Why the address alone says that the page is no article, "" if it does not."""
    parts = urlsplit(url)
    if parts.path in ("", "/", "/index.php", "/index.html") and not parts.query:
        return "home page"
    if is_list_page(url):
        return "tag, topic, search or category page"
    if head.canonical_is_home and not head.is_article:
        return "its canonical link is the home page"
    return ""


def by_words(url: str, head: Head, prose: int, headlines: int, lines: list[str]) -> str:
    """Why what the page shows says that it is no article: ``prose`` words of sentences, ``headlines`` that link elsewhere."""
    shown = [title for title in head.titles if title]
    if any(_ERROR.fullmatch(title) and len(title.split()) <= 9 for title in shown) and prose < 150:
        return f"an error page: {next(title for title in shown if _ERROR.fullmatch(title))[:60]}"
    if prose < GALLERY_WORDS and any(_ERROR.fullmatch(line) for line in lines if len(line.split()) <= 14):
        return "an error page by its text"
    if prose < GALLERY_WORDS and any(_GONE.search(line) for line in lines):
        return "the page says that its text is gone"
    if prose < GALLERY_WORDS and any(_ENTRY.fullmatch(title) for title in shown):
        return "a login or subscription form"
    kinds = set(head.types)
    if not head.is_article and (kinds & _LIST_TYPES or any(_LIST_TITLE.match(title) for title in shown[:2])):
        return "a list page by its title or type"
    if headlines >= LINKS and prose < (PER_LINK if not head.is_article else PER_LINK / 4) * headlines:
        return f"{headlines} headlines of other stories and {prose} words of sentences"
    if prose < GALLERY_WORDS:
        parts = urlsplit(url)
        if (
            _GALLERY_PATH.search(parts.path)
            or _GALLERY_HOST.match(parts.netloc)
            or kinds & _GALLERY_TYPES
            or head.kind.startswith("video")
        ):
            return f"a film or gallery with {prose} words of sentences"
    return ""
