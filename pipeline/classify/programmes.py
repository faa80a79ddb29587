"""Which programme the article is about: cues by zone, boundary rules in order, boilerplate only mentioned."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

from pipeline.classify.boilerplate import CREDIT, named
from pipeline.classify.reading import Hit, Reading
from pipeline.classify.relevance import CORRECTIONS, IMMIGRATION
from pipeline.classify.rules import fire
from pipeline.classify.taxonomy import IRRELEVANT, OUTSIDE, UMUM, Programme, Taxonomy, all_programmes
from pipeline.records import Evidence

if TYPE_CHECKING:
    from pipeline.classify.shapes import RuleShape

# Title and lead say what a story is about (annotation guide, clarification 1).
ZONE_WEIGHT = {"title": 3.0, "lead": 2.0, "body": 1.0}
STRENGTH = {"strong": 2.0, "negative": 2.0, "near": 1.5, "weak": 0.7}
STEM_FACTOR = 0.8  # a stem match is a looser likeness than the word itself
REPEAT = 0.25  # what a further sentence with the same cue adds, up to three
MAX_RELATED = 3  # boundary rule 7
# umum against the best programme: what speaks of the whole, and for each programme named beyond two. Tuned on the seed corpus.
WHOLE = {"strong": 1.0, "weak": 0.5}
WHOLE_MOST = 8.0
BREADTH_FREE = 2
BREADTH = 1.5
SHOWN = 4
LEAST = 4.0  # two strong cues in the body

# What a term or rule is worth, with the cues it stands on.
_Weighed: TypeAlias = tuple[float, tuple[Hit, ...]]


@dataclass(frozen=True, slots=True)
class Topic:
    """A programme's raw score with the cues that made it, best first."""

    slug: str
    score: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """The primary with its margin over the runner-up, the related (at most three) and the merely mentioned."""

    primary: str
    score: float
    margin: float
    evidence: tuple[Evidence, ...]
    related: tuple[Topic, ...]
    mentioned: tuple[tuple[str, tuple[Evidence, ...]], ...]

    @property
    def share(self) -> float:
        """The margin as a share of the winner's score; scores under ``LEAST`` count as that, so that scraps give no certainty."""
        return self.margin / max(self.score, LEAST)


def programme_groups(programmes: Mapping[str, Programme]) -> dict[str, tuple[str, ...]]:
    """The matcher groups of every programme: "programme:<slug>:<strength>", and "against:<slug>" for its near-misses."""
    groups: dict[str, tuple[str, ...]] = {}
    for slug, programme in programmes.items():
        groups[f"name:{slug}"] = programme.names
        for strength in ("strong", "weak", "negative"):
            groups[f"programme:{slug}:{strength}"] = getattr(programme, strength)
        for near in programme.near_misses:
            groups[f"against:{slug}"] = (*groups.get(f"against:{slug}", ()), *near.cues)
            if near.belongs != IRRELEVANT:
                name = f"programme:{near.belongs}:near"
                groups[name] = (*groups.get(name, ()), *near.cues)
    return groups


class Homes:
    """Which programmes an article may have, by its relevance and the list it is read by; told once and remembered."""

    def __init__(self, taxonomies: Mapping[str, Taxonomy]) -> None:
        """``taxonomies``: the lists by version, the oldest first."""
        self._taxonomies = taxonomies
        self._told: dict[tuple[str, str], dict[str, str]] = {}

    def of(self, label: str, version: str) -> Mapping[str, str]:
        """Each programme that an article of this relevance and list may have → itself, or the slug that stands for it there."""
        if (label, version) not in self._told:
            self._told[label, version] = self._find(label, version)
        return self._told[label, version]

    def _find(self, label: str, version: str) -> dict[str, str]:
        newest = list(self._taxonomies).index(version) + 1 if version in self._taxonomies else 1
        current = all_programmes(dict(list(self._taxonomies.items())[:newest]))
        known = all_programmes(self._taxonomies)
        scopes = ("imi", "both") if label == IMMIGRATION else ("pas", "both")
        chosen = {slug for slug, programme in current.items() if programme.scope in scopes}
        chosen |= {OUTSIDE} if label == CORRECTIONS else set()
        homes = {slug: slug for slug in (*known, OUTSIDE) if slug in chosen}
        for slug, programme in known.items():
            if slug not in current and programme.before in chosen:
                homes[slug] = programme.before
        return homes


def rank_programmes(
    reading: Reading,
    programmes: Mapping[str, Programme],
    homes: Mapping[str, str],
    rules: Sequence[RuleShape],
    related_rules: Sequence[RuleShape],
    chosen: str = "",
) -> Ranking:
    """The article's programmes. ``homes``: each slug that may be chosen → itself, or the slug that its cues count for.

    ``luar_program`` is among them where it may be chosen. ``chosen``: the primary, where another judge has named it.
    """
    allowed = frozenset(homes.values())
    topics = _topics(reading, homes, rules)
    order = {slug: index for index, slug in enumerate((*programmes, OUTSIDE))}
    ranked = sorted(topics, key=lambda slug: (-topics[slug][0], order.get(slug, 99)))
    mentioned = _mentioned(reading, allowed)
    top = chosen or (ranked[0] if ranked else OUTSIDE)
    score, cues = topics.get(top, (0.0, ()))
    second = next((topics[slug][0] for slug in ranked if slug != top), 0.0)
    whole = _whole(reading) if OUTSIDE in allowed else 0.0
    if chosen == UMUM or (not chosen and whole > score and mentioned):
        evidence = tuple(item for _, items in mentioned for item in items)[:SHOWN]
        return Ranking(UMUM, whole, whole - score, evidence, (), mentioned)
    related = _related(reading, top, allowed, related_rules)
    taken = {top, *(topic.slug for topic in related)}
    rest = tuple((slug, items) for slug, items in mentioned if slug not in taken)
    deciding = _weightiest(cues)
    shown = list(dict.fromkeys(hit.sentence for hit in deciding))[:SHOWN]
    evidence = tuple(reading.evidence(reading.sentences[index], deciding) for index in shown)
    return Ranking(top, score, score - max(second, whole), evidence, related, rest)


def _topics(
    reading: Reading, homes: Mapping[str, str], rules: Sequence[RuleShape]
) -> dict[str, tuple[float, Iterable[_Weighed]]]:
    """Each programme that something speaks for: its score, and the cues that made it."""
    points: dict[str, dict[str, _Weighed]] = {}
    repeats: dict[str, float] = {}
    against: dict[str, float] = {}
    topical = {group: parts for group in reading.by_group if (parts := _parts(group))[0] in ("programme", "against")}
    weights = [ZONE_WEIGHT[one.zone] if one.kind == "plain" else 0.0 for one in reading.sentences]
    for hit in reading.hits:
        group, term, _, _, _, number = hit
        weight = weights[number]
        if group not in topical or not weight:
            continue
        kind, slug, strength = topical[group]
        if kind == "against":
            against[slug] = against.get(slug, 0.0) + weight
            continue
        slug = homes.get(slug, "")
        if not slug:
            continue
        value = STRENGTH[strength] * weight
        if term.startswith("~"):
            term, value = term[1:], value * STEM_FACTOR
        held = points.setdefault(slug, {})
        if term in held:
            repeats[slug] = min(3 * REPEAT * 2, repeats.get(slug, 0.0) + REPEAT)
        if term not in held or value > held[term][0]:
            held[term] = (value, (hit,))
    for fired in fire(rules, reading):
        if fired.label in homes:
            held = points.setdefault(homes[fired.label], {})
            name = f"rule {fired.rule}"
            value = fired.weight * ZONE_WEIGHT[fired.sentence.zone] / 2
            if name not in held or value > held[name][0]:
                held[name] = (value, fired.hits)
    topics: dict[str, tuple[float, Iterable[_Weighed]]] = {}
    for slug, held in points.items():
        score = sum(sorted((value for value, _ in held.values()), reverse=True))
        topics[slug] = (score + repeats.get(slug, 0.0) - against.get(slug, 0.0), held.values())
    return topics


def _weightiest(cues: Iterable[_Weighed]) -> tuple[Hit, ...]:
    best = sorted(cues, key=lambda cue: (-cue[0], cue[1][0].sentence, cue[1][0].start))
    return tuple(hit for _, hits in best for hit in hits)


@cache
def _parts(group: str) -> tuple[str, str, str]:
    """Kind, slug and strength of a group of ``programme_groups``, "" for what it does not have."""
    kind, slug, strength, *_ = *group.split(":"), "", ""
    return kind, slug, strength


def _related(reading: Reading, primary: str, allowed: Collection[str], rules: Sequence[RuleShape]) -> tuple[Topic, ...]:
    """Programmes that a rule for this primary finds an act of, the best attested first."""
    points: dict[str, float] = {}
    shown: dict[str, list[Evidence]] = {}
    for fired in fire([rule for rule in rules if rule.primary == primary and rule.label != primary], reading):
        if fired.label in allowed:
            points[fired.label] = points.get(fired.label, 0.0) + fired.weight * ZONE_WEIGHT[fired.sentence.zone]
            shown.setdefault(fired.label, []).append(reading.evidence(fired.sentence, fired.hits))
    ranked = sorted(points, key=lambda slug: (-points[slug], slug))[:MAX_RELATED]
    return tuple(Topic(slug, points[slug], tuple(shown[slug][:SHOWN])) for slug in ranked)


def _mentioned(reading: Reading, allowed: Collection[str]) -> tuple[tuple[str, tuple[Evidence, ...]], ...]:
    """Programmes named in sentences that credit or enumerate a list, with those sentences."""
    found: dict[str, list[Evidence]] = {}
    for sentence, groups in zip(reading.sentences, reading.by_sentence, strict=True):
        if sentence.kind == "credit" or (CREDIT in groups and sentence.kind == "plain"):
            for slug in sorted(named(groups)):
                if slug in allowed and slug != OUTSIDE:
                    names = groups.get(f"name:{slug}", ())
                    found.setdefault(slug, []).append(reading.evidence(sentence, names))
    return tuple((slug, tuple(items[:SHOWN])) for slug, items in sorted(found.items()))


def _whole(reading: Reading) -> float:
    """Points for umum: talk about the programmes as a whole, and how many of them are named."""
    best: dict[str, float] = {}
    for strength, weight in WHOLE.items():
        for hit in reading.of(f"whole:{strength}"):
            best[hit.term] = max(best.get(hit.term, 0.0), weight * ZONE_WEIGHT[reading.zone(hit)])
    return min(WHOLE_MOST, sum(best.values())) + BREADTH * max(0, len(named(reading.by_group)) - BREADTH_FREE)
