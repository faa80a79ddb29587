"""Dateline, byline and release marks: what a story's first and last lines tell of where it comes from. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.records import Removed

_SEPARATED = re.compile(
    r"[\s,*]*(?P<head>[^–—|:\n]{2,80}?)\s*(?P<mark>--+|[–—|]|(?<=\s)-(?=[\sA-Z\"“])|(?<=[\w.)])-(?=\s)|(?:(?<=\))|"
    r"(?<=\)\s)):(?=\s))[\s|–—-]*(?P<rest>\S.*)",
    re.DOTALL,
)
_SEGMENTS = re.compile(r"\s*(?:,|//?)\s+|(?<=\w{3})\.\s+|(?<=[a-z])\.(?=[A-Z][a-zA-Z]+\.(?:com|id|co|net)\b)|\s*\(\s*|\s*\)\s*")
_STARTS = re.compile(r"[A-Z0-9\"“'‘(]")
_DATE = re.compile(
    r"(?:(?:senin|selasa|rabu|kamis|jum['’]?at|sabtu|minggu|ahad)\b\W*)?(?:\d{1,2}[/-]\d{1,2}(?:[/-]\d{2,4})?|"
    r"\d{1,2} [a-z]{3,9}(?: \d{4})?)",
    re.IGNORECASE,
)
_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)*\.(?:com|co|id|net|org|news|tv|info|my)", re.IGNORECASE)
_AGENCY = re.compile(
    r"(?:antara(?: ?news)?|(?:viva|tribun|detik|kompas|inews|jpnn|tempo|rri|rmol)(?: ?\w+)?|info[_ ]?pas|i?news(?:\.id)?|"
    r"idn times|cn[nb]c? indonesia|detikcom|kompas|tempo|republika|suara|merdeka|"
    r"rmol\w*|voi|kumparan|jpnn|okezone|sindonews|bbc indonesia|tribun\w*|radar [\w ]+|harian [\w ]+|kabar\w*(?: \w+)?|"
    r"warta\w*(?: \w+)?|"
    r"berita\w*(?: \w+)?|media\w*(?: \w+)?|suara\w*(?: \w+)?|\w*(?:times|news|kabar|berita|warta|media|tribun|radar)\w*|"
    r"[\w' ]*(?:news|post|pos|times|online|today|network|media|koran|ekspres|siber)|"
    r"[A-Z]['’][A-Z]\w+)",
    re.IGNORECASE,
)
# Words that open a sentence's subject, never a place: "Lapas Kelumbi – Petugas ...".
_NO_PLACE = frozenset(
    "lapas rutan lpka bapas rupbasan kanwil ditjenpas dirjenpas kepala kalapas karutan menteri wakil presiden polisi polres "
    "polda polri "
    "tni sebanyak petugas warga narapidana napi tahanan pemerintah kementerian direktorat jenderal kejaksaan kpk dpr gubernur "
    "bupati "
    "wali walikota ketua seorang para dua tiga empat lima hari pada di dalam untuk ini itu jumlah total direktur kasus "
    "program catatan "
    "baca foto video ilustrasi senin selasa rabu kamis jumat sabtu minggu info_pas infopas humas".split()
)
_RELEASE = (
    re.compile(r"\b(?:INFO|Info)[_ ]?(?:PAS|Pas)\b"),
    re.compile(r"\(\s*(?:hms|(?:tim )?humas|rls|rilis|red/rls|\w{2,6}/(?:hms|humas|rls))\b[^()]{0,60}\)", re.IGNORECASE),
    re.compile(r"(?:sumber|penulis|kontributor|teks)\s*:\s*(?:tim )?humas\b[^|\n]{0,60}", re.IGNORECASE),
    re.compile(r"\bHO[-/]\s*(?:humas|lapas|rutan|kanwil|ditjenpas)[^)\n]{0,40}", re.IGNORECASE),
    re.compile(r"\bkonten (?:media partner|dari pengguna)\b", re.IGNORECASE),
    # A press desk's hashtag names its unit or ministry; "#lapas" alone is a reader's topic.
    re.compile(
        r"#(?:\w*(?:lapas|rutan|bapas|lpka|kanwil|ditjenpas|pemasyarakatan)\w{3,}|\w{2,}imipas|\w*infopas)\b", re.IGNORECASE
    ),
    re.compile(r"^\W*(?:siaran pers|press release|rilis pers|advertorial)\b(?: nomor)?", re.IGNORECASE | re.MULTILINE),
)
# In small letters; every mark has one of them, and most pages have none.
_RELEASE_WORDS = (
    *("info_pas", "info pas", "infopas", "humas", "hms", "rls", "rilis", "ho-", "ho/", "konten media partner"),
    *("konten dari pengguna", "#", "siaran pers", "press release", "advertorial"),
)
_WRITER = re.compile(
    r"\(?(?:penulis|pewarta|reporter|rep|wartawan|kontributor|jurnalis|oleh|laporan(?: (?:wartawan|reporter|kontributor)|"
    r"(?=\s*:)))\s*[:：]?\s*(?P<name>[^|\n]{2,100})",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"^(?:penulis|pewarta|reporter|rep|laporan|wartawan|oleh|by|diposting oleh|posted by)\s*[:：]?\s+", re.IGNORECASE
)
_SIGNED = ("signature", "byline", "outlet_line")
_NAME_END = re.compile(
    r"\s*(?:[|/;)·]|\s[-–—]\s|\b(?:editor|red|redaktur|penyunting|uploader|foto|copyright)\s*[:：©]|\d{1,2} \w+ \d{4}|"
    r",\s*(?=\S+\.com)).*",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Dateline:
    """A dateline: the text without it, what was taken off, the place and the outlet that it names ("" for none)."""

    rest: str
    taken: str
    place: str
    outlet: str


def without_own_name(line: str, outlet: str, domain: str) -> Dateline | None:
    """An outlet's own name as a sentence before the lead: "RMOL. Pengadilan …"; None where the line does not begin so."""
    match = re.match(r"\W*([\w.]{3,30})\.\s+(?=[A-Z\"“])", line)
    if match is None or _squeezed(match[1]) not in (_squeezed(outlet), _squeezed(domain), _squeezed(domain.split(".")[0])):
        return None
    return Dateline(line[match.end() :], match[0].strip(), "", match[1])


def split_dateline(line: str, own: frozenset[str] = frozenset()) -> Dateline | None:
    """The dateline at a line's start: "Jakarta (ANTARA) - …", "KOMPAS.com - …", "IJN – Aceh Barat | …". None if there is none.

    ``own``: the page's own outlet and domain, small letters and digits only; what is spelt so is no place.
    """
    if bracketed := re.match(r"\[([A-Z][A-Z .'’-]{2,30})\]\s+(?=[A-Z\"“])", line):
        return Dateline(line[bracketed.end() :], bracketed[0].strip(), bracketed[1].title(), "")
    place = outlet = ""
    rest = line
    for _ in range(3):
        match = _SEPARATED.match(rest)
        if match is None or not _STARTS.match(match["rest"]):
            break
        kinds = [
            (_kind(segment, match["head"], own), segment) for segment in _SEGMENTS.split(match["head"].strip()) if segment.strip()
        ]
        if not kinds or len(kinds) > 4 or any(not kind for kind, _ in kinds):
            break
        places = [segment for kind, segment in kinds if kind == "place"]
        outlets = [segment for kind, segment in kinds if kind == "outlet"]
        # "DEPOK, INFO_PAS" and "TERNATE, DM": a short word in capitals is what the other one is not.
        for segment in (segment for kind, segment in kinds if kind == "short"):
            as_place = bool(outlets or outlet) and not places and not place
            (places if as_place or (not places and not place and len(segment) > 3) else outlets).append(segment)
        if (places and place) or (outlets and outlet) or (not places and not outlets):
            break
        place, outlet, rest = place or ", ".join(places), outlet or " ".join(outlets), match["rest"]
    if rest is line:
        return None
    place = place.strip(" .'")
    return Dateline(rest, line[: len(line) - len(rest)].strip(), place.title() if place.isupper() else place, outlet.strip())


def _kind(segment: str, head: str, own: frozenset[str]) -> str:
    """place | outlet | date | short (capitals that may be either), or "" for what belongs into no dateline."""
    bare = segment.strip().rstrip(".")
    words = bare.split()
    if _DATE.fullmatch(bare):
        return "date"
    if _squeezed(bare) in own:
        return "outlet"
    if f"({bare})" in head.replace("( ", "(").replace(" )", ")") or _DOMAIN.fullmatch(bare):
        return "outlet" if len(words) <= 4 else ""
    if any(word.lower().strip(".") in _NO_PLACE for word in words[:1]) and not re.fullmatch(r"info[_ ]?pas", bare, re.IGNORECASE):
        return ""
    if _AGENCY.fullmatch(bare):
        return "outlet" if bare[:1].isupper() or bare[:2] in ("iN", "de", "jp") else ""
    if re.fullmatch(r"[A-Z]{2,5}", bare):
        return "short"
    if len(words) <= 4 and all(re.fullmatch(r"[A-Z][\w'’.]*|dan", word) for word in words):
        # "MediaPalu" is a name that no town has.
        return "outlet" if len(words) == 1 and re.fullmatch(r"[A-Z][a-z]+[A-Z]\w+", bare) else "place"
    return ""


def bare_dateline(line: str) -> tuple[str, str] | None:
    """(place, outlet) of a dateline that has a line to itself: "Jakarta, CNN Indonesia --"."""
    found = split_dateline(f"{line} Xx") if re.search(r"[–—|-]\s*$", line) and len(line) <= 80 else None
    return (found.place, found.outlet) if found and found.rest == "Xx" else None


def is_foreign(mark: str, outlet: str, domain: str) -> bool:
    """True if ``mark`` names another outlet than the page's own. Initials that could be its own are none."""
    bare = _squeezed(re.sub(r"\.(?:com|co|id|net|org|news|tv|info)\b.*", "", mark, flags=re.IGNORECASE))
    own = (_squeezed(outlet), _squeezed(domain), _squeezed(domain.split(".")[0]))
    if len(bare) < 2 or (bare == "infopas" and re.search(r"lapas|rutan|lpka|bapas|ditjenpas|\.go\.id$", domain)):
        return False
    if any(bare in name or (len(name) >= 3 and name in bare) or (len(bare) >= 5 and name[:5] == bare[:5]) for name in own):
        return False
    return len(bare) > 4 or bare in ("viva", "jpnn", "rmol")


def _squeezed(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).lower()


def release_signals(lines: Sequence[str]) -> tuple[str, ...]:
    """The marks of a press release in these lines, as they stand there, each once."""
    together = "\n".join(lines).lower()
    words = [word for word in _RELEASE_WORDS if word in together]
    if not words:
        return ()
    lines = [line for line in lines if any(word in line.lower() for word in words)]
    return tuple(dict.fromkeys(match[0].strip() for line in lines for pattern in _RELEASE for match in pattern.finditer(line)))


def byline_of(removed: Sequence[Removed], named: Iterable[str], outlet: str, domain: str) -> str:
    """Who wrote it: by a line such as "Pewarta: …", else the first of ``named`` that is not the outlet itself; "" if nobody."""
    own = {_squeezed(outlet), _squeezed(domain), _squeezed(domain.split(".")[0]), "admin", "administrator", "redaksi", ""}
    lines = [match["name"] for one in removed if one.rule in _SIGNED and (match := _WRITER.match(one.line.strip()))]
    for raw in (*lines, *(_ROLE.sub("", name) for name in named)):
        for part in (_NAME_END.sub("", raw), *raw.split(",")[1:]):
            name = _NAME_END.sub("", part).strip(" ,.-–:·")
            if 2 <= len(name) <= 60 and _squeezed(name) not in own and "@" not in name and not _DOMAIN.fullmatch(name):
                return name
    return ""
