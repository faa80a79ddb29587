"""Real servers for what leaves the house: an SMTP server with TLS and AUTH, and a web hook that answers as it is told."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

TLS = Path(__file__).parent / "fetch" / "tls"
USER, PASSWORD = "pantau", "rahasia-4711"
HOST = "kabar.example"  # the name that good.pem is for


@dataclass
class Mailbox:
    """What the server took, and how it answers: ``rcpt`` and ``data`` by address, "250 OK" where nothing is said."""

    port: int = 0
    mails: list[tuple[str, bytes]] = field(default_factory=list)
    rcpt: dict[str, str] = field(default_factory=dict)
    data: dict[str, str] = field(default_factory=dict)
    logins: int = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, options: Any) -> str:  # noqa: N802
        if address in self.rcpt:
            return self.rcpt[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        (address,) = envelope.rcpt_tos
        answer = self.data.get(address, "250 OK")
        if answer == "hang up after taking it":
            self.take(address, envelope)
            server.transport.abort()
            return "250 OK"
        if answer.startswith("250"):
            self.take(address, envelope)
        return answer

    def take(self, address: str, envelope: Envelope) -> None:
        assert isinstance(envelope.content, bytes)
        self.mails.append((address, envelope.content))

    @property
    def receivers(self) -> list[str]:
        return [address for address, _ in self.mails]


def tls_of(name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / name)
    return context


@contextmanager
def smtp_server(mode: str = "starttls", certificate: str = "good.pem", size: int = 30_000_000) -> Iterator[Mailbox]:
    """``mode``: starttls demands a login, implicit offers it, none takes everything in the clear."""
    box = Mailbox(port=free_port())

    def login(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        box.logins += 1
        right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=False)

    options: dict[str, Any] = {"data_size_limit": size}
    if mode == "starttls":
        options |= {"tls_context": tls_of(certificate), "require_starttls": True, "auth_required": True}
    if mode == "implicit":
        options |= {"ssl_context": tls_of(certificate), "auth_require_tls": False}
    if mode != "none":
        options |= {"authenticator": login}
    controller = _Controller(box, hostname="127.0.0.1", port=box.port, **options)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


class _Controller(Controller):
    def _trigger_server(self) -> None:
        """The base class tries a connection, with a certificate check that a throw-away certificate does not pass."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10):
            pass


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def lead_home(patch: pytest.MonkeyPatch) -> None:
    """Let the certificate's name lead to this machine."""
    real = socket.getaddrinfo

    def look_up(host: Any, port: Any, *rest: Any, **more: Any) -> Any:
        return real("127.0.0.1" if host == HOST else host, port, *rest, **more)

    patch.setattr(socket, "getaddrinfo", look_up)


class Hook(ThreadingHTTPServer):
    """Answers each POST with the next of ``answers`` (the last one for ever); keeps what it heard."""

    daemon_threads = True

    def __init__(self) -> None:
        self.heard: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: list[tuple[int, dict[str, str]]] = [(200, {})]
        self.silent = threading.Event()  # set: takes the request and never answers
        self.over = threading.Event()
        super().__init__(("127.0.0.1", 0), _Listener)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/bot-secret-4711/sendMessage"


class _Listener(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.heard.append((self.path, dict(self.headers), body))
        if self.server.silent.is_set():
            self.server.over.wait(30)
            return
        answers = self.server.answers
        status, headers = answers.pop(0) if len(answers) > 1 else answers[0]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def hook_server(tls: ssl.SSLContext | None = None) -> Iterator[Hook]:
    server = Hook()
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
