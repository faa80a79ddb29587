"""The publication instant of a page, chosen from named candidates in a stated order, with provenance. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pipeline.dates import Parsed, parse_any, parse_worded
from pipeline.extract.head import Head
from pipeline.records import Dated, Page

# Order of trust and its number: an ordinal preference, not a measured probability. The feed comes first because real
# pages have carried wrong structured dates while their feed was right; a date without a clock counts 0.1 less.
CONFIDENCE = {"feed": 0.95, "json-ld": 0.9, "meta": 0.9, "time-tag": 0.8, "visible": 0.7, "url": 0.5}
DISAGREEMENT = timedelta(days=2)  # a feed and a page may differ by a day (edits, zones); more is a fault of one of them
FUTURE = timedelta(days=1)  # clocks and zones of small sites are off by hours, not by days
_URL_DATE = re.compile(r"/(20\d{2})/(0[1-9]|1[0-2])/(0[1-9]|[12]\d|3[01])(?:/|-|$)")


def _candidates(page: Page, head: Head | None, zone: ZoneInfo) -> Iterator[tuple[str, str, Parsed]]:
    if page.feed_published is not None:
        raw = page.feed_published_raw
        named = parse_any(raw, zone)
        yield "feed", raw, Parsed(page.feed_published, named.zone if named else "", named.timed if named else True)
    if head is not None:
        for method, raws, parse in (
            ("json-ld", head.json_ld_dates, parse_any),
            ("meta", head.meta_dates, parse_any),
            ("time-tag", head.time_tags, parse_any),
            ("visible", head.visible_dates, parse_worded),
        ):
            for raw in raws:
                if (parsed := parse(raw, zone)) is not None:
                    yield method, raw, parsed
                    break
    if match := _URL_DATE.search(page.url):
        raw = "-".join(match.groups())
        if (parsed := parse_any(raw, zone)) is not None:
            yield "url", raw, parsed


def _is_suspect(chosen: tuple[str, str, Parsed], others: list[tuple[str, str, Parsed]], fetched_at: datetime) -> bool:
    value = chosen[2].value
    if value > fetched_at + FUTURE:
        return True
    if (value.month, value.day, value.hour, value.minute) == (1, 1, 0, 0):
        return True  # the mark of a default or of a copyright year
    return any(abs(other.value - value) > DISAGREEMENT for _, _, other in others)


def date_page(page: Page, head: Head | None) -> Dated:
    """The page's instant: the first candidate in the order of ``CONFIDENCE``; ``suspect`` when candidates disagree.

    A time without a zone is taken in the source's zone and marked ``assumed:``. No candidate gives status ``unknown``:
    the article is then dated by its first sight and counted apart.
    """
    zone = ZoneInfo(page.zone)
    found = list(_candidates(page, head, zone))
    if not found:
        return Dated(None)
    method, raw, parsed = found[0]
    return Dated(
        value=parsed.value,
        raw=raw[:100],
        method=method,
        zone=parsed.zone or f"assumed:{page.zone}",
        confidence=round(CONFIDENCE[method] - (0 if parsed.timed else 0.1), 2),
        status="suspect" if _is_suspect(found[0], found[1:], page.fetched_at) else "ok",
    )
