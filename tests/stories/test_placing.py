"""Placing: a day beside its window, ids that stay, merges that are told, events of one happening and of no other unit."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from pipeline.store.schema import ARTICLES, STORIES
from pipeline.stories.placing import FACTS, PLACED, compared_places, in_order, place, sizes, standing

T0 = datetime(2026, 11, 16, 3, tzinfo=UTC)
HARVEST = (
    "Lapas Kelas IIB Muara Tepian memanen 2.430 kilogram jagung dari lahan tidur di belakang blok hunian pada Rabu pagi. "
    "Kepala lapas mengatakan panen itu hasil kerja dua puluh warga binaan selama empat bulan dengan bimbingan penyuluh dinas. "
    "“Tanah yang dulu ditumbuhi ilalang ini sekarang memberi makan orang,” ujarnya di hadapan camat dan kepala desa. "
    "Sebagian jagung dijual ke koperasi pegawai dan sisanya dibagikan kepada warga kampung yang tinggal di sekitar tembok."
)
REWRITTEN = (
    "Dua puluh penghuni penjara di Muara Tepian baru saja memetik buah jerih payah mereka. Dari kebun di balik blok, 2.430 "
    "kilogram jagung terkumpul. “Tanah yang dulu ditumbuhi ilalang ini sekarang memberi makan orang,” kata pimpinan lapas. "
    "Camat ikut memetik, lalu separuhnya diangkut ke koperasi."
)
OTHER_UNIT = (
    HARVEST.replace("Lapas Kelas IIB Muara Tepian", "Lapas Kelas IIA Watu Lembor")
    .replace("2.430", "610")
    .replace("jagung", "terung")
)
FIRST_REPORT = (
    "Tiga tahanan melarikan diri dari Rutan Kelas IIB Labuhan Asri, Minggu dini hari, dengan menggergaji teralis kamar mandi. "
    "Polisi memasang pos pemeriksaan di dua jalan keluar kota dan menyisir hutan bakau sampai siang."
)
SECOND_REPORT = (
    "Pencarian terhadap tiga orang yang lolos dari Rutan Labuhan Asri sejak Minggu dini hari berlanjut di hutan bakau. Menurut "
    "warga kampung nelayan, teralis itu sudah lama berkarat dan sebuah perahu hilang sekitar pukul empat pagi. Kepala rutan "
    "belum bersedia menemui wartawan."
)


def row(key: str, text: str, hours: float = 0.0, **values: Any) -> dict[str, Any]:
    given = {
        "key": key, "title": f"Judul {key}", "text": text, "text_sha256": text[:40], "words": len(text.split()),
        "dated_at": T0 + timedelta(hours=hours), "publisher_type": "newsroom", "outlet": f"Media {key}", "domain": "a.example",
        "tier": "T2", "relevance": "corrections", "source_type": "report", "foreign_dateline": "", "unit_primary": "",
        "units": [], "incidents": [], "programme_primary": "luar_program",
    }  # fmt: skip
    unit = values.pop("unit", "")
    return given | {"unit_primary": unit, "units": [unit] if unit else []} | values


def placed(rows: list[dict[str, Any]], known: list[dict[str, object]] | None = None) -> dict[str, Mapping[str, Any]]:
    return {str(one["key"]): one for one in place(rows, known or [], window_days=14, jaccard=0.5, containment=0.8)}


def week() -> list[dict[str, Any]]:
    harvest = {"unit": "Lapas Kelas IIB Muara Tepian", "programme_primary": "ketahanan_pangan"}
    escape = {"unit": "Rutan Kelas IIB Labuhan Asri", "incidents": ["kabur"]}
    return [
        row("a", HARVEST, 0, **harvest, source_type="press_release", publisher_type="own", title="Panen Jagung di Muara Tepian"),
        row("b", "KOTA, Portal - " + HARVEST, 5, **harvest),
        row("c", REWRITTEN, 9, **harvest, title="Jerih Payah di Balik Blok"),
        row("d", OTHER_UNIT, 6, unit="Lapas Kelas IIA Watu Lembor", programme_primary="ketahanan_pangan"),
        row("e", FIRST_REPORT, 30, **escape, title="Tiga Tahanan Rutan Labuhan Asri Kabur"),
        row("f", SECOND_REPORT, 44, **escape, title="Tiga Tahanan Kabur, Perahu Nelayan Hilang"),
    ]


def test_copies_rewritings_templates_and_own_reports_are_told_apart() -> None:
    found = placed(week())
    assert [found[key]["story_id"] for key in "abcdef"] == ["a", "a", "c", "d", "e", "f"]
    assert found["b"]["story_role"] == "reprint"
    assert [found[key]["event_id"] for key in "abcdef"] == ["a", "a", "a", "d", "e", "e"]
    assert (found["c"]["event_role"], found["f"]["event_role"]) == ("rewrite", "report")
    assert "quotes" in found["c"]["event_reason"]
    assert (found["a"]["story_articles"], found["a"]["event_articles"], found["a"]["event_stories"]) == (2, 3, 2)
    assert found["a"]["event_newsrooms"] == 0, "a release, its copy and its rewriting are no account of a newsroom's own"
    assert found["e"]["event_newsrooms"] == 2


def test_a_reposter_is_no_newsroom_of_an_event_whatever_it_calls_itself() -> None:
    rows = week()
    rows[5] = rows[5] | {"tier": "TX"}
    assert placed(rows)["e"]["event_newsrooms"] == 1


def test_day_by_day_gives_what_one_run_gives() -> None:
    whole, known = placed(week()), []
    for count in range(1, len(week()) + 1):
        day = sorted(week(), key=lambda one: one["dated_at"])[:count]
        known = list(placed(day, known).values())
    assert {str(one["key"]): one for one in known} == whole


def test_what_was_placed_keeps_its_name_when_an_earlier_text_comes_late() -> None:
    known = list(placed([row("m", HARVEST, 10)]).values())
    found = placed([row("m", HARVEST, 10), row("b", HARVEST, 2)], known)
    assert [found[key]["story_id"] for key in "bm"] == ["m", "m"]
    assert (found["b"]["story_role"], found["m"]["story_role"], found["m"]["story_origin"]) == ("origin", "reprint", "b")
    again = placed([row("m", HARVEST, 10), row("b", HARVEST, 2)], list(found.values()))
    assert again == found


def test_a_reprint_is_none_the_less_one_when_its_origin_has_left_the_window() -> None:
    rows, known = [row("a", HARVEST, 0), row("b", HARVEST, 10 * 24), row("z", SECOND_REPORT, 20 * 24)], []
    for count in range(1, 4):
        known = list(placed(rows[:count], known).values())
    assert [(one["story_role"], one["story_origin"]) for one in known] == [("origin", "a"), ("reprint", "a"), ("origin", "z")]
    assert known[0]["event_newsrooms"] == 1


def compared(articles: Iterable[Mapping[str, Any]], known: Iterable[Mapping[str, Any]], window_days: int) -> frozenset[str]:
    """Keys of the articles that ``place`` compares: the others need no WORDING."""
    rows = list(articles)
    facts = in_order(pa.Table.from_pylist(rows, pa.schema([ARTICLES.field(name) for name in FACTS])))
    held = pa.Table.from_pylist([*known], pa.schema([STORIES.field(name) for name in PLACED]))
    places = compared_places(facts, standing(facts, held), window_days)
    return frozenset(facts["key"].take(pa.array(places)).to_pylist())


def test_what_is_not_compared_needs_no_wording() -> None:
    said = [" ".join(random.Random(number).choices(HARVEST.split(), k=50)) for number in range(30)]
    rows = [
        row(f"k{day:02}", said[day // 10 * 5 + day % 5], day * 24) for day in range(60)
    ]  # each is told twice, five days apart
    known: list[dict[str, object]] = []
    bare = 0
    for day in range(1, 61):
        wanted = compared(rows[:day], known, 14)
        read = [one if one["key"] in wanted else {name: one[name] for name in FACTS} for one in rows[:day]]
        bare += day - len(wanted)
        whole = placed(rows[:day], known)
        assert placed(read, known) == whole
        known = [{name: one[name] for name in PLACED} for one in whole.values()]
    assert bare > 300
    assert compared(rows, known, 14) == frozenset()


def test_a_text_that_copies_two_stories_joins_them_and_says_so() -> None:
    words = HARVEST.split()
    one, other = " ".join(words[: len(words) * 2 // 3]), " ".join(words[len(words) // 3 :])
    early, late = row("x", one, 0), row("y", other, 3)
    known = list(placed([early, late]).values())
    assert len({str(one["story_id"]) for one in known}) == 2
    found = placed([early, late, row("z", HARVEST, 6)], known)
    assert {one["story_id"] for one in found.values()} == {"x"}
    assert [found[key]["story_merged_from"] for key in "xyz"] == ["", "y", ""]


def test_a_taken_over_text_is_no_origin_though_it_was_dated_first() -> None:
    found = placed([row("a", HARVEST, 0, foreign_dateline="ANTARA"), row("b", HARVEST, 1)])
    assert (found["a"]["story_role"], found["b"]["story_role"], found["b"]["story_reason"]) == ("reprint", "origin", "dateline")


def test_news_of_three_days_later_is_another_event() -> None:
    rows = week()
    rows[5] = rows[5] | {"dated_at": T0 + timedelta(days=5)}
    assert placed(rows)["f"]["event_id"] == "f"


def test_an_article_that_is_gone_leaves_its_story_to_the_others() -> None:
    known = list(placed(week()).values())
    found = placed([one for one in week() if one["key"] != "a"], known)
    assert "a" not in found
    assert found["b"]["story_id"] == "a"
    assert sizes(list(found.values())) == {"stories": 5, "copies": 0, "events": 3}


@pytest.mark.parametrize("text", ["", "satu", "“kutipan”"])
def test_short_and_empty_texts_are_placed_alone(text: str) -> None:
    found = placed([row("a", text), row("b", text, 1)])
    assert set(found) == {"a", "b"}
