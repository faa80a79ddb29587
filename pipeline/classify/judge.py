"""Judges one article: relevance, programmes, tone, units, incidents and source type, each with evidence. Pure once loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.classify.boilerplate import CREDIT
from pipeline.classify.calibrate import probability
from pipeline.classify.incidents import find_incidents
from pipeline.classify.programmes import Ranking, programme_groups, rank_programmes
from pipeline.classify.reading import MASK, Reader, Reading
from pipeline.classify.relevance import CORRECTIONS, GATE_GROUPS, IMMIGRATION, IRRELEVANT, Gate, judge_relevance
from pipeline.classify.rules import fire, literal_groups
from pipeline.classify.source_type import judge_source_type
from pipeline.classify.taxonomy import OUTSIDE, UMUM, Programme, Taxonomy, all_programmes, choose_version, load_taxonomies
from pipeline.classify.tone import ToneScores, judge_tone, score_tone
from pipeline.classify.unit_grammar import PlaceWords
from pipeline.classify.units import Unit, UnitFinder, load_units
from pipeline.classify.vocabulary import load_calibration, load_vocabulary
from pipeline.configfile import Problems
from pipeline.errors import ConfigError
from pipeline.records import Judgement, ProgrammeScore, PublisherType, Relevance, Removed, Tone, UnitMention

if TYPE_CHECKING:
    from pipeline.classify.shapes import CalibrationShape, VocabularyShape

# The programme rule that also opens the gate (boundary rule 2: crime steered from inside is coverage).
STEERED_RULE = "steered_from_inside"
# A person looks at an article again when the label is right in fewer than about two of three such cases of the seed corpus.
DOUBT = 0.65
# A negative article is what a spokesman acts on; from this share on it is shown to a person first.
LIKELY_NEGATIVE = 0.4


class Judge:
    """The rules of one configuration, ready to judge. Same article, same judgement."""

    def __init__(
        self,
        vocabulary: VocabularyShape,
        calibration: CalibrationShape,
        taxonomies: Mapping[str, Taxonomy],
        units: Sequence[Unit],
        recipe: str = "",
    ) -> None:
        """Compile the matcher; about a second, most of it the stemmer's dictionary."""
        self._vocabulary = vocabulary
        self._calibration = calibration
        self._taxonomies = taxonomies
        self._programmes = all_programmes(taxonomies)
        barred = PlaceWords(frozenset(vocabulary.unit_words.first), frozenset(vocabulary.unit_words.later))
        self._units = UnitFinder(units, barred)
        self._recipe = recipe
        self._reader = Reader(vocabulary, _groups(vocabulary, taxonomies, self._programmes))

    def judge(
        self,
        *,
        title: str,
        text: str,
        url: str = "",
        published: datetime | None = None,
        publisher_type: PublisherType = PublisherType.UNKNOWN,
        removed: tuple[Removed, ...] = (),
    ) -> Judgement:
        """Everything the rules say of one article. ``url`` is not read by this version; a later one may."""
        del url
        reading = self._reader.read(title, text)
        units = self._units.find(title, text, reading.noise())
        gate = self._gate(reading, units)
        release_terms = self._vocabulary.source_type.release_strong
        source_type, signals = judge_source_type(reading, removed, publisher_type, release_terms)
        version = self._version(reading, published)
        ranking = self._rank(gate, reading, version)
        tone: Tone | None = None
        incidents: tuple[str, ...] = ()
        if gate.label == CORRECTIONS:
            scores = self._tone_scores(reading, release=source_type == "press_release")
            tone = judge_tone(reading, scores, self._calibration)
            incidents = find_incidents(reading, self._vocabulary.incident_rules, scores.ranked()[0][0])
        units = units if gate.label != IRRELEVANT else ()
        chance = probability(self._calibration.primary, ranking.share) if ranking else 0.0
        relevance = Relevance(gate.label, probability(self._calibration.relevance[gate.label], gate.margin), gate.evidence)
        reasons = _review_reasons(relevance, tone, chance if ranking else None, units)
        return Judgement(
            relevance=relevance,
            programme_primary=ranking.primary if ranking else "",
            programme_probability=chance,
            programmes=self._scores(ranking, chance) if ranking else (),
            taxonomy=version,
            tone=tone,
            units=units,
            incidents=incidents,
            source_type=source_type,
            release_signals=signals,
            needs_review=bool(reasons),
            review_reasons=reasons,
            recipe=self._recipe,
        )

    def _gate(self, reading: Reading, units: Sequence[UnitMention]) -> Gate:
        steered = any(one.rule == STEERED_RULE for one in fire(self._vocabulary.programme_rules, reading))
        return judge_relevance(reading, units, steered=steered)

    def _tone_scores(self, reading: Reading, *, release: bool) -> ToneScores:
        return score_tone(reading, self._vocabulary.tone_rules, self._vocabulary.tone_start, release=release)

    def _version(self, reading: Reading, published: datetime | None) -> str:
        named = {hit.group.removeprefix("list:") for hit in reading.hits if hit.group.startswith("list:")}
        return choose_version(self._taxonomies, sorted(named), published)

    def _rank(self, gate: Gate, reading: Reading, version: str) -> Ranking | None:
        if gate.label == IRRELEVANT:
            return None
        newest = list(self._taxonomies).index(version) + 1 if version in self._taxonomies else 1
        current = all_programmes(dict(list(self._taxonomies.items())[:newest]))
        scopes = ("imi", "both") if gate.label == IMMIGRATION else ("pas", "both")
        chosen = {slug for slug, programme in current.items() if programme.scope in scopes}
        chosen |= {OUTSIDE} if gate.label == CORRECTIONS else set()
        homes = {slug: slug for slug in (*self._programmes, OUTSIDE) if slug in chosen}
        for slug, programme in self._programmes.items():
            if slug not in current and programme.before in chosen:
                homes[slug] = programme.before
        rules = self._vocabulary
        return rank_programmes(reading, self._programmes, homes, rules.programme_rules, rules.related_rules)

    def _scores(self, ranking: Ranking, chance: float) -> tuple[ProgrammeScore, ...]:
        scores = []
        if ranking.primary not in (UMUM, OUTSIDE):
            code = self._programmes[ranking.primary].code
            scores.append(ProgrammeScore(ranking.primary, code, "primary", chance, ranking.evidence))
        for topic in ranking.related:
            scores.append(
                ProgrammeScore(
                    topic.slug, self._programmes[topic.slug].code, "related", self._calibration.related, topic.evidence
                )
            )
        for slug, evidence in ranking.mentioned:
            scores.append(ProgrammeScore(slug, self._programmes[slug].code, "mentioned", self._calibration.mentioned, evidence))
        return tuple(scores)


def load_judge(config: Path, units: Path | None = None, recipe: str = "") -> Judge:
    """The judge of a config folder. ``units`` defaults to its ``units.csv``. Raises ConfigError that lists every mistake."""
    problems = Problems()
    taxonomies = load_taxonomies(config / "programmes", problems)
    # Rules are not blamed for naming a programme whose own file is broken.
    slugs = None if problems.found else [*all_programmes(taxonomies), OUTSIDE]
    vocabulary = load_vocabulary(config / "vocabulary.yaml", slugs, problems)
    calibration = load_calibration(config / "calibration.yaml", problems)
    gazetteer = load_units(units or config / "units.csv", problems)
    problems.raise_if_any()
    if vocabulary is None or calibration is None:
        raise ConfigError(f"{config}: cannot be read")
    return Judge(vocabulary, calibration, taxonomies, gazetteer, recipe)


def _groups(
    vocabulary: VocabularyShape, taxonomies: Mapping[str, Taxonomy], programmes: Mapping[str, Programme]
) -> dict[str, tuple[str, ...]]:
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


def _review_reasons(
    relevance: Relevance, tone: Tone | None, chance: float | None, units: Sequence[UnitMention]
) -> tuple[str, ...]:
    reasons = []
    if relevance.probability < DOUBT:
        reasons.append("relevance doubtful")
    if tone is not None and tone.label == "unsure":
        reasons.append("tone unsure")
    if tone is not None and (tone.label == "negative" or tone.negative >= LIKELY_NEGATIVE):
        reasons.append("likely negative")
    if chance is not None and chance < DOUBT:
        reasons.append("programme doubtful")
    if relevance.label == CORRECTIONS and any(not unit.known for unit in units):
        reasons.append("unit unknown")
    return tuple(reasons)
