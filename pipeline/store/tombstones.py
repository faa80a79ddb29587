"""What was forgotten on request, known by salted digests only: ``forgotten.csv`` in the data folder, which outlives the rest."""

from __future__ import annotations

import csv
import hashlib
import io
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.errors import StorageError
from pipeline.store.parts import write_bytes

FILE = "forgotten.csv"
_COLUMNS = ["kind", "hash", "when"]
_KINDS = ("salt", "address", "text")


@dataclass(frozen=True, slots=True)
class Tombstones:
    """Digests of forgotten addresses and texts. Neither can be read back from them."""

    salt: str = ""
    addresses: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()

    def address(self, key: str) -> bool:
        """True for the key of an article that was forgotten."""
        return bool(self.addresses) and _digest(self.salt, "address", key) in self.addresses

    def text(self, sha256: str) -> bool:
        """True for the digest (``text_sha256``) of a text that was forgotten."""
        return bool(self.texts) and _digest(self.salt, "text", sha256) in self.texts


NOTHING = Tombstones()


def load_tombstones(data: Path) -> Tombstones:
    """The tombstones of a data folder, none where nothing was forgotten. Raises ``StorageError`` for a damaged file."""
    path = data / FILE
    try:
        return tombstones_of(path.read_bytes(), path)
    except FileNotFoundError:
        return NOTHING
    except OSError as error:
        raise _damaged(path, str(error)) from error


def tombstones_of(content: bytes, named: object) -> Tombstones:
    """The tombstones that the bytes of such a file hold. Raises ``StorageError`` that names ``named`` when it is damaged."""
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))
    except UnicodeDecodeError as error:
        raise _damaged(named, str(error)) from error
    if rows[:1] != [_COLUMNS] or not all(len(row) == len(_COLUMNS) and row[0] in _KINDS and row[1] for row in rows[1:]):
        raise _damaged(named, "a row is not kind,hash,when")
    salts = {row[1] for row in rows[1:] if row[0] == "salt"}
    if len(salts) != 1:
        raise _damaged(named, f"it names {len(salts)} salts")
    held = {kind: frozenset(row[1] for row in rows[1:] if row[0] == kind) for kind in _KINDS}
    return Tombstones(salts.pop(), held["address"], held["text"])


def _damaged(path: object, why: str) -> StorageError:
    return StorageError(
        f"{path} is damaged ({why}); it keeps what was removed on request from coming back: restore it from a backup"
    )


def add_tombstones(data: Path, keys: Iterable[str], texts: Iterable[str], now: datetime) -> int:
    """Set the missing tombstones of these keys and text digests; returns how many. The caller holds the lock.

    The file is written whole and renamed: half a row would keep every run from what it must not let in again.
    """
    held = load_tombstones(data)
    salt, when = held.salt or secrets.token_hex(16), now.isoformat(timespec="seconds")
    new = [("address", _digest(salt, "address", key)) for key in sorted(set(keys)) if not held.address(key)]
    new += [("text", _digest(salt, "text", text)) for text in sorted(set(texts)) if not held.text(text)]
    if new:
        path = data / FILE
        before = path.read_bytes() if held.salt else f"{','.join(_COLUMNS)}\nsalt,{salt},{when}\n".encode()
        before += b"" if before.endswith((b"\n", b"\r")) else b"\n"
        write_bytes(path, before + "".join(f"{kind},{digest},{when}\n" for kind, digest in new).encode())
    return len(new)


def _digest(salt: str, kind: str, value: str) -> str:
    return hashlib.sha256(f"{salt}:{kind}:{value}".encode()).hexdigest()
