"""Prints the figures of the labelled corpus as Markdown tables: what it holds, how its texts differ, how its readers agree."""

from __future__ import annotations

import json
import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from pipeline.classify.agreement import bootstrap_interval, mean_jaccard, nominal_alpha, presence
from pipeline.classify.corpus import INCIDENTS, RELEVANCE, SOURCE_TYPES, TONES, Labelled, load_labelled
from pipeline.classify.taxonomy import all_programmes, load_taxonomies
from pipeline.configfile import Problems

HOME = Path(__file__).parents[1]
LABELS = HOME / "data" / "labels"
TAGS = ("key", "nokey", "boiler", "baca", "clutter", "lookalike", "background", "short", "noisy")
# s9 is ordinary news as a whole; its notes name the desk.
BACKGROUND_BATCH = "s9"
TEST_BATCHES = ("s14", "s15", "a9", "b1", "t1", "t2")
SINGLE_FIELDS = ("relevance", "primary", "tone", "title_tone", "source_type")
SET_FIELDS = ("incidents", "related", "mentioned")
RUN = 8
SHINGLE = 5
NEAR = 0.3
# Wordings that are not ours: names of the two programme lists, of a kind of office. A run that holds one may recur.
OFFICIAL = (
    "program akselerasi menteri imigrasi dan pemasyarakatan",
    "program aksi kementerian imigrasi dan pemasyarakatan",
    "program aksi menteri imigrasi dan pemasyarakatan",
    "kantor imigrasi kelas iii non tpi",
)

Row = Sequence[object]
Readings = tuple[Any, Any]


def load(problems: Problems) -> tuple[Labelled, ...]:
    """Every labelled article, batch by batch: a1 … b2, s1 … s15."""
    slugs = all_programmes(load_taxonomies(HOME / "config" / "programmes", problems))
    return load_labelled(sorted((LABELS / "corpus").glob("*.jsonl"), key=_batch_order), slugs, problems)


def _batch_order(path: Path) -> tuple[str, int]:
    return path.stem[0], int(path.stem[1:])


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def words(record: Labelled) -> list[str]:
    """Title and text as lower-case words."""
    return re.findall(r"\w+", f"{record.title}\n{record.text}".lower())


def tags_of(record: Labelled) -> set[str]:
    """The bracket tags of the note; every article of the background batch counts as background."""
    found = {tag for tag in TAGS if f"[{tag}]" in record.note}
    return found | {"background"} if record.batch == BACKGROUND_BATCH else found


def _windows(tokens: Sequence[str], size: int) -> Iterator[str]:
    return (" ".join(tokens[start : start + size]) for start in range(len(tokens) - size + 1))


def recurring_runs(records: Sequence[Labelled]) -> dict[str, list[str]]:
    """Runs of eight words that stand in two stories or more, with the articles; those with an official wording are left out."""
    homes: dict[str, list[Labelled]] = defaultdict(list)
    for record in records:
        for run in set(_windows(words(record), RUN)):
            homes[run].append(record)
    return {
        run: sorted(record.id for record in held)
        for run, held in homes.items()
        if len({record.story for record in held}) > 1 and not any(wording in run for wording in OFFICIAL)
    }


def likeness(records: Sequence[Labelled]) -> list[tuple[float, str, str]]:
    """Jaccard of word 5-grams of every pair of articles from different stories that share one, the most alike first."""
    shingles = {record.id: set(_windows(words(record), SHINGLE)) for record in records}
    story = {record.id: record.story for record in records}
    homes: dict[str, list[str]] = defaultdict(list)
    for key, held in shingles.items():
        for shingle in held:
            homes[shingle].append(key)
    shared = Counter(pair for held in homes.values() for pair in combinations(sorted(held), 2))
    pairs = [
        (count / len(shingles[one] | shingles[other]), one, other)
        for (one, other), count in shared.items()
        if story[one] != story[other]
    ]
    return sorted(pairs, key=lambda pair: (-pair[0], pair[1:]))


def paired(records: Sequence[Labelled]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """(first, second) reading of every article read twice, as they were before adjudication; a missing key = not read."""
    by_id = {record.id: record for record in records}
    before: dict[str, dict[str, Any]] = defaultdict(dict)
    for verdict in read_lines(LABELS / "adjudicated.jsonl"):
        before[verdict["id"]][verdict["field"]] = verdict["first"]
    pairs = []
    for second in read_lines(LABELS / "second_reading.jsonl"):
        record = by_id[second["id"]]
        first = {field: getattr(record, field) or None for field in SINGLE_FIELDS} | {
            field: list(getattr(record, field)) for field in SET_FIELDS
        }
        pairs.append((first | before[record.id], second))
    return pairs


def readings(pairs: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]], field: str) -> list[Readings]:
    """What both readers say of ``field`` where both read it and it applies for both."""
    both = [(first[field], second[field]) for first, second in pairs if field in second]
    return [(one, other) for one, other in both if one is not None and other is not None]


def table(title: str, head: Sequence[str], rows: Sequence[Row]) -> str:
    """A Markdown table under a heading."""
    lines = [f"### {title}", "", "| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    return "\n".join([*lines, *("| " + " | ".join(map(_cell, row)) + " |" for row in rows), ""])


def _cell(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


def tables_of_counts(records: Sequence[Labelled]) -> list[str]:
    """Articles per batch, primary × tone, source types, incidents, tags."""
    batches: dict[str, Counter[str]] = defaultdict(Counter)
    primaries: dict[str, Counter[str]] = defaultdict(Counter)
    sources: dict[str, Counter[str]] = defaultdict(Counter)
    for record in records:
        batches[record.batch][record.relevance] += 1
        primaries[record.primary or "(irrelevant)"][record.tone or "none"] += 1
        sources[record.source_type][record.relevance] += 1
    incidents = Counter(incident for record in records for incident in record.incidents)
    tags = Counter(tag for record in records for tag in tags_of(record))
    batch_rows = [
        (f"{name} (test)" if name in TEST_BATCHES else name, counts.total(), *(counts[value] for value in RELEVANCE))
        for name, counts in batches.items()
    ]
    total = ("all", len(records), *(sum(counts[value] for counts in batches.values()) for value in RELEVANCE))
    return [
        table("Articles per batch", ("batch", "articles", *RELEVANCE), [*batch_rows, total]),
        table(
            "Primary programme × tone",
            ("primary", *TONES, "no tone (immigration, irrelevant)", "all"),
            [(name, *(held[tone] for tone in (*TONES, "none")), held.total()) for name, held in sorted(primaries.items())],
        ),
        table(
            "Source types",
            ("source type", *RELEVANCE, "all"),
            [(name, *(sources[name][value] for value in RELEVANCE), sources[name].total()) for name in SOURCE_TYPES],
        ),
        table("Incidents", ("incident", "articles"), [(name, incidents[name]) for name in INCIDENTS]),
        table("Tags in the notes", ("tag", "articles"), [(f"[{tag}]", tags[tag]) for tag in TAGS]),
    ]


def tables_of_texts(records: Sequence[Labelled]) -> list[str]:
    """Lengths, growth of the vocabulary, likeness between stories, recurring runs."""
    lengths = [len(record.text.split()) for record in records]
    quartiles = [round(value) for value in statistics.quantiles(lengths, n=4)]
    tokens = [word for record in records for word in words(record)]
    growth = []
    for share in (25, 50, 75, 100):
        part = tokens[: len(tokens) * share // 100]
        growth.append((f"{share} %", len(part), len(set(part))))
    pairs = likeness(records)
    most, one, other = pairs[0]
    alike = [
        ("most alike pair", f"{most:.3f} ({one}, {other})"),
        *((f"pairs above {limit}", sum(pair[0] > limit for pair in pairs)) for limit in (NEAR, 0.1, 0.05)),
        (f"runs of {RUN} words in two stories, official wordings apart", len(recurring_runs(records))),
        ("stories", len({record.story for record in records})),
    ]
    return [
        table(
            "Length of the text in words",
            ("shortest", "first quartile", "median", "third quartile", "longest"),
            [(min(lengths), *quartiles, max(lengths))],
        ),
        table("Growth of the vocabulary, batches in the order above", ("share of the words", "words", "different words"), growth),
        table(f"Likeness between different stories (Jaccard of word {SHINGLE}-grams)", ("measure", "value"), alike),
    ]


def tables_of_agreement(records: Sequence[Labelled]) -> list[str]:
    """Alpha per field, overlap of the sets, alpha of the presence of every label."""
    pairs = paired(records)
    singles: list[Row] = []
    for field in SINGLE_FIELDS:
        units = readings(pairs, field)
        low, high = bootstrap_interval(units, nominal_alpha)
        singles.append((field, len(units), sum(a != b for a, b in units), nominal_alpha(units), f"{low:.3f} to {high:.3f}"))
    sets: list[Row] = []
    labels: list[Row] = []
    for field in SET_FIELDS:
        both = readings(pairs, field)
        held = [pair for pair in both if pair[0] or pair[1]]
        low, high = bootstrap_interval(both, mean_jaccard)
        differ = sum(set(a) != set(b) for a, b in both)
        sets.append((field, len(both), differ, mean_jaccard(both), f"{low:.3f} to {high:.3f}", len(held), mean_jaccard(held)))
        for label in sorted({label for pair in both for reading in pair for label in reading}):
            given = presence(both, label)
            first, second = sum(bool(a) for a, _ in given), sum(bool(b) for _, b in given)
            labels.append((field, label, first, second, nominal_alpha(given)))
    return [
        table(
            "Agreement of the first and the second reading (Krippendorff's nominal alpha)",
            ("field", "texts", "differ", "alpha", "95 % interval"),
            singles,
        ),
        table(
            "Agreement on sets of labels (mean Jaccard)",
            ("field", "texts", "differ", "all texts", "95 % interval", "texts with a label", "those texts"),
            sets,
        ),
        table("Alpha over the presence of a label", ("field", "label", "first", "second", "alpha"), labels),
    ]


def main() -> None:
    """Print every table; stop with the list of mistakes if the corpus has any."""
    problems = Problems()
    records = load(problems)
    problems.raise_if_any()
    for text in (*tables_of_counts(records), *tables_of_texts(records), *tables_of_agreement(records)):
        print(text)


if __name__ == "__main__":
    main()
