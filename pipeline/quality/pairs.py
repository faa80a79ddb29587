"""Grouping measured by pairs: which two of the labelled articles are one story, and which tell one event. Pure."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.classify.judge import Asking
from pipeline.records import PublisherType
from pipeline.stories.placing import place

if TYPE_CHECKING:
    from pipeline.classify.judge import Judge

FIELDS = ("id", "cluster", "copy", "event", "title", "text", "outlet", "domain", "publisher_type", "published")


@dataclass(frozen=True, slots=True)
class Told:
    """One labelled article. ``copy`` and ``event``: equal values are one text, one happening."""

    id: str
    cluster: str
    copy: str
    event: str
    title: str
    text: str
    outlet: str
    domain: str
    publisher_type: PublisherType
    published: datetime


def load_told(path: Path) -> list[Told]:
    """The labelled articles of a file. Raises ``ValueError`` that names the first broken line."""
    told = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            raw = json.loads(line)
            values = {name: str(raw[name]) for name in FIELDS}
            kind, at = PublisherType(values.pop("publisher_type")), datetime.fromisoformat(values.pop("published"))
            told.append(Told(**values, publisher_type=kind, published=at))
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{path}, line {number}: {error}") from error
    return told


def placed(
    told: Sequence[Told], judge: Judge, common: frozenset[str], *, window_days: int, jaccard: float, containment: float
) -> list[dict[str, object]]:
    """The STORIES rows that a run would write of the labelled articles, judged by ``judge``."""
    judgements = judge.judge_many([Asking(one.title, one.text, "", one.published, one.publisher_type) for one in told])
    rows = [
        {
            "key": one.id,
            "title": one.title,
            "text": one.text,
            "text_sha256": one.id,
            "words": len(one.text.split()),
            "dated_at": one.published,
            "publisher_type": one.publisher_type.value,
            "outlet": one.outlet,
            "domain": one.domain,
            "tier": "",
            "relevance": judged.relevance.label,
            "source_type": judged.source_type,
            "foreign_dateline": "",
            "unit_primary": judged.units[0].name if judged.units else "",
            "units": [unit.name for unit in judged.units],
            "incidents": list(judged.incident_codes),
            "programme_primary": judged.programme_primary,
        }
        for one, judged in zip(told, judgements, strict=True)
    ]
    return place(rows, (), common, window_days=window_days, jaccard=jaccard, containment=containment)


def pair_figures(right: Mapping[str, str], said: Mapping[str, str]) -> dict[str, float]:
    """Precision and recall of "these two are one" over all pairs of keys; 1 where there is nothing to find or to say."""
    both = _pairs((right[key], said[key]) for key in right)
    truly, called = _pairs(right.values()), _pairs(said[key] for key in right)
    return {
        "precision": both / called if called else 1.0,
        "recall": both / truly if truly else 1.0,
        "pairs": float(truly),
    }


def _pairs(names: Iterable[object]) -> int:
    return sum(count * (count - 1) // 2 for count in Counter(names).values())


def grouping_figures(told: Sequence[Told], rows: Sequence[Mapping[str, object]]) -> dict[str, float]:
    """Figures of both levels: "copies precision", "events recall" and so on."""
    found: dict[str, float] = {}
    for name, label, column in (("copies", "copy", "story_id"), ("events", "event", "event_id")):
        said = {str(row["key"]): str(row[column]) for row in rows}
        figures = pair_figures({one.id: getattr(one, label) for one in told}, said)
        found |= {f"{name} {figure}": value for figure, value in figures.items()}
    return found
