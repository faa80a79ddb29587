"""The reviewers' desk: who looks at which article now, what is saved to the log, and how a person takes it back."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.app.held import Held, Shelf
from pipeline.correcting import Shown, answer
from pipeline.dates import JAKARTA
from pipeline.stories.corrected import SPOKEN_OF
from pipeline.stories.corrections import FIELDS, MODEL, UNSURE, in_force, same_label, text_of

CLAIM = timedelta(minutes=10)  # so long an article that lies before one reviewer is not offered to another
SEATS = 500  # browsers that are remembered
CONFIRMED = "dibenarkan di layar tinjau"
WRITTEN = "dikoreksi di layar tinjau"
TAKEN_BACK = "diurungkan di layar tinjau"
# What "it is right as it stands" says of every article; other fields are written when they were asked or changed.
ALWAYS = ("relevance", "programme_primary", "tone")
ASKED = {"dangerous incident": "incidents", "unit unknown": "unit_primary"}


@dataclass(frozen=True, slots=True)
class Saved:
    """One act of a reviewer: what each field said before and after it, as the log writes labels, and how far it reaches."""

    key: str
    title: str
    before: dict[str, str]
    after: dict[str, str]
    restore: dict[str, str]
    copies: int


@dataclass(slots=True)
class Seat:
    """What the desk remembers of one browser."""

    skipped: set[str] = field(default_factory=set)
    acts: list[Saved] = field(default_factory=list)
    note: str = ""


class Desk:
    """Safe under many threads; the log itself is guarded by its lock file, also against other processes."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._lock = threading.Lock()
        self._seats: OrderedDict[str, Seat] = OrderedDict()
        self._claims: dict[str, tuple[str, str, datetime]] = {}  # key → browser, reviewer, when

    def seat(self, sid: str) -> Seat:
        """The browser's seat, a new one for a new browser."""
        with self._lock:
            seat = self._seats.setdefault(sid, Seat())
            self._seats.move_to_end(sid)
            while len(self._seats) > SEATS:
                self._seats.popitem(last=False)
            return seat

    def next(self, held: Held, sid: str, after: str = "") -> str:
        """The next article of the queue behind ``after`` that is not skipped and lies before nobody else; "" for none."""
        seat, now = self.seat(sid), datetime.now(UTC)
        keys = list(held.queue["key"])
        start = keys.index(after) + 1 if after in keys else 0
        with self._lock:
            taken = {key for key, (browser, _, at) in self._claims.items() if browser != sid and now - at < CLAIM}
        free = (key for key in (*keys[start:], *keys[:start]) if key not in seat.skipped and key not in taken and key != after)
        return next(free, "")

    def claim(self, key: str, sid: str, who: str) -> str:
        """Lay an article before a reviewer; who else has it before them, "" for nobody."""
        now = datetime.now(UTC)
        with self._lock:
            held = {one: claim for one, claim in self._claims.items() if now - claim[2] < CLAIM and claim[0] != sid}
            other = held[key][1] if key in held else ""
            self._claims = held | ({} if other else {key: (sid, who, now)})
            return other

    def save(self, held: Held, sid: str, who: str, key: str, labels: Mapping[str, str], shown: Shown, why: str) -> Saved | None:
        """Write what a person says of an article; None when the log says all of it already.

        Raises ``ChangedError`` when somebody was faster, ``ConfigError`` for a label that the article cannot have.
        """
        written = wanted(held.row(key) or {}, labels, shown.labels)
        if not written:
            return None
        saved = self._write(held, who, key, written, shown, why)
        if saved is not None:
            self.seat(sid).acts.append(saved)
        return saved

    def take_back(self, held: Held, sid: str, who: str) -> Saved | None:
        """Undo this browser's last act by new rows: what a person had said before holds again, else the model's label."""
        seat = self.seat(sid)
        if not seat.acts:
            return None
        last = seat.acts.pop()
        return self._write(held, who, last.key, last.restore, Shown(last.after), TAKEN_BACK)

    def restore(self, held: Held, who: str, key: str, name: str) -> Saved | None:
        """Withdraw what stands in the log for one field of an article: the model's label holds again."""
        row = held.row(key) or {}
        return self._write(held, who, key, {name: MODEL}, Shown({name: text_of(row.get(name))}), TAKEN_BACK)

    def _write(self, held: Held, who: str, key: str, labels: Mapping[str, str], shown: Shown, why: str) -> Saved | None:
        force = in_force(held.log.rows)
        place = replace(self._shelf.workplace, now=datetime.now(UTC))
        expected = Shown({name: text for name, text in shown.labels.items() if name in labels}, shown.rows)
        raw = held.raw.iloc[held.around([key])]
        told = answer(place, raw, key, labels, expected, who, why or _why(labels, shown.labels))
        done = [one for one in told if one.standing is None]
        if not done:
            return None
        standing = {one.row.field: force.get((key, one.row.field)) for one in done}
        return Saved(
            key,
            done[0].title,
            {one.row.field: one.row.old for one in done},
            {one.row.field: one.now for one in done},
            {name: row.new if row else MODEL for name, row in standing.items()},
            max(one.copies for one in done),
        )


def _why(labels: Mapping[str, str], shown: Mapping[str, str]) -> str:
    same = all(name in shown and same_label(name, label, shown[name]) for name, label in labels.items())
    return CONFIRMED if same else WRITTEN


def wanted(row: Mapping[str, Any], labels: Mapping[str, str], shown: Mapping[str, str]) -> dict[str, str]:
    """Which of the labels on the form are written: those that were changed, asked for, or always confirmed.

    A label that the article cannot have by its relevance on the form is left out, and so is an empty choice.
    """
    relevance = labels.get("relevance") or str(row.get("relevance", ""))
    asked = {ASKED[reason] for reason in row.get("review_reasons") or () if reason in ASKED}
    unknown = set(row.get("units_unknown") or ())
    found = {}
    for name in FIELDS:
        label = labels.get(name, "")
        if label in ("", UNSURE) or name not in SPOKEN_OF.get(relevance, ()):
            continue
        changed = name not in shown or not same_label(name, label, shown[name])
        if name == "unit_primary" and not changed and label in unknown:
            continue  # a name that the gazetteer lacks cannot be confirmed
        if changed or name in ALWAYS or name in asked:
            found[name] = label
    return found


def tally(held: Held, today: datetime) -> list[tuple[str, int, int]]:
    """(reviewer, articles today, articles ever) by the log, most first. ``today``: any instant of the day, Jakarta time."""
    day = today.astimezone(JAKARTA).date()
    ever: dict[str, set[str]] = {}
    now: dict[str, set[str]] = {}
    for row in held.log.rows:
        ever.setdefault(row.who, set()).add(row.key)
        if row.when.astimezone(JAKARTA).date() == day:
            now.setdefault(row.who, set()).add(row.key)
    return sorted(((who, len(now.get(who, ())), len(keys)) for who, keys in ever.items()), key=lambda one: (-one[2], one[0]))
