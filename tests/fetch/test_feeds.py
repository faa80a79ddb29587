"""Feeds in every shape that outlets publish, and in shapes that only an attacker would: always a listing, never an error."""

from __future__ import annotations

import gzip
import re
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.fetch import feeds, markup
from pipeline.fetch.feeds import MAX_ENTRIES, Listing, clean, parse_feed, storable
from pipeline.fetch.markup import FEED, MAX_BYTES, looks_like_html
from pipeline.records import Entry, Source, SourceKind
from pipeline.urls import article_key, is_fetchable

HOME = "https://kabar.example/feed"
SOURCE = Source("kabar", "Kabar", SourceKind.RSS, HOME)
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
WIB, WITA, WIT = (timezone(timedelta(hours=hours)) for hours in (7, 8, 9))


def rss(items: str, head: str = HEAD, encoding: str = "utf-8") -> bytes:
    namespaces = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"'
    return f'{head}<rss version="2.0" {namespaces}><channel><title>Kabar</title>{items}</channel></rss>'.encode(encoding)


def item(link: str = "https://kabar.example/1", title: str = "Panen di lapas", more: str = "") -> str:
    return f"<item><title>{title}</title><link>{link}</link>{more}</item>"


def parse(body: bytes, source: Source = SOURCE, content_type: str = "") -> Listing:
    return parse_feed(body, source, source.url, content_type)


def only(body: bytes, source: Source = SOURCE, content_type: str = "") -> Entry:
    listing = parse(body, source, content_type)
    assert (listing.problem, listing.skipped) == ("", 0)
    [entry] = listing.entries
    return entry


def urls(body: bytes) -> list[str]:
    return [entry.url for entry in parse(body).entries]


# --- shapes

RSS_091 = b"""<rss version="0.91"><channel><title>K</title><item><title>Panen</title><link>https://kabar.example/1</link>
<description>Ringkasan</description></item></channel></rss>"""
RDF = b"""<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://kabar.example/"><title>K</title></channel>
<item rdf:about="https://kabar.example/1"><title>Panen</title><link>https://kabar.example/1</link>
<description>Ringkasan</description><dc:date>2026-11-25T10:00:00+07:00</dc:date></item></rdf:RDF>"""
ATOM = b"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>K</title>
<entry><title type="html">Panen</title><id>tag:kabar.example,2026:1</id>
<link rel="replies" href="https://kabar.example/1#komentar"/><link rel="edit" href="https://kabar.example/edit/1"/>
<link rel="self" href="https://kabar.example/feed/1"/><link rel="alternate" type="text/html" href="https://kabar.example/1"/>
<updated>2026-11-26T11:00:00+07:00</updated><published>2026-11-25T10:00:00+07:00</published>
<summary>Ringkasan</summary></entry></feed>"""
RSS_20 = rss(item(title="Panen", more="<description>Ringkasan</description><pubDate>Wed, 25 Nov 2026 10:00:00 +0700</pubDate>"))


@pytest.mark.parametrize(("body", "dated"), [(RSS_091, False), (RDF, True), (ATOM, True), (RSS_20, True)])
def test_every_dialect_gives_the_same_entry(body: bytes, dated: bool) -> None:
    entry = only(body)
    assert (entry.source_id, entry.url, entry.title, entry.summary) == ("kabar", "https://kabar.example/1", "Panen", "Ringkasan")
    assert entry.key == article_key("https://kabar.example/1")
    assert entry.published == (datetime(2026, 11, 25, 3, tzinfo=UTC) if dated else None)


def test_an_atom_entry_without_publication_has_its_update() -> None:
    body = ATOM.replace(b"<published>2026-11-25T10:00:00+07:00</published>", b"")
    assert only(body).published == datetime(2026, 11, 26, 4, tzinfo=UTC)


def test_entries_keep_the_order_of_the_feed() -> None:
    assert urls(rss("".join(item(f"https://kabar.example/{n}") for n in (3, 1, 2)))) == [
        f"https://kabar.example/{n}" for n in (3, 1, 2)
    ]


# --- dates


@pytest.mark.parametrize(
    ("raw", "zone", "expected"),
    [
        ("Rabu, 25 November 2026 14:05 WIB", "Asia/Jakarta", datetime(2026, 11, 25, 14, 5, tzinfo=WIB)),
        ("Rabu, 25 Nopember 2026 | 14.05 WITA", "Asia/Jakarta", datetime(2026, 11, 25, 14, 5, tzinfo=WITA)),
        ("25 Nov 2026 14:05:09 WIT", "Asia/Jakarta", datetime(2026, 11, 25, 14, 5, 9, tzinfo=WIT)),
        ("Wed, 25 Nov 2026 14:05:00 WIB", "Asia/Makassar", datetime(2026, 11, 25, 14, 5, tzinfo=WIB)),
        ("Wed, 25 Nov 2026 14:05:00 WITA", "Asia/Jakarta", datetime(2026, 11, 25, 14, 5, tzinfo=WITA)),
        ("Wed, 25 Nov 2026 14:05:00 +0700", "Asia/Jayapura", datetime(2026, 11, 25, 14, 5, tzinfo=WIB)),
        ("Wed, 25 Nov 2026 07:05:00 GMT", "Asia/Jakarta", datetime(2026, 11, 25, 14, 5, tzinfo=WIB)),
        ("2026-11-25T14:05:00+08:00", "Asia/Jakarta", datetime(2026, 11, 25, 14, 5, tzinfo=WITA)),
        ("2026-11-25T06:05:00Z", "Asia/Jakarta", datetime(2026, 11, 25, 14, 5, tzinfo=WITA)),
        # no zone named: the source's own
        ("Wed, 25 Nov 2026 14:05:00", "Asia/Jakarta", datetime(2026, 11, 25, 14, 5, tzinfo=WIB)),
        ("Wed, 25 Nov 2026 14:05:00", "Asia/Makassar", datetime(2026, 11, 25, 14, 5, tzinfo=WITA)),
        ("2026-11-25 14:05:00", "Asia/Jayapura", datetime(2026, 11, 25, 14, 5, tzinfo=WIT)),
        ("25/11/2026 14:05", "Asia/Makassar", datetime(2026, 11, 25, 14, 5, tzinfo=WITA)),
        ("Rabu, 25 Nov 2026", "Asia/Makassar", datetime(2026, 11, 25, tzinfo=WITA)),
    ],
)
def test_a_date_is_read_in_the_zone_it_names_or_in_the_sources(raw: str, zone: str, expected: datetime) -> None:
    source = Source("kabar", "Kabar", SourceKind.RSS, HOME, zone=zone)
    entry = only(rss(item(more=f"<pubDate>{raw}</pubDate>")), source)
    assert entry.published == expected
    assert entry.published_raw == raw


@pytest.mark.parametrize("raw", ["", "kemarin", "-", "32 Nov 2026", "0000-00-00 00:00:00", "Wed, 25 Nov 2026 99:99:99 +0700"])
def test_a_date_that_says_nothing_leaves_the_entry_undated_or_at_its_day(raw: str) -> None:
    entry = only(rss(item(more=f"<pubDate>{raw}</pubDate>")))
    assert entry.published is None or entry.published == datetime(2026, 11, 25, tzinfo=WIB)
    assert entry.published_raw == raw


@pytest.mark.parametrize(
    "raw",
    [
        "0001-01-01T00:00:00",  # what a .NET CMS writes for "never"
        "9999-12-31T23:59:59-05:00",
        "Fri, 31 Dec 9999 23:59:59 -0500",
        "Wed, 25 Nov 99999999999999999999 10:00:00 +0700",
        "Wed, 25 Nov 2026 10:00:00 +99999999999999999999",
    ],
)
def test_a_date_outside_all_calendars_does_not_break_the_feed(raw: str) -> None:
    entry = only(rss(item(more=f"<pubDate>{raw}</pubDate>")))
    assert entry.published is None or entry.published.astimezone(UTC).year == 2026


@given(st.text(max_size=60) | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}[+-][0-9]{4}", fullmatch=True))
@settings(max_examples=150, deadline=None)
def test_every_date_that_is_read_can_be_told_in_utc(raw: str) -> None:
    for entry in parse(rss(item(more=f"<pubDate><![CDATA[{raw}]]></pubDate>"), encoding="utf-8-sig")).entries:
        assert entry.published is None or entry.published.astimezone(UTC)
        assert len(entry.published_raw) <= 100


# --- links


@pytest.mark.parametrize("guid", ["<guid>{}</guid>", '<guid isPermaLink="true">{}</guid>', '<guid isPermaLink="false">{}</guid>'])
def test_a_guid_that_is_an_address_serves_as_the_link(guid: str) -> None:
    body = rss(f"<item><title>Panen</title>{guid.format('https://kabar.example/1')}</item>")
    assert only(body).url == "https://kabar.example/1"


def test_a_guid_that_is_no_address_does_not() -> None:
    listing = parse(rss('<item><title>Panen</title><guid isPermaLink="false">kabar-4711</guid></item>'))
    assert (listing.entries, listing.skipped, listing.problem) == ((), 1, "feed holds no usable items")


def test_the_link_wins_over_the_guid() -> None:
    assert only(rss(item(more="<guid>https://kabar.example/?p=1</guid>"))).url == "https://kabar.example/1"


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("/berita/1", "https://kabar.example/berita/1"),
        ("berita/1", "https://kabar.example/berita/1"),
        ("//m.kabar.example/1", "https://m.kabar.example/1"),
        ("  https://kabar.example/1\n ", "https://kabar.example/1"),
        ("https://kabar.example/1#isi", "https://kabar.example/1"),
        ("https://kabar.example/1?a=1&amp;b=2", "https://kabar.example/1?a=1&b=2"),
        ("<![CDATA[https://kabar.example/1?a=1&b=2]]>", "https://kabar.example/1?a=1&b=2"),
        ("https://kabar.example/panen raya", "https://kabar.example/panen%20raya"),
    ],
)
def test_a_link_is_made_absolute_and_clean(link: str, expected: str) -> None:
    assert only(rss(item(link))).url == expected


@pytest.mark.parametrize(
    "link",
    [
        "",
        "javascript:void(0)",
        "mailto:redaksi@kabar.example",
        "file:///etc/passwd",
        "https://pembaca:rahasia@kabar.example/1",
        "https://kabar.example:22/",
        "http://[::1",
        "https://kabar.example/" + "a" * 3000,
    ],
)
def test_an_item_without_a_usable_address_is_counted_as_skipped(link: str) -> None:
    listing = parse(rss(item(link) + item("https://kabar.example/2")))
    assert [entry.url for entry in listing.entries] == ["https://kabar.example/2"]
    assert (listing.skipped, listing.problem) == (1, "")


def test_doubled_entries_and_twins_are_folded_into_the_first() -> None:
    twins = ("https://kabar.example/1", "https://www.kabar.example/1/", "https://kabar.example/1?utm_source=rss", "/1#atas")
    listing = parse(rss("".join(item(link, f"Judul {n}") for n, link in enumerate(twins)) + item("/2")))
    assert [entry.title for entry in listing.entries] == ["Judul 0", "Panen di lapas"]
    assert (listing.skipped, listing.problem) == (0, "")


@pytest.mark.parametrize(("count", "problem"), [(4, ""), (5, "all items lead to one address")])
def test_a_feed_whose_links_are_all_alike_is_unhealthy(count: int, problem: str) -> None:
    listing = parse(rss("".join(item("https://kabar.example/", f"Judul {n}") for n in range(count))))
    assert (len(listing.entries), listing.problem) == (1, problem)


# --- text


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("Panen &amp;amp; Pasar", "Panen & Pasar"),
        ("<![CDATA[<b>Panen</b> &amp; Pasar]]>", "Panen & Pasar"),
        ("&lt;b&gt;Panen&lt;/b&gt; raya", "Panen raya"),
        ("Panen&lt;br/&gt;raya", "Panen raya"),
        ("Panen <![CDATA[<script>var a = '<b>';</script>]]> raya", "Panen raya"),
        ("  Panen\n\t raya&#160;", "Panen raya"),
        ("<![CDATA[Sisa < 20 kamar, lebih > 3]]>", "Sisa < 20 kamar, lebih > 3"),
        ("&#8220;Panen&#8221; &#x2013; raya", "“Panen” – raya"),
        ("", ""),
    ],
)
def test_a_title_is_plain_text(markup: str, expected: str) -> None:
    assert only(rss(item(title=markup))).title == expected


@pytest.mark.parametrize("emoji", ["&#55357;&#56832;", "&#xD83D;&#xDE00;", "&#xd83d;", "&#0;", "&#99999999999999;", "&#x110000;"])
def test_a_reference_to_no_character_costs_that_character_only(emoji: str) -> None:
    """Several CMSs write an emoji as its two UTF-16 halves, which is not XML."""
    listing = parse(rss(item(title=f"Panen {emoji} raya") + item("/2")))
    assert [entry.title for entry in listing.entries] == ["Panen raya", "Panen di lapas"]


def test_a_summary_is_cut_at_two_thousand_characters() -> None:
    assert len(only(rss(item(more=f"<description>{'kata ' * 5000}</description>"))).summary) == 2000


@given(st.text(st.characters(codec=None)))
def test_storable_text_can_be_stored(text: str) -> None:
    kept = storable(text)
    assert kept.encode().decode() == kept
    assert "\x00" not in kept
    assert storable(kept) == kept


@given(st.text())
def test_clean_text_has_one_line_and_no_markup(text: str) -> None:
    found = clean(f"<p>{text}</p>")
    assert found == " ".join(found.split())
    assert "\x00" not in found
    assert not found.endswith("</p>")


SPACED = st.lists(st.sampled_from([" ", "  ", "\u00a0", "\u2003", "\x1c", "\x85", "\x00", "\ud800", "\u200b", "a", "é", "\n"]))


@given(SPACED.map("".join) | st.text(st.characters(codec=None)))
def test_a_line_is_what_folding_all_white_space_makes(text: str) -> None:
    assert feeds._line(text) == " ".join(storable(text).split())


def test_only_references_to_no_character_are_dropped() -> None:
    every = re.compile(r"&#(?:x([0-9a-f]+)|([0-9]+));", re.IGNORECASE)
    numbers = [*range(300), *range(0xD7F0, 0xE010), *range(990, 1010), *range(9990, 10_010), *range(0x10FFF0, 0x110010)]
    written = "".join(
        f"a&#{zeros}{number};&#x{zeros}{number:x};&#X{number:X};" for number in numbers for zeros in ("", "0", "00")
    )
    for xml in (written, written.replace("&#", "&#&#"), "&#;&#x;&#xg;&#12 &#x12", "&#99999999999999;&#xffffffffff;"):
        assert markup.without_impossible(xml) == every.sub(markup._possible, xml)


# --- encodings


@pytest.mark.parametrize(
    ("head", "encoding", "content_type"),
    [
        ('<?xml version="1.0" encoding="windows-1252"?>', "cp1252", ""),
        ('<?xml version="1.0" encoding="windows-1252"?>', "cp1252", "text/xml"),
        ('<?xml version="1.0" encoding="iso-8859-1"?>', "cp1252", "application/rss+xml"),
        ('<?xml version="1.0"?>', "cp1252", "application/xml"),
        ('<?xml version="1.0" encoding="utf-8"?>', "utf-8", "text/xml"),
        ('<?xml version="1.0" encoding="utf-8"?>', "utf-8", "text/html; charset=iso-8859-1"),
        ('<?xml version="1.0" encoding="utf-8"?>', "utf-8-sig", "application/octet-stream"),
        ('<?xml version="1.0" encoding="utf-16"?>', "utf-16", "application/xml"),
        ("", "utf-8", "text/plain"),
    ],
)
def test_a_feed_is_read_in_its_encoding(head: str, encoding: str, content_type: str) -> None:
    body = rss(item(title="“Panen” café"), head, encoding)
    assert only(body, SOURCE, content_type).title == "“Panen” café"
    assert parse(body, SOURCE, content_type).charset in ("utf-16-le", "utf-16-be", encoding.removesuffix("-sig"))


# --- what is no healthy feed


@pytest.mark.parametrize("start", ["", "\ufeff", "\n  ", "<!-- a --><!-- b -->\n", "<!--\n<rss>\n-->"])
@pytest.mark.parametrize("page", ["<!DOCTYPE html><html>", "<!doctype HTML PUBLIC '-//W3C//DTD XHTML 1.0'>", "<HTML lang='id'>"])
def test_a_web_page_instead_of_a_feed_is_told(start: str, page: str) -> None:
    body = f'{start}{page}<body><a href="/1">Situs sedang dirawat</a></body></html>'.encode()
    assert parse(body) == Listing((), "answered a web page instead of a feed", charset="utf-8")


@pytest.mark.parametrize(
    "body", [b"", b"   ", b"{}", b"Galat 500", b"\x00\x01\x02", bytes(range(256)), b"<a/>", b"<?xml version='1.0'?>"]
)
def test_what_is_no_feed_is_told(body: bytes) -> None:
    listing = parse(body)
    assert (listing.entries, listing.skipped) == ((), 0)
    assert listing.problem == "answer is not a feed"


@pytest.mark.parametrize("body", [rss(""), b'<feed xmlns="http://www.w3.org/2005/Atom"><title>K</title></feed>'])
def test_an_empty_feed_is_told(body: bytes) -> None:
    assert parse(body) == Listing((), "feed is empty", charset="utf-8")


@pytest.mark.parametrize(
    "body",
    [
        rss(item(title="Panen & pasar <3")),
        rss(item(title="Panen &nbsp; pasar")),
        rss(item() + "<item><title>Putus"),
        rss(item(title="Panen \x0b pasar")),
        b"\n \n" + rss(item()),
        b"<br />\n<b>Warning</b>: Undefined index in /var/www/feed.php on line 3<br />\n" + rss(item()),
        rss(item()).removesuffix(b"</channel></rss>"),
        rss(item(), head="").replace(b'<rss version="2.0"', b'<rss version="2.0" version="2.0"'),
    ],
)
def test_malformed_xml_is_recovered(body: bytes) -> None:
    listing = parse(body)
    assert listing.entries[0].url == "https://kabar.example/1"
    assert listing.entries[0].title.startswith("Panen")
    assert listing.problem == ""


# --- attacks

BOMB = (
    '<!DOCTYPE l [<!ENTITY a "lollollollollol">'
    + "".join(f'<!ENTITY {after} "{f"&{name};" * 10}">' for name, after in zip("abcdefghi", "bcdefghij", strict=True))
    + "]>"
)


def test_entities_are_refused() -> None:
    listing = parse(rss(item(title="&j;"), HEAD + BOMB))
    assert listing == Listing((), "declares XML entities; refused", charset="utf-8")


@pytest.mark.parametrize("declared", ["", "utf-16", "utf-7", "unicode_escape", "raw_unicode_escape", "cp037", "punycode", "zip"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-7", "utf-32", "cp037", "unicode_escape"])
@pytest.mark.parametrize("padding", [0, 30_000])
def test_entities_are_never_expanded_in_any_encoding(declared: str, encoding: str, padding: int, tmp_path: Path) -> None:
    secret = tmp_path / "rahasia"
    secret.write_text("KUNCI", encoding="utf-8")
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    bomb = BOMB.replace("]>", f'<!ENTITY x SYSTEM "file://{secret}">]>')
    text = f'{head}<!--{"x" * padding}-->{bomb}<rss version="2.0"><channel>{item(title="Panen &j;&x;")}</channel></rss>'
    for content_type in ("", f"text/xml; charset={declared}"):
        found = str(parse(text.encode(encoding), content_type=content_type))
        assert "lollol" not in found
        assert "KUNCI" not in found


@pytest.mark.parametrize("name", ["rahasia.xml", "tidak-ada.xml"])
def test_a_feed_that_is_the_name_of_a_file_does_not_open_it(name: str, tmp_path: Path) -> None:
    (tmp_path / "rahasia.xml").write_bytes(rss(item(title="KUNCI")))
    assert parse(str(tmp_path / name).encode()).problem == "answer is not a feed"


def test_a_document_type_without_entities_is_read_over() -> None:
    """RSS 0.91 demands one."""
    doctype = '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">'
    assert only(b"<?xml version='1.0'?>\n<!-- a > b -->" + doctype.encode() + RSS_091).title == "Panen"


def test_a_feed_is_bounded_in_bytes_and_elements() -> None:
    assert parse(b"<rss>" + b" " * MAX_BYTES).problem == f"feed is larger than {MAX_BYTES} bytes"
    assert parse(gzip.compress(rss(" " * MAX_BYTES))).problem == "compressed feed is broken or too large"
    assert parse(rss("<x/>" * FEED.max_marks)).problem == f"feed has more than {FEED.max_marks} elements; refused"
    for attributes in ("a='b' " * 200_000, "a='>' " * 400_000, "a " * 500_000):
        assert parse(rss(f"<item {attributes}>")).problem == "feed has too many attributes; refused"
    assert only(gzip.compress(rss(item()))).title == "Panen di lapas"


def test_of_thousands_of_items_the_first_are_taken_and_the_others_counted() -> None:
    count = MAX_ENTRIES + 1234
    listing = parse(rss("".join(item(f"https://kabar.example/{n}") for n in range(count))))
    assert len(listing.entries) == MAX_ENTRIES
    assert (listing.skipped, listing.problem) == (1234, "")
    assert listing.entries[-1].url == f"https://kabar.example/{MAX_ENTRIES - 1}"


@pytest.mark.parametrize(
    "body",
    [
        b"<!---->" * 500 + b"<rss>",
        b"<!-- a -->\n" * 300,
        rss(item(title="<![CDATA[" + "<" * 300_000 + "]]>")),
        rss(item(title="<![CDATA[" + "<script " * 60_000 + "]]>")),
        rss(item(title="<![CDATA[" + "<a" * 200_000 + "]]>")),
        rss("<x>" * 20_000),
        b"<?xml version='1.0'?>" + b"\n" * 1_000_000 + b"<rss>",
        b"<?" + b"encoding='a' " * 50_000 + b"<rss>",
        b"<!DOCTYPE " * 100_000 + b"<rss>",
        rss(item(title="&amp;#" + "9" * 100_000)),
    ],
    ids=["comments", "spaced comments", "angles", "scripts", "tags", "depth", "lines", "declaration", "doctypes", "digits"],
)
def test_no_markup_takes_long(body: bytes) -> None:
    """Each of these once took from minutes to for ever; the bound only has to tell that apart from a busy machine."""
    started = time.monotonic()
    parse(body)
    assert time.monotonic() - started < 20


def test_html_is_not_seen_where_there_is_none() -> None:
    assert not looks_like_html("<!---->" * 500 + "<rss>")
    assert not looks_like_html("<htmlx>")
    assert not looks_like_html(rss(item(title="<![CDATA[<html>]]>")).decode())


PIECES = [
    *(f'<?xml version="1.0" encoding="{name}"?>' for name in ("utf-8", "utf-16", "punycode", "idna", "zip", "base64", "rot13")),
    *(
        "<rss version='2.0'>",
        "<channel>",
        "<item>",
        "</item>",
        "<title>",
        "</title>",
        "<title type='xhtml'>",
        "<guid>",
        "</guid>",
    ),
    *("<link>", "</link>", "<link href='//[x'/>", "https://kabar.example/1", "http://[", "<pubDate>", "</pubDate>", "0001-01-01"),
    *(
        "<feed xmlns='http://www.w3.org/2005/Atom'>",
        "<entry xml:base='//['>",
        "</entry>",
        "<content mode='base64'>",
        "</content>",
    ),
    *(
        "&#99999999999;",
        "&#xD800;",
        "&#x;",
        "&foo;",
        "&",
        "<",
        ">",
        "<![CDATA[",
        "]]>",
        "<!DOCTYPE x>",
        "<!",
        "<?",
        "<!--",
        "-->",
    ),
    *(
        "<gml:pos srsDimension='x'>1 2</gml:pos>",
        "<georss:point>1 x</georss:point>",
        "<itunes:explicit>",
        "\x00",
        "\xff",
        "\ud7ff",
    ),
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=20), st.booleans(), st.sampled_from(["utf-8", "utf-16", "utf-7"]))
def test_no_bytes_make_the_parser_raise(pieces: list[str], wrapped: bool, encoding: str) -> None:
    body = "".join(pieces)
    listing = parse(rss(f"<item>{body}</item>") if wrapped else body.encode(encoding, "replace"))
    assert all(is_fetchable(entry.url) for entry in listing.entries)
    assert len({entry.key for entry in listing.entries}) == len(listing.entries)
    assert listing.entries or listing.problem


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_random_bytes_are_a_listing_too(body: bytes) -> None:
    assert isinstance(parse(body), Listing)
