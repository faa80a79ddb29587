"""Coverage monitor for Ditjenpas: fetch, extract, stem, classify, group, store, report. This module is the analyst's API.

>>> import pipeline
>>> frame = pipeline.articles(since="2026-11-01", programme="umkm", tone="negative")  # doctest: +SKIP

Every name is loaded when first used, so importing costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

__version__ = "0.1.0"

__all__ = ["__version__", "articles", "corrections", "explain", "rejections", "review_queue", "stories", "week"]

if TYPE_CHECKING:
    from pipeline.analyst import articles, corrections, explain, rejections, review_queue, stories, week

_HOME = {name: "pipeline.analyst" for name in __all__ if name != "__version__"}


def __getattr__(name: str) -> object:
    if name in _HOME:
        return getattr(importlib.import_module(_HOME[name]), name)
    raise AttributeError(f"module 'pipeline' has no attribute {name!r}; it offers: {', '.join(__all__)}")


def __dir__() -> list[str]:
    return sorted(__all__)
