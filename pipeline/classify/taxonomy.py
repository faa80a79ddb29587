"""The lists of programmes: loaded from ``config/programmes/*.yaml``, checked whole, and chosen for an article."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from pipeline.configfile import ConfigFile, Problems, check, read_yaml

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.classify.shapes import ProgrammeShape, TaxonomyShape

AddProblem: TypeAlias = "Callable[[tuple[str | int, ...], str], None]"
# The list the project was asked for; it names an article that neither names a list nor has a date.
DEFAULT_VERSION = "akselerasi-2024"
UMUM = "umum"
OUTSIDE = "luar_program"
IRRELEVANT = "tidak_relevan"


@dataclass(frozen=True, slots=True)
class NearMiss:
    """Cues that look like a programme and count for ``belongs`` (a slug, ``luar_program`` or ``tidak_relevan``)."""

    text: str
    belongs: str
    cues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Programme:
    """One slot of a list. ``code`` is the project's own; ``ordinal`` is the official number, None unless a page was seen."""

    slug: str
    code: str
    name: str
    ordinal: int | None
    status: str  # verified | theme-only | inferred | open
    scope: str  # pas | imi | both
    definition: str
    names: tuple[str, ...] = ()
    strong: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()
    near_misses: tuple[NearMiss, ...] = ()
    sources: tuple[str, ...] = ()
    before: str = ""  # the label that such an article has under an older list


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """One version of the list of programmes, valid from and to a day inclusive (``valid_to`` None: still in force)."""

    version: str
    title: str
    valid_from: date
    valid_to: date | None
    synonyms: tuple[str, ...]
    programmes: tuple[Programme, ...]

    def holds(self, day: date) -> bool:
        """True if the list was in force on ``day``."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def load_taxonomies(folder: Path, problems: Problems) -> dict[str, Taxonomy]:
    """Every ``*.yaml`` of ``folder`` as version → Taxonomy, oldest list first; mistakes go to ``problems``."""
    from pipeline.classify.shapes import TaxonomyShape

    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        problems.add(folder, None, "", "holds no programme list (*.yaml); copy config/programmes from the repository")
    read: list[tuple[ConfigFile, TaxonomyShape]] = []
    broken: set[str] = set()  # lists with mistakes of their own: what refers to them is not blamed as well
    for path in paths:
        file = read_yaml(path, problems)
        shape = check(TaxonomyShape, file, problems) if file else None
        if file and shape:
            read.append((file, shape))
        elif file and isinstance(file.data, dict):
            broken.add(str(file.data.get("version")))
    read.sort(key=lambda pair: (pair[1].valid_from, pair[1].version))
    written = {shape.version: {item.slug: _written(item) for item in shape.programmes if not item.same_as} for _, shape in read}
    slugs = {slug for entries in written.values() for slug in entries} | {UMUM, OUTSIDE, IRRELEVANT}
    taxonomies: dict[str, Taxonomy] = {}
    for file, shape in read:
        if shape.version in taxonomies:
            problems.add(
                file.path, file.line(("version",)), "version", f"{shape.version!r} is taken by another file; write another"
            )
        _check_list(file, shape, written, slugs, broken, problems)
        programmes = tuple(entry for item in shape.programmes if (entry := _entry(item, written)) is not None)
        taxonomies[shape.version] = Taxonomy(
            shape.version, shape.title, shape.valid_from, shape.valid_to, shape.synonyms, programmes
        )
    return taxonomies


def all_programmes(taxonomies: Mapping[str, Taxonomy]) -> dict[str, Programme]:
    """Every slug once, as the oldest list that holds it words it."""
    found: dict[str, Programme] = {}
    for taxonomy in taxonomies.values():
        for programme in taxonomy.programmes:
            found.setdefault(programme.slug, programme)
    return found


def choose_version(taxonomies: Mapping[str, Taxonomy], named: Collection[str], published: datetime | None) -> str:
    """The list an article is read by: the one it names; if it names none or several, the one in force at its date.

    ``published`` is read as a day in its own zone. Without a date, or before every list: ``DEFAULT_VERSION``.
    """
    if len(named) == 1:
        return next(iter(named))
    if published is not None:
        for version in reversed(list(taxonomies)):
            if taxonomies[version].holds(published.date()):
                return version
    return DEFAULT_VERSION if DEFAULT_VERSION in taxonomies else next(iter(taxonomies), DEFAULT_VERSION)


def _written(item: ProgrammeShape) -> Programme:
    return Programme(
        slug=item.slug,
        code=item.code,
        name=item.name,
        ordinal=item.ordinal,
        status=item.status,
        scope=item.scope,
        definition=item.definition,
        names=item.cues.names if item.cues else (),
        strong=item.cues.strong if item.cues else (),
        weak=item.cues.weak if item.cues else (),
        negative=item.cues.negative if item.cues else (),
        near_misses=tuple(NearMiss(near.text, near.belongs, near.cues) for near in item.near_misses),
        sources=item.sources,
        before=item.before,
    )


def _entry(item: ProgrammeShape, written: Mapping[str, Mapping[str, Programme]]) -> Programme | None:
    if not item.same_as:
        return _written(item)
    base = written.get(item.same_as, {}).get(item.slug)
    if base is None:
        return None
    return replace(base, ordinal=item.ordinal, status=item.status, name=item.name or base.name, sources=item.sources)


def _check_list(
    file: ConfigFile,
    shape: TaxonomyShape,
    written: Mapping[str, Mapping[str, Programme]],
    slugs: Collection[str],
    broken: Collection[str],
    problems: Problems,
) -> None:
    """What no single value shows: doubles, references, dates that run backwards."""

    def add(key: tuple[str | int, ...], advice: str) -> None:
        problems.add(file.path, file.line(key), ".".join(map(str, key)), advice)

    if shape.valid_to and shape.valid_to < shape.valid_from:
        add(("valid_to",), f"lies before valid_from ({shape.valid_from}); write a later day or null")
    for name in ("slug", "code", "ordinal"):
        for index in _doubles([getattr(item, name) for item in shape.programmes]):
            add(
                ("programmes", index, name),
                f"{getattr(shape.programmes[index], name)!r} stands twice in this list; each needs its own",
            )
    for index, item in enumerate(shape.programmes):
        at = ("programmes", index)
        if item.same_as:
            if item.same_as not in broken and item.slug not in written.get(item.same_as, {}):
                add((*at, "same_as"), f"{item.same_as!r} writes out no programme {item.slug!r}; name a list that does")
            if item.cues or item.definition or item.code:
                add((*at, "same_as"), "the entry is repeated from there: drop code, definition and cues here")
            continue
        for name in ("code", "name", "definition", "cues"):
            if not getattr(item, name):
                add((*at, name), "is missing; write it, or same_as with the list to repeat it from")
        if item.before and item.before not in slugs and not broken:
            add((*at, "before"), f"{item.before!r} is no slug; known are: {', '.join(sorted(slugs))}")
        for near_index, near in enumerate(item.near_misses):
            if near.belongs not in slugs and not broken:
                add(
                    (*at, "near_misses", near_index, "belongs"),
                    f"{near.belongs!r} is no slug; known are: {', '.join(sorted(slugs))}",
                )
        _check_cues(item, at, add)


def _check_cues(item: ProgrammeShape, at: tuple[str | int, ...], add: AddProblem) -> None:
    seen: dict[str, str] = {}
    if item.cues is None:
        return
    for strength in ("strong", "weak", "negative"):
        for index, term in enumerate(getattr(item.cues, strength)):
            if term in seen:
                add((*at, "cues", strength, index), f"{term!r} already stands under {seen[term]}; keep one of them")
            seen.setdefault(term, strength)


def _doubles(values: Iterable[object]) -> list[int]:
    seen: set[object] = set()
    doubles = []
    for index, value in enumerate(values):
        if value and value in seen:
            doubles.append(index)
        seen.add(value)
    return doubles
