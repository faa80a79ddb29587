"""WordPress's search for programs: posts, its own errors, and plugins that answer something else."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.fetch.feeds import Listing
from pipeline.fetch.wordpress import parse_wordpress
from pipeline.records import Source, SourceKind

HOME = "https://kabar.example/wp-json/wp/v2/posts?search=lapas&_fields=link,title,excerpt,date_gmt"
SOURCE = Source("kabar", "Kabar", SourceKind.WORDPRESS, HOME, zone="Asia/Jayapura")
POST = {
    "date_gmt": "2026-11-25T03:00:00",
    "link": "https://kabar.example/panen/",
    "title": {"rendered": "Panen &#8211; <i>raya</i>"},
    "excerpt": {"rendered": "<p>Isi [&hellip;]</p>\n", "protected": False},
}


def parse(value: Any) -> Listing:
    return parse_wordpress(value if isinstance(value, bytes) else json.dumps(value).encode(), SOURCE, HOME)


def test_a_post_is_an_entry_dated_in_utc() -> None:
    listing = parse([POST])
    assert (listing.problem, listing.skipped, listing.charset) == ("", 0, "utf-8")
    [entry] = listing.entries
    assert (entry.url, entry.title, entry.summary) == ("https://kabar.example/panen/", "Panen – raya", "Isi […]")
    assert entry.published == datetime(2026, 11, 25, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"date_gmt": "2026-11-25T03:00:00Z"}, datetime(2026, 11, 25, 3, tzinfo=UTC)),
        ({"date_gmt": None, "date": "2026-11-25T12:00:00"}, datetime(2026, 11, 25, 3, tzinfo=UTC)),
        ({"date_gmt": "0000-00-00T00:00:00"}, None),
        ({"date_gmt": ["x"]}, None),
    ],
)
def test_dates(changed: dict[str, object], expected: datetime | None) -> None:
    assert parse([POST | changed]).entries[0].published == expected


def test_a_plain_title_is_read_too() -> None:
    assert parse([POST | {"title": "Panen", "excerpt": None}]).entries[0].title == "Panen"


def test_a_search_that_finds_nothing_is_no_problem() -> None:
    assert parse([]) == Listing((), charset="utf-8", note="the search found nothing")


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (
            {"code": "rest_no_route", "message": "Tidak ada\nrute", "data": {"status": 404}},
            "WordPress refused: rest_no_route: Tidak ada rute",
        ),
        ({"code": 7}, "WordPress refused: :"),
        ({"posts": []}, "answer is not a list of posts"),
        (None, "answer is not a list of posts"),
        (b"<html><body>Masuk</body></html>", "answered a web page instead of a list of posts"),
        ([{}, None, 1, POST | {"link": "javascript:x"}], "list of posts holds no usable items"),
        ([POST] * 5, "all items lead to one address"),
    ],
)
def test_what_is_no_list_of_posts_is_told(answer: object, problem: str) -> None:
    assert parse(answer).problem == problem


def test_a_long_refusal_is_cut() -> None:
    assert len(parse({"code": "x", "message": "y" * 5000}).problem) == 200
