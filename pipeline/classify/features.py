"""An article as the models see it: cues by zone, what the rules said, stems of title, lead and whole, and its own words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.classify.reading import Reader, Reading
from pipeline.classify.tone import ToneScores
from pipeline.records import UnitMention
from pipeline.text.normalise import Normalised
from pipeline.text.stem import stem_tokens

MOST = 3  # a cue counts so often at the most: a fourth mention tells nothing new


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
    """``cues``: name → value. ``title``, ``lead`` and ``whole`` are stems joined by spaces, ``words`` the folded text itself.

    Credit and noise sentences are left out of the texts.
    """

    cues: dict[str, float]
    title: str
    lead: str
    whole: str
    words: str


def features_of(reader: Reader, reading: Reading, view: RuleView) -> Features:
    """The features of one read article."""
    zones: dict[str, list[str]] = {"title": [], "lead": [], "body": []}
    words: list[str] = []
    for sentence in reading.sentences:
        if sentence.kind == "plain" or (sentence.kind == "credit" and sentence.zone == "title"):
            piece = reader.fold(reading.source(sentence.field)[sentence.start : sentence.end])
            zones[sentence.zone].append(_stems(reader, piece))
            words.append(piece.text)
    title, lead, body = (" ".join(zones[zone]) for zone in ("title", "lead", "body"))
    return Features(_cues(reading, view), title, lead, f"{title} {lead} {body}".strip(), " ".join(words))


def stems_of(reader: Reader, text: str) -> str:
    """A sentence's stems joined by spaces, as the models know words."""
    return _stems(reader, reader.fold(text))


def _stems(reader: Reader, folded: Normalised) -> str:
    return " ".join(token.stem for token in stem_tokens(folded.text, reader.protected(folded)))


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
    for hit in reading.hits:
        if not hit.group.startswith("="):
            name = f"{hit.group} {reading.zone(hit)} {reading.kind(hit)}"
            cues[name] = min(MOST, cues.get(name, 0.0) + 1)
    return cues
