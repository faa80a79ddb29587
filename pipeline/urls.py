"""Addresses: what may be fetched, and the key under which an article is known. The fetched URL itself is never altered."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

# Parameters that name a part or a view of one article, not another article (page-splitting and AMP habits of Indonesian outlets).
_VIEW_PARAMETERS = {
    "page",
    "showpage",
    "amp",
    "noamp",
    "outputtype",
    "m",
    "single",
    "tag_from",
    "pgrelated",
    "replytocom",
    "share",
}
# Share-button paths that crawlers have glued to real addresses.
_JUNK_TAIL = re.compile(r"/(?:twitter\.com|facebook\.com|whatsapp:/send|x\.com)/?$", re.IGNORECASE)
_AMP_PATH = re.compile(r"/amp(?=/|$)|/(?:all)/?$", re.IGNORECASE)
_LIST_PATH = re.compile(
    r"^/(?:tags?|topik|topic|category|kategori|kanal|search|cari|indeks|index|author|penulis|label)(?:/|$)",
    re.IGNORECASE,
)
_TWIN_HOST = re.compile(r"^(?:www|amp|m|mobile)\.(?=[^.]+\.)", re.IGNORECASE)


def is_fetchable(url: str) -> bool:
    """True for an absolute http(s) URL with a host, the usual port, no user name in it and no control characters."""
    if len(url) > 2048 or any(c <= " " or c == "\x7f" for c in url):
        return False
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None and port in (None, 80, 443)


def resolve(base: str, link: str) -> str:
    """``link`` made absolute against ``base``, its fragment dropped, spaces encoded; "" when it cannot be."""
    try:
        absolute = urljoin(base, link.strip())
        parts = urlsplit(absolute)
        return urlunsplit(parts._replace(fragment="")).replace(" ", "%20")
    except ValueError:
        return ""


def canonical_form(url: str) -> str:
    """The address by which an article is known: trackers, twins (AMP, mobile, www), page parts and junk tails folded.

    Idempotent and independent of parameter order; used for keys and shown to people, never fetched.
    """
    from courlan import normalize_url

    url = _JUNK_TAIL.sub("", url.strip())
    try:
        parts = urlsplit(normalize_url(url, strict=False))
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:
        return url
    host = _TWIN_HOST.sub("", parts.hostname or "")
    path = re.sub(r"/{2,}", "/", _JUNK_TAIL.sub("", parts.path))
    path = _AMP_PATH.sub("", path).rstrip("/") or "/"
    query = sorted(
        (name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name.lower() not in _VIEW_PARAMETERS
    )
    return urlunsplit(("https", host + port, path, urlencode(query), ""))


def article_key(url: str) -> str:
    """16 hexadecimal digits that stand for the article at ``url``, equal for all its twins and parts."""
    return hashlib.sha256(canonical_form(url).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def is_list_page(url: str) -> bool:
    """True for the address of a tag, topic, category, author or search page, by its path."""
    return _LIST_PATH.match(urlsplit(url).path) is not None


def host_of(url: str) -> str:
    """Lower-case host name, "" when there is none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def domain_of(url: str) -> str:
    """Host without www/amp/m, as reports name the outlet's address."""
    return _TWIN_HOST.sub("", host_of(url))


def same_site(one: str, other: str) -> bool:
    """True when two addresses belong to one outlet: equal hosts, or one the subdomain of the other, after folding twins."""
    a, b = domain_of(one), domain_of(other)
    return bool(a) and bool(b) and (a == b or a.endswith("." + b) or b.endswith("." + a))


_CANONICAL = re.compile(rb"<link\b[^>]*\brel\s*=\s*[\"']?canonical[\"']?[^>]*>", re.IGNORECASE)
_HREF = re.compile(rb"\bhref\s*=\s*(?:\"([^\"]+)\"|'([^']+)'|([^\s>]+))", re.IGNORECASE)


def canonical_link(body: bytes, url: str) -> str:
    """The page's rel=canonical address when it is an article address on the same site, else "".

    A canonical link to the home page is a common CMS fault and is ignored.
    """
    match = _CANONICAL.search(body[:200_000])
    href = _HREF.search(match[0]) if match else None
    if href is None:
        return ""
    link = resolve(url, next(group for group in href.groups() if group).decode("utf-8", "replace").replace("&amp;", "&"))
    if not is_fetchable(link) or not same_site(link, url) or urlsplit(link).path in ("", "/"):
        return ""
    return link


def part_links(body: bytes, url: str, limit: int) -> list[str]:
    """Addresses of the further parts (2 … limit) of a split article that the page itself links to, in order.

    Only ``?page=N`` with the page's own path counts, and only an unbroken row from 2 on: a listing's pager is never followed.
    """
    own = urlsplit(url)
    found: dict[int, str] = {}
    for match in re.finditer(rb"href\s*=\s*[\"']([^\"']*[?&](?:amp;)?page=(\d{1,2})\b[^\"']*)[\"']", body):
        link = resolve(url, match[1].decode("utf-8", "replace").replace("&amp;", "&"))
        parts = urlsplit(link)
        if parts.netloc == own.netloc and parts.path.rstrip("/") == own.path.rstrip("/"):
            found.setdefault(int(match[2]), link)
    row = []
    for number in range(2, limit + 1):
        if number not in found:
            break
        row.append(found[number])
    return row
