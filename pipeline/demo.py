"""The demo: the embedded newsroom, and the production path run over it.

A demo folder remembers its clock in ``demo.json``, since the newsroom's dates are relative to it: a second run meets the
same newsroom and finds nothing new.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pipeline import jobs, reporting
from pipeline.dates import Week, parse_now
from pipeline.errors import ConfigError, StorageError
from pipeline.ledgers import has_ledger
from pipeline.newsroom.server import serve
from pipeline.newsroom.sites import Site, load_sample, load_saved_pages
from pipeline.records import PublisherType, Source, SourceKind, Tally
from pipeline.settings import default_config, sample_folder
from pipeline.store.parts import write_bytes

MEMORY = "demo.json"


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What a demo run did, for the command line to tell."""

    place: jobs.Workplace
    sites: tuple[Site, ...]
    tally: Tally
    reports: tuple[tuple[Path, bool], ...]


def _remembered(data: Path) -> dict[str, str] | None:
    path = data / MEMORY
    if not path.exists():
        return None
    try:
        memory = json.loads(path.read_text(encoding="utf-8"))
        return {"now": str(memory["now"]), "pages": str(memory["pages"])}
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise StorageError(f"{path} is damaged ({error}); delete the demo folder {data} and run the demo again") from error


def _clock(data: Path, now: datetime | None, pages: str, current: datetime) -> datetime:
    memory = _remembered(data)
    if memory is None:
        if has_ledger(data):
            raise ConfigError(f"{data} holds real monitoring data, not a demo; give --data another folder")
        return (now or current).replace(microsecond=0)
    if memory["pages"] != pages:
        raise ConfigError(
            f"{data} holds a demo of other pages ({memory['pages'] or 'the embedded newsroom'}); give --data another folder"
        )
    remembered = parse_now(memory["now"])
    if now is not None and now != remembered:
        raise ConfigError(
            f"{data} holds a demo whose clock stands at {remembered.isoformat()}; give --data another folder for --now"
        )
    return remembered


def _place(config: Path, data: Path, now: datetime, pages: str) -> jobs.Workplace:
    folder = sample_folder()
    sources: tuple[Source, ...] | Path = folder / "sources.csv"
    if pages:
        url = "https://tersimpan.example/feed"
        sources = (Source("tersimpan", "Halaman Tersimpan", SourceKind.RSS, url, publisher_type=PublisherType.UNKNOWN),)
    place = jobs.workplace(config, data, now, sources=sources, units=folder / "units.csv")
    # A demo's ledger is its folder's file, wherever the real one lies.
    ledger = place.settings.ledger.model_copy(update={"url": ""})
    return replace(place, settings=place.settings.model_copy(update={"ledger": ledger}))


def run_demo(
    config: Path, data: Path, now: datetime | None, current: datetime, pages: Path | None, progress: jobs.Progress
) -> DemoResult:
    """Serve the newsroom (or a folder of saved pages), then ingest, judge, group and report as production does.

    ``now``: the clock that the user set; without it the folder's remembered clock, else ``current``.
    """
    named = str(pages.resolve()) if pages else ""
    clock = _clock(data, now, named, current)
    sites = load_saved_pages(pages, clock) if pages else load_sample(sample_folder(), clock)
    place = _place(config, data, clock, named)
    with jobs.alone(place), serve(sites) as newsroom:
        write_bytes(data / MEMORY, (json.dumps({"now": clock.isoformat(), "pages": named}, indent=1) + "\n").encode())
        # Our own server needs no pause between requests, and one thread keeps their order; all else is as in production.
        place = jobs.with_fetch(place, loopback_origin=newsroom.origin, host_delay_seconds=0.0, threads=1)
        tally = jobs.run(replace(place, progress=progress), only_due=False)
        weeks = (Week.of(clock).before, Week.of(clock))
        made = [reporting.write(place, reporting.week_of(place, week)) for week in weeks]
        reports = tuple((one.folder, one.changed) for one in made)
    return DemoResult(place, sites, tally, reports)


def clock_of_demo(data: Path) -> datetime | None:
    """Where the clock of a demo's folder stands; None for real data."""
    memory = _remembered(data)
    return None if memory is None else parse_now(memory["now"])


def workplace_of_demo(data: Path, now: datetime, config: Path | None = None) -> jobs.Workplace | None:
    """The workplace of a demo's data folder, so that reports and notebooks know its sources and units; None for real data."""
    memory = _remembered(data)
    return None if memory is None else _place(config or default_config(), data, now, memory["pages"])
