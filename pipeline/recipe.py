"""The recipe: a short digest of everything that decides a judgement, so that equal recipes mean equal rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

_HOME = Path(__file__).resolve().parent
_ROOMS = ("extract", "text", "classify")
_GROUND = ("dates.py", "urls.py", "records.py")
_LIBRARIES = ("trafilatura", "lxml", "py3langid", "PySastrawi", "sentencex", "charset-normalizer", "scikit-learn")


def configured(config: Path, units: Path) -> Iterator[tuple[str, Path]]:
    """The files of the configuration that decide a judgement, by the names under which they are digested."""
    for path in sorted([*config.glob("programmes/*.yaml"), *config.glob("*.yaml")]):
        yield path.relative_to(config).as_posix(), path
    yield "units", units
    yield "extract/names.toml", config / "names.toml"
    for path in sorted(config.glob("outlets/*.toml")):
        yield f"extract/outlets/{path.name}", path


def _program() -> Iterator[tuple[str, bytes]]:
    for room in _ROOMS:
        for path in sorted((_HOME / room).glob("*.py")):
            yield f"{room}/{path.name}", path.read_bytes()
    for name in _GROUND:
        yield name, (_HOME / name).read_bytes()
    for name in _LIBRARIES:
        yield name, version(name).encode()


def _inputs(config: Path, units: Path) -> Iterator[tuple[str, bytes]]:
    yield from ((name, path.read_bytes()) for name, path in configured(config, units))
    yield from _program()


def program_digest() -> str:
    """12 hexadecimal digits over every module of this program and the libraries that decide a judgement."""
    modules = ((path.relative_to(_HOME).as_posix(), path.read_bytes()) for path in sorted(_HOME.rglob("*.py")))
    return _digest([*modules, *((name, version(name).encode()) for name in _LIBRARIES)])


def configuration_digest(config: Path, units: Path) -> str:
    """12 hexadecimal digits over the files of the configuration that decide a judgement."""
    return _digest((name, path.read_bytes()) for name, path in configured(config, units))


def _digest(inputs: Iterable[tuple[str, bytes]]) -> str:
    digest = hashlib.sha256()
    for name, content in inputs:
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:12]


def model_digest(config: Path, labels: Sequence[Path], encoder: str = "") -> str:
    """12 hexadecimal digits over everything that a fitted model depends on: labels, cues and rules, code, libraries, encoder."""
    inputs = [(name, content) for name, content in _inputs(config, config / "units.csv") if not name.startswith("extract/")]
    if encoder:
        inputs.append(("encoder", encoder.encode("utf-8", "replace")))
    return _digest([*inputs, *((path.name, path.read_bytes()) for path in labels)])


def recipe_of(config: Path, units: Path, model: str, keep_text: str = "relevant", links: str = "short") -> str:
    """12 hexadecimal digits over the judge's configuration, code, libraries and ``model``, and over what its rows keep.

    Raises ``OSError`` for a missing file.
    """
    return _digest([("model", model.encode()), ("text", keep_text.encode()), ("links", links.encode()), *_inputs(config, units)])
