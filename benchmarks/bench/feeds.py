"""Feeds to entries beside feedparser, as many sites of the press serve them; every feed's items are compared first.

"Bytes to entries" is what ``feedparser.parse`` does: the fields of every item as the feed writes them. The same beside a
feedparser that is told neither to clean markup nor to resolve addresses in it, and ours with what ingestion adds (texts without
markup, keys, instants), are told without a bound. ``--files FOLDER`` adds the feeds of a folder to those compared (feedparser's
own test feeds), each in the way that our reader chooses for it; the sample's are always among them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from html import escape
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from benchmarks.bench.measure import Race, each, one_core, race, timed
from benchmarks.bench.pages import corpus
from benchmarks.bench.results import Figure, Result, exact
from pipeline.fetch.client import Payload
from pipeline.fetch.documents import Web
from pipeline.fetch.feeds import parse_feed, read_feed, read_leniently
from pipeline.fetch.markup import admit
from pipeline.fetch.poll import Answer, ask
from pipeline.fetch.schedule import Standing
from pipeline.newsroom.sites import feed, load_sample
from pipeline.records import Source, SourceKind
from pipeline.settings import sample_folder

NAME = "feeds"
FEEDS, ITEMS = 6, 50
BASE = "https://kabar.example/feed"
_SOURCE = Source("kabar", "Kabar", SourceKind.RSS, BASE)
_NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)


def measure(rounds: int, files: Sequence[Path] = ()) -> Result:
    """Time the feeds of ``rss`` and ``atom``; compare them and those of ``files``."""
    import feedparser

    feeds = [make(number) for number, make in enumerate((rss, full_rss, atom) * (FEEDS // 3))]
    more = [feed(site).body for site in load_sample(sample_folder(), _NOW)]
    more += [path.read_bytes() for folder in files for path in sorted(folder.rglob("*.xml"))]
    unequal = sum(not equal(body) for body in [*feeds, *more])

    def against(ours: Callable[[bytes], object], **told: bool) -> Race:
        theirs = timed(lambda: [feedparser.parse(body, **told) for body in feeds])
        return race(timed(lambda: [ours(body) for body in feeds]), theirs, rounds)

    with one_core():
        read = against(read_feed)
        bare = against(read_feed, sanitize_html=False, resolve_relative_uris=False)
        used = against(lambda body: parse_feed(body, _SOURCE, BASE))
        again = race(
            timed(lambda: [unchanged(body) for body in feeds]),
            timed(lambda: [hashlib.sha256(body).hexdigest() for body in feeds]),
            rounds,
        )
    entries = len(feeds) * ITEMS
    return Result(
        NAME,
        "feedparser.parse",
        f"{len(feeds)} well-formed feeds of {ITEMS} items, a third with whole texts, a third Atom",
        rounds,
        (
            Figure("bytes to entries, well-formed feeds", read.ratio, "times", ">= 20"),
            Figure(f"feeds of {len(feeds) + len(more)} whose items differ from feedparser's", exact(unequal), "feeds", "<= 0"),
            Figure("ours", each(read.ours, entries).times(1000), "µs an entry"),
            Figure("theirs", each(read.theirs, entries).times(1000), "µs an entry"),
            Figure("theirs, told to clean and resolve nothing", each(bare.theirs, entries).times(1000), "µs an entry"),
            Figure("bytes to entries beside theirs so told", bare.ratio, "times"),
            Figure("ours with cleaned texts, keys and instants", each(used.ours, entries).times(1000), "µs an entry"),
            Figure("bytes to entries with those", used.ratio, "times"),
            Figure("a poll of an unchanged feed, beside the network", each(again.ours, len(feeds)).times(1000), "µs a feed"),
            Figure("a hash of its bytes", each(again.theirs, len(feeds)).times(1000), "µs a feed"),
        ),
    )


def unchanged(body: bytes, before: bytes = b"") -> Answer:
    """What a poll makes of an answer after ``before`` (or after the same), with the network left out."""
    payload = Payload(BASE, BASE, 200, "application/rss+xml", "", "", body)
    web = SimpleNamespace(
        client=SimpleNamespace(get=lambda *_, **__: payload),
        robots=SimpleNamespace(refusal=None),
        outlets=SimpleNamespace(of=lambda _: None),
    )
    return ask(_SOURCE, _standing(before or body), cast(Web, web), _NOW)


@cache
def _standing(body: bytes) -> Standing:
    return Standing(_SOURCE.id, body_sha256=hashlib.sha256(body).hexdigest())


def equal(body: bytes) -> bool:
    """Whether our reader takes the items that feedparser takes from the same admitted bytes."""
    markup = admit(body)
    return bool(markup.problem) or read_feed(body).items == read_leniently(markup).items


def rss(number: int) -> bytes:
    """RSS 2.0 with summaries, as WordPress and most newsrooms serve it."""
    return _rss(number, whole=False)


def full_rss(number: int) -> bytes:
    """RSS 2.0 with the whole text in ``content:encoded``."""
    return _rss(number, whole=True)


def atom(number: int) -> bytes:
    """Atom, as Blogger serves it."""
    entries = "".join(
        f"<entry><id>tag:kabar.example,2026:{place}</id><title type='text'>{escape(title)}</title>"
        f"<published>{at.isoformat()}</published><updated>{at.isoformat()}</updated>"
        f"<link rel='alternate' type='text/html' href='https://kabar.example/{place}'/>"
        f"<summary type='html'>{escape(f'<p>{text[:280]}</p>')}</summary><author><name>Redaksi</name></author></entry>"
        for place, title, text, at in _items(number)
    )
    head = f"<id>tag:kabar.example,2026:feed{number}</id><title>Kabar</title><updated>2026-11-20T03:00:00Z</updated>"
    return f"<?xml version='1.0' encoding='UTF-8'?><feed xmlns='http://www.w3.org/2005/Atom'>{head}{entries}</feed>".encode()


def _rss(number: int, *, whole: bool) -> bytes:
    def content(text: str) -> str:
        paragraphs = "".join(f"<p>{escape(line)}</p>" for line in text.split("\n"))
        return f"<content:encoded><![CDATA[{paragraphs}]]></content:encoded>" if whole else ""

    items = "".join(
        f"<item><title>{escape(title)}</title><link>https://kabar.example/{place}/</link>"
        f"<dc:creator><![CDATA[Redaksi]]></dc:creator><pubDate>{format_datetime(at)}</pubDate><category>Daerah</category>"
        f'<guid isPermaLink="false">https://kabar.example/?p={place}</guid>'
        f"<description><![CDATA[<p>{escape(text[:280])} &#8230;</p>]]></description>{content(text)}</item>"
        for place, title, text, at in _items(number)
    )
    names = 'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    head = f"<title>Kabar {number}</title><link>https://kabar.example</link><description>Berita</description>"
    return f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" {names}><channel>{head}{items}</channel></rss>'.encode()


def _items(number: int) -> list[tuple[int, str, str, datetime]]:
    start = datetime(2026, 11, 20, tzinfo=UTC)
    texts = [corpus()[place % len(corpus())] for place in range(number * ITEMS, (number + 1) * ITEMS)]
    return [
        (number * ITEMS + place, title, text, start - timedelta(minutes=17 * place)) for place, (title, text) in enumerate(texts)
    ]
