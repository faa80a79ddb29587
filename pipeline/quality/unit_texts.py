"""Unit finding measured on labelled texts: which units are named, and which of them acts. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline.classify.unit_queue import without_class
from pipeline.classify.units import UnitFinder
from pipeline.records import UnitMention


@dataclass(frozen=True, slots=True)
class UnitText:
    """One labelled text. ``units`` and ``primary`` as the file writes them: a unit's name, or "?" and an unsettled one."""

    id: str
    part: str
    title: str
    text: str
    units: frozenset[str]
    primary: str
    day: date | None = None


def load_texts(path: Path) -> list[UnitText]:
    """The labelled texts of a file. Raises ``ValueError`` that names the first broken line."""
    texts = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            raw = json.loads(line)
            key, part, title, text = (str(raw[name]) for name in ("id", "part", "title", "text"))
            units, primary = frozenset(map(_key, raw["units"])), _key(str(raw["primary"]))
            if primary and primary not in units:
                raise ValueError(f"the primary {primary!r} is none of the units")
            day = date.fromisoformat(raw["date"]) if "date" in raw else None
            texts.append(UnitText(key, part, title, text, units, primary, day))
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{path}, line {number}: {error}") from error
    return texts


def answer_of(one: UnitText, finder: UnitFinder) -> tuple[frozenset[str], str]:
    """The units that are found in a text, and the one that acts; "" for none."""
    found = [_told(mention) for mention in finder.find(one.title, one.text, day=one.day)]
    return frozenset(found), found[0] if found else ""


def figures_of(texts: Sequence[UnitText], finder: UnitFinder) -> dict[str, float]:
    """Precision, recall and F1 over all units of all texts; ``primary``: the share of texts whose acting unit is right."""
    hits = said = right = acting = 0
    for one in texts:
        named, first = answer_of(one, finder)
        hits += len(named & one.units)
        said += len(named)
        right += len(one.units)
        acting += first == one.primary
    return {
        "precision": hits / said if said else 1.0,
        "recall": hits / right if right else 1.0,
        "f1": 2 * hits / (said + right) if said + right else 1.0,
        "primary": acting / len(texts) if texts else 1.0,
    }


def _told(mention: UnitMention) -> str:
    return mention.name if mention.known else _key(f"?{mention.name}")


def _key(name: str) -> str:
    return without_class(name) if name.startswith("?") else name
