"""What is to become of a new entry: fetched, kept by its title alone, or rejected with a reason."""

from __future__ import annotations

from pipeline.fetch.catalogue import Blocked
from pipeline.fetch.prefilter import Prefilter
from pipeline.records import Announced, Entry, Reason, Source, SourceKind
from pipeline.urls import slug_words


def admit(entry: Entry, source: Source, prefilter: Prefilter | None, blocked: Blocked, alias: str = "") -> Announced:
    """The entry with its first state: most of a big feed's are kept by their title alone. ``alias``: ``Outlets.identity``."""
    if source.kind is SourceKind.HINT:
        return Announced(entry, "rejected", Reason.UNRESOLVED.value)
    if blocked.address(entry.url):
        return Announced(entry, "rejected", Reason.BLOCKED.value)
    if source.pages == "filtered" and prefilter is not None:
        words = entry.title or slug_words(entry.url)
        if not prefilter.speaks_of_us(words, entry.summary):
            return Announced(entry, "skipped", Reason.OFF_TOPIC.value, alias)
    return Announced(entry, alias=alias)
