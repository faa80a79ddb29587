"""Which labelled texts choose rules and machines, and which never do."""

from __future__ import annotations

from pipeline.classify.judge import load_judge
from pipeline.settings import default_config
from pipeline.training import TEST_BATCHES, corpus_files, learning_texts


def test_learning_texts_are_every_batch_but_the_test_batches() -> None:
    files = {path.stem for path in corpus_files()}
    batches = {one.batch for one in learning_texts(load_judge(default_config()))}
    assert batches == files - set(TEST_BATCHES)
    assert set(TEST_BATCHES) < files
