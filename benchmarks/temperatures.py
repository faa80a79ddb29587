"""What makes the models' shares honest, by cross-validation over whole batches; test batches are left out.

    .venv/bin/python -m benchmarks.temperatures [--folds N]

Prints, for each head, accuracy and expected calibration error before and after its temperature, then the lines for
``config/calibration.yaml``: ``incident``, ``temperatures``, and ``feeds`` for relevance where few articles are ours.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from pipeline.classify.corpus import INCIDENTS, Labelled
from pipeline.classify.judge import Judge, load_judge
from pipeline.classify.model import HEADS, Model
from pipeline.classify.review import DANGEROUS
from pipeline.configfile import Problems
from pipeline.quality.openworld import is_ordinary
from pipeline.settings import default_config, load_settings
from pipeline.training import asking_of, features_of, learning_texts

BINS = 10
MOST_ERROR = 0.03  # of relevance on the labelled texts: its chances must hold there, too, where most articles are ours


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit, find the temperatures and print them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.temperatures", description=__doc__)
    parser.add_argument("--folds", type=int, default=5, help="into how many parts the batches are dealt (default 5)")
    folds = parser.parse_args(arguments).folds
    judge = load_judge(default_config())
    labelled = learning_texts(judge)
    features = features_of(judge, labelled)
    batches = sorted({one.batch for one in labelled})
    answers: list[Any] = [None] * len(labelled)
    for fold in range(folds):
        held = set(batches[fold::folds])
        rest = [index for index, one in enumerate(labelled) if one.batch not in held]
        own = [index for index, one in enumerate(labelled) if one.batch in held]
        model = Model.fit([labelled[index] for index in rest], [features[index] for index in rest])
        for index, answer in zip(own, model.ask([features[index] for index in own]), strict=True):
            answers[index] = answer
    found = []
    for name, head in HEADS.items():
        if head.several:
            continue
        rows = [index for index, one in enumerate(labelled) if getattr(one, name)]
        labels = sorted({getattr(labelled[index], name) for index in rows})
        shares = [[answers[index][name].shares.get(label, 0.0) for label in labels] for index in rows]
        right = [labels.index(getattr(labelled[index], name)) for index in rows]
        found.append(f"{name}: {_temperature(name, shares, right):.2f}")
    problems = Problems()
    settings = load_settings(default_config(), problems)
    problems.raise_if_any()
    prevalence = settings.judge.prevalence if settings else 0.01
    offset = _offset(judge, labelled, answers, prevalence)
    print(f"feeds: {{prevalence: {prevalence}, offset: {offset:.1f}}}")
    print(f"incident: {{{', '.join(_incidents(labelled, answers))}}}")
    print(f"temperatures: {{{', '.join(found)}}}")


def _incidents(labelled: Sequence[Labelled], answers: Sequence[Any]) -> list[str]:
    """Each incident's threshold of best F2 or F1, "code: share"; prints what it reaches."""
    import numpy as np

    rows = [index for index, one in enumerate(labelled) if one.relevance == "corrections"]
    chosen = []
    for code in INCIDENTS:
        held = np.array([code in labelled[index].incidents for index in rows])
        shares = np.array([answers[index]["incidents"].shares.get(code, 0.0) for index in rows])
        beta = 2 if code in DANGEROUS else 1  # overlooking one of these hurts more than a false alarm

        def reached(threshold: float, held: Any = held, shares: Any = shares, beta: int = beta) -> tuple[float, float, float]:
            hits = float((held & (shares >= threshold)).sum())
            precision, recall = hits / max(1, int((shares >= threshold).sum())), hits / max(1, int(held.sum()))
            return (1 + beta**2) * precision * recall / max(1e-9, beta**2 * precision + recall), precision, recall

        best = max((round(float(one), 2) for one in np.arange(0.1, 0.9, 0.01)), key=lambda one: reached(one)[0])
        _, precision, recall = reached(best)
        print(f"{code:16s} {held.sum()} articles, precision {precision:.2f}, recall {recall:.2f} at {best}")
        chosen.append(f"{code}: {best}")
    return chosen


def _offset(judge: Judge, labelled: Sequence[Labelled], answers: Sequence[Any], prevalence: float) -> float:
    """The rise of the log odds of "irrelevant" of least log loss that the labelled texts bear, over what the gate lets in.

    Ours are ``prevalence`` of all, immigration and look-alikes as many each, the rest ordinary news: nobody counted look-alikes.
    """
    import numpy as np
    from scipy.optimize import minimize_scalar

    kinds = ["ordinary" if is_ordinary(one) else one.relevance for one in labelled]
    share = {"ordinary": 1 - 3 * prevalence} | dict.fromkeys(("corrections", "immigration", "irrelevant"), prevalence)
    weights = np.array([share[kind] / kinds.count(kind) for kind in kinds])
    opened = np.array([bool(judge.shown(asking_of(one))) for one in labelled])
    names = ["corrections", "immigration", "irrelevant"]
    logs = np.log(np.maximum([[answer["relevance"].shares[name] for name in names] for answer in answers], 1e-4))
    right = np.array([names.index(one.relevance) for one in labelled])
    told, weights, right = logs[opened], weights[opened], right[opened]

    def raised(offset: float) -> Any:
        shares = np.exp(told + np.array([0.0, 0.0, offset]))
        return shares / shares.sum(axis=1, keepdims=True)

    def loss(offset: float) -> float:
        return float(-(weights * np.log(raised(offset)[np.arange(len(right)), right])).sum() / weights.sum())

    ideal = float(minimize_scalar(loss, bounds=(0, 6), method="bounded").x)
    best = ideal
    label = told.argmax(axis=1)  # decided before anything is raised
    rows = np.arange(len(right))
    while best > 0 and _gap(raised(best)[rows, label], label == right) > MOST_ERROR:
        best = max(0.0, best - 0.1)
    print(f"feeds: least log loss at {ideal:.1f}; calibration error on the labelled texts {MOST_ERROR} or less up to {best:.1f}")
    called = told.argmax(axis=1) == 0
    hit = (weights * called * (right == 0)).sum() / (weights * called).sum()
    before, after = ((weights * called * raised(one)[:, 0]).sum() / (weights * called).sum() for one in (0.0, best))
    ours = (weights * (right == 0)).sum() / weights.sum()
    print(f"feeds: {ours:.2f} of what the gate lets in is ours; log loss {loss(0):.3f} → {loss(best):.3f}")
    print(f"       called corrections: {hit:.2f} right, stated {before:.2f} → {after:.2f}")
    return best


def _temperature(name: str, shares: Sequence[Sequence[float]], right: Sequence[int]) -> float:
    import numpy as np
    from scipy.optimize import minimize_scalar

    logs = np.log(np.maximum(np.array(shares), 1e-6))
    rows = np.arange(len(right))

    def softened(log_temperature: float) -> Any:
        scaled = logs / np.exp(log_temperature)
        scaled = np.exp(scaled - scaled.max(axis=1, keepdims=True))
        return scaled / scaled.sum(axis=1, keepdims=True)

    best = minimize_scalar(
        lambda one: -np.log(np.maximum(softened(one)[rows, right], 1e-9)).mean(), bounds=(-4, 3), method="bounded"
    )
    before, after = (_error(softened(one), np.array(right)) for one in (0.0, best.x))
    accuracy = (logs.argmax(axis=1) == right).mean()
    print(f"{name:10s} {len(right)} texts, accuracy {accuracy:.3f}, calibration error {before:.3f} → {after:.3f}")
    return float(np.exp(best.x))


def _error(shares: Any, right: Any) -> float:
    """Expected calibration error of the likeliest label over equal bins of certainty."""
    return _gap(shares.max(axis=1), shares.argmax(axis=1) == right)


def _gap(sure: Any, hit: Any) -> float:
    import numpy as np

    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    return float(sum(abs(sure[bins == one].mean() - hit[bins == one].mean()) * (bins == one).mean() for one in set(bins)))


if __name__ == "__main__":
    main()
