"""Corrections units named in an article: a grammar of unit names, checked against the gazetteer ``config/units.csv``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.configfile import Problems, read_csv
from pipeline.records import Evidence, UnitMention

COLUMNS = ("kind", "subtype", "class", "place", "name", "province", "kanwil", "lat", "lon", "aliases")
KINDS = ("lapas", "rutan", "lpka", "bapas", "kanwil")
CLASSES = ("", "I", "IIA", "IIB", "III", "II")
KANWIL: tuple[str, ...] = (
    "Aceh", "Sumatera Utara", "Sumatera Barat", "Riau", "Kepulauan Riau", "Jambi", "Sumatera Selatan", "Kepulauan Bangka Belitung",
    "Bengkulu", "Lampung", "Daerah Khusus Jakarta", "Jawa Barat", "Banten", "Jawa Tengah", "DI Yogyakarta", "Jawa Timur", "Bali",
    "Nusa Tenggara Barat", "Nusa Tenggara Timur", "Kalimantan Barat", "Kalimantan Tengah", "Kalimantan Selatan", "Kalimantan Timur",
    "Sulawesi Utara", "Gorontalo", "Sulawesi Tengah", "Sulawesi Barat", "Sulawesi Selatan", "Sulawesi Tenggara", "Maluku",
    "Maluku Utara", "Papua", "Papua Barat",
)  # fmt: skip

_KIND = (
    ("kanwil", r"kanwil ditjen ?pas|kanwil (?:ditjen |direktorat jenderal )?pe(?:r)?masyarakatan|kakanwil ditjen ?pas"
               r"|(?:kepala )?kantor wilayah (?:ditjen ?pas|(?:direktorat jenderal|ditjen) pe(?:r)?masyarakatan)|kakanwil (?:ditjen |direktorat jenderal )?pe(?:r)?masyarakatan"),
    ("lpka", r"lpka|lembaga pembinaan khusus anak|kalpka|lapas anak"),
    ("bapas", r"bapas|balai pemasyarakatan|kabapas"),
    ("rutan", r"rutan|rumah tahanan(?: negara)?|karutan|cabrutan"),
    ("lapas", r"lapas|lembaga pe(?:r)?masyarakatan|kalapas|lapastik|lpp|lpn|lp"),
)  # fmt: skip
_SUBTYPE = {
    "perempuan": "perempuan", "wanita": "perempuan", "narkotika": "narkotika", "khusus narkotika": "narkotika", "pemuda": "pemuda",
    "terbuka": "terbuka", "khusus": "khusus",
}  # fmt: skip
_SHORT_SUBTYPE = {"lapastik": "narkotika", "lpn": "narkotika", "lpp": "perempuan"}
_HEADS = ("kalapas", "karutan", "kabapas", "kalpka", "kakanwil", "kepala kantor")
_SUB = r"(?:khusus narkotika|perempuan|wanita|narkotika|pemuda|terbuka|khusus)"
_CLS = r"(?:kelas|klas|kls)\.?\s*(?:iii|ii|i|[123])(?:\s?[-.]?\s?[ab])?"
_GRAMMAR = re.compile(
    rf"(?i)(?<![\w-])(?P<head>{'|'.join(form for _, form in _KIND)})(?![\w-])(?:[ \u00a0]+(?P<sub1>{_SUB})(?!\w))?(?:[ \u00a0]+(?P<cls>{_CLS})(?!\w))?"
    rf"(?:[ \u00a0]+(?P<sub2>{_SUB})(?!\w))?"
)
_TOKEN = re.compile(r"[ \u00a0]+((?:[A-Z][\w'’]*(?:[.-][A-Z][\w'’]*)*)|DI\b)")
_CLASS_AFTER = re.compile(rf"(?i)[ \u00a0]+(?P<cls>{_CLS})(?!\w)")
# Never the first word of a place: other bodies' detention, offices, and words that a title writes with a capital.
_NOT_PLACE = frozenset(
    """kpk polres polresta polrestabes polda polsek bareskrim kejaksaan kejari kejati cabang mako militer bnn salemba-cabang imigrasi deteni negara
    kelas klas se seluruh dan di ke dari yang untuk dengan pada oleh atau serta dalam bagi sebagai ini itu juga akan telah sudah tidak tak kini
    bukan agar saat usai gelar terima panen razia bagikan salurkan gagalkan ajak beri berikan bantah buka bangun dapat raih ikuti laksanakan musnahkan
    pastikan perkuat serahkan siapkan tanam temukan usulkan wujudkan jadi bersama diduga kabur kebakaran rusuh ricuh over overkapasitas penuh
    modern industri super maximum produktif baru terpadat ditjenpas kemenimipas kemenkumham kalapas karutan kepala warga napi narapidana
    pindahkan dorong komitmen lakukan tes sidak geledah geger penghuni sinergi hadiri peringati gandeng jalin kunjungi resmikan tingkatkan
    disorot digeledah dipindah periksa jual produksi sabet tembus tak belum mulai lewat tanpa soal jelang antar bebaskan pamerkan olah
    sulap rawat cegah tangkap bisa harus wajib mesti sepi sesak bocor terbakar banjir perempuan wanita narkotika pemuda terbuka khusus anak
    pemasyarakatan wbp kumham bakal kerja tempat sediakan kirim luncurkan terapkan hentikan tutup tolak akui klarifikasi evaluasi minta sebut jamin
    senin selasa rabu kamis jumat sabtu minggu ahad januari februari maret april mei juni juli agustus september oktober november desember""".split()
)  # fmt: skip
# Never part of a place once it has begun.
_STOP = _NOT_PLACE | frozenset("komisi dpr kanwil jawa sumatera kalimantan sulawesi bapak ibu haji dr drs menteri dirjenpas".split())
PLACE_WORDS = 3


@dataclass(frozen=True, slots=True)
class Unit:
    """One row of the gazetteer. ``unit_class`` is an attribute: units change class, and outlets misprint it."""

    kind: str
    subtype: str
    unit_class: str
    place: str
    name: str
    province: str
    kanwil: str
    aliases: tuple[str, ...] = ()
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True)
class _Candidate:
    kind: str
    subtype: str
    unit_class: str
    head: bool
    words: tuple[str, ...]
    ends: tuple[int, ...]
    start: int
    end: int
    field: str


def load_units(path: Path, problems: Problems) -> tuple[Unit, ...]:
    """The gazetteer; every bad row is a problem with its line."""
    units: list[Unit] = []
    seen: dict[str, int] = {}
    for line, row in read_csv(path, COLUMNS, problems):
        if row["kind"] not in KINDS:
            problems.add(path, line, "kind", f"{row['kind']!r} is no kind of unit; write one of {', '.join(KINDS)}")
        if row["class"] not in CLASSES:
            problems.add(path, line, "class", f"{row['class']!r} is no class; write one of {', '.join(filter(None, CLASSES))} or leave it empty")
        if row["kanwil"] not in KANWIL:
            problems.add(path, line, "kanwil", f"{row['kanwil']!r} is none of the {len(KANWIL)} kanwil; see pipeline/classify/units.py")
        if not row["place"] or not row["name"]:
            problems.add(path, line, "place", "place and name must be given")
        key = row["name"].casefold()
        if key in seen:
            problems.add(path, line, "name", f"the same unit stands in line {seen[key]}; keep one row")
        seen.setdefault(key, line)
        aliases = tuple(alias.strip() for alias in row["aliases"].split(";") if alias.strip())
        units.append(
            Unit(row["kind"], row["subtype"], row["class"], row["place"], row["name"], row["province"], row["kanwil"], aliases,
                 _degree(row["lat"], 90, path, line, "lat", problems), _degree(row["lon"], 180, path, line, "lon", problems))
        )  # fmt: skip
    return tuple(units)


def _degree(value: str, limit: int, path: Path, line: int, key: str, problems: Problems) -> float | None:
    if not value:
        return None
    try:
        degree = float(value)
    except ValueError:
        degree = 999.0
    if not -limit <= degree <= limit:
        problems.add(path, line, key, f"{value!r} is no degree between -{limit} and {limit}; write a decimal or leave it empty")
        return None
    return degree


class UnitFinder:
    """Finds units by grammar and resolves them by the gazetteer; one that it does not know is returned as unknown."""

    def __init__(self, units: Iterable[Unit]) -> None:
        """Index the units by kind, subtype and place, with the places that their aliases give."""
        self._exact: dict[tuple[str, str, str], list[Unit]] = {}
        self._loose: dict[tuple[str, str], list[Unit]] = {}
        for unit in units:
            keys = [(unit.kind, unit.subtype, unit.place.casefold())]
            for alias in unit.aliases:
                keys += [
                    (found.kind, found.subtype or unit.subtype, " ".join(found.words).casefold())
                    for found in _candidates("text", alias, limit=6)
                    if found.words
                ]
            for key in keys:
                for held in (self._exact.setdefault(key, []), self._loose.setdefault((key[0], key[2]), [])):
                    if unit not in held:
                        held.append(unit)

    def find(self, title: str, text: str, noise: Sequence[tuple[int, int]] = ()) -> tuple[UnitMention, ...]:
        """Each unit once, at its first mention; title first, then text. A bare place that fits several units resolves to none.

        ``noise``: spans of the text that are not the article ("Baca juga: ..."); no unit is taken from there.
        """
        inside = [found for found in _candidates("text", text, PLACE_WORDS) if not any(a <= found.start < b for a, b in noise)]
        candidates = [*_candidates("title", title, PLACE_WORDS), *inside]
        settled = _settled_places(candidates)
        mentions: dict[tuple[str, str], UnitMention] = {}
        for found in candidates:
            mention = self._mention(found, title if found.field == "title" else text, settled)
            if mention is not None:
                mentions.setdefault((mention.kind, mention.name.casefold()), mention)
        return tuple(mentions.values())

    def _mention(self, found: _Candidate, source: str, settled: frozenset[str]) -> UnitMention | None:
        for count in range(len(found.words), 0, -1):
            unit = self._resolve(found, " ".join(found.words[:count]))
            if unit is not None:
                end = found.ends[count - 1]
                return UnitMention(unit.name, unit.kind, unit.kanwil, True, _evidence(found, source, end))
        if not found.words:
            return None
        count = _place_length(found, settled)
        place = " ".join(found.words[:count])
        subtype = f" {found.subtype.capitalize()}" if found.subtype else ""
        step = f" Kelas {found.unit_class}" if found.unit_class else ""
        label = {"lapas": "Lapas", "rutan": "Rutan", "lpka": "LPKA", "bapas": "Bapas", "kanwil": "Kanwil Ditjenpas"}[found.kind]
        name = f"{label}{subtype}{step} {place if not place.isupper() else place.title()}"
        return UnitMention(name, found.kind, "", False, _evidence(found, source, max(found.ends[count - 1], found.start)))

    def _resolve(self, found: _Candidate, place: str) -> Unit | None:
        key = place.casefold()
        exact = self._exact.get((found.kind, found.subtype or "umum", key), [])
        several = exact or [one for one in self._loose.get((found.kind, key), []) if found.subtype in ("", one.subtype)]
        if len(several) > 1:  # two of one kind in one place: only the class can tell
            several = [one for one in several if one.unit_class == found.unit_class]
        return several[0] if len(several) == 1 else None


def _evidence(found: _Candidate, source: str, end: int) -> Evidence:
    return Evidence(found.field, found.start, end, source[found.start : end])


def _candidates(field: str, source: str, limit: int) -> list[_Candidate]:
    found = []
    for match in _GRAMMAR.finditer(source):
        head = re.sub(r"\s+", " ", match["head"].lower())
        if head in ("lp", "lpp", "lpn") and not match["head"].isupper():
            continue
        kind = next(kind for kind, form in _KIND if re.fullmatch(form, head))
        subtype = _SUBTYPE.get((match["sub1"] or match["sub2"] or "").lower(), _SHORT_SUBTYPE.get(head, ""))
        words, ends, position = _place(source, match.end(), limit)
        step = match["cls"]
        after = _CLASS_AFTER.match(source, position) if words and not step else None
        end = after.end() if after else position
        found.append(
            _Candidate(kind, subtype, _class(after["cls"] if after else step), head.startswith(_HEADS), tuple(words), tuple(ends),
                       match.start(), end, field)
        )  # fmt: skip
    return found


def _place(source: str, position: int, limit: int) -> tuple[list[str], list[int], int]:
    words: list[str] = []
    ends: list[int] = []
    while len(words) < limit and (match := _TOKEN.match(source, position)):
        word = match[1]
        plain = word.strip(".").casefold()
        if plain in (_STOP if words else _NOT_PLACE) or (words and len(plain) == 1):
            break
        position = match.end()
        if word.endswith("."):
            break
        words.append(word)
        ends.append(position)
    return words, ends, position


def _class(value: str | None) -> str:
    if not value:
        return ""
    parts = re.search(r"(?i)(iii|ii|i|[123])\s?[-.]?\s?([ab])?$", value.strip())
    if parts is None:
        return ""
    step = {"1": "I", "2": "II", "3": "III"}.get(parts[1], parts[1].upper())
    return step + (parts[2] or "").upper()


def _settled_places(candidates: Iterable[_Candidate]) -> frozenset[str]:
    """Places that the article writes after a unit's name, not after a head's title: no person's name hangs on those."""
    return frozenset(" ".join(found.words).casefold() for found in candidates if found.words and not found.head and found.field == "text")


def _place_length(found: _Candidate, settled: frozenset[str]) -> int:
    """How many words of an unknown place to believe: as many as the article settles elsewhere, else all."""
    for count in range(len(found.words), 0, -1):
        if " ".join(found.words[:count]).casefold() in settled:
            return count
    return len(found.words)
