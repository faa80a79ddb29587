from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from lxml import etree

from pipeline.classify.units import KANWIL
from pipeline.report.charts import WIDTH, Chart, depth_chart, programme_chart, tier_chart
from pipeline.report.charts_map import TILES, map_chart, shade
from pipeline.report.charts_trend import trend_chart
from pipeline.report.page_figures import Place, Programme
from pipeline.report.trend import trend_table, weeks_until
from pipeline.report.units import NO_KANWIL
from tests.report.builder import MONDAY, article, frame

NAME = "{http://www.w3.org/2000/svg}"
WEEKS = weeks_until(MONDAY)
POLLS = tuple(MONDAY + timedelta(days=day) for day in range(-90, 9))


def programme(total: int = 6, own_total: int = 2, **values: object) -> Programme:
    given: dict[str, object] = {
        "code": "P13", "name": "Layanan dan pengawasan imigrasi", "total": total, "own_total": own_total,
        "tones": (total, 0, 0, 0), "own": (own_total, 0, 0, 0), "listed": True, "outside": False,
    }  # fmt: skip
    return Programme(**given | values)  # type: ignore[arg-type]


def trend(*tones: str, unwatched: int = 0) -> Chart:
    gone = WEEKS[:unwatched]
    seen = tuple(poll for poll in POLLS if not any(week.start <= poll < week.end for week in gone))
    return trend_chart(trend_table(frame(*(article(f"a{at}", tone=tone) for at, tone in enumerate(tones))), WEEKS, seen))


def drawn(chart: Chart) -> etree._Element:
    """The drawing, as strict a reader of XML sees it."""
    return etree.fromstring(chart.svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def told(root: etree._Element) -> list[str]:
    return [text.text or "" for text in root.iter(f"{NAME}text")]


def marks(root: etree._Element, class_: str) -> list[etree._Element]:
    return [mark for mark in root.iter() if class_ in (mark.get("class") or "").split()]


EVERY: dict[str, Callable[[], Chart]] = {
    "programme": lambda: programme_chart([programme(), programme(0, 0, code="", name="Umum")]),
    "no programme": lambda: programme_chart([]),
    "tier": lambda: tier_chart([("T0", "kanal milik instansi", 3, 0), ("T1", "nasional", 1200, 800)]),
    "no tier": lambda: tier_chart([("T0", "kanal milik instansi", 0, 0)]),
    "depth": lambda: depth_chart([("1", 22, 22), ("2", 3, 6), ("11+", 1, 40)]),
    "no depth": lambda: depth_chart([("1", 0, 0)]),
    "map": lambda: map_chart([Place(name, at, at // 2, at // 3) for at, name in enumerate((*KANWIL, NO_KANWIL))]),
    "no map": lambda: map_chart([]),
    "trend": lambda: trend(*["negative"] * 6, *["positive"] * 3, unwatched=4),
    "empty trend": lambda: trend(),
    "unwatched": lambda: trend(unwatched=12),
}


@pytest.mark.parametrize("name", EVERY)
def test_every_drawing_is_whole_and_told_in_words(name: str) -> None:
    chart = EVERY[name]()
    root = drawn(chart)
    ids = [mark.get("id") for mark in root.iter() if mark.get("id")]
    assert root.get("role") == "img"
    assert (root.get("aria-labelledby") or "").split() == ids
    assert (root.findtext(f"{NAME}title"), root.findtext(f"{NAME}desc")) == (chart.title, chart.description)
    assert chart.title
    assert len(chart.description) > 10
    assert not {"nan", "None", "inf"} & set(chart.svg.replace('"', " ").split())


@pytest.mark.parametrize("name", EVERY)
def test_everything_lies_on_the_sheet(name: str) -> None:
    root = drawn(EVERY[name]())
    _, _, width, height = map(float, (root.get("viewBox") or "").split())
    assert width == WIDTH
    for mark in root.iter(f"{NAME}rect"):
        x, y, wide, tall = (float(mark.get(side) or 0) for side in ("x", "y", "width", "height"))
        assert wide > 0
        assert tall > 0
        assert x >= -0.1
        assert y >= 0
        assert x + wide <= width + 0.1
        assert y + tall <= height
    for mark in root.iter(f"{NAME}text"):
        x, long = float(mark.get("x") or 0), 5.0 * len(mark.text or "")
        left = {"start": x, "middle": x - long / 2, "end": x - long}[mark.get("text-anchor") or "start"]
        assert left >= -3
        assert left + long <= width + 3
        assert 5 < float(mark.get("y") or 0) <= height


@pytest.mark.parametrize("name", EVERY)
def test_the_figures_behind_a_drawing_fill_its_head(name: str) -> None:
    chart = EVERY[name]()
    assert {len(row) for row in chart.rows} <= {len(chart.head)}


def test_words_in_a_drawing_are_words() -> None:
    chart = programme_chart([programme(code="", name="<script>alert(1)</script> & \"x'")])
    assert "<script" not in chart.svg
    assert any("<script>" in text for text in told(drawn(chart)))


def test_bars_of_a_programme_are_as_long_as_its_articles() -> None:
    lines = [programme(8, 4, tones=(4, 0, 3, 1), own=(1, 1, 2, 0)), programme(2, 0, tones=(0, 2, 0, 0), own=(0, 0, 0, 0))]
    root = drawn(programme_chart(lines))

    def units(class_: str) -> list[float]:
        bars = [bar for bar in marks(root, class_)[1:] if bar.get("height") in ("10", "5")]  # the first one is the legend's
        return [round((float(bar.get("width") or 0) + 1) / (146 / 8), 2) for bar in bars]

    assert units("pos") == [4, 1]
    assert units("neg") == [3, 2]
    assert units("neu") == [1, 2]
    assert units("uns") == [1]
    assert {"8 / 4", "2 / 0"} <= set(told(root))


def test_immigration_has_a_length_and_no_tone() -> None:
    root = drawn(programme_chart([programme(3, 0, tones=(0, 0, 0, 0), own=(0, 0, 0, 0), code="", outside=True)]))
    assert len(marks(root, "outline")) == 1
    assert [len(marks(root, class_)) for class_ in ("pos", "neu", "neg")] == [1, 1, 1]  # the legend alone


def test_shares_of_a_tier_are_hidden_below_five() -> None:
    few, enough = tier_chart([("T1", "nasional", 4, 1)]), tier_chart([("T1", "nasional", 3, 1), ("T2", "regional", 2, 0)])
    assert [row[2] for row in few.rows] == ["–"]
    assert [row[2] for row in enough.rows] == ["60%", "40%"]


def test_an_unwatched_week_is_a_gap_and_a_watched_one_without_news_is_a_zero() -> None:
    root = drawn(trend(*["negative"] * 6, unwatched=4))
    assert [round(float(gap.get("width") or 0)) for gap in marks(root, "gap")[1:]] == [round(4 * (WIDTH - 32) / 12)] * 2
    assert told(root).count("0") == 7
    assert told(root).count("6") == 1


def test_a_share_has_a_whisker_from_its_lower_to_its_upper_end() -> None:
    root = drawn(trend(*["negative"] * 5, *["neutral"] * 15))
    whiskers = marks(root, "whisker")
    assert len(whiskers) == 2  # all coverage, independent coverage
    dot = next(mark for mark in marks(root, "dot") if mark.get("r") and float(mark.get("cy") or 0) < 250)
    low, high = (100 * (244 - float(whiskers[1].get(end) or 0)) / 94 for end in ("y1", "y2"))
    assert low == pytest.approx(11.2, abs=0.1)
    assert high == pytest.approx(46.9, abs=0.1)
    assert 100 * (244 - float(dot.get("cy") or 0)) / 94 == pytest.approx(25, abs=0.1)


def test_four_articles_have_no_share() -> None:
    assert not marks(drawn(trend(*["negative"] * 4)), "whisker")


def test_weeks_not_watched_to_the_full_are_pale() -> None:
    late = trend_table(frame(*(article(f"a{at}", tone="negative") for at in range(6))), WEEKS, (MONDAY + timedelta(days=9),))
    root = drawn(trend_chart(late))
    assert len([mark for mark in marks(root, "pale") if "own" in (mark.get("class") or "").split()]) == 1


def test_the_map_has_every_office_once_and_each_on_a_tile_of_its_own() -> None:
    assert set(TILES) == set(KANWIL)
    assert len({(column, row) for column, row, _ in TILES.values()}) == len(KANWIL)
    assert len({short for _, _, short in TILES.values()}) == len(KANWIL)


def test_tiles_tell_articles_and_bad_news() -> None:
    root = drawn(map_chart([Place("Aceh", 12, 4, 3), Place("Riau", 0, 0, 0), Place(NO_KANWIL, 5, 0, 0)]))
    titles = [title.text for title in root.iter(f"{NAME}title")][1:]
    assert titles == ["Aceh: 12 artikel, 4 mandiri, 3 negatif", "Riau: 0 artikel, 0 mandiri, 0 negatif"]
    assert [len(marks(root, class_)) for class_ in ("many", "rim")] == [2, 1]  # a tile and its legend; the mark of bad news


def test_an_office_that_the_map_does_not_know_is_not_lost() -> None:
    chart = map_chart([Place("Aceh", 1, 0, 0), Place("Papua Pegunungan <b>", 2, 1, 0)])
    assert "Papua Pegunungan &lt;b&gt;: 2 artikel" in chart.svg
    assert [row[0] for row in chart.rows] == ["Papua Pegunungan <b>", "Aceh"]


@pytest.mark.parametrize(
    ("articles", "told"), [(0, "none"), (1, "one"), (2, "one"), (3, "some"), (9, "some"), (10, "many"), (900, "many")]
)
def test_shades(articles: int, told: str) -> None:
    assert shade(articles) == told
