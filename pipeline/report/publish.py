"""The edge that writes a week's folder: all files of it at once, or none; and nothing when nothing changed."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.report.csv import to_csv_bytes
from pipeline.report.manifest import MANIFEST, listed_files, manifest_bytes

if TYPE_CHECKING:
    import pandas as pd


def publish(folder: Path, tables: dict[str, pd.DataFrame], manifest: dict[str, object]) -> bool:
    """Write the tables as CSV and ``manifest.json`` with rows and sha256 of each; True when anything changed.

    The files are written into a hidden sibling, synced, and swapped in by renames; a crash leaves the old folder or the
    new one, and the next run mends what lies between. What a person put into the folder stays there; a table that a
    person edited is kept beside the new one as ``<name>.suntingan-<digest>.csv``. One writer at a time: the caller locks.
    """
    files = {f"{name}.csv": to_csv_bytes(table) for name, table in tables.items()}
    rows = {f"{name}.csv": len(table) for name, table in tables.items()}
    files[MANIFEST] = manifest_bytes(manifest, files, rows)
    fresh, old = folder.with_name(f".{folder.name}.new"), folder.with_name(f".{folder.name}.old")
    _mend(folder, fresh, old)
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
        _retire(old, folder)
    return True


def _mend(folder: Path, fresh: Path, old: Path) -> None:
    """Finish or undo what a crash left: a half-written new folder goes, an old one without successor comes back."""
    if fresh.exists():
        shutil.rmtree(fresh)
    if old.exists():
        if folder.exists():
            _retire(old, folder)
        else:
            old.rename(folder)


def _retire(old: Path, folder: Path) -> None:
    """Move what a person put into the old folder, or edited there, into the new one, and remove the rest.

    The manifest goes last, so that a run which is cut off here still knows which files are ours.
    """
    ours = listed_files(_content(old / MANIFEST))
    for path in sorted(old.iterdir()):
        if path.name == MANIFEST:
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
