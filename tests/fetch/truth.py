"""A month of runs over the invented web, and what its own log says of them: each fault is a sentence, none is the proof."""

from __future__ import annotations

import hashlib
import random
import sqlite3
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import median
from unittest import mock
from urllib.parse import urlsplit

from benchmarks.polling import START
from pipeline.configfile import Problems
from pipeline.extract.outlets import Outlets
from pipeline.fetch.catalogue import lane_of
from pipeline.fetch.client import Client
from pipeline.fetch.documents import Web as Asking
from pipeline.fetch.ingest import Collectors, ingest
from pipeline.fetch.ledger import MAX_ATTEMPTS, MISSING_ATTEMPTS, Ledger
from pipeline.fetch.pace import Pace
from pipeline.fetch.prefilter import load_prefilter
from pipeline.fetch.robots import Robots
from pipeline.fetch.schedule import Standing
from pipeline.records import Page, Tally
from pipeline.settings import Settings, default_config
from pipeline.store.parts import part_names, part_path, read_part
from pipeline.urls import article_key
from tests.fetch.simulation import CRAWL_DELAY, DAY, FORBIDDEN, Feed, Story, Web, class_of

TICK = 900.0  # seconds between two starts of cron
LEARNING = 4 * DAY  # in which the schedule comes to know its sources
Answers = dict[tuple[str, str], list[tuple[float, int]]]  # by host and path of an article: when it was asked, status


@dataclass
class Month:
    """What was seen from outside while the runs went on. Instants in seconds since ``START``."""

    web: Web
    data: Path
    settings: Settings
    starts: list[float] = field(default_factory=list)  # of the runs
    lengths: list[float] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    gaps: set[tuple[str, float]] = field(default_factory=set)  # (source, start of the run) after which a gap was suspected
    # After each run near our own outage: whether it was known for one, and the standings.
    around: dict[float, tuple[bool, dict[str, Standing]]] = field(default_factory=dict)
    planned: dict[str, float] = field(default_factory=dict)  # by key: start of the run that fetched an article of the subject
    parts: set[str] = field(default_factory=set)

    def run_of(self, at: float) -> float:
        """The start of the run in which ``at`` lies."""
        return self.starts[bisect_right(self.starts, at) - 1]


def digest_of(page: Page) -> str:
    """Stands in for the digest of the extracted text: here a correction changes a page's bytes, and nothing else does."""
    return hashlib.sha256(b"".join(page.bodies)).hexdigest()


def live(web: Web, data: Path, settings: Settings, until: float, tell: Callable[[float], object] = float) -> Month:
    """Start a run each quarter of an hour until ``until``; one that takes longer makes the next one miss its turn, as cron does.

    Nothing waits for the disk: that is what power cuts are about, and would be most of the time.
    """
    rnd, clock = random.Random(1), web.clock
    prefilter = load_prefilter(default_config() / "prefilter.txt", Problems())
    sources = tuple(feed.source for feed in web.feeds)
    lane, fetch = lane_of(sources), settings.fetch.model_copy(update={"threads": 1, "loopback_origin": "127.0.0.1:9"})
    settings = settings.model_copy(update={"fetch": fetch})
    month = Month(web, data, settings)
    while clock.now < until:
        start = clock.now
        month.starts.append(start)
        tell(start)
        with mock.patch("os.fsync"), Ledger(data / "ledger.sqlite", clock.wall()) as ledger:
            ledger._db.execute("PRAGMA synchronous = OFF")
            pace = Pace(
                lane,
                fetch.host_delay_seconds,
                refused_seconds=fetch.refused_seconds,
                outage_seconds=fetch.outage_seconds,
                remembered=ledger.hosts(),
                sleep=clock.sleep,
                monotonic=clock.monotonic,
                wall=clock.wall,
                draw=rnd.random,
            )
            client = Client(fetch, pace)
            client._guard = web  # type: ignore[assignment]
            asking = Asking(client, Robots(client, ledger.fresh_robots(fetch.robots_hours).get), Outlets(), 8)
            over = start + fetch.run_seconds
            with_ = Collectors(
                settings,
                data,
                clock.wall(),
                ledger,
                asking,
                pace,
                stop=lambda over=over: clock.now > over,  # type: ignore[misc]
                draw=rnd.random,
                digest=digest_of,
                prefilter=prefilter,
            )
            tally = ingest(sources, with_)
            ledger.fold_polls()
            ledger.record_run("ingest", tally.counts)
            _plan(month, ledger, start)
            _watch(month, ledger.standings(), start, outage=tally.get("outage") > 0)
        for name, count in tally.counts.items():
            month.tally.add(name, count)
        month.lengths.append(clock.now - start)
        clock.now = (clock.now // TICK + 1) * TICK
    return month


def _plan(month: Month, ledger: Ledger, start: float) -> None:
    """What judging does: the articles of the subject are to be looked at again."""
    for name in set(part_names(month.data, "pages")) - month.parts:
        month.parts.add(name)
        rows = read_part(part_path(month.data, "pages", name)).to_pylist()
        ours = [row for row in rows if "lapas" in row["feed_title"] and row["bodies"] and not row["version"]]
        month.planned |= {row["key"]: start for row in ours}
        ledger.plan_revisits((row["key"], hashlib.sha256(b"".join(row["bodies"])).hexdigest(), row["fetched_at"]) for row in ours)


def _watch(month: Month, standings: dict[str, Standing], start: float, *, outage: bool) -> None:
    for standing in standings.values():
        if standing.gap_suspected and standing.last_ok and (standing.last_ok - START).total_seconds() == start:
            month.gaps.add((standing.source_id, start))
    [ours] = [trouble for trouble in month.web.troubles if trouble.what == "ours"]
    if ours.start - 2 * TICK <= start < ours.end + 3 * TICK:
        month.around[start] = outage, standings


# --- politeness, by the log alone


def impolite(month: Month) -> Iterator[str]:
    """Every request that came too soon after another one of its owner's hosts, after a word to wait, or against robots.txt."""
    web = month.web
    last: dict[str, float] = {}  # by owner
    last_page: dict[str, float] = {}  # by host: its last request that was not for robots.txt
    shut: dict[str, float] = {}  # by owner or host: closed until
    rules: dict[str, float] = {}  # by host: when its robots.txt was last told
    asked: dict[str, float] = {}  # by host: run in which its robots.txt was last asked in vain
    for at, owner, host, target, status, wait in web.log:
        where = f"{host}{target} at {at:.1f}"
        if at - last.get(owner, -DAY) < month.settings.fetch.host_delay_seconds - 1e-6:
            yield f"{where}: {at - last[owner]:.2f} s after the owner's last request"
        last[owner] = at
        if at < max(shut.get(owner, 0), shut.get(host, 0)):
            yield f"{where}: before the time that Retry-After named"
        if wait:
            shut[owner if status == 429 else host] = at + wait
        if target == "/robots.txt":
            known, run = rules.get(host, -9 * DAY), month.run_of(at)
            if at - known < DAY - month.settings.fetch.run_seconds - TICK:
                yield f"{where}: robots.txt again after {at - known:.0f} s"
            if asked.get(host) == run:
                yield f"{where}: robots.txt asked again in one run after a failure"
            if status in (200, 404):
                rules[host] = at
            else:
                asked[host] = run
        elif target:
            if at - rules.get(host, -9 * DAY) > DAY + month.settings.fetch.run_seconds:
                yield f"{where}: without knowing its robots.txt"
            if target.startswith(FORBIDDEN) and host not in web.without_robots:
                yield f"{where}: forbidden by robots.txt"
            if host in web.slow and at - last_page.get(host, -DAY) < CRAWL_DELAY - 1e-6:
                yield f"{where}: against Crawl-delay"
            last_page[host] = at


# --- entries


def answers(web: Web) -> Answers:
    """When the web gave each article whole, or said that it is not there (404) or gone (410)."""
    found: Answers = defaultdict(list)
    begun: dict[tuple[str, str], tuple[float, int]] = {}
    for at, _, host, target, status, _ in web.log:
        story = web.story_at.get((host, target.partition("?")[0]))
        if story is None or status not in (200, 404, 410):
            continue
        place = host, story.alias if target.startswith(story.alias) else story.path
        first = "page=" not in target
        since, parts = (at, 1) if first else begun.get(place, (at, 0))
        parts += not first
        begun[place] = since, parts
        # The further parts stand under the canonical address alone.
        if status != 200 or parts == story.parts or (first and target.partition("?")[0] != story.path):
            found[place].append((since, status))
    return found


def tries(got: list[tuple[float, int]]) -> int:
    """How many of an article's answers it took to settle it: the first that is no 404, or every 404; looks come after."""
    return next((number for number, (_, status) in enumerate(got, 1) if status != 404), len(got))


def key_of(story: Story, *, alias: bool = False) -> str:
    """The key under which a story is known, or its second address."""
    return article_key(f"https://{story.host}{story.alias if alias else story.path}")


@dataclass
class Offer:
    """What feeds showed of one address of a story."""

    story: Story
    place: tuple[str, str]
    twin: str  # the key of the story's other address
    wanted: bool = False  # by its title, or since a source wants all of its entries
    headline: bool = False


def offers(web: Web) -> dict[str, Offer]:
    """By key: every address that some answer of a source held."""
    found: dict[str, Offer] = {}
    for feed in web.feeds:
        shown = web.offered.get(feed.source.id, set())
        for story in feed.stories:
            if feed.address(story) not in shown:
                continue
            alias = feed.form == "alias"
            place = story.host, story.alias if alias else story.path
            offer = found.setdefault(key_of(story, alias=alias), Offer(story, place, key_of(story, alias=not alias)))
            offer.wanted |= story.ours or feed.source.pages == "all"
            offer.headline |= feed.source.licence == "headline-only"
    return found


def unfaithful(month: Month) -> Iterator[str]:
    """Every entry whose state is not what the web's own answers make it, and every page asked once too often."""
    web, given, shown = month.web, answers(month.web), offers(month.web)
    with closing(sqlite3.connect(month.data / "ledger.sqlite")) as db:
        states = {key: (state, reason) for key, state, reason in db.execute("SELECT key, state, reason FROM entries")}
        looks = dict(db.execute("SELECT key, done FROM revisits"))
    if extra := states.keys() - shown.keys():
        yield f"{len(extra)} entries that no feed ever showed"
    for key, offer in shown.items():
        state, reason = states.get(key, ("lost", ""))
        told = f"{offer.place}: {state} {reason}"
        got = given.get(offer.place, [])
        if not offer.wanted or offer.headline or (FORBIDDEN in offer.place[1] and offer.place[0] not in web.without_robots):
            right = ("fetched", "") if offer.headline else ("rejected", "robots")
            right = right if offer.wanted else ("skipped", "off_topic")
            if (state, reason) != right or got:
                yield f"{told}, instead of {right} without a page"
        elif not got:
            yield f"{told}, and its page never came"
        elif (last := got[(tried := tries(got)) - 1][1]) != 200:
            # What else fails counts as a try too, and the last two must be 404.
            most = MAX_ATTEMPTS if _troubled(web, offer.story.host, got[0][0], got[tried - 1][0]) else MISSING_ATTEMPTS
            if (state, reason) != ("rejected", "gone") or not (last == 410 or 2 <= tried <= most):
                yield f"{told}, though it is gone, after {tried} answers"
        elif state == "folded":
            if states.get(offer.twin, ("", ""))[0] != "fetched":
                yield f"{told}, into {states.get(offer.twin)}"
        elif state != "fetched":
            yield told
        if got and len(got) != tries(got) + looks.get(key, 0):
            yield f"{told}: {len(got)} times fetched, with {looks.get(key, 0)} looks"
    yield from _pages(month, {key for key, (state, _) in states.items() if state == "fetched"})


def _pages(month: Month, fetched: set[str]) -> Iterator[str]:
    rows = [
        (row["key"], row["version"] or 0)
        for name in part_names(month.data, "pages")
        for row in read_part(part_path(month.data, "pages", name), ["key", "version"]).to_pylist()
    ]
    doubled = [row for row, count in Counter(rows).items() if count > 1]
    if doubled:
        yield f"{len(doubled)} pages stand twice: {doubled[:3]}"
    first = {key for key, version in rows if version == 0}
    if first != fetched:
        yield f"{len(first ^ fetched)} keys are fetched and have no page, or the other way round"


# --- second looks


@dataclass
class Looks:
    """Second looks at articles of the subject. ``late``: seconds after each was due, hosts in trouble apart."""

    first: int = 0
    second: int = 0
    late: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def looks(month: Month, until: float) -> Looks:
    """Were they taken at their days? One and seven days after, at the first run from then on."""
    told, given = Looks(), answers(month.web)
    for key, offer in offers(month.web).items():
        if key not in month.planned:
            continue
        last, pause = month.planned[key], DAY
        got = given[offer.place]
        for at, status in got[tries(got) :]:
            due, late = last + pause, at - last - pause
            if late < 0:
                told.faults.append(f"{offer.place}: looked at {-late:.0f} s too early")
            elif not _troubled(month.web, offer.story.host, due - 1, at):
                told.late.append(late)
            told.first, told.second = told.first + (pause == DAY), told.second + (pause > DAY)
            last, pause = month.run_of(at), 6 * DAY if status == 200 and pause == DAY else float("inf")
        if last + pause < until - 2 * TICK and not _troubled(month.web, offer.story.host, last + pause - 1, until):
            told.faults.append(f"{offer.place}: no look though due at {last + pause:.0f}")
    return told


def _troubled(web: Web, host: str, start: float, end: float) -> bool:
    """Whether something that was wrong at ``host`` falls between two instants, or what follows from it.

    That is two days, for the longest pause of a page that is tried again is one; after our own outage the pauses are short.
    """
    owner = web.owners[host]
    return any(
        trouble.start <= end and start <= trouble.end + (DAY / 3 if trouble.what == "ours" else 2 * DAY)
        for trouble in web.troubles
        if any(web.owners[struck] == owner for struck in trouble.hosts)
    )


# --- what was never shown


@dataclass
class Lost:
    """Stories that had left their feed before it was read. Each is counted in one of the first four, and told or not."""

    learning: int = 0
    trouble: int = 0
    lying: int = 0
    calm: int = 0
    unread: list[str] = field(default_factory=list)  # no loss yet: still in the feed, and not read from it
    untold: list[str] = field(default_factory=list)  # lost without a gap being suspected
    of: int = 0


def lost(month: Month) -> Lost:
    """What slipped out of the feeds, and whether ``gap_suspected`` said so at the next answer."""
    found, web, end = Lost(), month.web, month.web.clock.now
    for feed in web.feeds:
        source = feed.source
        shown, sent = web.offered.get(source.id, set()), web.delivered.get(source.id, [])
        host = str(urlsplit(source.url).hostname)
        for story in feed.stories:
            found.of += story.at >= 0
            if story.at < 0 or feed.address(story) in shown:
                continue
            next_sent = bisect_left(sent, story.at)
            at = sent[next_sent] if next_sent < len(sent) else float("inf")
            told = f"{source.id} ({feed.etag}): a story of {story.at:.0f}, next answer {at:.0f}"
            lies = feed.etag == "lying" and source.conditional
            if story in feed.shown(end)[1]:
                found.unread += [] if lies else [told]
                continue
            if lies:
                found.lying += 1
            elif _troubled(web, host, story.at, min(at, story.at + 7 * DAY)):
                found.trouble += 1
            elif story.at < LEARNING:
                found.learning += 1
            else:
                found.calm += 1
            if at == float("inf") or (source.id, month.run_of(at)) not in month.gaps:
                found.untold += [] if lies and at == float("inf") else [told]
    return found


# --- the schedule


def polls_a_day(month: Month, since: float, until: float) -> dict[str, list[float]]:
    """By rhythm class (and "probation"): how often each source whose hosts had no trouble was asked in a day."""
    found: dict[str, list[float]] = defaultdict(list)
    for feed in month.web.feeds:
        if not _troubled(month.web, str(urlsplit(feed.source.url).hostname), since, until) or not _own(month.web, feed):
            asked = [at for at in month.web.polls.get(feed.source.id, []) if since <= at < until]
            name = "probation" if feed.source.status == "probation" else class_of(feed.rate)
            found[name].append(len(asked) / (until - since) * DAY)
    return found


def _own(web: Web, feed: Feed) -> bool:
    """Whether a trouble other than our own outage struck the feed's owner."""
    owner = web.owners[str(urlsplit(feed.source.url).hostname)]
    return any(web.owners[host] == owner for trouble in web.troubles if trouble.what != "ours" for host in trouble.hosts)


def slowed(month: Month) -> tuple[int, list[str]]:
    """How many runs took our own network's outage for what it was, and which sources such a run made slower all the same."""
    kept, runs, found = ("state", "interval", "weight", "failures", "longest"), 0, []
    for (_, before), (outage, after) in pairwise(month.around.values()):
        runs += outage
        for source_id, standing in before.items() if outage else ():
            told = [f"{source_id}: {name}" for name in kept if getattr(standing, name) != getattr(after[source_id], name)]
            found += told
    return runs, found


def convergence(month: Month, since: float, until: float) -> dict[str, tuple[int, float, float, float]]:
    """By class: sources, then least, median and most polls a day."""
    found = polls_a_day(month, since, until)
    return {name: (len(rates), min(rates), median(rates), max(rates)) for name, rates in sorted(found.items())}


def apart(month: Month) -> list[float]:
    """Seconds between the owners' requests, shortest first."""
    last: dict[str, list[float]] = defaultdict(list)
    for line in month.web.log:
        last[line.owner].append(line.at)
    return sorted(later - earlier for times in last.values() for earlier, later in pairwise(times))
