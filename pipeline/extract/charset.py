"""Bytes of a page to text, in a fixed order: BOM, header, meta, UTF-8 if it fits, else the detector. Pure."""

from __future__ import annotations

import codecs
import re

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_ASCII = bytes(range(128))
_META = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)


# Codecs that pages are written in. Python knows more by name, among them some that are no text (zlib), that fit anything
# (cp037) or that take hours for a page (punycode).
_OF_THE_WEB = re.compile(
    r"utf-(?:8|16|16-le|16-be)|cp(?:125\d|874|866|932|936|949|950)|iso8859-\d+|gb2312|gbk|gb18030|big5|shift_jis|euc_jp|euc_kr|"
    r"koi8-[ru]|mac-roman|tis-620"
)


def _codec(label: str) -> str:
    """Python's codec for a label of the web; Latin-1 and ASCII mean Windows-1252 there (WHATWG Encoding). "" if unknown."""
    try:
        name = codecs.lookup(label.strip()).name
    except LookupError:
        return ""
    if name in ("iso8859-1", "ascii"):
        return "cp1252"
    return name if _OF_THE_WEB.fullmatch(name) else ""


def _fitting(body: bytes, codec: str) -> str | None:
    """The text, None where the codec does not fit."""
    if codec.startswith("utf-16") and b"\x00" not in body[:1000]:
        return None  # markup in UTF-16 is half NULs; any other even number of bytes fits too, as Chinese
    try:
        return body.decode(codec)
    except (UnicodeError, LookupError):
        return None


def _is_mostly_utf8(body: bytes) -> bool:
    """True for UTF-8 with a few broken characters, as systems leave that cut a summary by bytes."""
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return len(text) - len(text.encode("ascii", "ignore")) > 2 * broken


def decode(body: bytes, content_type: str = "") -> tuple[str, str]:
    """(text, codec used). Never fails: a declared codec that does not fit gives way to UTF-8, then to the detector.

    A declared one-byte codec fits almost anything, so it gives way as well where the bytes are valid UTF-8.
    """
    for bom, codec in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(codec, "replace"), codec
    declared = []
    if match := _HEADER.search(content_type):
        declared.append(_codec(match[1]))
    if found := _META.search(body[:4096]):
        declared.append(_codec(found[1].decode("ascii", "replace")))
    one_byte = [codec for codec in declared if codec.startswith(("cp125", "iso8859"))]
    if one_byte and not body.isascii() and (text := _fitting(body, "utf-8")) is not None:
        return text, "utf-8"
    for codec in (*declared, "utf-8"):
        if codec and (text := _fitting(body, codec)) is not None:
            return text, codec
    if _is_mostly_utf8(body):
        return body.decode("utf-8", "replace"), "utf-8"
    if one_byte:
        return body.decode(one_byte[0], "replace"), one_byte[0]
    # A few high bytes in ASCII text are quotes and dashes of Windows-1252; the detector takes them for Polish or Turkish.
    if len(body.translate(None, _ASCII)) * 5 < len(body) and (text := _fitting(body, "cp1252")) is not None:
        return text, "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(body[:100_000]).best()
    codec = best.encoding if best and _fitting(body, best.encoding) is not None else "cp1252"
    return body.decode(codec, "replace"), codec
