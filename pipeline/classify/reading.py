"""An article as the rules read it: its sentences with zone and kind, and every cue in them, with spans in the original."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from pipeline.classify.boilerplate import is_item, is_list, listed_programmes, may_list
from pipeline.classify.matcher import Match, Matcher
from pipeline.classify.negation import Negation
from pipeline.classify.patterns import Pattern, Patterns
from pipeline.records import Evidence
from pipeline.text.normalise import Normalised, Normaliser
from pipeline.text.sentences import sentence_spans
from pipeline.text.stem import Stems, word_lists, words_in

if TYPE_CHECKING:
    from pipeline.classify.shapes import VocabularyShape

MASK = "mask"
ADDRESS = "gate:address"
LIST = "list:"  # begins the groups of what names a list of programmes
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
    """A sentence in the fold's spelling, from ``start`` of its folded field on, with its words and their stems, in order."""

    text: str
    start: int
    words: Sequence[str]
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

    def terms(self, terms: Iterable[str]) -> tuple[str, ...]:
        """Terms as folded texts spell them."""
        return self._normalise.terms(terms)

    def fold(self, title: str, text: str) -> dict[str, Normalised]:
        """Both fields in the spelling of the terms."""
        return {"title": self._normalise(title), "text": self._normalise(text)}

    def read(self, title: str, text: str, folds: Mapping[str, Normalised] | None = None) -> Reading:
        """The article's sentences and cues. ``folds``: title and text as ``fold`` gives them, where they are at hand."""
        sentences: list[Sentence] = []
        pieces: list[Piece] = []
        hits = Hits()
        folds = folds or self.fold(title, text)
        for field, source in (("title", title), ("text", text)):
            fold = folds[field]
            own, places = self.cut(field, source, fold, len(sentences))
            told = self._pieces(fold.text, places)
            hits.add(self._cues(fold.text, told), own, places)
            sentences += own
            pieces += told
        found, by_group = hits.by_sentence, hits.by_group
        listed: set[int] = set()
        if any(group.startswith(LIST) for group in by_group):
            items = [one.field == "text" and is_item(text, one.start) for one in sentences]
            listed = listed_programmes(items, found)
        if listed or may_list(by_group):
            for one, groups in zip(sentences, found, strict=True):
                if one.kind == "plain" and (one.number in listed or is_list(one.zone, groups)):
                    sentences[one.number] = one._replace(kind="credit")
        return Reading(title, text, tuple(sentences), pieces, tuple(hits.all), found, by_group, folds)

    def cut(self, field: str, source: str, fold: Normalised, first: int = 0) -> tuple[list[Sentence], list[tuple[int, int]]]:
        """The sentences of one field, numbered from ``first`` on, and where each stands in the fold."""
        sentences: list[Sentence] = []
        places: list[tuple[int, int]] = []
        lead = 0
        for number, (start, end) in enumerate(sentence_spans(source), first):
            left, right = (fold.place(start), fold.place(end)) if fold.edits else (start, end)
            places.append((left, right))
            if field == "title":
                sentences.append(Sentence(number, field, start, end, "title"))
            elif self._noise.match(fold.text[left:right].lstrip("-*•>#( ")):
                sentences.append(Sentence(number, field, start, end, "body", "noise"))
            elif lead < LEAD_SENTENCES:
                sentences.append(Sentence(number, field, start, end, "lead"))
                lead += len(source[start:end].split()) >= LEAD_WORDS
            else:
                sentences.append(Sentence(number, field, start, end, "body"))
        return sentences, places

    def _pieces(self, text: str, places: Sequence[tuple[int, int]]) -> list[Piece]:
        """What stands at ``places`` of a folded field, with its stems; protected words keep their form."""
        texts = [text[start:end] for start, end in places]
        words = word_lists(texts)
        stems = [self._stems.of_words(some) for some in words]
        if protected := [(start, end) for start, end, _, _ in self._protected.find(text)]:
            for number, (start, end) in enumerate(places):
                if kept := _inside(protected, start, end):
                    stems[number] = self._stems.of(texts[number], kept)
        return list(map(Piece, texts, [start for start, _ in places], words, stems))

    def _cues(self, text: str, pieces: Sequence[Piece]) -> Sequence[Match]:
        """The cues of a folded field in rising order; denied ones stand in a group of their own."""
        found = self._matcher.find(text)
        masked = [(start, end) for start, end, group, _ in found if group == MASK]
        for piece in pieces:
            if masked or not self._wanted.keys().isdisjoint(piece.stems):
                found += self._stem_hits(piece, masked)
        found += [(start, end, group, group) for start, end, group in self._patterns.find(text)]
        found.sort()
        return self._negation.apply(text, found)

    def _stem_hits(self, piece: Piece, masked: Sequence[tuple[int, int]]) -> Iterator[Match]:
        """The words of a sentence whose stem a group asks for; masked words are met by their own form only."""
        stems, hidden = piece.stems, _inside(masked, piece.start, piece.start + len(piece.text))
        if hidden:
            words = words_in(piece.text)
            stems = [word[0] if _inside(hidden, *word.span()) else stem for word, stem in zip(words, stems, strict=True)]
        for place, stem in enumerate(stems):
            if stem in self._wanted:
                start, end = next(islice(words_in(piece.text), place, None)).span()
                for group, term in self._wanted[stem]:
                    yield piece.start + start, piece.start + end, group, term


class Hits:
    """The hits of an article while it is read: all of them, those of each sentence and those of each group."""

    def __init__(self) -> None:
        self.all: list[Hit] = []
        self.by_sentence: list[dict[str, list[Hit]]] = []
        self.by_group: dict[str, list[Hit]] = {}

    def add(self, matches: Iterable[Match], sentences: Sequence[Sentence], places: Sequence[tuple[int, int]]) -> None:
        """Put each match into the sentence where it begins; doubles, and what stands in noise, are left out.

        ``matches`` of one folded field in rising order; ``places``: where its ``sentences`` stand in the fold, the next ones in
        order.
        """
        if not sentences:
            return
        self.by_sentence += [{} for _ in sentences]
        by_group, new = self.by_group, tuple.__new__  # what Hit(…) does, in a third of the time
        # Matches and sentences both stand in order, so that one walk finds each match's sentence.
        coming = zip(sentences, [*(start for start, _ in places[1:]), sys.maxsize], strict=True)
        ahead, last = -1, None
        for match in matches:
            start, end, group, term = match
            while start >= ahead:
                (number, field, *_, kind), ahead = next(coming)
                here, heard = self.by_sentence[number], kind != "noise"
            if not heard or match == last:
                continue
            last = match
            hit = new(Hit, (group, term, field, start, end, number))
            self.all.append(hit)
            if group in here:
                here[group].append(hit)
            else:
                here[group] = [hit]
            if group in by_group:
                by_group[group].append(hit)
            else:
                by_group[group] = [hit]


def _inside(spans: Iterable[tuple[int, int]], start: int, end: int) -> list[tuple[int, int]]:
    """Those of ``spans`` that reach into ``start:end``, told from there."""
    return [(left - start, right - start) for left, right in spans if left < end and start < right]
