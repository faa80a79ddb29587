"""Which ledger a data folder has: the file in it, or the PostgreSQL database that its ``ledger.url`` names; and the move there.

``[ledger] url`` says where the ledger is to be; the folder says where it is, so that notebooks, other machines and the demo's
folder each find their own. The file has two lines: the address without a password, and a sign that the database bears too.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pipeline.errors import ConfigError, StorageError
from pipeline.fetch.database import Server, Where

log = logging.getLogger("pantau.ledger")

_FILE, _URL, _COMING = "ledger.sqlite", "ledger.url", ".ledger.url"
AS_FILE = "file"  # the setting that takes a ledger back into the folder


def ledger_of(data: Path) -> Where:
    """Where the folder's ledger lies, be it begun or not. Raises ``StorageError`` for a ``ledger.url`` that is damaged."""
    return _named(data / _URL) or data / _FILE


def has_ledger(data: Path) -> bool:
    """Whether anything was ever collected into the folder."""
    return (data / _URL).exists() or (data / _FILE).exists()


@contextmanager
def held(data: Path, url: str, now: datetime, seconds: float) -> Iterator[None]:
    """Around a run that holds the folder's lock: the ledger lies where ``[ledger] url`` wants it, and no other machine runs.

    Raises ``LockedError`` when one still does after ``seconds``, ``ConfigError`` when settings and folder do not agree.
    """
    where = _settled(data, url.strip(), now, seconds)
    if not isinstance(where, Server):
        yield
        return
    from pipeline.fetch.postgres import sole_run

    with sole_run(where, f"a run of another machine is at work on the ledger of {data}; this one did nothing", seconds):
        yield


def _settled(data: Path, url: str, now: datetime, seconds: float) -> Where:
    there = _named(data / _URL)
    if url == AS_FILE and there:
        return _take_back(data, there, now, seconds)
    if url in ("", AS_FILE):
        return there or data / _FILE
    from pipeline.fetch.postgres import check_address

    check_address(url)
    if there and there.url != url:
        raise ConfigError(
            f"the ledger of {data} lies in {there.url} and [ledger] url says {url}; write one address into both "
            f"(where the database has moved, into the first line of {data / _URL})"
        )
    server = there or _take_there(data, url, now)
    if (data / _FILE).exists():  # its rows were taken there
        (data / _FILE).replace(data / f"{_FILE}.moved-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    return server


def _take_there(data: Path, url: str, now: datetime) -> Server:
    """Begin the ledger in PostgreSQL, with what the folder's file holds. Killed on the way, the next run does it again."""
    from pipeline.fetch.ledger import Ledger
    from pipeline.store.parts import sync_folder, write_bytes

    coming, file = data / _COMING, data / _FILE
    begun = _named(coming)
    # The same sign again: the tables may bear it already.
    server = Server(url, begun.sign if begun else secrets.token_hex(8))
    write_bytes(coming, f"{server.url}\n{server.sign}\n".encode())
    with Ledger(server, now) as ledger:
        if file.exists():
            with Ledger(file, now) as old:
                rows = ledger.take_over(old)
            log.warning("ledger moved", extra={"rows": rows, "from": file.name, "to": _told(url)})
    coming.replace(data / _URL)
    sync_folder(data)
    return server


def _take_back(data: Path, there: Server, now: datetime, seconds: float) -> Path:
    """Write what the database holds into the folder's file, and let go of the database, which stays as it is."""
    from pipeline.fetch.ledger import Ledger
    from pipeline.fetch.postgres import sole_run
    from pipeline.store.parts import sync_folder

    file, made = data / _FILE, data / f".{_FILE}.coming"
    for name in (made, *(made.with_name(f"{made.name}{end}") for end in ("-wal", "-shm", "-journal"))):
        name.unlink(missing_ok=True)
    with sole_run(there, f"a run of another machine is at work on the ledger of {data}; this one did nothing", seconds):
        with Ledger(there, now) as old, Ledger(made, now) as ledger:
            rows = ledger.take_over(old)
        made.replace(file)
        sync_folder(data)
        (data / _URL).unlink()
        sync_folder(data)
    log.warning("ledger moved", extra={"rows": rows, "from": _told(there.url), "to": file.name})
    return file


def _named(path: Path) -> Server | None:
    """The database that such a file names; None without the file."""
    try:
        lines = path.read_text(encoding="utf-8").split()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise StorageError(f"{path} cannot be read ({error}); see that this user may read it") from error
    if len(lines) != 2:
        raise StorageError(
            f"{path} is damaged; write the address of the ledger's database into its first line, and into the second the "
            "sign that stands there in the table ledger"
        )
    return Server(*lines)


def _told(url: str) -> str:
    return url.split("?", 1)[0]
