"""Quick ways of the extraction against the plain ones that they stand for."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from pipeline.extract.beside import _held
from pipeline.extract.boxnames import _NAMES, BOX_NAMES, name_rule
from pipeline.extract.head import NESTED, _may_nest, parse_tree
from pipeline.extract.linerules import is_sentence
from pipeline.extract.outline import text_of
from pipeline.extract.render import _Writer
from pipeline.urls import host_of

from .builder import LINES, OUTLETS, TITLE, article, document, page

WORDS = sorted({word.split("(")[0].split("\\")[0].replace("?", "") for words in _NAMES.values() for word in words.split()} - {""})
PIECES = st.lists(
    st.sampled_from("<div> </div> <p> </p> <a> </a> <b> </b> <br> <ul><li> </ul> satu dua, tiga.".split()), max_size=40
)


def tree_of(pieces: list[str]) -> etree._Element:
    tree = parse_tree(f"<html><body>{' '.join(pieces)}</body></html>".encode())
    assert tree is not None
    return tree


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(WORDS) | st.text("abrt-_ KX1", max_size=6), max_size=4), st.sampled_from([" ", "-", "_", "x"]))
def test_a_boxs_rule_is_the_first_whose_words_its_names_hold(words: list[str], mark: str) -> None:
    names = mark.join(words)
    assert name_rule(names) == next((rule for rule, pattern in BOX_NAMES if pattern.search(names)), "")


def test_every_word_of_a_boxs_name_is_looked_up() -> None:
    for word in WORDS:
        assert name_rule(f"x {word}") == next((rule for rule, pattern in BOX_NAMES if pattern.search(f"x {word}")), ""), word


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 2 * NESTED), st.sampled_from(["", "isi " * 300])), max_size=4))
def test_deep_nests_are_seen(runs: list[tuple[int, str]]) -> None:
    markup = "".join(f"{'<b>' * count}{text}</b>" for count, text in runs).encode()
    if any(len(piece) > NESTED and piece.count(b"<b>") > NESTED for piece in markup.split(b"</")):
        assert _may_nest(markup)
    if all(count < NESTED - 1 for count, _ in runs):
        assert not _may_nest(markup)


@given(st.text("ab .!?…\"”'’)。 ", max_size=12) | st.sampled_from(["kata " * 29 + "kata", "kata " * 29]))
def test_a_sentence_ends_like_one_or_is_long(line: str) -> None:
    assert is_sentence(line) is (bool(re.search(r"[.!?…。！？][\"”'’)]*$", line)) or len(line.split()) >= 30)


@given(st.text("a \t\n\r\u00a0\u2003b", min_size=1, max_size=12))
def test_white_space_is_folded_where_it_stands(text: str) -> None:
    writer = _Writer()
    writer.add(text, link=False, styled=False, strong=False)
    assert writer.pieces == [re.sub(r"\s+", " ", text)]


@settings(max_examples=150, deadline=None)
@given(PIECES)
def test_texts_and_paragraphs_are_those_of_plain_walks(pieces: list[str]) -> None:
    tree = tree_of(pieces)
    body = tree.find("body")
    assert body is not None
    held = _held(body)
    for node in tree.iter():
        assert text_of(node) == " ".join("".join(str(piece) for piece in node.itertext()).split())
        own = (one for one in node.iterdescendants("p") if body in one.iterancestors())
        plain = sum(len(one.text or "") + sum(len(child.tail or "") for child in one) for one in own)
        assert held.get(node, 0) == plain


@pytest.mark.parametrize(
    "host", ["news.detik.com", "detik.com", "mydetik.com", "a.b.tribunnews.com", "co.id", "", "detik.com.evil.id"]
)
def test_an_outlet_is_that_of_the_longest_host_name(host: str) -> None:
    url = f"https://{host}/a"
    fits = [
        (len(name), one)
        for one in OUTLETS.known
        for name in one.hosts
        if host_of(url) == name or host_of(url).endswith(f".{name}")
    ]
    assert OUTLETS.of(url) is (max(fits, key=lambda pair: pair[0])[1] if fits else None)


def test_the_body_itself_is_parsed_only_where_it_is_the_text() -> None:
    plain = article(document())
    for body in (b"\xef\xbb\xbf" + document().encode(), document().encode("utf-16"), document().replace("utf-8", "x").encode()):
        assert (article(body).title, article(body).text) == (plain.title, plain.text)
    broken = document(LINES[0].replace("jagung", "â€œjagungâ€\u009d"), *LINES[1:])
    assert "“jagung”" in article(broken).text
    assert "“jagung”" in article(page(broken).bodies[0]).text
    assert article(document(title=f"{TITLE} \ufffd")).title.startswith(TITLE)
