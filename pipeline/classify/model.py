"""The trained models: fitted from labelled articles, saved without pickle, asked for calibrated probabilities.

Heads over one feature space: relevance, primary programme, tone, tone of the title. Stock scikit-learn parts only (TF-IDF of
stems, words and a title's character n-grams, cue counts, linear machines), so that every answer can be traced to words.
The file holds numbers and terms, no program: it needs no trust.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.classify.corpus import INCIDENTS, Labelled
from pipeline.classify.features import Features
from pipeline.classify.learner import fit_labels
from pipeline.classify.modelfile import from_bytes, to_bytes
from pipeline.classify.terms import Block, Terms, fit_terms
from pipeline.errors import StorageError

FORMAT = 2
WORD = r"\w\w+"
FAR = 4.0  # deviations from the mean at which a dimension of a vector is cut, so that none outweighs all others


@dataclass(frozen=True, slots=True)
class Head:
    """One question: the blocks it looks at, the weight of cues beside them, the strength (C) of its fit.

    ``vector``: it also looks at the encoder's vector, where the configuration names an encoder.
    """

    blocks: tuple[str, ...]
    cues: float
    strength: float
    balanced: bool = False
    vector: bool = False
    several: bool = False  # each label is a question of its own: none, one or more may hold


BLOCKS = {
    "title": Block("title"),
    "lead": Block("lead"),
    "whole": Block("whole"),
    "words": Block("words", pattern=WORD),
    "tail": Block("tail", pattern=WORD),
    "headline": Block("headline", "char_wb", (3, 5), most=30_000),
}
# Chosen in cross-validation over whole batches, test batches left out (docs/judgement.md has the table).
HEADS = {
    "relevance": Head(("title", "lead", "whole", "words"), cues=0.4, strength=0.3),
    "primary": Head(("title", "lead", "whole", "words"), cues=0.4, strength=0.3, vector=True),
    "tone": Head(("title", "whole", "words", "tail"), cues=0.15, strength=0.3, vector=True),
    "title_tone": Head(("title", "headline"), cues=0.2, strength=0.3, vector=True),
    "incidents": Head(("title", "lead", "whole", "words"), cues=0.5, strength=0.3, balanced=True, several=True),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A head's answer for one article: label → probability; they sum to 1 unless the head's labels stand each alone."""

    shares: Mapping[str, float]

    @property
    def best(self) -> str:
        """The likeliest label; the first in alphabetical order on a tie."""
        return min(self.shares, key=lambda label: (-self.shares[label], label))


class Model:
    """Fitted terms and heads. Not thread-safe to fit, safe to ask."""

    def __init__(self, parts: dict[str, Any]) -> None:
        self._parts = parts
        self._blocks = {
            name: Terms(BLOCKS[name], kept["terms"].split("\n"), kept["idf"]) for name, kept in parts["blocks"].items()
        }
        self._cues = {name: column for column, name in enumerate(parts["cues"]["names"])}
        self._weights, self._starts = self._stacked()

    @classmethod
    def fit(
        cls,
        labelled: Sequence[Labelled],
        features: Sequence[Features],
        temperatures: Mapping[str, float] | None = None,
        encoder: str = "",
    ) -> Model:
        """Fit all heads; equal articles in equal order give an equal model. ``temperatures``: head → softness of its shares.

        ``encoder``: name and digest of what made the vectors of ``features``; "" leaves them out.
        """
        blocks, texts = {}, {}
        for name, block in BLOCKS.items():
            pieces = [getattr(one, block.field) for one in features]
            terms, idf = fit_terms(block, pieces)
            texts[name] = Terms(block, terms, idf).rows(pieces)
            blocks[name] = {"terms": "\n".join(terms), "idf": idf}
        names = sorted({name for one in features for name in one.cues})
        counts = _counts({name: column for column, name in enumerate(names)}, features)
        most = abs(counts).max(axis=0).toarray().ravel()
        most[most == 0] = 1
        cues = {"names": names, "most": most}
        vectors = {"encoder": encoder, **_spread(features)} if encoder else {}
        if vectors:
            texts["vector"] = _vectors(vectors, features)
        heads = {}
        for name, head in HEADS.items():
            fitted = _fit_head(name, labelled, _columns(head, texts, counts, most))
            if fitted["labels"]:  # else no article says anything of it, and the rules answer
                heads[name] = fitted | {"temperature": float((temperatures or {}).get(name, 1.0))}
        return cls({"format": FORMAT, "blocks": blocks, "cues": cues, "heads": heads, "vectors": vectors})

    @property
    def encoder(self) -> str:
        """Name and digest of the encoder that articles must have been encoded with; "" for none."""
        return str(self._parts["vectors"].get("encoder", ""))

    @property
    def cues(self) -> int:
        """How many cues it knows; they are the last columns of ``matrix``, before an encoder's."""
        return len(self._cues)

    def ask(self, features: Sequence[Features]) -> list[dict[str, Asked]]:
        """For each article every head's shares, calibrated by the head's temperature."""
        if not features:
            return []
        scores = self._wide(*self._seen(features)) @ self._weights + self._starts
        answers: list[dict[str, Asked]] = [{} for _ in features]
        done = 0
        for name, head in self._parts["heads"].items():
            own = scores[:, done : done + len(head["labels"])]
            done += len(head["labels"])
            shares = each_alone if HEADS[name].several else softened
            for answer, row in zip(answers, shares(own, head["temperature"]).tolist(), strict=True):
                pairs = zip(head["labels"], row, strict=True)
                answer[name] = Asked({label: round(share, 4) for label, share in pairs})
        return answers

    def _wide(self, texts: Mapping[str, Any], counts: Any) -> Any:
        """All blocks, the cues as they were counted and the vectors, side by side: the columns of ``_stacked``."""
        from scipy.sparse import hstack

        return hstack(
            [*(texts[name] for name in self._blocks), counts, *([texts["vector"]] if self.encoder else [])], format="csr"
        )

    def _stacked(self) -> tuple[Any, Any]:
        """The weights of all heads in one matrix, columns of ``_wide`` × labels, and their starts; 0 where a head does not look.

        One product then asks all heads; each head's scaling of cues is in its weights already.
        """
        import numpy as np

        sizes = {name: len(terms) for name, terms in self._blocks.items()} | {"cues": len(self._cues)}
        if self.encoder:
            sizes["vector"] = len(self._parts["vectors"]["mean"])
        places = dict(zip(sizes, np.cumsum([0, *sizes.values()]).tolist(), strict=False))
        heads = self._parts["heads"]
        weights = np.zeros((sum(sizes.values()), sum(len(head["labels"]) for head in heads.values())))
        label = 0
        for name, head in heads.items():
            own = weights[:, label : label + len(head["labels"])]
            label += len(head["labels"])
            column = 0
            for piece in _pieces(HEADS[name], encoded=bool(self.encoder)):
                scale = (HEADS[name].cues / self._parts["cues"]["most"])[:, None] if piece == "cues" else 1.0
                own[places[piece] : places[piece] + sizes[piece]] = head["weights"][:, column : column + sizes[piece]].T * scale
                column += sizes[piece]
        return weights, np.concatenate([np.zeros(0), *(head["start"] for head in heads.values())])

    def matrix(self, name: str, features: Sequence[Features]) -> Any:
        """What a head sees of the articles: a sparse matrix, articles × columns; other learners can be tried on it."""
        return _columns(HEADS[name], *self._seen(features), self._parts["cues"]["most"])

    def _seen(self, features: Sequence[Features]) -> tuple[dict[str, Any], Any]:
        """Each block's rows (and the encoder's vectors), and the counts of cues."""
        texts = {name: terms.rows(getattr(one, BLOCKS[name].field) for one in features) for name, terms in self._blocks.items()}
        if self.encoder:
            texts["vector"] = _vectors(self._parts["vectors"], features)
        return texts, _counts(self._cues, features)

    def weight_of(self, name: str, label: str, stem: str) -> float:
        """How much one stem speaks for ``label`` where a head reads stems: in the whole text, else in the title.

        0 for a stem or label that it does not know, and for a head that this model has not.
        """
        if name not in self._parts["heads"]:
            return 0.0
        head, blocks = self._parts["heads"][name], HEADS[name].blocks
        block = "whole" if "whole" in blocks else "title"
        column = self._blocks[block].column(stem)
        if column is None or label not in head["labels"]:
            return 0.0
        start = sum(len(self._blocks[one]) for one in blocks[: blocks.index(block)])
        weight = head["weights"][head["labels"].index(label)][start + column]
        return float(weight * self._parts["blocks"][block]["idf"][column])

    def to_bytes(self) -> bytes:
        """The model as a file's content, without pickle."""
        return to_bytes(self._parts)


def _counts(columns: Mapping[str, int], features: Sequence[Features]) -> Any:
    """Articles × cues, as a sparse matrix; cues that the model does not know are left out."""
    from scipy.sparse import csr_matrix

    rows, places, values = [], [], []
    for row, one in enumerate(features):
        for name, value in one.cues.items():
            if name in columns:
                rows.append(row)
                places.append(columns[name])
                values.append(value)
    return csr_matrix((values, (rows, places)), shape=(len(features), len(columns)))


def _spread(features: Sequence[Features]) -> dict[str, Any]:
    """Mean and standard deviation of each dimension over the articles that have a vector."""
    import numpy as np

    matrix = np.array([one.vector for one in features if one.vector], dtype="float32")
    return {"mean": matrix.mean(axis=0), "deviation": np.maximum(matrix.std(axis=0), 1e-6)}


def _vectors(kept: Mapping[str, Any], features: Sequence[Features]) -> Any:
    """Articles × dimensions, about the mean and by the spread of the fit, a usual row of length 1; 0 for an article without."""
    import numpy as np
    from scipy.sparse import csr_matrix

    rows = np.zeros((len(features), len(kept["mean"])), dtype="float32")
    for row, one in zip(rows, features, strict=True):
        if one.vector:
            row[:] = np.clip((np.asarray(one.vector, dtype="float32") - kept["mean"]) / kept["deviation"], -FAR, FAR)
    return csr_matrix(rows / np.sqrt(rows.shape[1]))


def _pieces(head: Head, *, encoded: bool) -> list[str]:
    """What a head looks at, in the order of its columns: blocks, cues, the encoder's vector."""
    return [*head.blocks, *(["cues"] if head.cues else []), *(["vector"] if head.vector and encoded else [])]


def _columns(head: Head, texts: Mapping[str, Any], counts: Any, most: Any) -> Any:
    """What a head sees of the articles: its pieces side by side, cues scaled to ±its weight."""
    from scipy.sparse import hstack

    pieces = _pieces(head, encoded="vector" in texts)
    return hstack([counts.multiply(head.cues / most) if one == "cues" else texts[one] for one in pieces]).tocsr()


def _fit_head(name: str, labelled: Sequence[Labelled], matrix: Any) -> dict[str, Any]:
    """Labels, weights and start of a head; a label that none or all of the rows hold is left out."""
    head = HEADS[name]
    if head.several:
        rows = [index for index, one in enumerate(labelled) if one.relevance == "corrections"]
        told = {label: [label in getattr(labelled[index], name) for index in rows] for label in INCIDENTS}
    else:
        rows = [index for index, one in enumerate(labelled) if getattr(one, name)]
        targets = [getattr(labelled[index], name) for index in rows]
        told = {label: [target == label for target in targets] for label in sorted(set(targets))}
    labels = [label for label, held in told.items() if len(set(held)) == 2]
    weights, start = fit_labels(matrix[rows], [told[label] for label in labels], head.strength, balanced=head.balanced)
    return {"labels": labels, "weights": weights, "start": start}


def each_alone(scores: Any, temperature: float) -> Any:
    """Each label's own probability: the logistic function of its decision score divided by ``temperature``."""
    import numpy as np

    return 1 / (1 + np.exp(-np.clip(np.asarray(scores, dtype=float) / temperature, -30, 30)))


def softened(scores: Any, temperature: float) -> Any:
    """Softmax of decision scores (articles × labels) divided by ``temperature``: above 1 less sure, below 1 surer."""
    import numpy as np

    scaled = np.asarray(scores, dtype=float) / temperature
    scaled -= scaled.max(axis=1, keepdims=True)
    shares = np.exp(scaled)
    return shares / shares.sum(axis=1, keepdims=True)


def load_model(path: Path) -> Model:
    """Read a model file. Raises ``StorageError`` when it is broken, of another format or holds anything but known types."""
    advice = "delete it; the next run fits it anew"
    try:
        parts = from_bytes(path.read_bytes())
    except Exception as error:
        raise StorageError(f"the model {path} cannot be read ({type(error).__name__}: {error}); {advice}") from error
    if not isinstance(parts, dict) or parts.get("format") != FORMAT:
        raise StorageError(f"the model {path} is of another version; {advice}")
    try:
        model = Model(parts)
        # Of an article of each block's last term: parts that do not fit together are told here, not in the middle of a run.
        last = {BLOCKS[name].field: kept["terms"].rpartition("\n")[2] for name, kept in parts["blocks"].items()}
        model.ask([Features(cues={}, **last)])
    except Exception as error:
        raise StorageError(f"the model {path} is damaged ({type(error).__name__}: {error}); {advice}") from error
    return model


def labels_digest(paths: Sequence[Path]) -> str:
    """12 hexadecimal digits over the labelled files: equal digests mean equal labels."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path.name}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
