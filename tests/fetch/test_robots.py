"""robots.txt: a no is a no, an unreadable file is "not now", and each host is asked once within the hours it is remembered."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.fetch.client import Client, Failure
from pipeline.fetch.ledger import Ledger
from pipeline.fetch.pace import Pace
from pipeline.fetch.robots import Robots, RobotsFile
from pipeline.records import Reason, Retry
from pipeline.settings import Fetch
from tests.fetch.hostile import Answer, Clock, Connection, Hostile, Request, reply, says, site

PAGE = "https://kabar.example/berita/1"


def fetch(server: Hostile, **changes: Any) -> Fetch:
    return Fetch(**{"loopback_origin": server.origin, "host_delay_seconds": 0, "max_bytes": 700_000, **changes})


def nothing(origin: str) -> None:
    """No memory of earlier runs."""


def refusal(answer: Answer, url: str = PAGE, **changes: Any) -> Failure | None:
    with Hostile(answer) as server, Client(fetch(server, **changes)) as client:
        return Robots(client, nothing).refusal(url)


def rules(text: str) -> Answer:
    return says(reply(200, text.encode(), Content_Type="text/plain"))


@pytest.mark.parametrize(
    "text",
    [
        "User-agent: *\nDisallow: /",
        "User-agent: *\nDisallow: /berita/",
        "User-agent: PantauPas\nDisallow: /",
        "User-agent: pantaupas\nDisallow: /\n\nUser-agent: *\nAllow: /",
        "User-agent: Lain\nUser-agent: PantauPas\nDisallow: /berita",
        "User-agent: *\nDisallow: /*/1$",
        "User-agent: *\r\nDisallow: /\r\n",
        "User-agent: *\rDisallow: /\r",
        "# catatan\n\nUser-agent: * # semua\nDisallow: / # semuanya",
        "\ufeffUser-agent: *\nDisallow: /",
        "<!-- sisa templat -->\nUser-agent: *\nDisallow: /",
        "User-agent: *\nAllow: /\nDisallow: /berita/1",
    ],
)
def test_a_forbidden_address_is_refused_for_good(text: str) -> None:
    found = refusal(rules(text))
    assert found is not None
    assert (found.reason, found.retry) == (Reason.ROBOTS, Retry.FINAL)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "User-agent: *\nDisallow:",
        "User-agent: *\nDisallow: /admin/",
        "User-agent: *\nDisallow: /\nAllow: /berita/",
        "User-agent: *\nAllow: /berita/\nDisallow: /",
        "User-agent: PantauPas\nAllow: /\n\nUser-agent: *\nDisallow: /",
        "User-agent: Lain\nDisallow: /",
        "User-agent: BotPantauPasPalsu\nDisallow: /",
        "Disallow: /",
        "<!doctype html><html><body>Halaman tidak ada</body></html>",
        "User-agent: *\nDisallow: /BERITA/",
    ],
)
def test_what_is_not_forbidden_is_allowed_and_the_longest_rule_wins(text: str) -> None:
    assert refusal(rules(text)) is None


@pytest.mark.parametrize("status", [204, 400, 401, 402, 403, 404, 410, 418, 451])
def test_a_host_without_rules_forbids_nothing(status: int) -> None:
    assert refusal(says(reply(status))) is None


def never(connection: Connection, request: Request) -> None:
    connection.stopped.wait(60)


def hang_up(connection: Connection, request: Request) -> None:
    connection.hang_up()


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (says(reply(500)), Reason.ROBOTS),
        (says(reply(503)), Reason.ROBOTS),
        (says(reply(429)), Reason.ROBOTS),
        (says(reply(302, Location="/robots.txt")), Reason.ROBOTS),
        (says(reply(302, Location="http://")), Reason.ROBOTS),
        (says(reply(403, b"<title>Just a moment...</title>", Content_Type="text/html")), Reason.ROBOTS),
        (says(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nUser-agent: *\nAllow: /"), Reason.TIMEOUT),
        (says(b"User-agent: *\nAllow: /\n"), Reason.TIMEOUT),
        (never, Reason.TIMEOUT),
        (hang_up, Reason.UNREACHABLE),
    ],
)
def test_a_host_that_cannot_tell_is_left_alone_for_now(answer: Answer, reason: Reason) -> None:
    found = refusal(answer, total_seconds=0.5, max_redirects=2)
    assert found is not None
    assert (found.reason, found.retry) == (reason, Retry.TEMPORARY)


def test_rules_behind_a_redirect_count() -> None:
    text = reply(200, b"User-agent: *\nDisallow: /")
    pages = {"kabar.example/robots.txt": reply(301, Location="https://www.kabar.example/robots.txt")}
    assert refusal(site(pages | {"www.kabar.example/robots.txt": text})) is not None


def test_five_redirects_to_other_hosts_are_followed() -> None:
    pages = {f"r{n}.example/robots.txt": reply(302, Location=f"https://r{n + 1}.example/robots.txt") for n in range(5)}
    pages["kabar.example/robots.txt"] = reply(302, Location="https://r1.example/robots.txt")
    pages["r5.example/robots.txt"] = reply(200, b"User-agent: *\nDisallow: /")
    found = refusal(site(pages))
    assert found is not None
    assert found.retry is Retry.FINAL


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-8-sig", "latin-1"])
def test_rules_are_read_in_the_clothing_they_come_in(encoding: str) -> None:
    text = "# é\nUser-agent: *\nDisallow: /berita/\n"
    body = (b"\xfe\xff" if encoding == "utf-16-be" else b"") + text.encode(encoding)
    assert refusal(says(reply(200, body, Content_Type="text/plain; charset=koi8-r"))) is not None


def test_a_web_page_in_the_place_of_the_rules_is_no_rules() -> None:
    page = "<!doctype html><html><head><title>Beranda</title></head><body>" + "<p>Disallow segala</p>" * 99
    assert refusal(says(reply(200, page.encode(), Content_Type="text/html"))) is None


def test_an_endless_file_is_read_as_far_as_it_counts() -> None:
    def endless(connection: Connection, request: Request) -> None:
        connection.send(b"HTTP/1.1 200 OK\r\n\r\nUser-agent: *\nDisallow: /berita/\n")
        connection.forever(b"# lagi\n" * 1000)

    found = refusal(endless)
    assert found is not None
    assert found.retry is Retry.FINAL


def test_many_threads_ask_an_origin_once() -> None:
    with Hostile(rules("User-agent: *\nDisallow: /rahasia/")) as server:
        robots = Robots(Client(fetch(server)), nothing)
        urls = [f"https://{host}.example/{page}/{n}" for n in range(8) for page in ("berita", "rahasia") for host in "abc"]
        with ThreadPoolExecutor(12) as pool:
            verdicts = dict(zip(urls, pool.map(robots.refusal, urls), strict=True))
        assert sorted(request.place for request in server.requests) == [f"{host}.example/robots.txt" for host in "abc"]
    assert all((verdict is not None) == ("rahasia" in url) for url, verdict in verdicts.items())
    assert set(robots.fresh()) == {"https://a.example", "https://b.example", "https://c.example"}
    assert robots.fresh() == {}


def test_a_host_that_is_left_alone_is_asked_for_its_rules_when_that_is_over() -> None:
    clock = Clock()
    with Hostile(rules("")) as server:
        client = Client(fetch(server), Pace(delay=0, sleep=clock.sleep, monotonic=clock.monotonic))
        robots = Robots(client, nothing)
        client.pace.close("kabar.example", 60, "begitu")
        first = robots.refusal(PAGE)
        assert first is not None
        assert (first.reason, server.requests) == (Reason.HOST_CLOSED, [])
        clock.now += 61
        assert robots.refusal(PAGE) is None


@pytest.mark.parametrize("url", ["https://[", "https://[::1"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with Hostile(rules("")) as server:
        found = Robots(Client(fetch(server)), nothing).refusal(url)
    assert found is not None
    assert found.reason is Reason.BAD_URL


def test_only_the_first_half_megabyte_counts() -> None:
    long = "User-agent: *\nDisallow: /berita/\n" + "# panjang sekali\n" * 40_000 + "User-agent: PantauPas\nAllow: /\n"
    found = refusal(rules(long))
    assert found is not None
    assert found.retry is Retry.FINAL


def test_bytes_that_are_no_text_do_not_hide_the_rules() -> None:
    assert refusal(says(reply(200, b"# \xff\xfe\xe9\nUser-agent: *\nDisallow: /"))) is not None


def test_a_pattern_made_to_be_slow_is_answered() -> None:
    pattern = "/" + "*a" * 40 + "b"
    assert refusal(rules(f"User-agent: *\nDisallow: {pattern}"), "https://kabar.example/" + "a" * 1500) is None


def test_each_host_and_scheme_is_asked_once_also_when_it_fails() -> None:
    pages = {"satu.example/robots.txt": reply(200, b""), "dua.example/robots.txt": reply(500)}
    with Hostile(site(pages)) as server, Client(fetch(server)) as client:
        robots = Robots(client, nothing)
        for url in ("https://satu.example/a", "https://satu.example/b", "https://dua.example/a", "https://dua.example/b"):
            robots.refusal(url)
        assert [request.place for request in server.requests] == ["satu.example/robots.txt", "dua.example/robots.txt"]


@pytest.mark.parametrize(
    ("delay", "expected"),
    [("20", 20), ("7.5", 7.5), ("1", 5), ("0", 5), ("-4", 5), ("nan", 5), ("inf", 5), ("1e9", 120), ("cepat", 5)],
)
def test_a_crawl_delay_slows_us_down_within_reason(delay: str, expected: float) -> None:
    clock = Clock()
    times = []

    def answer(connection: Connection, request: Request) -> None:
        times.append(clock.now)
        connection.send(reply(200, f"User-agent: *\nCrawl-delay: {delay}\n".encode()))

    with Hostile(answer) as server:
        client = Client(fetch(server), Pace(delay=5, sleep=clock.sleep, monotonic=clock.monotonic))
        assert Robots(client, nothing).refusal(PAGE) is None
        client.get(PAGE)
        client.get(PAGE)
    assert times[2] - times[1] == expected


# --- remembered across runs


def refusals(path: Path, now: datetime, server: Hostile, hours: float = 24) -> tuple[Failure | None, int]:
    before = len(server.requests)
    with Ledger(path, now) as ledger, Client(fetch(server)) as client:
        robots = Robots(client, lambda origin: ledger.load_robots(origin, hours), ledger.save_robots)
        return robots.refusal(PAGE), len(server.requests) - before


def test_rules_are_remembered_for_the_hours_set(tmp_path: Path, now: datetime) -> None:
    with Hostile(rules("User-agent: *\nDisallow: /")) as server:
        for hours, asked in ((0, 1), (1, 0), (23.9, 0), (24.1, 1), (48, 0)):
            found, times = refusals(tmp_path / "ledger.sqlite", now + timedelta(hours=hours), server)
            assert found is not None
            assert (found.retry, times) == (Retry.FINAL, asked), f"after {hours} h"


def test_having_no_rules_is_remembered_too(tmp_path: Path, now: datetime) -> None:
    with Hostile(says(reply(404))) as server:
        assert refusals(tmp_path / "ledger.sqlite", now, server) == (None, 1)
        assert refusals(tmp_path / "ledger.sqlite", now, server) == (None, 0)


def test_not_being_able_to_ask_is_not_remembered(tmp_path: Path, now: datetime) -> None:
    answers = [reply(500), reply(200, b"")]
    with Hostile(lambda connection, request: connection.send(answers.pop(0))) as server:
        first, _ = refusals(tmp_path / "ledger.sqlite", now, server)
        assert first is not None
        assert refusals(tmp_path / "ledger.sqlite", now, server) == (None, 1)


def test_a_remembered_crawl_delay_still_counts(now: datetime) -> None:
    clock = Clock()
    with Hostile(says(reply(200))) as server:
        client = Client(fetch(server), Pace(delay=1, sleep=clock.sleep, monotonic=clock.monotonic))
        Robots(client, {"https://kabar.example": RobotsFile("User-agent: *\nCrawl-delay: 9")}.get).refusal(PAGE)
        client.get(PAGE)
        client.get(PAGE)
    assert clock.sleeps == [9]
