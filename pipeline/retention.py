"""``pantau expire`` and ``pantau forget``: what is taken out again, after its time or on request. Lines for a person.

Both take the tombstones and the parts as they are, so that a run that was killed is finished by the next one.
"""

from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import jobs
from pipeline.errors import ConfigError
from pipeline.ledgers import ledger_of

if TYPE_CHECKING:
    from pipeline.jobs import Workplace

_KEY = re.compile(r"[0-9a-f]{16}")
_KINDS = ("pages", "articles", "rejections", "stories")


@dataclass(slots=True)
class Expired:
    """What an expiry found: parts and pages without bodies now, what it left alone, and why."""

    parts: int = 0
    pages: int = 0
    freed: int = 0
    done_before: int = 0
    young: int = 0
    not_judged: int = 0
    entries: int = 0
    skipped: int = 0
    leftovers: int = 0


def expire(place: Workplace, days: int, *, dry: bool = False) -> Expired:
    """Take the bodies out of pages parts whose youngest page is more than ``days`` old, and the feeds' words out of the ledger,
    which lets go of the skipped entries that no list has shown for ``ledger.skipped_days``.

    Parts that were not judged yet are kept and counted: their articles would be lost. The caller holds the lock.
    """
    from pipeline.fetch.ledger import Ledger
    from pipeline.store.parts import part_names, part_path
    from pipeline.store.rewriting import expire_bodies, expired_at, leftovers, newest_fetch

    found, limit = Expired(), place.now - timedelta(days=days)
    judged = set(part_names(place.data, "articles"))
    for name in part_names(place.data, "pages"):
        path = part_path(place.data, "pages", name)
        newest = newest_fetch(path)
        if expired_at(path):
            found.done_before += 1
        elif newest is None or newest >= limit:
            found.young += 1
        elif name not in judged:
            found.not_judged += 1
        else:
            pages, size = expire_bodies(path, place.now, dry=dry)
            found.parts, found.pages, found.freed = found.parts + 1, found.pages + pages, found.freed + size
    for path in list(leftovers(place.data)):
        found.leftovers += 1
        if not dry:
            path.unlink(missing_ok=True)
    with Ledger(ledger_of(place.data), place.now) as ledger:
        found.skipped = ledger.let_go(place.now - timedelta(days=place.settings.ledger.skipped_days), dry=dry)
        found.entries = ledger.blank_words(limit, dry=dry)
        if not dry:
            ledger.record_run(
                "expire", {"parts": found.parts, "pages": found.pages, "entries": found.entries, "skipped": found.skipped}
            )
    return found


def expire_lines(place: Workplace, arguments: Namespace) -> Iterator[str]:
    """What ``pantau expire`` prints. Raises ``ConfigError`` for wrong use."""
    days = place.settings.privacy.retention_days if arguments.days is None else arguments.days
    if not 0 <= days <= 36_500:
        raise ConfigError(f"--days: {days} is not a number of days, 0 to 36500")
    with jobs.alone(place):
        found = expire(place, days, dry=arguments.dry_run)
    would = "would lose" if arguments.dry_run else "lost"
    yield f"pages     {found.pages} in {found.parts} part(s) {would} their bodies ({found.freed:,} bytes): older than {days} days"
    yield f"kept      {found.young} younger part(s); {found.done_before} part(s) had expired before"
    if found.not_judged:
        yield f"          {found.not_judged} older part(s) are not judged yet: run `pantau judge`, then expire again"
    yield f"ledger    {found.entries} settled {'entry' if found.entries == 1 else 'entries'} {would} title and summary"
    if found.skipped:
        gone = "would only stay counted" if arguments.dry_run else "only stay counted from now on"
        named = "entry" if found.skipped == 1 else "entries"
        yield f"          {found.skipped} skipped {named}, in no list for {place.settings.ledger.skipped_days} days, {gone}"
    if found.leftovers:
        yield f"leftovers {found.leftovers} unfinished file(s) of killed runs {'would be ' if arguments.dry_run else ''}removed"


@dataclass(slots=True)
class Wanted:
    """What a request to forget means: the article, its copies, and every key under which either is known."""

    key: str
    copies: list[str] = field(default_factory=list)
    texts: set[str] = field(default_factory=set)
    lines: list[str] = field(default_factory=list)
    held: bool = False


def wanted_of(place: Workplace, article: str) -> Wanted:
    """The article that is meant and all that print its text. Raises ``ConfigError`` for what is neither key nor address."""
    from pipeline.fetch.ledger import Ledger
    from pipeline.store import dataset

    key = _key_of(article)
    with Ledger.read(ledger_of(place.data), place.now) as ledger:
        into = next((str(row[2]) for row in ledger.rejected() if row[0] == key and row[1] == "same_article"), "")
        known = bool(ledger.state(key))
    wanted = Wanted(into or key, held=known)
    frame = dataset.articles(place.data)
    own = frame[frame["key"] == wanted.key]
    if own.empty:
        return wanted
    row = own.iloc[0]
    alike = frame[(frame["story_id"] == row["story_id"]) | ((frame["text_sha256"] == row["text_sha256"]) & (frame["words"] > 0))]
    others = alike[alike["key"] != wanted.key]
    wanted.held, wanted.copies = True, others["key"].tolist()
    wanted.texts = set(alike["text_sha256"])
    records: Sequence[Mapping[Any, Any]] = [row.to_dict(), *others.to_dict("records")]
    wanted.lines = [f"{one['key']}  {one['dated_at']:%Y-%m-%d}  {one['outlet']}  {one['url']}" for one in records]
    return wanted


def _key_of(article: str) -> str:
    from pipeline.extract.privacy import named_key
    from pipeline.urls import article_key, is_fetchable

    named = article.strip()
    if _KEY.fullmatch(named.lower()):
        return named.lower()
    url = named if "://" in named else f"https://{named}"
    if "." in named and is_fetchable(url):
        return named_key(url) or article_key(url)
    raise ConfigError(f"{article!r} is neither a whole key (16 digits and letters a to f) nor an address")


def forget(place: Workplace, keys: set[str], texts: set[str]) -> dict[str, int]:
    """Set tombstones, then take out every row that bears one; returns counts by table. The caller holds the lock.

    The tombstones come first: whatever interrupts the rest, the next ``forget`` finishes it, and nothing is fetched again.
    """
    from pipeline.fetch.ledger import Ledger
    from pipeline.store.index import sweep
    from pipeline.store.parts import sync_folder
    from pipeline.store.rewriting import drop_rows, leftovers, parts_of
    from pipeline.store.tombstones import add_tombstones, load_tombstones

    with Ledger(ledger_of(place.data), place.now) as ledger:
        keys = keys | ledger.twins(keys)
    counts = {"tombstones": add_tombstones(place.data, keys, texts, place.now)}
    sync_folder(place.data)
    gone = load_tombstones(place.data).address
    for path in list(leftovers(place.data)):
        path.unlink(missing_ok=True)
    for kind in _KINDS:
        counts[kind] = sum(drop_rows(path, gone) for path in parts_of(place.data, kind))
    sweep(place.data)
    with Ledger(ledger_of(place.data), place.now) as ledger:
        counts["ledger"] = ledger.erase(keys)
    counts["learnt"] = _unlearn(place.data, gone)
    drafts = list((place.data / "outbox").glob("*.eml"))  # they quote titles, and are only drafts
    for path in drafts:
        path.unlink(missing_ok=True)
    counts["drafts"] = len(drafts)
    jobs.group(place)
    return counts


def _unlearn(data: Path, gone: Callable[[str], bool]) -> int:
    """Take forgotten articles out of what ``pantau train`` wrote down to learn from; returns how many there were."""
    from pipeline.store.parts import write_bytes
    from pipeline.training import candidate_snapshot, snapshot_in_use, snapshot_lines

    count = 0
    for path in (snapshot_in_use(data), candidate_snapshot(data)):
        lines = snapshot_lines(path)
        kept = [f"{line}\n" for key, _, line in lines if not gone(key)]
        if len(kept) < len(lines):
            write_bytes(path, "".join(kept).encode("utf-8", "replace"))
        count = max(count, len(lines) - len(kept))
    return count


def _reports_naming(data: Path, keys: set[str]) -> list[str]:
    """The folders of written reports that name one of these articles."""
    wanted = [key.encode() for key in keys]
    files = sorted((data / "reports").glob("*/*"))
    return sorted({path.parent.name for path in files if path.is_file() and any(key in path.read_bytes() for key in wanted)})


def forget_lines(place: Workplace, arguments: Namespace) -> Iterator[str]:
    """What ``pantau forget`` prints. Raises ``ConfigError`` for wrong use, and where copies exist that nobody has decided on."""
    from pipeline.reporting import renew
    from pipeline.store.tombstones import load_tombstones

    with jobs.alone(place):
        wanted = wanted_of(place, arguments.article)
        before = load_tombstones(place.data).address(wanted.key)
        yield from (f"article   {line}" if not number else f"copy      {line}" for number, line in enumerate(wanted.lines))
        if wanted.copies and not (arguments.copies or arguments.alone or arguments.dry_run):
            raise ConfigError(
                f"{len(wanted.copies)} copies of it are held; nothing was removed: say --copies to remove them too, or --alone"
            )
        if not wanted.held:
            yield (
                "forgotten before; what was left of it goes now"
                if before
                else ("not held here; from now on its address is not taken up")
            )
        if arguments.dry_run:
            yield "dry run   nothing was removed"
            return
        keys = {wanted.key, *(wanted.copies if arguments.copies else ())}
        # While a copy stays, its text cannot be banned: the copy would go at the next judging.
        counts = forget(place, keys, set() if arguments.alone and wanted.copies else wanted.texts)
        weeks = _reports_naming(place.data, keys)
        for name in weeks:
            renew(place, name)
    yield "removed   " + ", ".join(f"{name} {count}" for name, count in counts.items())
    if weeks:
        yield f"reports   written anew without it: {', '.join(weeks)}; tell whoever was sent the old files"
    if counts["learnt"]:
        yield "models    `pantau train` fits them anew without it"
    if named := _log_rows(place, keys):
        yield f"by hand   {named} row(s) of the corrections log name it; take them out where the log is kept"


def _log_rows(place: Workplace, keys: set[str]) -> int:
    from pipeline.corrected import log_of

    return sum(correction.key in keys for correction in log_of(place.data, place.config, place.units).rows)
