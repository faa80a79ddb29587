"""Quick ways of the extraction against the plain ones that they stand for."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from pipeline.extract.beside import _held, _is_of_links
from pipeline.extract.boxnames import _NAMES, BOX_NAMES, name_rule
from pipeline.extract.head import NESTED, _may_nest, parse_tree
from pipeline.extract.language import _LISTS, _counted, _plain_words
from pipeline.extract.linerules import _ANY_RULE, BULLET, count_words, is_sentence, line_rule, may_have_rule
from pipeline.extract.mending import _HINTS, is_sound
from pipeline.extract.outline import folded, text_of
from pipeline.extract.render import _Writer
from pipeline.extract.sitelines import _SITE_LINE, site_rule
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
    writer.add(text, {"a": 0, "styled": 0, "strong": 0})
    assert writer.pieces == [re.sub(r"\s+", " ", text)]
    assert folded(text) == " ".join(text.split())
    assert count_words(folded(text)) == len(text.split())


@given(st.text(max_size=30))
def test_any_white_space_is_folded(text: str) -> None:
    assert folded(text) == " ".join(text.split())


def beginnings(parsed: Iterable[tuple[Any, Any]], size: int = 5) -> set[str]:
    """What a pattern may begin with, as far as its letters are given: then "·" for what is no letter, "?" for any character."""
    found = {""}
    for kind, told in parsed:
        match str(kind), str(told):
            case "LITERAL", _:
                here = {chr(told)}
            case "BRANCH", _:
                here = {one for branch in told[1] for one in beginnings(branch, size)}
            case "SUBPATTERN", _:
                here = beginnings(told[-1], size)
            case (("MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT"), _):
                here = beginnings(told[2], size) | ({""} if told[0] == 0 else set())
            case ("AT", "AT_BOUNDARY") | ("IN", "[(CATEGORY, CATEGORY_SPACE)]" | "[(CATEGORY, CATEGORY_NOT_WORD)]"):
                here = {"·"}
            case (("AT" | "ASSERT" | "ASSERT_NOT"), _):
                continue
            case _:
                here = {"?"}
        is_open = {one: len(one) < size and not re.search("[·?]", one) for one in found}
        found = {one + more if is_open[one] else one for one in found for more in here}
    return found


@pytest.mark.parametrize("pattern", [_ANY_RULE.pattern, _SITE_LINE.pattern], ids=["lines", "site lines"])
def test_a_line_that_fits_a_rule_begins_with_a_word_that_is_looked_up(pattern: str) -> None:
    starts = beginnings(importlib.import_module("re._parser").parse(pattern, re.IGNORECASE))
    words = {known[0]: one for one in starts if (known := re.match("[a-z]+", one))}
    assert len(words) > 50
    for word, start in words.items():
        assert may_have_rule(word), start
        assert word[0] == "x" or len(word) > 3 or not start.startswith(f"{word}?"), start


LINES_OF_RULES = st.sampled_from(
    """
    Baca juga: Napi Kabur | Simaklah! | - Baca juga: Napi | Rabu, 18 November 2026 09.15 WIB | antara/jpnn) | A-1 x) | Daftar isi
    Diperbarui pada: Jum’at, 18-11-2026 | xFacebook | \u017fimak juga: x | #satu #dua | ~ redaksi ~ | Foto: Humas | (Humas Lapas)
    Kepala lapas mengatakan hal itu. | Petugas menyita 12 gawai. | ID Lapas, Rutan, Napi | 3 menit baca | Halaman 2 | [caption]
    """.replace("\n", "|").split("|")
).map(str.strip)


@given(LINES_OF_RULES, st.sampled_from(["", "- ", "• ", "» ", "("]), st.sampled_from(["", ".", " dan lagi"]))
def test_only_lines_without_a_rule_are_passed_by(line: str, before: str, after: str) -> None:
    whole = f"{before}{line}{after}"
    bare = BULLET.sub("", whole)
    if line_rule(bare) or site_rule(whole):
        assert may_have_rule(bare)


@given(st.text("aÂâ€œ‚вย\ufffdÃ é“”", max_size=20))
def test_a_text_is_sound_where_no_sign_of_a_mistake_is_in_it(text: str) -> None:
    has_sign = any(hint in text for hint in _HINTS)
    assert not (has_sign and is_sound(text, text.encode()))
    assert has_sign or is_sound(text.replace("é", ""), text.replace("é", "").encode())  # é begins like Â in UTF-8


@given(st.lists(st.sampled_from("lan sing yang dan di Polis kerana jeung nyaéta anu narapidana itu2ini é".split()), max_size=40))
def test_words_are_counted_by_their_lists(words: list[str]) -> None:
    small = " ".join(words).lower()
    plain = _plain_words(small)
    assert plain == re.findall("[a-z]+", small)
    counts = _counted(plain)
    for name, known in _LISTS.items():
        assert counts[name] == sum(word in known for word in plain)


@settings(max_examples=150, deadline=None)
@given(PIECES)
def test_a_box_is_of_links_by_its_share_of_linked_text(pieces: list[str]) -> None:
    for box in tree_of(pieces).iter("div", "ul", "body"):
        assert _is_of_links(box) is (len(text_of(box)) <= 1.5 * sum(len(text_of(link)) for link in box.iter("a")))


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
