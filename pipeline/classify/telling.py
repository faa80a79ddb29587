"""Which sentences tell why an article has its tone: whoever reads the first of them knows what happened. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.classify.reading import Reading, Sentence
from pipeline.classify.rules import Fired

SHOWN = 3
# What speaks for the tone by the model counts 1; beside it count the rules that fired, what speaks for the incidents, a place in
# title or lead and a word for the institution or a place inside a prison; a remnant of a few words counts less. Chosen on 112
# articles for which a reader had marked the telling sentences before any was shown (docs/judgement.md).
RULES, INCIDENTS, LEAD, PLACED = 0.3, 0.3, 0.2, 0.15
SHORT_WORDS, SHORT = 6, -0.3
PLACES = frozenset({"gate:institution", "@prison_place"})

Weights = Mapping[int, Sequence[float]]  # sentence number → weight of each of its words


def most_telling(reading: Reading, tone: Weights, fired: Sequence[Fired], incidents: Sequence[Weights]) -> list[Sentence]:
    """Up to ``SHOWN`` sentences, the most telling first; none where nothing speaks for the tone.

    ``tone``: how much each word of the article's own sentences speaks for it; ``fired``: the rules that do; ``incidents``: the
    same as ``tone`` for each incident that the article tells.
    """
    spoken = {number: sum(weight for weight in weights if weight > 0) for number, weights in tone.items()}
    ruled = dict.fromkeys(tone, 0.0)
    for one in fired:
        if one.sentence.number in ruled:
            ruled[one.sentence.number] = max(ruled[one.sentence.number], one.weight)
    grave = [_of_best({number: sum(weights) for number, weights in one.items()}) for one in incidents]
    by_model, by_rules = _of_best(spoken), _of_best(ruled)
    points = {
        number: by_model[number]
        + RULES * by_rules[number]
        + INCIDENTS * max((shares[number] for shares in grave), default=0.0)
        + LEAD * (reading.sentences[number].zone != "body")
        + PLACED * (not PLACES.isdisjoint(reading.by_sentence[number]))
        + SHORT * (len(weights) < SHORT_WORDS)
        for number, weights in tone.items()
        if spoken[number] > 0 or ruled[number] > 0
    }
    return [reading.sentences[number] for number in sorted(points, key=lambda number: (-points[number], number))[:SHOWN]]


def _of_best(values: Mapping[int, float]) -> dict[int, float]:
    """Each value as a share of the largest; 0 where none is above 0."""
    most = max(values.values(), default=0.0)
    return {number: max(value, 0.0) / most if most > 0 else 0.0 for number, value in values.items()}
