"""The measured claims as tables: README.md has those with a bound, docs/speed.md all figures; both come from the JSON files.

./run bench table
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from benchmarks.bench.results import Figure, Result, read_all

ROOT = Path(__file__).resolve().parent.parent.parent
README, DOCUMENT = ROOT / "README.md", ROOT / "docs" / "speed.md"
_BLOCK = re.compile(r"<!-- bench:begin -->.*?<!-- bench:end -->", re.DOTALL)


def results() -> list[Result]:
    """Every claim that was measured, in the order of the command."""
    from benchmarks.bench.__main__ import CLAIMS

    return read_all(CLAIMS)


def short_table(found: Sequence[Result]) -> str:
    """The README's: one line for each bound, the median with its quartiles."""
    rows = [
        f"| {one.what} | {result.against} | {number(one.value.middle)}{'×' if one.unit == 'times' else f' {one.unit}'}"
        f"{spread(one)} | {bound(one)} |"
        for result in found
        for one in result.figures
        if one.wanted
    ]
    return "\n".join(["| measured | beside | median (quartiles) | wanted |", "|---|---|---|---|", *rows])


def long_table(found: Sequence[Result]) -> str:
    """The document's: all figures, each claim under its input, with day, load and machine."""
    blocks = []
    for result in found:
        rows = [f"| {one.what} | {number(one.value.middle)} {one.unit}{spread(one)} | {bound(one)} |" for one in result.figures]
        head = f"**{result.name}**: {result.on}, against {result.against}; "
        head += f"{result.rounds} rounds on {result.day}, load {result.load:g}."
        blocks.append("\n".join([head, "", "| figure | median (quartiles) | wanted |", "|---|---|---|", *rows]))
    machines = sorted({f"{result.machine}; {', '.join(result.versions)}" for result in found})
    return "\n\n".join([*blocks, *(f"Machine: {machine}." for machine in machines)])


def bound(figure: Figure) -> str:
    """What was wanted, and whether it is so."""
    if not figure.wanted:
        return ""
    return f"{figure.wanted.replace('>=', '≥').replace('<=', '≤')}, {'met' if figure.met else 'not met'}"


def number(value: float) -> str:
    """Three digits that count, whole numbers whole."""
    if value == int(value) and abs(value) < 1e6:
        return f"{int(value):,}"
    return f"{float(f'{value:.3g}'):,.0f}" if abs(value) >= 100 else f"{float(f'{value:.3g}'):g}"


def spread(figure: Figure) -> str:
    """The quartiles in brackets; nothing for what was counted."""
    low, high = figure.value.low, figure.value.high
    return "" if low == high else f" ({number(low)} to {number(high)})"


def replaced(text: str, block: str) -> str:
    """``text`` with the block between its marks. Raises ``ValueError`` where it has none."""
    marked = f"<!-- bench:begin -->\n{block}\n<!-- bench:end -->"
    if not _BLOCK.search(text):
        raise ValueError("the document has no <!-- bench:begin --> … <!-- bench:end -->; put the marks where the table belongs")
    return _BLOCK.sub(lambda _: marked, text, count=1)


def write_tables() -> None:
    """Write both tables from the JSON files as they are."""
    found = results()
    for path, table in ((README, short_table(found)), (DOCUMENT, long_table(found))):
        path.write_text(replaced(path.read_text(encoding="utf-8"), table), encoding="utf-8")
