"""Datelines, bylines and release marks: taken where they stand, and not where a sentence only looks like one."""

from __future__ import annotations

import pytest

from pipeline.extract.fields import byline_of, is_foreign, release_signals, split_dateline
from pipeline.records import Removed

from .builder import LINES, article, document

LEAD = "Petugas lapas memanen jagung."


@pytest.mark.parametrize(
    ("head", "place", "outlet"),
    [
        ("Jakarta (ANTARA) - ", "Jakarta", "ANTARA"),
        ("KOMPAS.com - ", "", "KOMPAS.com"),
        ("JAKARTA, KOMPAS.com — ", "Jakarta", "KOMPAS.com"),
        ("TRIBUNNEWS.COM, JAKARTA — ", "Jakarta", "TRIBUNNEWS.COM"),
        ("MALTENG, TRIBUNAMBON.COM - ", "Malteng", "TRIBUNAMBON.COM"),
        ("Suara.com - ", "", "Suara.com"),
        ("Liputan6.com, Jakarta - ", "Jakarta", "Liputan6.com"),
        ("Jakarta, VIVA – ", "Jakarta", "VIVA"),
        ("jpnn.com, JAYAPURA - ", "Jayapura", "jpnn.com"),
        ("REPUBLIKA.CO.ID, BANDAR LAMPUNG -- ", "Bandar Lampung", "REPUBLIKA.CO.ID"),
        ("JAKARTA, iNews.id - ", "Jakarta", "iNews.id"),
        ("Harianjogja.com, JAKARTA— ", "Jakarta", "Harianjogja.com"),
        ("Kupang, IDN Times - ", "Kupang", "IDN Times"),
        ("Depok, INFO_PAS - ", "Depok", "INFO_PAS"),
        ("ACEH BARAT (Waspada.id): ", "Aceh Barat", "Waspada.id"),
        ("IJN – Aceh Barat | ", "Aceh Barat", "IJN"),
        ("Cipinang. | ", "Cipinang", ""),
        ("BATULICIN (Suarapubliknews) – ", "Batulicin", "Suarapubliknews"),
        ("TERNATE, DM- ", "Ternate", "DM"),
        ("D'On, Padang — ", "Padang", "D'On"),
        (", MediaPalu — ", "", "MediaPalu"),
        ("Jakarta - ", "Jakarta", ""),
    ],
)
def test_a_dateline_is_taken_apart(head: str, place: str, outlet: str) -> None:
    found = split_dateline(head + LEAD)
    assert found is not None
    assert (found.rest, found.place, found.outlet, found.taken) == (LEAD, place, outlet, head.strip())


@pytest.mark.parametrize(
    "line",
    [
        "Lapas Kelumbi - Rutan Wanarata bertukar petugas.",
        "Kepala Lapas Kelumbi – yang baru dilantik – datang.",
        "Panen jagung - hasil kerja warga binaan - dijual ke pasar.",
        "Hak-hak warga binaan dipenuhi.",
        "Jakarta menjadi tuan rumah - begitu kata menteri.",
        "Sebanyak 24 orang - Semua dari blok A - ikut.",
        LINES[0],
    ],
)
def test_a_dash_in_a_sentence_makes_no_dateline(line: str) -> None:
    assert split_dateline(line) is None


@pytest.mark.parametrize(
    ("mark", "outlet", "domain", "foreign"),
    [
        ("ANTARA", "ANTARA", "kalteng.antaranews.com", False),
        ("ANTARA", "Kabar", "kabar.example", True),
        ("TRIBUNAMBON.COM", "Tribun Ambon", "ambon.tribunnews.com", False),
        ("Harianjogja.com", "Info Liputan Baru", "infoliputanbaru.com", True),
        ("DM", "Dunia Maluku", "duniamaluku.com", False),
        ("INFO_PAS", "Lapas Depok", "lapasdepok.kemenimipas.go.id", False),
        ("INFO_PAS", "Kabar", "kabar.example", True),
    ],
)
def test_another_outlets_name_makes_the_text_a_copy(mark: str, outlet: str, domain: str, foreign: bool) -> None:
    assert is_foreign(mark, outlet, domain) is foreign


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("Sumber: INFO_PAS", 1),
        ("(Humas Lapas Cirandu)", 1),
        ("(Tim Humas Rutan)", 1),
        ("(rls/*)", 1),
        ("#LapasCirandu #KemenImipas", 2),
        ("#lapas", 0),
        ("Konten Media Partner", 1),
        ("Kepala Humas Lapas mengatakan", 0),
        ("dalam siaran pers yang diterima", 0),
    ],
)
def test_release_marks(line: str, count: int) -> None:
    assert len(release_signals([line])) == count


def test_the_writers_line_goes_before_the_author_of_the_data_and_the_outlet_is_nobody() -> None:
    line = Removed("signature", "Pewarta: Tim Lampung Editor: Meja Daerah")
    assert byline_of([line], ["Kabar"], "Kabar", "kabar.example") == "Tim Lampung"
    assert (
        byline_of([], ["Kabar", "kabar.example", "Penulis: Tim Daerah | Editor: Tim"], "Kabar", "kabar.example") == "Tim Daerah"
    )
    assert byline_of([], ["Redaksi", "admin"], "Kabar", "kabar.example") == ""


def test_fields_of_a_page_and_what_was_taken_out_stays_in_sight() -> None:
    lines = [f"Cirandu, INFO_PAS – {LINES[0]}", *LINES[1:], "Penulis: Tim Redaksi", "(Humas Lapas Cirandu)"]
    found = article(document(*lines))
    assert found.text == "\n".join(LINES)
    assert (found.dateline_place, found.byline, found.foreign_dateline) == ("Cirandu", "Tim Redaksi", "INFO_PAS")
    assert set(found.release_signals) == {"INFO_PAS", "(Humas Lapas Cirandu)"}
    assert {"Cirandu, INFO_PAS –", "Penulis: Tim Redaksi", "(Humas Lapas Cirandu)"} <= {one.line for one in found.removed}
