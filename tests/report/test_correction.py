"""Corrected tone shares beside the raw ones: shown with their interval where they are known, empty with a note where not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from pipeline.quality.prevalence import Confusion, corrected
from pipeline.report.context import Correction
from pipeline.report.weekly import weekly_tables
from tests.report.builder import article, context, frame, records

CELLS = ("nilai", "nilai_terkoreksi", "terkoreksi_bawah", "terkoreksi_atas")
WEEK = [article(f"p{n}", 1, tone="positive") for n in range(6)] + [article(f"n{n}", 2, tone="negative") for n in range(4)]
JUDGE = Confusion(
    "abc",
    900,
    ("negative", "neutral", "positive"),
    ("negative", "neutral", "positive"),
    ((270, 20, 10), (20, 260, 20), (30, 10, 260)),
)


def shares(counts: Mapping[str, int], effective: float) -> dict[str, tuple[float, float, float]] | None:
    found, _ = corrected(JUDGE, {label: n for label, n in counts.items() if n}, effective)
    return found and {label: (one.value, one.low, one.high) for label, one in found.items()}


def table(rows: list[dict[str, Any]], correction: Correction) -> dict[str, Any]:
    found = weekly_tables(frame(*rows), frame(), context(correction=correction))["01_ringkasan"]
    return {row[0]: row[1:] for row in records(found, "metrik", *CELLS)}


def test_raw_and_corrected_stand_side_by_side() -> None:
    found = table(WEEK, Correction("known", 900, shares))
    raw, value, low, high = found["negatif_persen"]
    assert raw == 40.0
    assert 0 <= low < value < raw < high <= 100, "one in ten positive ones is called negative, so fewer are"
    total = sum(found[f"{name}_persen"][1] for name in ("positif", "netral", "negatif"))
    assert total == pytest.approx(100, abs=0.2)
    assert found["total_artikel"][1:] == (None, None, None)
    assert found["negatif_mandiri_persen"][1] == value


def test_copies_make_the_interval_wider_not_the_share_another() -> None:
    alone = table(WEEK, Correction("known", 900, shares))["negatif_persen"]
    copies = [row | {"story_id": row["key"][0], "story_role": "origin" if row["key"].endswith("0") else "copy"} for row in WEEK]
    found = table(copies, Correction("known", 900, shares))["negatif_persen"]
    assert found[1] == alone[1]
    assert found[3] - found[2] > alone[3] - alone[2]


def test_what_a_person_has_settled_is_counted_as_it_is() -> None:
    tables = weekly_tables(settled(WEEK), frame(), context(correction=Correction("known", 900, shares)))
    found = {row[0]: row[1:] for row in records(tables["01_ringkasan"], "metrik", *CELLS)}
    assert found["negatif_persen"] == (40.0, 40.0, 40.0, 40.0)
    half = weekly_tables(settled(WEEK, "n"), frame(), context(correction=Correction("known", 900, shares)))["01_ringkasan"]
    [low] = [row[1] for row in records(half, "metrik", "terkoreksi_bawah") if row[0] == "negatif_persen"]
    assert low >= 40.0, "four of ten are known to be negative"


def settled(rows: list[dict[str, Any]], start: str = "") -> Any:
    """The rows' frame, with the tone of those whose key begins so settled by a person."""
    found = frame(*rows)
    found["corrected_fields"] = [["tone"] if key.startswith(start) else [] for key in found["key"]]
    return found


def test_below_five_nothing_is_corrected() -> None:
    assert table(WEEK[:4], Correction("known", 900, shares))["positif_persen"] == (None, None, None, None)
    assert table([], Correction("known", 900, shares))["positif_persen"] == (None, None, None, None)


@pytest.mark.parametrize(
    ("correction", "value", "told"),
    [
        (Correction(), "tidak tersedia", "belum diukur"),
        (Correction("weak", 12), "tidak tersedia", "terlalu sedikit"),
        (Correction("stale", 900, shares), "tersedia, perlu diperbarui", "sudah berubah"),
        (Correction("known", 900, shares), "tersedia", "900 artikel berlabel"),
    ],
)
def test_the_notes_say_what_the_correction_stands_on(correction: Correction, value: str, told: str) -> None:
    notes = weekly_tables(frame(*WEEK), frame(), context(correction=correction))["00_catatan"]
    [(said, why)] = [(row[1], row[2]) for row in records(notes, "bagian", "nilai", "keterangan") if row[0] == "koreksi tone"]
    assert said == value
    assert told in why
    assert ("--leave-one-batch-out --write" in why) == (correction.state != "known")
    corrected_cell = table(WEEK, correction)["negatif_persen"][1]
    assert (corrected_cell is None) == (correction.state in ("missing", "weak"))
