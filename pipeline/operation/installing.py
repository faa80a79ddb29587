"""The shipped crontab and systemd units with one installation's paths and user in the place of the examples'."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import ConfigError
from pipeline.settings import ROOT, models_folder

# What the shipped files say, so that they work as they are on a machine that follows docs/operation.md.
_HOME, _USER = "/opt/pantau", "pantau"
_UNITS = ("pantau.service", "pantau.timer", "pantau-report.service", "pantau-report.timer")
_AWKWARD = "\"'\\$`"


@dataclass(frozen=True, slots=True)
class Installation:
    """Where an installation lies and who runs it. ``written``: folders that runs write to, the data folder first."""

    config: Path
    data: Path
    user: str
    written: tuple[Path, ...]
    root: Path = ROOT

    @property
    def command(self) -> tuple[str, ...]:
        """The words that start ``pantau`` here; cron and systemd know nothing of a shell's $PANTAU_CONFIG."""
        options = []
        if self.config != self.root / "config":
            options += ["--config", str(self.config)]
        if self.data != self.root / "data":
            options += ["--data", str(self.data)]
        return (str(self.root / "run"), *options)


def installation_of(config: Path, data: Path, textfile: str = "") -> Installation:
    """This installation: its user is who owns the data folder. Raises ``ConfigError`` for paths that cron could not hold."""
    written = [data]
    if data != ROOT / "data":
        written.append(models_folder().resolve())
    if textfile:
        written.append(Path(textfile).parent)
    found = Installation(config, data, _owner(data if data.exists() else ROOT), tuple(dict.fromkeys(written)))
    for text in (*found.command, *map(str, written)):
        if not text.isprintable() or any(mark in text for mark in _AWKWARD):
            raise ConfigError(
                f"{text!r} has a quote, a dollar or another mark that crontabs cannot hold; give the folder a plainer name"
            )
    if not (ROOT / "run").is_file():
        raise ConfigError(f"{ROOT / 'run'} is missing; cron starts it: install from the repository")
    return found


def _owner(folder: Path) -> str:
    try:
        return folder.owner()
    except KeyError:  # a user without a name, as in some containers
        return str(folder.stat().st_uid)


def crontab_of(home: Installation) -> str:
    """The crontab of a user."""
    text = (ROOT / "config" / "crontab").read_text(encoding="utf-8")
    # cron ends a command at a bare percent sign.
    return _installed(text, home, lambda word: shlex.quote(word).replace("%", r"\%"))


def units_of(home: Installation) -> dict[str, str]:
    """The systemd units by file name."""
    texts = {name: (ROOT / "config" / "systemd" / name).read_text(encoding="utf-8") for name in _UNITS}
    return {name: _installed(text, home, _systemd_word) for name, text in texts.items()}


def _systemd_word(word: str) -> str:
    word = word.replace("%", "%%")
    return f'"{word}"' if " " in word else word


def _installed(text: str, home: Installation, quoted: Callable[[str], str]) -> str:
    command = " ".join(map(quoted, home.command))
    lines = []
    for line in text.splitlines():
        if line.startswith("ReadWritePaths="):
            line = "ReadWritePaths=" + " ".join(map(quoted, map(str, home.written)))
        line = line.replace(f"User={_USER}", f"User={home.user}").replace(f"-u {_USER}", f"-u {home.user}")
        line = line.replace(f"the user {_USER}", f"the user {home.user}").replace(f"{_HOME}/run", command)
        line = line.replace(f"in {_HOME} of", f"in {home.root} of")
        lines.append(line)
    return "\n".join([*lines, ""])
