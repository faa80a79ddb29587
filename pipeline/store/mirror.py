"""A bucket's local folder: parts go up and down whole, each once; what was changed on one side only follows to the other.

Of a bucket the folder holds what is read here (articles, rejections, stories, tombstones), and what was collected here (pages).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from pipeline.errors import ConfigError
from pipeline.store.index import Index, sweep
from pipeline.store.objects import Bucket
from pipeline.store.parts import part_names, read_part, table_of, write_bytes
from pipeline.store.rewriting import without_rows
from pipeline.store.roots import is_part, rejections_of
from pipeline.store.tombstones import FILE as TOMBSTONES
from pipeline.store.tombstones import load_tombstones

INDEX = ".mirror.json"
STORIES = "stories/stories.parquet"
_OFTEN = 200  # files between two savings of the index: a killed run compares so many again

Shown = Callable[[str, int, int], None]


@dataclass(slots=True)
class Mirror:
    """A folder that mirrors ``bucket``. The caller holds the folder's lock.

    The index knows of each file what both sides had when they were last equal, so that a change of either side is seen. Changed
    on both sides, the bucket's counts; of pages the folder's.
    """

    bucket: Bucket
    folder: Path
    progress: Shown
    up: set[str] = field(default_factory=set)  # objects that were changed in the bucket by the last ``sync``
    down: set[str] = field(default_factory=set)
    _index: dict[str, list[str]] = field(default_factory=dict)  # object → its tag, the file's stamp
    _unsaved: int = 0

    def sync(self) -> None:
        """Make both sides equal. Safe to kill: the next one goes on. Raises ``ConfigError`` for a folder of another bucket."""
        self._load()
        try:
            self._both(TOMBSTONES, self.bucket.tag(TOMBSTONES), self.folder / TOMBSTONES)
            self._kind("pages", pull=False)
            self._kind("articles")
            self._rejections()
            self._both(STORIES, self.bucket.tag(STORIES), self.folder / STORIES)
            self._forget_elsewhere()
            sweep(self.folder)
        finally:
            self._save()

    def share_stories(self) -> None:
        """Make both sides' table of stories equal."""
        self._load()
        self._both(STORIES, self.bucket.tag(STORIES), self.folder / STORIES)
        self._save()

    def fetch(self, prefix: str, kind: str) -> None:
        """Let the parts below the bucket's ``prefix`` lie in the folder's ``kind`` (a candidate's, which never change)."""
        tags = self.bucket.tags(prefix)
        for done, name in enumerate(tags, 1):
            part = name.removeprefix(f"{prefix}/")
            path = self.folder / kind / part
            if is_part(part) and not path.exists():
                write_bytes(path, self._clean(name, self.bucket.read(name)))
            self.progress("mirror", done, len(tags))

    def _kind(self, kind: str, *, pull: bool = True) -> None:
        tags = self.bucket.tags(kind)
        here = {f"{kind}/{name}" for name in part_names(self.folder, kind)}
        there = {name for name in tags if is_part(name.removeprefix(f"{kind}/"))} if pull else set()
        for done, name in enumerate(sorted(here | there), 1):
            self._both(name, tags.get(name, ""), self.folder / name, pull=pull)
            self.progress("mirror", done, len(here | there))

    def _rejections(self) -> None:
        """Of each articles part those of its recipe: a bucket holds them by recipe, the folder beside the articles in use."""
        tags = self.bucket.tags("rejections_of")
        held = Index.of(self.folder, "rejections").recipes()
        for name, recipe in Index.of(self.folder, "articles").recipes().items():
            there = f"{rejections_of(recipe)}/{name}"
            path = self.folder / "rejections" / name
            if held.get(name, recipe) != recipe:  # of the articles that stood here before
                path.unlink()
            self._both(there, tags.get(there, ""), path)

    def _both(self, name: str, tag: str, path: Path, *, pull: bool = True) -> None:
        """Bring one object and its file together; ``tag`` is the object's, "" when there is none."""
        stamp, (known_tag, known_stamp) = _stamp(path), self._index.get(name, ["", ""])
        if not stamp and not tag:
            return
        changed_here, changed_there = stamp not in ("", known_stamp), tag not in ("", known_tag)
        if changed_here and tag and _is_md5(tag, path):  # written anew with the same bytes, or the index was lost
            self._note(name, tag, path)
            return
        if stamp and tag and not known_tag and not pull:
            self._refuse_stranger(name, path)
        if stamp and (not tag or (changed_here and (not changed_there or not pull))):
            if self.bucket.replace(name, path.read_bytes(), tag):
                self.up.add(name)
                self._note(name, self.bucket.tag(name), path)
                return
            changed_there = True  # another was first
        if pull and (not stamp or changed_there):
            content = self._clean(name, self.bucket.read(name))
            write_bytes(path, content)
            self.down.add(name)
            self._note(name, self.bucket.tag(name), path)

    def _refuse_stranger(self, name: str, path: Path) -> None:
        """Raise ``ConfigError`` for a pages part that another machine has collected under the name of one of ours."""
        held = set(table_of(self.bucket.read(name), name)["key"].to_pylist())
        if not set(read_part(path, ["key"])["key"].to_pylist()) <= held:  # ours, rewritten, has the same pages or fewer
            told = f"{self.bucket.address}/{name} holds other pages than {path}: two machines collect into one bucket"
            raise ConfigError(f"{told}; give each its own prefix (and move this part into the other's)")

    def _clean(self, name: str, content: bytes) -> bytes:
        """A part's bytes without what was forgotten here, on both sides."""
        gone = load_tombstones(self.folder).address
        if not name.endswith(".parquet") or without_rows(content, gone, name) is None:
            return content
        self.bucket.revise(name, lambda held: without_rows(held, gone, name))
        return self.bucket.read(name)

    def _forget_elsewhere(self) -> None:
        """What was taken out of a part here goes out of the same part's pages, and of every recipe's judgements of it, too."""
        parts = {name.partition("/ingested=")[2] for name in self.up if "/ingested=" in name}
        gone = load_tombstones(self.folder)
        if not parts or not gone.addresses:
            return
        for kind in ("pages", "articles_new", "rejections_of"):
            for name in self.bucket.tags(kind):
                if name.partition("/ingested=")[2] in parts:
                    self.bucket.revise(name, partial(without_rows, gone=gone.address, named=name))

    def _note(self, name: str, tag: str, path: Path) -> None:
        self._index[name] = [tag, _stamp(path)]
        self._unsaved += 1
        if self._unsaved >= _OFTEN:
            self._save()

    def _load(self) -> None:
        path = self.folder / INDEX
        try:
            held = json.loads(path.read_text(encoding="utf-8"))
            address, index = str(held["bucket"]), {str(name): [str(one), str(two)] for name, (one, two) in held["files"].items()}
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return  # damaged: files are compared by content once
        if address != self.bucket.address:
            raise ConfigError(f"{self.folder} mirrors {address}, not {self.bucket.address}; give --mirror another folder")
        self._index = index

    def _save(self) -> None:
        held = {"bucket": self.bucket.address, "files": self._index}
        write_bytes(self.folder / INDEX, json.dumps(held, separators=(",", ":")).encode())
        self._unsaved = 0


def _stamp(path: Path) -> str:
    """What changes when the file does; "" when there is none."""
    try:
        seen = path.stat()
    except FileNotFoundError:
        return ""
    return f"{seen.st_size}-{seen.st_mtime_ns}"


def _is_md5(tag: str, path: Path) -> bool:
    """True where the tag shows that the object holds the file's bytes: most stores' tags are MD5 digests."""
    return tag.strip('"') == hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
