"""``pantau report`` as its user meets it: any time, one office, another list, and an edition made again from its manifest."""

from __future__ import annotations

import json
import random
import shutil
from argparse import Namespace
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline import reporting
from pipeline.corrected import Window, articles, log_of
from pipeline.correcting import correct
from pipeline.dates import Week
from pipeline.errors import ConfigError
from pipeline.jobs import Workplace
from pipeline.report.csv import to_csv_bytes
from pipeline.report.rows import COLUMNS
from pipeline.report.span import Span
from pipeline.report.trend import COUNTED_BY
from pipeline.report.workbook import workbook_bytes
from pipeline.snapshot import telling_polls, weeks_of
from pipeline.store.shelf import STORY, Instants
from tests.conftest import NOW

WEEK = Week(2026, 47)


@pytest.fixture
def place(demo: Any, tmp_path: Path) -> Workplace:
    data = tmp_path / "data"
    shutil.copytree(demo.place.data, data, ignore=shutil.ignore_patterns("reports", ".lock"))
    found: Workplace = replace(demo.place, data=data)
    return found


def asked(**options: Any) -> Namespace:
    empty = dict.fromkeys(("week", "month", "from_", "to", "kanwil", "taxonomy", "csv_dialect"))
    return Namespace(**{**empty, **options})


def made(place: Workplace, **options: Any) -> Path:
    return reporting.write(place, reporting.wish_of(place, asked(**options))).folder


def summary(folder: Path, column: str = "nilai") -> dict[str, str]:
    read = pd.read_csv(folder / "01_ringkasan.csv", encoding="utf-8-sig", dtype="str", keep_default_na=False)
    return dict(zip(read["metrik"], read[column], strict=True))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_files_are_what_the_analysts_get(place: Workplace) -> None:
    folder = made(place, week="2026-W47")
    tables = reporting.weekly(place, WEEK)
    held = contents(folder)
    assert sorted(held) == sorted([*(f"{name}.csv" for name in tables), "laporan.html", "laporan.xlsx", "manifest.json"])
    for name, table in tables.items():
        assert held[f"{name}.csv"] == to_csv_bytes(table)
    assert held["laporan.xlsx"] == workbook_bytes(tables, "Pemberitaan Pemasyarakatan, 2026-W47")
    again = reporting.write(place, reporting.week_of(place, WEEK))
    assert (again.changed, contents(folder)) == (False, held)
    assert again.sentences


def test_a_month_and_days_are_cut_by_the_same_code(place: Workplace) -> None:
    weeks = [made(place, week=f"2026-W{number}") for number in (46, 47)]
    both = made(place, from_="2026-11-09", to="2026-11-22")
    month = made(place, month="2026-11")
    assert (both.name, month.name) == ("2026-11-09_2026-11-22", "2026-11")
    total = sum(int(summary(folder)["total_artikel"]) for folder in weeks)
    assert int(summary(both)["total_artikel"]) == total > 0
    assert int(summary(month)["total_artikel"]) >= total
    assert "periode" in (month / "01_ringkasan.csv").read_text(encoding="utf-8-sig").splitlines()[0]


def test_one_office_counts_its_own_alone(place: Workplace) -> None:
    whole = pd.read_csv(made(place, week="2026-W47") / "05_kanwil_upt.csv", encoding="utf-8-sig")
    wanted = whole[(whole["jenis_baris"] == "total kanwil") & (whole["kanwil"] == "Jawa Barat")]["artikel_n"].item()
    folder = made(place, week="2026-W47", kanwil="kanwil jawa-barat")
    assert folder.name == "2026-W47_kanwil-jawa-barat"
    assert int(summary(folder)["total_artikel"]) == wanted > 0
    units = pd.read_csv(folder / "05_kanwil_upt.csv", encoding="utf-8-sig")
    assert set(units["kanwil"]) == {"Jawa Barat"}
    assert set(pd.read_csv(folder / "07_kliping.csv", encoding="utf-8-sig")["kanwil"]) == {"Jawa Barat"}


def test_another_list_has_its_own_folder_and_slots(place: Workplace) -> None:
    folder = made(place, week="2026-W47", taxonomy="aksi-2026")
    assert folder.name == "2026-W47_aksi-2026"
    assert set(pd.read_csv(folder / "02_program.csv", encoding="utf-8-sig")["versi_program"]) == {"aksi-2026"}
    assert made(place, week="2026-W47", taxonomy="akselerasi-2024").name == "2026-W47"


def test_the_dialect_of_the_settings_is_the_default(place: Workplace) -> None:
    folder = made(place, week="2026-W47", csv_dialect="excel-id")
    assert (folder / "01_ringkasan.csv").read_bytes().startswith("\ufeffminggu;status_minggu".encode())
    settings = place.settings.model_copy(update={"report": place.settings.report.model_copy(update={"csv_dialect": "excel-id"})})
    assert reporting.week_of(replace(place, settings=settings), WEEK).dialect == "excel-id"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"week": "2026-W47", "month": "2026-11"}, "one time"),
        ({"from_": "2026-11-01"}, "go together"),
        ({"to": "2026-11-01"}, "go together"),
        ({"month": "November"}, "2026-11"),
        ({"week": "47"}, "2026-W47"),
        ({"from_": "2026-11-15", "to": "2026-11-01"}, "before"),
        ({"kanwil": "Jawa Bart"}, "Jawa Barat"),
        ({"kanwil": "Atlantis"}, "known are: Aceh"),
        ({"kanwil": ""}, "known are: Aceh"),
        ({"taxonomy": "aksi"}, "aksi-2026"),
        ({"month": "2027-03"}, "has not begun"),
    ],
)
def test_what_does_not_exist_is_refused_with_advice(place: Workplace, options: dict[str, str], told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        made(place, **options)
    assert not (place.data / "reports").exists()


# Editions


def test_a_manifest_makes_the_same_bytes_after_the_labels_have_changed(place: Workplace, tmp_path: Path) -> None:
    folder = made(place, week="2026-W47")
    before = contents(folder)
    old = tmp_path / "kiriman.json"
    old.write_bytes(before["manifest.json"])
    key = pd.read_csv(folder / "07_kliping.csv", encoding="utf-8-sig", dtype="str")["artikel_id"].iloc[0]
    tone = pd.read_csv(folder / "07_kliping.csv", encoding="utf-8-sig", dtype="str")["sentimen"].iloc[0]
    correct(place, key, "tone", "negative" if tone != "negatif" else "positive", "Sari", "uji")
    assert made(place, week="2026-W47") == folder
    assert contents(folder) != before
    again = reporting.rebuild(place, old)
    assert again.folder.name.startswith("2026-W47_dari-")
    assert contents(again.folder) == before
    assert contents(folder) != before, "the newer edition stays"
    own = reporting.rebuild(place, folder / "manifest.json")
    assert (own.folder, own.changed) == (folder, False)


def test_a_lost_file_comes_back_where_it_was(place: Workplace) -> None:
    folder = made(place, week="2026-W47")
    before = contents(folder)
    (folder / "04_negatif.csv").unlink()
    assert reporting.rebuild(place, folder / "manifest.json").changed
    assert contents(folder) == before


def test_a_report_made_anew_says_what_was_first_published(place: Workplace) -> None:
    folder = made(place, week="2026-W47")
    assert set(summary(folder, "disajikan_ulang").values()) == {"tidak"}
    first = summary(folder)
    rows = pd.read_csv(folder / "07_kliping.csv", encoding="utf-8-sig", dtype="str")
    key = rows[(rows["sentimen"] == "positif") & (rows["dihitung"] == "ya")]["artikel_id"].iloc[0]
    correct(place, key, "tone", "negative", "Sari", "uji")
    for _ in range(2):  # the second time must not forget the first edition
        made(place, week="2026-W47")
        assert summary(folder, "disajikan_ulang")["positif_n"] == "ya"
        assert summary(folder, "nilai_terbitan_pertama")["positif_n"] == first["positif_n"] != summary(folder)["positif_n"]
        assert summary(folder, "disajikan_ulang")["total_artikel"] == "tidak"
        assert "pembetulan analis" in (folder / "00_catatan.csv").read_text(encoding="utf-8-sig")


def test_a_running_week_is_no_first_edition(place: Workplace) -> None:
    folder = made(place, week="2026-W48")
    assert json.loads((folder / "manifest.json").read_bytes())["first"] is None
    later = replace(place, now=Week(2026, 48).end)
    assert reporting.write(later, reporting.week_of(later, Week(2026, 48))).changed
    assert json.loads((folder / "manifest.json").read_bytes())["first"]["figures"]["total_artikel"] > 0


def broken(place: Workplace, folder: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        reporting.rebuild(place, folder / "manifest.json")
    return str(caught.value)


def test_what_has_changed_or_gone_is_named(place: Workplace, tmp_path: Path) -> None:
    folder = made(place, week="2026-W47")
    manifest = json.loads((folder / "manifest.json").read_bytes())
    part = place.data / "articles" / manifest["inputs"][0]["part"]
    content = part.read_bytes()
    past = place.data / "articles_past" / "resep-lama" / manifest["inputs"][0]["part"]
    past.parent.mkdir(parents=True)
    part.rename(past)
    assert not reporting.rebuild(place, folder / "manifest.json").changed, "a judgement that was replaced is kept, and found"
    past.unlink()
    assert f"part articles/{manifest['inputs'][0]['part']} is gone" in broken(place, folder)
    part.write_bytes(content + b"x")
    assert "changed" in broken(place, folder)
    part.write_bytes(content)
    units = tmp_path / "units.csv"
    units.write_bytes(place.units.read_bytes() + b"\n")
    assert "units.csv) changed" in broken(replace(place, units=units), folder)
    (place.data / "stories" / "stories.parquet").unlink()
    assert "stories.parquet) changed" in broken(place, folder)


def test_a_manifest_out_of_shape_is_refused(place: Workplace) -> None:
    folder = made(place, week="2026-W47")
    manifest = json.loads((folder / "manifest.json").read_bytes())
    names = ("options", "inputs", "collection", "trend", "corrections", "period", "first", "ended")
    for lost, value in ((name, value) for name in names for value in (None, 7)):
        spoilt = {name: held for name, held in manifest.items() if name != lost} | ({} if value is None else {lost: value})
        (folder / "manifest.json").write_text(json.dumps(spoilt), encoding="utf-8")
        assert "manifest" in broken(place, folder)


DAMAGES: tuple[tuple[str, object], ...] = (
    ("collection.polls", ["kemarin"]), ("collection.polls", 5), ("collection.entries.waiting", "tiga"),
    ("collection.sources", [{"source_id": "a"}]), ("collection.withdrawn", {"a": "2026-13-01"}),
    ("collection.withdrawn", [1]), ("corrections.log_rows", "x"), ("inputs", [7]), ("inputs", [{"part": "a"}]),
    ("inputs", [{"part": "../../rahasia", "sha256": ""}]), ("trend", [{"minggu": "2026-W47"}]), ("scores", {"a": "b"}),
    ("ended", 1), ("options.csv_dialect", "tsv"), ("options.kanwil", "../x"), ("options.taxonomy", "../x"),
    ("period", "2026-W60"),
)  # fmt: skip


def test_a_manifest_that_is_damaged_inside_is_refused_in_words(place: Workplace) -> None:
    folder = made(place, week="2026-W47")
    for way, value in DAMAGES:
        manifest = json.loads((folder / "manifest.json").read_bytes())
        whole, part = json.dumps(manifest), manifest
        *parents, last = way.split(".")
        for name in parents:
            part = part[name]
        part[last] = value
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        assert "the report cannot be made again" in broken(place, folder), way
        (folder / "manifest.json").write_text(whole, encoding="utf-8")


def test_a_folder_whose_manifest_is_damaged_is_written_anew_and_says_so(
    place: Workplace, caplog: pytest.LogCaptureFixture
) -> None:
    folder = made(place, week="2026-W47")
    whole = contents(folder)
    for content in ("", "[]", "[" * 100_000, '{"format_version": 4}', "\x00"):
        (folder / "manifest.json").write_text(content, encoding="utf-8")
        with pytest.raises(ConfigError, match="is no manifest"):
            reporting.rebuild(place, folder / "manifest.json")
    with caplog.at_level("WARNING", "pantau.reporting"):
        assert contents(made(place, week="2026-W47")) == whole
    assert "first edition forgotten" in caplog.text


def test_an_older_format_still_tells_what_was_published_first(place: Workplace) -> None:
    folder = made(place, week="2026-W47")
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest["format_version"] -= 1
    manifest["first"]["figures"]["total_artikel"] += 1
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    made(place, week="2026-W47")
    assert summary(folder, "disajikan_ulang")["total_artikel"] == "ya"


def test_an_edited_manifest_is_told_from_a_true_one(place: Workplace) -> None:
    folder = made(place, week="2026-W47")
    text = (folder / "manifest.json").read_text(encoding="utf-8")
    (folder / "manifest.json").write_text(text.replace('"skipped": 0', '"skipped": 9'), encoding="utf-8")
    assert "00_catatan.csv" in broken(place, folder)


def test_renewing_keeps_the_options_and_drops_rebuilt_editions(place: Workplace) -> None:
    folder = made(place, week="2026-W47", kanwil="Jawa Barat", csv_dialect="excel-id")
    before = contents(folder)
    reporting.renew(place, folder.name)
    assert contents(folder) == before
    copy = folder.with_name(f"{folder.name}{reporting.REBUILT}0123abcd")
    shutil.copytree(folder, copy)
    reporting.renew(place, copy.name)
    assert not copy.exists()


def plain_telling(polls: list[datetime], span: Span) -> list[datetime]:
    """What ``telling_polls`` keeps, by looking at every poll."""
    weeks = {Week.of(poll) for poll in polls if poll < span.end}
    kept = set(polls[:1])
    for one in (span, span.before, *map(Span.of_week, weeks)):
        inside = [poll for poll in polls if one.holds(poll) and poll < span.end]
        kept |= {*inside[:1], *inside[-1:]}
    for one in (span, span.before):
        kept |= set([poll for poll in polls if poll >= one.end][:1])
    return sorted(kept)


@pytest.mark.parametrize("seed", range(5))
def test_polls_are_found_by_bisection_as_by_looking_at_each(seed: int) -> None:
    draw = random.Random(seed)
    spans = (Span.of_week(WEEK), Span.of_month("2026-11"), Span.parse("2026-11-03_2026-11-19"), Span.of_week(Week(2025, 1)))
    polls = sorted({NOW + timedelta(minutes=draw.randrange(-100_000, 20_000)) for _ in range(draw.choice((0, 1, 7, 300)))})
    for span in spans:
        wanted = plain_telling(polls, span)
        assert telling_polls(polls, span) == wanted
        stamps = np.array([round(poll.timestamp() * 1e6) for poll in polls], dtype=np.int64)
        assert telling_polls(Instants(stamps), span) == wanted
    assert list(weeks_of(polls, NOW)) == sorted({Week.of(poll) for poll in polls if poll < NOW})


def test_a_window_holds_what_correcting_everything_gives(place: Workplace) -> None:
    whole = articles(place.data)
    copied = whole["story_origin"][whole["story_role"] == "reprint"].unique()
    for key in [*copied, *random.Random(5).sample(sorted(whole["key"]), 6)]:
        row = whole[whole["key"] == key].iloc[0]
        name, label = ("tone", "negative") if row["tone"] != "negative" else ("source_type", "opinion")
        if row["relevance"] == "corrections":
            correct(place, key, name, label, "Sari", "uji")
    log = log_of(place.data, place.config, place.units)
    window, whole = Window.of(place.data, log), articles(place.data, log)
    assert whole["corrected_fields"].map(len).sum() > len(log.rows) > 5, "corrections travel to copies"
    for span in (Span.of_week(WEEK), Span.of_week(WEEK.before), Span.of_month("2026-11"), Span.of_month("2025-11")):
        wanted = whole[(whole["dated_at"] >= span.start) & (whole["dated_at"] < span.end)]
        found = window.articles(span.start, span.end, COLUMNS)
        same(found, wanted)
        assert {"corrected_from", "tone_model", "withdrawn_at", *COLUMNS} <= set(found)
        flat = window.flat(span.start, span.end, COUNTED_BY)
        same(flat.sort_values(["dated_at", "key"]), wanted)
        assert set(flat) == {*COUNTED_BY, *STORY}


def same(found: pd.DataFrame, wanted: pd.DataFrame) -> None:
    wanted = wanted.reset_index(drop=True)[list(found)]
    pd.testing.assert_frame_equal(found.reset_index(drop=True), wanted, check_dtype=False)


def test_later_polls_change_no_report_of_a_past_week() -> None:
    polls = [NOW.replace(hour=hour) for hour in (1, 5, 9, 13)]
    past, running = Span.of_week(Week.of(NOW).before), Span.of_week(Week.of(NOW))
    assert telling_polls(polls[:1], past) == telling_polls(polls, past) == polls[:1]
    assert telling_polls(polls, running) == [polls[0], polls[-1]]
