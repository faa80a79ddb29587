"""Laws of addresses: twins of one article share a key, different articles never do, and odd addresses do no harm."""

from __future__ import annotations

import re
import time
from random import Random
from unittest.mock import patch
from urllib.parse import urlencode, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import urls
from pipeline.urls import (
    article_key,
    canonical_form,
    canonical_link,
    domain_of,
    host_of,
    is_fetchable,
    is_list_page,
    part_links,
    resolve,
    same_site,
)

URL = "https://kabar.example/berita/123/lapas-panen-jagung"
SLUGS = st.from_regex(r"[a-z0-9]{1,12}(-[a-z0-9]{1,8}){0,4}", fullmatch=True).filter(lambda slug: slug not in {"amp", "all"})
NAMES = st.sampled_from(
    ["id", "p", "cid", "nid", "uid", "gid", "galeri", "berita", "news_cid", "keyword", "glid", "k", "mod", "b"]
)
PATHS = st.lists(SLUGS, min_size=1, max_size=4).map(lambda parts: "/" + "/".join(parts))
TWINS = (
    "https://www.{host}{path}",
    "http://{host}{path}",
    "https://{host}{path}/",
    "https://m.{host}{path}",
    "https://amp.{host}{path}",
    "https://m.www.{host}{path}",
    "https://{host}/amp{path}",
    "https://{host}{path}/amp/",
    "https://{host}{path}/all",
    "https://{host}/{path}",
    "https://{host}{path}/twitter.com",
    "https://{host}{path}/amp/x.com/",
    "https://{host}{path}/whatsapp://send",
    "https://{host}{path}#komentar",
    "https://{host}:443{path}",
    "https://{host}.{path}",
    "HTTPS://{host}{path}?page=2",
    "https://{host}{path}?page=all&utm_source=rss&fbclid=Iw",
    "https://{host}{path}?showpage=all",
    "https://{host}{path}?page=komentar&tag_from=wp",
    "https://{host}{path}?outputType=amp&m=1",
    "https://{host}{path}?mc_cid=1&_ga=2&ref=beranda",
)


@pytest.mark.parametrize("twin", TWINS)
@settings(deadline=None)
@given(path=PATHS)
def test_a_twin_has_the_key_of_its_article(twin: str, path: str) -> None:
    assert article_key(twin.format(host="kabar.example", path=path)) == article_key(f"https://kabar.example{path}")


@settings(deadline=None)
@given(one=PATHS, other=PATHS)
def test_different_paths_are_different_articles(one: str, other: str) -> None:
    same = article_key(f"https://kabar.example{one}") == article_key(f"https://kabar.example{other}")
    assert same == (one == other)


@settings(deadline=None)
@given(name=NAMES, one=st.integers(0, 10**7), other=st.integers(0, 10**7), path=st.sampled_from(["/", "/baca.php", "/index.php"]))
def test_articles_told_apart_by_a_number_in_the_query_stay_apart(name: str, one: int, other: int, path: str) -> None:
    same = article_key(f"https://kabar.example{path}?{name}={one}") == article_key(f"https://kabar.example{path}?{name}={other}")
    assert same == (one == other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://kabar.example/?p=758", "https://kabar.example/?p=759"),
        ("https://kabar.example/?p=758", "https://kabar.example/"),
        ("https://kabar.example/?758", "https://kabar.example/?759"),
        ("https://kabar.example/baca.php?id=1", "https://kabar.example/baca.php?id=2"),
        ("https://kabar.example/index.php?page=panen-jagung", "https://kabar.example/index.php?page=razia-kamar"),
        ("https://kabar.example/judul", "https://lain.example/judul"),
        ("https://lampung.kabar.example/judul", "https://kabar.example/judul"),
        ("https://kabar.example/ampas-kopi", "https://kabar.example/as-kopi"),
        ("https://kabar.example/judul/2024", "https://kabar.example/judul"),
        ("https://kabar.example/a?q=a%26b", "https://kabar.example/a?q=a&b"),
    ],
)
def test_near_addresses_of_different_articles_have_different_keys(one: str, other: str) -> None:
    assert article_key(one) != article_key(other)


@settings(deadline=None)
@given(st.dictionaries(NAMES, st.text(max_size=5), min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_parameters_does_not_matter(parameters: dict[str, str], chance: Random) -> None:
    shuffled = list(parameters.items())
    chance.shuffle(shuffled)
    assert canonical_form(f"{URL}?{urlencode(parameters)}") == canonical_form(f"{URL}?{urlencode(shuffled)}")


ODD_WORDS = "/ // amp all twitter.com x.com www. m. ? & = page=2 % %2F # : [ ] @ ; kabar.example xn--bcher-kva é İ .. id=1 +"
ODD_PIECES = st.sampled_from([*ODD_WORDS.split(), "http://", "https://", "80", "443", " ", "\ud800", "\x00", "\n"])


@settings(deadline=None)
@given(st.one_of(st.text(max_size=40), st.lists(ODD_PIECES, max_size=12).map("".join).map("https://kabar.example{}".format)))
def test_the_canonical_form_of_a_canonical_form_is_itself(url: str) -> None:
    once = canonical_form(url)
    assert canonical_form(once) == once


@settings(deadline=None)
@given(st.one_of(st.text(max_size=40), st.lists(ODD_PIECES, max_size=12).map("".join)))
def test_no_address_breaks_any_question_about_it(url: str) -> None:
    assert len(article_key(url)) == 16
    assert is_fetchable(url) in (True, False)
    assert is_list_page(url) in (True, False)
    assert same_site(url, URL) in (True, False)
    assert host_of(url) == host_of(url).lower()
    assert isinstance(resolve(URL, url), str)
    assert isinstance(domain_of(url), str)


HOSTS = "kabar.example www.kabar.example M.Kabar.Example m.www.kabar.example kabar.example. . www. m.example 10.0.0.1".split()
ODD_HOSTS = (
    "xn--bcher-kva.example a.XN--bcher-kva www.xn--e0j kabar..example -.example kabar.example:8080 kabar.example:443 "
    "x@kabar.example"
).split()
SEGMENTS = (
    "berita 123 12 1 2026 lapas-panen-jagung A-B-c 1-2-3 -a-b a--b amp AMP ampas all all-in-one twitter.com X.com x.com.html "
    "whatsapp: send sending .. . ... a%20b %zz a=b,c:d ~x_y!"
).split()
ODD_SEGMENTS = ["", "a b", "a+b", "a;b", "a&b", "é", "a@b", "["]
QUERIES = "p=1 id=2 b=1 a=2 page=2 page=all page=profil utm_source=rss fbclid=x a=%20 a=b+c a=%26 758 a= =b m=1 x=/y".split()
ODD_QUERIES = ["q=é", "a;b", "a b", "?"]


def some_address(chance: Random) -> str:
    def odd() -> bool:
        return chance.random() < 0.1

    if odd():
        return "https://kabar.example" + "".join(chance.choices("/a-1.?=&:amp% é#", k=chance.randrange(30)))
    scheme = chance.choice(["HTTPS", "ftp"] if odd() else ["https", "http"])
    host = chance.choice(ODD_HOSTS if odd() else HOSTS)
    path = "".join("/" + chance.choice(ODD_SEGMENTS if odd() else SEGMENTS) for _ in range(chance.randrange(5)))
    slash = chance.choice(["", "", "/"])
    query = "&".join(chance.choice(ODD_QUERIES if odd() else QUERIES) for _ in range(chance.randrange(4)))
    end = chance.choice(["#komentar", " ", "\n", "?"] if odd() else [""])
    return f"{scheme}://{host}{path}{slash}{'?' if query else ''}{query}{end}"


@settings(deadline=None, max_examples=50)
@given(st.randoms(use_true_random=True))
def test_a_plain_address_is_known_as_the_long_way_knows_it(chance: Random) -> None:
    def answers(url: str) -> tuple[object, ...]:
        bases = ("https://kabar.example/feed", "http://lain.example/a/b?c", "")
        return url, canonical_form(url), is_fetchable(url), [resolve(base, url) for base in bases]

    addresses = [some_address(chance) for _ in range(100)]
    short = list(map(answers, addresses))
    with patch.object(urls, "_PLAIN", re.compile("(?!)")):
        assert short == list(map(answers, addresses))


def test_most_addresses_of_the_press_are_plain() -> None:
    """Otherwise the test above would compare the long way with itself."""
    with patch.object(urls, "_folded", side_effect=AssertionError("the long way was taken")):
        assert canonical_form("http://www.Kabar.example/2026/11/panen-raya-di-lapas-12/?utm_source=rss&b=2&a=1").endswith(
            "//kabar.example/2026/11/panen-raya-di-lapas-12?a=1&b=2"
        )
        assert canonical_form("https://kabar.example/berita/12") == "https://kabar.example/berita/12"


@pytest.mark.parametrize("start", ["a-", "é-", "-", "a--"])
def test_an_address_of_a_thousand_hyphens_does_not_hang(start: str) -> None:
    url = f"https://kabar.example/{start * (1900 // len(start))}x/y?a=1;"
    for number in range(200):
        assert len(article_key(f"{url}{number}")) == 16


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://kabar.example/a b", "https://kabar.example/a%20b"),
        ("https://kabar.example/é", "https://kabar.example/%C3%A9"),
        ("https://kabar.example:8080/a", "https://kabar.example:8080/a"),
        ("https://[::1]/a", "https://[::1]/a"),
        ("https://m.example/a", "https://m.example/a"),
        ("https://kabar.example", "https://kabar.example/"),
    ],
)
def test_the_canonical_form_is_an_address_that_people_can_open(url: str, expected: str) -> None:
    assert canonical_form(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "ftp://kabar.example/a",
        "javascript:alert(1)",
        "//kabar.example/a",
        "https:///a",
        "https://user@kabar.example/a",
        "https://kabar.example:8080/a",
        "https://kabar.example:99999/a",
        "https://kabar.example/a b",
        "https://kabar.example/a\nb",
        "https://[bad/a",
        "https://kabar.example/" + "a" * 2048,
        "",
    ],
)
def test_what_no_newsroom_would_serve_is_not_fetched(url: str) -> None:
    assert not is_fetchable(url)


@pytest.mark.parametrize("url", [URL, "http://kabar.example:80/a", "https://kabar.example:443/?p=1", "https://10.0.0.1/a"])
def test_a_plain_web_address_may_be_fetched(url: str) -> None:
    assert is_fetchable(url)


@pytest.mark.parametrize(
    "path",
    ["/tag/lapas", "/tags/lapas", "/topik/remisi", "/category/hukum/", "/search?q=lapas", "/cari", "/indeks/2", "/?s=lapas"],
)
def test_a_list_of_articles_is_known_by_its_address(path: str) -> None:
    assert is_list_page(f"https://kabar.example{path}")


@pytest.mark.parametrize(
    "path", ["/berita/tag-baru", "/tagihan-listrik-lapas", "/?p=758", "/carita", "/index.php?p=1", "/baca?s=3", ""]
)
def test_an_article_is_not_taken_for_a_list(path: str) -> None:
    assert not is_list_page(f"https://kabar.example{path}")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://www.kabar.example/a", "https://m.kabar.example/b", True),
        ("https://lampung.kabar.example/a", "https://kabar.example/b", True),
        ("https://kabar.example./a", "https://kabar.example/b", True),
        ("https://kabar.example/a", "https://bukankabar.example/b", False),
        ("https://satu.kabar.example/a", "https://dua.kabar.example/b", False),
        ("", "", False),
        ("https://[bad/", URL, False),
    ],
)
def test_two_addresses_are_of_one_site_when_their_hosts_are_kin(one: str, other: str, same: bool) -> None:
    assert same_site(one, other) is same
    assert same_site(other, one) is same


@pytest.mark.parametrize(
    ("base", "link", "expected"),
    [
        (URL, "../124/judul#atas", "https://kabar.example/berita/124/judul"),
        (URL, " /a b ", "https://kabar.example/a%20b"),
        (URL, "?page=2", f"{URL}?page=2"),
        (URL, "//cdn.example/a", "https://cdn.example/a"),
        (URL, "https://[bad", ""),
    ],
)
def test_a_link_is_resolved_against_its_page(base: str, link: str, expected: str) -> None:
    assert resolve(base, link) == expected


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        (f'<link rel="canonical" href="{URL}">', URL),
        (f"<link href='{URL}' rel='canonical'/>", URL),
        (f"<LINK REL=canonical HREF={URL}>", URL),
        ('<link rel="canonical" href="/berita/123/lapas-panen-jagung">', URL),
        ('<link rel="canonical" href="/baca.php?a=1&amp;b=2">', "https://kabar.example/baca.php?a=1&b=2"),
        ('<link rel="canonical" href="/baca.php?a=1&#038;copy=2">', "https://kabar.example/baca.php?a=1&copy=2"),
        ('<link rel="stylesheet" href="/a.css"><link\nrel="canonical"\nhref="/b">', "https://kabar.example/b"),
        ('<link rel="canonical" href="https://www.kabar.example/b">', "https://www.kabar.example/b"),
        ('<link rel="canonical" href="https://kabar.example/">', ""),
        ('<link rel="canonical" href="https://kabar.example">', ""),
        ('<link rel="canonical" href="https://lain.example/b">', ""),
        ('<link rel="canonical" href="">', ""),
        ('<link rel="canonical">', ""),
        ('<link rel="canonical" href="javascript:void(0)">', ""),
        ('<link rel="alternate" href="/b">', ""),
        ("", ""),
    ],
)
def test_the_canonical_link_counts_when_it_names_an_article_of_the_same_site(link: str, expected: str) -> None:
    page = f"<html><head>{link}</head><body></body></html>".encode()
    assert canonical_link(page, "https://kabar.example/amp/berita/123/lapas-panen-jagung") == expected


def test_a_page_of_unclosed_link_tags_does_not_hang_the_search_for_the_canonical_link() -> None:
    start = time.monotonic()
    assert canonical_link(b"<link " * 33_000, URL) == ""
    assert time.monotonic() - start < 10


def anchors(*links: str) -> bytes:
    return "".join(f'<a href="{link}">halaman</a>' for link in links).encode()


def test_the_parts_of_a_split_article_are_an_unbroken_row_in_order() -> None:
    page = anchors("?page=3", "?page=2", f"{URL}?page=4", "?page=2")
    assert part_links(page, URL, 8) == [f"{URL}?page={number}" for number in (2, 3, 4)]


def test_a_row_ends_at_its_first_gap() -> None:
    assert part_links(anchors("?page=2", "?page=4"), URL, 8) == [f"{URL}?page=2"]
    assert part_links(anchors("?page=3", "?page=all", "?page=1"), URL, 8) == []


def test_no_more_parts_than_the_limit_are_named() -> None:
    page = anchors(*(f"?page={number}" for number in range(1, 100)))
    assert len(part_links(page, URL, 8)) == 7
    assert part_links(page, URL, 1) == []


@pytest.mark.parametrize(
    "link",
    [
        "/tag/lapas?page=2",
        "https://lain.example/berita/123/lapas-panen-jagung?page=2",
        "/berita/124/lain?page=2",
        "?page=2x",
        "?halaman=2",
        "?subpage=2",
        "https://[bad/?page=2",
    ],
)
def test_a_pager_of_something_else_is_never_followed(link: str) -> None:
    assert part_links(anchors(link), URL, 8) == []


@pytest.mark.parametrize("amp", ["&", "&amp;", "&#038;"])
def test_parts_keep_the_articles_own_parameters(amp: str) -> None:
    page = anchors(f"?id=2{amp}page=2", f"?id=1{amp}page=2")
    assert part_links(page, "https://kabar.example/baca.php?id=1", 8) == ["https://kabar.example/baca.php?id=1&page=2"]


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_break_the_search_for_links(body: bytes) -> None:
    link = canonical_link(b'<link rel="canonical" href="' + body + b'">', URL)
    assert link == "" or is_fetchable(link)
    for part in part_links(b'<a href="?page=2' + body + b'">', URL, 8):
        assert urlsplit(part).hostname == "kabar.example"
