"""Coverage monitor for Ditjenpas: fetch, extract, stem, classify, group, store, report. This module is the analyst's API.

>>> import pipeline
>>> frame = pipeline.articles(since="2026-11-01", programme="umkm", tone="negative")  # doctest: +SKIP

Every name is loaded when first used, so importing costs nothing.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING

__version__ = "0.1.0"

__all__ = [
    "__version__",
    "articles",
    "compare_recipes",
    "corrections",
    "explain",
    "rejections",
    "review_queue",
    "sources_health",
    "sql",
    "stories",
    "trend",
    "units",
    "week",
]

if TYPE_CHECKING:
    from pipeline.analyst import articles, corrections, explain, rejections, review_queue, stories, week
    from pipeline.analyst_recipes import compare_recipes
    from pipeline.analyst_sql import sql
    from pipeline.analyst_tables import sources_health, trend, units

_ELSEWHERE = {
    "compare_recipes": "pipeline.analyst_recipes",
    "sources_health": "pipeline.analyst_tables",
    "sql": "pipeline.analyst_sql",
    "trend": "pipeline.analyst_tables",
    "units": "pipeline.analyst_tables",
}
_HOME = {name: _ELSEWHERE.get(name, "pipeline.analyst") for name in __all__ if name != "__version__"}


def __getattr__(name: str) -> object:
    if name in _HOME:
        return getattr(importlib.import_module(_HOME[name]), name)
    raise AttributeError(f"module 'pipeline' has no attribute {name!r}; it offers: {', '.join(__all__)}")


def __dir__() -> list[str]:
    return sorted(__all__)


class _Package(ModuleType):
    """This package, in which ``pipeline.stories`` is the analyst's function whoever has imported the room of that name."""

    @property
    def stories(self) -> object:
        return __getattr__("stories")

    @stories.setter
    def stories(self, room: ModuleType) -> None:
        """An import of the room hands it over; ``from pipeline.stories.copies import …`` finds it without."""


sys.modules[__name__].__class__ = _Package
