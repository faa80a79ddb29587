"""RSS and Atom bytes to entries: the plain ones by lxml, all others by feedparser, whose only room this is. Pure."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from pipeline.dates import parse_any
from pipeline.fetch.markup import Markup, admit
from pipeline.fetch.wellformed import read_wellformed
from pipeline.records import Entry, Source
from pipeline.urls import article_key, is_fetchable, resolve

MAX_ENTRIES = 2000  # of one answer; real feeds hold 10 to 200 items and news sitemaps at most 1,000
ALIKE = 4  # up to so many items may share one address: small sites do announce one event several times


@dataclass(frozen=True, slots=True)
class Listing:
    """What a source's answer held. ``problem`` is "" or says why the answer is not a healthy listing, though it was 200.

    ``skipped`` counts items without an address that may be fetched, and those beyond ``MAX_ENTRIES``. ``charset`` is the codec
    that the bytes were read in, "" where none was needed. ``note`` is what an operator should know of a healthy listing.
    ``children``: a sitemap index's sitemaps with the instant of their last change, newest first. ``resolved`` is False where
    the addresses are a search engine's own: their pages are never fetched.
    """

    entries: tuple[Entry, ...]
    problem: str = ""
    skipped: int = 0
    charset: str = ""
    note: str = ""
    children: tuple[tuple[str, datetime | None], ...] = ()
    resolved: bool = True


class Item(NamedTuple):
    """One item as a source wrote it, nothing cleaned yet."""

    link: str
    title: str = ""
    summary: str = ""
    date: str = ""
    outlet: str = ""  # who published it, where an aggregator says so


@dataclass(frozen=True, slots=True)
class Read:
    """The items of a feed before they are anybody's entries."""

    items: tuple[Item, ...] = ()
    charset: str = ""
    problem: str = ""


def collect(source: Source, items: Sequence[Item], base: str, *, what: str = "feed", charset: str = "") -> Listing:
    """The listing of a source's items; ``what`` names the answer in a problem."""
    entries, skipped = build(source, items, base)
    problem = "" if entries else f"{what} holds no usable items" if items else f"{what} is empty"
    if len(items) > ALIKE and len(entries) == 1:
        problem = "all items lead to one address"
    return Listing(entries, problem, skipped, charset)


def build(source: Source, items: Sequence[Item], base: str) -> tuple[tuple[Entry, ...], int]:
    """Entries of the first ``MAX_ENTRIES`` items, doubled addresses folded; and how many items gave none."""
    from zoneinfo import ZoneInfo

    zone = ZoneInfo(source.zone)
    entries: dict[str, Entry] = {}
    skipped = 0
    for item in items[:MAX_ENTRIES]:
        url = resolve(base, item.link) if item.link else ""
        if not is_fetchable(url) or storable(url) != url:
            skipped += 1
            continue
        raw = _line(item.date)[:100]
        parsed = parse_any(raw, zone) if raw else None
        key = article_key(url)
        entry = Entry(source.id, key, url, clean(item.title), clean(item.summary), parsed.value if parsed else None, raw)
        entries.setdefault(key, entry)
    return tuple(entries.values()), skipped + max(0, len(items) - MAX_ENTRIES)


def storable(text: str) -> str:
    """Text without what no store takes: NUL, and halves of characters, which JSON can write."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")


# No character has so high a number, and Python refuses to read a number of thousands of digits.
_NO_CHARACTER = re.compile(r"&#(?:\d{8,}|x[0-9a-f]{8,});?", re.IGNORECASE)
# An unclosed script runs to the end and a tag never holds another "<": so the time stays linear in hostile markup.
_TAGS = re.compile(r"<(?:script|style)\b.*?(?:</(?:script|style)>|\Z)|<[a-z/!?][^<>]*>", re.IGNORECASE | re.DOTALL)


def clean(markup: str) -> str:
    """Feed text without tags and entities, white space folded, at most 2,000 characters."""
    return _line(_unescaped(_TAGS.sub(" ", _unescaped(markup))))[:2000]


def _line(text: str) -> str:
    """Storable text with its white space folded."""
    text = text.strip()
    # All white space but the blank counts as not printable, and so does what no store takes.
    if text.isprintable() and "  " not in text:
        return text
    return " ".join(storable(text).split())


def _unescaped(text: str) -> str:
    return html.unescape(_NO_CHARACTER.sub("", text)) if "&" in text else text


def parse_feed(body: bytes, source: Source, base: str, content_type: str = "") -> Listing:
    """RSS 0.9x–2.0, RDF or Atom bytes as a listing. Dates are read from the raw text, since feedparser takes WIB for UTC."""
    read = read_feed(body, content_type)
    if read.problem:
        return Listing((), read.problem, charset=read.charset)
    return collect(source, read.items, base, charset=read.charset)


def read_feed(body: bytes, content_type: str = "") -> Read:
    """The items of RSS, RDF or Atom bytes, in the feed's order; a problem where the bytes are no such thing. Never raises."""
    markup = admit(body, content_type)
    if markup.problem:
        return Read((), markup.charset, markup.problem)
    plain = read_wellformed(markup.xml)
    return read_leniently(markup) if plain is None else Read(tuple(map(Item._make, plain)), markup.charset)


def read_leniently(markup: Markup) -> Read:
    """What feedparser makes of admitted XML, however malformed. Never raises."""
    import feedparser

    try:
        # A stream, for bytes that happen to be the name of a file would be opened; and our own header and declaration, for it
        # looks for others with patterns that take hours on a crafted first line.
        parsed = feedparser.parse(
            io.BytesIO(markup.xml),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
        items = tuple(_item(item) for item in parsed.entries)
    except Exception as error:  # noqa: BLE001 - its lenient parser trips over hostile bytes in many ways; one source must not end the run
        return Read((), markup.charset, f"feed cannot be read: {type(error).__name__}: {error}"[:200])
    if not parsed.get("version") and not items:
        return Read((), markup.charset, "answer is not a feed")
    return Read(items, markup.charset)


def _item(item: dict[str, object]) -> Item:
    outlet = item.get("source")
    return Item(
        str(item.get("link") or _identifier(item)),
        str(item.get("title", "")),
        str(item.get("summary", "")),
        str(item.get("published") or dict.get(item, "updated", "")),  # its own get() warns
        str((outlet.get("title") if isinstance(outlet, dict) else "") or item.get("news_source") or ""),
    )


def _identifier(item: dict[str, object]) -> str:
    """A guid serves as the link only when it is an address itself."""
    guid = str(item.get("id", ""))
    return guid if guid.startswith(("http://", "https://")) else ""
