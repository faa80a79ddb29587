"""What a manifest must look like to make its report again: a person may have edited it, a disk may have cut it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from pipeline.report.trend import COLUMNS as TREND

Shape: TypeAlias = "type | tuple[Shape, ...] | dict[str, Shape] | list[Shape] | Each | Callable[[object], bool] | None"


@dataclass(frozen=True, slots=True)
class Each:
    """A mapping with any names, each value of one shape."""

    value: Any


def _instant(value: object) -> bool:
    """An ISO instant that says its offset."""
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _inside(value: object) -> bool:
    """A part's name, which may not lead out of the folder of parts."""
    return isinstance(value, str) and bool(value) and not value.startswith("/") and ".." not in value.split("/")


_NUMBER: Shape = (int, float)
_KINDS: dict[str, Shape] = {"text": str, "count": int, "count?": (int, None), "rate": (int, float, None)}
_SOURCE: Shape = {
    **dict.fromkeys(("source_id", "outlet", "state", "last_error", "verdict", "verdict_why"), str),
    **dict.fromkeys(("entries_week", "days_due", "days_read", "days_due_before", "days_read_before"), int),
    "usual": _NUMBER,
    "last_ok": (_instant, None),
}
_MANIFEST: Shape = {
    "collection": {
        "polls": [_instant],
        "entries": {"rejected": Each(int), "waiting": int, "skipped": int, "unjudged": int},
        "sources": [_SOURCE],
        "withdrawn": Each(_instant),
    },
    "corrections": {"rows": int, "sha256": str, "log_rows": int},
    "ended": bool,
    "first": (dict, None),
    "inputs": [{"part": _inside, "sha256": str}],
    "options": {"taxonomy": str, "kanwil": str, "csv_dialect": str},
    "period": str,
    "programmes_sha256": str,
    "recipe": str,
    "scores": Each(_NUMBER),
    "stories": {"articles": int, "sha256": str},
    "tone_confusion": (str, None),
    "trend": [{name: _KINDS[kind] for name, kind in TREND.items()}],
    "units_sha256": str,
}


def damages(manifest: Mapping[str, Any]) -> list[str]:
    """Where the manifest is not of the shape that was written, such as ``collection.polls``; empty for a sound one."""
    return sorted(set(_damages(manifest, _MANIFEST, "")))


def _damages(value: object, shape: Any, name: str) -> list[str]:
    if isinstance(shape, dict):
        if not isinstance(value, Mapping):
            return [name]
        # What is written beside these at the top is told to readers, and read by nobody.
        parts = shape.keys() | (value.keys() if name else ())
        return [wrong for part in parts for wrong in _part(value, shape, str(part), f"{name}.{part}".lstrip("."))]
    if isinstance(shape, list):
        return [name] if not isinstance(value, list) else [wrong for one in value for wrong in _damages(one, shape[0], name)]
    if isinstance(shape, Each):
        return [name] if not isinstance(value, Mapping) or any(_damages(one, shape.value, name) for one in value.values()) else []
    options = shape if isinstance(shape, tuple) else (shape,)
    return [] if any(_is(value, option) for option in options) else [name]


def _part(value: Mapping[str, object], shape: Mapping[str, Any], part: str, name: str) -> list[str]:
    return _damages(value[part], shape[part], name) if part in value and part in shape else [name]


def _is(value: object, option: Any) -> bool:
    if isinstance(option, type):  # JSON's true is no number
        return isinstance(value, option) and (option is bool or not isinstance(value, bool))
    return value is None if option is None else bool(option(value))
