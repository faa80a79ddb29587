"""A report dropped into a shared folder or object store: files put there whole, compared by digest, never removed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from pipeline.errors import ConfigError, StorageError
from pipeline.store.objects import Bucket

# Kinds whose rename replaces a file in one step. Object stores show a file only when it is whole; the rest is written in place.
_RENAMES = frozenset({"file", "local"})
_LAST = "manifest.json"  # who waits for it finds all the others whole


def put(url: str, name: str, files: Mapping[str, bytes]) -> list[str]:
    """Write ``files`` below ``url``/``name``; the names that were new or different. Each is read back and compared.

    Raises ``ConfigError`` for an address of an unknown kind, ``StorageError`` where the store fails or gives back other bytes.
    """
    order = sorted(files, key=lambda file: (file == _LAST, file))
    if url.startswith("s3://"):
        bucket = Bucket(url.rstrip("/"))
        return [file for file in order if bucket.change(f"{name}/{file}", files[file])]
    system, root = _opened(url)
    folder = f"{root.rstrip('/')}/{name}"
    changed = []
    try:
        system.makedirs(folder, exist_ok=True)
        for file in order:
            if _digest(system, f"{folder}/{file}") != _sha(files[file]):
                _write(system, folder, file, files[file])
                changed.append(file)
    except StorageError:
        raise
    except Exception as error:  # noqa: BLE001 - every kind of store has its own errors
        raise StorageError(f"drop.url: the report could not be written ({_told(error)}); see the folder and its rights") from None
    return changed


def _opened(url: str) -> tuple[Any, str]:
    import fsspec

    try:
        system, root = fsspec.url_to_fs(url)
    except ImportError as error:
        raise ConfigError(
            f"drop.url: {error}; install what it names, or write file:///srv/laporan or s3://bucket/laporan"
        ) from None
    except Exception as error:  # noqa: BLE001 - as above
        raise ConfigError(f"drop.url cannot be used ({_told(error)}); write for example file:///srv/laporan") from None
    return system, str(root)


def _write(system: Any, folder: str, name: str, content: bytes) -> None:
    path = f"{folder}/{name}"
    kinds = {system.protocol} if isinstance(system.protocol, str) else set(system.protocol)
    if kinds & _RENAMES:
        hidden = f"{folder}/.{name}.part"
        system.pipe_file(hidden, content)
        system.mv(hidden, path)
    else:
        system.pipe_file(path, content)
    if _digest(system, path) != _sha(content):
        raise StorageError(f"drop.url: {name} came back with other bytes than were written; see the store")


def _digest(system: Any, path: str) -> str:
    try:
        return _sha(system.cat_file(path))
    except FileNotFoundError:
        return ""


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _told(error: Exception) -> str:
    """What kind of fault it was; a message may hold an address with a secret in it."""
    return (isinstance(error, OSError) and error.strerror) or type(error).__name__
