"""The edge to web hooks: one JSON body posted once, verified TLS, no redirect, patient with a server that asks for time."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipeline.channels import LOOPBACK, Outcome

if TYPE_CHECKING:
    import httpx2

SECONDS = 15.0  # for one answer, whatever the server drips
TRIES = 4
LONGEST_WAIT = 60.0  # a server that asks for more is asked again by the next run
_AGAIN = (429, 500, 502, 503, 504)

Pause = Callable[[float], None]


def post(
    url: str,
    token: str,
    body: bytes,
    *,
    seconds: float = SECONDS,
    pause: Pause = time.sleep,
    tls: ssl.SSLContext | None = None,
) -> Outcome:
    """Post ``body`` as JSON; the outcome never names the address, whose path may be a secret.

    Tried again, at most ``TRIES`` times, where the server has surely not taken it: no connection, 429, 5xx. Waits as long as
    Retry-After says, else 1, 2, 4 seconds. An answer that never comes is ``unclear`` and not tried again here.
    """
    problem = ""
    for number in range(TRIES):
        told: list[Outcome | tuple[str, float | None]] = []
        work = threading.Thread(target=lambda told=told: told.append(_once(url, token, body, seconds, tls)), daemon=True)
        work.start()
        work.join(seconds + 1)
        if not told:
            return Outcome(f"no answer within {seconds:g} seconds", unclear=True)
        if isinstance(found := told[0], Outcome):
            return found
        problem, asked = found
        wait = 2.0**number if asked is None else asked
        if wait > LONGEST_WAIT:
            return Outcome(f"{problem}; asks to wait for {wait:.0f} seconds")
        if number + 1 < TRIES:
            pause(wait)
    return Outcome(f"{problem}, {TRIES} times")


def _once(url: str, token: str, body: bytes, seconds: float, tls: ssl.SSLContext | None) -> Outcome | tuple[str, float | None]:
    """An outcome, or (problem, seconds to wait) of what may be tried again."""
    import httpx2

    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "pantau"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    try:
        # A proxy of the environment is for the world outside, never for this machine.
        outside = urlsplit(url).hostname not in LOOPBACK
        trust = tls or ssl.create_default_context()
        with (
            httpx2.Client(verify=trust, timeout=seconds, follow_redirects=False, trust_env=outside) as client,
            client.stream("POST", url, content=body, headers=headers) as answer,
        ):
            return _read(answer)
    except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError) as error:
        return f"not reached ({type(error).__name__})", None
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
        return Outcome(f"no answer ({type(error).__name__})", unclear=isinstance(error, httpx2.TransportError))


def _read(answer: httpx2.Response) -> Outcome | tuple[str, float | None]:
    status = answer.status_code
    if status < 300:
        return Outcome()
    if status in _AGAIN:
        return f"HTTP {status}", _retry_after(answer.headers.get("Retry-After", ""))
    if status < 400:
        return Outcome(f"HTTP {status}: a redirect, which is not followed; write the final address")
    return Outcome(f"HTTP {status}: see the hook's address, token and template")


def _retry_after(value: str) -> float | None:
    """Seconds, from a number or a date; None where it says nothing usable."""
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        until = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError):
        return None
    return max(0.0, (until.astimezone(UTC) - datetime.now(UTC)).total_seconds())
