"""Old layouts: frames made of tables, line breaks for paragraphs, and data tables that stay tables."""

from __future__ import annotations

import time

import pytest
from lxml import etree

from pipeline.extract.head import parse_tree
from pipeline.extract.layout import LAYOUT_WORDS, has_layout_tables, unframed

STORY = "kata " * LAYOUT_WORDS
SHORT = "kata " * (LAYOUT_WORDS - 1)


def tree(markup: str) -> etree._Element:
    parsed = parse_tree(f"<html><body>{markup}</body></html>".encode())
    assert parsed is not None
    return parsed


def tags(root: etree._Element, name: str) -> int:
    return sum(1 for _ in root.iter(name))


def words(root: etree._Element) -> list[str]:
    return " ".join(str(piece) for piece in root.itertext()).split()


@pytest.mark.parametrize(
    ("markup", "layout"),
    [
        (f"<table><tr><td>{STORY}</td></tr></table>", True),
        (f"<table><tr><td>{SHORT}</td></tr></table>", False),
        (f"<table><tr><td>{SHORT}<b>kata</b></td></tr></table>", True),
        (f"<table><tr><td>{SHORT}<br>kata</td></tr></table>", True),
        (f"<table><tr><td>{SHORT}</td><td>{SHORT}</td></tr></table>", False),
        (f"<table><tr><td>{SHORT}<table><tr><td>kata dua</td></tr></table></td></tr></table>", False),
        (f"<table><tr><td>{SHORT}<table><tr><td>kata</td></tr></table>kata</td></tr></table>", True),
        (f"<table><tr><td>a<table><tr><td>{STORY}</td></tr></table></td></tr></table>", True),
        (
            f"<table><tr><td>{STORY}<table><tr><td>a<table><tr><td>{SHORT}</td></tr></table></td></tr></table></td></tr></table>",
            True,
        ),
        (f"<table><tr><th>{STORY}</th></tr></table>", False),
        (f"<p>{STORY}</p>", False),
        (f"<table><tr><td>x</td></tr></table>{STORY}", False),
    ],
)
def test_a_table_is_a_frame_when_a_cell_holds_a_story_of_its_own(markup: str, layout: bool) -> None:
    assert has_layout_tables(tree(markup)) is layout


def test_a_frame_becomes_blocks_with_everything_in_it_and_a_table_beside_it_stays() -> None:
    data = "<table><tr><td>Blok A</td><td>40</td></tr></table>"
    root = tree(f"<table><tr><td>menu</td><td><table><tr><td>{STORY}{data}</td></tr></table></td></tr></table>{data}")
    before = words(root)
    unframed(root)
    assert (tags(root, "table"), tags(root, "td")) == (1, 2)
    assert words(root) == before
    assert not has_layout_tables(root)


def test_doubled_line_breaks_become_paragraphs_and_single_ones_stay_inside() -> None:
    root = tree("<div>satu<br>lagi<br><br>dua <b>tebal</b> ekor<br/> <br>tiga</div>")
    before = words(root)
    unframed(root)
    paragraphs = [" ".join(words(paragraph)) for paragraph in root.iter("p")]
    assert paragraphs == ["satu lagi", "dua tebal ekor", "tiga"]
    assert words(root) == before


@pytest.mark.parametrize("markup", ["<div>satu<br>dua</div>", "<div><p>satu</p><p>dua</p></div>", "<div></div>"])
def test_what_has_no_doubled_breaks_is_left_alone(markup: str) -> None:
    root = tree(markup)
    before = etree.tostring(root)
    assert etree.tostring(unframed(root)) == before


def test_thousands_of_nested_tables_are_walked_in_one_pass() -> None:
    root = tree("<table><tr><td>kata" * 600)
    start = time.monotonic()
    assert not has_layout_tables(root)
    assert time.monotonic() - start < 20


def test_unframing_twice_changes_nothing_more() -> None:
    root = unframed(tree(f"<table><tr><td>{STORY}<br><br>{STORY}</td></tr></table>"))
    once = etree.tostring(root)
    assert etree.tostring(unframed(root)) == once
