"""Agreement between readers: examples computed by hand, bounds, and what may not change the figure."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.classify.agreement import bootstrap_interval, jaccard, mean_jaccard, nominal_alpha, presence

VALUES = st.one_of(st.none(), st.integers(0, 3))
UNITS = st.lists(st.lists(VALUES, min_size=1, max_size=4), max_size=30)


def test_two_readers_two_values_as_in_the_paper() -> None:
    # Krippendorff 2011, section A: 10 units, 4 disagreements, 14 zeros, 6 ones: 1 - 19 * 8 / (2 * 14 * 6).
    one, other = "0100000010", "1110010000"
    assert nominal_alpha(list(zip(one, other, strict=True))) == pytest.approx(1 - 19 * 8 / 168)


def test_four_readers_with_missing_values_as_in_the_paper() -> None:
    # Krippendorff 2011, section C: alpha = 0.743.
    readers = ("123321412...", "1233224125.3", ".3332342251.", "12332441251.")
    units = [tuple(None if value == "." else value for value in unit) for unit in zip(*readers, strict=True)]
    assert nominal_alpha(units) == pytest.approx(0.743, abs=0.0005)


def test_three_small_examples_by_hand() -> None:
    # Two units, n = 4, two of each value: 1 - 3 * 0 / 8, then 1 - 3 * 4 / 8.
    assert nominal_alpha([("a", "a"), ("b", "b")]) == 1.0
    assert nominal_alpha([("a", "b"), ("b", "a")]) == pytest.approx(-0.5)
    # One dissenting value among four: 1 - 3 * 2 / (2 * 3 * 1) = 0, no better than chance.
    assert nominal_alpha([("a", "a"), ("a", "b")]) == pytest.approx(0.0)


@pytest.mark.parametrize("units", [[], [("a",)], [("a", None)], [("a", "a"), ("a", "a")]])
def test_without_two_different_values_there_is_no_alpha(units: list[tuple[str | None, ...]]) -> None:
    assert math.isnan(nominal_alpha(units))


@given(UNITS)
def test_alpha_lies_between_minus_one_and_one(units: list[list[int | None]]) -> None:
    alpha = nominal_alpha(units)
    assert math.isnan(alpha) or -1 <= alpha <= 1 + 1e-12


@given(UNITS)
def test_order_names_and_silent_readers_do_not_matter(units: list[list[int | None]]) -> None:
    same = [[None if value is None else f"v{value}" for value in reversed(unit)] + [None] for unit in reversed(units)]
    first, second = nominal_alpha(units), nominal_alpha(same)
    assert math.isnan(first) if math.isnan(second) else first == pytest.approx(second)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=30), st.integers(2, 4))
def test_readers_who_always_agree_have_alpha_one(values: list[int], readers: int) -> None:
    alpha = nominal_alpha([[value] * readers for value in values])
    assert math.isnan(alpha) if len(set(values)) == 1 else alpha == pytest.approx(1.0)


def test_presence_keeps_what_is_missing() -> None:
    assert presence([({"etik"}, set()), ({"kabur"}, None)], "etik") == [(True, False), (False, None)]


def test_jaccard_of_sets() -> None:
    assert jaccard([], []) == 1.0
    assert jaccard(["etik"], []) == 0.0
    assert jaccard(["etik", "kabur"], ["etik"]) == 0.5
    assert mean_jaccard([(["etik"], ["etik"]), (["etik", "kabur"], ["etik"])]) == 0.75
    assert math.isnan(mean_jaccard([]))


def test_the_interval_holds_the_figure_and_repeats() -> None:
    units = [("a", "a")] * 40 + [("b", "b")] * 30 + [("a", "b")] * 10
    low, high = bootstrap_interval(units, nominal_alpha)
    assert low < nominal_alpha(units) < high < 1
    assert (low, high) == bootstrap_interval(units, nominal_alpha)
    assert (low, high) != bootstrap_interval(units, nominal_alpha, seed=1)


def test_no_units_or_no_variation_give_no_interval() -> None:
    nothing: list[tuple[str, str]] = []
    assert all(map(math.isnan, bootstrap_interval(nothing, nominal_alpha)))
    assert all(map(math.isnan, bootstrap_interval([("a", "a")] * 5, nominal_alpha)))
