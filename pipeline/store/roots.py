"""Where a worker reads and writes parts: a folder that it sees, or a bucket. The same few verbs for both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pipeline.store.objects import Bucket
from pipeline.store.parts import part_names, write_bytes


class Root(Protocol):
    """Parts by name, such as ``pages/ingested=2026-11-26/part-….parquet``."""

    def names(self, kind: str) -> list[str]:
        """The part names below a kind (``pages``, ``articles_new/<recipe>``), sorted."""

    def read(self, name: str) -> bytes:
        """A file's content. Raises ``FileNotFoundError`` when there is none."""

    def tag(self, name: str) -> str:
        """What changes whenever the file does; "" when there is none."""

    def rejections(self, recipe: str, beside: str) -> str:
        """The folder of the rejections that go with articles of ``recipe`` in ``articles<beside>``."""

    def put(self, name: str, content: bytes) -> bool:
        """Write a part whole. False when another writer was first, whose part stands."""

    def revise(self, name: str, change: Callable[[bytes], bytes | None]) -> bool:
        """Put ``change`` of its content in a file's place; None leaves it."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of this machine, or of a network that every worker mounts at the same path.

    One driver at a time holds its lock, so a part is simply replaced: re-judging in place needs that.
    """

    path: Path

    def names(self, kind: str) -> list[str]:
        """See ``Root``."""
        return part_names(self.path, kind)

    def read(self, name: str) -> bytes:
        """See ``Root``."""
        return (self.path / name).read_bytes()

    def tag(self, name: str) -> str:
        """See ``Root``."""
        try:
            seen = (self.path / name).stat()
        except FileNotFoundError:
            return ""
        return f"{seen.st_size}-{seen.st_mtime_ns}"

    def rejections(self, recipe: str, beside: str) -> str:  # noqa: ARG002 - a bucket's needs the recipe
        """See ``Root``."""
        return f"rejections{beside}"

    def put(self, name: str, content: bytes) -> bool:
        """See ``Root``; the last writer's stands."""
        write_bytes(self.path / name, content)
        return True

    def revise(self, name: str, change: Callable[[bytes], bytes | None]) -> bool:
        """See ``Root``."""
        changed = change(self.read(name))
        if changed is not None:
            write_bytes(self.path / name, changed)
        return changed is not None


@dataclass(frozen=True, slots=True)
class Objects:
    """A bucket. What judged a part is settled by one conditional write, that of its articles.

    Rejections lie by recipe, where two writers of one recipe write the same bytes: whichever articles part comes to stand, the
    rejections that go with it stand already, and those of a writer that came second lie aside unread.
    """

    bucket: Bucket

    def names(self, kind: str) -> list[str]:
        """See ``Root``."""
        tags = self.bucket.tags(kind)
        return [name.removeprefix(f"{kind}/") for name in tags if is_part(name.removeprefix(f"{kind}/"))]

    def read(self, name: str) -> bytes:
        """See ``Root``."""
        return self.bucket.read(name)

    def tag(self, name: str) -> str:
        """See ``Root``."""
        return self.bucket.tag(name)

    def rejections(self, recipe: str, beside: str) -> str:  # noqa: ARG002 - a folder's needs what is beside
        """See ``Root``."""
        return rejections_of(recipe)

    def put(self, name: str, content: bytes) -> bool:
        """See ``Root``; the first writer's stands."""
        return self.bucket.create(name, content)

    def revise(self, name: str, change: Callable[[bytes], bytes | None]) -> bool:
        """See ``Root``."""
        return self.bucket.revise(name, change)


def rejections_of(recipe: str) -> str:
    """Where a bucket holds the rejections of a recipe."""
    return f"rejections_of/{recipe}"


def is_part(name: str) -> bool:
    """True for ``ingested=…/….parquet``: what else lies in a bucket is none of ours."""
    day, _, file = name.partition("/")
    return day.startswith("ingested=") and file.endswith(".parquet") and "/" not in file and not file.startswith((".", "_"))


def is_address(data: str) -> bool:
    """True for the address of an object store, False for a folder's path."""
    return "://" in data


def root_of(data: str) -> Root:
    """The root of a folder's path or of an address such as s3://bucket/prefix. Raises ``ConfigError`` for any other address."""
    return Objects(Bucket(data)) if is_address(data) else Folder(Path(data))
