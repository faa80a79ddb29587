"""Double-blind readings: which articles two persons read without seeing the model or each other, and how well they agree. Pure.

They are kept beside the log of corrections, not in it: the log holds one label in force, so that a second person's equal answer
adds nothing there, and agreement could not be counted.
"""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.classify.agreement import bootstrap_interval, nominal_alpha
from pipeline.configfile import Problems, read_csv
from pipeline.dates import parse_iso
from pipeline.stories.corrections import NONE, Known, has_rows, mistake

COLUMNS = ("key", "field", "label", "who", "when")
FIELDS = ("relevance", "programme_primary", "tone", "title_tone")
SIZE = 40  # articles of a week's sample
READERS = 2


@dataclass(frozen=True, slots=True)
class Reading:
    """What one person says of one field of one article; ``label`` is ``none`` where the field does not apply."""

    key: str
    field: str
    label: str
    who: str
    when: datetime


def load_readings(path: Path, known: Known, problems: Problems) -> tuple[Reading, ...]:
    """The file's rows in their order; none when there is no file. Each broken row is a problem with its line."""
    if not has_rows(path):
        return ()
    found = []
    for line, row in read_csv(path, COLUMNS, problems, appended=True):
        if not any(row.values()):
            continue
        advice = "" if row["label"] == NONE else mistake(row["field"], row["label"], known)
        if row["field"] not in FIELDS:
            advice = f"{row['field']!r} is not read blindly; only {', '.join(FIELDS)}"
        if advice:
            problems.add(path, line, "label", advice)
        when = parse_iso(row["when"])
        if when is None or not row["who"] or not row["key"]:
            problems.add(path, line, "", "has no key, no name or no instant with its zone")
            continue
        found.append(Reading(row["key"], row["field"], row["label"], row["who"], when.value))
    return tuple(found)


def sample(keys: Iterable[str], week: str, readings: Sequence[Reading], who: str) -> tuple[list[str], int]:
    """What ``who`` has still to read of a week's ``keys``, and how many of the sample are done.

    The sample is the same for everybody: what anybody has read, then the smallest digests of week and key, ``SIZE`` together.
    What a first reader has answered comes first, so that late articles part no pair.
    """
    ranked = sorted(keys, key=lambda key: hashlib.sha256(f"{week} {key}".encode()).digest())
    readers = readers_of(readings)
    begun = [key for key in ranked if readers[key]]
    chosen = (begun + [key for key in ranked if not readers[key]])[: max(SIZE, len(begun))]
    left = [key for key in chosen if who not in readers[key] and len(readers[key]) < READERS]
    return left, sum(who in readers[key] for key in chosen)


def readers_of(readings: Iterable[Reading]) -> Mapping[str, list[str]]:
    """Key → who has read it, in the order of their first answers."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for one in readings:
        if one.who not in found[one.key]:
            found[one.key].append(one.who)
    return found


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two readers agree on one field. ``alpha`` and its 95 % interval are None where nothing could have differed."""

    field: str
    articles: int
    same: int
    alpha: float | None
    low: float | None
    high: float | None


def answers(readings: Iterable[Reading]) -> dict[tuple[str, str], dict[str, str]]:
    """(key, field) → who → label; a person's last answer counts."""
    found: defaultdict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for one in readings:
        found[one.key, one.field][one.who] = one.label
    return dict(found)


def agreement(readings: Iterable[Reading]) -> list[Agreement]:
    """Per field, over the articles that two persons have read; a field that neither says anything of is left out."""
    told = answers(readings)
    found = []
    for field in FIELDS:
        pairs = [tuple(said.values())[:READERS] for (_, name), said in sorted(told.items()) if name == field]
        units = [pair for pair in pairs if len(pair) == READERS and set(pair) != {NONE}]
        alpha, (low, high) = nominal_alpha(units), bootstrap_interval(units, nominal_alpha)
        figures = [None if math.isnan(value) else value for value in (alpha, low, high)]
        found.append(Agreement(field, len(units), sum(len(set(pair)) == 1 for pair in units), *figures))
    return found


def agreed(readings: Iterable[Reading]) -> dict[str, dict[str, str]]:
    """Key → field → the label that two persons gave alike."""
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for (key, field), said in answers(readings).items():
        labels = list(said.values())[:READERS]
        if len(labels) == READERS and len(set(labels)) == 1 and labels[0] != NONE:
            found[key][field] = labels[0]
    return dict(found)


def disputed(readings: Iterable[Reading]) -> dict[str, dict[str, dict[str, str]]]:
    """Key → field → who → label, where two persons differ."""
    found: defaultdict[str, dict[str, dict[str, str]]] = defaultdict(dict)
    for (key, field), said in answers(readings).items():
        if len(said) >= READERS and len(set(said.values())) > 1:
            found[key][field] = said
    return dict(found)
