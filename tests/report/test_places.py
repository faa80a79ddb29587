"""05_kanwil_upt, 06_media and 07_kliping: every region and unit, every outlet, every article."""

from datetime import datetime

from pipeline.report.units import NO_KANWIL, NO_UNIT
from pipeline.report.weekly import weekly_tables
from tests.report.builder import KANWIL, MONDAY, UNITS, article, context, frame, records


def tables(*current):
    return weekly_tables(frame(*current), frame(), context())


def test_every_region_and_every_unit_is_listed_even_in_silence():
    made = tables()["05_kanwil_upt"]
    assert records(made[made["jenis_baris"] == "total kanwil"], "kanwil") == [*KANWIL, NO_KANWIL]
    assert sorted(records(made[made["jenis_baris"] == "UPT di katalog"], "upt")) == sorted(unit.name for unit in UNITS)
    assert set(made["artikel_n"]) == {0}


def test_units_count_where_they_act_and_are_named_elsewhere():
    rows = (
        article("a", 1, tone="negative", incidents=["kabur"], units=["Lapas Kelas I Cirandu", "Lapas Kelas IIA Tanjung Kelumbi"]),
        article("a2", 2, tone="negative", story_id="a", story_role="reprint", outlet="Warta Pesisir"),
        article("b", 3, tone="positive", programme_primary="umkm", source_type="press_release"),
        article("c", 4, unit_primary="Lapas Kelas IIB Entah", kanwil="", units=["Lapas Kelas IIB Entah"]),
        article("d", 5, unit_primary="", kanwil="", units=[]),
    )
    made = tables(*rows)["05_kanwil_upt"]
    columns = "kanwil upt jenis_baris artikel_n unik_n media_n mandiri_n pos net neg disebut_n insiden_n".split()
    found = {(kanwil, unit): rest for kanwil, unit, *rest in records(made, *columns)}
    assert found["Jawa Barat", ""] == ["total kanwil", 3, 2, 2, 1, 1, 0, 2, 0, 1]
    assert found["Jawa Barat", "Lapas Kelas I Cirandu"] == ["UPT di katalog", 3, 2, 2, 1, 1, 0, 2, 0, 1]
    assert found["Lampung", "Lapas Kelas IIA Tanjung Kelumbi"] == ["UPT di katalog", 0, 0, 0, 0, 0, 0, 0, 1, 0]
    assert found["Lampung", ""] == ["total kanwil", 0, 0, 0, 0, 0, 0, 0, 1, 0]
    assert found[NO_KANWIL, "Lapas Kelas IIB Entah"][:2] == ["UPT di luar katalog", 1]
    assert found[NO_KANWIL, NO_UNIT][:2] == ["tanpa UPT", 1]
    totals = made[made["jenis_baris"] == "total kanwil"]["artikel_n"].sum()
    assert totals == made[made["jenis_baris"] != "total kanwil"]["artikel_n"].sum() == len(rows)
    top = dict(records(made[made["kanwil"] == "Jawa Barat"], "upt", "program_terbanyak"))
    assert top["Lapas Kelas I Cirandu"] == "Luar program"


def test_programmes_that_are_equally_frequent_are_all_named_up_to_three():
    def top(*slugs):
        made = tables(*(article(f"k{number}", 1, programme_primary=slug) for number, slug in enumerate(slugs)))["05_kanwil_upt"]
        return records(made[made["upt"] == "Lapas Kelas I Cirandu"], "program_terbanyak")[0]

    assert top("umkm", "bansos") == "P03 UMKM; P04 Bantuan sosial"
    assert top("bansos", "umkm", "umkm") == "P03 UMKM"
    assert top("lapas_modern", "umkm", "bansos", "ketahanan_pangan") == "P02 Ketahanan pangan; P03 UMKM; P04 Bantuan sosial"


def test_outlets_most_active_first_with_their_share():
    rows = [article(f"k{number}", number) for number in range(3)]
    rows += [article("w", 1, outlet="Warta", domain="warta.example", tier="T3", source_type="press_release"),
             article("a", 1, outlet="Antar Berita", domain="antar.example", publisher_type="wire", tone="positive"),
             article("x", 1, outlet="Penyalin", tier="TX")]  # fmt: skip
    made = tables(*rows)["06_media"]
    assert records(made, "media", "artikel_n", "share_of_voice", "share_of_voice_n") == [
        ("Kabar Nusantara", 3, 60.0, 5),
        ("Antar Berita", 1, 20.0, 5),
        ("Warta", 1, 20.0, 5),
    ]
    assert records(made, "domain", "tier", "jenis") == [
        ("kabar.example", "T1", "redaksi"),
        ("antar.example", "T1", "kantor berita"),
        ("warta.example", "T3", "redaksi"),
    ]
    assert records(made, "siaran_pers_n", "siaran_pers_persen") == [(0, None), (0, None), (1, None)]


def test_clippings_hold_every_corrections_article_by_time_then_id():
    made = tables(
        article("b", 2),
        article("a", 2),
        article("x", 1, tier="TX", publisher_type="aggregator"),
        article("c", 0.5),
        article("n", 1, relevance="irrelevant", tone=None),
    )["07_kliping"]
    assert records(made, "artikel_id", "dihitung", "jenis_liputan") == [
        ("c", "ya", "liputan mandiri"),
        ("x", "tidak", "situs penyalin"),
        ("a", "ya", "liputan mandiri"),
        ("b", "ya", "liputan mandiri"),
    ]


def test_one_clipping_in_full():
    made = tables(
        article("a", 0.1),
        article(
            "k",
            2 + 9.25 / 24,
            story_id="a",
            story_role="reprint",
            tone="negative",
            programme_primary="umkm",
            programmes_related=["bansos"],
            programmes_mentioned=["ketahanan_pangan", "lapas_modern"],
            units=["Lapas Kelas I Cirandu", "Rutan Kelas IIB Labuhan Asri"],
            incidents=["etik", "kematian"],
            tone_positive=0.1,
            tone_negative=0.7549,
            needs_review=True,
            review_reasons=["likely negative", "alasan_baru"],
            taxonomy="aksi-2026",
        ),
    )["07_kliping"]
    row = made.iloc[1].to_dict()
    assert (row["terbit"], row["diambil"]) == ("2026-11-18 09:15", "2026-11-18 10:15")
    assert (row["status_tanggal"], row["jenis_sumber"], row["jenis_media"]) == ("pasti", "liputan", "redaksi")
    assert row["upt_lain"] == "Rutan Kelas IIB Labuhan Asri"
    assert row["program_utama"] == "P03 UMKM"
    assert row["program_terkait"] == "P04 Bantuan sosial"
    assert row["program_disebut"] == "P02 Ketahanan pangan; P10 Lapas modern"
    assert row["versi_program"] == "aksi-2026"
    assert (row["sentimen"], row["skor_sentimen"], row["keyakinan"]) == ("negatif", -0.65, 0.75), "two decimals"
    assert row["insiden"] == "kematian; pelanggaran etik"
    assert (row["klaster_id"], row["duplikat_dari"]) == ("a", "a")
    assert (row["perlu_tinjau"], row["alasan_tinjau"]) == ("ya", "kemungkinan negatif; alasan baru")
    assert (row["label_oleh"], row["versi_model"]) == ("model", "resep-1")


def test_an_undated_article_shows_no_date_and_is_placed_by_first_sight():
    seen: datetime = MONDAY
    made = tables(article("u", published=None, date_status="unknown", first_seen=seen, dated_at=seen), article("a", 1))[
        "07_kliping"
    ]
    assert records(made, "artikel_id", "terbit", "status_tanggal", "diambil")[0] == (
        "u",
        "",
        "tidak diketahui",
        "2026-11-16 00:00",
    )


def test_a_label_settled_by_a_person_is_told_as_such():
    week = frame(article("a"), article("b"), article("c"))
    week["corrected_fields"] = [["programme_primary"] if key == "b" else [] for key in week["key"]]
    made = weekly_tables(week, frame(), context())["07_kliping"]
    assert records(made, "artikel_id", "label_oleh") == [("a", "model"), ("b", "analis"), ("c", "model")]
