"""The tuned encoder: a small multilingual one, fitted on the corpus and asked where the linear models doubt. Off by default.

Linear models add up words; this one reads them in their order, so that it can tell who did what to whom. It gives shares for some
of the heads, and the geometric mean of both is what is answered. It costs more than all else, so where the models are sure, it is
not asked: there it changed hardly an answer. Its folder (docs/judgement.md tells how it was made) holds
``model.onnx``, whose own metadata name the labels of each head, and ``tokenizer.json``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from math import sqrt
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pipeline.classify.encoder import digests, session_of, tokenizer_of
from pipeline.classify.model import Asked
from pipeline.classify.relevance import CORRECTIONS, IRRELEVANT
from pipeline.classify.shapes import CalibrationShape
from pipeline.configfile import Problems
from pipeline.errors import ConfigError
from pipeline.settings import TUNED, encoder_folder
from pipeline.settings import Judge as Setting

PREFIX = "query: "  # what it was fitted with before every text, as the model that it was made of was
WORDS, MOST_TOKENS = 180, 256  # of a text: what pages of the press tell late, 144 tokens do not reach (docs/judgement.md)
DOUBT = 0.9  # share; with a likelier label the models are sure (docs/judgement.md: what that costs and what it spares)
LEAST = 1e-4  # share; without it one of the two could forbid a label alone


class Tuned:
    """Loaded for the first text. ``digest``: the name and 12 hexadecimal digits over all that its answers depend on."""

    def __init__(self, folder: Path, softness: Mapping[str, float] = MappingProxyType({})) -> None:
        """Checks and digests its files. Raises ``ConfigError`` where one is missing, or a package that it needs.

        ``softness``: head → temperature of what both say together.
        """
        self._model, self._vocabulary, self._softness = folder / "model.onnx", folder / "tokenizer.json", softness
        parts = [PREFIX, str(WORDS), str(MOST_TOKENS), str(DOUBT), *digests(self._model, self._vocabulary)]
        self.digest = f"{TUNED} {hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:12]}"

    @cached_property
    def _loaded(self) -> tuple[Any, Any, dict[str, list[str]]]:
        session = session_of(self._model)
        told = session.get_modelmeta().custom_metadata_map
        heads = {one.name: told[one.name].split() for one in session.get_outputs()}
        return session, tokenizer_of(self._vocabulary, MOST_TOKENS), heads

    def ask(self, text: str) -> dict[str, dict[str, float]]:
        """Head → label → share, of what ``features.opening`` gives; a head's shares sum to 1. Raises ``ConfigError``."""
        import numpy as np

        try:
            session, tokenizer, heads = self._loaded
            tokens = tokenizer.encode(PREFIX + text.encode("utf-8", "replace").decode()).ids
            found = session.run([*heads], {"input_ids": np.array([tokens], dtype="int64")})
            told = {head: np.exp(row[0]).tolist() for head, row in zip(heads, found, strict=True)}
        except Exception as error:
            advice = 'restore its folder from the repository, or turn it off: encoder = ""'
            raise ConfigError(f"the tuned encoder does not work ({type(error).__name__}: {error}); {advice}") from error
        return {head: dict(zip(labels, told[head], strict=True)) for head, labels in heads.items()}

    def beside(self, answers: Sequence[Mapping[str, Asked]], texts: Iterable[str]) -> list[dict[str, Asked]]:
        """The models' answers; those in doubt joined with its own on the text."""
        both = zip(answers, texts, strict=True)
        return [pooled(one, self.ask(text), self._softness) if in_doubt(one) else dict(one) for one, text in both]


def tuned_of(setting: Setting, problems: Problems, calibration: CalibrationShape | None = None) -> Tuned | None:
    """The tuned encoder, if the settings name it; what it lacks goes to ``problems``."""
    if setting.encoder != TUNED:
        return None
    softness = {str(head): value for head, value in calibration.tuned_temperatures.items()} if calibration else {}
    try:
        return Tuned(encoder_folder(), softness)
    except ConfigError as error:
        problems.add(encoder_folder(), None, "judge.encoder", str(error))
        return None


def in_doubt(answers: Mapping[str, Asked]) -> bool:
    """Whether the models leave open what the article is about, or a label that such an article has."""
    relevance = answers["relevance"]
    labelled = {CORRECTIONS: ("primary", "tone"), IRRELEVANT: ()}.get(relevance.best, ("primary",))
    return any(max(one.shares.values()) < DOUBT for one in (relevance, *(answers[head] for head in labelled)))


def pooled(
    answers: Mapping[str, Asked], told: Mapping[str, Mapping[str, float]], softness: Mapping[str, float]
) -> dict[str, Asked]:
    """Both answers in one: of each label the geometric mean of its two shares, softened by ``softness``.

    A label that the encoder has not learnt, such as a programme that was added since, keeps the share that the models give it.
    """
    return {**answers, **{head: _pooled(answers[head], told[head], softness.get(head, 1.0)) for head in told if head in answers}}


def _pooled(asked: Asked, told: Mapping[str, float], softness: float) -> Asked:
    known = {label: max(told[label], LEAST) for label in asked.shares if label in told}
    scale = sum(asked.shares[label] for label in known) / (sum(known.values()) or 1.0)
    means = {}
    for label, share in asked.shares.items():
        other = known[label] * scale if label in known else share
        means[label] = sqrt(max(share, LEAST) * max(other, LEAST)) ** (1 / softness)
    total = sum(means.values())
    return Asked({label: mean / total for label, mean in means.items()})
