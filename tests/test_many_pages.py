"""The benchmark of very many pages: its pages are what it says they are, and what grows without bound is seen to grow."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks.many_pages import PART, YOUNG, Look, aged, beside, held, look, main, parts_of, rows_of, stored, told, unlike
from pipeline.store.parts import read_part


def test_each_page_is_unlike_all_others_but_every_third_reprints_the_one_before_it() -> None:
    pages = [unlike(number) for number in range(9)]
    assert pages == [unlike(number) for number in range(9)], "the same at each call: a killed run goes on"
    assert len({page.text for page in pages}) == 9
    lines = [page.text.split("\n") for page in pages]
    for number in (2, 5, 8):
        assert pages[number].title == pages[number - 1].title
        assert lines[number][:-1] == lines[number - 1][:-1], "one sentence differs"
    originals = [line for number in (0, 1, 3, 4, 6, 7) for line in lines[number]]
    assert len(set(originals)) == len(originals)
    assert all(earlier.at < later.at for earlier, later in pairwise(pages))


def test_the_pages_stand_in_parts_as_a_fetch_leaves_them(tmp_path: Path) -> None:
    stored(tmp_path, PART + 3)
    parts = parts_of(tmp_path, "pages")
    assert [rows_of([part]) for part in parts] == [PART, 3]
    keys = [key for part in parts for key in read_part(part, ["key"])["key"].to_pylist()]
    assert len(set(keys)) == PART + 3
    assert beside(parts[0], "articles") == tmp_path / "articles" / parts[0].relative_to(tmp_path / "pages")


def test_a_process_and_those_below_it_are_looked_at(tmp_path: Path) -> None:
    code = "import sys; held = b'x' * 50_000_000; print(flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout
        child.stdout.readline()
        seen = look(os.getpid(), tmp_path)
        assert seen.workers[child.pid] > 50
        assert seen.driver > 50
        assert seen.files > 3
    assert held(child.pid) == (0.0, 0, []), "it has ended"


@pytest.mark.parametrize("leak", ["", "driver", "workers", "files"])
def test_what_grows_is_told(leak: str, capsys: pytest.CaptureFixture[str]) -> None:
    def at(parts: int) -> Look:
        grown = {name: parts * (name == leak) for name in ("driver", "workers", "files")}
        return Look(parts, 300.0 + grown["driver"], {7: 400.0 + grown["workers"]}, 20 + grown["files"])

    looks = [at(parts) for parts in range(1, 91)]
    assert told(looks, [at(91)], 18_000) is (leak == "")
    out = capsys.readouterr().out
    assert "| the driver, MB | 330 | 360 | 390 |" in out if leak == "driver" else "| the driver, MB | 300 | 300 | 300 |" in out
    assert ("400, 400, 400, 400" in out) is (leak != "workers")


def test_workers_that_hardly_lived_say_nothing_of_age() -> None:
    looks = [Look(1, 1.0, {1: float(at), 2: 900.0} if at < YOUNG - 1 else {1: float(at)}, 1) for at in range(50)]
    assert aged(looks) == [10, 20, 30, 40]
    assert aged(looks[:3]) == []


def test_too_few_pages_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--pages", "5"])
    assert "at least 600" in capsys.readouterr().err
