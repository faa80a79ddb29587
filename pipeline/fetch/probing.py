"""The flow of a check: every source asked once, now, whatever its schedule; and a site searched for feeds and sitemaps."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from html import unescape
from urllib.parse import urlsplit

from pipeline.extract.charset import decode
from pipeline.fetch.catalogue import Blocked
from pipeline.fetch.client import Failure
from pipeline.fetch.discover import Candidate, find_feeds, guesses, sitemaps_of
from pipeline.fetch.documents import Web
from pipeline.fetch.lanes import Lanes
from pipeline.fetch.poll import ask
from pipeline.fetch.robots import RobotsFile
from pipeline.fetch.schedule import Standing
from pipeline.fetch.verdicts import Shape, advice_of, same_place, shape_of, status_of, verdict_of
from pipeline.records import Reason, Retry, Source, SourceKind
from pipeline.urls import domain_of, host_of

MAX_PROBES = 24  # addresses of one site that are tried; at five seconds each that is two minutes of a stranger's patience
_PAGE = ("text/html", "application/xhtml+xml")
_NAME = re.compile(
    r"<meta\b(?=[^<>]{0,500}\bog:site_name\b)[^<>]{0,500}\bcontent\s*=\s*[\"']([^\"'<>]{2,60})[\"']", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Probe:
    """What one source answered to one question."""

    source: Source
    verdict: str  # a word of ``verdicts.ADVICE``
    advice: str = ""
    status: str = ""  # HTTP status, or the name of the failure
    items: int = 0
    newest: datetime | None = None
    shape: Shape = field(default_factory=Shape)
    robots: str = ""  # allowed | forbidden | unknown: why
    redirect: str = ""  # where the answer came from in the end, "" when from where it was asked
    seconds: float | None = None  # from the first byte asked to the last one read, with the pauses between further requests
    detail: str = ""

    @property
    def reached(self) -> bool:
        """True when its server said something."""
        return self.verdict not in ("unreachable", "not asked", "closed")


def probe(source: Source, standing: Standing, web: Web, now: datetime) -> Probe:
    """Ask ``source`` once, as a first poll would: without validators. Of ``standing`` only its newest item is used."""
    refusal = web.robots.refusal(source.url)  # also reads robots.txt, so that its time is not taken for the source's
    robots = _told(refusal)
    pace = web.client.pace
    begun = max(pace.monotonic(), pace.ready(pace.lane_of(host_of(source.url))))
    answer = ask(source, Standing(source.id, newest=standing.newest), web, now, conditional=False)
    polled = answer.polled
    moved = not same_place(source.url, answer.final_url)
    verdict = verdict_of(polled, len(answer.entries), moved=moved)
    return Probe(
        source=source,
        verdict=verdict,
        advice=advice_of(verdict, source, answer.final_url),
        status=status_of(polled),
        items=len(answer.entries),
        newest=polled.newest,
        shape=shape_of(source, answer.entries),
        robots=robots,
        redirect=answer.final_url if answer.final_url != source.url else "",
        seconds=max(0.0, pace.monotonic() - begun) if refusal is None else None,
        detail=polled.detail,
    )


def not_asked(source: Source) -> Probe:
    """The row of a source whose turn did not come."""
    return Probe(source, "not asked", advice_of("not asked", source))


def probe_all(
    sources: Sequence[Source],
    standings: Mapping[str, Standing],
    web: Web,
    now: datetime,
    *,
    threads: int = 1,
    stop: Callable[[], bool] = lambda: False,
) -> Generator[Probe, None, None]:
    """Each source's probe as it comes, many hosts at once and each one slowly, until all are asked or ``stop`` says so."""
    pace = web.client.pace
    lanes: Lanes[Source] = Lanes(pace, threads, stop)
    for source in sources:
        standing = standings.get(source.id, Standing(source.id))
        lanes.add(pace.lane_of(host_of(source.url)), source, partial(probe, source, standing, web, now))
    for source, result in lanes.results():
        yield result if isinstance(result, Probe) else _fault(source, result)


def _fault(source: Source, error: object) -> Probe:
    """A fault of our own code at one source ends no check."""
    return Probe(source, "wrong", "please report this", "fault", detail=f"{type(error).__name__}: {error}"[:300])


def _told(refusal: Failure | None) -> str:
    if refusal is None:
        return "allowed"
    if refusal.reason is Reason.ROBOTS and refusal.retry is Retry.FINAL:
        return "forbidden"
    return f"unknown: {refusal.detail}"


@dataclass(frozen=True, slots=True)
class Discovery:
    """What a site was found to have. ``found``: candidates with items, surest first; ``tried``: all that were asked."""

    site: str  # the site's home page, as it answered
    name: str  # what the site calls itself, else its host
    found: tuple[tuple[Candidate, Probe], ...] = ()
    tried: tuple[tuple[Candidate, Probe], ...] = ()
    left: int = 0  # candidates that were not asked
    problem: str = ""  # why the home page told nothing


@dataclass(frozen=True, slots=True)
class _Home:
    url: str
    body: bytes = b""
    content_type: str = ""
    problem: str = ""
    is_list: bool = False  # the address is no page: it may be a feed itself


def discover(
    url: str,
    web: Web,
    robots_of: Callable[[str], RobotsFile | None],
    now: datetime,
    *,
    blocked: Blocked,
    progress: Callable[[str, int, int], None] = lambda what, done, total: None,  # noqa: ARG005
    stop: Callable[[], bool] = lambda: False,
) -> Discovery:
    """Search the site of ``url`` (an address that may be fetched): its page, its robots.txt, the usual places; each asked once.

    ``robots_of`` tells the robots.txt of an origin that ``web`` has read. Addresses of the block list are not asked.
    A site that closes its door (429, a challenge, two refusals) is asked no further.
    """
    home = _home(url, web)
    wanted = [one for one in _candidates(url, home, robots_of) if not blocked.address(one.url)]
    most = min(len(wanted), MAX_PROBES)
    answered: set[str] = set()
    found, tried = [], []
    for number, candidate in enumerate(wanted[:most]):
        progress("probed", number, most)
        one = probe(Source(f"candidate-{number}", "", candidate.kind, candidate.url), Standing(""), web, now)
        if one.verdict == "closed" or stop():
            break
        tried.append((candidate, one))
        place = one.redirect or candidate.url
        if one.items and place not in answered:
            answered.add(place)
            found.append((replace(candidate, url=place), one))
    return Discovery(home.url, _name(home), tuple(found), tuple(tried), len(wanted) - len(tried), home.problem)


def _home(url: str, web: Web) -> _Home:
    answer = web.client.get(url, accept=", ".join(_PAGE), kinds=_PAGE, may=web.robots.refusal)
    if isinstance(answer, Failure):
        return _Home(url, problem=f"{url}: {answer.detail}", is_list=answer.reason is Reason.NOT_HTML)
    return _Home(answer.final_url, answer.body, answer.content_type)


def _candidates(url: str, home: _Home, robots_of: Callable[[str], RobotsFile | None]) -> list[Candidate]:
    """What is worth a probe, surest first, each address once."""
    parts = urlsplit(home.url)
    origin = f"{parts.scheme}://{parts.netloc.lower()}"
    kinds = (SourceKind.SITEMAP,) if "sitemap" in parts.path.lower() else (SourceKind.RSS, SourceKind.JSON)
    itself = [Candidate(url, kind, "the address itself") for kind in kinds] if home.is_list else []
    file = robots_of(origin)
    named = find_feeds(home.body, home.url, home.content_type) if home.body else ()
    once: dict[tuple[str, SourceKind], Candidate] = {(one.url, one.kind): one for one in itself}
    for one in (*named, *sitemaps_of((file and file.text) or "", origin), *guesses(f"{origin}/")):
        once.setdefault((one.url, one.kind), one)
    return list(once.values())


def _name(home: _Home) -> str:
    text, _ = decode(home.body[:200_000], home.content_type)
    named = _NAME.search(text)
    return " ".join(unescape(named[1]).split()) if named else domain_of(home.url)
