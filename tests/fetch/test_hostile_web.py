"""A web of hostile hosts: each page ends as exactly one outcome, in bounded memory, and nothing gets past the guard."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pipeline.fetch.client import Client, Failure, Payload
from pipeline.fetch.lanes import Lanes
from pipeline.fetch.robots import Robots
from pipeline.records import Reason
from pipeline.settings import Fetch
from tests.fetch.hostile import Answer, Connection, Hostile, Request, lead_connections, lead_names, reply, says

HTML = "text/html"
OPEN = reply(200, b"User-agent: *\nDisallow: /rahasia\n", Content_Type="text/plain")
PUBLIC = "93.184.216.34"
TLS = Path(__file__).parent / "tls"


def bomb(layers: int = 1) -> bytes:
    packed = b"\0" * 20_000_000
    for _ in range(layers):
        packed = gzip.compress(packed, 1)
    return packed


def flood(head: bytes, piece: bytes, pause: float = 0.0) -> Answer:
    def answer(connection: Connection, request: Request) -> None:
        connection.send(head)
        connection.forever(piece, pause)

    return answer


def then(*acts: Callable[[Connection], None]) -> Answer:
    def answer(connection: Connection, request: Request) -> None:
        for act in acts:
            act(connection)

    return answer


def sends(data: bytes) -> Callable[[Connection], None]:
    return lambda connection: connection.send(data)


def waits(connection: Connection) -> None:
    connection.stopped.wait(60)


def further(connection: Connection, request: Request) -> None:
    connection.send(reply(302, Location=request.target + "x"))


OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
HTTP_PAGE = reply(200, b"<p>Isi</p>", Content_Type=HTML)

# host: how it answers for every address but /robots.txt, and the one outcome that is due. "ok" is a page.
PAGES: dict[str, tuple[Answer, str]] = {
    # time
    "tetes-isi": (flood(OK + b"Content-Length: 90000\r\n\r\n", b"x", 0.05), "timeout"),
    "tetes-kepala": (flood(OK, b"X-Lagi: 1\r\n", 0.05), "timeout"),
    "tetes-potong": (flood(CHUNKED, b"1\r\nx\r\n", 0.05), "timeout"),
    "tetes-gzip": (flood(OK + b"Content-Encoding: gzip\r\n\r\n", b"\x1f", 0.05), "corrupt"),
    "diam": (then(waits), "timeout"),
    "diam-setelah-kepala": (then(sends(OK + b"\r\n"), waits), "timeout"),
    "selalu-100": (flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.02), "timeout"),
    "selalu-103": (flood(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", 0.02), "timeout"),
    "galat-menetes": (flood(b"HTTP/1.1 500 Rusak\r\n\r\n", b"x", 0.05), "server_error"),
    # size
    "tanpa-akhir": (flood(OK + b"\r\n", b"x" * 50_000), "too_large"),
    "kepala-tanpa-akhir": (flood(OK, b"X-Lagi: 1\r\n" * 1000), "corrupt"),
    "kepala-panjang": (flood(OK + b"X-Panjang: ", b"x" * 50_000), "corrupt"),
    "kepala-banyak": (says(OK + b"X: 1\r\n" * 5000 + b"Content-Length: 0\r\n\r\n"), "corrupt"),
    "100-deras": (flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000), "too_large"),
    "html-4-mb": (says(reply(200, b"<p>" * 1_400_000, Content_Type=HTML)), "too_large"),
    "html-10-mb": (says(reply(200, b"<p>" * 3_400_000, Content_Type=HTML)), "too_large"),
    "gzip-bom": (says(reply(200, bomb(), Content_Encoding="gzip")), "too_large"),
    "gzip-bom-anggota": (says(reply(200, gzip.compress(b"\0" * 9999, 1) * 300, Content_Encoding="gzip")), "too_large"),
    "gzip-bersarang": (says(reply(200, bomb(2), Content_Encoding="gzip, gzip")), "corrupt"),
    "gzip-bersarang-dua-kepala": (
        says(OK + b"Content-Encoding: gzip\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nab"),
        "corrupt",
    ),
    "brotli-bom": (says(reply(200, b"\x8b\x00\x80\x03" * 99, Content_Encoding="br")), "corrupt"),
    "zstd-bom": (says(reply(200, b"\x28\xb5\x2f\xfd" * 99, Content_Encoding="zstd")), "corrupt"),
    "deflate-bom": (says(reply(200, b"\x78\x9c" * 99, Content_Encoding="deflate")), "corrupt"),
    "galat-tanpa-akhir": (flood(b"HTTP/1.1 500 Rusak\r\n\r\n", b"x" * 50_000), "server_error"),
    "galat-bom": (says(reply(500, bomb(), Content_Encoding="gzip")), "server_error"),
    "pindah-tanpa-akhir": (flood(b"HTTP/1.1 302 Pindah\r\nLocation: /rahasia\r\n\r\n", b"x" * 50_000), "robots"),
    "tanda-potong-panjang": (flood(CHUNKED, b"1;" + b"x" * 9000 + b"\r\nx\r\n"), "too_large"),
    "ekor-tanpa-akhir": (flood(CHUNKED + b"1\r\nx\r\n0\r\n", b"X-Ekor: 1\r\n" * 1000), "corrupt"),
    # truth
    "lebih-pendek": (then(sends(OK + b"Content-Length: 100\r\n\r\nseparuh"), Connection.hang_up), "corrupt"),
    "lebih-panjang": (says(OK + b"Content-Length: 3\r\n\r\nIsi yang lebih"), "ok"),
    "panjang-minus": (says(OK + b"Content-Length: -3\r\n\r\nIsi"), "corrupt"),
    "panjang-dua": (says(OK + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nIsi!"), "corrupt"),
    "panjang-dan-potong": (says(CHUNKED[:-2] + b"Content-Length: 99\r\n\r\n3\r\nIsi\r\n0\r\n\r\n"), "ok"),
    "potong-rusak": (says(CHUNKED + b"zz\r\nIsi\r\n"), "corrupt"),
    "potong-putus": (then(sends(CHUNKED + b"64\r\nseparuh"), Connection.hang_up), "corrupt"),
    "gzip-putus": (says(reply(200, gzip.compress(b"Isi" * 999)[:-9], Content_Encoding="gzip")), "corrupt"),
    "gzip-bohong": (says(reply(200, b"<p>Isi</p>", Content_Encoding="gzip")), "corrupt"),
    "coding-bohong": (says(reply(200, b"<p>Isi</p>", Content_Encoding="utf-8")), "ok"),
    "charset-bohong": (says(reply(200, b"<p>\xe9\xff\xfe</p>", Content_Type="text/html; charset=utf-16")), "ok"),
    "jenis-lain": (flood(b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n\r\n", b"x" * 50_000), "not_html"),
    "304-tanpa-tanya": (says(reply(304)), "http_status"),
    "204": (says(b"HTTP/1.1 204 Kosong\r\n\r\n"), "http_status"),
    "205": (says(reply(205)), "http_status"),
    "206": (says(reply(206, b"separuh", Content_Range="bytes 0-6/99")), "http_status"),
    "kue": (says(reply(200, b"Isi", Content_Type=HTML, Set_Cookie="a=b; Path=/")), "ok"),
    # shape
    "putus": (then(Connection.hang_up), "unreachable"),
    "putus-kasar": (then(Connection.reset), "unreachable"),
    "putus-kasar-di-tengah": (then(sends(OK + b"Content-Length: 900\r\n\r\nIsi"), Connection.reset), "corrupt"),
    "setengah-tutup": (then(Connection.end, waits), "unreachable"),
    "setengah-tutup-setelah-isi": (then(sends(OK + b"\r\nIsi"), Connection.end, waits), "ok"),
    "http-0.9": (then(sends(b"<html>Isi</html>\r\n\r\n"), Connection.end), "corrupt"),
    "http-2": (says(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), "corrupt"),
    "bukan-http": (then(sends(bytes(range(256)) * 9), Connection.end), "corrupt"),
    "nul-di-kepala": (says(OK + b"X: a\0b\r\nContent-Length: 0\r\n\r\n"), "corrupt"),
    "sampah-di-belakang": (says(HTTP_PAGE + b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nPALS"), "ok"),
    # redirects
    "lingkar": (says(reply(302, Location="/")), "too_many_redirects"),
    "lingkar-tumbuh": (further, "too_many_redirects"),
    "ke-berkas": (says(reply(302, Location="file:///etc/passwd")), "bad_url"),
    "ke-nama-pengguna": (says(reply(302, Location="https://a:b@baik.example/")), "bad_url"),
    "ke-port-lain": (says(reply(302, Location="https://baik.example:22/")), "bad_url"),
    "ke-http-lain": (says(reply(302, Location="http://baik.example/")), "bad_url"),
    "ke-tempat-rusak": (says(b"HTTP/1.1 302 Pindah\r\nLocation: https://[\xff\r\nContent-Length: 0\r\n\r\n"), "bad_url"),
    "ke-yang-dilarang": (says(reply(302, Location="https://dilarang.example/a")), "robots"),
    "ke-yang-baik": (says(reply(302, Location="https://baik.example/")), "ok"),
    # refusals
    "tolak": (says(reply(403, b"x" * 900_000)), "refused"),
    "bayar": (says(reply(402)), "paywall"),
    "hukum": (says(reply(451)), "refused"),
    "sibuk": (says(reply(429, Retry_After="9" * 400)), "rate_limited"),
    "bukti": (says(reply(403, b"<title>Just a moment...</title>", Content_Type=HTML)), "challenge"),
    "bukti-200": (says(reply(200, b"<title>Just a moment...</title>", Content_Type=HTML)), "challenge"),
    "hilang": (says(reply(404)), "gone"),
    "baik": (says(HTTP_PAGE), "ok"),
    # robots.txt, see ROBOTS
    "dilarang": (says(HTTP_PAGE), "robots"),
    "robots-500": (says(HTTP_PAGE), "robots"),
    "robots-diam": (says(HTTP_PAGE), "timeout"),
    "robots-lingkar": (says(HTTP_PAGE), "robots"),
    "robots-429": (says(HTTP_PAGE), "robots"),
    "robots-403": (says(HTTP_PAGE), "ok"),
    "robots-404": (says(HTTP_PAGE), "ok"),
    "robots-html": (says(HTTP_PAGE), "ok"),
    "robots-besar": (says(HTTP_PAGE), "robots"),
    "robots-pindah": (says(HTTP_PAGE), "robots"),
}
ROBOTS: dict[str, Answer] = {
    "dilarang": says(reply(200, b"User-agent: *\nDisallow: /")),
    "robots-500": says(reply(500)),
    "robots-diam": then(waits),
    "robots-lingkar": says(reply(302, Location="/robots.txt")),
    "robots-429": says(reply(429)),
    "robots-403": says(reply(403)),
    "robots-404": says(reply(404)),
    "robots-html": says(HTTP_PAGE),
    "robots-besar": flood(b"HTTP/1.1 200 OK\r\n\r\nUser-agent: *\nDisallow: /\n", b"# lagi\n" * 9000),
    "robots-pindah": says(reply(301, Location="https://dilarang.example/robots.txt")),
}


def web(connection: Connection, request: Request) -> None:
    host = request.headers["host"].removesuffix(".example")
    if request.target == "/robots.txt":
        ROBOTS.get(host, says(OPEN))(connection, request)
    else:
        PAGES[host][0](connection, request)


def limits(**changes: Any) -> Fetch:
    return Fetch(**{"host_delay_seconds": 0, "max_bytes": 200_000, "total_seconds": 20, "max_redirects": 5, **changes})


def ask(robots: Robots, client: Client, url: str) -> Payload | Failure:
    return client.get(url, may=robots.refusal, kinds=("text/html",))


def name(outcome: object) -> str:
    return outcome.reason.value if isinstance(outcome, Failure) else "ok" if isinstance(outcome, Payload) else repr(outcome)


def test_each_page_of_a_hostile_web_ends_as_exactly_one_outcome() -> None:
    with Hostile(web) as server:
        client = Client(limits(loopback_origin=server.origin))
        # Those that are meant to reach the time limit get a short one, the others one that no busy machine reaches.
        hurried = Client(limits(loopback_origin=server.origin, total_seconds=1), client.pace)
        patient, impatient = Robots(client, {}.get), Robots(hurried, {}.get)
        lanes: Lanes[str] = Lanes(client.pace, 16)
        for host, (_, due) in PAGES.items():
            robots = impatient if host == "robots-diam" else patient
            late = due == "timeout" or host == "galat-menetes"
            lanes.add(host, host, partial(ask, robots, hurried if late else client, f"https://{host}.example/"))
        results = list(lanes.results())
        cookies = [request.place for request in server.requests if "cookie" in request.headers]
        asked = Counter(request.place for request in server.requests)
    assert len(results) == len(PAGES)
    assert {host: name(outcome) for host, outcome in results} == {host: due for host, (_, due) in PAGES.items()}
    assert all(outcome.detail for _, outcome in results if isinstance(outcome, Failure))
    assert cookies == []
    assert max(times for place, times in asked.items() if place != "dilarang.example/robots.txt") <= 2


def test_a_storm_of_429_costs_its_server_one_request() -> None:
    with Hostile(web) as server:
        client = Client(limits(loopback_origin=server.origin))
        lanes: Lanes[int] = Lanes(client.pace, 8)
        for number in range(40):
            lanes.add("sibuk.example", number, partial(client.get, f"https://sibuk.example/{number}"))
        outcomes = Counter(name(outcome) for _, outcome in lanes.results())
        assert outcomes == {"rate_limited": 1, "host_closed": 39}
        assert len(server.requests) == 1


def test_no_cookie_is_ever_sent_back_and_no_connection_is_used_twice() -> None:
    with Hostile(web) as server:
        client = Client(limits(loopback_origin=server.origin))
        for host in ("kue", "sampah-di-belakang", "kue", "sampah-di-belakang"):
            outcome = client.get(f"https://{host}.example/")
            assert isinstance(outcome, Payload)
            assert b"PALS" not in outcome.body
        assert all("cookie" not in request.headers for request in server.requests)
        assert server.connections == 4


def test_a_304_that_lies_is_an_unchanged_page_and_nothing_more() -> None:
    with Hostile(says(reply(304, b"", ETag='"palsu"'))) as server:
        outcome = Client(limits(loopback_origin=server.origin)).get("https://bohong.example/", etag='"lama"')
    assert isinstance(outcome, Payload)
    assert (outcome.status, outcome.body) == (304, b"")


# --- addresses: the real way out, with the names' look-up replaced


@pytest.mark.parametrize(
    "to",
    [
        "http://dalam.example/",
        "https://dalam.example/",
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://017700000001/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://100.64.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00:ec2::254]/",
    ],
)
def test_no_redirect_leads_inside(to: str, monkeypatch: pytest.MonkeyPatch) -> None:
    table = {"luar.example": [PUBLIC], "dalam.example": ["10.0.0.5"]}
    host = to.split("/")[2].strip("[]")
    with Hostile(says(reply(302, Location=to))) as server:
        # A number is looked up as what it stands for: the system's own resolver reads all of these spellings.
        spelled = {"2130706433": "127.0.0.1", "0x7f.1": "127.0.0.1", "017700000001": "127.0.0.1"}
        lead_names(monkeypatch, lambda name: table.get(name) or [spelled.get(host, host)])
        meant = lead_connections(monkeypatch, server)
        outcome = Client(limits()).get("http://luar.example/")
        assert meant == [PUBLIC]
        assert [request.place for request in server.requests] == ["luar.example/"]
    assert name(outcome) == "unsafe_address"


def test_a_name_that_changes_between_two_look_ups_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [[PUBLIC], ["127.0.0.1"], [PUBLIC], ["10.0.0.5", PUBLIC], [PUBLIC, "10.0.0.5"]]
    with Hostile(says(HTTP_PAGE)) as server:
        asked = lead_names(monkeypatch, lambda name: answers.pop(0))
        meant = lead_connections(monkeypatch, server)
        client = Client(limits())
        told = [name(client.get("http://ganti.example/")) for _ in range(5)]
    assert told == ["ok", "unsafe_address", "ok", "unsafe_address", "unsafe_address"]
    assert (meant, asked) == ([PUBLIC, PUBLIC], ["ganti.example"] * 5)


# --- TLS


def secure(monkeypatch: pytest.MonkeyPatch, server: Hostile, **changes: Any) -> Payload | Failure:
    monkeypatch.setenv("SSL_CERT_FILE", str(TLS / "trusted.pem"))
    lead_names(monkeypatch, lambda name: [PUBLIC])
    lead_connections(monkeypatch, server)
    return Client(limits(**changes)).get("https://kabar.example/")


def test_a_good_certificate_is_good(monkeypatch: pytest.MonkeyPatch) -> None:
    with Hostile(says(HTTP_PAGE), TLS / "good.pem") as server:
        outcome = secure(monkeypatch, server)
    assert isinstance(outcome, Payload)
    assert outcome.body == b"<p>Isi</p>"


@pytest.mark.parametrize(
    ("certificate", "told"), [("expired", "expired"), ("other", "mismatch"), ("alone", "self-signed"), (None, "SSL")]
)
def test_a_certificate_that_is_not_good_ends_the_connection(
    certificate: str | None, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Hostile(says(HTTP_PAGE), TLS / f"{certificate}.pem" if certificate else None) as server:
        outcome = secure(monkeypatch, server, total_seconds=20 if certificate else 0.5)
        assert server.requests == []
    assert isinstance(outcome, Failure)
    assert outcome.reason in (Reason.UNREACHABLE, Reason.TIMEOUT)
    if certificate:
        assert told in outcome.detail.replace("self signed", "self-signed")


def test_a_slow_drip_behind_tls_ends_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with Hostile(flood(OK + b"Content-Length: 90000\r\n\r\n", b"x", 0.05), TLS / "good.pem") as server:
        assert name(secure(monkeypatch, server, total_seconds=0.5)) == "timeout"


# --- memory

_CHILD = """
import json, sys, tracemalloc
from pipeline.fetch.client import Client
from pipeline.settings import Fetch
origin, *hosts = sys.argv[1:]
client = Client(Fetch(loopback_origin=origin, host_delay_seconds=0, total_seconds=60))
for host in ("baik", "bukti"):
    client.get(f"https://{host}.example/")
tracemalloc.start()
grown = {}
for host in hosts:
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    outcome = client.get(f"https://{host}.example/")
    grown[host] = (tracemalloc.get_traced_memory()[1] - before) / 1e6
    del outcome
print(json.dumps(grown))
"""
HEAVY = [
    "kepala-tanpa-akhir",
    "kepala-panjang",
    "kepala-banyak",
    "tanda-potong-panjang",
    "ekor-tanpa-akhir",
    "100-deras",
    "galat-tanpa-akhir",
    "galat-bom",
    "pindah-tanpa-akhir",
    "gzip-bersarang",
    "gzip-bom",
    "tanpa-akhir",
    "html-10-mb",
    "html-4-mb",
]


def test_no_answer_costs_more_memory_than_three_pages_of_the_largest_size() -> None:
    """At the default limit of 5 MB a page: the peak of all that Python allocates, in a process without the server."""
    with Hostile(web) as server:
        run = subprocess.run([sys.executable, "-c", _CHILD, server.origin, *HEAVY], capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    grown = json.loads(run.stdout)
    assert list(grown) == HEAVY
    assert max(grown.values()) < 3 * 5, grown
    assert grown["html-4-mb"] > 4
