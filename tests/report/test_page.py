from __future__ import annotations

import base64
import hashlib
import math
import random
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

import pipeline.report.page as page_module
from pipeline.classify.units import KANWIL
from pipeline.dates import JAKARTA
from pipeline.report.page import SHOWN, PageFacts, page_html
from pipeline.report.page_sentences import sentences
from pipeline.report.page_words import clean, clock, date, dated, listed, number, percent, span, web_address
from pipeline.report.span import Span
from pipeline.report.trend import trend_table, weeks_until
from pipeline.report.weekly import weekly_tables
from tests.report.builder import MONDAY, WEEK, article, context, frame, quote, sources

CSS = (Path(page_module.__file__).parent / "templates" / "laporan.css").read_text(encoding="utf-8")
POLLS = tuple(MONDAY + timedelta(days=day) for day in range(-90, 9))
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title></style></svg><iframe src=//evil.example>",
    "\u202eItrebmel rutar gnay",
    "سجن جديد",
    "😀" * 50,
    "x" * 10_000,
    "Z" + "\u0301" * 500,
    "{{ 7 * 7 }}{% raw %}",
    "baris\nbaru\x00\x1b[31m\ttab",
    "\ud800 pasangan putus",
)


def made(*rows: dict[str, Any], only: str = "", **values: Any) -> tuple[html.HtmlElement, str]:
    """The page of this week's rows (rows of last week where their ``week`` says so), parsed and as text."""
    content = raw(*rows, only=only, **values)
    return html.document_fromstring(content), content.decode("utf-8")


def tables_of(*rows: dict[str, Any], only: str = "", **values: Any) -> Any:
    held = frame(*rows)
    now, before = (held[held["week"] == str(week)] for week in (WEEK, WEEK.before))
    return weekly_tables(now, before, context(kanwil=KANWIL, only=only, polls=POLLS, **values))


def raw(*rows: dict[str, Any], only: str = "", **values: Any) -> bytes:
    trend = trend_table(frame(*rows), weeks_until(MONDAY), POLLS)
    return page_html(tables_of(*rows, only=only, **values), trend, PageFacts(Span.of_week(WEEK), only))


def told(*rows: dict[str, Any]) -> tuple[str, ...]:
    return sentences(tables_of(*rows), PageFacts(Span.of_week(WEEK)))


def negative(key: str, **values: Any) -> dict[str, Any]:
    given: dict[str, Any] = {"tone": "negative", "incidents": ["kabur"], "tone_evidence": quote("Tahanan kabur lewat plafon.")}
    return article(key, **given | values)


def release(copies: int) -> list[dict[str, Any]]:
    """A release of a unit and the sites that print it word by word."""
    return [
        article(f"r{at}", tone="positive", source_type="press_release", story_id="r0", story_origin="r0", event_id="r0",
                story_role="reprint" if at else "origin", outlet=f"Situs {at}", domain=f"situs{at}.example")
        for at in range(copies + 1)
    ]  # fmt: skip


WEEKS: dict[str, list[dict[str, Any]]] = {
    "empty": [],
    "one": [negative("satu")],
    "few": [negative(f"n{at}") for at in range(4)],
    "many": [*(negative(f"n{at}") for at in range(9)), *(article(f"b{at}") for at in range(30)), *release(40)],
}
EVERY = pytest.mark.parametrize("name", WEEKS)
BROKEN = sources(
    ("mati", "Kabar Mati", "timeout", MONDAY, "timeout", 0),
    ("juga", "Kabar Juga", "timeout", MONDAY, "timeout", 0),
    ("diam", "Kabar Diam", "ok", MONDAY, "", 0),
    ("baik", "Kabar Baik", "ok", MONDAY, "", 9),
    ("tidur", "Kabar Tidur", "inactive", None, "", 0),
)


# What a reader with a screen reader, a keyboard or bad eyes needs (static part; benchmarks/page_shots.py asks axe-core).


@EVERY
def test_landmarks_headings_and_language(name: str) -> None:
    tree, _ = made(*WEEKS[name])
    assert tree.get("lang") == "id"
    assert tree.findtext(".//title")
    assert [len(tree.findall(f".//{landmark}")) for landmark in ("header", "main", "footer", "h1")] == [1, 1, 1, 1]
    levels = [int(heading.tag[1]) for heading in tree.iter("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels
    assert all(heading.text_content().strip() for heading in tree.iter("h1", "h2", "h3"))


@EVERY
def test_ids_are_unique_and_references_lead_somewhere(name: str) -> None:
    tree, _ = made(*WEEKS[name])
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    named = " ".join(tree.xpath("//@aria-labelledby")).split() + [link[1:] for link in tree.xpath("//a/@href") if link[0] == "#"]
    assert named
    assert set(named) <= set(ids)


@EVERY
def test_drawings_tables_and_scrolling_parts_are_named(name: str) -> None:
    tree, _ = made(*WEEKS[name], sources=BROKEN)
    drawings = tree.findall(".//svg")
    assert len(drawings) == 5
    assert all(drawing.get("role") == "img" and drawing.findtext("title") and drawing.findtext("desc") for drawing in drawings)
    assert all(figure.findtext(".//h3") for figure in tree.iter("figure"))
    tables = list(tree.iter("table"))
    assert len(tables) >= 5
    for table in tables:
        assert table.xpath("count(.//th[not(@scope)])") == 0
        assert table.xpath("count(.//tbody/tr[not(th[@scope='row'])])") == 0
    for part in tree.xpath("//*[@tabindex]"):
        assert (part.get("tabindex"), part.get("role")) == ("0", "region")
        assert part.get("aria-label")
    assert all(link.text_content().strip() for link in tree.iter("a"))


def palettes() -> dict[str, dict[str, str]]:
    """The colours of the three settings, as the style sheet defines them; the dark one over the light one."""
    found = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block)) for block in re.findall(r":root \{([^}]*)\}", CSS)]
    light, dark, paper = found
    return {"light": light, "dark": light | dark, "print": light | paper}


def linear(colour: str) -> list[float]:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, relative luminance."""
    light, dark = sorted((dot((0.2126, 0.7152, 0.0722), linear(colour)) for colour in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def dot(weights: Sequence[float], parts: Sequence[float]) -> float:
    return sum(weight * part for weight, part in zip(weights, parts, strict=True))


# Machado, Oliveira and Fernandes, IEEE Transactions on Visualization 15 (2009), table 1, severity 1.0, on linear light.
SIGHTS = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
XYZ = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))


def lab(colour: str, sight: str) -> tuple[float, float, float]:
    """CIE L*a*b* (D65) of a colour as an eye of that kind sees it."""
    seen = [min(1.0, max(0.0, dot(row, linear(colour)))) for row in SIGHTS[sight]]
    x, y, z = (
        part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116
        for part in (dot(row, seen) / white for row, white in zip(XYZ, (0.9505, 1.0, 1.089), strict=True))
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("setting", ["light", "dark", "print"])
@pytest.mark.parametrize("sight", SIGHTS)
def test_the_tones_are_told_apart_by_every_eye(setting: str, sight: str) -> None:
    colour = palettes()[setting]
    for one, other in (("pos", "neg"), ("pos", "neu"), ("neg", "neu"), ("own", "all")):
        # Neighbours of 10 are told apart at a glance; 20 leaves room for bad screens and paper.
        assert math.dist(lab(colour[one], sight), lab(colour[other], sight)) >= 20, (one, other)


@pytest.mark.parametrize("setting", ["light", "dark", "print"])
def test_contrast(setting: str) -> None:
    colour = palettes()[setting]
    text = [(ink, ground) for ink in ("ink", "muted", "link") for ground in ("paper", "card")]
    text += [("on-warn", "warn"), *((f"on-{name}", name) for name in ("neg", "none", "one", "some", "many"))]
    marks = [(mark, "paper") for mark in ("pos", "neg", "uns", "own", "all", "axis", "edge", "many")] + [("all", "track")]
    for ink, ground in text:
        assert contrast(colour[ink], colour[ground]) >= 4.5, (ink, ground)
    for mark, ground in marks:
        assert contrast(colour[mark], colour[ground]) >= (3.0 if ground == "paper" else 2.4), (mark, ground)


def test_the_contrast_formula_is_the_standards() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("setting", ["light", "dark", "print"])
def test_the_tones_are_told_apart_without_any_colour(setting: str) -> None:
    """As an office's black printer and a copier show them: by lightness (CIE L*) alone. Paper stands for "unsure"."""
    colour = palettes()[setting]
    shades = sorted(lab(colour[tone], "usual")[0] for tone in ("pos", "neu", "neg", "paper"))
    assert min(after - before for before, after in pairwise(shades)) >= 18


def test_a_pale_mark_has_an_edge_that_is_seen() -> None:
    assert "svg .neu { fill: var(--neu); stroke: var(--axis)" in CSS  # which contrasts with the paper, as tested above


def test_print_is_the_light_palette_whatever_the_screen() -> None:
    found = palettes()
    assert found["print"] | {"link": ""} == found["light"] | {"link": ""}


# What a stranger's words may not do.


def test_the_policy_allows_our_style_and_nothing_else() -> None:
    tree, text = made(*WEEKS["many"])
    (style,) = tree.findall(".//style")
    digest = base64.b64encode(hashlib.sha256((style.text or "").encode()).digest()).decode()
    (policy,) = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert "<script" not in text
    assert not tree.xpath("//@style | //@src | //@srcset | //link | //img | //iframe | //object | //form | //base")
    assert not [name for name in tree.xpath("//@*") if name.attrname.startswith("on")]
    assert "url(" not in CSS
    assert "@import" not in CSS


@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_words_are_words(title: str) -> None:
    def rows(word: str) -> list[dict[str, Any]]:
        word = word.encode("utf-8", "replace").decode()  # what storage does to half a pair
        return [
            negative(f"n{at}", title=word, outlet=word, unit_primary=word, tone_evidence=quote(word), story_id="n0",
                     story_origin="n0", story_role="reprint" if at else "origin")
            for at in range(2)
        ]  # fmt: skip

    tree, text = made(*rows(title))
    plain, _ = made(*rows("Judul"))
    assert [node.tag for node in tree.iter()] == [node.tag for node in plain.iter()]
    assert len(text) < 120_000
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", text)


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "file:///etc/passwd", "", "https:"]
)
def test_only_addresses_of_the_web_become_links(address: str) -> None:
    tree, _ = made(negative("a", url=address))
    assert all(link.startswith("#") for link in tree.xpath("//a/@href"))


def test_links_to_outlets_tell_nothing_of_the_reader() -> None:
    tree, _ = made(negative("a", url="https://kabar.example/a?b=1&c=2"))
    (link,) = tree.xpath("//main//h3/a")
    assert link.get("href") == "https://kabar.example/a?b=1&c=2"
    assert set(link.get("rel").split()) >= {"noopener", "noreferrer"}


# What it says.


@EVERY
def test_five_sentences_always(name: str) -> None:
    found = told(*WEEKS[name])
    assert len(found) == 5
    assert all(sentence[0].isupper() or sentence[0].isdigit() for sentence in found)
    assert all(sentence.endswith(".") for sentence in found)
    tree, _ = made(*WEEKS[name])
    assert [item.text_content() for item in tree.xpath("//section[@aria-labelledby='ringkas']//ol/li")] == list(found)


def test_an_empty_week_claims_nothing() -> None:
    found = told()
    assert found[0] == "Tidak ada artikel tentang Pemasyarakatan yang ditemukan untuk 16–22 November 2026."
    assert "bukan bukti" in found[3]
    assert not re.search(r"\d%", " ".join(found))
    _, text = made()
    assert "jadi tidak ada yang dapat dinilai" in text


def test_a_week_of_one_article_is_told_without_sums() -> None:
    found = told(negative("satu", title="Tahanan kabur"))
    assert found[:3] == (
        "Satu artikel tentang Pemasyarakatan terbit pada 16–22 November 2026.",
        "Artikel itu liputan mandiri redaksi.",
        "Tone-nya negatif; satu artikel belum menunjukkan kecenderungan, jadi tidak ada persentase.",
    )
    assert found[3].startswith("Ada 1 isu negatif, dan 1 dari 1 isu memuat insiden; satu-satunya isu itu: “Tahanan kabur”")
    assert told(article("rilis", source_type="press_release"))[1] == "Artikel itu siaran pers atau kanal milik instansi."
    assert told(article("ragu", tone="unsure"))[2].startswith("Tone pemberitaan tidak dapat dinyatakan")


@pytest.mark.parametrize("name", ["one", "few"])
def test_below_five_articles_there_is_no_percentage(name: str) -> None:
    assert "%" not in " ".join(told(*WEEKS[name]))
    tree, _ = made(*WEEKS[name])
    assert "%" not in "".join(tree.xpath("//dl[@class='figures']//text()"))


def test_copies_are_never_counted_as_voices() -> None:
    found = told(*WEEKS["many"])
    assert found[0].startswith("80 artikel tentang Pemasyarakatan terbit pada 16–22 November 2026 di 42 media")
    assert "40 artikel unik tentang 40 isu" in found[0]
    assert found[1].startswith("Dari semua artikel itu, 39 (48,8%) liputan mandiri redaksi dan 41 (51,3%) siaran pers")
    assert "40 artikel merupakan salinan dan tidak dihitung sebagai suara tersendiri" in found[1]
    assert found[2].startswith("Di antara 39 liputan mandiri dengan tone yang jelas, 0 positif, 30 netral, dan 9 negatif (23,1%)")
    assert "di semua liputan 41 positif, 30 netral, dan 9 negatif" in found[2]


def test_the_worst_story_is_named() -> None:
    rows = [negative("a", title="Rutan bocor"), negative("b", title="Napi tewas", incidents=["kematian"], outlet="Warta")]
    assert told(*rows)[3] == (
        "Ada 2 isu negatif, dan 2 dari 2 isu memuat insiden; yang terberat menurut bobot insiden: “Napi tewas” (Warta, kematian)."
    )


def test_programmes_are_named_by_size_and_the_silent_ones_counted() -> None:
    rows = [article(f"u{at}", programme_primary="umkm") for at in range(3)] + [article("p", programme_primary="ketahanan_pangan")]
    assert told(*rows)[4] == (
        "Program yang paling banyak diberitakan ialah P03 UMKM (3 artikel, 3 mandiri) dan P02 Ketahanan pangan (1 artikel, "
        "1 mandiri); 11 dari 13 program tidak diberitakan."
    )


def test_change_against_the_week_before() -> None:
    rows = [*(article(f"n{at}") for at in range(8)), *(article(f"v{at}", day=-6, week=str(WEEK.before)) for at in range(6))]
    assert re.search(r"naik 2 dari 6 pada periode sebelumnya \(selang 95% perubahan: −\d+ sampai \d+\)", told(*rows)[0])


def test_negative_stories_worst_first_with_their_evidence() -> None:
    long = "Petugas jaga " + " ".join(f"kata{at}" for at in range(40)) + " membiarkan tahanan kabur dari blok."
    rows = [negative("a", title="Kedua", tone_evidence=quote(long)), negative("b", title="Pertama", incidents=["kematian"])]
    tree, _ = made(*rows)
    cards = tree.xpath("//section[@aria-labelledby='negatif']//ol[@class='stories']/li")
    assert [card.findtext(".//h3//bdi") for card in cards] == ["Pertama", "Kedua"]
    words = cards[1].findtext(".//blockquote/bdi").strip("“”").replace("…", "").split()
    assert 0 < len(words) <= 15
    assert "kabur" in words
    assert cards[0].xpath(".//ul[@class='marks']/li[1]/text()") == ["kematian"]


def test_more_negative_stories_than_fit_are_one_click_away_and_named_on_paper() -> None:
    tree, text = made(*WEEKS["many"])
    section = tree.xpath("//section[@aria-labelledby='negatif']")[0]
    assert len(section.xpath("./ol/li")) == SHOWN
    assert len(section.xpath("./details/ol/li")) == 9 - SHOWN
    assert f"{9 - SHOWN} isu negatif lainnya ada di 04_negatif.csv" in text


def test_the_ledger_says_who_was_watched() -> None:
    tree, text = made(article("a", source_id="baik"), sources=BROKEN)
    tally = [item.text_content() for item in tree.xpath("//ul[@class='tally']/li")]
    assert tally == ["1 terpantau dan memuat berita", "1 terpantau, tanpa berita", "2 gagal", "1 dinonaktifkan"]
    assert "2 dari 4 sumber aktif terpantau; 2 gagal, jadi berita dari sumber itu mungkin terlewat." in " ".join(text.split())
    (row,) = [row for row in tree.xpath("//tbody/tr") if "Kabar Mati" in row.text_content()]
    assert [cell.text_content().strip() for cell in row][:2] == ["situs tidak menjawab sampai batas waktu", "2"]


def test_an_unwatched_week_does_not_say_that_its_sources_were_watched() -> None:
    later = (MONDAY + timedelta(days=30),)
    tables = weekly_tables(frame(), frame(), context(kanwil=KANWIL, polls=later, sources=BROKEN))
    page = page_html(tables, trend_table(frame(), weeks_until(MONDAY), later), PageFacts(Span.of_week(WEEK))).decode()
    assert "<strong>Status: tidak dipantau.</strong>" in page
    assert "nol berarti tidak ada yang memantau, bukan tidak ada berita" in page
    assert "sumber aktif terpantau" not in page


def test_one_office_has_its_units_for_the_map() -> None:
    tree, text = made(article("a", kanwil="Jawa Barat"), only="Jawa Barat")
    assert "Kanwil Jawa Barat" in (tree.findtext(".//title") or "")
    assert "grafik-kanwil" not in {figure.get("class") for figure in tree.iter("figure")}
    assert "UPT di Kanwil Jawa Barat" in text
    assert "Lapas Kelas I Cirandu" in tree.xpath("//th[@scope='row']//text()")
    assert sentences(tables_of(only="Jawa Barat"), PageFacts(Span.of_week(WEEK), "Jawa Barat"))[0].startswith(
        "Tidak ada artikel tentang Pemasyarakatan di wilayah Kanwil Jawa Barat yang"
    )


def test_equal_weeks_give_equal_bytes() -> None:
    rows = [*WEEKS["many"]]
    first = raw(*rows)
    random.Random(3).shuffle(rows)
    assert raw(*rows) == first


# Numbers, dates, words.


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0"),
        (1234567, "1.234.567"),
        (65.6, "65,6"),
        (50.0, "50"),
        (-3, "−3"),
        (-0.001, "0"),
        (0.65, "0,65"),
        (999.999, "1.000"),
    ],
)
def test_numbers(value: float, written: str) -> None:
    assert number(value) == written


@given(st.floats(-1e9, 1e9, allow_nan=False))
def test_numbers_can_be_read_back(value: float) -> None:
    read = float(number(value).replace(".", "").replace(",", ".").replace("−", "-"))
    assert read == pytest.approx(value, abs=0.0051)


def test_shares_and_lists() -> None:
    assert [percent(None), percent(0.0), percent(33.333)] == ["–", "0%", "33,3%"]
    assert [listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])] == ["", "a", "a dan b", "a, b, dan c"]


def test_dates() -> None:
    def day(year: int, month: int, number: int) -> datetime:
        return datetime(year, month, number, tzinfo=JAKARTA)

    assert span(day(2026, 11, 16), day(2026, 11, 23)) == "16–22 November 2026"
    assert span(day(2026, 11, 30), day(2026, 12, 7)) == "30 November – 6 Desember 2026"
    assert span(day(2026, 12, 28), day(2027, 1, 4)) == "28 Desember 2026 – 3 Januari 2027"
    assert span(day(2026, 11, 16), day(2026, 11, 17)) == date(day(2026, 11, 16)) == "16 November 2026"
    assert clock("2026-11-19 20:41") == "Kamis 19 November, 20.41"
    assert clock("") == ""
    assert dated("Sejak 2026-11-27 10:34 WIB; 2026-13-01 10:34") == "Sejak 27 November 2026 pukul 10.34 WIB; 2026-13-01 10:34"


@given(st.text(max_size=400))
def test_clean_words_are_one_short_line_and_stay_as_they_are(text: str) -> None:
    found = clean(text)
    assert len(found) <= 160
    assert found == " ".join(found.split()) == clean(found)
    assert not re.search(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]", found)


@given(st.text(max_size=60))
def test_web_addresses_are_of_the_web_or_nothing(text: str) -> None:
    for address in (text, f"https://{text}", f"https://kabar.example/{text}"):
        found = web_address(address)
        assert found in ("", address)
        assert not found or found.startswith(("https://", "http://"))


def test_no_strangers_name_before_the_host() -> None:
    assert web_address("https://kompas.com@evil.example/") == ""
