"""What the pages look at: the articles in memory, as persons have corrected them, read anew when the folder changes."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.corrected import Log, log_of, log_path
from pipeline.explanation import as_plain
from pipeline.jobs import Workplace
from pipeline.store import dataset
from pipeline.store.parts import part_path, read_shaped
from pipeline.store.schema import ARTICLES
from pipeline.stories.corrected import WORDS, correct_frame
from pipeline.stories.queue import in_order, review_queue

if TYPE_CHECKING:
    import pandas as pd

# Of an article, all that lists, filters, charts and corrections need; text and evidence are read when one is opened.
COLUMNS = [
    "key", "url", "canonical_url", "outlet", "domain", "tier", "publisher_type", "title", "text_sha256", "words",
    "text_status", "date_status", "first_seen", "dated_at", "week", "relevance", "relevance_probability",
    "programme_primary", "programme_probability", "programmes_related", "programmes_mentioned", "taxonomy",
    "tone", "tone_positive", "tone_neutral", "tone_negative", "title_tone", "title_tone_positive", "title_tone_neutral",
    "title_tone_negative", "unit_primary", "kanwil", "units", "units_unknown", "incidents", "source_type", "needs_review",
    "review_reasons", "review_priority", "part",
]  # fmt: skip
QUEUE = ("key", "story_id", "copies", "review_reasons", "review_priority")


@dataclass(frozen=True, slots=True)
class Held:
    """One state of the data folder. ``raw`` and ``frame``: ``COLUMNS`` and the story columns, by date, before and after the log.

    ``queue``: the columns ``QUEUE`` of ``stories/queue.py`` over ``frame``. ``stamp`` grows whenever the rest changes.
    """

    raw: pd.DataFrame
    frame: pd.DataFrame
    queue: pd.DataFrame
    log: Log
    stamp: int
    place: dict[str, int]  # key → position in ``raw`` and ``frame``

    def row(self, key: str) -> dict[str, Any] | None:
        """The article as plain values; None when it is not held."""
        at = self.place.get(key)
        return None if at is None else _plain_row(self.frame, at)

    def copies(self, key: str) -> list[dict[str, Any]]:
        """The other articles of its story, by date."""
        at = self.place[key]
        story = self.frame["story_id"].iat[at]
        found = (self.frame["story_id"] == story).to_numpy().nonzero()[0]
        return [_plain_row(self.frame, int(index)) for index in found if index != at]

    def around(self, keys: Iterable[str]) -> list[int]:
        """Positions of the articles that a correction of these could reach, and of all whose corrections reach those.

        The links are those of ``stories/corrected.py: copies_of`` (one story, one text), followed to their end.
        """
        found = {self.place[key] for key in keys if key in self.place}
        stories, texts = self.raw["story_id"], self.raw["text_sha256"].where(self.raw["words"] >= WORDS)
        while True:
            reached = stories.isin(stories.iloc[sorted(found)]) | texts.isin(texts.iloc[sorted(found)].dropna())
            grown = set(map(int, reached.to_numpy().nonzero()[0]))
            if grown == found:
                return sorted(found)
            found = grown


def _plain_row(frame: pd.DataFrame, at: int) -> dict[str, Any]:
    return {str(name): as_plain(value) for name, value in frame.iloc[at].items()}


class Shelf:
    """The newest ``Held`` of a data folder. Safe under many threads; a change costs the next look the reading."""

    def __init__(self, place: Workplace, new_story: float) -> None:
        self.workplace = place
        self._new_story = new_story
        self._lock = threading.Lock()
        self._held: Held | None = None
        self._parts: object = None
        self._log: object = None

    def held(self) -> Held:
        """What the folder holds now. Raises ``StorageError`` or ``ConfigError`` for a broken folder or log."""
        with self._lock:
            parts, log = _parts_stamp(self.workplace.data), _file_stamp(log_path(self.workplace.data))
            if self._held is None or parts != self._parts:
                self._held = self._read()
            elif log != self._log:
                self._held = self._with_log(self._held)
            self._parts, self._log = parts, log
            return self._held

    def _read(self) -> Held:
        raw = dataset.articles(self.workplace.data, COLUMNS)
        log = self._log_now()
        place = {str(key): index for index, key in enumerate(raw["key"])}
        frame = correct_frame(raw, log.rows, log.known)
        return Held(raw, frame, self._queue(frame, raw["first_seen"].max()), log, self._next(), place)

    def _with_log(self, held: Held) -> Held:
        """Only the log has changed: where it has grown, only what its new rows can reach is corrected anew."""
        import pandas as pd

        log = self._log_now()
        grown = log.rows[: len(held.log.rows)] == held.log.rows
        touched = held.around({row.key for row in log.rows[len(held.log.rows) :]}) if grown else list(range(len(held.raw)))
        corrected = correct_frame(held.raw.iloc[touched], log.rows, log.known)
        frame = _updated(held.frame, touched, corrected)
        stories = set(corrected["story_id"])
        rest = held.queue[~held.queue["story_id"].isin(stories)]
        queue = in_order(pd.concat([rest, self._queue(corrected, held.raw["first_seen"].max())]))
        return replace(held, frame=frame, queue=queue, log=log, stamp=self._next())

    def _queue(self, frame: pd.DataFrame, newest: pd.Timestamp) -> pd.DataFrame:
        return review_queue(frame, self._new_story, newest)[list(QUEUE)]

    def _log_now(self) -> Log:
        return log_of(self.workplace.data, self.workplace.config, self.workplace.units)

    def _next(self) -> int:
        return self._held.stamp + 1 if self._held else 1

    def whole(self, row: dict[str, Any]) -> dict[str, Any]:
        """An article of the frame with every stored column: text and evidence as the model gave them, labels as corrected."""
        stored = read_shaped(part_path(self.workplace.data, "articles", row["part"]), ARTICLES)
        at = [index for index, key in enumerate(stored["key"].to_pylist()) if key == row["key"]]
        versions = stored.take(at).to_pylist()
        model: dict[str, Any] = max(versions, key=lambda one: one.get("version") or 0, default={})
        return {**as_plain(model), **row}


def _updated(frame: pd.DataFrame, rows: list[int], new: pd.DataFrame) -> pd.DataFrame:
    """The frame with these rows replaced; only columns that differ there are written anew, the others are shared."""
    import pandas as pd

    found, old = frame.copy(deep=False), frame.iloc[rows]
    for name in frame.columns:
        before, after = old[name].tolist(), new[name].tolist()
        if as_plain(before) == as_plain(after):
            continue
        column = frame[name].to_numpy(dtype=object, copy=True)
        for row, value in zip(rows, after, strict=True):
            column[row] = value
        found[name] = pd.Series(column, index=frame.index, dtype=frame[name].dtype)
    return found


def _parts_stamp(data: Path) -> object:
    """Changes when a part or the stories are written, replaced or removed: each of it renames something in these folders."""
    folders = [data / "articles", *sorted((data / "articles").glob("ingested=*")), data / "stories"]
    return tuple(_file_stamp(folder) for folder in folders)


def _file_stamp(path: Path) -> tuple[str, int, int]:
    try:
        told = path.stat()
    except OSError:
        return str(path), 0, 0
    return str(path), told.st_mtime_ns, told.st_size if path.is_file() else 0
