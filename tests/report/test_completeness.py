"""Sources that were down are told beside the figures, and weigh by what they usually bring."""

from __future__ import annotations

import pytest

from pipeline.report.completeness import INCOMPLETE, WHOLE, missing_share
from pipeline.report.weekly import weekly_tables
from tests.report.builder import MONDAY, article, context, frame, records, sources

BIG = ("besar", "Kabar Nusantara", "ok", MONDAY, "", 50)
SMALL = ("kecil", "Warta", "ok", MONDAY, "", 2)
DEAD = ("mati", "Sunyi", "timeout", None, "galat", 0)


def tables(watch):
    return weekly_tables(frame(article("a"), article("b", 2)), frame(article("p", -3)), context(sources=watch))


def test_a_source_weighs_what_it_brings() -> None:
    both = sources(BIG, SMALL, DEAD, usual=[9.0, 1.0, 0.0], days_read=[7, 0, 0])
    assert missing_share(both) == pytest.approx(0.1)
    assert missing_share(sources(BIG, usual=9.0, days_read=0)) == 1.0
    assert missing_share(sources(DEAD, usual=0.0, days_read=0)) is None
    assert missing_share(sources()) is None
    assert missing_share(both, before=True) == 0.0


def test_figures_say_that_coverage_was_incomplete() -> None:
    made = tables(sources(BIG, SMALL, usual=[9.0, 1.0], days_read=[3, 7]))
    assert set(made["01_ringkasan"]["kelengkapan"]) == {INCOMPLETE}
    assert set(made["01_ringkasan"]["kelengkapan_minggu_lalu"]) == {WHOLE}
    assert made["01_ringkasan"]["perubahan_abs"].notna().any(), "told, with the warning beside it"
    notes = {row[1]: row[2:] for row in records(made["00_catatan"], "bagian", "butir", "nilai", "keterangan")}
    assert notes["kelengkapan liputan"][0] == INCOMPLETE
    assert "51 persen" in notes["kelengkapan liputan"][1]
    assert notes["Kabar Nusantara"][0] == "terbaca 3 dari 7 hari"
    assert records(made["06_media"], "kelengkapan") == [f"{INCOMPLETE}: terbaca 3 dari 7 hari"]


def test_a_small_gap_is_no_alarm_and_the_week_before_has_its_own() -> None:
    assert set(tables(sources(BIG, SMALL, usual=[99.0, 1.0], days_read=[7, 0]))["01_ringkasan"]["kelengkapan"]) == {WHOLE}
    made = tables(sources(BIG, usual=9.0, days_read_before=1))["01_ringkasan"]
    assert (set(made["kelengkapan"]), set(made["kelengkapan_minggu_lalu"])) == ({WHOLE}, {INCOMPLETE})


def test_sources_below_their_own_past_are_named() -> None:
    made = tables(sources(BIG, SMALL, verdict=["silent", "ok"]))["00_catatan"]
    found = [row[1:] for row in records(made, "bagian", "butir", "nilai", "keterangan") if row[0] == "sumber di bawah kebiasaan"]
    assert found == [("Kabar Nusantara (besar)", "50", "diam lebih lama daripada biasanya")]
