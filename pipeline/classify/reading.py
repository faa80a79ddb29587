"""An article as the rules read it: its sentences with zone and kind, and every cue in them, with spans in the original."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from pipeline.classify.boilerplate import is_item, is_list, listed_programmes
from pipeline.classify.matcher import Match, Matcher
from pipeline.classify.negation import Negation
from pipeline.classify.patterns import Pattern, Patterns
from pipeline.records import Evidence
from pipeline.text.normalise import Normalised, Normaliser
from pipeline.text.sentences import sentence_spans
from pipeline.text.stem import Stems, word_spans

if TYPE_CHECKING:
    from pipeline.classify.shapes import VocabularyShape

MASK = "mask"
ADDRESS = "gate:address"
# Sentences of the text that count as the lead: the annotation guide reads "title and lead" as what the story is about.
LEAD_SENTENCES = 2
# A shorter piece is a dateline, an initial or a cry ("Duh!"), not a sentence of the lead.
LEAD_WORDS = 5


class Sentence(NamedTuple):
    """A sentence of the title or text. ``zone``: title | lead | body. ``kind``: plain | noise | credit."""

    number: int
    field: str
    start: int
    end: int
    zone: str
    kind: str = "plain"


class Hit(NamedTuple):
    """A term of ``group`` found at ``start:end`` of the folded field, in sentence number ``sentence``."""

    group: str
    term: str
    field: str
    start: int
    end: int
    sentence: int


class Piece(NamedTuple):
    """A sentence in the fold's spelling, from ``start`` of its folded field on, and the stems of its words, in order."""

    text: str
    start: int
    stems: Sequence[str]


@dataclass(frozen=True, slots=True)
class Reading:
    """A read article. Hits of noise lines are left out; hits of credit sentences are kept and can be told by their sentence."""

    title: str
    text: str
    sentences: tuple[Sentence, ...]
    pieces: Sequence[Piece]  # one a sentence
    hits: tuple[Hit, ...]
    by_sentence: Sequence[Mapping[str, Sequence[Hit]]]
    by_group: Mapping[str, Sequence[Hit]]
    folds: Mapping[str, Normalised]  # field → as it is matched and stemmed

    def of(self, group: str) -> Sequence[Hit]:
        """The hits of one group, title first."""
        return self.by_group.get(group, ())

    def span(self, hit: Hit) -> tuple[int, int]:
        """Where a hit stands in the original field."""
        return self.folds[hit.field].span(hit.start, hit.end)

    def zone(self, hit: Hit) -> str:
        """The zone of the hit's sentence."""
        return self.sentences[hit.sentence].zone

    def kind(self, hit: Hit) -> str:
        """The kind of the hit's sentence."""
        return self.sentences[hit.sentence].kind

    def evidence(self, sentence: Sentence, deciding: Iterable[Hit] = ()) -> Evidence:
        """A sentence as evidence; of the ``deciding`` cues it names those that stand in it."""
        return self.marked(sentence, [self.span(hit) for hit in deciding if hit.sentence == sentence.number])

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

    def __init__(
        self, vocabulary: VocabularyShape, groups: Mapping[str, Iterable[str]], corrections: Mapping[str, str] | None = None
    ) -> None:
        """``groups``: name → terms; "~panen" matches words with the stem of "panen"; the group "mask" hides what it holds.

        ``corrections``: word → stem, where the stemmer's rules give another.
        """
        self._normalise = Normaliser(vocabulary.variants)
        self._stems = Stems(corrections)
        self._wanted: dict[str, list[tuple[str, str]]] = {}
        plain: dict[str, tuple[str, ...]] = {}
        for group, terms in groups.items():
            listed = list(terms)
            plain[group] = self._normalise.terms(term.removeprefix("~") for term in listed)
            for term in listed:
                if term.startswith("~"):
                    self._wanted.setdefault(self._stems[term[1:]], []).append((group, term))
        self._matcher = Matcher(plain, masks=MASK)
        self._negation = Negation(vocabulary.negation, plain)
        self._protected = Matcher({"protected": self._normalise.terms(vocabulary.protected)})
        patterns = [Pattern(f"@{name}", expression) for name, expression in vocabulary.patterns.items()]
        self._patterns = Patterns([*patterns, *(Pattern(ADDRESS, one) for one in vocabulary.relevance.address_patterns)])
        self._noise = re.compile("|".join(f"(?:{expression})" for expression in vocabulary.noise_lines) or r"(?!)")

    def read(self, title: str, text: str) -> Reading:
        """The article's sentences and cues."""
        sentences: list[Sentence] = []
        pieces: list[Piece] = []
        hits: list[Hit] = []
        folds: dict[str, Normalised] = {}
        for field, source in (("title", title), ("text", text)):
            fold = folds[field] = self._normalise(source)
            own, told = self._sentences(field, source, fold, len(sentences))
            sentences += own
            pieces += told
            hits += self._hits(fold, own, told)
        found: list[dict[str, list[Hit]]] = [{} for _ in sentences]
        by_group: dict[str, list[Hit]] = {}
        for hit in hits:
            group, _, _, _, _, number = hit
            found[number].setdefault(group, []).append(hit)
            by_group.setdefault(group, []).append(hit)
        listed: set[int] = set()
        if any(group.startswith("list:") for group in by_group):
            items = [one.field == "text" and is_item(text, one.start) for one in sentences]
            listed = listed_programmes(items, found)
        for one, groups in zip(sentences, found, strict=True):
            if one.kind == "plain" and (one.number in listed or is_list(one.zone, groups)):
                sentences[one.number] = one._replace(kind="credit")
        return Reading(title, text, tuple(sentences), pieces, tuple(hits), found, by_group, folds)

    def _sentences(self, field: str, source: str, fold: Normalised, first: int) -> tuple[list[Sentence], list[Piece]]:
        sentences: list[Sentence] = []
        pieces: list[Piece] = []
        protected = [(start, end) for start, end, _, _ in self._protected.find(fold.text)]
        lead = 0
        for index, (start, end) in enumerate(sentence_spans(source), first):
            left, right = fold.place(start), fold.place(end)
            folded = fold.text[left:right]
            noise = field == "text" and self._noise.match(folded.lstrip("-*•>#( ")) is not None
            zone = "title" if field == "title" else "body"
            if zone == "body" and not noise and lead < LEAD_SENTENCES:
                zone = "lead"
                lead += len(source[start:end].split()) >= LEAD_WORDS
            sentences.append(Sentence(index, field, start, end, zone, "noise" if noise else "plain"))
            pieces.append(Piece(folded, left, self._stems.of(folded, _inside(protected, left, right))))
        return sentences, pieces

    def _hits(self, fold: Normalised, sentences: Sequence[Sentence], pieces: Sequence[Piece]) -> list[Hit]:
        found = self._matcher.find(fold.text)
        masked = [(start, end) for start, end, group, _ in found if group == MASK]
        for piece in pieces:
            found += self._stem_hits(piece, masked)
        found += [(start, end, group, group) for start, end, group in self._patterns.find(fold.text)]
        found.sort()
        if not sentences:
            return []
        hits: list[Hit] = []
        # Cues and sentences both stand in order, so that one walk finds each cue's sentence.
        later = iter([*(piece.start for piece in pieces[1:]), len(fold.text) + 1])
        ahead, at = next(later), 0
        for start, end, group, term in dict.fromkeys(self._negation.apply(fold.text, found)):
            while start >= ahead:
                ahead, at = next(later), at + 1
            one = sentences[at]
            if one.kind != "noise":
                hits.append(Hit(group, term, one.field, start, end, one.number))
        return hits

    def _stem_hits(self, piece: Piece, masked: Sequence[tuple[int, int]]) -> Iterator[Match]:
        """The words of a sentence whose stem a group asks for; masked words are met by their own form only."""
        stems, hidden = piece.stems, _inside(masked, piece.start, piece.start + len(piece.text)) if masked else ()
        if hidden:
            own = [piece.text[start:end] if _inside(hidden, start, end) else "" for start, end in word_spans(piece.text)]
            stems = [form or stem for form, stem in zip(own, stems, strict=True)]
        if self._wanted.keys().isdisjoint(stems):
            return
        for (start, end), stem in zip(word_spans(piece.text), stems, strict=True):
            for group, term in self._wanted.get(stem, ()):
                yield piece.start + start, piece.start + end, group, term


def _inside(spans: Iterable[tuple[int, int]], start: int, end: int) -> list[tuple[int, int]]:
    """Those of ``spans`` that reach into ``start:end``, told from there."""
    return [(left - start, right - start) for left, right in spans if left < end and start < right]
