"""Measures as lines for a terminal: aligned tables of at most 120 columns. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline.quality.batches import LEAST
from pipeline.quality.mistakes import Mistake

JUDGES = (("models", "models (what runs)"), ("rules", "cue rules alone"), ("words", "TF-IDF of raw words"))
MORE_JUDGES = (("lexicon", "sentiment lexicon"), ("majority", "most frequent label"))
WIDTH = 120
SETS = ("micro_precision", "micro_recall", "micro_f1", "jaccard", "exact")
CONFUSED = 8  # pairs of a confusion that are told in a line


def lines_of(report: Mapping[str, Any]) -> Iterator[str]:
    """The whole report of ``pantau evaluate``, of either kind."""
    fitted = f"; models fitted on {report['trained_on']:,} others" if "trained_on" in report else ""
    yield f"{report['texts']:,} texts, {report['how']}{fitted}; corpus {report['corpus']}"
    yield "In brackets: 95 % bootstrap intervals over whole stories."
    if "batches" in report:
        yield from _batches(report)
    yield from _headlines(report)
    yield from _several(report["models"])
    for field, held in report["models"].items():
        if "classes" in held:
            yield from _classes(field, held)
    for field, held in report["models"].items():
        if "reliability" in held:
            yield from _certainty(field, held)
    yield from _open_world(report["open_world"])
    yield from _review(report["review"])


def _figure(held: Mapping[str, Any], name: str) -> str:
    if name not in held:
        return "-"
    low, high = held.get(f"{name}_interval", (None, None))
    return _value(held[name]) if low is None else f"{_value(held[name])} ({_value(low)}-{_value(high)})"


def _value(figure: float) -> str:
    """.946 for 0.946; 1.000 stays."""
    return f"{figure:.3f}".removeprefix("0") if figure < 0.9995 else f"{figure:.3f}"


def _headlines(report: Mapping[str, Any]) -> Iterator[str]:
    columns = ("accuracy", "macro_f1", "micro_f1", "answered", "calibration_error")
    widths = (19, 19, 19, 9, 17)
    for field in report["models"]:
        if "accuracy" not in report["models"][field]:
            continue
        names = ("accuracy", "macro-F1", "micro-F1", "answered", "calibration error")
        head = " ".join(f"{name:<{width}}" for name, width in zip(names, widths, strict=True))
        yield f"\n{field.upper():<22} {'n':>5}  {head}".rstrip()
        for key, caption in (*JUDGES, *MORE_JUDGES):
            held = report.get(key, {}).get(field)
            if held:
                cells = [_value(held["answered"]) if name == "answered" else _figure(held, name) for name in columns]
                row = " ".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True))
                yield f"{caption:<22} {held['n']:>5}  {row}".rstrip()
    if "words" in report:
        yield "(lexicon and majority are asked as if they knew which articles are ours; the others pay for what they miss)"


def _several(models: Mapping[str, Any]) -> Iterator[str]:
    yield (
        f"\n{'SEVERAL LABELS':<15} {'named':>5} {'said':>5}  "
        + " ".join(f"{name.replace('_', '-'):<17}" for name in SETS).rstrip()
    )
    for field, held in models.items():
        if "named" in held:
            cells = " ".join(f"{_figure(held, name):<17}" for name in SETS)
            yield f"{field:<15} {held['named']:>5} {held['said']:>5}  {cells}".rstrip()
    yield "(programmes: primary and related together)"


def _classes(field: str, held: Mapping[str, Any]) -> Iterator[str]:
    yield f"\n{field + ' by class':<30} {'n':>5}  {'precision':<18} {'recall':<18} {'F1':<18}".rstrip()
    for label, row in held["classes"].items():
        cells = " ".join(f"{_figure(row, name):<18}" for name in ("precision", "recall", "f1"))
        yield f"  {label:<28} {row['support']:>5}  {cells}".rstrip()
    if "confusion" in held:
        yield from _wrapped("  right → said: ", confused(held["confusion"]) or ["nothing wrong"])


def confused(table: Mapping[str, Mapping[str, int]]) -> list[str]:
    """The most frequent wrong pairs: "negative → neutral 12"."""
    pairs = [(n, right, said) for right, row in table.items() for said, n in row.items() if said != right]
    return [f"{right} → {said} {n}" for n, right, said in sorted(pairs, key=lambda pair: (-pair[0], pair[1:]))[:CONFUSED]]


def _wrapped(head: str, pieces: Sequence[str]) -> Iterator[str]:
    line = head
    for index, piece in enumerate(pieces):
        text = piece + (", " if index + 1 < len(pieces) else "")
        if len(line) + len(text) > WIDTH:
            yield line.rstrip()
            line = " " * len(head)
        line += text
    yield line.rstrip()


def _certainty(field: str, held: Mapping[str, Any]) -> Iterator[str]:
    rows = held["reliability"]
    yield f"\n{field}: calibration error {_figure(held, 'calibration_error')}"
    for name in ("certainty", "right", "n"):
        yield f"  {name:<10}" + " ".join(f"{row[name] if name == 'n' else _value(row[name]):>6}" for row in rows)
    answered = held["abstention"]
    starts = [f"≥{row['threshold']:.2f}" if row["threshold"] else "as is" for row in answered]
    yield "  answers   " + " ".join(f"{start:>6}" for start in starts)
    yield "  coverage  " + " ".join(f"{_value(row['coverage']):>6}" for row in answered)
    yield "  accuracy  " + " ".join(f"{_value(row['accuracy']) if row['coverage'] else '-':>6}" for row in answered)


def _open_world(found: Mapping[str, Any]) -> Iterator[str]:
    yield f"\nTHE OPEN WORLD, where {found['prevalence']:.2%} of what is fetched is ours"
    for name, row in found.items():
        if name == "prevalence":
            continue
        yield f"  called {name}:"
        if "recall" in row:
            yield f"    recall              {_figure(row, 'recall')}: {row['found']} of {row['ours']}"
        if "per_1000" not in row:
            yield "    false alarms        not known: no ordinary news ([background]) among these texts"
            continue
        low, high = row["per_1000_interval"]
        seen = f"{row['false_alarms']} in {row['ordinary']}"
        yield f"    false alarms        {row['per_1000']:.1f} ({low:.1f}-{high:.1f}) per 1,000 ordinary articles: {seen}"
        if "expected_precision" in row:
            yield f"    expected precision  {_figure(row, 'expected_precision')} (ends of both intervals joined)"
            yield f"    stated probability  {_value(row['stated'])} on the mean of those called, in the same proportion"


def _review(found: Mapping[str, Any]) -> Iterator[str]:
    yield f"\nREVIEW: {found['wrong']} of {found['texts']} texts have a wrong relevance, primary or tone"
    first = f"of them lie in the {found['looked_at']} texts (10 %) of highest priority"
    yield f"  {found['caught_share']:.0%} {first}; the most possible is {found['best_possible']:.0%}"
    yield f"  {found['needs_review_share']:.0%} of them lie in the {found['needs_review']} texts marked needs_review"


def _batches(report: Mapping[str, Any]) -> Iterator[str]:
    yield "\nBATCH      texts   relevance          primary                     tone"
    yield "                   accuracy      n    accuracy macro-F1     n    accuracy macro-F1     n"
    for row in report["batches"]:
        cells = f"{row['batch']:<10} {row['texts']:>5}   {_value(row['relevance']['accuracy']):<9} {row['relevance']['n']:>5}   "
        for field in ("primary", "tone"):
            held = row.get(field)
            figured = f" {_value(held['accuracy']):<8} {_value(held['macro_f1']):<9} {held['n']:>5}  " if held else " " * 27
            cells += figured
        yield cells.rstrip()
    yield f"\nGAP between best and worst batch of at least {LEAST} answers, the honest figure"
    for name, gap in report["gaps"].items():
        ends = f"best {_value(gap['high'])} ({gap['best']}), worst {_value(gap['low'])} ({gap['worst']})"
        yield f"  {name.replace('_', '-'):<20} {_value(gap['gap'])}   {ends}"
    yield "\nPOOLED over all batches:"


def mistake_lines(mistakes: Sequence[Mistake], total: int) -> Iterator[str]:
    """The mistakes for a reader: what is right and what was said, the title, the words that decided."""
    yield f"\nTHE {len(mistakes)} MOST CONFIDENT MISTAKES of {total} (tone, title tone, primary, relevance)"
    for one in mistakes:
        yield f"{one.certainty:.2f} {one.id}  {one.field}: {one.right} → {one.said}"
        yield f"     {_short(one.title)}"
        if one.evidence:
            yield f"     “{_short(one.evidence)}”"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= WIDTH - 8 else line[: WIDTH - 9] + "…"
