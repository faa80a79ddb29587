"""Two persons read the same sample without the model and each other; agreement is counted, and what is agreed is written."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline import corrected
from pipeline.app.blindly import readings_path
from pipeline.app.readings import NONE, Reading, agreed, agreement, disputed, load_readings, sample
from pipeline.configfile import Problems
from pipeline.errors import ConfigError
from pipeline.jobs import Workplace
from pipeline.stories.corrections import Known
from tests.app.conftest import Browser, logged

KNOWN = Known({"umkm": "P03"}, frozenset(), {})
WHEN = datetime(2026, 11, 26, tzinfo=UTC)
WEEK = "2026-W47"


def key_of(page: str) -> str:
    found = re.search(r'action="/buta/([0-9a-f]{16})"', page)
    assert found
    return found[1]


def read(browser: Browser, tone: str, key: str = "") -> str:
    page = browser.get(f"/buta?pekan={WEEK}")
    key = key or key_of(page)
    answers = {"relevance": "corrections", "tone": tone, "title_tone": "neutral", "programme_primary": "umkm"}
    browser.post(f"/buta/{key}", **answers)
    return key


def test_a_blind_page_shows_neither_the_model_nor_the_other_reader(sari: Browser, open_browser: Callable[[], Browser]) -> None:
    budi = open_browser()
    budi.enter("Budi")
    key = read(budi, "negative")
    page = sari.get(f"/buta?pekan={WEEK}")
    assert key_of(page) == key  # what one has read comes first for the other
    form = page[page.index("<form", page.index("reading")) :]
    for word in ("model:", "<mark", "Budi", " checked", "probab", " selected"):
        assert word not in form.split("</main>")[0].replace("checked>", ""), word


def test_equal_answers_are_kept_twice_counted_and_written_once(
    place: Workplace, sari: Browser, open_browser: Callable[[], Browser]
) -> None:
    budi = open_browser()
    budi.enter("Budi")
    keys = [read(sari, "negative" if number % 2 else "positive") for number in range(6)]
    for number, key in enumerate(keys):
        read(budi, "negative" if number % 2 else "positive", key)
    assert not logged(place)  # readings are no corrections
    rows = list(csv.DictReader((place.data / "readings.csv").read_text(encoding="utf-8").splitlines()))
    assert len([row for row in rows if row["field"] == "tone"]) == 12
    page = sari.get("/kesepakatan")
    assert "1,00" in page
    sari.post("/kesepakatan/catat")
    assert {row["key"] for row in logged(place)} == set(keys)
    assert {row["who"] for row in logged(place)} == {"Sari, Budi"}
    held = corrected.articles(place.data).set_index("key")
    assert [held.at[key, "tone"] for key in keys] == ["negative" if number % 2 else "positive" for number in range(6)]
    assert "Catat yang disepakati" not in sari.get("/kesepakatan")


def test_differences_are_listed_until_a_person_decides(
    place: Workplace, sari: Browser, open_browser: Callable[[], Browser]
) -> None:
    budi = open_browser()
    budi.enter("Budi")
    key = read(sari, "negative")
    read(budi, "neutral", key)
    assert f"/tinjau/{key}" in sari.get("/kesepakatan")
    sari.answer(sari.get(f"/tinjau/{key}"), relevance="corrections", tone="negative", programme_primary="umkm")
    assert f"/tinjau/{key}" not in sari.get("/kesepakatan")


def test_a_reader_does_not_meet_an_article_twice_and_a_half_answer_is_not_kept(place: Workplace, sari: Browser) -> None:
    key = read(sari, "neutral")
    page = sari.get(f"/buta?pekan={WEEK}")
    assert key_of(page) != key
    after = sari.post(f"/buta/{key_of(page)}", relevance="corrections", tone="", title_tone="", programme_primary="")
    assert "Jawab relevansi" in after
    assert sari.post(
        f"/buta/{key_of(page)}", relevance="corrections", tone="model", title_tone="model", programme_primary="model"
    )
    rows = (place.data / "readings.csv").read_text(encoding="utf-8")
    assert rows.count("Sari") == 4
    sari.post(f"/buta/{key_of(page)}", relevance="irrelevant")
    rows = list(csv.DictReader((place.data / "readings.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["label"] for row in rows[-4:]] == ["irrelevant", NONE, NONE, NONE]


def reading(key: str, label: str, who: str, field: str = "tone") -> Reading:
    return Reading(key, field, label, who, WHEN)


def test_agreement_by_hand() -> None:
    pairs = [("negative", "negative"), ("negative", "negative"), ("positive", "positive"), ("positive", "negative")]
    rows = [reading(f"{n}", label, who) for n, pair in enumerate(pairs) for label, who in zip(pair, "AB", strict=True)]
    tone = next(one for one in agreement(rows) if one.field == "tone")
    # Coincidences: o(-,-) = 4, o(+,+) = 2, o(-,+) = o(+,-) = 1; n(-) = 5, n(+) = 3, n = 8: 1 - 7 * 2 / (2 * 15).
    assert tone.alpha == pytest.approx(1 - 7 * 2 / 30)
    assert (tone.articles, tone.same) == (4, 3)
    assert set(agreed(rows)) == {"0", "1", "2"}
    assert set(disputed(rows)) == {"3"}


def test_a_readers_second_thought_replaces_the_first_and_single_readings_count_nowhere() -> None:
    rows = [
        reading("1", "negative", "A"),
        reading("1", "neutral", "A"),
        reading("1", "neutral", "B"),
        reading("2", "neutral", "A"),
    ]
    assert agreed(rows) == {"1": {"tone": "neutral"}}
    assert next(one for one in agreement(rows) if one.field == "tone").articles == 1


def test_the_sample_is_the_same_for_everybody_and_new_articles_part_no_pair() -> None:
    keys = [f"{number:016x}" for number in range(100)]
    for_a, _ = sample(keys, WEEK, (), "A")
    for_b, _ = sample(reversed(keys), WEEK, (), "B")
    assert for_a == for_b
    begun = [reading(key, "neutral", "A") for key in for_a[-3:]]
    more = [*keys, *(f"{number:016x}" for number in range(1000, 1500))]
    left, done = sample(more, WEEK, begun, "B")
    assert left[:3] == sorted(for_a[-3:], key=for_a.index)
    assert done == 0
    assert sample(more, WEEK, begun, "A")[1] == 3


def test_a_reading_that_power_failed_in_is_left_out_and_the_next_reader_goes_on(place: Workplace, sari: Browser) -> None:
    first = read(sari, "negative")
    path = readings_path(place.data)
    before = path.read_bytes()
    read(sari, "neutral")
    added = path.read_bytes()[len(before) :].splitlines(keepends=True)[0]
    for cut in (20, len(added) - 9, len(added) - 2):  # the last two: all cells are there, and the instant is half a one
        path.write_bytes(before + added[:cut])
        read(sari, "neutral")
        problems = Problems()
        assert {one.key for one in load_readings(path, corrected.known_labels(place.config, place.units), problems)} > {first}
        problems.raise_if_any()
        assert path.with_name("readings.csv.cut").read_bytes().splitlines()[-1] == added[:cut]


def test_broken_readings_are_told_by_line(tmp_path: Path) -> None:
    path = tmp_path / "readings.csv"
    path.write_text(
        "key,field,label,who,when\n1,tone,buruk,A,2026-11-26T00:00:00+07:00\n1,incidents,kabur,A,x\n,tone,neutral,A,kemarin\n",
        encoding="utf-8",
    )
    problems = Problems()
    load_readings(path, KNOWN, problems)
    with pytest.raises(ConfigError) as told:
        problems.raise_if_any()
    assert all(f"readings.csv:{line}" in str(told.value) for line in (2, 3, 4))
