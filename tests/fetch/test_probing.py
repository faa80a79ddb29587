"""Sources asked once, and sites searched, against a loopback server: each answer is one verdict with advice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from pipeline.extract.outlets import Outlets
from pipeline.fetch.catalogue import NOTHING_BLOCKED, Blocked
from pipeline.fetch.client import Client
from pipeline.fetch.documents import Web
from pipeline.fetch.probing import MAX_PROBES, Discovery, Probe, discover, probe, probe_all
from pipeline.fetch.robots import Robots, RobotsFile
from pipeline.fetch.schedule import Polled, Standing
from pipeline.fetch.verdicts import ADVICE, advice_of, looks_like_article, same_place, verdict_of
from pipeline.records import Reason, Source, SourceKind
from pipeline.settings import Fetch
from tests.conftest import NOW
from tests.fetch.hostile import Answer, Hostile, reply, site

HOST = "kabar.example"
SOURCE = Source("kabar", "Kabar", SourceKind.RSS, f"https://{HOST}/feed")
PAGE = "<!DOCTYPE html><html><head><title>Kabar</title>{head}</head><body><p>Berita hari ini.</p>{body}</body></html>"


def rss(*links: str, since: datetime = NOW, step: timedelta = timedelta(hours=1)) -> bytes:
    dates = (format_datetime(since - step * number) for number in range(len(links)))
    items = (
        f"<item><title>{link}</title><link>{link}</link><pubDate>{date}</pubDate></item>"
        for link, date in zip(links, dates, strict=True)
    )
    return f'<rss version="2.0"><channel><title>Kabar</title>{"".join(items)}</channel></rss>'.encode()


def links(count: int, host: str = HOST) -> list[str]:
    return [f"https://{host}/berita/napi-lapas-panen-{number}-lele" for number in range(count)]


def feed(body: bytes, **headers: str) -> bytes:
    return reply(200, body, Content_Type="application/rss+xml", **headers)


def html(body: str) -> bytes:
    return reply(200, body.encode(), Content_Type="text/html; charset=utf-8")


class Asking:
    """A web of its own, and the robots.txt files that it has read."""

    def __init__(self, server: Hostile, **changes: Any) -> None:
        settings = Fetch(**{"loopback_origin": server.origin, "host_delay_seconds": 0, "total_seconds": 5, **changes})
        self.files: dict[str, RobotsFile] = {}
        client = Client(settings)
        self.web = Web(client, Robots(client, self.files.get, self.files.__setitem__), Outlets(), 4)

    def discover(self, url: str = f"https://{HOST}/", blocked: Blocked = NOTHING_BLOCKED, **more: Any) -> Discovery:
        return discover(url, self.web, self.files.get, NOW, blocked=blocked, **more)


@contextmanager
def asking(answer: Answer, **changes: Any) -> Iterator[tuple[Asking, Hostile]]:
    with Hostile(answer) as server:
        yield Asking(server, **changes), server


def probed(answer: bytes, source: Source = SOURCE, known: Standing | None = None, **others: bytes) -> Probe:
    pages = {f"{HOST}/feed": answer, **{HOST + path: page for path, page in others.items()}}
    with asking(site(pages)) as (world, _):
        return probe(source, known or Standing(source.id), world.web, NOW)


def test_a_healthy_feed_is_ok_and_says_what_it_holds() -> None:
    body = rss(*links(8), "https://lain.example/berita/napi-kabur-dari-lapas", f"https://{HOST}/tag/lapas")
    found = probed(feed(body))
    assert (found.verdict, found.status, found.items, found.advice) == ("ok", "200", 10, "")
    assert found.newest == NOW.replace(microsecond=0)
    assert found.shape.own == pytest.approx(0.9)
    assert found.shape.articles == pytest.approx(0.9)
    assert found.robots == "allowed"
    assert found.redirect == ""
    assert found.seconds is not None


OLD = NOW - timedelta(days=400)
ANSWERS = {
    "empty": feed(rss()),
    "stale": feed(rss(*links(12), since=OLD, step=timedelta(hours=5))),
    "alike": feed(rss(*[f"https://{HOST}/{mark}" for mark in ("", "?utm_source=a", "?utm_source=b", "index.php", "#a", "#b")])),
    "not a feed": html(PAGE.format(head="", body="<article>Halaman</article>")),
    "challenge": reply(403, b"<html><title>Just a moment...</title></html>", Content_Type="text/html", cf_mitigated="challenge"),
    "blocked": reply(403, b"no"),
    "paywall": reply(402, b"no"),
    "busy": reply(429, b"no"),
    "dead": reply(404, b"no"),
    "failing": reply(503, b"no"),
    "wrong": reply(418, b"no"),
    "too large": feed(rss(*links(60_000))),
}


@pytest.mark.parametrize("verdict", ANSWERS)
def test_each_kind_of_answer_has_its_word_and_its_advice(verdict: str) -> None:
    found = probed(ANSWERS[verdict])
    assert found.verdict == verdict, found.detail
    assert found.detail
    assert found.advice
    assert "{" not in found.advice


def test_an_old_copy_is_known_by_what_the_ledger_remembers() -> None:
    body = feed(rss(*links(12), since=NOW - timedelta(days=9), step=timedelta(hours=5)))
    assert probed(body).verdict == "ok"
    assert probed(body, known=Standing("kabar", newest=NOW)).verdict == "stale"


def test_validators_and_digests_of_polls_do_not_matter() -> None:
    body = feed(rss(*links(3)))
    with asking(site({f"{HOST}/feed": body})) as (world, server):
        first = probe(SOURCE, Standing("kabar", etag='"a"', last_modified="b", body_sha256="c"), world.web, NOW)
    assert first.items == 3
    assert not any("if-none-match" in request.headers for request in server.requests)


def test_an_answer_from_elsewhere_is_moved_and_one_from_its_twin_is_not() -> None:
    body = feed(rss(*links(3)))
    away = probed(reply(301, Location="/rss/baru"), **{"/rss/baru": body})
    assert (away.verdict, away.redirect) == ("moved", f"https://{HOST}/rss/baru")
    assert f"https://{HOST}/rss/baru" in away.advice
    twin = probed(reply(301, Location="/feed/"), **{"/feed/": body})
    assert (twin.verdict, twin.redirect) == ("ok", f"https://{HOST}/feed/")


def test_robots_are_obeyed_and_told() -> None:
    closed = {"/robots.txt": reply(200, b"User-agent: *\nDisallow: /feed\n", Content_Type="text/plain")}
    found = probed(feed(rss(*links(3))), **closed)
    assert (found.verdict, found.robots, found.items, found.seconds) == ("robots", "forbidden", 0, None)
    unknown = probed(feed(rss(*links(3))), **{"/robots.txt": reply(503)})
    assert (unknown.verdict, unknown.robots.partition(":")[0]) == ("unreachable", "unknown")


def test_a_dead_host_is_unreachable() -> None:
    with Hostile(lambda connection, request: connection.hang_up()) as server:
        found = probe(SOURCE, Standing("kabar"), Asking(server).web, NOW)
    assert found.verdict == "unreachable"
    assert not found.reached


def test_all_sources_are_probed_once_and_a_stop_leaves_the_rest() -> None:
    many = [Source(f"kabar-{n}", "Kabar", SourceKind.RSS, f"https://kabar{n}.example/feed") for n in range(6)]
    pages = {f"kabar{n}.example/feed": feed(rss(*links(3, f"kabar{n}.example"))) for n in range(6)}
    with asking(site(pages)) as (world, server):
        found = list(probe_all(many, {}, world.web, NOW, threads=3))
        assert sorted(one.source.id for one in found) == [source.id for source in many]
        assert all(one.verdict == "ok" for one in found)
        assert sorted(r.place for r in server.requests if r.target == "/feed") == sorted(pages)
        assert not list(probe_all(many, {}, world.web, NOW, threads=3, stop=lambda: True))


def test_every_reason_has_a_word_and_every_word_its_advice() -> None:
    for reason in Reason:
        assert verdict_of(Polled(reason.value), 0) in ADVICE
    for word in ADVICE:
        assert "{" not in advice_of(word, SOURCE)
    assert verdict_of(Polled("ok"), 0) == "empty"
    assert verdict_of(Polled("unchanged"), 0) == "ok"
    assert verdict_of(Polled("something new"), 0) == "wrong"


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        ("https://kabar.example/berita/napi-lapas-panen-lele", True),
        ("https://kabar.example/read/1234567", True),
        ("https://kabar.example/?id=99887766", True),
        ("https://kabar.example/", False),
        ("https://kabar.example/tag/lapas-kelas-dua-a", False),
        ("https://kabar.example/nasional", False),
        ("https://[", False),
    ],
)
def test_what_looks_like_an_article(url: str, *, is_one: bool) -> None:
    assert looks_like_article(url) is is_one


def test_places_are_the_same_but_for_scheme_www_and_end_slash() -> None:
    assert same_place("http://www.kabar.example/feed", "https://kabar.example/feed/")
    assert same_place("https://kabar.example/feed", "")
    assert not same_place("https://kabar.example/feed", "https://kabar.example/rss")
    assert not same_place("https://kabar.example/?a=1", "https://kabar.example/?a=2")


# --- discovery

HOME = PAGE.format(
    head='<meta property="og:site_name" content="Kabar &amp; Warta">'
    '<link rel="alternate" type="application/rss+xml" title="Semua" href="/semua.xml">',
    body='<a href="/nasional/rss">RSS</a>',
)
ROBOTS = reply(200, f"User-agent: *\nDisallow: /rss\nSitemap: https://{HOST}/peta-news.xml\n".encode(), Content_Type="text/plain")
SITEMAP = (
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://kabar.example/berita/lapas-panen-raya-lele</loc>'
    "<lastmod>2026-11-25T08:00:00+07:00</lastmod></url></urlset>"
)


def shop(**more: bytes) -> dict[str, bytes]:
    pages = {
        "/": html(HOME),
        "/robots.txt": ROBOTS,
        "/semua.xml": feed(rss(*links(5))),
        "/nasional/rss": feed(rss(*links(2))),
        "/feed/": reply(301, Location="/semua.xml"),
        "/peta-news.xml": reply(200, SITEMAP.encode(), Content_Type="application/xml"),
    }
    return {HOST + path: page for path, page in (pages | more).items()}


def test_a_site_is_searched_by_its_page_its_robots_and_the_usual_places() -> None:
    with asking(site(shop())) as (world, server):
        found = world.discover()
    kinds = {(one.url, one.kind): probe.items for one, probe in found.found}
    assert kinds == {
        (f"https://{HOST}/semua.xml", SourceKind.RSS): 5,
        (f"https://{HOST}/nasional/rss", SourceKind.RSS): 2,
        (f"https://{HOST}/peta-news.xml", SourceKind.SITEMAP): 1,
    }
    assert found.name == "Kabar & Warta"
    asked = [request.target for request in server.requests]
    assert "/rss" not in asked, "robots.txt forbids it"
    # /feed/ leads to /semua.xml, which may be read twice for it; no other place is asked twice.
    assert len([target for target in asked if target != "/semua.xml"]) == len(
        {target for target in asked if target != "/semua.xml"}
    )


def test_the_address_of_a_feed_itself_will_do() -> None:
    with asking(site(shop())) as (world, _):
        found = world.discover(f"https://{HOST}/semua.xml")
    assert (f"https://{HOST}/semua.xml", SourceKind.RSS) in {(one.url, one.kind) for one, _ in found.found}


def test_a_site_that_closes_its_door_is_asked_no_further() -> None:
    busy = {f"{HOST}{path}": reply(429) for path in ("/semua.xml", "/nasional/rss", "/peta-news.xml", "/feed/")}
    with asking(site(shop() | busy)) as (world, server):
        found = world.discover()
    assert not found.found
    assert found.left > 0
    assert len(server.requests) == 3, "robots.txt, the page, and the feed that said no"


def test_blocked_addresses_are_not_asked_and_a_page_of_links_is_bounded() -> None:
    crowd = "".join(f'<a href="/desk{n}/rss">RSS</a>' for n in range(200))
    pages = shop() | {
        f"{HOST}/": html(
            PAGE.format(head='<link rel="alternate" type="application/rss+xml" href="https://salin.example/feed">', body=crowd)
        )
    }
    with asking(site(pages)) as (world, server):
        found = world.discover(blocked=Blocked(hosts={"salin.example": "a copier"}))
    assert not any(request.headers["host"] == "salin.example" for request in server.requests)
    assert len(found.tried) == MAX_PROBES
    assert found.left > 0


@pytest.mark.parametrize(
    "answer",
    [
        reply(404),
        reply(500),
        reply(200, b"\x00\xff<<<", Content_Type="text/html"),
        html(""),
        reply(302, Location="/"),
        reply(403),
    ],
)
def test_a_site_of_nothing_gives_nothing_and_no_fault(answer: bytes) -> None:
    with asking(lambda connection, request: connection.send(answer)) as (world, _):
        found = world.discover()
    assert not found.found
    assert found.site.startswith(f"https://{HOST}")


def test_a_stop_ends_a_search() -> None:
    asked: list[str] = []
    stop: Callable[[], bool] = lambda: len(asked) >= 2  # noqa: E731
    with asking(site(shop())) as (world, _):
        found = world.discover(progress=lambda what, done, total: asked.append(what), stop=stop)
    assert len(found.tried) == 1
    assert found.left > 0


def test_probes_of_an_index_read_its_sitemaps() -> None:
    index = (
        '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        "<sitemap><loc>https://kabar.example/peta-news.xml</loc></sitemap></sitemapindex>"
    )
    source = replace(SOURCE, kind=SourceKind.SITEMAP)
    found = probed(
        reply(200, index.encode(), Content_Type="application/xml"),
        source,
        **{"/peta-news.xml": reply(200, SITEMAP.encode(), Content_Type="application/xml")},
    )
    assert (found.verdict, found.items) == ("ok", 1)
