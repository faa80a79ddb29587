"""Mask whoever has no public office in articles about crime, custody or health; the child rule goes before all. Pure.

The law behind it and what is not covered: docs/privacy.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pipeline.configfile import Problems
from pipeline.extract import privacy_words as words
from pipeline.extract.privacy_names import Names, load_names
from pipeline.extract.privacy_patterns import addresses, childs_age, childs_case, may_address, may_number, numbers, schools, small
from pipeline.extract.privacy_people import decided, groups, met_in
from pipeline.extract.privacy_roles import Group
from pipeline.extract.privacy_runs import Lexicon
from pipeline.records import Article, Removed
from pipeline.settings import default_config

_WORD = re.compile(r"\w+")
_LISTED = words.CONTEXT | words.CHILDHOOD | words.CHILD | words.ADDRESS
_BEYOND = re.compile(r"[^\x00-\x7f]")
_APART = bytes(byte if byte < 128 and (chr(byte).isalnum() or chr(byte) == "_") else ord(" ") for byte in range(256))
_KEY = re.compile(r"#([0-9a-f]{16})$")
_ID = re.compile(r"\d{5,}")


class Mask(StrEnum):
    """What stands in the place of what was masked."""

    NAME = "[NAMA]"
    CHILD = "[ANAK]"
    INITIALS = "[INISIAL]"
    SCHOOL = "[SEKOLAH]"
    ADDRESS = "[ALAMAT]"
    NUMBER = "[NOMOR]"


@dataclass(frozen=True, slots=True)
class Span:
    """``text[start:end]`` of the unmasked field became ``mask``."""

    start: int
    end: int
    mask: Mask


@dataclass(frozen=True, slots=True)
class Masked:
    """Title, text and removed lines without private persons. ``spans``: what was masked in each of them, in that order.

    ``names``: the words of the masked names in small letters, by which an address is searched; never stored.
    """

    title: str
    text: str
    removed: tuple[str, ...] = ()
    spans: tuple[tuple[Span, ...], ...] = ()
    names: frozenset[str] = frozenset()
    child: bool = False


class Masker:
    """Masks by one list of names. Built once; safe to share."""

    def __init__(self, names: Names) -> None:
        self._names, self._lexicon = names, Lexicon(names)

    def mask(self, title: str, text: str, removed: Sequence[str] = ()) -> Masked:
        """Nothing is masked where no word of a crime, of custody or of health stands in title or text."""
        fields = (title, text, *removed)
        whole = f"{title}\n{text}"
        used = _used(whole.lower())
        case = not words.CHILDHOOD.isdisjoint(used) and childs_case(small(whole))
        context = not words.CONTEXT.isdisjoint(used)
        case = case or (context and not words.CHILD.isdisjoint(used) and childs_age(small(whole)))
        if not case and not context:
            return Masked(title, text, tuple(removed), ((),) * len(fields))
        body = groups(text, self._lexicon)
        met = met_in(body)
        around = [groups(field, self._lexicon, met) for field in (title, *removed)]
        people, found = decided([around[0], body, *around[1:]], self._names, child=case)
        child = case or any(meant for field in people for _, meant in field)
        everything = "\n".join(fields)
        lives = not words.ADDRESS.isdisjoint(used) and may_address(everything)
        if not (child or lives or any(people) or may_number(everything)):
            return Masked(title, text, tuple(removed), ((),) * len(fields))
        spans = tuple(_spans(field, named, child=child, lives=lives) for field, named in zip(fields, people, strict=True))
        masked = [_masked(field, those) for field, those in zip(fields, spans, strict=True)]
        return Masked(masked[0], masked[1], tuple(masked[2:]), spans, found, child)

    def article(self, article: Article, *, short_links: bool = True) -> Article:
        """The article without private persons in title, text, removed lines and marks, and with its addresses cut before a name.

        Addresses stay whole without ``short_links``, except in a child's case.
        """
        lines = [item.line for item in article.removed]
        masked = self.mask(article.title, article.text, [*lines, *article.release_signals])
        if not (masked.names or any(masked.spans)):
            return article
        short = short_links or masked.child
        return replace(
            article,
            title=masked.title,
            text=masked.text,
            removed=tuple(
                Removed(item.rule, line) for item, line in zip(article.removed, masked.removed[: len(lines)], strict=True)
            ),
            release_signals=masked.removed[len(lines) :],
            url=masked_url(article.url, article.key, masked.names) if short else article.url,
            canonical_url=masked_url(article.canonical_url, article.key, masked.names) if short else article.canonical_url,
        )

    def headline(self, title: str, summary: str, url: str, key: str, *, short_links: bool = True) -> tuple[str, str]:
        """Title and address of an entry of which only the feed's words are known."""
        masked = self.mask(title, summary)
        return masked.title, masked_url(url, key, masked.names) if short_links or masked.child else url


def named_key(url: str) -> str:
    """The key that an address shortened by ``masked_url`` ends with, "" for any other address."""
    found = _KEY.search(url)
    return found[1] if found else ""


def masked_url(url: str, key: str, names: frozenset[str]) -> str:
    """``url``, or where a word of a masked name stands in its path or query a shorter one.

    What stands before the telling part is kept if it holds the outlet's number of the article, which most outlets follow; else
    the outlet's home page is named. The key behind "#" tells which article is meant.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    told = {name for name in names if len(name) > 2}
    if told.isdisjoint(_WORD.findall(unquote(f"{parts.path} {parts.query}").lower().replace("_", " "))):
        return url
    kept: list[str] = []
    for piece in parts.path.split("/"):
        if not told.isdisjoint(_WORD.findall(unquote(piece).lower().replace("_", " "))):
            break
        kept.append(piece)
    path = "/".join(kept)
    return f"{parts.scheme}://{parts.netloc}{path if _ID.search(path) else '/'}#{key}"


@lru_cache(maxsize=4)
def masker_of(config: Path | None = None) -> Masker:
    """The masker of a configuration folder (default: the shipped one or $PANTAU_CONFIG), built once a process.

    Raises one ``ConfigError`` that lists every mistake of its list of names.
    """
    problems = Problems()
    names = load_names(config or default_config(), problems)
    problems.raise_if_any()
    return Masker(names)


def _used(low: str) -> frozenset[str]:
    """Which words of the lists a text in small letters has."""
    for odd in set(() if low.isascii() else _BEYOND.findall(low)):
        low = low.replace(odd, "_" if odd.isalnum() else " ")
    return _LISTED.intersection(low.encode("ascii").translate(_APART).decode("ascii").split())


def _spans(text: str, people: Sequence[tuple[Group, bool]], *, child: bool, lives: bool) -> tuple[Span, ...]:
    """What to mask in one field, in order, none within another."""
    found = [
        Span(group.start, group.end, Mask.CHILD if meant else Mask.INITIALS if group.initials else Mask.NAME)
        for group, meant in people
    ]
    found += [Span(start, end, Mask.NUMBER) for start, end in numbers(text)]
    ends = [group.end for group, _ in people]
    if lives:
        found += [Span(start, end, Mask.ADDRESS) for start, end in addresses(text, ends, child=child)]
    if child:
        found += [Span(start, end, Mask.SCHOOL) for start, end in schools(text)]
    if not found:
        return ()
    found.sort(key=lambda span: (span.start, -span.end))
    kept: list[Span] = []
    for span in found:
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
        elif span.end > kept[-1].end:
            kept[-1] = replace(kept[-1], end=span.end)
    return tuple(kept)


def _masked(text: str, spans: Sequence[Span]) -> str:
    if not spans:
        return text
    pieces: list[str] = []
    done = 0
    for span in spans:
        pieces += (text[done : span.start], span.mask.value)
        done = span.end
    return "".join((*pieces, text[done:]))
