"""What a report is made of, gathered: from the data folder as it stands, or as it stood when a manifest was written."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from pipeline.configfile import Problems
from pipeline.corrected import Log, Window, digest_of, log_of
from pipeline.dates import JAKARTA, Week
from pipeline.ledgers import has_ledger, ledger_of
from pipeline.report.context import Entries, ReportContext
from pipeline.report.edition import Snapshot
from pipeline.report.manifest import sha256
from pipeline.report.restating import First
from pipeline.report.rows import COLUMNS
from pipeline.report.span import Span
from pipeline.report.table import frame_of
from pipeline.report.trend import COLUMNS as TREND
from pipeline.report.trend import COUNTED_BY, trend_table, weeks_until

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.jobs import Workplace
    from pipeline.report.csv import Dialect

PAST = timedelta(weeks=8)  # in which a source's usual volume is looked for
SOURCES = {
    "source_id": "str",
    "outlet": "str",
    "state": "str",
    "last_error": "str",
    "entries_week": "int64",
    "usual": "float64",
    "days_due": "int64",
    "days_read": "int64",
    "days_due_before": "int64",
    "days_read_before": "int64",
    "verdict": "str",
    "verdict_why": "str",
}
STORY = ("key", "story_id", "story_origin", "story_role", "event_id", "event_role")


@dataclass(frozen=True, slots=True)
class Wish:
    """Which report is meant. ``taxonomy``: a version of the programme list; ``only``: the one regional office, "" for all."""

    span: Span
    taxonomy: str
    only: str = ""
    dialect: Dialect = "standard"


def snapshot(place: Workplace, wish: Wish, first: First | None) -> Snapshot:
    """The data folder's as it stands. Raises ``ConfigError`` for mistakes of the configuration or of the corrections' log."""
    from pipeline.jobs import recipe_of_place
    from pipeline.store.parts import part_path

    log = log_of(place.data, place.config, place.units)
    window = Window.of(place.data, log)
    both = window.articles(wish.span.before.start, wish.span.end, COLUMNS)
    current, previous = within(both, wish.span), within(both, wish.span.before)
    polls = telling_polls(polls_among(place, window.shelf.instants("first_seen")), wish.span)
    recipes = sorted(set(current["recipe"]))
    correctors = {key for held in both["corrected_from"] for key in held}
    parts = sorted({*both["part"], *window.shelf.parts_of(correctors)})
    manifest: dict[str, object] = {
        "recipe": ", ".join(recipes) or recipe_of_place(place),
        "recipes": recipes,
        "ended": place.now >= wish.span.end,
        "collection": _collection(place, wish.span, current, polls),
        "corrections": {**digest_of(log, both), "log_rows": _rows_that_bear(log, window.origins, both)},
        "inputs": [{"part": name, "sha256": sha256(part_path(place.data, "articles", name).read_bytes())} for name in parts],
        "stories": story_digest(both),
        "scores": _scores(),
        **_named(place, wish),
        **configuration(place),
        **_versions(),
    }
    manifest["trend"] = _trend(window, wish, polls)
    return made_of(place, wish, current, previous, manifest, first)


def within(frame: pd.DataFrame, span: Span) -> pd.DataFrame:
    """The articles dated in the span."""
    return frame[(frame["dated_at"] >= span.start) & (frame["dated_at"] < span.end)]


def made_of(
    place: Workplace,
    wish: Wish,
    current: pd.DataFrame,
    previous: pd.DataFrame,
    manifest: dict[str, object],
    first: First | None,
) -> Snapshot:
    """The snapshot of these articles and what the manifest says of everything else."""
    trend = frame_of(TREND, manifest["trend"])  # type: ignore[arg-type]
    return Snapshot(current, previous, trend, context_of(place, wish, manifest, first), manifest)


def context_of(place: Workplace, wish: Wish, manifest: Mapping[str, Any], first: First | None) -> ReportContext:
    """The tables' context: what the manifest says of the collection, and the configuration's programmes and units."""
    from pipeline.classify.taxonomy import load_taxonomies
    from pipeline.classify.units import KANWIL, load_units
    from pipeline.overview import correction_of
    from pipeline.settings import is_tuned

    problems, collected = Problems(), manifest["collection"]
    taxonomy = load_taxonomies(place.config / "programmes", problems)[wish.taxonomy]
    units = [unit for unit in load_units(place.units, problems) if unit.in_force(wish.span.start.date())]
    problems.raise_if_any()
    return ReportContext(
        span=wish.span,
        complete=manifest["ended"],
        polls=tuple(datetime.fromisoformat(poll) for poll in collected["polls"]),
        taxonomy=taxonomy,
        units=units,
        kanwil=(wish.only,) if wish.only else KANWIL,
        recipe=manifest["recipe"],
        entries=Entries(**collected["entries"]),
        sources=sources_frame(collected["sources"]),
        correction=correction_of(tuned=is_tuned(place.settings)),
        only=wish.only,
        first=first,
        corrections=manifest["corrections"]["sha256"],
        scores=manifest["scores"],
    )


def story_digest(frame: pd.DataFrame) -> dict[str, object]:
    """How many articles have which place among copies and events, as one digest."""
    rows = sorted(zip(*(frame[name].tolist() for name in STORY), strict=True))
    return {"articles": len(rows), "sha256": sha256(json.dumps(rows).encode())}


def _named(place: Workplace, wish: Wish) -> dict[str, object]:
    """The report's own name: period, comparison, options."""
    span = wish.span
    return {
        "period": span.name,
        "kind": span.kind,
        "window_wib": [span.start.isoformat(), span.end.isoformat()],
        "compared_with": [span.before.start.isoformat(), span.before.end.isoformat()],
        "options": {"taxonomy": wish.taxonomy, "kanwil": wish.only, "csv_dialect": wish.dialect},
        "taxonomy": wish.taxonomy,
        "sources_sha256": sha256("\n".join(map(repr, place.sources)).encode()),
    }


def configuration(place: Workplace) -> dict[str, object]:
    """The digests of what else the tables are read by: programme list, units, measured errors of tone."""
    from pipeline.evaluation import confusion_file
    from pipeline.settings import is_tuned

    confusion = confusion_file(tuned=is_tuned(place.settings))
    lists = hashlib.sha256()
    for path in sorted((place.config / "programmes").glob("*.yaml")):
        lists.update(path.read_bytes())
    return {
        "programmes_sha256": lists.hexdigest(),
        "units_sha256": sha256(place.units.read_bytes()),
        "tone_confusion": sha256(confusion.read_bytes()) if confusion.exists() else None,
    }


def _versions() -> dict[str, object]:
    from pipeline import __version__
    from pipeline.store.schema import SCHEMA_VERSION

    return {"program": __version__, "schema_version": SCHEMA_VERSION}


def _scores() -> dict[str, float]:
    """What the judge is tested to reach at least, of the figures that the notes name."""
    from pipeline.evaluation import read_floor
    from pipeline.report.labels import SCORE

    held = read_floor().figures
    return {name: float(held[name]) for name in SCORE if name in held}


def _rows_that_bear(log: Log, spoken: pd.DataFrame, both: pd.DataFrame) -> int:
    """So many first rows of the log hold all that was ever said of these articles and of their copies.

    ``spoken``: the articles that the log speaks of.
    """
    if spoken.empty:
        return 0
    same = spoken["story_id"].isin(both["story_id"]) | spoken["text_sha256"].isin(both["text_sha256"])
    keys = set(spoken.loc[same, "key"])
    return max((number for number, row in enumerate(log.rows, 1) if row.key in keys), default=0)


def _trend(window: Window, wish: Wish, polls: Sequence[datetime]) -> list[dict[str, object]]:
    """The weeks up to the span's last day, as plain rows."""
    weeks = weeks_until(wish.span.end - timedelta(seconds=1))
    frame = window.flat(weeks[0].start, weeks[-1].end, COUNTED_BY)
    table = trend_table(frame[frame["kanwil"] == wish.only] if wish.only else frame, weeks, polls)
    rows: list[dict[str, object]] = json.loads(table.to_json(orient="records", double_precision=10))
    return rows


def _collection(place: Workplace, span: Span, current: pd.DataFrame, polls: Sequence[datetime]) -> dict[str, Any]:
    """What the ledger tells of the span, in plain values: polls, entries that are no articles, sources, withdrawn pages."""
    withdrawn = current.loc[current["withdrawn_at"].notna(), ["key", "withdrawn_at"]]
    return {
        "polls": [poll.isoformat() for poll in polls],
        "entries": _entries(place, span, set(current["key"])),
        "sources": _sources(place, span),
        "withdrawn": {str(key): at.isoformat() for key, at in zip(withdrawn["key"], withdrawn["withdrawn_at"], strict=True)},
    }


def polls_of(place: Workplace, articles: pd.DataFrame) -> Sequence[datetime]:
    """When any source was read successfully, in order. Fetched pages tell it too, since a ledger may be lost and begun anew."""
    return polls_among(place, sorted(seen.to_pydatetime() for seen in articles["first_seen"].dropna().unique()))


def polls_among(place: Workplace, seen: Sequence[datetime]) -> Sequence[datetime]:
    """The same from the instants at which any article was first seen, in order."""
    from pipeline.fetch.ledger import Ledger

    if not has_ledger(place.data):
        return seen
    with Ledger.read(ledger_of(place.data), place.now) as ledger:
        return sorted({*seen, *ledger.good_polls()})


def telling_polls(polls: Sequence[datetime], span: Span) -> list[datetime]:
    """The polls on which the tables and the trend depend, so that later ones change nothing: the first of all, the first and the
    last of each week (and of the span and the one before), and the first one after each of these two. ``polls`` are sorted."""
    kept: dict[datetime, None] = dict.fromkeys(polls[:1])
    for one in (span, span.before, *map(Span.of_week, weeks_of(polls, span.end))):
        inside = polls[bisect_left(polls, one.start) : bisect_left(polls, min(one.end, span.end))]
        kept.update(dict.fromkeys((*inside[:1], *inside[-1:])))
    for one in (span, span.before):
        kept.update(dict.fromkeys(polls[(after := bisect_left(polls, one.end)) : after + 1]))
    return sorted(kept)


def weeks_of(instants: Sequence[datetime], end: datetime) -> Iterator[Week]:
    """The weeks in which any of these sorted instants before ``end`` lies; each is sought by bisection, since a year has tens of
    thousands of polls."""
    at = 0
    while at < len(instants) and instants[at] < end:
        yield (week := Week.of(instants[at]))
        at = bisect_left(instants, week.end, at)


def _entries(place: Workplace, span: Span, judged: set[str]) -> dict[str, object]:
    from pipeline.fetch.looking import Looking
    from pipeline.overview import all_rejections
    from pipeline.store.parts import part_names

    rejected = all_rejections(place.data, place.now)
    rejected = rejected[(rejected["at"] >= span.start) & (rejected["at"] < span.end)]
    reasons = {
        str(key): str(reason) for key, reason in zip(rejected["key"], rejected["reason"], strict=True) if key not in judged
    }
    states: Counter[str] = Counter()
    if has_ledger(place.data):
        done = set(part_names(place.data, "articles"))
        with Looking.read(ledger_of(place.data), place.now) as ledger:
            for state, part, count in ledger.outcomes_between(span.start, span.end):
                states["unjudged" if state == "fetched" and part not in done else state] += count
    return {
        "rejected": dict(sorted(Counter(reasons.values()).items())),
        "waiting": states["waiting"],
        "skipped": states["skipped"],
        "unjudged": states["unjudged"],
    }


def _sources(place: Workplace, span: Span) -> list[dict[str, object]]:
    """Each source's health (``overview.sources_of``), on how many days it was read of those that were due, and its volume."""
    from pipeline.fetch.coverage import HISTORY, verdict
    from pipeline.fetch.looking import Looking
    from pipeline.overview import sources_of

    days: dict[str, dict[str, int]] = {}
    if has_ledger(place.data):
        with Looking.read(ledger_of(place.data), place.now) as ledger:
            days = ledger.days(span.before.start - HISTORY)
    until = min(span.end, place.now).astimezone(JAKARTA)
    rows = []
    for row in sources_of(place, span).to_dict("records"):
        held = {date.fromisoformat(day): count for day, count in days.get(str(row["source_id"]), {}).items()}
        counts = {day: count for day, count in held.items() if datetime.combine(day, time(), JAKARTA) < until}
        past = [count for day, count in counts.items() if (span.end - PAST).date() <= day]
        due, read = _watched_days(counts, span, until)
        due_before, read_before = _watched_days(counts, span.before, until)
        seen, whole = sum(count for day, count in counts.items() if span.start.date() <= day), (until - span.start).days
        told = verdict(counts, seen, until, whole) if whole > 0 and counts else None
        rows.append(
            {
                **{name: row[name] for name in ("source_id", "outlet", "state", "last_error")},
                "last_ok": row["last_ok"].isoformat() if row["last_ok"] == row["last_ok"] else None,
                "entries_week": int(row["entries_week"]),
                "usual": round(sum(past) / len(past), 4) if past else 0.0,
                "days_due": due,
                "days_read": read,
                "days_due_before": due_before,
                "days_read_before": read_before,
                "verdict": told.word if told else "",
                "verdict_why": told.why if told else "",
            }
        )
    return rows


def _watched_days(counts: Mapping[date, int], span: Span, until: datetime) -> tuple[int, int]:
    """(due, read): whole days of the span, from the source's first day on, and those of them on which it was read."""
    first, last = span.start.date(), min(span.end, until).astimezone(span.start.tzinfo).date()
    begun = min(counts, default=last)
    due = [first + timedelta(days=number) for number in range(max(0, (last - first).days))]
    due = [day for day in due if day >= begun]
    return len(due), sum(day in counts for day in due)


def sources_frame(rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    """The sources as ``ReportContext.sources`` wants them."""
    import pandas as pd

    frame = pd.DataFrame({name: pd.Series([row[name] for row in rows], dtype=kind) for name, kind in SOURCES.items()})
    frame["last_ok"] = pd.to_datetime(pd.Series([row["last_ok"] for row in rows], dtype="object"), utc=True, format="ISO8601")
    return frame
