"""Parts that cannot be judged: named with the reason in ``quarantine/``, left out until they, the recipe or a person says so."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from pipeline.errors import StorageError
from pipeline.store.parts import write_bytes

FOLDER = "quarantine"


@dataclass(frozen=True, slots=True)
class Note:
    """Why a part is left out. ``tag``: of the pages part then; a part that was restored since has another, and is tried again."""

    part: str
    recipe: str
    tag: str
    error: str
    when: str


def notes(data: Path) -> dict[str, Note]:
    """Part name → its note. Raises ``StorageError`` for a damaged one."""
    found = {}
    for path in sorted((data / FOLDER).glob("ingested=*/*.json")):
        if path.name.startswith("."):
            continue
        try:
            held = json.loads(path.read_text(encoding="utf-8"))
            note = Note(**{name: str(held[name]) for name in Note.__dataclass_fields__})
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StorageError(f"{path} is damaged ({error}); delete it, and the part is tried again") from error
        found[note.part] = note
    return found


def set_aside(data: Path, part: str, recipe: str, tag: str, error: str, now: datetime) -> None:
    """Write the part's note."""
    note = Note(part, recipe, tag, error[:500], now.isoformat(timespec="seconds"))
    write_bytes(_path(data, part), (json.dumps(asdict(note), ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace"))


def release(data: Path, part: str) -> None:
    """Take the part's note away, if there is one."""
    _path(data, part).unlink(missing_ok=True)


def _path(data: Path, part: str) -> Path:
    return data / FOLDER / f"{part.removesuffix('.parquet')}.json"
