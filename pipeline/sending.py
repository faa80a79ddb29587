"""The log of what left the house, and one sending by it: asked first, noted before, noted after; never sent twice unawares."""

from __future__ import annotations

import csv
import io
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pipeline import jobs
from pipeline.channels import Outcome
from pipeline.errors import ConfigError
from pipeline.store.parts import append_text, set_cut_line_aside

log = logging.getLogger("pantau.delivery")

TRYING, SENT, FAILED, REFUSED, UNCLEAR = "trying", "sent", "failed", "refused", "unclear"
DROPPED = "dropped"  # owed, and no longer worth sending
# A sending that a crash or a silent server cut off may or may not have arrived. It is repeated once, and no more.
REPEATS = 2


@dataclass(slots=True)
class Standing:
    """What the log knows of one thing and one channel. ``open``: tries that nobody knows the end of.

    ``closed``: refused for good by the receiver's server, or given up by us as no longer worth sending.
    """

    sent: list[datetime] = field(default_factory=list)
    closed: bool = False
    open: int = 0

    @property
    def owed(self) -> bool:
        """Whether it is still to be sent."""
        return not self.sent and not self.closed and not self.given_up

    @property
    def given_up(self) -> bool:
        """Whether it may have arrived, and may not be tried once more."""
        return not self.sent and self.open >= REPEATS


class Sendlog:
    """An append-only CSV file: instant, state, what, channel and more. One writer at a time: hold ``alone_sending``."""

    def __init__(self, path: Path, columns: tuple[str, ...]) -> None:
        self.path, self.columns = path, columns
        self.rows = list(self._read())
        self._standings: dict[tuple[str, str], Standing] = {}
        for row in self.rows:
            self._note(row)

    def _read(self) -> Iterator[dict[str, str]]:
        try:
            text = self.path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return
        text, _, cut = text.rpartition("\n")
        if cut:  # by a power cut, wherever in the row: what it says of its receivers may be a half of a name
            log.warning("a last line without an end is left out", extra={"file": str(self.path)})
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline="")), 1):
            if number == 1:
                if tuple(cells) != self.columns:
                    raise ConfigError(
                        f"{self.path}: the header must be {','.join(self.columns)}; put it back, or move the file away"
                    )
            elif len(cells) == len(self.columns) and _instant(cells[0]):
                yield dict(zip(self.columns, cells, strict=True))
            elif any(cells):  # damaged otherwise: the rest of the log still counts
                log.warning("log line not readable", extra={"file": str(self.path), "line": number})

    def standing(self, what: str, channel: str) -> Standing:
        """What is known of ``what`` at ``channel``."""
        return self._standings.get((what, channel), Standing())

    def sent_to(self, channel: str) -> list[datetime]:
        """When messages went to ``channel``; one of several things (the same ``message``) counts once."""
        own = [row for row in self.rows if row["channel"] == channel and row["state"] == SENT]
        found = {(row["at"], row.get("message") or row[self.columns[2]]) for row in own}
        return sorted(datetime.fromisoformat(at) for at, _ in found)

    def add(self, at: datetime, state: str, what: str, channel: str = "", **more: str) -> None:
        """Append and sync one row. Raises ``StorageError`` where it cannot, and then nothing may be sent."""
        cells = {"at": at.isoformat(timespec="seconds"), "state": state, self.columns[2]: what, "channel": channel, **more}
        row = {name: " ".join(str(cells.get(name, "")).split()) for name in self.columns}
        set_cut_line_aside(self.path)
        append_text(self.path, _line(self.columns), _line(row.values()))
        self.rows.append(row)
        self._note(row)

    def _note(self, row: Mapping[str, str]) -> None:
        if not row["channel"] or row["state"] not in (TRYING, SENT, FAILED, REFUSED, UNCLEAR, DROPPED):
            return
        standing = self._standings.setdefault((row[self.columns[2]], row["channel"]), Standing())
        if row["state"] == TRYING:
            standing.open += 1
        elif row["state"] == SENT:
            standing.sent.append(datetime.fromisoformat(row["at"]))
            standing.open = 0
        elif row["state"] == DROPPED:
            standing.closed = True
        elif row["state"] in (FAILED, REFUSED):
            standing.open = max(0, standing.open - 1)
            standing.closed = row["state"] == REFUSED


def attempt(
    book: Sendlog, whats: tuple[str, ...], channel: str, now: datetime, send: Callable[[], Outcome], **more: str
) -> Outcome:
    """Send once, with every one of ``whats`` noted before and after it. A crash in between leaves an open try."""
    for what in whats:
        book.add(now, TRYING, what, channel, **more)
    outcome = send()
    state = SENT if not outcome.problem else UNCLEAR if outcome.unclear else REFUSED if outcome.final else FAILED
    for what in whats:
        book.add(now, state, what, channel, detail=outcome.problem, **more)
    if outcome.problem:
        log.info("not delivered", extra={"what": " ".join(whats), "channel": channel, "problem": outcome.problem})
    return outcome


@contextmanager
def alone_sending(place: jobs.Workplace) -> Iterator[None]:
    """Hold the lock of everything that sends, so that two commands cannot send the same. Runs go on meanwhile."""
    busy = f"another command is sending from {place.data}; this one sent nothing"
    with jobs.locked(place.data / ".sending.lock", busy, "give --data a folder that can", place.patience):
        yield


def refuse_strangers(place: jobs.Workplace, *, local: bool) -> None:
    """A demo's news are invented: they go to nobody outside this machine. Raises ``ConfigError``."""
    from pipeline.demo import MEMORY

    if (place.data / MEMORY).exists() and not local:
        raise ConfigError(
            f"{place.data} holds a demo, whose news are invented; it is sent only to servers on this machine (127.0.0.1)"
        )


def _instant(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()
