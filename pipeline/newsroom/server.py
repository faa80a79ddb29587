"""The embedded newsroom's HTTP server: many virtual hosts on one loopback port, for the demo and for tests."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from pipeline.newsroom.sites import Answer, Site, answers

Route = tuple[str, str]  # (host, path with query)


class Newsroom(ThreadingHTTPServer):
    """Serves the sites by Host header on 127.0.0.1, a free port. ``requests`` counts what was asked, by host and path."""

    daemon_threads = True

    def __init__(self, sites: tuple[Site, ...]) -> None:
        self.routes: dict[Route, Answer] = {(site.host, path): answer for site in sites for path, answer in answers(site)}
        self.requests: Counter[Route] = Counter()
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def origin(self) -> str:
        """``127.0.0.1:PORT``, the value for ``fetch.loopback_origin``."""
        return f"127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Newsroom

    def do_GET(self) -> None:
        host = (self.headers.get("Host") or "").split(":")[0].lower()
        self.server.requests[(host, self.path)] += 1
        answer = self.server.routes.get((host, self.path))
        if answer is None:
            answer = Answer(404, "text/html; charset=utf-8", b"<!DOCTYPE html><title>404</title><p>Halaman tidak ditemukan.</p>")
        etag = f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"'
        if answer.status == 200 and self.headers.get("If-None-Match") == etag:
            self.send_response(304)
            self.send_header("ETag", etag)
            self.end_headers()
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        if answer.status == 200:
            self.send_header("ETag", etag)
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Quiet: the fetching side logs."""


@contextmanager
def serve(sites: tuple[Site, ...]) -> Iterator[Newsroom]:
    """A running newsroom for the length of a with-block."""
    server = Newsroom(sites)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
