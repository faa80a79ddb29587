"""02_program: thirteen rows always, official numbers only where verified, immigration as one line outside the totals."""

from pipeline.report.weekly import weekly_tables
from tests.report.builder import SLUGS, TAXONOMY, Programme, Taxonomy, article, context, frame, records


def table(*current, previous=(), **values):
    return weekly_tables(frame(*current), frame(*previous), context(**values))["02_program"]


def line(made, code):
    rows = made[made["kode"] == code]
    assert len(rows) == 1
    return {name: rows.iloc[0][name] for name in rows.columns}


def test_thirteen_rows_and_three_lines_even_when_nothing_happened():
    made = table()
    assert records(made, "kode") == [*(f"P{number:02d}" for number in range(1, 14)), "umum", "luar_program", "keimigrasian"]
    assert set(made["utama_n"]) == {0}
    assert made["indeks_tone"].isna().all()
    assert set(made["contoh_judul"]) == {""}
    assert set(zip(made["upt_teraktif"], made["upt_teraktif_n"], strict=True)) == {("", 0)}
    assert set(made["versi_program"]) == {"akselerasi-2024"}


def test_official_numbers_only_where_verified():
    numbers = {code: number for code, number in records(table(), "kode", "nomor_resmi") if number is not None}
    assert numbers == {"P01": 1, "P02": 2, "P03": 3, "P04": 4, "P08": 8}


def test_counts_of_one_programme():
    made = table(
        article("a", 1, programme_primary="umkm", tone="positive", programmes_related=["bansos"]),
        article("a2", 2, programme_primary="umkm", tone="positive", story_id="a", story_role="reprint", outlet="Warta Pesisir"),
        article("b", 3, programme_primary="umkm", tone="negative", unit_primary="Rutan Kelas IIB Labuhan Asri"),
        article("c", 3, programme_primary="umkm", tone="unsure", source_type="press_release"),
        article(
            "d", 4, programme_primary="bansos", programmes_related=["umkm"], programmes_mentioned=["ketahanan_pangan", "umkm"]
        ),
        article("x", 4, programme_primary="umkm", tier="TX", tone="negative"),
    )
    umkm = line(made, "P03")
    assert (umkm["utama_n"], umkm["unik_n"], umkm["media_n"], umkm["terkait_n"], umkm["disebut_n"]) == (4, 3, 2, 1, 1)
    assert (umkm["positif"], umkm["netral"], umkm["negatif"], umkm["belum_yakin"], umkm["indeks_tone_n"]) == (2, 0, 1, 1, 3)
    assert umkm["siaran_pers_n"] == 1
    assert (umkm["mandiri_n"], umkm["mandiri_unik_n"], umkm["mandiri_media_n"]) == (2, 2, 1)
    assert (umkm["mandiri_positif"], umkm["mandiri_negatif"], umkm["mandiri_belum_yakin"]) == (1, 1, 0)
    assert (umkm["upt_teraktif"], umkm["upt_teraktif_n"]) == ("Lapas Kelas I Cirandu", 3)
    assert (umkm["contoh_judul"], umkm["contoh_url"]) == ("Judul a", "https://kabar.example/a"), (
        "the most carried independent story"
    )
    assert line(made, "P04")["terkait_n"] == 1
    assert line(made, "P02")["disebut_n"] == 1


def test_rates_need_five_and_the_changes_base_too():
    rows = [article(f"k{number}", programme_primary="bansos", tone="positive") for number in range(6)]
    last = [article(f"p{number}", -3, programme_primary="bansos") for number in range(5)]
    bansos = line(table(*rows, previous=last), "P04")
    assert (bansos["indeks_tone"], bansos["siaran_pers_persen"], bansos["perubahan_persen"]) == (1.0, 0.0, 20.0)
    assert bansos["utama_minggu_lalu_n"] == 5
    few = table(*rows[:4], previous=last[:4])
    assert few["indeks_tone"].isna().all()
    assert few["siaran_pers_persen"].isna().all()
    assert few["perubahan_persen"].isna().all()
    assert table(*rows, previous=last, complete=False)["perubahan_persen"].isna().all()


def test_immigration_is_one_line_and_in_no_total():
    rows = (
        article("i1", 1, relevance="immigration", programme_primary="autogate", tone=None, outlet="Bandara Kini"),
        article("i2", 2, relevance="immigration", programme_primary="tppo_tppm", tone=None),
        article("i3", 2, relevance="immigration", programme_primary="tppo_tppm", tone=None, tier="TX"),
        article("c", 3, programme_primary="umkm"),
    )
    made = table(*rows)
    immigration = line(made, "keimigrasian")
    assert (immigration["utama_n"], immigration["media_n"], immigration["belum_yakin"]) == (2, 2, 0)
    assert line(made, "P07")["utama_n"] == line(made, "P08")["utama_n"] == 0
    tables = weekly_tables(frame(*rows), frame(), context())
    assert dict(records(tables["01_ringkasan"], "metrik", "nilai"))["total_artikel"] == 1
    assert records(tables["07_kliping"], "artikel_id") == ["c"]
    assert records(tables["06_media"], "media") == ["Kabar Nusantara"]


def test_slugs_of_another_list_fall_to_luar_program_and_the_sum_is_the_total():
    rows = [article(slug, programme_primary=slug) for slug in (*SLUGS, "umum", "luar_program", "dapur_sehat_mbg")]
    made = table(*rows)
    assert line(made, "luar_program")["utama_n"] == 2
    assert line(made, "umum")["utama_n"] == 1
    assert made["utama_n"].sum() == len(rows)


def test_another_list_gives_its_own_rows():
    newer = Taxonomy(
        "aksi-2026",
        "15 Program Aksi",
        (*TAXONOMY.programmes[:3], Programme("dapur_sehat_mbg", "Q01", "Dapur sehat", 9, "verified")),
    )
    made = table(article("a", programme_primary="dapur_sehat_mbg"), taxonomy=newer)
    assert records(made, "kode") == ["P01", "P02", "P03", "Q01", "umum", "luar_program", "keimigrasian"]
    assert (line(made, "Q01")["utama_n"], line(made, "Q01")["nomor_resmi"]) == (1, 9)
