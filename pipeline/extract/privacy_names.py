"""The list of names, ``config/names.toml``: first names, family names, words that are also something else, and public people."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from pipeline.configfile import Problems, check, read_toml

FILE = "names.toml"


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Public(_Shape):
    name: str = Field(min_length=3, description="a full name as the press prints it")
    short: str = Field("", description="the one word by which the press calls this person, or empty")
    office: str = Field(min_length=3, description="the office for which the name is known")


class _File(_Shape):
    given: str = Field(description="names in small letters with spaces between")
    family: str = Field(description="names in small letters with spaces between")
    ambiguous: str = Field(description="names in small letters with spaces between")
    places: str = Field("", description="words of places in small letters with spaces between")
    public: tuple[_Public, ...] = ()


@dataclass(frozen=True, slots=True)
class Names:
    """Small-letter words that are names (``certain``), may be names, or are of places; people known by name for an office."""

    certain: frozenset[str] = frozenset()
    ambiguous: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    public: frozenset[tuple[str, ...]] = frozenset()


def load_names(config: Path, problems: Problems) -> Names:
    """``names.toml`` of a configuration folder; mistakes go to ``problems``."""
    file = read_toml(config / FILE, problems)
    found: _File | None = check(_File, file, problems) if file else None
    if file is None or found is None:
        return Names()
    for field in ("given", "family", "ambiguous", "places"):
        for word in getattr(found, field).split():
            if not re.fullmatch(r"[a-z][a-z'-]+", word):
                problems.add(file.path, file.line((field,)), field, f"{word!r}: write one name in small letters, without accents")
    ambiguous = frozenset(found.ambiguous.split())
    people = {tuple(name.lower().split()) for one in found.public for name in (one.name, one.short) if name}
    return Names(
        frozenset(found.given.split() + found.family.split()) - ambiguous,
        ambiguous,
        frozenset(found.places.split()),
        frozenset(people),
    )
