"""Small charts as values for the templates: where each rectangle stands and what it says. No style here, no library. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.app.figures import TONES, Bar


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in the chart's own units; ``kind`` is its class in the style sheet."""

    x: float
    y: float
    width: float
    height: float
    kind: str


def stacked(bar: Bar, most: int, width: float) -> list[Rect]:
    """A lying bar of height 1 whose full ``width`` stands for ``most`` articles; tones side by side, negative first."""
    found, x = [], 0.0
    for tone in reversed(TONES[:3]):
        if bar.counts[tone]:
            size = width * bar.counts[tone] / max(1, most)
            found.append(Rect(round(x, 2), 0, round(size, 2), 1, tone))
            x += size
    if bar.counts["unsure"]:
        found.append(Rect(round(x, 2), 0, round(width * bar.counts["unsure"] / max(1, most), 2), 1, "unsure"))
    return found


def columns(bars: Sequence[Bar], height: float, gap: float = 0.28) -> list[list[Rect]]:
    """Standing bars of width 1 each, tones above each other, negative at the foot; the tallest reaches ``height``."""
    most = max((bar.total for bar in bars), default=0) or 1
    found = []
    for index, bar in enumerate(bars):
        rects, top = [], height
        for tone in ("negative", "neutral", "positive", "unsure"):
            if bar.counts[tone]:
                size = height * bar.counts[tone] / most
                top -= size
                rects.append(Rect(index + gap / 2, round(top, 2), round(1 - gap, 2), round(size, 2), tone))
        found.append(rects)
    return found


def on_line(times: Sequence[datetime], width: float) -> list[float]:
    """Where instants stand on a line from the first to the last; all in the middle when they are one."""
    first, last = min(times), max(times)
    span = (last - first).total_seconds()
    return [round(width * (at - first).total_seconds() / span, 2) if span else width / 2 for at in times]
