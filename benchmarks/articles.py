"""How well the main text is found, beside trafilatura's default, on the public article-extraction benchmark.

    python -m benchmarks.articles FOLDER [--worst N]

FOLDER holds ``ground-truth.json`` and ``html/<id>.html.gz`` of scrapinghub/article-extraction-benchmark (181 pages, mostly in
English). Its own measure: shingles of four words, precision and recall of each page averaged, F1 of the averages. Language is
not asked here: what the extraction finds is scored before the Indonesian-only check.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

SHINGLE = 4  # words, as in the benchmark's evaluate.py
_TOKEN = re.compile(r"\w+", re.UNICODE | re.MULTILINE | re.IGNORECASE | re.DOTALL)


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Runs of four words with their counts; a shorter text is one run."""
    tokens = _TOKEN.findall(text)
    size = min(SHINGLE, len(tokens)) or 1
    return (
        Counter(tuple(tokens[place : place + size]) for place in range(max(1, len(tokens) - size + 1))) if tokens else Counter()
    )


def page_scores(true: str, found: str) -> tuple[float, float]:
    """(precision, recall) of one page, both 0 to 1; an empty answer is precise and recalls nothing."""
    right, made = shingles(true), shingles(found)
    hit = sum((right & made).values())
    return (hit / made.total() if made else 1.0, hit / right.total() if right else 1.0)


def ours(html: str, url: str) -> str:
    """The text that this project takes, before language and length are judged; "" for a page that cannot be read."""
    from pipeline.extract.article import Story, read_story
    from pipeline.extract.outlets import outlets_of
    from pipeline.extract.single import page_of_file
    from pipeline.settings import default_config

    page = page_of_file(html.encode("utf-8", "replace"), url, datetime(2026, 11, 26, tzinfo=UTC))
    found = read_story(page, outlets_of(default_config()))
    return "\n".join(found.kept) if isinstance(found, Story) else ""


def theirs(html: str, _url: str) -> str:
    """trafilatura as it comes, without comments."""
    from trafilatura import extract

    return extract(html, include_comments=False) or ""


def main() -> int:
    """Score both and print one line each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the benchmark's folder: ground-truth.json and html/")
    parser.add_argument("--worst", type=int, default=0, metavar="N", help="also name the N pages where we fall behind most")
    arguments = parser.parse_args()
    truth_file = arguments.folder / "ground-truth.json"
    if not truth_file.is_file():
        print(f"{truth_file} is missing; give the folder that holds ground-truth.json and html/", file=sys.stderr)
        return 2
    truth = json.loads(truth_file.read_text(encoding="utf-8"))
    scores: dict[str, dict[str, tuple[float, float]]] = {"ours": {}, "trafilatura": {}}
    methods: list[tuple[str, Callable[[str, str], str]]] = [("ours", ours), ("trafilatura", theirs)]
    for name, gold in truth.items():
        with gzip.open(arguments.folder / "html" / f"{name}.html.gz", "rt", encoding="utf-8", errors="replace") as file:
            html = file.read()
        for method, function in methods:
            scores[method][name] = page_scores(
                gold["articleBody"], function(html, gold.get("url") or f"https://seite.example/{name}")
            )
    for method, of_pages in scores.items():
        precision, recall = (sum(pair[place] for pair in of_pages.values()) / len(of_pages) for place in (0, 1))
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        print(f"{method:12} F1 {f1:.3f}  precision {precision:.3f}  recall {recall:.3f}  ({len(of_pages)} pages)")
    behind = sorted(truth, key=lambda name: sum(scores["ours"][name]) - sum(scores["trafilatura"][name]))
    for name in behind[: arguments.worst]:
        print(name[:12], *(f"{method} {of[name][0]:.2f}/{of[name][1]:.2f}" for method, of in scores.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
