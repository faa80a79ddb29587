"""Incidents in an article, for the alert list: flags by guarded rules, no tone by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.classify.reading import Reading
from pipeline.classify.rules import fire

if TYPE_CHECKING:
    from pipeline.classify.shapes import RuleShape

MAX_INCIDENTS = 2  # annotation guide: 0-2
ZONE_WEIGHT = {"title": 3.0, "lead": 2.0, "body": 1.0}
# One passing sentence in the body flags nothing; one in the lead, or two in the body, do.
NEED = 2.0
# A second incident must carry this share of the first one's points; tuned on the seed corpus.
SECOND = 0.5


def find_incidents(reading: Reading, rules: Sequence[RuleShape], tone: str) -> tuple[str, ...]:
    """At most two incidents, the one with most weight in title and lead first. ``tone``: the article's best tone label."""
    points: dict[str, float] = {}
    for fired in fire([rule for rule in rules if rule.tone in ("", tone)], reading):
        points[fired.label] = points.get(fired.label, 0.0) + fired.weight * ZONE_WEIGHT[fired.sentence.zone]
    ranked = sorted((label for label in points if points[label] >= NEED), key=lambda label: (-points[label], label))
    return tuple(label for label in ranked[:MAX_INCIDENTS] if points[label] >= SECOND * points[ranked[0]])
