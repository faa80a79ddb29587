"""Soft errors: why an answer with status 200 is not a healthy listing, and what a challenge page looks like. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from urllib.parse import urlsplit

from pipeline.extract.charset import decode
from pipeline.fetch.feeds import Listing, clean
from pipeline.fetch.markup import looks_like_html
from pipeline.fetch.schedule import Standing

LEAST_DATED = 5  # dated items from which a rhythm is read
BUSY = 20  # items a day, and items in the answer, that make a source busy
BUSY_SILENCE = timedelta(days=3)
SILENCE = timedelta(days=30)  # of a source that is not busy: longer than the holidays of any office
GAPS = 5  # times its longest pause that a source may be silent
STEP_BACK = timedelta(days=3)
AHEAD = timedelta(days=1)  # dates further ahead are mistakes and date nothing


def soft_error(listing: Listing, body: bytes, content_type: str, standing: Standing, now: datetime) -> str:
    """Why a 200 answer is not healthy, "" when it is. Told in this order:

    - a challenge page; what the parser found (a web page instead of a feed, empty, all links alike, …); no items although the
      source has shown some before; all links lead to home pages;
    - an old copy: the newest item is older than one shown before by more than ``STEP_BACK`` and by more than twice the longest
      pause in the answer (so that the withdrawal of one item is not told);
    - silence: the newest item is older than ``GAPS`` times the longest pause between two items of the answer, and older than
      ``SILENCE``, or ``BUSY_SILENCE`` for a source of ``BUSY`` items a day.

    The rhythm is read from the answer itself, so a slow site is measured by its own pauses. An answer that shows none is exempt
    from the last two: fewer than ``LEAST_DATED`` dated items, or all of them within a day without being busy (a burst of a small
    office). What slips through is left to the comparison of a source's counts with its own past.
    """
    if challenge(body, 200, {"content-type": content_type}):
        return "challenge page instead of an answer"
    if listing.problem:
        return listing.problem
    if not listing.entries and not listing.children:
        return "holds no items, though it has shown some before" if standing.newest is not None else ""
    if listing.entries and all(_is_home(entry.url) for entry in listing.entries):
        return "all items lead to a home page"
    return _silence([entry.published for entry in listing.entries if entry.published is not None], standing.newest, now)


def _is_home(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path.rstrip("/").lower() in ("", "/index.php", "/index.html") and not parts.query


def _silence(dates: list[datetime], shown: datetime | None, now: datetime) -> str:
    dated = sorted(date for date in dates if date <= now + AHEAD)
    if len(dated) < LEAST_DATED:
        return ""
    newest, span = dated[-1], dated[-1] - dated[0]
    busy = len(dated) >= BUSY and len(dated) * timedelta(days=1) >= BUSY * span
    if span < timedelta(days=1) and not busy:
        return ""
    pause = max(later - earlier for earlier, later in pairwise(dated))
    if shown is not None and shown <= now + AHEAD and shown - newest > max(STEP_BACK, 2 * pause):
        return f"an old copy: its newest item is of {newest:%Y-%m-%d}, but it has shown one of {shown:%Y-%m-%d}"
    allowed = max(BUSY_SILENCE if busy else SILENCE, GAPS * pause)
    if now - newest > allowed:
        return f"silent: its newest item is of {newest:%Y-%m-%d}, {(now - newest).days} days ago; usual is at most {allowed.days}"
    return ""


_HEAD = 200_000  # bytes of an answer that are looked at; challenge pages are small
_THIN_TEXT = 1500  # characters a reader sees, and links, below which a page is no page of an outlet
_THIN_LINKS = 15
_HEADERS = {
    "cf-mitigated": ("challenge",),
    "x-vercel-mitigated": ("challenge", "deny"),
    "x-amzn-waf-action": ("challenge", "captcha"),
}
# What stands in the scripts and forms of challenge pages and nowhere else: Cloudflare, DDoS-Guard, Sucuri, AWS, PerimeterX,
# DataDome, Imunify360, the cookie test of cheap hosts. Only inside tags and scripts, so that an article may quote them.
_MACHINERY = re.compile(
    r"\b_cf_chl_opt\b|id=[\"'](?:cf-challenge|challenge-form|px-captcha)\b|/cdn-cgi/l/chk_|/\.well-known/ddos-guard/(?:js-)?ch|"
    r"sucuri_cloudproxy_js|awsWafCookieDomainList|captcha-delivery\.com|\bwsidchk\b|slowAES\.decrypt|"
    r"_Incapsula_Resource\?[^\"']{0,300}(?:incident_id|CWUDNSAI)",
    re.IGNORECASE,
)
_TITLE = re.compile(r"<title\b[^<>]{0,200}>([^<]{0,300})<", re.IGNORECASE)
_TITLES = re.compile(
    r"just a moment(?:\.\.\.|…)|(?:mohon |harap )?tunggu (?:sebentar|sejenak)(?:\.\.\.|…)?|one moment, please(?:\.\.\.|…)?|"
    r"attention required! \| cloudflare|ddos-guard|vercel security checkpoint|pardon our interruption(?:\.\.\.|…)?|"
    r"you are being redirected(?:\.\.\.|…)?|making sure you(?:'|’)re not a bot!?|"
    r"(?:human|bot|robot|captcha|security) (?:verification|check|challenge)|are you (?:a )?(?:human|robot)\??|captcha|"
    r"verifikasi (?:keamanan|captcha|manusia|bahwa anda (?:adalah )?manusia)|pemeriksaan keamanan|checking your browser.{0,60}",
    re.IGNORECASE,
)
_WORDS = re.compile(
    r"verif(?:y|ying)(?: that)? you are (?:a )?human|verifikasi(?:kan)? bahwa anda (?:adalah )?(?:seorang )?manusia|"
    r"(?:pastikan|buktikan|konfirmasi)(?:kan)? (?:bahwa )?anda (?:adalah )?(?:manusia|bukan robot)|saya bukan robot|"
    r"i(?:'|’)m not a robot|"
    r"checking (?:if the site connection is secure|your browser before accessing)|memeriksa (?:peramban|browser) anda|"
    r"enable javascript and cookies to continue|aktifkan javascript dan cookie untuk melanjutkan|incapsula incident id|"
    r"(?:complete|selesaikan) (?:the )?captcha|unusual traffic from your",
    re.IGNORECASE,
)
_WIDGET = re.compile(r"\b(?:g-recaptcha|h-captcha|cf-turnstile|hcaptcha\.com/1/api|challenges\.cloudflare\.com)\b", re.IGNORECASE)
_ARTICLE = re.compile(
    r"<article\b|[\"']og:type[\"'][^<>]{0,60}[\"']article[\"']|\"@type\"\s{0,5}:\s{0,5}\[?\s{0,5}\"(?:News)?Article\"",
    re.IGNORECASE,
)
_CODE = re.compile(r"<script\b[^<>]*>(.*?)(?:</script>|\Z)|<[a-z][^<>]*>", re.IGNORECASE | re.DOTALL)


def challenge(body: bytes, status: int, headers: Mapping[str, str]) -> bool:
    """True when an answer is a "prove that you are human" page instead of what was asked for, whatever its ``status``.

    A header that says so decides; then the machinery of such pages, in scripts and tags only; then, on a page that is thin
    (little text, few links, no mark of an article), its title or its words, with or without a captcha's widget. On a
    refusal (4xx, 5xx) the title alone decides. An article about captchas is not thin; a feed is not looked at.
    """
    given = {name.lower(): value.lower() for name, value in headers.items()}
    if any(given.get(name, "").split(";")[0].strip() in values for name, values in _HEADERS.items()):
        return True
    content_type = given.get("content-type", "")
    text, _ = decode(body[:_HEAD], content_type)
    if not looks_like_html(text) and "html" not in content_type:
        return False
    title = _TITLE.search(text)
    titled = title is not None and _TITLES.fullmatch(" ".join(clean(title[1]).split())) is not None
    if titled and status >= 400:
        return True
    if _ARTICLE.search(text) or not _is_thin(text):
        return False
    machinery = any(_MACHINERY.search(code[0]) for code in _CODE.finditer(text))
    return machinery or titled or _WORDS.search(clean(text)) is not None or (_WIDGET.search(text) is not None and status >= 400)


def _is_thin(text: str) -> bool:
    return len(clean(text)) < _THIN_TEXT and len(re.findall(r"<a\s", text, re.IGNORECASE)) < _THIN_LINKS
