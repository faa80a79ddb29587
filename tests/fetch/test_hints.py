"""Hints: headlines with their outlets, one key a headline, and links that nobody follows."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape

import pytest

from pipeline.fetch.feeds import Listing
from pipeline.fetch.hints import FULL, parse_hint
from pipeline.records import Source, SourceKind

HOME = "https://hint.example/rss/search?q=lapas"
SOURCE = Source("hint", "Hint", SourceKind.HINT, HOME)


def item(title: str, link: str = "https://hint.example/rss/articles/CBMiX0?oc=5", more: str = "") -> str:
    date = "<pubDate>Wed, 25 Nov 2026 03:00:00 GMT</pubDate>"
    return f"<item><title>{escape(title)}</title><link>{escape(link)}</link>{date}{more}</item>"


def parse(*items: str) -> Listing:
    head = "<rss version='2.0' xmlns:News='https://hint.example/ns'><channel><title>x</title>"
    return parse_hint(f"{head}{''.join(items)}</channel></rss>".encode(), SOURCE, HOME)


@pytest.mark.parametrize(
    ("title", "more", "expected"),
    [
        ("Panen di lapas - Kabar", '<source url="https://kabar.example">Kabar</source>', ("Panen di lapas", "Kabar")),
        ("Panen di lapas - KABAR", '<source url="https://kabar.example">Kabar</source>', ("Panen di lapas", "Kabar")),
        ("Panen - raya di lapas", '<source url="https://kabar.example">Kabar</source>', ("Panen - raya di lapas", "Kabar")),
        ("Panen - raya - Kabar.com", "", ("Panen - raya", "Kabar.com")),
        ("Panen di lapas", "<News:Source>Kabar</News:Source>", ("Panen di lapas", "Kabar")),
        ("Panen di lapas", "", ("Panen di lapas", "")),
        (f"Panen - {'kata ' * 20}", "", (f"Panen - {'kata ' * 20}".strip(), "")),
    ],
)
def test_a_headline_and_its_outlet(title: str, more: str, expected: tuple[str, str]) -> None:
    listing = parse(item(title, more=more))
    [entry] = listing.entries
    assert (entry.title, entry.summary) == expected
    assert entry.published == datetime(2026, 11, 25, 3, tzinfo=UTC)
    assert entry.url == "https://hint.example/rss/articles/CBMiX0?oc=5"
    assert (listing.resolved, listing.problem, listing.note) == (False, "", "")


def test_one_headline_under_two_links_is_one_entry_and_another_outlets_is_not() -> None:
    rows = [("Panen - Kabar", "a"), ("PANEN - Kabar", "b"), ("Panen - Lain", "c")]
    listing = parse(*(item(title, f"https://hint.example/{link}") for title, link in rows))
    assert [(entry.title, entry.summary) for entry in listing.entries] == [("Panen", "Kabar"), ("Panen", "Lain")]
    again = parse(item("Panen - Kabar", "https://hint.example/other"))
    assert again.entries[0].key == listing.entries[0].key


@pytest.mark.parametrize("count", [FULL - 1, FULL])
def test_a_full_answer_is_said_to_be_cut_off(count: int) -> None:
    listing = parse(*(item(f"Panen {n} - Kabar", f"https://hint.example/{n}") for n in range(count)))
    assert len(listing.entries) == count
    assert bool(listing.note) == (count == FULL)


def test_an_item_without_a_headline_is_counted() -> None:
    listing = parse(item("", "/1"), item("Panen", "/2"), item("x", "file:///etc"))
    assert (len(listing.entries), listing.skipped) == (1, 2)
    assert parse(item("", "/1")).problem == "hint holds no headline"


def test_what_is_no_feed_is_told_and_still_never_fetched() -> None:
    listing = parse_hint(b"<html><body>Sebelum melanjutkan</body></html>", SOURCE, HOME, "text/html")
    assert (listing.entries, listing.problem, listing.resolved) == ((), "answered a web page instead of a feed", False)
    assert parse().problem == "hint is empty"
