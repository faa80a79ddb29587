"""Labelled articles: the corpus's JSON lines as records, every mistake reported with its file and line."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.configfile import Problems
from pipeline.dates import parse_iso

RELEVANCE = ("corrections", "immigration", "irrelevant")
TONES = ("positive", "neutral", "negative")
SOURCE_TYPES = ("press_release", "report", "opinion", "aggregate")
INCIDENTS = ("kabur", "kerusuhan", "kematian", "kekerasan", "korupsi_pungli", "narkoba_internal", "bencana", "pelayanan", "etik")
MAX_RELATED = 3


@dataclass(frozen=True, slots=True)
class Labelled:
    """One article with what a careful reader says of it. ``primary`` is "" and ``tone`` None where they do not apply."""

    id: str
    title: str
    text: str
    outlet: str
    published: datetime  # aware
    relevance: str
    primary: str
    related: tuple[str, ...]
    mentioned: tuple[str, ...]
    tone: str | None
    title_tone: str | None
    source_type: str
    incidents: tuple[str, ...]
    units: tuple[str, ...]
    story: str
    batch: str
    note: str


def load_labelled(paths: Iterable[Path], slugs: Collection[str], problems: Problems) -> tuple[Labelled, ...]:
    """Every labelled article of the files, in their order. ``slugs``: the programmes that exist, besides umum and luar_program.

    Faulty lines (JSON, fields, labels that contradict each other, doubled ids) go to ``problems``.
    """
    found: list[Labelled] = []
    seen: dict[str, str] = {}
    for path in paths:
        try:
            lines = path.read_text(encoding="utf-8").split("\n")  # a text may hold other separators (U+2028)
        except (OSError, UnicodeDecodeError) as error:
            problems.add(path, None, "", f"cannot be read as UTF-8 text ({error})")
            continue
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            record = _one(path, number, line, slugs, problems)
            if record is None:
                continue
            place = f"{path.name}:{number}"
            if (first := seen.setdefault(record.id, place)) != place:
                problems.add(path, number, "id", f"{record.id!r} stands at {first} already")
            found.append(record)
    return tuple(found)


def _one(path: Path, number: int, line: str, slugs: Collection[str], problems: Problems) -> Labelled | None:
    try:
        raw: Any = json.loads(line)
        labels = raw["labels"]
        published = parse_iso(raw["published"])
        record = Labelled(
            id=raw["id"],
            title=raw["title"],
            text=raw["text"],
            outlet=raw["outlet"],
            published=published.value if published else datetime.fromisoformat(raw["published"]),
            relevance=labels["relevance"],
            primary=labels["primary"] or "",
            related=tuple(labels["related"]),
            mentioned=tuple(labels["mentioned"]),
            tone=labels["tone"],
            title_tone=labels["title_tone"],
            source_type=labels["source_type"],
            incidents=tuple(labels["incidents"]),
            units=tuple(labels["units"]),
            story=labels["story"],
            batch=raw["batch"],
            note=raw.get("note") or "",
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        problems.add(path, number, "", f"not a labelled article ({error!r}); data/labels/LABELLING.md shows the format")
        return None
    for key, advice in _mistakes(record, slugs):
        problems.add(path, number, key, advice)
    return record


def _mistakes(one: Labelled, slugs: Collection[str]) -> list[tuple[str, str]]:
    primaries = {*slugs, "umum", "luar_program"} if one.relevance == "corrections" else set(slugs)
    found = [
        (key, f"{value!r} is not one of: {', '.join(sorted(choices))}")
        for key, value, choices in (
            ("relevance", one.relevance, RELEVANCE),
            ("source_type", one.source_type, SOURCE_TYPES),
            *(("incidents", incident, INCIDENTS) for incident in one.incidents),
            *(("related", slug, slugs) for slug in one.related),
            *(("mentioned", slug, slugs) for slug in one.mentioned),
        )
        if value not in choices
    ]
    if one.relevance == "irrelevant" and one.primary:
        found.append(("primary", f"{one.primary!r} must be null for an irrelevant article"))
    if one.relevance != "irrelevant" and one.primary not in primaries:
        found.append(("primary", f"{one.primary!r} is not one of: {', '.join(sorted(primaries))}"))
    if one.relevance == "corrections" and one.tone not in TONES:
        found.append(("tone", f"{one.tone!r} is not one of: {', '.join(TONES)}"))
    if one.relevance != "corrections" and one.tone is not None:
        found.append(("tone", f"{one.tone!r} must be null unless the article is about corrections"))
    if len(one.related) > MAX_RELATED:
        found.append(("related", f"{len(one.related)} programmes; at most {MAX_RELATED}: beyond that the article is umum"))
    if not one.title.strip() and not one.text.strip():
        found.append(("text", "title and text are both empty"))
    return found
