"""The gate before every XML parser: bytes are unpacked, bounded, decoded in a fixed order, or refused as a trap. Pure."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

from pipeline.extract.charset import decode

MAX_BYTES = 5_000_000  # of a feed, a JSON answer or a listing page; the client reads no more either (settings: fetch.max_bytes)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an answer should be, and the bounds within which it is parsed: bytes after unpacking, and marks ("<")."""

    name: str
    max_bytes: int
    max_marks: int
    doctype: bool  # True: a document type is dropped unread; False: it is refused


# feedparser takes 40 µs an element at worst, so this many take 4 s; 2,000 items of a dozen elements each have 50,000 marks.
FEED = Wanted("feed", MAX_BYTES, 100_000, doctype=True)  # RSS 0.91 demands a document type
# 50,000 addresses, the format's own limit, with their dates are 7 MB and 300,000 marks.
SITEMAP = Wanted("sitemap", 10_000_000, 1_000_000, doctype=False)

_DECLARED = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,100}<\?xml\b[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_FIRST = re.compile(r"<[a-z_]", re.IGNORECASE)
# An attribute costs 700 bytes while its tag is read, so 5 MB of them in one tag would take half a gigabyte.
_LONGEST_TAG = 100_000
_ENDLESS_TAG = re.compile(rf"<[a-z_][^<>]{{{_LONGEST_TAG}}}", re.IGNORECASE)
_ATTRIBUTES = 3  # "=" for each "<" that an answer may have

# Those of few digits that begin neither with 0 nor with a half of a character (D800) are possible; they are passed over.
_DOUBTED = re.compile(r"&#(?![1-9]\d{0,3};|x[1-9a-ce-f][\da-f]{0,3};)(?:x([\da-f]+)|(\d+));", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Markup:
    """XML ready for a parser: UTF-8 with its declaration, without what stood before its first element.

    ``charset`` is the codec that the bytes were read in. Where ``problem`` is not "", ``xml`` is empty.
    """

    xml: bytes = b""
    charset: str = ""
    problem: str = ""


def admit(body: bytes, content_type: str = "", wanted: Wanted = FEED) -> Markup:
    """The answer as XML that is safe to parse, or why it is not.

    Entity declarations are always refused: nothing that an outlet publishes needs them, and they can grow a kilobyte into
    gigabytes. They are looked for in the decoded text, so no encoding hides them.
    """
    raw = unpacked(body, wanted.max_bytes)
    if raw is None:
        return Markup(problem=f"compressed {wanted.name} is broken or too large")
    if len(raw) > wanted.max_bytes:
        return Markup(problem=f"{wanted.name} is larger than {wanted.max_bytes} bytes")
    text, charset = read_text(raw, content_type)
    problem = _refusal(text, wanted)
    start = first_element(text)
    if start is None and not problem:
        problem = f"answer is not a {wanted.name}"
    if problem or start is None:
        return Markup(charset=charset, problem=problem)
    xml = "<?xml version='1.0' encoding='utf-8'?>\n" + without_impossible(text[start:])
    return Markup(xml.encode("utf-8", "replace"), charset)


def _refusal(text: str, wanted: Wanted) -> str:
    if looks_like_html(text):
        return f"answered a web page instead of a {wanted.name}"
    if re.search(r"<!ENTITY", text, re.IGNORECASE):
        return "declares XML entities; refused"
    if not wanted.doctype and re.search(r"<!DOCTYPE", text, re.IGNORECASE):
        return "declares a document type; refused"
    if len(text) <= min(wanted.max_marks, _LONGEST_TAG):
        return ""  # too short to break one of the bounds below
    if text.count("<") > wanted.max_marks:
        return f"{wanted.name} has more than {wanted.max_marks} elements; refused"
    if text.count("=") > _ATTRIBUTES * wanted.max_marks or _ENDLESS_TAG.search(text):
        return f"{wanted.name} has too many attributes; refused"
    return ""


def unpacked(body: bytes, max_bytes: int) -> bytes | None:
    """Bytes without gzip, if they are packed; None when the package is broken or holds more than ``max_bytes``."""
    if body[:2] != b"\x1f\x8b":
        return body
    try:
        unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
        out = unpacker.decompress(body, max_bytes + 1)
    except zlib.error:
        return None
    return out if unpacker.eof and len(out) <= max_bytes else None


def read_text(body: bytes, content_type: str = "") -> tuple[str, str]:
    """(text, codec) of XML bytes: byte order mark, UTF-16 by its zero bytes, header, XML declaration, then as for a page."""
    if body[:2] in (b"\x00<", b"<\x00"):
        declared = "utf-16-be" if body[0] == 0 else "utf-16-le"
        text, charset = body.decode(declared, "replace"), declared
    else:
        found = None if "charset" in content_type.lower() else _DECLARED.match(body)
        text, charset = decode(body, f"text/xml; charset={found[1].decode('ascii')}" if found else content_type)
    return text.removeprefix("\ufeff"), charset


def looks_like_html(text: str) -> bool:
    """True when an answer begins like a web page (a common way for a feed to be dead)."""
    # Each comment is taken in one piece (?>…): otherwise thirty comments at the head would be tried in 2^30 ways.
    return re.match(r"\s*(?><!--.*?-->\s*)*+<(?:!doctype\s+html|html\b)", text[:4000], re.IGNORECASE | re.DOTALL) is not None


def first_element(text: str) -> int | None:
    """Where the first element begins, behind comments, instructions and a document type; None when there is none."""
    at = 0
    while (at := text.find("<", at)) >= 0:
        if _FIRST.match(text, at):
            return at
        end = "-->" if text.startswith("<!--", at) else "?>" if text.startswith("<?", at) else ">"
        if (closed := text.find(end, at + 1)) < 0:
            return None
        at = closed + len(end)
    return None


def _possible(reference: re.Match[str]) -> str:
    """A character reference as it stands, or nothing for one that names no character: many CMSs write an emoji as two halves."""
    digits, base = (reference[1], 16) if reference[1] else (reference[2], 10)
    number = int(digits, base) if len(digits) < 12 else -1
    return reference[0] if 0 < number < 0xD800 or 0xDFFF < number <= 0x10FFFF else ""


def without_impossible(xml: str) -> str:
    """XML without references to characters that do not exist; they make parsers raise far from where they stand."""
    return _DOUBTED.sub(_possible, xml)
