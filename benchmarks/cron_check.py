"""A real cron daemon starts pantau once, end to end: the shipped crontab's own line, on a loopback newsroom.

    sudo ./run cron-check

Needs Debian's cron (apt-get install cron) and the right to write /etc/cron.d. Lays a file there, with the line of config/crontab
at every minute instead of every quarter of an hour; uses the cron daemon that runs, or starts one (which then also does what else
is due in these minutes); waits until two runs have ended, so that one that finds nothing new is seen too; takes file, daemon and
data away again. Exit code 1 where a run failed, printed something (cron would have mailed it) or left no data.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pipeline.errors import PantauError
from pipeline.jobs import workplace
from pipeline.newsroom.server import serve
from pipeline.newsroom.sites import load_sample
from pipeline.operation.installing import crontab_of, installation_of
from pipeline.operation.lines import lines_of
from pipeline.settings import default_config, sample_folder
from pipeline.watching import condition_of

PATIENCE = 300.0  # seconds until two runs must have ended
CRON_D = Path("/etc/cron.d")
ENTRY = CRON_D / f"pantau-cron-check-{os.getpid()}"
OVERLAP = 75  # cron started a run while another was at work: it did nothing and said so


def main() -> int:
    """Run the check; returns the exit code."""
    daemon = shutil.which("cron", path="/usr/sbin:/usr/bin:/sbin:/bin")
    if daemon is None or not os.access(CRON_D, os.W_OK):
        print("cron-check: needs Debian's cron (apt-get install cron) and root, to write into /etc/cron.d", file=sys.stderr)
        return 2
    with (
        tempfile.TemporaryDirectory(prefix="pantau-cron-check-") as name,
        serve(load_sample(sample_folder(), datetime.now(UTC))) as web,
    ):
        folder = Path(name)
        config = _configuration(folder, web.origin)
        line = job_of(config, folder / "data")
        # cron starts the job through this shell, which keeps what cron would have mailed.
        shell = _shell(folder)
        entry = f"SHELL={shell}\nPATH=/usr/local/bin:/usr/bin:/bin\n{line}\n"
        print(f"{ENTRY}:\n{entry}")
        with _entry(entry), _cron(daemon):
            codes = _ended(folder)
        _let_end(folder)
        return _judge(folder, config, codes, sum(web.requests.values()))


def _configuration(folder: Path, origin: str) -> Path:
    config = folder / "config"
    shutil.copytree(default_config(), config)
    # The newsroom's news is older than an hour: nothing of it is an alert, so that whatever is printed is a fault.
    settings = f'[fetch]\nloopback_origin = "{origin}"\nhost_delay_seconds = 0\n[alert]\nmax_age_hours = 1\n'
    (config / "settings.toml").write_text(settings, encoding="utf-8")
    shutil.copy(sample_folder() / "sources.csv", config / "sources.csv")
    shutil.copy(sample_folder() / "units.csv", config / "units.csv")
    return config


def job_of(config: Path, data: Path) -> str:
    """The crontab's first job, every minute, with the user's name as /etc/cron.d wants it."""
    crontab = crontab_of(installation_of(config, data))
    job = next(line for line in crontab.splitlines() if line.startswith("*/"))
    return f"* * * * * root {job.split(None, 5)[5]}"


def _shell(folder: Path) -> Path:
    kept = shlex.quote(str(folder))
    shell = folder / "shell"
    text = f'#!/bin/sh\nn=$(date +%s)\n/bin/sh "$@" >{kept}/printed.$n 2>&1\necho $? >{kept}/ended.$n\n'
    shell.write_text(text, encoding="utf-8")
    shell.chmod(0o755)
    return shell


@contextmanager
def _entry(text: str) -> Iterator[None]:
    hidden = ENTRY.with_name(f".{ENTRY.name}")  # a name that cron does not read
    try:
        hidden.write_text(text, encoding="utf-8")
        hidden.chmod(0o644)
        hidden.replace(ENTRY)
        yield
    finally:
        hidden.unlink(missing_ok=True)
        ENTRY.unlink(missing_ok=True)


@contextmanager
def _cron(daemon: str) -> Iterator[None]:
    own = subprocess.Popen([daemon, "-f"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)  # noqa: S603
    try:
        try:
            own.wait(2)
            told = own.stderr.read().strip() if own.stderr else ""
            if "lock" not in told:
                raise PantauError(f"cron did not start: {told}")
            print(f"a cron daemon runs already ({told}); it does the work")
        except subprocess.TimeoutExpired:
            print(f"started {daemon} -f as process {own.pid}")
        yield
    finally:
        if own.poll() is None:
            own.send_signal(signal.SIGTERM)
            own.wait(10)
            Path("/var/run/crond.pid").unlink(missing_ok=True)


def _ended(folder: Path) -> dict[str, int]:
    """Exit codes of the jobs that ended, by their start, as soon as two of them were no overlap, or when patience ended."""
    end = time.monotonic() + PATIENCE
    codes: dict[str, int] = {}
    while time.monotonic() < end and sum(code != OVERLAP for code in codes.values()) < 2:
        time.sleep(1)
        told = {path.suffix: path.read_text(encoding="utf-8").strip() for path in sorted(folder.glob("ended.*"))}
        codes = {start: int(code) for start, code in told.items() if code}
    return codes


def _let_end(folder: Path) -> None:
    """Wait for a job that cron had started before its entry was taken away."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and len([*folder.glob("printed.*")]) > len([*folder.glob("ended.*")]):
        time.sleep(1)


def _judge(folder: Path, config: Path, codes: dict[str, int], requests: int) -> int:
    runs = [start for start, code in codes.items() if code != OVERLAP]
    printed = "".join((folder / f"printed{start}").read_text(encoding="utf-8") for start in runs)
    print(
        f"exit codes {[*codes.values()]}; {requests} requests; cron would have mailed {len(printed.encode())} bytes of the runs"
    )
    if printed:
        print(printed)
    if [codes[start] for start in runs] != [0, 0] or printed:
        print("cron-check: FAILED", file=sys.stderr)
        return 1
    data = folder / "data"
    condition = condition_of(workplace(config, data, datetime.now(UTC)))
    print(*lines_of(condition), sep="\n")
    sound = condition.exit_code == 0 and condition.entries["judged"] > 0 and condition.entries["lost"] == 0
    print("cron-check: " + ("passed" if sound else "FAILED: no judged articles, or some are lost"))
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
