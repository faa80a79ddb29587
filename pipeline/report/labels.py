"""Indonesian words for the codes of the store: tones, types, incidents, reasons, states and programmes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.report.context import TaxonomyLike

TONE = MappingProxyType({"positive": "positif", "neutral": "netral", "negative": "negatif", "unsure": "belum yakin"})

SOURCE_TYPE = MappingProxyType(
    {"press_release": "siaran pers", "report": "liputan", "opinion": "opini", "aggregate": "kumpulan berita"}
)

PUBLISHER_TYPE = MappingProxyType(
    {
        "newsroom": "redaksi",
        "wire": "kantor berita",
        "own": "kanal milik instansi",
        "aggregator": "agregator",
        "user": "tulisan pengguna",
        "unknown": "belum diketahui",
    }
)

DATE_STATUS = MappingProxyType({"ok": "pasti", "suspect": "diragukan", "unknown": "tidak diketahui"})

SCOPE = MappingProxyType({"pas": "pemasyarakatan", "imi": "keimigrasian", "both": "pemasyarakatan dan keimigrasian"})

STATUS = MappingProxyType(
    {
        "verified": "terverifikasi",
        "theme-only": "tema ditemukan, nomor belum pasti",
        "inferred": "dugaan",
        "open": "belum diketahui",
    }
)

INCIDENT = MappingProxyType(
    {
        "kematian": "kematian",
        "kerusuhan": "kerusuhan",
        "kabur": "pelarian",
        "kekerasan": "kekerasan",
        "narkoba_internal": "narkoba dari dalam",
        "korupsi_pungli": "korupsi atau pungli",
        "etik": "pelanggaran etik",
        "bencana": "bencana",
        "pelayanan": "keluhan pelayanan",
    }
)

# How grave an incident is for the alert list, a choice of this project (Ditjenpas may set another order): harm to life
# and loss of control first, then the integrity of officers, then what the unit suffers or serves badly.
INCIDENT_WEIGHT = MappingProxyType(
    {
        "kematian": 6,
        "kerusuhan": 6,
        "kabur": 5,
        "kekerasan": 5,
        "narkoba_internal": 4,
        "korupsi_pungli": 4,
        "etik": 3,
        "bencana": 2,
        "pelayanan": 2,
    }
)

REVIEW = MappingProxyType(
    {
        "relevance doubtful": "relevansi diragukan",
        "tone unsure": "tone belum yakin",
        "likely negative": "kemungkinan negatif",
        "programme doubtful": "program diragukan",
        "unit unknown": "UPT tidak ada di katalog",
        "dangerous incident": "insiden berat",
    }
)

REASON = MappingProxyType(
    {
        "gone": "halaman sudah dihapus (404/410)",
        "refused": "ditolak situs (401/403/451)",
        "rate_limited": "dibatasi situs (429)",
        "server_error": "galat di server situs (5xx)",
        "unreachable": "situs tidak dapat dihubungi",
        "timeout": "situs tidak menjawab sampai batas waktu",
        "too_large": "halaman terlalu besar",
        "not_html": "bukan halaman HTML",
        "unsafe_address": "alamat tidak aman",
        "too_many_redirects": "terlalu banyak pengalihan",
        "robots": "dilarang robots.txt situs",
        "bad_url": "alamat tidak sah",
        "same_article": "alamat lain dari artikel yang sudah dikenal",
        "http_status": "jawaban situs di luar dugaan",
        "challenge": "situs meminta bukti bahwa pengunjungnya manusia",
        "paywall": "halaman berbayar (402)",
        "corrupt": "jawaban situs terputus atau rusak",
        "host_closed": "situs sedang tidak dihubungi dahulu",
        "off_topic": "judul dan ringkasan tidak menyebut pemasyarakatan",
        "unresolved": "tautan mesin pencari, hanya judulnya yang dicatat",
        "blocked": "situs dalam daftar blokir (penyalin atau penulis ulang)",
        "forgotten": "dihapus atas permintaan",
        "no_text": "tidak ada teks artikel",
        "not_article": "bukan artikel",
        "not_indonesian": "tidak berbahasa Indonesia",
        "broken": "halaman gagal dibaca",
    }
)

SOURCE_STATE = MappingProxyType(
    {
        **REASON,
        "ok": "baik",
        "unchanged": "baik",
        "inactive": "dinonaktifkan",
        "not_polled": "belum pernah diperiksa",
        "unhealthy": "daftar berita tidak dapat dipakai",
    }
)

# Why an answer was no healthy listing, by how the collector's technical message begins (fetch/feeds, sitemaps, listings).
UNHEALTHY = MappingProxyType(
    {
        "feed is empty": "daftar berita kosong",
        "sitemap is empty": "sitemap kosong",
        "listing page is empty": "halaman daftar berita kosong",
        "feed holds no usable items": "daftar berita tidak memuat tautan yang dapat dipakai",
        "all items lead to one address": "semua tautan di daftar berita menuju satu alamat",
        "answered a web page instead of a feed": "situs menjawab dengan halaman web, bukan daftar berita",
        "answered a web page instead of a sitemap": "situs menjawab dengan halaman web, bukan sitemap",
        "answer is not a feed": "jawaban situs bukan daftar berita (RSS atau Atom)",
        "answer is not a sitemap": "jawaban situs bukan sitemap",
        "sitemap index": "indeks sitemap tidak memuat sitemap yang dapat dipakai",
        "sitemap holds no usable items": "sitemap tidak memuat tautan yang dapat dipakai",
        "compressed feed": "daftar berita terkompresi rusak atau terlalu besar",
        "answered a web page instead of a JSON feed": "situs menjawab dengan halaman web, bukan JSON Feed",
        "answered a web page instead of a list of posts": "situs menjawab dengan halaman web, bukan hasil pencarian WordPress",
        "answer is not a JSON feed": "jawaban situs bukan JSON Feed",
        "answer is not a list of posts": "jawaban situs bukan hasil pencarian WordPress",
        "JSON feed": "JSON Feed tidak memuat tautan yang dapat dipakai",
        "list of posts": "hasil pencarian WordPress tidak memuat tautan yang dapat dipakai",
        "not JSON": "isi jawaban JSON rusak",
        "WordPress refused": "WordPress situs menolak pencarian",
        "hint is empty": "hasil penelusuran kosong",
        "hint holds": "hasil penelusuran tidak memuat judul yang dapat dipakai",
        "feed is larger": "daftar berita terlalu besar",
        "sitemap is larger": "sitemap terlalu besar",
        "listing page is larger": "halaman daftar berita terlalu besar",
        "feed has": "daftar berita terlalu rumit, ditolak",
        "sitemap has": "sitemap terlalu rumit, ditolak",
        "challenge page": "situs meminta bukti bahwa pengunjungnya manusia",
        "holds no items, though": "daftar berita kosong, padahal sebelumnya berisi",
        "all items lead to a home page": "semua tautan di daftar berita menuju halaman depan",
        "an old copy": "daftar berita basi (salinan lama)",
        "silent": "daftar berita tidak bertambah, jauh melampaui kebiasaannya",
        "feed cannot be read": "isi daftar berita rusak",
        "not XML": "isi sitemap rusak",
        "not HTML": "isi halaman daftar berita rusak",
        "declares XML entities": "daftar berita memuat deklarasi XML yang tidak aman, ditolak",
        "declares a document type": "sitemap memuat deklarasi XML yang tidak aman, ditolak",
        "compressed sitemap is broken or too large": "sitemap terkompresi rusak atau terlalu besar",
        "no link of the page fits": "tidak ada tautan di halaman daftar yang cocok dengan link_pattern",
    }
)

_PROGRAMME = MappingProxyType(
    {
        "narkoba_penipuan": "Narkoba dan penipuan",
        "ketahanan_pangan": "Ketahanan pangan",
        "umkm": "UMKM",
        "bansos": "Bantuan sosial",
        "overkapasitas": "Overkapasitas",
        "layanan_digital_imigrasi": "Layanan digital imigrasi",
        "autogate": "Autogate",
        "tppo_tppm": "TPPO dan TPPM",
        "visa_investor": "Visa investor",
        "lapas_modern": "Lapas modern",
        "pendidikan_kedinasan": "Pendidikan kedinasan",
        "hak_integrasi": "Hak integrasi",
        "layanan_pengawasan_imigrasi": "Layanan dan pengawasan imigrasi",
        "dapur_sehat_mbg": "Dapur sehat MBG",
        "pendidikan_kesetaraan": "Pendidikan kesetaraan",
        "energi_terbarukan": "Energi terbarukan",
        "cek_kesehatan_gratis": "Cek kesehatan gratis",
        "sdm_mooc": "MOOC bagi pegawai",
        "belum_diketahui": "(belum diketahui)",
        "umum": "Umum",
        "luar_program": "Luar program",
        "keimigrasian": "Keimigrasian",
    }
)


# What a source's volume was against its own past (fetch/coverage.py's words), where somebody should look.
VERDICT = MappingProxyType({"low": "jauh lebih sedikit daripada biasanya", "silent": "diam lebih lama daripada biasanya"})

# Measured figures of the judge (data/labels/floor.json) that the notes name.
SCORE = MappingProxyType(
    {
        "relevance macro_f1": "relevansi, macro-F1",
        "primary macro_f1": "program utama, macro-F1",
        "tone macro_f1": "tone, macro-F1",
        "tone negative recall": "tone negatif yang ditemukan (recall)",
        "tone negative precision": "tone negatif yang benar (precision)",
    }
)


def word(table: Mapping[str, str], code: str) -> str:
    """The Indonesian word for a code; a code that the table does not know is shown itself, with spaces for underscores."""
    return table.get(code) or code.replace("_", " ")


def source_state(state: str, error: str) -> str:
    """A source's state in words; for an answer that was no healthy listing, what was wrong with it."""
    if state == "unhealthy":
        cause = next((told for start, told in UNHEALTHY.items() if error.startswith(start)), "")
        return cause or SOURCE_STATE[state]
    return word(SOURCE_STATE, state)


def words(table: Mapping[str, str], codes: Iterable[str]) -> list[str]:
    """``word`` for each code, in the order given."""
    return [word(table, code) for code in codes]


def programme(slug: str, taxonomy: TaxonomyLike) -> str:
    """A programme as the tables print it: "P03 UMKM"; without a code when the list has no such slot ("Luar program")."""
    code = next((item.code for item in taxonomy.programmes if item.slug == slug), "")
    return f"{code} {short(slug)}".strip()


def short(slug: str) -> str:
    """A programme's short name, without its code."""
    return word(_PROGRAMME, slug)


def weight(incidents: Iterable[str]) -> int:
    """The gravity of the worst incident: 0 for none, 1 for one without a set weight."""
    return max((INCIDENT_WEIGHT.get(incident, 1) for incident in incidents), default=0)


def incidents(codes: Iterable[str]) -> list[str]:
    """Incidents as words, the gravest first, without doubles."""
    ranked = sorted(set(codes), key=lambda code: (-INCIDENT_WEIGHT.get(code, 1), code))
    return words(INCIDENT, ranked)


def yes_no(value: bool) -> str:
    """Ya or tidak."""
    return "ya" if value else "tidak"
