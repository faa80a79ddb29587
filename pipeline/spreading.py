"""Judging beyond this machine: the root that the parts lie in, what workers are given, and which parts are left out."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.engine import Cluster
from pipeline.errors import ConfigError, OutageError
from pipeline.records import Tally
from pipeline.store import quarantine
from pipeline.store.mirror import Mirror
from pipeline.store.objects import Bucket
from pipeline.store.roots import Root, rejections_of, root_of

if TYPE_CHECKING:
    from pipeline.jobs import Workplace
    from pipeline.work import JudgeTask

log = logging.getLogger("pantau.spreading")


def root_at(place: Workplace) -> Root:
    """Where the parts of a workplace lie: its bucket, or its data folder."""
    return root_of(place.root or str(place.data))


def mirror_of(place: Workplace) -> Mirror:
    """The data folder as the mirror of the workplace's bucket."""
    return Mirror(Bucket(place.root), place.data, place.progress)


def sync(place: Workplace) -> None:
    """Bring bucket and folder together; nothing where the data folder itself is the root. The caller holds the lock."""
    if place.root:
        mirror_of(place).sync()


def share_stories(place: Workplace) -> None:
    """Let everybody who mirrors the bucket have the stories as they were grouped here."""
    if place.root:
        mirror_of(place).share_stories()


def judged_beside(place: Workplace, kind: str) -> set[str]:
    """The parts of a candidate (``articles_new/<recipe>``) that are judged, wherever they lie."""
    return set(root_at(place).names(kind))


def fetch_candidate(place: Workplace, recipe: str) -> None:
    """Let a candidate's parts lie in the data folder, to be compared and promoted."""
    if place.root:
        mirror = mirror_of(place)
        mirror.fetch(f"articles_new/{recipe}", f"articles_new/{recipe}")
        mirror.fetch(rejections_of(recipe), f"rejections_new/{recipe}")


def drop_candidates(place: Workplace, keep: str = "") -> None:
    """Remove the judgements of all candidates but ``keep``, in the data folder and in the bucket."""
    from pipeline.store.judgements import NEW
    from pipeline.store.judgements import drop_candidates as drop

    drop(place.data, keep=keep)
    if place.root:
        bucket = Bucket(place.root)
        for recipe in {name.split("/")[1] for name in bucket.tags(NEW)} - {keep}:
            bucket.discard(f"{NEW}/{recipe}")


def tasks_of(
    place: Workplace, names: Sequence[str], recipe: str, model: str, beside: str
) -> tuple[list[JudgeTask], Cluster | None]:
    """What is to be done, and how workers of a cluster are held against this machine (None on one machine).

    A cluster's workers get configuration and model by the root, so these are shipped into it first.
    """
    from pathlib import Path

    from pipeline.store.bundle import ship
    from pipeline.work import JudgeTask, standing

    engine, settings = place.settings.engine, place.settings
    bundle = ship(root_at(place), place.config, place.units, Path(model), settings.judge) if engine.afar and names else ""
    paths = (place.root or str(place.data), str(place.config), str(place.units))
    keep, links = settings.store.text, settings.privacy.links
    tasks = [JudgeTask(*paths, name, model, recipe, keep, links, beside, bundle) for name in names]
    if not bundle:
        return tasks, None
    if engine.spec.startswith("dask:tcp:") and not _is_here(engine.spec):
        log.warning("the cluster is met without TLS: whoever reaches its port can run programs on it; docs/scale.md")
    tls = (engine.tls_ca_file, engine.tls_cert_file, engine.tls_key_file)
    return tasks, Cluster(
        standing, tasks[0], standing(tasks[0]), tls if all(tls) else None, engine.patience_seconds, lambda told: log.warning(told)
    )


def _is_here(spec: str) -> bool:
    host = spec.split("://", 1)[1].rpartition(":")[0].strip("[]") or spec.split("://", 1)[1]
    return host in ("127.0.0.1", "localhost", "::1")


def without_poisoned(place: Workplace, names: Sequence[str], recipe: str, tally: Tally, *, retry: bool = False) -> list[str]:
    """The parts without those that this recipe could not judge and that have not changed since; ``tally`` counts these.

    ``retry``: none is left out.
    """
    held, root = quarantine.notes(place.data), root_at(place)
    kept = []
    for name in names:
        note = held.get(name)
        if note is None or retry or note.recipe != recipe or note.tag != root.tag(f"pages/{name}"):
            kept.append(name)
        else:
            tally.add("parts_left_out")
    return kept


def forget_missing(place: Workplace, names: Sequence[str]) -> None:
    """Take away the notes of parts that somebody has moved away."""
    for part in quarantine.notes(place.data).keys() - set(names):
        quarantine.release(place.data, part)


def failed(place: Workplace, part: str, recipe: str, error: Exception) -> None:
    """Log why a part could not be judged, and leave it out from now on, unless the fault is not its own.

    Raises a ``ConfigError`` again: it is the same for every part.
    """
    if isinstance(error, ConfigError):
        raise error
    passing = isinstance(error, OSError | OutageError)  # the store, the disk, the cluster
    told = f"{type(error).__name__}: {error}"
    log.error("part failed", extra={"part": part, "error": told, "left_out": not passing})
    if not passing:
        quarantine.set_aside(place.data, part, recipe, root_at(place).tag(f"pages/{part}"), told, place.now)
