"""Sitemaps: with news and without, packed and plain, and never anything but the page's own address, title and date."""

from __future__ import annotations

import gzip
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.fetch.feeds import MAX_ENTRIES, Listing
from pipeline.fetch.markup import SITEMAP
from pipeline.fetch.sitemaps import MAX_CHILDREN, due_children, parse_sitemap
from pipeline.records import Source, SourceKind
from pipeline.urls import is_fetchable

HOME = "https://kabar.example/sitemap-news.xml"
SOURCE = Source("kabar", "Kabar", SourceKind.SITEMAP, HOME, zone="Asia/Makassar")
NAMESPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" xmlns:video="http://www.google.com/schemas/sitemap-video/1.1"'
)
NEWS = (
    "<news:news><news:publication><news:name>Kabar</news:name><news:language>id</news:language></news:publication>"
    "<news:publication_date>2026-11-25T10:00:00+07:00</news:publication_date>"
    "<news:title><![CDATA[Panen & pasar]]></news:title></news:news>"
)
IMAGE = "<image:image><image:loc>https://kabar.example/foto.jpg</image:loc><image:title>Foto panen</image:title></image:image>"
VIDEO = "<video:video><video:title>Rekaman</video:title><video:publication_date>2020-01-01</video:publication_date></video:video>"


def urlset(inner: str, namespaces: str = NAMESPACES, head: str = '<?xml version="1.0" encoding="UTF-8"?>') -> bytes:
    return f"{head}<urlset {namespaces}>{inner}</urlset>".encode()


def page(link: str = "https://kabar.example/1", more: str = "", before: str = "") -> str:
    return f"<url>{before}<loc>{link}</loc>{more}</url>"


def parse(body: bytes) -> Listing:
    return parse_sitemap(body, SOURCE, HOME)


def told(body: bytes) -> tuple[str, str, datetime | None]:
    listing = parse(body)
    assert (listing.problem, listing.skipped) == ("", 0)
    [entry] = listing.entries
    return entry.url, entry.title, entry.published


DATED = ("https://kabar.example/1", "Panen & pasar", datetime(2026, 11, 25, 3, tzinfo=UTC))


def test_a_news_sitemap_tells_address_title_and_date() -> None:
    assert told(urlset(page(more=NEWS))) == DATED


def test_a_plain_sitemap_tells_the_address_and_the_last_change_in_the_zone_of_the_source() -> None:
    assert told(urlset(page())) == ("https://kabar.example/1", "", None)
    last = page(more="<lastmod>2026-11-25 10:00:00</lastmod><changefreq>daily</changefreq><priority>0.5</priority>")
    assert told(urlset(last)) == ("https://kabar.example/1", "", datetime(2026, 11, 25, 2, tzinfo=UTC))


def test_the_publication_wins_over_the_last_change() -> None:
    assert told(urlset(page(more="<lastmod>2026-11-26T00:00:00Z</lastmod>" + NEWS))) == DATED


@pytest.mark.parametrize(
    "body", [page(more=NEWS + IMAGE + VIDEO), page(more=VIDEO + NEWS, before=IMAGE), page(before=NEWS + IMAGE)]
)
def test_a_picture_or_video_is_never_taken_for_the_article(body: str) -> None:
    assert told(urlset(body)) == DATED


def test_a_picture_gives_no_title_to_a_page_that_has_none() -> None:
    assert told(urlset(page(before=IMAGE, more=VIDEO))) == ("https://kabar.example/1", "", None)


def test_a_prefix_that_nobody_declared_is_understood() -> None:
    assert told(urlset(page(more=NEWS), namespaces="")) == DATED
    assert told(urlset(page(more=NEWS), 'xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"')) == DATED
    assert parse(b"<itunes:explicit>x</itunes:explicit>").problem == "answer is not a sitemap"


def test_half_an_emoji_costs_that_character_only() -> None:
    assert told(urlset(page(more="<title>Panen &#55357;&#56832; raya</title>")))[1] == "Panen raya"


def test_half_an_emoji_costs_no_more_in_another_encoding() -> None:
    body = urlset(page(more="<title>Panen &#xD83D;</title>"), head="").decode().encode("utf-16")
    assert told(body)[1] == "Panen"


def test_comments_and_white_space_between_are_nothing() -> None:
    assert (
        told(urlset(f"\n<!-- dibuat otomatis -->\n{page(chr(10) + 'https://kabar.example/1 ', '<!-- x -->' + NEWS)}\n")) == DATED
    )


def test_order_is_kept_doubles_are_folded_and_useless_rows_counted() -> None:
    links = (
        "/3",
        "https://kabar.example/1",
        "https://www.kabar.example/1/",
        "",
        "file:///etc/passwd",
        "https://a@kabar.example/",
        "/2",
    )
    listing = parse(urlset("".join(page(link) for link in links)))
    assert [entry.url for entry in listing.entries] == [f"https://kabar.example/{n}" for n in (3, 1, 2)]
    assert (listing.skipped, listing.problem) == (3, "")


def test_of_tens_of_thousands_of_pages_the_first_are_taken_and_the_others_counted() -> None:
    listing = parse(urlset("".join(page(f"https://kabar.example/{n}") for n in range(20_000))))
    assert (len(listing.entries), listing.skipped) == (MAX_ENTRIES, 20_000 - MAX_ENTRIES)


# --- packed


def test_a_packed_sitemap_is_unpacked() -> None:
    assert told(gzip.compress(urlset(page(more=NEWS)))) == DATED


@pytest.mark.parametrize(
    "body", [b"\x1f\x8bbukan", b"\x1f\x8b" + bytes(50), gzip.compress(b"x" * 1000, mtime=0)[:12] + b"\xff" * 50]
)
def test_a_broken_package_is_told(body: bytes) -> None:
    listing = parse(body)
    assert listing.entries == ()
    assert listing.problem


def test_a_package_that_grows_beyond_the_limit_is_told() -> None:
    assert parse(gzip.compress(b"<urlset>" + b" " * 51_000_000, 1)) == Listing((), "compressed sitemap is broken or too large")


def test_what_is_too_large_is_told() -> None:
    assert parse(b"<urlset>" + b" " * SITEMAP.max_bytes).problem == f"sitemap is larger than {SITEMAP.max_bytes} bytes"
    assert parse(b"<urlset>" + b"<a/>" * SITEMAP.max_marks).problem == "sitemap has more than 1000000 elements; refused"


# --- what is no healthy sitemap


@pytest.mark.parametrize(
    ("doctype", "refusal"),
    [
        ('<!DOCTYPE urlset SYSTEM "http://x.example/a.dtd">', "declares a document type; refused"),
        ('<!DOCTYPE u [<!ENTITY a "b">]>', "declares XML entities; refused"),
        ("<!doctype u>", "declares a document type; refused"),
    ],
)
def test_a_document_type_is_refused(doctype: str, refusal: str) -> None:
    body = urlset(page(), head='<?xml version="1.0"?>' + doctype)
    assert parse(body) == Listing((), refusal, charset="utf-8")
    assert parse(gzip.compress(body)) == Listing((), refusal, charset="utf-8")


@pytest.mark.parametrize("padding", [0, 30_000, 3_000_000])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be"])
def test_an_entity_is_refused_wherever_it_hides(padding: int, encoding: str, tmp_path: Path) -> None:
    doctype = f'<!DOCTYPE u [<!ENTITY a "lol"><!ENTITY b "{"&a;" * 99}"><!ENTITY x SYSTEM "file://{tmp_path}">]>'
    text = f"<urlset {NAMESPACES}><url><loc>https://kabar.example/1</loc><title>&b;&x;</title></url></urlset>"
    found = parse(f"<!--{'x' * padding}-->{doctype}{text}".encode(encoding))
    assert (found.entries, found.problem) == ((), "declares XML entities; refused")


def test_a_web_page_is_told() -> None:
    found = parse(b"<!DOCTYPE html><html><body>404</body></html>")
    assert found == Listing((), "answered a web page instead of a sitemap", charset="utf-8")


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (urlset(""), "sitemap is empty"),
        (urlset("<!-- kosong -->"), "sitemap is empty"),
        (urlset("<url/>"), "sitemap holds no usable items"),
        (urlset(page("kabar:1")), "sitemap holds no usable items"),
        (urlset(page() * 9), "all items lead to one address"),
    ],
)
def test_a_sitemap_without_pages_is_told(body: bytes, problem: str) -> None:
    assert parse(body).problem == problem


# --- an index of sitemaps


def index(*children: str) -> bytes:
    rows = "".join(f"<sitemap><loc>{url}</loc>{more}</sitemap>" for url, _, more in (child.partition(" ") for child in children))
    return f"<sitemapindex {NAMESPACES}>{rows}</sitemapindex>".encode()


def test_the_sitemaps_of_an_index_are_told_newest_first() -> None:
    listing = parse(
        index(
            "/post-sitemap1.xml <lastmod>2026-11-01T00:00:00+00:00</lastmod>",
            "/category-sitemap.xml <lastmod>2026-11-26T00:00:00+00:00</lastmod>",
            "/sitemap-2026-10.xml",
            "https://www.kabar.example/post-sitemap2.xml <lastmod>2026-11-26</lastmod>",
            "/sitemap-2026-11-25.xml.gz",
            "/wp-sitemap-posts-post-9.xml",
            "/wp-sitemap-posts-post-10.xml",
        )
    )
    assert (listing.entries, listing.problem, listing.skipped) == ((), "", 0)
    assert [url.rpartition("/")[2] for url, _ in listing.children] == [
        "post-sitemap2.xml",
        "sitemap-2026-11-25.xml.gz",
        "post-sitemap1.xml",
        "sitemap-2026-10.xml",
        "wp-sitemap-posts-post-10.xml",
        "wp-sitemap-posts-post-9.xml",
        "category-sitemap.xml",
    ]
    assert listing.children[3][1] == datetime(2026, 9, 30, 16, tzinfo=UTC)  # midnight in the source's zone
    assert listing.children[4][1] is None


def test_an_index_leads_to_no_stranger_and_not_to_itself() -> None:
    listing = parse(
        index("https://lain.example/a.xml", HOME, "file:///etc/passwd", "", "/a.xml", "/a.xml", "http://10.0.0.1/a.xml")
    )
    assert [url for url, _ in listing.children] == ["https://kabar.example/a.xml"]
    assert (listing.problem, listing.skipped) == ("", 6)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (index(), "sitemap index is empty"),
        (index("https://lain.example/a.xml"), "sitemap index holds no sitemap of its own site"),
    ],
)
def test_an_index_without_sitemaps_is_told(body: bytes, problem: str) -> None:
    listing = parse(body)
    assert (listing.children, listing.problem) == ((), problem)


def test_a_poll_reads_a_few_sitemaps_of_an_endless_index() -> None:
    names = [f"/sitemap-{year}-{month:02}.xml" for year in range(1990, 2095) for month in range(1, 13) if year > 1999]
    listing = parse(index(*names))
    assert (len(listing.children), listing.skipped) == (MAX_CHILDREN, len(names) - MAX_CHILDREN)
    due = due_children(listing, datetime(2026, 11, 26, tzinfo=UTC))
    assert due == tuple(f"https://kabar.example/sitemap-{month}.xml" for month in ("2026-11", "2026-10", "2026-09"))


def test_a_month_that_does_not_exist_dates_nothing() -> None:
    assert parse(index("/a-2026-02-31.xml")).children == (("https://kabar.example/a-2026-02-31.xml", None),)


def test_of_too_many_dated_pages_the_newest_are_taken() -> None:
    days = [
        f"{year}-{month:02}-{day:02}"
        for year in (2020, 2021, 2022, 2023, 2024, 2025, 2026)
        for month in range(1, 13)
        for day in range(1, 29)
    ]
    listing = parse(urlset("".join(page(f"/{day}", f"<lastmod>{day}</lastmod>") for day in days)))
    assert (len(listing.entries), listing.skipped) == (MAX_ENTRIES, len(days) - MAX_ENTRIES)
    assert listing.entries[0].url == "https://kabar.example/2026-12-28"


@pytest.mark.parametrize("body", [b"", b" \n", b"\x00", b"{}", b"Galat", b"<", b"<!-- x -->", b"<?xml version='1.0'?>"])
def test_what_is_no_xml_is_told(body: bytes) -> None:
    listing = parse(body)
    assert listing.entries == ()
    assert listing.problem


@pytest.mark.parametrize(
    "body",
    [
        b"\n\n" + urlset(page()),
        b"\xef\xbb\xbf" + urlset(page()),
        urlset(page("https://kabar.example/1?a=1&b=2").replace("?a=1&b=2", "")),
        urlset(page() + "<url><loc>https://kabar"),
        urlset(page()).removesuffix(b"</urlset>"),
        urlset(page(more="<title>Panen &nbsp; & pasar</title>")),
    ],
)
def test_malformed_xml_is_recovered(body: bytes) -> None:
    assert parse(body).entries[0].url == "https://kabar.example/1"


def test_a_sitemap_in_another_encoding_is_read() -> None:
    body = urlset(page(more="<title>“Panen” café</title>"), head='<?xml version="1.0" encoding="windows-1252"?>')
    assert told(body.decode().encode("cp1252"))[1] == "“Panen” café"


def test_depth_takes_no_time() -> None:
    started = time.monotonic()
    parse(b"<urlset>" + b"<url>" * 200_000)
    parse(urlset(page(more="<title>" + "<a>" * 200_000)))
    assert time.monotonic() - started < 20


PIECES = [
    *("<urlset>", "</urlset>", "<url>", "</url>", "<loc>", "</loc>", "https://kabar.example/1", "<news:news>", "</news:news>"),
    *("<news:title>", "<a:b:c>", "<:x>", "{x}", "<lastmod>0001-01-01</lastmod>", "&#xD800;", "&", "<", ">", "<![CDATA[", "]]>"),
    *("<!--", "-->", "<?x y?>", "<?xml version='1.0' encoding='zip'?>", "xmlns='", "\x00", "\xff", "9999-12-31T23:59:59-05:00"),
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=20), st.booleans())
def test_no_bytes_make_the_parser_raise(pieces: list[str], wrapped: bool) -> None:
    body = "".join(pieces)
    listing = parse(urlset(page(more=body)) if wrapped else body.encode("latin-1"))
    assert all(is_fetchable(entry.url) for entry in listing.entries)
    assert bool(listing.entries) != bool(listing.problem)
