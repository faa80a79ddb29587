"""An article as the rules read it: its sentences with zone and kind, and every cue in them, with spans in the original."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.classify.boilerplate import is_item, is_list, listed_programmes
from pipeline.classify.matcher import Matcher
from pipeline.classify.negation import Negation
from pipeline.records import Evidence
from pipeline.text.normalise import Normalised, Normaliser
from pipeline.text.sentences import sentence_spans
from pipeline.text.stem import stem_tokens, stem_word

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


@dataclass(frozen=True, slots=True)
class Hit:
    """A term of ``group`` found at ``start:end`` of the original field, in sentence number ``sentence``."""

    group: str
    term: str
    field: str
    start: int
    end: int
    sentence: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A read article. Hits of noise lines are left out; hits of credit sentences are kept and can be told by their sentence."""

    title: str
    text: str
    sentences: tuple[Sentence, ...]
    hits: tuple[Hit, ...]
    by_sentence: tuple[Mapping[str, tuple[Hit, ...]], ...]
    groups: frozenset[str]  # every group that has a hit

    def of(self, group: str) -> Iterator[Hit]:
        """The hits of one group, title first."""
        return (hit for found in self.by_sentence for hit in found.get(group, ()))

    def zone(self, hit: Hit) -> str:
        """The zone of the hit's sentence."""
        return self.sentences[hit.sentence].zone

    def kind(self, hit: Hit) -> str:
        """The kind of the hit's sentence."""
        return self.sentences[hit.sentence].kind

    def evidence(self, hit: Hit | Sentence) -> Evidence:
        """The original's words at a hit or sentence."""
        return Evidence(hit.field, hit.start, hit.end, self.source(hit.field)[hit.start : hit.end])

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
        self._patterns = [(f"@{name}", re.compile(expression)) for name, expression in vocabulary.patterns.items()]
        self._patterns += [(ADDRESS, re.compile(expression)) for expression in vocabulary.relevance.address_patterns]
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
        for field, source in (("title", title), ("text", text)):
            normalised = self._normalise(source)
            own = self._sentences(field, source, len(sentences))
            sentences += own
            hits += self._hits(normalised, own)
        found: list[dict[str, list[Hit]]] = [{} for _ in sentences]
        for hit in hits:
            found[hit.sentence].setdefault(hit.group, []).append(hit)
        items = [one.field == "text" and is_item(text, one.start) for one in sentences]
        listed = listed_programmes(items, found)
        kinds = [
            "credit" if one.kind == "plain" and (one.index in listed or is_list(one.zone, groups)) else one.kind
            for one, groups in zip(sentences, found, strict=True)
        ]
        marked = tuple(
            Sentence(one.index, one.field, one.start, one.end, one.zone, kind) for one, kind in zip(sentences, kinds, strict=True)
        )
        by_sentence = tuple({group: tuple(some) for group, some in groups.items()} for groups in found)
        return Reading(title, text, marked, tuple(hits), by_sentence, frozenset(hit.group for hit in hits))

    def _sentences(self, field: str, source: str, first: int) -> list[Sentence]:
        sentences: list[Sentence] = []
        lead = 0
        for start, end in sentence_spans(source):
            piece = source[start:end]
            noise = field == "text" and self._noise.match(self._normalise(piece).text.lstrip("-*•>#( ")) is not None
            zone = "title" if field == "title" else "body"
            if zone == "body" and not noise and lead < LEAD_SENTENCES:
                zone = "lead"
                lead += len(piece.split()) >= LEAD_WORDS
            sentences.append(Sentence(first + len(sentences), field, start, end, zone, "noise" if noise else "plain"))
        return sentences

    def _hits(self, normalised: Normalised, sentences: list[Sentence]) -> list[Hit]:
        starts = [one.start for one in sentences]
        found: set[tuple[int, int, str, str]] = set()
        for match in self._matcher.find(normalised.text):
            found.add((match.start, match.end, match.group, match.term))
        masked = [(start, end) for start, end, group, _ in found if group == MASK]
        if self._stems:
            kept = self.protected(normalised)
            for token in stem_tokens(normalised.text, [*kept, *masked]):
                for group, term in self._stems.get(token.stem, ()):
                    found.add((token.start, token.end, group, term))
        for group, pattern in self._patterns:
            found.update((*match.span(), group, group) for match in pattern.finditer(normalised.text))
        hits = []
        for start, end, group, term in sorted(self._negation.apply(normalised.text, found)):
            original_start, original_end = normalised.span(start, end)
            at = bisect_right(starts, original_start) - 1
            if at >= 0 and sentences[at].kind != "noise" and original_end > original_start:
                one = sentences[at]
                hits.append(Hit(group, term, one.field, original_start, original_end, one.index))
        return hits
