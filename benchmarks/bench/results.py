"""What a claim found, as one JSON file each in ``benchmarks/results/``: figures, machine, versions, day."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks.bench.measure import Spread

FOLDER = Path(__file__).resolve().parent.parent / "results"
FORMAT = 1
_LIBRARIES = (
    "pantau-pas", "trafilatura", "lxml", "PySastrawi", "scikit-learn", "pandas", "pyarrow", "numpy", "datasketch",
    "feedparser",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured line. ``wanted``: the bound that was set for it, as ">= 5" or "<= 1.15"; "" for what is only told.

    ``unit``: "times" for ratios, else what the number counts ("ms a page", "words a second", "share").
    """

    what: str
    value: Spread
    unit: str
    wanted: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the median keeps the bound; None without one."""
        if not self.wanted:
            return None
        sign, bound = self.wanted.split()
        return self.value.middle >= float(bound) if sign == ">=" else self.value.middle <= float(bound)


@dataclass(frozen=True, slots=True)
class Result:
    """All figures of one claim. ``against``: the peer, in words; ``on``: the input; ``rounds``: how often each was timed."""

    name: str
    against: str
    on: str
    rounds: int
    figures: tuple[Figure, ...]
    day: str = ""
    machine: str = ""
    load: float = 0.0
    versions: tuple[str, ...] = ()


def exact(value: float) -> Spread:
    """A counted number, without spread."""
    return Spread(value, value, value)


def here(result: Result) -> Result:
    """``result`` with the day, the machine, its load over the last minute and the versions of what was measured."""
    found = []
    for library in _LIBRARIES:
        try:
            found.append(f"{library} {version(library)}")
        except PackageNotFoundError:
            continue
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return Result(
        result.name, result.against, result.on, result.rounds, result.figures, f"{datetime.now(UTC):%Y-%m-%d}", _machine(),
        round(load, 2), tuple(found),
    )  # fmt: skip


def write(result: Result, folder: Path = FOLDER) -> Path:
    """Write the claim's file; returns where."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{result.name}.json"
    content = {"format": FORMAT, **asdict(result)}
    path.write_text(json.dumps(_rounded(content), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def read_all(names: Sequence[str], folder: Path = FOLDER) -> list[Result]:
    """The claims that were measured, in the order of ``names``. Raises ``ValueError`` naming a file of another format."""
    return [_read(path) for name in names if (path := folder / f"{name}.json").is_file()]


def _read(path: Path) -> Result:
    held = json.loads(path.read_text(encoding="utf-8"))
    if held.pop("format", None) != FORMAT:
        raise ValueError(f"{path} is of another format; measure it anew: ./run bench {path.stem}")
    figures = tuple(Figure(**{**one, "value": Spread(**one["value"])}) for one in held["figures"])
    return Result(**{**held, "figures": figures, "versions": tuple(held["versions"])})


def _machine() -> str:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{_processor()}, {cores} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"


def _processor() -> str:
    try:
        lines: Iterable[str] = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = ()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.processor())


def _rounded(value: Any) -> Any:
    """Four digits that count: more would claim what was not measured, and make every run's file differ throughout."""
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(one) for one in value]
    return value
