"""A small S3 server on 127.0.0.1: objects in memory, conditional writes, listings in pages. Signatures are not checked.

What it answers was compared with moto's server by running the tests of this folder against that one: $PANTAU_S3_ENDPOINT.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree
from xml.sax.saxutils import escape

PAGE = 3  # objects in one answer to a listing: clients must ask for the rest
WHEN = "2026-11-27T00:00:00.000Z"
BUCKET = "pantau-test"


class S3(ThreadingHTTPServer):
    """``objects``: key → content. ``down``: every request is answered by 503. ``puts``: keys in the order of their writes."""

    daemon_threads = True

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.puts: list[str] = []
        self.down = False
        self.lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


def tag_of(content: bytes) -> str:
    return f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: S3

    def do_GET(self) -> None:
        path, query = self._asked()
        if path.count("/") <= 1:
            return self._list(query)
        content = self.server.objects.get(path)
        return self._answer(404, _error("NoSuchKey")) if content is None else self._answer(200, content, tag_of(content))

    do_HEAD = do_GET  # noqa: N815

    def do_PUT(self) -> None:
        path, _ = self._asked()
        content = self.rfile.read(int(self.headers["Content-Length"]))
        with self.server.lock:
            held = self.server.objects.get(path)
            wanted = self.headers.get("If-Match")
            clash = self.headers.get("If-None-Match") == "*" and held is not None
            if clash or (wanted and (held is None or tag_of(held) != wanted)):
                return self._answer(412, _error("PreconditionFailed"))
            if self.server.down:
                return self._answer(503, _error("SlowDown"))
            self.server.objects[path] = content
            self.server.puts.append(path)
        return self._answer(200, b"", tag_of(content))

    def do_POST(self) -> None:
        path, query = self._asked()
        body = ElementTree.fromstring(self.rfile.read(int(self.headers["Content-Length"])))
        assert "delete" in query
        keys = [node.text or "" for node in body.iter() if node.tag.endswith("Key")]
        for key in keys:
            self.server.objects.pop(f"{path.rstrip('/')}/{key}", None)
        self._answer(
            200,
            f"<DeleteResult>{''.join(f'<Deleted><Key>{escape(key)}</Key></Deleted>' for key in keys)}</DeleteResult>".encode(),
        )

    def _asked(self) -> tuple[str, dict[str, list[str]]]:
        parts = urlsplit(self.path)
        return unquote(parts.path), parse_qs(parts.query, keep_blank_values=True)

    def _list(self, query: dict[str, list[str]]) -> None:
        bucket = self._asked()[0].strip("/") + "/"
        prefix, after = query.get("prefix", [""])[0], query.get("continuation-token", [""])[0]
        keys = sorted(key.removeprefix(f"/{bucket}") for key in self.server.objects if key.startswith(f"/{bucket}{prefix}"))
        keys = [key for key in keys if key > after]
        shown, more = keys[:PAGE], keys[PAGE:]
        rows = "".join(
            f"<Contents><Key>{escape(key)}</Key><LastModified>{WHEN}</LastModified><ETag>{escape(tag_of(content))}</ETag>"
            f"<Size>{len(content)}</Size></Contents>"
            for key in shown
            for content in [self.server.objects[f"/{bucket}{key}"]]
        )
        token = f"<NextContinuationToken>{escape(shown[-1])}</NextContinuationToken>" if more else ""
        told = f"<IsTruncated>{'true' if more else 'false'}</IsTruncated>{token}{rows}"
        self._answer(200, f"<ListBucketResult>{told}</ListBucketResult>".encode())

    def _answer(self, status: int, content: bytes, tag: str = "") -> None:
        if self.server.down and status < 400:
            status, content = 503, _error("SlowDown")
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Last-Modified", "Fri, 27 Nov 2026 00:00:00 GMT")
        if tag:
            self.send_header("ETag", tag)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Quiet."""


def _error(code: str) -> bytes:
    return f"<Error><Code>{code}</Code></Error>".encode()


@contextmanager
def serving() -> Iterator[S3]:
    """A server that answers until the block ends."""
    with S3() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()


def environment(endpoint: str) -> dict[str, str]:
    """What a client's environment must hold to reach the server."""
    return {
        "AWS_ENDPOINT": endpoint,
        "AWS_ACCESS_KEY_ID": "uji",
        "AWS_SECRET_ACCESS_KEY": "uji",
        "AWS_REGION": "us-east-1",
        "AWS_ALLOW_HTTP": "true",
    }
