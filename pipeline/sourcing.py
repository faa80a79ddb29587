"""What `pantau sources` does: look at the catalogue, ask sources now, find new ones."""

from __future__ import annotations

import csv
import io
import re
import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from pipeline import commands, jobs
from pipeline.asking import network, within_reach
from pipeline.catalogued import (
    STATES,
    ago,
    chosen,
    cut,
    explain_lines,
    iso,
    known_sources,
    list_lines,
    list_rows,
    row_of,
    source_of,
    wib,
)
from pipeline.errors import ConfigError
from pipeline.fetch.catalogue import CHOICES, COLUMNS
from pipeline.fetch.discover import Candidate
from pipeline.fetch.probing import Discovery, Probe, discover, not_asked, probe_all
from pipeline.fetch.verdicts import general_advice, same_place
from pipeline.records import Source, SourceKind
from pipeline.report.csv import guarded
from pipeline.store.parts import write_bytes
from pipeline.terminal import printable, progressing, stoppable
from pipeline.urls import domain_of, host_of, is_fetchable, site_of

_PROBE = (
    *("id", "outlet", "status_row", "verdict", "http", "items", "newest", "own_site", "article_like", "robots"),
    *("redirect", "seconds", "url", "detail", "advice"),
)
# Heads and widths of the check's table: 97 characters with the spaces between.
_HEADS = (
    *(("SOURCE", 29), ("VERDICT", 12), ("HTTP", 13), ("ITEMS", 5), ("NEWEST", 6)),
    *(("OWN", 5), ("ART.", 5), ("ROBOTS", 9), ("S", 5)),
)


def sources(arguments: Namespace) -> int:
    """``pantau sources``."""
    act = {"list": _list, "explain": _explain, "check": _check, "discover": _discover}
    return act[arguments.what](arguments)


def _list(arguments: Namespace) -> int:
    _check_file(arguments.csv)
    place = commands.place_of(arguments)
    for name, value, choices in (("state", arguments.state, STATES), ("licence", arguments.licence, CHOICES["licence"])):
        if value is not None and value not in choices:
            raise ConfigError(f"--{name}: {value!r} is not one of: {', '.join(choices)}")
    found = chosen(known_sources(place), arguments.state, arguments.licence)
    if arguments.csv:
        write_bytes(arguments.csv, _table(list_rows(found, place.now)))
        print(f"{arguments.csv}: {len(found)} sources")
    else:
        print(*list_lines(found, place.now), sep="\n")
    return 0


def _explain(arguments: Namespace) -> int:
    place = commands.place_of(arguments)
    print(*map(printable, explain_lines(place, source_of(place, arguments.id))), sep="\n")
    return 0


# --- check


def _check(arguments: Namespace) -> int:
    _check_file(arguments.csv)
    with within_reach(arguments) as place:
        wanted = [source_of(place, name) for name in dict.fromkeys(arguments.id)] or [one for one in place.sources if one.polled]
        path = arguments.csv or place.data / "sources_check.csv"
        if not wanted:
            raise ConfigError("no source is to be polled; write active or probation into the status of some row of sources.csv")
        probes, interrupted = _probe(place, wanted, path)
    asked = [one for one in probes if one.verdict != "not asked"]
    print(*map(printable, _probe_lines(sorted(asked, key=lambda one: one.verdict == "ok"), place.now)), sep="\n")
    print(f"{path}: {len(probes)} sources, one a line")
    if asked and not any(one.reached for one in asked) and len(asked) > 1:
        print("pantau: no source could be reached: see whether this machine has a network", file=sys.stderr)
    if interrupted:
        print(f"pantau: ended after {len(asked)} of {len(probes)} sources; the others are 'not asked'", file=sys.stderr)
    return 1 if interrupted or any(one.verdict != "ok" and one.source.status != "probation" for one in asked) else 0


def _probe(place: jobs.Workplace, wanted: Sequence[Source], path: Path) -> tuple[list[Probe], bool]:
    """Each wanted source's probe in the catalogue's order, and whether the check was ended early.

    The file is written anew after each answer, so that whatever ends the check leaves what was seen.
    """
    probes = {source.id: not_asked(source) for source in wanted}
    done = 0
    with network(place) as net, progressing() as progress, stoppable() as stop:
        standings = net.ledger.standings()
        answers = probe_all(wanted, standings, net.web, place.now, threads=place.settings.fetch.threads, stop=stop)
        try:
            for one in answers:
                probes[one.source.id] = one
                done += 1
                progress("checked", done, len(wanted))
                write_bytes(path, _table(_probe_rows(probes.values())))
        except KeyboardInterrupt:
            answers.close()
        write_bytes(path, _table(_probe_rows(probes.values())))
    return list(probes.values()), done < len(wanted)


def _probe_rows(probes: Iterable[Probe]) -> Iterator[tuple[str, ...]]:
    yield _PROBE
    for one in probes:
        source, shape = one.source, one.shape
        shares = ["" if share is None else f"{share:.2f}" for share in (shape.own, shape.articles)]
        seconds = "" if one.seconds is None else f"{one.seconds:.1f}"
        seen = (one.verdict, one.status, str(one.items), iso(one.newest), *shares, one.robots, one.redirect, seconds)
        yield (source.id, source.outlet, source.status, *seen, source.url, one.detail, one.advice)


def _probe_lines(probes: Sequence[Probe], now: datetime) -> Iterator[str]:
    """The table of at most 100 columns, what is not well first, each with what to do."""
    yield row_of(_HEADS, [head for head, _ in _HEADS])
    for one in probes:
        shares = ["" if share is None else f"{share:.0%}" for share in (one.shape.own, one.shape.articles)]
        seconds = "" if one.seconds is None else f"{one.seconds:.1f}"
        name = one.source.id + "?" * (one.source.status == "probation")
        robots = one.robots.partition(":")[0]
        yield row_of(
            _HEADS, [name, one.verdict, one.status, str(one.items or ""), ago(one.newest, now), *shares, robots, seconds]
        )
        if one.verdict != "ok":
            yield f"    {cut(one.detail or one.source.url, 94)}"
    counts: dict[str, int] = {}
    for one in probes:
        counts[one.verdict] = counts.get(one.verdict, 0) + 1
    for word, count in sorted(counts.items(), key=lambda pair: (pair[0] == "ok", -pair[1], pair[0])):
        advice = next(one.advice for one in probes if one.verdict == word) if count == 1 else general_advice(word)
        yield f"{count} {word}{f': {advice}' if advice else ''}"


# --- discover


def _discover(arguments: Namespace) -> int:
    url = arguments.url if "://" in arguments.url else f"https://{arguments.url}"
    if not is_fetchable(url) or "." not in host_of(url):
        raise ConfigError(f"{arguments.url!r} is no address of a site; write it as https://kabar.example/")
    url = url if urlsplit(url).path else f"{url}/"
    with within_reach(arguments) as place:
        if reason := place.blocked.address(url):
            raise ConfigError(f"{url} is on the block list ({reason}); it is not asked")
        with network(place) as net, progressing() as progress, stoppable() as stop:
            found = discover(url, net.web, net.robots_of, place.now, blocked=place.blocked, progress=progress, stop=stop)
    print(*map(printable, _discovery_lines(found, place)), sep="\n")
    return 0 if found.found else 1


def _discovery_lines(found: Discovery, place: jobs.Workplace) -> Iterator[str]:
    yield f"{found.site}  {found.name}"
    if found.problem:
        yield f"its page told nothing: {found.problem}"
    for candidate, one in found.found:
        newest = f"newest {wib(one.newest)}" if one.newest else "without dates"
        doubt = "" if one.verdict in ("ok", "moved") else f"; {one.verdict}: {one.detail}"
        yield f"{candidate.kind.value:<9} {one.items:>4} items, {newest}  {candidate.url}"
        yield f"          {candidate.why}; {one.shape}{doubt}"
    silent = len(found.tried) - len(found.found)
    left = f", {found.left} were not asked (too many, or its door was closed)" if found.left else ""
    yield f"{len(found.tried)} addresses asked, {silent} of them gave nothing new{left}"
    if not found.found:
        for candidate, one in found.tried:
            yield f"          {candidate.url}: {one.verdict}{f', {one.detail}' if one.detail else ''}"
        yield "nothing was found; a page of links can be a source too: kind listing, with a link_pattern (docs/sources.md)"
        return
    known = {one.url: row.id for one, _ in found.found for row in place.sources if same_place(row.url, one.url)}
    yield from (f"{url} stands in sources.csv already, as {name}" for url, name in known.items())
    fresh = [(candidate, one) for candidate, one in found.found if candidate.url not in known and one.verdict in ("ok", "moved")]
    if fresh:
        yield f"rows for {place.config / 'sources.csv'}: take one a desk, correct what is not so, then check them"
        taken = {row.id for row in place.sources}
        yield from (_ready(candidate, found, place, taken) for candidate, _ in fresh)


def _ready(candidate: Candidate, found: Discovery, place: jobs.Workplace, taken: set[str]) -> str:
    """A row of sources.csv to paste."""
    site = site_of(host_of(candidate.url)) or host_of(candidate.url)
    base = re.sub(r"[^a-z0-9]+", "-", domain_of(candidate.url).removesuffix(site) + site.partition(".")[0]).strip("-") or "situs"
    stem = base[:50] if candidate.kind in (SourceKind.RSS, SourceKind.ATOM) else f"{base[:50]}-{candidate.kind.value}"
    name = next(one for number in range(1, 1000) if (one := stem if number == 1 else f"{stem}-{number}") not in taken)
    taken.add(name)
    state = site.endswith(".go.id")
    owner = next((row.owner for row in place.sources if row.owner and site_of(host_of(row.url)) == site), "")
    row = {
        "id": name if len(name) > 1 else f"{name}-1",
        "outlet": found.name.lstrip("=+-@ ") or domain_of(candidate.url),
        "owner": owner,
        "kind": candidate.kind.value,
        "url": candidate.url,
        "scope": "government" if state else "local",
        "tier": "T3",
        "publisher_type": "unknown",
        "licence": "open" if state else "unknown",
        "zone": "Asia/Jakarta",
        "status": "probation",
        "pages": "all",
        "conditional": "yes",
        "note": f"found by pantau sources discover on {iso(place.now)[:10]}: {candidate.why}",
    }
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="").writerow([row.get(column, "") for column in COLUMNS])
    return out.getvalue()


def _table(rows: Iterable[Sequence[str]]) -> bytes:
    """CSV that opens right in a spreadsheet and runs no formula there: servers' words stand in it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig", "replace")


def _check_file(path: Path | None) -> None:
    if path is not None and path.is_dir():
        raise ConfigError(f"--csv: {path} is a folder; name a file")
    if path is not None and not path.parent.is_dir():
        raise ConfigError(f"--csv: there is no folder {path.parent}")
