"""Pages for the measurements: the golden pages' outlets, each page with a text of its own, at the weight of the real press.

A golden page is a real outlet's frame around an invented story, some 3 kB. Here the story is two articles of the labelled
corpus, one behind the other (some 250 words together; half a million articles of the Indonesian press have 272 on average), so
that no page's text comes twice; and the frame gets the scripts, styles, menus and teasers that a page of the press drags along,
to some 85 kB and 900 elements, more than half of the bytes script and style.

What flatters: the frames are few and clean, and what is remembered of a frame's words and paths serves its next page, as it does
in a real run; words and teasers are those of the corpus and repeat more than the press's do. Pages of the press are heavier
still (the public benchmark's, 174 kB), mostly by scripts, which cost both sides alike.
"""

from __future__ import annotations

import json
import random
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from pipeline.extract.outlets import outlets_of
from pipeline.quality.openworld import ORDINARY
from pipeline.records import Page
from pipeline.settings import default_config, labels_folder
from tests.golden.make import HOME, build, variants

PARAGRAPHS = 6  # at the least, since the golden pages name up to five of a story
MENU, TEASERS, FOOTER = 90, 70, 50  # links, boxes, links
SCRIPTS, STYLES = 38_000, 14_000  # characters
_SENTENCE = re.compile(r"(?<=[.!?”\"]) +(?=[A-Z“\"])")


@cache
def corpus(tag: str = "") -> tuple[tuple[str, str], ...]:
    """(title, text) of every labelled article that has words enough for a page, in the order of the files.

    ``tag``: of those alone whose note holds it.
    """
    found = []
    for path in sorted((labels_folder() / "corpus").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            one = json.loads(line) if line.strip() else {}
            if len(one.get("text", "").split()) >= 80 and tag in one.get("note", ""):
                found.append((one["title"], one["text"]))
    return tuple(found)


@cache
def frames() -> tuple[dict[str, Any], ...]:
    """The golden pages of outlets that have an overlay, whole and well-meant, one for each shape."""
    known, found = outlets_of(default_config()), {}
    for path in sorted(HOME.glob("pages/*.toml")):
        for spec in tomllib.loads(path.read_text(encoding="utf-8"))["page"]:
            if "story" not in spec or "at" not in spec or "bodies" in spec or spec.get("do") or spec.get("do_page"):
                continue
            one = next(variants(spec))
            if one["shape"] not in found and _plain(one) and known.of(one["url"]) and _whole(one):
                found[one["shape"]] = {key: value for key, value in one.items() if key not in ("title", "comments")}
    return tuple(found.values())


class Told(NamedTuple):
    """What a page tells. ``at``: its hour, aware; None: near that of its frame."""

    title: str
    text: str
    at: datetime | None = None


def ordinary_news(number: int) -> Told:
    """The text of page ``number``: two ordinary articles of all desks, as feeds are full of; nearly all stay outside the gate."""
    return two_articles(number, ORDINARY)


def two_articles(number: int, tag: str = "") -> Told:
    """The text of page ``number``: two articles of the corpus; in a second round of the corpus they tell other figures."""
    texts = corpus(tag)
    title, text = texts[number % len(texts)]
    text += f"\n{texts[(31 * number + 17) % len(texts)][1]}"
    return Told(title, _counted_up(text, number // len(texts)) if number >= len(texts) else text)


def heavy_pages(count: int, first: int = 0, tell: Callable[[int], Told] = two_articles) -> Iterator[Page]:
    """``count`` pages from number ``first`` on, each with another text; the same numbers give the same pages."""
    shapes = frames()
    for number in range(first, first + count):
        told, spec = tell(number), shapes[number % len(shapes)]
        at = told.at or datetime.fromisoformat(spec["at"]) + timedelta(minutes=number % 9000)
        story = {"story": [told.title, *paragraphs(told.text)]}
        page = build({**spec, "name": str(number), "story": "story", "at": at.isoformat(), "feed": True}, story).page
        url = _counted_up(page.url, number, digits=5)  # an article's number, no date and no host
        heavy = tuple(_heavy(body, number) for body in page.bodies)
        yield replace(page, key=f"{number:016x}", url=url, final_url=url, source_id=spec["shape"], bodies=heavy)


def _counted_up(text: str, by: int, digits: int = 1) -> str:
    return re.sub(rf"\d{{{digits},}}", lambda match: str(int(match[0][:12]) + by), text)


def paragraphs(text: str) -> list[str]:
    """The text's paragraphs; split into its sentences where they are fewer than a golden page asks for."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if len(lines) < PARAGRAPHS:
        lines = [piece for line in lines for piece in _SENTENCE.split(line)]
    return lines + [lines[-1]] * (PARAGRAPHS - len(lines))


def _plain(spec: dict[str, Any]) -> bool:
    gold = spec.get("gold", {})
    return gold.get("outcome", "article") == "article" and gold.get("text_status", "full") == "full"


def _whole(spec: dict[str, Any]) -> bool:
    """True where the page prints all of its story, however many paragraphs it has."""
    return re.search(r"\{\{\d+\.\.\}\}", spec.get("body", "{{1..}}")) is not None and spec["shape"] not in ("raw", "sparse")


def _heavy(body: bytes, number: int) -> bytes:
    """The page with what surrounds an article of the press; the same for the pages of one outlet but for its teasers."""
    draw = random.Random(number)  # noqa: S311 - teasers, no secrets
    titles = [title for title, _ in (draw.choice(corpus()) for _ in range(TEASERS))]
    text = body.decode("utf-8", "replace")
    text = text.replace("</head>", f"<style>{_filler(STYLES, 1)}</style><script>{_filler(SCRIPTS, 2)}</script></head>", 1)
    text = re.sub(r"(<body[^>]*>)", lambda match: match[1] + _menu(), text, count=1)
    return text.replace("</body>", f"{_teasers(titles)}{_footer()}</body>", 1).encode()


@cache
def _filler(size: int, seed: int) -> str:
    draw = random.Random(seed)  # noqa: S311
    words = [f"{name}{number}" for number in range(40) for name in ("slot", "track", "lazy", "pixel", "grid")]
    pieces = [f"var {draw.choice(words)}={{id:{draw.randrange(10**6)},k:'{draw.choice(words)}'}};" for _ in range(size // 36)]
    return "".join(pieces) if seed == 2 else re.sub(r"var (\w+)=\{id:(\d+),k:'(\w+)'\};", r".\1 .\3{width:\2px}", "".join(pieces))


@cache
def _menu() -> str:
    links = "".join(f'<li class="nav__item"><a href="/kanal/{n}" class="nav__link">Kanal {n}</a></li>' for n in range(MENU))
    return f'<header class="site-header"><nav class="nav"><ul class="nav__list">{links}</ul></nav></header>'


def _teasers(titles: list[str]) -> str:
    boxes = "".join(
        f'<article class="list-content__item"><div class="media"><a href="/berita/{n}"><img src="/foto/{n}.jpg" alt=""></a>'
        f'<div class="media__text"><h3 class="media__title"><a href="/berita/{n}">{title}</a></h3>'
        f'<span class="media__date">{n % 23 + 1} jam yang lalu</span></div></div></article>'
        for n, title in enumerate(titles)
    )
    return f'<aside class="sidebar"><h2>Berita Lainnya</h2><div class="list-content">{boxes}</div></aside>'


@cache
def _footer() -> str:
    links = "".join(f'<li><a href="/tentang/{n}">Tautan {n}</a></li>' for n in range(FOOTER))
    return f'<footer class="site-footer"><ul>{links}</ul></footer>'
