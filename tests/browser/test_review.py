"""A reviewer at the keyboard in a real browser: answers, reloads, a restart, a second reviewer, hostile articles, sizes."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.app.hostile import plant
from tests.browser.conftest import enter, serving

pytestmark = pytest.mark.browser
SHOTS = Path(__file__).parents[2] / "data" / "screenshots"  # git-ignored; for a person's eyes
WIDTHS = ((360, "light"), (768, "dark"), (1440, "light"))


def rows_of(data: Path) -> list[dict[str, str]]:
    path = data / "corrections.csv"
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines())) if path.exists() else []


def key_of(page: Any) -> str:
    return str(page.url).rsplit("/", 1)[-1]


def after(page: Any, key: str, press: str) -> str:
    """Press a key that leads to another article; its key, or "" at the queue's end."""
    with page.expect_navigation():
        page.keyboard.press(press)
    page.wait_for_url(lambda url: not url.endswith(key))
    return key_of(page) if re.search(r"[0-9a-f]{16}$", page.url) else ""


def test_twenty_articles_by_keyboard_alone_survive_a_reload_and_a_restart(data: Path, page_of: Callable[..., Any]) -> None:
    page, wanted = page_of(), {}
    with serving(data) as address:
        enter(page, address, "Sari")
        key = key_of(page)
        for number in range(20):
            tone, pressed = (("negative", "e"), ("neutral", "w"), ("positive", "q"))[number % 3]
            page.keyboard.press(pressed)
            if number % 4 == 0:
                page.keyboard.press("c")
                page.keyboard.type(f"alasan ke-{number}, e w q tidak menekan tombol")
                page.keyboard.press("Escape")
            wanted[key] = tone
            if number == 10:  # a reload loses nothing that was saved, and asks no name again
                page.reload()
                page.keyboard.press(pressed)
            following = after(page, key, "Enter")
            assert "tone berita" in page.locator(".note").inner_text()
            if not following:
                break
            key = following
        assert len(wanted) >= 19  # the demo's queue holds about twenty stories
    last = {row["key"]: row["new"] for row in rows_of(data) if row["field"] == "tone"}
    assert last == wanted
    with serving(data) as address:
        page = page_of()
        page.goto(f"{address}/masuk")
        page.keyboard.type("Sari")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        page.goto(f"{address}/riwayat")
        assert f"{len(wanted)} artikel" in page.locator(".tile").first.inner_text()


def test_every_key_does_what_the_help_says(data: Path, page_of: Callable[..., Any]) -> None:
    with serving(data) as address:
        page = page_of()
        enter(page, address, "Sari")
        first = key_of(page)
        page.keyboard.press("?")
        assert page.locator("dialog[open]").count() == 1
        page.keyboard.press("e")  # nothing is chosen behind an open dialog
        page.keyboard.press("Escape")
        page.keyboard.press("3")
        assert page.locator("input[name=relevance][value=irrelevant]").is_checked()
        assert page.locator("fieldset", has_text="Tone berita").is_hidden()
        page.keyboard.press("1")
        page.keyboard.press("w")
        page.keyboard.press("d")
        assert page.locator("input[name=tone][value=neutral]").is_checked()
        assert page.locator("input[name=title_tone][value=negative]").is_checked()
        for key, field in (("f", "programme_primary"), ("t", "unit_primary"), ("c", "alasan")):
            page.keyboard.press(key)
            assert page.evaluate("document.activeElement.name") == field
            page.keyboard.press("Escape")
        page.keyboard.press("i")
        assert page.evaluate("document.activeElement.name") == "incidents"
        second = after(page, first, "j")
        after(page, second, "l")
        assert not rows_of(data)
        page.goto(f"{address}/tinjau/{first}")
        page.keyboard.press("e")
        after(page, first, "Enter")
        with page.expect_navigation():
            page.keyboard.press("u")
        assert key_of(page) == first
        assert [row["new"] for row in rows_of(data)][-1] == "model"


def test_two_reviewers_at_once_lose_nothing(data: Path, page_of: Callable[..., Any]) -> None:
    with serving(data) as address:
        pages = {name: page_of() for name in ("Sari", "Budi")}
        for name, page in pages.items():
            enter(page, address, name)
        done: dict[str, list[str]] = {name: [] for name in pages}
        for _ in range(6):
            for name, page in pages.items():
                key = key_of(page)
                done[name].append(key)
                page.keyboard.press("w")
                assert after(page, key, "Enter")
    assert not set(done["Sari"]) & set(done["Budi"])
    for name, keys in done.items():
        assert {row["key"] for row in rows_of(data) if row["who"] == name} == set(keys)


def test_hostile_articles_run_nothing_and_keep_the_page_whole(data: Path, page_of: Callable[..., Any]) -> None:
    keys = plant(data)
    with serving(data) as address:
        page = page_of(360)
        enter(page, address, "Sari")
        for path in ("/", *(f"/{kind}/{key}" for key in keys for kind in ("tinjau", "artikel", "cerita"))):
            page.goto(address + path)
            assert page.locator("main").count() == 1
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
            assert page.locator("main script, main img").count() == 0
        page.goto(f"{address}/tinjau/{keys[0]}")
        page.keyboard.press("e")
        page.keyboard.press("t")
        page.keyboard.type("Lapas Kelas I Cirandu")
        after(page, keys[0], "Enter")
    assert {row["field"] for row in rows_of(data) if row["key"] == keys[0]} >= {"tone", "unit_primary"}


def test_without_script_everything_can_be_done_with_the_buttons(data: Path, chromium: Any) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    with serving(data) as address:
        page.goto(f"{address}/tinjau")
        page.fill("#nama", "Sari")
        page.click("main button[type=submit]")
        key = key_of(page)
        page.check("input[name=tone][value=neutral]", force=True)
        page.click("#simpan")
        assert key_of(page) != key
        assert "Tersimpan" in page.locator(".note").inner_text()
        page.click(".below form[action$=urungkan] button")
        assert key_of(page) == key
    context.close()


# Contrast of every visible text by WCAG 2.2, 1.4.3: at least 4.5 to 1, whatever its size.
LUMINANCE = """() => {
  const linear = (one) => (one / 255 <= .03928 ? one / 255 / 12.92 : ((one / 255 + .055) / 1.055) ** 2.4);
  const light = (text) => {
    const [r, g, b, alpha = 1] = text.match(/[\\d.]+/g).map(Number);
    return [0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b), alpha];
  };
  const faint = [];
  for (const node of document.querySelectorAll("main *, header *, footer *")) {
    const own = [...node.childNodes].some((one) => one.nodeType === 3 && one.textContent.trim());
    if (!own || !node.checkVisibility() || node.closest(".unseen, :disabled, svg")) continue;
    let behind = node;
    while (behind && light(getComputedStyle(behind).backgroundColor)[1] === 0) behind = behind.parentElement;
    const [front] = light(getComputedStyle(node).color);
    const [back] = light(getComputedStyle(behind ?? document.body).backgroundColor);
    const ratio = (Math.max(front, back) + .05) / (Math.min(front, back) + .05);
    if (ratio < 4.5) faint.push(`${node.tagName}.${node.className} ${ratio.toFixed(2)} ${node.textContent.trim().slice(0, 30)}`);
  }
  return faint;
}"""
NAMELESS = """() => [...document.querySelectorAll("a, button, input:not([type=hidden]), select, summary")]
  .filter((one) => one.checkVisibility())
  .filter((one) => !(one.textContent.trim() || one.labels?.length || one.getAttribute("aria-label")))
  .map((one) => one.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize(("width", "scheme"), WIDTHS)
def test_pages_fit_are_readable_and_named_at_every_width(
    data: Path, page_of: Callable[..., Any], width: int, scheme: str
) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    with serving(data, "browse") as address:
        page = page_of(width, scheme)
        page.goto(f"{address}/masuk")
        page.screenshot(path=SHOTS / f"masuk-{width}.png")
        enter(page, address, "Sari")
        key = key_of(page)
        page.goto(f"{address}/?pekan=2026-W47")
        story = page.locator(".stories").nth(1).locator("a").first.get_attribute("href")
        seen = {"pekan": "/?pekan=2026-W47", "cerita": story, "artikel": f"/artikel/{key}", "tinjau": f"/tinjau/{key}"}
        for name, path in {**seen, **{one: f"/{one}" for one in ("sumber", "buta", "kesepakatan", "riwayat")}}.items():
            page.goto(address + path)
            page.screenshot(path=SHOTS / f"{name}-{width}.png", full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
            assert page.evaluate(LUMINANCE) == [], name
            assert page.evaluate(NAMELESS) == [], name
            assert page.locator("h1").count() == 1, name
            ids = page.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id)")
            assert len(ids) == len(set(ids)), name


def test_the_token_opens_the_pages(data: Path, page_of: Callable[..., Any]) -> None:
    token = "kunci-yang-cukup-panjang-1234"
    with serving(data, PANTAU_APP_TOKEN=token) as address:
        page = page_of()
        page.goto(f"{address}/riwayat")
        assert page.url.endswith("/masuk")
        page.fill("#nama", "Sari")
        page.fill("#kunci", token)
        page.keyboard.press("Enter")
        page.wait_for_url("**/tinjau/**")
        assert token not in page.content()
