"""How well units are found in the labelled texts of data/labels/units.jsonl: mentions, the unit that acts, and what it costs.

    .venv/bin/python -m benchmarks.units [--errors PART] [--write-floor | --lower-floor]

A unit counts once a text: one of the gazetteer by its name; one that the gazetteer does not know, or that stays open between
several, as "?" and the name as written, its class left out. The part "test" was written before the finder was tried on anything,
and its errors were never looked at; those of "dev" were, while rules were chosen.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence

from pipeline.classify.model import labels_digest
from pipeline.classify.units import UnitFinder, load_finder
from pipeline.quality.floor import Floor, floor_of, floor_text, lowered, raised
from pipeline.quality.unit_texts import UnitText, answer_of, figures_of, load_texts
from pipeline.settings import ROOT, default_config
from pipeline.training import corpus_files

LABELS = ROOT / "data" / "labels" / "units.jsonl"
FLOOR = ROOT / "data" / "labels" / "units_floor.json"
PARTS = ("test", "dev")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, and move the floor where asked."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.units", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--errors", choices=PARTS, help="print the texts of a part that were answered wrongly")
    move = parser.add_mutually_exclusive_group()
    move.add_argument("--write-floor", action="store_true", help="raise the floor to just under what was measured")
    move.add_argument("--lower-floor", action="store_true", help="sink it too; prints the lines that CHANGELOG.md must hold")
    options = parser.parse_args(arguments)
    finder, texts = load_finder(default_config()), load_texts(LABELS)
    print("| part | texts | units | precision | recall | F1 | acting unit right |\n|---|---|---|---|---|---|---|")
    for part in PARTS:
        held = [one for one in texts if one.part == part]
        found = figures_of(held, finder)
        row = (f"{found[name]:.3f}" for name in ("precision", "recall", "f1", "primary"))
        print(f"| {part} | {len(held)} | {sum(len(one.units) for one in held)} | {' | '.join(row)} |")
    if options.errors:
        _errors([one for one in texts if one.part == options.errors], finder)
    _cost(finder)
    if options.write_floor or options.lower_floor:
        _write(measure(texts, finder), lower=options.lower_floor)


def measure(texts: Sequence[UnitText], finder: UnitFinder) -> dict[str, float]:
    """The figures that the floor holds: those of the part that nobody looked at."""
    return figures_of([one for one in texts if one.part == "test"], finder)


def _errors(texts: Sequence[UnitText], finder: UnitFinder) -> None:
    for one in texts:
        named, first = answer_of(one, finder)
        if (named, first) != (one.units, one.primary):
            told = f"missed {sorted(one.units - named)}, too many {sorted(named - one.units)}"
            print(f"{one.id} {one.title}: {told}, acting {first or '-'} for {one.primary or '-'}")


def _cost(finder: UnitFinder) -> None:
    lines = [line for path in corpus_files() for line in path.read_text(encoding="utf-8").splitlines()]
    articles = [(one["title"], one["text"]) for one in map(json.loads, lines)]
    best = min(_seconds(articles, finder) for _ in range(5))
    print(f"{best / len(articles) * 1e6:.0f} µs an article, over the {len(articles)} articles of the labelled corpus")


def _seconds(articles: Sequence[tuple[str, str]], finder: UnitFinder) -> float:
    started = time.process_time()
    for title, text in articles:
        finder.find(title, text)
    return time.process_time() - started


def _write(measured: dict[str, float], *, lower: bool) -> None:
    floor = floor_of(FLOOR.read_text(encoding="utf-8")) if FLOOR.exists() else Floor("", {})
    digest = labels_digest([LABELS])
    moved, lines = lowered(floor, digest, measured) if lower else (raised(floor, digest, measured), [])
    FLOOR.write_text(floor_text(moved), encoding="utf-8")
    print(*lines, f"wrote {FLOOR}", sep="\n")


if __name__ == "__main__":
    main()
