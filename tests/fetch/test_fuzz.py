"""The fuzzer's promises over a few hundred small cases; ``python -m benchmarks.fuzz`` runs it for as long as one likes."""

from __future__ import annotations

import random
from itertools import islice, repeat
from pathlib import Path

import pytest

from benchmarks.feeds import TooSlowError, bounded, cases
from benchmarks.fuzz import SEEDS, attempt, promise_broken
from benchmarks.fuzz import cases as mutants
from pipeline.fetch.feeds import Listing
from pipeline.records import Entry


@pytest.mark.parametrize("seed", range(4))
def test_mutated_answers_break_no_promise(seed: int) -> None:
    for body in islice(mutants(random.Random(seed), 3000), 60):
        attempt(body)


def test_every_seed_is_read_by_the_parser_of_its_kind() -> None:
    """Otherwise the fuzzer would exercise refusals only."""
    read = {kind for seed in SEEDS for kind, _, outcome in (name.partition(": ") for name in attempt(seed)) if outcome == "ok"}
    assert read == {"rss", "json", "sitemap", "listing", "wordpress", "hint"}


def test_mutants_are_the_same_for_the_same_seed() -> None:
    assert list(islice(mutants(random.Random(1)), 50)) == list(islice(mutants(random.Random(1)), 50))


@pytest.mark.parametrize(
    ("listing", "broken"),
    [
        (Listing(()), "neither entries nor a reason"),
        (Listing((Entry("s", "k", "file:///x"),)), "an address that may not be fetched"),
        (Listing((Entry("s", "k", "https://k.example/"),) * 2), "one key twice"),
        (Listing((Entry("s", "k", "https://k.example/", "\x00"),)), "a NUL"),
        (Listing((Entry("s", "k", "https://k.example/", "x" * 3000),)), "an overlong text"),
        (Listing((Entry("s", "k", "https://k.example/"),)), ""),
    ],
)
def test_a_broken_promise_is_seen(listing: Listing, broken: str) -> None:
    assert promise_broken(listing) == broken
    assert promise_broken(Listing((Entry("s", "k", "https://k.example/", "\ud800"),))).startswith("text that cannot be stored")


def test_the_benchmark_counts_one_outcome_a_file(tmp_path: Path) -> None:
    for number, seed in enumerate(SEEDS):
        (tmp_path / f"{number}.xml").write_bytes(seed)
    (tmp_path / "json").mkdir()
    (tmp_path / "json" / "a.json").write_bytes(b"{")
    (tmp_path / "LICENSE").write_bytes(b"x")
    done = cases(tmp_path)
    assert len(done) == len(SEEDS) + 1
    assert not any(case.crashed for case in done)
    assert sum(case.outcome == "ok" for case in done) == 7


def test_a_case_beyond_the_bound_is_stopped() -> None:
    with pytest.raises(TooSlowError), bounded(0.05):
        any(False for _ in repeat(0))  # without end
