"""What foreign lines look like: patterns of lines, of glued pieces and of headings of boxes, each under its rule's name."""

from __future__ import annotations

import re

_I = re.IGNORECASE
# What lists and themes put before a line, and no-width characters.
BULLET = re.compile(r"^[\s\-–—•*»›▶►■|\u200b\ufeff]+(?=\S)")
_DATE = (
    r"(?:\d{1,2}[\s-]+(?:jan|[fp]eb|mar|apr|mei|may|mrt|jun|jul|a[gu]|sep|o[kc]t|no[vp]|de[sc])[a-z]{0,7}\.?,?[\s-]+\d{4}"
    r"|\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{4}-\d{2}-\d{2})"
)
# Whole lines. The order matters only for the rule's name; every pattern is anchored at the line's start. A sentence that merely
# begins with such a word ("Foto itu beredar ...") is the article's own; tests/extract/test_clean.py has both sides of each.
LINE_RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
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
            # The first words come first: few lines begin so, and the rest is looked for in the whole line.
            r"(?=baca|cek|untuk|download|unduh|kunjungi|ikuti|dapatkan|yuk|mari|gabung|bergabung|temukan|follow|langganan|"
            r"berlangganan|klik|simak|update|jangan)"
            r"(?=.*\b(?:whatsapp|google news|telegram|berlangganan|newsletter)\b)"
            r"(?!.*\b(?:kata(?! kunci)|ujar|tutur|ungkap|jelas|imbuh|tegas|imbau|menurut)(?:nya)?\b)"
            r"(?:baca (?:berita|artikel)|cek berita|untuk (?:mengetahui|informasi)|download|unduh|kunjungi|ikuti|dapatkan|yuk|"
            r"mari|gabung|bergabung|temukan|follow|langganan|berlangganan|klik|"
            r"(?:simak|update)\s+(?:terus|berita|informasi|breaking|kabar|terkini|terbaru)|"
            r"jangan\s+(?:lewatkan|lupa|sampai|ketinggalan))\b.*",
            _I,
        ),
    ),
    ("byline", re.compile(r"oleh:?\s+[^.!?]{2,60}\s[·|-]\s.{0,60}$", _I)),
    ("widget", re.compile(r"\d{1,3} menit (?:baca|membaca)$", _I)),
    ("markup", re.compile(r"<\w[^<>]*>$")),
    ("other_story", re.compile(r"(?:simak|tonton|saksikan|lihat)\s+video\b(?!.*\w[.!?]$).{0,140}$", _I)),
    ("other_story", re.compile(r"\W*(?:jajak pendapat|polling)\b.{0,20}$", _I)),
    (
        "signature",
        re.compile(
            r"(?:artikel|berita|naskah) ini (?:telah|sudah|pernah) (?:tayang|terbit|dimuat|dipublikasikan)\b.{0,200}$", _I
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
            r"(?:(?:diterbitkan|dipublikasikan|diperbarui|terbit|tayang|published|posted|updated?|date|tanggal)\s*(?:pada|"
            r"on)?\s*:?\s*)?"
            rf"(?:[\w'’`]{{1,20}}\s*,?\s*)?{_DATE}\W{{0,8}}(?:(?:pukul|jam|"
            rf"at)\b\W{{0,3}})?(?:\d{{1,2}}[.:]\d{{2}}(?:[.:]\d{{2}})?)?"
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
# All of them in one, the first that fits wins: a line is looked at once, not thirty times.
_ANY_RULE = re.compile(
    "|".join(
        f"(?P<r{number}>{f'(?i:{pattern.pattern})' if pattern.flags & _I else pattern.pattern})"
        for number, (_, pattern) in enumerate(LINE_RULES)
    )
)
# From such a line on, everything belongs to the site, when it stands in the second half of the text.
END = re.compile(
    r"(?:berita terkait|artikel terkait|related posts?|(?:\d+\s+)?(?:kolom |tulis )?(?:komentar|comments?)(?: pembaca)?|"
    r"leave a (?:reply|comment)|tinggalkan (?:balasan|komentar)|terpopuler|berita (?:populer|lainnya)|baca (?:selanjutnya|"
    r"lainnya)|rekomendasi (?:untuk (?:anda|kamu)|redaksi)|"
    r"discussion about this post|add new comment|posting komentar|glosarium|(?:daftar|kamus) istilah|faq\b.{0,40})"
    r"\s*[:»]?\s*(?:\(?\d+\)?)?$",
    _I,
)
# Headlines follow such a line, the article goes on after them.
LINKS_HEAD = re.compile(
    r"(?:(?:baca|simak|lihat) (?:juga|pula|selanjutnya|lainnya)|(?:berita|artikel|video) (?:terkait|lainnya|pilihan|"
    r"(?:ter)?populer)"
    r"(?: hari ini)?|rekomendasi (?:redaksi|berita)|"
    r"pilihan (?:editor|redaksi))\s*[:»›>]*$",
    _I,
)
SUMMARY_HEAD = re.compile(
    r"(?:ringkasan berita\b.{0,20}|baca \d+ detik\b.{0,20}|intinya sih\b.{0,20}|poin penting\W*|sorotan\W*)$", _I
)
# "Baca juga:" glued to the end of a paragraph, followed by a headline of at most 25 words.
GLUED = re.compile(r"\s*\b(?:baca|simak|lihat) juga\s*:\s*(?:\S+(?:\s+|$)){1,25}$", _I)
# A shortcode in the text: [caption ...]words under the picture[/caption]The article goes on.
SHORTCODE = re.compile(r"\[(caption|embed|gallery)\b.*?\[/\1\]", _I)
# Shortcodes with attributes, an underscore or a slash, anywhere: [baca_juga id="3"], [vc_row], [/su_box]. "[sic]" is a word.
SHORTCODES = re.compile(
    r"\[/?(?:[a-z][a-z0-9-]*_[a-z0-9_-]+(?:\s[^\[\]]{0,200})?|[a-z][a-z0-9_-]+(?:\s+[\w-]+=[^\[\]]{1,200})|"
    r"/[a-z][a-z0-9_-]+)/?\]",
    _I,
)
# What tells a sentence of the story from a line of the site that begins alike: it goes on in small letters.
OWN_BACA = re.compile(r"(?:[Bb]aca|[Ss]imak|[Ll]ihat|[Tt]onton|[Cc]ek) (?:juga|pula) (?!di\b)[a-z]+\s(?:\S+\s+){4,}")
OWN_FOTO = re.compile(r"(?:[Ff]oto|[Gg]ambar): (?!dok|ist|humas|antara|tangkapan|screen|repro)[a-z]+\s(?:\S+\s+){4,}")
# A date widget's text before the lead: "date 2024-11-19 Kalapas ...".
PREFIX = re.compile(r"^date \d{4}-\d{2}-\d{2}\s+", _I)
# Players and galleries that a system writes as a word in brackets.
EMBED = re.compile(
    r"\s*[\[(](?:gambas|foto|video|infografis|audio|youtube|instagram|twitter|tweet|image|gallery)\s*:[^\]\[()]{0,80}[\])]", _I
)
# At the end of a paragraph: hashtags of a press desk, an editor's name after the end code.
TAIL = re.compile(r"(?<=\S)\s+(?:(?:#\w{3,}[\s,]*){1,}|(?:Editor|Penulis|Pewarta|Reporter|Red|Redaktur)\s*:\s*[^.:]{2,60})$")
# What closes a text: "(abc/def)", "(H-2)", "(*)", "(Hms)", "(Humas Lapas ...)", "(antara/jpnn)", "[abc]", "***".
# A bare code needs a sentence before it: "warga binaan pemasyarakatan (WBP)" closes nothing.
END_CODE = re.compile(
    r"(?:(?:(?<=[.!?…”\"’'])|^)\s*(?:\(\s*(?:[a-z]{2,5}|[a-z]{2,8}\d?/[\w*]{1,8}(?:/\w{1,8})?|[A-Za-z]{1,3}-\d{1,2}|"
    r"[a-z]{1,4}\d{1,4}|\*+(?:/\w{1,8})?|"
    r"[\w-]+(?:\.[\w-]+)*\.(?i:com|id|co|net|news|tv)(?:/[\w*]{1,12})*)\s*\)|"
    r"\[\s*[a-z]{2,5}(?:/[a-z]{2,5})?\s*\]|\*{3}|-\s*(?:\d+|[a-z]{2,6})\s*-)|"
    r"\s*\(\s*(?i:hms|(?:tim )?humas|rls|rilis|red|adv|ant|antara|\w{2,6}/(?:hms|humas|rls|red))\b[^()]{0,60}\))\s*[*-]*\s*$"
)
LINK_WORDS = 40  # no headline is longer: a link line with more words has swallowed a paragraph
# The words with which a line begins that fits a pattern, here or in sitelines.py; of most only their first letters are asked.
_FIRST_WORDS = """
    advertisement akses alamat artikel ayo baca bagikan batalkan bergabung beri berlangganan bersambung buka cancel cek
    comment copy daftar dapatkan date dibaca dilarang dilihat diperbarui dipublikasikan diterbitkan dok download editor
    eksplorasi email facebook follow foto gabung gambar getting gulir hak halaman hms humas id iklan ikuti ilustrasi intinya
    jajak jangan join jumlah kata klik komentar konten kunjungi label laman langganan lanjut laporan leave lihat like line
    link loading mari memuat menyukai mg naskah nikmati oleh pantau pastikan pembaca penulis penyunting pewarta pilihan
    pinterest polling post print published rangkuman rating read red redaktur rekomendasi rep reporter ringkasan rls
    saksikan salin scroll sebar sebelumnya sedang selanjutnya share silakan simak spread suka sumber tag tags tampilkan
    tanggal tautan tayang telegram temukan terbit threads tonton topik total tulisan twitter unduh untuk update url video
    view whatsapp your yuk
"""
_LETTERS = 4  # of a first word that are asked
_STARTS = frozenset(word[:_LETTERS] for word in _FIRST_WORDS.split())
_FIRST = re.compile(r"[a-zA-Z]++(?![^\x00-\x7f])")
_DATE_ROOM = 60  # characters at a line's start in which a line that is a date has its first digit
_DIGIT = re.compile(r"\d")


def may_have_rule(line: str) -> bool:
    """False for a line that begins like none of the patterns, here and in sitelines.py: most of a story's."""
    found = _FIRST.match(line)
    if found is None:
        return True
    first = found[0].lower()
    return (
        first[:_LETTERS] in _STARTS
        or first[0] == "x"
        or line[1:2] == "-"
        or "/" in line[:9]
        or _DIGIT.search(line, 0, _DATE_ROOM) is not None
    )


def line_rule(line: str) -> str:
    """The rule that a line begins like, "" if it begins like none."""
    found = _ANY_RULE.match(line)
    return LINE_RULES[int(str(found.lastgroup)[1:])][0] if found else ""


def count_words(line: str) -> int:
    """Words of a line whose white space is folded: one blank between two of them, none at its ends."""
    return line.count(" ") + 1 if line else 0


def is_sentence(line: str) -> bool:
    """True for a line that ends like a sentence or is as long as a paragraph; headlines and buttons do neither."""
    return ends_as_sentence(line) or (len(line) >= 59 and len(line.split()) >= 30)


def ends_as_sentence(line: str) -> bool:
    """True for a line with a full stop or the like at its end, or behind it nothing but marks of quotation and brackets."""
    return line.rstrip("\"”'’)").endswith((".", "!", "?", "…", "。", "！", "？"))
