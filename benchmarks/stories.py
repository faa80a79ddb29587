"""How well copies and events are found, on the clusters of data/labels/stories.jsonl; the floor; and the scale it reaches.

    .venv/bin/python -m benchmarks.stories [--errors] [--write-floor | --lower-floor] [--scale N]

Every pair of articles counts, also of different clusters. The odd clusters were looked at while points were chosen, the even
ones were not: figures are told for both. ``--scale N`` places 500 new articles beside N in the window.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from pipeline.classify.judge import load_judge
from pipeline.classify.model import labels_digest
from pipeline.configfile import Problems
from pipeline.quality.floor import floor_of, floor_text, lowered, raised
from pipeline.quality.pairs import Told, grouping_figures, load_told, placed
from pipeline.settings import ROOT, Settings, default_config, load_settings
from pipeline.stories.placing import common_stems, place, sizes

LABELS = ROOT / "data" / "labels" / "stories.jsonl"
FLOOR = ROOT / "data" / "labels" / "stories_floor.json"


def held_out(told: Sequence[Told]) -> list[Told]:
    """The clusters with even numbers: no rule was chosen by them."""
    return [one for one in told if int("".join(filter(str.isdigit, one.cluster))) % 2 == 0]


def measure(told: Sequence[Told]) -> tuple[dict[str, float], list[dict[str, object]]]:
    """Figures and rows by the shipped rules (no model: it would have to be fitted first)."""
    config, problems = default_config(), Problems()
    settings = load_settings(config, problems)
    problems.raise_if_any()
    rules = (settings or Settings()).stories
    common = common_stems((config / "common_stems.txt").read_text(encoding="utf-8"))
    rows = placed(
        told, load_judge(config), common, window_days=rules.window_days, jaccard=rules.jaccard, containment=rules.containment
    )
    return grouping_figures(told, rows), rows


def _errors(told: Sequence[Told], rows: Sequence[Mapping[str, object]]) -> None:
    by = {str(row["key"]): row for row in rows}
    for name, label, column in (("copies", "copy", "story_id"), ("events", "event", "event_id")):
        for index, one in enumerate(told):
            for other in told[index + 1 :]:
                true = getattr(one, label) == getattr(other, label)
                said = by[one.id][column] == by[other.id][column]
                if true != said:
                    print(f"{name} {'missed' if true else 'wrong '} {one.id} {other.id} | {one.title[:60]} | {other.title[:60]}")


def _invented(count: int) -> list[dict[str, object]]:
    """Rows as a fortnight's articles have them, one in twenty a copy with one sentence changed.

    Words, sentences and figures are drawn at random; every article names one of 700 units and the day it tells of.
    """
    draw = random.Random(7)  # noqa: S311 - invented words, not secrets
    syllables = [first + vowel for first in "bcdgjklmnprst" for vowel in "aeiou"]
    stems = sorted({"".join(draw.choices(syllables, k=draw.choice((2, 3, 3, 4)))) for _ in range(35_000)})
    sentences = [" ".join(draw.choices(stems, k=14)) for _ in range(60_000)]
    start = datetime(2026, 11, 1, tzinfo=UTC)
    rows: list[dict[str, object]] = []
    for number in range(count):
        at = start + timedelta(seconds=number * 14 * 86_400 / count)
        unit = f"Lapas Kelas IIB Kota {draw.randrange(700)}"
        quoted = f"“{draw.choice(sentences)}”"
        lines = [f"{unit} menerima {draw.randrange(10, 3000)} tamu ({at.day}/{at.month})", quoted, *draw.choices(sentences, k=12)]
        if number % 20 == 19:
            taken = rows[draw.randrange(len(rows))]
            unit, lines = str(taken["unit_primary"]), str(taken["text"]).split(". ")
            lines[draw.randrange(2, len(lines))] = draw.choice(sentences)
        rows.append(
            {
                "key": f"{number:016x}", "title": " ".join(draw.choices(stems, k=9)), "text": ". ".join(lines), "text_sha256": "",
                "words": 196, "dated_at": at, "publisher_type": "newsroom", "outlet": f"Media {number % 300}",
                "domain": "media.example", "tier": "T2", "relevance": "corrections", "source_type": "report",
                "foreign_dateline": "", "unit_primary": unit, "units": [unit], "programme_primary": "umum",
            }
        )  # fmt: skip
    return rows


def _scale(count: int) -> None:
    """``count`` articles of a fortnight placed at once, then 500 of its last hours beside them."""
    rows = _invented(count + 500)
    common = common_stems((default_config() / "common_stems.txt").read_text(encoding="utf-8"))
    rules = Settings().stories
    seconds = []
    known: list[dict[str, object]] = []
    for some in (rows[:count], rows):
        before = time.process_time()
        known = place(some, known, common, window_days=rules.window_days, jaccard=rules.jaccard, containment=rules.containment)
        seconds.append(time.process_time() - before)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{count:,} articles at once: {seconds[0]:.1f} s, {count / seconds[0]:,.0f} a second")
    print(f"500 more beside them: {seconds[1]:.1f} s; most memory {most:,.0f} MB, texts and all; {sizes(known)}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, and move the floor where asked."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stories", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--errors", action="store_true", help="list the pairs of the odd clusters that are wrong")
    parser.add_argument("--scale", type=int, metavar="N", help="time N articles in the window instead")
    move = parser.add_mutually_exclusive_group()
    move.add_argument("--write-floor", action="store_true", help="raise the floor to just under what is measured")
    move.add_argument("--lower-floor", action="store_true", help="lower it, too; prints the CHANGELOG's line")
    given = parser.parse_args(arguments)
    if given.scale:
        _scale(given.scale)
        return
    told = load_told(LABELS)
    held = {one.id for one in held_out(told)}
    print("clusters | articles | level | true pairs | precision | recall")
    for name, some in (("all", told), ("odd", [one for one in told if one.id not in held]), ("even", held_out(told))):
        found, rows = measure(some)
        for level in ("copies", "events"):
            print(
                f"{name} | {len(some)} | {level} | {found[f'{level} pairs']:.0f} | "
                f"{found[f'{level} precision']:.3f} | {found[f'{level} recall']:.3f}"
            )
        if name == "odd" and given.errors:
            _errors(some, rows)
        if name == "all":
            whole = found
    if given.write_floor or given.lower_floor:
        floor = floor_of(FLOOR.read_text(encoding="utf-8")) if FLOOR.exists() else floor_of('{"corpus": "", "figures": {}}')
        digest = labels_digest([LABELS])
        lines: list[str] = []
        new = raised(floor, digest, whole)
        if given.lower_floor:
            new, lines = lowered(floor, digest, whole)
        FLOOR.write_text(floor_text(new), encoding="utf-8")
        print("\n".join([f"wrote {FLOOR}", *lines]))


if __name__ == "__main__":
    main()
