"""Learners of scikit-learn compared on one feature space: cross-validation over whole batches, test batches left out.

    .venv/bin/python -m benchmarks.learners [--folds N] [--head tone|primary|relevance …]

Each sees what the head of that name sees (pipeline/classify/model.py); boosted trees see the cues alone, stacking joins
ours and theirs by a logistic regression fitted on answers to texts that neither had seen. A few minutes a head.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC

from pipeline.classify.corpus import Labelled
from pipeline.classify.features import Features
from pipeline.classify.judge import load_judge
from pipeline.classify.learner import fit_labels
from pipeline.classify.model import HEADS, Model
from pipeline.quality.answers import Answer
from pipeline.quality.figures import figures, sheet_of
from pipeline.settings import default_config
from pipeline.training import features_of, learning_texts

INNER = 4  # folds within the training part, for stacking
COMMON = 20  # a cue in fewer articles is no column of the trees


class Ours:
    """The two machines a label of ``pipeline/classify/learner.py``, with scikit-learn's manners."""

    def __init__(self, strength: float) -> None:
        self._strength = strength

    def fit(self, rows: Any, targets: Any) -> Ours:
        """Fit one pair of machines a label."""
        self.classes_ = np.unique(targets)
        held = [(targets == label).tolist() for label in self.classes_]
        self._weights, self._start = fit_labels(rows, held, self._strength, balanced=False)
        return self

    def decision_function(self, rows: Any) -> Any:
        """Articles × labels."""
        return rows @ self._weights.T + self._start

    def predict(self, rows: Any) -> Any:
        """The label of the largest score."""
        return self.classes_[self.decision_function(rows).argmax(axis=1)]


def _dense(rows: Any, cues: int, kept: Any) -> Any:
    return rows[:, -cues:].toarray()[:, kept]


def _stacked(rows: Any, cues: int, kept: Any, targets: Any, groups: Any, strength: float) -> Callable[[Any], Any]:
    """Ours and trees, joined by a logistic regression over what each says of texts held out by batch."""
    labels = np.unique(targets)
    place = {label: column for column, label in enumerate(labels)}
    said = np.zeros((len(targets), 2 * len(labels)))

    def both(train: Any) -> Callable[[Any], Any]:
        linear, trees = Ours(strength).fit(rows[train], targets[train]), _trees()
        trees.fit(_dense(rows[train], cues, kept), targets[train])

        def say(asked: Any) -> Any:
            out = np.full((asked.shape[0], 2 * len(labels)), -3.0)
            out[:, [place[label] for label in linear.classes_]] = linear.decision_function(asked)
            columns = [len(labels) + place[label] for label in trees.classes_]
            out[:, columns] = np.log(np.maximum(trees.predict_proba(_dense(asked, cues, kept)), 0.05))
            return out

        return say

    batches = np.unique(groups)
    for part in range(INNER):
        test = np.isin(groups, batches[part::INNER])
        said[test] = both(~test)(rows[test])
    judge, say = LogisticRegression(C=0.3, max_iter=2000).fit(said, targets), both(np.ones(len(targets), dtype=bool))
    return lambda asked: judge.predict(say(asked))


def _trees() -> HistGradientBoostingClassifier:
    return HistGradientBoostingClassifier(
        max_iter=80, learning_rate=0.1, max_leaf_nodes=15, min_samples_leaf=10, l2_regularization=1.0, random_state=0
    )


def _learners(rows: Any, cues: int, targets: Any, groups: Any, strength: float) -> dict[str, Callable[[], Callable[[Any], Any]]]:
    kept = np.asarray((rows[:, -cues:] != 0).sum(axis=0)).ravel() >= COMMON
    positive = abs(rows)  # complement NB takes no negative counts; a cue's sign stands in its name

    def trees() -> Callable[[Any], Any]:
        fitted = _trees().fit(_dense(rows, cues, kept), targets)
        return lambda asked: fitted.predict(_dense(asked, cues, kept))

    return {
        "ours (SVM and NB-SVM)": lambda: Ours(strength).fit(rows, targets).predict,
        "linear SVM": lambda: LinearSVC(C=strength, random_state=0).fit(rows, targets).predict,
        "linear SVM, calibrated": lambda: (
            CalibratedClassifierCV(LinearSVC(C=strength, random_state=0), cv=3).fit(rows, targets).predict
        ),
        "logistic regression": lambda: LogisticRegression(C=10.0, max_iter=500).fit(rows, targets).predict,
        "complement NB": lambda: _absolute(ComplementNB(alpha=0.3).fit(positive, targets)),
        "boosted trees on cues": trees,
        "stacked: ours and trees": lambda: _stacked(rows, cues, kept, targets, groups, strength),
    }


def _absolute(fitted: ComplementNB) -> Callable[[Any], Any]:
    return lambda asked: fitted.predict(abs(asked))


def _compare(name: str, labelled: Sequence[Labelled], features: Sequence[Features], folds: int) -> None:
    asked = [index for index, one in enumerate(labelled) if getattr(one, name)]
    batches = sorted({labelled[index].batch for index in asked})
    said: dict[str, dict[int, str]] = {}
    seconds: dict[str, float] = {}
    for fold in range(folds):
        held = set(batches[fold::folds])
        rest = [index for index in asked if labelled[index].batch not in held]
        test = [index for index in asked if labelled[index].batch in held]
        model = Model.fit([labelled[index] for index in rest], [features[index] for index in rest])
        rows, others = (csr_matrix(model.matrix(name, [features[index] for index in some])) for some in (rest, test))
        targets = np.array([getattr(labelled[index], name) for index in rest])
        groups = np.array([labelled[index].batch for index in rest])
        for learner, fit in _learners(rows, model.cues, targets, groups, HEADS[name].strength).items():
            started = time.process_time()
            answers = fit()(others)
            seconds[learner] = seconds.get(learner, 0.0) + time.process_time() - started
            said.setdefault(learner, {}).update(zip(test, map(str, answers), strict=True))
    for learner, answers in said.items():
        sheet = sheet_of([Answer(labelled[index].story, getattr(labelled[index], name), answers[index]) for index in asked])
        found = figures(sheet, np.ones(len(asked)))
        print(
            f"{name} | {learner} | {found['accuracy']:.3f} | {found['macro_f1']:.3f} | {seconds[learner] / folds:.1f} s a fit",
            flush=True,
        )


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.learners", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--folds", type=int, default=5, help="into how many parts the batches are dealt (default 5)")
    parser.add_argument("--head", nargs="+", choices=["relevance", "primary", "tone"], default=["relevance", "primary", "tone"])
    given = parser.parse_args(arguments)
    warnings.filterwarnings("ignore", category=FutureWarning)
    judge = load_judge(default_config())
    labelled = learning_texts(judge)
    features = features_of(judge, labelled)
    print("head | learner | accuracy | macro-F1 | processor time")
    for name in given.head:
        _compare(name, labelled, features, given.folds)


if __name__ == "__main__":
    main()
