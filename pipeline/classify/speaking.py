"""What a model's label rests on: the article's weightiest sentences for it, and in them the words that weigh most."""

from __future__ import annotations

from collections.abc import Collection
from math import sqrt

from pipeline.classify.model import Model
from pipeline.classify.reading import Reading, Sentence
from pipeline.records import Evidence
from pipeline.text.stem import Token, stem_tokens

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
        self._weights: dict[tuple[str, str, str], float] = {}

    def evidence(self, reading: Reading, head: str, label: str, zones: Collection[str]) -> tuple[Evidence, ...]:
        """The two sentences of ``zones`` that speak most for a label, the weightiest first; none where none does."""
        weighed = []
        for sentence in reading.sentences:
            if sentence.kind != "noise" and sentence.zone in zones:
                words = self._words(reading, sentence, head, label)
                weighed.append((sum(weight for _, weight in words) / sqrt(len(words) or 1), sentence, words))
        best = sorted((one for one in weighed if one[0] > 0), key=lambda one: (-one[0], one[1].index))[:SHOWN]
        return tuple(reading.marked(sentence, _weightiest(words)) for _, sentence, words in best)

    def _words(self, reading: Reading, sentence: Sentence, head: str, label: str) -> list[tuple[tuple[int, int], float]]:
        """Each word's span in its field and weight."""
        piece, kept = reading.folded(sentence)
        fold = reading.folds[sentence.field].normalised
        first = fold.place(sentence.start)
        found = []
        for token in stem_tokens(piece, kept):
            weight = 0.0 if token.word in EMPTY else self._weight(head, label, token)
            found.append((fold.span(first + token.start, first + token.end), weight))
        return found

    def _weight(self, head: str, label: str, token: Token) -> float:
        asked = (head, label, token.stem)
        if asked not in self._weights:
            self._weights[asked] = self._model.weight_of(head, label, token.stem)
        return self._weights[asked]


def _weightiest(words: list[tuple[tuple[int, int], float]]) -> list[tuple[int, int]]:
    ranked = sorted((one for one in words if one[1] > 0), key=lambda one: (-one[1], one[0]))
    return [span for span, weight in ranked[:WORDS] if weight >= WORD_SHARE * ranked[0][1]]
