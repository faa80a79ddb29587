"""JSON Feed: both versions, careless ones, and what only looks like one."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.fetch.feeds import MAX_ENTRIES, Listing
from pipeline.fetch.jsonfeed import parse_json_feed
from pipeline.fetch.markup import MAX_BYTES
from pipeline.records import Source, SourceKind
from pipeline.urls import is_fetchable

HOME = "https://kabar.example/feed.json"
SOURCE = Source("kabar", "Kabar", SourceKind.JSON, HOME, zone="Asia/Makassar")
ITEM = {
    "id": "kabar-1",
    "url": "https://kabar.example/1",
    "title": "Panen &amp; pasar",
    "content_html": "<p>Isi</p>",
    "date_published": "2026-11-25T10:00:00+07:00",
}


def feed(*items: object, version: object = "https://jsonfeed.org/version/1.1") -> bytes:
    return json.dumps({"version": version, "title": "Kabar", "items": items}).encode()


def parse(body: bytes) -> Listing:
    return parse_json_feed(body, SOURCE, HOME)


def one(**changed: Any) -> Any:
    listing = parse(feed(ITEM | changed))
    assert (listing.problem, listing.skipped, listing.charset) == ("", 0, "utf-8")
    [entry] = listing.entries
    return entry


@pytest.mark.parametrize("version", ["https://jsonfeed.org/version/1", "https://jsonfeed.org/version/1.1"])
def test_an_item_is_an_entry(version: str) -> None:
    [entry] = parse(feed(ITEM, version=version)).entries
    assert (entry.url, entry.title, entry.summary) == ("https://kabar.example/1", "Panen & pasar", "Isi")
    assert (entry.published, entry.published_raw) == (datetime(2026, 11, 25, 3, tzinfo=UTC), "2026-11-25T10:00:00+07:00")


def test_the_summary_wins_over_the_content_and_the_publication_over_the_change() -> None:
    assert one(summary="Ringkas", content_text="Teks").summary == "Ringkas"
    assert one(date_modified="2026-11-26T00:00:00Z").published.day == 25
    assert one(date_published=None, date_modified="2026-11-26 00:00:00").published == datetime(2026, 11, 25, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"url": "/2"}, "https://kabar.example/2"),
        ({"url": None, "external_url": "https://lain.example/3"}, "https://lain.example/3"),
        ({"url": 7, "id": "https://kabar.example/4"}, "https://kabar.example/4"),
    ],
)
def test_an_item_is_found_by_the_address_it_has(changed: dict[str, object], expected: str) -> None:
    assert one(**changed).url == expected


@pytest.mark.parametrize(
    "item", [{}, [], None, 1, "x", {"url": ""}, {"url": "file:///etc/passwd"}, {"url": "https://k.example/\ud83d"}]
)
def test_an_item_without_a_usable_address_is_counted(item: object) -> None:
    listing = parse(feed(item, ITEM))
    assert (len(listing.entries), listing.skipped, listing.problem) == (1, 1, "")


def test_halves_of_characters_and_zeros_cost_no_more_than_themselves() -> None:
    body = b'{"version":"https://jsonfeed.org/version/1","items":[{"url":"/1","title":"A\\ud83d\\u0000B \\ud83d\\ude00"}]}'
    [entry] = parse(body).entries
    assert entry.title == "AB 😀"
    assert one(title="A&#" + "9" * 9000 + ";B &#55357; C").title.replace("\ufffd ", "") == "AB C"


def test_a_byte_order_mark_and_a_broken_byte_are_read_over() -> None:
    assert len(parse(b"\xef\xbb\xbf" + feed(ITEM)).entries) == 1
    assert len(parse(feed(ITEM).replace(b"Panen", b"Pan\xffen")).entries) == 1


def test_of_thousands_of_items_the_first_are_taken() -> None:
    listing = parse(feed(*({"url": f"/{n}"} for n in range(MAX_ENTRIES + 7))))
    assert (len(listing.entries), listing.skipped) == (MAX_ENTRIES, 7)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (feed(), "JSON feed is empty"),
        (feed({}), "JSON feed holds no usable items"),
        (feed(*[ITEM] * 5), "all items lead to one address"),
        (b"[]", "answer is not a JSON feed"),
        (b'{"items": []}', "answer is not a JSON feed"),
        (b'{"version": 1, "items": []}', "answer is not a JSON feed"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": {}}', "answer is not a JSON feed"),
        (b"<!doctype html><html></html>", "answered a web page instead of a JSON feed"),
        (b"[" * 100_000, "JSON feed is nested too deeply; refused"),
        (b" " * (MAX_BYTES + 1), f"JSON feed is larger than {MAX_BYTES} bytes"),
    ],
)
def test_what_is_no_healthy_json_feed_is_told(body: bytes, problem: str) -> None:
    assert parse(body).problem == problem


@pytest.mark.parametrize("body", [b"", b"{", feed(ITEM)[:-3], b"9" * 9000, b"\xff\xfe", feed(ITEM).decode().encode("utf-16")])
def test_what_is_no_json_is_told(body: bytes) -> None:
    listing = parse(body)
    assert listing.entries == ()
    assert listing.problem.startswith(("not JSON: ", "answer is not a JSON feed"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.sampled_from(["items", "url", "id", "title", "date_published", "summary", "x"]), inner)
    ),
    max_leaves=20,
)


@given(JSON, st.booleans())
def test_any_json_is_a_listing(value: object, wrapped: bool) -> None:
    listing = parse(feed(value) if wrapped else json.dumps(value).encode())
    assert all(is_fetchable(entry.url) for entry in listing.entries)
    assert bool(listing.entries) != bool(listing.problem)
