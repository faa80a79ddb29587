"""A text with its evidence marked: pieces of text, each with the questions that it helped to answer. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pipeline.explanation import marked

# What decides which colour a sentence has that answers several questions: what a reader must not overlook comes first.
KINDS = ("tone", "insiden", "program", "relevansi")
_OPEN, _SHUT = "\ue000", "\ue001"  # private signs that no article keeps


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text. ``kinds``: the questions it is evidence for, the leading one first; ``deciding``: a word that decided."""

    text: str
    kinds: tuple[str, ...] = ()
    deciding: bool = False


def spans_of(row: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """(kind, span) of all evidence of an article, title and text."""
    found = [("relevansi", span) for span in row.get("relevance_evidence") or ()]
    found += [("program", span) for span in row.get("programme_evidence") or ()]
    for score in row.get("programmes") or ():
        if score["role"] in ("primary", "related"):
            found += [("program", span) for span in score["evidence"] or ()]
    found += [("tone", span) for span in row.get("tone_evidence") or ()]
    for incident in row.get("incidents_evidence") or ():
        found += [("insiden", span) for span in incident["evidence"] or ()]
    return found


def paragraphs(text: str, spans: Sequence[tuple[str, Mapping[str, Any]]]) -> list[list[Piece]]:
    """The text's paragraphs as pieces. Spans whose quotation does not stand where they say are left out."""
    held = [(kind, span) for kind, span in spans if text[span["start"] : span["end"]] == span["quote"] and span["quote"]]
    edges = sorted({0, len(text), *(span[edge] for _, span in held for edge in ("start", "end")), *_breaks(text)})
    found: list[list[Piece]] = [[]]
    for start, end in pairwise(edges):
        piece = text[start:end]
        if piece.strip("\n") == "":
            if "\n" in piece and found[-1]:
                found.append([])
            continue
        over = [(kind, span) for kind, span in held if span["start"] <= start and end <= span["end"]]
        kinds = tuple(kind for kind in KINDS if any(kind == other for other, _ in over))
        words = [str(word) for _, span in over for word in span.get("words") or ()]
        found[-1] += _words(piece, words, kinds)
    return [paragraph for paragraph in found if paragraph]


def _breaks(text: str) -> Iterator[int]:
    for match in re.finditer(r"\n+", text):
        yield from (match.start(), match.end())


def _words(text: str, words: Sequence[str], kinds: tuple[str, ...]) -> Iterator[Piece]:
    """A piece split at the words that decided."""
    if not words:
        yield Piece(text, kinds)
        return
    lead, tail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    told = lead + marked(text, words, (_OPEN, _SHUT)) + tail
    for index, part in enumerate(re.split(f"[{_OPEN}{_SHUT}]", told)):
        if part:
            yield Piece(part, kinds, deciding=index % 2 == 1)
