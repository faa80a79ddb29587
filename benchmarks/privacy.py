"""How well private persons are masked: recall by who they are, precision, office holders kept, false masks on the corpus, time.

    .venv/bin/python -m benchmarks.privacy [--part test] [--misses]

Labelled texts: data/labels/privacy.jsonl, our own, with invented names. A span counts as found when all letters and digits of it
are masked; a mask counts as right when it touches a labelled span. The part "test" was not read while rules or lists were tuned.
The corpus names nobody, so every name masked in it is a false one (initials in it are not).
What a page costs is measured on the pages of ``benchmarks.bench.pages`` with the lines that were removed from them: pages never
met, after some that were, and the same again. Processor time; pages of real outlets name more people and cost somewhat more.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.bench.pages import heavy_pages
from pipeline.extract.article import extract
from pipeline.extract.outlets import outlets_of
from pipeline.extract.privacy import Mask, Masked, Masker, masker_of
from pipeline.records import Article
from pipeline.settings import default_config, labels_folder

FIELDS = ("title", "text")
PARTS = ("tune", "test")
WARM, ROUND, ROUNDS = 400, 50, 6  # pages met before; measured at once; how often
# The persons whom the law protects most: of these no more than three in a hundred should be missed.
PROTECTED = ("inmate", "suspect", "child")


@dataclass(slots=True)
class Figures:
    """Counts over texts: spans by who they are, masks, and office holders (``kept`` of ``holders`` whole)."""

    texts: int = 0
    spans: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    masks: int = 0
    right: int = 0
    typed: int = 0
    holders: int = 0
    kept: int = 0
    misses: list[str] = field(default_factory=list)

    def recall(self, *who: str) -> float:
        """Share of labelled spans that are wholly masked; of all without ``who``."""
        names = who or tuple(self.spans)
        return sum(self.found[name] for name in names) / max(1, sum(self.spans[name] for name in names))

    @property
    def precision(self) -> float:
        """Share of masks that touch a labelled span."""
        return self.right / max(1, self.masks)


def labelled_file() -> Path:
    """Where the labelled texts lie."""
    return labels_folder() / "privacy.jsonl"


def labelled(part: str = "") -> list[dict[str, Any]]:
    """The labelled texts of a part, or all."""
    rows = [json.loads(line) for line in labelled_file().read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if part in ("", row["part"])]


def measured(rows: Sequence[dict[str, Any]]) -> Figures:
    """Mask every text and count. What was missed of the test part is not told: it would be tuned on."""
    masker, figures = masker_of(), Figures()
    for row in rows:
        figures.texts += 1
        masked = masker.mask(row["title"], row["text"])
        for number, name in enumerate(FIELDS):
            _count(figures, row, name, masked, number)
        if row["part"] == "test":
            figures.misses.clear()
    return figures


def _count(figures: Figures, row: dict[str, Any], name: str, masked: Masked, number: int) -> None:
    text, spans = row[name], masked.spans[number]
    hidden = {place for span in spans for place in range(span.start, span.end)}
    gold = [one for one in row["spans"] if one["field"] == name]
    for one in gold:
        figures.spans[one["who"]] += 1
        whole = all(place in hidden for place in range(one["start"], one["end"]) if text[place].isalnum())
        figures.found[one["who"]] += whole
        if not whole:
            figures.misses.append(f"{row['id']} missed {one['who']} {text[one['start'] : one['end']]!r}")
    for span in spans:
        touched = [one for one in gold if one["start"] < span.end and span.start < one["end"]]
        figures.masks += 1
        figures.right += bool(touched)
        figures.typed += any(span.mask is Mask(f"[{one['type']}]") for one in touched)
        if not touched:
            figures.misses.append(f"{row['id']} masked {text[span.start : span.end]!r}")
    for one in row["keep"]:
        if one["field"] == name:
            figures.holders += 1
            figures.kept += hidden.isdisjoint(range(one["start"], one["end"]))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.privacy", description=__doc__)
    parser.add_argument("--part", choices=PARTS, help="one part only")
    parser.add_argument("--misses", action="store_true", help="name what was missed (not of the test part: it would be tuned on)")
    chosen = parser.parse_args(arguments)
    for part in [chosen.part] if chosen.part else PARTS:
        figures = measured(labelled(part))
        print(f"{part}: {figures.texts} texts, {sum(figures.spans.values())} spans")
        print(f"  recall {figures.recall():.3f}; inmates, suspects and children {figures.recall(*PROTECTED):.3f}")
        for who, count in figures.spans.most_common():
            print(f"    {who:<13} {figures.found[who]:>3} of {count:>3}  {figures.found[who] / count:.3f}")
        print(f"  precision {figures.precision:.3f} ({figures.masks} masks, of the labelled type {figures.typed})")
        print(f"  office holders kept {figures.kept} of {figures.holders}")
        if chosen.misses:
            print(*(f"    {line}" for line in figures.misses), sep="\n")
    _corpus()
    _pages()


def _pages() -> None:
    outlets, masker = outlets_of(default_config()), masker_of()
    found = (extract(page, outlets) for page in heavy_pages(WARM + ROUNDS * ROUND))
    articles = [one for one in found if isinstance(one, Article)]
    for article in articles[:WARM]:
        masker.article(article)
    rounds = [articles[at : at + ROUND] for at in range(WARM, len(articles), ROUND)]
    new, again = ([_spent(masker, those) for those in rounds] for _ in range(2))
    words = statistics.mean(len(article.text.split()) for article in articles)
    lines = statistics.mean(len(article.removed) for article in articles)
    print(f"pages of {words:.0f} words and {lines:.0f} removed lines, in rounds of {ROUND}:")
    for name, spent in (("never met", new), ("met before", again)):
        print(f"  {name}: median {statistics.median(spent):.2f} ms a page ({min(spent):.2f} to {max(spent):.2f})")


def _spent(masker: Masker, articles: Sequence[Article]) -> float:
    started = time.process_time()
    for article in articles:
        masker.article(article)
    return 1000 * (time.process_time() - started) / len(articles)


def _corpus() -> None:
    masker = masker_of()
    texts = [
        json.loads(line)
        for path in sorted((labels_folder() / "corpus").glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    masks: Counter[Mask] = Counter()
    for text in texts:  # a first round, so that words are stemmed once as in a long-lived worker
        for spans in masker.mask(text["title"], text["text"]).spans:
            masks.update(span.mask for span in spans)
    started = time.process_time()
    for text in texts:
        masker.mask(text["title"], text["text"])
    spent = 1000 * (time.process_time() - started) / len(texts)
    words = sum(len(text["text"].split()) for text in texts) / len(texts)
    told = ", ".join(f"{mask.value} {count}" for mask, count in masks.most_common())
    print(f"corpus: {len(texts)} texts without names: {told}")
    print(f"  {1000 * masks[Mask.NAME] / len(texts):.0f} false names in 1,000 texts; {spent:.2f} ms a text of {words:.0f} words")


if __name__ == "__main__":
    main()
