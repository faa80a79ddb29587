"""A real PostgreSQL server for tests: started in a temporary folder on a loopback port, never as root, and gone afterwards."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.fetch.database import ORDER, Server, Where
from pipeline.fetch.ledger import Ledger

ABSENT = "install postgresql (Debian: apt-get install postgresql), then ./run postgres-test"
PASSWORD = "kata-sandi-uji"
SIGN = "0123456789abcdef"


def binaries() -> Path | None:
    """The newest folder that holds the server's programs."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    if not found and (known := shutil.which("postgres")):
        found = [Path(known).resolve().parent]
    return max(found, key=lambda path: (len(path.parent.name), path.parent.name), default=None)


def _account() -> str | None:
    """Whom the server runs as: it refuses to be root."""
    if os.geteuid():
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@dataclass
class Running:
    """A server; its user is ``pantau``, its password stands in $PGPASSWORD."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    numbers: Iterator[int] = field(default_factory=itertools.count)
    shared: Server | None = None

    @classmethod
    def make(cls, bin_: Path, folder: Path) -> Running:
        """Make the files of a server that is not started yet."""
        user, secret = _account(), folder / "secret"
        secret.write_text(PASSWORD)
        if user:
            shutil.chown(folder, user)
            shutil.chown(secret, user)
        folder.chmod(0o700)
        made = [bin_ / "initdb", "-D", folder / "data", "-U", "pantau", "-A", "scram-sha-256", f"--pwfile={secret}", "--no-sync"]
        subprocess.run(
            [*made, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
            user=user,
            cwd="/",
            check=True,
            capture_output=True,
            timeout=120,
        )
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            return cls(folder, free.getsockname()[1])

    def start(self) -> None:
        """Start it, and wait until it answers."""
        import psycopg

        bin_ = binaries()
        assert bin_
        settings = {"port": self.port, "listen_addresses": "127.0.0.1", "unix_socket_directories": self.folder, "fsync": "off"}
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            command = [bin_ / "postgres", "-D", self.folder / "data", *words]
            self.process = subprocess.Popen(command, user=_account(), cwd="/", stdout=log, stderr=log)
        for _ in range(600):
            try:
                self.sql("SELECT 1", "postgres")
                return
            except psycopg.OperationalError:
                assert self.process.poll() is None, (self.folder / "log").read_text()
                time.sleep(0.05)
        raise AssertionError((self.folder / "log").read_text())

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it: SIGINT in order, SIGQUIT as a crash."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(60)

    def url(self, database: str, options: str = "") -> str:
        return f"postgresql://pantau@127.0.0.1:{self.port}/{database}{options}"

    def sql(self, sql: str, database: str = "uji") -> list[tuple[object, ...]]:
        """As an administrator would."""
        import psycopg

        with psycopg.connect(self.url(database), password=PASSWORD, autocommit=True) as db:
            cursor = db.execute(sql)
            return cursor.fetchall() if cursor.description else []

    def fresh(self, sign: str = SIGN) -> Server:
        """A ledger that is not begun, in a schema of its own."""
        schema = f"uji{next(self.numbers)}"
        self.sql(f"CREATE SCHEMA {schema}")
        return Server(self.url("uji", f"?options=-csearch_path%3D{schema}"), sign)

    def emptied(self) -> Server:
        """One and the same ledger, begun and without a row: tables are dear to make."""
        if self.shared is None:
            self.shared = self.fresh()
            with Ledger(self.shared, datetime.now(UTC)):
                pass
        schema = self.shared.url.rsplit("%3D", 1)[1]
        self.sql("; ".join(f"DELETE FROM {schema}.{table}" for table in ORDER))
        return self.shared


@pytest.fixture(scope="session")
def _server(request: pytest.FixtureRequest) -> Iterator[Running]:
    bin_ = binaries()
    if bin_ is None:
        if request.config.option.markexpr == "postgres":
            pytest.fail(ABSENT)
        pytest.skip(ABSENT)
    pytest.importorskip("psycopg")
    with tempfile.TemporaryDirectory(prefix="pantau-pg-") as folder:
        server = Running.make(bin_, Path(folder))
        try:
            server.start()
            server.sql("CREATE DATABASE uji", "postgres")
            yield server
        finally:
            server.stop(signal.SIGQUIT)


@pytest.fixture
def postgres(_server: Running, monkeypatch: pytest.MonkeyPatch) -> Running:
    """The server, with its password in the environment."""
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    return _server


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Where:
    """An empty ledger, on both kinds of database."""
    if request.param == "postgres":
        server: Running = request.getfixturevalue("postgres")
        return server.emptied()
    return tmp_path / "data" / "ledger.sqlite"
