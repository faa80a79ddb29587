"""Lines that stand in the extracted text but are not the article: each is taken out with the rule that took it. Pure."""

from __future__ import annotations

import re

from pipeline.records import Removed

_I = re.IGNORECASE
# What lists and themes put before a line, and no-width characters.
_BULLET = re.compile(r"^[\s\-–—•*»›▶►■|\u200b\ufeff]+(?=\S)")
_DATE = (
    r"(?:\d{1,2}[\s-]+(?:jan|[fp]eb|mar|apr|mei|may|mrt|jun|jul|a[gu]|sep|o[kc]t|no[vp]|de[sc])[a-z]{0,7}\.?,?[\s-]+\d{4}"
    r"|\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{4}-\d{2}-\d{2})"
)
# Whole lines. The order matters only for the rule's name; every pattern is anchored at the line's start. A sentence that merely
# begins with such a word ("Foto itu beredar ...") is the article's own; tests/extract/test_clean.py has both sides of each.
_LINE_RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("other_story", re.compile(r"[\[(]?\s*(?:baca|simak|lihat|tonton|cek)\s+(?:juga|pula|selengkapnya|lainnya|artikel)\b.*", _I)),
    (
        "other_story",
        re.compile(
            r"(?:pilihan editor|artikel terkait|berita terkait|berita lainnya|rekomendasi (?:berita|artikel|untuk (?:anda|kamu)))"
            r"\b\s*:.*",
            _I,
        ),
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
            r"(?!.*\b(?:kata|ujar|tutur|ungkap|jelas|imbuh|tegas|imbau|menurut)(?:nya)?\b)"
            r"(?:ikuti|dapatkan|yuk|mari|gabung|bergabung|temukan|follow|langganan|berlangganan|klik|"
            r"(?:simak|update)\s+(?:terus|berita|informasi|breaking|kabar|terkini|terbaru)|"
            r"jangan\s+(?:lewatkan|lupa|sampai|ketinggalan))\b.*",
            _I,
        ),
    ),
    ("widget", re.compile(r"(?:post views|dilihat|views?|pembaca)\s*:?\s*[\d.,]+(?:\s*kali)?\s*$", _I)),
    ("widget", re.compile(r"(?:bagikan|share)\s*(?:ini|this|artikel|berita|ke)?\s*:?\s*$", _I)),
    (
        "widget",
        re.compile(
            r"(?:klik untuk (?:berbagi|membagikan)\b.{0,80}|suka ini\W{0,3}|like this\W{0,3}|(?:sedang )?memuat\W{0,3}|"
            r"loading\W{0,3}|url berhasil\b.{0,80}|daftar isi\W*(?:\[?\w{4,12}\]?)?)$",
            _I,
        ),
    ),
    (
        "pager",
        re.compile(
            r"(?:halaman\s*:?\s*[\d\s/|]+|(?:halaman )?(?:selanjutnya|berikutnya|sebelumnya)|tampilkan semua)\s*[›»>]*\s*$",
            _I,
        ),
    ),
    ("tags", re.compile(r"(?:(?:tags?|topik|kata kunci|label)\s*:|tags?\s)\s*[#\w][^.!?]*$", _I)),
    ("tags", re.compile(r"(?:topik|kata kunci|label|id)\s+(?:[^.!?,]{1,40},)+[^.!?,]{1,40}$", _I)),
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
            r"(?:laporan (?:wartawan|reporter|kontributor)\b(?!.*[.!?][\"”’]*$)|copyright\s*(?:©|\(c\)|\d{4}|by\b|@|$)|©|"
            r"hak cipta\s*(?:©|\(c\)|\d{4}|dilindungi|milik|$)|dilarang keras mengambil).{0,200}$",
            _I,
        ),
    ),
    (
        "signature",
        re.compile(
            r"\(?\s*(?:(?:humas|hms|rls|red)\b|\*|[a-z]{2,8}/[a-z]{2,8}\b|[A-Z]-\d)[^()]{0,60}\)\s*(?:editor\s*:.*)?$", _I
        ),
    ),
    ("signature", re.compile(r"\(\s*[a-z]{2,6}\s*\)\s*(?:[Ee]ditor\s*:.*)?$")),
    (
        "date_line",
        re.compile(
            r"(?:(?:diterbitkan|dipublikasikan|diperbarui|terbit|tayang|published|posted|updated?|date|tanggal)\s*(?:pada|on)?\s*:?\s*)?"
            rf"(?:[\w'’`]{{1,20}}\s*,?\s*)?{_DATE}\W{{0,8}}(?:(?:pukul|jam|at)\b\W{{0,3}})?(?:\d{{1,2}}[.:]\d{{2}}(?:[.:]\d{{2}})?)?"
            r"\s*(?:[ap]\.?m\.?)?\s*\(?(?:WIB|WITA|WIT)?\W{0,8}$",
            _I,
        ),
    ),
    # A caption is not a sentence, or it is a short one that names a picture's source.
    ("caption", re.compile(r"\(?(?:foto|dok)\b(?!.*\w[.!?][\"”’]*$).{0,200}$", _I)),
    (
        "caption",
        re.compile(r"\(?(?:foto\s*[:/]|foto (?:ilustrasi|dok|ist|istimewa)\b|dok\.|gambar\s*:)(?![^.]{140}).{0,200}$", _I),
    ),
    ("caption", re.compile(r"\(?ilustrasi\b(?!\s+(?:itu|ini|tersebut|yang)\b)(?![^.]{140}).{0,200}$", _I)),
    ("shortcode", re.compile(r"\[/?(?:caption|embed|gallery)\b(?!.*\[/(?:caption|embed|gallery)\]\s*\S).*$", _I)),
)
# From such a line on, everything belongs to the site, when it stands in the second half of the text.
_END = re.compile(
    r"(?:berita terkait|artikel terkait|related posts?|komentar|comments?|leave a reply|tinggalkan balasan|"
    r"terpopuler|berita populer|rekomendasi untuk (?:anda|kamu)|discussion about this post|add new comment|posting komentar)"
    r"\s*:?\s*(?:\(?\d+\)?)?$",
    _I,
)
# Headlines follow such a line, the article goes on after them.
_LINKS_HEAD = re.compile(r"(?:baca|simak|lihat) (?:juga|pula)\s*:?$", _I)
_SUMMARY_HEAD = re.compile(
    r"(?:ringkasan berita\b.{0,20}|baca \d+ detik\b.{0,20}|intinya sih\b.{0,20}|poin penting\W*|sorotan\W*)$", _I
)
_SENTENCE_END = re.compile(r"[.!?…][\"”'’)]*$")
# "Baca juga:" glued to the end of a paragraph, followed by a headline of at most 25 words.
_GLUED = re.compile(r"\s*\b(?:baca|simak|lihat) juga\s*:\s*(?:\S+(?:\s+|$)){1,25}$", _I)
# A shortcode glued to the text: [caption ...]words under the picture[/caption]The article goes on.
_SHORTCODE = re.compile(r"^\[(caption|embed|gallery)\b.*?\[/\1\]\s*", _I)
LINK_WORDS = 40  # no headline is longer: a link line with more words has swallowed a paragraph


def is_sentence(line: str) -> bool:
    """True for a line that ends like a sentence or is as long as a paragraph; headlines and buttons do neither."""
    return bool(_SENTENCE_END.search(line)) or len(line.split()) >= 30


def _repeats(line: str, title: str) -> bool:
    """The title again, alone or with a section name and a date around it (at most 12 words more, and no sentence)."""
    squeezed, whole = re.sub(r"\W+", "", title).lower(), re.sub(r"\W+", "", line).lower()
    if not squeezed or whole == squeezed:
        return bool(squeezed)
    # A lead often begins with the title's very words, and a title of a word or two stands in many lines.
    more = len(line.split()) - len(title.split())
    return len(title.split()) >= 4 and squeezed in whole and more <= 12 and not _SENTENCE_END.search(line)


def clean_lines(lines: list[str], title: str) -> tuple[list[str], list[Removed]]:
    """(lines of the article, removed lines), both in their order. The title repeated as a line is removed too."""
    kept: list[str] = []
    removed: list[Removed] = []
    in_summary = in_links = False
    for number, line in enumerate(lines):
        if _END.match(line) and number >= len(lines) / 2 and sum(map(len, kept)) > 200:
            removed.extend(Removed("after_end", rest) for rest in lines[number:])
            break
        in_summary = bool(_SUMMARY_HEAD.match(line)) or (in_summary and line.startswith(("-", "•", "–")))
        in_links = bool(_LINKS_HEAD.match(line)) or (in_links and not is_sentence(line))
        rule = "summary_box" if in_summary else "other_story" if in_links else _rule(line, title)
        if rule:
            removed.append(Removed(rule, line))
            continue
        rest = line
        for glued, pattern in (("shortcode", _SHORTCODE), ("other_story", _GLUED)):
            if match := pattern.search(rest):
                removed.append(Removed(glued, match[0].strip()))
                rest = (rest[: match.start()] + rest[match.end() :]).strip()
        if rest:
            kept.append(rest)
    return kept, removed


def _rule(line: str, title: str) -> str:
    if _repeats(line, title):
        return "title_repeat"
    bare = _BULLET.sub("", line)
    rule = next((name for name, pattern in _LINE_RULES if pattern.match(bare)), "")
    return "" if rule == "other_story" and len(line.split()) > LINK_WORDS else rule
