"""Content codings undone: the same bytes come out however they are cut, pieces stay small, and nothing broken passes."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.fetch.inflate import CorruptError, plain


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


@given(st.lists(st.binary(max_size=400), min_size=1, max_size=4), st.integers(1, 50), st.sampled_from([0, 1, 9]))
def test_gzip_of_any_members_cut_anywhere_comes_out_whole(members: list[bytes], size: int, level: int) -> None:
    packed = b"".join(gzip.compress(member, level) for member in members)
    assert b"".join(plain(cut(packed, size), "gzip")) == b"".join(members)


@given(st.binary(min_size=1, max_size=400), st.integers(1, 50), st.data())
def test_a_gzip_that_ends_too_soon_is_corrupt(body: bytes, size: int, data: st.DataObject) -> None:
    packed = gzip.compress(body)
    kept = data.draw(st.integers(1, len(packed) - 1))
    with pytest.raises(CorruptError):
        list(plain(cut(packed[:kept], size), "gzip"))


@given(st.binary(max_size=300), st.integers(1, 40))
def test_any_bytes_called_gzip_end_as_bytes_or_as_corrupt(body: bytes, size: int) -> None:
    try:
        pieces = list(plain(cut(body, size), "gzip"))
    except CorruptError:
        return
    assert all(isinstance(piece, bytes) for piece in pieces)


def test_a_bomb_comes_out_in_small_pieces_and_is_not_unpacked_ahead() -> None:
    pieces = plain([gzip.compress(b"\0" * 50_000_000)], "gzip")
    assert all(len(next(pieces)) <= 65_536 for _ in range(20))


def test_all_of_a_large_body_comes_out() -> None:
    body = bytes(range(256)) * 4000 + b"\0" * 1_000_000
    assert b"".join(plain(cut(gzip.compress(body), 1000), "gzip")) == body


def test_padding_behind_the_last_member_is_left_out() -> None:
    assert b"".join(plain([gzip.compress(b"Isi") + b"\0" * 90, b"\0" * 9], "gzip")) == b"Isi"


def test_an_empty_body_is_empty_whatever_its_coding() -> None:
    assert list(plain([], "gzip")) == []


def test_a_wrong_checksum_is_corrupt() -> None:
    packed = bytearray(gzip.compress(b"Isi" * 99))
    packed[-6] ^= 1
    with pytest.raises(CorruptError, match="broken gzip"):
        list(plain([bytes(packed)], "gzip"))


@pytest.mark.parametrize("coding", ["", "identity", "none", "utf-8", "UTF-8, identity", "x"])
def test_a_word_that_is_no_coding_leaves_the_body_as_it_is(coding: str) -> None:
    assert list(plain([b"Isi"], coding)) == [b"Isi"]


@pytest.mark.parametrize("coding", ["GZIP", "x-gzip", "gzip, identity", " gzip "])
def test_gzip_has_several_spellings(coding: str) -> None:
    assert b"".join(plain([gzip.compress(b"Isi")], coding)) == b"Isi"


@pytest.mark.parametrize("coding", ["br", "zstd", "deflate", "compress", "gzip, gzip", "br, gzip", "gzip, deflate"])
def test_a_coding_that_was_not_asked_for_is_not_opened(coding: str) -> None:
    with pytest.raises(CorruptError, match="not asked for"):
        plain([zlib.compress(b"Isi")], coding)
