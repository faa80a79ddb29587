"""The publication instant: order of candidates, suspicion, assumed zones, and dates that must never be taken."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipeline.dates import parse_any
from pipeline.extract.dating import CONFIDENCE, date_page
from pipeline.extract.head import Head, parse_tree, read_head
from pipeline.records import DateCandidate, Dated, Page

from .builder import NOW, URL, document, page

WIB = ZoneInfo("Asia/Jakarta")
RIGHT = datetime(2026, 11, 18, 9, 15, tzinfo=WIB)
NOTHING = Head((), (), (), (), (), False, False)


def head(**found: Any) -> Head:
    values = {"titles": (), "json_ld_dates": (), "meta_dates": (), "time_tags": (), "visible_dates": ()}
    return Head(**{**values, "is_article": True, "canonical_is_home": False, **found})


def from_feed(raw: str, **changes: Any) -> Page:
    parsed = parse_any(raw)
    assert parsed is not None
    return page(feed_published=parsed.value, feed_published_raw=raw, **changes)


def dated(markup: str, **changes: Any) -> Dated:
    tree = parse_tree(markup.encode("utf-8", "replace"))
    assert tree is not None
    return date_page(page(markup, **changes), read_head(tree))


ALL = head(
    json_ld_dates=("2026-11-18T09:15:01+07:00",),
    meta_dates=("2026-11-18T09:15:02+07:00",),
    time_tags=("2026-11-18T09:15:03+07:00",),
    visible_dates=("Rabu, 18 November 2026 09:15:04 WIB",),
    state_dates=("2026-11-18T09:15:05+07:00",),
)
DATED_URL = "https://kabar.example/2026/11/18/panen-jagung"


def test_candidates_are_tried_in_the_stated_order() -> None:
    rest = {"json_ld_dates": (), "meta_dates": (), "time_tags": (), "visible_dates": (), "state_dates": ()}
    left = {name: getattr(ALL, name) for name in rest}
    methods = [date_page(from_feed("Wed, 18 Nov 2026 09:15:00 +0700", url=DATED_URL), ALL).method]
    for name in rest:
        methods.append(date_page(page(url=DATED_URL), head(**left)).method)
        left[name] = ()
    methods.append(date_page(page(url=DATED_URL), NOTHING).method)
    assert methods == list(CONFIDENCE)


def test_the_instant_comes_with_its_provenance() -> None:
    raw = "Wed, 18 Nov 2026 09:15:00 +0700"
    found = date_page(from_feed(raw), ALL)
    assert replace(found, candidates=()) == Dated(RIGHT, raw, "feed", "+0700", 0.95, "ok")
    assert [one.method for one in found.candidates] == ["feed", "json-ld", "meta", "time-tag", "visible", "state"]
    assert found.candidates[0] == DateCandidate(RIGHT, raw, "feed", "+0700", 0.95, True)


def test_a_candidate_that_cannot_be_read_gives_way_to_the_next() -> None:
    found = date_page(page(), head(json_ld_dates=("kemarin", "2026-13-40", "2026-11-18T09:15+07:00"), meta_dates=("2026-11-18",)))
    assert (found.method, found.value) == ("json-ld", RIGHT)


def test_without_any_date_the_instant_is_unknown() -> None:
    assert date_page(page(), NOTHING) == Dated(None, "", "none", "", 0.0, "unknown")
    assert date_page(page(), None) == Dated(None, "", "none", "", 0.0, "unknown")
    assert date_page(page(), head(json_ld_dates=("0001-01-01T00:00:00Z",), meta_dates=("1970-01-01",))).status == "unknown"


@pytest.mark.parametrize("zone", ["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"])
def test_a_time_without_zone_is_taken_in_the_sources_zone_and_says_so(zone: str) -> None:
    found = date_page(page(zone=zone), head(visible_dates=("Rabu, 18 November 2026 | 09.15",)))
    assert found.value == datetime(2026, 11, 18, 9, 15, tzinfo=ZoneInfo(zone))
    assert found.zone == f"assumed:{zone}"


def test_a_named_zone_wins_over_the_sources() -> None:
    found = date_page(page(zone="Asia/Jayapura"), head(visible_dates=("Rabu, 18 November 2026 | 10.15 WITA",)))
    assert (found.value, found.zone, found.raw) == (RIGHT, "WITA", "Rabu, 18 November 2026 | 10.15 WITA")


def test_a_feeds_naive_time_is_marked_as_assumed() -> None:
    assert date_page(from_feed("2026-11-18 09:15:00"), None).zone == "assumed:Asia/Jakarta"
    assert date_page(page(feed_published=RIGHT, feed_published_raw=""), None).zone == "assumed:Asia/Jakarta"


def test_a_date_without_a_clock_is_trusted_less() -> None:
    timed, day = (date_page(page(), head(meta_dates=(raw,))) for raw in ("2026-11-18T09:15", "2026-11-18"))
    assert (timed.confidence, day.confidence) == (0.9, 0.8)
    assert day.status == "ok"


@pytest.mark.parametrize("raw", ["2026-01-01", "1 Januari 2026", "2026-01-01T00:00:00+07:00", "2026-01-01T00:00:00Z"])
def test_midnight_of_new_year_is_suspect(raw: str) -> None:
    assert date_page(page(), head(meta_dates=(raw,))).status == "suspect"


def test_news_of_new_years_day_itself_is_not() -> None:
    assert date_page(page(), head(meta_dates=("2026-01-01T08:30:00+07:00",))).status == "ok"


@pytest.mark.parametrize(
    ("ahead", "status"), [(timedelta(hours=23), "ok"), (timedelta(hours=25), "suspect"), (timedelta(days=400), "suspect")]
)
def test_a_date_in_the_future_is_suspect(ahead: timedelta, status: str) -> None:
    assert date_page(page(), head(meta_dates=((NOW + ahead).isoformat(),))).status == status


@pytest.mark.parametrize(("apart", "status"), [(timedelta(days=1, hours=20), "ok"), (timedelta(days=2, minutes=1), "suspect")])
@pytest.mark.parametrize("sign", [1, -1])
def test_dates_that_disagree_by_more_than_two_days_are_suspect(apart: timedelta, status: str, sign: int) -> None:
    other = (RIGHT + sign * apart).isoformat()
    found = date_page(from_feed("Wed, 18 Nov 2026 09:15:00 +0700"), head(json_ld_dates=(other,)))
    assert (found.value, found.method, found.status) == (RIGHT, "feed", status)


def test_a_wrong_meta_date_is_caught_by_the_visible_one() -> None:
    found = date_page(page(), head(meta_dates=("2026-09-27T10:00+07:00",), visible_dates=("27 Agustus 2026",)))
    assert (found.method, found.status) == ("meta", "suspect")


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("/2026/11/18/judul", 18),
        ("/read/2026/11/18/144928478/judul", 18),
        ("/news/2026/11/18", 18),
        ("/2026/13/18/judul", None),
        ("/2026/02/30/judul", None),
        ("/2026/11/judul", None),
        ("/blok/2026/11/181/judul", None),
    ],
)
def test_a_date_in_the_path_is_the_last_resort(path: str, day: int | None) -> None:
    found = date_page(page(url=f"https://kabar.example{path}"), NOTHING)
    assert (found.value.day if found.value else None) == day
    assert (found.method, found.confidence) == (("url", 0.4) if day else ("none", 0.0))


@pytest.mark.parametrize(
    "foreign",
    [
        "<footer>© 2 Januari 2020 Kabar</footer>",
        "<p>Copyright 2 Januari 2020</p>",
        '<div class="comments"><p>2 Januari 2020 10:00</p></div>',
        '<div class="sidebar"><time datetime="2020-01-02T10:00:00+07:00">x</time></div>',
        '<ul class="related"><li>2 Januari 2020</li></ul>',
        '<div class="berita-terkait"><span>2 Januari 2020</span></div>',
        '<script type="application/ld+json">{"@type":"Comment","datePublished":"2020-01-02"}</script>',
    ],
)
def test_dates_of_the_site_of_comments_and_of_other_stories_are_never_taken(foreign: str) -> None:
    assert dated(document(before=foreign, after=foreign)).status == "unknown"
    own = document(before=foreign + "<div class=tanggal>Rabu, 18 November 2026 09.15 WIB</div>", after=foreign)
    assert (dated(own).value, dated(own).status) == (RIGHT, "ok")


def test_a_date_told_in_the_story_never_overrides_the_feed() -> None:
    story = document("Ia ditangkap 10 Oktober 2025.", "Sidang digelar setahun kemudian di pengadilan negeri.")
    tree = parse_tree(story.encode("utf-8", "replace"))
    assert tree is not None
    found = date_page(from_feed("Wed, 18 Nov 2026 09:15:00 +0700"), read_head(tree))
    assert (found.value, found.method) == (RIGHT, "feed")


def test_an_endless_raw_date_is_cut() -> None:
    found = date_page(page(), head(meta_dates=("2026-11-18" + " " * 30 + "x" * 500,)))
    assert len(found.raw) == 100


def test_the_instant_is_always_aware() -> None:
    for raw in ("2026-11-18", "2026-11-18T09:15", "18 November 2026", "Wed, 18 Nov 2026 09:15:00"):
        value = date_page(page(url=URL), head(meta_dates=(raw,))).value
        assert value is not None
        assert value.astimezone(UTC).date().isoformat() in ("2026-11-17", "2026-11-18")
