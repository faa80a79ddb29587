"""Incidents in an article, for the alert list: typed flags by guarded rules, each with its sentences; no tone by themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from pipeline.classify.reading import Reading
from pipeline.classify.rules import Fired, fire
from pipeline.records import Evidence, Incident

if TYPE_CHECKING:
    from pipeline.classify.shapes import RuleShape

MAX_INCIDENTS = 2  # annotation guide: 0-2
ZONE_WEIGHT = {"title": 3.0, "lead": 2.0, "body": 1.0}
# One passing sentence in the body flags nothing; one in the lead, or two in the body, do.
NEED = 2.0
# A second incident must carry this share of the first one's points: of .3 and .5 the better one on the batches that are no test.
SECOND = 0.3
SHOWN = 3


def find_incidents(reading: Reading, rules: Sequence[RuleShape], tone: str) -> tuple[Incident, ...]:
    """At most two incidents, the one with most weight in title and lead first. ``tone``: the article's best tone label."""
    by_code: dict[str, list[Fired]] = {}
    asked = ("", tone) if tone == "positive" else ("", tone, "not_positive")
    for fired in fire([rule for rule in rules if rule.tone in asked], reading):
        by_code.setdefault(fired.label, []).append(fired)
    points = {code: _total(found) for code, found in by_code.items()}
    ranked = sorted((code for code in points if points[code] >= NEED), key=lambda code: (-points[code], code))
    chosen = [code for code in ranked[:MAX_INCIDENTS] if points[code] >= SECOND * points[ranked[0]]]
    return tuple(Incident(code, _sentences(reading, by_code[code])) for code in chosen)


def decided(
    by_rules: Sequence[Incident],
    shares: Mapping[str, float],
    needs: Mapping[str, float],
    speak: Callable[[str], tuple[Evidence, ...]],
) -> tuple[Incident, ...]:
    """At most two incidents whose share reaches its need, by far the surest first; of codes without a share, what the rules say.

    ``shares`` are of models that saw what the rules found, so the rules have no second voice; but theirs are the sentences
    wherever they found the same, else those of ``speak``. ``needs``: code → share, half where none is stated.
    """
    told = {incident.code: incident for incident in by_rules}
    over = {code: share - needs.get(code, 0.5) for code, share in shares.items()}
    likely = sorted((code for code in over if over[code] >= 0), key=lambda code: (-over[code], code))
    likely += [code for code in told if code not in over]
    return tuple(told.get(code) or Incident(code, speak(code)) for code in likely[:MAX_INCIDENTS])


def _total(found: Sequence[Fired]) -> float:
    """Points of one incident: each sentence counts once, by its weightiest rule."""
    best: dict[int, float] = {}
    for fired in found:
        best[fired.sentence.number] = max(best.get(fired.sentence.number, 0.0), _points(fired))
    return sum(best.values())


def _points(fired: Fired) -> float:
    return fired.weight * ZONE_WEIGHT[fired.sentence.zone]


def _sentences(reading: Reading, found: Sequence[Fired]) -> tuple[Evidence, ...]:
    """The sentences that tell it, the weightiest first, with the words that the rules held by."""
    best = sorted(found, key=lambda fired: (-_points(fired), fired.sentence.number))
    hits = [hit for fired in found for hit in fired.hits]
    return tuple(reading.evidence(one, hits) for one in list(dict.fromkeys(fired.sentence for fired in best))[:SHOWN])
