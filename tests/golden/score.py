"""Compare what an extractor made of a golden page with its gold. Docs: tests/golden/make.py."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from pipeline.records import Article, Page, Rejection
from tests.golden.make import Golden

_FOLDED = str.maketrans("“”„‟«»‘’‚‛`´–—―‐‑", "\"\"\"\"\"\"''''''-----")  # fmt: skip
JAKARTA = timezone(timedelta(hours=7))


@dataclass(frozen=True, slots=True)
class Score:
    """One page's faults, by what they touch; empty where there is none."""

    name: str
    faults: dict[str, list[str]] = field(default_factory=dict)
    snippets: tuple[int, int] = (0, 0)  # found, asked

    def __str__(self) -> str:
        return "\n".join(f"  {what}: {line}" for what, lines in self.faults.items() for line in lines)


def plain(text: str) -> str:
    """Letters as a reader sees them: spaces, quotes and dashes are not told apart."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_FOLDED).replace("\u00ad", "").split())


def score(golden: Golden, found: Article | Rejection) -> Score:
    """The faults of ``found`` against the page's gold."""
    gold = golden.gold
    outcome = "article" if isinstance(found, Article) else found.reason.value
    asked = len(gold.must) if "article" in gold.outcome else 0
    if outcome not in gold.outcome:
        detail = found.detail if isinstance(found, Rejection) else f"an article: {found.title!r} {found.text[:200]!r}"
        return Score(golden.name, {"outcome": [f"expected {' or '.join(gold.outcome)}, found {outcome} ({detail})"]}, (0, asked))
    if not isinstance(found, Article):
        return Score(golden.name)
    text = plain(found.text)
    faults: dict[str, list[str]] = {
        "must": [f"missing: {snippet!r}" for snippet in gold.must if plain(snippet) not in text],
        "clutter": [
            f"left in: {snippet!r} … {_near(text, plain(snippet))!r}" for snippet in gold.must_not if plain(snippet) in text
        ],
        "counts": [
            f"stands {text.count(plain(snippet))} times, not {number}: {snippet!r}"
            for snippet, number in gold.counts.items()
            if text.count(plain(snippet)) != number
        ],
        "title": [] if plain(found.title) == plain(gold.title) else [f"expected {gold.title!r}, found {found.title!r}"],
        **_dated(golden, found),
        "text_status": _differs(gold.text_status, found.text_status),
        "fields": _fields(golden, found),
    }
    missing = len(faults["must"])
    return Score(golden.name, {what: lines for what, lines in faults.items() if lines}, (asked - missing, asked))


def _near(text: str, snippet: str) -> str:
    at = text.find(snippet)
    return text[max(0, at - 30) : at + len(snippet) + 30]


def _differs(expected: str, found: str) -> list[str]:
    return [] if expected == found else [f"expected {expected!r}, found {found!r}"]


def _dated(golden: Golden, found: Article) -> dict[str, list[str]]:
    gold, value = golden.gold, found.dated.value
    said = f"found {value.isoformat() if value else None} by {found.dated.method} from {found.dated.raw!r}"
    day: list[str] = []
    instant: list[str] = []
    expected = gold.published.date().isoformat() if gold.published else gold.day
    if expected:
        local = value.astimezone(gold.published.tzinfo if gold.published else JAKARTA).date().isoformat() if value else "none"
        day = [] if local == expected else [f"expected {expected}, {said}"]
    if gold.published and (value is None or abs(value - gold.published) >= timedelta(minutes=1)):
        instant = [f"expected {gold.published.isoformat()}, {said}"]
    if gold.status == "unknown" and value is not None:
        instant = [f"expected no date, {said}"]
    return {"day": day, "instant": instant, "date_status": _differs(gold.status, found.dated.status)}


def _fields(golden: Golden, found: Article) -> list[str]:
    gold = golden.gold
    lines = []
    if gold.dateline_place is not None:
        place = str(getattr(found, "dateline_place", "(no such field)"))
        if plain(place).casefold() != gold.dateline_place.casefold():
            lines.append(f"dateline_place: expected {gold.dateline_place!r}, found {place!r}")
    if gold.byline is not None:
        byline = str(getattr(found, "byline", "(no such field)"))
        if gold.byline.casefold() not in plain(byline).casefold():
            lines.append(f"byline: expected {gold.byline!r} in it, found {byline!r}")
    if gold.release is not None:
        signals = getattr(found, "release_signals", "(no such field)")
        if isinstance(signals, str) or bool(signals) != gold.release:
            lines.append(f"release_signals: expected {'some' if gold.release else 'none'}, found {signals!r}")
    if gold.foreign_dateline is not None:
        foreign = str(getattr(found, "foreign_dateline", "(no such field)"))
        right = gold.foreign_dateline.casefold() in plain(foreign).casefold() if gold.foreign_dateline else not foreign
        if not right:
            lines.append(f"foreign_dateline: expected {gold.foreign_dateline!r}, found {foreign!r}")
    if gold.canonical is not None and not re.sub("^https?://(www[.])?", "", found.canonical_url).startswith(gold.canonical):
        lines.append(f"canonical: expected {gold.canonical!r}, found {found.canonical_url!r}")
    return lines


def table(pages: Iterable[Golden], extractor: Callable[[Page], Article | Rejection]) -> dict[str, float]:
    """Shares of the pages in percent: right outcome, title, day, exact instant, no fault at all; snippets found; clutter left."""
    golden = list(pages)
    scores = [score(page, extractor(page.page)) for page in golden]
    articles = [(page, each) for page, each in zip(golden, scores, strict=True) if "article" in page.gold.outcome]

    def right(what: str, asked: Callable[[Golden], object] = lambda page: True) -> float:
        those = [each for page, each in articles if asked(page)]
        return 100 * sum(not ({"outcome", what} & set(each.faults)) for each in those) / len(those)

    return {
        "outcome": 100 * sum("outcome" not in each.faults for each in scores) / len(scores),
        "snippets": 100 * sum(each.snippets[0] for _, each in articles) / sum(each.snippets[1] for _, each in articles),
        "clutter": 100 * sum("clutter" in each.faults for _, each in articles) / len(articles),
        "title": right("title"),
        "day": right("day", lambda page: page.gold.published or page.gold.day),
        "instant": right("instant", lambda page: page.gold.published),
        "faultless": 100 * sum(not each.faults for each in scores) / len(scores),
    }


def instant_or_none(raw: str | None) -> datetime | None:
    """An ISO date or instant as an aware one, in Jakarta where it names no zone."""
    if not raw:
        return None
    value = datetime.fromisoformat(raw)
    return value if value.tzinfo else value.replace(tzinfo=JAKARTA)
