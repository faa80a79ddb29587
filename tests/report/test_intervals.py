"""Limits by chance: against published values, against simulation, and how copies widen them."""

from __future__ import annotations

import random

import pytest

from pipeline.report import intervals
from pipeline.report.weekly import weekly_tables
from tests.report.builder import article, context, frame, records


@pytest.mark.parametrize(
    ("count", "low", "high"), [(0, 0.0, 3.69), (1, 0.03, 5.57), (5, 1.62, 11.67), (10, 4.80, 18.39), (100, 81.4, 121.6)]
)
def test_counts_have_the_exact_poisson_limits_of_the_tables(count: int, low: float, high: float) -> None:
    found = intervals.of_count(count, count)
    assert found == pytest.approx((low, high), abs=0.1)


def test_shares_have_wilsons_limits() -> None:
    assert intervals.of_share(0, 10, 10) == pytest.approx((0.0, 0.2775), abs=1e-3)
    assert intervals.of_share(5, 10, 10) == pytest.approx((0.2366, 0.7634), abs=1e-3)


def test_copies_are_worth_less() -> None:
    assert intervals.worth([1] * 8) == 8
    assert intervals.worth([8]) == 1
    assert intervals.worth([]) == 0
    alone, copied = intervals.of_count(8, 8), intervals.of_count(8, 1)
    assert copied[0] < alone[0] < 8 < alone[1] < copied[1]


def test_differences_cover_what_they_promise() -> None:
    """Stories by chance, each with copies: the limits of a change that is none hold zero about as often as they say."""
    chance, held, rounds = random.Random(11), 0, 400
    for _ in range(rounds):
        weeks = []
        for _week in range(2):
            stories = sum(chance.random() < 0.02 for _ in range(1000))
            weeks.append([chance.choice([1, 1, 1, 2, 5]) for _ in range(stories)])
        (now, before) = weeks
        limits = [intervals.of_count(sum(sizes), intervals.worth(sizes)) for sizes in weeks]
        low, high = intervals.of_difference(sum(now), limits[0], sum(before), limits[1])
        held += low <= 0 <= high
    assert 0.91 <= held / rounds <= 0.99


def test_an_index_stays_within_its_bounds() -> None:
    for up, down, whole in [(10, 0, 10), (0, 10, 10), (3, 2, 10), (5, 5, 10)]:
        low, high = intervals.of_balance(up, down, whole, whole)
        assert -1 <= low <= (up - down) / whole <= high <= 1
        assert low < high


def test_a_change_stands_with_its_limits_where_it_may_be_told() -> None:
    now = [article(f"k{n}", 1, tone="negative" if n < 9 else "positive") for n in range(20)]
    last = [article(f"p{n}", -3, tone="negative" if n < 2 else "positive") for n in range(10)]
    made = weekly_tables(frame(*now), frame(*last), context())["01_ringkasan"]
    cells = {row[0]: row[1:] for row in records(made, "metrik", "perubahan_abs", "perubahan_bawah", "perubahan_atas")}
    for name in ("total_artikel", "negatif_persen", "indeks_tone", "klaster_isu", "negatif_n"):
        change, low, high = cells[name]
        assert low < change < high, name
    assert cells["jumlah_media"][1:] == (None, None), "no model of distinct outlets"
    whole = weekly_tables(frame(*now), frame(*last), context(complete=False))["01_ringkasan"]
    assert not whole["perubahan_bawah"].notna().any()
