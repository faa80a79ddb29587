"""The bucket's six verbs over HTTP: conditional writes that only one of two writers wins, and errors that say what to do."""

from __future__ import annotations

import threading

import pytest

from pipeline.errors import ConfigError, OutageError
from pipeline.store.objects import Bucket
from tests.store.s3 import BUCKET, S3

NAME = "articles/ingested=2026-11-26/part-a.parquet"


def test_the_first_writer_stands(address: str) -> None:
    one, two = Bucket(address), Bucket(address)
    assert one.create(NAME, b"one")
    assert not two.create(NAME, b"two")
    assert one.create(NAME, b"one"), "a repeated request of ours, whose first answer was lost, is no defeat"
    assert two.read(NAME) == b"one"


def test_of_many_writers_at_once_one_wins(address: str) -> None:
    won: list[int] = []
    start = threading.Barrier(8)

    def write(number: int) -> None:
        bucket = Bucket(address)
        start.wait()
        if bucket.create(NAME, b"writer %d" % number):
            won.append(number)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(won) == 1
    assert Bucket(address).read(NAME) == b"writer %d" % won[0]


def test_an_object_is_replaced_only_as_it_was_seen(address: str) -> None:
    bucket = Bucket(address)
    assert bucket.tag(NAME) == ""
    assert bucket.replace(NAME, b"one", "")
    seen = bucket.tag(NAME)
    assert bucket.replace(NAME, b"two", seen)
    assert not bucket.replace(NAME, b"three", seen)
    assert bucket.read(NAME) == b"two"


def test_two_who_revise_lose_nothing(address: str) -> None:
    Bucket(address).create(NAME, b"")
    lagging = []

    def add(number: int) -> None:
        def change(content: bytes) -> bytes:
            if not lagging:
                lagging.append(number)
                Bucket(address).revise(NAME, lambda held: held + b"meanwhile,")
            return content + b"%d," % number

        Bucket(address).revise(NAME, change)

    add(1)
    assert Bucket(address).read(NAME) == b"meanwhile,1,"
    assert not Bucket(address).revise(NAME, lambda held: None)


def test_an_object_that_never_stays_still_is_reported(address: str) -> None:
    Bucket(address).create(NAME, b"0")

    def change(content: bytes) -> bytes:
        other = Bucket(address)
        other.replace(NAME, content + b"!", other.tag(NAME))
        return content + b"?"

    with pytest.raises(OutageError, match="changed by others again and again"):
        Bucket(address).revise(NAME, change)


def test_change_says_whether_it_did(address: str) -> None:
    bucket = Bucket(address)
    assert [bucket.change("reports/a.csv", body) for body in (b"1", b"1", b"2")] == [True, False, True]
    assert bucket.read("reports/a.csv") == b"2"


def test_listings_are_whole_and_of_their_folder(address: str) -> None:
    bucket = Bucket(address)
    names = [f"articles/ingested=2026-11-26/part-{number:02d}.parquet" for number in range(8)]
    for name in (*names, "articles_new/x", "article"):
        bucket.create(name, name.encode())
    assert list(bucket.tags("articles")) == names
    assert bucket.tags("pages") == {}
    bucket.discard("articles")
    assert bucket.tags("articles") == {}
    assert list(bucket.tags("articles_new")) == ["articles_new/x"]
    bucket.discard("articles")


def test_what_is_not_there_is_a_missing_file(address: str) -> None:
    for ask in (Bucket(address).read, lambda name: Bucket(address).revise(name, lambda held: held)):
        with pytest.raises(FileNotFoundError, match="s3://"):
            ask("pages/none")


def test_a_store_that_is_away_is_an_outage(s3: S3) -> None:
    bucket = Bucket(f"s3://{BUCKET}/x")
    bucket.create(NAME, b"one")
    s3.down = True
    with pytest.raises(OutageError, match=r"fails at .*what is done is kept") as told:
        bucket.read(NAME)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    "address",
    ["s3://", "s3:///x", "gs://bucket/x", "s3://user:secret@bucket/x", "s3://bucket/x?versionId=1", "s3://[", "file:///srv/x"],
)
def test_addresses_that_are_none_are_refused(address: str) -> None:
    with pytest.raises(ConfigError, match="s3://bucket/prefix") as told:
        Bucket(address)
    assert "secret" not in str(told.value)
