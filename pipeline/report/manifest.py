"""``manifest.json``: what a report was made of and what was written, so that anyone can check it or make it again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.errors import ConfigError

MANIFEST = "manifest.json"
FORMAT_VERSION = 4  # of the tables: raise it when a column is renamed, moved or dropped


def manifest_bytes(manifest: Mapping[str, object], files: Mapping[str, bytes], rows: Mapping[str, int]) -> bytes:
    """The caller's manifest with ``format_version``, ``window_utc`` and, per file, its sha256 and, of a table, its rows.

    Keys sorted, UTF-8, ends with a newline; rows are told without the header. ``window_utc`` is told from ``window_wib``, a pair
    of ISO instants.
    """
    whole = {
        **manifest,
        "format_version": FORMAT_VERSION,
        "files": {
            name: {"sha256": sha256(content)} | ({"rows": rows[name]} if name in rows else {}) for name, content in files.items()
        },
    }
    if isinstance(window := manifest.get("window_wib"), list | tuple):
        whole["window_utc"] = [datetime.fromisoformat(str(edge)).astimezone(UTC).isoformat() for edge in window]
    return (json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def sha256(content: bytes) -> str:
    """The digest by which files are told."""
    return hashlib.sha256(content).hexdigest()


def listed_files(content: bytes | None) -> dict[str, str]:
    """File name → sha256 as a manifest lists them; empty for what is no manifest of ours, such as one with a name elsewhere."""
    try:
        listed = {str(name): str(entry["sha256"]) for name, entry in json.loads(content or b"")["files"].items()}
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return {}
    return listed if all(name == Path(name).name and "\\" not in name for name in listed) else {}


def read_manifest(path: Path) -> dict[str, Any]:
    """A manifest to make its report again from. Raises ``ConfigError`` with advice for any other file or format."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        version = found["format_version"]
        if not isinstance(found["files"], dict):
            raise TypeError
    except OSError as error:
        raise ConfigError(f"--from-manifest: {path} cannot be read ({error.strerror}); name a report's {MANIFEST}") from None
    except (ValueError, LookupError, TypeError, RecursionError):
        raise ConfigError(f"--from-manifest: {path} is no manifest of a report; name the {MANIFEST} of its folder") from None
    if version != FORMAT_VERSION:
        raise ConfigError(
            f"--from-manifest: {path} is of format {version}, this program writes {FORMAT_VERSION}; take the release "
            f"that wrote it"
        )
    return dict(found)


def first_edition(path: Path) -> Any:
    """What a manifest, of this format or an older one, remembers of its span's first edition; None where there is no file.

    Raises ``ConfigError`` for a file that is there and remembers nothing, because it is damaged.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))["first"]
    except FileNotFoundError:
        return None
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        raise ConfigError(f"{path} is damaged") from None
