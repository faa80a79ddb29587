"""An article as the rules read it: its sentences with zone and kind, and every cue in them, with spans in the original."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from pipeline.classify.boilerplate import is_item, is_list, listed_programmes
from pipeline.classify.matcher import Matcher
from pipeline.classify.negation import Negation
from pipeline.classify.patterns import Pattern
from pipeline.records import Evidence
from pipeline.text.normalise import Normalised, Normaliser
from pipeline.text.sentences import sentence_spans
from pipeline.text.stem import find_stems, stem_word

if TYPE_CHECKING:
    from pipeline.classify.shapes import VocabularyShape

MASK = "mask"
ADDRESS = "gate:address"
# Sentences of the text that count as the lead: the annotation guide reads "title and lead" as what the story is about.
LEAD_SENTENCES = 2
# A shorter piece is a dateline, an initial or a cry ("Duh!"), not a sentence of the lead.
LEAD_WORDS = 5


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the title or text. ``zone``: title | lead | body. ``kind``: plain | noise | credit."""

    index: int
    field: str
    start: int
    end: int
    zone: str
    kind: str = "plain"


class Hit(NamedTuple):
    """A term of ``group`` found at ``start:end`` of the original field, in sentence number ``sentence``."""

    group: str
    term: str
    field: str
    start: int
    end: int
    sentence: int


@dataclass(frozen=True, slots=True)
class Fold:
    """A folded field; words that touch a span of ``kept`` are not stemmed."""

    normalised: Normalised
    kept: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Reading:
    """A read article. Hits of noise lines are left out; hits of credit sentences are kept and can be told by their sentence."""

    title: str
    text: str
    sentences: tuple[Sentence, ...]
    hits: tuple[Hit, ...]
    by_sentence: Sequence[Mapping[str, Sequence[Hit]]]
    by_group: Mapping[str, Sequence[Hit]]
    folds: Mapping[str, Fold]  # field → as it is matched and stemmed

    def folded(self, sentence: Sentence) -> tuple[str, list[tuple[int, int]]]:
        """A sentence in the fold's spelling, and the spans of it that must not be stemmed."""
        fold = self.folds[sentence.field]
        start, end = fold.normalised.place(sentence.start), fold.normalised.place(sentence.end)
        kept = [(left - start, right - start) for left, right in fold.kept if left < end and start < right]
        return fold.normalised.text[start:end], kept

    def of(self, group: str) -> Sequence[Hit]:
        """The hits of one group, title first."""
        return self.by_group.get(group, ())

    def zone(self, hit: Hit) -> str:
        """The zone of the hit's sentence."""
        return self.sentences[hit.sentence].zone

    def kind(self, hit: Hit) -> str:
        """The kind of the hit's sentence."""
        return self.sentences[hit.sentence].kind

    def evidence(self, sentence: Sentence, deciding: Iterable[Hit] = ()) -> Evidence:
        """A sentence as evidence; of the ``deciding`` cues it names those that stand in it."""
        return self.marked(sentence, [(hit.start, hit.end) for hit in deciding if hit.sentence == sentence.index])

    def marked(self, sentence: Sentence, spans: Iterable[tuple[int, int]]) -> Evidence:
        """A sentence as evidence; the words at ``spans`` of its field decided, of two that overlap the first and longer."""
        source, reach = self.source(sentence.field), -1
        words: dict[str, None] = {}
        for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
            inside = source[start : min(end, sentence.end)]
            if start >= reach and inside:
                words[inside], reach = None, end
        return Evidence(sentence.field, sentence.start, sentence.end, source[sentence.start : sentence.end], tuple(words))

    def noise(self) -> list[tuple[int, int]]:
        """Spans of the text that are not the article."""
        return [(one.start, one.end) for one in self.sentences if one.kind == "noise"]

    def source(self, field: str) -> str:
        """The original title or text."""
        return self.title if field == "title" else self.text


class Reader:
    """Reads articles by one set of terms; built once per configuration."""

    def __init__(self, vocabulary: VocabularyShape, groups: Mapping[str, Iterable[str]]) -> None:
        """``groups``: name → terms; "~panen" matches words with the stem of "panen"; the group "mask" hides what it holds."""
        self._normalise = Normaliser(vocabulary.variants)
        self._stems: dict[str, list[tuple[str, str]]] = {}
        plain: dict[str, tuple[str, ...]] = {}
        for group, terms in groups.items():
            listed = list(terms)
            plain[group] = self._normalise.terms(term.removeprefix("~") for term in listed)
            for term in listed:
                if term.startswith("~"):
                    self._stems.setdefault(stem_word(term[1:]), []).append((group, term))
        self._matcher = Matcher(plain, masks=MASK)
        self._negation = Negation(vocabulary.negation, plain)
        self._protected = Matcher({"protected": self._normalise.terms(vocabulary.protected)})
        self._patterns = [Pattern(f"@{name}", expression) for name, expression in vocabulary.patterns.items()]
        self._patterns += [Pattern(ADDRESS, expression) for expression in vocabulary.relevance.address_patterns]
        self._noise = re.compile("|".join(f"(?:{expression})" for expression in vocabulary.noise_lines) or r"(?!)")

    def fold(self, text: str) -> Normalised:
        """``text`` in the spelling that terms are matched in."""
        return self._normalise(text)

    def protected(self, folded: Normalised) -> list[tuple[int, int]]:
        """Spans of a folded text that must not be stemmed."""
        return [(match.start, match.end) for match in self._protected.find(folded.text)]

    def read(self, title: str, text: str) -> Reading:
        """The article's sentences and cues."""
        sentences: list[Sentence] = []
        hits: list[Hit] = []
        folds: dict[str, Fold] = {}
        for field, source in (("title", title), ("text", text)):
            normalised = self._normalise(source)
            folds[field] = Fold(normalised, self.protected(normalised))
            own = self._sentences(field, source, folds[field].normalised, len(sentences))
            sentences += own
            hits += self._hits(folds[field], own)
        found: list[dict[str, list[Hit]]] = [{} for _ in sentences]
        by_group: dict[str, list[Hit]] = {}
        for hit in hits:
            found[hit.sentence].setdefault(hit.group, []).append(hit)
            by_group.setdefault(hit.group, []).append(hit)
        items = [one.field == "text" and is_item(text, one.start) for one in sentences]
        listed = listed_programmes(items, found)
        marked = tuple(
            replace(one, kind="credit") if one.kind == "plain" and (one.index in listed or is_list(one.zone, groups)) else one
            for one, groups in zip(sentences, found, strict=True)
        )
        return Reading(title, text, marked, tuple(hits), found, by_group, folds)

    def _sentences(self, field: str, source: str, fold: Normalised, first: int) -> list[Sentence]:
        sentences: list[Sentence] = []
        lead = 0
        for start, end in sentence_spans(source):
            piece = source[start:end]
            folded = fold.text[fold.place(start) : fold.place(end)]
            noise = field == "text" and self._noise.match(folded.lstrip("-*•>#( ")) is not None
            zone = "title" if field == "title" else "body"
            if zone == "body" and not noise and lead < LEAD_SENTENCES:
                zone = "lead"
                lead += len(piece.split()) >= LEAD_WORDS
            sentences.append(Sentence(first + len(sentences), field, start, end, zone, "noise" if noise else "plain"))
        return sentences

    def _hits(self, fold: Fold, sentences: list[Sentence]) -> list[Hit]:
        normalised = fold.normalised
        starts = [one.start for one in sentences]
        matches = self._matcher.find(normalised.text)
        found: set[tuple[int, int, str, str]] = set(matches)
        masked = [(match.start, match.end) for match in matches if match.group == MASK]
        if self._stems:
            for start, end, (group, term) in find_stems(normalised.text, self._stems, [*fold.kept, *masked]):
                found.add((start, end, group, term))
        for pattern in self._patterns:
            found.update((start, end, pattern.group, pattern.group) for start, end in pattern.find(normalised.text))
        hits: list[Hit] = []
        placed, one = (-1, -1), None  # many groups share a span
        for start, end, group, term in sorted(self._negation.apply(normalised.text, found)):
            if (start, end) != placed:
                placed = (start, end)
                original_start, original_end = normalised.span(start, end)
                at = bisect_right(starts, original_start) - 1
                one = sentences[at] if at >= 0 and sentences[at].kind != "noise" and original_end > original_start else None
            if one is not None:
                hits.append(Hit(group, term, one.field, original_start, original_end, one.index))
        return hits
