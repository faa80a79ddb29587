"""What docs/security.md promises of the code itself: nothing is unpickled or run from data, secrets stay out of sight."""

from __future__ import annotations

import ast
import json
import logging
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
import pytest

from pipeline import secretfile
from pipeline.classify.model import load_model
from pipeline.configfile import Problems, read_yaml
from pipeline.errors import ConfigError, StorageError

HOME = Path(__file__).parent.parent
MODULES = sorted([*(HOME / "pipeline").rglob("*.py"), *(HOME / "benchmarks").rglob("*.py")])
# Each of these turns bytes of a file or of the network into code.
RUNS_DATA = {
    "pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "jsonpickle",
}  # fmt: skip
CALLS = {"eval", "exec", "compile", "__import__", "os.system", "os.popen", "yaml.load", "yaml.unsafe_load", "yaml.full_load"}


def names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").split(".")[0]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(HOME)))
def test_nothing_is_unpickled_or_run_from_data(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not RUNS_DATA & set(names(tree))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        assert ast.unparse(node.func) not in CALLS, ast.unparse(node)
        given = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
        assert given.get("shell", "False") == "False", ast.unparse(node)
        assert given.get("allow_pickle", "False") == "False", ast.unparse(node)
        assert given.get("trusted", "[]") == "[]", ast.unparse(node)
        assert given.get("verify") not in ("False", "None"), ast.unparse(node)


def test_the_net_would_catch_them() -> None:
    tree = ast.parse("import pickle\nfrom joblib import load\nimport os.path")
    assert RUNS_DATA & set(names(tree)) == {"pickle", "joblib"}


def test_a_configuration_of_aliases_of_aliases_is_a_mistake(tmp_path: Path) -> None:
    """A hundred million values in half a kilobyte."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 10)}]" for at in range(1, 8)]
    path, problems = tmp_path / "bom.yaml", Problems()
    path.write_text("\n".join(lines), encoding="utf-8")
    assert read_yaml(path, problems) is None
    assert "fewer aliases" in problems.found[0]
    path.write_text("a: &a [x, y]\nb: *a\n", encoding="utf-8")
    assert read_yaml(path, Problems()).data == {"a": ["x", "y"], "b": ["x", "y"]}  # type: ignore[union-attr]


@pytest.mark.parametrize("bomb", ["the plan", "an array"])
def test_a_model_that_unpacks_without_end_is_refused_unread(bomb: str, tmp_path: Path) -> None:
    path = tmp_path / "model.skops"
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        archive.writestr("schema.json", b" " * 60_000_000 if bomb == "the plan" else b"{}")
        archive.writestr("1.npy", b"\0" * 60_000_000 if bomb == "an array" else b"")
    with pytest.raises(StorageError, match=r"unpacks into far more than it is.*delete it"):
        load_model(path)


def test_a_program_in_an_array_of_a_model_is_not_run(tmp_path: Path) -> None:
    class Program:
        def __reduce__(self) -> tuple[object, ...]:
            return Path.touch, (tmp_path / "run",)

    held, path = BytesIO(), tmp_path / "model.skops"
    np.save(held, np.array([Program()], dtype=object), allow_pickle=True)
    node = {"__loader__": "NdArrayNode", "type": "numpy", "__class__": "ndarray", "__module__": "numpy", "file": "1.npy"}
    with ZipFile(path, "w") as archive:
        archive.writestr("schema.json", json.dumps({**node, "protocol": 2, "__id__": 1}))
        archive.writestr("1.npy", held.getvalue())
    with pytest.raises(StorageError, match="delete it"):
        load_model(path)
    assert not (tmp_path / "run").exists()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secretfile, "_told", set())


@pytest.mark.usefixtures("told")
def test_a_secret_that_others_may_read_is_used_and_warned_of_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "rahasia"
    file.write_text(" pengguna \r\nsandi-rahasia\nsisa\n", encoding="utf-8")
    file.chmod(0o644)
    with caplog.at_level(logging.WARNING, logger="pantau.secrets"):
        for _ in range(2):
            assert secretfile.secret_lines(str(file), "mail.credentials_file", "write it") == ("pengguna", "sandi-rahasia")
    (record,) = caplog.records
    assert record.__dict__["advice"] == f"chmod 600 {file}"
    assert "sandi" not in str(record.__dict__)


@pytest.mark.usefixtures("told")
def test_a_secret_of_its_owner_alone_needs_no_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "rahasia"
    file.write_text("satu", encoding="utf-8")
    file.chmod(0o600)
    assert secretfile.secret_lines(str(file), "x", "write it") == ("satu", "")
    assert not caplog.records


@pytest.mark.parametrize("content", [None, b"\xff\xfe sandi"])
def test_a_secret_that_cannot_be_read_is_told_without_it(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "rahasia"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigError, match=r"mail\.credentials_file.*write the user, readable for this user only") as caught:
        secretfile.secret_lines(str(file), "mail.credentials_file", "write the user")
    assert "sandi" not in str(caught.value)
