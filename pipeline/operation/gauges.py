"""The condition in Prometheus's text format, for node_exporter's textfile collector. Instants are seconds since 1970.

They are values of gauges and never ages: the file stays as it is when runs stop, and an age in it would stay small.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from pipeline.operation.condition import Condition

Sample = tuple[dict[str, str], float]

_PREFIX = "pantau_"


def text_of(condition: Condition | None, *, succeeded: bool, finished: datetime) -> str:
    """The whole file. ``condition`` None: it could not be gathered, only the run's end is told."""
    families: list[tuple[str, str, list[Sample]]] = [
        ("run_success", "1 when the last run ended well, else 0.", [({}, float(succeeded))]),
        ("run_finished_timestamp_seconds", "When the last run ended.", _instant(finished)),
    ]
    if condition is not None:
        families += _families(condition)
    return "".join(_family(name, told, samples) for name, told, samples in families)


def _families(condition: Condition) -> list[tuple[str, str, list[Sample]]]:
    coverage = condition.coverage
    polled = [one for one in condition.sources if one.state != "retired"]
    return [
        ("stale_after_seconds", "Age of the newest good poll from which data are stale.", [({}, condition.stale_hours * 3600)]),
        ("newest_good_poll_timestamp_seconds", "When a source was last read.", _instant(condition.newest_good_poll)),
        ("newest_judged_timestamp_seconds", "When the newest judged pages were fetched.", _instant(condition.newest_judged)),
        ("oldest_waiting_timestamp_seconds", "First sight of the entry that waits longest.", _instant(condition.oldest_waiting)),
        ("sources", "Sources of the catalogue by state.", _by("state", condition.states)),
        ("sources_alarming", "Sources that somebody should look at, by what is wrong.", _by("word", condition.alarms)),
        (
            "source_alarm",
            "1 for each source that somebody should look at.",
            [({"source": one.id, "word": one.trouble.word}, 1.0) for one in polled if one.trouble and one.trouble.alarm],
        ),
        (
            "source_last_good_poll_timestamp_seconds",
            "When the source was last read.",
            [({"source": one.id}, one.last_ok.timestamp()) for one in polled if one.last_ok],
        ),
        ("gaps_suspected", "Sources whose last two answers had no entry in common.", [({}, _gaps(condition))]),
        (
            "coverage_entries",
            "New entries within the window, of sources with a known rhythm.",
            [({"window": f"{one.hours}h"}, float(one.seen_known)) for one in coverage],
        ),
        (
            "coverage_usual_entries",
            "Usual number of the same sources by their own past.",
            [({"window": f"{one.hours}h"}, one.usual) for one in coverage],
        ),
        ("entries", "Entries ever seen, by what became of them.", _by("state", condition.entries)),
        ("hosts_closed", "Hosts or owners that are left alone at present.", [({}, float(len(condition.closings)))]),
        ("disk_bytes", "Size of the data folder by kind of file.", _by("kind", condition.disk)),
        ("disk_free_bytes", "Free space where the data folder lies.", [({}, float(condition.disk_free))]),
    ]


def _gaps(condition: Condition) -> float:
    return float(sum(one.gap_suspected for one in condition.sources if one.counted))


def _instant(instant: datetime | None) -> list[Sample]:
    return [({}, instant.timestamp())] if instant else []


def _by(label: str, counts: Mapping[str, int]) -> list[Sample]:
    return [({label: name}, float(count)) for name, count in sorted(counts.items())]


def _family(name: str, told: str, samples: Iterable[Sample]) -> str:
    return "".join(_lines(_PREFIX + name, told, list(samples)))


def _lines(name: str, told: str, samples: list[Sample]) -> Iterator[str]:
    if not samples:
        return
    yield f"# HELP {name} {told.replace(chr(92), chr(92) * 2).replace(chr(10), chr(92) + 'n')}\n"
    yield f"# TYPE {name} gauge\n"
    for labels, value in samples:
        shown = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        yield f"{name}{'{' + shown + '}' if shown else ''} {value!r}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
