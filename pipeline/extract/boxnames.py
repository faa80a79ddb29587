"""What the boxes beside a story are called: words of class and id names, and headings, each list under its rule's name."""

from __future__ import annotations

import re
from functools import lru_cache

MAX_NAMES = 500  # characters of class and id names that are looked at

# Whole words of class and id names, as outlets and themes write them; separated by white space.
_NAMES = {
    "comment": r"""
        comments? commentlist comment(?:area|box|list|s-?area|-section|-wrapper) komentar\w* kolom-?komentar disqus\w* tanggapan
        fb-comments respond daftar-?komentar""",
    "other_story": r"""
        related relatedposts? related-?\w+ jp-relatedposts terkait berita-?terkait artikel-?terkait
        baca-?juga\w* lihat-?jg linksisip
        link-?sisip read-?also also-?read read-?more bacaan rekomendasi\w* recommend\w* terpopuler popular
        populer trending most-?read
        latest terbaru terkini berita-?lain\w* lainnya other-?news artikel-?lain\w* yarpp\w* simak-?juga
        lihat-?juga pilihan-?editor editor-?pick\w*
        headline-?list taboola\w* outbrain\w* mgid\w* dable\w* inline-?link\w* next-?prev prev-?next post-?navigation more-?news
        berita-?populer kompasidrec""",
    "advertisement": r"""
        ads? adsense adsbygoogle adv advert\w* iklan\w* banner\w* sponsor\w* parallax\w* billboard skyscraper dfp\w* gpt-?ad\w*
        noncontent scroll-?to-?continue""",
    "promotion": r"""
        newsletter\w* subscribe\w* langganan subscription promo\w* google-?news\w* gnews whatsapp-?channel
        wa-?channel channel-?wa
        saluran-?(?:wa|whatsapp) app-?download follow-?us ikuti-?kami""",
    "widget": r"""
        share sharing sharedaddy share-?\w+ sosmed social social-?\w+ sns addtoany\w* addthis\w* heateor\w*
        breadcrumbs? toc ez-toc\w*
        lwptoc daftar-?isi polling poll rating post-?views view-?count\w* copy-?link copied toast modal popup tooltip cookie\w*
        sr-only screen-reader-text visually-hidden hidden reaction\w* login search-?form breaking-?news ticker running-?text""",
    "pager": r"""
        paging pagination pager paginate page-?links halaman pagging""",
    "tags": r"""
        tags tag-?list tag-?cloud taglist tagging post-?tags article-?tags? detail-?tags? body-?tags? topik
        topics post-?labels labels
        hashtags? tag-?(?:header|article|content|box|wrap|wrapper|links)""",
    "caption": r"""
        caption wp-caption-text tr-caption (?:photo|img|image|media|foto)-?(?:caption|desc|credit|keterangan) keterangan-?foto
        figcaption pic_artikel_caption video-?desc credit-?foto""",
    "summary_box": r"""
        ringkasan\w* summary-?box ai-?summary article-?summary baca-?\d+-?detik intinya-?sih key-?points? highlights?-?box
        poin-?penting faq\w* tldr sorotan""",
    "glossary": r"""
        glosarium glossary kamus daftar-?istilah""",
    "author_box": r"""
        author-?(?:box|bio|info|card) about-?author bio-?penulis profil-?penulis copyright disclaimer""",
    "pull_quote": r"""
        pull-?quote kutipan-?samping""",
}  # fmt: skip
BOX_NAMES = [
    (rule, re.compile(rf"(?:^|[\s_-])(?:{'|'.join(words.split())})(?=$|[\s_-])", re.IGNORECASE)) for rule, words in _NAMES.items()
]


def _starts(word: str) -> list[str]:
    """The first two letters of what a word's pattern fits; of ``(?:a|b)c`` those of each."""
    inner = re.match(r"\(\?:([^)]*)\)", word)
    return [one[:2] for one in (inner[1].split("|") if inner else [word])]


# First two letters → the rules, in their order, that have a word with them. Most names begin like none.
_BY_START: dict[str, list[int]] = {}
for _number, _words in enumerate(_NAMES.values()):
    for _start in dict.fromkeys(start for _word in _words.split() for start in _starts(_word)):
        _BY_START.setdefault(_start, []).append(_number)
_PIECE = re.compile(r"[^\s_-]{2}[^\s_-]*")

# Headings, one a line. A box goes with its heading; a heading that stands alone is only a line.
_HEADS = {
    "comment": r"""
        (?:\d+\s+)?(?:kolom |tulis )?(?:komentar|comments?|tanggapan)(?: (?:pembaca|anda|terbaru|facebook|terpopuler))?
        leave a (?:reply|comment)
        tinggalkan (?:balasan|komentar)
        discussion about this post
        add new comment
        posting komentar
        diskusi
        """,
    "other_story": r"""
        (?:baca|simak|lihat|tonton) (?:juga|pula|lainnya|selanjutnya)
        (?:berita|artikel|video|konten|kabar|topik) (?:terkait|lainnya|(?:ter)?populer|terbaru|terkini)(?: hari ini)?
        (?:berita|artikel|video|konten|kabar) (?:pilihan|rekomendasi|serupa|sejenis)
        (?:berita|artikel|video) (?:lain|menarik)(?: lainnya)?
        rekomendasi(?: (?:redaksi|berita|artikel|untuk (?:anda|kamu)|untukmu))?
        pilihan (?:editor|redaksi|untuk (?:anda|kamu)|untukmu)
        (?:ter|paling )?populer
        paling banyak dibaca
        trending(?: \w+)?
        related (?:posts?|articles?|news)
        (?:read also|also read|you may also like|recommended for you)
        (?:mungkin anda|anda mungkin|mungkin kamu) (?:juga )?(?:suka|tertarik)
        jangan lewatkan
        terkini
        headline(?: lainnya)?
        lainnya dari .{2,30}
        """,
    "summary_box": r"""
        (?:ringkasan|rangkuman)(?: (?:berita|artikel|singkat))?
        baca \d+ detik
        intinya sih\W*
        poin(?:-poin)? penting(?:nya)?
        sorotan
        inti berita
        key (?:points|takeaways)
        tl;?dr
        faq(?: .{0,40})?
        pertanyaan (?:umum|yang sering diajukan)
        """,
    "glossary": r"""
        glosarium
        (?:daftar|kamus|keterangan) istilah
        istilah(?: dalam berita ini)?
        """,
    "widget": r"""
        (?:bagikan|share)(?: (?:artikel|berita|ke|ini|this|on))*
        jajak pendapat|polling
        daftar isi\W*(?:\[?\w{4,12}\]?)?
        (?:ikuti kami|follow us)(?: di| on)?
        """,
    "tags": r"""
        (?:tags?|topik(?: terkait)?|label|kata kunci)
        """,
}  # fmt: skip
_TAIL = r"\s*(?:[:»›>…-]+|\(?\d+\)?|\((?:ai|dibuat (?:oleh|dengan) ai)\))?\s*"
_BOX_HEAD = re.compile(
    "|".join(
        rf"(?P<{rule}>(?:{'|'.join(line.strip() for line in lines.splitlines() if line.strip())}){_TAIL})"
        for rule, lines in _HEADS.items()
    ),
    re.IGNORECASE,
)


def head_rule(line: str) -> str:
    """The rule of a box that ``line`` is the heading of, "" if it is none."""
    return _head_rule(line) if len(line) <= 60 else ""


@lru_cache(maxsize=4096)  # menus and headings are the same on a site's pages
def _head_rule(line: str) -> str:
    found = _BOX_HEAD.fullmatch(line)
    return str(found.lastgroup) if found else ""


def name_rule(names: str) -> str:
    """The rule of a box with these class and id names, "" if none of them says anything."""
    return _name_rule(names[:MAX_NAMES])


@lru_cache(maxsize=4096)  # the blocks of a site bear the same names on page after page
def _name_rule(names: str) -> str:
    likely = {number for piece in _PIECE.findall(names.lower()) for number in _BY_START.get(piece[:2], ())}
    return next((BOX_NAMES[number][0] for number in sorted(likely) if BOX_NAMES[number][1].search(names)), "")
