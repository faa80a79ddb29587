"""An article as the models see it: cues by zone, what the rules said, stems of title, lead and whole, and its own words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.classify.reading import Reading
from pipeline.classify.tone import ToneScores
from pipeline.records import UnitMention

MOST = 3  # a cue counts so often at the most: a fourth mention tells nothing new
OPENING_MOST = 4000  # characters; more than 110 words ever need: a wall against texts without spaces
OPENING_WORDS = 110  # what an encoder reads beside the title: the lead and about a paragraph more
TAIL_WORDS = 45  # the end of an article, where reporters put who paid and who answers: about the last two sentences


@dataclass(frozen=True, slots=True)
class RuleView:
    """What the rules alone say of an article; features among others, and the answer where no model is loaded."""

    relevance: str
    margin: float
    primary: str
    related: tuple[str, ...]
    mentioned: tuple[str, ...]
    tones: ToneScores
    incidents: tuple[str, ...]
    source_type: str
    units: Sequence[UnitMention]


@dataclass(frozen=True, slots=True)
class Features:
    """``cues``: name → value. ``title``, ``lead`` and ``whole`` are stems joined by spaces, the others folded words.

    ``words`` is the whole article, ``headline`` its title, ``tail`` its end. Credit and noise sentences are left out.
    ``vector`` is the encoder's; empty where none was asked.
    """

    cues: dict[str, float]
    title: str
    lead: str
    whole: str
    words: str
    headline: str
    tail: str
    vector: tuple[float, ...] = ()


def opening(reading: Reading, words: int = OPENING_WORDS) -> str:
    """What an encoder reads of an article: its title and its first plain ``words``, spelled as they were written."""
    plain = (reading.text[one.start : one.end] for one in reading.sentences if one.field == "text" and one.kind == "plain")
    return f"{reading.title}. {' '.join(' '.join(plain).split()[:words])}"[:OPENING_MOST]


def features_of(reading: Reading, view: RuleView, vector: Sequence[float] = ()) -> Features:
    """The features of one read article."""
    zones: dict[str, list[str]] = {"title": [], "lead": [], "body": []}
    words: list[str] = []
    for sentence, piece in zip(reading.sentences, reading.pieces, strict=True):
        if sentence.kind == "plain" or (sentence.kind == "credit" and sentence.zone == "title"):
            zones[sentence.zone].append(" ".join(piece.stems))
            words.append(piece.text)
    title, lead, body = (" ".join(zones[zone]) for zone in ("title", "lead", "body"))
    whole = " ".join(words)
    return Features(
        cues=_cues(reading, view),
        title=title,
        lead=lead,
        whole=f"{title} {lead} {body}".strip(),
        words=whole,
        headline=reading.folds["title"].text,
        tail=" ".join(whole.split()[-TAIL_WORDS:]),
        vector=tuple(vector),
    )


def _cues(reading: Reading, view: RuleView) -> dict[str, float]:
    cues: dict[str, float] = {
        f"rules relevance {view.relevance}": 1.0,
        "rules margin": view.margin,
        f"rules primary {view.primary or 'none'}": 1.0,
        f"rules source {view.source_type}": 1.0,
        "tone positive": view.tones.positive,
        "tone neutral": view.tones.neutral,
        "tone negative": view.tones.negative,
        "units": float(min(MOST, len(view.units))),
        "units known": float(any(unit.known for unit in view.units)),
    }
    cues |= {f"rules related {slug}": 1.0 for slug in view.related}
    cues |= {f"rules mentioned {slug}": 1.0 for slug in view.mentioned}
    cues |= {f"incident {incident}": 1.0 for incident in view.incidents}
    for fired in view.tones.fired:
        name = f"rule {fired.rule} {fired.sentence.zone}"
        cues[name] = min(MOST, cues.get(name, 0.0) + 1)
    for sentence, found in zip(reading.sentences, reading.by_sentence, strict=True):
        for group, hits in found.items():
            if name := _cue(group, sentence.zone, sentence.kind):
                cues[name] = min(MOST, cues.get(name, 0.0) + len(hits))
    return cues


@cache
def _cue(group: str, zone: str, kind: str) -> str:
    """The name of a cue of a group; "" for a rule's own term."""
    return "" if group.startswith("=") else f"{group} {zone} {kind}"
