"""Old entries through feeds, sitemaps, archives and WordPress, on a loopback server: bounded, resumable, all accounted for."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from pipeline.configfile import Problems
from pipeline.dates import JAKARTA
from pipeline.errors import StorageError
from pipeline.extract.outlets import Outlets, load_outlets
from pipeline.fetch.archives import Lead, Span, children_of, day_in, leads_of, overlaps, page_of, period_of, placed
from pipeline.fetch.backfill import Backfillers, Outcome, backfill
from pipeline.fetch.catalogue import NOTHING_BLOCKED, Blocked
from pipeline.fetch.client import Client
from pipeline.fetch.documents import Web
from pipeline.fetch.feeds import Listing
from pipeline.fetch.ledger import Ledger
from pipeline.fetch.prefilter import load_prefilter
from pipeline.fetch.robots import Robots, RobotsFile
from pipeline.records import Announced, Entry, Source, SourceKind
from pipeline.settings import Fetch, default_config
from pipeline.store.tombstones import NOTHING
from pipeline.urls import article_key
from tests.conftest import NOW
from tests.fetch.hostile import Answer, Connection, Hostile, Request, reply, site

HOST = "kabar.example"
SOURCE = Source("kabar", "Kabar", SourceKind.RSS, f"https://{HOST}/feed")
OCTOBER = Span(date(2026, 10, 1), date(2026, 10, 31), JAKARTA)
XML = {"Content_Type": "application/xml"}


def at(day: date | str) -> str:
    return f"{day}T09:00:00+07:00"


def urlset(*pages: tuple[str, str]) -> bytes:
    rows = (f"<url><loc>{url}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</url>" for url, day in pages)
    return reply(200, f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{"".join(rows)}</urlset>'.encode(), **XML)


def index(*maps: tuple[str, str]) -> bytes:
    rows = (f"<sitemap><loc>{url}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</sitemap>" for url, day in maps)
    return reply(
        200, f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{"".join(rows)}</sitemapindex>'.encode(), **XML
    )


def feed(*links: str, last: datetime = NOW) -> bytes:
    items = (
        f"<item><title>Napi {n}</title><link>{link}</link><pubDate>{format_datetime(last - timedelta(hours=n))}</pubDate></item>"
        for n, link in enumerate(links)
    )
    body = f'<rss version="2.0"><channel><title>Kabar</title>{"".join(items)}</channel></rss>'
    return reply(200, body.encode(), Content_Type="application/rss+xml")


def article(number: int) -> str:
    return f"https://{HOST}/berita/napi-lapas-raya-panen-{number}"


class World:
    """A data folder and a web; ``run`` is one backfill of October."""

    def __init__(self, server: Hostile, data: Path) -> None:
        self.server, self.data = server, data
        self.settings = Fetch(loopback_origin=server.origin, host_delay_seconds=0, total_seconds=5)
        self.outlets = Outlets()

    def run(
        self,
        *sources: Source,
        span: Span = OCTOBER,
        blocked: Blocked = NOTHING_BLOCKED,
        now: datetime = NOW,
        prefilter: bool = False,
        **changes: Any,
    ) -> Outcome:
        files: dict[str, RobotsFile] = {}
        rows = sources or (SOURCE,)
        words = load_prefilter(default_config() / "prefilter.txt", Problems()) if prefilter else None
        with Ledger(self.data / "ledger.sqlite", now) as ledger, Client(self.settings) as client:
            web = Web(client, Robots(client, files.get, files.__setitem__), self.outlets, 4)
            log = self.data / "backfill" / f"{rows[0].id}.csv"
            with_ = Backfillers(web, ledger, now, log, files.get, words, blocked, **changes)
            found = backfill(rows[0], rows, span, with_)
        get = found.tally.get
        assert get("entries_listed") == sum(get(f"entries_{n}") for n in ("outside", "repeated", "forgotten", "new", "known"))
        assert get("entries_undated") <= get("entries_new") + get("entries_known")
        assert get("lists_asked") == len(found.asked)
        return found

    def states(self) -> dict[str, int]:
        with Ledger(self.data / "ledger.sqlite", NOW) as ledger:
            return ledger.counts()

    def waiting(self) -> set[str]:
        with Ledger(self.data / "ledger.sqlite", NOW) as ledger:
            return {entry.url for entry in ledger.waiting(10_000)}

    def asked(self) -> Counter[str]:
        return Counter(request.target for request in self.server.requests if request.target != "/robots.txt")


@contextmanager
def world(answer: Answer | dict[str, bytes], data: Path) -> Iterator[World]:
    pages = {HOST + path: page for path, page in answer.items()} if isinstance(answer, dict) else None
    with Hostile(site(pages) if pages is not None else answer) as server:  # type: ignore[arg-type]
        yield World(server, data)


def robots(*sitemaps: str) -> bytes:
    return reply(200, "\n".join(f"Sitemap: https://{HOST}{path}" for path in sitemaps).encode(), Content_Type="text/plain")


SITE = {
    "/robots.txt": robots("/index.xml"),
    "/feed": feed(*map(article, range(900, 905))),
    "/index.xml": index(
        (f"https://{HOST}/peta-2026-11.xml", ""),
        (f"https://{HOST}/peta-2026-10.xml", ""),
        (f"https://{HOST}/peta-2026-08.xml", ""),
        (f"https://{HOST}/lama.xml", at("2026-09-01")),
        (f"https://{HOST}/panjang.xml", at("2026-11-20")),
    ),
    "/peta-2026-11.xml": urlset((article(1), at("2026-11-02"))),
    "/peta-2026-10.xml": urlset((article(2), at("2026-10-31")), (article(3), at("2026-10-01")), (article(4), at("2026-11-20"))),
    "/panjang.xml": urlset(
        (article(5), at("2026-10-15")), (article(6), at("2026-09-30")), (article(3), at("2026-10-01")), (article(7), "")
    ),
}


def test_sitemaps_that_may_hold_the_days_are_read_and_nothing_else(tmp_path: Path) -> None:
    with world(SITE, tmp_path) as place:
        found = place.run()
        # 4 changed after the month in whose sitemap it stands: its page tells its day; 7 has no date at all.
        assert place.waiting() == set(map(article, (2, 3, 4, 5, 7)))
        assert place.asked() == Counter(["/feed", "/index.xml", "/peta-2026-11.xml", "/peta-2026-10.xml", "/panjang.xml"])
    get = found.tally.get
    assert (get("entries_new"), get("entries_undated"), get("entries_repeated"), get("entries_outside")) == (5, 2, 1, 7)
    assert (get("lists_failed"), get("lists_left")) == (0, 0)
    with Ledger(tmp_path / "ledger.sqlite", NOW) as ledger:
        assert ledger.words(article_key(article(4)))[2] is None, "a later change is no day of publication"
        assert ledger.standings() == {}, "a backfill is no poll"
        assert ledger.last_polls() == {}
        assert ledger.seen_by(article_key(article(2)))[0][0] == "kabar"


def test_what_was_read_is_not_asked_again_and_nothing_is_doubled(tmp_path: Path) -> None:
    with world(SITE, tmp_path) as place:
        first = place.run()
        before = place.asked()
        again = place.run()
        assert place.asked() - before == Counter(["/index.xml"]), "an index says what there is"
    assert again.tally.get("lists_known") == len(first.asked) - 1
    assert again.tally.get("entries_new") == 0
    assert place.states() == {"waiting": 5}


def test_a_bound_ends_a_run_and_the_next_ones_go_on(tmp_path: Path) -> None:
    with world(SITE, tmp_path) as place:
        runs = [place.run(most=2)]
        assert runs[0].tally.get("lists_asked") == 2
        assert runs[0].tally.get("lists_left") > 0
        while runs[-1].tally.get("lists_left"):
            runs.append(place.run(most=2))
            assert len(runs) < 10
        assert place.waiting() == set(map(article, (2, 3, 4, 5, 7)))
        assert max(count for path, count in place.asked().items() if path != "/index.xml") == 1
    assert sum(run.tally.get("entries_new") for run in runs) == 5


def test_a_kill_between_ledger_and_log_doubles_nothing(tmp_path: Path) -> None:
    with world(SITE, tmp_path) as place:
        place.run()
        log = tmp_path / "backfill" / "kabar.csv"
        log.write_text("".join(log.read_text(encoding="utf-8").splitlines(keepends=True)[:2]), encoding="utf-8")
        again = place.run()
    assert again.tally.get("entries_new") == 0
    assert again.tally.get("entries_known") == 5
    assert place.states() == {"waiting": 5}


def test_lists_of_days_that_are_not_over_are_asked_again(tmp_path: Path) -> None:
    november = Span(date(2026, 11, 1), NOW.date(), JAKARTA)
    with world(SITE, tmp_path) as place:
        place.run(span=november)
        place.run(span=november)
        assert place.asked()["/peta-2026-11.xml"] == 2


def test_a_dry_run_counts_and_writes_nothing(tmp_path: Path) -> None:
    with world(SITE, tmp_path) as place:
        found = place.run(dry=True)
        assert found.tally.get("entries_new") == 5
        assert place.states() == {}
        assert not (tmp_path / "backfill").exists()
        assert place.run().tally.get("entries_new") == 5
        assert place.run(dry=True).tally.get("entries_known") == 5


def test_one_story_under_two_addresses_of_its_outlet_is_taken_once(tmp_path: Path) -> None:
    twins = [f"https://{HOST}/{desk}/d-778899/napi-lapas-raya-panen" for desk in ("nasional", "hukum")]
    pages = {"/robots.txt": robots("/peta.xml"), "/peta.xml": urlset(*[(url, at("2026-10-05")) for url in twins])}
    (tmp_path / "outlets").mkdir()
    text = f'outlet = "Kabar"\nhosts = ["{HOST}"]\narticle_id = "/d-([0-9]+)/"\n\n[[layout]]\nbody = [".isi"]\n'
    (tmp_path / "outlets" / "kabar.toml").write_text(text, encoding="utf-8")
    with world(pages, tmp_path) as place:
        problems = Problems()
        place.outlets = load_outlets(tmp_path / "outlets", problems)
        assert problems.found == []
        place.run()
    assert place.states() == {"folded": 1, "waiting": 1}


def test_the_filter_and_the_block_list_are_those_of_polls(tmp_path: Path) -> None:
    other = f"https://{HOST}/berita/harga-cabai-naik-lagi"
    copied = "https://salin.example/berita/napi-lapas-raya-panen-2"
    pages = {
        "/robots.txt": robots("/peta.xml"),
        "/peta.xml": urlset(*[(url, at("2026-10-05")) for url in (article(1), other, copied)]),
    }
    blocked = Blocked(hosts={"salin.example": "a copier"})
    with world(pages, tmp_path) as place:
        found = place.run(replace(SOURCE, pages="filtered"), blocked=blocked, prefilter=True)
        assert place.waiting() == {article(1)}
    assert place.states() == {"rejected": 1, "skipped": 1, "waiting": 1}
    assert (found.tally.get("announced:off_topic"), found.tally.get("announced:blocked")) == (1, 1)


def test_lists_wider_than_a_desk_are_filtered_where_the_host_is_a_big_one(tmp_path: Path) -> None:
    other = f"https://{HOST}/berita/harga-cabai-naik-lagi"
    pages = {"/robots.txt": robots("/peta.xml"), "/peta.xml": urlset((article(1), at("2026-10-05")), (other, at("2026-10-05")))}
    big = Source("kabar-semua", "Kabar", SourceKind.RSS, f"https://{HOST}/semua", pages="filtered")
    with world(pages, tmp_path / "big") as place:
        place.run(SOURCE, big, prefilter=True)
        assert place.waiting() == {article(1)}
    with world(pages, tmp_path / "small") as place:
        place.run(SOURCE, prefilter=True)
        assert place.waiting() == {article(1), other}


def test_forgotten_articles_do_not_come_back(tmp_path: Path) -> None:
    class Forgetful:
        def address(self, key: str) -> bool:
            return key == article_key(article(2))

    with world(SITE, tmp_path) as place:
        found = place.run(forgotten=Forgetful())
        assert article(2) not in place.waiting()
    assert found.tally.get("entries_forgotten") == 1
    assert not NOTHING.address(article_key(article(2)))


def wordpress(connection: Connection, request: Request) -> None:
    """Twelve posts from 26 September on, every third day, four a page, in WordPress's manner."""
    parts = urlsplit(request.target)
    if parts.path != "/wp-json/wp/v2/posts":
        return connection.send(reply(404))
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    days = [date(2026, 9, 26) + timedelta(days=3 * n) for n in range(12)]
    low, high = (datetime.fromisoformat(asked[name]).date() for name in ("after", "before"))
    rows = [
        {
            "link": f"https://{HOST}/napi-{day:%d-%m}-berkarya-di-lapas/",
            "title": {"rendered": "Napi"},
            "excerpt": {"rendered": ""},
            "date_gmt": f"{day}T02:00:00",
        }
        for day in sorted(days, reverse=True)
        if low <= day < high
    ]
    page = int(asked["page"])
    some = rows[4 * (page - 1) : 4 * page]
    if page > 1 and not some:
        return connection.send(reply(400, b'{"code":"rest_post_invalid_page_number"}', Content_Type="application/json"))
    return connection.send(reply(200, json.dumps(some).encode(), Content_Type="application/json"))


def test_wordpress_is_asked_page_by_page_until_it_says_no(tmp_path: Path) -> None:
    source = Source("kabar", "Kabar", SourceKind.WORDPRESS, f"https://{HOST}/wp-json/wp/v2/posts?search=lapas&per_page=50")
    with world(wordpress, tmp_path) as place:
        found = place.run(source)
        asked = [request.target for request in place.server.requests if "/wp-json/" in request.target]
        assert [parse_qs(urlsplit(target).query)["page"] for target in asked] == [["1"], ["2"], ["3"], ["4"]]
        assert all(parse_qs(urlsplit(target).query)["search"] == ["lapas"] for target in asked)
        days = {date(2026, 9, 26) + timedelta(days=3 * n) for n in range(12)}
        assert place.waiting() == {f"https://{HOST}/napi-{day:%d-%m}-berkarya-di-lapas/" for day in days if day.month == 10}
        again = place.run(source)
    assert [one.outcome for one in found.asked if one.lead.way == "wordpress"] == ["ok", "ok", "ok", "end"]
    assert again.tally.get("lists_asked") == 0


def overlay(folder: Path, archive: str, problems: Problems | None = None) -> Outlets:
    folder.mkdir(exist_ok=True)
    text = f'outlet = "Kabar"\nhosts = ["{HOST}"]\n\n[archive]\n{archive}\n\n[[layout]]\nbody = [".isi"]\n'
    (folder / "kabar.toml").write_text(text, encoding="utf-8")
    return load_outlets(folder, problems or Problems())


def listing(connection: Connection, request: Request) -> None:
    """An index by day, two pages of two articles a day, the last page shown again for every page beyond."""
    parts = urlsplit(request.target)
    if parts.path != "/indeks":
        return connection.send(reply(404))
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    day, page = asked["date"].replace("/", "-"), min(2, int(asked["page"]))
    rows = "".join(f'<li><a href="/read/napi-lapas-raya-{day}-{page}-{n}">Napi lapas {n}</a></li>' for n in range(2))
    html = f'<!DOCTYPE html><html><body><a href="/tentang-kami-semua-di-sini">x</a><ul>{rows}</ul></body></html>'
    return connection.send(reply(200, html.encode(), Content_Type="text/html"))


def test_an_index_by_day_is_walked_day_by_day(tmp_path: Path) -> None:
    three = Span(date(2026, 10, 1), date(2026, 10, 3), JAKARTA)
    with world(listing, tmp_path) as place:
        place.outlets = overlay(
            tmp_path / "outlets", f'url = "https://{HOST}/indeks?page={{n}}&date={{dd}}/{{mm}}/{{yyyy}}"\npattern = "/read/"'
        )
        found = place.run(span=three)
        assert len(place.waiting()) == 12
        pages = [request.target for request in place.server.requests if request.target.startswith("/indeks")]
        assert len(pages) == 9, "two pages a day, and the one that repeats the second"
        assert pages[0] == "/indeks?page=1&date=03/10/2026"
        assert place.run(span=three).tally.get("entries_new") == 0
    assert found.tally.get("entries_undated") == 0, "the list tells the day"


def test_an_archive_may_be_a_feed_with_page_numbers_and_ends_before_the_days(tmp_path: Path) -> None:
    def answer(connection: Connection, request: Request) -> None:
        asked = parse_qs(urlsplit(request.target).query).get("paged")
        if not asked:
            return connection.send(reply(404))
        number = int(asked[0])
        return connection.send(
            feed(*(article(100 * number + n) for n in range(10)), last=NOW - timedelta(days=20 * (number - 1)))
        )

    with world(answer, tmp_path) as place:
        place.outlets = overlay(tmp_path / "outlets", f'url = "https://{HOST}/feed?paged={{n}}"')
        found = place.run()
    pages = [one for one in found.asked if one.lead.way == "archive"]
    assert [one.lead.page for one in pages] == [1, 2, 3, 4]  # 26 Nov, 6 Nov, 17 Oct, 27 Sep
    assert [one.new for one in pages] == [0, 0, 10, 0]


@pytest.mark.parametrize(
    ("archive", "told"),
    [
        (f'url = "https://{HOST}/indeks"', "needs {n}"),
        (f'url = "https://{HOST}/indeks?d={{dd}}"', "all of {dd}, {mm} and {yyyy}"),
        (f'url = "https://{HOST}/indeks?d={{day}}"', "{day} means nothing"),
        ('url = "https://lain.example/indeks?page={n}"', "one of the hosts"),
        ('url = "/indeks?page={n}"', "one of the hosts"),
        (f'url = "https://{HOST}/indeks?page={{n}}"\npattern = "("', "not a regular expression"),
        ("link = 1", "unknown key"),
    ],
)
def test_a_faulty_archive_is_told_with_file_and_line(archive: str, told: str, tmp_path: Path) -> None:
    problems = Problems()
    overlay(tmp_path / "outlets", archive, problems)
    assert len(problems.found) == 1
    assert told in problems.found[0]
    assert "kabar.toml:" in problems.found[0]


def test_a_closed_door_ends_the_run_and_says_what_is_left(tmp_path: Path) -> None:
    with world(SITE | {"/panjang.xml": reply(429)}, tmp_path) as place:
        found = place.run()
    assert found.asked[-1].outcome == "rate_limited"
    assert found.tally.get("lists_left") == 2
    with world(SITE, tmp_path) as place:
        assert place.run().tally.get("lists_left") == 0
        assert len(place.waiting()) == 5


@pytest.mark.parametrize(
    "answer",
    [
        reply(404),
        reply(500),
        reply(403),
        reply(200, b"<html><body>bukan peta</body></html>", Content_Type="text/html"),
        reply(200, b"\x00\xff", **XML),
        reply(200, b"", **XML),
        reply(302, Location="http://169.254.169.254/x"),
        index((f"https://{HOST}/peta.xml", ""), (f"https://{HOST}/feed", ""), ("https://lain.example/x.xml", "")),
    ],
)
def test_whatever_a_site_answers_ends_in_counted_outcomes(answer: bytes, tmp_path: Path) -> None:
    with world(lambda connection, request: connection.send(answer), tmp_path) as place:
        found = place.run()
        assert len(place.server.requests) < 20
    assert place.states() == {}
    assert found.asked or found.tally.get("lists_left")


def test_a_stop_leaves_the_rest_for_the_next_run(tmp_path: Path) -> None:
    with world(SITE, tmp_path) as place:
        found = place.run(stop=lambda: len(place.asked()) >= 2)
        assert found.tally.get("lists_left") > 0
        place.run()
        assert len(place.waiting()) == 5


def test_a_line_that_power_failed_in_is_asked_anew_wherever_it_was_cut(tmp_path: Path) -> None:
    with world(SITE, tmp_path) as place:
        place.run()
        log = tmp_path / "backfill" / "kabar.csv"
        whole = log.read_bytes()
        last = whole.rindex(b"\n", 0, -1) + 1
        known = {row["url"] for row in csv.DictReader(whole.decode().splitlines())}
        for cut in (last + 1, last + 40, len(whole) - 2, len(whole) - 1):
            log.write_bytes(whole[:cut])
            again = place.run()
            assert again.tally.get("entries_new") == 0, whole[last:cut]
            rows = list(csv.DictReader(log.read_text(encoding="utf-8").splitlines()))
            assert {row["url"] for row in rows} == known
            assert None not in {name for row in rows for name in (*row, *row.values())}
            assert log.with_name("kabar.csv.cut").read_bytes().splitlines()[-1] == whole[last:cut], "nothing is thrown away"


@pytest.mark.parametrize("text", ["at,way\n1,2\n", "\xff\n", 'at,way,"url\n', "x\n"])
def test_a_damaged_log_says_what_to_do(text: str, tmp_path: Path) -> None:
    with world(SITE, tmp_path) as place:
        place.run()
        (tmp_path / "backfill" / "kabar.csv").write_bytes(text.encode("latin-1"))
        with pytest.raises(StorageError, match="move it aside"):
            place.run()


def test_a_known_entry_keeps_its_state_and_a_skipped_one_may_wait(tmp_path: Path) -> None:
    one, two = (Entry("kabar", article_key(article(n)), article(n)) for n in (1, 2))
    with Ledger(tmp_path / "ledger.sqlite", NOW) as ledger:
        assert ledger.announce([Announced(one, "skipped", "off_topic"), Announced(two, "rejected", "blocked")]) == (2, 0)
        assert ledger.announce([Announced(one), Announced(two)]) == (0, 2)
        assert ledger.counts() == {"rejected": 1, "waiting": 1}


# --- the pure rules


def entry(url: str, day: str = "") -> Entry:
    return Entry("kabar", article_key(url), url, published=datetime.fromisoformat(at(day)) if day else None)


SITEMAP = Lead(f"https://{HOST}/peta.xml", SourceKind.SITEMAP, "sitemap")


@pytest.mark.parametrize(
    ("url", "day", "where"),
    [
        (f"https://{HOST}/2026/10/05/napi", "2026-11-20", "inside"),
        (f"https://{HOST}/2026/09/05/napi", "2026-10-20", "outside"),
        (f"https://{HOST}/20261005/napi", "", "inside"),
        (f"https://{HOST}/2026/13/05/napi", "", "undated"),
        (f"https://{HOST}/napi", "2026-10-31", "inside"),
        (f"https://{HOST}/napi", "2026-11-01", "outside"),
        (f"https://{HOST}/napi", "2026-09-30", "outside"),
        (f"https://{HOST}/napi", "", "undated"),
    ],
)
def test_where_an_entry_belongs(url: str, day: str, where: str) -> None:
    assert placed(entry(url, day), SITEMAP, OCTOBER)[0] == where


def test_an_instant_belongs_to_the_day_of_the_sources_zone() -> None:
    late = replace(entry(article(1)), published=datetime.fromisoformat("2026-10-31T17:30:00+00:00"))
    assert placed(late, SITEMAP, OCTOBER)[0] == "outside", "half past midnight of 1 November in Jakarta"
    assert placed(late, SITEMAP, replace(OCTOBER, last=date(2026, 11, 1)))[0] == "inside"


@pytest.mark.parametrize(
    ("url", "period"),
    [
        ("https://x.example/sitemap-2026-10.xml", (date(2026, 10, 1), date(2026, 10, 31))),
        ("https://x.example/2026/02/sitemap.xml", (date(2026, 2, 1), date(2026, 2, 28))),
        ("https://x.example/sitemap.xml?yyyy=2026&mm=12&dd=03", (date(2026, 12, 3), date(2026, 12, 3))),
        ("https://x.example/sitemap-20261001.xml", (date(2026, 10, 1), date(2026, 10, 1))),
        ("https://x.example/sitemap-2026-02-31.xml", None),
        ("https://x.example/post-sitemap12.xml", None),
    ],
)
def test_the_period_that_a_name_tells(url: str, period: tuple[date, date] | None) -> None:
    assert period_of(url) == period


def test_children_are_followed_a_bounded_way_down() -> None:
    listing = Listing(
        (),
        children=((f"https://{HOST}/a.xml", None), (f"https://{HOST}/2026-10.xml", None), (f"https://{HOST}/2026-05.xml", None)),
    )
    lead = SITEMAP
    for _ in range(5):
        below = children_of(lead, listing, OCTOBER)
        if not below:
            break
        assert [one.url for one in below] == [f"https://{HOST}/a.xml", f"https://{HOST}/2026-10.xml"]
        lead = below[0]
    assert lead.depth == 2


def test_a_day_of_grace_at_both_ends() -> None:
    assert overlaps((date(2026, 11, 1), date(2026, 11, 30)), OCTOBER)
    assert overlaps((date(2026, 9, 30), date(2026, 9, 30)), OCTOBER)
    assert not overlaps((date(2026, 11, 2), date(2026, 11, 2)), OCTOBER)
    assert day_in("https://x.example/a/2026/10/5") is None


def test_leads_are_of_the_sources_own_host() -> None:
    rows = (
        SOURCE,
        Source("peta", "Kabar", SourceKind.SITEMAP, f"https://www.{HOST}/peta.xml"),
        Source("wp", "Kabar", SourceKind.WORDPRESS, f"https://{HOST}/?rest_route=/wp/v2/posts&search=lapas"),
        Source("lain", "Lain", SourceKind.SITEMAP, f"https://jabar.{HOST}/peta.xml"),
    )
    leads = leads_of(SOURCE, rows, OCTOBER, None, f"Sitemap: https://{HOST}/index.xml")
    assert [lead.way for lead in leads] == ["feed", "wordpress", "sitemap", "sitemap"]
    assert not any("jabar" in lead.url for lead in leads)
    assert [lead.own for lead in leads] == [True, False, False, False]
    second = page_of(leads[1], 2, OCTOBER)
    asked = parse_qs(urlsplit(second.url).query)
    assert asked["rest_route"] == ["/wp/v2/posts"]
    assert (asked["after"], asked["before"], asked["page"]) == (["2026-09-30T00:00:00"], ["2026-11-02T00:00:00"], ["2"])
