"""``pantau units``: names of units that the gazetteer does not settle, and what is found in a text. Lines for a person."""

from __future__ import annotations

import csv
import io
from argparse import Namespace
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from pipeline.classify.unit_queue import Naming, Unsettled, unsettled
from pipeline.classify.units import UnitFinder, load_finder, load_units
from pipeline.configfile import Problems
from pipeline.dates import JAKARTA, parse_iso
from pipeline.errors import ConfigError
from pipeline.jobs import Workplace
from pipeline.ledgers import has_ledger
from pipeline.report.csv import guarded

SHOWN = 30  # names on a screen; --csv has all of them
COLUMNS = ("nama", "sebab", "artikel_n", "media_n", "pertama", "terakhir", "contoh_judul", "contoh_url", "mungkin")


def lines_of(place: Workplace, arguments: Namespace) -> Iterator[str]:
    """What the command prints. Raises ``ConfigError`` for wrong use."""
    if arguments.what == "find":
        if not (arguments.text or "").strip():
            raise ConfigError("units find needs a text, in quotes: pantau units find 'Lapas Kelas IIA Cilegon panen lele'")
        finder = load_finder(place.config, place.units)
        yield from _found(finder, arguments.text)
        return
    if arguments.text:
        raise ConfigError(f"units unknown takes no text ({arguments.text!r}); to look at one: pantau units find TEXT")
    _check_file(arguments.csv)
    since = _since(arguments.since)
    names, judged = _names(place, since)
    if arguments.csv:
        arguments.csv.write_text(_table(names), encoding="utf-8-sig", newline="")
        yield f"{arguments.csv}: {len(names)} names"
        return
    if not names:
        yield f"{judged} articles are judged; every unit that they name is in the gazetteer"
    for one in names[:SHOWN]:
        yield f"{one.articles:>5} articles {one.outlets:>3} outlets  {one.name} ({_reason(one)})"
        yield f"{'':>28}{one.example.title} · {one.example.url}"
    if len(names) > SHOWN:
        yield f"and {len(names) - SHOWN} more names; --csv FILE writes all of them"
    if names:
        yield f"a new unit or another spelling goes into {place.units}, then: pantau judge --rejudge"


def _found(finder: UnitFinder, text: str) -> Iterator[str]:
    mentions = finder.find("", text)
    if not mentions:
        yield "no unit is named"
    for one in mentions:
        if one.known:
            yield f"{one.name} · kanwil {one.kanwil}"
        elif one.candidates:
            yield f"{one.name} · open between {', '.join(one.candidates)}"
        else:
            yield f"{one.name} · not in the gazetteer"


def _names(place: Workplace, since: datetime | None) -> tuple[list[Unsettled], int]:
    """The unsettled names of the data folder, and how many articles were looked at."""
    from pipeline.corrected import articles

    if not has_ledger(place.data):
        raise ConfigError(
            f"{place.data} holds no monitoring data yet; run `pantau run` first, or name the demo's: --data data/demo"
        )
    frame = articles(place.data)
    if since is not None:
        frame = frame[frame["dated_at"] >= since]
    columns = (frame[name] for name in ("units_unknown", "outlet", "dated_at", "title", "url"))
    namings = [
        Naming(str(name), outlet, at.to_pydatetime(), title, url)
        for names, outlet, at, title, url in zip(*columns, strict=True)
        for name in names
    ]
    problems = Problems()
    units = load_units(place.units, problems)
    finder = load_finder(place.config, place.units)
    return unsettled(namings, finder, units), len(frame)


def _reason(one: Unsettled) -> str:
    if one.reason == "bermakna ganda":
        return f"open between {', '.join(one.meant)}"
    return f"not in the gazetteer{'; meant: ' + ', '.join(one.meant) + '?' if one.meant else ''}"


def _table(names: list[Unsettled]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in names:
        days = [f"{when.astimezone(JAKARTA):%Y-%m-%d}" for when in (one.first, one.last)]
        example = (one.example.title, one.example.url)
        writer.writerow(
            map(guarded, map(str, (one.name, one.reason, one.articles, one.outlets, *days, *example, "; ".join(one.meant))))
        )
    return out.getvalue()


def _since(value: str | None) -> datetime | None:
    parsed = parse_iso(value) if value else None
    if value and parsed is None:
        raise ConfigError(f"--since: {value!r} is not a date; write for example 2026-11-16 (midnight in Jakarta)")
    return parsed.value if parsed else None


def _check_file(path: Path | None) -> None:
    if path is not None and path.is_dir():
        raise ConfigError(f"--csv: {path} is a folder; name a file")
    if path is not None and not path.parent.is_dir():
        raise ConfigError(f"--csv: there is no folder {path.parent}")
