"""Bytes to text: the order BOM, header, meta, UTF-8, detector, and what happens when a page lies about its codec."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract.charset import decode

QUOTED = "<p>“Kami bersyukur” — kata dia, déjà vu…</p>"
HEADER = "text/html; charset={}"


@pytest.mark.parametrize(
    ("bom", "codec"), [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")]
)
def test_a_byte_order_mark_wins_over_header_and_meta(bom: bytes, codec: str) -> None:
    text = f'<meta charset="iso-8859-1">{QUOTED}'
    assert decode(bom + text.encode(codec), HEADER.format("windows-1251")) == (text, codec)


def test_the_header_wins_over_the_meta_tag() -> None:
    body = '<meta charset="windows-1251"><p>caf\xe9</p>'.encode("cp1252")
    assert decode(body, HEADER.format("windows-1252"))[1] == "cp1252"
    assert decode(body)[1] == "cp1251"


@pytest.mark.parametrize(
    "meta",
    [
        '<meta charset="big5">',
        "<META CHARSET=big5>",
        "<meta http-equiv='Content-Type' content='text/html; charset=big5'>",
        '<meta content="text/html;charset = big5" http-equiv=content-type>',
    ],
)
def test_the_meta_tag_counts_in_all_its_spellings(meta: str) -> None:
    text = f"{meta}<p>中文</p>"
    assert decode(text.encode("big5")) == (text, "big5")


@pytest.mark.parametrize("label", ["iso-8859-1", "latin1", "ISO-8859-1", "us-ascii", "windows-1252"])
def test_latin_1_means_windows_1252(label: str) -> None:
    assert decode(QUOTED.encode("cp1252"), HEADER.format(label)) == (QUOTED, "cp1252")


def test_without_a_word_about_it_a_page_is_utf_8() -> None:
    assert decode(QUOTED.encode()) == (QUOTED, "utf-8")


def test_a_few_high_bytes_in_an_undeclared_page_are_quotes_and_dashes() -> None:
    assert decode(QUOTED.encode("cp1252")) == (QUOTED, "cp1252")


@pytest.mark.parametrize("label", ["iso-8859-1", "windows-1252", "iso-8859-15"])
def test_utf_8_under_a_one_byte_label_is_not_read_as_rubbish(label: str) -> None:
    assert decode(QUOTED.encode(), HEADER.format(label)) == (QUOTED, "utf-8")


def test_windows_1252_under_a_utf_8_label_is_read_as_what_it_is() -> None:
    assert decode(QUOTED.encode("cp1252"), HEADER.format("utf-8")) == (QUOTED, "cp1252")


def test_one_character_cut_in_half_does_not_spoil_a_utf_8_page() -> None:
    body = b'<meta name=description content="' + "Kata dia “".encode()[:-1] + b'">' + QUOTED.encode()
    text, codec = decode(body, HEADER.format("utf-8"))
    assert (codec, text.endswith(QUOTED)) == ("utf-8", True)


@pytest.mark.parametrize("label", ["utf-16", "utf-16le", "utf-16be"])
def test_markup_that_calls_itself_utf_16_but_is_not_is_not_read_as_chinese(label: str) -> None:
    body = f'<meta charset="{label}">{QUOTED}'.encode()
    for even in (body, body + b" "):
        assert decode(even)[1] == "utf-8"


@pytest.mark.parametrize(
    "label",
    "nonsense undefined idna punycode zlib rot13 hex cp037 utf-7 unicode_escape raw_unicode_escape base64 mbcs ../x".split(),
)
def test_a_codec_that_is_not_of_the_web_is_not_believed(label: str) -> None:
    body = (QUOTED + "\\u0041 \\d").encode()
    assert decode(body, HEADER.format(label)) == (body.decode(), "utf-8")
    assert decode(f"<meta charset={label}>".encode() + body)[1] == "utf-8"


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["", "utf-8", "iso-8859-1", "utf-16", "gbk", "shift_jis", "euc-kr", "x"]))
def test_no_bytes_are_too_broken_and_the_answer_is_always_the_same(body: bytes, label: str) -> None:
    text, codec = decode(body, HEADER.format(label))
    assert decode(body, HEADER.format(label)) == (text, codec)
    assert text.encode("utf-8").decode("utf-8") == text  # no lone surrogates


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\ufeff"), max_size=200))
def test_a_utf_8_page_is_read_back_unchanged(text: str) -> None:
    assert decode(text.encode(), HEADER.format("utf-8")) == (text, "utf-8")
