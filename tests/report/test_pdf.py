from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from pipeline.report.pdf import write_pdf

# What stands for a browser: a script that finds the file it is to write among its arguments, as Chromium does.
FIND = 'for word in "$@"; do case "$word" in --print-to-pdf=*) out="${word#--print-to-pdf=}";; esac; done\n'
WHOLE = FIND + 'printf "%s" "%PDF-1.7 x %%EOF" > "$out"\n'


@pytest.fixture
def page(tmp_path: Path) -> Path:
    html = tmp_path / "laporan" / "laporan.html"
    html.parent.mkdir()
    html.write_text("<!doctype html>", encoding="utf-8")
    return html


@pytest.fixture
def browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where ``chromium`` is looked for; nothing is there yet."""
    room = tmp_path / "bin"
    room.mkdir()
    monkeypatch.setenv("PATH", str(room))
    return room / "chromium"


def install(browser: Path, script: str) -> None:
    browser.write_text(f"#!/bin/sh\n{script}", encoding="utf-8")
    browser.chmod(0o755)


def names(page: Path) -> list[str]:
    return sorted(path.name for path in page.parent.iterdir())


def test_the_page_is_printed(page: Path, browser: Path) -> None:
    install(browser, WHOLE)
    assert write_pdf(page, page.with_suffix(".pdf")) == ""
    assert page.with_suffix(".pdf").read_bytes() == b"%PDF-1.7 x %%EOF"
    assert names(page) == ["laporan.html", "laporan.pdf"]


def test_the_browser_gets_our_file_no_network_and_no_secret(page: Path, browser: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_PASSWORD", "rahasia")
    seen = page.with_name("seen")
    install(browser, f'{WHOLE}printf "%s\\n" "$@" > {seen}\nenv >> {seen}\n')
    assert write_pdf(page, page.with_suffix(".pdf")) == ""
    told = seen.read_text(encoding="utf-8").splitlines()
    assert page.as_uri() in told
    assert "--host-resolver-rules=MAP * ~NOTFOUND" in told
    assert not any("rahasia" in line for line in told)
    assert ("--no-sandbox" in told) == (os.geteuid() == 0)


def test_without_a_browser_it_says_what_to_do(page: Path, browser: Path) -> None:
    told = write_pdf(page, page.with_suffix(".pdf"))
    assert "apt-get install chromium" in told
    assert names(page) == ["laporan.html"]


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("exit 0\n", "no whole PDF"),
        (WHOLE + "exit 3\n", "code 3"),
        (FIND + 'printf "%s" "%PDF-1.7 cut" > "$out"\n', "no whole PDF"),
        (FIND + 'printf "<html>" > "$out"\n', "no whole PDF"),
    ],
)
def test_what_is_no_whole_pdf_is_not_published(page: Path, browser: Path, script: str, reason: str) -> None:
    install(browser, script)
    page.with_suffix(".pdf").write_bytes(b"%PDF-1.7 of last week %%EOF")
    told = write_pdf(page, page.with_suffix(".pdf"))
    assert reason in told
    assert "print it to PDF" in told
    assert names(page) == ["laporan.html"], "an old PDF beside a newer page would tell of other figures"


def test_a_browser_that_does_not_start(page: Path, browser: Path) -> None:
    install(browser, "")
    browser.write_text("#!/nowhere/sh\n", encoding="utf-8")
    assert "does not start" in write_pdf(page, page.with_suffix(".pdf"))


def test_a_browser_that_hangs_is_ended_with_its_children(page: Path, browser: Path) -> None:
    child = page.with_name("child")
    install(browser, f"/bin/sleep 300 &\necho $! > {child}.new\n/bin/mv {child}.new {child}\nwait\n")
    told = write_pdf(page, page.with_suffix(".pdf"), seconds=1)
    assert "did not finish within 1 second" in told
    if child.exists():  # a busy machine may not even have come so far
        gone(int(child.read_text(encoding="utf-8")))


def gone(process: int) -> None:
    """Wait until the process has ended; one that init has not yet collected counts as ended."""
    for _ in range(200):
        try:
            if Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z":
                return
            os.kill(process, 0)
        except OSError:
            return
        time.sleep(0.05)
    raise AssertionError(f"process {process} still runs")


def test_a_page_that_is_not_there(tmp_path: Path) -> None:
    assert "there is no laporan.html" in write_pdf(tmp_path / "laporan.html", tmp_path / "laporan.pdf")
