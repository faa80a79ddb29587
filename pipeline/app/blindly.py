"""The double-blind mode: two persons read the same sample without the model's answers, then see how well they agree."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from pipeline.app import readings as pure
from pipeline.app.asked import Asked, Reply, see
from pipeline.app.browsing import Browsing, Facts
from pipeline.app.held import Held, Shelf
from pipeline.app.highlight import paragraphs
from pipeline.app.readings import COLUMNS, FIELDS, Reading
from pipeline.app.rendering import Render
from pipeline.app.reviewing import lists_for
from pipeline.classify.corpus import RELEVANCE
from pipeline.configfile import Problems
from pipeline.corrected import known_labels, log_path
from pipeline.correcting import PATIENCE, ChangedError, Shown, answer
from pipeline.dates import JAKARTA
from pipeline.errors import ConfigError
from pipeline.jobs import locked
from pipeline.store.parts import append_text, set_cut_line_aside
from pipeline.stories.corrected import SPOKEN_OF
from pipeline.stories.corrections import MODEL, NONE, mistake, same_label, text_of

AGREED = "dua pembaca sepakat tanpa melihat model"


def readings_path(data: Path) -> Path:
    """Where the readings of a data folder stand: beside its log of corrections."""
    return log_path(data).with_name("readings.csv")


class Blindly(Browsing):
    """Each method answers one path."""

    def __init__(self, shelf: Shelf, facts: Facts, render: Render) -> None:
        super().__init__(shelf, facts, render)
        self._path = readings_path(shelf.workplace.data)

    def queue(self, asked: Asked) -> Reply:
        """The next article of a week's sample, as bare text."""
        held = self._shelf.held()
        weeks = sorted(held.frame["week"].unique(), reverse=True)
        week = asked.query.get("pekan", "")
        week = week if week in weeks else (weeks[0] if weeks else "")
        readings = self._readings()
        left, done = pure.sample(_texts(held, week), week, readings, asked.session.who)
        row = self._shelf.whole(held.row(left[0]) or {}) if left else None
        return self.show(
            asked,
            "buta.html",
            row=row,
            text=paragraphs((row or {}).get("text") or "", []),
            week=week,
            weeks=weeks,
            done=done,
            left=len(left),
            lists=lists_for(self._facts, (row or {}).get("taxonomy")),
            relevances=RELEVANCE,
            note={"kurang": "Jawab relevansi, dan untuk artikel pemasyarakatan juga program dan tone."}.get(
                asked.query.get("pesan", ""), ""
            ),
        )

    def save(self, asked: Asked) -> Reply:
        """One person has read one article."""
        held, key, who = self._shelf.held(), asked.path["key"], asked.session.who
        row = held.row(key)
        if row is None:
            return self.missing(asked, "Tidak ada artikel dengan nomor itu di folder data ini.")
        relevance = asked.form.get("relevance", "")
        said = {name: asked.form.get(name, "") for name in FIELDS}
        said = {name: label if name in SPOKEN_OF.get(relevance, ()) else NONE for name, label in said.items()}
        place = self._shelf.workplace
        known = known_labels(place.config, place.units)
        wrong = any(label == MODEL or (label != NONE and mistake(name, label, known)) for name, label in said.items())
        if relevance not in RELEVANCE or wrong:
            return see(f"/buta?pekan={row['week']}&pesan=kurang")
        now = datetime.now(UTC)
        self._append([Reading(key, name, label, who, now) for name, label in said.items()])
        return see(f"/buta?pekan={row['week']}")

    def agreement(self, asked: Asked) -> Reply:
        """How well persons agree, and where they differ; only of what two have read."""
        held, readings = self._shelf.held(), self._readings()
        disputes = [(held.row(key), fields) for key, fields in sorted(pure.disputed(readings).items())]
        people: dict[str, set[str]] = {}
        for one in readings:
            people.setdefault(one.who, set()).add(one.key)
        return self.show(
            asked,
            "kesepakatan.html",
            figures=pure.agreement(readings),
            disputes=[(row, fields) for row, fields in disputes if row is not None and not _settled(row, fields)],
            people=sorted((who, len(keys)) for who, keys in people.items()),
            waiting=len(_unwritten(held, readings)),
        )

    def write_agreed(self, _asked: Asked) -> Reply:
        """What two persons said alike goes into the log of corrections, by both their names."""
        held, readings = self._shelf.held(), self._readings()
        names = pure.readers_of(readings)
        place = replace(self._shelf.workplace, now=datetime.now(UTC))
        for key, labels in _unwritten(held, readings).items():
            around = held.raw.iloc[held.around([key])]
            try:
                answer(place, around, key, labels, Shown({}), ", ".join(names[key][: pure.READERS]), AGREED)
            except (ChangedError, ConfigError):
                continue  # it stands in the list of differences, where a person decides
        return see("/kesepakatan")

    def _readings(self) -> tuple[Reading, ...]:
        place, problems = self._shelf.workplace, Problems()
        found = pure.load_readings(self._path, known_labels(place.config, place.units), problems)
        problems.raise_if_any()
        return found

    def _append(self, rows: Iterable[Reading]) -> None:
        busy = f"another reader is writing to {self._path}; nothing was added, try again"
        with locked(self._path.with_name(f".{self._path.name}.lock"), busy, "make the folder writable", PATIENCE):
            cells = [[one.key, one.field, one.label, one.who, _iso(one.when)] for one in rows]
            set_cut_line_aside(self._path, len(COLUMNS))
            append_text(self._path, _lines([COLUMNS]), _lines(cells))


def _iso(instant: datetime) -> str:
    return instant.astimezone(JAKARTA).isoformat(timespec="seconds")


def _lines(rows: Iterable[Iterable[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)  # as ``correcting`` does, and for the same reason
    return out.getvalue()


def _texts(held: Held, week: str) -> list[str]:
    """The week's articles of the subject's surroundings, one of each story: what the gate let through to a model."""
    near = (held.frame["relevance_model"] != "irrelevant") | (held.frame["relevance_probability"] < 1)
    found = held.frame.loc[(held.frame["week"] == week) & near, ["key", "story_id"]]
    return [str(key) for key in found.drop_duplicates("story_id")["key"]]


def _settled(row: dict[str, object], fields: dict[str, dict[str, str]]) -> bool:
    """Whether a person has decided every difference since."""
    corrected = row["corrected_fields"]
    return isinstance(corrected, list) and set(fields) <= set(corrected)


def _unwritten(held: Held, readings: tuple[Reading, ...]) -> dict[str, dict[str, str]]:
    """What two persons said alike and no person's row in the log says yet, of articles that are held."""
    found = {}
    for key, labels in pure.agreed(readings).items():
        row = held.row(key)
        if row is None:
            continue
        relevance = labels.get("relevance", row["relevance"])
        open_ = {
            name: label
            for name, label in labels.items()
            if name in SPOKEN_OF[relevance]
            and not (name in row["corrected_fields"] and same_label(name, label, text_of(row[name])))
            and not (name != "relevance" and "relevance" not in labels)
        }
        if open_:
            found[key] = open_
    return found
