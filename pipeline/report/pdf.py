"""The edge that prints the page: laporan.html → laporan.pdf by a headless Chromium that may not reach any network.

The browser's own sandbox stays on, but for the user root, for whom Chromium starts only without it; then what remains is that the
page is our own file, whose policy forbids all script and every request, and that nothing beyond the machine answers. A PDF bears
the hour of its making, so it is no part of what a manifest promises byte for byte.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
SECONDS = 60  # a page takes two; a browser that hangs must not hold the weekly run
_OPTIONS = (
    "--headless=new",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-pdf-header-footer",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=http://127.0.0.1:9",  # nobody listens there
)


def write_pdf(html: Path, pdf: Path, *, seconds: float = SECONDS) -> str:
    """Print ``html`` to ``pdf``, all or nothing. "" when it was done, else why not and what to do; never raises for that.

    An old ``pdf`` is removed first: beside a newer page it would tell of other figures.
    """
    if not html.is_file():
        return f"there is no {html.name} to print; run `pantau report` first"
    pdf.unlink(missing_ok=True)
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if browser is None:
        return f"no Chromium is installed (apt-get install chromium); or open {html.name} in any browser and print it to PDF"
    with tempfile.TemporaryDirectory(prefix="pantau-pdf-", ignore_cleanup_errors=True) as room:
        made = Path(room) / "laporan.pdf"
        problem = _printed(browser, html, made, Path(room), seconds)
        if problem:
            return f"{problem}; open {html.name} in any browser and print it to PDF"
        hidden = pdf.with_name(f".{pdf.name}.new")
        shutil.copyfile(made, hidden)
        hidden.replace(pdf)
    return ""


def _printed(browser: str, html: Path, made: Path, room: Path, seconds: float) -> str:
    """Run the browser in a home of its own; "" when a whole PDF came of it."""
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    command = [
        browser,
        *_OPTIONS,
        *sandbox,
        f"--user-data-dir={room / 'profile'}",
        f"--print-to-pdf={made}",
        html.resolve().as_uri(),
    ]
    home = {"HOME": str(room), "PATH": os.defpath, "LANG": "C.UTF-8", "XDG_RUNTIME_DIR": str(room)}
    try:
        # The arguments are ours, no shell is asked; a group of its own, so that its children end with it.
        process = subprocess.Popen(  # noqa: S603
            command,
            env=home,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except OSError as error:
        return f"{Path(browser).name} does not start ({error.strerror})"
    try:
        code = process.wait(seconds)
    except subprocess.TimeoutExpired:
        return f"{Path(browser).name} did not finish within {seconds:g} seconds"
    finally:
        _end(process)
    content = made.read_bytes() if made.is_file() else b""
    if code != 0 or not content.startswith(b"%PDF-") or b"%%EOF" not in content[-64:]:
        return f"{Path(browser).name} ended with code {code} and no whole PDF"
    return ""


def _end(process: subprocess.Popen[bytes]) -> None:
    """The browser and whatever it has started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError, AttributeError):
        process.kill()
    process.wait()
