"""Whether a text is the whole story: full, partial, or the teaser of a text that must be paid for. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import parse_qsl, urlsplit

from pipeline.extract.fields import split_dateline
from pipeline.extract.head import Head
from pipeline.extract.linerules import count_words
from pipeline.extract.outlets import Outlet
from pipeline.records import Page, Removed
from pipeline.urls import part_links, part_number

TEASER_WORDS = 200  # publishers mark whole texts as not free too; a longer text is no teaser
MAX_PARTS = 50
LONGEST_CUT = 100  # characters at a text's end in which it is looked for that the text is cut there
_PAYWALL = re.compile(
    r"(?:(?:silakan |yuk |ayo )?(?:berlangganan|langganan|(?:login|masuk|daftar)(?: (?:akun|ke akun|dulu|sekarang))?)\b.{0,40}"
    r"\b(?:untuk|agar|guna)\b.{0,25}\b(?:membaca|melanjutkan|akses|mengakses)\b.{0,60}|"
    r"(?:artikel|konten|berita|tulisan) (?:ini )?(?:khusus|hanya|eksklusif)\b.{0,30}\b(?:pelanggan|langganan|member|anggota)\b|"
    r"(?:konten|artikel) (?:premium|berbayar)\b.{0,60}|sudah berlangganan\?.{0,60}|baca .{0,30}dengan berlangganan.{0,40})",
    re.IGNORECASE,
)
_CUT = re.compile(r"(?:\.\.\.|…|\[(?:\.\.\.|…|&hellip;)\])[\"”]?\s*$|(?:baca|lihat|klik) selengkapnya\W*$", re.IGNORECASE)
_PAGE_OF = re.compile(r"\bhalaman\s*:?\s*(\d{1,2})\s*(?:/|dari)\s*(\d{1,2})\b", re.IGNORECASE)


def status_of(
    page: Page,
    head: Head,
    kept: Sequence[str],
    removed: Sequence[Removed],
    document: bytes,
    outlet: Outlet | None,
    *,
    told: bool,
) -> str:
    """full | partial | paywalled. ``document``: the page's first; ``told``: the text comes from its data, which hold all."""
    words = sum(map(count_words, kept))
    if words < TEASER_WORDS and (head.is_paid or any(map(_is_paywall, [*kept[-3:], *(one.line for one in removed)]))):
        return "paywalled"
    if page.parts_missing:
        return "partial"
    if told or (outlet is not None and outlet.paging.in_one_document) or _is_whole(page.final_url or page.url):
        return "full"
    # A later part begins in the middle; where a dateline opens the text, the parameter meant nothing.
    if part_number(page.final_url or page.url) > len(page.bodies) and not any(split_dateline(line) for line in kept[:1]):
        return "partial"
    is_linked = b"page=" in document and any(mark in document for mark in (b"?page=", b"&page=", b";page="))
    further = part_links(document, page.final_url or page.url, MAX_PARTS) if is_linked else []
    if len(further) + 1 > len(page.bodies) or any(_pages_of(one.line) > len(page.bodies) for one in removed):
        return "partial"
    return "partial" if kept and _CUT.search(kept[-1], max(0, len(kept[-1]) - LONGEST_CUT)) else "full"


def _is_paywall(line: str) -> bool:
    return len(line.split()) <= 30 and _PAYWALL.match(line) is not None


def _is_whole(url: str) -> bool:
    parts = urlsplit(url)
    named = dict(parse_qsl(parts.query))
    return "all" in (named.get("page", ""), named.get("showpage", "")) or parts.path.rstrip("/").endswith("/all")


def _pages_of(line: str) -> int:
    match = _PAGE_OF.search(line) if "alaman" in line or "ALAMAN" in line else None
    return int(match[2]) if match else 0
