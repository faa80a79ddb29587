"""robots.txt: may this address be fetched by us, and how slowly? Unknown means no, for now."""

from __future__ import annotations

import codecs
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from protego import Protego

from pipeline.fetch.client import Client, Failure
from pipeline.records import Reason, Retry

TOKEN = "PantauPas"  # noqa: S105 - the product token that robots.txt rules may name, not a secret
_MOST = 512_000  # bytes that count (RFC 9309, 2.5: at least 500 KiB)
# RFC 9309, 2.3.1.3: a 4xx means that there are no rules, 401 and 403 too: stores of files answer 403 for every file that they
# do not have. A site that means no says so to the page itself, and two such answers close it. 429 is not among them: it says
# "not now", as 5xx, a challenge, a broken transfer and every failure of the network do (2.3.1.4).
_NO_RULES = (Reason.GONE, Reason.REFUSED, Reason.PAYWALL, Reason.HTTP_STATUS)


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """What a host answered for /robots.txt. ``text`` None: it could not be asked, so nothing may be fetched yet."""

    text: str | None


@dataclass(slots=True)
class _Origin:
    """What is known of one origin; the lock lets one thread ask while the others wait for its answer."""

    asking: threading.Lock = field(default_factory=threading.Lock)
    known: bool = False
    rules: Protego | None = None
    failure: Failure | None = None


class Robots:
    """Answers for each address, asking each origin once a run or less. Thread-safe.

    ``load`` and ``save`` remember across runs. They are called by the thread that asks, one at a time for each origin; where
    the memory belongs to another thread, give a dictionary's ``get``, leave ``save`` out and drain ``fresh``.
    """

    def __init__(
        self,
        client: Client,
        load: Callable[[str], RobotsFile | None],
        save: Callable[[str, RobotsFile], None] | None = None,
    ) -> None:
        self._client = client
        self._load = load
        self._save = save
        self._origins: dict[str, _Origin] = {}
        self._fresh: dict[str, RobotsFile] = {}
        self._lock = threading.Lock()

    def refusal(self, url: str) -> Failure | None:
        """Why ``url`` must not be fetched, or None when it may be. Takes over a Crawl-delay into the client's pacing."""
        try:
            parts = urlsplit(url)
            origin = f"{parts.scheme}://{parts.netloc.lower()}"
        except ValueError:
            return Failure(Reason.BAD_URL, f"not an address that may be fetched: {url[:200]}", Retry.FINAL)
        with self._lock:
            place = self._origins.setdefault(origin, _Origin())
        with place.asking:
            if not place.known:
                self._learn(origin, parts.hostname or "", place)
        if place.rules is None:
            return place.failure
        if not place.rules.can_fetch(url, TOKEN):
            return Failure(Reason.ROBOTS, "robots.txt forbids this address", Retry.FINAL)
        return None

    def fresh(self) -> dict[str, RobotsFile]:
        """What was asked of the network since the last call, by origin: to be remembered."""
        with self._lock:
            found, self._fresh = self._fresh, {}
        return found

    def _learn(self, origin: str, host: str, place: _Origin) -> None:
        file = self._load(origin) or self._ask(origin, place)
        if file.text is None:
            return
        place.known, place.failure, place.rules = True, None, Protego.parse(file.text)
        delay = place.rules.crawl_delay(TOKEN)
        if delay:
            self._client.pace.slow_down(host, float(delay))

    def _ask(self, origin: str, place: _Origin) -> RobotsFile:
        answer = self._client.get(f"{origin}/robots.txt", accept="text/plain", cut=_MOST)
        if isinstance(answer, Failure):
            if answer.reason in _NO_RULES:
                return self._remember(origin, RobotsFile(""))
            # A host that is left alone was not asked, so its answer is still open; every other one stands for this run.
            place.known = answer.reason is not Reason.HOST_CLOSED
            told = f"robots.txt could not be read ({answer.detail}); asked again at the next run"
            # Where nothing answered at all, that is what happened; what robots.txt says is another matter.
            silent = answer.reason in (Reason.UNREACHABLE, Reason.TIMEOUT)
            kept = Failure(answer.reason if silent else Reason.ROBOTS, told, Retry.TEMPORARY)
            place.failure = answer if answer.reason is Reason.HOST_CLOSED else kept
            return RobotsFile(None)
        return self._remember(origin, RobotsFile(_text(answer.body)))

    def _remember(self, origin: str, file: RobotsFile) -> RobotsFile:
        if self._save is not None:
            self._save(origin, file)
        with self._lock:
            self._fresh[origin] = file
        return file


def _text(body: bytes) -> str:
    """A robots.txt as text: UTF-8, or UTF-16 where its first bytes say so; what fits neither becomes a replacement sign."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16", "replace")
    return body.decode("utf-8-sig", "replace")
