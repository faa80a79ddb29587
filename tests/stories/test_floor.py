"""The shipped grouping stands on its floor: pairs of the labelled clusters, copies and events."""

from __future__ import annotations

from collections import Counter

import pytest

from benchmarks.stories import FLOOR, LABELS, measure
from pipeline.classify.model import labels_digest
from pipeline.quality.floor import floor_of, sunk
from pipeline.quality.pairs import Told, grouping_figures, load_told, pair_figures
from pipeline.settings import ROOT


@pytest.fixture(scope="module")
def told() -> list[Told]:
    return load_told(LABELS)


def test_the_grouping_has_not_sunk(told: list[Told]) -> None:
    floor = floor_of(FLOOR.read_text(encoding="utf-8"))
    assert floor.corpus == labels_digest([LABELS]), "the labels changed: python -m benchmarks.stories --write-floor"
    figures, _ = measure(told)
    assert not sunk(floor, figures)
    assert {"copies precision", "copies recall", "events precision", "events recall"} <= set(floor.figures)
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert all(line in changes for line in floor.lowered), "a lowered floor needs its line in CHANGELOG.md"


def test_the_labels_hold_every_kind_of_pair(told: list[Told]) -> None:
    copies = Counter(one.copy for one in told)
    events = Counter(one.event for one in told)
    assert len(told) == len({one.id for one in told})
    assert sum(n * (n - 1) // 2 for n in events.values()) >= 150
    assert sum(n * (n - 1) // 2 for n in copies.values()) >= 80
    event_of_copy: dict[str, set[str]] = {}
    for one in told:
        event_of_copy.setdefault(one.copy, set()).add(one.event)
    assert all(len(found) == 1 for found in event_of_copy.values()), "one text tells one event"


def test_pairs_are_counted_by_hand() -> None:
    right = {"a": "1", "b": "1", "c": "1", "d": "2"}
    said = {"a": "x", "b": "x", "c": "y", "d": "y"}
    assert pair_figures(right, said) == {"precision": 0.5, "recall": pytest.approx(1 / 3), "pairs": 3.0}
    assert pair_figures({"a": "1", "b": "2"}, {"a": "x", "b": "y"})["precision"] == 1.0


def test_everything_in_one_story_is_no_way_to_win(told: list[Told]) -> None:
    rows = [{"key": one.id, "story_id": "s", "event_id": "e"} for one in told]
    figures = grouping_figures(told, rows)
    assert figures["copies recall"] == figures["events recall"] == 1.0
    assert figures["copies precision"] < 0.05
