"""Lines that stand in the extracted text but are not the article: each is taken out with the rule that took it. Pure."""

from __future__ import annotations

import re

from pipeline.records import Removed

_I = re.IGNORECASE
# Whole lines. The order matters only for the rule's name; every pattern is anchored at the line's start.
_LINE_RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("other_story", re.compile(r"(?:baca|simak|lihat|tonton|cek)\s+(?:juga|pula|selengkapnya|lainnya|artikel)\b.*", _I)),
    (
        "other_story",
        re.compile(r"(?:pilihan editor|artikel terkait|berita terkait|berita lainnya|rekomendasi(?: untuk anda)?)\b\s*:.*", _I),
    ),
    (
        "advertisement",
        re.compile(r"(?:advertisement|iklan|scroll to (?:continue|resume).*|(?:scroll|gulir) (?:ke bawah )?untuk .*)$", _I),
    ),
    ("advertisement", re.compile(r"(?:lanjutkan membaca|konten berlanjut).*(?:iklan|bawah ini|di bawah)\b.*", _I)),
    (
        "promotion",
        re.compile(
            r"(?=.*\b(?:whatsapp channel|channel whatsapp|saluran whatsapp|google news|telegram|berlangganan|newsletter)\b)"
            r"(?:ikuti|dapatkan|yuk|mari|gabung|bergabung|simak|update|temukan|follow|langganan|berlangganan|klik|jangan)\b.*",
            _I,
        ),
    ),
    ("widget", re.compile(r"(?:post views|dilihat|views?|pembaca)\s*:?\s*[\d.,]+(?:\s*kali)?\s*$", _I)),
    ("widget", re.compile(r"(?:bagikan|share)\s*(?:ini|this|artikel|berita|ke)?\s*:?\s*$", _I)),
    (
        "widget",
        re.compile(
            r"(?:klik untuk (?:berbagi|membagikan)|suka ini|like this|memuat\.*|loading\.*|url berhasil|daftar isi)\b.{0,80}$", _I
        ),
    ),
    (
        "pager",
        re.compile(
            r"(?:halaman\s*:?\s*[\d\s/|]+|(?:halaman )?(?:selanjutnya|berikutnya|sebelumnya)|tampilkan semua)\s*[›»>]*\s*$",
            _I,
        ),
    ),
    ("tags", re.compile(r"(?:tags?|topik|kata kunci|label|id)\s*:?\s+(?:[#\w][^.!?]*)$", _I)),
    ("hashtags", re.compile(r"(?:#\w+[\s,]*)+$")),
    (
        "signature",
        re.compile(
            r"(?:pewarta|penulis|editor|reporter|kontributor|penyunting|redaktur|rep|red|sumber|foto)\s*:\s*.{0,120}$", _I
        ),
    ),
    (
        "signature",
        re.compile(
            r"(?:laporan (?:wartawan|reporter|kontributor)|copyright\b|©|hak cipta\b|dilarang keras mengambil).{0,200}$", _I
        ),
    ),
    ("signature", re.compile(r"\(?\s*(?:humas|hms|rls|red|\*|[a-z]{2,4}/[a-z]{2,4}|[A-Z]-\d)[^()]{0,60}\)\s*$", _I)),
    ("date_line", re.compile(r"(?:\w+,\s*)?\d{1,2}\s+\w{3,9}\s+\d{4}\b.{0,25}$")),
    ("caption", re.compile(r"(?:\(?foto\b|ilustrasi\b|dok\.|gambar\s*:)(?![^.]{140}).{0,200}$", _I)),
    ("shortcode", re.compile(r"\[/?(?:caption|embed|gallery)\b.*$", _I)),
)
# From such a line on, everything belongs to the site, when it stands in the second half of the text.
_END = re.compile(
    r"(?:berita terkait|artikel terkait|baca juga|related posts?|komentar|comments?|leave a reply|tinggalkan balasan|"
    r"terpopuler|berita populer|rekomendasi|discussion about this post|add new comment|posting komentar)\s*:?\s*(?:\(?\d+\)?)?$",
    _I,
)
_SUMMARY_HEAD = re.compile(r"(?:ringkasan berita|baca \d+ detik|intinya sih|poin penting|sorotan)\b.{0,20}$", _I)
# "Baca juga:" glued to the end of a paragraph, followed by a headline of at most 25 words.
_GLUED = re.compile(r"\s*\b(?:baca|simak|lihat) juga\s*:\s*((?:\S+\s*){1,25})$", _I)


def _repeats(line: str, title: str) -> bool:
    """The title again, alone or with a section name and a date around it (at most 12 words more)."""
    squeezed = re.sub(r"\W+", "", title).lower()
    return bool(squeezed) and squeezed in re.sub(r"\W+", "", line).lower() and len(line.split()) <= len(title.split()) + 12


def clean_lines(lines: list[str], title: str) -> tuple[list[str], list[Removed]]:
    """(lines of the article, removed lines), both in their order. The title repeated as a line is removed too."""
    kept: list[str] = []
    removed: list[Removed] = []
    in_summary = False
    for number, line in enumerate(lines):
        if _END.match(line) and number >= len(lines) / 2 and sum(map(len, kept)) > 200:
            removed.extend(Removed("after_end", rest) for rest in lines[number:])
            break
        in_summary = bool(_SUMMARY_HEAD.match(line)) or (in_summary and line.startswith(("-", "•", "–")))
        rule = "summary_box" if in_summary else _rule(line, title)
        if rule:
            removed.append(Removed(rule, line))
            continue
        match = _GLUED.search(line)
        if match:
            removed.append(Removed("other_story", match[0].strip()))
        rest = line[: match.start()].rstrip() if match else line
        if rest:
            kept.append(rest)
    return kept, removed


def _rule(line: str, title: str) -> str:
    if _repeats(line, title):
        return "title_repeat"
    return next((name for name, pattern in _LINE_RULES if pattern.match(line)), "")
