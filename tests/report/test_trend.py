from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dates import JAKARTA, Week
from pipeline.report import measure
from pipeline.report.rows import Row, counted, read_rows
from pipeline.report.summary import ALL, INDEPENDENT
from pipeline.report.trend import COLUMNS, LATER, PARTLY, UNWATCHED, WATCHED, trend_table, watch_of, weeks_until
from pipeline.report.weekly import weekly_tables
from tests.report.builder import MONDAY, WEEK, article, context, frame, records

POLLS = tuple(MONDAY + timedelta(days=day) for day in range(-90, 9))
TWELVE = weeks_until(MONDAY)


def table(*rows: dict[str, Any], weeks: tuple[Week, ...] = TWELVE, polls: tuple[datetime, ...] = POLLS) -> pd.DataFrame:
    return trend_table(frame(*rows), weeks, polls)


def line(trend: pd.DataFrame, week: Week = WEEK, scope: str = ALL) -> dict[str, Any]:
    found = trend[(trend["minggu"] == str(week)) & (trend["cakupan"] == scope)]
    assert len(found) == 1
    return {str(name): value for name, value in found.iloc[0].items()}


def texts(count: int, tone: str, back: int = 0, **values: Any) -> list[dict[str, Any]]:
    week = Week.of(MONDAY - timedelta(days=7 * back))
    return [article(f"{tone}{back}-{at}", tone=tone, day=1 - 7 * back, week=str(week), **values) for at in range(count)]


def test_twelve_weeks_end_with_the_week_asked_for_also_over_new_year() -> None:
    assert len(TWELVE) == 12
    assert TWELVE[-1] == WEEK
    assert [str(week) for week in weeks_until(datetime(2027, 1, 7, tzinfo=JAKARTA), 3)] == ["2026-W52", "2026-W53", "2027-W01"]


def test_two_lines_a_week_in_order_with_fixed_columns_and_types() -> None:
    empty, full = table(), table(*texts(9, "negative"))
    assert list(full.columns) == list(COLUMNS)
    assert full.dtypes.equals(empty.dtypes)
    assert records(full, "minggu", "cakupan") == [(str(week), scope) for week in TWELVE for scope in (ALL, INDEPENDENT)]


def test_the_last_week_says_what_its_own_report_says() -> None:
    copies = [
        article(f"s{at}", tone="positive", story_id="s0", story_role="reprint" if at else "origin", story_origin="s0",
                source_type="press_release", event_id="s0")
        for at in range(7)
    ]  # fmt: skip
    rows = [*texts(6, "negative"), *texts(2, "neutral"), *copies, article("x", tier="TX"), article("i", relevance="irrelevant")]
    summary = weekly_tables(frame(*rows), frame(), context())["01_ringkasan"]
    told = dict(zip(summary["metrik"], summary["nilai"], strict=True))
    for scope, tail in ((ALL, ""), (INDEPENDENT, "_mandiri")):
        found = line(table(*rows), scope=scope)
        assert found["artikel_n"] == told[f"total_artikel{tail}"]
        assert found["unik_n"] == told[f"artikel_unik{tail}"]
        assert found["media_n"] == told[f"jumlah_media{tail}"]
        for tone in ("positif", "netral", "negatif"):
            assert found[tone] == told[f"{tone}{tail}_n"]
            assert found[f"{tone}_persen"] == told[f"{tone}{tail}_persen"]
    assert line(table(*rows))["negatif_persen"] != line(table(*rows), scope=INDEPENDENT)["negatif_persen"]


def test_a_week_that_nobody_watched_is_empty_and_one_without_news_is_zero() -> None:
    gap = TWELVE[4]
    seen = tuple(poll for poll in POLLS if not gap.start <= poll < gap.end)
    trend = table(*texts(5, "negative"), polls=seen)
    missing, quiet = line(trend, gap), line(trend, TWELVE[3])
    assert missing["pemantauan"] == UNWATCHED
    assert quiet["pemantauan"] == WATCHED
    figures = [name for name, kind in COLUMNS.items() if kind != "text"]
    assert all(pd.isna(missing[name]) for name in figures)
    assert quiet["artikel_n"] == 0
    assert pd.isna(quiet["negatif_persen"])


def test_nothing_was_ever_watched() -> None:
    assert set(table(polls=())["pemantauan"]) == {UNWATCHED}


@pytest.mark.parametrize(
    ("days", "found", "told"),
    [
        ((-1, 3, 8), True, WATCHED),
        ((0, 3, 7), False, WATCHED),
        ((1, 8), True, PARTLY),  # begun within the week
        ((-1, 3), True, PARTLY),  # running, or broken off
        ((-1, 8), True, LATER),  # not read in the week; what is known of it was found afterwards
        ((-1, 8), False, UNWATCHED),
        ((9,), True, LATER),
        ((-9,), False, UNWATCHED),
    ],
)
def test_how_a_week_was_watched(days: tuple[int, ...], found: bool, told: str) -> None:
    polls = [MONDAY + timedelta(days=day) for day in days]
    assert watch_of(WEEK, polls, found=found) == told


def test_the_interval_is_wilsons() -> None:
    found = line(table(*texts(5, "negative"), *texts(15, "neutral")))
    # Newcombe, Statistics in Medicine 17 (1998): 5 of 20 has the score interval .1119 to .4687.
    assert (found["negatif_persen"], found["negatif_bawah"], found["negatif_atas"]) == (25.0, 11.2, 46.9)
    assert found["n_efektif"] == found["n"] == 20


def test_copies_of_one_text_are_little_evidence() -> None:
    copies = [
        article(f"c{at}", tone="negative", story_id="c0", story_role="reprint" if at else "origin", story_origin="c0")
        for at in range(19)
    ]
    alone, spread = line(table(*texts(19, "negative"), *texts(1, "neutral"))), line(table(*copies, *texts(1, "neutral")))
    assert alone["negatif_persen"] == spread["negatif_persen"] == 95.0
    assert spread["n_efektif"] == 1.1  # 20² / (19² + 1)
    assert spread["negatif_bawah"] < 30 < 70 < alone["negatif_bawah"]


@pytest.mark.parametrize("count", [0, 1, 4])
def test_below_five_there_is_no_share(count: int) -> None:
    found = line(table(*texts(count, "negative"), *texts(9, "unsure")))
    assert (found["n"], found["negatif"], found["belum_yakin"]) == (count, count, 9)
    assert all(pd.isna(found[f"negatif_{part}"]) for part in ("persen", "bawah", "atas"))


@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 3))
def test_shares_lie_in_their_intervals_and_these_between_0_and_100(negative: int, neutral: int, unsure: int) -> None:
    found = line(table(*texts(negative, "negative"), *texts(neutral, "neutral"), *texts(unsure, "unsure"), weeks=(WEEK,)))
    assert found["n"] == negative + neutral
    if found["n"] >= 5:
        for tone in ("positif", "netral", "negatif"):
            assert 0 <= found[f"{tone}_bawah"] <= found[f"{tone}_persen"] <= found[f"{tone}_atas"] <= 100


def test_the_order_of_the_rows_does_not_matter() -> None:
    rows = [row for back in range(4) for row in texts(6, "negative", back)]
    mixed = rows[:]
    random.Random(1).shuffle(mixed)
    pd.testing.assert_frame_equal(table(*rows), table(*mixed))


def plain_figures(rows: list[Row]) -> dict[str, Any]:
    """A week's figures, row by row."""
    found, sure = measure.tones(rows), [row for row in rows if row.tone in measure.TONES.values()]
    return {
        "artikel_n": len(rows),
        "unik_n": measure.story_count(rows),
        "isu_n": measure.event_count(rows),
        "media_n": measure.outlet_count(rows),
        "positif": found.positive,
        "netral": found.neutral,
        "negatif": found.negative,
        "belum_yakin": found.unsure,
        "n": found.sure,
        "n_efektif": round(measure.worth(sure), 1),
    }


def test_a_copy_of_what_lies_in_another_week_is_no_account_of_its_own() -> None:
    copy = article("c", story_id="a", story_role="reprint", story_origin="a")
    assert line(table(copy))["artikel_n"] == 1
    assert line(table(copy), scope=INDEPENDENT)["artikel_n"] == 0
    reposted = article("a", day=0.5, tier="TX", story_id="a")
    assert line(table(copy, reposted), scope=INDEPENDENT)["artikel_n"] == 1


@pytest.mark.parametrize("seed", range(12))
def test_columns_count_as_rows_do(seed: int) -> None:
    draw = random.Random(seed)
    names = [f"k{at:02}" for at in range(draw.choice((1, 9, 60)))]
    back = {name: draw.randrange(3) for name in names}
    rows = [
        article(
            name,
            day=draw.randrange(7) + draw.choice((0, 0.5)) - 7 * back[name],
            week=str(TWELVE[-1 - back[name]]),
            tone=draw.choice(("positive", "neutral", "negative", "unsure", None)),
            tier=draw.choice(("T0", "T1", "T2", "TX", "TX", None)),
            outlet=draw.choice(("Kabar", "Warta", "", None)),
            domain=draw.choice(("a.example", "", None)),
            relevance=draw.choice(("corrections", "corrections", "immigration", "irrelevant")),
            publisher_type=draw.choice(("newsroom", "wire", "own")),
            source_type=draw.choice(("report", "opinion", "press_release", None)),
            story_id=draw.choice((*names[:9], None)),
            story_role=draw.choice(("origin", "reprint", "reprint")),
            event_id=draw.choice((*names[:4], None)),
            event_role=draw.choice(("first", "rewrite", None)),
        )
        for name in names
    ]
    draw.shuffle(rows)
    trend = table(*rows)
    for week in TWELVE[-3:]:
        every = counted(read_rows(frame(*(row for row in rows if row["week"] == str(week)))))
        for scope, some in ((ALL, every), (INDEPENDENT, measure.independent(every))):
            found, wanted = line(trend, week, scope), plain_figures(some)
            assert {name: found[name] for name in wanted} == wanted
