"""One article's judgement told to a person: each label with its probability, its sentences and the words that decided. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline.dates import JAKARTA
from pipeline.stories.corrections import text_of

QUOTES = ("«", "»")
BOLD = ("\x1b[1m", "\x1b[22m")
SHARES = ("positive", "neutral", "negative")
CLOSED = " · gate closed: no word of corrections or immigration in the article itself; no model was asked"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_END = r"(?=\W|(?:nya|lah|kah|pun)\b|$)"  # the endings that a word may carry and still be the cue (classify/matcher.py)

# What an operator can do about an article that was not judged, by reason (pipeline/records.py).
ADVICE = {
    "gone": "the page was taken off (410), or was not there at six tries of a day (404); nothing is to be done",
    "refused": "the site does not want to be read; ask the outlet, or take the story from another one",
    "rate_limited": "the site asked for fewer requests; raise the pause in settings.toml if this happens often",
    "server_error": "the site was broken at every try; it is not tried again",
    "unreachable": "the site could not be reached at any try; check its address in sources.csv",
    "timeout": "the site was too slow at every try; total_seconds in settings.toml allows it more time",
    "too_large": "the page is larger than settings.toml allows",
    "not_html": "the address leads to a file, not to a page",
    "unsafe_address": "the address leads into a private network and is never fetched",
    "too_many_redirects": "the site sends readers in a circle; open the page in a browser and look",
    "robots": "the site's robots.txt forbids it; ask the outlet for leave",
    "bad_url": "the feed gave no usable address; tell the outlet",
    "challenge": "the site asks visitors to prove that they are human; ask the outlet to let this program in",
    "paywall": "the site sells this page; it is not got round",
    "corrupt": "the answer broke off or its packing is broken, at every try; open the page in a browser and look",
    "host_closed": "its host was being left alone; it is fetched when that time is over",
    "off_topic": "no word of the subject stands in its headline; `pages` = all in sources.csv fetches every page of the source",
    "unresolved": "a discovery service's own link, kept by its headline; look for the story at the outlet",
    "blocked": "its host copies or rewrites; config/blocked.csv says why",
    "http_status": "the site answered with an unusual status; open the page in a browser and look",
    "no_text": "no article text was found; save the page and try `pantau extract page.html --url ADDRESS`",
    "not_article": "a list or home page; no article is lost",
    "not_indonesian": "only Indonesian articles are judged",
    "forgotten": "it was removed on request, and stays away",
    "broken": "extraction failed on this page; save it and try `pantau extract page.html --url ADDRESS`",
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """One article's judgement with its evidence. ``str()`` prints it readably; ``row`` has every column.

    ``origin``: outlet and title of the article that this one is a copy of, "" for none.
    """

    row: dict[str, Any]
    origin: str = ""
    seen: tuple[str, ...] = ()  # which sources showed it, and when first and last

    def __str__(self) -> str:
        return self.told(QUOTES)

    def told(self, mark: tuple[str, str]) -> str:
        """The explanation as lines; the words that decided stand between the two ``mark`` strings."""
        row = as_plain(self.row)
        lines = [
            *_heading(row),
            _relevance(row),
            *_quotes(row["relevance_evidence"], mark),
            *_programmes(row, mark),
            *_tone(row, "tone", mark),
            *_tone(row, "title_tone", mark),
            *_incidents(row, mark),
            *_rest(row, self.origin),
            *(_field("shown by", source) for source in self.seen),
        ]
        return "\n".join(lines)

    def as_json(self) -> dict[str, Any]:
        """The same content as JSON values; the text itself is left out."""
        row = as_plain(self.row)
        row.pop("text", None)
        told = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
        return {**told, "story_origin": self.origin, "shown_by": list(self.seen)}


def as_plain(value: Any) -> Any:
    """``value`` without pandas and numpy: lists for arrays, datetimes for timestamps, None for what is missing."""
    if isinstance(value, Mapping):
        return {str(key): as_plain(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [as_plain(held) for held in value]
    if hasattr(value, "tolist"):
        return as_plain(value.tolist())
    if value is None or value != value:  # NaN and NaT differ from themselves
        return None
    return value.to_pydatetime() if hasattr(value, "to_pydatetime") else value


def advice(reason: str) -> str:
    """What to do about an article that was rejected for ``reason``; "" for one that is not known."""
    return ADVICE.get(reason, "")


def _heading(row: Mapping[str, Any]) -> Iterator[str]:
    published = row["published"]
    when = f"{published.astimezone(JAKARTA):%Y-%m-%d %H:%M} WIB" if published else "unknown"
    zone = f", {row['published_zone']}" if row.get("published_zone") else ""
    yield _line(row["title"])
    yield _line(f"{row['outlet']} ({row['tier']}, {row['publisher_type']}) · {row['url']}")
    yield _field("key", row["key"])
    if row.get("version"):
        yield _field("version", f"{row['version']}: the text was changed after it was first fetched; the newest one is judged")
    if row.get("withdrawn_at"):
        yield _field("withdrawn", f"the page was gone on {row['withdrawn_at'].astimezone(JAKARTA):%Y-%m-%d %H:%M} WIB")
    yield _field("published", f"{when} · {row['date_status']}, by {row['published_method']} {row['published_raw']!r}{zone}")


def _relevance(row: Mapping[str, Any]) -> str:
    told = f"{row['relevance']} ({row['relevance_probability']:.2f})"
    return _field("relevance", told + CLOSED if row.get("relevance_by") == "gate" else told)


def _programmes(row: Mapping[str, Any], mark: tuple[str, str]) -> Iterator[str]:
    if row["relevance"] == "irrelevant":
        return
    scores = row["programmes"] or []
    primary = next((score for score in scores if score["role"] == "primary"), None)
    named = f"{row['programme_primary']} {primary['code']}" if primary else row["programme_primary"] or "-"
    yield _field("programme", f"{named} ({_number(row['programme_probability'])}) · list {row['taxonomy'] or '-'}")
    yield from _quotes(primary["evidence"] if primary else row.get("programme_evidence"), mark)
    for score in scores:
        if score["role"] != "primary":
            yield f"  {score['role']:<9} {score['slug']} {score['code']} ({_number(score['probability'])})"
            yield from _quotes(score["evidence"], mark)


def _tone(row: Mapping[str, Any], name: str, mark: tuple[str, str]) -> Iterator[str]:
    if row.get(name) is None:
        return
    shares = ", ".join(f"{label} {_number(row[f'{name}_{label}'])}" for label in SHARES)
    judged = row[f"{name}_positive"] is not None
    yield _field(name.replace("_", " "), f"{row[name]} ({shares if judged else 'no model has judged it yet'})")
    yield from _quotes(row.get(f"{name}_evidence"), mark)


def _incidents(row: Mapping[str, Any], mark: tuple[str, str]) -> Iterator[str]:
    if row["relevance"] != "corrections":
        return
    yield _field("incidents", ", ".join(row["incidents"]) or "-")
    for incident in row.get("incidents_evidence") or []:
        if incident["code"] in row["incidents"]:
            yield f"  {incident['code']}"
            yield from _quotes(incident["evidence"], mark)


def _rest(row: Mapping[str, Any], origin: str) -> Iterator[str]:
    unknown = set(row["units_unknown"])
    units = (f"{unit} (not in the gazetteer)" if unit in unknown else unit for unit in row["units"])
    if row["relevance"] != "irrelevant":
        yield _field("units", f"{', '.join(units) or '-'} · kanwil {row['kanwil'] or '-'}")
    yield _field("source", row["source_type"] + (f", by {', '.join(row['release_signals'])}" if row["release_signals"] else ""))
    priority = f", priority {row['review_priority']:.2f}" if row.get("review_priority") is not None else ""
    yield _field("review", f"{', '.join(row['review_reasons']) if row['needs_review'] else 'not needed'}{priority}")
    size = f"{row['story_articles']} article(s) in {row['story_outlets']} outlet(s)"
    if row["story_role"] == "reprint":
        alike = f", {row['story_reason']} {row['story_similarity']:.2f}" if row.get("story_similarity") is not None else ""
        yield _field("story", f"reprint of {row['story_origin']}{f' ({origin})' if origin else ''}{alike}; {size}")
    else:
        yield _field("story", f"origin, {size}")
    if (row.get("event_stories") or 1) > 1:
        own = f"{row['event_newsrooms']} newsroom(s) of their own"
        held = f"{row['event_articles']} article(s), {row['event_stories']} text(s), {own}"
        why = f", by {row['event_reason']}" if row["event_role"] != "first" else ""
        yield _field("event", f"{row['event_role']} of {row['event_id']}{why}; {held}")
    yield from (_field("corrected", answer) for answer in _answers(row))
    yield from (_field("removed", f"[{item['rule']}] {item['line'][:90]}") for item in row["removed"])
    yield _field("recipe", row["recipe"])


def _answers(row: Mapping[str, Any]) -> Iterator[str]:
    """What persons have said of the article, beside what the model says."""
    corrections: Iterable[tuple[str, str, str]] = zip(
        *(row.get(name) or () for name in ("corrected_fields", "corrected_by", "corrected_from")), strict=True
    )
    for field, who, source in corrections:
        told, model = text_of(row[field]), text_of(row[f"{field}_model"])
        said = "so says the model" if told == model else f"the model says {model}"
        copied = "" if source == row["key"] else f", written for the copy {source}"
        yield f"{field} {told} by {who}{copied}; {said}"


def _quotes(spans: Any, mark: tuple[str, str]) -> Iterator[str]:
    for span in spans or ():
        yield f"    {span['field']} {span['start']}-{span['end']}: “{marked(span['quote'], span.get('words') or (), mark)}”"


def marked(quote: str, words: Iterable[str], mark: tuple[str, str]) -> str:
    """A quotation in one line with its deciding ``words`` between the two ``mark`` strings."""
    line, wanted = _line(quote), sorted({_line(word) for word in words} - {""}, key=len, reverse=True)
    if not wanted:
        return line
    expression = rf"(?<!\w)(?:{'|'.join(map(re.escape, wanted))}){_END}"
    return re.sub(expression, lambda found: f"{mark[0]}{found.group()}{mark[1]}", line)


def _line(text: str) -> str:
    """Foreign text as one line that cannot steer a terminal."""
    return _CONTROL.sub("", " ".join(text.split()))


def _field(name: str, text: str) -> str:
    return f"{name:<10} {_line(text)}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
