"""RSS and Atom bytes to entries. The only room that imports feedparser; pure: bytes in, records out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.dates import parse_any
from pipeline.records import Entry, Source
from pipeline.urls import article_key, is_fetchable, resolve

MAX_ENTRIES = 2000  # of one feed; real feeds hold 10 to 200, so more is a fault or an attack


@dataclass(frozen=True, slots=True)
class Listing:
    """What a source's answer held. ``problem`` is "" or says why the answer is not a healthy listing, though it was 200.

    ``skipped`` counts items without an address that may be fetched.
    """

    entries: tuple[Entry, ...]
    problem: str = ""
    skipped: int = 0


def looks_like_html(body: bytes) -> bool:
    """True when an answer begins like a web page (a common way for a feed to be dead)."""
    # Each comment is taken in one piece (?>…): otherwise thirty comments at the head would be tried in 2^30 ways.
    start = rb"(?:\xef\xbb\xbf)?\s*(?><!--.*?-->\s*)*+<(?:!doctype\s+html|html\b)"
    return re.match(start, body[:4000], re.IGNORECASE | re.DOTALL) is not None


def build(source: Source, items: list[tuple[str, str, str, str]], base: str) -> tuple[tuple[Entry, ...], int]:
    """Entries of (link, title, summary, raw date) rows, doubled addresses folded; and how many rows had no usable link."""
    from zoneinfo import ZoneInfo

    zone = ZoneInfo(source.zone)
    entries: dict[str, Entry] = {}
    skipped = 0
    for link, title, summary, raw in items[:MAX_ENTRIES]:
        url = resolve(base, link) if link else ""
        if not is_fetchable(url):
            skipped += 1
            continue
        parsed = parse_any(raw, zone) if raw else None
        key = article_key(url)
        entry = Entry(
            source.id, key, url, clean(title), clean(summary), parsed.value if parsed else None, " ".join(raw.split())[:100]
        )
        entries.setdefault(key, entry)
    return tuple(entries.values()), skipped + max(0, len(items) - MAX_ENTRIES)


def clean(markup: str) -> str:
    """Feed text without tags and entities, white space folded, at most 2,000 characters."""
    from html import unescape

    # An unclosed script runs to the end and a tag never holds another "<": so the time stays linear in hostile markup.
    tags = r"<(?:script|style)\b.*?(?:</(?:script|style)>|\Z)|<[a-z/!?][^<>]*>"
    text = re.sub(tags, " ", unescape(markup or ""), flags=re.IGNORECASE | re.DOTALL)
    return " ".join(unescape(text).replace("\x00", "").split())[:2000]


def parse_feed(body: bytes, source: Source, base: str, content_type: str = "") -> Listing:
    """RSS 0.9x–2.0, RDF or Atom bytes as a listing. Dates are read from the raw text, since feedparser takes WIB for UTC."""
    import feedparser

    if looks_like_html(body):
        return Listing((), "answered a web page instead of a feed")
    if re.search(rb"<!ENTITY", body[:20_000], re.IGNORECASE):
        return Listing((), "declares XML entities; refused")
    try:
        parsed = feedparser.parse(
            without_impossible(body),
            response_headers={"content-type": content_type or "application/xml"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # noqa: BLE001 - its lenient parser trips over hostile bytes in many ways; one source must not end the run
        return Listing((), f"feed cannot be read: {type(error).__name__}: {error}"[:200])
    if not parsed.get("version") and not parsed.entries:
        return Listing((), "answer is not a feed")
    items = [
        (
            str(item.get("link") or _identifier(item)),
            str(item.get("title", "")),
            str(item.get("summary", "")),
            str(item.get("published") or dict.get(item, "updated", "")),  # its own get() warns
        )
        for item in parsed.entries
    ]
    entries, skipped = build(source, items, base)
    problem = "" if entries else "feed holds no usable items" if items else "feed is empty"
    if len(items) > 4 and len(entries) == 1:
        problem = "all items lead to one address"
    return Listing(entries, problem, skipped)


_REFERENCE = re.compile(rb"&#(?:x([0-9a-f]+)|([0-9]+));", re.IGNORECASE)


def _possible(reference: re.Match[bytes]) -> bytes:
    """A character reference as it stands, or nothing for one that names no character: many CMSs write an emoji as two halves."""
    digits, base = (reference[1], 16) if reference[1] else (reference[2], 10)
    number = int(digits, base) if len(digits) < 12 else -1
    return reference[0] if 0 < number < 0xD800 or 0xDFFF < number <= 0x10FFFF else b""


def without_impossible(xml: bytes) -> bytes:
    """XML without references to characters that do not exist; they make parsers raise far from where they stand."""
    return _REFERENCE.sub(_possible, xml)


def _identifier(item: dict[str, object]) -> str:
    """A guid serves as the link only when it is an address itself."""
    guid = str(item.get("id", ""))
    return guid if guid.startswith(("http://", "https://")) else ""
