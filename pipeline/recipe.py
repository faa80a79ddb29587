"""The recipe: a short digest of everything that decides a judgement, so that equal recipes mean equal rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

_HOME = Path(__file__).resolve().parent
_ROOMS = ("extract", "text", "classify")
_GROUND = ("dates.py", "urls.py", "records.py")
_LIBRARIES = ("trafilatura", "lxml", "py3langid", "PySastrawi", "sentencex", "charset-normalizer")


def _inputs(config: Path, units: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted([*config.glob("programmes/*.yaml"), *config.glob("*.yaml")]):
        yield path.relative_to(config).as_posix(), path.read_bytes()
    yield "units", units.read_bytes()
    for room in _ROOMS:
        for path in sorted((_HOME / room).glob("*.py")):
            yield f"{room}/{path.name}", path.read_bytes()
    for name in _GROUND:
        yield name, (_HOME / name).read_bytes()
    for name in _LIBRARIES:
        yield name, version(name).encode()


def recipe_of(config: Path, units: Path) -> str:
    """12 hexadecimal digits over the judge's configuration, code and library versions. Raises ``OSError`` for a missing file."""
    digest = hashlib.sha256()
    for name, content in _inputs(config, units):
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:12]
