"""A sentence encoder of a few hundred bytes, written by hand: an ONNX graph with one node, and a tokenizer of whole words.

The graph is ``last_hidden_state = Gather(table, input_ids)``. It is spelled in the protobuf wire format, so that no test needs
the onnx package: https://protobuf.dev/programming-guides/encoding, field numbers from onnx.proto (ModelProto, GraphProto, …).
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

FLOAT, INT64 = 1, 7
UNKNOWN = "[UNK]"


def varint(value: int) -> bytes:
    head, rest = value & 0x7F, value >> 7
    return bytes([head | 0x80]) + varint(rest) if rest else bytes([head])


def field(number: int, value: int | str | bytes) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    raw = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(raw)) + raw


def value_info(name: str, kind: int, shape: Sequence[int | str]) -> bytes:
    dims = b"".join(field(1, field(1 if isinstance(size, int) else 2, size)) for size in shape)
    return field(1, name) + field(2, field(1, field(1, kind) + field(2, dims)))


def graph(table: Sequence[Sequence[float]]) -> bytes:
    node = field(1, "table") + field(1, "input_ids") + field(2, "last_hidden_state") + field(4, "Gather")
    rows, width = len(table), len(table[0])
    raw = b"".join(struct.pack(f"<{width}f", *row) for row in table)
    weights = field(1, rows) + field(1, width) + field(2, FLOAT) + field(8, "table") + field(9, raw)
    inputs = [field(11, value_info(name, INT64, ("batch", "length"))) for name in ("input_ids", "attention_mask")]
    output = field(12, value_info("last_hidden_state", FLOAT, ("batch", "length", width)))
    return b"".join([field(1, node), field(2, "toy"), field(5, weights), *inputs, output])


def model(table: Sequence[Sequence[float]]) -> bytes:
    return field(1, 8) + field(8, field(1, "") + field(2, 13)) + field(7, graph(table))


def write(folder: Path, words: Mapping[str, Sequence[float]], inner: str = "") -> Path:
    """A model folder whose token vectors are ``words``, UNKNOWN's among them; ``inner``: the model's subfolder."""
    (folder / inner).mkdir(parents=True)
    (folder / inner / "model.onnx").write_bytes(model(list(words.values())))
    tokenizer = {
        "version": "1.0",
        "added_tokens": [],
        "pre_tokenizer": {"type": "WhitespaceSplit"},
        "model": {"type": "WordLevel", "vocab": {word: number for number, word in enumerate(words)}, "unk_token": UNKNOWN},
    }
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer), encoding="utf-8")
    return folder
