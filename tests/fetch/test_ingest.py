"""The flow of collection against a real loopback server: every entry ends in one state, whatever its site does."""

from __future__ import annotations

import contextlib
import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.configfile import Problems
from pipeline.extract.outlets import Layout, Outlet, Outlets, Paging
from pipeline.fetch.catalogue import Blocked, lane_of
from pipeline.fetch.client import Client
from pipeline.fetch.documents import Web
from pipeline.fetch.ingest import Collectors, ingest
from pipeline.fetch.ledger import MAX_ATTEMPTS, MISSING_ATTEMPTS, Ledger
from pipeline.fetch.pace import Pace
from pipeline.fetch.prefilter import Prefilter, load_prefilter
from pipeline.fetch.robots import Robots
from pipeline.newsroom.server import Newsroom, serve
from pipeline.newsroom.sites import Answer, PageFile, Site, feed
from pipeline.records import Page, PublisherType, Source, SourceKind, Tally
from pipeline.settings import Settings, default_config
from pipeline.store.parts import part_names, part_path, read_part
from pipeline.urls import article_key
from tests.conftest import NOW

HOST = "kabar.example"
HTML = "<!DOCTYPE html><html><head>{head}</head><body><article><p>Berita nomor {number}.</p>{more}</article></body></html>"


def page(path: str, number: int, head: str = "", more: str = "", status: int = 200) -> PageFile:
    html = HTML.format(head=head, number=number, more=more)
    return PageFile(f"https://{HOST}{path}", f"Berita {number}", f"Ringkasan {number}", NOW, html, status)


def site(*pages: PageFile) -> Site:
    return Site(HOST, "Kabar", "utf-8", "/feed", "rss", False, pages)


SOURCE = Source("kabar", "Kabar", SourceKind.RSS, f"https://{HOST}/feed", publisher_type=PublisherType.NEWSROOM)


def prefilter() -> Prefilter:
    problems = Problems()
    found = load_prefilter(default_config() / "prefilter.txt", problems)
    problems.raise_if_any()
    return found


class World:
    """A data folder, a running newsroom and a clock; ``run`` is one ingest."""

    def __init__(self, newsroom: Newsroom, data: Path) -> None:
        self.newsroom, self.data, self.now = newsroom, data, NOW
        self.outlets = Outlets()
        self.settings = Settings.model_validate(
            {
                "fetch": {"loopback_origin": newsroom.origin, "host_delay_seconds": 0, "total_seconds": 5, "threads": 1},
                "store": {"part_rows": 3},
            }
        )

    def run(
        self, *sources: Source, now: datetime | None = None, pages: int | None = None, due: bool = False, **more: Any
    ) -> Tally:
        settings = self.settings
        if pages is not None:
            settings = settings.model_copy(update={"fetch": settings.fetch.model_copy(update={"max_pages_per_run": pages})})
        moment = now or self.now
        with Ledger(self.data / "ledger.sqlite", moment) as ledger:
            pace = Pace(lane_of(sources or (SOURCE,)), 0, wall=lambda: moment, remembered=ledger.hosts())
            client = Client(settings.fetch, pace)
            robots = Robots(client, ledger.fresh_robots(24).get)
            web = Web(client, robots, self.outlets, 8)
            with_ = Collectors(settings, self.data, moment, ledger, web, pace, **more)
            return ingest(sources or (SOURCE,), with_, only_due=due)

    def states(self) -> dict[str, int]:
        with Ledger(self.data / "ledger.sqlite", self.now) as ledger:
            return ledger.counts()

    def reasons(self) -> set[str]:
        with Ledger(self.data / "ledger.sqlite", self.now) as ledger:
            return {str(row[1]) for row in ledger.rejected()}

    def pages(self) -> list[dict[str, object]]:
        rows: list[dict[str, object]] = []
        for name in part_names(self.data, "pages"):
            rows.extend(read_part(part_path(self.data, "pages", name)).to_pylist())
        return rows

    def asked(self, path: str) -> int:
        return self.newsroom.requests[(HOST, path)]


def test_a_first_and_a_second_run(tmp_path: Path) -> None:
    with serve((site(*(page(f"/read/{n}", n) for n in range(7))),)) as newsroom:
        world = World(newsroom, tmp_path)
        first = world.run()
        assert (first.get("entries_new"), first.get("fetched"), first.get("waiting")) == (7, 7, 0)
        assert [read_part(part_path(tmp_path, "pages", name)).num_rows for name in part_names(tmp_path, "pages")] == [3, 3, 1]
        second = world.run(now=NOW + timedelta(hours=1))
        assert (second.get("sources_unchanged"), second.get("entries_seen"), second.get("fetched")) == (1, 0, 0)
        assert all(world.asked(f"/read/{n}") == 1 for n in range(7))
        assert len({row["key"] for row in world.pages()}) == 7


def test_what_does_not_fit_into_one_run_waits_for_the_next(tmp_path: Path) -> None:
    with serve((site(*(page(f"/read/{n}", n) for n in range(5))),)) as newsroom:
        world = World(newsroom, tmp_path)
        assert world.run(pages=2).get("waiting") == 3
        assert world.states() == {"fetched": 2, "waiting": 3}
        assert world.run().get("fetched") == 3
        assert world.states() == {"fetched": 5}


def test_a_site_that_is_down_is_tried_again_and_given_up_in_the_end(tmp_path: Path) -> None:
    with serve((site(page("/read/1", 1, status=503)),)) as newsroom:
        world = World(newsroom, tmp_path)
        for attempt in range(1, MAX_ATTEMPTS + 2):
            tally = world.run(now=NOW + timedelta(days=attempt))
            if attempt < MAX_ATTEMPTS:
                assert tally.get("postponed:server_error") == 1
                assert world.states() == {"waiting": 1}
        assert world.states() == {"rejected": 1}
        assert world.reasons() == {"server_error"}
        assert world.asked("/read/1") == MAX_ATTEMPTS


def test_a_site_that_comes_back_is_fetched(tmp_path: Path) -> None:
    with serve((site(page("/read/1", 1, status=503)),)) as newsroom:
        world = World(newsroom, tmp_path)
        world.run()
        newsroom.routes[(HOST, "/read/1")] = Answer(200, "text/html", b"<p>kembali</p>")
        soon = world.run(now=NOW + timedelta(minutes=20))
        assert (soon.get("fetched"), soon.get("waiting")) == (0, 1)
        assert world.run(now=NOW + timedelta(minutes=31)).get("fetched") == 1
        assert world.states() == {"fetched": 1}


def test_gone_pages_and_other_kinds_of_content_are_final(tmp_path: Path) -> None:
    with serve((site(page("/read/1", 1, status=410), page("/read/2", 2)),)) as newsroom:
        newsroom.routes[(HOST, "/read/2")] = Answer(200, "application/pdf", b"%PDF-1.7")
        world = World(newsroom, tmp_path)
        world.run()
        assert world.reasons() == {"gone", "not_html"}
        world.run(now=NOW + timedelta(days=3))
        assert world.asked("/read/1") == world.asked("/read/2") == 1


def test_a_page_that_was_announced_before_it_is_there_is_fetched(tmp_path: Path) -> None:
    with serve((site(page("/read/1", 1, status=404)),)) as newsroom:
        world = World(newsroom, tmp_path)
        assert world.run().get("postponed:gone") == 1
        assert world.run(now=NOW + timedelta(minutes=31)).get("postponed:gone") == 1
        newsroom.routes[(HOST, "/read/1")] = Answer(200, "text/html", b"<p>terbit</p>")
        assert world.run(now=NOW + timedelta(minutes=62)).get("fetched") == 0, "not before its time"
        assert world.run(now=NOW + timedelta(hours=2)).get("fetched") == 1
        assert world.states() == {"fetched": 1}


def test_a_page_that_never_comes_is_given_up_within_a_day(tmp_path: Path) -> None:
    with serve((site(page("/read/1", 1, status=404)),)) as newsroom:
        world = World(newsroom, tmp_path)
        for quarter in range(4 * 24 + 1):
            world.run(now=NOW + timedelta(minutes=15 * quarter))
        assert (world.states(), world.reasons()) == ({"rejected": 1}, {"gone"})
        assert world.asked("/read/1") == MISSING_ATTEMPTS


def test_a_canonical_link_to_a_known_article_folds(tmp_path: Path) -> None:
    twin = page("/r/9", 9, head=f'<link rel="canonical" href="https://{HOST}/read/1">')
    with serve((site(page("/read/1", 1), twin),)) as newsroom:
        world = World(newsroom, tmp_path)
        world.run()
        assert world.states() == {"fetched": 1, "folded": 1}
        with Ledger(tmp_path / "ledger.sqlite", NOW) as ledger:
            [row] = ledger.rejected()
        assert (row[0], row[2]) == (article_key(twin.url), article_key(f"https://{HOST}/read/1"))


def test_twins_and_parts_in_feeds_are_one_entry(tmp_path: Path) -> None:
    pages = (page("/read/1", 1), page("/amp/read/1", 1), page("/read/1?page=2", 1), page("/read/1?utm_source=x", 1))
    with serve((site(*pages),)) as newsroom:
        world = World(newsroom, tmp_path)
        assert world.run().get("fetched") == 1
        assert world.states() == {"fetched": 1}


def test_the_parts_of_a_split_article_are_joined_in_order(tmp_path: Path) -> None:
    links = '<a href="?page=3">3</a><a href="/read/1?page=2">2</a><a href="/read/1?page=5">5</a><a href="/lain?page=4">4</a>'
    parts = [replace(page(f"/read/1?page={n}", n), in_feed=False) for n in (2, 3, 5)]
    with serve((site(page("/read/1", 1, more=links), *parts),)) as newsroom:
        world = World(newsroom, tmp_path)
        assert world.run().get("article_parts_joined") == 2
        [row] = world.pages()
        bodies = row["bodies"]
        assert isinstance(bodies, list)
        assert [b"nomor 1" in bodies[0], b"nomor 2" in bodies[1], b"nomor 3" in bodies[2]] == [True] * 3
        assert world.asked("/read/1?page=5") == 0


def test_a_part_that_fails_once_postpones_the_article_and_one_that_never_comes_is_told(tmp_path: Path) -> None:
    second = replace(page("/read/1?page=2", 2, status=503), in_feed=False)
    with serve((site(page("/read/1", 1, more='<a href="?page=2">2</a>'), second),)) as newsroom:
        world = World(newsroom, tmp_path)
        assert world.run().get("postponed:server_error") == 1
        assert world.states() == {"waiting": 1}
        for day in range(1, MAX_ATTEMPTS):
            world.run(now=NOW + timedelta(days=day))
        assert world.states() == {"fetched": 1}
        [row] = world.pages()
        assert (row["parts_missing"], row["bodies"]) == (1, [row["bodies"][0]])  # type: ignore[index]


def test_a_headline_only_outlet_is_never_asked_for_its_pages(tmp_path: Path) -> None:
    with serve((site(page("/read/1", 1)),)) as newsroom:
        world = World(newsroom, tmp_path)
        assert world.run(replace(SOURCE, licence="headline-only")).get("fetched") == 1
        assert world.asked("/read/1") == 0
        [row] = world.pages()
        assert (row["feed_title"], row["feed_summary"], row["bodies"]) == ("Berita 1", "Ringkasan 1", [])


@pytest.mark.parametrize(
    "source", [replace(SOURCE, status="retired"), replace(SOURCE, licence="blocked")], ids=["retired", "blocked"]
)
def test_a_source_that_is_off_is_not_polled(source: Source, tmp_path: Path) -> None:
    with serve((site(page("/read/1", 1)),)) as newsroom:
        world = World(newsroom, tmp_path)
        assert world.run(source).get("entries_seen") == 0
        assert newsroom.requests.total() == 0


def test_robots_rules_hold_for_pages_and_for_the_feed(tmp_path: Path) -> None:
    with serve((site(page("/read/1", 1), page("/admin/2", 2)),)) as newsroom:
        world = World(newsroom, tmp_path)
        world.run()
        assert world.states() == {"fetched": 1, "rejected": 1}
        assert world.reasons() == {"robots"}
        assert world.asked("/admin/2") == 0
        newsroom.routes[(HOST, "/robots.txt")] = Answer(200, "text/plain", b"User-agent: *\nDisallow: /")
        tally = world.run(now=NOW + timedelta(days=2))
        assert tally.get("sources_failed") == 1
        assert world.asked("/feed") == 1


def test_unreadable_robots_means_not_now(tmp_path: Path) -> None:
    with serve((site(page("/read/1", 1)),)) as newsroom:
        newsroom.routes[(HOST, "/robots.txt")] = Answer(500, "text/plain", b"")
        world = World(newsroom, tmp_path)
        assert world.run().get("sources_failed") == 1
        assert world.asked("/feed") == 0
        newsroom.routes[(HOST, "/robots.txt")] = Answer(404, "text/plain", b"")
        assert world.run().get("fetched") == 1


def test_a_dead_feed_is_a_failure_until_it_lives_again(tmp_path: Path) -> None:
    with serve((site(page("/read/1", 1)),)) as newsroom:
        alive = newsroom.routes[(HOST, "/feed")]
        newsroom.routes[(HOST, "/feed")] = Answer(200, "text/html", b"<!DOCTYPE html><html>Sedang perbaikan</html>")
        world = World(newsroom, tmp_path)
        for _ in range(2):
            # The same dead answer twice is a failure twice, never "unchanged".
            assert world.run().get("sources_failed") == 1
        newsroom.routes[(HOST, "/feed")] = alive
        assert world.run().get("fetched") == 1


def test_a_feed_that_stands_still_is_told_although_its_bytes_never_change(tmp_path: Path) -> None:
    """A frozen server answers 304, or the same bytes, for ever: neither may hide that it has grown silent."""

    def dated(number: int, day: datetime) -> PageFile:
        return replace(page(f"/read/{number}", number), instant=day, feed_date=day.isoformat())

    daily = tuple(dated(number, NOW - timedelta(days=number)) for number in range(8))
    every = Settings().polling.unconditional_every
    with serve((site(*daily),)) as newsroom:
        world = World(newsroom, tmp_path)
        for poll in range(1, every):
            assert world.run(now=NOW + timedelta(days=3 * poll)).get("sources_failed") == 0
        for poll in range(every, every + 3):  # once found out, it is not believed again
            assert world.run(now=NOW + timedelta(days=3 * poll)).get("sources_failed") == 1
        late = NOW + timedelta(days=3 * every + 9)
    with serve((site(dated(9, late), *daily),)) as newsroom:
        assert World(newsroom, tmp_path).run(now=late).get("sources_ok") == 1


def test_an_entry_whose_source_was_removed_waits(tmp_path: Path) -> None:
    with serve((site(page("/read/1", 1, status=503)),)) as newsroom:
        world = World(newsroom, tmp_path)
        world.run()
        later = NOW + timedelta(hours=1)
        assert world.run(replace(SOURCE, id="lain", status="retired"), now=later).get("postponed") == 1
        assert world.states() == {"waiting": 1}


def test_a_new_item_in_a_known_feed_is_the_only_one_fetched(tmp_path: Path) -> None:
    with serve((site(page("/read/1", 1)),)) as newsroom:
        World(newsroom, tmp_path).run()
    with serve((site(page("/read/1", 1), page("/read/2", 2)),)) as newsroom:
        later = World(newsroom, tmp_path)
        tally = later.run(now=NOW + timedelta(hours=1))
        assert (tally.get("entries_new"), tally.get("entries_known"), tally.get("fetched")) == (1, 1, 1)
        assert later.asked("/read/1") == 0


def test_an_article_whose_slug_changed_is_fetched_once_and_kept(tmp_path: Path) -> None:
    """The feed shows the old slug, then the new one; the page calls itself by the new one."""
    overlay = Outlet(outlet="Kabar", hosts=(HOST,), article_id=r"/read/(\d+)/", layout=(Layout(),))
    head = f'<link rel="canonical" href="https://{HOST}/read/7/napi-kabur-ditangkap">'
    old, new = page("/read/7/napi-kabur", 7, head=head), page("/read/7/napi-kabur-ditangkap", 7, head=head)
    with serve((site(old),)) as newsroom:
        world = World(newsroom, tmp_path)
        world.outlets = Outlets(known=(overlay,))
        assert world.run(pages=0).get("fetched") == 0
    with serve((site(old, new),)) as newsroom:
        later = World(newsroom, tmp_path)
        later.outlets = Outlets(known=(overlay,))
        assert later.run(now=NOW + timedelta(hours=1)).get("fetched") == 1
        assert later.states() == {"fetched": 1, "folded": 1}
        assert later.asked("/read/7/napi-kabur-ditangkap") == 0


def test_a_twin_that_came_first_keeps_its_article_from_being_fetched_twice(tmp_path: Path) -> None:
    twin = page("/r/9", 9, head=f'<link rel="canonical" href="https://{HOST}/read/1">')
    with serve((site(twin),)) as newsroom:
        World(newsroom, tmp_path).run()
    with serve((site(twin, page("/read/1", 1)),)) as newsroom:
        later = World(newsroom, tmp_path)
        later.run(now=NOW + timedelta(hours=1))
        assert later.states() == {"fetched": 1, "folded": 1}


def test_a_faulty_template_that_names_one_canonical_address_for_all_folds_nothing(tmp_path: Path) -> None:
    head = f'<link rel="canonical" href="https://{HOST}/berita">'
    with serve((site(*(page(f"/read/{n}", n, head=head) for n in range(3))),)) as newsroom:
        world = World(newsroom, tmp_path)
        world.run()
        assert world.states() == {"fetched": 3}
    with serve((site(page("/berita", 9)),)) as newsroom:
        later = World(newsroom, tmp_path)
        later.run(now=NOW + timedelta(hours=1))
        assert later.states() == {"fetched": 4}


def test_the_whole_text_form_is_asked_first_and_the_plain_one_where_it_is_not_there(tmp_path: Path) -> None:
    overlay = Outlet(outlet="Kabar", hosts=(HOST,), paging=Paging(whole="?page=all"), layout=(Layout(),))
    pager = '<a href="?page=2">2</a>'
    first, whole = page("/read/1", 1, more=pager), replace(page("/read/1?page=all", 11, more=pager), in_feed=False)
    other, second = page("/read/2", 2, more=pager), replace(page("/read/2?page=2", 22), in_feed=False)
    with serve((site(first, whole, other, second, replace(page("/read/1?page=2", 12), in_feed=False)),)) as newsroom:
        world = World(newsroom, tmp_path)
        world.outlets = Outlets(known=(overlay,))
        world.run()
        bodies = {row["url"]: row["bodies"] for row in world.pages()}
        assert [b"nomor 11" in body for body in bodies[f"https://{HOST}/read/1"]] == [True]  # type: ignore[attr-defined]
        assert [b"nomor 22" in body for body in bodies[f"https://{HOST}/read/2"]] == [False, True]  # type: ignore[attr-defined]
        assert (world.asked("/read/1"), world.asked("/read/1?page=2")) == (0, 0)


def test_a_part_that_a_feed_lists_is_fetched_from_the_first_part_on(tmp_path: Path) -> None:
    parts = page("/read/1?page=2", 2), replace(page("/read/1", 1, more='<a href="?page=2">2</a>'), in_feed=False)
    with serve((site(*parts),)) as newsroom:
        world = World(newsroom, tmp_path)
        world.run()
        [row] = world.pages()
        assert [b"nomor 1" in row["bodies"][0], b"nomor 2" in row["bodies"][1]] == [True, True]  # type: ignore[index]


# --- what is not fetched


def test_a_big_feed_costs_a_page_only_where_its_words_are_ours(tmp_path: Path) -> None:
    ours = replace(page("/read/1", 1), title="Napi Lapas Batu Panen Lele")
    with serve((site(ours, page("/read/2", 2), page("/read/3", 3)),)) as newsroom:
        world = World(newsroom, tmp_path)
        tally = world.run(replace(SOURCE, pages="filtered"), prefilter=prefilter())
        assert (tally.get("announced:off_topic"), tally.get("fetched")) == (2, 1)
        assert world.states() == {"fetched": 1, "skipped": 2}
        assert (world.asked("/read/1"), world.asked("/read/2")) == (1, 0)
        with Ledger(tmp_path / "ledger.sqlite", NOW) as ledger:
            assert sorted(row[1] for row in ledger.skipped(NOW)) == ["Berita 2", "Berita 3"]
        # The switch per source: without the filter the same entries are fetched.
        assert (
            world.run(replace(SOURCE, conditional=False), prefilter=prefilter(), now=NOW + timedelta(hours=1)).get("fetched") == 0
        )
        other = replace(SOURCE, id="semua", url=f"https://{HOST}/feed?semua")
        newsroom.routes[(HOST, "/feed?semua")] = newsroom.routes[(HOST, "/feed")]
        assert world.run(other, prefilter=prefilter(), now=NOW + timedelta(hours=2)).get("fetched") == 2


def test_hosts_of_the_block_list_and_hints_are_counted_and_never_asked(tmp_path: Path) -> None:
    blocked = Blocked({"kabar.example": "rewriter"})
    with serve((site(page("/read/1", 1)),)) as newsroom:
        world = World(newsroom, tmp_path)
        assert world.run(blocked=blocked).get("announced:blocked") == 1
        assert (world.states(), world.reasons()) == ({"rejected": 1}, {"blocked"})
        assert world.asked("/read/1") == 0


# --- schedule


def test_a_source_is_left_alone_until_it_is_due(tmp_path: Path) -> None:
    with serve((site(page("/read/1", 1)),)) as newsroom:
        world = World(newsroom, tmp_path)
        world.run(due=True)
        assert world.run(due=True, now=NOW + timedelta(minutes=5)).get("sources_not_due") == 1
        assert world.asked("/feed") == 1
        assert world.run(due=True, now=NOW + timedelta(hours=7)).get("sources_unchanged") == 1


def test_a_stopped_run_keeps_what_it_has_and_the_next_one_goes_on(tmp_path: Path) -> None:
    with serve((site(*(page(f"/read/{n}", n) for n in range(6))),)) as newsroom:
        world = World(newsroom, tmp_path)
        first = world.run(stop=lambda: world.asked("/read/2") > 0)
        assert 0 < first.get("fetched") < 6
        assert first.get("pages_left") == 6 - first.get("fetched")
        assert world.states() == {"fetched": first.get("fetched"), "waiting": first.get("pages_left")}
        world.run(now=NOW + timedelta(hours=1))
        assert world.states() == {"fetched": 6}
        assert all(world.asked(f"/read/{n}") == 1 for n in range(6))


def test_our_own_network_being_down_slows_nobody(tmp_path: Path) -> None:
    sources = tuple(replace(SOURCE, id=f"s{n}", url=f"https://h{n}.example/feed") for n in range(10))
    with serve(()) as newsroom:
        world = World(newsroom, tmp_path)
        for source in sources:
            newsroom.routes[(source.url[8:].split("/")[0], "/robots.txt")] = Answer(200, "text/plain", b"")
            newsroom.routes[(source.url[8:].split("/")[0], "/feed")] = feed(site(page("/read/1", 1)))
        assert world.run(*sources).get("sources_ok") == 10
        with Ledger(tmp_path / "ledger.sqlite", NOW) as ledger:
            before = ledger.standings()
    tally = world.run(*sources, now=NOW + timedelta(hours=2))  # the server is gone: nothing answers
    assert (tally.get("outage"), tally.get("sources_failed")) == (1, 10)
    with Ledger(tmp_path / "ledger.sqlite", NOW) as ledger:
        assert ledger.standings() == before
        assert [outcome for _, outcome, _ in ledger.last_polls().values()] == ["unreachable"] * 10


# --- later looks


def revisit_world(tmp_path: Path, newsroom: Newsroom) -> World:
    world = World(newsroom, tmp_path)
    world.run()
    with Ledger(tmp_path / "ledger.sqlite", NOW) as ledger:
        assert ledger.plan_revisits([(article_key(f"https://{HOST}/read/1"), digest_of(b"nomor 1"), NOW)]) == 1
    return world


def digest_of(body: bytes) -> str:
    return "one" if b"nomor 1" in body else "other"


def look(page: Page) -> str | None:
    return None if b"galat" in page.bodies[0] else digest_of(page.bodies[0])


def test_an_unchanged_article_is_looked_at_twice_and_kept_once(tmp_path: Path) -> None:
    with serve((site(page("/read/1", 1)),)) as newsroom:
        world = revisit_world(tmp_path, newsroom)
        for days, looks in ((0.5, 1), (1, 2), (2, 2), (7, 3), (30, 3)):
            world.run(now=NOW + timedelta(days=days), digest=look)
            assert world.asked("/read/1") == looks
        assert len(world.pages()) == 1


def test_a_changed_article_is_kept_as_a_new_version(tmp_path: Path) -> None:
    with serve((site(page("/read/1", 1)),)) as newsroom:
        world = revisit_world(tmp_path, newsroom)
        newsroom.routes[(HOST, "/read/1")] = Answer(200, "text/html", b"<p>koreksi</p>")
        tally = world.run(now=NOW + timedelta(days=1), digest=look)
        assert (tally.get("revisited:changed"), tally.get("fetched")) == (1, 0)
        versions = [(row["version"], row["first_fetched"], row["feed_title"]) for row in world.pages()]
        assert versions == [(0, None, "Berita 1"), (1, NOW, "Berita 1")]
        assert world.states() == {"fetched": 1}
        assert world.run(now=NOW + timedelta(days=7), digest=look).get("revisited:same") == 1


def test_a_withdrawn_article_is_marked_and_one_that_cannot_be_read_is_kept(tmp_path: Path) -> None:
    with serve((site(page("/read/1", 1)),)) as newsroom:
        world = revisit_world(tmp_path, newsroom)
        newsroom.routes[(HOST, "/read/1")] = Answer(503, "text/html", b"")
        assert world.run(now=NOW + timedelta(days=1), digest=look).get("revisited:server_error") == 1
        newsroom.routes[(HOST, "/read/1")] = Answer(200, "text/html", b"<p>galat</p>")
        assert world.run(now=NOW + timedelta(days=1, hours=7), digest=look).get("revisited:unreadable") == 1
        newsroom.routes[(HOST, "/read/1")] = Answer(410, "text/html", b"")
        assert world.run(now=NOW + timedelta(days=8), digest=look).get("revisited:withdrawn") == 1
        with Ledger(tmp_path / "ledger.sqlite", NOW) as ledger:
            assert ledger.withdrawn() == {article_key(f"https://{HOST}/read/1"): NOW + timedelta(days=8)}
        assert len(world.pages()) == 1
        assert world.run(now=NOW + timedelta(days=30), digest=look).get("revisited:withdrawn") == 0


@pytest.mark.parametrize("status", [200, 410, 404, 503], ids=["skipped by its title", "gone", "not there yet", "in trouble"])
def test_a_page_whose_canonical_address_is_kept_nowhere_is_kept_itself(status: int, tmp_path: Path) -> None:
    plain = page("/read/1", 1, status=status)
    twin = page("/daerah/1-lapas", 1, head=f'<link rel="canonical" href="https://{HOST}/read/1">')
    second = replace(SOURCE, id="daerah", url=f"https://{HOST}/feed/daerah", pages="all")
    with serve((site(plain), replace(site(twin), feed_path="/feed/daerah"))) as newsroom:
        world = World(newsroom, tmp_path)
        words = Prefilter(re.compile("lapas"))
        world.run(replace(SOURCE, pages="filtered" if status == 200 else "all"), second, prefilter=words)
        assert world.states() == {"fetched": 1, {200: "skipped", 410: "rejected"}.get(status, "waiting"): 1}
        assert [row["key"] for row in world.pages()] == [article_key(twin.url)]


def test_a_page_that_comes_after_its_twin_folds_into_it(tmp_path: Path) -> None:
    plain = page("/read/1", 1, status=404)
    twin = page("/daerah/1-lapas", 1, head=f'<link rel="canonical" href="https://{HOST}/read/1">')
    second = replace(SOURCE, id="daerah", url=f"https://{HOST}/feed/daerah")
    with serve((site(plain), replace(site(twin), feed_path="/feed/daerah"))) as newsroom:
        world = World(newsroom, tmp_path)
        world.run(SOURCE, second)
        newsroom.routes[(HOST, "/read/1")] = Answer(200, "text/html", b"<p>terbit</p>")
        world.run(SOURCE, second, now=NOW + timedelta(hours=1))
        assert world.states() == {"fetched": 1, "folded": 1}
        assert [row["key"] for row in world.pages()] == [article_key(twin.url)]


def test_what_is_kept_by_title_is_counted_when_it_is_new_and_not_at_each_poll(tmp_path: Path) -> None:
    source = replace(SOURCE, pages="filtered")
    with serve((site(*(page(f"/read/{n}", n) for n in range(3))),)) as newsroom:
        world = World(newsroom, tmp_path)
        assert world.run(source, prefilter=Prefilter(re.compile("lapas"))).get("announced:off_topic") == 3
        newsroom.routes[(HOST, "/feed")] = replace(
            newsroom.routes[(HOST, "/feed")], body=newsroom.routes[(HOST, "/feed")].body.replace(b"Kabar", b"Kabar.")
        )
        again = world.run(source, now=NOW + timedelta(hours=1), prefilter=Prefilter(re.compile("lapas")))
        assert (again.get("entries_known"), again.get("announced:off_topic")) == (3, 0)


class Killed(Ledger):
    """A ledger whose run dies after so many of its transactions, as by kill -9."""

    left = 0

    def _transaction(self) -> Any:
        Killed.left -= 1
        if Killed.left < 0:
            raise KeyboardInterrupt
        return super()._transaction()


def test_a_run_killed_between_any_two_writes_of_a_second_look_keeps_one_page_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = NOW + timedelta(days=1)
    with serve((site(page("/read/1", 1)),)) as newsroom:
        for left in range(8):
            folder = tmp_path / str(left)
            newsroom.routes[(HOST, "/read/1")] = Answer(200, "text/html", b"<p>nomor 1</p>")
            world = revisit_world(folder, newsroom)
            newsroom.routes[(HOST, "/read/1")] = Answer(200, "text/html", b"<p>koreksi</p>")
            Killed.left = left
            with monkeypatch.context() as patch, contextlib.suppress(KeyboardInterrupt):
                patch.setattr("tests.fetch.test_ingest.Ledger", Killed)
                world.run(now=later, digest=look)
            world.run(now=later, digest=look)
            assert sorted(str(row["version"]) for row in world.pages()) == ["0", "1"]
            with Ledger(folder / "ledger.sqlite", later) as ledger:
                assert ledger.due_revisits(9) == []
    assert Killed.left >= 0, "the last of these runs was not killed"


def test_a_site_that_wants_to_be_left_alone_is_left_alone_after_a_kill_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve((site(page("/read/1", 1, status=429)),)) as newsroom:
        world = World(newsroom, tmp_path)

        def killed(run: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("pipeline.fetch.ingest._Run.finish", killed)
        with pytest.raises(KeyboardInterrupt):
            world.run()
        monkeypatch.undo()
        world.run(now=NOW + timedelta(minutes=45))
        assert (world.asked("/read/1"), world.asked("/feed")) == (1, 1)
        world.run(now=NOW + timedelta(minutes=75))
        assert world.asked("/feed") == 2


def test_an_outage_of_our_own_does_not_forget_who_wants_to_be_left_alone(tmp_path: Path) -> None:
    others = [replace(SOURCE, id=f"lain{n}", url=f"https://lain{n}.example/feed") for n in range(8)]
    with serve((site(page("/read/1", 1)),)) as newsroom:
        newsroom.routes[(HOST, "/feed")] = Answer(429, "text/html", b"")
        world = World(newsroom, tmp_path)
        world.run()
        there = world.settings.fetch
        world.settings = world.settings.model_copy(update={"fetch": there.model_copy(update={"loopback_origin": "127.0.0.1:1"})})
        assert world.run(SOURCE, *others, now=NOW + timedelta(minutes=15)).get("outage") == 1
        world.settings = world.settings.model_copy(update={"fetch": there})
        again = world.run(SOURCE, *others, now=NOW + timedelta(minutes=16))
        assert world.asked("/feed") == 1, "429 closes the lane for an hour"
        assert newsroom.requests[("lain1.example", "/feed")] == 1, "and what only our own network kept from us is asked at once"
        assert again.get("sources_host_closed") == 1
