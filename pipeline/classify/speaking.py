"""What a model's label rests on: the article's weightiest sentences for it, and in them the words that weigh most."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from math import sqrt

from pipeline.classify.model import Model
from pipeline.classify.reading import Piece, Reading, Sentence
from pipeline.classify.rules import Fired
from pipeline.classify.telling import most_telling
from pipeline.classify.tone import ZONES
from pipeline.records import Evidence
from pipeline.text.stem import CACHED_WORDS, word_spans

SHOWN = 2
# Words of a sentence are named while they weigh at least this share of its weightiest one, up to so many.
WORD_SHARE = 0.4
WORDS = 3
# Words without content that a model may lean on and that tell a reader nothing.
EMPTY = frozenset(
    "ada adalah agar akan atas atau bagi bahwa bisa bukan dalam dan dari dengan di dia hari hingga ia ini itu jadi juga kami"
    " kata ke kepada ketika kini lain lalu lebih maka masih mereka oleh pada para pula pun saat saja sama sampai sebagai"
    " sebelum sebuah sedang sejak semua seorang seperti serta sesudah setelah setiap sudah tak tapi telah tetapi tiap tidak"
    " untuk usai yaitu yakni yang".split()
)


class _Weights(dict[str, float]):
    """Stems met so far → how much they speak for one label of a head; begun anew when full."""

    def __init__(self, model: Model, head: str, label: str) -> None:
        super().__init__()
        self._asked = model, head, label

    def __missing__(self, stem: str) -> float:
        if len(self) >= CACHED_WORDS:
            self.clear()
        model, head, label = self._asked
        weight = self[stem] = model.weight_of(head, label, stem)
        return weight


class Speaking:
    """Asks one model for the weight of words; each word's weight is looked up once."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._weights: dict[tuple[str, str], _Weights] = {}

    def evidence(self, reading: Reading, head: str, label: str, zones: Collection[str]) -> tuple[Evidence, ...]:
        """The two sentences of ``zones`` that speak most for a label, the weightiest first; none where none does."""
        weighed = []
        for sentence, piece in zip(reading.sentences, reading.pieces, strict=True):
            if sentence.kind != "noise" and sentence.zone in zones:
                weights = self._words(piece, head, label)
                if (total := sum(weights)) > 0:
                    weighed.append((total / sqrt(len(weights)), sentence, weights))
        best = sorted(weighed, key=lambda one: (-one[0], one[1].number))[:SHOWN]
        return tuple(reading.marked(sentence, _weightiest(reading, sentence, weights)) for _, sentence, weights in best)

    def of_tone(self, reading: Reading, tone: str, fired: Sequence[Fired], incidents: Iterable[str]) -> tuple[Evidence, ...]:
        """The sentences that tell why an article has its tone, the most telling first, with the rules' cues or the model's.

        ``fired``: every tone rule that holds; ``incidents``: codes of what the article tells. Where only sentences that
        credit a list of programmes speak for it, those.
        """
        own = [one.number for one in reading.sentences if one.kind == "plain"]
        held = [one for one in fired if one.label == tone]
        hits = [hit for one in held for hit in one.hits]
        weights, *grave = (
            {number: self._words(reading.pieces[number], head, label) for number in own}
            for head, label in (("tone", tone), *(("incidents", code) for code in incidents))
        )
        told = []
        for one in most_telling(reading, weights, held, grave):
            cued = reading.evidence(one, hits)
            told.append(cued if cued.words else reading.marked(one, _weightiest(reading, one, weights[one.number])))
        return tuple(told) or self.evidence(reading, "tone", tone, ZONES)

    def _words(self, piece: Piece, head: str, label: str) -> list[float]:
        """Each word's weight."""
        known = self._weights.get((head, label)) or self._weights.setdefault((head, label), _Weights(self._model, head, label))
        return [0.0 if word in EMPTY else known[stem] for word, stem in zip(piece.words, piece.stems, strict=True)]


def _weightiest(reading: Reading, sentence: Sentence, weights: list[float]) -> list[tuple[int, int]]:
    """Where the words stand in the sentence's field that weigh most."""
    piece, fold = reading.pieces[sentence.number], reading.folds[sentence.field]
    spans = [fold.span(piece.start + start, piece.start + end) for start, end in word_spans(piece.text)]
    ranked = sorted((-weight, span) for span, weight in zip(spans, weights, strict=True) if weight > 0)
    return [span for weight, span in ranked[:WORDS] if weight <= WORD_SHARE * ranked[0][0]]
