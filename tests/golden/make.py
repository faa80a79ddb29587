"""Build the golden pages: stories.txt + shapes/*.html + pages/*.toml → a Page and its Gold each.

    .venv/bin/python -m tests.golden.make FOLDER [NAME...]     writes them to FOLDER as .html and .json, to look at

All towns, units, numbers and events are invented; hosts are real ones for the shape of their addresses only.

Gold stands in the text itself: ``{+words+}`` must survive in the body, ``{-words-}`` must not; the marks are taken out
before the page is built. In a page's body ``{{3}}`` is the story's third paragraph, ``{{2..4}}`` and ``{{2..}}`` are several
in ``<p>``. In a shape ``{{name}}`` is a value of the page (or a form of its instant ``at``), and ``{{?name}}…{{/name}}`` is
left out where the page sets ``name = false``.
"""

from __future__ import annotations

import html
import json
import re
import sys
import textwrap
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipeline.records import Page, PublisherType

HOME = Path(__file__).parent
DAYS = "Senin Selasa Rabu Kamis Jumat Sabtu Minggu".split()
MONTHS = "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split()
ZONES = {7: "WIB", 8: "WITA", 9: "WIT"}
FETCHED = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
GOLD_KEYS = {
    "outcome", "title", "day", "status", "text_status", "must", "must_not", "counts",
    "dateline_place", "byline", "release", "foreign_dateline", "canonical",
}  # fmt: skip
_MARK = re.compile(r"\{([+-])(.*?)\1\}", re.DOTALL)
_BLOCK = re.compile(r"\{\{\?(\w+)\}\}(.*?)\{\{/\1\}\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Gold:
    """What a careful reader takes from a page. None or empty: not asked of this page."""

    outcome: tuple[str, ...]  # article, or the reasons that are right: not_article | not_indonesian | no_text
    title: str
    must: tuple[str, ...]  # plain snippets of the body
    must_not: tuple[str, ...]  # plain snippets of clutter
    counts: dict[str, int]  # snippets that stand so often, no more and no less
    published: datetime | None  # the instant, where the page tells it
    day: str  # the day of publication as YYYY-MM-DD, where the page tells only that
    status: str  # ok | suspect | unknown
    text_status: str
    dateline_place: str | None
    byline: str | None  # a part of it
    release: bool | None  # whether there is any release signal
    foreign_dateline: str | None  # a part of it; "" = there is none
    canonical: str | None  # how it begins, without scheme and www


@dataclass(frozen=True, slots=True)
class Golden:
    """One golden page."""

    name: str
    note: str
    page: Page
    gold: Gold


@dataclass(slots=True)
class Marks:
    """Snippets found while a page is put together."""

    must: list[str]
    must_not: list[str]

    def take(self, text: str) -> str:
        """``text`` without its marks, which are remembered."""
        for sign, words in _MARK.findall(text):
            plain = " ".join(html.unescape(re.sub(r"<[^>]+>", "", words)).split())
            (self.must if sign == "+" else self.must_not).append(plain)
        return _MARK.sub(lambda match: match[2], text)


def load_stories() -> dict[str, list[str]]:
    """Name → title and paragraphs."""
    stories: dict[str, list[str]] = {}
    for line in (HOME / "stories.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            current = stories.setdefault(line[3:].strip(), [])
        elif line.strip():
            current.append(line.strip())
    return stories


def load_golden() -> list[Golden]:
    """Every golden page, in the order of the files' names."""
    stories = load_stories()
    written_specs = [
        spec for path in sorted(HOME.glob("pages/*.toml")) for spec in tomllib.loads(path.read_text(encoding="utf-8"))["page"]
    ]
    specs = [each for spec in written_specs for each in variants(spec)]
    names = [spec["name"] for spec in specs]
    assert len(names) == len(set(names)), sorted(name for name in names if names.count(name) > 1)
    return [build(spec, stories) for spec in specs]


def variants(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The page itself, or one page for each of its ``each`` tables, which are laid over it."""
    if "each" not in spec:
        yield spec
    for number, each in enumerate(spec.get("each", []), 1):
        gold = spec.get("gold", {}) | each.get("gold", {})
        yield spec | each | {"name": f"{spec['name']}-{number:02d}", "gold": gold}


def date_forms(at: datetime) -> dict[str, str]:
    """The ways in which shapes write an instant."""
    month = MONTHS[at.month - 1]
    hours = int((at.utcoffset() or timedelta()).total_seconds() // 3600)
    return {
        "iso": at.isoformat(),
        "utc": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "slashed": f"{at:%Y/%m/%d %H:%M:%S}",
        "sql": f"{at:%Y-%m-%d %H:%M:%S}",
        "iso10": f"{at:%Y-%m-%d}",
        "d": f"{at.day} {month[:3]} {at.year}",
        "d2": f"{at:%d-%m-%Y},",
        "ldtime": at.isoformat(),
        "metatime": at.isoformat(),
        "dt": f'datetime="{at.isoformat()}"',
        "compact": f"{at:%Y%m%d}",
        "hari": DAYS[at.weekday()],
        "tgl": f"{at.day} {month} {at.year}",
        "tgl3": f"{at.day} {month[:3].replace('Agu', 'Agt')} {at.year}",
        "angka": f"{at:%d/%m/%Y}",
        "yyyy": f"{at.year}",
        "jam": f"{at:%H:%M}",
        "jamt": f"{at:%H.%M}",
        "zona": ZONES.get(hours, ""),
        "rfc": f"{at:%a, %d %b %Y %H:%M:%S %z}",
    }


def fill(text: str, values: dict[str, Any]) -> str:
    """``text`` with its optional blocks decided and its tokens replaced; an unknown token is a mistake."""
    while _BLOCK.search(text):
        text = _BLOCK.sub(lambda match: match[2] if values.get(match[1], True) else "", text)
    return re.sub(r"\{\{(\w+)\}\}", lambda match: str(values[match[1]]), text)


def paragraphs(body: str, story: list[str]) -> str:
    """``body`` with ``{{3}}``, ``{{2..4}}`` and ``{{2..}}`` replaced by the story's paragraphs."""

    def several(match: re.Match[str]) -> str:
        last = int(match[2]) if match[2] else len(story)
        return "\n".join(f"<p>{text}</p>" for text in story[int(match[1]) - 1 : last])

    body = re.sub(r"\{\{(\d+)\.\.(\d*)\}\}", several, body)
    return re.sub(r"\{\{(\d+)\}\}", lambda match: story[int(match[1]) - 1], body)


def linked(body: str, words: str) -> str:
    """``body`` with each of ``words`` (split at |) in an anchor to its tag page, as auto-linking plug-ins do."""
    return re.sub(
        rf"(?<![\w/\"'>=-])({words})(?![\w\"'=-])",
        lambda match: f'<a href="https://tag.example/tag/{match[1].lower().replace(" ", "-")}">{match[1]}</a>',
        body,
    )


def wrapped(body: str, width: int, ending: str) -> str:
    """``body`` with a hard line break inside its sentences, about every ``width`` characters between tags."""
    return re.sub(rf"(?<=>)[^<>\n]{{{width},}}", lambda match: ending.join(textwrap.wrap(match[0], width)), body)


def misread(text: str, charset: str) -> str:
    """Every character above Latin-1, and © and ·, as its UTF-8 bytes read in ``charset``; bytes it lacks are lost."""
    return re.sub(r"[^\x00-\xff]|[©·]", lambda match: match[0].encode().decode(charset, "ignore"), text)


def comments(number: int) -> str:
    """A thread of readers' comments, longer than most stories."""
    says = [line for line in (HOME / "comments.txt").read_text(encoding="utf-8").splitlines() if line]
    return "\n".join(
        f'<li class="comment"><div class="comment-author vcard"><cite class="fn">pembaca{n:03d}</cite>'
        f'<span>{n % 23 + 1} jam yang lalu</span></div><div class="comment-content"><p>{says[n % len(says)]}</p></div></li>'
        for n in range(number)
    )


def changed(body: str, steps: list[str]) -> str:
    """``body`` after the named spoilings, in order."""
    for step in steps:
        what, _, value = step.partition(" ")
        if what == "link":
            body = linked(body, value)
        elif what == "nest":
            body = "<div>" * int(value) + body + "</div>" * int(value)
        elif what == "open":
            body = body.replace("OPEN", "<div><span>" * (int(value) // 2) + "<p>")
        elif what == "deep":
            body = body.replace("DEEP", "<div>" * int(value)).replace("PEED", "</div>" * int(value))
        elif what == "nbsp":
            body = re.sub(r"(Lapas|Hak-hak|Kalimaya-Sagara) ", "\\1\N{NO-BREAK SPACE}", body).replace(
                "perjalanan", "per\N{SOFT HYPHEN}jalanan"
            )
        elif what == "escape-html":
            body = html.escape(body, quote=False)
        elif what == "wrap":
            body = wrapped(body, int(value), "\n")
        elif what == "wrap-br":
            body = wrapped(body, int(value), "<br />\n")
        elif what == "misread":
            body = misread(body, value)
        elif what == "escape":
            body = body.replace("“", '\\"').replace("”", '\\"')
        elif what == "bare":
            body = re.sub(r"<p>(.*?)</p>\s*", r"\1<br><br>\n", body, flags=re.DOTALL)
        elif what == "divs":
            body = re.sub(r"<p>(.*?)</p>", rf"<div{' ' + value if value else ''}>\1</div>", body, flags=re.DOTALL)
        else:
            raise ValueError(f"no such step: {step}")
    return body


def build(spec: dict[str, Any], stories: dict[str, list[str]]) -> Golden:
    """One page of the TOML files with its gold."""
    title, *story = stories[spec["story"]] if "story" in spec else [""]
    marks = Marks([], [])
    at = datetime.fromisoformat(spec["at"]) if "at" in spec else None
    title = marks.take(spec.get("title", title))
    values: dict[str, Any] = date_forms(at) if at else {}
    values |= {
        "head": "",
        "after": "",
        "author": "Redaksi",
        "site": spec.get("outlet", ""),
        "jtitle": json.dumps(title),
        "url": spec["url"],
    }
    values |= {"visible": f"{values['hari']}, {values['tgl']} {values['jam']} {values['zona']}"} if at else {}
    values |= {"host": urlsplit(spec["url"]).netloc, "canonical": spec["url"].split("?")[0], "section": "Daerah"}
    values |= {key: value for key, value in spec.items() if key not in ("gold", "body", "each")}
    values["title"] = html.escape(title, quote=False)
    values.setdefault("description", _MARK.sub(lambda m: m[2], story[0])[:140] if story else title)
    values["comments"] = marks.take(comments(int(spec.get("comments", 0))))
    bodies = []
    for number, part in enumerate(spec.get("bodies") or [spec.get("body", "{{1..}}")], 1):
        body = fill(marks.take(paragraphs(part, story)), values)
        body = fill(changed(body, spec.get("do", [])), values)
        dumped = json.dumps(body)
        inner = values | {"body": body, "json": dumped, "part": number}
        inner["script_json"] = dumped.replace("<", "\\u003C").replace(">", "\\u003E")  # as frameworks write it into scripts
        inner["flight"] = json.dumps(f'5:["$","div",null,{{"html":{dumped}}}]')  # a string of JSON within JSON
        shell = (HOME / "shapes" / f"{spec['shape']}.html").read_text(encoding="utf-8")
        text = marks.take(fill(fill(shell, inner), inner))
        bodies.append(changed(text, spec.get("do_page", [])).encode(spec.get("charset", "utf-8"), "xmlcharrefreplace"))
    gold = gold_of(spec, title, at, marks)
    return Golden(spec["name"], spec.get("note", ""), page_of(spec, title, at, values["description"], tuple(bodies)), gold)


def page_of(spec: dict[str, Any], title: str, at: datetime | None, summary: str, bodies: tuple[bytes, ...]) -> Page:
    """The page as the fetcher would hand it on; with what its feed said where the page says ``feed = true``."""
    feed = spec.get("feed", False)
    return Page(
        key=f"golden-{spec['name']}",
        url=spec["url"],
        final_url=spec.get("final_url", spec["url"]),
        source_id="golden",
        outlet=spec.get("outlet", spec["shape"].title()),
        tier="T2",
        publisher_type=PublisherType(spec.get("publisher", "newsroom")),
        licence="open",
        zone=spec.get("zone", "Asia/Jakarta"),
        feed_title=title if feed else "",
        feed_summary=summary if feed else "",
        feed_published=at if feed else None,
        feed_published_raw=date_forms(at)["rfc"] if feed and at else "",
        content_type=spec.get("content_type", "text/html; charset=utf-8"),
        bodies=bodies,
        parts_missing=0,
        fetched_at=datetime.fromisoformat(spec["fetched"]) if "fetched" in spec else FETCHED,
    )


def gold_of(spec: dict[str, Any], title: str, at: datetime | None, marks: Marks) -> Gold:
    """The page's gold: what its marks say, its instant, and what its table ``gold`` says beside or against them."""
    told = spec.get("gold", {})
    assert set(told) <= GOLD_KEYS, f"{spec['name']}: {set(told) - GOLD_KEYS}"
    status = told.get("status", "ok" if at else "unknown")
    dated = status == "ok" and not told.get("day")
    return Gold(
        outcome=tuple(told.get("outcome", "article").split("|")),
        title=" ".join(html.unescape(told.get("title", title)).split()),
        must=tuple(dict.fromkeys([*marks.must, *told.get("must", [])])),
        must_not=tuple(dict.fromkeys([*marks.must_not, *told.get("must_not", [])])),
        counts=told.get("counts", {}),
        published=at if dated else None,
        day=told.get("day", ""),
        status=status,
        text_status=told.get("text_status", "full"),
        dateline_place=told.get("dateline_place"),
        byline=told.get("byline"),
        release=told.get("release"),
        foreign_dateline=told.get("foreign_dateline"),
        canonical=told.get("canonical"),
    )


def written(pages: Iterator[Golden], folder: Path) -> int:
    """The pages' bytes and gold as files of ``folder``; how many."""
    folder.mkdir(parents=True, exist_ok=True)
    number = 0
    for golden in pages:
        for part, body in enumerate(golden.page.bodies, 1):
            (folder / f"{golden.name}{'' if part == 1 else f'.{part}'}.html").write_bytes(body)
        about = {"note": golden.note, "page": asdict(replace(golden.page, bodies=())), "gold": asdict(golden.gold)}
        (folder / f"{golden.name}.json").write_text(
            json.dumps(about, default=str, ensure_ascii=False, indent=1), encoding="utf-8"
        )
        number += 1
    return number


if __name__ == "__main__":
    wanted = set(sys.argv[2:])
    print(written((page for page in load_golden() if not wanted or page.name in wanted), Path(sys.argv[1])), "pages")
