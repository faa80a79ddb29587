"""Google News and Bing RSS to headlines: who wrote what and when, never where. Pure; optional discovery only."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from pipeline.fetch.feeds import Item, Listing, clean, collect, read_feed
from pipeline.records import Entry, Source

FULL = 100  # items: Google News gives no more, so exactly this many means that some were cut off
_LONGEST_NAME = 60  # characters: what follows the last " - " of a headline is an outlet's name only when it is short


def parse_hint(body: bytes, source: Source, base: str, content_type: str = "") -> Listing:
    """Headlines as entries that must not be fetched (``resolved`` is False): title, outlet's name as summary, date.

    The link is the search engine's own and stays as it is. The key stands for headline and outlet, not for the link, which
    differs from one search to the next.
    """
    read = read_feed(body, content_type)
    if read.problem:
        return Listing((), read.problem, charset=read.charset, resolved=False)
    listing = collect(source, [_headline(item) for item in read.items], base, what="hint", charset=read.charset)
    entries: dict[str, Entry] = {}
    for entry in listing.entries:
        if entry.title:
            key = headline_key(entry.title, entry.summary)
            entries.setdefault(key, replace(entry, key=key))
    nameless = sum(not entry.title for entry in listing.entries)
    note = f"exactly {FULL} items: the answer is cut off there; narrow the search" if len(read.items) == FULL else ""
    problem = listing.problem or ("" if entries else "hint holds no headline")
    return replace(
        listing,
        entries=tuple(entries.values()),
        problem=problem,
        skipped=listing.skipped + nameless,
        note=note,
        resolved=False,
    )


def _headline(item: Item) -> Item:
    title, outlet = clean(item.title), clean(item.outlet)
    bare, _, tail = title.rpartition(" - ")
    if not outlet and bare and len(tail) <= _LONGEST_NAME:
        outlet = tail
    if outlet and bare and tail.casefold() == outlet.casefold():
        title = bare
    return Item(item.link, title, outlet, item.date)


def headline_key(title: str, outlet: str) -> str:
    """16 hexadecimal digits that stand for one outlet's headline, whatever its letters' case."""
    return hashlib.sha256(f"hint\n{outlet}\n{title}".casefold().encode("utf-8", "ignore")).hexdigest()[:16]
