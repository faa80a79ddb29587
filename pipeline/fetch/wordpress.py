"""A WordPress site's search by its interface for programs (``/wp-json/wp/v2/posts``) to entries. Pure."""

from __future__ import annotations

from pipeline.fetch.feeds import Item, Listing, collect
from pipeline.fetch.jsonfeed import items_of, load_json, text_of
from pipeline.records import Source


def parse_wordpress(body: bytes, source: Source, base: str) -> Listing:
    """Posts as a listing: ``link``, ``title.rendered``, ``excerpt.rendered``, ``date_gmt`` (UTC; ``date`` is local time).

    An empty list is no problem: a search may find nothing.
    """
    value, problem = load_json(body, "list of posts")
    if problem:
        return Listing((), problem, charset="utf-8")
    if isinstance(value, dict) and "code" in value:
        said = " ".join(f"{text_of(value['code'])}: {text_of(value.get('message'))}".split())
        return Listing((), f"WordPress refused: {said}"[:200], charset="utf-8")
    if not isinstance(value, list):
        return Listing((), "answer is not a list of posts", charset="utf-8")
    if not value:
        return Listing((), charset="utf-8", note="the search found nothing")
    return collect(source, items_of(value, _item), base, what="list of posts", charset="utf-8")


def _item(row: dict[str, object]) -> Item:
    utc = text_of(row.get("date_gmt")).strip()
    # A scheduled post that was never published has zeros there.
    date = utc if not utc or utc.startswith("0000") or utc[-1] in "Zz" else utc + "Z"
    return Item(
        text_of(row.get("link")),
        _rendered(row.get("title")),
        _rendered(row.get("excerpt")),
        date or text_of(row.get("date")),
    )


def _rendered(value: object) -> str:
    return text_of(value.get("rendered") if isinstance(value, dict) else value)
