"""Logging for the command line: one ``key=value`` line an event, on stderr. Logs carry addresses and keys, never text."""

from __future__ import annotations

import logging
import sys

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def _quoted(value: object) -> str:
    text = str(value)
    if text and not any(c in ' "=' or not c.isprintable() for c in text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in escaped) + '"'


class Logfmt(logging.Formatter):
    """``at=… level=… event=… key=value …``: readable by people, grep and log collectors alike."""

    def format(self, record: logging.LogRecord) -> str:
        """One record as one line; control characters escaped, so no address can forge a line."""
        pairs: dict[str, object] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "room": record.name,
            "event": record.getMessage(),
        }
        pairs.update({key: value for key, value in vars(record).items() if key not in _STANDARD})
        if record.exc_info:
            pairs["error"] = self.formatException(record.exc_info)
        return " ".join(f"{key}={_quoted(value)}" for key, value in pairs.items())


def set_up(verbosity: int, *, quiet: bool = False) -> None:
    """Send ``pantau.*`` to stderr: warnings always (errors only when ``quiet``), info from 1 ``-v``, debug from 2."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Logfmt())
    root = logging.getLogger("pantau")
    root.handlers[:] = [handler]
    lowest = logging.ERROR if quiet else logging.WARNING
    root.setLevel((lowest, logging.INFO, logging.DEBUG)[min(verbosity, 2)])
    root.propagate = False
    # Third parties' faults on single pages are counted as rejections already.
    for name in ("trafilatura", "htmldate", "courlan", "httpx2", "httpcore2", "charset_normalizer"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
