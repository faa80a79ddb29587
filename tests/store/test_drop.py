"""A report dropped into a bucket: whole files, the manifest last, nothing written twice."""

from __future__ import annotations

import pytest

from pipeline.errors import OutageError
from pipeline.store.drop import put
from tests.store.s3 import BUCKET, S3

FILES = {"manifest.json": b"{}", "00_catatan.csv": b"x\r\n", "laporan.html": b"<!doctype html>"}


def test_files_come_whole_and_the_manifest_last(s3: S3) -> None:
    url = f"s3://{BUCKET}/laporan/"
    assert put(url, "2026-W47", FILES) == ["00_catatan.csv", "laporan.html", "manifest.json"]
    assert put(url, "2026-W47", FILES) == []
    assert put(url, "2026-W47", FILES | {"laporan.html": b"<!doctype html><p>"}) == ["laporan.html"]
    first = [key.rsplit("/", 1)[1] for key in s3.puts[:3]]
    assert first == ["00_catatan.csv", "laporan.html", "manifest.json"]
    assert s3.objects[f"/{BUCKET}/laporan/2026-W47/laporan.html"] == b"<!doctype html><p>"


def test_a_bucket_that_is_away_is_told(s3: S3) -> None:
    s3.down = True
    with pytest.raises(OutageError, match="what is done is kept"):
        put(f"s3://{BUCKET}/laporan", "2026-W47", FILES)
