"""The open world: false alarms among ordinary news, and the precision to expect where few articles are ours. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipeline.classify.corpus import Labelled
from pipeline.quality.resampling import wilson
from pipeline.records import Judgement

ORDINARY = "[background]"  # the tag of ordinary news of all desks in a note (data/labels/LABELLING.md)
ORDINARY_BATCH = "s9"  # ordinary news throughout; written before the tag was
OURS = {"corrections": ("corrections",), "corrections or immigration": ("corrections", "immigration")}


def is_ordinary(one: Labelled) -> bool:
    """Ordinary news, as feeds are full of; look-alikes are not."""
    return one.relevance == "irrelevant" and (ORDINARY in one.note or one.batch == ORDINARY_BATCH)


def expected_precision(recall: float, alarms: float, prevalence: float) -> float:
    """Share of right ones among articles called ours, by Bayes' rule: ``alarms`` is the share of false alarms in the rest."""
    called = recall * prevalence + alarms * (1 - prevalence)
    return recall * prevalence / called if called else 0.0


def open_world(labelled: Sequence[Labelled], judgements: Sequence[Judgement], prevalence: float) -> dict[str, Any]:
    """Recall, false alarms per 1,000 ordinary articles and expected precision at ``prevalence``, with 95 % intervals.

    The interval of the precision joins the low end of recall to the high end of false alarms, and the other way round: wider
    than 95 %. Figures that the texts cannot give (none ours, or none ordinary) are absent.
    """
    report: dict[str, Any] = {"prevalence": prevalence}
    pairs = list(zip(labelled, judgements, strict=True))
    for name, labels in OURS.items():
        ours = [judged.relevance.label in labels for one, judged in pairs if one.relevance in labels]
        called = [judged.relevance.label in labels for one, judged in pairs if is_ordinary(one)]
        row: dict[str, Any] = {"ours": len(ours), "found": sum(ours), "ordinary": len(called), "false_alarms": sum(called)}
        if ours:
            recall, recall_range = sum(ours) / len(ours), wilson(sum(ours), len(ours))
            row |= {"recall": recall, "recall_interval": recall_range}
        if called:
            rate, (low, high) = sum(called) / len(called), wilson(sum(called), len(called))
            row |= {"per_1000": 1000 * rate, "per_1000_interval": (1000 * low, 1000 * high)}
        if ours and called:
            row["expected_precision"] = expected_precision(recall, rate, prevalence)
            row["stated"] = _stated(pairs, labels, prevalence)
            row["expected_precision_interval"] = (
                expected_precision(recall_range[0], high, prevalence),
                expected_precision(recall_range[1], low, prevalence),
            )
        report[name] = row
    return report


def _stated(pairs: Sequence[tuple[Labelled, Judgement]], labels: Sequence[str], prevalence: float) -> float | None:
    """What the judge says of itself: the mean probability of what it calls ours, right and wrong weighted as in the feeds."""
    weights: list[tuple[float, float]] = []
    for some, share in (
        ([pair for pair in pairs if pair[0].relevance in labels], prevalence),
        ([pair for pair in pairs if is_ordinary(pair[0])], 1 - prevalence),
    ):
        called = [judged.relevance.probability for _, judged in some if judged.relevance.label in labels]
        weights.extend((share / len(some), chance) for chance in called)
    total = sum(weight for weight, _ in weights)
    return sum(weight * chance for weight, chance in weights) / total if total else None
