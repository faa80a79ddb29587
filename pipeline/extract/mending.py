"""Text that was decoded wrongly somewhere on its way, put right: "â€œ" is “, "ยฉ" is ©, also where a byte was lost. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from html import unescape

# The codecs that UTF-8 has been mistaken for, most frequent first.
_MISTAKEN = ("cp1252", "cp874", "cp1251", "mac_roman")
_ROUNDS = 3  # mistakes made on top of each other: "Ã¢â‚¬Å“" is “ after two rounds


def _characters(codec: str) -> dict[str, int]:
    """Character → byte, 0x80 to 0xFF; bytes that the codec leaves open stand for themselves, as browsers read them."""
    return {bytes([byte]).decode(codec, "ignore") or chr(byte): byte for byte in range(0x80, 0x100)}


def _pattern(codec: str) -> re.Pattern[str]:
    """UTF-8's multi-byte sequences, spelt in the characters that ``codec`` shows them as."""
    shown = {byte: character for character, byte in _characters(codec).items()}

    def one_of(first: int, last: int) -> str:
        return "[" + "".join(re.escape(shown[byte]) for byte in range(first, last + 1) if byte in shown) + "]"

    then = one_of(0x80, 0xBF)
    return re.compile(f"{one_of(0xC2, 0xDF)}{then}|{one_of(0xE0, 0xEF)}{then}{{2}}|{one_of(0xF0, 0xF4)}{then}{{3}}")


_CODECS = [(_characters(codec), _pattern(codec)) for codec in _MISTAKEN]
_RUN = re.compile("[^\x00-\x7f]{2,}")
_REMEMBERED = 100  # characters; longer runs are whole texts in another script
_HINTS = "ÂÃâðÅÄยโВвЂ‚\ufffd"
_HINTS_AMONG_QUOTES = "‚\ufffd"  # they begin with the byte of “ and ”, or stand in a text for broken bytes
_HINT_LEADS = sorted({hint.encode()[:1] for hint in _HINTS if hint not in _HINTS_AMONG_QUOTES})
# The head of a quote or dash whose last byte is gone, or was written as "?" or U+FFFD by a system that could not show it.
_BEHEADED = re.compile("(?:â€|вЂ|โ€)[\ufffd?\u009d]?")
_LONE = re.compile("(?:(?<=\\s)|^|(?<=[(\\[]))â(?=\\w)|(?<=[\\w.,!?])â(?=[\\s.,;:)\\]]|$)|\ufffd")
_LEFTOVER = re.compile("Â+(?=[\\s\u00a0.,;:!?©®·–—“”\"')]|$)")
_ENTITY = re.compile(r"&(?:#\d{2,6}|#x[0-9a-fA-F]{2,5}|[a-zA-Z]{2,8});")


def is_sound(text: str, encoded: bytes) -> bool:
    """True only for a text without any mojibake; ``encoded``: the same in UTF-8, in which most signs of it are sought faster."""
    return not any(lead in encoded for lead in _HINT_LEADS) and not any(hint in text for hint in _HINTS_AMONG_QUOTES)


def mend(text: str) -> str:
    """``text`` with its mojibake mended. Text without any is returned as it is; mending twice changes nothing more."""
    hints = () if text.isascii() else [hint for hint in _HINTS if hint in text]
    if not hints:
        return text
    # Line by line: what is mended never spans two, and of a page's thousands few have any.
    lines = text.split("\n")
    return "\n".join(_mended(line) if not line.isascii() and any(hint in line for hint in hints) else line for line in lines)


def _mended(text: str) -> str:
    text = _RUN.sub(lambda match: _remembered(match[0]) if len(match[0]) <= _REMEMBERED else _unmistaken(match[0]), text)
    text = _BEHEADED.sub(lambda match: _quote(text, match.start(), match.end()), text)
    text = _LONE.sub(lambda match, text=text: _quote(text, match.start(), match.end()), text)  # type: ignore[misc]
    return _LEFTOVER.sub("", text)


def _unmistaken(run: str) -> str:
    """A run of strange characters as it was meant."""
    for _ in range(_ROUNDS):
        before = run
        for characters, pattern in _CODECS:
            run = pattern.sub(lambda match, characters=characters: _read(match[0], characters), run)  # type: ignore[misc]
        if run == before:
            break
    return run


@lru_cache(maxsize=4096)
def _remembered(run: str) -> str:
    return _unmistaken(run)


def mend_line(line: str) -> str:
    """A line of running text: mojibake, entities that were escaped twice, and escaped quotation marks mended."""
    for _ in range(_ROUNDS):
        if "&" not in line or not _ENTITY.search(line):
            break
        line = unescape(line)
    line = mend(line)
    if "\\" in line:
        line = line.replace('\\"', '"').replace("\\'", "'").replace("\\/", "/")
    return " ".join(line.split())


def _read(shown: str, characters: dict[str, int]) -> str:
    """The one character that was meant, or what stood there where that makes no sense."""
    try:
        meant = bytes(characters[character] for character in shown).decode("utf-8")
    except (KeyError, UnicodeDecodeError):
        return shown
    category = unicodedata.category(meant)
    if meant == "\u00a0":
        return " "
    # Letters of other scripts are what a page in that script really says; of signs only those that news really use.
    letter = category[0] == "L" and (ord(meant) < 0x250 or meant in "ˆ")
    sign = (
        category[0] == "P" or category in ("Sc", "Sk", "Sm") or meant in "©®°™№" or (category == "So" and ord(meant) >= 0x1F000)
    )
    return meant if letter or sign or category in ("No", "Zs") else shown


def _quote(text: str, start: int, end: int) -> str:
    """The quote or dash that must have stood between ``start`` and ``end``, by what stands beside it."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if before.isalnum() and after.isalnum():
        return "’"
    if (not before or before.isspace()) and (not after or after.isspace()):
        return "–"
    opens = bool(after) and (after.isalnum() or after in "([")
    return "“" if opens and (not before or not (before.isalnum() or before in ".,!?")) else "”"
