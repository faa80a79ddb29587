"""The catalogue of sources: ``sources.csv`` as frozen records, every mistake reported with its line."""

from __future__ import annotations

import re
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline.configfile import Problems, read_csv
from pipeline.records import PublisherType, Source, SourceKind
from pipeline.urls import is_fetchable

COLUMNS = (
    "id",
    "outlet",
    "kind",
    "url",
    "scope",
    "province",
    "tier",
    "publisher_type",
    "licence",
    "zone",
    "active",
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
    "active": ("yes", "no"),
}


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
    if not is_fetchable(row["url"]):
        found.append(("url", f"{row['url']!r} must be an absolute http(s) address without spaces, user name or unusual port"))
    try:
        re.compile(row["link_pattern"])
    except re.error as error:
        found.append(("link_pattern", f"is not a regular expression: {error}"))
    if row["kind"] == SourceKind.LISTING and not row["link_pattern"]:
        found.append(("link_pattern", "a listing needs a regular expression that its article addresses match"))
    return found


def load_sources(path: Path, problems: Problems) -> tuple[Source, ...]:
    """All sources of the file, in its order; mistakes (also doubled ids and addresses) go to ``problems``."""
    sources: list[Source] = []
    ids: dict[str, int] = {}
    urls: dict[str, int] = {}
    for line, row in read_csv(path, COLUMNS, problems):
        mistakes = _mistakes(row)
        for seen, column in ((ids, "id"), (urls, "url")):
            if (first := seen.setdefault(row[column], line)) != line:
                mistakes.append((column, f"{row[column]!r} stands in line {first} already"))
        for column, advice in mistakes:
            problems.add(path, line, column, advice)
        if not mistakes:
            sources.append(_source(row))
    return tuple(sources)


def _source(row: dict[str, str]) -> Source:
    return Source(
        id=row["id"],
        outlet=row["outlet"],
        kind=SourceKind(row["kind"]),
        url=row["url"],
        scope=row["scope"],
        province=row["province"],
        tier=row["tier"],
        publisher_type=PublisherType(row["publisher_type"]),
        licence=row["licence"],
        zone=ZoneInfo(row["zone"]).key,
        active=row["active"] == "yes",
        link_pattern=row["link_pattern"],
    )
