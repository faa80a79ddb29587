"""``./run`` on machines where something is missing: one sentence that says what to do, and a failing exit code."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def run_in(folder: Path, python: str, words: tuple[str, ...] = ("demo",), **more: str) -> subprocess.CompletedProcess[str]:
    shutil.copy(ROOT / "run", folder / "run")
    shutil.copytree(ROOT / "requirements", folder / "requirements")
    shutil.copy(ROOT / "pyproject.toml", folder)
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHON": python, **more}
    return subprocess.run(
        ["sh", "run", *words], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


def test_an_unknown_set_of_packages(tmp_path: Path) -> None:
    done = run_in(tmp_path, fake_python(tmp_path, "exit 1"), words=("install", "lainnya"))
    assert done.returncode == 1
    assert done.stderr == "run: there is no requirements/lainnya.txt; write ./run install, or ./run install extras\n"


def fake_python(folder: Path, script: str) -> str:
    path = folder / "fake-python"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def test_an_unsupported_python(tmp_path: Path) -> None:
    done = run_in(tmp_path, fake_python(tmp_path, "exit 1"))
    assert done.returncode == 1
    assert done.stderr == (
        "run: Python 3.11, 3.12 or 3.13 is needed; install one (Debian: apt install python3 python3-venv)"
        " or name it: PYTHON=/path/to/python ./run\n"
    )


def test_no_venv_module(tmp_path: Path) -> None:
    done = run_in(tmp_path, fake_python(tmp_path, 'case "$2" in *ensurepip*) exit 1;; esac; exit 0'))
    assert done.returncode == 1
    assert (
        done.stderr
        == "run: Python's venv module is missing; install it (Debian, Ubuntu: apt install python3-venv) and run again\n"
    )


def test_no_network(tmp_path: Path) -> None:
    venv_with_failing_pip = (
        'if [ "$1" = -m ] && [ "$2" = venv ]; then mkdir -p "$4/bin"; cp "$0" "$4/bin/python"; exit 0; fi\n'
        'case "$*" in *"pip --version"*) exit 1;; *"pip install"*) echo "connection refused"; exit 1;; esac\nexit 0'
    )
    done = run_in(tmp_path, fake_python(tmp_path, venv_with_failing_pip))
    assert done.returncode == 1
    assert "packages could not be downloaded; connect to the network" in done.stderr
    assert "connection refused" in (tmp_path / ".venv" / "install.log").read_text(encoding="utf-8")
    assert not (tmp_path / ".venv" / "installed-base").exists()


def test_a_folder_with_a_space_in_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "sp ace"
    folder.mkdir()
    working = (
        'if [ "$1" = -m ] && [ "$2" = venv ]; then mkdir -p "$4/bin"; cp "$0" "$4/bin/python"; cp "$0" "$4/bin/uv"; '
        'printf "#!/bin/sh\\necho ran \\"\\$@\\"\\n" > "$4/bin/pantau"; chmod +x "$4/bin/pantau"; exit 0; fi\n'
        'case "$*" in *"pip --version"*) exit 1;; esac\nexit 0'
    )
    done = run_in(folder, fake_python(folder, working))
    assert done.stdout == "ran demo\n", done.stderr
    assert (folder / ".venv" / "installed-base").exists()


@pytest.mark.parametrize("word", ["demo", "test", "install", "lock"])
def test_the_script_explains_each_word(word: str) -> None:
    head = (ROOT / "run").read_text(encoding="utf-8").split("set -eu")[0]
    assert f"./run {word}" in head


def test_ci_runs_exactly_the_test_command() -> None:
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert lines[-1] == "exec ./run test"
