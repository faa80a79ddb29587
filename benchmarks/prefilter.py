"""What the keyword pre-filter would let through and what it would miss, on the labelled corpus.

    .venv/bin/python -m benchmarks.prefilter [--misses]

Three views of an article, as sources show it: its title alone (listings, most sitemaps), with its first sentence (the shortest
summaries), with its first 55 words (WordPress's excerpt, the commonest). Groups: corrections, those of negative tone, those of
the plain registers (batches c5 to c13, written as newsrooms write; the others were written to hide their subject), immigration,
look-alikes (irrelevant, but of prisons and officers' words) and ordinary news. What was missed of the test batches is not told.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pipeline.configfile import Problems
from pipeline.fetch.prefilter import Prefilter, load_prefilter
from pipeline.settings import default_config, labels_folder

TEST = frozenset(("a9", "b1", "s14", "s15", "t1", "t2"))  # docs/corpus.md
PLAIN = frozenset(f"c{number}" for number in range(5, 14))
# Written to name us only late, or in another desk's news, beside ordinary crime news with our words: rows of their own.
LATE = frozenset(("d7", "d12", "d17", "d20"))
WORDS = 55


def no_summary(_text: str) -> str:
    """What a source without summaries shows of the text."""
    return ""


def first_sentence(text: str) -> str:
    """The text up to the first end of a sentence."""
    return re.split(r"(?<=[.!?])\s", text.strip(), maxsplit=1)[0]


def excerpt(text: str) -> str:
    """The first words of the text, as many as an excerpt has."""
    return " ".join(text.split()[:WORDS])


VIEWS: dict[str, Callable[[str], str]] = {"title": no_summary, "sentence": first_sentence, "excerpt": excerpt}


@dataclass(slots=True)
class Figures:
    """Of one group: how many articles, how many pass by view, and what an excerpt does not show (id, title; no test batch)."""

    articles: int = 0
    passed: dict[str, int] = field(default_factory=lambda: dict.fromkeys(VIEWS, 0))
    missed: list[str] = field(default_factory=list)

    def share(self, view: str) -> float:
        """Share of the group that passes by a view."""
        return self.passed[view] / max(1, self.articles)


def groups_of(row: dict[str, Any]) -> Iterator[str]:
    """The groups that a labelled article belongs to."""
    relevance = row["labels"]["relevance"]
    if relevance == "irrelevant":
        ordinary = row["batch"] == "s9" or "[background]" in (row.get("note") or "")
        yield ("ordinary news, crime desk" if row["batch"] in LATE else "ordinary news") if ordinary else "look-alikes"
        return
    if relevance == "corrections" and row["batch"] in LATE:
        yield "corrections, told late"
        return
    yield relevance
    if relevance == "corrections":
        if row["labels"]["tone"] == "negative":
            yield "corrections, negative"
        if row["batch"] in PLAIN:
            yield "corrections, plain registers"
        if row["batch"] in TEST:
            yield "corrections, test batches"


def measured(prefilter: Prefilter) -> dict[str, Figures]:
    """Figures by group over the whole corpus."""
    found: dict[str, Figures] = {}
    for path in sorted((labels_folder() / "corpus").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            passes = {name: bool(prefilter.speaks_of_us(row["title"], view(row["text"]))) for name, view in VIEWS.items()}
            for group in groups_of(row):
                figures = found.setdefault(group, Figures())
                figures.articles += 1
                for name in VIEWS:
                    figures.passed[name] += passes[name]
                if not passes["excerpt"] and row["batch"] not in TEST:
                    figures.missed.append(f"{row['id']} {row['title']}")
    return found


def shipped() -> Prefilter:
    """The pre-filter of the shipped configuration; raises ``ConfigError`` when it has a mistake."""
    problems = Problems()
    prefilter = load_prefilter(default_config() / "prefilter.txt", problems)
    problems.raise_if_any()
    return prefilter


def table(found: dict[str, Figures]) -> str:
    """The shares as docs/sources.md prints them."""
    rows = [f"| passes | articles | title | + first sentence | + first {WORDS} words |", "|---|---|---|---|---|"]
    for group, figures in sorted(found.items()):
        rows.append(f"| {group} | {figures.articles:,} | {' | '.join(f'{figures.share(view):.3f}' for view in VIEWS)} |")
    return "\n".join(rows)


def main() -> None:
    """Print the share that passes, by group and view."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--misses", action="store_true", help="also name the corrections articles that an excerpt does not show")
    asked = parser.parse_args()
    found = measured(shipped())
    print(table(found))
    if asked.misses:
        print("", *found["corrections"].missed, *found["corrections, told late"].missed, sep="\n")


if __name__ == "__main__":
    main()
