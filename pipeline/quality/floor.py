"""The floor under the judge's quality: the lowest figures that a test lets pass, raised freely, lowered in writing. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Fitted on another kind of processor a text or two are told otherwise; a sunk judge differs by more. Negative texts are
# so few (172) that one of them is .006.
MARGIN, MARGIN_OF_FEW = 0.005, 0.012
OF_FEW = frozenset({"tone negative recall", "tone negative precision"})
HELD = {
    "relevance": ("accuracy", "macro_f1", "corrections f1"),
    "primary": ("accuracy", "macro_f1"),
    "tone": ("accuracy", "macro_f1", "negative recall", "negative precision"),
    "title_tone": ("macro_f1",),
    "source_type": ("accuracy",),
    "programmes": ("micro_f1",),
    "incidents": ("micro_f1",),
}


@dataclass(frozen=True, slots=True)
class Floor:
    """``corpus``: the digest of the labels. ``figures``: "field figure" → lowest value. ``lowered``: every lowering so far."""

    corpus: str
    figures: Mapping[str, float]
    lowered: tuple[str, ...] = ()


def held_figures(models: Mapping[str, Any]) -> dict[str, float]:
    """The figures that the floor holds, out of a report's ``models``: "tone negative recall" → value."""
    found = {}
    for field, names in HELD.items():
        for name in names:
            *label, figure = name.split()
            row = models.get(field, {})
            row = row.get("classes", {}).get(" ".join(label), {}) if label else row
            if figure in row:
                found[f"{field} {name}"] = float(row[figure])
    return found


def sunk(floor: Floor, measured: Mapping[str, float]) -> list[str]:
    """What lies below the floor, one line each; a figure that is no longer measured has sunk too."""
    return [
        f"{name} is {measured[name]:.3f}, the floor {least:.3f}" if name in measured else f"{name} is no longer measured"
        for name, least in floor.figures.items()
        if measured.get(name, -1.0) < least
    ]


def raised(floor: Floor, corpus: str, measured: Mapping[str, float]) -> Floor:
    """The floor lifted to just under what is measured; where that lies below it, the floor stays."""
    return Floor(corpus, _merged(floor, {name: max(value, floor.figures.get(name, 0.0)) for name, value in _under(measured)}))


def lowered(floor: Floor, corpus: str, measured: Mapping[str, float]) -> tuple[Floor, list[str]]:
    """The floor moved to just under what is measured, down too, and the CHANGELOG's line for each lowering."""
    moved = dict(_under(measured))
    lines = [
        f"Floor lowered on corpus {corpus}: {name} {least:.3f} → {moved.get(name, 0.0):.3f}"
        for name, least in floor.figures.items()
        if moved.get(name, 0.0) < least
    ]
    return Floor(corpus, moved, (*floor.lowered, *lines)), lines


def _under(measured: Mapping[str, float]) -> list[tuple[str, float]]:
    return [(name, round(value - (MARGIN_OF_FEW if name in OF_FEW else MARGIN), 3)) for name, value in measured.items()]


def _merged(floor: Floor, figures: Mapping[str, float]) -> dict[str, float]:
    return {**floor.figures, **figures}


def floor_of(text: str) -> Floor:
    """A floor from its file's text. Raises ``ValueError`` or ``LookupError`` for anything else."""
    raw = json.loads(text)
    return Floor(str(raw["corpus"]), {str(k): float(v) for k, v in raw["figures"].items()}, tuple(raw.get("lowered", ())))


def floor_text(floor: Floor) -> str:
    """The floor as its file's text."""
    whole = {"corpus": floor.corpus, "figures": dict(floor.figures), "lowered": list(floor.lowered)}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"
