"""Entries, polls and failures as the tests of the ledger write them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from pipeline.fetch.ledger import Ledger
from pipeline.fetch.schedule import Polled, Standing
from pipeline.records import Announced, Entry, Reason, Rejection, Retry

NOW = datetime(2026, 11, 26, 3, tzinfo=UTC)


def entry(key: str, source: str = "kabar", published: datetime | None = None) -> Entry:
    return Entry(source, key, f"https://{source}.example/{key}", f"Judul {key}", "Ringkasan", published, "kemarin")


def failed(key: str, retry: Retry = Retry.FINAL, reason: Reason = Reason.GONE) -> Rejection:
    return Rejection(key, "fetch", reason, f"{reason.value} karena uji", retry=retry)


def poll(
    ledger: Ledger,
    source: str,
    entries: Iterable[Entry] = (),
    outcome: str = "ok",
    detail: str = "",
    state: str = "waiting",
    **standing: Any,
) -> tuple[int, int]:
    """One poll of a source as the flow writes it."""
    announced = (Announced(one, state, "off_topic" if state == "skipped" else "") for one in entries)
    return ledger.record_poll(Standing(source, **standing), Polled(outcome, detail), announced)


def seen(ledger: Ledger, *keys: str) -> None:
    poll(ledger, "kabar", [entry(key) for key in keys])
