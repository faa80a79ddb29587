"""Quoted officials by office, answers of the institution, and the sign of machine-reworded text."""

from __future__ import annotations

import json
import random
import re
from typing import Any

import pytest

from pipeline.report.speakers import _ROLE, _SENTENCE, ROLES, _of_sentence, speakers
from pipeline.report.spun import LEAST, SHARE, looks_spun
from pipeline.report.weekly import weekly_tables
from pipeline.training import corpus_files
from tests.report.builder import article, context, frame, records

SAYS = '"Kami periksa," kata Kalapas Cirandu, Sutarmo, Senin.'


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (SAYS, ("Kepala Lapas",)),
        ("Kepala Lapas Kelas I Cirandu Sutarmo mengatakan penghuni sehat.", ("Kepala Lapas",)),
        ("Menurut Dirjen Pemasyarakatan, anggaran cukup.", ("Dirjen Pemasyarakatan",)),
        ('"Lima orang kabur," ujar Kapolres Labuhan. Karutan Asri membenarkan hal itu.', ("Kapolres", "Kepala Rutan")),
        ("Wakil Menteri Imipas menegaskan hal itu.", ("Wakil Menteri Imipas",)),
        ("Direktur Pelayanan Tahanan Ditjenpas menjelaskan aturan.", ("Pejabat Ditjenpas",)),
        ("Kepala Kantor Wilayah Ditjenpas Jawa Barat menyampaikan apresiasi.", ("Kepala Kanwil Ditjenpas",)),
        ("Menteri Kesehatan mengatakan obat tersedia.", ("Menteri lain",)),
        # who hears, is spoken of, or has left does not speak
        ('"Tolong," kata dia kepada Kalapas Cirandu.', ()),
        ("Kalapas Cirandu meninjau dapur.", ()),
        ("Mantan Kalapas Cirandu mengatakan itu keliru.", ()),
        ("Ia mengatakan hal itu bersama Kapolres.", ()),
        # private persons are no one's business
        ('"Saya lapar," kata seorang narapidana. Ibu korban mengatakan hal sama.', ()),
        ('"Benar," kata [NAMA].', ()),
        ("", ()),
    ],
)
def test_offices_that_speak(text: str, wanted: tuple[str, ...]) -> None:
    assert speakers(text) == wanted


def test_a_name_never_leaves() -> None:
    found = speakers(SAYS + " Bupati Cirandu, Raharjo, mengatakan ia setuju.")
    assert set(found) <= {role for role, _, _ in ROLES}
    assert len(found) == 2


def test_a_text_without_end_costs_no_more_than_its_length() -> None:
    assert speakers("kata direktur " * 20_000) == ()
    assert speakers("kata kalapas " * 20_000) == ("Kepala Lapas",)
    assert speakers("kata " * 50_000 + "kalapas") == ("Kepala Lapas",)
    assert speakers("kalapas " + "mengatakan " * 50_000) == ("Kepala Lapas",)
    assert "Kepala Lapas" in speakers(("kepala " * 5_000 + "kalapas mengatakan ya. ") * 3)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Petugas nan bertugas melihat tahanan nan kabur, nan lalu dicari.", True),
        ("Abdi negara keamanan datang. Abdi negara keamanan lain menyusul.", True),
        ("Petugas yang bertugas melihat tahanan yang kabur.", False),
        ("Di Nagari Nan Sabaris, Nan Tuo memimpin. Nan XX juga.", False),
        ("Alam nan indah, " + "yang lain juga yang ini yang itu yang sana yang situ " * 3 + "dan nan elok.", False),
        ("", False),
    ],
)
def test_the_sign_of_a_spinner(text: str, wanted: bool) -> None:
    assert looks_spun(text) is wanted


def plain_sign(text: str) -> bool:
    nan = len(re.findall(r"(?<![\w-])nan(?![\w-])", text))
    exchanged = len(re.findall(r"\babdi negara keamanan\b", text, re.IGNORECASE))
    yang = len(re.findall(r"(?<![\w-])yang(?![\w-])", text, re.IGNORECASE))
    return nan + exchanged >= LEAST and (exchanged >= LEAST or nan / (nan + yang) >= SHARE)


def test_the_quick_patterns_find_what_the_plain_ones_find() -> None:
    """Over the corpus, and over texts thrown together of what the patterns are about."""
    plain_sentence = re.compile(r"(?<=[.!?”\"])\s+|\n+")
    offices = "|".join(f"(?P<r{index}>{pattern})" for index, (_, pattern, _) in enumerate(ROLES))
    plain_role = re.compile(rf"\b(?:{offices})\b")
    draw = random.Random(4)
    pieces = [*'.!?”" \n\t\u00a0\r-', "nan", "yang", "Nan", "tahanan", "Abdi negara keamanan", "abdi NEGARA keamanan", "plt. "]
    pieces += [word for _, pattern, _ in ROLES for word in re.findall(r"[a-z]+", pattern)]
    mixed = ["".join(draw.choice(pieces) + draw.choice(("", " ")) for _ in range(draw.randrange(40))) for _ in range(2_000)]
    corpus = [json.loads(row)["text"] for path in corpus_files()[:3] for row in path.read_text(encoding="utf-8").splitlines()]
    for text in (*mixed, *corpus):
        folded = text.casefold()
        assert _SENTENCE.split(folded) == plain_sentence.split(folded)
        found = [(match.span(), match.lastgroup) for match in _ROLE.finditer(folded)]
        assert found == [(match.span(), match.lastgroup) for match in plain_role.finditer(folded)]
        assert looks_spun(text) == plain_sign(text)


def issue(*rows: dict[str, Any], previous: tuple[dict[str, Any], ...] = ()) -> tuple[Any, ...]:
    made = weekly_tables(frame(*rows), frame(*previous), context())["03_isu"]
    [found] = records(made, "narasumber_utama", "respons_resmi", "jam_ke_respons")
    return found


BAD = article("a", 1, tone="negative", text="Lima orang kabur.")


def same(key: str, day: float, **values: Any) -> dict[str, Any]:
    return article(key, day, event_id="a", **values)


def test_an_answer_is_an_official_of_ours_at_or_after_the_first_bad_news() -> None:
    assert issue(BAD, same("b", 1.5, text=SAYS)) == ("Kepala Lapas", "ada", 12.0)
    assert issue(BAD | {"text": SAYS}) == ("Kepala Lapas", "ada", 0.0)
    assert issue(BAD, same("b", 0.5, text=SAYS)) == ("Kepala Lapas", "tidak", None), "spoken before it"
    assert issue(BAD, same("b", 2, text='"Dikejar," kata Kapolres Asri.')) == ("Kapolres", "tidak", None)
    assert issue(article("n", 1, text=SAYS)) == ("Kepala Lapas", "", None), "no bad news, no answer"


def test_hours_run_from_bad_news_of_the_week_before() -> None:
    before = same("p", -1, tone="negative", text="Lima orang kabur.")
    assert issue(BAD | {"text": SAYS, "event_id": "a"}, previous=(before,)) == ("Kepala Lapas", "ada", 48.0)


def test_without_the_text_nobody_knows() -> None:
    assert issue(BAD, same("b", 2, text=None)) == ("", "belum diketahui", None)
    assert issue(BAD | {"licence": "headline-only"})[1] == "belum diketahui"


def test_copies_are_one_voice() -> None:
    copies = [same(f"c{n}", 2, story_id="c0", story_role="reprint" if n else "origin", text=SAYS) for n in range(4)]
    others = [same(f"d{n}", 2, text='"Ya," ujar Kapolres Asri.') for n in range(2)]
    assert issue(BAD, *copies, *others)[0] == "Kapolres; Kepala Lapas"


def test_the_clippings_name_offices_and_the_sign() -> None:
    rows = [article("a", 1, text=SAYS), article("b", 2, text="Orang nan kabur nan lari."), article("c", 3, text=None)]
    made = weekly_tables(frame(*rows), frame(), context())
    assert [(row[0] or "", row[1] or "") for row in records(made["07_kliping"], "narasumber", "bahasa_mesin")] == [
        ("Kepala Lapas", "tidak tampak"),
        ("", "diduga"),
        ("", ""),
    ]
    notes = dict(records(made["00_catatan"], "butir", "nilai"))
    assert (notes["bahasa mesin"], notes["tanpa teks"]) == ("1", "1")


def test_no_speaker_is_lost_by_looking_first_for_a_verb() -> None:
    texts = [json.loads(line)["text"] for path in corpus_files() for line in path.read_text(encoding="utf-8").splitlines()]
    found = [speakers(text) for text in texts[::7]]
    assert found == [
        tuple(dict.fromkeys(role for sentence in _SENTENCE.split(text.casefold()) for role in _of_sentence(sentence)))
        for text in texts[::7]
    ]
    assert sum(map(bool, found)) > 50
