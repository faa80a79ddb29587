"""``pantau correct``: one correction checked against its article and the labels that exist, appended to the log, and told."""

from __future__ import annotations

import csv
import io
import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

from pipeline.analyst import explain
from pipeline.corrected import Log, around, known_labels, listing, log_of, log_path
from pipeline.dates import JAKARTA
from pipeline.errors import ConfigError, PantauError
from pipeline.jobs import Workplace, locked
from pipeline.report.csv import guarded
from pipeline.store import dataset
from pipeline.store.parts import append_text, set_cut_line_aside
from pipeline.stories.corrected import SPOKEN_OF, copies_of, correct_frame, travels
from pipeline.stories.corrections import (
    COLUMNS,
    FIELDS,
    LISTS,
    MODEL,
    NONE,
    Correction,
    Known,
    in_force,
    mistake,
    same_label,
    text_of,
)

if TYPE_CHECKING:
    import pandas as pd

_logger = logging.getLogger("pantau.corrections")

_WHOLE_KEY = re.compile(r"[0-9a-f]{16}")
PATIENCE = 30  # seconds to wait for another analyst's row
OPEN = {"tone unsure": "tone", "programme doubtful": "programme_primary"}


class ChangedError(PantauError):
    """Another person has corrected the article since this one read it; nothing was written."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user typed; None where nothing was. ``article`` is a key or an address."""

    article: str | None
    field: str | None
    label: str | None
    who: str | None
    why: str | None


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a wish. ``standing``: the row that says the same already, so that nothing was written."""

    row: Correction
    title: str
    copies: int
    standing: Correction | None
    now: str = ""  # the label that holds after it
    still_open: tuple[str, ...] = ()  # what the article lacks then


@dataclass(frozen=True, slots=True)
class Shown:
    """What stood before a person who answers: labels by field, as ``text_of`` writes them.

    ``rows``: how many rows the log held of the article then; None where nobody counted.
    """

    labels: Mapping[str, str]
    rows: int | None = None


def lines_of(place: Workplace, wish: Wish, *, listed: bool) -> list[str]:
    """What the command prints, the correction written. Raises ``ConfigError`` for wrong use."""
    if listed:
        if wish.field or wish.label:
            raise ConfigError("--list shows what was corrected; it takes an article at most, no field and no label")
        key = None if wish.article is None else _key(place, wish.article)
        return list(_listed(listing(place.data, log_of(place.data, place.config, place.units)), key))
    if wish.article is None or wish.field is None or wish.label is None:
        raise ConfigError("name the article, the field and the right label, or ask for --list; `pantau correct --help` shows how")
    if not (wish.who or "").strip() or not (wish.why or "").strip():
        raise ConfigError("--who and --why must be given: a correction says who made it and why")
    return list(_told(correct(place, wish.article, wish.field, wish.label, str(wish.who), str(wish.why))))


def correct(place: Workplace, article: str, field: str, new: str, who: str, why: str) -> Done:
    """Append one correction of ``article`` (as ``pipeline.explain`` takes it). What a person has said already adds nothing.

    Raises ``ConfigError`` for an article that is not held, a label that does not exist, or one that the article cannot have.
    """
    with _writing(place) as (log, known):
        new = _checked(field, new, known)
        key = _key(place, article)
        return _appended(place, log, known, around(place.data, key), key, {field: new}, who, why)[0]


def answer(
    place: Workplace, raw: pd.DataFrame, key: str, labels: Mapping[str, str], shown: Shown, who: str, why: str
) -> list[Done]:
    """Append what one person says of one held article at once: all of ``labels`` (field → new) or, on any mistake, nothing.

    ``raw``: at least the article and all that ``copies_of`` finds for it, as ``dataset.articles`` reads them (evidence and text
    are not needed). Raises ``ChangedError`` when another person has changed or confirmed one of the labels since they were
    ``shown``, ``ConfigError`` as ``correct`` does.
    """
    with _writing(place) as (log, known):
        frame = correct_frame(raw, log.rows, known)
        index = frame["key"].tolist().index(key)
        standing = {field: text_of(frame[field].iat[index]) for field in shown.labels}
        later = [row for row in log.rows if row.key == key][len(log.rows) if shown.rows is None else shown.rows :]
        changed = [field for field, text in shown.labels.items() if not same_label(field, text, standing[field])]
        changed += [row.field for row in later if row.field in labels and row.who != _cell(who)]
        if changed:
            raise ChangedError(f"{', '.join(changed)} of {key} has been changed since it was shown; look at it again")
        checked = {field: _checked(field, labels[field], known) for field in FIELDS if field in labels}
        return _appended(place, log, known, raw, key, checked, who, why)


@contextmanager
def _writing(place: Workplace) -> Iterator[tuple[Log, Known]]:
    """The log while nobody else may write to it, and the labels that exist. Raises ``LockedError`` after ``PATIENCE``."""
    path = log_path(place.data)
    busy = f"another analyst is writing to {path}; nothing was added, try again"
    with locked(path.with_name(f".{path.name}.lock"), busy, "set PANTAU_CORRECTIONS to a file that can", PATIENCE):
        if set_cut_line_aside(path, len(COLUMNS)):
            _logger.warning("half a row of an interrupted writing was set aside", extra={"file": str(path)})
        log = log_of(place.data, place.config, place.units)
        yield log, log.known if log.rows else known_labels(place.config, place.units)


def _appended(
    place: Workplace, log: Log, known: Known, raw: pd.DataFrame, key: str, labels: Mapping[str, str], who: str, why: str
) -> list[Done]:
    """Weigh checked labels one after the other, each upon those before it, then write their rows in one piece."""
    done: list[Done] = []
    written: list[Correction] = []
    for field, new in labels.items():
        frame = correct_frame(raw, (*log.rows, *written), known)
        index = frame["key"].tolist().index(key)
        row = Correction(key, field, text_of(frame[field].iat[index]), new, _cell(who), place.now, _cell(why))
        done.append(_weighed(frame, index, row, in_force(log.rows).get((key, field))))
        if done[-1].standing is None:
            written.append(row)
    if not written:
        return done
    append_text(log.path, _line(COLUMNS), "".join(_line(_cells(row)) for row in written))
    after = correct_frame(raw, (*log.rows, *written), known)
    index = after["key"].tolist().index(key)
    reasons = set(after["review_reasons"].tolist()[index])
    still_open = tuple(name for reason, name in OPEN.items() if reason in reasons)
    return [
        one if one.standing else replace(one, now=text_of(after[one.row.field].iat[index]), still_open=still_open) for one in done
    ]


def _checked(field: str, new: str, known: Known) -> str:
    """The label as the log writes it. Raises ``ConfigError`` with what may stand there."""
    new = " ".join(new.split())
    if field in LISTS:
        new = "|".join(dict.fromkeys(part.strip() for part in new.replace(",", "|").split("|") if part.strip()))
    if advice := mistake(field, new, known):
        raise ConfigError(advice)
    if field == "unit_primary" and new not in (NONE, MODEL, *known.units):
        near = get_close_matches(new, known.units, n=5, cutoff=0.5)
        near += [unit for unit in sorted(known.units) if new.casefold() in unit.casefold() and unit not in near][:5]
        meant = f"; did you mean: {', '.join(near)}?" if near else ""
        raise ConfigError(f"{new!r} is no unit of units.csv{meant} Add a new unit there first; no unit at all is {NONE}")
    return new


def _key(place: Workplace, article: str) -> str:
    """The key of a held article: as ``pantau explain`` finds it, also by its first digits or the address of a twin."""
    if _WHOLE_KEY.fullmatch(article) and pc.any(pc.equal(dataset.articles_table(place.data, ["key"])["key"], article)).as_py():
        return article
    try:
        return str(explain(article, data=place.data).row["key"])
    except ValueError as error:
        raise ConfigError(str(error)) from None


def _weighed(frame: pd.DataFrame, index: int, row: Correction, standing: Correction | None) -> Done:
    """What the row would do. Raises ``ConfigError`` where the article cannot have such a label."""
    origin: dict[Any, Any] = frame.iloc[index].to_dict()
    relevance = origin["relevance"]
    if row.new == MODEL and standing is None:
        raise ConfigError(f"nobody has corrected {row.field} of {row.key} itself: there is nothing to withdraw")
    if row.new != MODEL:
        if row.field not in SPOKEN_OF[relevance]:
            raise ConfigError(f"{row.key} counts as {relevance}, which has no {row.field}; correct its relevance first")
        if relevance == "immigration" and row.new in ("umum", "luar_program"):
            raise ConfigError(f"{row.key} counts as immigration, which is never {row.new}; correct its relevance first")
    copies = sum(
        other != index and travels(row.field, row.value, origin, frame.iloc[other].to_dict())
        for other in copies_of(frame, [row.key])[row.key]
    )
    same = standing is not None and same_label(row.field, standing.new, row.new)
    return Done(row, str(origin["title"]), copies, standing if same else None)


def _cell(text: str) -> str:
    """A person's words as one line in which a spreadsheet finds no formula."""
    return guarded(" ".join(text.split()))


def _cells(row: Correction) -> list[str]:
    when = row.when.astimezone(JAKARTA).isoformat(timespec="seconds")
    return [row.key, row.field, _cell(row.old), _cell(row.new), row.who, when, row.why]


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerow(cells)  # an open quote tells a row that power failed in
    return out.getvalue()


def _told(done: Done) -> Iterator[str]:
    row, standing = done.row, done.standing
    yield f"{row.key}  {done.title}"
    if standing is not None:
        yield f"{row.field}: {row.new} already, by {standing.who} on {_clock(standing)}; nothing was added"
        return
    what = " (withdrawn)" if row.new == MODEL else " (confirmed)" if same_label(row.field, row.old, row.new) else ""
    yield f"{row.field}: {row.old} → {done.now}{what}; reaches {_number(done.copies)}"
    if done.still_open:
        yield f"still open: {', '.join(done.still_open)}"


def _listed(log: pd.DataFrame, key: str | None) -> Iterator[str]:
    rows = [row for row in log.to_dict("records") if key in (None, row["key"])]
    for row in rows:
        state = row["state"].replace("_", " ") + (f", {_number(row['copies'])}" if row["state"] == "in_force" else "")
        differs = "; old is not what stood there" if row["old_differs"] else ""
        when = f"{row['when'].tz_convert(JAKARTA):%Y-%m-%d %H:%M}"
        yield f"{when} {row['key']} {row['field']}: {row['old']} → {row['new']} ({state}{differs}) {row['who']}: {row['why']}"
    yield f"{len(rows)} correction(s), {sum(row['state'] == 'in_force' for row in rows)} in force"


def _number(copies: int) -> str:
    return f"{copies} {'copy' if copies == 1 else 'copies'}"


def _clock(row: Correction) -> str:
    return f"{row.when.astimezone(JAKARTA):%Y-%m-%d %H:%M} WIB"
