"""What the commands that ask the network now work with: the client, the pace and the memory that scheduled runs have."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline import commands, jobs
from pipeline.dates import parse_now
from pipeline.extract.outlets import outlets_of
from pipeline.fetch.catalogue import lane_of
from pipeline.fetch.client import Client
from pipeline.fetch.documents import Web
from pipeline.fetch.ledger import Ledger
from pipeline.fetch.pace import Pace
from pipeline.fetch.robots import Robots, RobotsFile
from pipeline.ledgers import ledger_of
from pipeline.settings import sample_folder


@dataclass(frozen=True, slots=True)
class Network:
    """What a command asks the network with: politely, and remembering it."""

    web: Web
    ledger: Ledger
    robots_of: Callable[[str], RobotsFile | None]


@contextmanager
def network(place: jobs.Workplace) -> Iterator[Network]:
    """The client with its pace and robots.txt as scheduled runs have them; what it learns of hosts is remembered at the end."""
    fetch = place.settings.fetch
    with Ledger(ledger_of(place.data), place.now) as ledger:
        pace = Pace(
            lane_of(place.sources),
            fetch.host_delay_seconds,
            refused_seconds=fetch.refused_seconds,
            outage_seconds=fetch.outage_seconds,
            wall=place.clock,
            remembered=ledger.hosts(),
        )
        files = ledger.fresh_robots(fetch.robots_hours)
        with Client(fetch, pace) as client:
            robots = Robots(client, files.get, files.__setitem__)
            try:
                yield Network(Web(client, robots, outlets_of(place.config), fetch.max_article_parts), ledger, files.get)
            finally:
                for origin, file in robots.fresh().items():
                    ledger.save_robots(origin, file)
                ledger.save_hosts(pace.memory())


@contextmanager
def within_reach(arguments: Namespace) -> Iterator[jobs.Workplace]:
    """The workplace, alone on its data folder; of a demo's folder, with the newsroom at work that the demo is about."""
    from pipeline.demo import MEMORY
    from pipeline.newsroom.server import serve
    from pipeline.newsroom.sites import load_sample, load_saved_pages

    place = commands.place_of(arguments)
    with jobs.alone(place):
        if not (place.data / MEMORY).exists():
            yield place
            return
        memory = json.loads((place.data / MEMORY).read_text(encoding="utf-8"))
        clock = parse_now(memory["now"])
        sites = load_saved_pages(Path(memory["pages"]), clock) if memory["pages"] else load_sample(sample_folder(), clock)
        with serve(sites) as newsroom:
            near = jobs.with_fetch(place, loopback_origin=newsroom.origin, host_delay_seconds=0.0)
            yield near if arguments.now else replace(near, now=clock, ahead=clock - place.now)
