"""Where a site may list its articles: feeds that its page names, sitemaps of its robots.txt, and the usual places. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from pipeline.extract.charset import decode
from pipeline.fetch.markup import Wanted, admit
from pipeline.records import SourceKind
from pipeline.urls import is_fetchable, resolve, same_site

MAX_CANDIDATES = 30  # of one page; a site's own desks have a feed each, and nobody probes hundreds of them
MAX_SITEMAPS = 20

_TYPES = {
    "application/rss+xml": SourceKind.RSS,
    "application/rdf+xml": SourceKind.RSS,
    "application/atom+xml": SourceKind.ATOM,
    "application/feed+json": SourceKind.JSON,
}
_FEED_PATH = re.compile(r"/(?:feed|rss|atom)(?:\.(?:xml|php|json))?/?$|\.(?:rss|atom)$|^/rss/[\w/-]{1,60}/?$", re.IGNORECASE)
_SITEMAP_PATH = re.compile(r"sitemap[\w.-]{0,60}\.xml(?:\.gz)?$", re.IGNORECASE)
_COMMENTS = re.compile(r"comment|komentar", re.IGNORECASE)
_ANY = Wanted("listing", 10_000_000, 1_000_000, doctype=True)
_USUAL = (
    ("/feed/", SourceKind.RSS, "where WordPress has its feed"),
    ("/rss", SourceKind.RSS, "where newsrooms of their own make have it"),
    ("/rss.xml", SourceKind.RSS, "where newsrooms of their own make have it"),
    ("/feeds/posts/default", SourceKind.ATOM, "where Blogger has it"),
    ("/sitemap-news.xml", SourceKind.SITEMAP, "the usual news sitemap"),
    ("/news-sitemap.xml", SourceKind.SITEMAP, "the news sitemap of WordPress plugins"),
    ("/sitemap.xml", SourceKind.SITEMAP, "the usual sitemap"),
    ("/wp-sitemap.xml", SourceKind.SITEMAP, "WordPress's own sitemap"),
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address that may list a site's articles, as what, and why it is worth a probe."""

    url: str
    kind: SourceKind
    why: str


def find_feeds(html: bytes, url: str, content_type: str = "") -> tuple[Candidate, ...]:
    """Candidates that the page at ``url`` names itself, surest first: rel=alternate, WordPress's own link, plain links.

    Feeds of comments are left out; plain links count on the same site only. At most ``MAX_CANDIDATES``; never raises.
    """
    from lxml import etree
    from lxml import html as lxml_html

    text, _ = decode(html, content_type)
    try:
        root = lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=lxml_html.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return ()
    named = root.find(".//base[@href]")
    base = (resolve(url, named.get("href") or "") if named is not None else "") or url
    declared: list[Candidate] = []
    linked: list[Candidate] = []
    for node in root.iter("link", "a"):
        href = (node.get("href") or "").strip()
        address = resolve(base, href) if href else ""
        if not is_fetchable(address) or _COMMENTS.search(f"{urlsplit(address).path} {node.get('title') or ''}"):
            continue
        rel = (node.get("rel") or "").lower().split()
        kind = _TYPES.get((node.get("type") or "").split(";")[0].strip().lower())
        if kind is not None and "alternate" in rel:
            title = " ".join((node.get("title") or "").split())[:80]
            declared.append(Candidate(address, kind, f"the page names it as its feed{title and f' ({title})'}"))
        elif "https://api.w.org/" in rel:
            declared.append(Candidate(wordpress_search(address), SourceKind.WORDPRESS, "the page names WordPress's interface"))
        elif node.tag == "a" and same_site(address, url):
            path = urlsplit(address).path
            if _FEED_PATH.search(path):
                linked.append(Candidate(address, SourceKind.RSS, "a link of the page looks like a feed"))
            elif _SITEMAP_PATH.search(path):
                linked.append(Candidate(address, SourceKind.SITEMAP, "a link of the page looks like a sitemap"))
    return _once((*declared, *linked))


def sitemaps_of(robots_text: str, url: str) -> tuple[Candidate, ...]:
    """The sitemaps that the robots.txt of the site at ``url`` names; those of its own site, news sitemaps first."""
    lines = re.findall(r"^[ \t\ufeff]{0,20}sitemap[ \t]{0,20}:[ \t]*(\S{1,2048})", robots_text, re.IGNORECASE | re.MULTILINE)
    found = [resolve(url, line) for line in lines]
    kept = [address for address in found if is_fetchable(address) and same_site(address, url)]
    kept.sort(key=lambda address: "news" not in address.lower() and "berita" not in address.lower())
    return _once(tuple(Candidate(address, SourceKind.SITEMAP, "robots.txt names it") for address in kept))[:MAX_SITEMAPS]


def guesses(url: str, search: str = "lapas") -> tuple[Candidate, ...]:
    """The usual places at the site of ``url``, for a page that names none; WordPress's search asks for ``search``."""
    usual = tuple(Candidate(resolve(url, path), kind, why) for path, kind, why in _USUAL)
    wordpress = Candidate(wordpress_search(resolve(url, "/wp-json/"), search), SourceKind.WORDPRESS, "WordPress's interface")
    return _once((*usual, wordpress))


def wordpress_search(interface: str, search: str = "lapas") -> str:
    """The search for ``search`` at the address of a WordPress interface (``…/wp-json/``), the newest 50 posts first."""
    fields = "_fields=link,title,excerpt,date_gmt&per_page=50&orderby=date"
    # Sites without pretty addresses have it at /?rest_route=/.
    mark = "&" if "?" in interface else "?"
    return f"{interface.rstrip('/')}/wp/v2/posts{mark}search={quote(search)}&{fields}"


def kind_of(body: bytes, content_type: str = "") -> SourceKind | None:
    """Which kind of listing an answer is, by what it holds rather than what it is called; None when it is none of them."""
    if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return _kind_of_json(body)
    markup = admit(body, content_type, _ANY)
    if (root := re.match(rb"<\?[^>]*>\n<(?:[\w.-]+:)?([A-Za-z]+)", markup.xml)) is None:
        return None
    return {
        "rss": SourceKind.RSS,
        "rdf": SourceKind.RSS,
        "feed": SourceKind.ATOM,
        "urlset": SourceKind.SITEMAP,
        "sitemapindex": SourceKind.SITEMAP,
    }.get(root[1].decode("ascii").lower())


def _kind_of_json(body: bytes) -> SourceKind | None:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, dict) and "jsonfeed.org/version/" in str(value.get("version")):
        return SourceKind.JSON
    posts = isinstance(value, list) and all(isinstance(row, dict) and {"link", "title"} <= row.keys() for row in value)
    return SourceKind.WORDPRESS if posts else None


def _once(candidates: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    """The first of each address, at most ``MAX_CANDIDATES``."""
    unique: dict[str, Candidate] = {}
    for candidate in candidates:
        if is_fetchable(candidate.url):
            unique.setdefault(candidate.url, candidate)
    return tuple(unique.values())[:MAX_CANDIDATES]
