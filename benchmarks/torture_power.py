"""What a power cut can leave of a job's writes: a recording file layer, and every prefix replayed less what was not synced.

The layer notes, while a job runs in this process, every file that is opened for writing, every fsync (of files and of
folders), rename, link and removal, and every COMMIT of the ledger. A disk may then hold, at any instant: of a file, what was
last synced, or more; of a folder's names, what was last synced, and any first part of the changes since. A commit of the
ledger is on the disk when it returns: SQLite's own promise under ``synchronous = FULL``, which the recording checks.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import unquote


@dataclass(frozen=True)
class Event:
    """One thing that reached the file layer. Paths are relative to the recorded root.

    ``kind``: write (the whole content now) | sync | sync_folder | rename (to ``other``) | link (``other`` is the new name) |
    remove | make (a folder) | drop (an empty folder) | commit (``content``: the ledger as it is from now on).
    """

    kind: str
    path: str
    other: str = ""
    content: bytes = b""


@dataclass
class Recording:
    """What a job did to the files below ``root``, in order; ``before`` holds them as they were."""

    root: Path
    before: dict[str, bytes]
    folders: set[str]
    events: list[Event] = field(default_factory=list)
    unsynced: int = 0  # commits of a ledger whose connection had not asked for synchronous = FULL
    _ended: str = ""  # the ledger in which a transaction has just ended
    _open: dict[str, bytes] = field(default_factory=dict)  # files open for writing, and their content when last seen

    @property
    def standing(self) -> set[str]:
        """The folders that no event moved away: of the others a state holds what its files say, and never an empty shell."""
        return self.folders - {event.path for event in self.events if event.kind == "rename"}

    def note(self, kind: str, path: str, other: str = "", content: bytes = b"") -> None:
        """One event, if it is one of ours; what was written meanwhile comes before it."""
        name, target = self._name(path), self._name(other) if other else ""
        if not name or (name.split("/")[-1].startswith("ledger.sqlite")):
            return
        self._see_writes()
        self._see_commit()
        if kind in ("open", "open anew"):
            if (self.root / name).is_dir():
                return  # a file without a name
            self._open[name] = b"" if kind == "open anew" else _read(self.root / name)
            self.events.append(Event("write", name, content=self._open[name]))
            return
        self.events.append(Event(kind, name, target, content))
        if kind in ("rename", "link"):
            moved = {target + one[len(name) :]: seen for one, seen in self._open.items() if _within(one, name)}
            gone = (target, name) if kind == "rename" else (target,)
            kept = {one: seen for one, seen in self._open.items() if not any(_within(one, place) for place in gone)}
            self._open = kept | moved

    def _name(self, path: str) -> str:
        full = os.path.abspath(path)  # noqa: PTH100 - links are left as they are
        return os.path.relpath(full, self.root) if _within(full, str(self.root)) else ""

    def within(self, path: str) -> bool:
        """Whether a file lies below the root."""
        return bool(path) and bool(self._name(path))

    def watch(self, connection: sqlite3.Connection, path: str) -> None:
        """Note the commits of a connection to a ledger."""
        full: list[bool] = []

        def traced(statement: str) -> None:
            self._see_commit()
            words = statement.upper().replace(" ", "")
            if words.startswith("PRAGMASYNCHRONOUS"):
                full[:] = [words.endswith(("=FULL", "=2", "=EXTRA", "=3"))]
            elif words.startswith(("COMMIT", "END")):
                self.unsynced += full != [True]
                self._ended = path

        connection.set_trace_callback(traced)

    def _see_commit(self) -> None:
        """Take down what the ledger holds, once the statement that ended its transaction has returned."""
        if not self._ended:
            return
        path, self._ended = self._ended, ""
        before, _RECORDING[:] = list(_RECORDING), []
        with closing(_connect(path)) as other:
            content = other.serialize()
        _RECORDING[:] = before
        self.events.append(Event("commit", self._name(path), content=content))

    def _see_writes(self) -> None:
        for name, seen in list(self._open.items()):
            path = self.root / name
            if path.is_file() and (now := _read(path)) != seen:
                self._open[name] = now
                self.events.append(Event("write", name, content=now))


def _within(name: str, place: str) -> bool:
    return name == place or name.startswith(f"{place}/")


def _above(name: str) -> str:
    """The folder in which a name stands; the root is "."."""
    return name.rpartition("/")[0] or "."


def _place(path: Any, folder: int = -1) -> str:
    """The path of an operation that names it, by itself or from an open folder."""
    text = os.fsdecode(path)
    return text if folder < 0 or text.startswith("/") else f"{Path(f'/proc/self/fd/{folder}').readlink()}/{text}"


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


_RECORDING: list[Recording] = []
_connect = sqlite3.connect


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    """Python's own announcements of what it is about to do; installed once, for hooks cannot be taken out again."""
    if not _RECORDING:
        return
    recording, _RECORDING[:] = _RECORDING[0], []  # what the layer itself reads is not recorded
    try:
        if event in ("os.rename", "os.link"):
            source, target, one, other = arguments
            recording.note(event[3:], _place(source, one), _place(target, other))
        elif event in ("os.remove", "os.rmdir"):
            recording.note("remove" if event == "os.remove" else "drop", _place(*arguments))
        elif event == "os.mkdir" and not Path(_place(arguments[0], arguments[2])).exists():
            recording.note("make", _place(arguments[0], arguments[2]))
        elif event == "open" and isinstance(arguments[0], str | bytes | os.PathLike) and arguments[2] & (os.O_WRONLY | os.O_RDWR):
            recording.note("open anew" if arguments[2] & os.O_TRUNC else "open", _place(arguments[0]))
    finally:
        _RECORDING[:] = [recording]


_INSTALLED: list[bool] = []


@contextmanager
def recorded(root: Path) -> Iterator[Recording]:
    """Record what this process does to the files below ``root`` for the length of a with-block."""
    root = root.resolve()
    if not _INSTALLED:
        sys.addaudithook(_hook)
        _INSTALLED.append(True)
    files = {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}
    folders = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_dir()}
    found = Recording(root, files, folders)
    fsync, connect = os.fsync, sqlite3.connect

    def synced(handle: int) -> None:
        path = str(Path(f"/proc/self/fd/{handle}").readlink())
        fsync(handle)
        found.note("sync_folder" if Path(path).is_dir() else "sync", path)

    def connected(database: Any, *more: Any, **named: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(database, *more, **named)
        path = unquote(os.fsdecode(database).removeprefix("file://").partition("?")[0])
        if found.within(path):
            found.watch(connection, path)
        return connection

    with mock.patch.object(os, "fsync", synced), mock.patch.object(sqlite3, "connect", connected):
        _RECORDING[:] = [found]
        try:
            yield found
        finally:
            _RECORDING.clear()
            found._see_writes()
            found._see_commit()


@dataclass
class _File:
    """A file's content as it is, and as it is surely on the disk (None: nothing of it is)."""

    now: bytes = b""
    sure: bytes | None = None


@dataclass
class Disk:
    """A disk between two events: names and contents as programs see them, and as a cut leaves them."""

    files: dict[str, _File]
    folders: set[str]
    ledger: bytes | None = None
    sure: dict[str, _File] = field(default_factory=dict)  # the names that are surely there
    kept: set[str] = field(default_factory=set)  # the folders that are surely there, if those above them are
    pending: dict[str, list[Callable[[dict[str, _File]], None]]] = field(default_factory=dict)  # by folder: changes of names

    @classmethod
    def of(cls, recording: Recording) -> Disk:
        """The disk before the first event."""
        files = {name: _File(content, content) for name, content in recording.before.items() if "ledger.sqlite" not in name}
        ledger = next((content for name, content in recording.before.items() if name.endswith("ledger.sqlite")), None)
        return cls(files, set(recording.folders), ledger, dict(files), set(recording.folders))

    def take(self, event: Event) -> None:
        """One more event."""
        name, other = event.path, event.other
        if event.kind == "commit":
            self.ledger = event.content
        elif event.kind == "write":
            if name not in self.files:
                fresh = self.files[name] = _File()
                self._later(name, lambda names: names.__setitem__(name, fresh))
            self.files[name].now = event.content
        elif event.kind == "sync":
            self.files[name].sure = self.files[name].now
        elif event.kind == "sync_folder":
            for change in self.pending.pop(name, []):
                change(self.sure)
            self.kept |= {folder for folder in self.folders if _above(folder) == name}
        elif event.kind in ("rename", "link"):
            self._moved(name, other, keep=event.kind == "link")
        elif event.kind == "remove":
            self.files.pop(name, None)
            self._later(name, lambda names: names.pop(name, None))
        elif event.kind == "make":
            self.folders.add(name)

    def _moved(self, name: str, other: str, *, keep: bool) -> None:
        """A file, or a folder with all that is in it: one name on the disk, which moves whole or not at all."""
        moved = {one: (other + one[len(name) :], file) for one, file in self.files.items() if _within(one, name)}
        if not keep:
            self.files = {one: file for one, file in self.files.items() if one not in moved}
        self.files |= dict(moved.values())
        for folder in [one for one in self.folders if _within(one, name)]:  # where the move is kept, so is what was surely there
            self.folders.add(there := other + folder[len(name) :])
            self.kept |= {there} if folder in self.kept else set()

        def change(names: dict[str, _File]) -> None:
            if not keep:
                for one in moved:
                    names.pop(one, None)
            names.update(moved.values())

        self._later(other, change)

    def _later(self, name: str, change: Callable[[dict[str, _File]], None]) -> None:
        self.pending.setdefault(_above(name), []).append(change)

    def _reached(self, name: str) -> bool:
        """Whether every folder above a file is surely there."""
        above = name.split("/")[:-1]
        return all("/".join(above[:depth]) in self.kept for depth in range(1, len(above) + 1))

    def cuts(self) -> Iterator[tuple[str, dict[str, bytes]]]:
        """What a power cut may leave now: (how, files by name). The worst, the best, each folder's names alone or missing."""
        everything = {folder: len(changes) for folder, changes in self.pending.items()}
        choices: list[tuple[str, dict[str, int]]] = [("names lost", {}), ("names kept", everything)]
        for folder, count in everything.items():
            choices.append((f"only the names of {folder} kept", {folder: count}))
            if len(everything) > 1:
                choices.append((f"the names of {folder} lost", {**everything, folder: 0}))
            choices += [(f"the first {some} names of {folder} kept", {**everything, folder: some}) for some in range(1, count)]
        seen = set()
        for how, kept in choices:
            names = dict(self.sure)
            for folder, count in kept.items():
                for change in self.pending[folder][:count]:
                    change(names)
            if how != "names kept":
                names = {name: file for name, file in names.items() if self._reached(name)}
            for data in ("lost", "half", "kept"):
                found = {name: _left(file, data) for name, file in names.items()}
                mark = hash(tuple(sorted((name, hash(content)) for name, content in found.items())))
                if mark not in seen:
                    seen.add(mark)
                    yield f"{how}, data {data}", found


def _left(file: _File, data: str) -> bytes:
    """What is left of a file: what was synced, all of it, or what was synced and half of the rest."""
    sure = file.sure or b""
    if data == "kept" or file.now == file.sure:
        return file.now
    if data == "lost":
        return sure
    return file.now[: (len(sure) + len(file.now)) // 2] if file.now.startswith(sure) else file.now[: len(file.now) // 2]


def states(recording: Recording) -> Iterator[tuple[int, str, dict[str, bytes], bytes | None]]:
    """Every state that a cut can leave, each once: (number of the event behind which it fell, how, files, ledger)."""
    disk, seen = Disk.of(recording), set()
    for number, event in enumerate([None, *recording.events]):
        if event:
            disk.take(event)
        for how, files in disk.cuts():
            mark = hash((disk.ledger, tuple(sorted((name, hash(content)) for name, content in files.items()))))
            if mark not in seen:
                seen.add(mark)
                yield (
                    number,
                    f"{how}, after {event.kind if event else 'nothing'} {event.path if event else ''}",
                    files,
                    disk.ledger,
                )


def lay_out(root: Path, files: dict[str, bytes], folders: set[str], ledger: bytes | None, ledger_at: str) -> None:
    """Write a state to ``root``, which is emptied first."""
    shutil.rmtree(root, ignore_errors=True)
    for name in sorted(folders):
        (root / name).mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    if ledger is not None:
        (root / ledger_at).parent.mkdir(parents=True, exist_ok=True)
        (root / ledger_at).write_bytes(ledger)


__all__ = ["Disk", "Event", "Recording", "lay_out", "recorded", "states"]
