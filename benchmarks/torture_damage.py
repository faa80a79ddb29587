"""Damaged, missing and exchanged files: what the commands then say, and what the advice that they give comes to."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from benchmarks.crash import NOW
from benchmarks.torture_place import LATER, Held, Said, Workshop, at_home, held, settled_keys, within

PAGE = 4096

Injury = Callable[[Path, random.Random], None]


def flip(path: Path, rnd: random.Random) -> None:
    """Some bits turned over, as a bad disk or memory does."""
    body = bytearray(path.read_bytes())
    for _ in range(rnd.randint(1, 8) if body else 0):
        body[rnd.randrange(len(body))] ^= 1 << rnd.randrange(8)
    path.write_bytes(body)


def truncate(path: Path, rnd: random.Random) -> None:
    """Its end is gone."""
    body = path.read_bytes()
    path.write_bytes(body[: rnd.randrange(max(1, len(body)))])


def empty(path: Path, _rnd: random.Random) -> None:
    """Nothing but its name is left."""
    path.write_bytes(b"")


def zeros(path: Path, rnd: random.Random) -> None:
    """A block of zeros, as a power cut leaves it."""
    body = path.read_bytes()
    start = rnd.randrange(len(body) // PAGE + 1) * PAGE
    path.write_bytes((body[:start] + bytes(min(PAGE, len(body) - start)) + body[start + PAGE :])[: len(body)])


def strange(path: Path, rnd: random.Random) -> None:
    """Another file stands in its place."""
    others = (
        b"PK\x03\x04" + rnd.randbytes(60),
        b"\x89PNG\r\n\x1a\n",
        b"{}\n",
        b"[1]",
        b"\xff\xfe\x00\x00",
        b"<html></html>",
        rnd.randbytes(900),
    )
    path.write_bytes(rnd.choice(others))


def missing(path: Path, _rnd: random.Random) -> None:
    """It is gone."""
    path.unlink()


def folder(path: Path, _rnd: random.Random) -> None:
    """A folder bears its name."""
    path.unlink()
    path.mkdir()


INJURIES: tuple[Injury, ...] = (flip, truncate, empty, zeros, strange, missing, folder)


@dataclass(frozen=True)
class Target:
    """A kind of file. ``cure``: aside (the file is moved away, as the messages say) or restored (from a backup)."""

    name: str
    pattern: str
    commands: tuple[tuple[str, ...], ...]
    cure: str = "restored"
    stage: str = "whole"
    now: datetime = NOW
    silent: bool = False  # a change of its bytes may be one that nobody can tell from an editor's


_STATUS, _RUN, _JUDGE = ("status",), ("run", "--all"), ("judge", "--rejudge")
_REPORT, _ALERT, _EXPIRE = ("report", "--week", "2026-W47"), ("alert",), ("expire",)
_CORRECT = ("correct", "KEY", "title_tone", "neutral", "--who", "Penyunting", "--why", "dibaca")
_PROMOTE = ("promote", "--force", "uji")
_FORGET, _EXPLAIN = ("forget", "KEY", "--copies"), ("explain", "KEY")
_AGAIN = ("report", "--from-manifest", "HOME/data/reports/2026-W47/manifest.json")
_CHANGED = (_RUN, _REPORT, _CORRECT, _STATUS, ("sources", "list"), ("units", "unknown"), _EXPIRE, ("correct", "--list"))

TARGETS = (
    Target("pages", "data/pages/*/*.parquet", (_STATUS, _RUN, _JUDGE, _FORGET, _PROMOTE), "aside"),
    # `status` is not asked then: whatever is done to a file, it tells that no source was read for so long.
    Target("pages, outlived", "data/pages/*/*.parquet", (_RUN, _JUDGE, _EXPIRE, _FORGET), "aside", now=LATER),
    Target(
        "articles", "data/articles/*/*.parquet", (_STATUS, _RUN, _REPORT, _ALERT, _CORRECT, _FORGET, _EXPLAIN, _JUDGE), "aside"
    ),
    Target(
        "articles, a candidate beside",
        "data/articles*/**/*.parquet",
        (_PROMOTE, _RUN, ("judge", "--recipe", "new")),
        "aside",
        "tried",
    ),
    Target("rejections", "data/rejections/*/*.parquet", (_STATUS, _RUN, _REPORT, _FORGET), "aside"),
    Target("stories", "data/stories/stories.parquet", (_STATUS, _RUN, _REPORT, _ALERT, _CORRECT, _EXPLAIN), "aside"),
    Target(
        "ledger",
        "data/ledger.sqlite",
        (_STATUS, _RUN, _REPORT, _EXPIRE, _FORGET, ("sources", "list"), _EXPLAIN),
        "aside",
        silent=True,
    ),
    Target("model", "models/*.skops", (_JUDGE, _RUN, _PROMOTE), "aside", "tried"),
    Target("what a candidate learnt", "**/candidate/*.jsonl", (_PROMOTE, ("train",), _FORGET), "aside", "tried", silent=True),
    Target("a candidate's figures", "data/articles_new/*/_figures.json", (_PROMOTE,), "aside", "tried", silent=True),
    Target("corrections", "corrections.csv", (_REPORT, _CORRECT, _RUN, _STATUS, ("train",), ("correct", "--list")), silent=True),
    Target("alerts' log", "data/alerts.csv", (_ALERT,), "aside", silent=True),
    Target("manifest", "data/reports/*/manifest.json", (_REPORT, _AGAIN), "aside", silent=True),
    Target("a report's file", "data/reports/*/*.*", (_REPORT, _AGAIN), "aside", silent=True),
    Target("settings", "config/settings.toml", _CHANGED, silent=True),
    Target("sources", "config/sources.csv", _CHANGED, silent=True),
    Target("units", "config/units.csv", _CHANGED, silent=True),
    Target("lists", "config/*.txt", _CHANGED, silent=True),
    Target("other tables", "config/*.csv", _CHANGED, silent=True),
    Target("vocabulary and calibration", "config/*.yaml", _CHANGED, silent=True),
    Target("names", "config/*.toml", _CHANGED, silent=True),
    Target("programmes", "config/programmes/*.yaml", _CHANGED, silent=True),
    Target("outlets", "config/outlets/*.toml", _CHANGED, silent=True),
)


class Damaging:
    """Injures files, and runs commands on them within this process."""

    def __init__(self, shop: Workshop, rnd: random.Random) -> None:
        self.shop, self.rnd = shop, rnd
        self._whole: dict[str, Held] = {}
        self.ends: Counter[str] = Counter()

    def command(self, home: Path, arguments: Sequence[str], now: datetime) -> Said:
        """One command at a home."""
        with at_home(home, self.shop.labels):
            return within(arguments, now)

    def hurt(self, target: Target, injury: Injury, arguments: tuple[str, ...]) -> str:
        """One injured file and one command; "" when it repaired, did without or said what to do, and that did help."""
        home = self.shop.fresh(target.stage)
        path = self.rnd.choice(
            sorted(path for path in home.glob(target.pattern) if path.is_file() and not path.name.startswith("."))
        )
        before, known = path.read_bytes(), {"KEY": settled_keys(home)[0][0], "HOME": str(home)}
        injury(path, self.rnd)
        words = [known.get(word, word.replace("HOME", str(home))) for word in arguments]
        said = self.command(home, words, target.now)
        self.ends[f"{target.name}: {'repaired or not needed' if said.code == 0 else 'told'}"] += 1
        what = f"{path.relative_to(home)} {injury.__name__}, `{' '.join(words)}`: "
        if said.wrong:
            return what + said.wrong
        heard = said.err if "the log says why" in said.message else said.message
        if said.code and not any(name in heard for name in (path.name, path.parent.name, path.stem)):
            return f"{what}does not name the file: {said.message[-300:]!r}"
        # What one command had no need to read, another one tells of.
        if not said.code and (told := self.command(home, ["status"], target.now)).code and path.name in told.message:
            said = told
        if wrong := self._cured(target, home, path, before, needed=said.code != 0):
            return f"{what}said {said.message[-200:]!r}, and then: {wrong}"
        return ""

    def _cured(self, target: Target, home: Path, path: Path, before: bytes, *, needed: bool) -> str:
        """Do what the message says, run, and look whether all is there; "" when it is."""
        if needed and path.exists():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        if target.cure == "restored" and (needed or target.silent):
            if path.is_dir():
                path.rmdir()
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(before)
        said = self.command(home, ["run", "--all"], NOW)
        if said.code or said.wrong:
            return f"the next run ended with {said.code}: {said.wrong or said.message[-400:]}"
        try:
            found = held(home)
        except Exception as error:  # noqa: BLE001 - a finding, not an end
            return f"what is held cannot be read: {type(error).__name__}: {error}"[:400]
        if wrong := found.whole:
            return wrong
        whole = self._whole.get(target.stage) or self._whole.setdefault(target.stage, held(self.shop.stage(target.stage)))
        seen = {(row[0], row[2]) for row in found.articles}, {(row[0], row[2]) for row in whole.articles}
        return "" if seen[0] == seen[1] or self._forgot(home) else f"other articles: {len(seen[0] ^ seen[1])}"

    def _forgot(self, home: Path) -> bool:
        return (home / "data" / "forgotten.csv").exists()
