"""The eight tables as a whole: stable shape, same bytes from any order, nothing that must not leave the house."""

import csv
import io
import random

import pandas as pd
import pytest

from pipeline.report.csv import guarded, to_csv_bytes
from pipeline.report.weekly import weekly_tables
from tests.report.builder import TONES, article, context, frame, quote, records, sources

NAMES = [
    "00_catatan",
    "01_ringkasan",
    "02_program",
    "03_isu",
    "04_negatif",
    "05_kanwil_upt",
    "06_media",
    "07_kliping",
]
# The names that the format fixes (reports.md, section 3), in its order; further columns may stand between them.
FIXED = {
    "01_ringkasan": "minggu metrik nilai nilai_minggu_lalu perubahan_abs perubahan_persen rekomendasi",
    "02_program": "minggu versi_program kode program lingkup utama_n terkait_n positif netral negatif indeks_tone"
    " perubahan_persen siaran_pers_persen upt_teraktif contoh_judul contoh_url",
    "03_isu": "isu_id judul_isu mulai puncak artikel_n media_n tone program_utama upt kanwil insiden narasumber_utama"
    " respons_resmi jam_ke_respons contoh_url rekomendasi",
    "04_negatif": "waktu judul media tier url kanwil upt insiden program skor kutipan_alasan status_tindak_lanjut",
    "05_kanwil_upt": "kanwil upt artikel_n unik_n pos net neg program_terbanyak insiden_n",
    "06_media": "media domain tier jenis artikel_n share_of_voice pos net neg siaran_pers_persen",
    "07_kliping": "artikel_id terbit diambil media domain tier jenis_sumber judul url kanwil upt_utama upt_lain program_utama"
    " program_terkait versi_program sentimen skor_sentimen keyakinan insiden narasumber klaster_id duplikat_dari"
    " bahasa_mesin perlu_tinjau label_oleh versi_model",
}


def busy_week(seed: int = 7, size: int = 120) -> list[dict]:
    """A week with ties on purpose: few times, few outlets, many copies."""
    chance = random.Random(seed)
    rows = []
    for number in range(size):
        tone = chance.choice(list(TONES))
        story = f"k{chance.randrange(number + 1):03d}" if chance.random() < 0.5 else f"k{number:03d}"
        rows.append(
            article(
                f"k{number:03d}",
                chance.randrange(7),
                tone=tone,
                title=chance.choice(["Panen raya", "=1+1", 'Kata "sipir"; lalu', "Baris\nbaru"]) + f" {number}",
                outlet=chance.choice(["Kabar", "Warta", "Kabar Lembor"]),
                tier=chance.choice(["T0", "T1", "T3", "TX"]),
                source_type=chance.choice(["report", "press_release", "opinion"]),
                relevance="corrections" if chance.random() < 0.9 else "irrelevant",
                programme_primary=chance.choice(["umkm", "bansos", "luar_program", "umum"]),
                programmes_related=chance.sample(["umkm", "bansos", "lapas_modern"], 2),
                incidents=chance.sample(["kabur", "kematian", "etik"], chance.randrange(3)),
                tone_evidence=quote("Petugas dinilai lalai"),
                story_id=story,
                story_role="origin" if story == f"k{number:03d}" else "copy",
                recipe=chance.choice(["r1", "r2"]),
            )
        )
    return rows


def shuffled(rows: list[dict], seed: int) -> list[dict]:
    out = list(rows)
    random.Random(seed).shuffle(out)
    return out


def as_bytes(tables: dict[str, pd.DataFrame]) -> dict[str, bytes]:
    return {name: to_csv_bytes(table) for name, table in tables.items()}


def test_names_and_fixed_columns():
    tables = weekly_tables(frame(), frame(), context())
    assert list(tables) == NAMES
    for name, columns in FIXED.items():
        wanted = columns.split()
        assert [column for column in tables[name].columns if column in wanted] == wanted
    for table in tables.values():
        assert table.columns[0] == "minggu"
        assert table.columns.is_unique
        assert all(column == column.lower() and " " not in column for column in table.columns)


def test_an_empty_week_has_the_shape_of_a_busy_one():
    full = weekly_tables(frame(*busy_week()), frame(article("z", -3)), context())
    for previous in (frame(), pd.DataFrame()):
        for current in (frame(), pd.DataFrame()):
            empty = weekly_tables(current, previous, context())
            for name in NAMES:
                assert list(empty[name].columns) == list(full[name].columns)
                assert empty[name].dtypes.to_dict() == full[name].dtypes.to_dict()
                assert to_csv_bytes(empty[name]).splitlines()[0] == to_csv_bytes(full[name]).splitlines()[0]
            assert [len(empty[name]) for name in ("03_isu", "04_negatif", "06_media", "07_kliping")] == [0, 0, 0, 0]


def test_the_order_of_the_input_does_not_matter():
    rows, last = busy_week(), [article(f"p{number}", -3) for number in range(9)]
    sick = [(f"s{number}", "Warta", "timeout", None, "galat", 0) for number in range(4)]
    refused = {"timeout": 4, "gone": 4}
    first = as_bytes(weekly_tables(frame(*rows), frame(*last), context(sources=sources(*sick), rejected=refused)))
    for seed in range(3):
        given = context(sources=sources(*shuffled(sick, seed)), rejected=dict(shuffled(list(refused.items()), seed)))
        again = weekly_tables(frame(*shuffled(rows, seed)), frame(*shuffled(last, seed)), given)
        assert as_bytes(again) == first


def test_the_frames_handed_in_are_not_changed():
    current = frame(*busy_week())
    copy = current.copy(deep=True)
    weekly_tables(current, current, context())
    pd.testing.assert_frame_equal(current, copy)


def test_columns_that_come_back_as_categories_count_the_same():
    current = frame(*busy_week())
    coded = current.astype({"tier": "category", "tone": "category", "recipe": "category"})
    assert as_bytes(weekly_tables(coded, frame(), context())) == as_bytes(weekly_tables(current, frame(), context()))


def test_no_article_text_leaves_the_house():
    tables = weekly_tables(frame(*busy_week()), frame(), context())
    assert all(b"RAHASIA" not in data for data in as_bytes(tables).values())


def test_sums_agree_between_the_tables():
    tables = weekly_tables(frame(*busy_week()), frame(), context())
    total = dict(records(tables["01_ringkasan"], "metrik", "nilai"))["total_artikel"]
    regions = tables["05_kanwil_upt"]
    assert tables["02_program"]["utama_n"].iloc[:-1].sum() == total
    assert regions[regions["jenis_baris"] == "total kanwil"]["artikel_n"].sum() == total
    assert tables["06_media"]["artikel_n"].sum() == total
    assert records(tables["07_kliping"], "dihitung").count("ya") == total
    negative = {
        story
        for story, tone, counted in records(tables["07_kliping"], "klaster_id", "sentimen", "dihitung")
        if tone == "negatif" and counted == "ya"
    }
    assert set(tables["04_negatif"]["isu_id"]) == negative
    assert negative <= set(tables["03_isu"]["isu_id"])


@pytest.mark.parametrize("name", NAMES)
def test_the_csv_says_what_the_frame_says(name):
    table = weekly_tables(frame(*busy_week()), frame(article("z", -3)), context())[name]
    data = to_csv_bytes(table)
    texts = [column for column in table.columns if table[column].dtype == "str"]
    read = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    again = pd.read_csv(io.BytesIO(data), encoding="utf-8-sig", dtype="str", keep_default_na=False)
    assert len(read) == len(again) == len(table)
    assert list(again.columns) == list(table.columns)
    for column in texts:
        wanted = [guarded(value) for value in table[column]]
        assert [row[column] for row in read] == wanted
        assert again[column].tolist() == wanted
    for column in set(table.columns) - set(texts):
        numbers = pd.to_numeric(again[column].replace("", None))
        assert numbers.astype("float64").round(6).equals(table[column].astype("Float64").astype("float64").round(6))


def test_no_cell_is_the_word_of_a_missing_value():
    tables = weekly_tables(frame(*busy_week()), frame(), context())
    for table in tables.values():
        for row in csv.reader(io.StringIO(to_csv_bytes(table).decode("utf-8-sig"), newline="")):
            assert not {"nan", "None", "NaT", "<NA>"} & set(row)
