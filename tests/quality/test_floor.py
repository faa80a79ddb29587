"""The floor: raised freely, never sunk in silence; and the shipped one, which today's judge must stand on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline import evaluation
from pipeline.classify.model import labels_digest
from pipeline.errors import PantauError, StorageError
from pipeline.evaluation import confusion_file, read_floor
from pipeline.quality.floor import Floor, floor_of, floor_text, held_figures, lowered, raised, sunk
from pipeline.quality.prevalence import load_confusion, weakness
from pipeline.settings import ROOT
from pipeline.training import corpus_files

OLD = Floor("c1", {"tone accuracy": 0.8, "tone macro_f1": 0.7})
MODELS = {
    "tone": {"accuracy": 0.9, "macro_f1": 0.65, "classes": {"negative": {"recall": 0.5, "precision": 0.6, "f1": 0.5}}},
    "primary": {"accuracy": 0.4},
}


def test_the_figures_that_are_held() -> None:
    assert held_figures(MODELS) == {
        "primary accuracy": 0.4,
        "tone accuracy": 0.9,
        "tone macro_f1": 0.65,
        "tone negative recall": 0.5,
        "tone negative precision": 0.6,
    }


def test_raising_lifts_and_never_sinks() -> None:
    new = raised(OLD, "c2", {"tone accuracy": 0.9, "tone macro_f1": 0.65, "primary accuracy": 0.4})
    assert new == Floor("c2", {"tone accuracy": 0.895, "tone macro_f1": 0.7, "primary accuracy": 0.395})


def test_what_lies_below_is_named() -> None:
    assert sunk(OLD, {"tone accuracy": 0.8, "tone macro_f1": 0.65}) == ["tone macro_f1 is 0.650, the floor 0.700"]
    assert sunk(OLD, {"tone accuracy": 0.8}) == ["tone macro_f1 is no longer measured"]


def test_lowering_leaves_a_line_for_the_changelog_and_keeps_it() -> None:
    new, lines = lowered(OLD, "c2", {"tone accuracy": 0.9, "tone macro_f1": 0.65})
    assert lines == ["Floor lowered on corpus c2: tone macro_f1 0.700 → 0.645"]
    assert new == Floor("c2", {"tone accuracy": 0.895, "tone macro_f1": 0.645}, tuple(lines))
    assert floor_of(floor_text(new)) == new


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "floor.json"
    monkeypatch.setattr(evaluation, "floor_file", lambda: path)
    return path


def test_the_file_is_raised_refused_and_lowered(own: Path) -> None:
    report: dict[str, Any] = {"corpus": "c1", "models": MODELS}
    assert any("tone accuracy" in line for line in evaluation.write_floor(report, lower=False))
    before = own.read_text(encoding="utf-8")
    worse = {"corpus": "c2", "models": {**MODELS, "primary": {"accuracy": 0.3}}}
    with pytest.raises(PantauError, match=r"primary accuracy is 0\.300.*\n.*--lower-floor"):
        evaluation.write_floor(worse, lower=False)
    assert own.read_text(encoding="utf-8") == before
    told = evaluation.write_floor(worse, lower=True)
    assert "- Floor lowered on corpus c2: primary accuracy 0.395 → 0.295" in told
    assert read_floor().lowered == ("Floor lowered on corpus c2: primary accuracy 0.395 → 0.295",)


@pytest.mark.parametrize("text", ["", "[]", '{"corpus": 1}', '{"corpus": "x", "figures": {"a": "b"}}'])
def test_a_broken_file_is_told(text: str, own: Path) -> None:
    own.write_text(text, encoding="utf-8")
    with pytest.raises(StorageError, match="restore it from the repository"):
        read_floor()


def test_every_lowering_stands_in_the_changelog() -> None:
    changes = " ".join((ROOT / "CHANGELOG.md").read_text(encoding="utf-8").split())
    assert [line for line in read_floor().lowered if line not in changes] == []


def test_the_floor_and_the_errors_of_tone_are_of_this_corpus() -> None:
    digest = labels_digest(corpus_files())
    assert read_floor().corpus == digest, "the corpus has changed: pantau evaluate --write-floor"
    for tuned, way in ((False, "pantau evaluate --leave-one-batch-out --write"), (True, "pantau evaluate --write")):
        kept = load_confusion(confusion_file(tuned=tuned))
        assert kept is not None
        assert kept.corpus == digest, f"the corpus has changed: {way}"
        assert weakness(kept) == ""
