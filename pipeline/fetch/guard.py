"""The network edge's guard: connections to the public internet only, within a budget of seconds and of bytes."""

from __future__ import annotations

import ipaddress
import queue
import socket
import ssl
import threading
import time
from typing import Any

import httpcore2

# The one block of IPv6 that is given out for the internet. Outside it lie NAT64 (64:ff9b::), IPv4-compatible and
# -translated forms (::10.0.0.1) and old site-local addresses (fec0::), which Python calls global though they may lead inside.
_IPV6_INTERNET = ipaddress.IPv6Network("2000::/3")
# Inside the internet's blocks, yet not the internet: 6to4 carries any IPv4 address, 3fff:: is for documentation, 192.0.0.0/24
# is for protocols, 192.88.99.0/24 for 6to4's relays, and 168.63.129.16 is where a large cloud answers its own machines.
_OTHER = tuple(
    ipaddress.ip_network(block) for block in ("2002::/16", "3fff::/20", "192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32")
)
_ADDRESSES = 3  # of one name that are tried, in the resolver's order: the first may be of a kind that this machine has no way to


class UnsafeAddressError(OSError):
    """The host's name leads to an address that is not on the public internet."""


class TooMuchError(Exception):
    """The answer is longer than its budget of bytes."""


def is_public(address: str) -> bool:
    """True for an address of the public internet; private, loopback, link-local, shared and translated ones are not."""
    ip = ipaddress.ip_address(address.split("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    if (isinstance(ip, ipaddress.IPv6Address) and ip not in _IPV6_INTERNET) or any(ip in block for block in _OTHER):
        return False
    return ip.is_global and not ip.is_multicast


class Budget:
    """What one request may still take: seconds from now on, and bytes off the wire, ``most`` until more is allowed."""

    def __init__(self, seconds: float, most: int) -> None:
        self._deadline = time.monotonic() + seconds
        self._most = most
        self.received = 0

    def left(self, timeout: float | None = None) -> float:
        """Seconds that an operation may still take; raises httpcore2.ReadTimeout when none are left."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout("total time limit reached")
        return left if timeout is None else min(left, timeout)

    def allow(self, more: int) -> None:
        """Let ``more`` further bytes come than were allowed until now."""
        self._most += more

    def take(self, received: int) -> None:
        """Count bytes that came; raises ``TooMuchError`` when they are more than the budget holds."""
        self.received += received
        if self.received > self._most:
            raise TooMuchError(f"more than {self._most} bytes came")


class _BudgetStream(httpcore2.NetworkStream):
    """A stream whose every operation spends the request's budget, so that neither a slow drip nor a flood outlasts it."""

    def __init__(self, inner: httpcore2.NetworkStream, budget: Budget) -> None:
        self._inner = inner
        self._budget = budget

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._inner.read(max_bytes, self._budget.left(timeout))
        self._budget.take(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._budget.left(timeout))

    def close(self) -> None:
        self._inner.close()

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class Guard:
    """Connects to public addresses only, or, with ``loopback`` set, to that one loopback server for every host.

    The name is resolved once and the connection goes to an address that was checked, so a name that changes
    between check and use (DNS rebinding) gains nothing. Thread-safe: it keeps nothing between two connections.
    """

    def __init__(self, loopback: tuple[str, int] | None = None) -> None:
        self._loopback = loopback
        self._inner = httpcore2.SyncBackend()
        if loopback is None:
            self._tls = ssl.create_default_context()  # verifies the chain and the name
            self._tls.set_alpn_protocols(["http/1.1"])

    def connect(self, host: str, port: int, budget: Budget, *, secure: bool, seconds: float) -> httpcore2.NetworkStream:
        """An open stream to ``host``, with TLS verified when ``secure``; each step gets ``seconds`` at most.

        Raises ``UnsafeAddressError`` when any of the name's addresses is not public, httpcore2's ``ConnectError`` and
        ``ConnectTimeout`` otherwise. The loopback server speaks plain HTTP for every address.
        """
        if self._loopback is not None:
            return _BudgetStream(self._inner.connect_tcp(*self._loopback, timeout=budget.left(seconds)), budget)
        stream = self._open(self._checked(host, port, budget.left(seconds)), port, budget, seconds)
        if secure:
            stream = stream.start_tls(self._tls, host, budget.left(seconds))
        return _BudgetStream(stream, budget)

    def _open(self, addresses: list[str], port: int, budget: Budget, seconds: float) -> httpcore2.NetworkStream:
        for address in addresses[:-1]:
            try:
                return self._inner.connect_tcp(address, port, budget.left(seconds))
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue
        return self._inner.connect_tcp(addresses[-1], port, budget.left(seconds))

    def _checked(self, host: str, port: int, seconds: float) -> list[str]:
        addresses = _look_up(host, port, seconds)
        for address in addresses:
            if not is_public(address):
                raise UnsafeAddressError(f"{host} leads to {address}, which is not on the public internet")
        return addresses[:_ADDRESSES]


def _look_up(host: str, port: int, seconds: float) -> list[str]:
    """The addresses of a name. The system's resolver knows no time limit: it is waited for, not stopped."""
    answer: queue.SimpleQueue[list[Any] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answer.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, ValueError) as error:
            answer.put(error)

    threading.Thread(target=ask, daemon=True, name=f"name {host[:40]}").start()
    try:
        found = answer.get(timeout=seconds)
    except queue.Empty:
        raise httpcore2.ConnectTimeout(f"the name {host} was not resolved within {seconds:.0f} s") from None
    if isinstance(found, Exception):
        raise httpcore2.ConnectError(f"the name {host} cannot be resolved ({found})") from found
    if not found:
        raise httpcore2.ConnectError(f"the name {host} has no address")
    return [str(item[4][0]) for item in found]
