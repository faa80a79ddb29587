"""Pages made to cost: how long extraction takes for each, and how much memory; and what a normal page costs.

    .venv/bin/python -m benchmarks.slow_pages [--only WORD] [--size MB]

Each page is read in a process of its own, which is ended after a minute. Promised: an answer or a refusal within 2 seconds of one
core and 300 MB for any page of up to 10 MB (the fetcher reads no more of one). Exit code 1 where a page breaks that.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import re
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.connection import Connection

from pipeline.extract.article import extract
from pipeline.extract.outlets import outlets_of
from pipeline.extract.single import page_of_file
from pipeline.records import Article, Page
from pipeline.settings import default_config

SECONDS, MEGABYTES = 2.0, 300.0
SIZES = (10.0, 3.0, 1.0, 0.5, 0.3, 0.1)  # the slowest is the largest that is not refused
PATIENCE = 20.0  # seconds before a page is given up
NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
URL = "https://kabar.example/berita/123/panen-jagung"
PARAGRAPH = (
    "Warga binaan Lapas Kelas IIB Cirandu memanen dua ton jagung di lahan bekas sawah milik lapas pada Rabu pagi, dan kepala "
    "lapas mengatakan bahwa hasil panen itu akan dijual ke pasar serta sebagian diserahkan kepada warga sekitar."
)
STORY = "".join(f"<p>{PARAGRAPH.replace('dua ton', f'{number} ton')}</p>" for number in range(3, 13))
NEWS = "NewsArticle"


def _page(inner: str, head: str = "") -> str:
    start = f'<html lang="id"><head><title>Panen Jagung di Cirandu</title>{head}</head>'
    return f"{start}<body><h1>Panen Jagung</h1>{inner}</body></html>"


def _fill(unit: Callable[[int], str], size: int, most: int = 10_000_000) -> str:
    """Units by number until ``size`` characters stand there."""
    pieces, held = [], 0
    for number in range(most):
        piece = unit(number)
        pieces.append(piece)
        held += len(piece)
        if held >= size:
            break
    return "".join(pieces)


def _json_ld(size: int) -> str:
    told = {"@type": NEWS, "headline": "Panen Jagung di Cirandu", "articleBody": PARAGRAPH * (size // len(PARAGRAPH))}
    return f'<script type="application/ld+json">{json.dumps(told)}</script>'


def _state(size: int) -> str:
    told = [{"title": f"Berita {number}", "content": f"<p>{PARAGRAPH}</p>"} for number in range(size // 280)]
    return f'<script id="__NEXT_DATA__" type="application/json">{json.dumps({"items": told})}</script>'


_NAMES = " ".join(
    dict.fromkeys(
        name
        for outlet in outlets_of(default_config()).known
        for layout in outlet.layout
        for selector in layout.body
        for name in re.findall(r"\.([\w-]+)", selector)
    )
)


def _kinds() -> dict[str, Callable[[int], str]]:
    """Name → page of about so many characters."""
    link = "Berita lain tentang panen di lapas hari ini"
    return {
        "one paragraph again and again": lambda size: _page(f"<p>{PARAGRAPH}</p>" * (size // 225)),
        "paragraphs, none like another": lambda size: _page(_fill(lambda n: f"<p>Pada hari ke-{n} {PARAGRAPH}</p>", size)),
        "one endless paragraph": lambda size: _page(f"<p>{(PARAGRAPH + ' ') * (size // 217)}</p>"),
        "one endless word": lambda size: _page(STORY + "<p>" + "a" * size + "</p>"),
        "endless white space": lambda size: _page(STORY + "<p>" + " " * size + "x</p>"),
        "table cells": lambda size: _page(f"<table>{'<tr><td>12</td><td>Lapas</td></tr>' * (size // 35)}</table>{STORY}"),
        "one row of cells": lambda size: _page(f"<table><tr>{'<td>12</td>' * (size // 11)}</tr></table>{STORY}"),
        "tables in tables": lambda size: _page("<table><tr><td>Isi " * (size // 20) + STORY),
        "dates": lambda size: _page(STORY + "<div>Rabu, 18 November 2026 09:15 WIB</div>" * (size // 45)),
        "dates in one block": lambda size: _page(
            STORY + "<div>" + "Rabu, 18 November 2026 09:15 WIB<br>" * (size // 36) + "</div>"
        ),
        "time tags": lambda size: _page(STORY + '<time datetime="2026-11-18">18 Nov 2026</time>' * (size // 46)),
        "links": lambda size: _page(STORY + _fill(lambda n: f'<li><a href="/b/{n}">{link}</a></li>', size)),
        "links in one paragraph": lambda size: _page(
            f"<p>{_fill(lambda n: f'Baca juga: <a href=/b/{n}>{link}</a> ', size)}</p>{STORY}"
        ),
        "headings": lambda size: _page(STORY + f"<h2>Berita Terkait</h2><p>{link}</p>" * (size // 80)),
        "h1 headings": lambda size: _page(STORY + _fill(lambda n: f"<h1>Panen Jagung nomor {n} di Cirandu</h1>", size)),
        "named boxes": lambda size: _page(
            _fill(lambda n: f'<div class="related-{n} box" id="k{n}"><p>{link}.</p></div>', size) + STORY
        ),
        "one class name": lambda size: _page(f'<div class="{"box-related " * (size // 12)}">{STORY}</div>'),
        "nested blocks": lambda size: _page("<div>" * (size // 5) + STORY),
        "nested blocks with text": lambda size: _page(_fill(lambda n: f"<div>Isi {n} ", size) + STORY),
        "nested inline elements": lambda size: _page("<b><i>" * (size // 6) + STORY),
        "breaks": lambda size: _page(f"<div>{(PARAGRAPH + '<br>') * (size // 221)}</div>"),
        "breaks alone": lambda size: _page("<br>" * (size // 4) + STORY),
        "open brackets": lambda size: _page(STORY + "<" * size),
        "unclosed link tags": lambda size: "<link " * (size // 6) + _page(STORY),
        "attributes": lambda size: _page("<div " + _fill(lambda n: f"a{n}=1 ", size) + f">{STORY}</div>"),
        "pictures of many attributes": lambda size: _page(
            f"<img {' '.join(f'data-{n}=a' for n in range(30))}>" * min(49_000, size // 314) + STORY
        ),
        "attributes without a value": lambda size: _page(f"<img {'a b ' * 100}>" * (size // 406) + STORY),
        "entities": lambda size: _page("<p>" + "&amp;amp;lt;" * (size // 12) + "</p>" + STORY),
        "mojibake": lambda size: _page("<p>" + "Ã¢â‚¬Å“panenâ€ " * (size // 22) + "</p>" + STORY),
        "broken UTF-8": lambda size: _page(STORY + "<p>" + "\udc80\udcff" * (size // 2) + "</p>"),
        "a long title": lambda size: f"<title>{'Panen Jagung | ' * (size // 15)}</title>" + _page(STORY),
        "a long JSON-LD text": lambda size: _page(STORY, _json_ld(size)),
        "broken JSON-LD": lambda size: _page(STORY, f'<script type="application/ld+json">{"[" * size}</script>'),
        "a site's data": lambda size: _page("", _state(size)),
        "scripts": lambda size: _page(STORY, '<script>var a = {"b": 1}; ' + "x.y = [1, " * (size // 10) + "</script>"),
        "an embedded picture": lambda size: _page(f'<img src="data:image/png;base64,{"iVBORw0K" * (size // 8)}">{STORY}'),
        "white space in a cell": lambda size: _page("<td>" + ("a" + chr(160) * 50) * (size // 101) + STORY),
        "deep and broad": lambda size: _page("<b>" * 1500 + f"<p>{PARAGRAPH}</p>" * (size // 225)),
        "deep links": lambda size: _page("<b>" * 1500 + f"<p><a href=/b>{link}</a></p>" * (size // 70) + STORY),
        "paragraphs far down": lambda size: _page("<div>x" * 1500 + "<div><p>Isi.</p></div>" * (size // 22) + STORY),
        "blocks with an overlay's name": lambda size: _page(
            "<div>x" * 1500 + f'<div class="detail__body-text"><p>{PARAGRAPH}</p></div>' * (size // 270)
        ),
        "links far down, a story in the data": lambda size: _page(
            "<div>x" * 1500 + "<a href=/b>Berita</a>" * (size // 25), _json_ld(3000)
        ),
        "forms in forms": lambda size: _page("<form><div>" * (size // 11) + STORY),
        "lists in lists": lambda size: _page("<ul><li>Isi" * (size // 11) + STORY),
        "every overlay's names": lambda size: _page(
            f'<div class="{_NAMES}"><div class="{_NAMES}">'
            + f'<p class="{_NAMES}">{PARAGRAPH}</p>' * (size // (len(_NAMES) + 230))
        ),
        "hashtags": lambda size: _page(STORY + f"<p>{'#lapas ' * (size // 7)} x</p>"),
        "shortcodes": lambda size: _page(STORY + f"<p>{'[caption [gallery ' * (size // 18)}</p>"),
        "full stops": lambda size: _page(STORY + f"<p>{'.' * size}x</p>"),
        "quotation marks": lambda size: _page(STORY + f"<p>{'”' * (size // 3)}x</p>"),
        "signs": lambda size: _page(STORY + "<p>" + "!?*|- " * 40 + "x</p>" + ("<p>" + "!?*|-" * 100 + "x</p>") * (size // 510)),
        "names and commas": lambda size: _page(STORY + f"<p>Topik {'lapas, ' * (size // 7)}.</p>"),
        "brackets": lambda size: _page(STORY + f"<p>{'(a' * (size // 2)}</p>"),
        "datelines": lambda size: _page(f"<p>{'JAKARTA - ' * (size // 10)}</p>" + STORY),
        "escaped quotation marks": lambda size: _page(
            STORY, "<script>var x = '<p'; " + chr(92) + '"' + (chr(92) + '"') * (size // 2) + "</script>"
        ),
        "words in a script": lambda size: _page(STORY, f"<script>{'a' * size} = [</script>"),
        "assignments": lambda size: _page(STORY, f"<script>{'abc = [1, ' * (size // 10)}</script>"),
        "comments": lambda size: _page("<!-- lapas -->" * (size // 14) + STORY),
    }


def _page_of(document: str) -> Page:
    return page_of_file(document.encode("utf-8", "surrogateescape"), URL, NOW)


def _read(page: Page, told: Connection) -> None:
    outlets = outlets_of(default_config())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    found = extract(page, outlets)
    seconds = time.process_time() - started
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    end = f"article of {len(found.text):,} characters" if isinstance(found, Article) else f"{found.reason}: {found.detail}"
    told.send((seconds, memory, end))


def measure(document: str) -> tuple[float, float, str]:
    """(seconds of processor time, megabytes above what the process held, how it ended) of one page in a process of its own."""
    page = _page_of(document)
    ours, theirs = multiprocessing.Pipe(duplex=False)
    worker = multiprocessing.get_context("fork").Process(target=_read, args=(page, theirs))
    worker.start()
    theirs.close()
    try:
        if ours.poll(PATIENCE):
            found: tuple[float, float, str] = ours.recv()
            return found
        return PATIENCE, float("nan"), "given up"
    except EOFError:
        return float("nan"), float("nan"), "the process died"
    finally:
        worker.terminate()
        worker.join()


def normal(rounds: int = 20) -> tuple[float, int]:
    """(milliseconds of a golden page, the least of ``rounds`` means, how many pages)."""
    from tests.golden.make import load_golden

    outlets, pages = outlets_of(default_config()), [golden.page for golden in load_golden()]
    means = []
    for _ in range(rounds):
        started = time.process_time()
        for page in pages:
            extract(page, outlets)
        means.append(1000 * (time.process_time() - started) / len(pages))
    return min(means), len(pages)


def main() -> int:
    """Print a line a page, and a last one for normal pages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", metavar="WORD", help="only pages whose name holds it")
    parser.add_argument(
        "--size", type=float, nargs="+", default=list(SIZES), metavar="MB", help="how large (default: %(default)s)"
    )
    given = parser.parse_args()
    milliseconds, count = normal(3)
    for make in _kinds().values():  # the libraries that only odd pages need are loaded once, too
        extract(_page_of(make(2000)), outlets_of(default_config()))
    broken = 0
    print("page | size at its slowest, MB | seconds | most memory, MB | outcome there")
    for name, make in _kinds().items():
        if given.only not in name:
            continue
        found = [(size, *measure(make(int(size * 1e6)))) for size in given.size]
        size, seconds, _, end = max(found, key=lambda one: one[1])
        memory = max(one[2] for one in found)
        kept = seconds <= SECONDS and memory <= MEGABYTES
        broken += not kept
        mark = "" if kept else "  <-- beyond what is promised"
        print(f"{name} | {size:g} | {seconds:.2f} | {memory:.0f} | {end[:80]}{mark}", flush=True)
    print(f"a normal page: {milliseconds:.1f} ms (mean of {count} golden pages)")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
