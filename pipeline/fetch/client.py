"""Polite, bounded, sequential HTTP: one GET at a time, a pause per host, every outcome a value."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import httpcore2
import httpx2

from pipeline.fetch.guard import GuardedBackend, UnsafeAddressError
from pipeline.records import Reason, Retry
from pipeline.settings import Fetch
from pipeline.urls import host_of, is_fetchable, resolve

_STATUS = {
    401: (Reason.REFUSED, Retry.SOFT),
    402: (Reason.REFUSED, Retry.SOFT),
    403: (Reason.REFUSED, Retry.SOFT),
    404: (Reason.GONE, Retry.FINAL),
    410: (Reason.GONE, Retry.FINAL),
    429: (Reason.RATE_LIMITED, Retry.TEMPORARY),
    451: (Reason.REFUSED, Retry.FINAL),
}
_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class Payload:
    """A response as we keep it. ``body`` is decoded from its transfer coding; empty for 304."""

    url: str
    final_url: str
    status: int
    content_type: str
    etag: str
    last_modified: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no payload, and what that means for the next run."""

    reason: Reason
    detail: str
    retry: Retry


class _Transport(httpx2.BaseTransport):
    """httpx2 over a pool with our own network backend (its own transport takes none)."""

    def __init__(self, backend: GuardedBackend, context: ssl.SSLContext) -> None:
        self._pool = httpcore2.ConnectionPool(
            ssl_context=context, network_backend=backend, max_connections=4, keepalive_expiry=20
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        url = httpcore2.URL(
            scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port, target=request.url.raw_path
        )
        response = self._pool.handle_request(
            httpcore2.Request(method=request.method, url=url, headers=request.headers.raw, extensions=request.extensions)
        )
        return httpx2.Response(
            status_code=response.status, headers=response.headers, stream=_Stream(response), extensions=response.extensions
        )

    def close(self) -> None:
        self._pool.close()


class _Stream(httpx2.SyncByteStream):
    def __init__(self, response: httpcore2.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        yield from self._response.iter_stream()

    def close(self) -> None:
        self._response.close()


class Client:
    """The one door to the network. Not thread-safe: pacing per host needs one memory."""

    def __init__(
        self,
        settings: Fetch,
        *,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._sleep = sleep
        self._monotonic = monotonic
        self._next_allowed: dict[str, float] = {}
        self._host_delay: dict[str, float] = {}
        loopback = None
        if settings.loopback_origin:
            host, _, port = settings.loopback_origin.rpartition(":")
            loopback = (host.strip("[]"), int(port))
        self._to_loopback = loopback is not None
        self._backend = GuardedBackend(loopback)
        self._http = httpx2.Client(
            transport=_Transport(self._backend, ssl.create_default_context()),
            headers={"User-Agent": settings.agent, "Accept-Language": "id, en;q=0.5"},
            timeout=httpx2.Timeout(settings.total_seconds, connect=settings.connect_seconds),
            follow_redirects=False,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._http.close()

    def slow_down(self, host: str, seconds: float) -> None:
        """Keep at least ``seconds`` between two requests to ``host`` (a Crawl-delay); never below the setting."""
        self._host_delay[host] = max(seconds, self._settings.host_delay_seconds)

    def get(self, url: str, *, etag: str = "", last_modified: str = "", accept: str = "*/*") -> Payload | Failure:
        """GET ``url`` within the limits, redirects followed by hand, each hop guarded. Never raises for the web's faults."""
        headers = {"Accept": accept}
        # A header is ASCII; a stranger validator is left out, and the page is asked for as if it were new.
        if etag and etag.isascii():
            headers["If-None-Match"] = etag
        if last_modified and last_modified.isascii():
            headers["If-Modified-Since"] = last_modified
        hop = url
        self._backend.deadline = time.monotonic() + self._settings.total_seconds
        for _ in range(self._settings.max_redirects + 1):
            if not is_fetchable(hop):
                return Failure(Reason.BAD_URL, f"not an address that may be fetched: {hop[:200]}", Retry.FINAL)
            outcome = self._one(url, hop, headers)
            if isinstance(outcome, str):
                hop = outcome
            else:
                return outcome
        return Failure(
            Reason.TOO_MANY_REDIRECTS, f"more than {self._settings.max_redirects} redirects, last to {hop[:200]}", Retry.SOFT
        )

    def _one(self, url: str, hop: str, headers: dict[str, str]) -> Payload | Failure | str:
        """One request: a payload, a failure, or the address it redirects to."""
        paused = self._pause(host_of(hop))
        self._backend.deadline += paused
        target = hop.replace("https://", "http://", 1) if self._to_loopback else hop
        try:
            with self._http.stream("GET", target, headers=headers) as response:
                if response.status_code in _REDIRECTS and response.headers.get("Location"):
                    return resolve(hop, response.headers["Location"])
                return self._read(url, hop, response)
        except UnsafeAddressError as error:
            return Failure(Reason.UNSAFE_ADDRESS, str(error), Retry.FINAL)
        except (httpcore2.TimeoutException, httpx2.TimeoutException) as error:
            return Failure(Reason.TIMEOUT, f"{type(error).__name__} within {self._settings.total_seconds:g} s", Retry.TEMPORARY)
        except (httpcore2.NetworkError, httpcore2.ProtocolError, httpx2.HTTPError, ssl.SSLError, OSError) as error:
            return Failure(Reason.UNREACHABLE, f"{type(error).__name__}: {error}"[:300], Retry.TEMPORARY)
        except (httpx2.InvalidURL, UnicodeError) as error:
            return Failure(Reason.BAD_URL, str(error)[:300], Retry.FINAL)

    def _read(self, url: str, hop: str, response: httpx2.Response) -> Payload | Failure:
        status = response.status_code
        asked_for_change = not response.request.headers.keys().isdisjoint({"if-none-match", "if-modified-since"})
        if status != 200 and not (status == 304 and asked_for_change):
            default = (Reason.SERVER_ERROR, Retry.TEMPORARY) if status >= 500 else (Reason.HTTP_STATUS, Retry.SOFT)
            reason, retry = _STATUS.get(status, default)
            return Failure(reason, f"HTTP {status}", retry)
        body = bytearray()
        if status == 200:
            for chunk in response.iter_bytes(65536):
                body += chunk
                if len(body) > self._settings.max_bytes:
                    return Failure(Reason.TOO_LARGE, f"more than {self._settings.max_bytes} bytes", Retry.SOFT)
        header = response.headers
        return Payload(
            url=url,
            final_url=hop,
            status=status,
            content_type=header.get("Content-Type", ""),
            etag=header.get("ETag", ""),
            last_modified=header.get("Last-Modified", ""),
            body=bytes(body),
        )

    def _pause(self, host: str) -> float:
        """Wait until ``host`` may be asked again; returns the seconds slept."""
        now = self._monotonic()
        wait = self._next_allowed.get(host, now) - now
        if wait > 0:
            self._sleep(wait)
        self._next_allowed[host] = max(now, self._next_allowed.get(host, now)) + self._host_delay.get(
            host, self._settings.host_delay_seconds
        )
        return max(wait, 0.0)
