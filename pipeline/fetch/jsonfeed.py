"""JSON Feed 1.0 and 1.1 to entries. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable

from pipeline.fetch.feeds import MAX_ENTRIES, Item, Listing, collect
from pipeline.fetch.markup import MAX_BYTES, looks_like_html
from pipeline.records import Source


def load_json(body: bytes, what: str) -> tuple[object, str]:
    """(value, problem) of JSON bytes; ``what`` names the wanted thing in the problem. UTF-8 always, as RFC 8259 says."""
    if len(body) > MAX_BYTES:
        return None, f"{what} is larger than {MAX_BYTES} bytes"
    text = body.decode("utf-8-sig", "replace")
    if looks_like_html(text):
        return None, f"answered a web page instead of a {what}"
    try:
        return json.loads(text), ""
    except RecursionError:
        return None, f"{what} is nested too deeply; refused"
    except ValueError as error:
        return None, f"not JSON: {error}"[:200]


def text_of(value: object) -> str:
    """A JSON value where a text is wanted: the text, "" for anything else."""
    return value if isinstance(value, str) else ""


def parse_json_feed(body: bytes, source: Source, base: str) -> Listing:
    """A JSON Feed as a listing. An item without ``url`` is known by its ``external_url``, or by an id that is an address."""
    value, problem = load_json(body, "JSON feed")
    if problem:
        return Listing((), problem, charset="utf-8")
    rows = value.get("items") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(rows, list) or "jsonfeed.org/version/" not in text_of(value.get("version")):
        return Listing((), "answer is not a JSON feed", charset="utf-8")
    return collect(source, items_of(rows, _item), base, what="JSON feed", charset="utf-8")


def items_of(rows: list[object], read: Callable[[dict[str, object]], Item]) -> list[Item]:
    """An item for each row; what is no object, or comes after ``MAX_ENTRIES``, is one without an address."""
    first = [read(row) if isinstance(row, dict) else Item("") for row in rows[:MAX_ENTRIES]]
    return first + [Item("")] * (len(rows) - len(first))


def _item(row: dict[str, object]) -> Item:
    def first(*names: str) -> str:
        return next((text for name in names if (text := text_of(row.get(name)))), "")

    identifier = first("id")
    address = identifier if identifier.startswith(("http://", "https://")) else ""
    return Item(
        first("url", "external_url") or address,
        first("title"),
        first("summary", "content_text", "content_html"),
        first("date_published", "date_modified"),
    )
