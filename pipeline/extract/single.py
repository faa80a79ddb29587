"""One saved page by hand: bytes and an address in, the article or the rejection as plain values out. Pure."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from pipeline.records import Article, Page, PublisherType, Rejection
from pipeline.urls import article_key, domain_of


def page_of_file(body: bytes, url: str, now: datetime) -> Page:
    """A page as if ``url`` had just been fetched, without anything that a feed would have told."""
    return Page(
        key=article_key(url),
        url=url,
        final_url=url,
        source_id="",
        outlet=domain_of(url),
        tier="",
        publisher_type=PublisherType.UNKNOWN,
        licence="unknown",
        zone="Asia/Jakarta",
        feed_title="",
        feed_summary="",
        feed_published=None,
        feed_published_raw="",
        content_type="",
        bodies=(body,),
        parts_missing=0,
        fetched_at=now,
    )


def describe(outcome: Article | Rejection) -> dict[str, Any]:
    """An article or rejection as JSON values; ``outcome`` says which."""
    if isinstance(outcome, Rejection):
        return {
            "outcome": "rejected",
            "reason": outcome.reason.value,
            "detail": outcome.detail,
            "key": outcome.key,
            "url": outcome.url,
        }
    dated = asdict(outcome.dated)
    for one in (dated, *dated["candidates"]):
        one["value"] = one["value"].isoformat() if one["value"] else None
    dated["candidates"] = list(dated["candidates"])
    return {
        "outcome": "article",
        "key": outcome.key,
        "url": outcome.url,
        "canonical_url": outcome.canonical_url,
        "title": outcome.title,
        "text": outcome.text,
        "language": outcome.language,
        "text_status": outcome.text_status,
        "published": dated,
        "dateline_place": outcome.dateline_place,
        "byline": outcome.byline,
        "release_signals": list(outcome.release_signals),
        "foreign_dateline": outcome.foreign_dateline,
        "removed": [asdict(item) for item in outcome.removed],
    }
