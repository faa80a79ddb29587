"""What the pages refuse and how they show what outlets wrote: hosts, methods, forms, cookies, headers, hostile titles."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from pipeline.app.asked import Session
from pipeline.app.serving import address_of, check_address, site_of
from pipeline.app.signing import Signer
from pipeline.cli import main
from pipeline.errors import ConfigError
from pipeline.jobs import Workplace
from pipeline.settings import App
from tests.app.conftest import ADDRESS, Browser, key_of, logged
from tests.app.hostile import plant

TOKEN = "kunci-yang-cukup-panjang-1234"
PATHS = (
    "/",
    "/sumber",
    "/masuk",
    "/tinjau",
    "/buta",
    "/kesepakatan",
    "/riwayat",
    "/tidak-ada",
    "/static/pantau.css",
    "/static/x",
)


def test_every_answer_has_the_headers_and_no_inline_script_or_style(sari: Browser) -> None:
    key = key_of(sari.get("/tinjau"))
    for path in (*PATHS, f"/tinjau/{key}", f"/artikel/{key}", f"/cerita/{key}", "/artikel/x"):
        answer = sari.client.get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy, path
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        if "text/html" in answer.headers.get("content-type", "") and answer.text:
            assert not re.search(r"<script(?! src=\"/static/)|<style|\sstyle=|\son\w+=|javascript:", answer.text), path
            assert not re.search(r"(?:src|<link[^>]+href)=\"(?!/static/)", answer.text), path


@pytest.mark.parametrize(
    "host", ["jahat.example", "127.0.0.1", "127.0.0.1:9", "", "127.0.0.1:8740.jahat.example", "localhost.:8740"]
)
def test_another_host_is_refused(open_browser: Callable[[], Browser], host: str) -> None:
    client = open_browser().client
    for path in ("/", "/static/pantau.css"):
        answer = client.get(path, headers={"host": host})
        assert answer.status_code == 421
        assert "content-security-policy" in answer.headers


def test_names_of_this_machine_are_answered(open_browser: Callable[[], Browser]) -> None:
    for host in ("127.0.0.1:8740", "localhost:8740", "[::1]:8740", "LOCALHOST:8740"):
        assert open_browser().client.get("/masuk", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_only_get_and_post_are_answered(open_browser: Callable[[], Browser], method: str) -> None:
    assert open_browser().client.request(method, "/").status_code == 405


def test_a_form_without_our_token_changes_nothing(place: Workplace, sari: Browser, open_browser: Callable[[], Browser]) -> None:
    key = key_of(sari.get("/tinjau"))
    path, form = f"/tinjau/{key}", {"relevance": "irrelevant", "tampak_relevance": "corrections"}
    other = open_browser()
    other.enter("Budi")
    for data in (form, {**form, "csrf": ""}, {**form, "csrf": "x" * 64}, {**form, "csrf": other.csrf}):
        assert sari.client.post(path, data=data).status_code == 403
    right = {**form, "csrf": sari.csrf}
    for headers in ({"origin": "http://jahat.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}):
        assert sari.client.post(path, data=right, headers=headers).status_code == 403
    assert sari.client.post(path, json=right).status_code == 415
    assert not logged(place)
    assert sari.client.post(path, data=right, headers={"origin": ADDRESS, "sec-fetch-site": "same-origin"}).status_code == 303
    assert logged(place)


def test_no_get_changes_anything(place: Workplace, sari: Browser) -> None:
    key = key_of(sari.get("/tinjau"))
    for path in (f"/tinjau/{key}/lewati", "/tinjau/urungkan", "/riwayat/tarik", "/kesepakatan/catat", "/keluar"):
        assert sari.client.get(path).status_code in (404, 405)
    sari.client.get(f"/tinjau/{key}?relevance=irrelevant&csrf={sari.csrf}")
    assert not logged(place)


def test_large_and_broken_requests_are_cut_off(sari: Browser) -> None:
    form = "application/x-www-form-urlencoded"
    post = sari.client.post
    assert post("/masuk", content=b"nama=" + b"a" * 70_000, headers={"content-type": form}).status_code == 413
    assert post("/masuk", content="&".join(f"a{n}=1" for n in range(300)), headers={"content-type": form}).status_code == 400
    assert post("/masuk", content=b"nama=\xff\xfe", headers={"content-type": form}).status_code == 400
    assert post("/masuk", content=b"nama=%ff", headers={"content-type": form}).status_code == 400
    assert sari.client.get("/?" + "a" * 5_000).status_code == 414


WRONG = [
    *("pekan=x", "pekan=2026-W99", "hal=0", "hal=-1", "hal=99999", "hal=²", "hal=9999999999", "tone=%00"),
    *("program='--", "kanwil=<script>", "tier=T9", "mandiri=x"),
]


@pytest.mark.parametrize("query", WRONG)
def test_wrong_choices_in_an_address_count_as_none(sari: Browser, query: str) -> None:
    page = sari.get(f"/?{query}")
    assert "<script>" not in page.replace('<script src="/static', "")


@pytest.mark.parametrize(
    "path", ["/artikel/../../etc/passwd", "/static/..%2f..%2fserving.py", "/cerita/%00", "/artikel/'", "/tinjau/x"]
)
def test_paths_that_name_nothing_are_404(sari: Browser, path: str) -> None:
    assert sari.client.get(path).status_code == 404


def test_cookies_are_strict_and_a_forged_one_is_nobody(sari: Browser, open_browser: Callable[[], Browser]) -> None:
    answer = open_browser().client.get("/masuk")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    forged = Signer().cookie(Session("x", "Sari", True))
    client = open_browser().client
    client.cookies.set("pantau", forged)
    assert client.get("/tinjau").headers["location"] == "/masuk"


def test_an_address_that_others_reach_needs_a_token() -> None:
    for host in ("0.0.0.0", "192.168.1.5", "::", "pantau.example"):
        with pytest.raises(ConfigError, match="need a token"):
            check_address(host, "")
        check_address(host, TOKEN)
    for host in ("127.0.0.1", "::1", "localhost", "127.8.8.8"):
        check_address(host, "")
    with pytest.raises(ConfigError, match="shorter than"):
        check_address("127.0.0.1", "pendek")


def test_without_the_token_nothing_is_shown(place: Workplace) -> None:
    client = TestClient(
        site_of(place, address_of("127.0.0.1", 8740), TOKEN).application, base_url=ADDRESS, follow_redirects=False
    )
    for path in ("/", "/sumber", "/tinjau", "/riwayat", "/artikel/x", "/cerita/x", "/buta", "/kesepakatan"):
        assert client.get(path).headers["location"] == "/masuk", path
    page = client.get("/masuk").text
    csrf = re.search(r'name="csrf" value="([^"]+)"', page)
    assert csrf
    before = client.cookies["pantau"]
    for wrong in ("", "salah", TOKEN[:-1], TOKEN + "x"):
        answer = client.post("/masuk", data={"csrf": csrf[1], "nama": "Sari", "kunci": wrong})
        assert answer.status_code == 403
        assert client.get("/").status_code == 303
    assert client.post("/masuk", data={"csrf": csrf[1], "nama": "Sari", "kunci": TOKEN}).status_code == 303
    assert client.cookies["pantau"] != before
    assert client.get("/").status_code == 200
    assert TOKEN not in client.get("/masuk").text


def test_the_token_file_is_read_and_its_mistakes_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PANTAU_APP_TOKEN", raising=False)
    file = tmp_path / "kunci"
    file.write_text(f"{TOKEN}\n", encoding="utf-8")
    assert App(token_file=str(file)).secret() == TOKEN
    assert App().secret() == ""
    for content in ("", " \n"):
        file.write_text(content, encoding="utf-8")
        with pytest.raises(ConfigError, match="empty"):
            App(token_file=str(file)).secret()
    with pytest.raises(ConfigError, match="cannot be read"):
        App(token_file=str(tmp_path / "tidak-ada")).secret()
    monkeypatch.setenv("PANTAU_APP_TOKEN", TOKEN)
    assert App().secret() == TOKEN


def test_the_command_refuses_an_open_address_and_an_empty_folder(
    place: Workplace, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PANTAU_APP_TOKEN", raising=False)
    assert main(["--data", str(place.data), "review", "--host", "0.0.0.0"]) == 2
    assert "need a token" in capsys.readouterr().err
    assert main(["--data", str(place.data), "browse", "--host", "256.1.1.1"]) == 2
    assert main(["--data", str(tmp_path / "kosong"), "review"]) == 2
    assert "holds no monitoring data" in capsys.readouterr().err


def test_hostile_articles_are_shown_as_plain_text(place: Workplace) -> None:
    keys = plant(place.data)
    browser = Browser(site_of(place, address_of("127.0.0.1", 8740), "").application)
    browser.enter("Sari")
    week = datetime.now(UTC).astimezone().isocalendar()
    pages = [f"/{kind}/{key}" for key in keys for kind in ("tinjau", "artikel", "cerita")]
    for path in ("/", f"/?pekan={week.year}-W{week.week:02d}", *pages):
        page = browser.get(path)
        for bad in ("<script>alert", "<img src=x", "\u202e", "\u2066", "\x00", 'href="javascript:', 'href="data:'):
            assert bad not in page, (path, bad)
        assert len(page) < 400_000
    assert "&lt;script&gt;" in browser.get(f"/artikel/{keys[0]}")


def test_no_address_or_name_or_text_reaches_the_log(
    place: Workplace, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Browser(site_of(place, address_of("127.0.0.1", 8740), TOKEN).application)
    browser.client = TestClient(browser.client.app, base_url=ADDRESS, follow_redirects=False, raise_server_exceptions=False)
    browser.get("/masuk")
    browser.post("/masuk", nama="Sari Rahasia", kunci=TOKEN)

    def broken(*_: object, **__: object) -> None:
        raise ValueError("judul rahasia")

    monkeypatch.setattr("pipeline.app.browsing.figures.summary", broken)
    with caplog.at_level(logging.DEBUG):
        answer = browser.client.get("/?kanwil=Rahasia")
    assert answer.status_code == 500
    assert "rahasia" not in answer.text.lower()
    told = " ".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records if record.name.startswith("pantau"))
    assert "page broke" in told
    assert "rahasia" not in told.lower()
    assert TOKEN not in told
