"""Sentences of a text as spans: paragraphs first, then sentencex within each."""

from __future__ import annotations

import re
from collections.abc import Callable

_LINE = re.compile(r"[^\n]+")
# What the library stumbles over: half a character, as broken pages hold them (it takes UTF-8 only), and white space of several
# bytes, which ends the program behind an initial ("A\u00a0."). It is told "?" and a plain blank instead, one for one.
_SURROGATE = re.compile("[\ud800-\udfff]")
_WIDE_BLANK = re.compile("[\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """(start, end) of each sentence of an Indonesian ``text``, without the white space around it. Never crosses a line end."""
    from sentencex import segment

    spans: list[tuple[int, int]] = []
    for line in _LINE.finditer(text):
        start = line.start()
        for piece in _split(line.group(), segment):
            if core := piece.strip():
                left = start + len(piece) - len(piece.lstrip())
                spans.append((left, left + len(core)))
            start += len(piece)
    return spans


def _split(line: str, segment: Callable[[str, str], list[str]]) -> list[str]:
    """Pieces as long as the sentences of ``line``; their white space is where it is in the line."""
    if not line.isascii():
        line = _WIDE_BLANK.sub(" ", _SURROGATE.sub("?", line))
    pieces = segment("id", line)
    # The library's pieces are used by their length only; should they not add up to the line, the line is one sentence.
    return pieces if "".join(pieces) == line else [line]
