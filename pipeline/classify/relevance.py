"""Is the article about Pemasyarakatan? The gate by cues, the institution test, and the immigration half told apart."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from pipeline.classify.reading import ADDRESS, Hit, Reading, Sentence
from pipeline.records import Evidence, UnitMention

RelevanceLabel: TypeAlias = Literal["corrections", "immigration", "irrelevant"]
CORRECTIONS: Final = "corrections"
IMMIGRATION: Final = "immigration"
IRRELEVANT: Final = "irrelevant"
GATE_GROUPS = (
    "institution", "generic", "immigration_institution", "immigration_generic", "address", "elsewhere", "not_journalism",
)  # fmt: skip
# What opens the gate: whoever is named, or words of the subject.
NAMING = frozenset({"gate:institution", "gate:immigration_institution"})
SUBJECT = frozenset({"gate:generic", "gate:immigration_generic"})
# What a sentence that names the institution counts: title and lead say what a story is about; body sentences add up to a lead.
SENTENCE = {"title": 3.0, "lead": 2.0, "body": 1.0}
BODY_MOST = 4.0
# What one further word of the subject counts, by its best zone.
WORD = {"title": 1.0, "lead": 0.75, "body": 0.5}
WORDS_MOST = 4.0
THRESHOLD = 2.5  # one institution sentence in the lead with a word of the subject, or one in the body with three
FULL_NAME = 2.5  # a unit that the gazetteer knows, or that is named with its class, is no passing word wherever it stands
ADDRESSED_TITLE = 2.0  # a title that has the prison as an address asks for so much more from the rest
ELSEWHERE_BESIDE_NAME = 0.25  # share of what speaks against that still counts beside such a unit
WITHOUT_INSTITUTION = 2.5  # words of the subject alone: court news, fiction and foreign prisons have them too
STEERED = 2.0  # crime steered from inside is coverage even if the prison stands in one sentence (boundary rule 2)
PAPER_WORDS = 3  # so many marks of a thesis or a tender make it one (clarification 10)
# Who lives and works in a prison: briefs say no more than one of these.
PERSONS = frozenset({"napi", "narapidana", "sipir", "warga binaan", "wbp"})
GENERIC_WORDS = 2  # one word of the subject alone ("sel", "razia") is anybody's
SHOWN = 3
CLASS_WORD = re.compile(r"(?i)\b(?:kelas|klas|kls)\b")


@dataclass(frozen=True, slots=True)
class Gate:
    """The decision with its two raw scores. ``margin``: distance from the nearest other decision, in gate points."""

    label: RelevanceLabel
    corrections: float
    immigration: float
    margin: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class _Side:
    """One directorate's points: of the title and lead, in all, and whether its institution is named."""

    leading: float
    total: float
    named: bool
    full_name: bool
    evidence: tuple[Evidence, ...]


def judge_relevance(reading: Reading, units: Sequence[UnitMention], *, steered: bool = False) -> Gate:
    """The gate's decision. ``steered``: a rule found crime that is steered from inside a prison."""
    addressed = frozenset(hit.sentence for hit in reading.of(ADDRESS))
    named = [unit.evidence for unit in units if unit.known or CLASS_WORD.search(unit.evidence.quote)]
    corrections = _side(reading, "gate:institution", "gate:generic", addressed, named)
    immigration = _side(reading, "gate:immigration_institution", "gate:immigration_generic", frozenset(), ())
    against = _words(reading, "gate:elsewhere", frozenset())
    foreign = immigration.total - against
    if corrections.full_name:
        against *= ELSEWHERE_BESIDE_NAME
    elif not corrections.named:
        against *= 2
    need = THRESHOLD if corrections.named else WITHOUT_INSTITUTION
    if any(reading.sentences[index].zone == "title" for index in addressed):
        need += ADDRESSED_TITLE
    points = corrections.total + (STEERED if steered else 0.0) - against
    if len({hit.term for hit in reading.of("gate:not_journalism")}) >= PAPER_WORDS:
        return Gate(IRRELEVANT, points, foreign, THRESHOLD, ())
    lean = corrections.leading - immigration.leading
    if points >= need and (lean > 0 or (lean == 0 and points >= foreign) or foreign < THRESHOLD):
        margin = min(points - need, lean if foreign >= THRESHOLD else points)
        return Gate(CORRECTIONS, points, foreign, margin, corrections.evidence)
    if immigration.named and foreign >= THRESHOLD:
        margin = min(foreign - THRESHOLD, -lean if points >= need else foreign)
        return Gate(IMMIGRATION, points, foreign, margin, immigration.evidence)
    return Gate(IRRELEVANT, points, foreign, min(need - points, THRESHOLD - foreign if immigration.named else need), ())


def is_open(reading: Reading, units: Sequence[UnitMention]) -> bool:
    """The gate that no model overrules: an institution, a unit, or two words of the subject stand in the article itself.

    Without them it is irrelevant, whatever a model says: in the feeds fewer than one article in a hundred is ours.
    """
    named = bool(units) or any(True for group in NAMING for _ in reading.of(group))
    return opens({hit.term for group in SUBJECT for hit in reading.of(group)}, named=named)


def opens(words: Collection[str], *, named: bool) -> bool:
    """Whether so many ``words`` of the subject open the gate. ``named``: an institution or a unit is."""
    return named or len(words) >= GENERIC_WORDS or not PERSONS.isdisjoint(words)


def _side(reading: Reading, institution: str, generic: str, skipped: Collection[int], units: Sequence[Evidence]) -> _Side:
    hits = [hit for hit in reading.of(institution) if hit.sentence not in skipped]
    full = {one.number for unit in units for one in reading.sentences if _within(unit, one)} - set(skipped)
    best = {hit.sentence: SENTENCE[reading.zone(hit)] for hit in hits}
    best |= {index: max(FULL_NAME, SENTENCE[reading.sentences[index].zone]) for index in full}
    leading = sum(value for index, value in best.items() if reading.sentences[index].zone != "body")
    body = min(BODY_MOST, sum(value for index, value in best.items() if reading.sentences[index].zone == "body"))
    words = min(WORDS_MOST, _words(reading, generic, skipped))
    leading_words = min(WORDS_MOST, _words(reading, generic, skipped, ("title", "lead")))
    spans = [(hit.sentence, reading.span(hit)) for hit in _first_of_each(hits)]
    spans += [(one.number, (unit.start, unit.end)) for unit in units for one in reading.sentences if _within(unit, one)]
    return _Side(leading + leading_words, leading + body + words, bool(best), bool(full), _shown(reading, spans))


def _shown(reading: Reading, spans: Sequence[tuple[int, tuple[int, int]]]) -> tuple[Evidence, ...]:
    """The first sentences that name the institution, with its names. ``spans``: (sentence, span of its field)."""
    by_sentence: dict[int, list[tuple[int, int]]] = {}
    for index, span in spans:
        by_sentence.setdefault(index, []).append(span)
    return tuple(reading.marked(reading.sentences[index], by_sentence[index]) for index in list(by_sentence)[:SHOWN])


def _words(reading: Reading, group: str, skipped: Collection[int], zones: Collection[str] = tuple(WORD)) -> float:
    best: dict[str, float] = {}
    for hit in reading.of(group):
        if hit.sentence not in skipped and reading.zone(hit) in zones:
            best[hit.term] = max(best.get(hit.term, 0.0), WORD[reading.zone(hit)])
    return sum(best.values())


def _first_of_each(hits: Sequence[Hit]) -> list[Hit]:
    return list({hit.term: hit for hit in reversed(hits)}.values())[::-1]


def _within(span: Evidence, sentence: Sentence) -> bool:
    return span.field == sentence.field and sentence.start <= span.start < sentence.end
