"""A bucket of its own for each test: of the small server in ``s3.py``, or of the one that $PANTAU_S3_ENDPOINT names."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator

import pytest

from tests.store.s3 import BUCKET, S3, environment, serving


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3]:
    """The small server, and the environment by which it is reached."""
    with serving() as server:
        for name, value in environment(server.endpoint).items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """``s3://bucket/prefix`` of a server where only this test writes."""
    other = os.environ.get("PANTAU_S3_ENDPOINT")
    with serving() as server:
        for name, value in environment(other or server.endpoint).items():
            monkeypatch.setenv(name, value)
        yield f"s3://{BUCKET}/{uuid.uuid4().hex[:8]}/data root"
