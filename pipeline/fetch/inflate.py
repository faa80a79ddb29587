"""Undo an answer's content coding in small bounded pieces, so that no compressed byte costs more memory than a plain one."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

ACCEPT = "gzip"  # what we ask for: the one coding whose output we can bound with the standard library
_PIECE = 65_536  # bytes
_GZIP = {"gzip", "x-gzip"}
# Registered codings that we did not ask for (IANA, HTTP Content Coding Registry). Other words ("utf-8", "none") are a
# server's slip: its body is plain.
_UNASKED = {"br", "compress", "x-compress", "deflate", "zstd", "dcb", "dcz", "exi", "pack200-gzip", "aes128gcm"}


class CorruptError(Exception):
    """The body is not what its coding says: broken, cut short, or in a coding that we did not ask for."""


def plain(chunks: Iterable[bytes], coding: str) -> Iterator[bytes]:
    """The body in pieces of at most 64 KiB more than came. ``coding``: the Content-Encoding header. Raises ``CorruptError``."""
    words = [word.strip().lower() for word in coding.split(",")]
    codings = [word for word in words if word in _GZIP | _UNASKED]
    if not codings:
        return iter(chunks)
    if len(codings) > 1 or codings[0] in _UNASKED:
        raise CorruptError(f"sent as {coding[:60]!r}, which was not asked for")
    return _gunzip(chunks)


def _gunzip(chunks: Iterable[bytes]) -> Iterator[bytes]:
    begun, member = False, zlib.decompressobj(zlib.MAX_WBITS | 16)
    for chunk in chunks:
        rest, held = chunk, False
        while rest or held:
            if member.eof:
                # RFC 1952: a file may hold several members. Anything else behind the last one is padding.
                if not rest.startswith(b"\x1f"):
                    break
                member = zlib.decompressobj(zlib.MAX_WBITS | 16)
            begun = True
            try:
                piece = member.decompress(rest, _PIECE)
            except zlib.error as error:
                raise CorruptError(f"broken gzip ({error})") from error
            rest = member.unused_data if member.eof else member.unconsumed_tail
            held = len(piece) == _PIECE and not member.eof  # more may wait inside zlib, though no input is left
            yield piece
    if begun and not member.eof:
        raise CorruptError("the gzip ends in its middle")
