"""The shapes of the config files of this room, as pydantic models; imported only when a file is loaded."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Term = Annotated[str, StringConstraints(min_length=2, strip_whitespace=True, pattern=r"^[^A-Z]+$")]
PlainWord = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,}$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Status = Literal["verified", "theme-only", "inferred", "open"]
Scope = Literal["pas", "imi", "both"]
ToneLabel = Literal["positive", "neutral", "negative"]
RelevanceLabel = Literal["corrections", "immigration", "irrelevant"]
Zone = Literal["title", "lead", "body"]
HeadName = Literal["relevance", "primary", "tone", "title_tone", "incidents"]
Incident = Literal[
    "kabur", "kerusuhan", "kematian", "kekerasan", "korupsi_pungli", "narkoba_internal", "bencana", "pelayanan", "etik"
]


class Shape(BaseModel):
    """Base: unknown keys are mistakes, values stay as they are."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Cues(Shape):
    """Terms of one topic: how a list names it, and cues by strength."""

    names: tuple[Term, ...] = ()
    strong: tuple[Term, ...] = ()
    weak: tuple[Term, ...] = ()
    negative: tuple[Term, ...] = ()


class NearMissShape(Shape):
    """What looks like a programme and belongs elsewhere."""

    text: str
    belongs: str
    cues: tuple[Term, ...] = ()


class ProgrammeShape(Shape):
    """One slot of a list of programmes: written out, or repeated from another list by ``same_as``."""

    slug: Slug
    same_as: str = ""
    code: str = ""
    name: str = ""
    ordinal: int | None = Field(default=None, ge=1, le=30)
    status: Status
    scope: Scope = "pas"
    before: str = ""
    definition: str = ""
    cues: Cues | None = None
    near_misses: tuple[NearMissShape, ...] = ()
    sources: tuple[str, ...] = ()


class TaxonomyShape(Shape):
    """One version of the list."""

    version: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+$")]
    title: str
    valid_from: date
    valid_to: date | None
    synonyms: tuple[Term, ...]
    programmes: tuple[ProgrammeShape, ...] = Field(min_length=1)


class RuleShape(Shape):
    """A rule over one sentence: every ``all``, one of ``any``, none of ``none``; entries are terms or @groups.

    ``article``: one of these must stand somewhere in the article, in whichever sentence.

    ``tone`` (incidents only): the article must have come out with it, or not as good news. ``primary`` (related only): so
    must its programme.
    """

    id: Slug
    label: str
    weight: float = Field(default=1.0, gt=0, le=10)
    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    article: tuple[str, ...] = ()
    zones: tuple[Zone, ...] = ("title", "lead", "body")
    tone: Literal["", "negative", "not_positive"] = ""
    primary: str = ""

    @cached_property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """The reader's groups for ``all``, ``any``, ``none`` and ``article``: "@name" itself, "=term" for a term."""
        parts = (self.all, self.any, self.none, self.article)
        return tuple(tuple(entry if entry.startswith("@") else f"={entry}" for entry in part) for part in parts)


class RelevanceShape(Shape):
    """The gate."""

    institution: tuple[Term, ...]
    generic: tuple[Term, ...]
    immigration_institution: tuple[Term, ...]
    immigration_generic: tuple[Term, ...]
    look_alikes: tuple[Term, ...]
    address: tuple[Term, ...]
    address_patterns: tuple[str, ...]
    elsewhere: tuple[Term, ...]
    not_journalism: tuple[Term, ...]


class SourceTypeShape(Shape):
    """Marks of releases, opinion pieces and aggregates."""

    release_strong: tuple[Term, ...]
    release_weak: tuple[Term, ...]
    opinion_strong: tuple[Term, ...]
    opinion_weak: tuple[Term, ...]
    aggregate_strong: tuple[Term, ...]
    aggregate_weak: tuple[Term, ...]
    reporting: tuple[Term, ...]


class NegationShape(Shape):
    """Which groups' cues a word of denial before them takes away, and which words those are."""

    groups: tuple[str, ...]
    words: tuple[Term, ...] = Field(min_length=1)
    reach: int = Field(ge=0, le=5)
    not_before: tuple[Term, ...]
    breaks: tuple[Term, ...]


class UnitWordsShape(Shape):
    """Words that are no place in a unit's name."""

    first: tuple[Term, ...]
    later: tuple[Term, ...]


class ToneStartShape(Shape):
    """Points each tone has before any rule speaks; ``release`` goes to positive if the article is a release."""

    positive: float = Field(ge=0, le=5)
    neutral: float = Field(ge=0, le=5)
    negative: float = Field(ge=0, le=5)
    release: float = Field(ge=0, le=5)


class VocabularyShape(Shape):
    """``config/vocabulary.yaml``."""

    version: int
    variants: dict[str, str]
    protected: tuple[Term, ...]
    relevance: RelevanceShape
    outside: Cues
    whole: Cues
    boilerplate: tuple[Term, ...]
    noise_lines: tuple[str, ...]
    groups: dict[str, tuple[Term, ...]]
    patterns: dict[str, str]
    negation: NegationShape
    programme_rules: tuple[RuleShape, ...]
    related_rules: tuple[RuleShape, ...]
    tone_start: ToneStartShape
    tone_rules: tuple[RuleShape, ...]
    incident_rules: tuple[RuleShape, ...]
    unit_words: UnitWordsShape
    source_type: SourceTypeShape


class StemShape(Shape):
    """The stem of some words, where the rules of the stemmer give another, and why."""

    stem: PlainWord
    words: tuple[PlainWord, ...] = Field(min_length=1)
    why: Annotated[str, StringConstraints(min_length=5)]


class StemsShape(Shape):
    """``config/stems.yaml``."""

    corrections: tuple[StemShape, ...]


class StepShape(Shape):
    """One step of a calibration table: from this raw score on, this share was right."""

    score: float
    probability: float = Field(ge=0, le=1)


class ToneStepShape(Shape):
    """One step of the tone table: from this margin on, these shares of the labels."""

    score: float
    positive: float = Field(ge=0, le=1)
    neutral: float = Field(ge=0, le=1)
    negative: float = Field(ge=0, le=1)


class ReviewShape(Shape):
    """What answers and a person's look cost, in units of one wrong label; the first and third also decide which tone is said."""

    unsure: float = Field(gt=0, lt=1)
    look: float = Field(gt=0, lt=1)
    missed_negative: float = Field(ge=1, le=100)
    negative: float = Field(ge=0, le=10)
    incident: float = Field(ge=0, le=10)
    new_story: float = Field(ge=0, le=10)
    unknown_unit: float = Field(ge=0, le=10)


class FeedsShape(Shape):
    """What makes relevance honest where few articles are ours: the logarithm of a factor on the odds of what is not."""

    prevalence: float = Field(gt=0, lt=1)
    offset: float = Field(ge=0, le=10)


class CalibrationShape(Shape):
    """``config/calibration.yaml``."""

    fitted: str
    relevance: dict[RelevanceLabel, tuple[StepShape, ...]]
    primary: tuple[StepShape, ...] = Field(min_length=1)
    related: float = Field(ge=0, le=1)
    mentioned: float = Field(ge=0, le=1)
    tone: dict[ToneLabel, tuple[ToneStepShape, ...]]
    title_tone: dict[ToneLabel, tuple[ToneStepShape, ...]]
    incident: dict[Incident, Annotated[float, Field(gt=0, lt=1)]] = {}
    review: ReviewShape
    feeds: FeedsShape
    temperatures: dict[HeadName, Annotated[float, Field(gt=0, le=10)]] = {}
    tuned_temperatures: dict[HeadName, Annotated[float, Field(gt=0, le=10)]] = {}
