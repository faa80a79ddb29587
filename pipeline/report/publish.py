"""The edge that writes a report's folder: all files of it at once, or none; and nothing when nothing changed."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path

from pipeline.report.manifest import MANIFEST, listed_files


def publish(folder: Path, files: Mapping[str, bytes], derived: Collection[str] = ()) -> bool:
    """Write the files, of which one is ``manifest.json`` that lists the others; True when anything changed.

    They are written into a hidden sibling, synced, and swapped in by renames; a crash leaves the old folder or the
    new one, and the next run mends what lies between. What a person put into the folder stays there; a file of ours that a
    person edited is kept beside the new one as ``<name>.suntingan-<digest>.csv``. ``derived`` names what is made of the
    files afterwards: it goes when they change. One writer at a time: the caller locks.
    """
    fresh, old = folder.with_name(f".{folder.name}.new"), folder.with_name(f".{folder.name}.old")
    _mend(folder, fresh, old, derived)
    outdated = listed_files(_content(folder / MANIFEST)).keys() - files.keys()
    if not outdated and all(_content(folder / name) == content for name, content in files.items()):
        return False
    fresh.mkdir(parents=True)
    for name, content in files.items():
        _write_synced(fresh / name, content)
    _sync(fresh)
    if folder.exists():
        folder.rename(old)
    fresh.rename(folder)
    _sync(folder.parent)
    if old.exists():
        _retire(old, folder, derived)
    return True


def standing(folder: Path) -> Path:
    """Where a report's folder stands: killed between its two renames, ``publish`` has left it beside its place."""
    old = folder.with_name(f".{folder.name}.old")
    return old if old.is_dir() and not folder.exists() else folder


def _mend(folder: Path, fresh: Path, old: Path, derived: Collection[str]) -> None:
    """Finish or undo what a crash left: a half-written new folder goes, an old one without successor comes back."""
    if fresh.exists():
        shutil.rmtree(fresh)
    if old.exists():
        if folder.exists():
            _retire(old, folder, derived)
        else:
            old.rename(folder)


def _retire(old: Path, folder: Path, derived: Collection[str]) -> None:
    """Move what a person put into the old folder, or edited there, into the new one, and remove the rest.

    The manifest goes last, so that a run which is cut off here still knows which files are ours.
    """
    ours = listed_files(_content(old / MANIFEST))
    for path in sorted(old.iterdir()):
        if path.name == MANIFEST:
            continue
        if path.name in derived and path.is_file():
            path.unlink()
            continue
        digest = "" if path.is_dir() or path.is_symlink() else hashlib.sha256(path.read_bytes()).hexdigest()
        if digest and (digest == ours.get(path.name) or _content(folder / path.name) == path.read_bytes()):
            path.unlink()
        elif path.name in ours or (folder / path.name).exists():
            path.rename(folder / f"{path.stem}.suntingan-{digest[:8] or 'lama'}{path.suffix}")
        else:
            path.rename(folder / path.name)
    (old / MANIFEST).unlink(missing_ok=True)
    old.rmdir()
    _sync(folder)
    _sync(folder.parent)


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _write_synced(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
