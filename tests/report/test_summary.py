"""01_ringkasan, by hand-counted weeks."""

import pytest

from pipeline.report.measure import quotient
from pipeline.report.weekly import weekly_tables
from tests.report.builder import article, context, frame, records


def summary(current, previous=None, **values):
    return weekly_tables(frame(*current), frame(*(previous or [])), context(**values))["01_ringkasan"]


def figures(table, column="nilai"):
    return dict(records(table, "metrik", column))


def release(key, day, **values):
    return article(key, day, source_type="press_release", **values)


WEEK = [
    article("a", 1.0, tone="negative", incidents=["kabur"]),
    article("a2", 1.1, tone="negative", story_id="a", story_role="reprint", outlet="Warta Pesisir"),
    article("b", 2.0, tone="positive", outlet="Warta Pesisir", source_type="opinion"),
    article("c", 3.0, tone="neutral", publisher_type="wire", outlet="Kantor Berita"),
    article("d", 3.1, tone="unsure", needs_review=True),
    release("e", 4.0, tone="positive", outlet="Ditjenpas", publisher_type="own", tier="T0", kanwil="Lampung"),
    release("f", 4.1, tone="positive", outlet="Kabar Lembor", kanwil="Lampung"),
    article("g", 5.0, tone="neutral", publisher_type="aggregator", outlet="Kumpulan", kanwil="", unit_primary=""),
    article("x", 5.1, tone="negative", tier="TX", publisher_type="aggregator", outlet="Penyalin"),
    article("i", 5.2, relevance="immigration", tone=None, outlet="Imigrasi Kini"),
    article("n", 5.3, relevance="irrelevant", tone=None, outlet="Olahraga Kini"),
]


def test_three_counts_side_by_side_all_and_independent():
    found = figures(summary(WEEK))
    # counted: a a2 b c d e f g; independent: a b c d (a2 is a copy, e and f are releases, g is an aggregator)
    assert [found[name] for name in ("total_artikel", "artikel_unik", "jumlah_media")] == [8, 7, 6]
    assert [found[f"{name}_mandiri"] for name in ("total_artikel", "artikel_unik", "jumlah_media")] == [4, 4, 3]
    assert found["klaster_isu"] == 7
    assert found["salinan_n"] == 1


def test_tone_counts_and_rates_with_their_n():
    table = summary(WEEK)
    value, n = figures(table), figures(table, "n")
    assert [value[f"{tone}_n"] for tone in ("positif", "netral", "negatif", "belum_yakin")] == [3, 2, 2, 1]
    assert (value["positif_persen"], n["positif_persen"]) == (42.9, 7)
    assert (value["netral_persen"], value["negatif_persen"]) == (28.6, 28.6)
    assert (value["indeks_tone"], n["indeks_tone"]) == (0.14, 7)
    assert (value["siaran_pers_n"], value["siaran_pers_persen"], n["siaran_pers_persen"]) == (2, 25.0, 8)
    assert (value["liputan_mandiri_persen"], n["liputan_mandiri_persen"]) == (50.0, 8)
    assert n["total_artikel"] is None, "a count is its own n"


def test_below_five_only_n_is_given():
    table = summary(WEEK)
    value, n = figures(table), figures(table, "n")
    assert [value[f"{tone}_mandiri_n"] for tone in ("positif", "netral", "negatif", "belum_yakin")] == [1, 1, 1, 1]
    assert (value["positif_mandiri_persen"], n["positif_mandiri_persen"]) == (None, 3)
    assert (value["indeks_tone_mandiri"], n["indeks_tone_mandiri"]) == (None, 3)


@pytest.mark.parametrize(("articles", "expected"), [(4, None), (5, 100.0)])
def test_the_border_of_five(articles, expected):
    found = figures(summary([article(f"k{number}", tone="positive") for number in range(articles)]))
    assert found["positif_persen"] == expected
    assert found["indeks_tone"] == (None if expected is None else 1.0)


def test_incidents_regions_and_review():
    found = figures(summary(WEEK))
    assert (found["insiden"], found["insiden_mandiri"]) == (1, 1)
    assert found["kanwil_terliput"] == 2
    assert found["artikel_perlu_tinjau"] == 1


def test_change_against_last_week():
    last = [article(f"p{number}", -3, tone="positive") for number in range(6)]
    rows = {
        row[0]: row[1:]
        for row in records(summary(WEEK, last), "metrik", "nilai_minggu_lalu", "perubahan_abs", "perubahan_persen")
    }
    assert rows["total_artikel"] == (6, 2, 33.3)
    assert rows["jumlah_media"] == (1, 5, None), "a base below five gives no percentage"
    assert rows["positif_persen"] == (100.0, -57.1, None), "rates change in points"
    assert rows["indeks_tone"] == (1.0, -0.86, None)
    assert rows["positif_mandiri_persen"] == (100.0, None, None), "nothing to compare below five"


def test_a_running_week_is_not_compared():
    table = summary(WEEK, [article(f"p{number}", -3) for number in range(9)], complete=False)
    assert set(table["status_minggu"]) == {"minggu berjalan, belum lengkap"}
    assert figures(table, "nilai_minggu_lalu")["total_artikel"] == 9
    assert table["perubahan_abs"].isna().all()
    assert table["perubahan_persen"].isna().all()


def test_no_data_for_last_week_is_not_zero():
    assert set(figures(summary(WEEK), "nilai_minggu_lalu").values()) == {None}
    irrelevant = [article("n", -3, relevance="irrelevant", tone=None)]
    assert figures(summary(WEEK, irrelevant), "nilai_minggu_lalu")["total_artikel"] == 0, "data, but none of ours, is zero"


def test_recommendations_are_left_to_people():
    assert set(summary(WEEK)["rekomendasi"]) == {""}


def test_a_reposter_that_was_seen_first_does_not_make_the_newsroom_a_copy():
    rows = [
        article("x", 1.0, tier="TX", publisher_type="aggregator", outlet="Penyalin", tone="negative"),
        article("a", 1.1, story_id="x", story_role="reprint", tone="negative"),
        article("b", 1.2, story_id="x", story_role="reprint", tone="negative", outlet="Warta Pesisir"),
    ]
    found = figures(summary(rows))
    assert (found["total_artikel"], found["artikel_unik"], found["salinan_n"]) == (2, 1, 1)
    assert found["total_artikel_mandiri"] == 1


def test_copies_of_an_earlier_week_stay_copies():
    rows = [article("a", 1.0, story_id="minggu-lalu", story_role="reprint")]
    found = figures(summary(rows))
    assert (found["total_artikel"], found["artikel_unik"], found["total_artikel_mandiri"]) == (1, 1, 0)


def test_metric_names_are_unique():
    names = summary([])["metrik"]
    assert names.is_unique


@pytest.mark.parametrize(
    ("part", "whole", "digits", "expected"),
    [(1, 8, 2, 0.13), (-1, 8, 2, -0.13), (625, 100, 1, 6.3), (1, 3, 1, 0.3), (0, 7, 1, 0.0)],
)
def test_rounding_is_what_a_calculator_says(part, whole, digits, expected):
    assert quotient(part, whole, digits) == expected
