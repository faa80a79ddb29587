"""Listing pages: the links that fit the source's pattern, each once, with the text that a reader would call its title."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.fetch.feeds import MAX_ENTRIES, Listing
from pipeline.fetch.listings import parse_listing
from pipeline.fetch.markup import MAX_BYTES
from pipeline.records import Source, SourceKind
from pipeline.urls import is_fetchable

HOME = "https://kanwil.example/berita/indeks"


def source(pattern: str = r"/berita/\d+") -> Source:
    return Source("kanwil", "Kanwil", SourceKind.LISTING, HOME, link_pattern=pattern)


def parse(markup: str | bytes, pattern: str = r"/berita/\d+") -> Listing:
    return parse_listing(markup if isinstance(markup, bytes) else markup.encode(), source(pattern), HOME)


def links(markup: str | bytes, **more: Any) -> list[tuple[str, str]]:
    return [(entry.url, entry.title) for entry in parse(markup, **more).entries]


def test_links_that_fit_the_pattern_are_taken_in_their_order() -> None:
    markup = """<nav><a href="/">Beranda</a><a href="/kontak">Kontak</a></nav>
    <ul><li><a href="/berita/2-panen">Panen</a><li><a href="https://kanwil.example/berita/1-pasar">Pasar</a></ul>
    <a href="https://lain.example/berita/9">Mitra</a><a name="tanpa">x</a><a href="">y</a>"""
    assert links(markup, pattern=r"^https://kanwil\.example/berita/\d+-") == [
        ("https://kanwil.example/berita/2-panen", "Panen"),
        ("https://kanwil.example/berita/1-pasar", "Pasar"),
    ]


def test_the_pattern_sees_the_whole_absolute_address() -> None:
    assert links('<a href="1">Panen</a>', pattern=r"^https://kanwil\.example/berita/1$") == [
        ("https://kanwil.example/berita/1", "Panen")
    ]


def test_the_longest_text_of_an_addresss_links_is_its_title() -> None:
    markup = """<a href="/berita/1"><img src="a.jpg" alt="foto"></a><a href="/berita/1"> Panen <b>raya</b>
    di&nbsp;lapas</a><a href="/berita/1#lanjut">Baca</a>"""
    assert links(markup) == [("https://kanwil.example/berita/1", "Panen raya di lapas")]


def test_a_comment_in_a_link_is_no_part_of_its_title() -> None:
    assert links('<a href="/berita/1"><!-- slot iklan nomor tujuh --> Panen </a>') == [
        ("https://kanwil.example/berita/1", "Panen")
    ]


def test_twins_are_folded() -> None:
    markup = '<a href="/berita/1">Panen</a><a href="https://www.kanwil.example/berita/1/?utm_source=x">Panen raya</a>'
    assert len(parse(markup).entries) == 1


def test_entries_have_no_date_and_carry_their_source() -> None:
    [entry] = parse('<a href="/berita/1">Panen</a>').entries
    assert (entry.source_id, entry.published, entry.published_raw, entry.summary) == ("kanwil", None, "", "")


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("https://kanwil.example/id/", "https://kanwil.example/id/berita/1"),
        ("/id/", "https://kanwil.example/id/berita/1"),
        ("http://[", "https://kanwil.example/berita/berita/1"),
        ("", "https://kanwil.example/berita/berita/1"),
    ],
)
def test_relative_links_start_from_where_the_page_says(base: str, expected: str) -> None:
    assert links(f'<head><base href="{base}"></head><a href="berita/1">Panen</a>') == [(expected, "Panen")]


def test_a_link_that_fits_but_may_not_be_fetched_is_counted() -> None:
    markup = """<a href="javascript:buka('/berita/1')">a</a><a href="https://x@kanwil.example/berita/2">b</a>
    <a href="file:///berita/3">c</a><a href="//[/berita/4">d</a><a href="/berita/5">Panen</a>"""
    listing = parse(markup)
    assert [entry.url for entry in listing.entries] == ["https://kanwil.example/berita/5"]
    assert (listing.skipped, listing.problem) == (3, "")


def test_thousands_of_links_are_cut_and_counted() -> None:
    listing = parse("".join(f'<a href="/berita/{n}">Panen</a>' for n in range(MAX_ENTRIES + 50)))
    assert (len(listing.entries), listing.skipped) == (MAX_ENTRIES, 50)


# --- an outlet's list selectors

BOXES = """<div class="terkini"><a href="/berita/1">Panen</a><div class="terkini"><a href="/berita/2">Pasar</a></div></div>
<aside><a href="/berita/3">Populer</a></aside><h2><a class="judul" href="/berita/4">Sidang</a></h2><a href="/kontak">x</a>"""


@pytest.mark.parametrize(
    ("selectors", "numbers"),
    [
        ((), [1, 2, 3, 4]),
        ((".terkini",), [1, 2]),
        (("a.judul",), [4]),
        (("h2", ".terkini .terkini", "a.judul"), [2, 4]),
        (("#tidak-ada",), []),
    ],
)
def test_only_links_that_the_selectors_name_or_hold_are_taken(selectors: tuple[str, ...], numbers: list[int]) -> None:
    listing = parse_listing(BOXES.encode(), source(), HOME, selectors)
    assert [entry.url for entry in listing.entries] == [f"https://kanwil.example/berita/{n}" for n in numbers]
    unfit = "no link of the page fits the source's link_pattern inside the outlet's list selectors"
    assert listing.problem == ("" if numbers else unfit)


def test_selectors_may_stand_without_a_pattern() -> None:
    assert len(parse_listing(BOXES.encode(), source(""), HOME, ("aside",)).entries) == 1


def test_a_selector_that_cannot_be_read_is_the_operators_mistake() -> None:
    with pytest.raises(ValueError, match="is not tag"):
        parse_listing(BOXES.encode(), source(), HOME, ("div > a",))


def test_boxes_in_boxes_take_no_time() -> None:
    started = time.monotonic()
    parse_listing(b'<div class="a"><a href="/berita/1">x</a>' * 20_000, source(), HOME, (".a", "div"))
    assert time.monotonic() - started < 20


def test_an_overlong_address_is_not_tried_on_the_pattern() -> None:
    started = time.monotonic()
    assert parse_listing(b'<a href="/berita/' + b"a" * 1_000_000 + b'">x</a>', source(r"(a+)+b"), HOME).entries == ()
    assert time.monotonic() - started < 20


def test_a_page_beyond_the_bound_is_told() -> None:
    assert parse(b" " * MAX_BYTES + b"<a>").problem == f"listing page is larger than {MAX_BYTES} bytes"


@pytest.mark.parametrize("markup", ["<p>Kosong</p>", '<a href="/kontak">Kontak</a>', "Galat", '{"a": "/berita/1"}'])
def test_a_page_without_a_fitting_link_is_told(markup: str) -> None:
    assert parse(markup) == Listing((), "no link of the page fits the source's link_pattern", charset="utf-8")


@pytest.mark.parametrize("body", [b"", b" \n\t "])
def test_an_empty_page_is_told(body: bytes) -> None:
    assert parse(body) == Listing((), "listing page is empty")


def test_a_page_of_comments_is_told() -> None:
    listing = parse(b"<!-- x -->")
    assert listing.entries == ()
    assert listing.problem


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ("", "utf-8"),
        ('<meta charset="iso-8859-1">', "utf-8"),
        ('<meta charset="windows-1252">', "cp1252"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=windows-1252">', "cp1252"),
    ],
)
def test_a_title_is_read_in_its_encoding(head: str, encoding: str) -> None:
    markup = f'<html><head>{head}</head><body><a href="/berita/1">“Panen” café</a></body></html>'
    assert links(markup.encode(encoding))[0][1] == "“Panen” café"


@pytest.mark.parametrize(
    "markup",
    [
        '<a href="/berita/1">Panen',
        "<a href=/berita/1>Panen</a>",
        "<A HREF='/berita/1'>Panen</A>",
        '<?xml version="1.0" encoding="aneh"?><p><a href="/berita/1">Panen</a>',
        '<table><a href="/berita/1">Panen</table></a></div>',
        '\ufeff<a href="/berita/1">Panen</a>',
        '<a href=" /berita/1\n">Panen</a>',
    ],
)
def test_careless_markup_is_read(markup: str) -> None:
    assert links(markup) == [("https://kanwil.example/berita/1", "Panen")]


def test_depth_takes_no_time() -> None:
    started = time.monotonic()
    parse("<div>" * 100_000 + '<a href="/berita/1">Panen')
    parse('<a href="/berita/1">x' * 10_000)
    assert time.monotonic() - started < 20


PIECES = [
    *(
        '<a href="/berita/1">',
        "</a>",
        '<a href="//[/berita/2">',
        "<a href=",
        "<base href='//['>",
        "<base href>",
        "<script>",
        "<svg>",
    ),
    *(
        "</script>",
        "<!--",
        "-->",
        "<table>",
        "<?xml encoding='x'?>",
        "<!DOCTYPE",
        "&#xD800;",
        "&#0;",
        "&",
        "<",
        ">",
        "\x00",
        "\xff",
    ),
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=20))
def test_no_bytes_make_the_parser_raise(pieces: list[str]) -> None:
    listing = parse("".join(pieces).encode("latin-1"))
    assert all(is_fetchable(entry.url) for entry in listing.entries)
    assert bool(listing.entries) != bool(listing.problem)
