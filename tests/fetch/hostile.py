"""A loopback server that answers as a test tells it, byte by byte, and a clock that only moves when it is told to."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self


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


Answer = Callable[[Connection, Request], None]


class Hostile:
    """Serves ``answer`` on a free loopback port for as long as the block runs; keeps every request."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
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

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += seconds
