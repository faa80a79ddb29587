"""Judges one article: relevance, programmes, tone, units, incidents and source type, each with evidence. Pure once loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.classify.calibrate import in_feeds, probability
from pipeline.classify.encoder import Encoder, encoder_of
from pipeline.classify.features import Features, RuleView, features_of, opening
from pipeline.classify.glance import Glance
from pipeline.classify.groups import groups_of
from pipeline.classify.incidents import decided, find_incidents
from pipeline.classify.model import Asked, Model, load_model
from pipeline.classify.programmes import Homes, Ranking, rank_programmes
from pipeline.classify.reading import LIST, Reader, Reading
from pipeline.classify.relevance import CORRECTIONS, IRRELEVANT, Gate, is_open, judge_relevance
from pipeline.classify.review import review
from pipeline.classify.rules import fire
from pipeline.classify.source_type import judge_source_type
from pipeline.classify.speaking import Speaking
from pipeline.classify.taxonomy import OUTSIDE, UMUM, Taxonomy, all_programmes, choose_version, load_taxonomies
from pipeline.classify.tone import ZONES, ToneScores, as_tone, cheapest_tone, judge_tone, score_tone, speaking_sentences
from pipeline.classify.tuned import WORDS, Tuned, tuned_of
from pipeline.classify.unit_grammar import PlaceWords
from pipeline.classify.units import Unit, UnitFinder, load_units
from pipeline.classify.vocabulary import load_calibration, load_stems, load_vocabulary
from pipeline.configfile import Problems
from pipeline.errors import ConfigError, StorageError
from pipeline.records import Evidence, Incident, Judgement, ProgrammeScore, PublisherType, Relevance, Removed, Tone, UnitMention
from pipeline.settings import load_settings

if TYPE_CHECKING:
    from pipeline.classify.shapes import CalibrationShape, VocabularyShape
    from pipeline.text.normalise import Normalised

# The programme rule that also opens the gate (boundary rule 2: crime steered from inside is coverage).
STEERED_RULE = "steered_from_inside"
# Of 944 labelled texts that the gate kept out, 926 are irrelevant; in the feeds, where few articles are ours, more are.
GATE_RIGHT = 0.98


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
class _Common:
    """What is told of every article, also of one that the gate keeps out."""

    version: str
    source_type: str
    signals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    """An article as the rules have read it."""

    reading: Reading
    common: _Common
    gate: Gate
    ranking: Ranking | None
    view: RuleView
    title_tones: ToneScores

    @property
    def open(self) -> bool:
        """False: the gate that no model overrules is closed."""
        return is_open(self.reading, self.view.units)


@dataclass(frozen=True, slots=True)
class _Told:
    """What is answered of an article that is ours, by rules or models."""

    tone: Tone
    title_tone: Tone
    incidents: tuple[Incident, ...]


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
        encoder: Encoder | None = None,
        prevalence: float = 0.01,
        corrections: Mapping[str, str] | None = None,
        tuned: Tuned | None = None,
    ) -> None:
        """Compile the matcher. Without a model the rules decide alone.

        ``prevalence``: the share of fetched articles that are ours, where relevance is to be honest. ``corrections``: of stems.
        """
        self._vocabulary = vocabulary
        self._calibration = calibration
        self._needs = {str(code): share for code, share in calibration.incident.items()}
        self._taxonomies = taxonomies
        self._homes = Homes(taxonomies)
        self._programmes = all_programmes(taxonomies)
        barred = PlaceWords(frozenset(vocabulary.unit_words.first), frozenset(vocabulary.unit_words.later))
        self._units = UnitFinder(units, barred)
        self._recipe = recipe
        self._prevalence = prevalence
        groups = groups_of(vocabulary, taxonomies, self._programmes)
        self._reader = Reader(vocabulary, groups, corrections)
        self._glance = Glance(self._reader, groups)
        self._encoder = encoder
        self.tuned = tuned
        self._set(model)

    def _set(self, model: Model | None) -> None:
        if model and model.encoder != self.encoder:
            told = (
                f"the model was fitted with the encoder {model.encoder or 'none'!r}, the settings name {self.encoder or 'none'!r}"
            )
            raise StorageError(f"{told}; fit it anew: pantau train")
        self._model = model
        self._speaking = Speaking(model) if model else None

    @property
    def encoder(self) -> str:
        """Name and digest of the encoder; "" for none."""
        return self._encoder.digest if self._encoder else ""

    @property
    def temperatures(self) -> dict[str, float]:
        """Head → the softness of a model's shares that makes them honest (``config/calibration.yaml``)."""
        return {str(head): value for head, value in self._calibration.temperatures.items()}

    def with_model(self, model: Model) -> Judge:
        """The same judge, asking ``model``."""
        other = copy(self)
        other._set(model)
        return other

    def with_encoder(self, encoder: Encoder | None) -> Judge:
        """The same rules without a model, showing articles to ``encoder`` instead of the configuration's."""
        other = copy(self)
        other._encoder = encoder
        other._set(None)
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
        if self._model is None:
            return [self._by_rules(self._read(article, *self._whole(article))) for article in articles]
        read = [self._passed(article) for article in articles]
        given = [one for one in read if isinstance(one, _Read)]
        asked = self._model.ask([self._features(one) for one in given])
        if self.tuned:
            asked = self.tuned.beside(asked, (opening(one.reading, WORDS) for one in given))
        answers = iter(asked)
        return [self._by_model(one, next(answers)) if isinstance(one, _Read) else self._closed(one) for one in read]

    def shown(self, article: Asking) -> str:
        """What the tuned encoder reads of an article; "" where the gate keeps it out, whatever a model would say."""
        one = self._passed(article)
        return opening(one.reading, WORDS) if isinstance(one, _Read) else ""

    def features(self, article: Asking) -> Features:
        """The article as the models see it, for training."""
        return self._features(self._read(article, *self._whole(article)))

    def _features(self, one: _Read) -> Features:
        """An encoder costs more than all else: what the gate keeps out is irrelevant anyway and is not encoded."""
        if self._encoder and one.open:
            return features_of(one.reading, one.view, self._encoder.encode([opening(one.reading)])[0].tolist())
        return features_of(one.reading, one.view)

    def _passed(self, article: Asking) -> _Read | _Common:
        """The rules' view of what the gate lets in; of the others, which are most, only what is told of every article."""
        folds = self._reader.fold(article.title, article.text)
        if glanced := self._glance.closed(article.title, article.text, folds):
            return self._common(article, glanced)
        reading, units = self._whole(article, folds)
        return self._read(article, reading, units) if is_open(reading, units) else self._common(article, reading)

    def _whole(self, article: Asking, folds: Mapping[str, Normalised] | None = None) -> tuple[Reading, Sequence[UnitMention]]:
        reading = self._reader.read(article.title, article.text, folds)
        day = article.published.date() if article.published else None
        return reading, self._units.find(article.title, article.text, reading.noise(), day)

    def _common(self, article: Asking, reading: Reading) -> _Common:
        release_terms = self._vocabulary.source_type.release_strong
        source_type, signals = judge_source_type(reading, article.removed, article.publisher_type, release_terms)
        return _Common(self._version(reading, article.published), source_type, signals)

    def _read(self, article: Asking, reading: Reading, units: Sequence[UnitMention]) -> _Read:
        """The rules' view."""
        common, gate = self._common(article, reading), self._gate(reading, units)
        ranking = self._rank(gate.label, reading, common.version)
        fired, start = fire(self._vocabulary.tone_rules, reading), self._vocabulary.tone_start
        tones = score_tone(fired, start, release=common.source_type == "press_release")
        title_tones = score_tone([one for one in fired if one.sentence.zone == "title"], start, release=False)
        view = RuleView(
            relevance=gate.label,
            margin=gate.margin,
            primary=ranking.primary if ranking else "",
            related=tuple(topic.slug for topic in ranking.related) if ranking else (),
            mentioned=tuple(slug for slug, _ in ranking.mentioned) if ranking else (),
            tones=tones,
            incidents=tuple(one.code for one in self._incidents(reading, tones.ranked()[0][0])),
            source_type=common.source_type,
            units=units,
        )
        return _Read(reading, common, gate, ranking, view, title_tones)

    def _closed(self, common: _Common) -> Judgement:
        """No word of the subject stands in the article: irrelevant, whatever a model would say."""
        return self._assembled(common, (), Relevance(IRRELEVANT, GATE_RIGHT, by="gate"), None, 0.0, None)

    def _by_rules(self, one: _Read) -> Judgement:
        label = one.gate.label
        chance = probability(self._calibration.primary, one.ranking.share) if one.ranking else 0.0
        relevance = Relevance(label, probability(self._calibration.relevance[label], one.gate.margin), one.gate.evidence)
        if label != CORRECTIONS:
            return self._assembled(one.common, one.view.units, relevance, one.ranking, chance, None)
        tone = judge_tone(one.reading, one.view.tones, self._calibration.tone)
        incidents = self._incidents(one.reading, one.view.tones.ranked()[0][0])
        told = _Told(tone, self._title_by_rules(one), incidents)
        return self._assembled(one.common, one.view.units, relevance, one.ranking, chance, told)

    def _by_model(self, one: _Read, answers: Mapping[str, Asked]) -> Judgement:
        """The models' labels, inside the gate and the list in force; evidence by rules, else the weightiest sentences."""
        shares = answers["relevance"].shares
        label = answers["relevance"].best
        told = in_feeds(shares, IRRELEVANT, self._calibration.feeds, self._prevalence)
        relevance = Relevance(label, told.get(label, 0.0), one.gate.evidence, by="model")
        ranking, chance = one.ranking if label == one.gate.label else None, 0.0
        if label != IRRELEVANT:
            primary, chance = self._likeliest(answers["primary"].shares, label, one.common.version)
            if ranking is None or ranking.primary != primary:
                ranking = self._rank(label, one.reading, one.common.version, primary)
            if ranking is not None and not ranking.evidence:
                ranking = replace(ranking, evidence=self._speak(one.reading, "primary", primary))
        ours = self._told(one, answers) if label == CORRECTIONS else None
        return self._assembled(one.common, one.view.units, relevance, ranking, chance, ours, sure=shares.get(label, 0.0))

    def _told(self, one: _Read, answers: Mapping[str, Asked]) -> _Told:
        """The models' answers where they have such a head, else the rules'; where a tone is unsure, the likeliest's evidence."""
        costs, tone, title = self._calibration.review, answers["tone"], answers.get("title_tone")
        label = cheapest_tone(tone.shares, costs.unsure, costs.missed_negative)
        shown = tone.best if label == "unsure" else label
        incidents = self._incidents(one.reading, shown, answers.get("incidents"))
        codes = [incident.code for incident in incidents]
        evidence = self._speaking.of_tone(one.reading, shown, one.view.tones.fired, codes) if self._speaking else ()
        title_tone = self._title_tone(one, title) if title else self._title_by_rules(one)
        return _Told(as_tone(tone.shares, label, evidence), title_tone, incidents)

    def _likeliest(self, shares: Mapping[str, float], label: str, version: str) -> tuple[str, float]:
        """The likeliest primary that the article may have, and its share among those."""
        homes = {**self._homes.of(label, version), **({UMUM: UMUM} if label == CORRECTIONS else {})}
        sums: dict[str, float] = {}
        for slug, share in shares.items():
            if slug in homes:
                sums[homes[slug]] = sums.get(homes[slug], 0.0) + share
        best = min(sums, key=lambda slug: (-sums[slug], slug))
        return best, round(sums[best] / (sum(sums.values()) or 1.0), 4)

    def _title_tone(self, one: _Read, answer: Asked) -> Tone:
        """The title's own head; a title is no news that could be overlooked, so each mistake costs the same."""
        label = cheapest_tone(answer.shares, self._calibration.review.unsure, missed_negative=1)
        shown = answer.best if label == "unsure" else label
        evidence = speaking_sentences(one.reading, one.title_tones, shown) or self._speak(one.reading, "title_tone", shown)
        return as_tone(answer.shares, label, evidence)

    def _title_by_rules(self, one: _Read) -> Tone:
        return judge_tone(one.reading, one.title_tones, self._calibration.title_tone)

    def _incidents(self, reading: Reading, tone: str, answer: Asked | None = None) -> tuple[Incident, ...]:
        """What the models flag, without any what the rules find."""
        found = find_incidents(reading, self._vocabulary.incident_rules, tone)
        if answer:
            found = decided(found, answer.shares, self._needs, lambda code: self._speak(reading, "incidents", code))
        return found

    def _speak(self, reading: Reading, head: str, label: str) -> tuple[Evidence, ...]:
        zones = ("title",) if head == "title_tone" else ZONES
        return self._speaking.evidence(reading, head, label, zones) if self._speaking else ()

    def _assembled(
        self,
        common: _Common,
        found: Sequence[UnitMention],
        relevance: Relevance,
        ranking: Ranking | None,
        chance: float,
        told: _Told | None,
        sure: float = 0.0,
    ) -> Judgement:
        """``sure``: the model's own share for the relevance, by which it is decided and ranked for review."""
        units = tuple(found) if relevance.label != IRRELEVANT else ()
        tone, incidents = (told.tone, told.incidents) if told else (None, ())
        certain = replace(relevance, probability=sure or relevance.probability)
        look = review(certain, chance if ranking else None, tone, incidents, units, self._calibration.review)
        return Judgement(
            relevance=relevance,
            programme_primary=ranking.primary if ranking else "",
            programme_probability=chance,
            programme_evidence=ranking.evidence if ranking else (),
            programmes=self._scores(ranking, chance) if ranking else (),
            taxonomy=common.version,
            tone=tone,
            title_tone=told.title_tone if told else None,
            units=units,
            incidents=incidents,
            source_type=common.source_type,
            release_signals=common.signals,
            needs_review=bool(look.reasons),
            review_reasons=look.reasons,
            review_priority=look.priority,
            recipe=self._recipe,
        )

    def _gate(self, reading: Reading, units: Sequence[UnitMention]) -> Gate:
        steering = [rule for rule in self._vocabulary.programme_rules if rule.id == STEERED_RULE]
        return judge_relevance(reading, units, steered=bool(fire(steering, reading)))

    def _version(self, reading: Reading, published: datetime | None) -> str:
        named = {group.removeprefix(LIST) for group in reading.by_group if group.startswith(LIST)}
        return choose_version(self._taxonomies, sorted(named), published)

    def _rank(self, label: str, reading: Reading, version: str, chosen: str = "") -> Ranking | None:
        if label == IRRELEVANT:
            return None
        rules, homes = self._vocabulary, self._homes.of(label, version)
        return rank_programmes(reading, self._programmes, homes, rules.programme_rules, rules.related_rules, chosen)

    def _scores(self, ranking: Ranking, chance: float) -> tuple[ProgrammeScore, ...]:
        scores = []
        if ranking.primary not in (UMUM, OUTSIDE):
            code = self._programmes[ranking.primary].code
            scores.append(ProgrammeScore(ranking.primary, code, "primary", chance, ranking.evidence))
        for topic in ranking.related:
            code = self._programmes[topic.slug].code
            scores.append(ProgrammeScore(topic.slug, code, "related", self._calibration.related, topic.evidence))
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
    stems = load_stems(config / "stems.yaml", problems)
    gazetteer = load_units(units or config / "units.csv", problems)
    settings = load_settings(config, problems)
    encoder = encoder_of(config, settings.judge, problems) if settings else None
    tuned = tuned_of(settings.judge, problems, calibration) if settings else None
    problems.raise_if_any()
    if vocabulary is None or calibration is None or settings is None:
        raise ConfigError(f"{config}: cannot be read")
    fitted, prevalence = load_model(model) if model else None, settings.judge.prevalence
    return Judge(vocabulary, calibration, taxonomies, gazetteer, recipe, fitted, encoder, prevalence, stems, tuned)
