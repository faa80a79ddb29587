"""What the command line says of places beyond this folder: a bucket as data, another engine."""

from __future__ import annotations

import re
from argparse import Namespace
from pathlib import Path

from pipeline.errors import ConfigError
from pipeline.settings import Settings, default_data

# What needs parts alone. All others collect, read pages or the ledger, or change what was written: they work on the mirror.
_ON_BUCKETS = ("judge", "promote", "report")


def within_reach(arguments: Namespace) -> Namespace:
    """The arguments with ``root``: the bucket's address, "" for none; ``data`` is then the folder that mirrors it.

    Raises ``ConfigError`` for a command that does not work on a bucket.
    """
    from pipeline.store.objects import Bucket

    if not isinstance(arguments.data, str):
        if arguments.mirror:
            raise ConfigError("--mirror goes with --data s3://bucket/prefix")
        arguments.root = ""
        return arguments
    address = Bucket(arguments.data.rstrip("/")).address
    folder = arguments.mirror or default_data() / "mirror" / re.sub(r"[^A-Za-z0-9.-]+", "_", address.removeprefix("s3://"))
    if arguments.command not in _ON_BUCKETS:
        advice = f"give it the folder that mirrors the bucket: --data {folder}"
        raise ConfigError(
            f"pantau {arguments.command} does not work on {address} ({', '.join(_ON_BUCKETS)} do); {advice}; the next"
            " `pantau judge` on the bucket carries up what it has changed"
        )
    if getattr(arguments, "rejudge", False):
        raise ConfigError("--rejudge replaces parts in place; on a bucket: `pantau judge --recipe new`, then `pantau promote`")
    arguments.root, arguments.data = address, Path(folder)
    return arguments


def with_engine(settings: Settings, spec: str) -> Settings:
    """The settings with another engine. Raises ``ConfigError`` for a spec that is none."""
    from pydantic import ValidationError

    try:
        engine = type(settings.engine).model_validate({**settings.engine.model_dump(), "spec": spec})
    except ValidationError as error:
        found = error.errors()[0]
        known = type(settings.engine).model_fields["spec"].description
        raise ConfigError(f"--engine: {spec!r} is not {known}" if found["loc"] else f"--engine: {found['msg']}") from None
    return settings.model_copy(update={"engine": engine})
