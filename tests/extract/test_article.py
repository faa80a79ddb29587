"""A page to its article or the reason why not: golden behaviours, repeatability, and pages made to do harm."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract import article as room
from pipeline.extract.article import extract
from pipeline.records import Article, Page, Reason, Rejection, Removed
from pipeline.work import extract_safely

from .builder import LINES, OUTLETS, TITLE, URL, article, document, page, rejection

TEXT = "\n".join(LINES)
ENGLISH = (
    "The prison officers found two kilograms of drugs in the kitchen on Wednesday morning, the warden told reporters.",
    "He said that an inquiry had been opened and that the families of the inmates would be informed about its outcome.",
    "The ministry has promised to publish the findings before the end of the year, according to a spokesman.",
)


def test_an_article_is_its_paragraphs_title_and_date() -> None:
    meta = '<meta property="article:published_time" content="2026-11-18T09:15:00+07:00">'
    found = article(document(head=meta))
    assert (found.title, found.text, found.language, found.text_status) == (TITLE, TEXT, "id", "full")
    assert found.dated.value == datetime(2026, 11, 18, 9, 15, tzinfo=ZoneInfo("Asia/Jakarta"))
    assert found.removed == (Removed("title_repeat", TITLE),)


def test_what_the_feed_and_the_source_said_travels_along() -> None:
    source = page(
        document(), key="k", source_id="s", outlet="Kabar", tier="T2", licence="open", url="https://www.kabar.example/a?page=2"
    )
    found = extract(source, OUTLETS)
    assert isinstance(found, Article)
    assert (found.key, found.source_id, found.outlet, found.tier, found.licence) == ("k", "s", "Kabar", "T2", "open")
    assert (found.url, found.canonical_url, found.domain) == (source.url, "https://kabar.example/a", "kabar.example")
    assert found.first_seen == source.fetched_at


def test_mojibake_in_the_story_is_mended_however_far_down_the_page_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = "Petugas menyebut hal itu â€œkebiasaan lama yang harus berakhirâ€\x9d pada Rabu malam di kantor."
    body = document(*LINES, broken)
    near = article(body)
    assert near.text.endswith("“kebiasaan lama yang harus berakhir” pada Rabu malam di kantor.")
    monkeypatch.setattr(room, "MOST_MENDED", body.index("â€") + 1)
    assert article(body) == near


def test_words_inside_links_stay_in_their_paragraph() -> None:
    linked = [
        line.replace("Lapas", '<a href="/tag/lapas">Lapas</a>').replace(
            "pembinaan", "<a href='/tag/pembinaan'><b>pembinaan</b></a>"
        )
        for line in LINES
    ]
    auto = 'Direktorat Jenderal <a href="/tag/pemasyarakatan">Pemasyarakatan</a> mendukung <a href="/tag/panen">panen</a> itu.'
    found = article(document(*linked, auto))
    assert found.text == f"{TEXT}\nDirektorat Jenderal Pemasyarakatan mendukung panen itu."


def test_lines_of_the_site_are_removed_and_told() -> None:
    lines = [LINES[0], '<a href="/x">Baca juga: Remisi untuk 12 orang</a>', *LINES[1:], "Tags: lapas, remisi"]
    found = article(document(*lines))
    assert found.text == TEXT
    assert found.removed == (
        Removed("title_repeat", TITLE),
        Removed("other_story", "Baca juga: Remisi untuk 12 orang"),
        Removed("tags", "Tags: lapas, remisi"),
    )


def test_three_copies_of_one_release_in_a_row_give_the_same_text() -> None:
    texts = [article(document(), url=f"https://kabar{number}.example/a").text for number in range(4)]
    assert texts == [TEXT] * 4


def test_the_same_bytes_give_the_same_record_in_any_order() -> None:
    pages = [page(document(*LINES[:number], LINES[0] * 2), url=f"{URL}-{number}") for number in range(1, 5)]
    pages += [
        page(document(*ENGLISH)),
        page(b""),
        page(document().encode("utf-16")),
        page(document(), document(LINES[3] + " Lagi.")),
    ]
    first = [extract_safely(one, OUTLETS) for one in pages]
    for seed in range(3):
        order = list(range(len(pages)))
        random.Random(seed).shuffle(order)
        assert {index: extract_safely(pages[index], OUTLETS) for index in order} == dict(enumerate(first))


def test_the_parts_of_an_article_are_joined_without_repeated_lines() -> None:
    box = "Ringkasan: panen dua ton jagung di Cirandu."
    parts = [document(box, LINES[0], LINES[1]), document(box, LINES[2], LINES[0]), document(box, LINES[3])]
    found = article(*parts)
    assert found.text.split("\n") == [box, LINES[0], LINES[1], LINES[2], LINES[3]]
    assert found.title == TITLE


def test_an_empty_part_takes_nothing_away() -> None:
    assert article(document(), "", "<html></html>").text == TEXT


def test_each_part_is_read_in_its_own_codec() -> None:
    quoted = "Kepala lapas berkata, “Kami bersyukur atas panen ini dan akan membaginya kepada warga sekitar.”"
    second = document(quoted).replace("utf-8", "windows-1252").encode("cp1252")
    assert article(document(), second).text.split("\n")[-1] == quoted


def test_a_page_framed_by_tables_is_read_without_the_lists_beside_the_story() -> None:
    own = [*LINES, "Panen berikutnya dijadwalkan pada bulan depan bersama kelompok tani yang berada di sekitar lapas itu."]
    menu = "<table><tr><td>TERPOPULER</td></tr><tr><td><a href='/2'>Sipir gemar melukis perahu</a></td></tr></table>"
    markup = (
        f"<html><head><title>{TITLE}</title></head><body><table width=100%><tr><td width=150>{menu}</td>"
        f"<td><font>{'<br><br>'.join(own)}</font></td><td width=150>{menu}</td></tr></table></body></html>"
    )
    assert article(markup).text.split("\n") == own


@pytest.mark.parametrize(
    ("head", "feed", "title"),
    [
        ('<meta property="og:title" content="Judul og">', "Judul umpan", "Judul og"),
        (
            f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", "headline": "Judul ld"})}</script>',
            "x",
            "Judul ld",
        ),
        ('<script type="application/ld+json">{"@type": "NewsArticle", "headline": null}</script>', "Judul umpan", "Kepala"),
        ("", "Judul umpan", "Kepala"),
    ],
)
def test_the_title_is_the_most_trusted_one(head: str, feed: str, title: str) -> None:
    markup = document(head=head).replace(f"<h1>{TITLE}</h1>", "<h1>Kepala</h1>")
    assert article(markup, feed_title=feed).title == title


def test_the_feeds_title_goes_before_the_browser_tab_and_after_everything_else() -> None:
    bare = document().replace(f"<h1>{TITLE}</h1>", "")
    assert article(bare, feed_title="Judul umpan").title == "Judul umpan"
    assert article(bare).title == TITLE
    untitled = bare.replace(f"<title>{TITLE}</title>", '<meta property="og:title" content="Judul og">')
    assert article(untitled, feed_title="Judul umpan").title == "Judul og"


@pytest.mark.parametrize("end", [" - Kabar Nusantara", " | kabar.example", " – KABAR", " » Kabar Nusantara"])
def test_the_outlets_name_is_cut_off_the_title(end: str) -> None:
    assert article(document(title=TITLE + end), outlet="Kabar Nusantara").title == TITLE


@pytest.mark.parametrize("title", ["Panen Raya - Dua Ton Jagung", "Panen - Tanam - Panen", " - Kabar Nusantara"])
def test_another_dash_in_the_title_stays(title: str) -> None:
    assert article(document(title=title), outlet="Kabar Nusantara").title == title.strip()


@pytest.mark.parametrize("words", [20, 40])
def test_a_short_brief_is_a_whole_article(words: int) -> None:
    brief = " ".join(TEXT.replace("\n", " ").replace(".", "").split()[:words]) + "."
    found = article(document(brief))
    assert (found.text, found.text_status) == (brief, "full")


def test_less_than_a_brief_is_not() -> None:
    found = rejection(document("Warga binaan memanen jagung di lahan lapas."))
    assert (found.reason, found.step, found.url) == (Reason.NO_TEXT, "extract", URL)


@pytest.mark.parametrize("lines", [ENGLISH, ENGLISH * 3])
def test_english_is_rejected(lines: tuple[str, ...]) -> None:
    assert rejection(document(*lines, title="Prison officers find drugs in the kitchen")).reason is Reason.NOT_INDONESIAN


@pytest.mark.parametrize(
    "url",
    [
        "https://kabar.example/",
        "https://kabar.example",
        "https://kabar.example/tag/lapas",
        "https://kabar.example/topik/remisi/2",
        "https://kabar.example/category/hukum",
        "https://kabar.example/search?q=lapas",
        "https://kabar.example/?s=lapas",
        "https://kabar.example/indeks",
        "https://kabar.example/author/redaksi",
    ],
)
def test_home_tag_and_search_pages_are_no_articles(url: str) -> None:
    assert rejection(document(), url=url, final_url=url).reason is Reason.NOT_ARTICLE
    assert rejection(document(), final_url=url).reason is Reason.NOT_ARTICLE  # the article's address led there


def test_a_short_address_with_a_number_is_an_article() -> None:
    assert article(document(), url="https://kabar.example/?p=758", final_url="https://kabar.example/?p=758").text == TEXT


def test_a_page_that_calls_itself_the_home_page_is_none_unless_it_says_article() -> None:
    home = '<link rel="canonical" href="https://kabar.example/">'
    assert rejection(document(head=home)).reason is Reason.NOT_ARTICLE
    assert article(document(head=home + '<meta property="og:type" content="article">')).text == TEXT


def test_a_page_of_headlines_is_no_article() -> None:
    headlines = [f"Berita nomor {number} dari lapas dan rutan hari ini" for number in range(15)]
    assert rejection(document(*headlines)).reason is Reason.NOT_ARTICLE


def without_bodies(**changes: Any) -> Page:
    return replace(page(**changes), bodies=())


def test_a_headline_only_outlet_gives_an_article_of_its_feed() -> None:
    found = extract_safely(without_bodies(feed_title=TITLE, feed_summary=LINES[0], licence="headline-only"), OUTLETS)
    assert isinstance(found, Article)
    assert (found.title, found.text, found.text_status, found.licence) == (TITLE, LINES[0], "headline", "headline-only")


@pytest.mark.parametrize(
    "title",
    ["Lapas Cirandu Panen Jagung", "Ditjenpas Pindahkan 40 Narapidana Berisiko Tinggi", "Polisi Tangkap Petugas Lapas", "Ricuh"],
)
def test_a_bare_headline_is_too_short_to_be_called_foreign(title: str) -> None:
    found = extract_safely(without_bodies(feed_title=title), OUTLETS)
    assert isinstance(found, Article)
    assert (found.title, found.text, found.language) == (title, "", "id")


def test_a_headline_only_entry_in_english_or_without_title_is_rejected() -> None:
    found = extract_safely(without_bodies(feed_title="Prison officers find drugs", feed_summary=" ".join(ENGLISH)), OUTLETS)
    assert isinstance(found, Rejection)
    assert found.reason is Reason.NOT_INDONESIAN
    empty = extract_safely(without_bodies(feed_summary=LINES[0]), OUTLETS)
    assert isinstance(empty, Rejection)
    assert empty.reason is Reason.NO_TEXT


def fits_a_file(outcome: Article | Rejection) -> bool:
    """Everything in it can be written as UTF-8."""
    return bool(repr(outcome)) and bool(json.dumps(str(outcome), ensure_ascii=False).encode("utf-8"))


BODY = f"<html><head><title>{TITLE}</title></head><body>{''.join(f'<p>{line}</p>' for line in LINES)}"
LD = '<script type="application/ld+json">'


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("empty", b""),
        ("blank", b" \n\t"),
        ("binary", bytes(range(256)) * 4000),
        ("NULs", b"\x00" * 100_000),
        ("image", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 100),
        ("pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"),
        ("json", b'{"title": "x"}'),
        (
            "5 MB",
            b"<html><body>"
            + b"".join(b"<p>Baris %d: %s</p>" % (n, LINES[n % 4].encode()) for n in range(3000))
            + b"x" * 4_500_000,
        ),
        ("20,000 nested blocks", b"<div>" * 20_000 + TEXT.encode() + b"</div>" * 20_000),
        ("20,000 nested dates", b"<div>1 Januari 2025" * 20_000),
        ("5,000 nested tables", b"<table><tr><td>" * 5000 + TEXT.encode()),
        ("a million tags", b"<br>" * 1_000_000),
        ("a hundred thousand attributes", b"<div " + b" ".join(b"a%d=1" % n for n in range(100_000)) + b">"),
        ("deep JSON-LD", f"{LD}{'[' * 100_000}</script>".encode()),
        ("broad JSON-LD", f"{LD}[{'[],' * 200_000}[]]</script>".encode()),
        ("unclosed comments", b"<!--" * 100_000),
        ("a link word without end", f"<html><body><p>{LINES[0]} {'Baca juga: kata ' * 5000}".encode()),
        ("tag list without end", f"<html><body><p>id {'lapas, ' * 5000}.</p>".encode()),
        ("entities", b"<html><p>" + b"&#xD800;&#0;&#x110000;&amp;lt;" * 1000),
        ("only a BOM", b"\xff\xfe"),
        ("half a UTF-16 character", b"\xff\xfe<\x00p\x00>"),
    ],
)
def test_a_hostile_page_is_an_article_or_a_rejection_and_never_an_exception(name: str, body: bytes) -> None:
    outcome = extract_safely(page(body), OUTLETS)
    assert isinstance(outcome, (Article, Rejection))
    assert (
        outcome.reason in (Reason.NO_TEXT, Reason.NOT_ARTICLE, Reason.NOT_INDONESIAN, Reason.BROKEN)
        if isinstance(outcome, Rejection)
        else outcome.text
    )
    assert fits_a_file(outcome)


@pytest.mark.parametrize(
    "body",
    [
        BODY.encode().replace(b"jagung", b"jag\x00ung"),
        BODY.encode().replace(b"<body>", b"<body>\x01\x02\x0b\x7f"),
        BODY.replace("<body>", "<body><i>\ud800</i>").encode("utf-8", "surrogatepass"),
        BODY.encode("utf-16"),
        BODY.encode("utf-8-sig"),
        b'<?xml version="1.0" encoding="nonsense"?>' + BODY.encode(),
        BODY.encode() + b"<div>" * 20_000 + b"x",
        BODY.encode() + b"<p>" + b" " * 1_000_000,
        f"{BODY}{LD}{'[' * 100_000}</script>".encode(),
        f'{BODY}<link rel="canonical" href="https://[bad">'.encode(),
    ],
)
def test_an_article_with_a_blemish_is_still_read(body: bytes) -> None:
    found = article(body)
    assert [line in found.text for line in LINES] == [True] * 4
    assert fits_a_file(found)


def test_a_lone_surrogate_in_json_ld_never_reaches_a_record() -> None:
    data = f'{LD}{{"@type": "NewsArticle", "headline": "Panen \\ud800 Raya", "datePublished": "2026-11-18\\udc00"}}</script>'
    found = article(document(head=data))
    assert found.title == "Panen ? Raya"
    assert found.dated.raw == "2026-11-18?"
    assert fits_a_file(found)


def test_a_fault_inside_becomes_a_counted_rejection() -> None:
    found = rejection(document(), zone="Antah/Berantah")
    assert (found.reason, found.step) == (Reason.BROKEN, "extract")
    assert "Antah/Berantah" in found.detail


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=300), st.text(max_size=200), st.text("<>/=\"' pdivatbrh1&;#x", max_size=150))
def test_no_bytes_break_the_extraction(raw: bytes, text: str, markup: str) -> None:
    for body in (raw, text.encode("utf-8", "surrogatepass"), markup.encode(), BODY.encode() + raw + markup.encode()):
        outcome = extract_safely(page(body), OUTLETS)
        assert not isinstance(outcome, Rejection) or outcome.reason is not Reason.BROKEN
        assert fits_a_file(outcome)
