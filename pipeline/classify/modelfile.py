"""A model's file: written by skops, without pickle; its plain parts are read here, since importing skops takes seconds."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any
from zipfile import ZipFile

MOST_PACKED = 20  # times as large unpacked as packed; skops itself packs nothing
LEAST = 10_000_000  # bytes that are no bomb, however well they were packed
PROTOCOL = 2  # of the skops file format; files of another are left to skops itself


class _StrangeError(Exception):
    """A part that is no mapping, list, number, text or array of numbers."""


def to_bytes(parts: Any) -> bytes:
    """The file of a tree of mappings (with texts as keys), lists, numbers, texts and arrays."""
    import skops.io

    return bytes(skops.io.dumps(parts))


def from_bytes(content: bytes) -> Any:
    """The tree of such a file; what is not of that kind is left to skops, which refuses what it does not trust."""
    with ZipFile(BytesIO(content)) as archive:
        if sum(one.file_size for one in archive.infolist()) > max(MOST_PACKED * len(content), LEAST):
            raise ValueError("it unpacks into far more than it is")
        schema = json.loads(archive.read("schema.json"))
        try:
            return _value(schema, archive)
        except _StrangeError:
            import skops.io

            return skops.io.loads(content)


def _value(node: dict[str, Any], archive: ZipFile) -> Any:
    if node.get("protocol", PROTOCOL) != PROTOCOL:
        raise _StrangeError
    match node:
        case {"__loader__": "JsonNode", "content": str(content)}:
            return json.loads(content)
        case {"__loader__": "ListNode", "__class__": "list", "content": list(content)}:
            return [_value(one, archive) for one in content]
        case {"__loader__": "DictNode", "__class__": "dict", "content": dict(content), "key_types": {"content": keys}}:
            if all((key["__module__"], key["__class__"]) == ("builtins", "str") for key in keys):
                return {key: _value(one, archive) for key, one in content.items()}
        case {"__loader__": "NdArrayNode", "type": "numpy", "__class__": "ndarray", "file": str(name)}:
            import numpy as np

            return np.load(BytesIO(archive.read(name)), allow_pickle=False)
    raise _StrangeError
