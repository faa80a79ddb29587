"""``manifest.json``: what a report was made of and what was written, so that anyone can check or rebuild it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime

MANIFEST = "manifest.json"
FORMAT_VERSION = 3  # of the tables: raise it when a column is renamed, moved or dropped


def manifest_bytes(manifest: Mapping[str, object], files: Mapping[str, bytes], rows: Mapping[str, int]) -> bytes:
    """The caller's manifest with ``format_version``, ``window_utc`` and, per file, its rows (without header) and sha256.

    Keys sorted, UTF-8, ends with a newline. ``window_utc`` is told from ``window_wib``, a pair of ISO instants.
    """
    whole = {
        **manifest,
        "format_version": FORMAT_VERSION,
        "files": {name: {"rows": rows[name], "sha256": hashlib.sha256(files[name]).hexdigest()} for name in files},
    }
    if isinstance(window := manifest.get("window_wib"), list | tuple):
        whole["window_utc"] = [datetime.fromisoformat(str(edge)).astimezone(UTC).isoformat() for edge in window]
    return (json.dumps(whole, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def listed_files(content: bytes | None) -> dict[str, str]:
    """File name → sha256 as a manifest lists them; empty for anything that is not a manifest of ours."""
    try:
        return {str(name): str(entry["sha256"]) for name, entry in json.loads(content or b"")["files"].items()}
    except (ValueError, LookupError, TypeError, AttributeError):
        return {}
