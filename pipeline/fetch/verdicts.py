"""What an answer of a source means to an operator: one word, what to do about it, and the shape of its links. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipeline.fetch.schedule import Polled
from pipeline.records import Entry, Reason, Source
from pipeline.urls import domain_of, host_of, is_list_page, site_of

# Verdicts, and what an operator does about each. {id} and {url} are filled in.
ADVICE = {
    "ok": "",
    "moved": "the answer comes from {url}: write that into the row",
    "empty": "it holds no items: look at the page in a browser, or find another address with `pantau sources discover {site}`",
    "stale": "nothing new for longer than it usually pauses: find a livelier address with `pantau sources discover {site}`",
    "alike": "its items lead to one place, so no article can be told from another: find another address",
    "not a feed": "its answer cannot be read as what the row says: correct kind or url, or try `pantau sources discover {site}`",
    "challenge": "it wants a human at the screen; nothing here evades that: ask the outlet to let our User-Agent in",
    "blocked": "it refuses us; nothing here evades that: ask the outlet for access, or make the row retired",
    "paywall": "it asks for money: agree with the outlet, or make the row retired",
    "robots": "its robots.txt forbids this address, and that is obeyed: find another with `pantau sources discover {site}`",
    "busy": "it says that we ask too often: leave it alone for a day, then check again",
    "dead": "nothing is there any more: find another address with `pantau sources discover {site}`, or make the row retired",
    "failing": "its server is in trouble: check again tomorrow",
    "unreachable": "no connection comes about: check again tomorrow; if its name is gone for good, make the row retired",
    "unsafe": "its address leads into a private network, which is never asked: correct the url",
    "too large": "its answer is larger than [fetch] max_bytes of settings.toml: find a smaller list, as a news sitemap",
    "closed": "it was left alone after an earlier refusal or failure and was not asked now: check again at the stated time",
    "not asked": "the check was ended before its turn: run it again with --id {id}",
    "wrong": "its address or its answer is not what may be fetched: see the detail",
}
_OF_REASON = {
    Reason.GONE: "dead",
    Reason.REFUSED: "blocked",
    Reason.RATE_LIMITED: "busy",
    Reason.SERVER_ERROR: "failing",
    Reason.CORRUPT: "failing",
    Reason.UNREACHABLE: "unreachable",
    Reason.TIMEOUT: "unreachable",
    Reason.TOO_LARGE: "too large",
    Reason.UNSAFE_ADDRESS: "unsafe",
    Reason.ROBOTS: "robots",
    Reason.CHALLENGE: "challenge",
    Reason.PAYWALL: "paywall",
    Reason.HOST_CLOSED: "closed",
    Reason.BLOCKED: "blocked",
}
# The parsers' and health's words for an answer that is none; what fits nothing here is no feed.
_UNHEALTHY = (
    ("challenge", r"challenge page"),
    ("stale", r"\Asilent:|\Aan old copy:"),
    ("alike", r"lead to (?:one address|a home page)"),
    ("empty", r"is empty|no usable items|no items|holds no sitemap|no link of the page"),
    ("failing", r"\Ahttps?://\S+: "),  # a sitemap of an index
)
_HTTP = re.compile(r"\bHTTP (\d{3})\b")
_SLUG = re.compile(r"[^\W_]+(?:[-_][^\W_]+){2,}|\d{5,}")


@dataclass(frozen=True, slots=True)
class Shape:
    """Shares of a listing's links, in [0, 1]; None of no links."""

    own: float | None = None  # on the source's own site
    articles: float | None = None  # that look like an article's address

    def __str__(self) -> str:
        if self.own is None or self.articles is None:
            return ""
        return f"own {self.own:.0%}, articles {self.articles:.0%}"


def verdict_of(polled: Polled, entries: int, *, moved: bool = False) -> str:
    """One word of ``ADVICE`` for a poll's outcome; ``moved``: the answer came from another place than was asked."""
    if polled.good:
        return "empty" if not entries and polled.outcome == "ok" else "moved" if moved else "ok"
    if polled.outcome == "unhealthy":
        return next((word for word, said in _UNHEALTHY if re.search(said, polled.detail)), "not a feed")
    if polled.outcome in list(Reason):
        reason = Reason(polled.outcome)
        if reason is Reason.ROBOTS and "could not be read" in polled.detail:
            return "unreachable"
        return _OF_REASON.get(reason, "wrong")
    return "wrong"


def advice_of(verdict: str, source: Source, final_url: str = "") -> str:
    """What to do about it, "" when nothing is to be done."""
    site = f"https://{host_of(source.url)}/"
    return ADVICE[verdict].format(id=source.id, url=final_url or source.url, site=site)


def general_advice(verdict: str) -> str:
    """What to do about several sources of one verdict."""
    return ADVICE[verdict].format(id="ID", url="its new address", site="URL")


def status_of(polled: Polled) -> str:
    """The HTTP status of a poll where one was had, else its outcome's name."""
    if polled.good or polled.outcome == "unhealthy":
        return "200"
    named = _HTTP.search(polled.detail)
    return named[1] if named and polled.outcome != Reason.ROBOTS else polled.outcome


def same_place(asked: str, answered: str) -> bool:
    """True when two addresses differ in scheme, www and end slash at most."""
    return not answered or _place(asked) == _place(answered)


def _place(url: str) -> tuple[str, str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url, "", ""
    return domain_of(url), parts.path.rstrip("/"), parts.query


def shape_of(source: Source, entries: Sequence[Entry]) -> Shape:
    """Where a listing's links lead."""
    if not entries:
        return Shape()
    site = site_of(host_of(source.url))
    own = sum(site_of(host_of(entry.url)) == site for entry in entries)
    return Shape(own / len(entries), sum(looks_like_article(entry.url) for entry in entries) / len(entries))


def looks_like_article(url: str) -> bool:
    """True for an address with a name of three words or a long number behind its host, and not of a list of articles."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return not is_list_page(url) and _SLUG.search(f"{parts.path}?{parts.query}") is not None
