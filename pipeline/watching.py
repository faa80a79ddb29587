"""Watch over runs: gather the condition of a data folder, and tell Prometheus and the watchdog how a run ended."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pipeline.errors import PantauError
from pipeline.fetch.coverage import HISTORY, Verdict, expected, verdict
from pipeline.fetch.looking import Looking
from pipeline.fetch.schedule import Standing
from pipeline.jobs import Workplace
from pipeline.ledgers import ledger_of
from pipeline.operation.condition import WINDOWS, Closing, Condition, Run, SourceCondition, condition_of_source
from pipeline.operation.gauges import text_of
from pipeline.ping import ping
from pipeline.records import Source, Tally
from pipeline.store import quarantine

log = logging.getLogger("pantau.operation")

_KINDS = (
    *("pages", "articles", "articles_past", "articles_new", "rejections", "rejections_past", "rejections_new"),
    *("stories", "reports", "models", "labels"),
)


def condition_of(place: Workplace, *, whole: bool = True) -> Condition:
    """The condition of ``place``; the data folder must hold a ledger.

    ``whole``: also the account of every stored row and the corrections, which reads all parts; a run's end does without.
    """
    from pipeline import overview
    from pipeline.corrected import log_of, states_of
    from pipeline.store.parts import part_names

    now = place.now
    with Looking.read(ledger_of(place.data), now) as ledger:
        entries = ledger.counts()
        standings = ledger.standings()
        last_run = ledger.last_run()
        sources = _sources(place, ledger, standings)
        judged = set(part_names(place.data, "articles"))
        judged_at = [at for name, at in ledger.part_times().items() if name in judged]
        waiting = ledger.oldest_waiting()
        closings = tuple(
            Closing(name, until, reason) for name, (_, until, reason) in ledger.hosts().items() if until and until > now
        )
    corrections: dict[str, int] = {}
    if whole:
        entries = overview.account(place)
        if not entries["doubled"]:
            corrections = dict(states_of(log_of(place.data, place.config, place.units), place.data))
    disk, free = _disk(place.data)
    left_out = tuple(f"{note.part}: {note.error}" for note in quarantine.notes(place.data).values())
    return Condition(
        data=str(place.data),
        now=now,
        stale_hours=place.settings.operation.stale_hours,
        last_run=Run(*last_run) if last_run else None,
        newest_good_poll=max((one.last_ok for one in standings.values() if one.last_ok), default=None),
        newest_judged=max(judged_at, default=None),
        oldest_waiting=waiting,
        sources=sources,
        closings=closings,
        entries=entries,
        disk=disk,
        disk_free=free,
        corrections=corrections,
        left_out=left_out,
    )


def _sources(place: Workplace, ledger: Looking, standings: dict[str, Standing]) -> tuple[SourceCondition, ...]:
    now = place.now
    last = ledger.last_polls()
    past = ledger.days(now - HISTORY)
    shown = {days: ledger.shown(now - timedelta(days=days)) for days in WINDOWS}

    def judged(source: Source, days: int) -> Verdict | None:
        standing = standings.get(source.id)
        if standing is None or not source.polled:
            return None
        counts = {date.fromisoformat(day): count for day, count in past.get(source.id, {}).items()}
        seen = shown[days].get(source.id, 0)
        read = standing.last_ok
        if read is None or read <= now - timedelta(days=days):  # what it usually brought while it was read is missing now
            return Verdict("unwatched", seen, expected(counts, read or now, days), f"not read once in {days * 24} hours")
        return verdict(counts, seen, now, days)

    return tuple(
        condition_of_source(
            source, standings.get(source.id), last.get(source.id), (judged(source, WINDOWS[0]), judged(source, WINDOWS[1]))
        )
        for source in place.sources
    )


def _disk(data: Path) -> tuple[dict[str, int], int]:
    """Bytes of the folder's files by kind, and the free bytes of its disk."""
    sizes = dict.fromkeys((*_KINDS, "ledger", "other"), 0)
    for path in data.rglob("*"):
        try:
            size = path.stat().st_size if path.is_file() else 0
        except OSError:  # gone since it was listed: a run may be at work
            continue
        top = path.relative_to(data).parts[0]
        kind = top if top in _KINDS else "ledger" if top.startswith("ledger.") else "other"
        sizes[kind] += size
    return sizes, shutil.disk_usage(data).free


def failure_of(tally: Tally) -> str:
    """Why a run's exit code is 1, in one line; empty when all that was tried could be done."""
    get = tally.get
    if failed := get("judge.parts_failed") or get("parts_failed"):
        return f"{failed} part(s) could not be judged; the log says why, `pantau status` which of them are left out from now on"
    if get("faults"):
        return f"{get('faults')} fault(s) of our own; the log names them, please report them"
    answered = get("sources_ok") + get("sources_unchanged") + get("sources_not_due")
    if get("outage") or (get("sources_failed") and not answered):
        return "no source could be read; see this machine's network, then `pantau status`"
    return ""


@dataclass(slots=True)
class Watch:
    """What a run says of its end. ``code``: its exit code, ``told``: one line."""

    code: int = 0
    told: str = ""

    def ended(self, code: int, told: str) -> None:
        """Note the end."""
        self.code, self.told = code, told


@contextmanager
def watched(place: Workplace) -> Iterator[Watch]:
    """Around a run that holds the lock: a sign of life before it and after it, and the Prometheus file at its end.

    Nothing of this makes a run fail but a wrong setting, which raises ``ConfigError`` before it begins.
    """
    url = place.settings.operation.healthcheck()
    watch = Watch()
    if url:
        ping(url, "start")
    try:
        yield watch
    except BaseException as error:
        watch.ended(getattr(error, "exit_code", 1), _told(error))
        raise
    finally:
        _write_gauges(place, succeeded=watch.code == 0)
        if url:
            ping(url, "fail" if watch.code else "", watch.told)


def _told(error: BaseException) -> str:
    return str(error).splitlines()[0] if isinstance(error, PantauError) and str(error) else type(error).__name__


def _write_gauges(place: Workplace, *, succeeded: bool) -> None:
    from pipeline.store.parts import write_bytes

    file = place.settings.operation.prometheus_textfile
    if not file:
        return
    condition = None
    try:
        condition = condition_of(place, whole=False)
    except Exception as error:  # noqa: BLE001 - the run itself has ended; its outcome must not hang on this
        log.warning("condition not gathered", extra={"error": f"{type(error).__name__}: {error}"[:300]})
    try:
        write_bytes(Path(file), text_of(condition, succeeded=succeeded, finished=datetime.now(UTC)).encode())
    except OSError as error:
        log.warning("Prometheus file not written", extra={"file": file, "problem": error.strerror or type(error).__name__})
