"""A story that stands only in the page's data: JSON-LD's articleBody, ``__NEXT_DATA__``, ``window.__STATE__ = {...}``. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

from lxml import etree, html

from pipeline.extract.linerules import is_sentence
from pipeline.extract.render import render

MAX_SCRIPT = 3_000_000  # characters of all of a page's scripts that are read; larger states hold whole sites
MOST_ASSIGNED = 20
MAX_VALUES = 200_000  # values looked at in one page
MAX_KEY = 100  # characters of a key
LONG = 100  # characters from which a value may be a text
# A value behind "name =" or in JSON.parse(…). The sign is looked for first and the name before it then: signs are rare.
_ASSIGNED = re.compile(r"=\s*+(?=[{\[])")
_ASSIGNED_OR_PARSED = re.compile(r"=\s*+(?=[{\[])|(?<=JSON\.parse)\(\s*+(?=[\"'])")
_NAMED = re.compile(r"[\w$.\[\]\"']{2}\s*+$")
_NAME_ROOM = 60  # characters before the sign in which the name's end stands
# An opening quotation mark is not escaped; else a text of nothing but \" would be read to its end from each of them.
_LITERAL = re.compile(r'(?<!\\)"(?:[^"\\]|\\.){100,}+"')
_TEXT_KEYS = re.compile(
    r"(?:articleBody|content|contents|body|bodyHtml|isi|isi_?berita|konten|text|full_?text|description|desc|html|paragraphs?|blocks|"
    r"story|article|rendered|value|children|document|nodes|data)\w*",
    re.IGNORECASE,
)
_HOLDERS = (dict, list)
_TITLE_KEYS = ("title", "headline", "judul", "name", "post_title", "slug")
_DATE_KEY = re.compile(
    r"(?:date_?published|published_?(?:at|date|time|on)?|publish_?(?:date|time|at)|tanggal(?:_?terbit)?|tgl)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Told:
    """A text found in data: its lines, the title of the object that holds it, and that object's own publication date."""

    lines: tuple[str, ...]
    title: str
    date: str

    @property
    def prose(self) -> int:
        """Words of its sentences."""
        return sum(len(line.split()) for line in self.lines if is_sentence(line))


def html_lines(markup: str) -> tuple[str, ...]:
    """A piece of HTML, or plain text with line breaks, as lines."""
    if "<" not in markup:
        return tuple(line for raw in markup.splitlines() if (line := " ".join(raw.split())))
    try:
        root = html.fragment_fromstring(markup, create_parent="div")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return ()
    return tuple(line.text for line in render([root], {}) if not line.rule)


def script_texts(scripts: Iterable[etree._Element]) -> Iterator[tuple[str, str]]:
    """(text, type) of the scripts of a page that may hold a story, until ``MAX_SCRIPT`` characters are read."""
    left = MAX_SCRIPT
    for script in scripts:
        text = script.text or ""
        if 200 <= len(text) <= left:
            left -= len(text)
            yield text, str(script.get("type") or "").lower()


def data_of(texts: Iterable[tuple[str, str]]) -> Iterator[Any]:
    """The data of every script (as ``script_texts`` gives them) that holds any: whole as JSON, or assigned to a variable."""
    decoder = json.JSONDecoder(strict=False)
    for text, kind in texts:
        if "ld+json" in kind:  # read_head has read it
            continue
        try:
            if text.lstrip()[:1] in ("{", "["):
                yield decoder.raw_decode(text.lstrip())[0]
                continue
            read = 0
            for match in islice(_assignments(text), MOST_ASSIGNED):
                if match.start() < read:
                    continue
                if text[match.end()] == "'":
                    found = decoder.raw_decode(_as_double(text[match.end() :]))[0]
                else:
                    found, read = decoder.raw_decode(text, match.end())
                yield json.loads(found, strict=False) if isinstance(found, str) else found
        except (ValueError, RecursionError, IndexError):
            continue


def _assignments(text: str) -> Iterator[re.Match[str]]:
    for match in (_ASSIGNED_OR_PARSED if "JSON.parse" in text else _ASSIGNED).finditer(text):
        if match[0][0] == "(" or _NAMED.search(text[max(0, match.start() - _NAME_ROOM) : match.start()]):
            yield match


def strings(texts: Iterable[tuple[str, str]]) -> Iterator[Told]:
    """HTML in string literals of scripts that are no data as they stand, such as the arguments of ``window.__NUXT__``."""
    for text, _ in texts:
        if "<p" not in text and "u003Cp" not in text and "u003cp" not in text:
            continue
        for literal in _LITERAL.findall(text):
            try:
                markup = json.loads(literal, strict=False)
            except ValueError:
                continue
            if "<p" in markup:
                yield Told(html_lines(markup), "", "")


def _as_double(text: str) -> str:
    """A JavaScript string in single quotes as a JSON string."""
    end = re.search(r"(?<!\\)'", text[1:])
    inner = text[1 : 1 + end.start()] if end else text[1:]
    return '"' + inner.replace("\\'", "'").replace('"', '\\"').replace('\\\\"', '\\"') + '"'


def told_in(data: Any) -> Iterator[Told]:
    """Texts of at least one sentence in ``data``, each with its object's title and date."""
    stack: list[tuple[Any, str, str, str]] = [(data, "", "", "")]
    looked = 0
    while stack and looked < MAX_VALUES:
        value, key, title, date = stack.pop()
        looked += 1
        if isinstance(value, dict):
            # Numbers, addresses and names are most of a page's data.
            telling = [
                (name, inner)
                for name, inner in value.items()
                if inner and (isinstance(inner, _HOLDERS) or (isinstance(inner, str) and len(inner) > LONG))
            ]
            if telling:
                title = next((str(value[name]) for name in _TITLE_KEYS if isinstance(value.get(name), str)), title)
                date = next((str(value[name]) for name in value if _is_date_key(name) and value[name]), date)
                stack.extend((inner, name, title, date) for name, inner in reversed(telling))
        elif isinstance(value, list):
            pieces = [line for item in value[:2000] for line in _piece(item)] if _is_text_key(key) else []
            if sum(is_sentence(line) for line in pieces) >= 2:
                yield Told(tuple(pieces), title, date)
            else:
                stack.extend(
                    (inner, key, title, date)
                    for inner in reversed(value)
                    if inner and (isinstance(inner, _HOLDERS) or (isinstance(inner, str) and len(inner) > LONG))
                )
        elif isinstance(value, str) and _is_text_key(key):
            yield Told(html_lines(value), title, date)


@lru_cache(maxsize=4096)  # the objects of a list have the same keys
def _is_text_key(key: str) -> bool:
    return len(key) <= MAX_KEY and _TEXT_KEYS.fullmatch(key) is not None


@lru_cache(maxsize=4096)
def _is_date_key(key: str) -> bool:
    return len(key) <= MAX_KEY and _DATE_KEY.fullmatch(key) is not None


def _piece(item: Any, depth: int = 0) -> list[str]:
    """The lines of one block of an editor's document: a string, or a dict with its text under a usual name."""
    if isinstance(item, str):
        return list(html_lines(item))
    if not isinstance(item, dict) or depth > 6 or any(name in item for name in ("slug", "url", "permalink")):
        return []
    for name in ("text", "content", "html", "paragraph", "value", "data", "children", "nodes", "leaves", "document"):
        inner = item.get(name)
        if isinstance(inner, str) and inner.strip():
            return list(html_lines(inner))
        if isinstance(inner, dict):
            return _piece(inner, depth + 1)
        if isinstance(inner, list) and inner:
            found = [line for one in inner for line in _piece(one, depth + 1)]
            # Runs of one paragraph ("leaves") are joined, paragraphs are not.
            return found if any(is_sentence(line) for line in found[:-1]) else [" ".join(found)]
    return []


def best(found: list[Told], title: str, *, any_title: bool) -> Told | None:
    """The longest text whose object bears the page's title; with ``any_title`` the longest of all if there is no such text."""
    squeezed = re.sub(r"\W+", "", title).lower() if found else ""

    def bears(one: Told) -> bool:
        name = re.sub(r"\W+", "", one.title).lower()
        return len(name) >= 10 and (squeezed.startswith(name) or name.startswith(squeezed)) and bool(squeezed)

    own = [one for one in found if bears(one)]
    return max(own or (found if any_title else []), key=lambda one: one.prose, default=None)
