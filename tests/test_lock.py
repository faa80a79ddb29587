"""The lock and pyproject.toml agree, offline: every named package is locked, hashed, within its bounds, without addresses."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def locked(name: str) -> dict[str, list[Version]]:
    versions: dict[str, list[Version]] = {}
    for line in (ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines():
        if match := re.match(r"([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==(\S+)", line):
            versions.setdefault(canonicalize_name(match[1]), []).append(Version(match[2]))
    return versions


def named(*groups: list[str]) -> list[Requirement]:
    return [Requirement(line) for group in groups for line in group]


BASE = named(PROJECT["project"]["dependencies"], PROJECT["dependency-groups"]["build"])
TEST = named(PROJECT["dependency-groups"]["test"], *PROJECT["project"]["optional-dependencies"].values())

GROUPS = {name: named(PROJECT["dependency-groups"][name]) for name in ("browser", "bench", "audit")}
GROUPS["extras"] = [*BASE, *named(*PROJECT["project"]["optional-dependencies"].values())]


@pytest.mark.parametrize(
    ("file", "requirements"),
    [("base.txt", BASE), ("test.txt", [*BASE, *TEST]), *((f"{name}.txt", GROUPS[name]) for name in GROUPS)],
)
def test_every_named_package_is_locked_within_its_bounds(file: str, requirements: list[Requirement]) -> None:
    versions = locked(file)
    for requirement in requirements:
        found = versions.get(canonicalize_name(requirement.name))
        assert found, f"{requirement.name} is not in requirements/{file}; write the locks anew: ./run lock"
        assert all(requirement.specifier.contains(version) for version in found), f"{requirement} against {found}: ./run lock"


def test_the_test_lock_holds_the_base_lock() -> None:
    base, test = locked("base.txt"), locked("test.txt")
    assert {name: test.get(name) for name in base} == base


@pytest.mark.parametrize("file", sorted(path.name for path in (ROOT / "requirements").glob("*.txt")))
def test_every_entry_is_hashed_and_no_address_is_named(file: str) -> None:
    text = (ROOT / "requirements" / file).read_text(encoding="utf-8")
    assert "://" not in text
    entries = re.split(r"\n(?=\S)", text.strip())
    assert all("--hash=sha256:" in entry for entry in entries)


def test_only_one_sastrawi() -> None:
    assert "sastrawi" not in locked("test.txt")
    assert "pysastrawi" in locked("base.txt")


def test_the_promised_pythons_are_the_declared_ones() -> None:
    declared = PROJECT["project"]["requires-python"]
    assert declared == ">=3.11,<3.14"
    script = (ROOT / "run").read_text(encoding="utf-8")
    assert "(3, 11) <= sys.version_info < (3, 14)" in script
