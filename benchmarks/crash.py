"""Real runs killed at random instants, each followed by a run to the end: is anything lost, doubled or other than undisturbed?

    .venv/bin/python -m benchmarks.crash [--times 50] [--seed 1]

Every run is `python -m pipeline run` in a process of its own, over the embedded newsroom on loopback, on 16 threads, with parts
of six pages. Half of the kills (SIGKILL to the whole process group) strike a first run, half a run of the day after, in which the
articles of the subject are looked at again and every second one was corrected. A fifth as many runs are asked to stop (SIGTERM,
in turn to the process alone and, as systemd does, to its group). Ends with 1 when anything differs.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import urlsplit

from pipeline import jobs, overview
from pipeline.newsroom.server import Newsroom, serve
from pipeline.newsroom.sites import load_sample
from pipeline.settings import default_config, sample_folder
from pipeline.store import dataset
from pipeline.store.parts import part_names, part_path, read_part

NOW = datetime(2026, 11, 26, 10, 0, tzinfo=timezone(timedelta(hours=7)))
DAY = timedelta(days=1)
PATIENCE = 180  # seconds for one run


@dataclass(frozen=True)
class Outcome:
    """All that a data folder holds of a run: equal for two runs that came to the same."""

    account: dict[str, int]
    articles: list[tuple[object, ...]]  # key, version, digest of the text, relevance
    pages: Counter[tuple[str, int]]  # key and version of every stored page
    looks: list[tuple[object, ...]]  # key, how many, outcome, when due again

    @property
    def whole(self) -> bool:
        """Nothing is lost, stands twice, or is left undone."""
        undone = ("lost", "doubled", "waiting", "not_yet_judged")
        keys = [row[0] for row in self.articles]
        return not any(self.account[name] for name in undone) and max(self.pages.values()) == 1 and len(keys) == len(set(keys))


def config_for(folder: Path, newsroom: Newsroom, threads: int = 16) -> Path:
    """A configuration folder whose sources are the newsroom, without pauses and with small parts."""
    config = folder / "config"
    if not config.exists():
        shutil.copytree(default_config(), config)
        shutil.copy(sample_folder() / "sources.csv", config / "sources.csv")
        shutil.copy(sample_folder() / "units.csv", config / "units.csv")
        text = (config / "settings.toml").read_text(encoding="utf-8")
        text = text.replace('loopback_origin = ""', f'loopback_origin = "{newsroom.origin}"')
        text = text.replace("host_delay_seconds = 5.0", "host_delay_seconds = 0.0").replace("part_rows = 200", "part_rows = 6")
        text = text.replace("threads = 16", f"threads = {threads}")
        (config / "settings.toml").write_text(text, encoding="utf-8")
    return config


def pantau(command: str, config: Path, data: Path, now: datetime, errors: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
    """A command begun in a process group of its own."""
    arguments = [sys.executable, "-m", "pipeline", command, "--config", str(config), "--data", str(data)]
    return subprocess.Popen(  # noqa: S603 - our own command
        [*arguments, "--now", now.isoformat()], stdout=subprocess.DEVNULL, stderr=errors, start_new_session=True
    )


def finish(command: str, config: Path, data: Path, now: datetime) -> None:
    """A command from beginning to end; it must end with 0."""
    process = pantau(command, config, data, now, subprocess.PIPE)
    ended(process)


def ended(process: subprocess.Popen[bytes]) -> None:
    """Wait for the end of a command that nothing disturbs."""
    _, said = process.communicate(timeout=PATIENCE)
    if process.returncode:
        raise RuntimeError(f"an undisturbed run ended with {process.returncode}: {said.decode()[-2000:]}")


def outcome(config: Path, data: Path, now: datetime) -> Outcome:
    """What a data folder holds."""
    frame = dataset.articles(data)
    shown = frame[["key", "version", "text_sha256", "relevance"]].sort_values("key")
    pages = Counter(
        (row["key"], row["version"] or 0)
        for name in part_names(data, "pages")
        for row in read_part(part_path(data, "pages", name), ["key", "version"]).to_pylist()
    )
    with closing(sqlite3.connect(data / "ledger.sqlite")) as db:
        looks = db.execute("SELECT key, done, outcome, due FROM revisits ORDER BY key").fetchall()
    return Outcome(overview.account(jobs.workplace(config, data, now)), list(shown.itertuples(index=False)), pages, looks)


def correct(newsroom: Newsroom, data: Path) -> None:
    """Let every second article that will be looked at again be corrected by its outlet."""
    with closing(sqlite3.connect(data / "ledger.sqlite")) as db:
        urls = db.execute("SELECT url FROM entries JOIN revisits USING (key) ORDER BY key").fetchall()
    for (url,) in urls[::2]:
        parts = urlsplit(url)
        place = str(parts.hostname), parts.path + (f"?{parts.query}" if parts.query else "")
        answer = newsroom.routes[place]
        body = answer.body.replace(b"</p>", b" Ralat: berita ini telah diperbaiki oleh redaksi kami.</p>", 1)
        newsroom.routes[place] = replace(answer, body=body)


def wait_until(true: Callable[[], bool], process: subprocess.Popen[bytes], seconds: float = PATIENCE) -> bool:
    """Wait for something to become true; False when the process or the time ended before."""
    end = time.monotonic() + seconds
    while not true():
        if process.poll() is not None or time.monotonic() > end:
            return False
        time.sleep(0.001)
    return True


@dataclass(frozen=True)
class Stage:
    """Where runs are disturbed: a first run in an empty folder, or one of the day after."""

    config: Path
    newsroom: Newsroom
    now: datetime
    before: Path | None  # the data folder that the run starts from
    undisturbed: Outcome
    seconds: float  # from its first request to its end, undisturbed

    def disturb(self, data: Path, share: float, strike: Callable[[subprocess.Popen[bytes]], object]) -> tuple[int, bytes]:
        """A run struck after ``share`` of its usual time; returns its exit code and what it said."""
        if self.before:
            shutil.copytree(self.before, data)
        seen = self.newsroom.requests.total()
        process = pantau("run", self.config, data, self.now, subprocess.PIPE)
        if wait_until(lambda: self.newsroom.requests.total() > seen, process):
            wait_until(lambda: False, process, share * self.seconds)
            if process.poll() is None:
                strike(process)
        _, said = process.communicate(timeout=PATIENCE)
        return process.returncode, said

    def same_after(self, data: Path) -> str:
        """ "" when a run to the end comes to what an undisturbed one does, else what differs."""
        finish("run", self.config, data, self.now)
        got = outcome(self.config, data, self.now)
        names = ("account", "articles", "pages", "looks")
        wrong = [name for name in names if getattr(got, name) != getattr(self.undisturbed, name)]
        return ", ".join(wrong + ["something lost, doubled or undone"] * (not got.whole))


def stages(folder: Path, newsroom: Newsroom, threads: int = 16) -> tuple[Stage, Stage]:
    """The first run and the one of the day after, measured undisturbed."""
    config, made = config_for(folder, newsroom, threads), list[Stage]()
    finish("run", config, folder / "warm", NOW)  # fits the models, which later runs find
    for now, before in ((NOW, None), (NOW + DAY, folder / "undisturbed 0")):
        data = folder / f"undisturbed {len(made)}"
        if before:
            correct(newsroom, before)
            shutil.copytree(before, data)
        seen = newsroom.requests.total()
        process = pantau("run", config, data, now)
        wait_until(lambda seen=seen: newsroom.requests.total() > seen, process)  # type: ignore[misc]
        begun = time.monotonic()
        ended(process)
        made.append(Stage(config, newsroom, now, before, outcome(config, data, now), time.monotonic() - begun))
        if not made[-1].undisturbed.whole:
            raise RuntimeError(f"an undisturbed run is not whole: {made[-1].undisturbed.account}")
    return made[0], made[1]


def kill(process: subprocess.Popen[bytes]) -> None:
    """kill -9 to the run and its workers."""
    os.killpg(process.pid, signal.SIGKILL)


def main(arguments: Sequence[str] | None = None) -> int:
    """Disturb, and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crash", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    rnd, faults, ends = random.Random(options.seed), list[str](), Counter[str]()  # noqa: S311 - a simulation
    with tempfile.TemporaryDirectory(prefix="crash-") as name, serve(load_sample(sample_folder(), NOW)) as newsroom:
        newsroom.handle_error = lambda *_: None  # type: ignore[method-assign] # whoever is killed hangs up
        folder = Path(name)
        pages = dict(newsroom.routes)
        both = stages(folder, newsroom)
        corrected = dict(newsroom.routes)
        left, hurry, number = [options.times, max(1, options.times // 5)], [1.0, 1.0], 0
        while any(left):
            killed, later, number = left[0] > 0, number % 2, number + 1
            stage, what, data = both[later], ("a first run", "a run of the day after")[later], folder / f"data {number}"
            newsroom.routes.update(corrected if later else pages)
            term = os.kill if number % 4 < 2 else os.killpg
            strike = kill if killed else lambda process, term=term: term(process.pid, signal.SIGTERM)
            code, said = stage.disturb(data, rnd.random() * hurry[later], strike)
            if code == 0 and b"asked to stop" not in said:
                end = "ended before it was struck (not counted)"
                hurry[later] *= 0.9  # the machine has become quicker than it was when the undisturbed run was timed
            else:
                end = {-signal.SIGKILL: "killed", 0: "asked to stop"}.get(code, f"ended with {code}")
                left[not killed] -= 1
                if code != (-signal.SIGKILL if killed else 0):
                    faults.append(f"{number}: {end}: {said[-300:]!r}")
            ends[f"{what} {end}"] += 1
            if wrong := stage.same_after(data):
                faults.append(f"{number}: {what} {end}: other than undisturbed: {wrong}")
            shutil.rmtree(data)
    print("| what | times |\n|---|---|")
    print(*(f"| {what} | {count} |" for what, count in sorted(ends.items())), sep="\n")
    print(f"\nundisturbed: {both[0].seconds:.1f} s and {both[1].seconds:.1f} s, {dict(both[1].undisturbed.account)},")
    print(f"second looks {dict(Counter(str(look[2]) for look in both[1].undisturbed.looks))}")
    print(*(["\nWRONG:", *faults] if faults else ["\nNothing lost, nothing doubled, the same articles each time."]), sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
