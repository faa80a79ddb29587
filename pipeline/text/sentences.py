"""Sentences of a text as spans: paragraphs first, then sentencex within each."""

from __future__ import annotations

import re
from typing import TypedDict

_LINE = re.compile(r"[^\n]+")
_SURROGATE = re.compile("[\ud800-\udfff]")


class _Boundary(TypedDict):
    text: str


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """(start, end) of each sentence of an Indonesian ``text``, without the white space around it. Never crosses a line end."""
    spans: list[tuple[int, int]] = []
    for line in _LINE.finditer(text):
        start = line.start()
        for piece in _split(line.group()):
            end = start + len(piece)
            trimmed = text[start:end]
            left = start + len(trimmed) - len(trimmed.lstrip())
            right = left + len(trimmed.strip())
            if right > left:
                spans.append((left, right))
            start = end
    return spans


def _split(line: str) -> list[str]:
    from sentencex import get_sentence_boundaries

    line = _SURROGATE.sub("?", line)  # half a character, as broken pages hold them; the library takes UTF-8 only
    boundaries: list[_Boundary] = get_sentence_boundaries("id", line)
    pieces = [boundary["text"] for boundary in boundaries]
    # The library's pieces are used by their length only; should they not add up to the line, the line is one sentence.
    return pieces if "".join(pieces) == line else [line]
