"""Addresses: what may be fetched, and the key under which an article is known. The fetched URL itself is never altered."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit, urlunsplit

# Parameters that name a part or a view of one article, not another article (page-splitting and AMP habits of Indonesian outlets).
_VIEW_PARAMETERS = {
    "amp",
    "noamp",
    "outputtype",
    "single",
    "tag_from",
    "pgrelated",
    "replytocom",
    "share",
}
# These do so only with such a value: elsewhere ``?page=profil-lapas`` is the article's own name.
_PART_PARAMETERS = {"page", "showpage", "m"}
_PART_VALUE = re.compile(r"\d{0,2}|all|komentar", re.IGNORECASE)
# Whole names only: a looser list takes ``cid``, ``uid`` or ``galeri`` for trackers, and small systems number articles by these.
_TRACKER = re.compile(
    r"(?:utm|mtm|pk|itm|mkt|mc|ga|gs|vero|oly|hsa|ads?)_\w+|\w*clid|igsh(?:id)?|(?:click|partner|wbra|gbra)id|_g[al]|at_medium|"
    r"at_campaign|ref|referr?er|source|medium|campaign|xtor|(?:php|j)?sess(?:ion)?_?id|session|aff(?:iliate)?(?:_?id)?",
    re.IGNORECASE,
)
# Share-button paths that crawlers have glued to real addresses.
_JUNK_TAIL = re.compile(r"/(?:twitter\.com|facebook\.com|whatsapp:/send|x\.com)/?$", re.IGNORECASE)
_AMP_PATH = re.compile(r"/amp(?=/|$)|/(?:all)/?$", re.IGNORECASE)
# A part's number (WordPress) or offset (Sindonews) behind the story's name: "/a-b-c/12" is a part, "/berita/12" a story.
# Each hyphen is sought once: with "[^/]+-[^/]+-[^/]+" an address of a thousand hyphens takes seconds.
_STORY_NAME = r"(?=[^/]*[a-z])[^/][^/-]*-[^/][^/-]*-[^/]+"
_PART_PATH = re.compile(rf"(?<=/)({_STORY_NAME})/(\d{{1,2}})/?$", re.IGNORECASE)
_LIST_PATH = re.compile(
    r"^/(?:tags?|topik|topic|category|kategori|kanal|search|cari|indeks|index|author|penulis|label)(?:/|$)",
    re.IGNORECASE,
)
_TWIN_HOST = re.compile(r"^(?:www|amp|m|mobile)\.(?=[^.]+\.)", re.IGNORECASE)
# Most addresses of the press: no splitting, joining, quoting or decoding alters one of these letters. Host, path, query.
_PLAIN = re.compile(r"https?://([a-zA-Z0-9.-]+)(/[\w.~%!=:,/-]*|)(?:\?([\w.~%!=:,/&+-]+))?", re.ASCII)
# Plain paths in which something may be folded; a few that stay as they are count with them.
_MAY_FOLD = re.compile(
    rf"/(?:/|\.\.|amp(?:/|$)|(?:all|send|(?:twitter|facebook|x)\.com)/?$|{_STORY_NAME}/\d\d?/?$)", re.IGNORECASE
)


def is_fetchable(url: str) -> bool:
    """True for an absolute http(s) URL with a host, the usual port, no user name in it and no control characters."""
    if len(url) > 2048:
        return False
    if _PLAIN.fullmatch(url):
        return True
    if any(c <= " " or c == "\x7f" for c in url):
        return False
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None and port in (None, 80, 443)


def resolve(base: str, link: str) -> str:
    """``link`` made absolute against ``base``, its fragment dropped, spaces encoded; "" when it cannot be."""
    if _PLAIN.fullmatch(link):
        return link
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
    plain = _PLAIN.fullmatch(url)
    host = _plain_host(plain[1]) if plain else ""
    if plain is None or not host or _MAY_FOLD.search(plain[2]):
        return _folded(url)
    query = _own_query(plain[3]) if plain[3] else ""
    return f"https://{host}{plain[2].rstrip('/') or '/'}{'?' if query else ''}{query}"


@lru_cache(maxsize=10_000)
def _plain_host(host: str) -> str:
    """The host of a plain address without its twins; "" where the long way must say, as for an encoded name."""
    name = host.lower()
    return "" if "xn--" in name else _untwinned(name)


def _folded(url: str) -> str:
    """The canonical form of any address, by taking it apart."""
    from courlan import normalize_url

    try:
        asked = urlsplit(url.strip())
        # The library folds host and path; it never sees the query, whose names it knows too loosely.
        parts = urlsplit(normalize_url(urlunsplit(asked._replace(query="", fragment="")), strict=False))
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
        query = _own_query(asked.query)
    except ValueError:
        return url
    host = _untwinned(parts.hostname or "")
    return urlunsplit(("https", (f"[{host}]" if ":" in host else host) + port, _folded_path(parts.path), query, ""))


def _own_query(query: str) -> str:
    """The parameters that tell articles apart, in one order."""
    return urlencode(sorted(pair for pair in parse_qsl(query, keep_blank_values=True) if not _is_view(*pair)))


def _is_view(name: str, value: str) -> bool:
    name = name.lower()
    if name in _PART_PARAMETERS:
        return _PART_VALUE.fullmatch(value) is not None
    return name in _VIEW_PARAMETERS or _TRACKER.fullmatch(name) is not None


def _folded_path(path: str) -> str:
    path = re.sub(r"/{2,}", "/", path)
    while (shorter := _PART_PATH.sub(r"\1", _AMP_PATH.sub("", _JUNK_TAIL.sub("", path)))) != path:
        path = shorter
    return path.rstrip("/") or "/"


def part_number(url: str) -> int:
    """Which part of a split article an address names, 1 when it names none; an offset in the path counts as part 2."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return 1
    named = next((value for name, value in parse_qsl(parts.query) if name.lower() in ("page", "showpage")), "")
    if re.fullmatch(r"\d{1,2}", named):
        return max(1, int(named))
    found = _PART_PATH.search(parts.path)
    return 2 if found and int(found[2]) > 1 else 1


def slug_words(url: str) -> str:
    """The words of an address's path, for want of a title: ``/read/12/napi-kabur.html`` gives ``read napi kabur html``."""
    try:
        return " ".join(re.findall(r"[^\W\d_]+", unquote(urlsplit(url).path)))
    except ValueError:
        return ""


def first_part(url: str) -> str:
    """The address of a split article's first part, for any of its parts; other addresses come back as they are."""
    if part_number(url) == 1:
        return url
    parts = urlsplit(url)
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name.lower() not in ("page", "showpage")
    ]
    path = _PART_PATH.sub(r"\1", parts.path)
    return urlunsplit(parts._replace(path=path, query=urlencode(kept)))


def _untwinned(host: str) -> str:
    host = host.rstrip(".")
    while (shorter := _TWIN_HOST.sub("", host)) != host:
        host = shorter
    return host


def article_key(url: str) -> str:
    """16 hexadecimal digits that stand for the article at ``url``, equal for all its twins and parts."""
    return hashlib.sha256(canonical_form(url).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def is_list_page(url: str) -> bool:
    """True for the address of a tag, topic, category, author or search page, by its path or by WordPress's ``/?s=``."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    searched = parts.path in ("", "/") and any(name == "s" for name, _ in parse_qsl(parts.query, keep_blank_values=True))
    return searched or _LIST_PATH.match(parts.path) is not None


def host_of(url: str) -> str:
    """Lower-case host name, "" when there is none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def domain_of(url: str) -> str:
    """Host without www/amp/m, as reports name the outlet's address."""
    return _untwinned(host_of(url))


@lru_cache(maxsize=10_000)
def site_of(host: str) -> str:
    """The site that a host belongs to: its registrable domain by the public suffix list (``a.b.co.id`` → ``b.co.id``).

    An IP address or a bare name is its own site; under a suffix that the list does not know, the last two labels are; "" for a
    suffix itself (``co.id``).
    """
    from courlan import extract_domain

    name = host.lower().rstrip(".")
    if "." not in name or ":" in name or name.rpartition(".")[2].isdigit():
        return name
    site = extract_domain(f"https://{name}/")
    if site is None or "." not in site:
        return ".".join(name.split(".")[-2:])
    # The library takes a bare suffix for a domain; one is told by what it makes of a name under it.
    return "" if site == name and extract_domain(f"https://x.{name}/") != name else site


def same_site(one: str, other: str) -> bool:
    """True when two addresses belong to one outlet: equal hosts, or one the subdomain of the other, after folding twins."""
    a, b = domain_of(one), domain_of(other)
    return bool(a) and bool(b) and (a == b or a.endswith("." + b) or b.endswith("." + a))


# Bounded and in two steps: one pattern over the whole page needs minutes for a page of unclosed "<link".
_LINK_TAG = re.compile(rb"<link\b[^>]{0,2000}>", re.IGNORECASE)
_CANONICAL = re.compile(rb"\brel\s*=\s*[\"']?canonical\b", re.IGNORECASE)
_HREF = re.compile(rb"\bhref\s*=\s*(?:\"([^\"]+)\"|'([^']+)'|([^\s>\"']+))", re.IGNORECASE)
_AMPERSAND = re.compile(rb"&(?:amp|#0*38|#x0*26);", re.IGNORECASE)


def canonical_link(body: bytes, url: str) -> str:
    """The page's rel=canonical address when it is an article address on the same site, else "".

    A canonical link to the home page is a common CMS fault and is ignored.
    """
    tag = next((match[0] for match in _LINK_TAG.finditer(body[:200_000]) if _CANONICAL.search(match[0])), b"")
    href = _HREF.search(tag)
    if href is None:
        return ""
    link = _link(url, next(group for group in href.groups() if group))
    if not is_fetchable(link) or not same_site(link, url) or urlsplit(link).path in ("", "/"):
        return ""
    return link


def _link(base: str, href: bytes) -> str:
    return resolve(base, _AMPERSAND.sub(b"&", href).decode("utf-8", "replace"))


def part_links(body: bytes, url: str, limit: int) -> list[str]:
    """Addresses of the further parts (2 … limit) of a split article that the page itself links to, in order.

    Only ``?page=N`` with the page's own path counts, and only an unbroken row from 2 on: a listing's pager is never followed.
    """
    own = urlsplit(url)
    found: dict[int, str] = {}
    for match in re.finditer(rb"href\s*=\s*[\"']([^\"']*(?:[?&]|&[#\w]{1,6};)page=(\d{1,2})\b[^\"']*)[\"']", body):
        number = int(match[2])
        if number in found or not 2 <= number <= limit:
            continue
        link = _link(url, match[1])
        parts = urlsplit(link)
        if parts.netloc != own.netloc or parts.path.rstrip("/") != own.path.rstrip("/"):
            continue
        # Page number apart, the parameters must be its own too: /baca.php?id=2&page=2 is no part of /baca.php?id=1.
        if canonical_form(link) == canonical_form(url):
            found[number] = link
    row = []
    for number in range(2, limit + 1):
        if number not in found:
            break
        row.append(found[number])
    return row
