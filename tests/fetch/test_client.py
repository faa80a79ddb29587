"""The client against a hostile loopback server: every limit holds, every fault is a value, and no host is hurried."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import httpcore2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.fetch.client import Client, Failure, Payload
from pipeline.fetch.pace import Pace
from pipeline.records import Reason, Retry
from pipeline.settings import Fetch
from tests.fetch.hostile import Answer, Connection, Hostile, Request, lead_connections, lead_names, reply, says, site

LIMIT = 50_000  # bytes
SECONDS = 0.7  # for one response, in the tests that wait for the limit
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
        (402, Reason.PAYWALL, Retry.SOFT),
        (403, Reason.REFUSED, Retry.SOFT),
        (404, Reason.GONE, Retry.SOFT),
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


def test_a_redirect_in_a_circle_is_found_out_at_once() -> None:
    """We keep no cookies, so the same address will say the same again."""
    pages = {"kabar.example/a": redirect("/b"), "kabar.example/b": redirect("/a#lagi")}
    with Hostile(site(pages)) as server, Client(fetch(loopback_origin=server.origin, max_redirects=9)) as client:
        outcome = client.get("https://kabar.example/a")
        assert len(server.requests) == 2
    assert isinstance(outcome, Failure)
    assert (outcome.reason, outcome.retry) == (Reason.TOO_MANY_REDIRECTS, Retry.SOFT)
    assert "circle" in outcome.detail


@pytest.mark.parametrize(
    ("to", "followed"),
    [
        ("http://www.kabar.example/b", True),
        ("http://kabar.example/b", True),
        ("http://iklan.example/b", False),
        ("HTTP://iklan.example/b", False),
        ("https://iklan.example/b", True),
        ("//iklan.example/b", True),
    ],
)
def test_a_safe_address_leads_to_an_open_one_on_its_own_site_only(to: str, followed: bool) -> None:
    pages = dict.fromkeys(("www.kabar.example/b", "kabar.example/b", "iklan.example/b"), reply(200, b"Isi"))
    pages["kabar.example/a"] = redirect(to)
    outcome = get(site(pages), "HTTPS://kabar.example/a")
    if followed:
        assert body(outcome) == b"Isi"
    else:
        assert isinstance(outcome, Failure)
        assert (outcome.reason, outcome.retry) == (Reason.BAD_URL, Retry.FINAL)


def test_every_address_on_the_way_is_asked_for_leave() -> None:
    asked = []

    def may(url: str) -> Failure | None:
        asked.append(url)
        return Failure(Reason.ROBOTS, "dilarang", Retry.FINAL) if "rahasia" in url else None

    pages = {"a.example/": redirect("https://b.example/x"), "b.example/x": redirect("/rahasia"), "b.example/rahasia": reply(200)}
    with Hostile(site(pages)) as server, Client(fetch(loopback_origin=server.origin)) as client:
        assert client.get("https://a.example/", may=may) == Failure(Reason.ROBOTS, "dilarang", Retry.FINAL)
        assert [request.place for request in server.requests] == ["a.example/", "b.example/x"]
    assert asked == ["https://a.example/", "https://b.example/x", "https://b.example/rahasia"]


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


@pytest.mark.parametrize("url", ["https://xn--٠.example/", "https://kabar.example/\ud800", "https://é..example/"])
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
    connection.stopped.wait(0.3)
    connection.send(redirect(request.target + "/lagi"))


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

    with Hostile(answer) as server, Client(fetch(loopback_origin=server.origin, total_seconds=0.7)) as client:
        assert isinstance(client.get("https://kabar.example/a"), Failure)
        assert body(client.get("https://kabar.example/b")) == b"Isi"


def test_the_pause_before_a_request_is_not_part_of_its_time() -> None:
    settings_ = {"total_seconds": 0.8, "host_delay_seconds": 1.0}
    with Hostile(says(reply(200, b"Isi"))) as server, Client(fetch(loopback_origin=server.origin, **settings_)) as client:
        assert body(client.get("https://kabar.example/a")) == b"Isi"
        assert body(client.get("https://kabar.example/b")) == b"Isi"


def test_an_endless_body_is_cut_by_the_byte_limit() -> None:
    def answer(connection: Connection, request: Request) -> None:
        connection.send(b"HTTP/1.1 200 OK\r\n\r\n")
        connection.forever(b"x" * 10_000)

    outcome = failure(answer)
    assert (outcome.reason, outcome.retry) == (Reason.TOO_LARGE, Retry.SOFT)


def test_kinds_are_looked_at_before_the_body() -> None:
    def answer(connection: Connection, request: Request) -> None:
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: Video/MP4; x=1\r\n\r\n")
        connection.stopped.wait(60)

    with Hostile(answer) as server, Client(fetch(loopback_origin=server.origin)) as client:
        outcome = client.get("https://kabar.example/a", kinds=("text/html",))
    assert isinstance(outcome, Failure)
    assert (outcome.reason, outcome.retry, outcome.detail) == (Reason.NOT_HTML, Retry.FINAL, "content type video/mp4")


@pytest.mark.parametrize("kind", ["text/html", "TEXT/HTML ; charset=utf-8", ""])
def test_a_wanted_kind_and_an_unnamed_one_are_read(kind: str) -> None:
    with Hostile(says(reply(200, b"Isi", Content_Type=kind))) as server, Client(fetch(loopback_origin=server.origin)) as client:
        assert body(client.get("https://kabar.example/a", kinds=("text/html", "application/xhtml+xml"))) == b"Isi"


def test_a_longer_body_is_cut_where_that_is_wanted() -> None:
    with Hostile(says(reply(200, b"x" * 20_000))) as server, Client(fetch(loopback_origin=server.origin)) as client:
        assert len(body(client.get("https://kabar.example/robots.txt", cut=9_000))) == 9_000


# --- broken answers


def hang_up_after(data: bytes) -> Answer:
    def answer(connection: Connection, request: Request) -> None:
        connection.send(data)
        connection.hang_up()

    return answer


def test_a_server_that_hangs_up_without_a_word_is_unreachable() -> None:
    outcome = failure(hang_up_after(b""))
    assert (outcome.reason, outcome.retry) == (Reason.UNREACHABLE, Retry.TEMPORARY)


@pytest.mark.parametrize(
    "data",
    [
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
        b"HTTP/1.1 200 OK\r\n" + b"X-Lagi: 1\r\n" * 300 + b"Content-Length: 3\r\n\r\nIsi",
    ],
)
def test_a_broken_answer_is_corrupt_and_tried_again(data: bytes) -> None:
    outcome = failure(hang_up_after(data))
    assert (outcome.reason, outcome.retry) == (Reason.CORRUPT, Retry.TEMPORARY)


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

    return lambda table: lead_names(monkeypatch, lambda host: table.get(host, []))


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> Callable[[Hostile], list[str]]:
    """Let every connection end at the test's own server, and note the address that it was meant for."""

    return lambda server: lead_connections(monkeypatch, server)


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
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "017700000001",
        "0177.0.0.1",
        "0",
        "１２７.0.0.1",
        "127。0。0。1",
        "100.64.0.1",
        "169.254.169.254",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fd00::1]",
        "[fe80::1]",
    ],
)
def test_a_number_for_a_host_is_checked_like_a_name(host: str) -> None:
    outcome = Client(fetch()).get(f"http://{host}/")
    assert isinstance(outcome, Failure)
    assert outcome.reason is Reason.UNSAFE_ADDRESS


@pytest.mark.parametrize("host", ["127.0.0.1.", "[fe80::%eth0]", "[fe80::1%25eth0]", "[fe80::1%1]", "[::1%lo]"])
def test_an_address_with_a_zone_or_a_dot_too_many_leads_nowhere(host: str, connections: Callable[[Hostile], list[str]]) -> None:
    with Hostile(says(reply(200))) as server:
        meant = connections(server)
        outcome = Client(fetch()).get(f"http://{host}/")
        assert meant == []
    assert isinstance(outcome, Failure)
    assert outcome.reason in (Reason.UNSAFE_ADDRESS, Reason.UNREACHABLE, Reason.BAD_URL)


def test_a_name_in_other_letters_is_written_as_the_net_writes_it() -> None:
    with Hostile(says(reply(200, b"Isi"))) as server, Client(fetch(loopback_origin=server.origin)) as client:
        for url in (
            "https://kabár.example/é?q=remisi|lapas&x=%20[1]#akhir",
            "https://kabar.example:80?a",
            "http://[2001:db8::1]/",
        ):
            assert body(client.get(url)) == b"Isi"
        places = [request.place for request in server.requests]
    assert places == ["xn--kabr-7na.example/%C3%A9?q=remisi%7Clapas&x=%20[1]", "kabar.example:80/?a", "[2001:db8::1]/"]


def test_the_next_address_of_a_name_is_tried_when_the_first_has_no_way(
    names: Lookup, monkeypatch: pytest.MonkeyPatch, connections: Callable[[Hostile], list[str]]
) -> None:
    names({"luar.example": ["2606:4700::1", "93.184.216.34"], "mati.example": ["2606:4700::1", "2606:4700::2"]})
    with Hostile(says(reply(200, b"Isi"))) as server, Client(fetch()) as client:
        connections(server)
        reach = httpcore2.SyncBackend.connect_tcp

        def no_ipv6(self: httpcore2.SyncBackend, host: str, *rest: Any) -> httpcore2.NetworkStream:
            if ":" in host:
                raise httpcore2.ConnectError("no route")
            return reach(self, host, *rest)

        monkeypatch.setattr(httpcore2.SyncBackend, "connect_tcp", no_ipv6)
        assert body(client.get("http://luar.example/")) == b"Isi"
        dead = client.get("http://mati.example/")
    assert isinstance(dead, Failure)
    assert dead.reason is Reason.UNREACHABLE


# --- Retry-After, and what it makes of the host


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("0", 0),
        ("Thu, 26 Nov 2026 03:10:00 GMT", 600),
        ("Thu, 26 Nov 2026 10:10:00 +0700", 600),
        ("Thu, 26 Nov 2026 03:10:00 -0000", 600),
        ("Thu, 26 Nov 2026 02:00:00 GMT", 0),
        ("999999999999999999999999", 86_400),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
        ("-5", None),
        ("1e3", None),
        ("²", None),
        ("nanti", None),
        ("Thu, 99 Nov 2026 03:10:00 GMT", None),
        ("9" * 50_000, 86_400),
        ("", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_a_date_and_capped(value: str, seconds: float | None) -> None:
    pace = Pace(delay=0, wall=lambda: datetime(2026, 11, 26, 3, 0, tzinfo=UTC))
    data = f"HTTP/1.1 503 Sibuk\r\nRetry-After: {value}\r\nContent-Length: 0\r\n\r\n".encode()
    with Hostile(says(data)) as server:
        outcome = Client(fetch(loopback_origin=server.origin), pace).get("https://kabar.example/")
    assert outcome == Failure(Reason.SERVER_ERROR, "HTTP 503", Retry.TEMPORARY, seconds)


def twice(answer: Answer, second: str = "https://kabar.example/2", **more: Any) -> tuple[list[Payload | Failure], int]:
    """Two pages asked for, and how many requests that made."""
    with Hostile(answer) as server:
        client = Client(fetch(loopback_origin=server.origin))
        outcomes = [client.get(url, **more) for url in ("https://kabar.example/1", second)]
        return outcomes, len(server.requests)


@pytest.mark.parametrize(
    "data",
    [
        reply(429),
        reply(503, Retry_After="60"),
        reply(403, Retry_After="60"),
        reply(403, b"<title>Just a moment...</title>", Content_Type="text/html"),
        reply(503, gzip.compress(b"<title>Just a moment...</title>"), Content_Type="text/html", Content_Encoding="gzip"),
        reply(200, b"<title>Just a moment...</title><p>Verify you are human</p>", Content_Type="text/html"),
    ],
)
def test_a_host_that_says_stop_is_asked_nothing_more(data: bytes) -> None:
    (first, second), requests = twice(says(data))
    assert isinstance(first, Failure)
    assert isinstance(second, Failure)
    assert (second.reason, second.retry, requests) == (Reason.HOST_CLOSED, Retry.TEMPORARY, 1)
    assert "WIB because it" in second.detail


def test_a_challenge_is_named_apart_from_a_refusal() -> None:
    page = b"<title>Just a moment...</title>"
    assert failure(says(reply(403, page, Content_Type="text/html"))).reason is Reason.CHALLENGE
    assert failure(says(reply(403, b"<title>Terlarang</title>", Content_Type="text/html"))).reason is Reason.REFUSED


def test_one_refused_page_closes_nothing_but_the_second_in_a_row_does() -> None:
    pages = {"kabar.example/baik": reply(200, b"Isi")}

    def answer(connection: Connection, request: Request) -> None:
        connection.send(pages.get(request.place, reply(403)))

    with Hostile(answer) as server:
        client = Client(fetch(loopback_origin=server.origin))
        told = [client.get(f"https://kabar.example/{page}") for page in ("1", "baik", "2", "baik", "3", "4", "baik", "5")]
        other = client.get("https://lain.example/1")
    reasons = [outcome.reason.value if isinstance(outcome, Failure) else "ok" for outcome in told]
    assert reasons == ["refused", "ok", "refused", "ok", "refused", "refused", "host_closed", "host_closed"]
    assert isinstance(other, Failure)
    assert other.reason is Reason.REFUSED


def test_a_refused_robots_file_counts_as_no_refusal() -> None:
    with Hostile(says(reply(403))) as server:
        client = Client(fetch(loopback_origin=server.origin))
        for _ in range(3):
            client.get("https://kabar.example/robots.txt", cut=500_000)
        assert client.pace.closed("kabar.example") == ""


def test_a_host_that_cannot_be_reached_is_left_alone_for_a_while_and_its_sister_is_not(names: Lookup) -> None:
    asked = names({})
    client = Client(fetch())
    outcomes = [client.get(f"https://{host}/") for host in ("mati.example", "mati.example", "www.mati.example")]
    assert [outcome.reason for outcome in outcomes if isinstance(outcome, Failure)] == [
        Reason.UNREACHABLE,
        Reason.HOST_CLOSED,
        Reason.UNREACHABLE,
    ]
    assert asked == ["mati.example", "www.mati.example"]


def test_a_resolver_that_hangs_costs_the_time_limit_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *rest, **more: waiting.wait(30) or [])
    outcome = Client(fetch(connect_seconds=0.2)).get("https://lama.example/")
    waiting.set()
    assert isinstance(outcome, Failure)
    assert (outcome.reason, outcome.retry) == (Reason.TIMEOUT, Retry.TEMPORARY)


# --- many threads


def test_many_threads_share_one_client_and_each_gets_its_own_answer() -> None:
    def answer(connection: Connection, request: Request) -> None:
        if request.headers["host"] == "diam.example":
            connection.stopped.wait(60)
        connection.send(reply(200, request.place.encode()))

    urls = [f"https://{host}.example/{page}" for page in range(12) for host in ("a", "b", "c", "d")]
    with Hostile(answer) as server:
        client = Client(fetch(loopback_origin=server.origin, total_seconds=5))
        with ThreadPoolExecutor(9) as pool:
            slow = pool.submit(client.get, "https://diam.example/")
            bodies = list(pool.map(lambda url: body(client.get(url)), urls))
            assert bodies == [url.removeprefix("https://").encode() for url in urls]
            assert not slow.done()  # one slow host keeps no other waiting
            server.stop_waiting()
    assert isinstance(slow.result(), Payload | Failure)
