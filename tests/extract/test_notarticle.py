"""Pages that are no article, each kind with a neighbour that is one; and whether an article is whole."""

from __future__ import annotations

import json

import pytest

from pipeline.records import Reason
from pipeline.urls import canonical_form, part_number

from .builder import LINES, TITLE, article, document, rejection

MENU = "".join(f'<p><a href="/berita/{n}/a">Berita nomor {n} dari lapas dan rutan hari ini juga</a></p>' for n in range(12))


@pytest.mark.parametrize(
    "title", ["404 Not Found", "Halaman Tidak Ditemukan", "Maaf, halaman yang Anda cari tidak ditemukan", "Error 404"]
)
def test_an_error_page_that_answers_200_is_no_article(title: str) -> None:
    line = "Silakan kembali ke beranda atau gunakan kolom pencarian untuk mencari berita yang Anda inginkan di situs kami."
    assert rejection(document(line, line + " Terima kasih.", title=title)).reason is Reason.NOT_ARTICLE


@pytest.mark.parametrize("title", ["404 Narapidana Terima Remisi", "Surat Kuasa Tidak Ditemukan, Sidang Ditunda"])
def test_a_story_with_such_words_in_its_title_is_one(title: str) -> None:
    assert article(document(title=title)).title == title


def test_the_page_of_a_deleted_story_is_no_article() -> None:
    gone = "Konten tidak tersedia. Artikel yang Anda cari telah dihapus atau tidak dapat diakses lagi oleh pembaca kami."
    assert rejection(document(gone)).reason is Reason.NOT_ARTICLE


def test_a_list_of_headlines_with_teasers_is_no_article() -> None:
    teasers = "".join(
        f'<article><h2><a href="/b/{n}">Berita nomor {n} dari lapas dan rutan hari ini</a></h2>'
        f"<p>Ringkasan singkat dari berita nomor {n} itu.</p></article>"
        for n in range(8)
    )
    assert rejection(f"<html><body><h1>Kabar Lapas</h1>{teasers}</body></html>").reason is Reason.NOT_ARTICLE


def test_a_story_among_many_links_is_one() -> None:
    assert article(document(before=MENU, after=MENU)).text == "\n".join(LINES)


@pytest.mark.parametrize(
    "url", ["https://kabar.example/foto/12/panen", "https://kabar.example/video/12/panen", "https://video.kabar.example/12"]
)
def test_a_gallery_without_a_text_is_no_article_and_one_with_a_text_is(url: str) -> None:
    assert rejection(document(LINES[0]), url=url, final_url=url).reason is Reason.NOT_ARTICLE
    assert article(document(*LINES, LINES[0] + " Lagi."), url=url, final_url=url).title == TITLE


def test_a_text_that_stands_only_in_the_pages_data_is_read() -> None:
    told = {"props": {"article": {"title": TITLE, "content": "".join(f"<p>{line}</p>" for line in LINES)}}}
    other = {"title": "Berita lain yang lebih panjang", "content": "<p>Pasar lama ramai sekali pagi ini.</p>" * 30}
    state = json.dumps({**told, "related": [other]})
    for script in (
        f'<script id="__NEXT_DATA__" type="application/json">{state}</script>',
        f"<script>window.__STATE__ = {state};</script>",
    ):
        found = article(
            f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1><div id=root></div>{script}</body></html>"
        )
        assert found.text == "\n".join(LINES)
    body = json.dumps({"@type": "NewsArticle", "headline": TITLE, "articleBody": "\n".join(LINES)})
    data = f'<script type="application/ld+json">{body}</script>'
    assert article(f"<html><head><title>{TITLE}</title>{data}</head><body><h1>{TITLE}</h1></body></html>").text == "\n".join(
        LINES
    )


def test_a_paid_text_is_never_taken_from_the_pages_data() -> None:
    data = {"@type": "NewsArticle", "headline": TITLE, "articleBody": "\n".join(LINES), "isAccessibleForFree": False}
    head = f'<script type="application/ld+json">{json.dumps(data)}</script>'
    found = article(document(LINES[0], LINES[1], head=head))
    assert (found.text, found.text_status) == ("\n".join(LINES[:2]), "paywalled")


def test_a_subscription_line_marks_a_teaser() -> None:
    found = article(document(*LINES, "Berlangganan untuk membaca artikel ini selengkapnya."))
    assert found.text_status == "paywalled"
    assert article(document(*LINES, "Ia masuk untuk membaca surat itu, kata kepala lapas.")).text_status == "full"


@pytest.mark.parametrize(
    ("url", "after", "status"),
    [
        ("https://kabar.example/a-b-c", "", "full"),
        ("https://kabar.example/a-b-c", '<a href="?page=2">2</a>', "partial"),
        ("https://kabar.example/a-b-c?page=2", "", "partial"),
        ("https://kabar.example/a-b-c/2", "", "partial"),
        ("https://kabar.example/a-b-c?page=all", '<a href="?page=2">2</a>', "full"),
        ("https://kabar.example/a-b-c/all", "", "full"),
    ],
)
def test_a_story_with_further_pages_is_partial_unless_it_is_the_whole(url: str, after: str, status: str) -> None:
    assert article(document(after=after), url=url, final_url=url).text_status == status


def test_a_text_that_breaks_off_is_partial() -> None:
    assert article(document(*LINES, "Kepala dinas menambahkan bahwa pupuk akan …")).text_status == "partial"


@pytest.mark.parametrize(
    ("url", "number", "folded"),
    [
        ("https://k.example/a-b-c/2", 2, "https://k.example/a-b-c"),
        ("https://k.example/read/12/3/a-b-c-99/10", 2, "https://k.example/read/12/3/a-b-c-99"),
        ("https://k.example/a?page=3", 3, "https://k.example/a"),
        ("https://k.example/berita/12", 1, "https://k.example/berita/12"),
        ("https://k.example/2026/11", 1, "https://k.example/2026/11"),
        ("https://k.example/a?page=profil", 1, "https://k.example/a?page=profil"),
    ],
)
def test_a_parts_number_in_its_address(url: str, number: int, folded: str) -> None:
    assert (part_number(url), canonical_form(url)) == (number, folded)
