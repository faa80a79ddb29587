"""Discovery: what a site says of its own feeds comes first, strangers' links never, the usual places last."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.fetch.discover import MAX_CANDIDATES, MAX_SITEMAPS, find_feeds, guesses, kind_of, sitemaps_of
from pipeline.fetch.parsing import parse
from pipeline.records import Source, SourceKind
from pipeline.urls import is_fetchable

HOME = "https://www.kabar.example/berita/"


def found(html: str) -> list[tuple[str, str]]:
    return [(candidate.url, candidate.kind.value) for candidate in find_feeds(html.encode(), HOME)]


def test_what_the_page_names_comes_before_what_it_links() -> None:
    html = """<html><head><a href="/rss">RSS</a>
    <link rel="alternate" type="application/rss+xml" title="Kabar &raquo; Umpan" href="/feed/">
    <link rel="alternate" type="application/rss+xml" title="Kabar &raquo; Umpan Komentar" href="/comments/feed/">
    <link rel="alternate" type="application/atom+xml; charset=utf-8" href="https://feeds.lain.example/kabar">
    <link rel='alternate feed' type='application/feed+json' href='feed.json'>
    <link rel="https://api.w.org/" href="https://www.kabar.example/wp-json/">
    <link rel="alternate" hreflang="en" href="/en/"><link rel="stylesheet" type="application/rss+xml" href="/style">
    </head><body><a href="/sitemap-news.xml">Peta</a><a href="https://lain.example/feed/">Mitra</a><a href="/feedback">Saran</a>
    <a href="/feed/">lagi</a></body></html>"""
    assert found(html) == [
        ("https://www.kabar.example/feed/", "rss"),
        ("https://feeds.lain.example/kabar", "atom"),
        ("https://www.kabar.example/berita/feed.json", "json"),
        (
            "https://www.kabar.example/wp-json/wp/v2/posts?search=lapas&_fields=link,title,excerpt,date_gmt&per_page=50&orderby=date",
            "wordpress",
        ),
        ("https://www.kabar.example/rss", "rss"),
        ("https://www.kabar.example/sitemap-news.xml", "sitemap"),
    ]


def test_every_candidate_says_why() -> None:
    html = b'<link rel="alternate" type="application/rss+xml" title="Umpan  Kabar" href="/feed/">'
    assert [candidate.why for candidate in find_feeds(html, HOME)] == ["the page names it as its feed (Umpan Kabar)"]
    assert all(candidate.why for candidate in guesses(HOME))


def test_addresses_start_from_the_pages_base() -> None:
    assert found('<base href="https://kabar.example/x/"><link rel=alternate type=application/rss+xml href=rss>') == [
        ("https://kabar.example/x/rss", "rss")
    ]


@pytest.mark.parametrize(
    "href", ["", "javascript:x", "file:///etc/passwd", "http://[", "https://a@kabar.example/feed", "ftp://k/"]
)
def test_what_may_not_be_fetched_is_no_candidate(href: str) -> None:
    assert find_feeds(f'<link rel="alternate" type="application/rss+xml" href="{href}">'.encode(), HOME) == ()


def test_a_page_of_thousands_of_feeds_is_bounded() -> None:
    assert len(find_feeds("".join(f'<a href="/{n}/feed">x</a>' for n in range(5000)).encode(), HOME)) == MAX_CANDIDATES


@pytest.mark.parametrize("body", [b"", b"<!-- -->", b"\x00\xff", b"{}"])
def test_a_page_of_nothing_names_nothing(body: bytes) -> None:
    assert find_feeds(body, HOME) == ()


def test_robots_names_the_sites_own_sitemaps_news_first() -> None:
    text = """\ufeffUser-agent: *
Disallow: /x # Sitemap: https://www.kabar.example/no.xml
  sitemap : https://www.kabar.example/sitemap.xml
SITEMAP: /sitemap-news.xml
Sitemap: https://kabar.example/post-sitemap.xml # ada
Sitemap: https://lain.example/sitemap.xml
Sitemap: file:///etc/passwd
Sitemap:
Sitemap: https://www.kabar.example/sitemap.xml\r
"""
    assert [candidate.url for candidate in sitemaps_of(text, HOME)] == [
        "https://www.kabar.example/sitemap-news.xml",
        "https://www.kabar.example/sitemap.xml",
        "https://kabar.example/post-sitemap.xml",
    ]
    assert len(sitemaps_of("".join(f"Sitemap: /{n}.xml\n" for n in range(999)), HOME)) == MAX_SITEMAPS


def test_the_usual_places_are_of_the_site_itself() -> None:
    places = [candidate.url for candidate in guesses(HOME, "rutan & lapas")]
    assert places[0] == "https://www.kabar.example/feed/"
    assert "https://www.kabar.example/sitemap-news.xml" in places
    assert places[-1].startswith("https://www.kabar.example/wp-json/wp/v2/posts?search=rutan%20%26%20lapas&_fields=")
    assert all(is_fetchable(place) for place in places)
    assert guesses("tanpa alamat") == ()


ANSWERS = {
    SourceKind.RSS: [
        b"<rss><channel/></rss>",
        b"\n<?xml version='1.0'?><!-- x --><rdf:RDF xmlns:rdf='x'></rdf:RDF>",
        b"<RSS version='2.0'>",
    ],
    SourceKind.ATOM: [b'<feed xmlns="http://www.w3.org/2005/Atom"/>', "<feed/>".encode("utf-16")],
    SourceKind.SITEMAP: [b"<urlset/>", b"<sitemapindex></sitemapindex>"],
    SourceKind.JSON: [json.dumps({"version": "https://jsonfeed.org/version/1", "items": []}).encode()],
    SourceKind.WORDPRESS: [b"[]", b'\xef\xbb\xbf[{"link": "x", "title": {}}]'],
}


@pytest.mark.parametrize(("kind", "body"), [(kind, body) for kind, bodies in ANSWERS.items() for body in bodies])
def test_an_answer_is_known_by_what_it_holds(kind: SourceKind, body: bytes) -> None:
    assert kind_of(body) == kind


@pytest.mark.parametrize(
    "body", [b"", b"<html></html>", b"<!doctype html><rss/>", b"{}", b'[{"x": 1}]', b"[" * 50_000, b"{", b"<a/>", b"x"]
)
def test_anything_else_is_none_of_them(body: bytes) -> None:
    assert kind_of(body) is None


@pytest.mark.parametrize(("kind", "body"), [(kind, bodies[0]) for kind, bodies in ANSWERS.items()])
def test_every_kind_has_its_parser(kind: SourceKind, body: bytes) -> None:
    """An answer of the right kind is empty to its parser, and to the others no such thing at all."""
    for other in SourceKind:
        told = parse(body, "", Source("kabar", "Kabar", other, HOME, link_pattern="/berita/"), HOME)
        same = other is kind or {other, kind} <= {SourceKind.RSS, SourceKind.ATOM, SourceKind.HINT}
        empty = told.problem.endswith(" is empty") or told.note == "the search found nothing"
        assert empty == same, other


@given(st.text(max_size=300), st.binary(max_size=300))
def test_nothing_makes_discovery_raise(text: str, body: bytes) -> None:
    for candidate in (
        *sitemaps_of(f"Sitemap: {text}", HOME),
        *find_feeds(body, HOME),
        *find_feeds(f"<a href='{text}'>".encode(), HOME),
    ):
        assert is_fetchable(candidate.url)
    kind_of(body)
