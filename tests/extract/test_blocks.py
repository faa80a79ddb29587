"""Shapes of pages: nests, sibling rows, boxes by name and heading, links in paragraphs; nothing of the story goes with them."""

from __future__ import annotations

import re

import pytest

from pipeline.extract import article as reading
from pipeline.extract.body import ENGINE_CELLS, ENGINE_ELEMENTS, ENGINE_NESTED, MOST_NAMED
from pipeline.extract.render import render
from pipeline.records import Reason, Rejection
from pipeline.work import PageTooCostly, extract_safely

from .builder import LINES, OUTLETS, TITLE, article, document, page

TEXT = "\n".join(LINES)
PARAGRAPHS = "".join(f"<p>{line}</p>" for line in LINES)
COMMENT = "Saya sangat setuju dengan langkah ini dan berharap semua lapas lain segera mencontohnya bersama warga sekitar."


def framed(body: str) -> str:
    return f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1>{body}</body></html>"


@pytest.mark.parametrize("depth", [150, 700, 1900, 10_000])
def test_a_deep_nest_loses_nothing(depth: int) -> None:
    assert article(framed("<div>" * depth + PARAGRAPHS + "</div>" * depth)).text == TEXT


def test_blocks_that_nest_each_other_with_text_lose_nothing() -> None:
    assert article(framed("".join(f"<div><p>Baris {n}: {LINES[0]}</p>" for n in range(400)))).text.count("Baris ") == 400


@pytest.mark.parametrize("wrap", ["<div class=row><div class=col><p>{}</p></div></div>", "<section><div>{}</div></section>"])
def test_paragraphs_in_sibling_rows_are_one_story(wrap: str) -> None:
    assert article(framed("".join(wrap.format(line) for line in LINES))).text == TEXT


def test_paragraphs_in_rows_of_a_table_are_one_story() -> None:
    rows = "".join(f"<tr><td>{line}</td></tr>" for line in LINES)
    assert article(framed(f"<table>{rows}</table>")).text == TEXT


@pytest.mark.parametrize(
    "box", ['<div class="comments">{}</div>', '<ol id="komentar">{}</ol>', "<div><h3>Komentar (40)</h3>{}</div>"]
)
def test_comments_longer_than_the_story_are_left_out(box: str) -> None:
    comments = "".join(f"<p>{n}: {COMMENT}</p>" for n in range(40))
    assert article(document(after=box.format(comments))).text == TEXT
    assert article(framed(f"<div>{PARAGRAPHS}{box.format(comments)}</div>")).text == TEXT


@pytest.mark.parametrize(
    "box",
    [
        '<div class="baca-juga"><p>Harga cabai di pasar lama turun lagi pekan ini.</p></div>',
        "<div><strong>Berita Terkait</strong><ul><li><a href=/1>Harga cabai turun lagi</a></li></ul></div>",
        "<table class=linksisip><tr><td>Lihat Juga<br><a href=/1>Harga cabai turun lagi</a></td></tr></table>",
        "<p>Baca juga: <a href=/1>Harga cabai di pasar turun lagi</a></p>",
        "<p><strong>Baca Juga <a href=/1>Harga cabai di pasar turun lagi</a></strong></p>",
        "<p><a href=/1>Harga cabai di pasar lama turun lagi</a></p>",
        "<section><h4>Ringkasan Berita</h4><p>Panen jagung dua ton.</p></section>",
        "<figure><img src=x><figcaption>Panen jagung di lapas. (Foto: ist)</figcaption></figure>",
        '<div style="position:absolute; left:-9999px">Bocoran pola menang malam ini hanya di sini.</div>',
        "<div><h3>Daftar Istilah</h3><p>WBP adalah warga binaan pemasyarakatan.</p></div>",
    ],
)
def test_a_box_in_the_story_goes_and_is_told(box: str) -> None:
    body = f"<article><h1>{TITLE}</h1><p>{LINES[0]}</p><p>{LINES[1]}</p>{box}<p>{LINES[2]}</p><p>{LINES[3]}</p></article>"
    found = article(f"<html><head><title>{TITLE}</title></head><body>{body}</body></html>")
    assert found.text == TEXT
    assert any(one.rule != "title_repeat" for one in found.removed)


def test_a_link_to_another_story_inside_a_paragraph_goes_without_the_rest_of_it() -> None:
    glued = f"{LINES[1]} Baca juga: <a href=/1>Harga cabai turun lagi</a> {LINES[2]}"
    assert article(document(LINES[0], glued, LINES[3])).text.replace("\n", " ") == TEXT.replace("\n", " ")


def test_an_own_paragraph_that_is_all_link_stays() -> None:
    assert article(document(LINES[0], f"<a href=/x>{LINES[1]}</a>", *LINES[2:])).text == TEXT


def test_a_genuine_repetition_stays_and_a_twin_of_the_whole_goes() -> None:
    cry = '"Merdeka!" teriak mereka dari halaman depan lapas itu.'
    assert article(document(*LINES, cry, LINES[0] + " Kini.", cry)).text.count(cry) == 2
    twin = f'<div class="d-none-x">{PARAGRAPHS}</div><div class="ponsel">{PARAGRAPHS}</div>'
    assert article(framed(twin)).text == TEXT


def test_a_data_table_stays_and_unrelated_headlines_between_paragraphs_go() -> None:
    table = "<table><tr><th>Blok</th><th>Hasil</th></tr><tr><td>Blok A</td><td>900 kg</td></tr></table>"
    stray = "<p>Zodiak Paling Mujur Bulan Depan</p>"
    body = f"<article><h1>{TITLE}</h1><p>{LINES[0]}</p>{table}<p>{LINES[1]}</p>{stray}{PARAGRAPHS}</article>"
    found = article(f"<html><body>{body}</body></html>")
    assert "Blok A | 900 kg" in found.text
    assert "Zodiak" not in found.text


def test_a_page_that_uses_up_its_time_is_a_rejection(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(*_: object) -> None:
        while True:
            try:
                sum(range(1000))
            except Exception:  # noqa: BLE001 - as libraries do
                continue

    monkeypatch.setattr("pipeline.work.PAGE_SECONDS", 0.2)
    monkeypatch.setattr("pipeline.work.extract", endless)
    found = extract_safely(page(document()), OUTLETS)
    assert isinstance(found, Rejection)
    assert (found.reason, found.detail) == (Reason.BROKEN, "used up 0.2 seconds of processor time")
    assert not issubclass(PageTooCostly, Exception)


def test_a_page_that_uses_up_its_memory_is_a_rejection_and_the_next_one_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("pipeline.work.extract", lambda *_: bytearray(3_000_000_000))
        found = extract_safely(page(document()), OUTLETS)
    assert isinstance(found, Rejection)
    assert found.detail.startswith("MemoryError")
    assert article(document()).text == TEXT


@pytest.mark.parametrize(
    "beside",
    [
        "<table><tr>" + "<td>12</td>" * (ENGINE_CELLS + 1) + "</tr></table>",
        "<table><tr><td>" * (ENGINE_NESTED + 2) + "</td></tr></table>" * (ENGINE_NESTED + 2),
        "<i>x</i>" * (ENGINE_ELEMENTS + 1),
    ],
    ids=["cells", "tables in tables", "elements"],
)
def test_a_page_that_the_engine_could_not_bear_gives_its_block(beside: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.extract.article._engine", lambda _: pytest.fail("the engine was asked"))
    found = article(document(*LINES, after=beside))
    assert all(line in found.text for line in LINES)


def test_blocks_with_the_names_of_every_overlay_are_not_read_by_each_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {
        part for one in OUTLETS.known for layout in one.layout for path in layout.body for part in re.findall(r"\.([\w-]+)", path)
    }
    rendered: list[int] = []
    monkeypatch.setattr("pipeline.extract.body.render", lambda nodes, rules: rendered.append(1) or render(nodes, rules))
    article(document(*LINES, before=f'<div class="{" ".join(sorted(names))}"><p>Tiga kata saja.</p></div>'))
    assert len(names) > 2 * MOST_NAMED
    assert len(rendered) <= MOST_NAMED + 1


@pytest.mark.parametrize(
    ("body", "asked"),
    [
        (f"<main>{PARAGRAPHS * 3}</main>", False),
        (f"<main>{PARAGRAPHS * 3}<p>Foto: dok. lapas</p><p>#lapas #panen</p><p>{LINES[0]} (hms)</p></main>", False),
        (f"<main>{PARAGRAPHS}</main>", True),
        (f"<main>{PARAGRAPHS * 3}{'<p>Kolam lele di belakang blok hunian</p>' * 5}</main>", True),
        (f"<main>{PARAGRAPHS * 3}</main><section>{PARAGRAPHS}</section>", True),
    ],
    ids=["sentences alone", "what goes anyway", "few words", "other lines", "sentences elsewhere"],
)
def test_the_engine_is_asked_where_there_is_something_to_choose(body: str, asked: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    engine = reading._engine
    monkeypatch.setattr(reading, "_engine", lambda tree: calls.append(1) or engine(tree))
    assert LINES[3] in article(framed(body)).text
    assert bool(calls) is asked


def test_a_story_that_only_the_data_tell_is_taken_without_looking_at_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "find_body", None)
    content = PARAGRAPHS * 3
    data = f'<script>window.__STATE__={{"article":{{"title":"{TITLE}","content":"{content}"}}}}</script>'
    menu = "".join(f"<li><a href=/b/{number}>Berita lain nomor {number} di kota ini</a></li>" for number in range(60))
    found = article(framed(f"<ul>{menu}</ul><div>Memuat.</div>{data}"))
    assert found.text.startswith(LINES[0])
    assert "nomor" not in found.text
