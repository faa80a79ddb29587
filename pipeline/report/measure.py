"""The arithmetic of the report: tone counts, rates that hide below n = 5, changes, and the choice of a most common value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from pipeline.report import intervals
from pipeline.report.rows import Row, by_event

if TYPE_CHECKING:
    from pipeline.report.context import Correction

# Below this n one article moves a rate by more than 20 points; the format (reports.md, section 3) then prints n alone.
MIN_N = 5


@dataclass(frozen=True, slots=True)
class Tones:
    """How many articles have each tone. A missing label counts as unsure, so that the four always add up."""

    positive: int
    neutral: int
    negative: int
    unsure: int

    @classmethod
    def of_counts(cls, counts: Mapping[str, int]) -> Tones:
        """Of articles by label."""
        positive, neutral, negative = (counts.get(label, 0) for label in ("positive", "neutral", "negative"))
        return cls(positive, neutral, negative, sum(counts.values()) - positive - neutral - negative)

    @property
    def sure(self) -> int:
        """The base of tone rates and of the index: articles with a tone we stand by."""
        return self.positive + self.neutral + self.negative

    @property
    def index(self) -> float | None:
        """(positive - negative) / sure, from -1 to 1, two decimals; None below ``MIN_N``."""
        return None if self.sure < MIN_N else quotient(self.positive - self.negative, self.sure, 2)


def tones(rows: Iterable[Row]) -> Tones:
    """Count tones."""
    return Tones.of_counts(Counter(row.tone for row in rows))


TONES = {"positif": "positive", "netral": "neutral", "negatif": "negative"}
ORDER = {"negative": -1, "neutral": 0, "positive": 1}  # from the worst to the best for the institution


def corrected_percents(rows: Sequence[Row], correction: Correction) -> dict[str, tuple[float, float, float]]:
    """Indonesian tone → corrected share of all ``rows``, its low and its high end, in percent to one decimal.

    Empty below ``MIN_N`` sure articles, as the raw shares are, and where nothing can be corrected. A tone that a person has
    settled is counted as it is. Copies of one text are judged alike, right or wrong, so they are worth fewer independent
    articles: n² / sum of squared story sizes (Kish, Survey Sampling, 1965).
    """
    judged = [row for row in rows if not row.tone_settled]
    found, settled = tones(judged), tones(row for row in rows if row.tone_settled)
    base = len(judged) + settled.sure
    if found.sure + settled.sure < MIN_N:
        return {}
    if not judged:
        shares: Mapping[str, tuple[float, float, float]] | None = dict.fromkeys(TONES.values(), (0.0, 0.0, 0.0))
    else:
        counts = {"positive": found.positive, "neutral": found.neutral, "negative": found.negative, "unsure": found.unsure}
        shares = correction.shares(counts, worth(judged))
    if shares is None:
        return {}
    known = {"positif": settled.positive, "netral": settled.neutral, "negatif": settled.negative}
    return {name: _percents(shares[label], len(judged), known[name], base) for name, label in TONES.items()}


def _percents(share: tuple[float, float, float], judged: int, known: int, base: int) -> tuple[float, float, float]:
    value, low, high = (round(100 * (part * judged + known) / base, 1) for part in share)
    return value, low, high


def worth(rows: Iterable[Row]) -> float:
    """How many independent articles the rows are worth: copies of one text are no separate chances."""
    return intervals.worth(Counter(row.story_id for row in rows).values())


def quotient(part: int, whole: int, digits: int) -> float:
    """``part / whole`` to so many decimals, halves away from zero: what a reader with a calculator gets (0.125 is 0.13)."""
    return float((Decimal(part) / Decimal(whole)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def percent(part: int, whole: int) -> float | None:
    """``part`` of ``whole`` in percent, one decimal; None below ``MIN_N``."""
    return None if whole < MIN_N else quotient(100 * part, whole, 1)


def change_percent(now: int, before: int | None) -> float | None:
    """Change against ``before`` in percent, one decimal; None without a base or with one below ``MIN_N``."""
    return None if before is None or before < MIN_N else quotient(100 * (now - before), before, 1)


def story_count(rows: Iterable[Row]) -> int:
    """Distinct stories: articles after copies are folded."""
    return len({row.story_id for row in rows})


def event_count(rows: Iterable[Row]) -> int:
    """Distinct events: stories of one happening are folded."""
    return len({row.event_id for row in rows})


def outlet_count(rows: Iterable[Row]) -> int:
    """Distinct outlets."""
    return len({row.outlet for row in rows})


def incident_count(rows: Iterable[Row]) -> int:
    """Distinct events with an incident in any of their articles."""
    return sum(any(row.incidents for row in event) for event in by_event(rows).values())


def independent(rows: Iterable[Row]) -> list[Row]:
    """The independent coverage among ``rows``."""
    return [row for row in rows if row.independent]


def releases(rows: Iterable[Row]) -> int:
    """How many are the institution's own words."""
    return sum(row.release for row in rows)


def most_common(values: Sequence[str]) -> tuple[str, int]:
    """The most frequent non-empty value and its count, first in the alphabet on a tie; ("", 0) when there is none."""
    found = Counter(value for value in values if value)
    return min(found.items(), key=lambda item: (-item[1], item[0]), default=("", 0))


def most_common_all(values: Sequence[str], limit: int) -> list[str]:
    """Every non-empty value that is as frequent as the most frequent one, by the alphabet, at most ``limit`` of them."""
    found = Counter(value for value in values if value)
    top = max(found.values(), default=0)
    return sorted(value for value, count in found.items() if count == top)[:limit]
