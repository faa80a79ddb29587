"""Who speaks: press release, report, opinion or aggregate, by marks in the text, in removed lines, and by the publisher."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.classify.reading import Reading
from pipeline.records import PublisherType, Removed

RELEASE_STRONG, RELEASE_WEAK = "source:release_strong", "source:release_weak"
OPINION_STRONG, OPINION_WEAK = "source:opinion_strong", "source:opinion_weak"
AGGREGATE_STRONG, AGGREGATE_WEAK = "source:aggregate_strong", "source:aggregate_weak"
REPORTING = "source:reporting"
# Without any of these the words of a text tell nothing of who speaks: those of reporting only speak against the others.
DECIDING = frozenset({RELEASE_STRONG, RELEASE_WEAK, OPINION_STRONG, OPINION_WEAK, AGGREGATE_STRONG, AGGREGATE_WEAK})
# So many distinct weak marks, less those of reporting, make a release; so many first-person marks make an opinion piece.
RELEASE_NEED = 2.0
REPORTING_WEIGHT = 0.6
OPINION_NEED = 5
# A desk of their own writes these: "dikutip dari" or "rekap" in a report of theirs makes no digest of it.
OWN_DESK = (PublisherType.NEWSROOM, PublisherType.WIRE)


def judge_source_type(
    reading: Reading, removed: Sequence[Removed], publisher_type: PublisherType, release_terms: Iterable[str]
) -> tuple[str, tuple[str, ...]]:
    """(press_release | report | opinion | aggregate, the release marks found, in order)."""
    lines = [one.line.lower() for one in removed]
    strong = [hit.term for hit in reading.of(RELEASE_STRONG)]
    strong += [term for term in release_terms if any(term in line for line in lines)]
    signals = list(dict.fromkeys(strong))
    if publisher_type is PublisherType.OWN:
        signals.append("publisher:own")
    if any(reading.zone(hit) in ("title", "lead") for hit in reading.of(OPINION_STRONG)):
        return "opinion", tuple(signals)
    leading = any(reading.zone(hit) in ("title", "lead") for hit in reading.of(AGGREGATE_WEAK))
    by_words = publisher_type not in OWN_DESK and (leading or any(True for _ in reading.of(AGGREGATE_STRONG)))
    if publisher_type is PublisherType.AGGREGATOR or by_words:
        return "aggregate", tuple(signals)
    weak = list(dict.fromkeys(hit.term for hit in reading.of(RELEASE_WEAK)))
    outside = len({hit.term for hit in reading.of(REPORTING)})
    if signals or len(weak) - REPORTING_WEIGHT * outside >= RELEASE_NEED:
        return "press_release", tuple(signals or weak)
    if len(list(reading.of(OPINION_WEAK))) >= OPINION_NEED and not outside:
        return "opinion", ()
    return "report", tuple(signals)
