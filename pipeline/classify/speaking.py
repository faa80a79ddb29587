"""What a model's label rests on: the article's weightiest sentences for it, and in them the words that weigh most."""

from __future__ import annotations

from collections.abc import Collection
from math import sqrt

from pipeline.classify.model import Model
from pipeline.classify.reading import Piece, Reading, Sentence
from pipeline.records import Evidence
from pipeline.text.stem import CACHED_WORDS, word_list, word_spans

SHOWN = 2
# Words of a sentence are named while they weigh at least this share of its weightiest one, up to so many.
WORD_SHARE = 0.4
WORDS = 3
# Words without content that a model may lean on and that tell a reader nothing.
EMPTY = frozenset(
    "ada adalah agar akan atas atau bagi bahwa bisa bukan dalam dan dari dengan di dia hari hingga ia ini itu jadi juga kami kata"
    " ke kepada lalu lebih maka masih mereka oleh pada para pun saat saja sama sampai sebagai sebuah sedang seorang serta sudah"
    " telah tak tapi tetapi tidak untuk usai yakni yaitu yang".split()
)


class Speaking:
    """Asks one model for the weight of words; each word's weight is looked up once."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._weights: dict[tuple[str, str], dict[str, float]] = {}

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

    def _words(self, piece: Piece, head: str, label: str) -> list[float]:
        """Each word's weight."""
        known = self._weights.setdefault((head, label), {})
        found = []
        for word, stem in zip(word_list(piece.text), piece.stems, strict=True):
            if word in EMPTY:
                found.append(0.0)
                continue
            if stem not in known:
                if len(known) >= CACHED_WORDS:
                    known.clear()
                known[stem] = self._model.weight_of(head, label, stem)
            found.append(known[stem])
        return found


def _weightiest(reading: Reading, sentence: Sentence, weights: list[float]) -> list[tuple[int, int]]:
    """Where the words stand in the sentence's field that weigh most."""
    piece, fold = reading.pieces[sentence.number], reading.folds[sentence.field]
    spans = [fold.span(piece.start + start, piece.start + end) for start, end in word_spans(piece.text)]
    ranked = sorted((-weight, span) for span, weight in zip(spans, weights, strict=True) if weight > 0)
    return [span for weight, span in ranked[:WORDS] if weight <= WORD_SHARE * ranked[0][0]]
