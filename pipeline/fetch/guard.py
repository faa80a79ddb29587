"""The network edge's guard: which addresses may be connected to, checked on the address that is really used."""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Iterable
from typing import Any

import httpcore2

# The one block of IPv6 that is given out for the internet. Outside it lie NAT64 (64:ff9b::), IPv4-compatible and
# -translated forms (::10.0.0.1) and old site-local addresses (fec0::), which Python calls global though they may lead inside.
_IPV6_INTERNET = ipaddress.IPv6Network("2000::/3")
# Inside that block, yet not the internet: 6to4 carries any IPv4 address, 3fff:: is for documentation.
_IPV6_OTHER = (ipaddress.IPv6Network("2002::/16"), ipaddress.IPv6Network("3fff::/20"))


class UnsafeAddressError(OSError):
    """The host's name leads to an address that is not on the public internet."""


def is_public(address: str) -> bool:
    """True for an address of the public internet; private, loopback, link-local, shared and translated ones are not."""
    ip = ipaddress.ip_address(address.split("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    if isinstance(ip, ipaddress.IPv6Address) and (ip not in _IPV6_INTERNET or any(ip in net for net in _IPV6_OTHER)):
        return False
    return ip.is_global and not ip.is_multicast


class _DeadlineStream(httpcore2.NetworkStream):
    """A stream whose every operation ends by the backend's deadline, so that a slow drip cannot outlast it."""

    def __init__(self, inner: httpcore2.NetworkStream, backend: GuardedBackend) -> None:
        self._inner = inner
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._backend.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._backend.left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _DeadlineStream(self._inner.start_tls(ssl_context, server_hostname, self._backend.left(timeout)), self._backend)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class GuardedBackend(httpcore2.NetworkBackend):
    """Connects to public addresses only, or, with ``loopback`` set, to that one loopback server for every host.

    The name is resolved once and the connection goes to the address that was checked, so a name that changes
    between check and use (DNS rebinding) gains nothing.
    """

    def __init__(self, loopback: tuple[str, int] | None = None) -> None:
        self._loopback = loopback
        self._inner = httpcore2.SyncBackend()
        self.deadline = float("inf")  # time.monotonic() seconds

    def left(self, timeout: float | None) -> float:
        """Seconds that an operation may still take; raises httpcore2.ReadTimeout when none are left."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout("total time limit reached")
        return left if timeout is None else min(left, timeout)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Open a connection to ``host``; raises ``UnsafeAddressError`` when any of its addresses is not public."""
        if self._loopback is not None:
            address, port = self._loopback
        else:
            address = self._checked_address(host, port)
        stream = self._inner.connect_tcp(address, port, self.left(timeout), local_address, socket_options)
        return _DeadlineStream(stream, self)

    def _checked_address(self, host: str, port: int) -> str:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError) as error:
            raise httpcore2.ConnectError(f"the name {host} cannot be resolved ({error})") from error
        addresses = [str(item[4][0]) for item in found]
        for address in addresses:
            if not is_public(address):
                raise UnsafeAddressError(f"{host} leads to {address}, which is not on the public internet")
        return addresses[0]
