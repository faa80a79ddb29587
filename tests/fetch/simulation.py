"""An invented web of many outlets and a clock that only sleeping moves: what a month of collection is proved against.

The seam is the connection: the real client writes its request into a stream that the web here answers, so that redirects,
validators, robots.txt, Retry-After and every header go through the code of production; only sockets, names and TLS do not.
One thread drives the lanes, which makes a month a pure function of its seed. The web keeps its own log, and ``truth.py`` judges
by that alone.
"""

from __future__ import annotations

import hashlib
import json
import random
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

import httpcore2

from benchmarks.polling import START, published
from pipeline.fetch.guard import Budget
from pipeline.records import PublisherType, Source, SourceKind

HOUR, DAY = 3600.0, 86400.0
ANSWERS_IN, GIVES_UP_IN = 0.2, 10.0  # seconds of the clock that a request takes, and one that gets no answer
FORBIDDEN = "/dalam/"  # what every robots.txt here forbids
CRAWL_DELAY = 20.0


class Clock:
    """Seconds since ``START``."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def wall(self) -> datetime:
        return START + timedelta(seconds=self.now)

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@dataclass(frozen=True, slots=True)
class Story:
    """One article of an outlet. Instants in seconds since ``START``."""

    host: str
    path: str
    at: float
    ours: bool  # its title holds words of the subject
    parts: int = 1
    gone: float = float("inf")  # from here on its page is gone, and the answer ``gone_by``
    gone_by: int = 404
    ready: float = float("-inf")  # before it its page is 404, though its feed shows it
    corrected: float = float("inf")  # from here on its text is another one
    alias: str = ""  # a second address of the same page, which names ``path`` as the canonical one

    @property
    def title(self) -> str:
        """What its feed calls it."""
        return (
            "Warga binaan lapas ikut pelatihan" if self.ours else "Harga cabai di pasar naik"
        ) + f" {self.path.split('/')[-2]}"


@dataclass(slots=True)
class Feed:
    """A source and what it publishes. ``shows``: address of each story as this feed writes it."""

    source: Source
    rate: float  # stories a day
    size: int
    stories: list[Story]
    etag: str = "honest"  # honest | restless (another one each time, never 304) | lying (304 whatever has changed) | none
    form: str = "plain"  # plain | tracked (?utm_…) | amp | alias
    times: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.stories.sort(key=lambda story: story.at)
        self.times = [story.at for story in self.stories]

    def shown(self, now: float) -> tuple[int, list[Story]]:
        """How many stories were published until ``now``, and the newest ones that the feed lists, newest first."""
        count = bisect_right(self.times, now)
        return count, self.stories[max(0, count - self.size) : count][::-1]

    def address(self, story: Story) -> str:
        """The address of a story as this feed writes it."""
        if self.form == "alias" and story.alias:
            return f"https://{story.host}{story.alias}"
        tail = {"tracked": "?utm_source=rss&utm_medium=feed", "amp": "/amp"}.get(self.form, "")
        return f"https://{story.host}{story.path}{tail}"


class Trouble(NamedTuple):
    """Something that goes wrong at some hosts for a while."""

    what: str  # down | silent | refused | busy | later | html | robots | pages (only articles fail) | ours (our own network)
    start: float
    end: float
    hosts: frozenset[str]


class Asked(NamedTuple):
    """A line of the web's log. ``status`` 0: no connection."""

    at: float
    owner: str
    host: str
    target: str
    status: int
    wait: int = 0  # seconds of the Retry-After that was sent


@dataclass
class Web:
    """Every host behind the client's connections; stands in for ``Guard``."""

    clock: Clock
    feeds: list[Feed]
    owners: dict[str, str]  # of each host
    troubles: list[Trouble]
    moved: dict[tuple[str, str], tuple[float, str]] = field(default_factory=dict)  # (host, path): from when, to which address
    slow: frozenset[str] = frozenset()  # hosts whose robots.txt asks for ``CRAWL_DELAY``
    without_robots: frozenset[str] = frozenset()  # hosts that answer 404 for it
    log: list[Asked] = field(default_factory=list)
    offered: dict[str, set[str]] = field(default_factory=dict)  # addresses that each source's answers held
    polls: dict[str, list[float]] = field(default_factory=dict)  # when each source's list was asked for
    delivered: dict[str, list[float]] = field(default_factory=dict)  # and when it was sent, not 304

    def __post_init__(self) -> None:
        self.feed_at = {(urlsplit(one.source.url).hostname, urlsplit(one.source.url).path): one for one in self.feeds}
        for key, (_, there) in list(self.moved.items()):
            self.feed_at[urlsplit(there).hostname, urlsplit(there).path] = self.feed_at[key]
        self.story_at: dict[tuple[str, str], Story] = {}
        for feed in self.feeds:
            for story in feed.stories:
                for path in (story.path, story.path + "/amp", story.alias):
                    self.story_at[story.host, path] = story
        self._bodies: dict[str, tuple[int, bytes]] = {}  # by source: the newest, and of how many stories

    def connect(self, host: str, port: int, budget: Budget, *, secure: bool, seconds: float) -> httpcore2.NetworkStream:
        """A stream to ``host``, or the failure of a machine that is down or silent."""
        what = self.trouble(host)
        if what in ("ours", "down", "silent"):
            self.log.append(Asked(self.clock.now, self.owners[host], host, "", 0))
            if what == "silent":
                self.clock.sleep(GIVES_UP_IN)
                raise httpcore2.ConnectTimeout("no answer")
            raise httpcore2.ConnectError("[Errno 101] Network is unreachable" if what == "ours" else "connection refused")
        return _Stream(self, host, budget)

    def trouble(self, host: str, *kinds: str) -> str:
        """What is wrong with ``host`` now, "" when nothing is."""
        now = self.clock.now
        return next(
            (t.what for t in self.troubles if t.start <= now < t.end and host in t.hosts and (not kinds or t.what in kinds)), ""
        )

    def answer(self, host: str, target: str, headers: dict[str, str]) -> bytes:
        """The bytes of a whole response; the request is logged."""
        status, more, body = self._answered(host, target, headers)
        self.log.append(Asked(self.clock.now, self.owners[host], host, target, status, int(more.get("Retry-After", 0))))
        self.clock.sleep(ANSWERS_IN)
        head = "".join(f"{name}: {value}\r\n" for name, value in more.items())
        length = "" if status == 304 else f"Content-Length: {len(body)}\r\n"
        return f"HTTP/1.1 {status} X\r\n{length}{head}\r\n".encode() + body

    def _answered(self, host: str, target: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        what = self.trouble(host)
        if target == "/robots.txt":
            return self._robots(host, what)
        if what == "refused":
            return 403, {"Content-Type": "text/html"}, b"<p>Tidak boleh.</p>"
        if what in ("busy", "later"):
            return 429 if what == "busy" else 503, {"Retry-After": "5400"}, b""
        path = target.partition("?")[0]
        feed = self.feed_at.get((host, path))
        if feed is None and what == "pages":
            return 503, {}, b""
        if feed is None:
            return self._page(host, path, target)
        begins, there = self.moved.get((host, path), (float("inf"), ""))
        if self.clock.now >= begins:
            return 301, {"Location": there}, b""
        if what == "html":
            return 200, {"Content-Type": "text/html"}, b"<!DOCTYPE html><title>Beranda</title><p>Situs sedang diperbarui.</p>"
        return self._listed(feed, headers)

    def _robots(self, host: str, what: str) -> tuple[int, dict[str, str], bytes]:
        if what in ("robots", "later", "busy"):
            return 503, {}, b""
        if host in self.without_robots:
            return 404, {}, b""
        delay = f"Crawl-delay: {CRAWL_DELAY:g}\n" if host in self.slow else ""
        return 200, {"Content-Type": "text/plain"}, f"User-agent: *\n{delay}Disallow: {FORBIDDEN}\n".encode()

    def _listed(self, feed: Feed, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        self.polls.setdefault(feed.source.id, []).append(self.clock.now)
        count, stories = feed.shown(self.clock.now)
        etag, given = f'"{feed.source.id}-{count}"', headers.get("if-none-match", "")
        if feed.etag == "restless":
            etag = f'"{len(self.log)}"'
        if given and (given == etag or feed.etag == "lying"):
            return 304, {"ETag": given}, b""
        self.offered.setdefault(feed.source.id, set()).update(feed.address(story) for story in stories)
        self.delivered.setdefault(feed.source.id, []).append(self.clock.now)
        if self._bodies.get(feed.source.id, (-1, b""))[0] != count:
            self._bodies[feed.source.id] = count, written(feed, stories)
        body = self._bodies[feed.source.id][1]
        kind = "application/json" if feed.source.kind is SourceKind.JSON else "application/rss+xml; charset=utf-8"
        return 200, {"Content-Type": kind} | ({} if feed.etag == "none" else {"ETag": etag}), body

    def _page(self, host: str, path: str, target: str) -> tuple[int, dict[str, str], bytes]:
        story = self.story_at.get((host, path))
        if story is None or not story.ready <= self.clock.now < story.gone:
            return (
                story.gone_by if story and self.clock.now >= story.gone else 404,
                {"Content-Type": "text/html"},
                b"<p>Halaman tidak ditemukan.</p>",
            )
        return 200, {"Content-Type": "text/html; charset=utf-8"}, page_of(story, self.clock.now, target)


def page_of(story: Story, now: float, target: str) -> bytes:
    """The page of a story, or of one of its further parts."""
    number = int(target.rpartition("page=")[2]) if "page=" in target else 1
    links = "".join(f'<a href="{story.path}?page={n}">{n}</a>' for n in range(2, story.parts + 1))
    state = " Ralat." if now >= story.corrected else ""
    canonical = f'<link rel="canonical" href="https://{story.host}{story.path}">'
    return (
        f"<!DOCTYPE html><html><head><title>{story.title}</title>{canonical}</head><body><article>"
        f"<p>{story.title}, bagian {number}.{state}</p></article>{links}</body></html>"
    ).encode()


def written(feed: Feed, stories: list[Story]) -> bytes:
    """The body of a feed."""
    if feed.source.kind is SourceKind.JSON:
        items = [
            {"url": feed.address(story), "title": story.title, "date_published": _instant(story).isoformat()} for story in stories
        ]
        return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": feed.source.outlet, "items": items}).encode()
    rows = "".join(
        f"<item><title>{story.title}</title><link>{escape(feed.address(story))}</link>"
        f"<pubDate>{format_datetime(_instant(story))}</pubDate></item>"
        for story in stories
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>{rows}</channel></rss>'.encode()


def _instant(story: Story) -> datetime:
    return (START + timedelta(seconds=story.at)).replace(microsecond=0)


class _Stream(httpcore2.NetworkStream):
    """One connection: takes a request, gives the web's answer."""

    def __init__(self, web: Web, host: str, budget: Budget) -> None:
        self._web, self._host, self._budget = web, host, budget
        self._asked, self._answer = b"", b""

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._asked += buffer
        if not buffer or not self._asked.endswith(b"\r\n\r\n"):
            return
        first, *rest = self._asked.decode("ascii").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in rest if line)}
        assert headers["host"] == self._host
        self._answer = self._web.answer(self._host, first.split(" ")[1], headers)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        piece, self._answer = self._answer[:max_bytes], self._answer[max_bytes:]
        self._budget.take(len(piece))
        return piece

    def close(self) -> None:
        self._answer = b""

    def get_extra_info(self, info: str) -> Any:
        return None


# --- inventing

# Quiet offices, local outlets, busy ones, national ones: share of the sources, fewest and most stories a day, sizes of the lists.
CLASSES = {
    "quiet": (0.35, 0.2, 1.0, (10, 20)),
    "local": (0.38, 1.0, 10.0, (10, 20, 30)),
    "busy": (0.20, 10.0, 60.0, (20, 30, 50)),
    "national": (0.07, 60.0, 300.0, (50,)),
}


def class_of(rate: float) -> str:
    """The rhythm class of a source."""
    return next(name for name, (_, _, most, _) in CLASSES.items() if rate <= most)


def invent(count: int, days: float, seed: int) -> Web:
    """A web of ``count`` sources on about 5/8 as many hosts of about 3/10 as many owners, with its troubles over ``days``."""
    rnd = random.Random(seed)
    owners, owner_of = max(3, round(count * 0.3)), dict[str, str]()
    for number in range(max(4, round(count * 0.625))):
        owner = rnd.randrange(owners)
        # Some owners have several sites, some one site with subdomains: both share one pace.
        host = f"kota{number}.grup{owner}.example" if owner % 2 else f"kabar{number}.example"
        owner_of[host] = f"grup{owner}"
    hosts = list(owner_of)
    feeds: list[Feed] = []
    for number in range(count):
        feeds.append(_feed(number, count, hosts[number % len(hosts)], owner_of, days, feeds, rnd))
    troubles = _troubles(hosts, owner_of, days, rnd)
    struck = set().union(*(trouble.hosts for trouble in troubles if trouble.what != "ours"))
    calm = [feed for feed in feeds if urlsplit(feed.source.url).hostname not in struck]
    web_moved: dict[tuple[str, str], tuple[float, str]] = {}
    for feed in rnd.sample(calm, max(1, count // 40)):
        parts = urlsplit(feed.source.url)
        there = urlsplit(rnd.choice(calm).source.url).hostname
        web_moved[str(parts.hostname), parts.path] = (days * DAY * 0.4, f"https://{there}/pindah{parts.path}")
    slow, bare = frozenset(rnd.sample(hosts, len(hosts) // 20 + 1)), frozenset(rnd.sample(hosts, len(hosts) // 10 + 1))
    return Web(Clock(), feeds, owner_of, troubles, web_moved, slow - bare, bare)


def _feed(number: int, count: int, host: str, owners: dict[str, str], days: float, made: list[Feed], rnd: random.Random) -> Feed:
    share, name = (number + 0.5) / count, ""
    for name, (wide, _, _, _) in CLASSES.items():  # noqa: B007 - the last one takes what rounding leaves
        if share < wide:
            break
        share -= wide
    _, least, most, sizes = CLASSES[name]
    rate, size = least * (most / least) ** rnd.random(), rnd.choice(sizes)
    kind = SourceKind.RSS if number % 7 == 0 else SourceKind.JSON  # mostly the form that costs least to read
    pages, etag = "filtered" if rate > 30 else "all", rnd.choice(("honest", "honest", "honest", "restless", "none"))
    form, stories = "plain", _stories(number, host, rate, size, days, rnd)
    if number % 20 == 3:
        etag = "lying"
    if number % 11 == 5 and made:  # a second feed of an earlier source: a part of its stories under its own addresses
        first = rnd.choice([one for one in made if one.form == "plain" and one.source.licence == "open"])
        host, rate, size = str(urlsplit(first.source.url).hostname), first.rate / 2, first.size
        form, pages, etag = rnd.choice(("plain", "tracked", "amp", "alias")), rnd.choice(("all", first.source.pages)), "honest"
        stories = first.stories[::2]
        if pages == "all" and rate > 15:
            stories = stories[::4]
    licence = "headline-only" if number % 40 == 17 and form == "plain" and number % 11 != 5 else "open"
    status = "probation" if number % 10 == 9 else "active"
    source = Source(
        f"s{number:03}",
        f"Kabar {number}",
        kind,
        f"https://{host}/umpan/{number}",
        publisher_type=PublisherType.NEWSROOM,
        licence=licence,
        owner=owners[host],
        pages=pages,
        status=status,
        conditional=not (etag == "lying" and number % 40 == 3),  # half of the liars are known and switched off
    )
    return Feed(source, rate, size, stories, etag, form)


def _stories(number: int, host: str, rate: float, size: int, days: float, rnd: random.Random) -> list[Story]:
    whole = int(days) + 1
    times = [at for at in published(1440 / rate, whole, rnd.randrange(2**30), rhythm=rate > 1) if at < days * DAY]
    if number % 6 == 0 and size >= 20:  # an office that puts up what it has gathered at once
        for day in range(0, whole, 5):
            begin = (day + 0.4) * DAY
            times += [begin + 60 * minute for minute in range(size // 3) if begin + 60 * minute < days * DAY]
    times += [-DAY / rate * (back + rnd.random()) for back in range(size)]
    return [_story(number, index, host, at, rate, rnd) for index, at in enumerate(sorted(times))]


def _story(number: int, index: int, host: str, at: float, rate: float, rnd: random.Random) -> Story:
    draw, ours = rnd.random(), rnd.random() < (0.05 if rate > 30 else 0.15)
    name = hashlib.sha256(f"{number} {index}".encode()).hexdigest()[:8]
    under = FORBIDDEN if draw < 0.01 else "/"
    path = f"{under}read/{name}/judul-berita-hari-ini"
    ready = at + HOUR * 500 * (draw - 0.10) if 0.10 <= draw < 0.12 else float("-inf")  # ten hours at most
    gone = at if 0.01 <= draw < 0.025 else at + DAY * rnd.uniform(0.5, 5) if 0.025 <= draw < 0.04 else float("inf")
    corrected = at + DAY * rnd.uniform(0.2, 5) if 0.04 <= draw < 0.08 else float("inf")
    parts = rnd.choice((2, 3)) if 0.08 <= draw < 0.10 else 1
    return Story(
        host,
        path,
        at,
        ours,
        parts,
        gone,
        (404, 410)[index % 2],
        ready,
        corrected,
        alias=f"{under}daerah/{name}/judul-berita-hari-ini",
    )


def _troubles(hosts: list[str], owner_of: dict[str, str], days: float, rnd: random.Random) -> list[Trouble]:
    """All of them begin and end between a tenth and seven tenths of the time."""
    made = []

    def strike(what: str, longest: float, struck: list[str]) -> None:
        length = min(longest * HOUR, days * DAY / 10)
        start = days * DAY * rnd.uniform(0.1, 0.6)
        made.append(Trouble(what, start, start + length, frozenset(struck)))

    for _ in range(max(2, len(hosts) // 12)):
        strike(rnd.choice(("down", "silent")), rnd.uniform(2, 48), [rnd.choice(hosts)])
    for what, longest in (("refused", 24), ("busy", 1), ("later", 2)):
        owner = rnd.choice(sorted(set(owner_of.values())))
        strike(what, longest, [host for host in hosts if owner_of[host] == owner])
    for what, longest in (("html", 48), ("robots", 24)):
        strike(what, longest, rnd.sample(hosts, max(1, len(hosts) // 50)))
    strike("ours", 3, hosts)
    strike("pages", 24, rnd.sample(hosts, max(1, len(hosts) // 20)))
    return made
