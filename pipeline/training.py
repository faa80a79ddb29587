"""From labels to a model file: fitted when first needed, found again by its digest.

What analysts have settled is learnt in two steps: ``pantau train`` writes a candidate, ``pantau promote`` puts it in use.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.classify.corpus import Labelled, load_labelled
from pipeline.classify.encoder import encoder_of
from pipeline.classify.judge import Asking, Judge, load_judge
from pipeline.classify.model import Model
from pipeline.classify.tuned import tuned_of
from pipeline.configfile import Problems
from pipeline.corrected import settled
from pipeline.errors import ConfigError, StorageError
from pipeline.recipe import model_digest
from pipeline.settings import labels_folder, load_settings, models_folder
from pipeline.store.parts import sync_folder, write_bytes

if TYPE_CHECKING:
    from pipeline.classify.features import Features

log = logging.getLogger("pantau.training")

# Whole batches that no rule and no model was tuned on (data/labels/LABELLING.md).
TEST_BATCHES = ("s14", "s15", "a9", "b1", "t1", "t2")


def corpus_files() -> list[Path]:
    """The labelled files of the repository, sorted: what quality is measured with, the same for everybody."""
    return sorted((labels_folder() / "corpus").glob("*.jsonl"))


def training_files(data: Path, *, candidate: bool = False) -> list[Path]:
    """What judges ``data``, or the candidate for it, is fitted on: the corpus, and a snapshot of its analysts' own articles."""
    snapshot = candidate_snapshot(data) if candidate and candidate_snapshot(data).exists() else snapshot_in_use(data)
    return [*corpus_files(), *(path for path in [snapshot] if path.exists() and path.stat().st_size)]


def snapshot_in_use(data: Path) -> Path:
    """The analysts' articles that the model in use has learnt from; need not exist.

    Each data folder has its own, as it has its own articles: what was tried on a demo never judges the press.
    """
    return data / "models" / "corrected.jsonl"


def candidate_snapshot(data: Path) -> Path:
    """Those that the last ``pantau train`` took, until they are promoted; need not exist.

    It bears the same name, since the digest of a model holds the names of its files: promoting changes no digest.
    """
    return snapshot_in_use(data).parent / "candidate" / "corrected.jsonl"


def take_snapshot(data: Path) -> int:
    """Write down the articles of ``data`` that persons have settled, as a candidate; returns how many there are.

    The file holds the press's texts and stays private, in that folder. Only an explicit ``pantau train`` takes it, so
    that writing a correction never changes which model judges. What the model in use has learnt already is no candidate.
    """
    articles = settled(data)
    lines = "".join(json.dumps(one, ensure_ascii=False, sort_keys=True) + "\n" for one in articles)
    content, used = lines.encode("utf-8", "replace"), snapshot_in_use(data)
    if content == (used.read_bytes() if used.exists() else b""):
        candidate_snapshot(data).unlink(missing_ok=True)
    else:
        write_bytes(candidate_snapshot(data), content)
    return len(articles)


def snapshot_lines(path: Path) -> list[tuple[str, str, str]]:
    """(article's key, story, the line) of each article of a snapshot, which need not exist.

    Raises ``StorageError`` for a damaged one.
    """
    found = []
    try:
        # Not splitlines(), which also parts a text at its own line separators (U+2028).
        for line in path.read_text(encoding="utf-8").split("\n") if path.exists() else []:
            if not line:
                continue
            one = json.loads(line)
            key, story = str(one["id"]), str(one["labels"]["story"])
            found.append((key.removeprefix("c-"), story.removeprefix("c-"), line))
    except (OSError, ValueError, LookupError, TypeError) as error:
        advice = "delete it, then `pantau train` writes it anew from the corrections"
        raise StorageError(f"{path} is damaged in line {len(found) + 1} ({error}); {advice}") from error
    return found


def accept_candidate(data: Path) -> None:
    """Let the models be fitted on the candidate's snapshot from now on; one rename. Does nothing without a candidate."""
    candidate = candidate_snapshot(data)
    if candidate.exists():
        candidate.replace(snapshot_in_use(data))
        sync_folder(snapshot_in_use(data).parent)


def model_path(config: Path, data: Path, *, candidate: bool = False) -> Path:
    """Where the model of a configuration and the labels as they are, ``data``'s own among them, lies once it is fitted.

    Its name tells the tuned encoder too, though it is fitted without: what judges is told by one name.
    """
    problems = Problems()
    settings = load_settings(config, problems)
    encoder = encoder_of(config, settings.judge, problems) or tuned_of(settings.judge, problems) if settings else None
    problems.raise_if_any()
    files = training_files(data, candidate=candidate)
    return models_folder() / f"{model_digest(config, files, encoder.digest if encoder else '')}.skops"


def model_file(config: Path, data: Path, *, candidate: bool = False) -> Path:
    """The model of a configuration and the labels as they are; fitted now (half a minute) when there is none yet."""
    path = model_path(config, data, candidate=candidate)
    if not path.exists():
        train(config, data, path, candidate=candidate)
    return path


def train(config: Path, data: Path, path: Path, *, candidate: bool = False) -> int:
    """Fit the models on every labelled article and write them to ``path``; returns how many articles there were."""
    judge = load_judge(config)
    labelled = _labelled(judge, training_files(data, candidate=candidate))
    log.info("fitting the models", extra={"articles": len(labelled), "model": path.name})
    write_bytes(path, fitted(judge, labelled, features_of(judge, labelled)).to_bytes())
    return len(labelled)


def _labelled(judge: Judge, files: Sequence[Path]) -> tuple[Labelled, ...]:
    problems = Problems()
    labelled = load_labelled(files, judge.slugs, problems)
    problems.raise_if_any()
    if not labelled:
        raise ConfigError(f"{labels_folder() / 'corpus'} holds no labelled articles; restore it from the repository")
    return labelled


def learning_texts(judge: Judge) -> list[Labelled]:
    """The labelled articles outside the test batches: what rules, points and machines may be chosen by.

    Raises ``ConfigError`` with every fault of the files.
    """
    return [one for one in _labelled(judge, corpus_files()) if one.batch not in TEST_BATCHES]


def asking_of(one: Labelled) -> Asking:
    """A labelled article as the judge is asked for it: its labels left out."""
    return Asking(one.title, one.text, published=one.published)


def features_of(judge: Judge, labelled: Sequence[Labelled]) -> list[Features]:
    """What the models see of each article; the dear part of training, so that folds share it."""
    return [judge.features(asking_of(one)) for one in labelled]


def fitted(judge: Judge, labelled: Sequence[Labelled], features: Sequence[Features]) -> Model:
    """Models of these articles alone, softened as the configuration says."""
    return Model.fit(labelled, features, judge.temperatures, judge.encoder)
