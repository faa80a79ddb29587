"""Files that hold a password, a token or an address that is one: read here, and nowhere printed."""

from __future__ import annotations

import logging
import stat
from pathlib import Path

from pipeline.errors import ConfigError

log = logging.getLogger("pantau.secrets")
_told: set[str] = set()


def secret_lines(path: str, key: str, advice: str) -> tuple[str, str]:
    """The file's first two lines without white space around them, "" for each that is missing.

    ``key`` names the setting and ``advice`` what the file should hold; both stand in the ``ConfigError`` for a file that cannot
    be read, and nothing of the file does. A file that other users may read is used and warned of once: a container's mounted
    secret is such a file, and a report that stays away for it would be worse.
    """
    try:
        with Path(path).open(encoding="utf-8") as file:
            open_to_others = Path(path).stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
            lines = [line.strip() for line in file.read(100_000).splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{key}: {path} cannot be read; {advice}, readable for this user only") from error
    if open_to_others and path not in _told:
        _told.add(path)
        log.warning("other users may read a secret", extra={"setting": key, "file": path, "advice": f"chmod 600 {path}"})
    first, second, *_ = [*lines, "", ""]
    return first, second
