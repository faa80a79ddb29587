"""Who should look at an article again, and which one first: reasons by stated costs, a priority by what is at stake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.classify.relevance import CORRECTIONS
from pipeline.records import Incident, Relevance, Tone, UnitMention

if TYPE_CHECKING:
    from pipeline.classify.shapes import ReviewShape

# What a spokesman must not learn from the press; the other incidents are complaints and rules of conduct.
DANGEROUS = frozenset({"kabur", "kerusuhan", "kematian", "kekerasan", "narkoba_internal"})


@dataclass(frozen=True, slots=True)
class Review:
    """Why a person should look at an article, and how much is lost if nobody does (0 to 1; it ranks, it is no probability)."""

    reasons: tuple[str, ...]
    priority: float


def review(
    relevance: Relevance,
    chance: float | None,
    tone: Tone | None,
    incidents: Sequence[Incident],
    units: Sequence[UnitMention],
    costs: ReviewShape,
) -> Review:
    """The review of one judgement, by ``costs`` in units of one wrong label.

    ``chance``: the primary programme's probability, None where there is none.
    """
    dangerous = any(incident.code in DANGEROUS for incident in incidents)
    unknown = relevance.label == CORRECTIONS and any(not unit.known for unit in units)
    missed = costs.missed_negative * tone.negative if tone and tone.label != "negative" else 0.0
    negative = tone is not None and (tone.label == "negative" or missed > costs.look)
    told = {
        "likely negative": negative,
        "dangerous incident": dangerous,
        "tone unsure": tone is not None and tone.label == "unsure",
        "relevance doubtful": 1 - relevance.probability > costs.look,
        "programme doubtful": chance is not None and 1 - chance > costs.look,
        "unit unknown": unknown,
    }
    all_right = relevance.probability * (1.0 if chance is None else chance)
    all_right *= tone.certainty if tone else 1.0
    stakes = costs.negative * negative + costs.incident * dangerous + costs.unknown_unit * unknown
    loss = 1 - all_right + missed + stakes
    return Review(tuple(reason for reason, holds in told.items() if holds), round(loss / (1 + loss), 4))
