"""Tone toward the institution, by rules over sentences: the worst fact wins, doubt is neutral, a narrow margin is unsure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.classify.calibrate import tone_shares
from pipeline.classify.reading import Reading
from pipeline.classify.rules import Fired
from pipeline.records import Evidence, Tone

if TYPE_CHECKING:
    from pipeline.classify.shapes import ToneLabel, ToneStartShape, ToneStepShape

# Title and lead set the tone (guide, rule 1 with clarification 1); the weights of the rules were fitted with these.
ZONE_WEIGHT = {"title": 2.0, "lead": 1.4, "body": 1.0}
ZONES = tuple(ZONE_WEIGHT)
REPEAT = 0.3  # what a further sentence adds by the same rule, up to three
# Below this margin the label is "unsure": of the 26 texts of the seed corpus that lie there, the first label is right in 13.
UNSURE_MARGIN = 0.2
SHOWN = 3


@dataclass(frozen=True, slots=True)
class ToneScores:
    """Raw scores of the three tones and the rules that made them."""

    positive: float
    neutral: float
    negative: float
    fired: tuple[Fired, ...]

    def ranked(self) -> list[tuple[str, float]]:
        """Labels by score; the worse label first on a tie, since the worst fact sets the tone."""
        order = (("negative", self.negative), ("neutral", self.neutral), ("positive", self.positive))
        return sorted(order, key=lambda pair: -pair[1])


def score_tone(fired: Sequence[Fired], start: ToneStartShape, *, release: bool) -> ToneScores:
    """Points per tone by the tone rules that have ``fired``: each at its best zone, further sentences a little more."""
    totals = {"positive": start.positive + start.release * release, "neutral": start.neutral, "negative": start.negative}
    by_rule: dict[str, list[Fired]] = {}
    for one in fired:
        by_rule.setdefault(one.rule, []).append(one)
    for ones in by_rule.values():
        values = sorted((one.weight * ZONE_WEIGHT[one.sentence.zone] for one in ones), reverse=True)
        totals[ones[0].label] += values[0] + REPEAT * sum(values[1:4])
    return ToneScores(totals["positive"], totals["neutral"], totals["negative"], tuple(fired))


def judge_tone(reading: Reading, scores: ToneScores, table: Mapping[ToneLabel, Sequence[ToneStepShape]]) -> Tone:
    """The tone with its shares, calibrated by ``table``, and the sentences that speak for it."""
    (label, first), (_, second), _ = scores.ranked()
    margin = first - second
    positive, neutral, negative = tone_shares(table[label], margin)  # type: ignore[index]
    evidence = speaking_sentences(reading, scores, label)
    return Tone("unsure" if margin < UNSURE_MARGIN else label, positive, neutral, negative, evidence)


def cheapest_tone(shares: Mapping[str, float], unsure: float, missed_negative: float) -> str:
    """The answer that is expected to cost least, in units of one wrong label (``review`` in ``config/calibration.yaml``).

    A wrong label costs 1, or ``missed_negative`` where the right one is negative; an answer of "unsure" costs the part
    ``unsure`` of what a wrong one would. At .5 and 2 "negative" is said from a share of a third on that is at least half of the
    likeliest other one; another label from half of the shares and half of negative's on.
    """
    bad = shares.get("negative", 0.0)
    overlooked = (missed_negative - 1) * bad
    costs = {"negative": 1 - bad, "unsure": unsure * (1 + overlooked)}
    costs |= {label: 1 - share + overlooked for label, share in shares.items() if label != "negative"}
    # On a tie the worse label, as everywhere, and any label rather than none.
    return min(costs, key=lambda label: (round(costs[label], 9), label == "unsure", label))


def as_tone(shares: Mapping[str, float], label: str, evidence: tuple[Evidence, ...]) -> Tone:
    """A model's answer as a tone."""
    positive, negative = shares.get("positive", 0.0), shares.get("negative", 0.0)
    return Tone(label, positive, round(1 - positive - negative, 4), negative, evidence)


def speaking_sentences(reading: Reading, scores: ToneScores, label: str) -> tuple[Evidence, ...]:
    """The sentences whose rules speak for a tone, the weightiest first; none when no rule does."""
    best = sorted(
        (one for one in scores.fired if one.label == label),
        key=lambda one: (-one.weight * ZONE_WEIGHT[one.sentence.zone], one.sentence.number),
    )
    hits = [hit for one in best for hit in one.hits]
    sentences = list(dict.fromkeys(one.sentence for one in best))[:SHOWN]
    return tuple(reading.evidence(sentence, hits) for sentence in sentences)
