"""How far a week was watched: what it may claim, and when it may be compared."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline import reporting
from pipeline.cli import main
from pipeline.dates import Week
from pipeline.errors import ConfigError
from pipeline.report.edition import Edition
from pipeline.report.period import COMPLETE, LATER, PARTLY, RUNNING, UNWATCHED
from pipeline.report.weekly import weekly_tables
from tests.conftest import NOW
from tests.report.builder import MONDAY, article, context, frame, records

LAST_WEEK = [article(f"p{number}", -3, programme_primary="umkm") for number in range(6)]


def polls(*days):
    return tuple(MONDAY + timedelta(days=day) for day in days)


def made(days, *, current=(), previous=LAST_WEEK, **values):
    """(state, advice, comparison, whether anything is compared) of a week that was polled on ``days`` after its Monday."""
    tables = weekly_tables(frame(*current), frame(*previous), context(polls=polls(*days), **values))
    summary, programmes = tables["01_ringkasan"], tables["02_program"]
    cells = records(tables["00_catatan"], "bagian", "butir", "nilai", "keterangan")
    period = {item: rest for section, item, *rest in cells if section == "periode"}
    changes = bool(summary["perubahan_abs"].notna().any())
    assert programmes["perubahan_persen"].notna().any() == changes
    assert set(summary["status_minggu"]) == {period["status minggu"][0]}
    return (*period["status minggu"], period["minggu pembanding"][1], changes)


def test_two_weeks_that_were_watched_throughout():
    assert made((-30, -6, 1, 8)) == (COMPLETE, "", "", True)


def test_a_week_before_monitoring_began_is_never_whole():
    state, advice, _, changes = made((30,))
    assert (state, changes) == (UNWATCHED, False)
    assert advice == "Pemantauan baru dimulai 2026-12-16 00:00 WIB; nol berarti tidak ada yang memantau, bukan tidak ada berita."
    state, advice, _, changes = made(())
    assert (state, changes) == (UNWATCHED, False)
    assert advice.startswith("Belum ada pengumpulan yang berhasil")


def test_a_week_in_which_monitoring_began():
    state, advice, _, changes = made((2, 5, 8), current=[article("a", 3)])
    assert (state, changes) == (PARTLY, False)
    assert advice == "Pemantauan baru dimulai 2026-11-18 00:00 WIB; angka minggu ini tidak lengkap."


@pytest.mark.parametrize("began", [-3, 0])
def test_a_whole_week_is_not_compared_with_one_that_was_not_watched(began):
    state, advice, comparison, changes = made((began, 1, 8), current=[article("a", 3)])
    assert (state, advice, changes) == (COMPLETE, "", False)
    assert "angka minggu pembanding tidak lengkap" in comparison or "artikel minggu pembanding dikumpulkan" in comparison
    assert comparison.endswith("Perubahan dikosongkan.")


def test_weeks_collected_afterwards_say_so_and_may_be_compared():
    state, advice, comparison, changes = made((8,), current=[article("a", 3)])
    assert (state, changes) == (LATER, True)
    assert "dikumpulkan kemudian" in advice
    assert "petunjuk kasar" in comparison
    state, _, comparison, changes = made((8,), current=[article("a", 3)], previous=())
    assert (state, changes) == (LATER, False)
    assert comparison == "Tidak ada data untuk minggu lalu; kolom pembanding kosong."


@pytest.mark.parametrize(
    ("days", "said"), [((-30, -6, 2), "Pengumpulan terakhir 2026-11-18"), ((-30, -6, 9), "Tidak ada pengumpulan")]
)
def test_monitoring_that_stopped_or_paused(days, said):
    state, advice, comparison, changes = made(days, current=[article("a", 1)])
    assert (state, changes) == (PARTLY, False)
    assert advice.startswith(said)
    assert comparison == "Minggu ini tidak lengkap; perubahan dikosongkan."


def test_a_pause_of_a_whole_week_that_nothing_is_known_of_is_not_watched():
    state, advice, _, changes = made((-30, -6, 9))
    assert (state, changes) == (UNWATCHED, False)
    assert advice == "Tidak ada pengumpulan yang berhasil selama minggu ini; nol berarti tidak ada yang memantau."


def test_a_running_week_in_which_monitoring_began():
    state, advice, _, changes = made((2,), complete=False)
    assert (state, changes) == (RUNNING, False)
    assert advice.startswith("Pemantauan baru dimulai 2026-11-18 00:00 WIB; angka minggu ini tidak akan lengkap.")


def test_the_demo_was_collected_afterwards_and_its_past_is_not_whole(demo):
    edition = Edition.of(reporting.gathered(demo.place, reporting.week_of(demo.place, Week(2026, 47))))
    tables, manifest = edition.tables, json.loads(edition.files("standard")["manifest.json"])
    assert set(tables["01_ringkasan"]["status_minggu"]) == {LATER} == {manifest["status"]}
    assert manifest["complete"] is False
    assert tables["01_ringkasan"]["perubahan_abs"].notna().any()
    assert set(reporting.weekly(demo.place, Week(2026, 30))["01_ringkasan"]["status_minggu"]) == {UNWATCHED}
    assert set(reporting.weekly(demo.place, Week(2026, 48))["01_ringkasan"]["status_minggu"]) == {RUNNING}


def test_a_later_poll_makes_no_past_week_whole(demo):
    later = replace(demo.place, now=NOW + timedelta(days=30))
    assert set(reporting.weekly(later, Week(2026, 48))["01_ringkasan"]["status_minggu"]) == {PARTLY}


@pytest.mark.parametrize("week", [Week(2026, 49), Week(2027, 1)])
def test_a_week_that_has_not_begun_is_refused(week, demo):
    with pytest.raises(ConfigError, match=r"has not begun; the running week is 2026-W48, .* 2026-W46, 2026-W47, 2026-W48"):
        reporting.weekly(demo.place, week)
    assert ConfigError.exit_code == 2
    reporting.weekly(replace(demo.place, now=NOW - timedelta(days=365)), Week(2026, 47))  # the data themselves are newer


def test_the_command_refuses_it_with_exit_code_2(demo, capsys):
    assert main(["report", "--data", str(demo.place.data), "--now", NOW.isoformat(), "--week", "2027-W10"]) == 2
    assert "2027-W10 has not begun" in capsys.readouterr().err
    assert not (demo.place.data / "reports" / "2027-W10").exists()
