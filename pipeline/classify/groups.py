"""Every group of cues that a configuration asks for: its name, and the terms by which it is found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pipeline.classify.boilerplate import CREDIT
from pipeline.classify.programmes import programme_groups
from pipeline.classify.reading import MASK
from pipeline.classify.relevance import GATE_GROUPS
from pipeline.classify.rules import literal_groups
from pipeline.classify.taxonomy import OUTSIDE, Programme, Taxonomy

if TYPE_CHECKING:
    from pipeline.classify.shapes import VocabularyShape


def groups_of(
    vocabulary: VocabularyShape, taxonomies: Mapping[str, Taxonomy], programmes: Mapping[str, Programme]
) -> dict[str, tuple[str, ...]]:
    """Name → terms, of the gate, the source types, the programmes and lists, the vocabulary's own groups and the rules' terms."""
    gate, source = vocabulary.relevance, vocabulary.source_type
    groups: dict[str, tuple[str, ...]] = {MASK: gate.look_alikes, CREDIT: vocabulary.boilerplate}
    for name in GATE_GROUPS:
        groups[f"gate:{name}"] = getattr(gate, name)
    for name in type(source).model_fields:
        groups[f"source:{name}"] = getattr(source, name)
    for strength in ("strong", "weak", "negative"):
        groups[f"programme:{OUTSIDE}:{strength}"] = getattr(vocabulary.outside, strength)
        groups[f"whole:{strength}"] = getattr(vocabulary.whole, strength)
    for name, terms in programme_groups(programmes).items():
        groups[name] = (*groups.get(name, ()), *terms)
    groups.update({f"list:{version}": taxonomy.synonyms for version, taxonomy in taxonomies.items()})
    groups.update({f"@{name}": terms for name, terms in vocabulary.groups.items()})
    groups.update(
        literal_groups(
            (*vocabulary.programme_rules, *vocabulary.related_rules, *vocabulary.tone_rules, *vocabulary.incident_rules)
        )
    )
    return groups
