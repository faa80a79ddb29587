"""Bytes of a page to text, in a fixed order: BOM, header, meta, UTF-8 if it fits, else the detector. Pure."""

from __future__ import annotations

import codecs
import re

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_META = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)


def _codec(label: str) -> str:
    """Python's codec for a label of the web; Latin-1 and ASCII mean Windows-1252 there (WHATWG Encoding). "" if unknown."""
    try:
        name = codecs.lookup(label.strip()).name
    except LookupError:
        return ""
    return "cp1252" if name in ("iso8859-1", "ascii") else name


def _fits(body: bytes, codec: str) -> bool:
    try:
        body.decode(codec)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def decode(body: bytes, content_type: str = "") -> tuple[str, str]:
    """(text, codec used). Never fails: a declared codec that does not fit gives way to UTF-8, then to the detector."""
    for bom, codec in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(codec, "replace"), codec
    declared = []
    if match := _HEADER.search(content_type):
        declared.append(_codec(match[1]))
    if found := _META.search(body[:4096]):
        declared.append(_codec(found[1].decode("ascii", "replace")))
    for codec in (*declared, "utf-8"):
        if codec and _fits(body, codec):
            return body.decode(codec), codec
    from charset_normalizer import from_bytes

    best = from_bytes(body[:100_000]).best()
    codec = best.encoding if best and _fits(body, best.encoding) else "cp1252"
    return body.decode(codec, "replace"), codec
