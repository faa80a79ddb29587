"""The client against a hostile loopback server: every limit holds, every fault is a value, and no host is hurried."""

from __future__ import annotations

import gzip
import socket
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import httpcore2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.fetch.client import Client, Failure, Payload
from pipeline.records import Reason, Retry
from pipeline.settings import Fetch
from tests.fetch.hostile import Answer, Clock, Connection, Hostile, Request, reply, says, site

LIMIT = 50_000  # bytes
SECONDS = 1.0  # for one response, in the tests that wait for the limit
SLACK = 8.0  # seconds that a busy machine may add


def fetch(**changes: Any) -> Fetch:
    return Fetch(**{"host_delay_seconds": 0, "max_bytes": LIMIT, "total_seconds": 20, "max_redirects": 3, **changes})


def get(answer: Answer, url: str = "https://kabar.example/berita", /, **changes: Any) -> Payload | Failure:
    with Hostile(answer) as server, Client(fetch(loopback_origin=server.origin, **changes)) as client:
        return client.get(url)


def failure(answer: Answer, url: str = "https://kabar.example/berita", /, **changes: Any) -> Failure:
    outcome = get(answer, url, **changes)
    assert isinstance(outcome, Failure)
    assert outcome.detail
    return outcome


def body(outcome: Payload | Failure) -> bytes:
    assert isinstance(outcome, Payload), outcome
    return outcome.body


# --- what a good answer becomes


def test_a_page_is_kept_as_it_came() -> None:
    answer = says(reply(200, b"<p>Isi</p>", Content_Type="text/html; charset=utf-8", ETag='"a1"', Last_Modified="yesterday"))
    url = "https://kabar.example/berita?id=1"
    assert get(answer, url) == Payload(url, url, 200, "text/html; charset=utf-8", '"a1"', "yesterday", b"<p>Isi</p>")


def test_we_say_who_we_are_and_speak_to_the_named_host_in_plain_http() -> None:
    with Hostile(says(reply(200, b"x"))) as server:
        settings_ = fetch(loopback_origin=server.origin, user_agent="Pantau/9", contact="redaksi@pantau.example")
        with Client(settings_) as client:
            client.get("https://Kabar.example/a?b=c", accept="text/html")
        [request] = server.requests
    assert request.place == "kabar.example/a?b=c"
    assert request.headers["user-agent"] == "Pantau/9 redaksi@pantau.example"
    assert request.headers["accept"] == "text/html"
    assert "if-none-match" not in request.headers


def test_a_compressed_page_is_unpacked() -> None:
    assert body(get(says(reply(200, gzip.compress(b"Isi" * 99), Content_Encoding="gzip")))) == b"Isi" * 99


def test_a_page_as_large_as_allowed_is_kept_and_one_byte_more_is_not() -> None:
    assert len(body(get(says(reply(200, b"x" * LIMIT))))) == LIMIT
    assert failure(says(reply(200, b"x" * (LIMIT + 1)))).reason is Reason.TOO_LARGE


def test_a_body_without_a_length_ends_with_the_connection() -> None:
    def answer(connection: Connection, request: Request) -> None:
        connection.send(b"HTTP/1.1 200 OK\r\n\r\nIsi")
        connection.hang_up()

    assert body(get(answer)) == b"Isi"


# --- conditional requests


def changed_since(connection: Connection, request: Request) -> None:
    known = request.headers.get("if-none-match") == '"a1"' or "if-modified-since" in request.headers
    connection.send(reply(304, ETag='"a1"') if known else reply(200, b"Isi", ETag='"a1"'))


@pytest.mark.parametrize("validator", [{"etag": '"a1"'}, {"last_modified": "Wed, 25 Nov 2026 03:00:00 GMT"}])
def test_an_unchanged_page_is_a_304_without_body(validator: dict[str, str]) -> None:
    with Hostile(changed_since) as server, Client(fetch(loopback_origin=server.origin)) as client:
        outcome = client.get("https://kabar.example/feed", **validator)
    assert isinstance(outcome, Payload)
    assert (outcome.status, outcome.body, outcome.etag) == (304, b"", '"a1"')


def test_another_etag_brings_the_page() -> None:
    with Hostile(changed_since) as server, Client(fetch(loopback_origin=server.origin)) as client:
        assert body(client.get("https://kabar.example/feed", etag='"old"')) == b"Isi"


def test_a_304_that_nobody_asked_for_is_no_payload() -> None:
    assert failure(says(reply(304))).reason is Reason.HTTP_STATUS


def test_an_etag_that_no_header_can_carry_is_left_out() -> None:
    """A server may send any byte; sent back as it came it would end the whole run at the next poll."""
    with Hostile(says(b'HTTP/1.1 200 OK\r\nETag: "\xe9"\r\nLast-Modified: \xe9\r\nContent-Length: 3\r\n\r\nIsi')) as server:
        with Client(fetch(loopback_origin=server.origin)) as client:
            first = client.get("https://kabar.example/feed")
            assert isinstance(first, Payload)
            assert first.etag == '"é"'
            again = client.get("https://kabar.example/feed", etag=first.etag, last_modified=first.last_modified)
        assert body(again) == b"Isi"
        assert "if-none-match" not in server.requests[1].headers


# --- statuses


@pytest.mark.parametrize(
    ("status", "reason", "retry"),
    [
        (401, Reason.REFUSED, Retry.SOFT),
        (403, Reason.REFUSED, Retry.SOFT),
        (404, Reason.GONE, Retry.FINAL),
        (410, Reason.GONE, Retry.FINAL),
        (429, Reason.RATE_LIMITED, Retry.TEMPORARY),
        (451, Reason.REFUSED, Retry.FINAL),
        (500, Reason.SERVER_ERROR, Retry.TEMPORARY),
        (503, Reason.SERVER_ERROR, Retry.TEMPORARY),
        (204, Reason.HTTP_STATUS, Retry.SOFT),
        (206, Reason.HTTP_STATUS, Retry.SOFT),
        (300, Reason.HTTP_STATUS, Retry.SOFT),
        (418, Reason.HTTP_STATUS, Retry.SOFT),
    ],
)
def test_a_status_has_its_reason_and_its_prospect(status: int, reason: Reason, retry: Retry) -> None:
    outcome = failure(says(reply(status, b"" if status == 204 else b"halaman galat")))
    assert (outcome.reason, outcome.retry, outcome.detail) == (reason, retry, f"HTTP {status}")


def test_an_endless_error_page_is_not_read() -> None:
    def answer(connection: Connection, request: Request) -> None:
        connection.send(b"HTTP/1.1 500 Broken\r\n\r\n")
        connection.forever(b"x" * 10_000)

    assert failure(answer).reason is Reason.SERVER_ERROR


# --- redirects


def redirect(to: str, status: int = 302) -> bytes:
    return reply(status, Location=to)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed_and_its_end_is_named(status: int) -> None:
    pages = {"kabar.example/a": redirect("https://www.kabar.example/b#c", status), "www.kabar.example/b": reply(200, b"Isi")}
    outcome = get(site(pages), "https://kabar.example/a")
    assert isinstance(outcome, Payload)
    assert (outcome.url, outcome.final_url) == ("https://kabar.example/a", "https://www.kabar.example/b")
    assert outcome.body == b"Isi"


@pytest.mark.parametrize("to", ["/x/b", "b", "./b", "//kabar.example/x/b", "?b"])
def test_a_relative_redirect_is_followed(to: str) -> None:
    pages = dict.fromkeys(("kabar.example/x/b", "kabar.example/x/a?b"), reply(200, b"Isi"))
    pages["kabar.example/x/a"] = redirect(to)
    assert body(get(site(pages), "https://kabar.example/x/a")) == b"Isi"


def test_a_redirect_without_a_place_to_go_is_an_odd_status() -> None:
    assert failure(says(reply(302, b"ke mana?"))).reason is Reason.HTTP_STATUS


def test_a_redirect_loop_ends_after_the_allowed_number() -> None:
    pages = {"kabar.example/a": redirect("/b"), "kabar.example/b": redirect("/a")}
    with Hostile(site(pages)) as server, Client(fetch(loopback_origin=server.origin, max_redirects=3)) as client:
        outcome = client.get("https://kabar.example/a")
        assert len(server.requests) == 4
    assert isinstance(outcome, Failure)
    assert (outcome.reason, outcome.retry) == (Reason.TOO_MANY_REDIRECTS, Retry.SOFT)


def test_as_many_redirects_as_allowed_are_followed() -> None:
    pages = {f"kabar.example/{n}": redirect(f"/{n + 1}") for n in range(3)} | {"kabar.example/3": reply(200, b"Isi")}
    assert body(get(site(pages), "https://kabar.example/0", max_redirects=3)) == b"Isi"
    assert failure(site(pages), "https://kabar.example/0", max_redirects=2).reason is Reason.TOO_MANY_REDIRECTS


@pytest.mark.parametrize(
    "to",
    [
        "file:///etc/passwd",
        "ftp://kabar.example/a",
        "javascript:alert(1)",
        "data:text/html,Isi",
        "gopher://kabar.example/",
        "https://pembaca:rahasia@kabar.example/",
        "https://pembaca@kabar.example/",
        "https://kabar.example:22/",
        "https://kabar.example:99999/",
        "https://[::1/",
        "https://kabar.example/" + "a" * 3000,
    ],
)
def test_a_redirect_to_anything_but_a_plain_web_address_is_not_followed(to: str) -> None:
    with Hostile(says(redirect(to))) as server, Client(fetch(loopback_origin=server.origin)) as client:
        outcome = client.get("https://kabar.example/a")
        assert isinstance(outcome, Failure)
        assert (outcome.reason, len(server.requests)) == (Reason.BAD_URL, 1)


@pytest.mark.parametrize("url", ["", "berita", "file:///etc/passwd", "https://a b.example/", "https://a.example/\n", "http://[/"])
def test_what_is_not_a_web_address_is_not_asked_for(url: str) -> None:
    with Hostile(says(reply(200))) as server, Client(fetch(loopback_origin=server.origin)) as client:
        outcome = client.get(url)
        assert server.requests == []
    assert isinstance(outcome, Failure)
    assert (outcome.reason, outcome.retry) == (Reason.BAD_URL, Retry.FINAL)


@pytest.mark.parametrize("url", ["https://xn--٠.example/", "https://kabar.example/\ud800", "https://éxn--.example/"])
def test_an_address_that_cannot_be_written_in_a_request_is_bad(url: str) -> None:
    assert failure(says(reply(200)), url).reason is Reason.BAD_URL


# --- limits


def drip_body(connection: Connection, request: Request) -> None:
    connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 40000\r\n\r\n")
    connection.forever(b"x", 0.05)


def drip_headers(connection: Connection, request: Request) -> None:
    connection.send(b"HTTP/1.1 200 OK\r\n")
    connection.forever(b"X-Lagi: 1\r\n", 0.05)


def drip_redirects(connection: Connection, request: Request) -> None:
    connection.stopped.wait(0.4)
    connection.send(redirect("/lagi"))


def never(connection: Connection, request: Request) -> None:
    connection.stopped.wait(60)


def endless_preliminaries(connection: Connection, request: Request) -> None:
    connection.forever(b"HTTP/1.1 100 Continue\r\n\r\n", 0.01)


def drip_chunks(connection: Connection, request: Request) -> None:
    connection.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    connection.forever(b"1\r\nx\r\n", 0.05)


@pytest.mark.parametrize("answer", [drip_body, drip_headers, drip_redirects, drip_chunks, never, endless_preliminaries])
def test_nothing_outlasts_the_total_time(answer: Answer) -> None:
    started = time.monotonic()
    outcome = failure(answer, total_seconds=SECONDS, max_redirects=20)
    assert time.monotonic() - started < SECONDS + SLACK
    assert (outcome.reason, outcome.retry) == (Reason.TIMEOUT, Retry.TEMPORARY)


def test_a_timeout_spends_nothing_of_the_next_request() -> None:
    def answer(connection: Connection, request: Request) -> None:
        (never if request.target == "/a" else says(reply(200, b"Isi")))(connection, request)

    with Hostile(answer) as server, Client(fetch(loopback_origin=server.origin, total_seconds=2)) as client:
        assert isinstance(client.get("https://kabar.example/a"), Failure)
        assert body(client.get("https://kabar.example/b")) == b"Isi"


def test_the_pause_before_a_request_is_not_part_of_its_time() -> None:
    settings_ = {"total_seconds": 1.5, "host_delay_seconds": 2.0}
    with Hostile(says(reply(200, b"Isi"))) as server, Client(fetch(loopback_origin=server.origin, **settings_)) as client:
        assert body(client.get("https://kabar.example/a")) == b"Isi"
        assert body(client.get("https://kabar.example/b")) == b"Isi"


def test_an_endless_body_is_cut_by_the_byte_limit() -> None:
    def answer(connection: Connection, request: Request) -> None:
        connection.send(b"HTTP/1.1 200 OK\r\n\r\n")
        connection.forever(b"x" * 10_000)

    outcome = failure(answer)
    assert (outcome.reason, outcome.retry) == (Reason.TOO_LARGE, Retry.SOFT)


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_a_gzip_bomb_is_cut_by_the_byte_limit(layers: int) -> None:
    packed = b"\0" * 60_000_000
    for _ in range(layers):
        packed = gzip.compress(packed, 1)
    outcome = failure(says(reply(200, packed, Content_Encoding=", ".join(["gzip"] * layers))))
    assert outcome.reason is Reason.TOO_LARGE


def test_endless_headers_are_cut() -> None:
    def answer(connection: Connection, request: Request) -> None:
        connection.send(b"HTTP/1.1 200 OK\r\n")
        connection.forever(b"X-Lagi: 1\r\n" * 1000)

    assert failure(answer).reason is Reason.UNREACHABLE


# --- broken answers


def hang_up_after(data: bytes) -> Answer:
    def answer(connection: Connection, request: Request) -> None:
        connection.send(data)
        connection.hang_up()

    return answer


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"HTTP/1.1 200",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nseparuh",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nseparuh",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffffffffff\r\nx",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\nContent-Encoding: gzip\r\n\r\nbukan..",
        b"HTTP/1.1 099 Aneh\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
        b"<html>tanpa kepala</html>\r\n\r\n",
        b"\x16\x03\x01\x00\x05bukan http\r\n\r\n",
    ],
)
def test_a_broken_answer_is_a_failure_to_try_again(data: bytes) -> None:
    outcome = failure(hang_up_after(data))
    assert (outcome.reason, outcome.retry) == (Reason.UNREACHABLE, Retry.TEMPORARY)


def test_a_refused_connection_is_unreachable() -> None:
    with Hostile(says(b"")) as server:
        origin = server.origin
    with Client(fetch(loopback_origin=origin)) as client:
        outcome = client.get("https://kabar.example/")
    assert isinstance(outcome, Failure)
    assert (outcome.reason, outcome.retry) == (Reason.UNREACHABLE, Retry.TEMPORARY)


def test_broken_answers_leave_the_client_usable() -> None:
    def answer(connection: Connection, request: Request) -> None:
        bad = hang_up_after(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nseparuh")
        (bad if request.target == "/buruk" else says(reply(200, b"Isi")))(connection, request)

    with Hostile(answer) as server, Client(fetch(loopback_origin=server.origin)) as client:
        for _ in range(12):
            assert isinstance(client.get("https://kabar.example/buruk"), Failure)
        assert body(client.get("https://kabar.example/baik")) == b"Isi"


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 302 OK\r\nLocation: "]))
def test_no_bytes_from_a_server_make_the_client_raise(data: bytes, head: bytes) -> None:
    outcome = get(hang_up_after(head + data), total_seconds=10)
    assert isinstance(outcome, Payload | Failure)


# --- addresses


@pytest.mark.parametrize("origin", ["198.51.100.7:80", "0.0.0.0:80", "localhost:80", "kabar.example:80", "127.0.0.1", "[::]:80"])
def test_only_a_loopback_origin_can_be_set(origin: str) -> None:
    with pytest.raises(ValidationError, match="must be a loopback address with a port"):
        fetch(loopback_origin=origin)


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would connect for us, behind the guard's back."""
    with Hostile(says(reply(200, b"lewat perantara"))) as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"):
            monkeypatch.setenv(name, f"http://{proxy.origin}")
        assert body(get(says(reply(200, b"Isi")))) == b"Isi"
        assert proxy.connections == 0


Lookup = Callable[[dict[str, list[str]]], list[str]]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Lookup:
    """Make names lead to addresses, and note each look-up."""

    def lead(table: dict[str, list[str]]) -> list[str]:
        asked: list[str] = []
        real = socket.getaddrinfo

        def look_up(host: str, port: int, *rest: Any, **more: Any) -> list[Any]:
            if host == "127.0.0.1":  # the server of the test itself
                return real(host, port, *rest, **more)
            asked.append(host)
            if host not in table:
                raise socket.gaierror(socket.EAI_NONAME, "name not known")
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in table[host]]

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        return asked

    return lead


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> Callable[[Hostile], list[str]]:
    """Let every connection end at the test's own server, and note the address that it was meant for."""

    def lead(server: Hostile) -> list[str]:
        meant: list[str] = []
        real = httpcore2.SyncBackend.connect_tcp

        def connect(self: httpcore2.SyncBackend, host: str, port: int, *rest: Any) -> httpcore2.NetworkStream:
            meant.append(host)
            return real(self, "127.0.0.1", server.port, *rest)

        monkeypatch.setattr(httpcore2.SyncBackend, "connect_tcp", connect)
        return meant

    return lead


def test_a_name_that_leads_inside_is_not_connected_to(names: Lookup, connections: Callable[[Hostile], list[str]]) -> None:
    names({"dalam.example": ["10.0.0.5"], "campur.example": ["93.184.216.34", "169.254.169.254"]})
    with Hostile(says(reply(200))) as server, Client(fetch()) as client:
        meant = connections(server)
        for url in ("http://dalam.example/", "https://dalam.example/", "http://campur.example/"):
            outcome = client.get(url)
            assert isinstance(outcome, Failure)
            assert (outcome.reason, outcome.retry) == (Reason.UNSAFE_ADDRESS, Retry.FINAL)
        assert meant == []
        assert server.connections == 0


def test_a_redirect_that_leads_inside_is_not_connected_to(names: Lookup, connections: Callable[[Hostile], list[str]]) -> None:
    names({"luar.example": ["93.184.216.34"], "dalam.example": ["127.0.0.1"]})
    with Hostile(says(redirect("http://dalam.example/rahasia"))) as server, Client(fetch()) as client:
        meant = connections(server)
        outcome = client.get("http://luar.example/")
        assert isinstance(outcome, Failure)
        assert outcome.reason is Reason.UNSAFE_ADDRESS
        assert meant == ["93.184.216.34"]
        assert [request.place for request in server.requests] == ["luar.example/"]


def test_the_connection_goes_to_the_address_that_was_checked(names: Lookup, connections: Callable[[Hostile], list[str]]) -> None:
    asked = names({"luar.example": ["93.184.216.34"]})
    with Hostile(says(reply(200, b"Isi"))) as server, Client(fetch()) as client:
        meant = connections(server)
        assert body(client.get("http://luar.example/")) == b"Isi"
    assert (asked, meant) == (["luar.example"], ["93.184.216.34"])


def test_a_name_that_is_not_known_is_unreachable(names: Lookup) -> None:
    names({})
    with Client(fetch()) as client:
        for url in ("https://tiada.example/", "https://" + "a" * 70 + ".example/"):
            outcome = client.get(url)
            assert isinstance(outcome, Failure)
            assert (outcome.reason, outcome.retry) == (Reason.UNREACHABLE, Retry.TEMPORARY)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0", "[::1]", "[::ffff:127.0.0.1]", "[fd00::1]"]
)
def test_a_number_for_a_host_is_checked_like_a_name(host: str) -> None:
    with Hostile(says(reply(200))) as server, Client(fetch()) as client:
        outcome = client.get(f"http://{host}/")
        assert server.connections == 0
    assert isinstance(outcome, Failure)
    assert outcome.reason in (Reason.UNSAFE_ADDRESS, Reason.BAD_URL)


# --- pacing


class Paced:
    """A client on a fake clock, and when each host was asked."""

    def __init__(self, server: Hostile, times: dict[str, list[float]], clock: Clock, delay: float) -> None:
        self.clock = clock
        self.times = times
        settings_ = fetch(loopback_origin=server.origin, host_delay_seconds=delay)
        self.client = Client(settings_, sleep=clock.sleep, monotonic=clock.monotonic)


def paced(delay: float, use: Callable[[Paced], object]) -> Paced:
    clock = Clock()
    times: dict[str, list[float]] = {}

    def answer(connection: Connection, request: Request) -> None:
        times.setdefault(request.headers["host"], []).append(clock.now)
        connection.send(redirect("/ujung") if request.target == "/pindah" else reply(200, b"Isi"))

    with Hostile(answer) as server:
        made = Paced(server, times, clock, delay)
        with made.client:
            use(made)
    return made


def test_requests_to_one_host_are_kept_apart_and_those_to_others_wait_for_nothing() -> None:
    def use(made: Paced) -> None:
        for host in ("a", "b", "a", "c", "a"):
            made.client.get(f"https://{host}.example/")

    assert paced(5, use).times == {"a.example": [1000, 1005, 1010], "b.example": [1000], "c.example": [1005]}


def test_a_redirect_to_the_same_host_waits_too() -> None:
    assert paced(5, lambda made: made.client.get("https://a.example/pindah")).times == {"a.example": [1000, 1005]}


def test_a_failed_request_counts_as_one() -> None:
    clock = Clock()
    with Hostile(hang_up_after(b"")) as server:
        settings_ = fetch(loopback_origin=server.origin, host_delay_seconds=5)
        with Client(settings_, sleep=clock.sleep, monotonic=clock.monotonic) as client:
            client.get("https://a.example/")
            client.get("https://a.example/")
    assert clock.sleeps == [5]


def test_a_host_may_ask_for_more_time_but_not_for_less() -> None:
    def use(made: Paced) -> None:
        made.client.slow_down("lambat.example", 30)
        made.client.slow_down("cepat.example", 0.1)
        for host in ("lambat", "cepat"):
            made.client.get(f"https://{host}.example/")
            made.client.get(f"https://{host}.example/")

    times = paced(5, use).times
    assert {host: late - early for host, (early, late) in times.items()} == {"lambat.example": 30, "cepat.example": 5}


def test_thinking_between_requests_is_part_of_the_pause() -> None:
    def use(made: Paced) -> None:
        for think in (3, 100, 0):
            made.client.get("https://a.example/")
            made.clock.now += think

    assert paced(5, use).clock.sleeps == [2]


steps = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 12)), max_size=12)


@settings(max_examples=25, deadline=None)
@given(steps, st.integers(0, 10))
def test_no_host_is_ever_asked_sooner_than_its_delay(row: list[tuple[str, int]], delay: int) -> None:
    def use(made: Paced) -> None:
        for host, think in row:
            made.client.get(f"https://{host}.example/")
            made.clock.now += think

    made = paced(delay, use)
    assert sum(len(times) for times in made.times.values()) == len(row)
    for times in made.times.values():
        assert all(late - early >= delay for early, late in pairwise(times))
    assert all(0 < slept <= delay for slept in made.clock.sleeps)
