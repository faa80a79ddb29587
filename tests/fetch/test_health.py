"""Soft errors and challenge pages: told when they are there, and never of a slow, small or unlucky but honest site."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.fetch.feeds import Listing
from pipeline.fetch.health import SILENCE, challenge, soft_error
from pipeline.fetch.schedule import Standing
from pipeline.records import Entry

NOW = datetime(2026, 11, 26, 3, tzinfo=UTC)
NEW = Standing("kabar")
FEED = b"<rss><channel></channel></rss>"
HTML = {"content-type": "text/html; charset=utf-8"}


def listing(*ages: float | None) -> Listing:
    """Entries of so many days ago; None is an entry without a date."""
    return Listing(
        tuple(
            Entry(
                "kabar",
                f"{n:016x}",
                f"https://kabar.example/{n}",
                "Panen",
                published=None if age is None else NOW - timedelta(days=age),
            )
            for n, age in enumerate(ages)
        )
    )


def told(found: Listing, standing: Standing = NEW, body: bytes = FEED, content_type: str = "application/xml") -> str:
    return soft_error(found, body, content_type, standing, NOW)


# --- rhythm


def steady(every: float, newest: float, count: int = 10) -> Listing:
    return listing(*(newest + every * n for n in range(count)))


@pytest.mark.parametrize(
    ("found", "silent"),
    [
        (steady(0.02, 0.1, 50), False),  # a national newsroom, fresh
        (steady(0.02, 2.5, 50), False),  # and over a long weekend
        (steady(0.02, 4, 50), True),
        (steady(0.3, 4), False),  # a local paper over a holiday
        (steady(0.3, 29), False),
        (steady(0.3, 31), True),
        (steady(7, 34), False),  # a weekly
        (steady(7, 36), True),
        (steady(60, 250), False),  # an office that writes six times a year
        (steady(60, 301), True),
        (listing(40, 40.01, 40.02, 90, 90.01, 90.02), False),  # bursts, fifty days apart
        (listing(400, 400.01, 400.02, 400.03, 400.04, 400.05), False),  # one burst shows no rhythm
        (listing(400, 401, 402, 403), False),  # too few to tell
        (listing(*[None] * 50), False),  # without dates
        (listing(*[None] * 50, 400, 401), False),
        (
            listing(-300, *(0.1 * n for n in range(300, 310))),
            False,
        ),  # a date of next year dates nothing, and ten in a day are a burst
        (listing(-300, *(1.0 * n for n in range(300, 310))), True),
    ],
)
def test_silence_is_measured_by_the_sources_own_pauses(found: Listing, silent: bool) -> None:
    assert told(found).startswith("silent: ") == silent
    assert silent or told(found) == ""


def test_silence_names_the_day_and_what_is_usual() -> None:
    assert told(steady(7, 40)) == "silent: its newest item is of 2026-10-17, 40 days ago; usual is at most 35"


@pytest.mark.parametrize(
    ("found", "shown", "old"),
    [
        (steady(0.3, 10), 1.0, True),  # a restored backup
        (steady(0.3, 3), 1.0, False),
        (steady(7, 14), 7.0, False),  # the newest item was withdrawn
        (steady(7, 28), 7.0, True),
        (steady(0.3, 1), -400.0, False),  # a date of next year was shown once
        (listing(None, None), 1.0, False),
    ],
)
def test_an_old_copy_is_told(found: Listing, shown: float, old: bool) -> None:
    standing = replace(NEW, newest=NOW - timedelta(days=shown))
    assert told(found, standing).startswith("an old copy: ") == old
    assert old or told(found, standing) == ""


@given(st.floats(1, 200), st.floats(0, 4.9), st.integers(5, 30))
def test_no_steady_site_is_silent_within_five_of_its_pauses(every: float, pauses: float, count: int) -> None:
    assert told(steady(every, pauses * every, count)) == ""


@given(st.floats(0, 29), st.lists(st.floats(0, 20), min_size=0, max_size=18))
def test_nobody_but_the_busy_is_silent_within_a_month(newest: float, pauses: list[float]) -> None:
    ages = [newest + sum(pauses[:n]) for n in range(len(pauses) + 1)]
    assert newest >= SILENCE.days or told(listing(*ages)) == ""


# --- links and emptiness


def test_what_the_parser_found_is_told() -> None:
    assert told(Listing((), "feed is empty")) == "feed is empty"


def test_nothing_is_an_error_only_where_there_was_something() -> None:
    nothing = Listing((), note="the search found nothing")
    assert told(nothing) == ""
    assert told(nothing, replace(NEW, newest=NOW)) == "holds no items, though it has shown some before"
    assert told(replace(nothing, children=(("https://kabar.example/a.xml", None),)), replace(NEW, newest=NOW)) == ""


@pytest.mark.parametrize(
    ("urls", "home"),
    [
        (("https://kabar.example/", "https://aceh.kabar.example", "https://kabar.example/index.php"), True),
        (("https://kabar.example/", "https://kabar.example/1"), False),
        (("https://kabar.example/?p=1", "https://kabar.example/?p=2"), False),
    ],
)
def test_links_to_home_pages_are_no_articles(urls: tuple[str, ...], home: bool) -> None:
    found = Listing(tuple(Entry("kabar", url, url) for url in urls))
    assert (told(found) == "all items lead to a home page") == home


# --- challenge pages


def page(title: str, body: str = "", head: str = "") -> bytes:
    return f"<!doctype html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>".encode()


NAV = '<a href="/a">Menu</a>' * 30
TEXT = "<p>Warga binaan memanen sayur di kebun lapas bersama petugas pada hari Kamis.</p>" * 30
CHALLENGES = {
    "cloudflare": page(
        "Just a moment...",
        "<noscript>Enable JavaScript and cookies to continue</noscript><script>window._cf_chl_opt={a:1}</script>",
    ),
    "cloudflare in indonesian": page("Tunggu sebentar...", "<h1>kabar.example</h1><p>Memverifikasi bahwa Anda manusia.</p>"),
    "turnstile": page("kabar.example", '<form id="challenge-form"><div class="cf-turnstile"></div></form>'),
    "indonesian words": page("Kabar", "<h1>Verifikasi bahwa Anda adalah manusia</h1><div class='g-recaptcha'></div>"),
    "indonesian title": page("Verifikasi Keamanan", "<img src='c.png'><input name='kode'>"),
    "ddos-guard": page("DDoS-Guard", '<script src="/.well-known/ddos-guard/js-challenge/index.js"></script>'),
    "sucuri": page(
        "You are being redirected...", "<noscript>Javascript is required.</noscript><script>sucuri_cloudproxy_js='';</script>"
    ),
    "imperva": page(
        "",
        '<iframe src="/_Incapsula_Resource?CWUDNSAI=1&amp;incident_id=2">Request unsuccessful. Incapsula incident ID: 3</iframe>',
    ),
    "imunify": page("One moment, please...", "<h1>Please wait while your request is being verified...</h1>"),
    "cookie test": page(
        "", '<script src="/aes.js"></script><script>document.cookie="__test="+toHex(slowAES.decrypt(c,2,a,b))</script>'
    ),
    "anubis": page("Making sure you&#39;re not a bot!"),
    "aws": page("Human Verification", "<script>window.awsWafCookieDomainList=[]</script>"),
}


@pytest.mark.parametrize("body", CHALLENGES.values(), ids=CHALLENGES.keys())
@pytest.mark.parametrize("status", [200, 403, 429, 503])
def test_a_challenge_page_is_seen_whatever_its_status(body: bytes, status: int) -> None:
    assert challenge(body, status, HTML)
    assert challenge(body, status, {})


@pytest.mark.parametrize("body", CHALLENGES.values(), ids=CHALLENGES.keys())
def test_a_challenge_page_is_a_soft_error_of_its_own_name(body: bytes) -> None:
    found = Listing((), "answered a web page instead of a feed")
    assert told(found, body=body, content_type="text/html") == "challenge page instead of an answer"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"cf-mitigated": "challenge"}, True),
        ({"CF-Mitigated": "Challenge"}, True),
        ({"x-vercel-mitigated": "challenge"}, True),
        ({"x-amzn-waf-action": "captcha"}, True),
        ({"cf-ray": "8", "server": "cloudflare"}, False),
        ({"x-amzn-waf-action": "block"}, False),
    ],
)
def test_a_header_decides_without_a_body(headers: dict[str, str], expected: bool) -> None:
    assert challenge(b"", 403, headers) == expected


QUOTED = "<p>Kode <code>window._cf_chl_opt</code> dan &lt;div id='px-captcha'&gt; tampil di halaman itu.</p>"
HONEST = {
    "article about captchas": page(
        "Verifikasi bahwa Anda manusia: lapas pasang captcha", NAV + TEXT + "<p>Buktikan bahwa Anda bukan robot.</p>"
    ),
    "short article about captchas": page(
        "Lapas pasang captcha", "<article><p>Pengunjung kini harus verifikasi bahwa Anda manusia.</p></article>"
    ),
    "article with that title": page("Just a moment...", NAV + TEXT),
    "article that quotes the machinery": page("Cara kerja captcha", NAV + TEXT + QUOTED),
    "thin page that quotes the machinery": page("Catatan", QUOTED),
    "cloudflare's script in every page": page(
        "Panen", NAV + TEXT + "<script>window.__CF$cv$params={};a.src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'</script>"
    ),
    "imperva's script in every page": page(
        "Panen", NAV + TEXT, '<script src="/_Incapsula_Resource?SWJIYLWA=719d34d31c8e3a6e"></script>'
    ),
    "form with a captcha": page("Kirim aduan", NAV + TEXT + '<div class="g-recaptcha"></div>'),
    "small form with a captcha": page("Buku tamu", '<form><input name="nama"><div class="g-recaptcha"></div></form>'),
    "empty page": page(""),
    "maintenance": page("Situs sedang dirawat", "<p>Tunggu sebentar, kami segera kembali.</p>"),
}


@pytest.mark.parametrize("body", HONEST.values(), ids=HONEST.keys())
def test_an_honest_page_is_no_challenge(body: bytes) -> None:
    assert not challenge(body, 200, HTML)


@pytest.mark.parametrize("name", ["maintenance", "article about captchas", "empty page"])
def test_a_plain_refusal_is_no_challenge(name: str) -> None:
    assert not challenge(HONEST[name], 403, HTML)
    assert not challenge(page("403 Forbidden", "<h1>Forbidden</h1><p>nginx</p>"), 403, HTML)


def test_a_feed_about_captchas_is_no_challenge() -> None:
    body = b"<rss><channel><item><title>Verifikasi bahwa Anda manusia</title></item></channel></rss>"
    assert not challenge(body, 200, {"content-type": "application/rss+xml"})
    assert not challenge(b'{"title": "Just a moment..."}', 200, {"content-type": "application/json"})


@given(st.binary(max_size=400), st.sampled_from([200, 403, 503]), st.booleans())
def test_no_bytes_make_it_raise(body: bytes, status: int, html: bool) -> None:
    assert challenge(body, status, HTML if html else {}) in (True, False)
