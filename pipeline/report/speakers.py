"""Which officials an article quotes, by their office and never by their name; private persons are no one's business here.

The rule. A sentence quotes somebody when it holds a verb of speech. The speaker is the office nearest to that verb: behind it
("kata Kalapas Cirandu"), else before it ("Kalapas Cirandu mengatakan"). "Menurut" takes the office behind it. Offices that stand
farther off, objects ("kata dia kepada Kalapas") and persons without an office are not taken. So a speaker may be missed, chiefly
where only "dia" or a name is written; one that is shown was written there.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

# Office as printed → how the press writes it, and whether the institution speaks through it. The longest match wins.
ROLES: tuple[tuple[str, str, bool], ...] = (
    ("Menteri Imipas", r"menteri (?:imigrasi dan pemasyarakatan|imipas)|menimipas", True),
    ("Wakil Menteri Imipas", r"wakil menteri (?:imigrasi dan pemasyarakatan|imipas)|wamen ?imipas", True),
    ("Dirjen Pemasyarakatan", r"dirjen ?pas|dirjen pemasyarakatan|direktur jenderal pemasyarakatan", True),
    ("Pejabat Ditjenpas", r"(?:direktur|sekretaris|sesditjen|kasubdit|juru bicara|humas)(?: \w+){0,6}? (?:ditjen ?pas|"
     r"direktorat jenderal pemasyarakatan)", True),
    ("Kepala Kanwil Ditjenpas", r"kakanwil(?: \w+)?(?: ditjen ?pas)?|kepala kantor wilayah(?: \w+){0,3}? (?:ditjen ?pas|"
     r"direktorat jenderal pemasyarakatan)", True),
    ("Kepala Lapas", r"(?:plt\.? |plh\.? )?(?:kalapas|kepala lapas|kepala lembaga pemasyarakatan|kalapastik)", True),
    ("Kepala Rutan", r"(?:plt\.? |plh\.? )?(?:karutan|kepala rutan|kepala rumah tahanan)", True),
    ("Kepala LPKA", r"(?:ka ?lpka|kepala lpka|kepala lembaga pembinaan khusus anak)", True),
    ("Kepala Bapas", r"(?:kabapas|kepala bapas|kepala balai pemasyarakatan)", True),
    ("Pejabat lapas atau rutan", r"(?:ka\.? ?kplp|kepala kplp|kepala pengamanan|kepala kesatuan pengamanan|kasi \w+|kasubsi \w+|"
     r"kepala seksi \w+|humas) (?:lapas|rutan|lpka|bapas)|ka\.? ?kplp", True),
    ("Kapolri atau Mabes Polri", r"kapolri|karopenmas|kadiv humas polri|kabareskrim", False),
    ("Kapolda", r"kapolda|kabid ?humas polda|dirresnarkoba|direktur reserse \w+", False),
    ("Kapolres", r"kapolres(?:ta|tabes)?|kasat ?(?:reskrim|narkoba|resnarkoba|reserse)|kasi humas polres\w*|kapolsek", False),
    ("Kejaksaan", r"jaksa agung|kajati|kajari|kasi (?:pidum|intel|intelijen|penkum)|kapuspenkum|kepala kejaksaan", False),
    ("BNN", r"kepala bnn[pk]?|kepala badan narkotika nasional", False),
    ("Pengadilan", r"humas pengadilan|ketua pengadilan|juru bicara (?:pn|pengadilan|mahkamah agung)", False),
    ("Menko Kumham Imipas", r"menko (?:kumham imipas|bidang hukum)|menteri koordinator bidang hukum", False),
    ("Menteri lain", r"menteri(?! imipas| imigrasi| koordinator bidang hukum) \w+", False),
    ("Kepala daerah", r"(?:wakil )?(?:gubernur|bupati|wali ?kota)|sekda", False),
    ("DPR atau DPRD", r"(?:anggota|ketua|wakil ketua) (?:komisi \w+ )?(?:dprd?|komisi)(?: ri)?|anggota dewan", False),
    ("Ombudsman", r"(?:ketua|anggota|kepala|komisioner)(?: perwakilan)? ombudsman", False),
    ("Komnas HAM", r"(?:ketua|anggota|komisioner|wakil ketua) komnas ham", False),
    ("Dinas atau badan daerah", r"(?:kepala|kadis|kepala dinas|kalaksa|kepala pelaksana)(?: dinas)? "
     r"(?:damkar|pemadam|bpbd|kesehatan|dukcapil|pendidikan|sosial)", False),
    ("Direktur rumah sakit", r"(?:direktur|humas) (?:rsud|rsu|rs|rumah sakit)", False),
)  # fmt: skip
INSTITUTION = frozenset(role for role, _, ours in ROLES if ours)

_BEHIND = 4  # words that may stand between "kata" and the office: "kata Plt Kepala Seksi …"
_BEFORE = 9  # and between the office, with its unit's and holder's name, and "mengatakan"
_LONGEST = 25  # characters of a word, on average: what is farther off need not be counted
_SENTENCE = re.compile(r"\s(?:(?<=[.!?”\"]\s)\s*|(?<=\n)\n*)")  # what begins with a space is found fastest
_NOUN_FORMS = re.compile(r"\b(?:kata|ujar|ucap|tutur|imbuh|tambah|jelas|ungkap|tegas|terang|papar|beber|sebut|menurut)(?:nya)?\b")
_VERB_FORMS = re.compile(
    r"\b(?:mengatakan|menyatakan|menegaskan|menjelaskan|mengungkapkan|menuturkan|menyebut|menyebutkan|menambahkan|memaparkan|"
    r"membenarkan|mengakui|membantah|menyampaikan|menerangkan|mengimbau|meminta)\b"
)
_ANY_FORM = re.compile(f"{_NOUN_FORMS.pattern}|{_VERB_FORMS.pattern}")
# Behind these the office hears or is spoken of, and does not speak.
_NOT_SPEAKING = re.compile(r"\b(?:kepada|terhadap|oleh|soal|tentang|mantan|eks|bersama|agar|supaya|meminta|minta|dengan)\s*$")
# How an office may begin: one word in ten does, and only there the long pattern is tried.
_BEGINS = r"(?=men[tik]|wa[klm]|dir|se[ks]|ka|juru|hum|kep|pl[th]|jak|ket|gub|bup|ang|kom)"
_OFFICES = "|".join(f"(?P<r{index}>{pattern})" for index, (_, pattern, _) in enumerate(ROLES))
_ROLE = re.compile(rf"\b{_BEGINS}(?:{_OFFICES})\b")


def speakers(text: str) -> tuple[str, ...]:
    """The offices (keys of ``ROLES``) that the text quotes, in the order of their first word; never a name."""
    found: dict[str, None] = {}
    for sentence in _SENTENCE.split(text.casefold()):
        if _ANY_FORM.search(sentence):  # one in seven; offices cost ten times as much to look for
            found.update(dict.fromkeys(_of_sentence(sentence)))
    return tuple(found)


def _of_sentence(sentence: str) -> list[str]:
    roles = [
        (match.start(), match.end(), _role(match)) for match in _ROLE.finditer(sentence) if not _hears(sentence, match.start())
    ]
    if not roles:
        return []
    starts, ends, said = [start for start, _, _ in roles], [end for _, end, _ in roles], list[str]()
    for verb in _NOUN_FORMS.finditer(sentence):
        at = bisect_left(starts, verb.end())
        if at < len(roles) and _near(sentence, verb.end(), starts[at], _BEHIND):
            said.append(roles[at][2])
    for verb in _VERB_FORMS.finditer(sentence):
        at = bisect_right(ends, verb.start()) - 1
        if at >= 0 and _near(sentence, ends[at], verb.start(), _BEFORE):
            said.append(roles[at][2])
    return said


def _role(match: re.Match[str]) -> str:
    return ROLES[int(str(match.lastgroup)[1:])][0]


def _hears(sentence: str, start: int) -> bool:
    return _NOT_SPEAKING.search(sentence[max(0, start - _LONGEST) : start]) is not None


def _near(sentence: str, start: int, end: int, words: int) -> bool:
    """At most so many words stand in between."""
    return end - start <= _LONGEST * (words + 1) and len(sentence[start:end].split()) <= words
