"""One article's documents: the whole-text form where its outlet has one, else the page and its further parts."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date

from pipeline.extract.outlets import Outlets
from pipeline.fetch.client import Client, Failure, Payload
from pipeline.fetch.robots import Robots
from pipeline.records import Reason
from pipeline.urls import first_part, is_list_page, part_links

log = logging.getLogger("pantau.fetch")

_ACCEPT = "text/html, application/xhtml+xml;q=0.9"
_KINDS = ("text/html", "application/xhtml+xml")
# What speaks against the whole-text form alone, not against the site: the plain address is asked then.
_FORM_ONLY = (Reason.GONE, Reason.HTTP_STATUS, Reason.ROBOTS, Reason.TOO_MANY_REDIRECTS, Reason.NOT_HTML)


@dataclass(frozen=True, slots=True)
class Web:
    """What pages are asked with; safe to use from many threads."""

    client: Client
    robots: Robots
    outlets: Outlets
    max_parts: int


@dataclass(frozen=True, slots=True)
class Documents:
    """The bytes of an article, part by part. ``missing``: why the next further part could not be had; None when all are there."""

    url: str  # the plain address that stands for all of them
    final_url: str
    content_type: str
    bodies: tuple[bytes, ...]
    missing: Failure | None = None


def fetch_documents(url: str, web: Web, day: date) -> Documents | Failure:
    """The article at ``url`` (any of its parts) with all its parts, or why the first one could not be had.

    ``day``: today, by which the outlet's overlay is chosen.
    """
    outlet = web.outlets.of(url)
    plain = first_part(url)
    if whole := web.outlets.whole_text_url(plain, day):
        answer = _get(whole, web)
        if isinstance(answer, Payload):
            return Documents(plain, answer.final_url, answer.content_type, (answer.body,))
        if answer.reason not in _FORM_ONLY:
            return answer
    answer = _get(plain, web)
    if isinstance(answer, Failure):
        return answer
    if (outlet and outlet.paging.in_one_document and outlet.paging.holds(day)) or is_list_page(answer.final_url):
        return Documents(plain, answer.final_url, answer.content_type, (answer.body,))
    bodies = [answer.body]
    for link in part_links(answer.body, answer.final_url, web.max_parts):
        part = _get(link, web)
        if isinstance(part, Failure):
            log.warning("part of an article not fetched", extra={"url": link, "reason": part.reason.value})
            return Documents(plain, answer.final_url, answer.content_type, tuple(bodies), part)
        bodies.append(part.body)
    return Documents(plain, answer.final_url, answer.content_type, tuple(bodies))


def _get(url: str, web: Web) -> Payload | Failure:
    return web.client.get(url, accept=_ACCEPT, kinds=_KINDS, may=web.robots.refusal)
