"""What a data folder holds, read only: the sources' health, everything rejected, the account."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.dates import Week
from pipeline.ledgers import has_ledger, ledger_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from pipeline.jobs import Workplace
    from pipeline.report.context import Correction
    from pipeline.report.span import Span


def correction_of(*, tuned: bool) -> Correction:
    """What is known of the judge's errors of tone, for the report's corrected shares."""
    from pipeline.classify.model import labels_digest
    from pipeline.evaluation import confusion_file
    from pipeline.quality.prevalence import corrected, load_confusion, weakness
    from pipeline.report.context import Correction
    from pipeline.training import corpus_files

    confusion = load_confusion(confusion_file(tuned=tuned))
    if confusion is None:
        return Correction("missing")
    if weakness(confusion):
        return Correction("weak", confusion.texts)

    def shares(counts: Mapping[str, int], effective: float) -> dict[str, tuple[float, float, float]] | None:
        found, _ = corrected(confusion, counts, effective)
        return None if found is None else {label: (share.value, share.low, share.high) for label, share in found.items()}

    same = confusion.corpus == labels_digest(corpus_files())
    return Correction("known" if same else "stale", confusion.texts, shares)


def all_rejections(data: Path, now: datetime) -> pd.DataFrame:
    """Everything that was not judged, of both steps: fetch (from the ledger) and extract (from the parts)."""
    import pandas as pd
    import pyarrow as pa

    from pipeline.extract.privacy import masker_of
    from pipeline.fetch.ledger import Ledger
    from pipeline.store import dataset
    from pipeline.store.schema import REJECTIONS

    extracted = dataset.rejections(data)
    if not has_ledger(data):
        return extracted
    with Ledger.read(ledger_of(data), now) as ledger:
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

    if not has_ledger(data):
        return ""
    with Ledger.read(ledger_of(data), now) as ledger:
        return ledger.state(key)


def tries_of(data: Path, key: str, now: datetime) -> str:
    """How often a waiting entry was tried, what came last and when it is asked again, in WIB; "" when it never failed."""
    from pipeline.dates import JAKARTA
    from pipeline.fetch.ledger import Ledger

    if not has_ledger(data):
        return ""
    with Ledger.read(ledger_of(data), now) as ledger:
        failed, tries = ledger.failure(key), ledger.tries(key)
    if failed is None:
        return ""
    reason, detail, again = failed
    told = f"{reason}, {detail}" if detail else reason
    return f"try {tries} ended with {told}; the next one is due {again.astimezone(JAKARTA):%Y-%m-%d %H:%M} WIB"


def sightings_of(data: Path, key: str, now: datetime) -> tuple[str, ...]:
    """Which sources showed an entry, the first one first, each with its first and last sight in WIB."""
    from pipeline.dates import JAKARTA
    from pipeline.fetch.ledger import Ledger

    if not has_ledger(data):
        return ()
    with Ledger.read(ledger_of(data), now) as ledger:
        rows = ledger.seen_by(key)

    def told(instant: str) -> str:
        return f"{datetime.fromisoformat(instant).astimezone(JAKARTA):%Y-%m-%d %H:%M}"

    return tuple(f"{source}: first {told(first)}, last {told(last)} WIB" for source, first, last in rows)


def sources_of(place: Workplace, week: Week | Span) -> pd.DataFrame:
    """Each source's health for a week or another span: its last poll before the end, or else its first one after."""
    import pandas as pd

    from pipeline.fetch.ledger import Ledger

    last: dict[str, tuple[datetime, str, str]] = {}
    good: dict[str, datetime] = {}
    entries: dict[str, int] = {}
    if has_ledger(place.data):
        with Ledger.read(ledger_of(place.data), place.now) as ledger:
            last, good = ledger.last_polls(week.end), ledger.last_good(week.end)
            entries = ledger.entries_between(week.start, week.end)
    rows = []
    for source in place.sources:
        at, outcome, detail = last.get(source.id, (None, "not_polled", ""))
        healthy = outcome in ("ok", "unchanged")
        read = good.get(source.id, at if healthy else None)
        rows.append(
            {
                "source_id": source.id,
                "outlet": source.outlet,
                "state": "inactive" if not source.polled else "ok" if healthy else outcome,
                "last_ok": pd.Timestamp(read) if read else pd.NaT,
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

    with Ledger.read(ledger_of(place.data), place.now) as ledger:
        states = ledger.counts()
        marked = ledger.known_parts()
    pages = [name for name in part_names(place.data, "pages") if name in marked]
    judged = set(part_names(place.data, "articles"))
    fetched_keys = _versions(place.data, "pages", pages)
    article_keys = _versions(place.data, "articles", sorted(judged))
    ended_parts = [name for name in part_names(place.data, "rejections") if name in judged]
    rejected_keys = _versions(place.data, "rejections", ended_parts)
    waiting_keys = _versions(place.data, "pages", [name for name in pages if name not in judged])
    ended = Counter(article_keys) + Counter(rejected_keys) + Counter(waiting_keys)
    held = {key for key, _ in (*fetched_keys, *ended)}  # a judged part that has lost its pages is no lost article
    return {
        "seen": sum(states.values()),
        "waiting": states.get("waiting", 0),
        "skipped": states.get("skipped", 0),
        "rejected_at_fetch": states.get("rejected", 0),
        "folded": states.get("folded", 0),
        "fetched": states.get("fetched", 0),
        "judged": sum(version == 0 for _, version in article_keys),
        "rejected_at_extract": sum(version == 0 for _, version in rejected_keys),
        "not_yet_judged": sum(version == 0 for _, version in waiting_keys),
        "new_versions": sum(version > 0 for _, version in fetched_keys),
        "parts_not_marked": len(set(part_names(place.data, "pages")) - marked),
        "lost": len(set(fetched_keys) - set(ended)) + max(0, states.get("fetched", 0) - len(held)),
        "doubled": sum(count - 1 for count in ended.values()),
    }


def _versions(data: Path, kind: str, names: list[str]) -> list[tuple[str, int]]:
    """(key, version) of every row of these parts."""
    import pyarrow as pa

    from pipeline.store.parts import part_path, read_shaped

    shape = pa.schema([("key", pa.string()), ("version", pa.int32())])
    tables = [read_shaped(part_path(data, kind, name), shape) for name in names]
    return [(str(row["key"]), row["version"] or 0) for table in tables for row in table.to_pylist()]
