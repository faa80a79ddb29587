"""What starts pantau by the clock: the shipped files are valid, name real commands, and fit any installation's paths."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.errors import ConfigError
from pipeline.operation.installing import Installation, crontab_of, installation_of, units_of
from pipeline.settings import ROOT, default_config

SPACED = Installation(
    Path("/sr v/100%/config"), Path("/sr v/100%/data"), "sari", (Path("/sr v/100%/data"), Path("/var/m")), Path("/sr v/p")
)
_LIMITS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))


def jobs_of(crontab: str) -> list[tuple[list[str], str]]:
    """(the five fields, the command as the shell gets it) of every job; asserts the syntax of a user's crontab."""
    assert crontab.endswith("\n"), "cron ignores a last line without its end"
    found = []
    for line in crontab.splitlines():
        if not line.strip() or line.startswith("#") or re.match(r"[A-Z_]+=", line):
            continue
        assert len(line) < 999, "Debian's cron takes no longer line"
        *fields, command = line.split(None, 5)
        assert len(fields) == 5
        for field, (low, high) in zip(fields, _LIMITS, strict=True):
            match = re.fullmatch(r"(?:\*|(\d+)(?:-(\d+))?)(?:/(\d+))?", field)
            assert match, field
            assert all(low <= int(value) <= high for value in match.groups()[:2] if value), field
        assert not re.search(r"(?<!\\)%", command), "a bare % ends the command"
        found.append((fields, command.replace("\\%", "%")))
    return found


def words_of(command: str) -> list[str]:
    """The arguments of the ``run`` in a job."""
    words = shlex.split(command)
    return words[words.index(next(word for word in words if word.endswith("/run"))) + 1 :]


def parsed(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """The command line is one that pantau takes."""
    from pipeline.cli import _parser

    arguments = [word for word in words if word != ">/dev/null"]
    assert _parser().parse_args(arguments).command in ("run", "alert", "status", "report", "expire")


def test_the_shipped_crontab_is_valid_and_names_real_commands(capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / "config" / "crontab").read_text(encoding="utf-8")
    jobs = jobs_of(text)
    assert len(jobs) == 4
    for _, command in jobs:
        assert "/opt/pantau/run" in command
        for step in command.split("; "):
            parsed(words_of(step), capsys)
    first, alert = jobs[0][1].split("; ")
    assert first == "/opt/pantau/run run", "nothing between cron and the run: what it prints is mailed"
    assert alert == "/opt/pantau/run --wait 10 alert"


def test_the_check_with_a_real_cron_starts_the_shipped_job(tmp_path: Path) -> None:
    """`./run cron-check` takes minutes and root; here it is seen to find the line that it is to start."""
    from benchmarks.cron_check import job_of

    schedule, command = job_of(tmp_path / "config", tmp_path / "data").split(" root ", 1)
    assert schedule == "* * * * *"
    steps = [words_of(step)[-1] for step in command.split("; ")]
    assert steps == ["run", "alert"], "alerts go out also when one part of a run failed"


@pytest.mark.skipif(shutil.which("crontab") is None, reason="no cron here; the parser above has looked at it")
@pytest.mark.parametrize("home", [None, SPACED], ids=["shipped", "spaces and percents"])
def test_cron_itself_takes_it(home: Installation | None, tmp_path: Path) -> None:
    file = tmp_path / "crontab"
    file.write_text(crontab_of(home) if home else (ROOT / "config" / "crontab").read_text(encoding="utf-8"), encoding="utf-8")
    dry = "-n" if "-n" in subprocess.run(["crontab", "-h"], capture_output=True, text=True, check=False).stderr else "-T"
    done = subprocess.run(["crontab", dry, str(file)], capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 0, done.stderr


def test_the_weekly_job_runs_on_monday_morning_in_jakarta_only(tmp_path: Path) -> None:
    """The very line of the crontab, run by a shell whose clock is each hour of a week."""
    [(fields, command)] = [job for job in jobs_of(crontab_of(SPACED)) if "report" in job[1]]
    assert fields == ["5", "*", "*", "*", "*"]
    fake = tmp_path / "date"
    fake.write_text('#!/bin/sh\nexec /bin/date -d "@$PANTAU_CLOCK" "$@"\n', encoding="utf-8")
    fake.chmod(0o755)
    question = command.split("||")[0]
    monday = int(datetime(2026, 11, 22, 22, 5, tzinfo=UTC).timestamp())  # 05:05 WIB
    hours = []
    for zone in ("UTC", "America/New_York"):
        for hour in range(24 * 7) if zone == "UTC" else (0, 1, 2):
            environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PANTAU_CLOCK": str(monday + 3600 * hour), "TZ": zone}
            done = subprocess.run(["/bin/sh", "-c", question], env=environment, check=False, timeout=30)
            hours += [(zone, hour)] if done.returncode else []
    assert hours == [("UTC", 1), ("America/New_York", 1)]


def test_paths_with_spaces_and_percents_reach_the_shell_whole() -> None:
    for _, command in jobs_of(crontab_of(SPACED)):
        words = shlex.split(command)
        at = words.index("/sr v/p/run")
        assert words[at + 1 : at + 5] == ["--config", "/sr v/100%/config", "--data", "/sr v/100%/data"]
    assert "-u sari " in crontab_of(SPACED)
    assert "pantau/" not in crontab_of(SPACED)


def test_paths_in_units_are_quoted() -> None:
    service = units_of(SPACED)["pantau.service"]
    assert 'ExecStart="/sr v/p/run" --config "/sr v/100%%/config" --data "/sr v/100%%/data" run\n' in service
    assert 'ReadWritePaths="/sr v/100%%/data" /var/m\n' in service
    assert "User=sari\n" in service


@pytest.mark.parametrize("name", ['a"b', "a'b", "a$b", "a\\b", "a\nb", "a`b"])
def test_a_path_that_no_crontab_can_hold_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="plainer name"):
        installation_of(tmp_path, tmp_path / name)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
@pytest.mark.parametrize("folder", ["pantau", "sp ace 100%"])
def test_systemd_finds_no_fault_in_the_units(folder: str, tmp_path: Path) -> None:
    root = tmp_path / folder
    (root / "data").mkdir(parents=True)
    shutil.copy("/bin/true", root / "run")
    home = Installation(root / "config", root / "data", "root", (root / "data",), root)
    units = tmp_path / "units"
    units.mkdir()
    for name, text in units_of(home).items():
        (units / name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--recursive-errors=no", "--man=no", *map(str, sorted(units.iterdir()))],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    ours = [line for line in done.stderr.splitlines() if "pantau" in line]
    assert ours == []
    assert done.returncode == 0, done.stderr


def test_the_units_promise_what_the_documentation_says() -> None:
    shipped = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "config" / "systemd").iterdir()}
    assert set(shipped) == set(units_of(SPACED))
    for name in ("pantau.service", "pantau-report.service"):
        for line in ("ProtectSystem=strict", "NoNewPrivileges=yes", "PrivateTmp=yes", "KillMode=mixed", "TimeoutStopSec=6min"):
            assert f"\n{line}\n" in shipped[name], name
    assert "\nSuccessExitStatus=75\n" in shipped["pantau.service"]
    assert "Asia/Jakarta" in shipped["pantau-report.timer"]


def test_show_prints_this_installation(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data"
    data.mkdir()
    assert main(["cron", "show", "--data", str(data)]) == 0
    told = capsys.readouterr().out
    for _, command in jobs_of(told):
        assert f"{ROOT}/run --data {data} " in command
    assert f"sudo crontab -u {data.owner()} pantau.crontab" in told
    assert "/opt/pantau" not in told
    assert main(["cron", "show", "--systemd", "--data", str(data)]) == 0
    told = capsys.readouterr().out
    assert re.findall(r"^# --- (.*)$", told, re.MULTILINE) == list(units_of(SPACED))
    assert f"ReadWritePaths={data} " in told, "and the models' folder, which lies elsewhere"


def test_the_units_are_written_where_they_are_wanted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cron", "show", "--systemd", "--into", str(tmp_path / "system")]) == 0
    assert [Path(line).name for line in capsys.readouterr().out.splitlines()] == list(units_of(SPACED))
    assert f"ExecStart={ROOT}/run run\n" in (tmp_path / "system" / "pantau.service").read_text(encoding="utf-8")
    assert main(["cron", "show", "--into", str(tmp_path / "other")]) == 2
    assert "--systemd" in capsys.readouterr().err
    (tmp_path / "file").touch()
    assert main(["cron", "show", "--systemd", "--into", str(tmp_path / "file")]) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_the_defaults_need_no_options() -> None:
    home = replace(SPACED, config=ROOT / "config", data=ROOT / "data", root=ROOT)
    assert default_config() == home.config
    assert home.command == (f"{ROOT}/run",)
