"""The shipped unit finder stands on its floor, over labelled texts that nobody tuned it on."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from benchmarks.units import FLOOR, LABELS, measure
from pipeline.classify.model import labels_digest
from pipeline.classify.unit_gazetteer import load_units
from pipeline.classify.units import UnitFinder, load_finder
from pipeline.configfile import Problems
from pipeline.quality.floor import floor_of, sunk
from pipeline.quality.unit_texts import figures_of, load_texts
from pipeline.settings import ROOT, default_config


@pytest.fixture(scope="module")
def finder() -> UnitFinder:
    return load_finder(default_config())


def test_unit_finding_has_not_sunk(finder: UnitFinder) -> None:
    floor = floor_of(FLOOR.read_text(encoding="utf-8"))
    assert floor.corpus == labels_digest([LABELS]), "the labels changed: python -m benchmarks.units --write-floor"
    assert not sunk(floor, measure(load_texts(LABELS), finder))
    assert floor.figures["f1"] >= 0.95
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert all(line in changes for line in floor.lowered), "a lowered floor needs its line in CHANGELOG.md"


def test_the_labels_are_many_and_name_real_units() -> None:
    texts = load_texts(LABELS)
    parts = Counter(one.part for one in texts)
    assert len(texts) == len({one.id for one in texts}) >= 220
    assert parts["test"] >= len(texts) / 2
    names = {unit.name for unit in load_units(default_config() / "units.csv", Problems())}
    assert {name for one in texts for name in one.units if not name.startswith("?")} <= names
    assert sum(not one.units for one in texts) >= 30, "texts without a unit: look-alikes and bare places"


def test_figures_by_hand(finder: UnitFinder, tmp_path: Path) -> None:
    path = tmp_path / "units.jsonl"
    path.write_text(
        '{"id": "1", "part": "x", "title": "", "text": "Lapas Klaten panen.", "units": ["Lapas Kelas IIB Klaten"], '
        '"primary": "Lapas Kelas IIB Klaten"}\n'
        '{"id": "2", "part": "x", "title": "", "text": "Rutan Wates.", "units": ["?Rutan Wates"], "primary": "?Rutan Wates"}\n'
        '{"id": "3", "part": "x", "title": "", "text": "Sepi.", "units": ["?Rutan Ulu"], "primary": "?Rutan Ulu"}\n',
        encoding="utf-8",
    )
    found = figures_of(load_texts(path), finder)
    assert found == {"precision": 1 / 2, "recall": 1 / 3, "f1": 2 / 5, "primary": 1 / 3}


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "units.jsonl"
    path.write_text('{"id": "1", "part": "x", "title": "", "text": "", "units": [], "primary": "Lapas"}\n', encoding="utf-8")
    with pytest.raises(ValueError, match="line 1: the primary"):
        load_texts(path)
