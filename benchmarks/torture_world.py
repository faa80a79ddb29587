"""What the world does to a run: a full disk, a clock that jumps, folders without rights, a second run, a lost page store."""

from __future__ import annotations

import ctypes
import os
import random
import resource
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.crash import NOW
from benchmarks.torture_place import Held, Said, Workshop, at_home, ended, held, within

DAY = timedelta(days=1)
REPORT, EXPIRE = ["report", "--week", "2026-W48"], ["expire", "--days", "0"]
COMMANDS = (["run", "--all"], REPORT, EXPIRE, ["judge", "--rejudge"], ["alert"], ["train"])


_DROP, _PRIVILEGES = 24, (1, 2, 3)  # prctl's PR_CAPBSET_DROP; CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER


def without_privileges() -> None:
    """Let the modes of files hold for root too, in what this process executes next."""
    if not os.geteuid():
        for privilege in _PRIVILEGES:
            ctypes.CDLL(None).prctl(_DROP, privilege, 0, 0, 0)


class World:
    """Trials of one kind each; every one returns "" when all was well, else what was not."""

    def __init__(self, shop: Workshop, rnd: random.Random) -> None:
        self.shop, self.rnd = shop, rnd
        self.ends: Counter[str] = Counter()
        self._whole: dict[datetime, Held] = {}

    @property
    def trials(self) -> tuple[Callable[[], str], ...]:
        """Every trial."""
        found: tuple[Callable[[], str], ...] = (
            self.full_disk, self.file_too_long, self.clock_back, self.clock_far_ahead, self.read_only,
            self.two_at_once, self.no_pages, self.no_pages_unjudged, self.no_ledger, self.torn_log,
        )  # fmt: skip
        return found

    def _wrong(self, what: str, said: Said, home: Path) -> str:
        """Whether a disturbed run said what to do, and the next one, undisturbed, completes it."""
        self.ends[f"{what}: {'told' if said.code else 'went on'}"] += 1
        if said.wrong:
            return f"{what}: {said.wrong}"
        return self._completed(what, home)

    def _completed(self, what: str, home: Path, now: datetime = NOW) -> str:
        with at_home(home, self.shop.labels):
            again = within(["run", "--all"], now)
        if again.code or again.wrong:
            return f"{what}: the next run ended with {again.code}: {again.wrong or again.message[-400:]}"
        found = held(home, now)
        if now not in self._whole:
            self._whole[now] = held(self.shop.stage("whole"), now)
        names = ("key", "version", "digest", "relevance")
        seen = [[row[: len(names)] for row in one.articles] for one in (found, self._whole[now])]
        other = "" if seen[0] == seen[1] else "other articles than undisturbed"
        return f"{what}: {', '.join(filter(None, (found.whole, other)))}" if found.whole or other else ""

    def full_disk(self) -> str:
        """A disk that is full at a random place of a first run (a small tmpfs; root only), and has room again."""
        if os.geteuid():
            return ""
        home = self.shop.fresh("empty")
        size = self.rnd.randrange(80, 900)
        disk = [f"{size}k", str(home / "data")]
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={disk[0]}", "tmpfs", disk[1]], check=True)  # noqa: S603, S607
        try:
            said = self.shop.command(home, ["run"])
            subprocess.run(["mount", "-o", "remount,size=100m", disk[1]], check=True)  # noqa: S603, S607
            return self._wrong("full disk", said, home)
        finally:
            subprocess.run(["umount", disk[1]], check=False)  # noqa: S603, S607

    def file_too_long(self) -> str:
        """No file may grow beyond a random size, as under a quota."""
        size = self.rnd.randrange(1_000, 120_000)

        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

        stage = self.rnd.choice(("empty", "whole"))
        home, command = self.shop.fresh(stage), ["run"] if stage == "empty" else self.rnd.choice(COMMANDS)
        return self._wrong(f"files of {size} bytes, {command[0]}", self.shop.command(home, command, preexec_fn=limit), home)

    def clock_back(self) -> str:
        """The clock is set back by a day and a half, and is right again."""
        home = self.shop.fresh("whole")
        with at_home(home, self.shop.labels):
            said = within(["run"], NOW - 1.5 * DAY)
        return self._wrong("clock back", said, home)

    def clock_far_ahead(self) -> str:
        """The clock jumps a year ahead for one run, and is right again: what it set must not wait for a year."""
        home = self.shop.fresh(self.rnd.choice(("empty", "ingested", "whole")))
        with at_home(home, self.shop.labels):
            said = within(["run"], NOW + 365 * DAY)
            self.shop.newsroom.requests.clear()
            after = within(["run"], NOW + DAY)
        feeds = [route for route in self.shop.newsroom.requests if "robots" not in route[1]]
        if after.wrong or not feeds:
            return f"clock far ahead: {after.wrong or 'no source is asked once the clock is right again'}"
        return self._wrong("clock far ahead", said, home)

    def read_only(self) -> str:
        """A data folder, or one folder in it, that the user may not write to."""
        home, command = self.shop.fresh("whole"), self.rnd.choice(COMMANDS)
        inner = sorted(path for path in (home / "data").rglob("*") if path.is_dir())
        closed = self.rnd.choice([home / "data", home / "models", *inner])
        closed.chmod(0o555)
        said = self.shop.command(home, command, preexec_fn=without_privileges)
        closed.chmod(0o755)
        return self._wrong(f"read-only {closed.relative_to(home).parts[-1]}, {command[0]}", said, home)

    def two_at_once(self) -> str:
        """Two runs begun at the same time: one works, the other says so and does nothing."""
        home = self.shop.fresh("empty")
        both = [self.shop.begin(home, ["run"]) for _ in range(2)]
        told = [ended(process) for process in both]
        if sorted(one.code for one in told) not in ([0, 75], [0, 0]):  # the second may have begun when the first had ended
            return f"two at once: ended with {[one.code for one in told]}: {told[0].err[-200:]} {told[1].err[-200:]}"
        if wrong := told[0].wrong or told[1].wrong:
            return f"two at once: {wrong}"
        return self._wrong("two at once", max(told, key=lambda one: one.code), home)

    def no_pages(self) -> str:
        """The store of pages is deleted, after all of it was judged."""
        home = self.shop.fresh("whole")
        shutil.rmtree(home / "data" / "pages")
        with at_home(home, self.shop.labels):
            said = within(["status"])
        return self._wrong("no pages", said, home)

    def no_pages_unjudged(self) -> str:
        """The store of pages, or a part of it, is deleted before it was judged: it is fetched again."""
        home = self.shop.fresh("ingested")
        parts = sorted((home / "data" / "pages").rglob("*.parquet"))
        for path in self.rnd.sample(parts, self.rnd.randint(1, len(parts))):
            path.unlink()
        with at_home(home, self.shop.labels):
            said = within(["status"])
        return self._wrong("no pages, not judged yet", said, home)

    def no_ledger(self) -> str:
        """The ledger is gone: what stands on disk is taken up again."""
        home = self.shop.fresh(self.rnd.choice(("ingested", "whole")))
        (home / "data" / "ledger.sqlite").unlink()
        with at_home(home, self.shop.labels):
            said = within(["status"])
        return self._wrong("no ledger", said, home)

    def torn_log(self) -> str:
        """A run is killed, and of the ledger's write-ahead file only a first part, or bytes of another time, are left."""
        from benchmarks.torture_place import kill

        home = self.shop.fresh("empty")
        process = self.shop.begin(home, ["run"])
        log = home / "data" / "ledger.sqlite-wal"
        while process.poll() is None and len(list((home / "data" / "pages").rglob("[!.]*.parquet"))) < self.rnd.randint(1, 4):
            pass
        kill(process)
        said = ended(process)
        if log.exists() and (body := log.read_bytes()):
            cut = self.rnd.randrange(len(body))
            log.write_bytes(body[:cut] + self.rnd.choice((b"", self.rnd.randbytes(min(5000, len(body) - cut)))))
        return self._wrong("torn log", Said(0, "", ""), home) if said.code < 0 else ""
