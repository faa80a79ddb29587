"""Polite, bounded HTTP: one GET at a time in a lane, many lanes at once, every outcome a value."""

from __future__ import annotations

import string
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Self
from urllib.parse import quote, urlsplit

import httpcore2

from pipeline.fetch.guard import Budget, Guard, TooMuchError, UnsafeAddressError
from pipeline.fetch.health import challenge
from pipeline.fetch.inflate import ACCEPT, CorruptError, plain
from pipeline.fetch.pace import LONGEST_CLOSURE, Pace
from pipeline.records import Reason, Retry
from pipeline.settings import Fetch
from pipeline.urls import host_of, is_fetchable, resolve, same_site

_STATUS = {
    401: (Reason.REFUSED, Retry.SOFT),
    402: (Reason.PAYWALL, Retry.SOFT),
    403: (Reason.REFUSED, Retry.SOFT),
    404: (Reason.GONE, Retry.SOFT),  # feeds and their caches run ahead of a page; 410 is meant
    410: (Reason.GONE, Retry.FINAL),
    429: (Reason.RATE_LIMITED, Retry.TEMPORARY),
    451: (Reason.REFUSED, Retry.FINAL),
}
_REDIRECTS = (301, 302, 303, 307, 308)
_PORTS = {"http": 80, "https": 443}
_HEADERS = 256  # in one answer; a crowded real one has about 60
_HEAD = 200_000  # bytes that may come before the head is complete (h11 ends it at 164 KB) or be spent on marks between chunks
_PEEK = 65_536  # bytes of a refusal that are looked at, to tell a challenge page from a plain no
# What a request line carries as it is. The rest is percent-encoded, so that a feed's "é" or "|" reaches the server as UTF-8.
_LINE = "".join(set(string.punctuation) - set('"<>\\^`{|}#'))
# Every fault of the web and of its machines, as an exception of the layers below.
_FAULTS = (
    UnsafeAddressError,
    TooMuchError,
    CorruptError,
    httpcore2.TimeoutException,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    OSError,  # also what the ssl module raises
)

May = Callable[[str], "Failure | None"]  # why an address must not be fetched, None when it may be


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
    """Why there is no payload, and what that means for the next run. ``retry_after``: seconds that the server asked for."""

    reason: Reason
    detail: str
    retry: Retry
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class _Ask:
    """One question with all its redirects."""

    url: str
    headers: Mapping[str, str]
    kinds: tuple[str, ...]
    may: May
    most: int  # bytes of the decoded body
    cut: bool  # a longer body is cut there; otherwise it is a failure


@dataclass(slots=True)
class _Answer:
    """What came back for one request, headers by lower-case name (the first of each)."""

    status: int
    headers: dict[str, str]
    coding: str  # all Content-Encoding headers together
    body: bytearray = field(default_factory=bytearray)


class Client:
    """The one door to the network. Thread-safe; it keeps neither cookies nor connections between two requests.

    A connection a request costs a handshake every five seconds a host, and buys that no stale or poisoned connection is
    ever used again and that a host never holds two of ours.
    Memory: at most three times ``max_bytes`` for each request in hand, whatever the server sends.
    """

    def __init__(self, settings: Fetch, pace: Pace | None = None) -> None:
        self.pace = pace or Pace(
            delay=settings.host_delay_seconds,
            refused_seconds=settings.refused_seconds,
            outage_seconds=settings.outage_seconds,
        )
        self._settings = settings
        loopback = None
        if settings.loopback_origin:
            host, _, port = settings.loopback_origin.rpartition(":")
            loopback = (host.strip("[]"), int(port))
        self._guard = Guard(loopback)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Nothing is held open."""

    def get(
        self,
        url: str,
        *,
        etag: str = "",
        last_modified: str = "",
        accept: str = "*/*",
        kinds: tuple[str, ...] = (),
        may: May = lambda url: None,  # noqa: ARG005
        cut: int = 0,
    ) -> Payload | Failure:
        """GET ``url`` within the limits, redirects followed by hand, each hop guarded. Never raises for the web's faults.

        ``kinds``: content types that are wanted, others are refused before the body is read (an answer that names none is
        read). ``may`` is asked for every address on the way, the first included: hand in ``Robots.refusal``.
        ``cut``: for robots.txt: keep this many bytes of a longer body instead of failing, and let a refusal not count
        against the host, which may refuse every file that it does not have.
        """
        headers = {"User-Agent": self._settings.agent, "Accept": accept, "Accept-Language": "id, en;q=0.5"}
        headers |= {"Accept-Encoding": ACCEPT, "Connection": "close"}
        # A header is printable ASCII; a stranger validator is left out, and the page is asked for as if it were new.
        for name, value in (("If-None-Match", etag), ("If-Modified-Since", last_modified)):
            if value and value.isascii() and value.isprintable():
                headers[name] = value
        return self._follow(_Ask(url, headers, kinds, may, cut or self._settings.max_bytes, cut > 0))

    def _follow(self, ask: _Ask) -> Payload | Failure:
        hop, seen, seconds = ask.url, set[str](), self._settings.total_seconds
        while len(seen) <= self._settings.max_redirects:
            refusal = self._refusal(hop, seen) or ask.may(hop)
            if refusal is not None:
                return refusal
            seen.add(hop)
            with self.pace.turn(host_of(hop)) as why:
                if why:
                    return Failure(Reason.HOST_CLOSED, why, Retry.TEMPORARY)
                begun = time.monotonic()
                outcome = self._one(ask, hop, seconds)
                seconds -= time.monotonic() - begun
            if not isinstance(outcome, str):
                return outcome
            # A page that was asked for safely is not taken from whoever can write into an open line. A site that sends its
            # own reader to its own plain address says so over the safe line, and small outlets do.
            if hop.lower().startswith("https:") and outcome.lower().startswith("http:") and not same_site(hop, outcome):
                return Failure(Reason.BAD_URL, f"redirected from https to another site's http, {outcome[:200]}", Retry.FINAL)
            hop = outcome
        limit = self._settings.max_redirects
        return Failure(Reason.TOO_MANY_REDIRECTS, f"more than {limit} redirects, last to {hop[:200]}", Retry.SOFT)

    def _refusal(self, hop: str, seen: set[str]) -> Failure | None:
        if not is_fetchable(hop):
            return Failure(Reason.BAD_URL, f"not an address that may be fetched: {hop[:200]}", Retry.FINAL)
        if hop in seen:
            return Failure(Reason.TOO_MANY_REDIRECTS, f"redirects in a circle, back to {hop[:200]}", Retry.SOFT)
        return None

    def _one(self, ask: _Ask, hop: str, seconds: float) -> Payload | Failure | str:
        """One request: a payload, a failure, or the address it redirects to."""
        host = host_of(hop)
        budget = Budget(seconds, _HEAD)
        try:
            request = _request(hop, ask.headers)
        except UnicodeError as error:
            return Failure(Reason.BAD_URL, str(error)[:300], Retry.FINAL)
        url = request.url
        try:
            stream = self._guard.connect(
                url.host.decode(), url.port or 80, budget, secure=url.scheme == b"https", seconds=self._settings.connect_seconds
            )
        except _FAULTS as error:
            failure = self._fault(error, budget)
            late = failure.reason is Reason.TIMEOUT and hop != ask.url  # the hops before may have spent the time
            if failure.reason is not Reason.UNSAFE_ADDRESS and not late:
                self.pace.unreachable(host, failure.detail)
            return failure
        with httpcore2.HTTP11Connection(url.origin, stream) as connection:
            try:
                response = connection.handle_request(request)
                budget.allow(ask.most)
                outcome = self._exchange(ask, hop, response)
            except _FAULTS as error:
                outcome = self._fault(error, budget)
        if isinstance(outcome, Payload):
            self.pace.heed(host, None)
        elif isinstance(outcome, Failure) and not (ask.cut and outcome.reason in (Reason.REFUSED, Reason.PAYWALL)):
            self.pace.heed(host, outcome.reason, outcome.retry_after)
        return outcome

    def _exchange(self, ask: _Ask, hop: str, response: httpcore2.Response) -> Payload | Failure | str:
        if len(response.headers) > _HEADERS:
            return Failure(Reason.CORRUPT, f"{len(response.headers)} headers", Retry.TEMPORARY)
        answer = _read_head(response)
        if answer.status in _REDIRECTS and answer.headers.get("location"):
            return resolve(hop, answer.headers["location"])
        if answer.status == 200:
            kind = answer.headers.get("content-type", "").split(";")[0].strip().lower()
            if kind and ask.kinds and kind not in ask.kinds:
                return Failure(Reason.NOT_HTML, f"content type {kind[:60]}", Retry.FINAL)
            self._read_body(ask, response, answer)
        elif answer.status == 304 and not ask.headers.keys().isdisjoint({"If-None-Match", "If-Modified-Since"}):
            pass
        else:
            return self._refused(response, answer)
        body = bytes(answer.body)
        if challenge(body, answer.status, answer.headers):
            return Failure(Reason.CHALLENGE, f"a challenge page, HTTP {answer.status}", Retry.SOFT)
        return Payload(
            url=ask.url,
            final_url=hop,
            status=answer.status,
            content_type=answer.headers.get("content-type", ""),
            etag=answer.headers.get("etag", ""),
            last_modified=answer.headers.get("last-modified", ""),
            body=body,
        )

    def _read_body(self, ask: _Ask, response: httpcore2.Response, answer: _Answer) -> None:
        for piece in plain(response.iter_stream(), answer.coding):
            answer.body += piece
            if len(answer.body) > ask.most:
                if not ask.cut:
                    raise TooMuchError(f"more than {ask.most} bytes")
                del answer.body[ask.most :]
                return

    def _refused(self, response: httpcore2.Response, answer: _Answer) -> Failure:
        """The failure that a status stands for; whether it is a challenge stands in the first bytes of its page."""
        wait = _retry_after(answer.headers.get("retry-after", ""), self.pace.wall())
        default = (Reason.SERVER_ERROR, Retry.TEMPORARY) if answer.status >= 500 else (Reason.HTTP_STATUS, Retry.SOFT)
        reason, retry = _STATUS.get(answer.status, default)
        if answer.status >= 400 and reason is not Reason.GONE:
            with suppress(*_FAULTS):
                for piece in plain(response.iter_stream(), answer.coding):
                    answer.body += piece
                    if len(answer.body) > _PEEK:
                        break
            if challenge(bytes(answer.body[:_PEEK]), answer.status, answer.headers):
                return Failure(Reason.CHALLENGE, f"a challenge page, HTTP {answer.status}", Retry.SOFT, wait)
        return Failure(reason, f"HTTP {answer.status}", retry, wait)

    def _fault(self, error: Exception, budget: Budget) -> Failure:
        """What an exception of the layers below means."""
        told = f"{type(error).__name__}: {error}"[:300]
        if isinstance(error, UnsafeAddressError):
            return Failure(Reason.UNSAFE_ADDRESS, str(error), Retry.FINAL)
        if isinstance(error, TooMuchError):
            return Failure(Reason.TOO_LARGE, str(error), Retry.SOFT)
        if isinstance(error, httpcore2.TimeoutException):
            limit = self._settings.total_seconds
            return Failure(Reason.TIMEOUT, f"{type(error).__name__} within {limit:g} s", Retry.TEMPORARY)
        # A server that said something broken is reached; one that hung up without a word is not.
        return Failure(Reason.CORRUPT if budget.received else Reason.UNREACHABLE, told, Retry.TEMPORARY)


def _request(url: str, headers: Mapping[str, str]) -> httpcore2.Request:
    """The request for an address that may be fetched; raises UnicodeError for a name that cannot be written in one."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if not host.isascii():
        host = host.encode("idna").decode("ascii")
    port = parts.port or _PORTS[parts.scheme]
    named = f"[{host}]" if ":" in host else host
    if port != _PORTS[parts.scheme]:
        named += f":{port}"
    line = quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe=_LINE)
    target = httpcore2.URL(scheme=parts.scheme, host=host, port=port, target=line)
    return httpcore2.Request("GET", target, headers=[("Host", named), *headers.items()])


def _read_head(response: httpcore2.Response) -> _Answer:
    headers: dict[str, str] = {}
    codings = []
    for raw_name, raw_value in response.headers:
        name = raw_name.decode("latin-1").lower()
        try:
            value = raw_value.decode("utf-8")
        except UnicodeDecodeError:
            value = raw_value.decode("latin-1")
        headers.setdefault(name, value)
        if name == "content-encoding":
            codings.append(value)
    return _Answer(response.status, headers, ", ".join(codings))


def _retry_after(value: str, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for (a number or an HTTP date), a day at most; None when it says nothing usable."""
    value = value.strip()[:60]
    if value.isascii() and value.isdecimal():
        return min(float(value), LONGEST_CLOSURE)
    try:
        until = parsedate_to_datetime(value)
        seconds = (until if until.tzinfo else until.replace(tzinfo=UTC)) - now
    except (ValueError, OverflowError):
        return None
    return min(max(seconds.total_seconds(), 0.0), LONGEST_CLOSURE)
