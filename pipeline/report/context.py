"""What the tables must know besides the articles: span, programme list, catalogue of units, what the collection went through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.report.restating import First
    from pipeline.report.span import Span


class ProgrammeLike(Protocol):
    """One slot of a programme list. ``ordinal`` is the official number, None unless a source was seen."""

    @property
    def slug(self) -> str:
        """The stable name of the concept."""

    @property
    def code(self) -> str:
        """The project's own code, such as P03; never an official number."""

    @property
    def name(self) -> str:
        """Official or working Indonesian wording."""

    @property
    def ordinal(self) -> int | None:
        """The official number, if known."""

    @property
    def status(self) -> str:
        """``verified``, ``theme-only``, ``inferred`` or ``open``."""

    @property
    def scope(self) -> str:
        """``pas``, ``imi`` or ``both``."""


class TaxonomyLike(Protocol):
    """One version of the programme list."""

    @property
    def version(self) -> str:
        """Such as akselerasi-2024."""

    @property
    def title(self) -> str:
        """The list's Indonesian name."""

    @property
    def programmes(self) -> Sequence[ProgrammeLike]:
        """Every slot, in the order of the list."""


class UnitLike(Protocol):
    """One row of the catalogue of units."""

    @property
    def kind(self) -> str:
        """``lapas``, ``rutan``, ``lpka``, ``bapas`` or ``kanwil``."""

    @property
    def name(self) -> str:
        """The name that articles' ``unit_primary`` and ``units`` carry."""

    @property
    def kanwil(self) -> str:
        """The regional office it belongs to."""


class CorrectLike(Protocol):
    """How tone counts become corrected shares."""

    def __call__(self, counts: Mapping[str, int], effective: float, /) -> Mapping[str, tuple[float, float, float]] | None:
        """Tone → (share, low, high), each from 0 to 1; None where they cannot be told.

        ``counts`` holds positive, neutral, negative and unsure; ``effective`` is how many independent articles they are worth.
        """


def _uncorrected(counts: Mapping[str, int], effective: float, /) -> None:  # noqa: ARG001 - the shape of CorrectLike
    return None


@dataclass(frozen=True)
class Correction:
    """What is known of the judge's errors of tone. ``texts``: how many labelled texts they were measured on.

    ``state``: ``known``; ``stale`` (measured on other labels than today's); ``weak`` (too few to correct by); ``missing``.
    """

    state: Literal["known", "stale", "weak", "missing"] = "missing"
    texts: int = 0
    shares: CorrectLike = _uncorrected


@dataclass(frozen=True)
class Entries:
    """What became of the span's announced entries that are not among its articles.

    ``rejected``: pages by reason; ``waiting`` to be fetched, ``skipped`` for want of the subject's words, ``unjudged`` yet.
    """

    rejected: Mapping[str, int] = field(default_factory=dict)
    waiting: int = 0
    skipped: int = 0
    unjudged: int = 0


@dataclass(frozen=True)
class ReportContext:
    """Everything about a span that is not in its articles.

    ``complete`` is False while the span is still running. ``polls``: instants at which some source was read successfully, at
    least the first of all, and of the span and the one before the first, the last and the next one after its end: who did not
    look cannot claim a whole week. ``sources`` has source_id, outlet, state, last_ok (timestamp or NaT), last_error (str),
    entries_week (int), usual (entries a day while it was read), days_due and days_read (of the span), days_due_before and
    days_read_before, verdict (``fetch/coverage.py``'s word) and verdict_why. ``only`` names the one regional office that the
    report is of, "" for all; ``unplaced``: how many counted articles such a report leaves out because they name no office.
    ``first``: what was first published of this span, None when nothing was. ``corrections``: digest of those that bear on it.
    ``scores``: measured quality of the judge, by figure.
    """

    span: Span
    complete: bool
    polls: tuple[datetime, ...]
    taxonomy: TaxonomyLike
    units: Sequence[UnitLike]
    kanwil: tuple[str, ...]
    recipe: str
    entries: Entries
    sources: pd.DataFrame
    correction: Correction = Correction()
    only: str = ""
    unplaced: int = 0
    first: First | None = None
    corrections: str = ""
    scores: Mapping[str, float] = field(default_factory=dict)

    @property
    def first_poll(self) -> datetime | None:
        """When monitoring began."""
        return self.polls[0] if self.polls else None
