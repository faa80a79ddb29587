"""An earlier report made anew says so: what was first published, beside what is counted now, and why they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.report.rows import Row
    from pipeline.report.summary import Metric


@dataclass(frozen=True, slots=True)
class First:
    """A span as it was first published after its end.

    ``figures``: metric → value (None: not shown). ``last_part``: the newest part that any of its articles came from.
    ``recipes`` and ``corrections``: what judged them, and the digest of the corrections that bore on them.
    """

    figures: Mapping[str, float | None]
    last_part: str
    recipes: tuple[str, ...]
    corrections: str

    def as_json(self) -> dict[str, object]:
        """For the manifest."""
        return {
            "figures": dict(self.figures),
            "last_part": self.last_part,
            "recipes": list(self.recipes),
            "corrections": self.corrections,
        }

    @classmethod
    def of_json(cls, held: Any) -> First | None:
        """What ``as_json`` gave; None for anything else: such a report has no memory of its first edition."""
        try:
            figures = {str(name): None if value is None else float(value) for name, value in held["figures"].items()}
            return cls(figures, str(held["last_part"]), tuple(map(str, held["recipes"])), str(held["corrections"]))
        except (TypeError, KeyError, ValueError, AttributeError):
            return None


def first_value(first: First | None, metric: Metric) -> float | None:
    """The metric's value in the first edition, None where there was none."""
    return first.figures.get(metric.name) if first else None


def restated(first: First | None, metric: Metric) -> bool:
    """Whether the metric's value is another than in the first edition. A metric that it did not have is not restated."""
    return first is not None and metric.name in first.figures and first.figures[metric.name] != metric.value


def reasons(first: First, rows: Sequence[Row], corrections: str) -> list[str]:
    """Why the figures may differ from the first edition's, in Indonesian; ``rows`` are all of the span."""
    late = [row for row in rows if row.part > first.last_part]
    renewed = [row for row in late if row.version]
    recipes = {row.recipe for row in rows if row.part <= first.last_part and row.recipe} - set(first.recipes)
    told = [
        f"{len(late) - len(renewed)} artikel baru dinilai sesudah terbitan pertama" if len(late) > len(renewed) else "",
        f"{len(renewed)} artikel diganti versi barunya" if renewed else "",
        "artikel dinilai ulang dengan resep lain" if recipes else "",
        "pembetulan analis bertambah atau berubah" if corrections != first.corrections else "",
    ]
    return [reason for reason in told if reason] or ["pengelompokan salinan dan isu atau pengaturan berubah"]
