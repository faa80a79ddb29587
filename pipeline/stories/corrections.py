"""The analysts' log of corrections: what a row may say, the checks of every row, and which rows are in force. Pure.

The log is ``data/labels/corrections.csv``, append-only; ``pipeline/corrected.py`` writes it, ``stories/corrected.py`` applies it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipeline.classify.corpus import INCIDENTS, MAX_RELATED, RELEVANCE, SOURCE_TYPES, TONES
from pipeline.classify.taxonomy import OUTSIDE, UMUM
from pipeline.configfile import Problems, read_csv

COLUMNS = ("key", "field", "old", "new", "who", "when", "why")
FIELDS = (
    "relevance", "programme_primary", "programmes_related", "programmes_mentioned", "tone", "title_tone", "incidents",
    "unit_primary", "source_type",
)  # fmt: skip
LISTS = frozenset({"programmes_related", "programmes_mentioned", "incidents"})
NONE = "none"  # written for an empty list or no unit, so that an empty cell is always a mistake
UNSURE = "unsure"
MODEL = "model"  # withdraws what persons wrote of the field: the model's label holds again
_KEY = re.compile(r"[0-9a-f]{16}")
_EMPTY_ALLOWED = LISTS | {"unit_primary"}

Value = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What the configuration knows: programme slug → our code, the slugs of the immigration half, unit name → kanwil."""

    programmes: Mapping[str, str]
    immigration: frozenset[str]
    units: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Correction:
    """One row: a person says that ``field`` of article ``key`` is ``new``. ``old`` stood there then; ``when`` is aware."""

    key: str
    field: str
    old: str
    new: str
    who: str
    when: datetime
    why: str
    line: int = 0

    @property
    def value(self) -> Value:
        """``new`` as the article's column holds it: a tuple for the list fields, "" for no unit."""
        return value_of(self.field, self.new)


def value_of(field: str, text: str) -> Value:
    """A cell's text as a label, ``a|b`` as a tuple without doubles."""
    if field in LISTS:
        return tuple(dict.fromkeys(part for part in map(str.strip, text.split("|")) if part and text != NONE))
    return "" if text == NONE else text


def text_of(value: object) -> str:
    """A label as the log writes it; ``none`` for what is missing or empty."""
    if isinstance(value, str):
        return value or NONE
    items = [str(item) for item in value] if hasattr(value, "__iter__") else []
    return "|".join(items) or NONE


def choices(field: str, known: Known) -> tuple[str, ...]:
    """Every label that ``field`` may have (each part of it, for the list fields)."""
    return {
        "relevance": RELEVANCE,
        "programme_primary": (*known.programmes, UMUM, OUTSIDE),
        "programmes_related": tuple(known.programmes),
        "programmes_mentioned": tuple(known.programmes),
        "tone": TONES,
        "title_tone": TONES,
        "incidents": INCIDENTS,
        "unit_primary": tuple(sorted(known.units)),
        "source_type": SOURCE_TYPES,
    }[field]


def mistake(field: str, new: str, known: Known) -> str:
    """What is wrong with a label, and what may stand there; "" when it is right.

    A unit is any name here: the gazetteer may lose one that an old row names. Who writes a new row asks ``choices`` too.
    """
    if field not in FIELDS:
        return f"{field!r} is no field that can be corrected; write one of: {', '.join(FIELDS)}"
    if new == MODEL or (new == NONE and field in _EMPTY_ALLOWED):
        return ""
    if not new or new == NONE:
        return f"{new or 'an empty cell'!r} is no label of {field}; write one of: {', '.join(_offered(field, known))}"
    if field == "unit_primary":
        return ""
    allowed = choices(field, known)
    value = value_of(field, new)
    parts = value if isinstance(value, tuple) else (value,)
    if wrong := [part for part in parts if part not in allowed]:
        return f"{', '.join(map(repr, wrong))} is not one of: {', '.join(_offered(field, known))}"
    if not parts:
        return f"{new!r} names nothing; write labels as a|b, or {NONE}"
    if field == "programmes_related" and len(parts) > MAX_RELATED:
        return f"{len(parts)} programmes; at most {MAX_RELATED}: beyond that the article is {UMUM}"
    return ""


def _offered(field: str, known: Known) -> tuple[str, ...]:
    empty = (NONE,) if field in _EMPTY_ALLOWED else ()
    named = ("a name of config/units.csv",) if field == "unit_primary" else choices(field, known)
    return (*named, *empty, f"{MODEL} (withdraws the correction)")


def load_corrections(path: Path, known: Known, problems: Problems) -> tuple[Correction, ...]:
    """The log's rows in their order; none when there is no file. Each broken row is a problem with its line."""
    if not has_rows(path):
        return ()
    found = []
    for line, row in read_csv(path, COLUMNS, problems, appended=True):
        if not any(row.values()):
            continue  # an empty line of a spreadsheet
        if not _KEY.fullmatch(row["key"]):
            advice = f"{row['key']!r} is no article key (16 of 0-9 a-f); a spreadsheet may have turned it into a number"
            problems.add(path, line, "key", advice)
        if advice := mistake(row["field"], row["new"], known):
            problems.add(path, line, "new" if row["field"] in FIELDS else "field", advice)
        for name in ("who", "why"):
            if not row[name]:
                problems.add(path, line, name, "is empty; a correction says who made it and why")
        when = _instant(row["when"])
        if when is None:
            advice = f"{row['when']!r} is no instant with its zone; write for example 2026-11-23T09:30:00+07:00"
            problems.add(path, line, "when", advice)
        else:
            found.append(Correction(**{**row, "when": when}, line=line))  # type: ignore[arg-type]
    return tuple(found)


def has_rows(path: Path) -> bool:
    """Whether there is a log with more than its header. A file that cannot be read counts: reading it tells why."""
    try:
        return path.is_file() and path.read_bytes().strip().count(b"\n") > 0
    except OSError:
        return True


def _instant(text: str) -> datetime | None:
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        return None
    return value if value.tzinfo else None


def in_force(rows: Iterable[Correction]) -> dict[tuple[str, str], Correction]:
    """(key, field) → its last row, without those that are withdrawn. In the log's order of these last rows."""
    last: dict[tuple[str, str], Correction] = {}
    for row in rows:
        last.pop((row.key, row.field), None)
        last[row.key, row.field] = row
    return {at: row for at, row in last.items() if row.new != MODEL}


def digest(rows: Iterable[Correction]) -> str:
    """sha256 over what rows say (not over their place in the file or how it is quoted), in any order."""
    said = sorted([row.key, row.field, row.new, row.who, row.when.astimezone(UTC).isoformat()] for row in rows)
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def same_label(field: str, one: str, other: str) -> bool:
    """Whether two cells say the same; the order of mentioned programmes and incidents does not matter."""
    left, right = value_of(field, one), value_of(field, other)
    return set(left) == set(right) if isinstance(left, tuple) and isinstance(right, tuple) else left == right


def old_differs(rows: Sequence[Correction], model: Mapping[tuple[str, str], str]) -> list[bool]:
    """Per row: its ``old`` is neither what the row before it wrote nor, for a first row, today's model label.

    No mistake: the model has learnt since, or two persons wrote in turn. ``model``: (key, field) → label as text.
    """
    standing = dict(model)
    found = []
    for row in rows:
        before = standing.get((row.key, row.field))
        blank = before == NONE and row.old == UNSURE  # what a relevant article shows of a tone that no model has judged
        found.append(before is not None and not blank and not same_label(row.field, row.old, before))
        standing[row.key, row.field] = row.new if row.new != MODEL else model.get((row.key, row.field), row.old)
    return found
