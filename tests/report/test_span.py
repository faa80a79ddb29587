"""The times that a report may be of, their comparisons, names and words."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest

from pipeline.dates import JAKARTA, Week
from pipeline.report.span import Span, day_of
from pipeline.report.weekly import weekly_tables
from pipeline.report.wording import headed, reworded
from tests.report.builder import WEEK, article, context, frame

MONTH = Span.of_month("2026-11")
DAYS = Span.of_days(date(2026, 11, 1), date(2026, 11, 15))


def test_a_week_is_the_iso_week() -> None:
    span = Span.of_week(WEEK)
    assert (span.name, span.kind, span.start, span.end, span.days) == ("2026-W47", "minggu", WEEK.start, WEEK.end, 7)
    assert span.before == Span.of_week(WEEK.before)


@pytest.mark.parametrize(
    ("span", "days"), [(MONTH, 30), (DAYS, 15), (Span.of_month("2024-02"), 29), (Span.of_month("2026-12"), 31)]
)
def test_other_spans_are_whole_days_and_compared_with_as_many_before(span: Span, days: int) -> None:
    assert span.days == span.before.days == days
    assert span.before.end == span.start
    assert {edge.astimezone(JAKARTA).hour for edge in (span.start, span.end, span.before.start)} == {0}
    assert span.holds(span.start)
    assert not span.holds(span.end)
    assert span.holds(span.end - timedelta(seconds=1))


@pytest.mark.parametrize("span", [Span.of_week(Week(2026, 1)), MONTH, DAYS, MONTH.before])
def test_a_folder_name_leads_back(span: Span) -> None:
    assert Span.parse(span.name) == span


@pytest.mark.parametrize(
    "name", ["2026-13", "2026", "11-2026", "2026-11-01", "2026-11-02_2026-11-01", "2026-W60", "", "0001-01", "_"]
)
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        Span.parse(name)


@pytest.mark.parametrize("text", ["2026-02-30", "1-1-2026", "kemarin", "2026-W47-1", "0001-01-01"])
def test_a_day_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a day"):
        day_of(text)


def test_a_span_of_more_than_a_year_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        Span.of_days(date(2025, 1, 1), date(2026, 1, 2))


def test_words_turn_for_what_is_no_week() -> None:
    week = Span.of_week(WEEK)
    for text, wanted in {
        "Minggu ini tidak lengkap; minggu lalu kosong.": "Periode ini tidak lengkap; periode sebelumnya kosong.",
        "minggu berjalan, belum lengkap": "periode berjalan, belum lengkap",
        "sampai hari Minggu pukul 24.00": "sampai hari Minggu pukul 24.00",
        "mingguan": "mingguan",
    }.items():
        assert reworded(text, week) == text
        assert reworded(text, MONTH) == wanted


@pytest.mark.parametrize("span", [MONTH, DAYS])
def test_no_report_of_another_span_speaks_of_weeks(span: Span) -> None:
    rows = [article(f"k{number}", number % 9 - 4) for number in range(12)]
    made = weekly_tables(frame(*rows), frame(article("z", -30)), context(span=span))
    shown = headed(made, span)
    for name, table in shown.items():
        assert set(table["periode"]) <= {span.name}, name
        assert not [column for column in table.columns if "minggu" in column]
        texts = " ".join(str(cell) for cell in table.astype(object).to_numpy().ravel())
        assert "minggu" not in texts, name
    assert list(shown["01_ringkasan"].columns)[:2] == ["periode", "status_periode"]
    assert "nilai_periode_lalu" in shown["01_ringkasan"]
    pd.testing.assert_frame_equal(headed(made, Span.of_week(WEEK))["01_ringkasan"], made["01_ringkasan"])
