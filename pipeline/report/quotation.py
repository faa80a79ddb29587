"""The few words of an article that show why it counts as negative: a window of its evidence around incident and blame words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType

from pipeline.report.rows import Row

QUOTE_WORDS = 15  # the longest quotation the format allows: a reason, not a copy of the text
# Licences under which not even a sentence of the body is repeated: the quotation then comes from the title alone.
TITLE_ONLY = frozenset({"headline-only", "blocked"})
CUT = "…"

# Words that tell of the incident or of somebody's fault. They choose which words are shown and never what an article is:
# the judge has decided that before, and hands over whole sentences.
_INCIDENT: Mapping[str, str] = MappingProxyType(
    {
        "kematian": "meninggal, tewas, kematian, jenazah, bunuh diri, gantung diri, lebam, otopsi, autopsi, tak bernyawa",
        "kerusuhan": "kerusuhan, rusuh, kericuhan, ricuh, mengamuk, amuk, bentrok, bentrokan, sandera, disandera, membakar, "
        "dibakar, melempari, baku hantam",
        "kabur": "kabur, melarikan diri, pelarian, buron, menjebol, dijebol, jebol, lolos, tak kembali, tidak kembali, "
        "menghilang",
        "kekerasan": "dianiaya, menganiaya, penganiayaan, dikeroyok, mengeroyok, pengeroyokan, disiksa, penyiksaan, dipukul, "
        "dipukuli, memukul, memukuli, ditampar, lebam, pelecehan, dilecehkan, kekerasan",
        "narkoba_internal": "sabu, narkoba, narkotika, ganja, ekstasi, dari balik jeruji, dari balik sel, dari dalam lapas, "
        "dari dalam rutan, dari dalam sel, mengendalikan, dikendalikan",
        "korupsi_pungli": "pungli, pungutan, memungut, pemerasan, diperas, suap, menyuap, setoran, gratifikasi, korupsi, tarif, "
        "bertarif, uang pelicin, diminta, dimintai, minta uang, sel mewah, kamar mewah, tidak dibayar, tak dibayar, upah, juta",
        "etik": "dicopot, dinonaktifkan, dipecat, sanksi, kode etik, sidang etik, pelanggaran, melanggar, dibebastugaskan",
        "bencana": "kebakaran, terbakar, banjir, gempa, longsor, roboh, ambruk, terendam",
        "pelayanan": "basi, keracunan, muntah, diare, jatuh sakit, gatal, keluhan, keluh, dikeluhkan, mengeluh, mengeluhkan, "
        "berdesakan, bergantian, bergiliran, pengap, kedaluwarsa, maladministrasi, terlambat, tanpa dokter, tidak diberi, bau",
    }
)
_BLAME = (
    "lalai, kelalaian, lengah, kecolongan, membiarkan, dibiarkan, pembiaran, rusak, kosong, mati, gagal, kegagalan, "
    "kekurangan, tidak layak, tak layak, diduga, dugaan, oknum, tersangka, ditangkap, menangkap, terlibat, tidak dihitung, "
    "tidak berfungsi, tak berfungsi, tidak pernah, tak pernah, tidak membantah, tidak menjawab, tak menjawab, tidak "
    "menjelaskan, mengaku, mengakui, ternyata, nyatanya, padahal, semestinya, seharusnya, kritik, mengkritik, dikritik, "
    "menyoroti, disorot, soroti, protes, kecewa, mempertanyakan, dipertanyakan, pertanyakan, mendesak, menyesalkan, "
    "menyayangkan, temuan, luka, luka-luka, luka bakar, disuruh, dipaksa, terkunci"
)
_INCIDENT_POINTS, _BLAME_POINTS = 3, 1
_CLAUSE_END = (",", ";", ":", ".", "?", "!", "–", "—", "-")


def quotation(row: Row) -> str:
    """At most ``QUOTE_WORDS`` words of the tone's evidence, from the body where the licence lets us; "…" on sides that are cut.

    The most telling sentence comes first in the evidence and is shown, unless it holds no word of incident or blame and another
    names an incident of the article; of a longer one the window with most such words. Without evidence in the body: of the title.
    """
    body = (
        [] if row.licence in TITLE_ONLY else [quote.split() for where, quote in row.quotes if where == "text" and quote.strip()]
    )
    return _shown(body or [row.title.split()], row.incidents) if row.quotes else ""


def _shown(sentences: Sequence[list[str]], incidents: Sequence[str]) -> str:
    marked = [_marks(words, incidents) for words in sentences]
    best = 0
    if not marked[0]:
        naming = (place for place, marks in enumerate(marked) if any(points == _INCIDENT_POINTS for _, _, points in marks))
        best = next(naming, 0)
    words = sentences[best]
    start = _window(words, marked[best])
    before = [CUT] if start else []
    after = [CUT] if start + QUOTE_WORDS < len(words) else []
    return " ".join([*before, *words[start : start + QUOTE_WORDS], *after])


def _window(words: Sequence[str], marks: Sequence[tuple[int, int, int]]) -> int:
    """The first word of the best window: most points, then one that begins a clause, then the one most in the middle."""
    ranks = []
    for start in range(max(1, len(words) - QUOTE_WORDS + 1)):
        inside = [(first, last, points) for first, last, points in marks if start <= first and last < start + QUOTE_WORDS]
        off = abs(2 * start + QUOTE_WORDS - 1 - inside[0][0] - inside[-1][1]) if inside else 0
        clause = start == 0 or words[start - 1].endswith(_CLAUSE_END)
        ranks.append((sum(points for _, _, points in inside), clause, -off, -start))
    return -max(ranks)[3]


@cache
def _pattern(listed: str) -> re.Pattern[str]:
    """Any of the phrases as whole words, the longest first, also with the suffix "-nya"."""
    phrases = sorted(listed.split(", "), key=lambda phrase: (-len(phrase), phrase))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, phrases))})(?:nya)?(?!\w)")


def _marks(words: Sequence[str], incidents: Sequence[str]) -> list[tuple[int, int, int]]:
    """(first word, last word, points) of each telling phrase, in order; the article's own incidents weigh most."""
    text = " ".join(word.casefold() for word in words)
    own = [_INCIDENT[incident] for incident in incidents if incident in _INCIDENT]
    found: dict[tuple[int, int], int] = {}
    for lists, points in ((own, _INCIDENT_POINTS), ([_BLAME, *_INCIDENT.values()], _BLAME_POINTS)):
        for match in _pattern(", ".join(lists)).finditer(text) if lists else ():
            span = text.count(" ", 0, match.start()), text.count(" ", 0, match.end())
            found.setdefault(span, points)
    return sorted((first, last, points) for (first, last), points in found.items())
