"""``pipeline.compare_recipes``: what another recipe (labels, cues, code) says of the same articles, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import corrected
from pipeline.analyst_filters import folder_of
from pipeline.quality.side_by_side import COLUMNS, Said, agreement, changes, on_corrections, paired
from pipeline.store.judgements import IN_USE, NEW, PAST, folders_of, parts_by, read_judged
from pipeline.stories.corrections import text_of

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two judgements of the same parts, as the models gave them (corrections are not laid over).

    ``agreement``: a row a field; ``changes``: a row a label that differs, beside what a person says; ``corrections``: a row a
    label that a person gave, and which of the two is right by it; ``pairs``: a row an article with both labels of every field.
    """

    old: str
    new: str
    agreement: pd.DataFrame
    changes: pd.DataFrame
    corrections: pd.DataFrame
    pairs: pd.DataFrame


def compare_recipes(old: str | None = None, new: str | None = None, *, data: str | Path | None = None) -> Comparison:
    """The judgements of two recipes side by side, over the parts that both have judged.

    ``old`` and ``new`` name recipes: the 12 digits of the column ``recipe``, or ``in_use``. Without names: the candidate of
    `pantau judge --recipe new` against what is in use, else what is in use against the one former recipe. Raises
    ``ValueError`` that lists what there is when nothing or several can be meant.
    """
    folder = folder_of(data)
    older, newer = _named(folder, old, new)
    sides = parts_by(folder, older), parts_by(folder, newer)
    shared = sorted(sides[0].keys() & sides[1].keys())
    if not shared:
        raise ValueError(f"{older} and {newer} have no part in common; {_offered(folder)}")
    frames = [read_judged([side[name] for name in shared], COLUMNS) for side in sides]
    return compared(older, newer, paired(frames[0], frames[1]), said_of(folder))


def compared(old: str, new: str, pairs: pd.DataFrame, said: Said) -> Comparison:
    """Everything that can be told of ``pairs``."""
    return Comparison(old, new, agreement(pairs), changes(pairs, said), on_corrections(pairs, said), pairs)


def said_of(data: Path) -> dict[tuple[str, str], str]:
    """(key, field) → the label that a person gave to this very article and that holds now."""
    frame = corrected.articles(data)
    return {
        (str(key), field): text_of(frame[field].iat[index])
        for index, (key, fields, sources) in enumerate(
            zip(frame["key"], frame["corrected_fields"], frame["corrected_from"], strict=True)
        )
        for field, source in zip(fields, sources, strict=True)
        if source == key
    }


def _named(folder: Path, old: str | None, new: str | None) -> tuple[str, str]:
    candidates, former = folders_of(folder, NEW), folders_of(folder, PAST)
    if new is None:
        new = candidates[0] if len(candidates) == 1 else IN_USE
    if old is None:
        if new != IN_USE:
            old = IN_USE
        elif len(former) == 1:
            old = former[0]
        else:
            raise ValueError(f"say which recipes to compare (old=, new=); {_offered(folder)}")
    for name in (old, new):
        if not parts_by(folder, name):
            raise ValueError(f"{name!r} has judged nothing here; {_offered(folder)}")
    if old == new:
        raise ValueError(f"{old!r} is compared with itself; {_offered(folder)}")
    return old, new


def _offered(folder: Path) -> str:
    candidates, former = folders_of(folder, NEW), folders_of(folder, PAST)
    told = [IN_USE, *(f"{name} (candidate)" for name in candidates), *(f"{name} (former)" for name in former)]
    advice = "" if candidates or former else "; `pantau judge --recipe new` judges by a new one beside it"
    return f"held are: {', '.join(told)}{advice}"
