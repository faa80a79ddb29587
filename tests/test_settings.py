"""Settings: the shipped file equals the defaults, every limit holds, and the environment only moves folders."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from pydantic import ValidationError

from pipeline.configfile import Problems
from pipeline.settings import ROOT, Engine, Fetch, Settings, default_config, default_data, load_settings, sample_folder


def load(folder: Path, text: str) -> tuple[Settings | None, list[str]]:
    (folder / "settings.toml").write_text(text, encoding="utf-8")
    problems = Problems()
    return load_settings(folder, problems), problems.found


def test_the_shipped_file_shows_every_key_with_its_default() -> None:
    problems = Problems()
    assert load_settings(ROOT / "config", problems) == Settings()
    assert problems.found == []
    shown = tomllib.loads((ROOT / "config" / "settings.toml").read_text(encoding="utf-8"))
    assert shown == Settings().model_dump()


def test_an_empty_file_means_the_defaults(tmp_path: Path) -> None:
    assert load(tmp_path, "") == (Settings(), [])


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    problems = Problems()
    assert load_settings(tmp_path, problems) is None
    assert len(problems.found) == 1
    assert "settings.toml" in problems.found[0]


def test_all_mistakes_are_found_at_once_with_their_lines(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        "[fetch]\nmax_bytes = 1\ncontak = 'x'\n[engine]\nspec = 'processes:0'\n[stories]\njaccard = 1.5\n[tokoh]\na = 1\n",
    )[1]
    places = {problem.split(": ")[0].rsplit(":", 1)[-1] + " " + problem.split(": ")[1] for problem in found}
    assert places == {"2 fetch.max_bytes", "3 fetch.contak", "5 engine.spec", "7 stories.jaccard", "8 tokoh"}


@pytest.mark.parametrize("spec", ["serial", "processes:1", "processes:999"])
def test_a_known_engine_is_accepted(spec: str) -> None:
    assert Engine(spec=spec).spec == spec


@pytest.mark.parametrize(
    "spec", ["", "processes", "processes:0", "processes:1000", "processes:-1", "threads:2", "serial\n", "Serial"]
)
def test_an_unknown_engine_is_refused(spec: str) -> None:
    with pytest.raises(ValidationError):
        Engine(spec=spec)


@pytest.mark.parametrize("origin", ["", "127.0.0.1:8080", "127.8.9.1:1", "[::1]:65535"])
def test_requests_may_be_sent_to_a_loopback_address(origin: str) -> None:
    assert Fetch(loopback_origin=origin).loopback_origin == origin


@pytest.mark.parametrize(
    "origin",
    [
        "localhost:80",
        "10.0.0.1:80",
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:0",
        "127.0.0.1:65536",
        "127.0.0.1:8x",
        "http://127.0.0.1:80",
        ":80",
        "0.0.0.0:80",
        "127.0.0.1.example:80",
        "127.0.0.1:²",
    ],
)
def test_requests_are_sent_nowhere_else(origin: str) -> None:
    with pytest.raises(ValidationError):
        Fetch(loopback_origin=origin)


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "Pantau\t1", "Pantau™ monitor", "Pantau\x00 monitor"])
@pytest.mark.parametrize("field", ["user_agent", "contact"])
def test_what_would_break_a_header_is_refused(field: str, value: str) -> None:
    with pytest.raises(ValidationError, match="printable ASCII"):
        Fetch(**{field: value})  # type: ignore[arg-type]


def test_the_agent_names_the_contact_when_there_is_one() -> None:
    assert Fetch(user_agent="Pantau/1").agent == "Pantau/1"
    assert Fetch(user_agent=" Pantau/1 ", contact="redaksi@kabar.example").agent == "Pantau/1 redaksi@kabar.example"


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        Settings().fetch.max_bytes = 1  # type: ignore[misc]


def test_the_environment_moves_the_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PANTAU_CONFIG", str(tmp_path / "c"))
    monkeypatch.setenv("PANTAU_DATA", str(tmp_path / "d"))
    assert (default_config(), default_data()) == (tmp_path / "c", tmp_path / "d")


@pytest.mark.parametrize("value", [None, ""])
def test_without_the_environment_the_repository_is_used(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    for name in ("PANTAU_CONFIG", "PANTAU_DATA"):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    assert (default_config(), default_data()) == (ROOT / "config", ROOT / "data")


def test_the_sample_lies_in_the_repository() -> None:
    assert (sample_folder() / "sites").is_dir()


def test_a_mistake_in_a_section_says_what_that_section_knows(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(
        '[fetch]\nuser_agnt = "x"\nhost_delay_seconds = nan\n[engine]\nspec = "threads"\n', encoding="utf-8"
    )
    problems = Problems()
    assert load_settings(tmp_path, problems) is None
    told = "\n".join(problems.found)
    assert "settings.toml:2: fetch.user_agnt: unknown key; known are: user_agent, contact" in told
    assert "settings.toml:3: fetch.host_delay_seconds" in told
    assert 'settings.toml:5: engine.spec: must be "serial", or "processes:N"' in told
