"""From labels to a model file: fitted when first needed, found again by its digest, measured on labelled texts."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.classify.corpus import Labelled, load_labelled
from pipeline.classify.evaluate import answers_of, measured
from pipeline.classify.judge import Asking, Judge, load_judge
from pipeline.classify.model import Model
from pipeline.configfile import Problems
from pipeline.errors import ConfigError
from pipeline.recipe import model_digest
from pipeline.settings import labels_folder, models_folder
from pipeline.store.parts import write_bytes

if TYPE_CHECKING:
    from pipeline.classify.features import Features

log = logging.getLogger("pantau.training")

# Whole batches that no rule and no model was tuned on (data/labels/LABELLING.md).
TEST_BATCHES = ("s14", "s15", "a9", "b1")


def corpus_files() -> list[Path]:
    """The labelled files, sorted."""
    return sorted((labels_folder() / "corpus").glob("*.jsonl"))


def model_file(config: Path) -> Path:
    """The model of a configuration and the labels as they are; fitted now (half a minute) when there is none yet."""
    files = corpus_files()
    path = models_folder() / f"{model_digest(config, files)}.skops"
    if not path.exists():
        train(config, path)
    return path


def train(config: Path, path: Path) -> int:
    """Fit the models on every labelled article and write them to ``path``; returns how many articles there were."""
    judge = load_judge(config)
    labelled = _labelled(judge, corpus_files())
    log.info("fitting the models", extra={"articles": len(labelled), "model": path.name})
    write_bytes(path, _fitted(judge, labelled, _features(judge, labelled)).to_bytes())
    return len(labelled)


def _labelled(judge: Judge, files: Sequence[Path]) -> tuple[Labelled, ...]:
    problems = Problems()
    labelled = load_labelled(files, judge.slugs, problems)
    problems.raise_if_any()
    if not labelled:
        raise ConfigError(f"{labels_folder() / 'corpus'} holds no labelled articles; restore it from the repository")
    return labelled


def _asking(one: Labelled) -> Asking:
    return Asking(one.title, one.text, published=one.published)


def _features(judge: Judge, labelled: Sequence[Labelled]) -> list[Features]:
    return [judge.features(_asking(one)) for one in labelled]


def _fitted(judge: Judge, labelled: Sequence[Labelled], features: Sequence[Features]) -> Model:
    return Model.fit(labelled, features, judge.temperatures)


def evaluate(config: Path, file: Path | None) -> dict[str, Any]:
    """Judge → field → measures, for the models and for two baselines, on the same texts in the same run.

    With ``file`` the models are fitted on the whole corpus, else on all but the test batches, which are then the texts.
    """
    judge = load_judge(config)
    corpus = _labelled(judge, corpus_files())
    training = corpus if file else tuple(one for one in corpus if one.batch not in TEST_BATCHES)
    texts = _labelled(judge, [file]) if file else tuple(one for one in corpus if one.batch in TEST_BATCHES)
    if file:
        known = {one.id for one in texts}
        training = tuple(one for one in training if one.id not in known)
    model = _fitted(judge, training, _features(judge, training))
    asked = [_asking(one) for one in texts]
    return {
        "texts": len(texts),
        "trained_on": len(training),
        "models": measured(answers_of(texts, judge.with_model(model).judge_many(asked))),
        "rules": measured(answers_of(texts, judge.judge_many(asked))),
        "words": measured(_plain_words(training, texts)),
        "majority": measured(_majority(training, texts)),
    }


def _plain_words(training: Sequence[Labelled], texts: Sequence[Labelled]) -> dict[str, Any]:
    """The baseline that everybody would try first: TF-IDF of raw words with logistic regression, nothing of ours."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    from pipeline.classify.evaluate import Answer

    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2)
    known = vectorizer.fit_transform([f"{one.title}\n{one.text}" for one in training])
    asked = vectorizer.transform([f"{one.title}\n{one.text}" for one in texts])
    found = {}
    for field in ("relevance", "primary", "tone"):
        rows = [index for index, one in enumerate(training) if getattr(one, field)]
        head = LogisticRegression(C=10, max_iter=1000).fit(known[rows], [getattr(training[index], field) for index in rows])
        shares = head.predict_proba(asked)
        found[field] = [
            Answer(one.story, getattr(one, field), str(head.classes_[row.argmax()]), float(row.max()))
            for one, row in zip(texts, shares, strict=True)
            if getattr(one, field)
        ]
    return found


def _majority(training: Sequence[Labelled], texts: Sequence[Labelled]) -> dict[str, Any]:
    """The baseline of no thought: always the most frequent label."""
    from collections import Counter

    from pipeline.classify.evaluate import Answer

    found = {}
    for field in ("relevance", "primary", "tone"):
        counts = Counter(getattr(one, field) for one in training if getattr(one, field))
        label, count = counts.most_common(1)[0]
        sure = count / counts.total()
        found[field] = [Answer(one.story, getattr(one, field), label, sure) for one in texts if getattr(one, field)]
    return found
