"""The outline of a tree against plain walks of it, and what is taken off beside a story that an overlay names."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from pipeline.extract.beside import LINKS, clear_beside, clear_lists
from pipeline.extract.head import parse_tree
from pipeline.extract.outlets import Layout
from pipeline.extract.outline import ATTRIBUTES, BLOCK_TAGS, Outline
from pipeline.extract.selectors import RARE, Finder

from .builder import LINES, TITLE

PIECES = st.lists(
    st.sampled_from("<div> </div> <p> </p> <a> </a> <b> </b> <br> <li> <ul> </ul> <td> <table> satu dua, tiga.".split()),
    max_size=40,
)
LAYOUT = Layout(body=(".isi",))
STORY = "".join(f"<p>{line}</p>" for line in LINES)
MENU = "".join(f"<li><a href=/b/{number}>Berita lain nomor {number}</a></li>" for number in range(LINKS))


def plain_lines(root: etree._Element) -> list[tuple[etree._Element, str, int]]:
    """The lines of a tree's blocks by lxml's own walk: the oracle of ``Outline.lines``."""
    found = []
    pieces: list[str] = []
    linked = in_link = 0
    stack = [root]
    for event, node in etree.iterwalk(root, events=("start", "end")):
        if node.tag in BLOCK_TAGS:
            if line := " ".join("".join(pieces).split()):
                found.append((stack[-1], line, linked))
            pieces, linked = [], 0
            stack = [*stack, node] if event == "start" else stack[:-1] if len(stack) > 1 else stack
        elif node.tag == "br" and event == "start":
            pieces.append(" ")
        in_link += (1 if event == "start" else -1) if node.tag == "a" else 0
        text = node.text if event == "start" else (node.tail if node is not root else None)
        pieces.append(text or "")
        linked += len(text or "") if in_link else 0
    if line := " ".join("".join(pieces).split()):
        found.append((stack[-1], line, linked))
    return found


@settings(max_examples=200, deadline=None)
@given(PIECES)
def test_rows_and_lines_are_those_of_a_plain_walk(pieces: list[str]) -> None:
    tree = parse_tree(f"<html><body>{' '.join(pieces)}</body></html>".encode())
    assert tree is not None
    outline = Outline(tree)
    assert outline.nodes == list(tree.iter())
    for row, node in enumerate(outline.nodes):
        assert [outline.nodes[one] for one in outline.under(row)] == list(node.iter())
        assert outline.parents[row] == (-1 if row == 0 else outline.place[node.getparent()])  # type: ignore[index]
    assert outline.depth == max(sum(1 for _ in node.iterancestors()) for node in outline.nodes)
    assert [(outline.nodes[row], line, linked) for row, line, linked in outline.lines] == plain_lines(tree)


def test_attributes_that_are_asked_for_are_kept_by_row() -> None:
    tree = parse_tree(b'<html><body class=a><p hidden style="" x=1>1</p><b rel=author id=c>2</b></body></html>')
    assert tree is not None
    outline = Outline(tree)
    for name in ATTRIBUTES:
        plain = {row: value for row, node in enumerate(outline.nodes) if (value := node.get(name)) is not None}
        assert outline.attributes[name] == plain
    assert set(RARE) < set(ATTRIBUTES)


@settings(max_examples=100, deadline=None)
@given(PIECES, st.lists(st.integers(0, 9), min_size=60, max_size=60))
def test_a_sum_is_that_of_all_below(pieces: list[str], numbers: list[int]) -> None:
    tree = parse_tree(f"<html><body>{' '.join(pieces)}</body></html>".encode())
    assert tree is not None
    outline = Outline(tree)
    own = numbers[: len(outline.nodes)]
    assert outline.summed(own) == [sum(own[one] for one in outline.under(row)) for row in range(len(own))]


@pytest.mark.parametrize(
    "selector", ["p.a", ".a.b", "#x .a", "[rel=author]", "[data-qa-id=isi]", "[title^=be] a", "b", ".none a"]
)
def test_what_a_selector_names_is_found_in_the_pages_order(selector: str) -> None:
    inner = '<p class="b a">1</p><b rel=author class=" a">2</b><i data-qa-id=isi>3</i><u title=berita><a class="a c">4</a></u>'
    tree = parse_tree(f"<html><body><div id=x class=a>{inner}</div>{inner}</body></html>".encode())
    assert tree is not None
    queries = {
        "p.a": "//p[contains(@class,'a')]",
        ".a.b": "//*[contains(@class,'a') and contains(@class,'b')]",
        "#x .a": "//*[@id='x']//*[contains(@class,'a')]",
        "[rel=author]": "//*[@rel='author']",
        "[data-qa-id=isi]": "//*[@data-qa-id='isi']",
        "[title^=be] a": "//*[starts-with(@title,'be')]//a",
        "b": "//b",
        ".none a": "//none",
    }
    assert Finder(tree).find(selector) == tree.xpath(queries[selector])


def cleared(body: str) -> tuple[bool, str]:
    tree = parse_tree(f"<html><body>{body}</body></html>".encode())
    assert tree is not None
    return clear_beside(tree, [LAYOUT]), " ".join("".join(tree.itertext()).split())  # type: ignore[arg-type]


def test_menus_and_lists_beside_a_named_story_are_taken_off_and_nothing_else() -> None:
    page = (
        f"<nav>{MENU}</nav><div><h1>{TITLE}</h1><div class=bagi>Rabu, 18 November 2026{MENU}</div>"
        f"<div class=isi>{STORY}{MENU}</div>"
        f"<p>Penulis: Sari</p><ul>{MENU}</ul></div><footer>{MENU}</footer>"
    )
    done, text = cleared(page)
    assert done
    assert text.startswith(f"{TITLE}Rabu, 18 November 2026")
    assert text.endswith("Penulis: Sari")
    assert text.count("nomor 0") == 2  # between headline and story, and in the story: neither is judged here
    assert all(line in text for line in LINES)


@pytest.mark.parametrize(
    "page",
    [
        f"<div class=isi><p>Pendek saja.</p></div><footer>{MENU}</footer>",
        f"<div class=isi>{STORY}</div><div>{STORY * 2}</div><footer>{MENU}</footer>",
        f"<div>{STORY}</div><footer>{MENU.replace('</li>', ' dan apa yang terjadi sesudah itu di kota</li>')}</footer>",
    ],
    ids=["too short", "most stands elsewhere", "a text of its own"],
)
def test_a_page_whose_story_is_not_certain_is_left_as_it_is(page: str) -> None:
    assert cleared(page) == (False, cleared(page)[1])
    assert "nomor 0" in cleared(page)[1]


@pytest.mark.parametrize("attribute", ["id=isi", "class=isi", "data-qa-id=isi", "itemprop=isi"])
def test_a_story_is_named_by_any_attribute_that_selectors_look_up(attribute: str) -> None:
    name, _, value = attribute.partition("=")
    layout = Layout(body=(f"[{name}={value}]" if name not in ("id", "class") else {"id": "#", "class": "."}[name] + value,))
    tree = parse_tree(f"<html><body><h1>{TITLE}</h1><div {attribute}>{STORY}</div><footer>{MENU}</footer></body></html>".encode())
    assert tree is not None
    assert clear_beside(tree, [layout])
    assert "nomor 0" not in "".join(map(str, tree.itertext()))


@pytest.mark.parametrize("name", ["", "class=isi-lain"])
def test_lists_beside_a_block_with_nearly_all_paragraphs_are_taken_off_without_an_overlays_word(name: str) -> None:
    done, text = cleared(f"<h1>{TITLE}</h1><div {name}>{STORY}</div><footer>{MENU}</footer>")
    assert (done, text) == (False, TITLE + "".join(LINES))


def test_a_story_in_several_named_blocks_keeps_what_stands_between_them() -> None:
    half = len(LINES) // 2
    first, second = ("".join(f"<p>{line}</p>" for line in part * 2) for part in (LINES[:half], LINES[half:]))
    page = f"<main><div class=isi>{first}</div><ul>{MENU}</ul><div class=isi>{second}</div></main><footer>{MENU}</footer>"
    done, text = cleared(page)
    assert done
    assert text.count("nomor 0") == 1
    assert all(line in text for line in LINES)


def test_lists_go_from_a_page_that_shows_no_story_and_stay_on_one_that_does() -> None:
    for story, left in (("<p>Memuat.</p>", 0), (STORY, 1)):
        tree = parse_tree(f"<html><body><div><h1>{TITLE}</h1><ul>{MENU}</ul>{story}</div></body></html>".encode())
        assert tree is not None
        clear_lists(tree)
        text = "".join(str(piece) for piece in tree.itertext())
        assert (TITLE in text, text.count("nomor 0")) == (True, left)


def test_paragraphs_beside_the_story_stay() -> None:
    assert LINES[0] in cleared(f"<div class=isi>{STORY}</div><div>{MENU}<p>{LINES[0] * 3}</p></div>")[1].removeprefix(LINES[0])
