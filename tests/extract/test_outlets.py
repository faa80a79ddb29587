"""Overlays: the shipped ones are sound, mistakes are told with file and key, and the right layout is chosen."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from lxml import html

from pipeline.configfile import Problems
from pipeline.extract.outlets import MOST_TRIED, Outlets, load_outlets
from pipeline.extract.selectors import Finder, steps_of

from .builder import LINES, OUTLETS, article, document

DAY = datetime.date(2026, 11, 18)
SOUND = 'outlet = "Kabar"\nhosts = ["kabar.example"]\n[[layout]]\nbody = [".isi"]\n'


def load(tmp_path: Path, *texts: str) -> tuple[Outlets, list[str]]:
    for number, text in enumerate(texts):
        (tmp_path / f"o{number}.toml").write_text(text, encoding="utf-8")
    problems = Problems()
    return load_outlets(tmp_path, problems), problems.found


def test_the_shipped_overlays_are_sound_and_many() -> None:
    shipped = OUTLETS
    assert len([outlet for outlet in shipped.known if outlet.hosts]) >= 25
    assert all(layout.body for outlet in shipped.known for layout in outlet.layout)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (SOUND.replace(".isi", ".isi > p"), "o0.toml:4: layout.0.body.0: '.isi > p' is not tag"),
        (SOUND + 'boilerplate = ["("]\n', "o0.toml:5: layout.0.boilerplate.0: is not a regular expression"),
        (
            SOUND + "valid_from = 2026-02-01\nvalid_until = 2026-01-01\n",
            "o0.toml:6: layout.0.valid_until: 2026-01-01 lies before",
        ),
        (SOUND + 'badan = [".isi"]\n', "o0.toml:5: layout.0.badan: unknown key"),
        (SOUND.replace("kabar.example", "Kabar Example"), "o0.toml:2: hosts.0: 'Kabar Example' must be a host name"),
        ('outlet = "Kabar"\n[[layout]]\nbody = [".isi"]\n', "names no host, and elsewhere is false"),
        ('outlet = "Kabar"\nhosts = ["kabar.example"]\n', "layout"),
        (SOUND.replace("[[layout]]", '[paging]\nwhole = "page=all"\n[[layout]]'), "o0.toml:4: paging.whole: must be a tail"),
        ('zone = "WIB"\n' + SOUND, "o0.toml:1: zone: must be Asia/Jakarta"),
    ],
)
def test_a_mistake_is_told_with_file_and_key(text: str, told: str, tmp_path: Path) -> None:
    _, found = load(tmp_path, text)
    assert any(told in one for one in found), found


def test_a_host_belongs_to_one_file(tmp_path: Path) -> None:
    _, found = load(tmp_path, SOUND, SOUND)
    assert found
    assert "o1.toml:2: hosts.0: 'kabar.example' stands in o0.toml already" in found[0]


def test_the_longest_host_and_the_valid_layout_are_taken(tmp_path: Path) -> None:
    timed = '[[layout]]\nvalid_until = 2026-01-31\nbody = [".lama"]\n[[layout]]\nvalid_from = 2026-02-01\nbody = [".baru"]\n'
    wide = 'outlet = "Luas"\nhosts = ["example"]\nelsewhere = true\n[[layout]]\nbody = [".luas"]\n'.replace(
        '"example"', '"kabar.example"'
    )
    narrow = f'outlet = "Sempit"\nhosts = ["bali.kabar.example"]\n{timed}'
    outlets, found = load(tmp_path, wide, narrow)
    assert found == []
    own = outlets.of("https://www.bali.kabar.example/a")
    assert own is not None
    assert own.outlet == "Sempit"
    assert [layout.body for _, layout in outlets.tried("https://bali.kabar.example/a", DAY).layouts] == [(".baru",), (".luas",)]
    assert [name for name, _ in outlets.tried("https://lain.example/a", DAY).layouts] == ["Luas"]


@pytest.mark.parametrize(
    ("url", "whole"),
    [
        ("https://nasional.kompas.com/read/1/a", "https://nasional.kompas.com/read/1/a?page=all"),
        ("https://nasional.kompas.com/read/1/a?x=2#b", "https://nasional.kompas.com/read/1/a?x=2&page=all"),
        ("https://banten.inews.id/berita/a/", "https://banten.inews.id/berita/a/all"),
        ("https://news.detik.com/berita/d-1/a", ""),
        ("https://lain.example/a", ""),
    ],
)
def test_the_address_of_the_whole_text(url: str, whole: str) -> None:
    assert OUTLETS.whole_text_url(url, DAY) == whole


def test_an_overlays_body_is_used_when_it_holds_the_story_and_not_otherwise() -> None:
    aside = '<div class="detail__body-text">Kosong.</div>'
    paragraphs = "".join(f"<p>{line}</p>" for line in LINES)
    inner = f'<div class="detail__body-text">{paragraphs}<div class="linksisip">Peta longsor</div></div>'
    found = article(document("Ikhtisar halaman.", after=inner), url="https://news.detik.com/berita/d-1/a")
    assert found.text == "\n".join(LINES)
    assert ("outlet_block" in {one.rule for one in found.removed}) or ("other_story" in {one.rule for one in found.removed})
    assert article(document(after=aside), url="https://news.detik.com/berita/d-1/a").text == "\n".join(LINES)


@pytest.mark.parametrize(
    ("selector", "count"),
    [
        ("p", 2),
        (".a", 1),
        ("p.a", 1),
        ("#i", 1),
        ("div p", 2),
        ("[data-x]", 1),
        ("[data-x=y z]", 1),
        ("[class^=b]", 1),
        (".c", 0),
    ],
)
def test_selectors(selector: str, count: int) -> None:
    tree = html.document_fromstring('<div id="i"><p class="a b">1</p><p class="bc" data-x="y z">2</p></div>')
    assert len(Finder(tree).find(selector)) == count


def test_elements_are_found_in_the_pages_order_below_all_that_the_selector_names_and_only_while_they_are_in_it() -> None:
    tree = html.document_fromstring(
        '<div class="x"><section><b class="a" rel="isi">1</b></section></div><section><div><b class="a">2</b></div></section>'
    )
    finder = Finder(tree)
    first, second = finder.find(".a")
    assert [first.text, second.text] == ["1", "2"]
    assert finder.find(".x section .a") == [first]
    assert finder.find("section div .a") == [second]
    assert finder.find(".x div .a") == []
    assert finder.find("[rel=isi]") == [first]
    parent = first.getparent()
    assert parent is not None
    parent.remove(first)
    assert finder.find(".a") == [second]


@pytest.mark.parametrize("selector", ["", " ", "a > b", "a:hover", "a, b", "..a", "[x='y']"])
def test_anything_else_is_no_selector(selector: str) -> None:
    with pytest.raises(ValueError, match=r"selector|not tag"):
        steps_of(selector)


def test_what_is_tried_is_the_same_whether_remembered_or_not(tmp_path: Path) -> None:
    timed = '[[layout]]\nvalid_until = 2026-01-31\nbody = [".lama"]\n[[layout]]\nvalid_from = 2026-02-01\nbody = [".baru"]\n'
    one = f'outlet = "Sama"\nhosts = ["a.example"]\nelsewhere = true\n{timed}'
    two = one.replace("a.example", "b.example").replace("true", "false").replace("baru", "lain")
    outlets, found = load(tmp_path, one, two)
    assert found == []
    days = [DAY + datetime.timedelta(days=number) for number in range(MOST_TRIED // 2)]
    days += [datetime.date(2026, 1, 31), datetime.date(2026, 2, 1)]
    for url in ("https://a.example/x", "https://b.example/x", "https://c.example/x"):
        for day in days:
            assert outlets.tried(url, day) == outlets.tried(url, day) == Outlets(known=outlets.known).tried(url, day)
    assert [layout.body for _, layout in outlets.tried("https://b.example/x", DAY).layouts] == [(".lain",), (".baru",)]
    assert len(outlets.__dict__["_tried"]) <= MOST_TRIED
