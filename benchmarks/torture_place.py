"""Where the torture takes place: a copy of the program with few labels, data folders at several stages, commands in processes."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from unittest import mock

from benchmarks.crash import NOW, config_for
from pipeline import jobs, overview, training
from pipeline.alerting import COLUMNS as ALERT_COLUMNS
from pipeline.cli import main
from pipeline.newsroom.server import Newsroom, serve
from pipeline.newsroom.sites import load_sample
from pipeline.promoting import LOG_COLUMNS
from pipeline.settings import ROOT, labels_folder, sample_folder
from pipeline.store import dataset
from pipeline.store.parts import part_names, part_path, read_part, recipe_of
from pipeline.store.tombstones import load_tombstones

# A hand-made site, a resident's Atom feed, a unit's own, a split sitemap's, and a feed without items.
FEW = frozenset(f"{name}.example" for name in ("harianlama", "catatankota-blog", "lapas-cirandu", "wartatribuana", "sunyi"))
PATIENCE = 300.0  # seconds for one command, however busy the machine
LATER = NOW + timedelta(days=120)  # when all pages have outlived the retention time
# What a message must hold beside the name of what is broken: something to do.
ADVICE = re.compile(
    r"\b(run|restore|move|delete|write|put|copy|judge|update|give|see|promote|take|train|correct|make|name|start|add|quote|point)\b"
    r"|the log says why"
)
CODES = frozenset({0, 1, 2, 75})


@dataclass(frozen=True)
class Said:
    """How a command ended. ``code``: the exit code, or minus the signal."""

    code: int
    out: str
    err: str

    @property
    def wrong(self) -> str:
        """What no command may do, whatever was done to it; "" when it kept its promises."""
        if "Traceback (most recent call last)" in self.out + self.err:
            return f"a traceback: {self.err[-700:]}"
        if self.code not in CODES:
            return f"ended with {self.code}: {self.err[-300:]}"
        # A list of mistakes names file, line and what is wrong there.
        if self.code in (1, 2) and "mistake(s) in the configuration" not in self.message and not ADVICE.search(self.message):
            return f"says nothing to do: {(self.message or self.err)[-300:]!r}"
        return ""

    @property
    def message(self) -> str:
        """The lines for a person: what does not come from the log."""
        return "\n".join(line for line in self.err.splitlines() if not line.startswith("at="))


Strike = Callable[[subprocess.Popen[bytes]], None]


@dataclass
class Workshop:
    """One place for all trials. ``house``: the copy of the program; ``stages``: folders that trials start from a copy of."""

    folder: Path
    newsroom: Newsroom
    house: Path
    number: int = 0
    besides: dict[str, str] = field(default_factory=dict)  # what commands find in their environment besides

    @property
    def labels(self) -> Path:
        """Where its few labels lie."""
        return self.house / "data" / "labels"

    def stage(self, name: str) -> Path:
        """A prepared folder: config/, data/, models/ and corrections.csv."""
        return self.folder / "stages" / name

    def fresh(self, stage: str) -> Path:
        """A copy of a stage that may be broken, under a name never used before: what a process remembers of a path is no help."""
        self.number += 1
        shutil.rmtree(self.folder / f"trial {self.number - 1}", ignore_errors=True)
        home = self.folder / f"trial {self.number}"
        shutil.copytree(self.stage(stage), home)
        return home

    def begin(self, home: Path, arguments: Sequence[str], now: datetime = NOW, **more: object) -> subprocess.Popen[bytes]:
        """A command at work on ``home``, in a process group of its own."""
        call = [sys.executable, "-m", "pipeline", *arguments, "--now", now.isoformat()]
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "start_new_session": True, "cwd": self.house}
        return subprocess.Popen(call, env=environment(home) | self.besides, **{**options, **more})  # type: ignore[call-overload,no-any-return]  # noqa: S603

    def command(self, home: Path, arguments: Sequence[str], now: datetime = NOW, **more: object) -> Said:
        """A command from its beginning to its end."""
        return ended(self.begin(home, arguments, now, **more))


def environment(home: Path) -> dict[str, str]:
    """The environment of a command at work on ``home``."""
    own = {
        "PANTAU_CONFIG": str(home / "config"),
        "PANTAU_DATA": str(home / "data"),
        "PANTAU_MODELS": str(home / "models"),
        "PANTAU_CORRECTIONS": str(home / "corrections.csv"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PATH": str(Path(sys.executable).parent),  # no browser: printing a report's page is not what is tried here
    }
    return {**os.environ, **own}


def ended(process: subprocess.Popen[bytes]) -> Said:
    """Wait for a command's end; one that hangs is killed and told as such."""
    try:
        out, err = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        return Said(
            -signal.SIGALRM, out.decode(errors="replace"), f"still at work after {PATIENCE:g} s\n{err.decode(errors='replace')}"
        )
    return Said(process.returncode, out.decode(errors="replace"), err.decode(errors="replace"))


def kill(process: subprocess.Popen[bytes]) -> None:
    """kill -9 to a command and its workers."""
    os.killpg(process.pid, signal.SIGKILL)


def copy_of_the_program(folder: Path) -> Path:
    """The program with a part of its labels, so that a fit takes seconds; what others edit meanwhile does not reach it."""
    house = folder / "house"
    shutil.copytree(ROOT / "pipeline", house / "pipeline", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "config", house / "config")
    shutil.copytree(sample_folder(), house / "data" / "sample")
    labels = house / "data" / "labels"
    shutil.copytree(labels_folder(), labels, ignore=shutil.ignore_patterns("corpus", "corrections.csv"))
    (labels / "corpus").mkdir(parents=True)
    for source in sorted((labels_folder() / "corpus").glob("*.jsonl")):
        lines = 60 if source.stem == "s14" else 0 if source.stem in training.TEST_BATCHES else 15
        if lines:
            with source.open(encoding="utf-8") as file:
                (labels / "corpus" / source.name).write_text("".join(islice(file, lines)), encoding="utf-8")
    (labels / "floor.json").write_text(json.dumps({"corpus": "", "figures": {"relevance accuracy": 0.3}}), encoding="utf-8")
    return house


def settings_with(config: Path, **changes: tuple[str, str]) -> None:
    """Change lines of a settings file: ``name=(old, new)``; each old text must stand there."""
    file = config / "settings.toml"
    text = file.read_text(encoding="utf-8")
    for name, (old, new) in changes.items():
        if old not in text:
            raise RuntimeError(f"settings.toml does not hold {name}: {old!r}")
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")


@contextmanager
def workshop(folder: Path, hosts: Collection[str] = FEW, *, tried: bool = True) -> Iterator[Workshop]:
    """A workshop with its stages: empty, ingested, whole (run, reported, corrected by persons) and tried (a candidate beside).

    ``hosts``: the sites of the newsroom that are open; a few have every kind of list.
    """
    sites = tuple(site for site in load_sample(sample_folder(), NOW) if site.host in hosts)
    with serve(sites) as newsroom:
        newsroom.handle_error = lambda *_: None  # type: ignore[method-assign] # whoever is killed hangs up
        shop = Workshop(folder, newsroom, copy_of_the_program(folder))
        home = shop.stage("empty")
        (home / "data").mkdir(parents=True)
        (home / "models").mkdir()
        settings_with(
            config_for(home, newsroom),
            engine=('spec = "processes:2"', 'spec = "serial"'),
            age=("max_age_hours = 48 ", "max_age_hours = 336 "),  # the few sites' bad news is a week old
        )
        _only(home / "config" / "sources.csv", hosts)
        _build(shop, "ingested", "empty", [["ingest"]])
        _build(shop, "whole", "ingested", [["run"], ["report", "--week", "2026-W47"], ["alert"]])
        whole = shop.stage("whole")
        with at_home(whole, shop.labels):
            if not (whole / "data" / "alerts.csv").is_file():
                raise RuntimeError("no article of the workshop is worth an alert; the trials of alerts would try nothing")
            for key, tone in settled_keys(whole):
                for what in (("relevance", "corrections"), ("programme_primary", "umum"), ("tone", tone)):
                    undisturbed(["correct", key, *what, "--who", "Penyunting", "--why", "dibaca"])
        # What has been learnt by a fit is kept, so that only the trials of training pay for it.
        for earlier in ("empty", "ingested"):
            shutil.copytree(whole / "models", shop.stage(earlier) / "models", dirs_exist_ok=True)
        if tried:
            _build(shop, "tried", "whole", [["train"], ["judge", "--recipe", "new"]])
        yield shop


def _only(sources: Path, hosts: Collection[str]) -> None:
    """Leave in a catalogue what stands on these hosts."""
    header, *rows = sources.read_text(encoding="utf-8").splitlines(keepends=True)
    sources.write_text(header + "".join(row for row in rows if any(f"//{host}/" in row for host in hosts)), encoding="utf-8")


def _build(shop: Workshop, name: str, before: str, commands: Sequence[Sequence[str]]) -> None:
    shutil.copytree(shop.stage(before), shop.stage(name))
    with at_home(shop.stage(name), shop.labels):
        for arguments in commands:
            undisturbed(arguments)


@contextmanager
def at_home(home: Path, labels: Path, besides: Mapping[str, str] | None = None) -> Iterator[None]:
    """Let commands within this process work on ``home``, by these labels; ``besides``: more of the environment."""
    with ExitStack() as stack:
        stack.enter_context(mock.patch.dict(os.environ, environment(home) | dict(besides or {})))
        for room in ("training", "evaluation"):
            stack.enter_context(mock.patch(f"pipeline.{room}.labels_folder", return_value=labels))
        yield


def within(arguments: Sequence[str], now: datetime = NOW) -> Said:
    """A command within this process, at the home that stands in its environment; what it raises is told as a traceback."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            code = main([*arguments, "--now", now.isoformat()])
        except SystemExit as error:
            code = int(error.code or 0)
        except Exception:  # noqa: BLE001 - a finding, not an end
            code = 70
            err.write(traceback.format_exc())
    return Said(code, out.getvalue(), err.getvalue())


def undisturbed(arguments: Sequence[str], now: datetime = NOW) -> Said:
    """``within``, where nothing was broken: it must end with 0."""
    said = within(arguments, now)
    if said.code:
        raise RuntimeError(f"{' '.join(arguments)}, undisturbed, ended with {said.code}: {said.err[-2000:]}")
    return said


def settled_keys(home: Path) -> list[tuple[str, str]]:
    """A few articles of the subject and the tone that a person will give them."""
    frame = dataset.articles(home / "data", ["key", "dated_at", "part", "relevance", "tone"])
    ours = frame[frame["relevance"] == "corrections"].head(3)
    return [(key, "negative" if tone == "positive" else "positive") for key, tone in zip(ours["key"], ours["tone"], strict=True)]


@dataclass(frozen=True)
class Held:
    """All that a home holds, in a form that is equal for two homes that came to the same."""

    account: dict[str, int]
    articles: list[tuple[object, ...]]  # key, version, digest of the text, relevance, tone, recipe, story
    pages: Counter[tuple[object, ...]]  # key, version, bytes of bodies
    rejections: Counter[tuple[object, ...]]
    past: list[tuple[str, str]]  # folder and name of former and candidate judgements
    looks: list[tuple[object, ...]]
    files: dict[str, object]  # reports, logs, models

    @property
    def whole(self) -> str:
        """ "" when nothing is lost, doubled or left undone, else what is."""
        undone = [
            f"{name} {self.account[name]}" for name in ("lost", "doubled", "waiting", "not_yet_judged") if self.account[name]
        ]
        keys = [row[0] for row in self.articles]
        twice = [] if len(keys) == len(set(keys)) else ["an article twice"]
        return ", ".join(undone + twice)

    def differs(self, other: Held, without: Sequence[str] = ()) -> str:
        """The names of what is not the same; "" for none."""
        fields = (name for name in self.__dataclass_fields__ if name not in without)
        names = [name for name in fields if getattr(self, name) != getattr(other, name)]
        if "files" in names:
            named = sorted(self.files.keys() | other.files.keys())
            names += [name for name in named if self.files.get(name) != other.files.get(name)]
        return ", ".join(names)


def held(home: Path, now: datetime = NOW) -> Held:
    """What a home holds now."""
    data = home / "data"
    frame = dataset.articles(data)
    columns = ["key", "version", "text_sha256", "relevance", "tone", "recipe", "story_id", "event_id"]
    shown = frame[columns].astype(object).where(frame[columns].notna(), None).sort_values("key")
    pages = Counter(
        (row["key"], row["version"] or 0, sum(map(len, row["bodies"] or ())))
        for name in part_names(data, "pages")
        for row in read_part(part_path(data, "pages", name), ["key", "version", "bodies"]).to_pylist()
    )
    rejected = dataset.rejections(data)
    with closing(sqlite3.connect(data / "ledger.sqlite")) as db:
        looks = db.execute("SELECT key, done, outcome, due FROM revisits ORDER BY key").fetchall()
    kinds = ("articles_past", "rejections_past", "articles_new", "rejections_new")
    past = sorted((path.parent.parent.name, path.name) for kind in kinds for path in (data / kind).rglob("[!.]*.parquet"))
    place = jobs.workplace(home / "config", data, now)
    return Held(
        overview.account(place),
        list(shown.itertuples(index=False, name=None)),
        pages,
        Counter(zip(rejected["key"], rejected["reason"], rejected["version"].fillna(0), strict=True)),
        past,
        looks,
        _files(home),
    )


def _files(home: Path) -> dict[str, object]:
    """What stands beside the parts: reports byte for byte, logs by what they say, models by name."""
    data = home / "data"
    found: dict[str, object] = {
        path.relative_to(data).as_posix(): path.read_bytes()
        for path in sorted((data / "reports").rglob("*"))
        if path.is_file() and path.suffix != ".pdf"
    }
    gone = load_tombstones(data)
    found["forgotten"] = (len(gone.addresses), len(gone.texts))
    found["models"] = sorted(path.name for path in (home / "models").rglob("[!.]*.*") if path.is_file())
    found["corrections"] = _text(home / "corrections.csv")
    found["promotions"] = _rows(data / "promotions.csv", len(LOG_COLUMNS))
    found["alerts"] = sorted({tuple(row[1:4]) for row in _rows(data / "alerts.csv", len(ALERT_COLUMNS)) if row[1] != "trying"})
    found["recipes"] = Counter(recipe_of(part_path(data, "articles", name)) for name in part_names(data, "articles"))
    return found


def _rows(path: Path, columns: int) -> list[list[str]]:
    """A log's rows; what a power cut left of a line is none."""
    return [row for row in csv.reader(io.StringIO(_text(path))) if len(row) == columns]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def hidden_leftovers(home: Path) -> list[str]:
    """Hidden files of killed writers; they hold room, and bodies that nobody would look for."""
    return sorted(
        path.relative_to(home).as_posix()
        for path in home.rglob(".*")
        if path.is_file() and not path.name.endswith(".lock") and path.name not in (".lock",)
    )
