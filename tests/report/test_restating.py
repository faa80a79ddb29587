"""An edition made anew beside the first one: what differs, and why."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.report.restating import First
from pipeline.report.weekly import weekly_tables
from tests.report.builder import article, context, frame, records

OLD, LATE = "ingested=2026-11-20/part-1.parquet", "ingested=2026-12-01/part-1.parquet"
FIRST = First({"total_artikel": 2.0, "negatif_persen": None}, OLD, ("resep-1",), "sidik")
TWO = [article("a", part=OLD), article("b", part=OLD)]


def notes(*rows: dict[str, Any], **values: Any) -> dict[str, tuple[str, str]]:
    made = weekly_tables(frame(*rows), frame(), context(first=FIRST, **({"corrections": "sidik"} | values)))["00_catatan"]
    found = records(made, "bagian", "butir", "nilai", "keterangan")
    return {item: (value, text) for part, item, value, text in found if part == "disajikan ulang"}


def test_the_same_figures_are_not_restated() -> None:
    assert notes(*TWO) == {}


@pytest.mark.parametrize(
    ("more", "values", "why"),
    [
        ({"part": LATE}, {}, "1 artikel baru dinilai sesudah terbitan pertama"),
        ({"part": LATE, "version": 1}, {}, "1 artikel diganti versi barunya"),
        ({"part": OLD, "recipe": "resep-2"}, {}, "artikel dinilai ulang dengan resep lain"),
        ({"part": OLD}, {"corrections": "lain"}, "pembetulan analis bertambah atau berubah"),
        ({"part": OLD}, {}, "pengelompokan salinan dan isu atau pengaturan berubah"),
    ],
)
def test_the_reason_is_told(more: dict[str, Any], values: dict[str, Any], why: str) -> None:
    found = notes(*TWO, article("c", **more), **values)
    assert found["angka yang berubah"] == ("1", f"Berbeda dari terbitan pertama: {why}")
    assert found["total_artikel"] == ("3", "Terbitan pertama: 2")


def test_a_figure_that_was_too_small_to_show_is_told_as_such() -> None:
    rows = [article(f"k{n}", part=OLD, tone="negative") for n in range(5)]
    assert notes(*rows)["negatif_persen"] == ("100 persen", "Terbitan pertama: tidak dicantumkan (n kecil)")
    made = weekly_tables(frame(*rows), frame(), context(first=FIRST))["01_ringkasan"]
    cells = {row[0]: row[1:] for row in records(made, "metrik", "disajikan_ulang", "nilai_terbitan_pertama")}
    assert cells["total_artikel"] == ("ya", 2.0)
    assert cells["negatif_persen"] == ("ya", None)
    assert cells["jumlah_media"] == ("tidak", None), "a figure that the first edition did not have is not restated"


@pytest.mark.parametrize(
    "held", [None, 3, {}, {"figures": []}, {"figures": {"a": "x"}, "last_part": "", "recipes": [], "corrections": ""}]
)
def test_a_memory_that_cannot_be_read_is_none(held: object) -> None:
    assert First.of_json(held) is None
    assert First.of_json(FIRST.as_json()) == FIRST
