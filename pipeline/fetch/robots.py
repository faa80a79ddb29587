"""robots.txt: may this address be fetched by us, and how slowly? Unknown means no, for now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from protego import Protego

from pipeline.fetch.client import Client, Failure
from pipeline.records import Reason, Retry

TOKEN = "PantauPas"  # noqa: S105 - the product token that robots.txt rules may name, not a secret


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """What a host answered for /robots.txt. ``text`` None: it could not be asked, so nothing may be fetched yet."""

    text: str | None


class Robots:
    """Answers for each address, asking each host once a run or less; ``load`` and ``save`` remember across runs."""

    def __init__(
        self,
        client: Client,
        load: Callable[[str], RobotsFile | None],
        save: Callable[[str, RobotsFile], None],
    ) -> None:
        self._client = client
        self._load = load
        self._save = save
        self._rules: dict[str, Protego | None] = {}

    def refusal(self, url: str) -> Failure | None:
        """Why ``url`` must not be fetched, or None when it may be. Takes over a Crawl-delay into the client's pacing."""
        rules = self._of_host(url)
        if rules is None:
            return Failure(Reason.ROBOTS, "robots.txt could not be read; asked again at the next run", Retry.TEMPORARY)
        if not rules.can_fetch(url, TOKEN):
            return Failure(Reason.ROBOTS, "robots.txt forbids this address", Retry.FINAL)
        return None

    def _of_host(self, url: str) -> Protego | None:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._rules:
            found = self._load(origin)
            if found is None:
                found = self._ask(origin)
                if found.text is not None:
                    self._save(origin, found)
            rules = None if found.text is None else Protego.parse(found.text)
            delay = rules.crawl_delay(TOKEN) if rules else None
            if delay:
                self._client.slow_down(parts.hostname or "", min(float(delay), 120.0))
            self._rules[origin] = rules
        return self._rules[origin]

    def _ask(self, origin: str) -> RobotsFile:
        answer = self._client.get(f"{origin}/robots.txt", accept="text/plain")
        if isinstance(answer, Failure):
            # RFC 9309: 4xx means no rules; server and network failures mean "do not fetch".
            no_rules = answer.reason in (Reason.GONE, Reason.HTTP_STATUS, Reason.REFUSED)
            return RobotsFile("" if no_rules else None)
        return RobotsFile(answer.body[:500_000].decode("utf-8-sig", "replace"))
