"""The catalogue of sources and the block list as frozen records, every mistake told with its line; whose hosts share a pace."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pipeline.configfile import Problems, read_csv
from pipeline.records import PublisherType, Source, SourceKind
from pipeline.urls import host_of, is_fetchable, site_of

COLUMNS = (
    "id",
    "outlet",
    "owner",
    "kind",
    "url",
    "scope",
    "province",
    "tier",
    "publisher_type",
    "licence",
    "zone",
    "status",
    "pages",
    "conditional",
    "link_pattern",
    "note",
)
CHOICES = {
    "kind": tuple(SourceKind),
    "scope": ("national", "regional", "local", "government"),
    "tier": ("T0", "T1", "T2", "T3", "TX"),
    "publisher_type": tuple(PublisherType),
    "licence": ("open", "headline-only", "blocked", "unknown"),
    "zone": ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"),
    "status": ("active", "probation", "retired"),
    "pages": ("all", "filtered"),
    "conditional": ("yes", "no"),
}
BLOCKED_COLUMNS = ("what", "value", "reason", "seen")
# The 38 provinces as config/units.csv writes them; a source may name several, joined by " + ".
PROVINCES = frozenset(
    (
        "Aceh|Sumatera Utara|Sumatera Barat|Riau|Kepulauan Riau|Jambi|Sumatera Selatan|Kepulauan Bangka Belitung|"
        "Bengkulu|Lampung|Daerah Khusus Jakarta|Banten|Jawa Barat|Jawa Tengah|DI Yogyakarta|Jawa Timur|Bali|"
        "Nusa Tenggara Barat|Nusa Tenggara Timur|Kalimantan Barat|Kalimantan Tengah|Kalimantan Selatan|"
        "Kalimantan Timur|Kalimantan Utara|Sulawesi Utara|Gorontalo|Sulawesi Tengah|Sulawesi Barat|"
        "Sulawesi Selatan|Sulawesi Tenggara|Maluku|Maluku Utara|Papua|Papua Barat|Papua Selatan|Papua Tengah|"
        "Papua Pegunungan|Papua Barat Daya"
    ).split("|")
)


@dataclass(frozen=True, slots=True)
class Blocked:
    """The block list: hosts whose pages are never fetched, and addresses that are dead or not what they seem."""

    hosts: dict[str, str] = field(default_factory=dict)  # folded host → reason
    addresses: tuple[tuple[re.Pattern[str], str], ...] = ()  # expression over folded addresses, reason

    def host(self, host: str) -> str:
        """Why pages of ``host`` are not fetched: its own reason or that of a host above it; "" when they may be."""
        labels = host.lower().rstrip(".").split(".")
        names = (".".join(labels[start:]) for start in range(len(labels)))
        return next((self.hosts[name] for name in names if name in self.hosts), "")

    def address(self, url: str) -> str:
        """Why ``url`` is not fetched, for its host or itself (scheme, www and end slash do not matter); "" when it may be."""
        folded = _folded(url)
        return self.host(host_of(url)) or next((reason for pattern, reason in self.addresses if pattern.fullmatch(folded)), "")


NOTHING_BLOCKED = Blocked()


def load_sources(path: Path, problems: Problems, blocked: Blocked = NOTHING_BLOCKED) -> tuple[Source, ...]:
    """All sources of the file, in its order; mistakes go to ``problems``.

    Mistakes of a row among others: an id or an address that stands above already, an address of the block list, an owner other
    than the one that a row of the same site names.
    """
    sources: list[Source] = []
    ids: dict[str, int] = {}
    addresses: dict[str, int] = {}
    owners: dict[str, tuple[str, int]] = {}
    for line, row in read_csv(path, COLUMNS, problems):
        mistakes = _mistakes(row)
        for seen, column, value in ((ids, "id", row["id"]), (addresses, "url", _folded(row["url"]))):
            if (first := seen.setdefault(value, line)) != line:
                mistakes.append((column, f"{row[column]!r} stands in line {first} already"))
        if reason := blocked.address(row["url"]):
            mistakes.append(("url", f"{row['url']!r} is on the block list ({reason}); take one of the two out"))
        site = site_of(host_of(row["url"]))
        owner, first = owners.setdefault(site, (row["owner"], line)) if site and row["owner"] else (row["owner"], line)
        if owner != row["owner"]:
            mistakes.append(("owner", f"{row['owner']!r} is not the {owner!r} of line {first}, which has the same site"))
        for column, advice in mistakes:
            problems.add(path, line, column, advice)
        if not mistakes:
            sources.append(_source(row))
    return tuple(sources)


def load_blocked(path: Path, problems: Problems) -> Blocked:
    """The block list of a file; mistakes go to ``problems``. A missing file blocks nothing.

    An address may hold "*" for any run of characters: ``https://kabar.example/rss/*.xml``.
    """
    if not path.exists():
        return NOTHING_BLOCKED
    hosts: dict[str, str] = {}
    addresses: dict[str, str] = {}
    lines: dict[str, int] = {}
    for line, row in read_csv(path, BLOCKED_COLUMNS, problems):
        mistakes = _blocked_mistakes(row)
        value = row["value"].lower().rstrip(".") if row["what"] == "host" else _folded(row["value"])
        if (first := lines.setdefault(value, line)) != line:
            mistakes.append(("value", f"{row['value']!r} stands in line {first} already"))
        for column, advice in mistakes:
            problems.add(path, line, column, advice)
        if not mistakes:
            (hosts if row["what"] == "host" else addresses)[value] = row["reason"]
    expressions = ((re.compile(".*".join(map(re.escape, value.split("*")))), reason) for value, reason in addresses.items())
    return Blocked(hosts, tuple(expressions))


def lane_of(sources: Iterable[Source]) -> Callable[[str], str]:
    """The rule by which hosts share one pace: a host's lane is the owner that a source of its site names, else its site."""
    owners = {site_of(host_of(source.url)): source.owner for source in sources if source.owner}

    def lane(host: str) -> str:
        site = site_of(host) or host
        return owners.get(site, site)

    return lane


def _folded(url: str) -> str:
    """One form for an address with and without https, www and end slash; its path keeps its case."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").removeprefix("www.").rstrip(".")
    except ValueError:
        return url
    return host + parts.path.rstrip("/") + (f"?{parts.query}" if parts.query else "")


def _mistakes(row: dict[str, str]) -> list[tuple[str, str]]:
    found = []
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{1,60}", row["id"]):
        found.append(("id", f"{row['id']!r} must be 2 to 61 of a-z, 0-9 and -"))
    if not row["outlet"]:
        found.append(("outlet", "is empty; write the outlet's name as readers know it"))
    found.extend(
        (column, f"{row[column]!r} is not one of: {', '.join(choices)}")
        for column, choices in CHOICES.items()
        if row[column] not in choices
    )
    found.extend(
        ("province", f"{name!r} is no province as config/units.csv writes it; join several by ' + ', leave it empty for all")
        for name in row["province"].split(" + ")
        if name and name not in PROVINCES
    )
    if not is_fetchable(row["url"]):
        found.append(("url", f"{row['url']!r} must be an absolute http(s) address without spaces, user name or unusual port"))
    try:
        re.compile(row["link_pattern"])
    except (re.error, RecursionError, OverflowError) as error:
        found.append(("link_pattern", f"is not a regular expression: {error}"))
    if row["kind"] == SourceKind.LISTING and not row["link_pattern"]:
        found.append(("link_pattern", "a listing needs a regular expression that its article addresses match"))
    if row["kind"] != SourceKind.LISTING and row["link_pattern"]:
        found.append(("link_pattern", f"is read for a listing only; empty it, or make the kind listing (found {row['kind']!r})"))
    return found


def _blocked_mistakes(row: dict[str, str]) -> list[tuple[str, str]]:
    found = []
    value = row["value"]
    if row["what"] == "host":
        if not re.fullmatch(r"(?!-)[a-z0-9-]+(\.[a-z0-9-]+)+", value.lower().rstrip(".")):
            found.append(("value", f"{value!r} must be a host name alone, as kabar.example"))
        elif not site_of(value):
            found.append(("value", f"{value!r} is the end of many sites' names, not one site; write the whole host"))
    elif row["what"] == "address":
        if not is_fetchable(value) or "*" in host_of(value):
            found.append(("value", f"{value!r} must be an absolute http(s) address; * may stand in its path"))
        elif urlsplit(value).path.strip("/*") == "" and not urlsplit(value).query:
            found.append(("value", f"{value!r} is a whole site; write it as a host"))
    else:
        found.append(("what", f"{row['what']!r} is not one of: host, address"))
    if not row["reason"]:
        found.append(("reason", "is empty; write why, so that a later reader can judge it"))
    try:
        date.fromisoformat(row["seen"])
    except ValueError:
        found.append(("seen", f"{row['seen']!r} must be a date as 2026-11-23"))
    return found


def _source(row: dict[str, str]) -> Source:
    return Source(
        id=row["id"],
        outlet=row["outlet"],
        owner=row["owner"],
        kind=SourceKind(row["kind"]),
        url=row["url"],
        scope=row["scope"],
        province=row["province"],
        tier=row["tier"],
        publisher_type=PublisherType(row["publisher_type"]),
        licence=row["licence"],
        zone=ZoneInfo(row["zone"]).key,
        status=row["status"],
        pages=row["pages"],
        conditional=row["conditional"] == "yes",
        link_pattern=row["link_pattern"],
    )
