"""A report made again from its manifest: the same bytes, or which of its inputs has changed or is gone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.corrected import Log, digest_of, log_of
from pipeline.errors import ConfigError
from pipeline.report.csv import DIALECTS
from pipeline.report.edition import Snapshot
from pipeline.report.manifest_shape import damages
from pipeline.report.restating import First
from pipeline.report.span import Span
from pipeline.snapshot import Wish, configuration, made_of, story_digest, within

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.jobs import Workplace

_FILES = {
    "programmes_sha256": "the programme lists (config/programmes)",
    "units_sha256": "the gazetteer of units (units.csv)",
    "tone_confusion": "the judge's measured errors of tone (data/labels/tone_confusion.json)",
}


def wish_of_manifest(manifest: Mapping[str, Any]) -> Wish:
    """Which report a manifest is of. Raises ``ConfigError`` for one that does not say it."""
    from pipeline.classify.units import KANWIL

    try:
        options = manifest["options"]
        span, office, dialect = Span.parse(manifest["period"]), options["kanwil"], options["csv_dialect"]
        if office not in ("", *KANWIL) or dialect not in DIALECTS:
            raise ValueError(f"kanwil {office!r}, dialect {dialect!r}")
        return Wish(span, str(options["taxonomy"]), office, dialect)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise ConfigError(f"the manifest does not say which report it is of ({error}); take the one that was written") from None


def restored(place: Workplace, manifest: Mapping[str, Any]) -> Snapshot:
    """What the manifest's report was made of. Raises ``ConfigError`` that names every input that has changed or is gone."""
    if wrong := damages(manifest):
        raise ConfigError(f"the manifest is damaged ({', '.join(wrong)}); take the one that was written")
    wish, troubles = wish_of_manifest(manifest), list[str]()
    if wish.taxonomy not in {path.stem for path in (place.config / "programmes").glob("*.yaml")}:
        raise ConfigError(f"there is no programme list {wish.taxonomy!r} in config/programmes any more; put it back")
    frame = _articles(place, manifest, troubles)
    now = configuration(place)
    troubles += [f"{told} changed" for name, told in _FILES.items() if manifest[name] != now[name]]
    if troubles:
        raise ConfigError("\n".join(["these inputs have changed or are gone:", *(f"  {trouble}" for trouble in troubles)]))
    kept = {name: value for name, value in manifest.items() if name not in _WRITTEN_LAST}
    first = First.of_json(manifest["first"])
    return made_of(place, wish, within(frame, wish.span), within(frame, wish.span.before), kept, first)


_WRITTEN_LAST = frozenset({"files", "first", "format_version", "window_utc", "complete", "status"})


def _articles(place: Workplace, manifest: Mapping[str, Any], troubles: list[str]) -> pd.DataFrame:
    """The articles of the parts as they stood, corrected by what the log said then; whatever differs is added to ``troubles``."""
    import pandas as pd

    from pipeline.store.dataset import articles
    from pipeline.stories.corrected import correct_frame

    paths = []
    for entry in manifest["inputs"]:
        path = _part_like(place.data, entry["part"], entry["sha256"], troubles)
        paths += [path] if path else []
    log = _log_then(place, manifest)
    frame = correct_frame(articles(place.data, paths=paths), log.rows, log.known)
    withdrawn = {key: datetime.fromisoformat(at) for key, at in manifest["collection"]["withdrawn"].items()}
    frame["withdrawn_at"] = pd.Series(frame["key"].map(withdrawn), index=frame.index).astype("datetime64[us, UTC]")
    if troubles:
        return frame
    span = wish_of_manifest(manifest).span
    both = pd.concat([within(frame, span.before), within(frame, span)])
    if story_digest(both) != manifest["stories"]:
        troubles.append(
            "the articles' places among copies and events (stories/stories.parquet) changed: later articles joined them"
        )
    if digest_of(log, both) != {name: manifest["corrections"][name] for name in ("rows", "sha256")}:
        troubles.append(f"the corrections' log ({log.path}) changed: rows that stood in it are others now, or gone")
    return frame


def _part_like(data: Path, name: str, digest: str, troubles: list[str]) -> Path | None:
    """The part with these bytes: where it stands, or where re-judging has put it."""
    now = data / "articles" / name
    for path in (now, *sorted((data / "articles_past").glob(f"*/{name}"))):
        if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == digest:
            return path
    reason = "changed (an article was removed on request, or it was judged anew)" if now.exists() else "is gone"
    troubles.append(f"part articles/{name} {reason}")
    return None


def _log_then(place: Workplace, manifest: Mapping[str, Any]) -> Log:
    """The log's first rows, as many as mattered then: it is only ever appended to."""
    log = log_of(place.data, place.config, place.units)
    return replace(log, rows=log.rows[: manifest["corrections"]["log_rows"]])
