"""Judging on a Dask cluster of separate processes, over folder and bucket: the rows of ``serial``, whatever is killed."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import engine, jobs, spreading
from pipeline.cli import main
from pipeline.demo import MEMORY, DemoResult
from pipeline.errors import OutageError
from pipeline.reach import with_engine
from pipeline.settings import default_config, models_folder
from pipeline.store.parts import part_names, read_part, write_part
from pipeline.store.schema import PAGES
from tests.cluster import WAIT, Cluster, cluster, kill
from tests.conftest import contents
from tests.postal import TLS
from tests.store.s3 import BUCKET, S3, environment, serving

ROWS = 12  # pages in a part
PARTS = 7
KINDS = ("articles/", "rejections/")


@pytest.fixture(scope="module")
def pages(demo: DemoResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo's memory and its pages as small parts."""
    folder = tmp_path_factory.mktemp("pages") / "data"
    [name] = part_names(demo.place.data, "pages")
    rows = read_part(demo.place.data / "pages" / name).to_pylist()
    for number in range(0, len(rows), ROWS):
        write_part(folder / "pages" / "ingested=2026-11-26" / f"part-{number:03d}.parquet", rows[number : number + ROWS], PAGES)
    (folder / MEMORY).write_bytes((demo.place.data / MEMORY).read_bytes())
    return folder


@pytest.fixture(scope="module")
def expected(demo: DemoResult, pages: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What ``serial`` makes of the pages."""
    data = copied(pages, tmp_path_factory.mktemp("serial") / "data")
    tally = jobs.judge(replace(demo.place, data=data, settings=with_engine(demo.place.settings, "serial")))
    assert tally.get("parts_judged") == PARTS
    return judged(data)


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What driver and workers keep of shipped configurations."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("cache")
        patch.setenv("PANTAU_CACHE", str(folder))
        yield folder


@pytest.fixture(scope="module")
def s3() -> Iterator[S3]:
    with serving() as server:
        yield server


@pytest.fixture(scope="module")
def crew(tmp_path_factory: pytest.TempPathFactory, s3: S3, cache: Path) -> Iterator[Cluster]:
    """One worker that all tests here share; they add what they kill."""
    with cluster(tmp_path_factory.mktemp("cluster"), 1, **environment(s3.endpoint), PANTAU_CACHE=str(cache)) as made:
        yield made


@pytest.fixture
def bucket(s3: S3, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    for name, value in environment(s3.endpoint).items():
        monkeypatch.setenv(name, value)
    s3.objects.clear()
    return f"s3://{BUCKET}/{tmp_path.name}"


def copied(pages: Path, data: Path) -> Path:
    for name, body in contents(pages).items():
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_bytes(body)
    return data


def judged(data: Path) -> dict[str, bytes]:
    return {name: body for name, body in contents(data).items() if name.startswith(KINDS)}


def place_at(demo: DemoResult, data: Path, crew: Cluster, root: str = "") -> jobs.Workplace:
    return replace(demo.place, data=data, root=root, settings=with_engine(demo.place.settings, crew.spec))


def impatient(place: jobs.Workplace, seconds: float) -> jobs.Workplace:
    changed = place.settings.engine.model_copy(update={"patience_seconds": seconds})
    return replace(place, settings=place.settings.model_copy(update={"engine": changed}))


def command(data: Path, crew: Cluster, *more: str) -> subprocess.Popen[bytes]:
    words = ["judge", "--data", *more, "--config", str(default_config()), "--engine", crew.spec, "-v"]
    environment = {**crew.environment, "PANTAU_MODELS": str(models_folder())}
    with (data.parent / "driver.log").open("wb") as log:
        return subprocess.Popen([sys.executable, "-m", "pipeline", *words], env=environment, stderr=log, start_new_session=True)


def until(what: str, holds: object) -> None:
    end = time.monotonic() + 90
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < end, f"waited too long for {what}"
        time.sleep(0.02)


def test_a_folder_is_judged_as_by_serial(
    demo: DemoResult, pages: Path, expected: dict[str, bytes], crew: Cluster, tmp_path: Path
) -> None:
    data = copied(pages, tmp_path / "data")
    tally = jobs.judge(place_at(demo, data, crew))
    assert judged(data) == expected
    assert (tally.get("parts_judged"), tally.get("parts_failed")) == (PARTS, 0)
    shipped = {path.name for path in (data / "recipes").rglob("*") if path.is_file()}
    assert {"manifest.json", "model.skops", "vocabulary.yaml", "units.csv", "names.toml", "settings.toml"} <= shipped
    assert "sources.csv" not in shipped
    assert jobs.judge(place_at(demo, data, crew)).get("parts_judged") == 0


def test_a_bucket_is_judged_and_mirrored_as_by_serial(
    demo: DemoResult, pages: Path, expected: dict[str, bytes], crew: Cluster, tmp_path: Path, bucket: str, s3: S3
) -> None:
    data = copied(pages, tmp_path / "data")
    place = place_at(demo, data, crew, bucket)
    assert jobs.judge(place).get("parts_judged") == PARTS
    assert judged(data) == expected
    other = tmp_path / "other"
    spreading.sync(replace(place, data=other))
    assert judged(other) == expected
    assert not (other / "pages").exists(), "a reader's mirror needs no pages"
    before = len(s3.puts)
    assert jobs.judge(replace(place, data=other)).get("parts_judged") == 0
    assert len(s3.puts) == before, "nothing is written twice"


def test_of_two_drivers_at_once_each_part_has_one_winner(
    demo: DemoResult, pages: Path, expected: dict[str, bytes], crew: Cluster, tmp_path: Path, bucket: str, s3: S3
) -> None:
    places = [place_at(demo, copied(pages, tmp_path / name / "data"), crew, bucket) for name in ("one", "two")]
    found: list[int] = []
    drivers = [
        threading.Thread(target=lambda place=place: found.append(jobs.judge(place).get("parts_judged"))) for place in places
    ]
    for driver in drivers:
        driver.start()
    for driver in drivers:
        driver.join()
    assert [judged(place.data) for place in places] == [expected, expected]
    articles = [key for key in s3.puts if f"{bucket.removeprefix('s3:/')}/articles/" in key]
    assert len(articles) == len(set(articles)) == PARTS, "each articles part was written once"


def test_a_killed_worker_costs_nothing(
    demo: DemoResult, pages: Path, expected: dict[str, bytes], crew: Cluster, tmp_path: Path
) -> None:
    data, second = copied(pages, tmp_path / "data"), crew.add_worker()
    place = place_at(demo, data, crew)
    killed = []

    def after(what: str, done: int, total: int) -> None:
        if what == "parts" and done == 2:
            kill(second)
            killed.append(done)

    tally = jobs.judge(replace(place, progress=after))
    assert killed
    assert (tally.get("parts_judged"), tally.get("parts_failed")) == (PARTS, 0)
    assert judged(data) == expected


def test_a_killed_driver_is_gone_on_from(
    demo: DemoResult, pages: Path, expected: dict[str, bytes], crew: Cluster, tmp_path: Path, bucket: str, s3: S3
) -> None:
    data = copied(pages, tmp_path / "data")
    driver = command(data, crew, bucket, "--mirror", str(data))
    try:
        until("two parts", lambda: sum("/articles/" in key for key in s3.objects) >= 2 or driver.poll() is not None)
    finally:
        kill(driver)
    done = sum("/articles/" in key for key in s3.objects)
    assert 2 <= done < PARTS, (tmp_path / "driver.log").read_text(encoding="utf-8")
    tally = jobs.judge(place_at(demo, data, crew, bucket))
    assert 0 < tally.get("parts_judged") <= PARTS - done
    assert judged(data) == expected


def test_workers_that_are_not_alike_get_nothing(
    demo: DemoResult, pages: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Another release (its code was changed), and a worker that may not have child processes."""
    home, changed = Path(jobs.__file__).parent, tmp_path / "release" / "pipeline"
    for name, body in contents(home).items():
        if name.endswith((".py", ".txt", ".json", ".csv", ".toml", ".yaml", ".html", ".css", ".js", ".svg")):
            (changed / name).parent.mkdir(parents=True, exist_ok=True)
            (changed / name).write_bytes(body)
    with (changed / "urls.py").open("a", encoding="utf-8") as file:
        file.write("\n# another release\n")
    data = copied(pages, tmp_path / "data")
    with cluster(tmp_path, 0) as made:
        made.add_worker(folder=changed.parent)
        made.add_worker("--nanny")
        place = place_at(demo, data, made)
        place = impatient(place, 20.0)
        with caplog.at_level(logging.WARNING, "pantau"), pytest.raises(OutageError, match="left out"):
            jobs.judge(place)
    told = [record.getMessage() for record in caplog.records]
    assert any("program is 0.1.0" in line for line in told), told
    assert any("--no-nanny" in line for line in told), told
    assert not judged(data)
    assert not (data / "quarantine").exists(), "no part is to blame"


def facts(_about: object) -> dict[str, str]:
    return {"release": "1"}


def test_with_tls_only_those_with_a_certificate_are_met(tmp_path: Path) -> None:
    trusted, good, alone = (str(TLS / f"{name}.pem") for name in ("trusted", "good", "alone"))
    with cluster(tmp_path, 1, ("--tls-ca-file", trusted, "--tls-cert", good, "--tls-key", good)) as made:
        met = engine.Cluster(facts, 0, {"release": "1"}, (trusted, good, good), patience=WAIT)
        assert dict(engine.run(len, ["a", "bb"], made.spec, met)) == {"a": 1, "bb": 2}
        stranger = replace(met, tls=(alone, alone, alone), patience=2.0)
        with pytest.raises(OutageError, match="cannot be reached"):
            list(engine.run(len, ["a"], made.spec, stranger))


def test_a_scheduler_that_is_not_there_is_told(demo: DemoResult, pages: Path, tmp_path: Path) -> None:
    place = impatient(replace(demo.place, settings=with_engine(demo.place.settings, "dask:tcp://127.0.0.1:1")), 1.0)
    with pytest.raises(OutageError, match="dask scheduler"):
        jobs.judge(replace(place, data=copied(pages, tmp_path / "data")))


def test_a_bucket_is_reported_from_a_mirror(
    demo: DemoResult, pages: Path, bucket: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command line as an operator types it, with worker processes of this machine."""
    data = copied(pages, tmp_path / "data")
    words = ["--data", bucket, "--mirror", str(data), "--config", str(default_config())]
    assert main(["judge", *words, "--engine", "serial"]) == 0
    mirror = tmp_path / "reader"
    mirror.mkdir()
    (mirror / MEMORY).write_bytes((data / MEMORY).read_bytes())
    words = ["--data", bucket, "--mirror", str(mirror), "--config", str(default_config())]
    assert main(["report", *words, "--week", "2026-W47"]) == 0
    assert "2026-W47: written" in capsys.readouterr().out
    assert (mirror / "reports" / "2026-W47" / "02_program.csv").exists()
    assert (mirror / "stories" / "stories.parquet").read_bytes() == (data / "stories" / "stories.parquet").read_bytes()
    for refused in (["expire"], ["forget", "0" * 16], ["run"], ["status"], ["judge", "--rejudge"]):
        assert main([*refused, *words]) == 2
        assert "bucket" in capsys.readouterr().err
