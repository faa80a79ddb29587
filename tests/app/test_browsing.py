"""The dashboard's figures against counts made another way, and the pages that only show."""

from __future__ import annotations

import re
from datetime import datetime

import pandas as pd
import pytest

from pipeline import corrected
from pipeline.app import drawing, figures
from pipeline.app.filters import Filters, counted, filters_of, independent_of
from pipeline.app.highlight import paragraphs
from pipeline.dates import JAKARTA, Week
from pipeline.independence import independent
from pipeline.jobs import Workplace
from pipeline.report import labels
from tests.app.conftest import Browser

WEEK = Week(2026, 47)
BEGUN = datetime(2026, 11, 10, tzinfo=JAKARTA)  # the week of the demo's oldest articles


@pytest.fixture
def frame(place: Workplace) -> pd.DataFrame:
    return corrected.articles(place.data)


def test_independence_of_rows_is_the_rule_of_the_reports(frame: pd.DataFrame) -> None:
    told = [
        independent(
            publisher_type=row["publisher_type"],
            source_type=row["source_type"],
            tier=row["tier"],
            is_copy=row["story_role"] == "reprint",
            is_rewrite=row["event_role"] == "rewrite",
        )
        for _, row in frame.iterrows()
    ]
    assert independent_of(frame).tolist() == told
    assert any(told)
    assert not all(told)


@pytest.mark.parametrize(
    "filters",
    [
        Filters(), Filters(tone="negative"), Filters(tier="T1"), Filters(tier="TX"), Filters(independent=True),
        Filters(programme="umkm"), Filters(kanwil="Lampung", tone="positive"),
        Filters(programme="luar_program", independent=True),
    ],
)  # fmt: skip
def test_filters_leave_what_a_loop_over_the_rows_leaves(frame: pd.DataFrame, filters: Filters) -> None:
    wanted = []
    for (_, row), own in zip(frame.iterrows(), independent_of(frame), strict=True):
        fits = row["relevance"] == "corrections" and row["week"] == str(WEEK)
        fits &= row["tier"] == filters.tier if filters.tier else row["tier"] != "TX"
        fits &= filters.tone in ("", row["tone"]) and filters.kanwil in ("", row["kanwil"])
        fits &= filters.programme in ("", row["programme_primary"], *row["programmes_related"])
        if fits and (own or not filters.independent):
            wanted.append(row["key"])
    assert counted(frame, filters, [str(WEEK)])["key"].tolist() == wanted


def test_every_chart_adds_up_to_the_week(frame: pd.DataFrame) -> None:
    week = counted(frame, Filters(), figures.weeks_to(WEEK))
    this = week[week["week"] == str(WEEK)]
    told = figures.summary(this)
    assert told.articles == len(this) > 20
    assert sum(bar.total for _, bar in figures.by_day(this, WEEK)) == len(this)
    assert figures.by_week(week, WEEK, BEGUN)[-1].total == len(this)
    assert sum(bar.counts["negative"] for _, bar in figures.by_day(this, WEEK)) == told.negative
    for slugs in (
        sorted(set(this["programme_primary"])),
        ["umkm", "luar_program"],
    ):  # other lists' programmes lie outside of this one
        assert sum(bar.total for bar in figures.by_programme(this, slugs)) == len(this)


def test_weeks_before_monitoring_began_are_no_zeros(frame: pd.DataFrame) -> None:
    bars = figures.by_week(counted(frame, Filters(), figures.weeks_to(WEEK)), WEEK, BEGUN)
    assert [bar.watched for bar in bars] == [False] * 10 + [True] * 2
    assert all(bar.total == 0 for bar in bars if not bar.watched)


def test_negative_stories_stand_gravest_first(frame: pd.DataFrame) -> None:
    week = counted(frame, Filters(), [str(WEEK)])
    found = figures.stories(week, negative=True)
    weights = [
        max(labels.weight(row) for row in week["incidents"][(week["story_id"] == one["story_id"]) & (week["tone"] == "negative")])
        for one in found
    ]
    assert weights == sorted(weights, reverse=True)
    assert weights[0] > weights[-1]


def test_a_share_is_told_from_five_articles_on() -> None:
    few = figures.Bar("x", {"positive": 1, "neutral": 1, "negative": 2, "unsure": 0})
    enough = figures.Bar("x", {"positive": 1, "neutral": 1, "negative": 2, "unsure": 1})
    assert few.negative is None
    assert enough.negative == pytest.approx(0.4)
    assert figures.Summary(4, 1, 1, 2, 0, 0, 0).negative_share is None


def test_days_are_cut_in_jakarta() -> None:
    late = datetime(2026, 11, 16, 23, 30, tzinfo=JAKARTA)
    frame = pd.DataFrame(
        {"dated_at": pd.to_datetime([late, late.replace(day=17, hour=0)], utc=True), "tone": ["negative", "neutral"]}
    )
    days = figures.by_day(frame, WEEK)
    assert [bar.total for _, bar in days] == [1, 1, 0, 0, 0, 0, 0]
    assert [day.day for day, _ in days] == list(range(16, 23))


def test_an_address_says_the_choices_and_reads_them_back() -> None:
    made = Filters(week="2026-W47", kanwil="Jawa Barat", programme="umkm", tone="negative", tier="T1", independent=True, page=3)
    query = dict(pair.split("=") for pair in made.address(page=3).removeprefix("/?").split("&"))
    query["kanwil"] = "Jawa Barat"
    assert filters_of(query, ["2026-W48", "2026-W47"], frozenset({"Jawa Barat"}), frozenset({"umkm"})) == made
    assert filters_of({}, ["2026-W48", "2026-W47"], frozenset(), frozenset()) == Filters(week="2026-W48")
    assert "hal" not in made.address(tone="")


def test_bars_and_lines_stand_inside_their_charts() -> None:
    bars = [
        figures.Bar("a", {"positive": 3, "neutral": 0, "negative": 1, "unsure": 2}),
        figures.Bar("b", dict.fromkeys(figures.TONES, 0)),
    ]
    rects = drawing.stacked(bars[0], 6, 100)
    assert sum(one.width for one in rects) == pytest.approx(100, abs=0.1)
    assert rects[0].kind == "negative"
    first, empty = drawing.columns(bars, 30)
    assert min(one.y for one in first) == pytest.approx(0, abs=0.05)
    assert empty == []
    moments = [datetime(2026, 11, day, tzinfo=JAKARTA) for day in (16, 18, 20)]
    assert drawing.on_line(moments, 100) == [0, 50, 100]
    assert drawing.on_line(moments[:1], 100) == [50]


def test_marked_text_is_the_text_and_marks_what_decided() -> None:
    text = "Satu kalimat. Petugas menggagalkan penyelundupan.\n\nTiga."
    quote = "Petugas menggagalkan penyelundupan."
    start = text.index(quote)
    span = {"field": "text", "start": start, "end": start + len(quote), "quote": quote, "words": ["menggagalkan"]}
    wrong = {**span, "start": 0, "end": 4}
    found = paragraphs(text, [("program", span), ("tone", span), ("tone", wrong)])
    assert ["".join(piece.text for piece in one) for one in found] == text.split("\n\n")
    assert [piece.text for one in found for piece in one if piece.deciding] == ["menggagalkan"]
    assert {piece.kinds for piece in found[0]} == {(), ("tone", "program")}


def test_a_story_shows_every_copy_and_an_article_its_evidence(frame: pd.DataFrame, sari: Browser) -> None:
    story = frame[frame["story_articles"] > 2].iloc[0]["story_id"]
    members = frame[frame["story_id"] == story]
    page = sari.get(f"/cerita/{story}")
    assert set(re.findall(r'<a href="/artikel/([0-9a-f]{16})"', page)) == set(members["key"])
    assert page.count("<circle") == len(members)
    row = frame[frame["tone"] == "negative"].iloc[0]
    article = sari.get(f"/artikel/{row['key']}")
    assert "ev-tone" in article
    assert 'rel="noopener noreferrer"' in article
    assert row["byline"] == "" or row["byline"] not in article


def test_the_dashboard_and_the_sources_say_what_the_folder_holds(frame: pd.DataFrame, place: Workplace, sari: Browser) -> None:
    page = sari.get(f"/?pekan={WEEK}&tone=negative")
    shown = counted(frame, Filters(tone="negative"), [str(WEEK)])
    assert set(re.findall(r'<a href="/artikel/([0-9a-f]{16})"', page)) == set(shown["key"])
    sources = sari.get("/sumber")
    for source in place.sources:
        assert source.id in sources
    assert "gagal terakhir" in sources  # the demo's two dead feeds
