"""An object store behind six verbs: whole objects below one address, conditional writes, errors that say what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from pipeline.errors import ConfigError, OutageError, StorageError

_TRIES = 5  # of a change that others get in the way of


@dataclass(frozen=True)
class Bucket:
    """All objects below an address such as ``s3://bucket/prefix``; names are relative to it.

    Keys, region and endpoint come from the environment ($AWS_ACCESS_KEY_ID and so on), never from settings. A store that does not
    answer raises ``OutageError``, one that refuses us ``StorageError``. Tags change whenever an object's content does.
    """

    address: str

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.address)
            told = "" if parts.scheme == "s3" and parts.netloc and not parts.query and not parts.fragment else "no bucket"
            told = "a password in it" if parts.password or parts.username else told
        except ValueError:
            told = "no address"
        if told:
            raise ConfigError(f"{told}: an object root is written s3://bucket/prefix; its keys stand in the environment")

    @cached_property
    def _store(self) -> Any:
        try:
            from obstore.store import from_url
        except ImportError:
            raise ConfigError("s3:// needs the extra [s3]; install it by: ./run install extras") from None
        try:
            return from_url(self.address, retry_config={"max_retries": 4})
        except Exception as error:  # noqa: BLE001 - of the environment's keys and addresses
            raise ConfigError(f"{self.address} cannot be used: {_told(error)}") from None

    def tags(self, prefix: str) -> dict[str, str]:
        """Name → tag of every object below ``prefix`` (a folder's name), sorted by name."""
        import obstore

        with self._spoken(prefix):
            found = {str(one["path"]): str(one["e_tag"]) for chunk in obstore.list(self._store, prefix) for one in chunk}
        return dict(sorted(found.items()))

    def read(self, name: str) -> bytes:
        """An object's content. Raises ``FileNotFoundError`` when there is none."""
        return self._read(name)[0]

    def tag(self, name: str) -> str:
        """An object's tag, "" when there is none."""
        import obstore

        try:
            with self._spoken(name):
                return str(obstore.head(self._store, name)["e_tag"])
        except FileNotFoundError:
            return ""

    def create(self, name: str, content: bytes) -> bool:
        """Write an object unless one of that name exists; False when another writer was first. Two writers cannot both win."""
        return (
            self._put(name, content, "create") is not None or self.read(name) == content
        )  # our own, the answer to which was lost

    def replace(self, name: str, content: bytes, tag: str) -> bool:
        """Write over an object that still has this tag (""; none exists); False when it has changed since."""
        if not tag:
            return self.create(name, content)
        return self._put(name, content, {"e_tag": tag}) is not None or self.read(name) == content

    def change(self, name: str, content: bytes) -> bool:
        """Let an object hold ``content``; False when it does already. Read back: what was written is what lies there."""
        try:
            changed = self.revise(name, lambda held: None if held == content else content)
        except FileNotFoundError:
            changed = self.create(name, content)
        if changed and self.read(name) != content:
            raise StorageError(f"{self.address}/{name} came back with other bytes than were written; see the store")
        return changed

    def revise(self, name: str, change: Callable[[bytes], bytes | None]) -> bool:
        """Put ``change`` of its content in an object's place, whatever others do meanwhile; None leaves it as it is (False).

        Raises ``FileNotFoundError`` when there is none, ``OutageError`` when others change it again and again.
        """
        for _ in range(_TRIES):
            content, tag = self._read(name)
            changed = change(content)
            if changed is None:
                return False
            if self.replace(name, changed, tag):
                return True
        raise OutageError(f"{self.address}/{name} is changed by others again and again; run again when they are done")

    def discard(self, prefix: str) -> None:
        """Remove every object below ``prefix``."""
        import obstore

        if names := list(self.tags(prefix)):
            with self._spoken(prefix):
                obstore.delete(self._store, names)

    def _read(self, name: str) -> tuple[bytes, str]:
        import obstore

        with self._spoken(name):
            found = obstore.get(self._store, name)
            return bytes(found.bytes()), str(found.meta["e_tag"])

    def _put(self, name: str, content: bytes, mode: Any) -> str | None:
        import obstore
        from obstore.exceptions import AlreadyExistsError, PreconditionError

        with self._spoken(name):
            try:
                return str(obstore.put(self._store, name, content, mode=mode, use_multipart=False)["e_tag"])
            except (AlreadyExistsError, PreconditionError):
                return None

    @contextmanager
    def _spoken(self, name: str) -> Iterator[None]:
        """Errors in our words: the client's own hold pages of detail, and may hold addresses with signatures in them."""
        from obstore.exceptions import BaseError, GenericError, PermissionDeniedError, UnauthenticatedError

        try:
            yield
        except FileNotFoundError:
            raise FileNotFoundError(f"{self.address}/{name}") from None
        except (PermissionDeniedError, UnauthenticatedError):
            advice = "see $AWS_ACCESS_KEY_ID, $AWS_SECRET_ACCESS_KEY and the rights of that key"
            raise StorageError(f"{self.address} refuses {name!r}; {advice}") from None
        except GenericError as error:
            advice = "see the network, $AWS_ENDPOINT_URL and $AWS_REGION; what is done is kept"
            raise OutageError(f"{self.address} fails at {name!r} ({_told(error)}); {advice}") from None
        except BaseError as error:
            raise StorageError(f"{self.address}/{name}: {_told(error)}") from None


def _told(error: Exception) -> str:
    """The last words of a client's first line, without the request that it quotes."""
    return str(error).split("\n", 1)[0].rsplit(" - ", 1)[-1][:120] or type(error).__name__
