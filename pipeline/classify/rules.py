"""Rules over one sentence: every ``all``, one of ``any``, none of ``none``; terms or @groups."""

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


def group_of(entry: str) -> str:
    """The name of the group a rule's entry is looked up by: "@name" itself, or "=term" for a term."""
    return entry if entry.startswith("@") else f"={entry}"


def literal_groups(rules: Iterable[RuleShape]) -> dict[str, tuple[str, ...]]:
    """The groups that the rules' own terms need."""
    entries = [entry for rule in rules for entry in (*rule.all, *rule.any, *rule.none) if not entry.startswith("@")]
    return {group_of(entry): (entry,) for entry in dict.fromkeys(entries)}


def fire(rules: Iterable[RuleShape], reading: Reading, kinds: Collection[str] = ("plain",)) -> list[Fired]:
    """Every (rule, sentence) that holds, in order of rule, then sentence."""
    fired = []
    for rule in rules:
        needed = [group_of(entry) for entry in rule.all]
        either = [group_of(entry) for entry in rule.any]
        if not reading.groups.issuperset(needed) or (either and reading.groups.isdisjoint(either)):
            continue
        barred = [group_of(entry) for entry in rule.none]
        for sentence, groups in zip(reading.sentences, reading.by_sentence, strict=True):
            if sentence.zone not in rule.zones or sentence.kind not in kinds or not groups:
                continue
            if any(group not in groups for group in needed) or any(group in groups for group in barred):
                continue
            first = next((group for group in either if group in groups), None)
            if either and first is None:
                continue
            hits = tuple(groups[group][0] for group in (*needed, *((first,) if first else ())))
            fired.append(Fired(rule.id, rule.label, rule.weight, sentence, hits))
    return fired
