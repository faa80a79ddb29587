"""Incidents in an article, for the alert list: flags by guarded rules, no tone by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.classify.reading import Reading
from pipeline.classify.rules import fire

if TYPE_CHECKING:
    from pipeline.classify.shapes import RuleShape

MAX_INCIDENTS = 2  # annotation guide: 0-2
_ZONE = {"title": 3.0, "lead": 2.0, "body": 1.0}


def find_incidents(reading: Reading, rules: Sequence[RuleShape]) -> tuple[str, ...]:
    """At most two incidents, the one with most weight in title and lead first."""
    points: dict[str, float] = {}
    for fired in fire(rules, reading):
        points[fired.label] = points.get(fired.label, 0.0) + fired.weight * _ZONE[fired.sentence.zone]
    return tuple(sorted(points, key=lambda label: (-points[label], label))[:MAX_INCIDENTS])
