"""Is a newly trained model good enough to take the place of the one in use? The rule, and its table for a person. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from pipeline.quality.floor import Floor, sunk

# So many of a hundred corrected labels may a new model contradict more than the one in use: below fifty labels, none.
TOLERANCE = 0.02


@dataclass(frozen=True, slots=True)
class Trial:
    """What is known of a candidate beside what is in use.

    ``agreement`` and ``corrections``: as of ``quality/side_by_side.py``; ``corrections`` has a column ``learnt`` too, whether
    the candidate was fitted on that article. ``figures``: the floor's, of the candidate. ``used``: the recipes in use.
    """

    recipe: str
    used: tuple[str, ...]
    parts: int
    agreement: pd.DataFrame
    corrections: pd.DataFrame
    figures: Mapping[str, float]
    floor: Floor

    @property
    def articles(self) -> int:
        """Articles that either has judged."""
        return int(self.agreement["articles"].iloc[0])

    @property
    def changed(self) -> int:
        """Labels that differ."""
        return int(self.agreement["changed"].sum())

    @property
    def agreed(self) -> tuple[int, int, int]:
        """Labels that persons gave, how many of them what is in use has, how many the candidate."""
        return counts_of(self.corrections)


def counts_of(corrections: pd.DataFrame) -> tuple[int, int, int]:
    """Labels, right ones of the old, right ones of the new."""
    return len(corrections), int(corrections["old_right"].sum()), int(corrections["new_right"].sum())


def against(trial: Trial) -> list[str]:
    """Why the candidate is refused, a line each; empty when it may be promoted."""
    found = [f"below the floor: {line}" for line in sunk(trial.floor, trial.figures)]
    total, before, after = trial.agreed
    allowed = math.floor(TOLERANCE * total)
    if after < before - allowed:
        found.append(
            f"of {total} labels that persons gave it has {after} right, what is in use {before}; {allowed} fewer are tolerated"
        )
    return found


def lines_of(trial: Trial) -> Iterator[str]:
    """The before/after table: labels changed, corrected labels, held-out figures beside the floor, the verdict."""
    used = ", ".join(trial.used) or "nothing"
    yield f"Candidate  {trial.recipe} beside {used}, in use: {trial.articles} articles in {trial.parts} part(s)"
    yield f"Labels     {'field':<22}{'articles':>9}{'same':>8}{'changed':>9}{'alpha':>8}"
    for field, total, same, changed, _, alpha in trial.agreement.itertuples(index=False):
        shown = "" if math.isnan(alpha) else f"{alpha:.3f}"
        yield f"           {field:<22}{total:>9}{same:>8}{changed:>9}{shown:>8}"
    yield from _corrected(trial.corrections)
    yield f"Held out   {'figure':<30}{'floor':>7}{'candidate':>11}"
    for name, value in trial.figures.items():
        least = trial.floor.figures.get(name)
        yield f"           {name:<30}{'' if least is None else f'{least:.3f}':>7}{value:>11.3f}"
    reasons = against(trial)
    if not reasons:
        yield "Verdict    it may be promoted"
    for reason in reasons:
        yield f"Verdict    refused: {reason}"


def _corrected(corrections: pd.DataFrame) -> Iterator[str]:
    if corrections.empty:
        yield "Corrected  no person has corrected any of these articles"
        return
    yield f"Corrected  {'field':<22}{'labels':>9}{'right':>8}{'then':>9}"
    groups = [(str(field), held) for field, held in corrections.groupby("field", sort=True)]
    unseen = corrections[~corrections["learnt"]]
    for name, held in (*groups, ("all", corrections), ("all, not learnt from", unseen)):
        total, before, after = counts_of(held)
        yield f"           {name:<22}{total:>9}{before:>8}{after:>9}"
