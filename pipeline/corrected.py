"""The analysts' corrections at work: the log laid over the articles, listed, and what it settles handed out for training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.configfile import Problems
from pipeline.ledgers import has_ledger, ledger_of
from pipeline.settings import corrections_file, default_config, sample_folder
from pipeline.store import dataset
from pipeline.store.shelf import STORY
from pipeline.stories.corrections import COLUMNS, MODEL, Correction, Known, has_rows, in_force, load_corrections

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.store.shelf import Places, Shelf

BATCH = "corrections"  # of the labelled articles that come from the log


@dataclass(frozen=True, slots=True)
class Log:
    """The log as it was read once, and what the configuration knows. ``rows`` keeps the file's order."""

    path: Path
    rows: tuple[Correction, ...]
    known: Known


def log_of(data: Path, config: Path | None = None, units: Path | None = None) -> Log:
    """The log that belongs to a data folder: a demo has its own. Raises ``ConfigError`` that lists every broken row."""
    demo, path = _is_demo(data), log_path(data)
    if not has_rows(path):
        return Log(path, (), Known({}, frozenset(), {}))
    config = config or default_config()
    known = known_labels(config, units or (sample_folder() if demo else config) / "units.csv")
    problems = Problems()
    rows = load_corrections(path, known, problems)
    problems.raise_if_any()
    return Log(path, rows, known)


def log_path(data: Path) -> Path:
    """Where the log of a data folder stands, or will stand once something is corrected."""
    return data / "corrections.csv" if _is_demo(data) else corrections_file()


def _is_demo(data: Path) -> bool:
    from pipeline.demo import MEMORY

    return (data / MEMORY).exists()


def known_labels(config: Path, units: Path) -> Known:
    """The labels that the configuration knows, read once while its files stay as they are.

    Raises ``ConfigError`` that lists its mistakes.
    """
    files = [*sorted((config / "programmes").glob("*.yaml")), units]
    return _known_labels(config, units, tuple((path, path.stat().st_mtime_ns) for path in files if path.exists()))


@lru_cache(maxsize=4)
def _known_labels(config: Path, units: Path, _files: tuple[tuple[Path, int], ...]) -> Known:
    from pipeline.classify.taxonomy import all_programmes, load_taxonomies
    from pipeline.classify.units import load_units

    problems = Problems()
    programmes = all_programmes(load_taxonomies(config / "programmes", problems))
    kanwil = {unit.name: unit.kanwil for unit in load_units(units, problems)}
    problems.raise_if_any()
    half = frozenset(slug for slug, programme in programmes.items() if programme.scope == "imi")
    return Known({slug: programme.code for slug, programme in programmes.items()}, half, kanwil)


def articles(data: Path, log: Log | None = None) -> pd.DataFrame:
    """Every judged article as persons have corrected it: ``store/dataset.articles`` with ``stories/corrected.py`` over it."""
    from pipeline.stories.corrected import correct_frame

    log = log or log_of(data)
    frame = correct_frame(dataset.articles(data), log.rows, log.known)
    frame["withdrawn_at"] = frame["key"].map(_withdrawn(data)).astype("datetime64[us, UTC]")
    return frame


def around(data: Path, key: str) -> pd.DataFrame:
    """A held article with all whose corrections reach it or that its own can reach (``copies_of``): REACHED_BY, READ and STORY.

    In a large folder a thousandth of what ``articles`` reads.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    from pipeline.store.shelf import Shelf
    from pipeline.stories.corrected import READ, WORDS

    shelf, held = Shelf.of(data), dataset.articles_table(data, ["key", "words", "text_sha256"])
    long = held.filter(pc.greater_equal(held["words"], WORDS))
    keys = {key}
    for table, name in ((shelf.stories, "story_id"), (long, "text_sha256")):
        own = table[name].filter(pc.equal(table["key"], key)).to_pylist()
        alone = [key] if name == "story_id" and not own else []  # a story may bear the name of one that is in none
        keys |= set(table["key"].filter(pc.is_in(table[name], value_set=pa.array([*own, *alone], pa.string()))).to_pylist())
    return shelf.read(shelf.places_of(keys), list(dict.fromkeys(("dated_at", *READ))))


@dataclass(frozen=True, slots=True)
class Window:
    """Some of the articles as persons have corrected them: what a report reads of a large folder.

    ``origins``: the articles that the log speaks of, wherever they stand (REACHED_BY and STORY).
    """

    shelf: Shelf
    log: Log
    origins: pd.DataFrame
    withdrawn: Mapping[str, datetime]

    @classmethod
    def of(cls, data: Path, log: Log) -> Window:
        """Over the folder as it stands. Raises ``StorageError`` as ``articles`` does."""
        from pipeline.store.shelf import Shelf
        from pipeline.stories.corrected import REACHED_BY

        shelf = Shelf.of(data)
        spoken = shelf.places_of({row.key for row in log.rows})
        return cls(shelf, log, shelf.read(spoken, (*REACHED_BY, "dated_at")), _withdrawn(data))

    def articles(self, start: datetime, end: datetime, columns: Sequence[str]) -> pd.DataFrame:
        """The articles dated in [start, end) as ``articles`` has them, but with no more of ARTICLES than these ``columns`` and
        those that correcting reads."""
        return self._corrected(self.shelf.between(start, end), columns)

    def flat(self, start: datetime, end: datetime, columns: Sequence[str]) -> pd.DataFrame:
        """The same with these ``columns``, key and dated_at among them, and STORY alone, for many articles: in no order, and the
        rest is read of those that are corrected only."""
        import pandas as pd

        from pipeline.stories.corrected import REACHED_BY, reached

        places, spoken = self.shelf.between(start, end), bool(len(self.origins))
        frame = self.shelf.read(places, list(dict.fromkeys((*columns, *(REACHED_BY if spoken else ())))))
        shown = frame[[name for name in frame if name in columns or name in STORY]]
        if not spoken or not (changed := reached(frame, self.log.rows, self.origins)):
            return shown
        corrected = self._corrected(self.shelf.places_of(changed), columns)
        return pd.concat([shown[~shown["key"].isin(changed)], corrected[list(shown)]], ignore_index=True)

    def _corrected(self, places: Places, columns: Sequence[str]) -> pd.DataFrame:
        from pipeline.stories.corrected import READ, correct_frame

        frame = self.shelf.read(places, list(dict.fromkeys((*columns, *READ))))
        frame = correct_frame(frame, self.log.rows, self.log.known, self.origins)
        frame["withdrawn_at"] = frame["key"].map(self.withdrawn).astype("datetime64[us, UTC]")
        return frame


def _withdrawn(data: Path) -> dict[str, datetime]:
    """When an article's page was found gone at a later look, by key."""
    from pipeline.fetch.ledger import Ledger

    if not has_ledger(data):
        return {}
    with Ledger.read(ledger_of(data), datetime.now(UTC)) as ledger:
        return ledger.withdrawn()


def digest_of(log: Log, frame: pd.DataFrame) -> dict[str, object]:
    """What a report's manifest says of corrections: how many rows bear on the frame's articles, and their digest."""
    from pipeline.stories.corrections import digest

    keys = {key for held in frame["corrected_from"] for key in held}
    rows = [row for (key, _), row in in_force(log.rows).items() if key in keys]
    return {"rows": len(rows), "sha256": digest(rows)}


def spoken_of(data: Path) -> set[str]:
    """Keys of articles that a person has called relevant, whatever the model says: they are grouped with the others."""
    force = in_force(log_of(data).rows)
    said = {key: row.new for (key, field), row in force.items() if field == "relevance"}
    return {key for key, field in force if field != "source_type" and said.get(key) != "irrelevant"}


def listing(data: Path, log: Log | None = None) -> pd.DataFrame:
    """Every row of the log, in its order, with what has become of it.

    ``state``: in_force · superseded (a later row says otherwise) · withdrawn · no_effect (the article cannot have it now) ·
    unknown_article (not held here; it waits). ``model`` is today's model label, ``old_differs`` that ``old`` is not what
    stood there, ``copies`` how many other articles the row reaches.
    """
    import pandas as pd

    from pipeline.stories.corrections import FIELDS, old_differs, text_of

    log = log or log_of(data)
    frame = articles(data, log)
    keys = {row.key for row in log.rows}
    held = frame[frame["key"].isin(keys)].set_index("key")
    model = {(str(key), field): text_of(held.at[key, f"{field}_model"]) for key in held.index for field in FIELDS}
    effective = {str(key): set(fields) for key, fields in zip(held.index, held["corrected_fields"], strict=True)}
    reach: dict[tuple[str, str], int] = {}
    for key, fields, sources in zip(frame["key"], frame["corrected_fields"], frame["corrected_from"], strict=True):
        for field, source in zip(fields, sources, strict=True):
            reach[source, field] = reach.get((source, field), 0) + (key != source)
    force = in_force(log.rows)
    last = {(row.key, row.field): row for row in log.rows}
    rows = [
        {
            **{name: getattr(row, name) for name in ("line", *COLUMNS)},
            "when": pd.Timestamp(row.when).tz_convert("UTC"),
            "state": _state(row, last, effective),
            "model": model.get((row.key, row.field), ""),
            "old_differs": differs,
            "copies": reach.get((row.key, row.field), 0) if force.get((row.key, row.field)) is row else 0,
        }
        for row, differs in zip(log.rows, old_differs(log.rows, model), strict=True)
    ]
    columns = ["line", *COLUMNS, "state", "model", "old_differs", "copies"]
    found = pd.DataFrame(rows, columns=columns)
    found["when"] = pd.to_datetime(found["when"], utc=True)
    return found


def states_of(log: Log, data: Path) -> dict[str, int]:
    """State → how many rows of the log have it; empty for an empty log, which costs no reading of articles."""
    if not log.rows:
        return {}
    return {str(state): int(count) for state, count in sorted(listing(data, log)["state"].value_counts().items())}


def _state(row: Correction, last: dict[tuple[str, str], Correction], effective: dict[str, set[str]]) -> str:
    if last[row.key, row.field] is not row:
        return "superseded"
    if row.new == MODEL:
        return "withdrawn"
    if row.key not in effective:
        return "unknown_article"
    return "in_force" if row.field in effective[row.key] else "no_effect"


def settled(data: Path) -> list[dict[str, Any]]:
    """Articles to learn from, in the corpus's format (data/labels/LABELLING.md), sorted by id; texts that are held only.

    A person has answered for relevance and, where it applies, for the primary programme and the tone, be it by another
    label or by confirming the model's; otherwise a model would learn its own guesses. One article per text.
    """
    frame = articles(data)
    best: dict[str, tuple[int, int]] = {}
    for index, (story, text, fields, sources, key) in enumerate(
        zip(*(frame[name] for name in ("story_id", "text", "corrected_fields", "corrected_from", "key")), strict=True)
    ):
        if not isinstance(text, str) or not text.strip() or not _needed(str(frame["relevance"].iat[index])) <= set(fields):
            continue
        rank = (-sum(source == key for source in sources), index)
        best[story] = min(best.get(story, rank), rank)
    chosen = (frame.iloc[index].to_dict() for _, index in best.values())
    return sorted((_labelled(row) for row in chosen), key=lambda one: str(one["id"]))


def _needed(relevance: str) -> set[str]:
    primary = {"programme_primary"} if relevance != "irrelevant" else set()
    return {"relevance"} | primary | ({"tone"} if relevance == "corrections" else set())


def _labelled(row: dict[Any, Any]) -> dict[str, Any]:
    answered = set(row["corrected_fields"])
    return {
        "id": f"c-{row['key']}",
        "title": row["title"],
        "text": row["text"],
        "outlet": row["outlet"],
        "published": row["dated_at"].isoformat(),
        "labels": {
            "relevance": row["relevance"],
            "primary": row["programme_primary"] or None,
            "tone": row["tone"] if "tone" in answered else None,
            "title_tone": row["title_tone"] if "title_tone" in answered else None,
            # The format has no "not read"; the model's own label teaches it nothing new, an empty one would teach it wrongly.
            "related": list(row["programmes_related"]),
            "mentioned": list(row["programmes_mentioned"]),
            "source_type": row["source_type"],
            "incidents": list(row["incidents"]),
            "units": [row["unit_primary"]] if row["unit_primary"] else [],
            "story": f"c-{row['story_id']}",
        },
        "batch": BATCH,
        "note": f"[analyst] settled: {', '.join(row['corrected_fields'])}",
    }
