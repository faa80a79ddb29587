"""A loopback server that answers as a test tells it, byte by byte, and a clock that only moves when it is told to."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpcore2
import pytest


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came: target of its first line, headers by lower-case name."""

    target: str
    headers: dict[str, str]

    @property
    def place(self) -> str:
        """Host and target, as a test names a page."""
        return self.headers["host"] + self.target


class Connection:
    """What an answer writes to; ``stopped`` is set when the test is over."""

    def __init__(self, sock: socket.socket, stopped: threading.Event) -> None:
        self._sock = sock
        self.stopped = stopped

    def send(self, data: bytes) -> None:
        self._sock.sendall(data)

    def forever(self, piece: bytes, pause: float = 0.0) -> None:
        """Send ``piece`` again and again until the client hangs up or the test ends."""
        while not self.stopped.is_set():
            self.send(piece)
            if pause:
                self.stopped.wait(pause)

    def hang_up(self) -> None:
        self._sock.close()

    def reset(self) -> None:
        """Hang up as a crashed machine does: the other side gets an error, not an end."""
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._sock.close()

    def end(self) -> None:
        """Say that nothing more will come, and go on listening."""
        self._sock.shutdown(socket.SHUT_WR)


Answer = Callable[[Connection, Request], None]


class Hostile:
    """Serves ``answer`` on a free loopback port for as long as the block runs; keeps every request.

    ``tls``: a file of ``tests/fetch/tls`` with the key and certificate that the server shows.
    """

    def __init__(self, answer: Answer, tls: Path | None = None) -> None:
        self._answer = answer
        self._tls = None
        if tls is not None:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(tls)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.origin = f"127.0.0.1:{self.port}"
        self.requests: list[Request] = []
        self.connections = 0
        self._stopped = threading.Event()
        self._sockets: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stopped.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._threads[0].join(10)
        for sock in self._sockets:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        for sock in self._sockets:
            sock.close()

    def stop_waiting(self) -> None:
        """Let every answer that waits for the end of the test go on now."""
        self._stopped.set()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._sockets.append(sock)
            self._threads.append(threading.Thread(target=self._converse, args=(sock,)))
            self._threads[-1].start()

    def _converse(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError):
            if self._tls is not None:
                sock = self._tls.wrap_socket(sock, server_side=True)
                self._sockets.append(sock)
            waiting = b""
            while not self._stopped.is_set():
                while b"\r\n\r\n" not in waiting:
                    got = sock.recv(65536)
                    if not got:
                        return
                    waiting += got
                head, waiting = waiting.split(b"\r\n\r\n", 1)
                first, *lines = head.decode("latin-1").split("\r\n")
                pairs = (line.split(": ", 1) for line in lines)
                request = Request(first.split(" ")[1], {name.lower(): value for name, value in pairs})
                self.requests.append(request)
                self._answer(Connection(sock, self._stopped), request)


def reply(status: int = 200, body: bytes = b"", **headers: str) -> bytes:
    """A whole, honest response; ``content_type="text/html"`` becomes ``Content-Type: text/html``."""
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if status != 304:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([f"HTTP/1.1 {status} Status", *lines, "", ""]).encode("latin-1") + body


def says(*pieces: bytes) -> Answer:
    """Answer every request with the same bytes."""

    def answer(connection: Connection, request: Request) -> None:
        for piece in pieces:
            connection.send(piece)

    return answer


def site(pages: dict[str, bytes]) -> Answer:
    """Answer by host and target, 404 for what is not there."""

    def answer(connection: Connection, request: Request) -> None:
        connection.send(pages.get(request.place, reply(404)))

    return answer


class Clock:
    """Seconds that pass only by sleeping; keeps every sleep."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.sleeps: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def wall(self) -> datetime:
        """10:00 in Jakarta when the clock stands at 1000."""
        return datetime(2026, 11, 26, 3, 0, tzinfo=UTC) + timedelta(seconds=self.now - 1000)

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += seconds


def lead_names(patch: pytest.MonkeyPatch, addresses: Callable[[str], list[str]]) -> list[str]:
    """Make each name lead to ``addresses`` of it (none: the name is not known); returns the names that are then looked up."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def look_up(host: str, port: int, *rest: Any, **more: Any) -> list[Any]:
        if host == "127.0.0.1":  # the server of the test itself
            return real(host, port, *rest, **more)
        asked.append(host)
        found = addresses(host)
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "name not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    patch.setattr(socket, "getaddrinfo", look_up)
    return asked


def lead_connections(patch: pytest.MonkeyPatch, server: Hostile) -> list[str]:
    """Let every connection end at ``server``; returns the addresses that connections are then meant for."""
    meant: list[str] = []
    real = httpcore2.SyncBackend.connect_tcp

    def connect(self: httpcore2.SyncBackend, host: str, port: int, *rest: Any) -> httpcore2.NetworkStream:
        meant.append(host)
        return real(self, "127.0.0.1", server.port, *rest)

    patch.setattr(httpcore2.SyncBackend, "connect_tcp", connect)
    return meant
