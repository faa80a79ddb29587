"""A simulated day of cron over a web on loopback that grows and fails: are memory and file handles flat, and is all there?

    .venv/bin/python -m benchmarks.soak [--hours 24] [--every 30] [--sites 12] [--seed 1]

Every run is a real process (`pantau run`, after each one `pantau alert`, once a day `pantau report` and `pantau expire`), told
the simulated time; one process of `pantau browse` serves its pages all the while. The web invents stories hour by hour, and
answers by turns with errors, 429, web pages instead of feeds, cut and late bodies. This one process measures all others: the
peak memory and the most open files of each and of its workers, what they leave behind, and how the data grow. Six quiet hours
more let what waits be fetched. Ends with 1 when a row is lost or doubled, a story is missing, or something is not flat.
"""

from __future__ import annotations

import argparse
import html
import os
import random
import re
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from benchmarks.crash import NOW
from benchmarks.torture_place import Said, environment, hidden_leftovers, settings_with
from pipeline import jobs, overview
from pipeline.fetch.ledger import Ledger
from pipeline.settings import default_config, models_folder

SETTLING = 6  # hours without faults at the end: a source that failed three times in a row is left alone for four
PAGE = 0.02  # seconds between two looks at a process
FAULTS = ("error", "busy", "page", "cut", "late", "reset")
# Half of an hour's stories are of the subject; own words, invented places.
SUBJECT = ("Lapas Kota Rembayu", "Rutan Tanjung Seladri", "LPKA Muara Kenanga", "Lapas Perempuan Cempaka Raya")
ACTS = (
    "menggagalkan penyelundupan sabu yang disembunyikan di dalam bungkus makanan",
    "melatih warga binaan membuat roti dan mebel untuk dijual di pasar desa",
    "memanen jagung dan lele dari lahan yang digarap warga binaan",
    "menggelar pemeriksaan kesehatan gratis bagi warga binaan dan petugas",
)
OTHER = (
    "Harga cabai di pasar induk turun",
    "Jembatan desa selesai diperbaiki",
    "Tim bola voli kabupaten menang",
    "Hujan lebat melanda pesisir",
)


@dataclass(frozen=True)
class Story:
    """One invented story: where and when it stands on the web."""

    host: str
    number: int
    at: datetime
    title: str
    body: str

    @property
    def url(self) -> str:
        """Its address."""
        return f"https://{self.host}/berita/{self.number}"


def invented(hosts: Sequence[str], begin: datetime, hours: int, rnd: random.Random) -> list[Story]:
    """The stories of all hosts, oldest first: two an hour, on average, from each."""
    found = []
    for host in hosts:
        for number in range(rnd.randint(hours, 3 * hours)):
            at = begin + timedelta(hours=rnd.uniform(-3, hours))
            place, act, other = rnd.choice(SUBJECT), rnd.choice(ACTS), rnd.choice(OTHER)
            ours = rnd.random() < 0.5
            title = f"{place} {act.split(' yang ')[0].capitalize()} ({number})" if ours else f"{other} pada hari ke-{number}"
            lead = f"Petugas {place} {act} pada hari ini." if ours else f"{other} setelah beberapa pekan, kata warga setempat."
            more = " ".join(
                f"Catatan ke-{rnd.randrange(10**6)} dari {host.split('.')[0]} menyebut {rnd.randint(2, 90)} orang hadir."
                for _ in range(12)
            )
            found.append(
                Story(host, number, at, title, f"<p>{lead} {more}</p><p>{lead} Kegiatan itu akan dilanjutkan bulan depan.</p>")
            )
    return sorted(found, key=lambda story: story.at)


class Web(ThreadingHTTPServer):
    """The invented hosts by Host header on loopback, at the simulated time ``now``."""

    daemon_threads = True

    def __init__(self, hosts: Sequence[str], stories: Sequence[Story], begin: datetime, quiet: datetime, seed: int) -> None:
        self.hosts, self.stories, self.begin, self.quiet, self.seed = hosts, stories, begin, quiet, seed
        self.now = begin
        self.faults: Counter[str] = Counter()
        self.pages = {(story.host, f"/berita/{story.number}"): story for story in stories}
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Who hangs up is no news."""

    def fault(self, host: str) -> str:
        """What is wrong with a host in this hour; "" for most. A function of the seed, so that a day can be lived again."""
        if self.now >= self.quiet:
            return ""
        hour = int((self.now - self.begin) / timedelta(hours=1))
        rnd = random.Random(f"{self.seed} {host} {hour}")  # noqa: S311 - a simulation
        return rnd.choice(FAULTS) if rnd.random() < 0.25 else ""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Web

    def do_GET(self) -> None:
        web, host = self.server, (self.headers.get("Host") or "").split(":")[0]
        fault = web.fault(host)
        web.faults[fault or "none"] += 1
        if fault == "reset":
            self.connection.close()
            return
        if fault in ("error", "busy"):
            self._send(503 if fault == "error" else 429, "text/plain", b"", {"Retry-After": "600"} if fault == "busy" else {})
            return
        if self.path == "/robots.txt":
            self._send(200, "text/plain", b"User-agent: *\nDisallow: /admin\n")
        elif self.path == "/feed":
            self._send(200, *(("text/html", b"<html><h1>Perbaikan</h1></html>") if fault == "page" else _feed(web, host)))
        elif (story := web.pages.get((host, self.path))) and story.at <= web.now:
            body = _page(story)
            if fault == "late":
                time.sleep(0.2)
            self._send(200, "text/html; charset=utf-8", body[: len(body) // 2] if fault == "cut" else body, length=len(body))
        else:
            self._send(404, "text/html", b"<h1>404</h1>")

    def _send(self, status: int, kind: str, body: bytes, more: dict[str, str] | None = None, length: int | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(length or len(body)), **(more or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        if length and length > len(body):
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Quiet."""


def _feed(web: Web, host: str) -> tuple[str, bytes]:
    shown = [story for story in web.stories if story.host == host and story.at <= web.now][-30:]
    items = "".join(
        f"<item><title>{html.escape(one.title)}</title><link>{one.url}</link>"
        f"<pubDate>{one.at:%a, %d %b %Y %H:%M:%S %z}</pubDate></item>"
        for one in reversed(shown)
    )
    return (
        "application/rss+xml",
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>{host}</title>{items}</channel></rss>'.encode(),
    )


def _page(story: Story) -> bytes:
    published = f'<meta property="article:published_time" content="{story.at.isoformat()}">'
    head = f'<title>{html.escape(story.title)}</title><link rel="canonical" href="{story.url}">{published}'
    body = f"<article><h1>{html.escape(story.title)}</h1>{story.body}</article>"
    return f"<!DOCTYPE html><html lang='id'><head>{head}</head><body>{body}</body></html>".encode()


@dataclass
class Seen:
    """What one process and its workers used at most: megabytes, open files; and what it left behind."""

    command: str
    hour: float
    seconds: float = 0.0
    megabytes: float = 0.0
    files: int = 0
    code: int = 0
    left: list[str] = field(default_factory=list)


def look(process: int) -> tuple[float, int]:
    """(megabytes now, open files) of a process and all below it; zeros when it has ended."""
    megabytes, files, names = 0.0, 0, [process]
    for name in names:
        try:
            status = Path(f"/proc/{name}/status").read_text()
            megabytes += int(found[1]) / 1024 if (found := re.search(r"VmRSS:\s+(\d+)", status)) else 0.0
            files += len(os.listdir(f"/proc/{name}/fd"))  # noqa: PTH208 - names only, and they vanish
            names += map(int, Path(f"/proc/{name}/task/{name}/children").read_text().split())
        except (OSError, ValueError):
            continue
    return megabytes, files


def watched(home: Path, arguments: Sequence[str], now: datetime, hour: float) -> tuple[Seen, Said]:
    """A command, looked at until it ends."""
    begun = time.monotonic()
    call = [sys.executable, "-m", "pipeline", *arguments, "--now", now.isoformat()]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(call, env=environment(home), stdout=out, stderr=err, start_new_session=True)  # noqa: S603
        seen = Seen(arguments[0], hour)
        while process.poll() is None:
            megabytes, files = look(process.pid)
            seen.megabytes, seen.files = max(seen.megabytes, megabytes), max(seen.files, files)
            time.sleep(PAGE)
        seen.seconds, seen.code = time.monotonic() - begun, process.returncode
        out.seek(0)
        err.seek(0)
        said = Said(process.returncode, out.read().decode(errors="replace"), err.read().decode(errors="replace"))
    try:
        os.killpg(process.pid, 0)  # whoever of its group is still there was left behind
        seen.left.append("a process")
    except ProcessLookupError:
        pass
    seen.left += hidden_leftovers(home)
    return seen, said


@contextmanager
def browsing(home: Path) -> Iterator[tuple[int, str]]:
    """`pantau browse` over the home: its process and address."""
    call = [sys.executable, "-m", "pipeline", "browse", "--port", "0"]
    process = subprocess.Popen(call, env=environment(home), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)  # noqa: S603
    try:
        assert process.stdout is not None  # noqa: S101
        yield process.pid, process.stdout.readline().split()[0].rstrip("/")
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def prepared(home: Path, origin: str, hosts: Sequence[str]) -> None:
    """Configuration of the invented web, with the repository's own models."""
    shutil.copytree(default_config(), home / "config")
    (home / "data").mkdir()
    (home / "models").mkdir()
    for path in models_folder().glob("*.skops"):
        (home / "models" / path.name).hardlink_to(path) if path.stat().st_dev == home.stat().st_dev else shutil.copy(
            path, home / "models"
        )
    header = (
        "id,outlet,owner,kind,url,scope,province,tier,publisher_type,licence,zone,status,pages,conditional,link_pattern,note\n"
    )
    rows = (
        f"{host.split('.')[0]},{host.split('.')[0].title()},,rss,https://{host}/feed,local,,T3,newsroom,open,Asia/Jakarta,active,all,yes,,invented\n"
        for host in hosts
    )
    (home / "config" / "sources.csv").write_text(header + "".join(rows), encoding="utf-8")
    settings_with(
        home / "config",
        origin=('loopback_origin = ""', f'loopback_origin = "{origin}"'),
        delay=("host_delay_seconds = 5.0", "host_delay_seconds = 0.0"),
        outage=("outage_seconds = 600 ", "outage_seconds = 1 "),
        refused=("refused_seconds = 3600 ", "refused_seconds = 60 "),
    )


@dataclass
class Day:
    """All that was measured."""

    seen: list[Seen] = field(default_factory=list)
    served: list[tuple[float, float, int]] = field(default_factory=list)  # hour, megabytes, files of `pantau browse`
    grown: list[tuple[float, dict[str, int]]] = field(default_factory=list)  # hour, bytes by kind
    wrong: list[str] = field(default_factory=list)


def sizes_of(data: Path) -> dict[str, int]:
    """Bytes of all files, by the folder or file at the top."""
    sizes: Counter[str] = Counter()
    for path in data.rglob("*"):
        if path.is_file():
            sizes[path.relative_to(data).parts[0].removesuffix("-wal").removesuffix("-shm")] += path.stat().st_size
    return dict(sizes)


def live(home: Path, web: Web, begin: datetime, hours: int, every: int) -> Day:
    """The day, run by run."""
    day = Day()
    with browsing_when_there_is_something(home, begin, day) as served:
        for minute in range(0, 60 * (hours + SETTLING) + 1, every):
            web.now, hour = begin + timedelta(minutes=minute), minute / 60
            commands = [["run"], ["alert"]]
            if minute and minute % (24 * 60) == 0:
                commands += [["report", "--week", "last"], ["expire"]]
            for arguments in commands:
                one, said = watched(home, arguments, web.now, hour)
                day.seen.append(one)
                if said.wrong:
                    day.wrong.append(f"hour {hour:g}: {arguments[0]}: {said.wrong}")
                day.wrong += [f"hour {hour:g}: {arguments[0]} left {left}" for left in one.left]
            process, address = served
            for page in ("/", "/sumber"):
                with urllib.request.urlopen(f"{address}{page}", timeout=60) as answer:  # noqa: S310 - our own address
                    answer.read()
            day.served.append((hour, *look(process)))
            day.grown.append((hour, sizes_of(home / "data")))
            print(f"\rhour {hour:g}", end="", file=sys.stderr, flush=True)
    return day


@contextmanager
def browsing_when_there_is_something(home: Path, now: datetime, day: Day) -> Iterator[tuple[int, str]]:
    """The pages need a folder in which something was collected: a first run makes it."""
    first, said = watched(home, ["run"], now, 0.0)
    day.seen.append(first)
    if said.code or said.wrong:
        raise RuntimeError(f"the first run ended with {said.code}: {said.err[-1500:]}")
    with browsing(home) as served:
        yield served


def flat(name: str, numbers: Sequence[float], slack: float) -> tuple[str, str]:
    """A table's row of how a figure went over the day, and "" or what is wrong: the last quarter above the second one."""
    quarter = max(1, len(numbers) // 4)
    early, late = statistics.median(numbers[quarter : 2 * quarter] or numbers), statistics.median(numbers[-quarter:])
    row = f"| {name} | {numbers[0]:.0f} | {early:.0f} | {late:.0f} | {max(numbers):.0f} |"
    return row, f"{name} grows: {early:.0f} to {late:.0f}" if late > early * 1.1 + slack else ""


def missing(home: Path, web: Web) -> list[str]:
    """Stories that stood in a feed and are neither fetched nor waiting."""
    with Ledger.read(home / "data" / "ledger.sqlite", web.now) as ledger:
        from pipeline.urls import article_key

        return [
            story.url
            for story in web.stories
            if story.at <= web.quiet and ledger.state(article_key(story.url)) not in ("fetched", "skipped")
        ]


def told(day: Day, home: Path, web: Web, own: tuple[float, int]) -> list[str]:
    """Print the figures; returns what is wrong."""
    wrong = list(day.wrong)
    print("\n| what, at most in one process and its workers | first | 2nd quarter | last quarter | most |\n|---|---|---|---|---|")
    rows = [("run", 40.0), ("alert", 25.0)]
    for command, slack in rows:
        runs = [one for one in day.seen if one.command == command]
        for row, grown in (
            flat(f"`pantau {command}`, MB", [one.megabytes for one in runs], slack),
            flat(f"`pantau {command}`, open files", [one.files for one in runs], 4),
        ):
            print(row)
            wrong += filter(None, [grown])
    for row, grown in (
        flat("`pantau browse`, MB", [one[1] for one in day.served], 40),
        flat("`pantau browse`, open files", [one[2] for one in day.served], 2),
    ):
        print(row)
        wrong += filter(None, [grown])
    print(f"| this harness with its web, MB and open files | | | {own[0]:.0f} and {own[1]} | |")
    kinds = sorted({kind for _, sizes in day.grown for kind, size in sizes.items() if size})
    print("\n| hour | kB of " + " | ".join(kinds) + " |\n" + "|---" * (len(kinds) + 1) + "|")
    step = max(1, len(day.grown) // 6)
    for hour, sizes in [*day.grown[:-1:step], day.grown[-1]]:
        print(f"| {hour:g} | " + " | ".join(f"{sizes.get(kind, 0) / 1000:.0f}" for kind in kinds) + " |")
    codes = Counter(f"`{one.command}` ended with {one.code}" for one in day.seen)
    print("\n" + ", ".join(f"{what}: {count}" for what, count in sorted(codes.items())))
    print("answers: " + ", ".join(f"{what} {count}" for what, count in sorted(web.faults.items())))
    account = overview.account(jobs.workplace(home / "config", home / "data", web.now))
    print(f"account: {account}")
    wrong += [f"{name} {account[name]}" for name in ("lost", "doubled", "not_yet_judged") if account[name]]
    if gone := missing(home, web):
        wrong.append(f"{len(gone)} of {len(web.stories)} stories are missing: {gone[:5]}")
    return wrong


def main(arguments: Sequence[str] | None = None) -> int:
    """Live the day and print it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--hours", type=int, default=24)
    parser.add_argument("--every", type=int, default=30, help="minutes between two runs")
    parser.add_argument("--sites", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    begun, rnd = time.monotonic(), random.Random(options.seed)  # noqa: S311 - a simulation
    hosts = [f"kabar{number}.example" for number in range(options.sites)]
    quiet = NOW + timedelta(hours=options.hours)
    stories = invented(hosts, NOW, options.hours, rnd)
    with tempfile.TemporaryDirectory(prefix="soak-") as name, Web(hosts, stories, NOW, quiet, options.seed) as web:
        threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        home = Path(name)
        prepared(home, f"127.0.0.1:{web.server_address[1]}", hosts)
        day = live(home, web, NOW, options.hours, options.every)
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, look(os.getpid())[1]
        wrong = told(day, home, web, own)
        web.shutdown()
    lived = (time.monotonic() - begun) / 60
    print(f"\n{options.hours} + {SETTLING} hours, {options.sites} sites, {len(stories)} stories, {lived:.1f} minutes")
    print(
        *(["WRONG:", *wrong] if wrong else ["Memory and file handles are flat; nothing is lost, doubled or missing."]), sep="\n"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
