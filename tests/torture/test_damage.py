"""Damaged files, a world gone wrong, one of each: repaired by the next run, or told with what to do, which then helps.

`./run torture` does all of it at random, for as long as one likes.
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks.torture_damage import empty, folder, strange, truncate, zeros
from benchmarks.torture_place import Said, ended, within
from benchmarks.torture_world import without_privileges
from pipeline import jobs, overview, promoting
from pipeline.demo import workplace_of_demo
from pipeline.errors import StorageError, as_told
from pipeline.fetch.ledger import LONGEST_RETRY, Ledger
from pipeline.fetch.schedule import Standing, due
from pipeline.promoting import LOG_COLUMNS, Candidate
from pipeline.records import Reason, Rejection, Retry
from pipeline.report.publish import standing
from pipeline.store.dataset import articles
from pipeline.store.parts import part_names, part_path, read_part
from tests.conftest import NOW


def place_of(data: Path) -> jobs.Workplace:
    place = workplace_of_demo(data, NOW)
    assert place is not None
    return place


def part(data: Path, kind: str) -> Path:
    [name] = part_names(data, kind)
    return part_path(data, kind, name)


def promised(said: Said, path: Path) -> None:
    """It kept its promises, and where it failed it named the file."""
    assert said.wrong == ""
    assert said.code == 0 or path.name in said.message


@pytest.mark.parametrize(("kind", "injury"), [("articles", zeros), ("rejections", truncate), ("rejections", empty)])
def test_a_damaged_judgement_moved_away_as_told_comes_back(kind: str, injury: Callable[..., None], data: Path) -> None:
    before = articles(data)["key"].tolist()
    path = part(data, kind)
    injury(path, random.Random(7))
    said = within(["status", "--data", str(data)])
    promised(said, path)
    assert said.code == 1
    assert "move it away and run again" in said.message
    path.unlink()
    assert within(["judge", "--data", str(data)]).code == 0
    account = overview.account(place_of(data))
    assert account["lost"] == account["doubled"] == account["not_yet_judged"] == 0
    assert articles(data)["key"].tolist() == before


def test_one_flipped_bit_of_a_part_is_seen_wherever_it_is(data: Path) -> None:
    """The values of a column bear a checksum; without it a flipped bit gives other values, and no error."""
    assert within(["judge", "--rejudge", "--data", str(data)]).code == 0  # parts of earlier versions have no checksums
    path, rnd = part(data, "articles"), random.Random(3)
    whole, table = path.read_bytes(), read_part(path)
    end = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")  # what comes after is the footer, which is no value
    for _ in range(60):
        at = rnd.randrange(4, end)
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << rnd.randrange(8)]) + whole[at + 1 :])
        try:
            assert read_part(path).equals(table), f"byte {at} gives other values"
        except StorageError:
            continue


@pytest.mark.parametrize("injury", [truncate, strange, folder], ids=lambda one: one.__name__)
@pytest.mark.parametrize("name", ["stories/stories.parquet", "ledger.sqlite", "demo.json", "corrections.csv", "forgotten.csv"])
def test_no_damaged_file_makes_a_command_break(name: str, injury: Callable[..., None], data: Path) -> None:
    if name == "corrections.csv":
        (data / name).write_text(f"key,field,old,new,who,when,why\n{'0' * 16},tone,a,negative,b,{NOW.isoformat()},c\n", "utf-8")
    if name == "forgotten.csv":
        (data / name).write_text("kind,hash,when\nsalt,ab,2026-11-26T10:00:00+07:00\n", "utf-8")
    injury(data / name, random.Random(5))
    for arguments in (["status"], ["judge"]):
        promised(within([*arguments, "--data", str(data)]), data / name)


def test_a_lost_part_that_was_judged_loses_nothing_and_one_that_was_not_is_fetched_again(data: Path) -> None:
    part(data, "pages").unlink()
    assert overview.account(place_of(data))["lost"] == 0, "its articles stand"
    part(data, "articles").unlink()
    said = within(["status", "--data", str(data)])
    assert said.code == 1
    assert said.wrong == ""
    assert "10 row(s) lost" in said.err
    place = place_of(data)
    with Ledger(data / "ledger.sqlite", NOW) as ledger:
        [name] = ledger.known_parts()
        assert ledger.release_part(name) == 10
        assert ledger.release_part(name) == 0
        assert ledger.counts()["waiting"] == 10
    account = overview.account(place)
    assert account["lost"] == account["doubled"] == 0
    assert account["waiting"] == 10


def test_a_clock_that_was_far_ahead_makes_nothing_wait(data: Path) -> None:
    year = timedelta(days=365)
    assert due(Standing("a", next_poll=NOW + year), NOW)
    assert not due(Standing("a", next_poll=NOW + timedelta(days=6)), NOW)
    path = data / "ledger.sqlite"
    with Ledger(path, NOW) as ledger:
        [name] = ledger.known_parts()
        ledger.release_part(name)
        key = ledger.waiting(1)[0].key
    for ahead, found in ((timedelta(), 9), (year, 10)):
        with Ledger(path, NOW + ahead) as ledger:
            ledger.settle(Rejection(key, "fetch", Reason.TIMEOUT, "", retry=Retry.SOFT))
        with Ledger(path, NOW) as ledger:
            assert len(ledger.waiting(99)) == found
            assert len(ledger.waiting_among([key])) == (found == 10)
    assert year > LONGEST_RETRY


def test_what_the_disk_or_its_rights_refuse_is_told_and_a_fault_of_ours_is_raised() -> None:
    told = str(as_told(OSError(28, os.strerror(28), "/data/x")))
    assert told.startswith("/data/x: No space left on device; see that the disk has room")
    with pytest.raises(FileNotFoundError):
        as_told(FileNotFoundError(2, "gone"))


def command(data: Path, arguments: list[str], before: Callable[[], None]) -> Said:
    call = [sys.executable, "-m", "pipeline", *arguments, "--data", str(data), "--now", NOW.isoformat()]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return ended(subprocess.Popen(call, preexec_fn=before, start_new_session=True, **pipes))  # type: ignore[call-overload]


def test_a_full_disk_is_told_and_the_next_command_goes_on(data: Path) -> None:
    before = articles(data)["key"].tolist()
    said = command(data, ["judge", "--rejudge"], lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)))
    assert said.code == 1
    assert said.wrong == ""
    assert articles(data)["key"].tolist() == before
    assert within(["judge", "--rejudge", "--data", str(data)]).code == 0
    assert articles(data)["key"].tolist() == before
    assert not list(data.rglob(".*.parquet*"))


@pytest.mark.parametrize("closed", [".", "articles/ingested=2026-11-26"])
def test_a_folder_that_may_not_be_written_to_is_named(closed: str, data: Path) -> None:
    (data / closed).chmod(0o555)
    said = command(data, ["judge", "--rejudge"], without_privileges)
    (data / closed).chmod(0o755)
    assert said.code == 1
    assert said.wrong == ""
    assert str(data) in said.err
    assert len(articles(data)) == 9


def test_a_promotion_that_was_killed_behind_its_last_line_is_written_down_once(data: Path) -> None:
    candidate = Candidate("0123456789ab", (), 0)
    candidate.home(data).mkdir(parents=True)
    (candidate.home(data) / "_promoted.json").write_text(json.dumps(["2026-11-26", *LOG_COLUMNS[1:]]), "utf-8")
    for _ in range(2):
        promoting._log(data, candidate)
    assert (data / "promotions.csv").read_text("utf-8").count("2026-11-26") == 1


def test_a_report_is_found_where_a_killed_run_left_it(tmp_path: Path) -> None:
    folder_, old = tmp_path / "2026-W47", tmp_path / ".2026-W47.old"
    assert standing(folder_) == folder_
    old.mkdir()
    assert standing(folder_) == old
    folder_.mkdir()
    assert standing(folder_) == folder_
