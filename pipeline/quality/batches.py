"""Batch beside batch: how the figures differ between writers and kinds of text, and the gap between best and worst. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.classify.corpus import Labelled
from pipeline.quality.answers import Answer, answers_of
from pipeline.quality.figures import figures, sheet_of
from pipeline.records import Judgement

FIELDS = ("relevance", "primary", "tone")
NAMES = ("accuracy", "macro_f1")
# Relevance by accuracy alone: many batches are of one class, and its macro-F1 there is not comparable with that of three.
COMPARED = tuple((field, name) for field in FIELDS for name in NAMES if (field, name) != ("relevance", "macro_f1"))
LEAST = 30  # answers of a batch that a gap is told from: below, one text moves the figure by more than 3 points


def batch_table(labelled: Sequence[Labelled], judgements: Sequence[Judgement]) -> list[dict[str, Any]]:
    """A row for each batch in the order of the corpus: its size and, for each field asked there, n, accuracy and macro-F1."""
    held: dict[str, list[tuple[Labelled, Judgement]]] = {}
    for one, judged in zip(labelled, judgements, strict=True):
        held.setdefault(one.batch, []).append((one, judged))
    rows = []
    for batch, pairs in held.items():
        answers = answers_of([one for one, _ in pairs], [judged for _, judged in pairs])
        row: dict[str, Any] = {"batch": batch, "texts": len(pairs)}
        row |= {field: _figures(answers[field]) for field in FIELDS if field in answers}
        rows.append(row)
    return rows


def _figures(answers: Sequence[Answer]) -> dict[str, float]:
    import numpy as np

    found = figures(sheet_of(answers), np.ones(len(answers)))
    return {"n": len(answers), **{name: found[name] for name in NAMES}}


def gaps(table: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """ "field figure" → best and worst batch of at least ``LEAST`` answers and the distance between them."""
    found = {}
    for field, name in COMPARED:
        rows = [(row[field][name], str(row["batch"])) for row in table if field in row and row[field]["n"] >= LEAST]
        if len(rows) > 1:
            (low, worst), (high, best) = min(rows), max(rows)
            found[f"{field} {name}"] = {"best": best, "high": high, "worst": worst, "low": low, "gap": high - low}
    return found
