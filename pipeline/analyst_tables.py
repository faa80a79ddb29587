"""The analyst's overviews: weeks side by side, every unit with its coverage, every source with its health."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from pipeline.analyst import articles
from pipeline.analyst_filters import When, chosen, folder_of, instant, known, moment_of, workplace_of
from pipeline.errors import StorageError
from pipeline.ledgers import has_ledger

if TYPE_CHECKING:
    from pipeline.operation.condition import SourceCondition

MOST_WEEKS = 520  # ten years
_TONES = ("positive", "neutral", "negative", "unsure")


def trend(
    weeks: int = 12,
    until: When = None,
    *,
    programme: str | None = None,
    tone: str | None = None,
    kanwil: str | None = None,
    independent: bool | None = None,
    data: str | Path | None = None,
) -> pd.DataFrame:
    """Weeks side by side: counts and tone shares with 95 % intervals, two rows a week (all coverage, independent coverage).

    The ``weeks`` weeks end with the one that ``until`` lies in (default: the present; a demo's own clock). Columns are those
    of the report's trend (docs/analysts.md). A week that nobody watched is empty, not zero; a share has its n, and none below
    n = 5. Filters as of ``articles``. Raises ``ValueError`` for a number of weeks outside 1 to 520, and as ``articles``.
    """
    from pipeline.report.trend import trend_table, weeks_until
    from pipeline.snapshot import polls_of

    if not 1 <= weeks <= MOST_WEEKS:
        raise ValueError(f"weeks={weeks!r} is no number of weeks, 1 to {MOST_WEEKS}")
    folder = folder_of(data)
    now = moment_of(folder)
    shown = weeks_until(instant(until) or now, weeks)
    frame = articles(relevance=None, data=folder)
    polls = polls_of(workplace_of(folder, now), frame)
    frame = chosen(frame, programme=programme, tone=tone, relevance="corrections", kanwil=kanwil, independent=independent)
    return trend_table(frame, shown, polls)


def units(
    since: When = None,
    until: When = None,
    *,
    programme: str | None = None,
    tone: str | None = None,
    kanwil: str | None = None,
    independent: bool | None = None,
    data: str | Path | None = None,
) -> pd.DataFrame:
    """Every unit of the gazetteer with its coverage, also those that nobody wrote of, most articles first.

    Counted are the articles that the unit acts in (``unit_primary``), by the filters of ``articles``; ``kanwil`` compares the
    unit's own office. Names that the gazetteer does not have stand there too, with ``known`` False. ``last`` is the time of
    the newest article, ``lat`` and ``lon`` are degrees (WGS 84).
    """
    from pipeline.classify.units import KANWIL, load_units
    from pipeline.configfile import Problems

    known("kanwil", kanwil, KANWIL)
    folder = folder_of(data)
    moment = instant(until) or moment_of(folder)
    problems = Problems()
    held = load_units(workplace_of(folder, moment).units, problems)
    problems.raise_if_any()
    names = ("name", "kind", "kanwil", "province", "regency", "lat", "lon")
    gazetteer = pd.DataFrame(
        [[getattr(unit, name) for name in names] for unit in held if unit.in_force(moment.date())], columns=["unit", *names[1:]]
    ).astype({"lat": float, "lon": float})
    frame = articles(since, until, programme=programme, tone=tone, independent=independent, data=folder)
    frame = frame[frame["unit_primary"] != ""]
    counted = _coverage(frame)
    unknown = frame[~frame["unit_primary"].isin(gazetteer["unit"])].drop_duplicates("unit_primary")
    named = pd.DataFrame({"unit": unknown["unit_primary"], "kanwil": unknown["kanwil"]})
    found = pd.concat([gazetteer.assign(known=True), named.assign(known=False)], ignore_index=True)
    found = found.merge(counted, left_on="unit", right_index=True, how="left", validate="one_to_one")
    found[["kind", "province", "regency"]] = found[["kind", "province", "regency"]].fillna("")
    counts = ["articles", "stories", "independent", *_TONES]
    found[counts] = found[counts].fillna(0).astype("int64")
    if kanwil is not None:
        found = found[found["kanwil"] == kanwil]
    return found.sort_values(["articles", "unit"], ascending=[False, True], ignore_index=True)


def _coverage(frame: pd.DataFrame) -> pd.DataFrame:
    """Counts by ``unit_primary``."""
    grouped = frame.groupby("unit_primary")
    tones = {name: (frame["tone"] == name).groupby(frame["unit_primary"]).sum() for name in _TONES}
    return pd.DataFrame(
        {
            "articles": grouped.size(),
            "stories": grouped["story_id"].nunique(),
            "independent": grouped["independent"].sum(),
            **tones,
            "last": grouped["dated_at"].max(),
        }
    )


def sources_health(*, now: datetime | None = None, data: str | Path | None = None) -> pd.DataFrame:
    """Every source of the catalogue, those first that a person should look at: state, last good poll, volume against the usual.

    ``verdict_1d`` and ``verdict_7d`` (ok · low · silent · high · unknown · unwatched) hold the entries ``seen_1d`` and
    ``seen_7d`` of the last 24 hours and 7 days before ``now`` (default: the present; a demo's own clock) against the source's
    own past, ``usual_…_low`` to ``usual_…_high``, empty where that tells nothing yet. ``trouble`` and ``advice``: what is wrong
    and what to do. The figures of ``pantau status --sources``. Raises ``StorageError`` where nothing was collected yet.
    """
    from pipeline.watching import condition_of

    folder = folder_of(data)
    if not has_ledger(folder):
        raise StorageError(f"{folder} holds no ledger: nothing was collected into it yet; run `./run run` or `./run demo`")
    condition = condition_of(workplace_of(folder, moment_of(folder, now)), whole=False)
    first = {source.id: rank for rank, source in enumerate(condition.troubled)}
    ranked = sorted(condition.sources, key=lambda source: (first.get(source.id, len(first)), source.id))
    found = pd.DataFrame([_health(source) for source in ranked], columns=list(_HEALTH)).astype(_HEALTH)
    for name in ("last_poll", "last_ok", "next_poll"):
        found[name] = pd.to_datetime(found[name], utc=True)
    return found


_USUAL = {
    f"usual_{days}d_{name}": "Int64" if name != "mean" else "Float64" for days in (1, 7) for name in ("low", "mean", "high")
}
_HEALTH: dict[str, Any] = {
    **dict.fromkeys(("source_id", "outlet", "state", "outcome", "detail"), "str"),
    **dict.fromkeys(("last_poll", "last_ok", "next_poll"), "object"),
    **{"interval_minutes": "float64", "failures": "int64", "gap_suspected": "bool"},
    **{f"{name}_{days}d": kind for days in (1, 7) for name, kind in (("verdict", "str"), ("seen", "Int64"))},
    **_USUAL,
    **dict.fromkeys(("why", "trouble", "advice"), "str"),
}


def _health(source: SourceCondition) -> dict[str, object]:
    cells: dict[str, object] = {
        "source_id": source.id,
        "outlet": source.outlet,
        "state": source.state,
        "outcome": source.outcome,
        "detail": source.detail,
        "last_poll": source.last_poll,
        "last_ok": source.last_ok,
        "next_poll": source.next_poll,
        "interval_minutes": source.interval_minutes,
        "failures": source.failures,
        "gap_suspected": source.gap_suspected,
        "why": source.week.why if source.week else "",
        "trouble": f"{source.trouble.word}: {source.trouble.why}" if source.trouble else "",
        "advice": source.trouble.advice if source.trouble else "",
    }
    for days, verdict in ((1, source.day), (7, source.week)):
        cells |= {f"verdict_{days}d": verdict.word if verdict else "", f"seen_{days}d": verdict.seen if verdict else None}
        usual = verdict.expected if verdict else None
        cells |= {f"usual_{days}d_{name}": getattr(usual, name) if usual else None for name in ("low", "mean", "high")}
    return cells
