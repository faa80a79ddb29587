"""The fuzzer's promises over a few dozen cases of each file that is read; found crashes are kept as cases of their own."""

from __future__ import annotations

import random
import warnings
from collections import Counter
from itertools import islice
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks import fuzz_files
from benchmarks.fuzz_files import TARGETS, SilentError, Target, attempt, cases, fuzzed
from pipeline.classify.corpus import load_labelled
from pipeline.configfile import Problems
from pipeline.demo import clock_of_demo
from pipeline.errors import ConfigError, StorageError
from pipeline.extract.head import parse_tree
from pipeline.extract.layout import unframed
from pipeline.extract.outlets import load_outlets
from pipeline.quality.prevalence import load_confusion


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_mutated_files_break_no_promise(target: Target, tmp_path: Path) -> None:
    few = 10 if target.name in ("html", "vocabulary", "calibration", "programmes", "feeds") else 40
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        outcomes = {attempt(target, body[:8000], tmp_path) for body in islice(cases(target, random.Random(2)), few)}
    assert outcomes


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_the_files_themselves_are_answered(target: Target, tmp_path: Path) -> None:
    """Otherwise the fuzzer would exercise refusals only."""
    assert "ok" in {attempt(target, body, tmp_path) for body in target.seeds()[:3]}


def test_every_target_gets_the_same_time_and_each_fault_is_kept_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    seen: Counter[str] = Counter()

    def costing(name: str, first: float, each: float) -> Target:
        def read(path: Path) -> None:
            assert path.parent.name == name
            clock[0] += each if seen[name] else first
            seen[name] += 1
            if name == "faulty":
                raise KeyError("always")

        return Target(name, f"{name}.txt", lambda: [b"one", b"two"], read)

    monkeypatch.setattr(fuzz_files, "time", SimpleNamespace(process_time=lambda: clock[0], monotonic=lambda: clock[0]))
    targets = [costing("slow", 90, 1), costing("quick", 0.25, 0.25), costing("faulty", 0.5, 0.5)]
    told = {one.target.name: one for one in fuzzed(targets, 1, 60, tmp_path)}
    assert {name: one.cases for name, one in told.items()} == {"slow": 21, "quick": 81, "faulty": 41}
    assert {one.spent for one in told.values()} == {20.0}, "the first case, with which libraries come, is no part of it"
    [(fault, path)] = told["faulty"].found.items()
    assert (fault, path.read_bytes()) == ("KeyError: 'always'", b"one")
    assert not told["slow"].found


def test_an_error_that_names_no_file_is_seen(tmp_path: Path) -> None:
    def silent(_path: Path) -> object:
        raise ConfigError("something is wrong; write it anew")

    with pytest.raises(SilentError):
        attempt(Target("x", "x.csv", list, silent), b"", tmp_path)


def test_control_characters_of_a_page_cost_no_article() -> None:
    """Found by the fuzzer: lxml reads them, by number too, and then refuses to move the text that holds them."""
    tree = parse_tree(b"<body><div>Isi\x01nya &#14;lapas<br><br>Kedua &#x1f;&#160;&#39;baris&#39;\x0clagi</div></body>")
    assert tree is not None
    assert "".join(unframed(tree).text_content().split("\n")) == "Isinya lapasKedua \xa0'baris' lagi"


@pytest.mark.parametrize(
    "body", ["[" * 100_000, '{"a":' * 100_000, '{"counts": [[1e999]], "corpus": "", "texts": 1, "right": ["a"], "said": ["a"]}']
)
def test_json_that_no_computer_counts_is_a_damaged_file(body: str, tmp_path: Path) -> None:
    """Found by the fuzzer."""
    (tmp_path / "demo.json").write_text(body, "utf-8")
    for read in (lambda: clock_of_demo(tmp_path), lambda: load_confusion(tmp_path / "demo.json")):
        with pytest.raises(StorageError, match=r"demo\.json"):
            read()


@pytest.mark.parametrize(
    "line", [f"weight = {'9' * 5000}", f"article_id = '{'(' * 5000}a{')' * 5000}'", "article_id = '(a{99999999999})'"]
)
def test_an_overlay_that_no_computer_counts_is_a_mistake(line: str, tmp_path: Path) -> None:
    """Found by the fuzzer: numbers of more digits than Python reads, and patterns nested or repeated without end."""
    (tmp_path / "a.toml").write_text(f'hosts = ["kabar.example"]\n{line}\n', "utf-8")
    problems = Problems()
    load_outlets(tmp_path, problems)
    with pytest.raises(ConfigError, match=r"a\.toml"):
        problems.raise_if_any()


def test_labels_nested_without_end_are_a_mistake_with_its_line(tmp_path: Path) -> None:
    """Found by the fuzzer."""
    path, problems = tmp_path / "a.jsonl", Problems()
    path.write_text("[" * 100_000 + "\n", "utf-8")
    assert load_labelled([path], frozenset(), problems) == ()
    assert problems.found[0].startswith(f"{path}:1")
