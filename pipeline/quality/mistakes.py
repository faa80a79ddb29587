"""Single mistakes of a judge: the most confident first, and how many of them lie where a person would look. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.classify.corpus import Labelled
from pipeline.quality.answers import NONE, shares_of
from pipeline.records import Evidence, Judgement, Tone

LOOKED_AT = 0.1  # the share of articles that a desk has time to read again (issue 3 states the target for it)


@dataclass(frozen=True, slots=True)
class Mistake:
    """One wrong answer. ``certainty`` is the share that the judge gave what it said; 0 where it said nothing."""

    id: str
    field: str
    right: str
    said: str
    certainty: float
    title: str
    evidence: str


def mistakes_of(labelled: Sequence[Labelled], judgements: Sequence[Judgement]) -> list[Mistake]:
    """Every wrong relevance, primary and tone, the most confident first, then by id and field.

    What follows from a missed article (no programme, no tone) is one mistake, of relevance.
    """
    found = [mistake for one, judged in zip(labelled, judgements, strict=True) for mistake in _mistakes(one, judged)]
    return sorted(found, key=lambda mistake: (-mistake.certainty, mistake.id, mistake.field))


def _mistakes(one: Labelled, judged: Judgement) -> Iterator[Mistake]:
    relevance = judged.relevance
    if relevance.label != one.relevance:
        quoted = _quoted(relevance.evidence)
        yield Mistake(one.id, "relevance", one.relevance, relevance.label, relevance.probability, one.title, quoted)
    if one.primary and judged.programme_primary not in ("", one.primary):
        said, chance = judged.programme_primary, judged.programme_probability
        yield Mistake(one.id, "primary", one.primary, said, chance, one.title, _quoted(judged.programme_evidence))
    for field, right, tone in (("tone", one.tone, judged.tone), ("title_tone", one.title_tone, judged.title_tone)):
        if right and tone is not None and tone.label != right:
            yield Mistake(one.id, field, right, tone.label, _certainty(tone), one.title, _quoted(tone.evidence))


def _certainty(tone: Tone) -> float:
    return shares_of(tone).get(tone.label, 0.0)


def _quoted(spans: Sequence[Evidence]) -> str:
    return " | ".join(" ".join(span.quote.split()) for span in spans)


def is_wrong(one: Labelled, judged: Judgement) -> bool:
    """Whether relevance, primary or tone is wrong (an abstention is)."""
    tone = judged.tone.label if judged.tone else NONE
    return (
        judged.relevance.label != one.relevance
        or judged.programme_primary != one.primary
        or (one.tone is not None and tone != one.tone)
    )


def review(labelled: Sequence[Labelled], judgements: Sequence[Judgement]) -> dict[str, Any]:
    """How many of the wrong articles lie in the tenth with the highest priority of review, and among all that ask for it."""
    pairs = sorted(zip(labelled, judgements, strict=True), key=lambda pair: (-pair[1].review_priority, pair[0].id))
    wrong = [is_wrong(one, judged) for one, judged in pairs]
    looked = math.ceil(LOOKED_AT * len(pairs))
    asking = [judged.needs_review for _, judged in pairs]
    errors = sum(wrong)
    caught = sum(wrong[:looked])
    flagged = sum(bad and asked for bad, asked in zip(wrong, asking, strict=True))
    return {
        "texts": len(pairs),
        "wrong": errors,
        "looked_at": looked,
        "caught": caught,
        "caught_share": caught / errors if errors else 1.0,
        "best_possible": min(1.0, looked / errors) if errors else 1.0,
        "needs_review": sum(asking),
        "needs_review_caught": flagged,
        "needs_review_share": flagged / errors if errors else 1.0,
    }
