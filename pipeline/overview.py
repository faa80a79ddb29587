"""What a data folder holds, read only: the week's tables, the sources' health, everything rejected, the account."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.configfile import Problems
from pipeline.dates import Week
from pipeline.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from pipeline.jobs import Workplace
    from pipeline.report.context import Correction


def weekly(place: Workplace, week: Week) -> dict[str, pd.DataFrame]:
    """The week's tables: what the CSV files hold and what ``pipeline.week`` returns."""
    return weekly_with_manifest(place, week)[0]


def weekly_with_manifest(place: Workplace, week: Week) -> tuple[dict[str, pd.DataFrame], dict[str, object]]:
    """The week's tables, and what they were made from: window, recipes and the digest of every part that was read.

    Raises ``ConfigError`` for a week that has not begun.
    """
    from pipeline.classify.taxonomy import load_taxonomies
    from pipeline.classify.units import KANWIL, load_units
    from pipeline.corrected import articles, digest_of, log_of
    from pipeline.evaluation import confusion_file
    from pipeline.jobs import recipe_of_place
    from pipeline.report.period import COMPLETE
    from pipeline.report.weekly import ReportContext, weekly_tables
    from pipeline.store.parts import part_path
    from pipeline.store.schema import SCHEMA_VERSION

    log = log_of(place.data, place.config, place.units)
    frame = articles(place.data, log)
    polls = _watched(place, frame)
    _refuse_future(week, max([place.now, *polls]), frame)
    current = frame[frame["week"] == str(week)]
    previous = frame[frame["week"] == str(week.before)]
    problems = Problems()
    context = ReportContext(
        week=week,
        complete=place.now >= week.end,
        polls=polls,
        taxonomy=load_taxonomies(place.config / "programmes", problems)[place.settings.report.taxonomy],
        units=[unit for unit in load_units(place.units, problems) if unit.in_force(week.start.date())],
        kanwil=KANWIL,
        recipe=", ".join(sorted(set(current["recipe"]))) or recipe_of_place(place),
        rejections=_rejections_of(place.data, place.now, week),
        sources=sources_of(place, week),
        correction=correction_of(),
    )
    tables = weekly_tables(current, previous, context)
    status = str(tables["01_ringkasan"]["status_minggu"].iloc[0])
    parts = sorted({*current["part"], *previous["part"]})
    manifest: dict[str, object] = {
        "week": str(week),
        "window_wib": [week.start.isoformat(), week.end.isoformat()],
        "complete": status == COMPLETE,
        "status": status,
        "taxonomy": context.taxonomy.version,
        "tone_confusion": _digest_of(confusion_file()),
        "recipes": sorted(set(current["recipe"])),
        "corrections": digest_of(log, frame[frame["week"].isin([str(week), str(week.before)])]),
        "schema_version": SCHEMA_VERSION,
        "inputs": [
            {"part": name, "sha256": hashlib.sha256(part_path(place.data, "articles", name).read_bytes()).hexdigest()}
            for name in parts
        ],
    }
    return tables, manifest


def _digest_of(path: Path) -> str | None:
    """The file's sha256; None when there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None


def correction_of() -> Correction:
    """What is known of the judge's errors of tone, for the report's corrected shares."""
    from pipeline.classify.model import labels_digest
    from pipeline.evaluation import confusion_file
    from pipeline.quality.prevalence import corrected, load_confusion, weakness
    from pipeline.report.context import Correction
    from pipeline.training import corpus_files

    confusion = load_confusion(confusion_file())
    if confusion is None:
        return Correction("missing")
    if weakness(confusion):
        return Correction("weak", confusion.texts)

    def shares(counts: Mapping[str, int], effective: float) -> dict[str, tuple[float, float, float]] | None:
        found, _ = corrected(confusion, counts, effective)
        return None if found is None else {label: (share.value, share.low, share.high) for label, share in found.items()}

    same = confusion.corpus == labels_digest(corpus_files())
    return Correction("known" if same else "stale", confusion.texts, shares)


def _watched(place: Workplace, articles: pd.DataFrame) -> tuple[datetime, ...]:
    """When any source was read successfully, in order. Fetched pages tell it too, since a ledger may be lost and begun anew."""
    from pipeline.fetch.ledger import Ledger

    found: set[datetime] = {seen.to_pydatetime() for seen in articles["first_seen"].dropna().unique()}
    if (place.data / "ledger.sqlite").exists():
        with Ledger.read(place.data / "ledger.sqlite", place.now) as ledger:
            polls = ledger.polls(place.now)
        found |= {datetime.fromisoformat(str(poll[1])) for poll in polls if poll[2] in ("ok", "unchanged")}
    return tuple(sorted(found))


def _refuse_future(week: Week, now: datetime, articles: pd.DataFrame) -> None:
    """A week that has not begun is a slip of the pen. ``now`` may lie behind the data when a demo had a later clock."""
    if week.start <= now:
        return
    known = sorted(name for name in articles["week"].unique() if name <= str(Week.of(now)))
    held = f"articles are held of {', '.join(known[-8:])}" if known else "no articles are held yet"
    raise ConfigError(f"week {week} has not begun; the running week is {Week.of(now)}, and {held}")


def _rejections_of(data: Path, now: datetime, week: Week) -> pd.DataFrame:
    frame = all_rejections(data, now)
    return frame[(frame["at"] >= week.start) & (frame["at"] < week.end)].reset_index(drop=True)


def all_rejections(data: Path, now: datetime) -> pd.DataFrame:
    """Everything that was not judged, of both steps: fetch (from the ledger) and extract (from the parts)."""
    import pandas as pd
    import pyarrow as pa

    from pipeline.extract.privacy import masker_of
    from pipeline.fetch.ledger import Ledger
    from pipeline.store import dataset
    from pipeline.store.schema import REJECTIONS

    extracted = dataset.rejections(data)
    if not (data / "ledger.sqlite").exists():
        return extracted
    with Ledger.read(data / "ledger.sqlite", now) as ledger:
        masker = masker_of()
        rows = [
            {
                "key": key,
                "step": "fetch",
                "reason": reason,
                "detail": detail,
                **dict(zip(("title", "url"), masker.headline(str(title), "", str(url), str(key)), strict=True)),
                "source_id": source,
                "at": datetime.fromisoformat(str(at)),
                "recipe": "",
                "part": "",
            }
            for key, reason, detail, url, source, title, at in ledger.rejected()
        ]
    fetched: pd.DataFrame = pa.Table.from_pylist(rows, schema=REJECTIONS).to_pandas()
    frames = [frame for frame in (fetched, extracted) if len(frame)] or [extracted]
    return pd.concat(frames, ignore_index=True).sort_values(["at", "key"], ignore_index=True)


def state_of(data: Path, key: str, now: datetime) -> str:
    """The ledger's state of an entry: waiting, fetched, rejected or folded; "" when no source ever announced it."""
    from pipeline.fetch.ledger import Ledger

    if not (data / "ledger.sqlite").exists():
        return ""
    with Ledger.read(data / "ledger.sqlite", now) as ledger:
        return ledger.state(key)


def sources_of(place: Workplace, week: Week) -> pd.DataFrame:
    """Each source's health for a week: its last poll before the week ended, or else its first one after."""
    import pandas as pd

    from pipeline.fetch.ledger import Ledger

    last: dict[str, tuple[str, str, str]] = {}
    last_ok: dict[str, str] = {}
    entries: dict[str, int] = {}
    if (place.data / "ledger.sqlite").exists():
        with Ledger.read(place.data / "ledger.sqlite", place.now) as ledger:
            end = week.end
            for source_id, at, outcome, detail, _, _ in ledger.polls(end):
                name, when = str(source_id), datetime.fromisoformat(str(at))
                if when < end or name not in last:
                    last[name] = (str(at), str(outcome), str(detail))
                    if outcome in ("ok", "unchanged"):
                        last_ok[name] = str(at)
            entries = ledger.entries_between(week.start, end)
    rows = []
    for source in place.sources:
        _, outcome, detail = last.get(source.id, ("", "not_polled", ""))
        healthy = outcome in ("ok", "unchanged")
        rows.append(
            {
                "source_id": source.id,
                "outlet": source.outlet,
                "state": "inactive" if not source.active else "ok" if healthy else outcome,
                "last_ok": pd.Timestamp(last_ok[source.id]) if source.id in last_ok else pd.NaT,
                "last_error": "" if healthy else detail or outcome,
                "entries_week": entries.get(source.id, 0),
            }
        )
    frame = pd.DataFrame(rows, columns=["source_id", "outlet", "state", "last_ok", "last_error", "entries_week"])
    frame["last_ok"] = pd.to_datetime(frame["last_ok"], utc=True)
    return frame


def account(place: Workplace) -> dict[str, int]:
    """The conservation account: every entry ever seen, by what became of it. ``lost`` and ``doubled`` are 0 in a sound folder.

    Parts that a killed run left half done (not marked, or without their articles) are not counted: the next run finishes them.
    """
    from pipeline.fetch.ledger import Ledger
    from pipeline.store.parts import part_names

    with Ledger.read(place.data / "ledger.sqlite", place.now) as ledger:
        states = ledger.counts()
        marked = ledger.known_parts()
    pages = [name for name in part_names(place.data, "pages") if name in marked]
    judged = set(part_names(place.data, "articles"))
    fetched_keys = _keys(place.data, "pages", pages)
    article_keys = _keys(place.data, "articles", sorted(judged))
    rejected_keys = _keys(place.data, "rejections", [name for name in part_names(place.data, "rejections") if name in judged])
    waiting_keys = _keys(place.data, "pages", [name for name in pages if name not in judged])
    ended = Counter(article_keys) + Counter(rejected_keys) + Counter(waiting_keys)
    return {
        "seen": sum(states.values()),
        "waiting": states.get("waiting", 0),
        "rejected_at_fetch": states.get("rejected", 0),
        "folded": states.get("folded", 0),
        "fetched": states.get("fetched", 0),
        "judged": len(article_keys),
        "rejected_at_extract": len(rejected_keys),
        "not_yet_judged": len(waiting_keys),
        "parts_not_marked": len(set(part_names(place.data, "pages")) - marked),
        "lost": len(set(fetched_keys) - set(ended)) + max(0, states.get("fetched", 0) - len(set(fetched_keys))),
        "doubled": sum(count - 1 for count in ended.values()),
    }


def _keys(data: Path, kind: str, names: list[str]) -> list[str]:
    from pipeline.store.parts import part_path, read_part

    return [str(key) for name in names for key in read_part(part_path(data, kind, name), ["key"])["key"].to_pylist()]
