"""A model's file is a skops file: both read the same from it, and what is not plain is left to skops."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
import skops.io

from pipeline.classify.modelfile import from_bytes, to_bytes

TREE: dict[str, Any] = {
    "format": 2,
    "texts": {"terms": "a\nb\né", "names": ["x", "y", 1.5, True, None], "empty": {}, "none": []},
    "numbers": {"float32": np.arange(6, dtype="float32").reshape(2, 3), "empty": np.zeros(0), "whole": np.array([1, 2])},
}


def same(left: Any, right: Any) -> bool:
    if isinstance(left, np.ndarray):
        return left.dtype == right.dtype and left.shape == right.shape and bool((left == right).all())
    if isinstance(left, dict):
        return list(left) == list(right) and all(same(left[key], right[key]) for key in left)
    return type(left) is type(right) and left == right


def test_skops_and_we_read_the_same() -> None:
    content = to_bytes(TREE)
    assert same(from_bytes(content), TREE)
    assert same(from_bytes(content), skops.io.loads(content))


def test_the_same_object_twice_is_there_twice() -> None:
    array = np.arange(3)
    assert same(from_bytes(to_bytes({"a": array, "b": array})), {"a": array, "b": array})


@pytest.mark.parametrize("parts", [{1: "a"}, ("a", 1), {"a": {2, 3}}])
def test_other_plain_things_are_left_to_skops(parts: Any) -> None:
    assert from_bytes(to_bytes(parts)) == parts


def test_a_program_in_a_file_is_refused() -> None:
    from sklearn.feature_extraction.text import CountVectorizer

    content = skops.io.dumps({"a": CountVectorizer(tokenizer=subprocess.check_output)})
    with pytest.raises(skops.io.exceptions.UntrustedTypesFoundException):
        from_bytes(content)


def test_reading_loads_neither_skops_nor_scikit_learn() -> None:
    code = "import sys; from pipeline.classify.modelfile import from_bytes; from_bytes(sys.stdin.buffer.read())"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; print(sorted({{'skops', 'sklearn'}} & set(sys.modules)))"],
        input=to_bytes(TREE), capture_output=True, check=True, timeout=120,
    )  # fmt: skip
    assert done.stdout.decode().strip() == "[]"
