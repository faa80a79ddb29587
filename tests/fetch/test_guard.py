"""The guard: the table of addresses that are, and are not, the public internet."""

from __future__ import annotations

import ipaddress
import socket
import time
from functools import partial

import httpcore2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.fetch.guard import Budget, Guard, TooMuchError, UnsafeAddressError, is_public
from tests.fetch.hostile import Hostile, reply, says

INSIDE = [
    "10.0.0.5",
    "172.16.0.1",
    "172.31.255.254",
    "192.168.1.1",
    "127.0.0.1",
    "127.255.0.9",
    "0.0.0.0",
    "0.1.2.3",
    "100.64.0.1",  # shared by a provider's customers (CGNAT)
    "100.127.255.254",
    "169.254.0.1",
    "169.254.169.254",  # a cloud's metadata service
    "100.100.100.200",  # another cloud's
    "192.0.2.1",
    "198.51.100.1",
    "203.0.113.1",
    "198.18.0.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",  # old site-local
    "fc00::1",
    "fd00:ec2::254",  # a cloud's metadata service
    "ff02::1",
    "ff0e::1",
    "100::1",
    "2001:db8::1",
    "3fff::1",
    "2001::1",  # Teredo
    "::ffff:10.0.0.5",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:100.64.0.1",
    "::127.0.0.1",  # IPv4-compatible
    "::ffff:0:127.0.0.1",  # IPv4-translated
    "64:ff9b::10.0.0.5",  # NAT64
    "64:ff9b::8.8.8.8",
    "64:ff9b:1::10.0.0.5",  # NAT64 of a local network
    "2002:a00:5::1",  # 6to4 around 10.0.0.5
    "2002:7f00:1::",
    "192.0.0.192",  # another cloud's metadata service, in the block for protocols
    "192.88.99.1",  # 6to4's relays
    "168.63.129.16",  # where a cloud answers its own machines
    "::ffff:168.63.129.16",
]
OUTSIDE = ["1.1.1.1", "8.8.8.8", "93.184.216.34", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.167.0.1"]
OUTSIDE_6 = ["2606:4700:4700::1111", "2a00:1450:4001::5", "2400:9800::1", "::ffff:8.8.8.8"]


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_that_is_not_on_the_internet_is_refused(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", OUTSIDE + OUTSIDE_6)
def test_an_address_of_the_internet_is_let_through(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_a_mapped_address_is_judged_like_the_one_inside(inner: ipaddress.IPv4Address) -> None:
    assert is_public(f"::ffff:{inner}") == is_public(str(inner))


@given(st.sampled_from(["64:ff9b::{}", "64:ff9b:1::{}", "::{}", "::ffff:0:{}"]), st.ip_addresses(v=4))
def test_no_other_clothing_brings_an_ipv4_address_through(clothing: str, inner: ipaddress.IPv4Address) -> None:
    assert not is_public(clothing.format(inner))


@given(st.ip_addresses())
def test_what_python_calls_private_is_never_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    local = address.is_private or address.is_loopback or address.is_link_local or address.is_multicast or address.is_unspecified
    assert not (local and is_public(str(address)))


def lead(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Make every name lead to ``addresses``; returns the addresses that connections were then meant for."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *rest, **more: found)
    meant: list[str] = []

    def connect(self: httpcore2.SyncBackend, host: str, port: int, *rest: object) -> httpcore2.NetworkStream:
        meant.append(host)
        raise httpcore2.ConnectError("no way")

    monkeypatch.setattr(httpcore2.SyncBackend, "connect_tcp", connect)
    return meant


def test_one_inside_address_among_many_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    meant = lead(monkeypatch, "1.1.1.1", "8.8.8.8", "10.0.0.5")
    with pytest.raises(UnsafeAddressError, match=r"campur\.example leads to 10\.0\.0\.5"):
        Guard().connect("campur.example", 80, Budget(10, 100), secure=False, seconds=10)
    assert meant == []


def test_an_inside_address_behind_those_that_would_be_tried_is_seen_too(monkeypatch: pytest.MonkeyPatch) -> None:
    meant = lead(monkeypatch, *["1.1.1.1"] * 20, "10.0.0.5")
    with pytest.raises(UnsafeAddressError):
        Guard().connect("campur.example", 80, Budget(10, 100), secure=False, seconds=10)
    assert meant == []


def test_a_name_with_many_dead_addresses_is_given_up_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    meant = lead(monkeypatch, "1.1.1.1", "1.0.0.1", "8.8.8.8", "8.8.4.4")
    with pytest.raises(httpcore2.ConnectError):
        Guard().connect("mati.example", 80, Budget(10, 100), secure=False, seconds=10)
    assert meant == ["1.1.1.1", "1.0.0.1", "8.8.8.8"]


def test_a_name_without_addresses_is_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    lead(monkeypatch)
    with pytest.raises(httpcore2.ConnectError, match="no address"):
        Guard().connect("kosong.example", 80, Budget(10, 100), secure=False, seconds=10)


def test_with_a_loopback_origin_every_host_leads_there_whatever_its_port() -> None:
    with Hostile(says(reply(200))) as server:
        guard = Guard(("127.0.0.1", server.port))
        stream = guard.connect("kabar.example", 443, Budget(10, 100), secure=True, seconds=10)
        assert stream.get_extra_info("server_addr") == ("127.0.0.1", server.port)
        stream.close()


def test_nothing_is_done_when_no_time_is_left() -> None:
    with Hostile(says(reply(200))) as server:
        guard = Guard(("127.0.0.1", server.port))
        budget = Budget(10, 100)
        stream = guard.connect("kabar.example", 80, budget, secure=False, seconds=10)
        budget._deadline = time.monotonic() - 1
        connect = partial(guard.connect, "a.example", 80, budget, secure=False, seconds=10)
        for act in (lambda: stream.read(1, 10), lambda: stream.write(b"x", 10), connect):
            with pytest.raises(httpcore2.ReadTimeout):
                act()
        stream.close()


@given(st.none() | st.floats(0.001, 1e6), st.floats(1, 1e6))
def test_an_operation_never_gets_more_time_than_is_left(timeout: float | None, seconds: float) -> None:
    left = Budget(seconds, 0).left(timeout)
    assert 0 < left <= seconds
    assert timeout is None or left <= timeout


@given(st.lists(st.integers(0, 50), max_size=20), st.integers(0, 200))
def test_no_more_bytes_are_taken_than_the_budget_holds(pieces: list[int], most: int) -> None:
    budget, total = Budget(10, most), 0
    for piece in pieces:
        total += piece
        if total > most:
            with pytest.raises(TooMuchError):
                budget.take(piece)
            return
        budget.take(piece)
    assert budget.received == total
