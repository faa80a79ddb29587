"""Rules over one sentence: every ``all``, one of ``any``, none of ``none``, one of ``article`` anywhere; terms or @groups."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.classify.reading import Hit, Reading, Sentence

if TYPE_CHECKING:
    from pipeline.classify.shapes import RuleShape


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that held in a sentence, with the cues it held by."""

    rule: str
    label: str
    weight: float
    sentence: Sentence
    hits: tuple[Hit, ...]


def literal_groups(rules: Iterable[RuleShape]) -> dict[str, tuple[str, ...]]:
    """The groups that the rules' own terms need."""
    named = [group for rule in rules for part in rule.groups for group in part]
    return {group: (group.removeprefix("="),) for group in named if group.startswith("=")}


def fire(rules: Iterable[RuleShape], reading: Reading, kinds: Collection[str] = ("plain",)) -> list[Fired]:
    """Every (rule, sentence) that holds, in order of rule, then sentence."""
    fired = []
    groups, has = reading.by_group.keys(), reading.by_group.__contains__
    for rule in rules:
        needed, either, barred, article = rule.groups
        if not all(map(has, needed)) or (either and groups.isdisjoint(either)) or (article and groups.isdisjoint(article)):
            continue
        leading = needed[:1] or either
        places = {hit.sentence for group in leading for hit in reading.of(group)} if leading else range(len(reading.sentences))
        for place in sorted(places):
            sentence, found = reading.sentences[place], reading.by_sentence[place]
            if not found or sentence.zone not in rule.zones or sentence.kind not in kinds:
                continue
            if any(group not in found for group in needed) or any(group in found for group in barred):
                continue
            first = next((group for group in either if group in found), None)
            if either and first is None:
                continue
            hits = tuple(found[group][0] for group in (*needed, *((first,) if first else ())))
            fired.append(Fired(rule.id, rule.label, rule.weight, sentence, hits))
    return fired
