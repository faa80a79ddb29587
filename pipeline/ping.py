"""A sign of life to a watchdog such as healthchecks: started, ended well, failed. Never fails a run, never tells the address."""

from __future__ import annotations

import logging
import ssl
import threading
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, Request, build_opener

SECONDS = 10.0

log = logging.getLogger("pantau.operation")


class _NoRedirects(HTTPRedirectHandler):
    """The secret in the path goes to the host that was named and to no other."""

    def redirect_request(self, *_: object) -> None:
        return None


def ping(url: str, word: str = "", reason: str = "", *, tls: ssl.SSLContext | None = None, seconds: float = SECONDS) -> bool:
    """Send one sign of life; False, and a warning in the log, when it did not arrive within ``seconds`` in all.

    ``word``: "start", "fail" or "" for success, appended to ``url`` as a path. ``reason``: one line for the watchdog's log.
    """
    told: list[str] = []
    # In a thread of its own, since looking a name up and a slow drip know no time limit that holds.
    work = threading.Thread(target=lambda: told.append(_send(url, word, reason, tls, seconds)), daemon=True)
    work.start()
    work.join(seconds)
    problem = told[0] if told else f"no answer within {seconds:g} seconds"
    if problem:
        log.warning("watchdog not reached", extra={"host": _host(url), "sign": word or "success", "problem": problem})
    return not problem


def _send(url: str, word: str, reason: str, tls: ssl.SSLContext | None, seconds: float) -> str:
    """What went wrong, in words that hold nothing of the address; empty when nothing did."""
    try:
        parts = urlsplit(url)
        path = parts.path.rstrip("/") + (f"/{word}" if word else "")
        body = " ".join(reason.split())[:500].encode()
        request = Request(parts._replace(path=path).geturl(), data=body, method="POST", headers={"User-Agent": "pantau"})  # noqa: S310 - settings allow https, and http to this machine
        with build_opener(HTTPSHandler(context=tls), _NoRedirects()).open(request, timeout=seconds):
            return ""
    except HTTPError as error:
        error.close()
        return f"HTTP {error.code}"
    except Exception as error:  # noqa: BLE001 - a watchdog is no reason for a run to fail
        cause = error.reason if isinstance(error, URLError) else error
        return (isinstance(cause, OSError) and cause.strerror) or type(cause).__name__


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or "?"
    except ValueError:
        return "?"
