"""Judges one article: relevance, programmes, tone, units, incidents and source type, each with evidence. Pure once loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.classify.boilerplate import CREDIT
from pipeline.classify.calibrate import probability
from pipeline.classify.features import Features, RuleView, features_of, stems_of
from pipeline.classify.incidents import find_incidents
from pipeline.classify.model import Asked, Model, load_model
from pipeline.classify.programmes import Ranking, programme_groups, rank_programmes
from pipeline.classify.reading import MASK, Reader, Reading
from pipeline.classify.relevance import CORRECTIONS, GATE_GROUPS, IMMIGRATION, IRRELEVANT, Gate, is_open, judge_relevance
from pipeline.classify.rules import fire, literal_groups
from pipeline.classify.source_type import judge_source_type
from pipeline.classify.taxonomy import OUTSIDE, UMUM, Programme, Taxonomy, all_programmes, choose_version, load_taxonomies
from pipeline.classify.tone import ToneScores, judge_tone, score_tone, speaking_sentences
from pipeline.classify.unit_grammar import PlaceWords
from pipeline.classify.units import Unit, UnitFinder, load_units
from pipeline.classify.vocabulary import load_calibration, load_vocabulary
from pipeline.configfile import Problems
from pipeline.errors import ConfigError
from pipeline.records import Evidence, Judgement, ProgrammeScore, PublisherType, Relevance, Removed, Tone, UnitMention

if TYPE_CHECKING:
    from pipeline.classify.shapes import CalibrationShape, VocabularyShape

# The programme rule that also opens the gate (boundary rule 2: crime steered from inside is coverage).
STEERED_RULE = "steered_from_inside"
# A person looks at an article again when the label is right in fewer than about two of three such cases of the seed corpus.
DOUBT = 0.65
# A wrong tone costs 1, an answer of "unsure" costs half of that: so a label must be right in at least half of such cases.
CERTAIN_ENOUGH = 0.5
# A negative article is what a spokesman acts on; from this share on it is shown to a person first.
LIKELY_NEGATIVE = 0.4


@dataclass(frozen=True, slots=True)
class Asking:
    """An article to be judged."""

    title: str
    text: str
    url: str = ""
    published: datetime | None = None
    publisher_type: PublisherType = PublisherType.UNKNOWN
    removed: tuple[Removed, ...] = ()


@dataclass(frozen=True, slots=True)
class _Read:
    """An article as the rules have read it."""

    reading: Reading
    gate: Gate
    ranking: Ranking | None
    version: str
    signals: tuple[str, ...]
    view: RuleView


class Judge:
    """The rules of one configuration, and the models fitted under it, ready to judge. Same article, same judgement."""

    def __init__(
        self,
        vocabulary: VocabularyShape,
        calibration: CalibrationShape,
        taxonomies: Mapping[str, Taxonomy],
        units: Sequence[Unit],
        recipe: str = "",
        model: Model | None = None,
    ) -> None:
        """Compile the matcher; about a second, most of it the stemmer's dictionary. Without a model the rules decide alone."""
        self._model = model
        self._vocabulary = vocabulary
        self._calibration = calibration
        self._taxonomies = taxonomies
        self._programmes = all_programmes(taxonomies)
        barred = PlaceWords(frozenset(vocabulary.unit_words.first), frozenset(vocabulary.unit_words.later))
        self._units = UnitFinder(units, barred)
        self._recipe = recipe
        self._reader = Reader(vocabulary, _groups(vocabulary, taxonomies, self._programmes))

    @property
    def temperatures(self) -> dict[str, float]:
        """Head → the softness of a model's shares that makes them honest (``config/calibration.yaml``)."""
        return {str(head): value for head, value in self._calibration.temperatures.items()}

    def with_model(self, model: Model) -> Judge:
        """The same judge, asking ``model``."""
        other = copy(self)
        other._model = model
        return other

    @property
    def slugs(self) -> tuple[str, ...]:
        """Every programme of every list, in their order."""
        return tuple(self._programmes)

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
        """Everything that is said of one article. ``url`` is not read by this version; a later one may."""
        return self.judge_many([Asking(title, text, url, published, publisher_type, removed)])[0]

    def judge_many(self, articles: Sequence[Asking]) -> list[Judgement]:
        """The judgements of several articles, in their order; the models are asked once for all of them."""
        read = [self._read(article) for article in articles]
        if self._model is None:
            return [self._by_rules(one) for one in read]
        asked = self._model.ask([features_of(self._reader, one.reading, one.view) for one in read])
        return [self._by_model(one, answers) for one, answers in zip(read, asked, strict=True)]

    def features(self, article: Asking) -> Features:
        """The article as the models see it, for training."""
        one = self._read(article)
        return features_of(self._reader, one.reading, one.view)

    def _read(self, article: Asking) -> _Read:
        reading = self._reader.read(article.title, article.text)
        units = self._units.find(article.title, article.text, reading.noise())
        gate = self._gate(reading, units)
        release_terms = self._vocabulary.source_type.release_strong
        source_type, signals = judge_source_type(reading, article.removed, article.publisher_type, release_terms)
        version = self._version(reading, article.published)
        ranking = self._rank(gate.label, reading, version)
        tones = self._tone_scores(reading, release=source_type == "press_release")
        incidents = find_incidents(reading, self._vocabulary.incident_rules, tones.ranked()[0][0])
        view = RuleView(
            relevance=gate.label,
            margin=gate.margin,
            primary=ranking.primary if ranking else "",
            related=tuple(topic.slug for topic in ranking.related) if ranking else (),
            mentioned=tuple(slug for slug, _ in ranking.mentioned) if ranking else (),
            tones=tones,
            incidents=incidents,
            source_type=source_type,
            units=units,
        )
        return _Read(reading, gate, ranking, version, signals, view)

    def _by_rules(self, one: _Read) -> Judgement:
        label = one.gate.label
        chance = probability(self._calibration.primary, one.ranking.share) if one.ranking else 0.0
        tone = judge_tone(one.reading, one.view.tones, self._calibration) if label == CORRECTIONS else None
        relevance = Relevance(label, probability(self._calibration.relevance[label], one.gate.margin), one.gate.evidence)
        return self._assembled(one, relevance, one.ranking, chance, tone)

    def _by_model(self, one: _Read, answers: Mapping[str, Asked]) -> Judgement:
        """The models' labels, inside the gate and the list in force; evidence by rules, else the weightiest sentences."""
        shares = answers["relevance"].shares
        label = answers["relevance"].best if is_open(one.reading, one.view.units) else IRRELEVANT
        relevance = Relevance(label, shares.get(label, 0.0), one.gate.evidence)
        ranking, chance = one.ranking if label == one.gate.label else None, 0.0
        if label != IRRELEVANT:
            primary, chance = self._likeliest(answers["primary"].shares, label, one.version)
            if ranking is None or ranking.primary != primary:
                ranking = self._rank(label, one.reading, one.version, primary)
            if ranking is not None and not ranking.evidence:
                ranking = replace(ranking, evidence=self._speaking(one.reading, "primary", primary))
        tone = self._tone(one, answers["tone"]) if label == CORRECTIONS else None
        return self._assembled(one, relevance, ranking, chance, tone)

    def _likeliest(self, shares: Mapping[str, float], label: str, version: str) -> tuple[str, float]:
        """The likeliest primary that the article may have, and its share among those."""
        homes = self._homes(label, version) | ({UMUM: UMUM} if label == CORRECTIONS else {})
        sums: dict[str, float] = {}
        for slug, share in shares.items():
            if slug in homes:
                sums[homes[slug]] = sums.get(homes[slug], 0.0) + share
        best = min(sums, key=lambda slug: (-sums[slug], slug))
        return best, round(sums[best] / (sum(sums.values()) or 1.0), 4)

    def _tone(self, one: _Read, answer: Asked) -> Tone:
        best = answer.best
        evidence = speaking_sentences(one.reading, one.view.tones, best) or self._speaking(one.reading, "tone", best)
        label = best if answer.shares[best] >= CERTAIN_ENOUGH else "unsure"
        positive, negative = answer.shares.get("positive", 0.0), answer.shares.get("negative", 0.0)
        return Tone(label, positive, round(1 - positive - negative, 4), negative, evidence)

    def _speaking(self, reading: Reading, head: str, label: str) -> tuple[Evidence, ...]:
        """The two sentences whose words weigh most for a model's label; none where no word of the article speaks for it."""
        if self._model is None:
            return ()
        weighed = [
            (self._model.speaking_words(head, label, stems_of(self._reader, reading.source(one.field)[one.start : one.end])), one)
            for one in reading.sentences
            if one.kind != "noise"
        ]
        best = sorted((pair for pair in weighed if pair[0] > 0), key=lambda pair: (-pair[0], pair[1].index))[:2]
        return tuple(reading.evidence(sentence) for _, sentence in best)

    def _assembled(
        self, one: _Read, relevance: Relevance, ranking: Ranking | None, chance: float, tone: Tone | None
    ) -> Judgement:
        view = one.view
        units = tuple(view.units) if relevance.label != IRRELEVANT else ()
        reasons = _review_reasons(relevance, tone, chance if ranking else None, units)
        return Judgement(
            relevance=relevance,
            programme_primary=ranking.primary if ranking else "",
            programme_probability=chance,
            programmes=self._scores(ranking, chance) if ranking else (),
            taxonomy=one.version,
            tone=tone,
            units=units,
            incidents=view.incidents if relevance.label == CORRECTIONS else (),
            source_type=view.source_type,
            release_signals=one.signals,
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

    def _homes(self, label: str, version: str) -> dict[str, str]:
        """Each programme that an article of this relevance and list may have → itself, or the slug that stands for it there."""
        newest = list(self._taxonomies).index(version) + 1 if version in self._taxonomies else 1
        current = all_programmes(dict(list(self._taxonomies.items())[:newest]))
        scopes = ("imi", "both") if label == IMMIGRATION else ("pas", "both")
        chosen = {slug for slug, programme in current.items() if programme.scope in scopes}
        chosen |= {OUTSIDE} if label == CORRECTIONS else set()
        homes = {slug: slug for slug in (*self._programmes, OUTSIDE) if slug in chosen}
        for slug, programme in self._programmes.items():
            if slug not in current and programme.before in chosen:
                homes[slug] = programme.before
        return homes

    def _rank(self, label: str, reading: Reading, version: str, chosen: str = "") -> Ranking | None:
        if label == IRRELEVANT:
            return None
        rules = self._vocabulary
        homes = self._homes(label, version)
        return rank_programmes(reading, self._programmes, homes, rules.programme_rules, rules.related_rules, chosen)

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


def load_judge(config: Path, units: Path | None = None, recipe: str = "", model: Path | None = None) -> Judge:
    """The judge of a config folder. ``units`` defaults to its ``units.csv``; without ``model`` the rules decide alone.

    Raises ConfigError that lists every mistake, StorageError for a model that cannot be read.
    """
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
    return Judge(vocabulary, calibration, taxonomies, gazetteer, recipe, load_model(model) if model else None)


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
