"""The publication instant of a page, chosen from named candidates in a stated order, with provenance. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pipeline.dates import Parsed, parse_any, parse_worded
from pipeline.extract.head import Head
from pipeline.records import DateCandidate, Dated, Page

# Order of trust and its number: an ordinal preference, not a measured probability. The feed comes first because real
# pages have carried wrong structured dates while their feed was right; a date without a clock counts 0.1 less.
CONFIDENCE = {"feed": 0.95, "json-ld": 0.9, "meta": 0.9, "time-tag": 0.8, "visible": 0.7, "state": 0.6, "url": 0.5}
DISAGREEMENT = timedelta(days=2)  # a feed and a page may differ by a day (edits, zones); more is a fault of one of them
FUTURE = timedelta(days=1)  # clocks and zones of small sites are off by hours, not by days
SAME_CLOCK = timedelta(minutes=2)  # seconds are cut in the visible line
_URL_DATE = re.compile(r"/(20\d{2})([/-]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?:[/_-]|$)")
# CNN Indonesia and its kin write the instant into the address: /nasional/20261118091502-12-…
_URL_INSTANT = re.compile(r"/(20\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([01]\d|2[0-3])([0-5]\d)([0-5]\d)-\d")
_CLOCK_ONLY = re.compile(
    r"\W*(?:pukul|jam|pk\.?)?\s*(?:[01]?\d|2[0-3])[.:][0-5]\d(?:[.:][0-5]\d)?\s*(?:WIB|WITA|WIT)?\W*", re.IGNORECASE
)
_INDONESIAN = ("wib", "wita", "wit")


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
            ("state", head.state_dates, parse_any),
            ("visible", () if head.visible_dates else head.updated_dates, parse_worded),
        ):
            for raw in raws:
                if (parsed := parse(raw, zone)) is not None:
                    yield method, raw, parsed
                    break
    if match := _URL_INSTANT.search(page.url):
        raw = "{}-{}-{}T{}:{}:{}".format(*match.groups())
    elif match := _URL_DATE.search(page.url):
        raw = "-".join(match.group(1, 3, 4))
    else:
        return
    if (parsed := parse_any(raw, zone)) is not None:
        yield "url", raw, parsed


def with_clock(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Visible lines, where a day and its clock time stand in two of them first as one: "Rabu, 12 Nopember 2025 09.14 WIB"."""
    clock = next((line for line in lines if _CLOCK_ONLY.fullmatch(line)), "")
    dates = [(line, parsed) for line in lines if (parsed := parse_worded(line)) is not None] if clock else []
    if not dates or any(parsed.timed for _, parsed in dates):
        return lines
    return (f"{dates[0][0]} {clock}", *lines)


def _is_bare_new_year(value: datetime) -> bool:
    """1 January 00:00, the mark of a default or of a copyright year."""
    return (value.month, value.day, value.hour, value.minute) == (1, 1, 0, 0)


def _is_sound(candidate: DateCandidate, fetched_at: datetime) -> bool:
    return candidate.value <= fetched_at + FUTURE and not _is_bare_new_year(candidate.value)


def _refined(chosen: DateCandidate, found: list[DateCandidate]) -> DateCandidate:
    """``chosen`` with what only another candidate tells: the clock time, or the zone that its own clock is really in.

    A date without a clock takes the first one of the same local day that has one. A visible line that names WIB, WITA or WIT and
    shows the very clock of ``chosen`` wins over another offset there: what readers see was checked by an editor, while a "Z" or
    "+00:00" on a local clock is a common fault of publishing systems.
    """
    # Midnight sharp is how systems write a day.
    if not chosen.timed or (chosen.value.hour, chosen.value.minute, chosen.value.second) == (0, 0, 0):
        day = chosen.value.date()
        timed = next(
            (one for one in found if one.timed and one is not chosen and one.value.astimezone(chosen.value.tzinfo).date() == day),
            None,
        )
        timed = timed or next((one for one in found if one.timed and one.value.date() == day), None)
        chosen = timed or chosen
    for one in found:
        if one.method != "visible" or one.zone.lower() not in _INDONESIAN or not one.timed:
            continue
        apart = abs(one.value.replace(tzinfo=None) - chosen.value.replace(tzinfo=None))
        if chosen.timed and apart <= SAME_CLOCK and one.value.utcoffset() != chosen.value.utcoffset():
            return replace(chosen, value=chosen.value.replace(tzinfo=one.value.tzinfo), zone=one.zone)
    return chosen


def date_page(page: Page, head: Head | None, zone_name: str = "") -> Dated:
    """The page's instant: the first sound candidate in the order of ``CONFIDENCE``; ``suspect`` when candidates disagree.

    Not sound are a bare 1 January and the future; they are chosen only where nothing else dates the page. A time without a
    zone is taken in ``zone_name`` (default: the source's zone) and marked ``assumed:``. No candidate gives status ``unknown``:
    the article is then dated by its first sight and counted apart.
    """
    zone = ZoneInfo(zone_name or page.zone)
    found = [
        DateCandidate(
            value=parsed.value,
            raw=raw[:100],
            method=method,
            zone=parsed.zone or f"assumed:{zone.key}",
            confidence=round(CONFIDENCE[method] - (0 if parsed.timed else 0.1), 2),
            timed=parsed.timed,
        )
        for method, raw, parsed in _candidates(page, head, zone)
    ]
    if not found:
        return Dated(None)
    sound = [one for one in found if _is_sound(one, page.fetched_at)]
    chosen = _refined((sound or found)[0], sound)
    disagree = any(abs(other.value - chosen.value) > DISAGREEMENT for other in found)
    return Dated(
        value=chosen.value,
        raw=chosen.raw,
        method=chosen.method,
        zone=chosen.zone,
        confidence=chosen.confidence,
        status="suspect" if disagree or not sound else "ok",
        candidates=tuple(found),
    )
