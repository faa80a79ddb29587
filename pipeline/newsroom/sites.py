"""A folder of pages as web sites: hosts, their pages and their feeds as ready answers. Pure but for reading the folder."""

from __future__ import annotations

import gzip
import re
import tomllib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from pipeline.errors import ConfigError
from pipeline.newsroom.calendar import fill, instant_of

_HTML = "<!DOCTYPE html>\n<html lang=id><meta name=viewport content=width=device-width>"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a host answers for a path."""

    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class PageFile:
    """One page of a sample site, with what a careful reader says of it (``gold``)."""

    url: str
    title: str
    summary: str
    instant: datetime
    html: str
    status: int = 200
    in_feed: bool = True
    feed_date: str = ""
    gold: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Site:
    """One host with its feed."""

    host: str
    outlet: str
    encoding: str
    feed_path: str
    feed_format: str  # rss | atom | sitemap | listing | html (a dead feed that answers a page) | empty
    full_text: bool
    pages: tuple[PageFile, ...]


def load_sample(folder: Path, now: datetime) -> tuple[Site, ...]:
    """The sites below ``folder/sites``, their dates set relative to ``now``. Raises ``ConfigError`` for a faulty site.toml."""
    return tuple(_load_site(path, now) for path in sorted(folder.glob("sites/*/site.toml")))


def _load_site(path: Path, now: datetime) -> Site:
    try:
        spec = tomllib.loads(path.read_text(encoding="utf-8"))
        host = spec["host"]
        pages = tuple(_load_page(page, host, path.parent, now) for page in spec.get("page", []))
        return Site(
            host=host,
            outlet=spec["outlet"],
            encoding=spec.get("encoding", "utf-8"),
            feed_path=spec["feed_path"],
            feed_format=spec["feed_format"],
            full_text=spec.get("feed_full_text", False),
            pages=pages,
        )
    except (OSError, ValueError, KeyError) as error:
        raise ConfigError(f"{path}: {error!r}; restore the sample folder from the repository") from error


def _load_page(spec: dict[str, object], host: str, folder: Path, now: datetime) -> PageFile:
    instant = instant_of(int(str(spec["week"])), str(spec["at"]), now)
    dated = fill(str(spec.get("feed_pubdate") or "{{rfc}}"), instant) if spec.get("feed_date", True) else ""
    gold = spec.get("gold", {})
    return PageFile(
        url=f"https://{host}{fill(str(spec['path']), instant)}",
        title=fill(str(spec["title"]), instant),
        summary=fill(str(spec.get("summary", "")), instant),
        instant=instant,
        html=fill((folder / str(spec["file"])).read_text(encoding="utf-8"), instant),
        status=int(str(spec.get("status", 200))),
        in_feed=bool(spec.get("in_feed", True)),
        feed_date=dated,
        gold=gold if isinstance(gold, dict) else {},
    )


def load_saved_pages(folder: Path, now: datetime) -> tuple[Site, ...]:
    """Any folder of saved pages (``*.html``, ``*.htm``, also ``.gz``, at any depth) as one site with an RSS feed.

    Pages keep their bytes; their addresses are the file names, undated in the feed. Raises ``ConfigError`` when there are none.
    """
    files = sorted(
        path for path in folder.rglob("*") if re.search(r"\.html?(\.gz)?$", path.name, re.IGNORECASE) and path.is_file()
    )
    if not files:
        raise ConfigError(f"{folder} holds no .html, .htm or .html.gz file; give --pages a folder of saved pages")
    pages = []
    for number, path in enumerate(files, 1):
        raw = path.read_bytes()
        body = _unpacked(raw) if path.suffix.lower() == ".gz" else raw
        name = re.sub(r"[^\w.-]+", "-", path.relative_to(folder).as_posix(), flags=re.ASCII)
        # Latin-1 maps every byte to one character and back, so the page is served exactly as it was saved.
        pages.append(PageFile(f"https://tersimpan.example/{number:05d}-{name}", "", "", now, body.decode("latin-1")))
    return (Site("tersimpan.example", "Halaman Tersimpan", "latin-1", "/feed", "rss", False, tuple(pages)),)


def _unpacked(raw: bytes) -> bytes:
    """A gzip file's content; a broken one is served as it is, and becomes a counted outcome."""
    try:
        return gzip.decompress(raw)
    except (OSError, EOFError, zlib.error):
        return raw


def answers(site: Site) -> Iterator[tuple[str, Answer]]:
    """(path with query, answer) of everything that the site serves."""
    saved = site.encoding == "latin-1"
    for page in site.pages:
        kind = "text/html" if saved else f"text/html; charset={site.encoding}"
        body = page.html.encode(site.encoding, "xmlcharrefreplace")
        yield path_of(page.url), Answer(page.status, kind, body)
    yield site.feed_path, feed(site)
    yield "/robots.txt", Answer(200, "text/plain", b"User-agent: *\nDisallow: /admin/\n")


def path_of(url: str) -> str:
    """Path with query, as a request line carries it."""
    parts = urlsplit(url)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


def feed(site: Site) -> Answer:
    """The site's feed in its format, newest first."""
    pages = sorted((page for page in site.pages if page.in_feed), key=lambda page: (page.instant, page.url), reverse=True)
    match site.feed_format:
        case "rss":
            text = _rss(site, pages)
        case "empty":
            text = _rss(site, [])
        case "atom":
            text = _atom(site, pages)
        case "sitemap":
            text = _sitemap(site, pages)
        case "listing":
            links = "\n".join(f'<li><a href="{escape(path_of(page.url))}">{escape(page.title)}</a></li>' for page in pages)
            html = f"{_HTML}<title>{escape(site.outlet)}</title><ul>\n{links}\n</ul>"
            return Answer(200, f"text/html; charset={site.encoding}", html.encode(site.encoding, "xmlcharrefreplace"))
        case "html":
            html = f"{_HTML}<title>{escape(site.outlet)}</title><p>Halaman tidak tersedia.</p>"
            return Answer(200, "text/html; charset=utf-8", html.encode())
        case _:
            raise ConfigError(f"{site.host}: unknown feed_format {site.feed_format!r}")
    encoding = "utf-8" if site.encoding == "latin-1" else site.encoding
    declared = f'<?xml version="1.0" encoding="{encoding}"?>\n{text}'
    kind = "application/atom+xml" if site.feed_format == "atom" else "application/xml"
    return Answer(200, kind, declared.encode(encoding, "xmlcharrefreplace"))


def _article_html(page: PageFile) -> str:
    body = re.search(r"<div[^>]*entry-content[^>]*>(.*?)</div><!-- \.entry-content -->", page.html, re.DOTALL)
    return f"<content:encoded><![CDATA[{body[1].strip()}]]></content:encoded>" if body else ""


def _rss(site: Site, pages: list[PageFile]) -> str:
    items = "\n".join(
        f"<item><title>{escape(page.title or path_of(page.url))}</title><link>{escape(page.url)}</link>"
        + (f"<pubDate>{page.feed_date}</pubDate>" if page.feed_date else "")
        + f'<guid isPermaLink="true">{escape(page.url)}</guid><description>{escape(page.summary)}</description>'
        + (_article_html(page) if site.full_text else "")
        + "</item>"
        for page in pages
    )
    return (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>{escape(site.outlet)}</title><link>https://{site.host}/</link><description>{escape(site.outlet)}</description>\n"
        f"{items}\n</channel></rss>\n"
    )


def _atom(site: Site, pages: list[PageFile]) -> str:
    items = "\n".join(
        f"<entry><id>tag:{site.host},2020:{number}</id><title>{escape(page.title)}</title>"
        f'<link rel="alternate" type="text/html" href="{escape(page.url)}"/>'
        f"<published>{page.instant.isoformat()}</published><updated>{page.instant.isoformat()}</updated>"
        f"<summary>{escape(page.summary)}</summary></entry>"
        for number, page in enumerate(pages)
    )
    newest = pages[0].instant.isoformat() if pages else "2020-01-01T00:00:00Z"
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><id>tag:{site.host},2020:feed</id><title>{escape(site.outlet)}</title>'
        f'<updated>{newest}</updated><link href="https://{site.host}/"/>\n{items}\n</feed>\n'
    )


def _sitemap(site: Site, pages: list[PageFile]) -> str:
    items = "\n".join(
        f"<url><loc>{escape(page.url)}</loc><news:news><news:publication><news:name>{escape(site.outlet)}</news:name>"
        f"<news:language>id</news:language></news:publication><news:publication_date>{page.instant.isoformat()}</news:publication_date>"
        f"<news:title>{escape(page.title)}</news:title></news:news></url>"
        for page in pages
    )
    return (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">\n'
        f"{items}\n</urlset>\n"
    )
