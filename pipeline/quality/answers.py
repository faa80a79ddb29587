"""Judgements beside labels: for each field what is right, what was said and how sure. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.classify.corpus import Labelled
from pipeline.records import Judgement, Tone

NONE = "none"  # the judge gave no answer, because it took the article for irrelevant
UNSURE = "unsure"  # the judge abstained
ABSTAINED = (NONE, UNSURE)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a judge to a field of one value. ``story`` keeps copies together.

    ``sure`` is the share that the judge gives ``leaning``, its likeliest label, which is not always what it says (it may abstain,
    or say the worse of two); None where it gives no share.
    """

    story: str
    right: str
    said: str
    sure: float | None = None
    leaning: str = ""


@dataclass(frozen=True, slots=True)
class SetAnswer:
    """One answer of a judge to a field of several values."""

    story: str
    right: frozenset[str]
    said: frozenset[str]


def answers_of(labelled: Sequence[Labelled], judgements: Sequence[Judgement]) -> dict[str, list[Answer]]:
    """Field → answers. Primary and source type are asked of relevant articles, tones of corrections articles.

    So a judge pays for an article that it missed: it has said "none" there.
    """
    found: dict[str, list[Answer]] = {name: [] for name in ("relevance", "primary", "tone", "title_tone", "source_type")}
    for one, judged in zip(labelled, judgements, strict=True):
        relevance = judged.relevance
        found["relevance"].append(Answer(one.story, one.relevance, relevance.label, relevance.probability, relevance.label))
        if one.relevance != "irrelevant":
            said = judged.programme_primary or NONE
            sure = judged.programme_probability if said != NONE else None
            found["primary"].append(Answer(one.story, one.primary, said, sure, said))
            missed = relevance.label == "irrelevant"
            found["source_type"].append(Answer(one.story, one.source_type, NONE if missed else judged.source_type))
        if one.relevance == "corrections":
            for name, right, tone in (
                ("tone", one.tone, judged.tone),
                ("title_tone", one.title_tone, judged.title_tone),
            ):
                if right:
                    found[name].append(_tone(one.story, right, tone))
    return {name: answers for name, answers in found.items() if answers}


def _tone(story: str, right: str, tone: Tone | None) -> Answer:
    if tone is None:
        return Answer(story, right, NONE)
    shares = shares_of(tone)
    leaning = max(shares, key=lambda label: shares[label])
    return Answer(story, right, tone.label, shares[leaning], leaning)


def shares_of(tone: Tone) -> Mapping[str, float]:
    """Tone label → its share."""
    return {"positive": tone.positive, "neutral": tone.neutral, "negative": tone.negative}


def sets_of(labelled: Sequence[Labelled], judgements: Sequence[Judgement]) -> dict[str, list[SetAnswer]]:
    """Field → answers of several labels: programmes (primary and related together), related alone, incidents, units.

    Programmes are asked of relevant articles, the others of corrections articles. Units are compared as folded names.
    """
    found: dict[str, list[SetAnswer]] = {name: [] for name in ("programmes", "related", "incidents", "units")}
    for one, judged in zip(labelled, judgements, strict=True):
        if one.relevance == "irrelevant":
            continue
        related = frozenset(score.slug for score in judged.programmes if score.role == "related")
        said = related | ({judged.programme_primary} - {""})
        found["programmes"].append(SetAnswer(one.story, frozenset((one.primary, *one.related)), said))
        if one.relevance != "corrections":
            continue
        found["related"].append(SetAnswer(one.story, frozenset(one.related), related))
        found["incidents"].append(SetAnswer(one.story, frozenset(one.incidents), frozenset(judged.incident_codes)))
        named = frozenset(folded_unit(unit.name) for unit in judged.units)
        found["units"].append(SetAnswer(one.story, frozenset(map(folded_unit, one.units)), named))
    return {name: answers for name, answers in found.items() if answers}


def folded_unit(name: str) -> str:
    """A unit's name in one spelling: lower case, single blanks, "Klas" as "Kelas"."""
    return " ".join("kelas" if word == "klas" else word for word in name.lower().split())
