"""The keyword pre-filter: does a title or summary hold a word of the subject? Spares most pages of big feeds. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.configfile import Problems

# A word or phrase; the last word may end in "*". Hyphens, as in "anak-anak", part words like spaces do.
_PATTERN = re.compile(r"\w+(?: \w+)*\*?")
# Set inside words by editors, never seen by readers: soft hyphen, zero-width space, joiners and no-break space, byte order mark.
_INVISIBLE = dict.fromkeys([0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF])
_GAP = r"[\W_]+"


@dataclass(frozen=True, slots=True)
class Prefilter:
    """The patterns of ``config/prefilter.txt`` as one expression."""

    words: re.Pattern[str]

    def speaks_of_us(self, title: str, summary: str = "") -> str:
        """The first word of the subject that title or summary holds, as it stands there in lower case; "" when there is none.

        An entry without any text passes as "(untitled)": nothing is known of it, and a missed escape costs more than a page.
        """
        if not (title.strip() or summary.strip()):
            return "(untitled)"
        # One by one: no phrase may be joined of the end of one and the start of the other.
        for text in (title, summary):
            if found := self.words.search(_folded(text)):
                return found[0]
        return ""


def load_prefilter(path: Path, problems: Problems) -> Prefilter:
    """The pre-filter of a file with one pattern a line ("#" starts a comment); mistakes go to ``problems``.

    A pattern is a word or a phrase, matched whole and without regard to case; "*" at its end stands for any ending.
    """
    patterns: dict[str, int] = {}
    for line, text in _lines(path, problems):
        pattern = _folded(text)
        if not _PATTERN.fullmatch(pattern):
            advice = f"{text!r} must be a word or words with one space between, and may end in * (no other signs)"
            problems.add(path, line, "", advice)
        elif len(pattern) < (4 if pattern.endswith("*") else 2):
            problems.add(
                path, line, "", f"{text!r} is too short: it needs two letters, three before a *, or nearly everything passes"
            )
        elif (first := patterns.setdefault(pattern, line)) != line:
            problems.add(path, line, "", f"{text!r} stands in line {first} already")
    if not patterns and not problems.found:
        problems.add(path, None, "", "holds no pattern, so that no entry would pass; write one a line")
    return Prefilter(_expression(patterns))


def _lines(path: Path, problems: Problems) -> Iterator[tuple[int, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        problems.add(path, None, "", f"cannot be read as UTF-8 text ({error}); copy it from the repository")
        return
    for number, line in enumerate(text.splitlines(), 1):
        if pattern := line.partition("#")[0].strip():
            yield number, pattern


def _expression(patterns: Iterable[str]) -> re.Pattern[str]:
    """All patterns in one expression, longest first; without any it matches nothing."""
    words = (
        pattern.removesuffix("*").replace(" ", _GAP) + (r"\w*" if pattern.endswith("*") else "")
        for pattern in sorted(patterns, key=lambda pattern: (-len(pattern), pattern))
    )
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(words) or '(?!)'})(?![^\W_])")


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).translate(_INVISIBLE).casefold()
