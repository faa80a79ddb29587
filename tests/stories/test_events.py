"""Events by columns come to what the plain way comes to, whatever stories meet; and what leads two of them together."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from pipeline.quality.pairs import Told as Labelled
from pipeline.quality.pairs import load_told
from pipeline.records import Event
from pipeline.settings import labels_folder
from pipeline.stories import events, near
from pipeline.stories.events import Account, group_events
from pipeline.stories.prints import Told, prints_of
from pipeline.stories.wording import Scene
from tests.stories import plain_events
from tests.stories.plain_events import Plain

BEGIN = datetime(2026, 7, 14, tzinfo=UTC)
COMMON = frozenset({"lapas", "warga", "tahan", "yang", "dan"})
LABELLED: list[Labelled] = load_told(labels_folder() / "stories.jsonl")
UNITS = ("", "", "Lapas Muara Tepian", "Rutan Labuhan Asri", "Lapas Watu Lembor", "Bapas Sagara")


def drawn(seed: int, count: int) -> list[Plain]:
    """Accounts with the labelled articles' words, mixed: sentences of one beside another's, figures, days and units at random."""
    draw = random.Random(seed)
    found = []
    for number in range(count):
        one, other = draw.choice(LABELLED), draw.choice(LABELLED)
        lines = one.text.split(". ")
        if draw.random() < 0.5:
            lines = lines[: draw.randrange(1, 6)] + other.text.split(". ")[: draw.randrange(4)]
        unit = draw.choice(UNITS)
        scene = Scene(unit, frozenset(draw.sample(UNITS[2:], draw.randrange(3))) | ({unit} if unit else set()))
        name = f"{draw.getrandbits(40):010x}"
        event = draw.choice(found).account.story_id if found and draw.random() < 0.3 else name
        placed = Event(name, event, "report", 4.0, "unit") if draw.random() < 0.4 else None
        at = BEGIN + timedelta(hours=draw.randrange(24 * 6))
        account = Account(name, at, number, number, scene, draw.choice(("", "umum", "umkm")), draw.random() < 0.3, placed)
        found.append(Plain(account, draw.choice((one.title, other.title, "")), ". ".join(lines), COMMON))
    return found


def by_columns(stories: list[Plain]) -> list[Event]:
    told = [Told(one.title, one.text, "") for one in stories]
    prints = prints_of(told, [one.account.at for one in stories], COMMON)
    return group_events([one.account for one in stories], prints, lambda some: [told[place].text for place in some])


@pytest.mark.parametrize(("seed", "count"), [(1, 0), (2, 1), (3, 60), (4, 60), (5, 90)])
def test_columns_come_to_what_the_plain_way_comes_to(seed: int, count: int) -> None:
    stories = drawn(seed, count)
    found = by_columns(stories)
    assert found == plain_events.group_events(stories)
    if count > 1:
        assert {event.role for event in found if event.reason != "unit"} == {"first", "report", "rewrite"}


def test_batches_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    stories = drawn(6, 70)
    whole = by_columns(stories)
    monkeypatch.setattr(near, "BATCH", 3)
    monkeypatch.setattr(events, "PAIRS", 5)
    monkeypatch.setattr(events, "HELD", 2)
    assert by_columns(stories) == whole


def test_a_mark_that_many_bear_leads_to_none_but_a_named_unit_does() -> None:
    unit = "Lapas Muara Tepian"
    count = near.COMMON + 3
    for scene, led in ((Scene(unit, frozenset({unit})), True), (Scene(unit), False), (Scene("", frozenset({unit})), True)):
        marks = prints_of([Told("", "", "")] * count, [BEGIN] * count).marks(np.arange(count))
        found = list(near.sharing(marks, [scene] * count, np.zeros(count, dtype=np.int64), count - 1, 1))
        assert [(list(numbers), len(old)) for numbers, _, old in found] == [([count - 1], count - 1 if led else 0)]


def test_strange_units_and_far_days_are_not_paired() -> None:
    title = [Told("Panen jagung", "", "")] * 4
    scenes = [Scene("A", frozenset("A")), Scene("B", frozenset("B")), Scene(), Scene("B", frozenset("AB"))]
    stamps = np.array([0, 1, 5, 1], dtype=np.int64)
    pairs = [
        (new, old)
        for _, some, others in near.sharing(prints_of(title, [BEGIN] * 4).marks(np.arange(4)), scenes, stamps, 0, 4)
        for new, old in zip(some.tolist(), others.tolist(), strict=True)
    ]
    assert pairs == [(2, 1), (3, 0), (3, 1), (3, 2)]
